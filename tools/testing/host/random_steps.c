// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - random operations on a family of trees
 */
#include "harness.h"
#include "random_steps.h"

/* Random choices */

/* Mostly none, so that equal zeros meet. */
static zvmo_entry_t random_flags(struct run *run)
{
	static const zvmo_entry_t flags[] = {
		1UL << 2,
		2UL << 2,
		3UL << 2,
		ZVMO_ENTRY_ALWAYS_NEED,
	};

	return random_one_in(&run->random, 4) ?
		       flags[random_below(&run->random, ARRAY_SIZE(flags))] :
		       0;
}

static struct model_tree *random_tree(struct run *run, bool live)
{
	struct model_tree *found = NULL;
	unsigned int nr = 0, i;

	for (i = 0; i < MODEL_NR_TREES; i++) {
		struct model_tree *t = &run->model.trees[i];

		if (t->live == live && random_one_in(&run->random, ++nr))
			found = t;
	}
	return found;
}

static unsigned int random_cell(struct run *run)
{
	return random_below(&run->random, run->model.nr_cells);
}

static unsigned int random_single_cell(struct run *run)
{
	unsigned int cell;

	do {
		cell = random_cell(run);
	} while (!model_cell_is_single(&run->model, cell));
	return cell;
}

/* Cells, inclusive. */
struct range {
	unsigned int first;
	unsigned int last;
};

/* Make the range begin and end where leaves do, if there are such cells. */
static void range_align(const struct model *model, struct range *range)
{
	while (range->first > 0 &&
	       model_cell_first(model, range->first) % ZVMO_NODE_SLOTS)
		range->first--;
	while (range->last < model->nr_cells - 1 &&
	       (model_cell_last(model, range->last) + 1) % ZVMO_NODE_SLOTS)
		range->last++;
}

static struct range random_range(struct run *run)
{
	static const unsigned int lengths[] = { 1, 2, 8, 70, 300 };
	unsigned int last_cell = run->model.nr_cells - 1;
	struct range range;

	range.first = random_cell(run);
	switch (random_below(&run->random, 8)) {
	case 0:
		range.last = random_cell(run);
		if (range.first > range.last)
			swap(range.first, range.last);
		break;
	case 1:
		range.last = last_cell;
		break;
	case 2:
		range.last = range.first;
		range.first = 0;
		break;
	default:
		range.last =
			range.first - 1 +
			lengths[random_below(&run->random, ARRAY_SIZE(lengths))];
		range.last = min(range.last, last_cell);
	}
	if (random_one_in(&run->random, 3))
		range_align(&run->model, &range);
	return range;
}

/* Steps; each takes a live tree */

static void step_write(struct run *run, struct model_tree *t)
{
	unsigned int nr = random_one_in(&run->random, 4) ?
				  random_below(&run->random, 70) :
				  1;
	unsigned int cell = random_single_cell(run);
	zvmo_entry_t flags = random_flags(run);
	bool mapped = random_one_in(&run->random, 3);

	for (; nr && cell < run->model.nr_cells; nr--, cell++)
		if (model_cell_is_single(&run->model, cell))
			model_write(&run->model, t, cell, flags, mapped);
}

static void step_replace(struct run *run, struct model_tree *t)
{
	model_replace(&run->model, t, random_single_cell(run),
		      random_flags(run));
}

static void step_mark_zero(struct run *run, struct model_tree *t)
{
	unsigned int nr = random_one_in(&run->random, 4) ? 64 : 1;
	unsigned int cell = random_single_cell(run);
	zvmo_entry_t flags = random_flags(run);

	for (; nr && cell < run->model.nr_cells; nr--, cell++)
		if (model_cell_is_single(&run->model, cell))
			model_mark_zero(&run->model, t, cell, flags);
}

static void step_store_zero(struct run *run, struct model_tree *t)
{
	struct range range = random_range(run);

	model_store_zero(&run->model, t, range.first, range.last,
			 random_flags(run));
}

static void step_erase(struct run *run, struct model_tree *t)
{
	struct range range = random_range(run);

	model_erase(&run->model, t, range.first, range.last,
		    random_one_in(&run->random, 2));
}

static void step_conceal(struct run *run, struct model_tree *t)
{
	struct range range = random_range(run);
	u64 keep = random_one_in(&run->random, 2) ? random_next(&run->random) :
						    0;

	model_conceal(&run->model, t, range.first, range.last, keep);
}

static void step_destroy(struct run *run, struct model_tree *t)
{
	if (run->walker == t)
		run->walker = NULL;
	model_destroy(&run->model, t);
}

