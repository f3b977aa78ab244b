// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: zvmo and its peers, side by side in one run
 *
 *   bench [--strict] [-r REPETITIONS] [-c CASES] [-p CASE/PARAM/BACKEND]
 *
 * Prints a table (TSV: case, param, value, unit, backend), an empty line, and
 * the bars. -c names groups of cases, separated by commas; -p marks one row for
 * the profiler. With --strict the exit status is 1 if a bar was missed.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench.h"

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "fault", fault_cases },
	{ "cow", cow_cases },
	{ "snapshot", snapshot_cases },
	{ "depth", depth_cases },
	{ "clone", clone_cases },
	{ "io", io_cases },
	{ "punch", punch_cases },
	{ "diff", diff_cases },
	{ "rw", rw_cases },
	{ "restore", restore_cases },
	{ "resnapshot", resnapshot_cases },
	{ "discard", discard_cases },
	{ "transfer", transfer_cases },
	{ "info", info_cases },
};

_Noreturn void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

int check(int result, const char *what)
{
	if (result < 0)
		fail(what);
	return result;
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: bench [--strict] [-r REPETITIONS] [-c CASES] "
			"[-p CASE/PARAM/BACKEND]\n");
	exit(2);
}

/* Is @name among the words of @list, which are separated by commas? */
static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) &&
		    (!at[length] || at[length] == ','))
			return true;
	}
	return false;
}

static void run_groups(const char *list, int repetitions)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (list && !is_listed(list, groups[i].name))
			continue;
		for (int r = 0; r < repetitions; r++)
			groups[i].run();
	}
}

/* Thousands of VMOs are thousands of descriptors. */
static void allow_descriptors(void)
{
	struct rlimit limit = { 8192, 8192 };

	check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "strict", no_argument, NULL, 's' },
		{},
	};
	const char *list = NULL, *profiled = "";
	int repetitions = 3, missed, option;
	bool strict = false;

	while ((option = getopt_long(argc, argv, "c:p:r:", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			list = optarg;
			break;
		case 'p':
			profiled = optarg;
			break;
		case 'r':
			repetitions = atoi(optarg);
			break;
		case 's':
			strict = true;
			break;
		default:
			usage();
		}
	}
	if (optind < argc || repetitions < 1 || repetitions > ROW_SAMPLES_MAX)
		usage();
	allow_descriptors();
	row_init();
	span_init(profiled);
	backend_init();
	run_groups(list, repetitions);
	row_print_all(stdout);
	printf("\n");
	missed = bar_print_all(stdout);
	return strict && missed;
}
