// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: page tree - looking up, counting, walking, checking
 *
 * The structure and its vocabulary are described in page_tree.c.
 *
 * Locking: none here; see page_tree.h. The tree does not change meanwhile.
 */
#include "page.h"
#include "page_tree.h"
#include "page_tree_node.h"

/* Look-up */

/**
 * zvmo_tree_find() - Look an index up.
 * @tree: The tree.
 * @index: Any index.
 *
 * Return: The entry that covers @index, whether it is a page that this tree
 * alone holds, and its exposed mark.
 */
struct zvmo_slot zvmo_tree_find(const struct zvmo_tree *tree,
				unsigned long index)
{
	const struct zvmo_node *node = tree->root;
	struct zvmo_slot slot = {};
	bool alone = true;
	unsigned int i;

	if (!tree_spans(tree, index))
		return slot;
	for (;;) {
		alone = alone && node_is_alone(node);
		i = node_slot(node, index);
		slot.entry = node->slots[i];
		if (!node->shift || !entry_is_node(slot.entry))
			break;
		node = entry_node(slot.entry);
	}
	if (zvmo_entry_is_page(slot.entry)) {
		slot.exclusive = alone && zvmo_page_is_unshared(
						  zvmo_entry_page(slot.entry));
		slot.exposed = node->exposed & BIT_ULL(i);
	}
	return slot;
}

/**
 * zvmo_tree_lookup() - Look an index up, the entry only.
 * @tree: The tree.
 * @index: Any index.
 *
 * Return: The entry that covers @index: empty, zero or page.
 */
zvmo_entry_t zvmo_tree_lookup(const struct zvmo_tree *tree, unsigned long index)
{
	const struct zvmo_node *node = tree->root;
	zvmo_entry_t entry;

	if (!tree_spans(tree, index))
		return ZVMO_ENTRY_EMPTY;
	for (;;) {
		entry = node->slots[node_slot(node, index)];
		if (!node->shift || !entry_is_node(entry))
			return entry;
		node = entry_node(entry);
	}
}

/**
 * zvmo_tree_gather() - Collect the pages that follow each other from an index.
 * @tree: The tree.
 * @index: First index.
 * @pages: Filled with pages.
 * @max: How many at most.
 *
 * Return: The number of pages at @index, @index + 1, ... up to the first index
 * that has none, or the end of a leaf.
 */
unsigned int zvmo_tree_gather(const struct zvmo_tree *tree, unsigned long index,
			      struct page **pages, unsigned int max)
{
	const struct zvmo_node *node = tree->root;
	unsigned int i, nr = 0;

	if (!tree_spans(tree, index))
		return 0;
	while (node->shift) {
		zvmo_entry_t entry = node->slots[node_slot(node, index)];

		if (!entry_is_node(entry))
			return 0;
		node = entry_node(entry);
	}
	for (i = node_slot(node, index); i < ZVMO_NODE_SLOTS && nr < max; i++) {
		if (!zvmo_entry_is_page(node->slots[i]))
			break;
		pages[nr++] = zvmo_entry_page(node->slots[i]);
	}
	return nr;
}

static unsigned long node_count(const struct zvmo_node *node,
				unsigned long base, unsigned long first,
				unsigned long last)
{
	struct slot_range range = slots_in(node->shift, base, first, last);
	unsigned long count = 0;
	unsigned int i;

	if (first <= base && last >= base + shift_last(node->shift))
		return node->nr_pages;
	for (i = range.first; i <= range.last; i++) {
		zvmo_entry_t entry = node->slots[i];

		if (entry_is_node(entry) &&
		    !slot_covered(node->shift, base, i, first, last))
			count += node_count(entry_node(entry),
					    slot_base(node, base, i), first,
					    last);
		else
			count += entry_pages(entry);
	}
	return count;
}

/**
 * zvmo_tree_count() - Count the pages in a range.
 * @tree: The tree.
 * @first: First index.
 * @last: Last index.
 *
 * Takes time in proportion to the height only.
 *
 * Return: The number of pages, shared or not.
 */
