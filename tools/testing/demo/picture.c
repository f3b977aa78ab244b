// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: a picture of which pages are shared and which are private
 *
 * Drawn from what the kernel says (ZVMO_IOC_DIFF): where an object holds a page
 * that is not the one that its parent holds.
 */
#include <stdio.h>

#include "check.h"
#include "picture.h"

#define COLUMNS 64

/* Objects to draw: of FILE, of two trees and of the chain. */
static const unsigned int shown[] = { 1,  25, 50, 75, 90, 61,
				      63, 65, 67, 91, 92, 100 };

/*
 * struct row - An object against its parent: how many pages each column stands
 * for, how many of them are not shared, and how many there are in all.
 */
struct row {
	uint64_t pages[COLUMNS];
	uint64_t unshared[COLUMNS];
	uint64_t sum;
};

static unsigned int column_count(const struct family *family)
{
	return family->expect.pages < COLUMNS ?
		       (unsigned int)family->expect.pages :
		       COLUMNS;
}

static unsigned int column_of(const struct family *family, uint64_t page)
{
	return (unsigned int)(page * column_count(family) /
			      family->expect.pages);
}

static void row_fill(struct row *row, const struct family *family,
		     unsigned int object)
{
	const struct member *member = &family->members[object];
	size_t page_size = family->expect.page_size;
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	uint64_t page;

	memset(row, 0, sizeof(*row));
	for (page = 0; page < family->expect.pages; page++)
		row->pages[column_of(family, page)]++;
	zvmo_diff_init(&iter, member->vmo, family->members[member->parent].vmo,
		       0, family->size);
	while (check(zvmo_diff_next(&iter, &range), "zvmo_diff_next")) {
		uint64_t end = (range->offset + range->length) / page_size;

		for (page = range->offset / page_size; page < end; page++) {
			row->unshared[column_of(family, page)]++;
			row->sum++;
		}
	}
}

static char shade(const struct row *row, unsigned int column)
{
	uint64_t percent;

	percent = (row->unshared[column] * 100 + row->pages[column] - 1) /
		  row->pages[column];
	if (!percent)
		return '.';
	return percent < 10 ? (char)('0' + percent) : '#';
}

static void row_draw(const struct row *row, const struct family *family,
		     unsigned int object)
{
	const struct member *member = &family->members[object];
	unsigned int column;

	printf("  %s %-8.8s ", member->name,
	       family->members[member->parent].name);
	for (column = 0; column < column_count(family); column++)
		putchar(shade(row, column));
	printf("%*s %5.1f %%\n", (int)(COLUMNS - column), "",
	       100.0 * (double)row->sum / (double)family->expect.pages);
}

/**
 * picture_draw() - Draw some objects; sum up all.
 * @family: The family.
 */
void picture_draw(const struct family *family)
{
	uint64_t sum = 0, least = UINT64_MAX, most = 0;
	unsigned int count = 0;
	struct row row;
	unsigned int i;

	printf("\nPages, first to last: . shared with the parent, 1-9 %% not shared, # 10 %% or more\n");
	printf("  %-8s %-8s %-61s %10s\n", "object", "parent", "",
	       "not shared");
	for (i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		row_fill(&row, family, shown[i]);
		row_draw(&row, family, shown[i]);
	}
	for (i = 1; i < OBJECTS; i++) {
		if (family->members[i].vmo < 0)
			continue;
		row_fill(&row, family, i);
		count++;
		sum += row.sum;
		if (row.sum < least)
			least = row.sum;
		if (row.sum > most)
			most = row.sum;
	}
	printf("  all %u snapshots: %llu to %llu of %llu pages not shared, %.1f %% on average\n",
	       count, (unsigned long long)least, (unsigned long long)most,
	       (unsigned long long)family->expect.pages,
	       100.0 * (double)sum / (double)count /
		       (double)family->expect.pages);
}
