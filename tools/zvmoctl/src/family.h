/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: a list of VMOs as a forest
 */
#ifndef _ZVMOCTL_FAMILY_H
#define _ZVMOCTL_FAMILY_H

#include "vmo.h"

/**
 * struct family_visit - Where a walk through the forest is.
 * @vmo: The VMO.
 * @depth: How many ancestors it has in the list.
 * @is_last: It is the last child of its parent, or the last root; and so for
 *	each of its ancestors: @depth + 1 values.
 */
struct family_visit {
	const struct vmo *vmo;
	size_t depth;
	const bool *is_last;
};

/**
 * family_walk() - Visit each VMO of a list after its parent.
 * @list: The list, by ascending id. A VMO whose parent is not in it is a root.
 * @visit: Called for each.
 */
void family_walk(const struct vmo_list *list,
		 void (*visit)(const struct family_visit *visit));

#endif /* _ZVMOCTL_FAMILY_H */
