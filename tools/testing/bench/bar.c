// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: the bars, what zvmo's results have to be
 *
 * A bar is an amount, or a factor times another result: a peer's with the same
 * parameter, or zvmo's own with another parameter. In the latter case the two
 * must be alike, whichever is larger.
 */
#include <math.h>
#include <stdlib.h>

#include "bench.h"

struct bar {
	const char *name;
	const char *param;
	double limit;
	const char *peer;
	const char *other_param;
};

/* clang-format off */
#define AMOUNT(name, param, limit)	   { name, param, limit, NULL, NULL }
#define PEER(name, param, limit, peer)	   { name, param, limit, peer, NULL }
#define ALIKE(name, param, limit, other)   { name, param, limit, NULL, other }

/* A snapshot's fixed part, and what each written page may add. */
#define SNAPSHOT_BASE 12000
#define SNAPSHOT_PAGE 500

#define SNAPSHOT_BARS(mib, pages)					\
	AMOUNT("snapshot", mib "-unmapped", SNAPSHOT_BASE),		\
	AMOUNT("snapshot", mib "-clean", SNAPSHOT_BASE),		\
	AMOUNT("snapshot", mib "-clean-read", SNAPSHOT_BASE),		\
	AMOUNT("snapshot", mib "-all", SNAPSHOT_PAGE * (pages)),	\
	AMOUNT("snapshot", mib "-1000", SNAPSHOT_PAGE * 1000),		\
	AMOUNT("snapshot", mib "-1", SNAPSHOT_BASE + SNAPSHOT_PAGE)

#define SNAPSHOT_SIZES_ALIKE(what)					\
	ALIKE("snapshot", "64MiB-" what, 1.10, "16MiB-" what),		\
	ALIKE("snapshot", "256MiB-" what, 1.10, "16MiB-" what)

#define COW_BARS(side)							\
	PEER("cow_write", side "-sequential", 1.10, "fork"),		\
	PEER("cow_write", side "-sequential-read", 1.10, "fork"),	\
	PEER("cow_write", side "-scattered", 1.10, "fork"),		\
	PEER("cow_write", side "-scattered-read", 1.10, "fork")

