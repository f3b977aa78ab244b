/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: exposed pages, and sharing an object's pages with a relative
 */
#ifndef _ZVMO_SHARE_H
#define _ZVMO_SHARE_H

#include "cow.h"

void zvmo_cow_expose(struct zvmo_cow *cow, unsigned long pgoff,
		     struct page *page);
int zvmo_cow_share(struct zvmo_cow *cow, struct zvmo_tree *tree,
		   unsigned long first, unsigned long last);

#endif /* _ZVMO_SHARE_H */