unsigned long zvmo_tree_count(const struct zvmo_tree *tree, unsigned long first,
			      unsigned long last)
{
	if (!tree_spans(tree, first))
		return 0;
	return node_count(tree->root, 0, first, last);
}

/* Walks */

/* The entry at @index, and the last index of what is visibly the same. */
static zvmo_entry_t tree_stretch(const struct zvmo_tree *tree,
				 unsigned long index, unsigned long *last)
{
	const struct zvmo_node *node = tree->root;
	zvmo_entry_t entry;
	unsigned int i;

	*last = ZVMO_INDEX_MAX;
	if (!tree_spans(tree, index))
		return ZVMO_ENTRY_EMPTY;
	for (;;) {
		i = node_slot(node, index);
		entry = node->slots[i];
		if (!node->shift || !entry_is_node(entry))
			break;
		node = entry_node(entry);
	}
	if (!zvmo_entry_is_page(entry))
		while (i < ZVMO_NODE_MASK && node->slots[i + 1] == entry)
			i++;
	*last = (index & ~shift_last(node->shift)) +
		((unsigned long)i << node->shift) + ((1UL << node->shift) - 1);
	return entry;
}

/**
 * zvmo_cursor_init() - Begin a walk.
 * @cursor: The cursor.
 * @tree: The tree.
 * @first: First index of interest.
 * @last: Last index of interest, at most ZVMO_INDEX_MAX.
 */
void zvmo_cursor_init(struct zvmo_cursor *cursor, const struct zvmo_tree *tree,
		      unsigned long first, unsigned long last)
{
	cursor->tree = tree;
	cursor->next = first;
	cursor->last = last;
	cursor->done = first > last;
}

/**
 * zvmo_cursor_next() - Go to the next page, zero run or gap.
 * @cursor: The cursor. The tree may change between calls; what changed behind
 *	the cursor is not seen.
 * @extent: Filled: clipped to the range of interest, maximal within it.
 *
 * Return: False when nothing is left.
 */
bool zvmo_cursor_next(struct zvmo_cursor *cursor, struct zvmo_extent *extent)
{
	unsigned long last;

	if (cursor->done)
		return false;
	extent->first = cursor->next;
	extent->entry = tree_stretch(cursor->tree, cursor->next, &last);
	while (!zvmo_entry_is_page(extent->entry) && last < cursor->last) {
		unsigned long more;

		if (tree_stretch(cursor->tree, last + 1, &more) !=
		    extent->entry)
			break;
		last = more;
	}
	extent->last = min(last, cursor->last);
	cursor->done = extent->last == cursor->last;
	cursor->next = extent->last + 1;
	return true;
}

/*
 * Find the first index from *@index on that holds a page, or holds none, below
 * @node. Subtrees that have only what is not sought are skipped.
 */
static bool node_seek(const struct zvmo_node *node, unsigned long base,
		      bool page, unsigned long *index)
{
	unsigned int i = *index <= base ? 0 : (*index - base) >> node->shift;

	for (; i < ZVMO_NODE_SLOTS; i++) {
		unsigned long start = slot_base(node, base, i);
		zvmo_entry_t entry = node->slots[i];
		unsigned long pages = entry_pages(entry);

		if (page ? !pages : pages == 1UL << node->shift)
			continue;
		if (!entry_is_node(entry)) {
			*index = max(*index, start);
			return true;
		}
		if (node_seek(entry_node(entry), start, page, index))
			return true;
	}
	return false;
}

/**
 * zvmo_tree_next_page() - Find the next page.
 * @tree: The tree.
 * @index: In: where to begin; out: where it is.
 * @last: Last index of interest.
 *
 * Takes time in proportion to the height.
 *
 * Return: True if there is one.
 */
bool zvmo_tree_next_page(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long last)
{
	return tree_spans(tree, *index) &&
	       node_seek(tree->root, 0, true, index) && *index <= last;
}

