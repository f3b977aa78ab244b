// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - random operations on a family of trees
 *
 * Dozens of relatives change, clone, exchange and die in random order; after
 * each step they are compared with their models and accounted for to the last
 * share. Each case puts its islands where the trees have another shape.
 */
#include "harness.h"
#include "page_tree_test.h"
#include "random_steps.h"

/**
 * struct plan - One random case.
 * @islands: Where pages can be.
 * @nr_islands: How many.
 * @sweep: Make each allocation of each operation fail, too.
 * @cost: Take so many times fewer steps than were asked for.
 */
struct plan {
	struct model_island islands[4];
	unsigned int nr_islands;
	bool sweep;
	unsigned int cost;
};

/* How often, in steps, everything is verified: big families less often. */
static unsigned long verify_interval(const struct run *run)
{
	return 1 + run->model.nr_cells / 1000;
}

static void carry_out(const struct plan *plan)
{
	unsigned long nr_steps = harness_options.steps / plan->cost, i;
	struct run run = { .random = { .state = harness_options.seed } };
	unsigned long interval;

	model_init(&run.model, plan->islands, plan->nr_islands);
	run.model.sweep = plan->sweep;
	interval = verify_interval(&run);
	for (i = 1; i <= nr_steps; i++) {
		run_step(&run, i);
		if (i % interval == 0)
			model_verify(&run.model, i % (16 * interval) == 0);
	}
	run_end(&run);
}

/* The cases */

static void one_leaf(void)
{
	static const struct plan plan = {
		.islands = { { 0, 9 }, { 55, 72 } },
		.nr_islands = 2,
		.cost = 1,
	};

	carry_out(&plan);
}

static void low_islands(void)
{
	static const struct plan plan = {
		.islands = { { 0, 130 }, { 4060, 4130 }, { 262100, 262170 } },
		.nr_islands = 3,
		.cost = 2,
	};

	carry_out(&plan);
}

static void far_islands(void)
{
	static const struct plan plan = {
		.islands = { { 0, 5 },
			     { (1UL << 30) - 70, (1UL << 30) + 70 },
			     { 1UL << 45, (1UL << 45) + 66 },
			     { ZVMO_INDEX_MAX - 66, ZVMO_INDEX_MAX } },
		.nr_islands = 4,
		.cost = 2,
	};

	carry_out(&plan);
}

static void dense_window(void)
{
	static const struct plan plan = {
		.islands = { { 3 * 4096 - 200, 4 * 4096 + 300 } },
		.nr_islands = 1,
		.cost = 8,
	};

	carry_out(&plan);
}

static void unaligned_window(void)
{
	static const struct plan plan = {
		.islands = { { (1UL << 24) - 77, (1UL << 24) + 333 } },
		.nr_islands = 1,
		.cost = 2,
	};

	carry_out(&plan);
}

static void one_leaf_without_memory(void)
{
	static const struct plan plan = {
		.islands = { { 0, 3 }, { 60, 68 } },
		.nr_islands = 2,
		.sweep = true,
		.cost = 8,
	};

	carry_out(&plan);
}

static void islands_without_memory(void)
{
	static const struct plan plan = {
		.islands = { { 0, 67 },
			     { 4090, 4100 },
			     { 1UL << 30, (1UL << 30) + 66 },
			     { ZVMO_INDEX_MAX - 3, ZVMO_INDEX_MAX } },
		.nr_islands = 4,
		.sweep = true,
		.cost = 20,
	};

	carry_out(&plan);
}

const struct harness_case random_cases[] = {
	{ "random_family_in_one_leaf", one_leaf },
	{ "random_family_on_low_islands", low_islands },
	{ "random_family_on_far_islands", far_islands },
	{ "random_family_in_dense_window", dense_window },
	{ "random_family_in_unaligned_window", unaligned_window },
	{ "random_family_in_one_leaf_each_allocation_fails",
	  one_leaf_without_memory },
	{ "random_family_on_islands_each_allocation_fails",
	  islands_without_memory },
};

const unsigned int nr_random_cases = ARRAY_SIZE(random_cases);
