/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: write-protecting scattered pages in the mappings of an object
 */
#ifndef _ZVMO_PROTECT_H
#define _ZVMO_PROTECT_H

#include "cow.h"

/* Ranges that are collected before the mappings are gone through. */
#define ZVMO_PROTECT_RANGES 64

/**
 * struct zvmo_protect - Ranges of an object to be write-protected.
 * @cow: The object.
 * @nr: Ranges collected.
 * @ranges: First page number and number of pages of each.
 * @mm: Address space whose translations are to be flushed, or NULL; held.
 * @complete: Nothing was left out: every shared mapping of every range so far
 *	was found and is read-only and clean.
 */
struct zvmo_protect {
	struct zvmo_cow *cow;
	unsigned int nr;
	struct {
		unsigned long first;
		unsigned long nr;
	} ranges[ZVMO_PROTECT_RANGES];
	struct mm_struct *mm;
	bool complete;
};

void zvmo_protect_begin(struct zvmo_protect *protect, struct zvmo_cow *cow);
void zvmo_protect_add(struct zvmo_protect *protect, unsigned long first,
		      unsigned long nr);
bool zvmo_protect_end(struct zvmo_protect *protect);

#endif /* _ZVMO_PROTECT_H */
