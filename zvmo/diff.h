/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: where two relatives hold different pages
 */
#ifndef _ZVMO_DIFF_H
#define _ZVMO_DIFF_H

#include "vmo.h"

/**
 * struct zvmo_diff_list - What a comparison found.
 * @ranges: Array to fill, zeroed.
 * @capacity: Its length, at least 1.
 * @nr: How many are filled.
 * @next: Offset where the next comparison should begin.
 */
struct zvmo_diff_list {
	struct zvmo_diff_range *ranges;
	unsigned int capacity;
	unsigned int nr;
	u64 next;
};

int zvmo_diff(struct zvmo *vmo, struct zvmo *other, u64 offset, u64 end,
	      struct zvmo_diff_list *list);

#endif /* _ZVMO_DIFF_H */