/* Find the last index up to *@index that holds a page, below @node. */
static bool node_seek_back(const struct zvmo_node *node, unsigned long base,
			   unsigned long *index)
{
	unsigned int i = *index >= base + shift_last(node->shift) ?
				 ZVMO_NODE_MASK :
				 (*index - base) >> node->shift;

	for (;; i--) {
		unsigned long start = slot_base(node, base, i);
		zvmo_entry_t entry = node->slots[i];

		if (zvmo_entry_is_page(entry)) {
			*index = start;
			return true;
		}
		if (entry_pages(entry) &&
		    node_seek_back(entry_node(entry), start, index))
			return true;
		if (!i)
			return false;
	}
}

/**
 * zvmo_tree_prev_page() - Find the last page up to an index.
 * @tree: The tree.
 * @index: In: where to begin; out: where it is.
 * @first: First index of interest.
 *
 * Takes time in proportion to the height.
 *
 * Return: True if there is one.
 */
bool zvmo_tree_prev_page(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long first)
{
	return tree->root && node_seek_back(tree->root, 0, index) &&
	       *index >= first;
}

/**
 * zvmo_tree_next_hole() - Find the next index that holds no page.
 * @tree: The tree.
 * @index: In: where to begin; out: where it is.
 * @last: Last index of interest.
 *
 * Takes time in proportion to the height.
 *
 * Return: True if there is one.
 */
bool zvmo_tree_next_hole(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long last)
{
	if (tree_spans(tree, *index) && !node_seek(tree->root, 0, false, index))
		*index = shift_last(tree->root->shift) + 1;
	return *index <= last;
}

/* Self-check */

#define CHECK(cond)                                                    \
	do {                                                           \
		if (!(cond)) {                                         \
			pr_err("zvmo: page tree broken: %s\n", #cond); \
			return -EINVAL;                                \
		}                                                      \
	} while (0)

static int leaf_slot_check(const struct zvmo_node *leaf, unsigned int i,
			   bool alone)
{
	zvmo_entry_t entry = leaf->slots[i];
	bool exposed = leaf->exposed & BIT_ULL(i);

	CHECK(!entry || zvmo_entry_is_page(entry) || zvmo_entry_is_zero(entry));
	CHECK(!exposed || (alone && zvmo_entry_is_page(entry) &&
			   zvmo_page_is_unshared(zvmo_entry_page(entry))));
	return 0;
}

static int node_check(const struct zvmo_node *node, bool is_root, bool alone)
{
	unsigned long nr_pages = 0;
	unsigned int i, nr_slots = 0, nr_same = 0;

	CHECK(atomic_read(&node->refs) >= 1);
	alone = alone && node_is_alone(node);
	for (i = 0; i < ZVMO_NODE_SLOTS; i++) {
		zvmo_entry_t entry = node->slots[i];
		bool exposed = node->exposed & BIT_ULL(i);

		nr_slots += !!entry;
		nr_pages += entry_pages(entry);
		nr_same += entry == node->slots[0];
		if (!node->shift) {
			if (leaf_slot_check(node, i, alone))
				return -EINVAL;
		} else if (entry_is_node(entry)) {
			CHECK(entry_node(entry)->shift + ZVMO_NODE_SHIFT ==
			      node->shift);
			CHECK(exposed == !!entry_node(entry)->exposed);
			if (node_check(entry_node(entry), false, alone))
				return -EINVAL;
		} else {
			CHECK(!entry || zvmo_entry_is_zero(entry));
			CHECK(!exposed);
		}
	}
	CHECK(nr_slots > 0 && nr_slots == node->nr_slots);
	CHECK(nr_pages == node->nr_pages);
	CHECK(is_root || nr_same < ZVMO_NODE_SLOTS ||
	      !zvmo_entry_is_zero(node->slots[0]));
	return 0;
}

/**
 * zvmo_tree_check() - Verify every invariant of one tree. For tests.
 * @tree: The tree.
 *
 * Return: 0, or -EINVAL after a message that names what is broken.
 */
int zvmo_tree_check(const struct zvmo_tree *tree)
{
	return tree->root ? node_check(tree->root, true, true) : 0;
}
