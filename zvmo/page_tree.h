/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: page tree - the content of one object as a persistent radix tree
 *
 * See page_tree.c for the structure and its invariants. Everywhere below
 * @index is a page number in the tree, and ranges are inclusive: [first, last].
 *
 * Locking: none here. For one tree, the caller excludes writers among
 * themselves and from readers (cow->lock). Trees that share nodes need no
 * common lock. Functions that allocate may sleep.
 */
#ifndef _ZVMO_PAGE_TREE_H
#define _ZVMO_PAGE_TREE_H

#include "deps.h"

#define ZVMO_NODE_SHIFT 6
#define ZVMO_NODE_SLOTS (1UL << ZVMO_NODE_SHIFT)
#define ZVMO_NODE_MASK (ZVMO_NODE_SLOTS - 1)
/* Levels of a tree that spans every index below 2^ZVMO_INDEX_BITS. */
#define ZVMO_INDEX_BITS 52
#define ZVMO_TREE_LEVELS (DIV_ROUND_UP(ZVMO_INDEX_BITS, ZVMO_NODE_SHIFT))
#define ZVMO_INDEX_MAX ((1UL << ZVMO_INDEX_BITS) - 1)

/**
 * DOC: entries
 *
 * One slot is one word that looks like a PTE:
 *
 *   bits 0-1   kind
 *   bits 2-3   dirty state (reserved: 0 untracked, 1 clean, 2 dirty,
 *              3 awaiting clean)
 *   bit  4     always need (reserved)
 *   bit  5     loaned (reserved)
 *   bits 12-   page frame number (page), or handle of the compressed content
 *              (reference, reserved)
 *
 * An empty slot is 0. Kind ZVMO_ENTRY_NODE is a pointer to a lower node and
 * never leaves page_tree.c. A zero entry says "explicitly zero": at the lowest
 * level it is one page's marker, higher up a run over the slot's whole span.
 */
typedef unsigned long zvmo_entry_t;

#define ZVMO_ENTRY_EMPTY 0UL
#define ZVMO_ENTRY_NODE 0UL
#define ZVMO_ENTRY_PAGE 1UL
#define ZVMO_ENTRY_ZERO 2UL
#define ZVMO_ENTRY_REFERENCE 3UL
#define ZVMO_ENTRY_KIND_MASK 3UL
#define ZVMO_ENTRY_DIRTY_MASK (3UL << 2)
#define ZVMO_ENTRY_ALWAYS_NEED (1UL << 4)
#define ZVMO_ENTRY_LOANED (1UL << 5)
#define ZVMO_ENTRY_PFN_SHIFT 12

static inline bool zvmo_entry_is_page(zvmo_entry_t entry)
{
	return (entry & ZVMO_ENTRY_KIND_MASK) == ZVMO_ENTRY_PAGE;
}

static inline bool zvmo_entry_is_zero(zvmo_entry_t entry)
{
	return (entry & ZVMO_ENTRY_KIND_MASK) == ZVMO_ENTRY_ZERO;
}

static inline struct page *zvmo_entry_page(zvmo_entry_t entry)
{
	return pfn_to_page(entry >> ZVMO_ENTRY_PFN_SHIFT);
}

static inline zvmo_entry_t zvmo_page_entry(struct page *page)
{
	return (page_to_pfn(page) << ZVMO_ENTRY_PFN_SHIFT) | ZVMO_ENTRY_PAGE;
}

/**
 * struct zvmo_node - One node of a tree.
 * @refs: Slots and roots that point here. More than one: immutable.
 * @shift: Index bits below this node: 0 for a leaf, whose slots are pages.
 * @nr_slots: Slots that are not empty; never 0 in a tree.
 * @nr_pages: Pages (and compressed pages) below, in whole 64-slot subtrees.
 * @exposed: Bit i: slot i (leaf), or something below slot i, is exposed.
 *	Only nodes with one owner, all the way up, have bits set.
 * @slots: Entries.
 */
struct zvmo_node {
	atomic_t refs;
	u8 shift;
	u8 nr_slots;
	unsigned long nr_pages;
	u64 exposed;
	zvmo_entry_t slots[ZVMO_NODE_SLOTS];
};

/**
 * struct zvmo_tree - A tree.
 * @root: Top node, or NULL if nothing is held.
 */
struct zvmo_tree {
	struct zvmo_node *root;
};

/**
 * struct zvmo_slot - What a look-up found.
 * @entry: The entry that covers the index.
 * @exclusive: It is a page that only this tree holds: every node on the path
 *	has one owner and the page is unshared.
 * @exposed: The exposed mark.
 */
struct zvmo_slot {
	zvmo_entry_t entry;
	bool exclusive;
	bool exposed;
};

/**
 * struct zvmo_extent - A stretch of equal kind that a walk found.
 * @first: First index.
 * @last: Last index.
 * @entry: The entry: a page (then @first == @last), zero, or empty (a gap).
 */
struct zvmo_extent {
	unsigned long first;
	unsigned long last;
	zvmo_entry_t entry;
};

/**
 * struct zvmo_cursor - Where a walk stands; may be kept while no lock is held,
 * since it holds no pointer but the tree's.
 * @tree: The tree.
 * @next: Index where the next extent begins.
 * @last: Last index of interest.
 * @done: Nothing is left.
 */
