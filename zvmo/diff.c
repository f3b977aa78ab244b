// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: where two relatives hold different pages
 *
 * Relatives have one index space, so their trees are compared index by index,
 * and what they share is skipped.
 *
 * Locking: the locks of both content objects are held shared, the one at the
 * lower address first.
 */
#include "diff.h"

struct diff_context {
	struct zvmo_diff_list *list;
	unsigned long index; /* tree index of the VMO's page 0 */
};

static int diff_add(unsigned long first, unsigned long last,
		    enum zvmo_diff_what what, void *arg)
{
	struct diff_context *ctx = arg;
	struct zvmo_diff_list *list = ctx->list;
	struct zvmo_diff_range *range = &list->ranges[list->nr++];

	range->offset = (u64)(first - ctx->index) << PAGE_SHIFT;
	range->length = (u64)(last - first + 1) << PAGE_SHIFT;
	range->what = what;
	list->next = range->offset + range->length;
	return list->nr == list->capacity;
}

/* Compare [first, last]; @other holds nothing outside its window. */
static int diff_windows(struct zvmo *vmo, struct zvmo *other,
			unsigned long first, unsigned long last,
			struct diff_context *ctx)
{
	static const struct zvmo_tree nothing;
	const struct zvmo_tree *tree = &vmo->cow->tree;
	unsigned long start = other->cow->base + other->first;
	unsigned long stop = start + (zvmo_size(other) >> PAGE_SHIFT);
	int ret = 0;

	/* Before, in and behind the window; empty ranges compare equal. */
	if (start)
		ret = zvmo_tree_diff(tree, &nothing, first,
				     min(last, start - 1), diff_add, ctx);
	if (!ret && stop > start)
		ret = zvmo_tree_diff(tree, &other->cow->tree, max(first, start),
				     min(last, stop - 1), diff_add, ctx);
	if (!ret)
		ret = zvmo_tree_diff(tree, &nothing, max(first, stop), last,
				     diff_add, ctx);
	return ret;
}

/**
 * zvmo_diff() - List where two relatives hold different pages.
 * @vmo: One VMO; offsets are offsets in it.
 * @other: The other.
 * @offset: Where to begin, page aligned.
 * @end: Where to end, page aligned.
 * @list: Filled until everything is compared or it is full.
 *
 * Context: May sleep. Takes and releases the content objects' locks.
 * Return:
 * * 0 - done
 * * -EINVAL - they are no relatives
 * * -ERANGE - @offset beyond @end, or @end beyond the VMO
 * * -EINTR - a fatal signal
 */
int zvmo_diff(struct zvmo *vmo, struct zvmo *other, u64 offset, u64 end,
	      struct zvmo_diff_list *list)
{
	struct diff_context ctx = {
		.list = list,
		.index = vmo->cow->base + vmo->first,
	};
	int err;

	if (vmo->cow->family != other->cow->family)
		return -EINVAL;
	err = zvmo_cow_lock_pair(vmo->cow, false, other->cow, false);
	if (err)
		return err;
	if (offset > end || end > zvmo_size(vmo)) {
		err = -ERANGE;
	} else if (offset == end ||
		   !diff_windows(vmo, other, ctx.index + (offset >> PAGE_SHIFT),
				 ctx.index + (end >> PAGE_SHIFT) - 1, &ctx)) {
		list->next = end;
	}
	zvmo_cow_unlock_pair(vmo->cow, false, other->cow, false);
	return err;
}
