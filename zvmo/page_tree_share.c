// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: page tree - how much of its pages a tree shares
 *
 * A page that n relatives hold at its index costs each of them 1/n of it. To
 * find n for all pages of one tree, the *target*, the trees of its family are
 * gone through together, position by position. At each position equal nodes form
 * one *group*, which counts its *holders*: the trees that have this node there.
 * So each distinct node is visited once, however many trees share it, and none
 * where the target has no page. (A node has the same position in every tree that
 * has it, since a family has one index space.)
 *
 * A tree lower than the target counts as the first part of a node as high.
 *
 * Invariant: the first group at a position is the target's.
 *
 * Locking: none here; see page_tree.h. No tree of the family changes meanwhile.
 */
#include "page.h"
#include "page_tree.h"
#include "page_tree_node.h"

/* Trees that have @node at the position at hand. */
struct share_group {
	const struct zvmo_node *node;
	unsigned int holders;
};

/*
 * Counts, for each number of holders up to that of trees, the pages of the
 * target in [first, last] that have it.
 */
struct share_walk {
	unsigned long first;
	unsigned long last;
	unsigned long *pages;
	unsigned long nr_visits;
};

/* Groups */

static int group_compare(const void *a, const void *b)
{
	const struct share_group *one = a, *other = b;

	return one->node < other->node ? -1 : one->node > other->node;
}

/*
 * Add holders of @node to the first group or the last, or else as a group of
 * their own. That finds most equal nodes; groups_merge() finds the rest.
 */
static unsigned int group_add(struct share_group *groups, unsigned int nr,
			      const struct zvmo_node *node,
			      unsigned int holders)
{
	if (nr && groups[0].node == node) {
		groups[0].holders += holders;
	} else if (nr && groups[nr - 1].node == node) {
		groups[nr - 1].holders += holders;
	} else {
		groups[nr].node = node;
		groups[nr++].holders = holders;
	}
	return nr;
}

/* Make one group of those with equal nodes; the first one has no equal. */
static unsigned int groups_merge(struct share_group *groups, unsigned int nr)
{
	unsigned int merged = 1, i;

	if (nr <= 2)
		return nr;
	sort(groups + 1, nr - 1, sizeof(*groups), group_compare, NULL);
	for (i = 1; i < nr; i++)
		merged = group_add(groups, merged, groups[i].node,
				   groups[i].holders);
	return merged;
}

/* What lies in part @i of a position with @shift; NULL if it has no page. */
static const struct zvmo_node *node_part(const struct zvmo_node *node,
					 unsigned int shift, unsigned int i)
{
	struct tree_side side = { node_entry(node),
				  node->shift + ZVMO_NODE_SHIFT };
	zvmo_entry_t entry = side_part(side, shift + ZVMO_NODE_SHIFT, i).entry;

	return entry_is_node(entry) && entry_pages(entry) ? entry_node(entry) :
							    NULL;
}

/* The groups of part @i of a position; none if the target has no page there. */
static unsigned int groups_part(const struct share_group *groups,
				unsigned int nr, unsigned int shift,
				unsigned int i, struct share_group *part)
{
	const struct zvmo_node *node = node_part(groups[0].node, shift, i);
	unsigned int nr_part = 0, g;

	if (!node)
		return 0;
	nr_part = group_add(part, 0, node, groups[0].holders);
	for (g = 1; g < nr; g++) {
		node = node_part(groups[g].node, shift, i);
		if (node)
			nr_part = group_add(part, nr_part, node,
					    groups[g].holders);
	}
	return groups_merge(part, nr_part);
}

/*
 * The groups of the position of the target's root. A higher tree has more
 * behind it, which does not matter.
 */
static unsigned int groups_root(struct share_group *groups,
				const struct zvmo_tree *target,
				const struct zvmo_tree *const *trees,
				unsigned int nr_trees)
{
	unsigned int shift = target->root->shift, nr, i;
	const struct zvmo_node *node;

	nr = group_add(groups, 0, target->root, 0);
	for (i = 0; i < nr_trees; i++) {
		node = trees[i]->root;
		while (node && node->shift > shift)
			node = node_part(node, node->shift, 0);
		if (node)
			nr = group_add(groups, nr, node, 1);
	}
	return groups_merge(groups, nr);
}

