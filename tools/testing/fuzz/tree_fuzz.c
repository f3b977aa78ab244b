// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: fuzzing - the core in user space, beside its model
 *
 * libFuzzer's bytes choose what random numbers choose in the host tests: the
 * first where pages can be, and whether allocations fail; the others step after
 * step, until they are used up. Everything is verified after each step.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "page.h"
#include "random_steps.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct harness_options harness_options;

static char context[256];

void harness_context(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(context, sizeof(context), format, args);
	va_end(args);
}

void harness_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nwhile: %s\n", context);
	abort();
}

/* Few cells, so that each step is verified quickly; trees of several shapes. */
static const struct plan {
	struct model_island islands[4];
	unsigned int nr_islands;
} plans[] = {
	{ { { 0, 9 }, { 60, 68 } }, 2 },
	{ { { 0, 3 }, { 60, 67 }, { 4090, 4100 }, { 262140, 262146 } }, 4 },
	{ { { 0, 5 },
	    { 1UL << 45, (1UL << 45) + 5 },
	    { ZVMO_INDEX_MAX - 5, ZVMO_INDEX_MAX } },
	  3 },
	{ { { (1UL << 24) - 5, (1UL << 24) + 70 } }, 1 },
};

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct run run = { .random = { .bytes = data, .nr_bytes = size } };
	const struct plan *plan;
	unsigned long i;

	if (size < 2)
		return 0;
	CHECK_EQ(zvmo_tree_init_cache(), 0);
	plan = &plans[random_below(&run.random, ARRAY_SIZE(plans))];
	model_init(&run.model, plan->islands, plan->nr_islands);
	run.model.sweep = random_one_in(&run.random, 8);
	for (i = 1; run.random.nr_bytes; i++) {
		run_step(&run, i);
		model_verify(&run.model, i % 8 == 0);
	}
	run_end(&run);
	CHECK_EQ(zvmo_tree_count_nodes(), 0);
	CHECK_EQ(zvmo_page_count_all(), 0);
	CHECK_EQ(shim_live_objects(), 0);
	zvmo_tree_exit_cache();
	shim_forget_pages();
	return 0;
}
