// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: tests - what a shell cannot do by itself
 *
 *   helper json [PATH]...       read JSON values from the standard input, any
 *                               number; print what is at each path (.a[0].b, or
 *                               .a.length) of the last; fail if it is no JSON
 *   helper as UID COMMAND...    run it as an ordinary user
 *   helper pty COLUMNS KEYS COMMAND...
 *                               run it on a terminal, and type the keys
 *   helper many COUNT           create so many VMOs, say "ready", and hold them
 *                               until the standard input ends
 *   helper hold                 create and map a VMO with some pages, say its
 *                               descriptor, and hold it likewise
 */
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <json-c/json.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zvmo.h>

/* JSON */

static struct json_object *last;
static unsigned long values;

static void take_value(struct json_object *value)
{
	json_object_put(last);
	last = value;
	values++;
}

static void read_json(void)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *value;
	static char text[1 << 16];
	enum json_tokener_error error;
	int got, used;

	json_tokener_set_flags(
		tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
				 JSON_TOKENER_ALLOW_TRAILING_CHARS);
	while ((got = (int)read(STDIN_FILENO, text, sizeof(text))) > 0) {
		for (used = 0; used < got;) {
			value = json_tokener_parse_ex(tokener, text + used,
						      got - used);
			error = json_tokener_get_error(tokener);
			if (error == json_tokener_continue)
				break;
			if (error != json_tokener_success)
				errx(1, "no JSON: %s",
				     json_tokener_error_desc(error));
			take_value(value);
			used += (int)json_tokener_get_parse_end(tokener);
			/* White space after it, which is no value. */
			used += (int)strspn(text + used, " \n");
		}
	}
	if (!values)
		errx(1, "no JSON at all");
}

static struct json_object *step(struct json_object *at, const char *path,
				size_t length)
{
	struct json_object *next;
	char key[64];

	snprintf(key, sizeof(key), "%.*s", (int)length, path);
	if (json_object_is_type(at, json_type_array) && !strcmp(key, "length"))
		return json_object_new_uint64(json_object_array_length(at));
	if (!json_object_object_get_ex(at, key, &next))
		errx(1, "there is no %s", key);
	return next;
}

static void print_path(const char *path)
{
	struct json_object *at = last;
	size_t length;
	char *end;

	while (*path) {
		if (*path == '[') {
			at = json_object_array_get_idx(at, strtoul(path + 1,
								   &end, 10));
			path = end + 1;
			continue;
		}
		path++;
		length = strcspn(path, ".[");
		at = step(at, path, length);
		path += length;
	}
	puts(json_object_get_string(at) ?: "null");
}

static int do_json(char **paths)
{
	read_json();
	for (; *paths; paths++)
		print_path(*paths);
	return 0;
}

/* Users and terminals */

static int do_as(char **words)
{
	uid_t uid = (uid_t)atoi(words[0]);

	if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		err(1, "uid %u", uid);
	execvp(words[1], words + 1);
	err(127, "%s", words[1]);
}

static int do_pty(char **words)
{
	struct winsize size = { .ws_col = (unsigned short)atoi(words[0]),
				.ws_row = 24 };
	const char *key = words[1];
	char text[4096];
	int terminal, status;
	ssize_t got;
	pid_t process;

	process = forkpty(&terminal, NULL, NULL, &size);
	if (process < 0)
		err(1, "forkpty");
	if (!process) {
		setenv("TERM", "xterm", 1);
		execvp(words[2], words + 2);
		err(127, "%s", words[2]);
	}
	/* A key whenever something was printed; at the end EIO. */
	while ((got = read(terminal, text, sizeof(text))) > 0) {
		if (write(STDOUT_FILENO, text, (size_t)got) != got)
			err(1, "write");
		if (*key && write(terminal, key++, 1) != 1)
			err(1, "key");
	}
	if (waitpid(process, &status, 0) < 0)
		err(1, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* VMOs */

static void hold(void)
{
	char byte;

	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static int do_many(char **words)
{
	int count = atoi(words[0]), device, fd, first = -1, i;
	struct rlimit limit = { 65536, 65536 };
	char name[ZVMO_NAME_LEN];

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "RLIMIT_NOFILE");
	device = zvmo_open();
	for (i = 0; i < count; i++) {
		/* Every fourth has three snapshots. */
		fd = i % 4 ? zvmo_snapshot(first) :
			     zvmo_create_on(device, 1 << 20, 0);
		if (fd < 0)
			errx(1, "VMO %d: %s", i, strerror(-fd));
		if (i % 4 == 0)
			first = fd;
		snprintf(name, sizeof(name), "many-%05d", count - i);
		zvmo_set_name(fd, name);
	}
	puts("ready");
	hold();
	return 0;
}

static int do_hold(char **words)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = zvmo_create(16 * page, 0);
	void *address;

	(void)words;
	if (fd < 0 || zvmo_set_name(fd, "held") ||
	    zvmo_map(fd, 0, 16 * page, PROT_READ | PROT_WRITE, 0, &address))
		errx(1, "no VMO");
	memset(address, 0x5a, 3 * page);
	printf("%d\n", fd);
	hold();
	return 0;
}

static const struct {
	const char *name;
	int least;
	int (*run)(char **words);
} actions[] = {
	{ "json", 0, do_json }, { "as", 2, do_as },	{ "pty", 3, do_pty },
	{ "many", 1, do_many }, { "hold", 0, do_hold },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(actions) / sizeof(*actions); i++)
		if (!strcmp(actions[i].name, argv[1]) &&
		    argc - 2 >= actions[i].least)
			return actions[i].run(argv + 2);
	errx(2, "wrong arguments");
}