/* The walk */

static bool entries_hold_same_page(zvmo_entry_t a, zvmo_entry_t b)
{
	return zvmo_entry_is_page(a) && zvmo_entry_is_page(b) &&
	       a >> ZVMO_ENTRY_PFN_SHIFT == b >> ZVMO_ENTRY_PFN_SHIFT;
}

/* Count the holders of the slots of a leaf that are in range. */
static void leaf_count(const struct share_group *groups, unsigned int nr,
		       struct slot_range range, unsigned int *holders)
{
	const zvmo_entry_t *slots = groups[0].node->slots;
	unsigned int g, i;

	for (g = 0; g < nr; g++)
		for (i = range.first; i <= range.last; i++)
			if (entries_hold_same_page(groups[g].node->slots[i],
						   slots[i]))
				holders[i] += groups[g].holders;
}

static void leaf_visit(struct share_walk *walk,
		       const struct share_group *groups, unsigned int nr,
		       unsigned long base)
{
	struct slot_range range = slots_in(0, base, walk->first, walk->last);
	unsigned int holders[ZVMO_NODE_SLOTS] = {};
	unsigned int i;

	leaf_count(groups, nr, range, holders);
	for (i = range.first; i <= range.last; i++)
		if (holders[i])
			walk->pages[holders[i]]++;
}

/* Nodes of lower trees are visited further below. */
static unsigned int groups_visited(const struct share_group *groups,
				   unsigned int nr, unsigned int shift)
{
	unsigned int nr_visited = 0, g;

	for (g = 0; g < nr; g++)
		nr_visited += groups[g].node->shift == shift;
	return nr_visited;
}

/*
 * Visit a position. The array behind @groups has room for as many groups for
 * each level below. Recurses by level.
 */
static int position_visit(struct share_walk *walk, struct share_group *groups,
			  unsigned int nr, unsigned int shift,
			  unsigned long base)
{
	struct slot_range range =
		slots_in(shift, base, walk->first, walk->last);
	unsigned int nr_part, i;
	int err = 0;

	walk->nr_visits += groups_visited(groups, nr, shift);
	if (nr == 1 && walk->first <= base &&
	    base + shift_last(shift) <= walk->last) {
		walk->pages[groups[0].holders] += groups[0].node->nr_pages;
		return 0;
	}
	if (!shift) {
		leaf_visit(walk, groups, nr, base);
		return 0;
	}
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	for (i = range.first; i <= range.last && !err; i++) {
		nr_part = groups_part(groups, nr, shift, i, groups + nr);
		if (nr_part)
			err = position_visit(walk, groups + nr, nr_part,
					     shift - ZVMO_NODE_SHIFT,
					     slot_base(groups[0].node, base,
						       i));
	}
	return err;
}

static int tree_walk_shares(const struct zvmo_tree *target,
			    const struct zvmo_tree *const *trees,
			    unsigned int nr_trees, struct share_walk *walk)
{
	unsigned int shift = target->root->shift;
	unsigned int levels = shift / ZVMO_NODE_SHIFT + 1;
	struct share_group *groups;
	int err;

	/* One more: the target is there before it is found among the trees. */
	groups = kvmalloc_array(levels, (nr_trees + 1UL) * sizeof(*groups),
				GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!groups)
		return -ENOMEM;
	err = position_visit(walk, groups,
			     groups_root(groups, target, trees, nr_trees),
			     shift, 0);
	kvfree(groups);
	return err;
}

/* Sums */

/*
 * Add @bytes / @holders. The remainder, in units of 2^-63 byte, takes two steps
 * of 32 and 31 bits, for which 64 bits suffice.
 */
static void share_add(struct zvmo_share *share, u64 bytes, u32 holders)
{
	u64 high = (bytes % holders) << 32;
	u64 low = (high % holders) << 31;

	share->scaled_bytes += bytes / holders;
	share->fraction += ((high / holders) << 31) + low / holders;
	share->scaled_bytes += share->fraction / ZVMO_SHARE_BYTE;
	share->fraction %= ZVMO_SHARE_BYTE;
}

