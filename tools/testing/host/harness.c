// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - cases and checks, reported as TAP on stdout
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "page.h"
#include "page_tree.h"

/*
 * What the case is doing, for the report. Shared with the parent, which prints
 * it, since the sanitizers end a process without asking it.
 */
static char *context;
#define CONTEXT_SIZE 512

struct harness_options harness_options = { .seed = 1, .steps = 10000 };

void harness_parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:n:c:")) != -1) {
		switch (option) {
		case 's':
			harness_options.seed = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			harness_options.steps = strtoul(optarg, NULL, 0);
			break;
		case 'c':
			harness_options.only = optarg;
			break;
		default:
			fprintf(stderr,
				"Usage: %s [-s SEED] [-n STEPS] [-c PART-OF-CASE-NAME]\n",
				argv[0]);
			exit(EXIT_FAILURE);
		}
	}
}

void harness_context(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(context, CONTEXT_SIZE, format, args);
	va_end(args);
}

void harness_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_exit(EXIT_FAILURE);
}

/* More than enough for a case, on slow machines, too. */
static unsigned int case_seconds(void)
{
	return 120 + harness_options.steps / 100;
}

static void run_case(const struct harness_case *test)
{
	/* One that hangs is killed. */
	alarm(case_seconds());
	CHECK_EQ(zvmo_tree_init_cache(), 0);
	test->run();
	CHECK_EQ(zvmo_tree_count_nodes(), 0);
	CHECK_EQ(zvmo_page_count_all(), 0);
	CHECK_EQ(shim_live_objects(), 0);
	CHECK_EQ(shim_live_pages(), 0);
	zvmo_tree_exit_cache();
	/* Not _exit(): the leak sanitizer looks around now. */
	exit(EXIT_SUCCESS);
}

static bool case_passes(const struct harness_case *test)
{
	int status = -1;
	pid_t child;

	context[0] = '\0';
	fflush(stdout);
	child = fork();
	if (!child)
		run_case(test);
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		if (context[0])
			printf("# while: %s\n", context);
		return false;
	}
	return true;
}

/* Runs all, or what harness_options selects. Returns the exit status. */
int harness_run(const struct harness_case *cases, unsigned int nr_cases)
{
	const char *only = harness_options.only;
	unsigned int nr_failed = 0, i;

	context = mmap(NULL, CONTEXT_SIZE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (context == MAP_FAILED)
		return EXIT_FAILURE;
	printf("TAP version 13\n1..%u\n# seed %#lx, %lu steps\n", nr_cases,
	       harness_options.seed, harness_options.steps);
	for (i = 0; i < nr_cases; i++) {
		bool passed;

		if (only && !strstr(cases[i].name, only)) {
			printf("ok %u - %s # SKIP not selected\n", i + 1,
			       cases[i].name);
			continue;
		}
		passed = case_passes(&cases[i]);
		nr_failed += !passed;
		printf("%sok %u - %s\n", passed ? "" : "not ", i + 1,
		       cases[i].name);
	}
	if (nr_failed)
		printf("# %u failed\n", nr_failed);
	return nr_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
