/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: splice lists - a detached run of entries, on its way between trees
 *
 * (Zircon: VmPageSpliceList.) A splice list is itself a tree, so taking whole
 * subtrees is constant time and gaps stay gaps.
 */
#ifndef _ZVMO_SPLICE_H
#define _ZVMO_SPLICE_H

#include "page_tree.h"

/**
 * struct zvmo_splice - Entries taken out of a tree.
 * @tree: They, at their old indexes.
 * @next: Index of the next entry to put; [next, last] is what is left.
 * @last: Last index.
 * @done: All was put.
 */
struct zvmo_splice {
	struct zvmo_tree tree;
	unsigned long next;
	unsigned long last;
	bool done;
};

int zvmo_splice_take(struct zvmo_splice *splice, struct zvmo_tree *tree,
		     unsigned long first, unsigned long last);
int zvmo_splice_put(struct zvmo_splice *splice, struct zvmo_tree *tree,
		    unsigned long first);
void zvmo_splice_destroy(struct zvmo_splice *splice);

#endif /* _ZVMO_SPLICE_H */