struct zvmo_cursor {
	const struct zvmo_tree *tree;
	unsigned long next;
	unsigned long last;
	bool done;
};

/* How two trees differ at a range; values are the user interface's. */
enum zvmo_diff_what {
	ZVMO_TREE_CHANGED = 1, /* an entry in both, not the same one */
	ZVMO_TREE_ONLY_A = 2, /* an entry in a, none in b */
	ZVMO_TREE_ONLY_B = 3, /* none in a, an entry in b */
};

/* One byte in units of the fraction below. */
#define ZVMO_SHARE_BYTE (1ULL << 63)

/**
 * struct zvmo_share - What a tree holds in a range, and its part of it.
 * @bytes: Bytes of the pages, however many relatives hold them.
 * @private_bytes: Bytes of those that no relative holds at the same index.
 * @scaled_bytes: Each page divided by the number of trees that hold it: whole
 *	bytes of the sum.
 * @fraction: The rest of the sum, in units of 2^-63 byte, below
 *	ZVMO_SHARE_BYTE; rounded down for each number of trees.
 * @nr_visits: Nodes looked into; tests look at it.
 */
struct zvmo_share {
	u64 bytes;
	u64 private_bytes;
	u64 scaled_bytes;
	u64 fraction;
	unsigned long nr_visits;
};

/* Called with each range that differs, ascending; non-zero stops the diff. */
typedef int (*zvmo_diff_fn)(unsigned long first, unsigned long last,
			    enum zvmo_diff_what what, void *arg);

/*
 * Called with each page that leaves a slot of a leaf with one owner; becomes
 * the holder in the slot's place (and ends with zvmo_page_put(), say).
 */
typedef void (*zvmo_removed_fn)(unsigned long index, struct page *page,
				void *arg);

/*
 * Called for a leaf with the index of its first slot, its slots, and which of
 * them are exposed; returns those whose marks are to be cleared.
 */
typedef u64 (*zvmo_conceal_fn)(unsigned long base, const zvmo_entry_t *slots,
			       u64 marks, void *arg);

/* Is any page of the tree exposed? */
static inline bool zvmo_tree_has_exposed(const struct zvmo_tree *tree)
{
	return tree->root && tree->root->exposed;
}

int zvmo_tree_init_cache(void);
void zvmo_tree_exit_cache(void);
unsigned long zvmo_tree_count_nodes(void);

void zvmo_tree_destroy(struct zvmo_tree *tree);
zvmo_entry_t zvmo_tree_lookup(const struct zvmo_tree *tree,
			      unsigned long index);
struct zvmo_slot zvmo_tree_find(const struct zvmo_tree *tree,
				unsigned long index);
unsigned int zvmo_tree_gather(const struct zvmo_tree *tree, unsigned long index,
			      struct page **pages, unsigned int max);
int zvmo_tree_store(struct zvmo_tree *tree, unsigned long index,
		    zvmo_entry_t entry, zvmo_entry_t *old);
int zvmo_tree_store_zero(struct zvmo_tree *tree, unsigned long first,
			 unsigned long last, zvmo_entry_t entry);
int zvmo_tree_erase(struct zvmo_tree *tree, unsigned long first,
		    unsigned long last, zvmo_removed_fn removed, void *arg);
int zvmo_tree_clone(struct zvmo_tree *dst, const struct zvmo_tree *src,
		    unsigned long first, unsigned long last);
int zvmo_tree_adopt(struct zvmo_tree *tree, const struct zvmo_tree *src,
		    unsigned long first, unsigned long last);
unsigned long zvmo_tree_count(const struct zvmo_tree *tree, unsigned long first,
			      unsigned long last);

void zvmo_tree_expose(struct zvmo_tree *tree, unsigned long index);
void zvmo_tree_conceal(struct zvmo_tree *tree, unsigned long first,
		       unsigned long last, zvmo_conceal_fn fn, void *arg);

void zvmo_cursor_init(struct zvmo_cursor *cursor, const struct zvmo_tree *tree,
		      unsigned long first, unsigned long last);
bool zvmo_cursor_next(struct zvmo_cursor *cursor, struct zvmo_extent *extent);

bool zvmo_tree_next_page(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long last);
bool zvmo_tree_prev_page(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long first);
bool zvmo_tree_next_hole(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long last);

int zvmo_tree_diff(const struct zvmo_tree *a, const struct zvmo_tree *b,
		   unsigned long first, unsigned long last, zvmo_diff_fn fn,
		   void *arg);
int zvmo_tree_share(const struct zvmo_tree *target,
		    const struct zvmo_tree *const *trees, unsigned int nr_trees,
		    unsigned long first, unsigned long last,
		    struct zvmo_share *share);
int zvmo_tree_holders(const struct zvmo_tree *target,
		      const struct zvmo_tree *const *trees,
		      unsigned int nr_trees, unsigned long index,
		      unsigned int *holders);
u64 zvmo_tree_bytes(const struct zvmo_tree *tree);
int zvmo_tree_check(const struct zvmo_tree *tree);

#endif /* _ZVMO_PAGE_TREE_H */
