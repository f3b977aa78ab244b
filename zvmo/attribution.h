/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: what a VMO costs
 */
#ifndef _ZVMO_ATTRIBUTION_H
#define _ZVMO_ATTRIBUTION_H

#include "vmo.h"

/**
 * struct zvmo_page_run - Pages in a row that are equal.
 * @pages: How many.
 * @state: ZVMO_PAGE_STATE_*.
 * @holders: How many relatives hold each; 0 if they are no pages.
 */
struct zvmo_page_run {
	u64 pages;
	u32 state;
	u32 holders;
};

/**
 * struct zvmo_page_runs - Runs that follow each other.
 * @next: Page number in the VMO where the next one begins.
 * @done: There is none.
 * @nr: How many are in @runs.
 * @runs: The runs.
 */
struct zvmo_page_runs {
	unsigned long next;
	bool done;
	unsigned int nr;
	struct zvmo_page_run runs[48];
};

int zvmo_attribute_vmo(struct zvmo *vmo, struct zvmo_info *info);
int zvmo_attribute_range(struct zvmo *vmo, struct zvmo_range_info *info);
u64 zvmo_attribute_cgroup(struct zvmo *vmo);
int zvmo_attribute_pages(struct zvmo *vmo, unsigned long end,
			 struct zvmo_page_runs *runs);

#endif /* _ZVMO_ATTRIBUTION_H */
