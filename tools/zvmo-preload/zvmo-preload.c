// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-preload: run a program whose memory calls give it VMOs
 *
 * Sets LD_PRELOAD and ZVMO_PRELOAD (see src/config.c) and becomes the program.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zvmo.h>

static const char usage[] =
	"Usage: zvmo-preload [OPTION]... COMMAND [ARGUMENT]...\n"
	"Run COMMAND, and what it starts, with virtual memory objects of /dev/zvmo in\n"
	"place of memfds.\n"
	"\n"
	"  --no-memfd      leave memfd_create() alone\n"
	"  --seals         also in place of memfds that may be sealed (sealing fails)\n"
	"  --shm           also shm_open() and shm_unlink(), by VMOs that are kept\n"
	"  --shared=SIZE   also anonymous shared mappings of SIZE or more\n"
	"  --private=SIZE  also private ones, as private mappings of a VMO\n"
	"  --arena=SIZE    also private ones, in one VMO: what is written is the VMO's,\n"
	"                  and fork() takes a snapshot of it\n"
	"  --strict        fail where a VMO cannot stand in, and if there is no module\n"
	"  --log=FILE      append a line to FILE for each call that was redirected\n"
	"  --help          this\n"
	"\n"
	"SIZE is in bytes; K, M or G after it multiply it. In --private and --arena, what\n"
	"malloc() of the C library maps is not seen; preload another one.\n"
	"\n"
	"Examples:\n"
	"  zvmo-preload --log=/tmp/log stress-ng --memfd 1 -t 5\n"
	"  zvmo-preload --shm python3 program.py\n"
	"  LD_PRELOAD=libjemalloc.so.2 zvmo-preload --arena=64K sqlite3 data.db\n"
	"\n"
	"Exit status: that of COMMAND; 125 wrong usage or no library or (--strict) no\n"
	"module, 126 COMMAND cannot be run, 127 it is not there.\n";

static char words[8192];

static _Noreturn void die(int status, const char *cause, const char *cure)
{
	fprintf(stderr, "zvmo-preload: %s\nzvmo-preload:   -> %s\n", cause,
		cure);
	exit(status);
}

static void add_word(const char *format, ...)
{
	size_t length = strlen(words);
	va_list arguments;
	int added;

	va_start(arguments, format);
	added = vsnprintf(words + length, sizeof(words) - length, format,
			  arguments);
	va_end(arguments);
	if (added < 0 || (size_t)added >= sizeof(words) - length)
		die(125, "an argument is too long",
		    "give --log a shorter path");
}

static unsigned long long size_of(const char *text)
{
	static const char units[] = "KMG";
	unsigned long long size;
	const char *unit;
	char *end;

	errno = 0;
	size = strtoull(text, &end, 0);
	if (*end) {
		unit = strchr(units, *end);
		if (!unit || end[1] || size > ULLONG_MAX >> 30)
			size = 0;
		else
			size <<= 10 * (unit - units + 1);
	}
	if (!size || errno || *text == '-')
		die(125, "a SIZE is not a number of bytes, more than 0",
		    "write it like 65536, 64K, 2M or 1G");
	return size;
}

/* Beside the program, where it was built; else where it was installed. */
static void find_library(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *name;

	if (length > 0) {
		path[length] = '\0';
		name = strrchr(path, '/') + 1;
		if ((size_t)(path + PATH_MAX - name) > sizeof(LIBRARY)) {
			strcpy(name, LIBRARY);
			if (!access(path, R_OK))
				return;
		}
	}
	snprintf(path, PATH_MAX, "%s/%s", LIBRARY_DIR, LIBRARY);
	if (access(path, R_OK))
		die(125, "there is no " LIBRARY_DIR "/" LIBRARY,
		    "install it: make -C tools/zvmo-preload install");
}

/*
 * Before those that are there already: an allocator among them would be found
 * first otherwise, but maps through us either way.
 */
static void set_environment(void)
{
	const char *others = getenv("LD_PRELOAD");
	char path[PATH_MAX], *all;

	find_library(path);
	if (strpbrk(path, " :"))
		die(125, "the library's path has a space or a colon in it",
		    "install it elsewhere: LD_PRELOAD cannot name it");
	if (asprintf(&all, "%s%s%s", path, others ? ":" : "",
		     others ? others : "") < 0 ||
	    setenv("LD_PRELOAD", all, 1) || setenv("ZVMO_PRELOAD", words, 1))
		die(125, strerror(errno), "free some memory");
	free(all);
}

static void check_module(void)
{
	int device = zvmo_open();

	if (device < 0)
		die(125, "/dev/zvmo cannot be opened",
		    "load the module, or run it without --strict");
	close(device);
}

enum {
	NO_MEMFD = 256,
	SEALS,
	SHM,
	SHARED,
	PRIVATE,
	ARENA,
	STRICT,
	LOG,
	HELP,
};

static const struct option options[] = {
	{ "no-memfd", no_argument, NULL, NO_MEMFD },
	{ "seals", no_argument, NULL, SEALS },
	{ "shm", no_argument, NULL, SHM },
	{ "shared", required_argument, NULL, SHARED },
	{ "private", required_argument, NULL, PRIVATE },
	{ "arena", required_argument, NULL, ARENA },
	{ "strict", no_argument, NULL, STRICT },
	{ "log", required_argument, NULL, LOG },
	{ "help", no_argument, NULL, HELP },
	{}
};

int main(int argc, char **argv)
{
	const char *log = NULL;
	bool memfd = true, strict = false;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case NO_MEMFD:
			memfd = false;
			break;
		case SEALS:
			add_word("seals ");
			break;
		case SHM:
			add_word("shm ");
			break;
		case SHARED:
			add_word("shared=%llu ", size_of(optarg));
			break;
		case PRIVATE:
			add_word("private=%llu ", size_of(optarg));
			break;
		case ARENA:
			add_word("arena=%llu ", size_of(optarg));
			break;
		case STRICT:
			strict = true;
			add_word("strict ");
			break;
		case LOG:
			log = optarg;
			break;
		case HELP:
			fputs(usage, stdout);
			return fflush(stdout) ? 125 : 0;
		default:
			fputs(usage, stderr);
			return 125;
		}
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return 125;
	}
	if (strict)
		check_module();
	if (memfd)
		add_word("memfd ");
	if (log)
		add_word("log=%s", log);
	set_environment();
	execvp(argv[optind], argv + optind);
	option = errno;
	fprintf(stderr,
		"zvmo-preload: %s: %s\nzvmo-preload:   -> is it the program that you mean, and on PATH?\n",
		argv[optind], strerror(option));
	return option == ENOENT ? 127 : 126;
}