/* A snapshot after another: what it may take, and what each rewritten page. */
#define RESNAPSHOT_BAR(pages)						\
	AMOUNT("resnapshot", "256MiB-" #pages, 20000 + 600 * (pages))

#define DISCARD_BARS(what)						\
	ALIKE("discard", "256MiB-" what, 1.10, "16MiB-" what)

static const struct bar bars[] = {
	PEER("fault_write_hole", "64MiB", 1.10, "anon"),
	PEER("fault_write_hole", "64MiB", 0.70, "memfd"),
	PEER("fault_read_hole", "64MiB", 1.50, "anon"),
	PEER("fault_read_present", "64MiB", 0.80, "memfd"),
	PEER("fault_write_present", "64MiB", 1.05, "memfd"),
	COW_BARS("parent"),
	COW_BARS("child"),
	SNAPSHOT_BARS("16MiB", 4096),
	SNAPSHOT_BARS("64MiB", 16384),
	SNAPSHOT_BARS("256MiB", 65536),
	SNAPSHOT_SIZES_ALIKE("unmapped"),
	SNAPSHOT_SIZES_ALIKE("clean"),
	SNAPSHOT_SIZES_ALIKE("clean-read"),
	ALIKE("depth_read", "64", 1.05, "1"),
	ALIKE("depth_read", "1024", 1.05, "1"),
	ALIKE("depth_write", "64", 1.05, "1"),
	ALIKE("depth_write", "1024", 1.05, "1"),
	ALIKE("fanout_read", "1000", 1.05, "1"),
	ALIKE("fanout_write", "1000", 1.05, "1"),
	ALIKE("fanout_parent_write", "1000", 1.05, "1"),
	AMOUNT("clone_memory", "idle", 8),
	AMOUNT("clone_memory", "mapped", 8),
	AMOUNT("clone_cycle", "64MiB", 60000),
	PEER("read", "4KiB-hole", 1, "memfd"),
	PEER("read", "4KiB-present", 1, "memfd"),
	PEER("write", "4KiB-new", 1, "memfd"),
	PEER("write", "4KiB-present", 1, "memfd"),
	PEER("read", "1024KiB-hole", 1, "memfd"),
	PEER("read", "1024KiB-present", 1, "memfd"),
	PEER("write", "1024KiB-new", 1, "memfd"),
	PEER("write", "1024KiB-present", 1, "memfd"),
	PEER("punch", "page-unmapped", 1, "memfd"),
	PEER("punch", "page-mapped", 1, "memfd"),
	PEER("punch", "16MiB-unmapped", 1, "memfd"),
	PEER("punch", "16MiB-mapped", 1, "memfd"),
	PEER("diff", "64MiB-10", 1, "memcmp"),
	PEER("diff", "64MiB-1000", 1, "memcmp"),
	PEER("diff", "1024MiB-10", 1, "memcmp"),
	PEER("diff", "1024MiB-1000", 1, "memcmp"),
	PEER("rw_read", "4KiB-hole", 1, "memfd"),
	PEER("rw_read", "4KiB-present", 1, "memfd"),
	PEER("rw_write", "4KiB-new", 1, "memfd"),
	PEER("rw_write", "4KiB-present", 1, "memfd"),
	ALIKE("restore", "64MiB-50", 1.10, "16MiB-50"),
	ALIKE("restore", "256MiB-50", 1.10, "16MiB-50"),
	ALIKE("restore", "64MiB-50-near", 1.10, "16MiB-50-near"),
	ALIKE("restore", "256MiB-50-near", 1.10, "16MiB-50-near"),
	AMOUNT("restore_faults", "16MiB-unchanged", 0),
	AMOUNT("restore_faults", "64MiB-unchanged", 0),
	AMOUNT("restore_faults", "256MiB-unchanged", 0),
	PEER("request", "64MiB-50", 1, "memfd-private"),
	PEER("request", "64MiB-50", 1, "fork"),
	RESNAPSHOT_BAR(0),
	RESNAPSHOT_BAR(1),
	RESNAPSHOT_BAR(10),
	RESNAPSHOT_BAR(100),
	RESNAPSHOT_BAR(1000),
	RESNAPSHOT_BAR(10000),
	PEER("resnapshot", "256MiB-1000", 0.10, "fork"),
	AMOUNT("resnapshot_faults", "256MiB-1", 0),
	AMOUNT("resnapshot_faults", "256MiB-1000", 0),
	AMOUNT("resnapshot_faults", "256MiB-10000", 0),
	PEER("rewrite", "snapshot-open", 1.10, "fork"),
	PEER("rewrite", "snapshot-closed", 1.10, "fork"),
	AMOUNT("rewrite_copies", "snapshot-closed", 0),
	DISCARD_BARS("unlock"),
	DISCARD_BARS("lock"),
	DISCARD_BARS("unlock-again"),
	DISCARD_BARS("trylock"),
	PEER("discard", "16MiB-unlock", 0.01, "anon"),
	PEER("transfer", "page-unmapped", 1, "memfd"),
	PEER("transfer", "16MiB-unmapped", 1, "memfd"),
	PEER("transfer", "16MiB-shared", 1, "memfd"),
	PEER("transfer", "16MiB-mapped", 1, "anon"),
};
/* clang-format on */

static const struct row *bar_reference(const struct bar *bar)
{
	if (bar->peer)
		return row_find(bar->name, bar->param, bar->peer);
	return row_find(bar->name, bar->other_param, zvmo.name);
}

/* Nothing is as much as nothing, and anything is more. */
static double ratio_of(double value, double reference)
{
	if (reference == 0)
		return value == 0 ? 1 : HUGE_VAL;
	return value / reference;
}

/* Returns whether the bar was missed. */
static bool bar_print(FILE *out, const struct bar *bar)
{
	const struct row *row = row_find(bar->name, bar->param, zvmo.name);
	const struct row *reference = NULL;
	double value, ratio;

	if (bar->peer || bar->other_param) {
		reference = bar_reference(bar);
		if (!reference)
			return false;
	}
	if (!row)
		return false;
	value = row_value(row);
	ratio = ratio_of(value, reference ? row_value(reference) : bar->limit);
	if (bar->other_param && ratio < 1)
		ratio = 1 / ratio;
	fprintf(out, "%s %-20s %-23s %9.*f  ",
		ratio <= (reference ? bar->limit : 1) ? "PASS" : "MISS",
		bar->name, bar->param, value < 100 ? 2 : 0, value);
	if (!reference)
		fprintf(out, "<= %-22.0f %5.2f\n", bar->limit, ratio);
	else
		fprintf(out, "<= %.2f x %-7s %8.0f %5.2f\n", bar->limit,
			bar->peer ?: bar->other_param, row_value(reference),
			ratio);
	return ratio > (reference ? bar->limit : 1);
}

/* The bars of what was measured. Returns how many were missed. */
int bar_print_all(FILE *out)
{
	int missed = 0;

	for (size_t i = 0; i < sizeof(bars) / sizeof(*bars); i++)
		missed += bar_print(out, &bars[i]);
	return missed;
}
