/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: page tree - what its files know about nodes
 *
 * For page_tree*.c only. The vocabulary is that of page_tree.c.
 */
#ifndef _ZVMO_PAGE_TREE_NODE_H
#define _ZVMO_PAGE_TREE_NODE_H

#include "page_tree.h"

/* The acquire pairs with atomic_dec_and_test() in node_put(). */
static inline bool node_is_alone(const struct zvmo_node *node)
{
	return atomic_read_acquire(&node->refs) == 1;
}

static inline unsigned int node_slot(const struct zvmo_node *node,
				     unsigned long index)
{
	return (index >> node->shift) & ZVMO_NODE_MASK;
}

/* Last index, counted from the node's base. */
static inline unsigned long shift_last(unsigned int shift)
{
	return (1UL << (shift + ZVMO_NODE_SHIFT)) - 1;
}

/* Does the tree, as high as it is now, have a place for @index? */
static inline bool tree_spans(const struct zvmo_tree *tree, unsigned long index)
{
	return tree->root && index <= shift_last(tree->root->shift);
}

static inline bool entry_is_node(zvmo_entry_t entry)
{
	return entry && (entry & ZVMO_ENTRY_KIND_MASK) == ZVMO_ENTRY_NODE;
}

static inline struct zvmo_node *entry_node(zvmo_entry_t entry)
{
	return (struct zvmo_node *)entry;
}

static inline zvmo_entry_t node_entry(const struct zvmo_node *node)
{
	return (zvmo_entry_t)node;
}

static inline unsigned long entry_pages(zvmo_entry_t entry)
{
	if (entry_is_node(entry))
		return entry_node(entry)->nr_pages;
	return zvmo_entry_is_page(entry);
}

/* Part of a node's slots that a range covers. */
struct slot_range {
	unsigned int first;
	unsigned int last;
};

static inline struct slot_range slots_in(unsigned int shift, unsigned long base,
					 unsigned long first,
					 unsigned long last)
{
	unsigned long end = base + shift_last(shift);
	struct slot_range range = {
		.first = first <= base ? 0 : (first - base) >> shift,
		.last = last >= end ? ZVMO_NODE_MASK : (last - base) >> shift,
	};

	return range;
}

/* Does [first, last] cover all of slot @i of a node at @base? */
static inline bool slot_covered(unsigned int shift, unsigned long base,
				unsigned int i, unsigned long first,
				unsigned long last)
{
	unsigned long start = base + ((unsigned long)i << shift);

	return first <= start && start + ((1UL << shift) - 1) <= last;
}

static inline unsigned long slot_base(const struct zvmo_node *node,
				      unsigned long base, unsigned int i)
{
	return base + ((unsigned long)i << node->shift);
}

/*
 * What one of several trees has at a place that spans 2^@shift indexes, where
 * the trees are gone through together: an entry. The lower of two trees counts
 * as the first part of a node as high as the other.
 */
struct tree_side {
	zvmo_entry_t entry;
	unsigned int shift;
};

static inline struct tree_side side_of_tree(const struct zvmo_tree *tree)
{
	struct tree_side side = { node_entry(tree->root), 0 };

	if (tree->root)
		side.shift = tree->root->shift + ZVMO_NODE_SHIFT;
	return side;
}

/* Part @i of @side when 2^@shift indexes are cut into 64 parts. */
static inline struct tree_side side_part(struct tree_side side,
					 unsigned int shift, unsigned int i)
{
	struct tree_side part = { side.entry, shift - ZVMO_NODE_SHIFT };

	if (!entry_is_node(side.entry))
		return part;
	if (side.shift == shift)
		part.entry = entry_node(side.entry)->slots[i];
	else if (!i)
		part = side; /* a lower tree is the first part of all */
	else
		part.entry = ZVMO_ENTRY_EMPTY;
	return part;
}

#endif /* _ZVMO_PAGE_TREE_NODE_H */