/**
 * zvmo_tree_share() - Sum up what a tree holds, and its part of that.
 * @target: The tree.
 * @trees: Every tree of its family, itself included.
 * @nr_trees: How many.
 * @first: First index of interest.
 * @last: Last index of interest.
 * @share: Filled.
 *
 * Takes time in proportion to the distinct nodes of the family in the range.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM or -EINTR (fatal signal).
 */
int zvmo_tree_share(const struct zvmo_tree *target,
		    const struct zvmo_tree *const *trees, unsigned int nr_trees,
		    unsigned long first, unsigned long last,
		    struct zvmo_share *share)
{
	struct share_walk walk = { .first = first, .last = last };
	unsigned int n;
	int err;

	memset(share, 0, sizeof(*share));
	if (first > last || !tree_spans(target, first))
		return 0;
	walk.pages = kvcalloc(nr_trees + 1UL, sizeof(*walk.pages),
			      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!walk.pages)
		return -ENOMEM;
	err = tree_walk_shares(target, trees, nr_trees, &walk);
	for (n = 1; !err && n <= nr_trees; n++) {
		u64 bytes = (u64)walk.pages[n] << PAGE_SHIFT;

		share->bytes += bytes;
		if (n == 1)
			share->private_bytes = bytes;
		if (bytes)
			share_add(share, bytes, n);
	}
	share->nr_visits = walk.nr_visits;
	kvfree(walk.pages);
	return err;
}

static unsigned long node_count_nodes(const struct zvmo_node *node)
{
	unsigned long count = 1;
	unsigned int i;

	for (i = 0; node->shift && i < ZVMO_NODE_SLOTS; i++) {
		if (!entry_is_node(node->slots[i]))
			continue;
		/* Leaves need not be looked at. */
		count += node->shift == ZVMO_NODE_SHIFT ?
				 1 :
				 node_count_nodes(entry_node(node->slots[i]));
	}
	cond_resched();
	return count;
}

/**
 * zvmo_tree_holders() - Count the holders of each page of a leaf.
 * @target: The tree.
 * @trees: All trees of its family, itself among them.
 * @nr_trees: How many.
 * @index: An index in the leaf.
 * @holders: ZVMO_NODE_SLOTS numbers, filled: how many of the trees hold the
 *	page of the slot at the same index; 0 if there is no page.
 *
 * Takes time in proportion to the trees.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zvmo_tree_holders(const struct zvmo_tree *target,
		      const struct zvmo_tree *const *trees,
		      unsigned int nr_trees, unsigned long index,
		      unsigned int *holders)
{
	const struct slot_range all = { 0, ZVMO_NODE_MASK };
	struct share_group *groups, *part, *spare;
	unsigned int shift, nr;

	memset(holders, 0, ZVMO_NODE_SLOTS * sizeof(*holders));
	if (!tree_spans(target, index))
		return 0;
	groups = kvmalloc_array(2 * ((size_t)nr_trees + 1), sizeof(*groups),
				GFP_KERNEL | __GFP_NOWARN);
	if (!groups)
		return -ENOMEM;
	spare = groups;
	part = groups + nr_trees + 1;
	nr = groups_root(spare, target, trees, nr_trees);
	for (shift = target->root->shift; nr && shift;
	     shift -= ZVMO_NODE_SHIFT) {
		nr = groups_part(spare, nr, shift,
				 (index >> shift) & ZVMO_NODE_MASK, part);
		swap(spare, part);
	}
	if (nr)
		leaf_count(spare, nr, all, holders);
	kvfree(groups);
	return 0;
}

/**
 * zvmo_tree_bytes() - How much memory the nodes of a tree take.
 * @tree: The tree.
 *
 * Return: Bytes, shared nodes in full.
 */
u64 zvmo_tree_bytes(const struct zvmo_tree *tree)
{
	return tree->root ? (u64)node_count_nodes(tree->root) *
				    sizeof(struct zvmo_node) :
			    0;
}
