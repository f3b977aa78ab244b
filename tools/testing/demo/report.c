// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: tables of what was measured
 */
#include <stdio.h>

#include "report.h"
#include "text.h"

#define BAR_COLUMNS 50

/**
 * report_heading() - Begin a new part of the report.
 * @text: What it is about.
 */
void report_heading(const char *text)
{
	printf("\n%s\n", text);
}

static void print_samples(const char *what, const struct samples *samples,
			  const struct samples *unit)
{
	if (!samples->count)
		return;
	printf("  %-28s %10s %10s %10s %6u", what,
	       text_time(samples_min(samples)).s,
	       text_time(samples_median(samples)).s,
	       text_time(samples_max(samples)).s, samples->count);
	if (unit)
		printf(" %9.1f x", (double)samples_median(samples) /
					   (double)samples_median(unit));
	printf("\n");
}

/**
 * report_times() - How long copies take.
 * @family: The family: snapshots.
 * @peers: The others.
 */
void report_times(const struct family *family, const struct peers *peers)
{
	printf("\nTime to copy %-17s %10s %10s %10s %6s %11s\n",
	       text_size((int64_t)family->size).s, "shortest", "median",
	       "longest", "times", "vs zvmo");
	print_samples("zvmo snapshot", &family->snapshots, NULL);
	print_samples("fork(), in small pages", &peers->fork,
		      &family->snapshots);
	print_samples("fork(), in huge pages", &peers->fork_huge,
		      &family->snapshots);
	print_samples("memcpy() to new memory", &peers->copy,
		      &family->snapshots);
}

static void print_bar(const char *what, int64_t bytes, int64_t most,
		      const char *remark)
{
	int64_t columns = (bytes * BAR_COLUMNS + most - 1) / most;

	printf("  %-24s %11s ", what, text_size(bytes).s);
	while (columns-- > 0)
		printf("█");
	printf("%s\n", remark);
}

/**
 * report_memory() - How much memory the family takes.
 * @family: The family.
 * @before: Before it was.
 * @after: When every object was written.
 */
void report_memory(const struct family *family, const struct memory *before,
		   const struct memory *after)
{
	int64_t page_size = (int64_t)family->expect.page_size;
	int64_t eager = OBJECTS * (int64_t)family->size;
	int64_t distinct = (int64_t)expect_distinct(&family->expect);
	char remark[64];

	printf("\nMemory for %d objects of %s\n", OBJECTS,
	       text_size((int64_t)family->size).s);
	print_bar("as eager copies", eager, eager, "");
	print_bar("different pages in them", distinct * page_size, eager, "");
	if (after->counted) {
		int64_t pages = after->pages - before->pages;

		snprintf(remark, sizeof(remark),
			 "  %ld pages, and %ld tree nodes", (long)pages,
			 (long)(after->nodes - before->nodes));
		print_bar("held by zvmo", pages * page_size, eager, remark);
	}
	snprintf(remark, sizeof(remark), "  with %s of page tables",
		 text_size(after->page_tables - before->page_tables).s);
	print_bar("less memory available", before->available - after->available,
		  eager, remark);
}
