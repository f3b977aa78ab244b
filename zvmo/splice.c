// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: splice lists - a detached run of entries, on its way between trees
 *
 * See splice.h. Locking: as for the trees involved.
 */
#include "page.h"
#include "splice.h"

/**
 * zvmo_splice_take() - Take a range out of a tree.
 * @splice: Filled; end with zvmo_splice_destroy().
 * @tree: The tree; the range is empty afterwards.
 * @first: First index.
 * @last: Last index, at most ZVMO_INDEX_MAX.
 *
 * Nothing of the caller's may map the pages or mark them exposed.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_splice_take(struct zvmo_splice *splice, struct zvmo_tree *tree,
		     unsigned long first, unsigned long last)
{
	int err;

	splice->next = first;
	splice->last = last;
	splice->done = first > last;
	err = zvmo_tree_clone(&splice->tree, tree, first, last);
	if (err)
		return err;
	err = zvmo_tree_erase(tree, first, last, NULL, NULL);
	if (err)
		zvmo_tree_destroy(&splice->tree);
	return err;
}

/* Put one extent of the list at @first; content that is there stays. */
static int splice_put_extent(struct zvmo_tree *tree, unsigned long first,
			     const struct zvmo_extent *extent)
{
	struct zvmo_cursor cursor;
	struct zvmo_extent there;
	zvmo_entry_t old;
	int err = 0;

	zvmo_cursor_init(&cursor, tree, first,
			 first + (extent->last - extent->first));
	while (!err && extent->entry && zvmo_cursor_next(&cursor, &there)) {
		if (there.entry)
			continue;
		if (zvmo_entry_is_zero(extent->entry)) {
			err = zvmo_tree_store_zero(tree, there.first,
						   there.last, extent->entry);
			continue;
		}
		err = zvmo_tree_store(tree, first, extent->entry, &old);
		if (!err)
			zvmo_page_share(zvmo_entry_page(extent->entry));
	}
	return err;
}

/**
 * zvmo_splice_put() - Put what is left of a list into a tree.
 * @splice: The list.
 * @tree: The tree.
 * @first: Index at which the next entry of the list comes to lie.
 *
 * Fills empty places only; entries that find theirs taken are freed, gaps
 * change nothing.
 *
 * Context: May sleep.
 * Return: 0 when all was put, or -ENOMEM: what could not be put is still in the
 * list, from @splice->next on.
 */
int zvmo_splice_put(struct zvmo_splice *splice, struct zvmo_tree *tree,
		    unsigned long first)
{
	unsigned long start = splice->next;
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;
	int err = 0;

	zvmo_cursor_init(&cursor, &splice->tree, splice->next, splice->last);
	while (!splice->done && zvmo_cursor_next(&cursor, &extent)) {
		err = splice_put_extent(tree, first + (extent.first - start),
					&extent);
		if (err)
			break;
		splice->next = extent.last + 1;
		splice->done = cursor.done;
	}
	return err;
}

/**
 * zvmo_splice_destroy() - End a list, freeing what is left in it.
 * @splice: The list.
 *
 * Context: May sleep.
 */
void zvmo_splice_destroy(struct zvmo_splice *splice)
{
	zvmo_tree_destroy(&splice->tree);
}
