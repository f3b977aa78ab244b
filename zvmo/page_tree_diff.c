// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: page tree - where two trees differ
 *
 * Two trees are gone through slot by slot; wherever both have the same entry, a
 * shared subtree say, they are the same below it. The lower of two trees counts
 * as the first part of a node as high as the other.
 *
 * Locking: none here; see page_tree.h. The tree does not change meanwhile.
 */
#include "page_tree.h"
#include "page_tree_node.h"

struct diff {
	unsigned long first;
	unsigned long last;
	zvmo_diff_fn fn;
	void *arg;
	/* Range found, not yet reported: the next one may continue it. */
	unsigned long run_first;
	unsigned long run_last;
	enum zvmo_diff_what run_what;
};

static int diff_flush(struct diff *diff)
{
	enum zvmo_diff_what what = diff->run_what;

	diff->run_what = 0;
	return what ? diff->fn(diff->run_first, diff->run_last, what,
			       diff->arg) :
		      0;
}

static int diff_found(struct diff *diff, unsigned long first,
		      unsigned long last, zvmo_entry_t a, zvmo_entry_t b)
{
	enum zvmo_diff_what what = !b ? ZVMO_TREE_ONLY_A :
				   !a ? ZVMO_TREE_ONLY_B :
					ZVMO_TREE_CHANGED;
	int err;

	first = max(first, diff->first);
	last = min(last, diff->last);
	if (diff->run_what == what && diff->run_last + 1 == first) {
		diff->run_last = last;
		return 0;
	}
	err = diff_flush(diff);
	diff->run_first = first;
	diff->run_last = last;
	diff->run_what = what;
	return err;
}

/* The slots of a side that is nothing, or a node of the height of @shift. */
static const zvmo_entry_t *side_slots(struct tree_side side, unsigned int shift)
{
	static const zvmo_entry_t nothing[ZVMO_NODE_SLOTS];

	if (!side.entry)
		return nothing;
	if (entry_is_node(side.entry) && side.shift == shift)
		return entry_node(side.entry)->slots;
	return NULL;
}

static int diff_sides(struct diff *diff, struct tree_side a, struct tree_side b,
		      unsigned int shift, unsigned long base)
{
	unsigned int node_shift = shift - ZVMO_NODE_SHIFT;
	const zvmo_entry_t *slots_a, *slots_b;
	struct slot_range range;
	unsigned int i;
	int err = 0;

	if (a.entry == b.entry)
		return 0;
	if (!entry_is_node(a.entry) && !entry_is_node(b.entry))
		return diff_found(diff, base, base + ((1UL << shift) - 1),
				  a.entry, b.entry);
	cond_resched();
	slots_a = side_slots(a, shift);
	slots_b = side_slots(b, shift);
	range = slots_in(node_shift, base, diff->first, diff->last);
	for (i = range.first; i <= range.last && !err; i++) {
		/* Most are the same: see that without a call. */
		if (slots_a && slots_b && slots_a[i] == slots_b[i])
			continue;
		err = diff_sides(diff, side_part(a, shift, i),
				 side_part(b, shift, i), node_shift,
				 base + ((unsigned long)i << node_shift));
	}
	return err;
}

/**
 * zvmo_tree_diff() - Find where two trees hold different entries.
 * @a: One tree.
 * @b: Another tree.
 * @first: First index of interest.
 * @last: Last index of interest.
 * @fn: Called with each range that differs, ascending and maximal.
 * @arg: Argument of @fn.
 *
 * Takes time in proportion to what differs: shared subtrees are skipped.
 *
 * Return: 0, or what @fn returned to stop.
 */
int zvmo_tree_diff(const struct zvmo_tree *a, const struct zvmo_tree *b,
		   unsigned long first, unsigned long last, zvmo_diff_fn fn,
		   void *arg)
{
	struct diff diff = {
		.first = first, .last = last, .fn = fn, .arg = arg
	};
	struct tree_side side_a = side_of_tree(a), side_b = side_of_tree(b);
	unsigned int shift = max(side_a.shift, side_b.shift);
	int err;

	if (first > last || !shift || first >> shift)
		return 0;
	err = diff_sides(&diff, side_a, side_b, shift, 0);
	return err ?: diff_flush(&diff);
}
