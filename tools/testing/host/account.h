/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - exact accounting of a family of trees
 */
#ifndef _ZVMO_HOST_ACCOUNT_H
#define _ZVMO_HOST_ACCOUNT_H

#include "page_tree.h"

void account_check(const struct zvmo_tree *const *trees, unsigned int nr_trees,
		   unsigned long nr_loose_pages);

#endif /* _ZVMO_HOST_ACCOUNT_H */