static void step_clone(struct run *run, struct model_tree *t)
{
	struct range range = { 0, run->model.nr_cells - 1 };
	struct model_tree *dst = random_tree(run, false);

	if (!dst) {
		dst = random_tree(run, true);
		if (dst == t)
			return;
		step_destroy(run, dst);
	}
	if (random_one_in(&run->random, 2))
		range = random_range(run);
	model_clone(&run->model, dst, t, range.first, range.last);
}

static void step_adopt(struct run *run, struct model_tree *t)
{
	struct range range = { 0, run->model.nr_cells - 1 };
	struct model_tree *src = random_tree(run, true);

	if (src == t)
		return;
	if (random_one_in(&run->random, 2))
		range = random_range(run);
	model_adopt(&run->model, t, src, range.first, range.last);
}

static void step_create(struct run *run, struct model_tree *t)
{
	struct model_tree *dead = random_tree(run, false);

	(void)t;
	if (dead)
		model_create(&run->model, dead);
}

static void step_splice(struct run *run, struct model_tree *t)
{
	struct model *model = &run->model;
	unsigned int cell, tries = 20;
	struct range range;

	if (!model->splice.live) {
		range = random_range(run);
		model_splice_take(model, t, range.first, range.last);
		return;
	}
	if (!random_one_in(&run->random, 4)) {
		do {
			cell = random_cell(run);
		} while (!model_splice_fits(model, cell) && --tries);
		if (!tries || random_one_in(&run->random, 3))
			cell = model->splice.first;
		model_splice_put(model, t, cell);
	}
	model_splice_destroy(model);
}

static void step_diff(struct run *run, struct model_tree *t)
{
	struct model_tree *other = random_tree(run, true);
	struct range range = { 0, run->model.nr_cells - 1 };

	if (random_one_in(&run->random, 2))
		range = random_range(run);
	model_diff(&run->model, t, other, range.first, range.last,
		   random_one_in(&run->random, 4) ?
			   1 + random_below(&run->random, 5) :
			   0);
}

static void step_count(struct run *run, struct model_tree *t)
{
	struct range range = random_range(run);

	model_count(&run->model, t, range.first, range.last);
}

static void step_gather(struct run *run, struct model_tree *t)
{
	model_gather(&run->model, t, random_cell(run),
		     random_below(&run->random, ZVMO_NODE_SLOTS + 1));
}

static void step_seek(struct run *run, struct model_tree *t)
{
	struct range range = random_range(run);

	model_seek(&run->model, t, range.first, range.last);
}

static void step_walk(struct run *run, struct model_tree *t)
{
	struct model *model = &run->model;
	struct range range = random_range(run);

	if (!run->walker) {
		run->walker = t;
		zvmo_cursor_init(&run->cursor, &t->tree,
				 model_cell_first(model, range.first),
				 model_cell_last(model, range.last));
	}
	model_walk(model, run->walker, &run->cursor);
	if (run->cursor.done) {
		model_walk(model, run->walker, &run->cursor);
		run->walker = NULL;
	}
}

static const struct {
	const char *name;
	unsigned int weight;
	void (*take)(struct run *run, struct model_tree *t);
} steps[] = {
	{ "write", 30, step_write },
	{ "replace", 5, step_replace },
	{ "mark zero", 5, step_mark_zero },
	{ "store zero", 8, step_store_zero },
	{ "erase", 10, step_erase },
	{ "conceal", 3, step_conceal },
	{ "destroy", 5, step_destroy },
	{ "clone", 14, step_clone },
	{ "adopt", 8, step_adopt },
	{ "create", 1, step_create },
	{ "splice", 6, step_splice },
	{ "diff", 6, step_diff },
	{ "count", 3, step_count },
	{ "gather", 3, step_gather },
	{ "seek", 4, step_seek },
	{ "walk", 8, step_walk },
};

/**
 * run_step() - One random operation.
 */
void run_step(struct run *run, unsigned long number)
{
	unsigned int total = 0, i;
	struct model_tree *t;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		total += steps[i].weight;
	total = random_below(&run->random, total);
	for (i = 0; total >= steps[i].weight; i++)
		total -= steps[i].weight;
	t = random_tree(run, true);
	if (!t) {
		t = &run->model.trees[0];
		model_create(&run->model, t);
	}
	harness_context("step %lu: %s, tree %td", number, steps[i].name,
			t - run->model.trees);
	steps[i].take(run, t);
}

/**
 * run_end() - Destroy everything, in random order.
 */
void run_end(struct run *run)
{
	struct model_tree *t;

	if (run->model.splice.live)
		model_splice_destroy(&run->model);
	while ((t = random_tree(run, true))) {
		model_destroy(&run->model, t);
		model_verify(&run->model, false);
	}
	model_exit(&run->model);
}
