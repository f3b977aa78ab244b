// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl run, open: start a program that has VMOs as descriptors
 *
 * Descriptors are 3 and up, in the order of the arguments. The program finds
 * them in its environment: ZVMO_FD_name, where the name has _ for what a variable
 * cannot have, and ZVMO_FDS with all of them. In its arguments {name} is replaced.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "object.h"
#include "output.h"

#define FIRST_FD (STDERR_FILENO + 1)
#define MAX_VMOS 64

static bool print, fork_each;

static const struct option_row options[] = {
	{ 'p', "print", OPTION_FLAG, &print, NULL,
	  "print names and descriptors first" },
	{ 'c', "clone", OPTION_FLAG, &fork_each, NULL,
	  "give it snapshots, so that its changes are its own" },
	{}
};

/**
 * struct handed - A VMO that the program gets.
 * @name: What it is called there.
 * @fd: Its descriptor.
 */
struct handed {
	const char *name;
	int fd;
};

static struct handed handed[MAX_VMOS];
static int nr_handed;

static int snapshot_of(int fd, const char *object)
{
	int child = object_check(zvmo_snapshot(fd), object);

	close(fd);
	return child;
}

/* "name=OBJECT", or an OBJECT that is its own name. */
static void add(char *word)
{
	char *equals = strchr(word, '='), *object = word;
	int fd;

	if (nr_handed == MAX_VMOS)
		usage_error("more than %d VMOs", MAX_VMOS);
	if (equals) {
		*equals = '\0';
		object = equals + 1;
	}
	fd = object_open(object);
	if (fork_each)
		fd = snapshot_of(fd, object);
	handed[nr_handed].name = word;
	handed[nr_handed++].fd = fd;
}

static void set_variable(const struct handed *vmo)
{
	char name[256], number[16];
	size_t i;

	snprintf(name, sizeof(name), "ZVMO_FD_%s", vmo->name);
	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]))
			name[i] = '_';
	snprintf(number, sizeof(number), "%d", vmo->fd);
	if (setenv(name, number, 1))
		fail(errno, "environment");
}

/*
 * The final numbers. First all go above the last of them, so that none is in
 * another's place; what lies there and is not handed over is closed by exec, or
 * was inherited, and is replaced.
 */
static void place(void)
{
	int i, fd;

	for (i = 0; i < nr_handed; i++) {
		fd = fcntl(handed[i].fd, F_DUPFD_CLOEXEC, FIRST_FD + nr_handed);
		if (fd < 0)
			fail(errno, "%s", handed[i].name);
		close(handed[i].fd);
		handed[i].fd = fd;
	}
	for (i = 0; i < nr_handed; i++) {
		if (dup2(handed[i].fd, FIRST_FD + i) < 0)
			fail(errno, "%s", handed[i].name);
		handed[i].fd = FIRST_FD + i;
	}
}

static void announce(void)
{
	char all[MAX_VMOS * 8] = "";
	int i;

	for (i = 0; i < nr_handed; i++) {
		set_variable(&handed[i]);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%d",
			 i ? " " : "", handed[i].fd);
	}
	if (setenv("ZVMO_FDS", all, 1))
		fail(errno, "environment");
}

static void print_handed(void)
{
	static const struct output_column fd = { "fd", "FD", 4 };
	static const struct output_column id = { "id", "ID", 8 };
	static const struct output_column name = { "name", "NAME", -16 };
	static const struct output_column *const columns[] = { &fd, &id, &name,
							       NULL };
	int i;

	output_list_begin(columns);
	for (i = 0; i < nr_handed; i++) {
		output_record_begin();
		output_number("fd", (uint64_t)handed[i].fd);
		output_number("id", object_info(handed[i].fd).koid);
		output_string("name", handed[i].name);
		output_record_end();
	}
	output_list_end();
}

/* The length of "{name}" at the beginning of a text, and whose it is. */
static size_t find_place(const char *text, const struct handed **vmo)
{
	size_t length;
	int i;

	for (i = 0; *text == '{' && i < nr_handed; i++) {
		length = strlen(handed[i].name);
		if (strncmp(text + 1, handed[i].name, length) ||
		    text[length + 1] != '}')
			continue;
		*vmo = &handed[i];
		return length + 2;
	}
	return 0;
}

static char *replace(const char *text)
{
	const struct handed *vmo;
	size_t size = 0, length;
	char *result = NULL;
	FILE *file = open_memstream(&result, &size);

	if (!file)
		fail(ENOMEM, "arguments");
	while (*text) {
		length = find_place(text, &vmo);
		if (length)
			fprintf(file, "%d", vmo->fd);
		else
			fputc(*text++, file);
		text += length;
	}
	if (fclose(file))
		fail(ENOMEM, "arguments");
	return result;
}

static void __attribute__((noreturn)) start(char **program)
{
	int i;

	place();
	announce();
	if (print || output_json)
		print_handed();
	output_end();
	for (i = 0; program[i]; i++)
		program[i] = replace(program[i]);
	execvp(program[0], program);
	fail_with(errno == ENOENT ? STATUS_NO_COMMAND : STATUS_CANNOT_RUN,
		  "%s: %s", program[0], strerror(errno));
}

static enum status run(int count, char **arguments)
{
	int i;

	for (i = 0; i < count && strcmp(arguments[i], "--"); i++)
		;
	if (i + 1 >= count)
		usage_error("no program: OBJECT... -- PROGRAM [ARGUMENT]...");
	arguments[i] = NULL;
	for (i = 0; arguments[i]; i++)
		add(arguments[i]);
	start(arguments + i + 1);
}

const struct command command_run = {
	.name = "run",
	.arguments = "[NAME=]OBJECT... -- PROGRAM [ARGUMENT]...",
	.text = "Start a program that has VMOs as descriptors",
	.details =
		"\n"
		"They are numbers 3 and up. The program finds the number of each in its\n"
		"environment as ZVMO_FD_NAME, all in ZVMO_FDS; in its arguments {NAME} is\n"
		"replaced by it. Exit status: the program's; 126 or 127 if it cannot be run.",
	.examples =
		"  zvmoctl run img=golden log -- ./server --image-fd {img}\n"
		"  zvmoctl run --clone golden -- sh -c 'cat <&3'\n"
		"  zvmoctl run --print a b -- true\n",
	.options = options,
	.least = 2,
	.most = -1,
	.runs_program = true,
	.run = run,
};

static enum status run_open(int count, char **arguments)
{
	if (strcmp(arguments[1], "--"))
		usage_error("NAME -- PROGRAM [ARGUMENT]...");
	return run(count, arguments);
}

const struct command command_open = {
	.name = "open",
	.arguments = "OBJECT -- PROGRAM [ARGUMENT]...",
	.text = "Start a program that has one VMO as descriptor 3",
	.details = "\nAs run, which takes several.",
	.examples = "  zvmoctl open golden -- sh -c 'wc -c <&3'\n",
	.options = options,
	.least = 3,
	.most = -1,
	.runs_program = true,
	.run = run_open,
};
