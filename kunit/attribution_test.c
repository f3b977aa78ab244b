// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - what a VMO costs
 *
 * Each page is charged in equal parts to who holds it. Numbers are of pages here;
 * runs of pages that are equal are written as a row: a digit is how many hold
 * the page, '0' zero, '.' nothing. Rows of content are explained in rows.h.
 */
#include "attribution.h"
#include "fixture.h"
#include "vmos.h"

static struct zvmo_info cost(struct kunit *test, struct zvmo *vmo)
{
	struct zvmo_info info = {};

	KUNIT_EXPECT_EQ(test, zvmo_attribute_vmo(vmo, &info), 0);
	return info;
}

static struct zvmo_range_info cost_of_range(struct kunit *test,
					    struct zvmo *vmo,
					    unsigned long first,
					    unsigned long pages)
{
	struct zvmo_range_info info = {
		.offset = first * PAGE_SIZE,
		.length = pages * PAGE_SIZE,
	};

	KUNIT_EXPECT_EQ(test, zvmo_attribute_range(vmo, &info), 0);
	return info;
}

/* Expect bytes that are held, held alone, and charged. */
#define EXPECT_COST(info, bytes, private, scaled)                          \
	do {                                                               \
		KUNIT_EXPECT_EQ(test, (u64)(info).committed_bytes,         \
				(u64)(bytes));                             \
		KUNIT_EXPECT_EQ(test, (u64)(info).committed_private_bytes, \
				(u64)(private));                           \
		KUNIT_EXPECT_EQ(test, (u64)(info).committed_scaled_bytes,  \
				(u64)(scaled));                            \
		KUNIT_EXPECT_EQ(test, (u64)(info).populated_scaled_bytes,  \
				(u64)(scaled));                            \
	} while (0)

/* The page runs of a VMO, as a row. */
static const char *runs_row(struct kunit *test, struct zvmo *vmo)
{
	unsigned long end = zvmo_size(vmo) >> PAGE_SHIFT;
	char *row = kunit_kzalloc(test, end + 1, GFP_KERNEL), *at = row;
	struct zvmo_page_runs *runs =
		kunit_kzalloc(test, sizeof(*runs), GFP_KERNEL);
	const struct zvmo_page_run *run;
	char letter;

	KUNIT_ASSERT_NOT_NULL(test, row);
	KUNIT_ASSERT_NOT_NULL(test, runs);
	while (!runs->done) {
		if (zvmo_attribute_pages(vmo, end, runs))
			return "error";
		for (run = runs->runs; run < runs->runs + runs->nr; run++) {
			switch (run->state) {
			case ZVMO_PAGE_STATE_ABSENT:
				letter = '.';
				break;
			case ZVMO_PAGE_STATE_ZERO:
				letter = '0';
				break;
			default:
				letter = '0' + run->holders;
			}
			memset(at, letter, run->pages);
			at += run->pages;
		}
	}
	return row;
}

#define EXPECT_RUNS(vmo, want) \
	KUNIT_EXPECT_STREQ(test, runs_row(test, vmo), want)

/* Without relatives everything is one's own. */
static void alone_all_is_ones_own(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab.d", 0);
	struct zvmo_info info = cost(test, vmo);

	EXPECT_COST(info, 3 * PAGE_SIZE, 3 * PAGE_SIZE, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, (u64)info.committed_fractional_scaled_bytes,
			0ULL);
	KUNIT_EXPECT_EQ(test, (u64)info.metadata_bytes,
			zvmo_tree_bytes(&vmo->cow->tree));
	KUNIT_EXPECT_EQ(test, info.handle_count, 1U);
	EXPECT_RUNS(vmo, "11.1");
	zvmo_put(vmo);
}

/* Two hold the page: half a page each. Three: a third, and a remainder. */
static void a_page_is_charged_in_equal_parts(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0), *third;
	struct zvmo *child = zvmo_test_snapshot(test, vmo);
	struct zvmo_info info;

	zvmo_test_write(test, child, ".x");
	info = cost(test, vmo);
	EXPECT_COST(info, 2 * PAGE_SIZE, PAGE_SIZE, PAGE_SIZE + PAGE_SIZE / 2);
	EXPECT_RUNS(vmo, "21");
	EXPECT_RUNS(child, "21");
	third = zvmo_test_child(test, child, ZVMO_CHILD_SNAPSHOT, 0, 1);
	info = cost(test, third);
	EXPECT_COST(info, PAGE_SIZE, 0, PAGE_SIZE / 3);
	/* In units of 2^-63 byte: a third of one. */
	KUNIT_EXPECT_EQ(test, (u64)info.committed_fractional_scaled_bytes >> 32,
			((1ULL << 63) / 3) >> 32);
	EXPECT_RUNS(vmo, "31");
	EXPECT_RUNS(third, "3");
	zvmo_put(third);
	zvmo_put(child);
	zvmo_put(vmo);
}

/* Whoever goes leaves its part to the others. */
static void who_goes_leaves_its_part(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	struct zvmo *child = zvmo_test_snapshot(test, vmo);
	struct zvmo_info info;

	zvmo_put(vmo);
	info = cost(test, child);
	EXPECT_COST(info, 2 * PAGE_SIZE, 2 * PAGE_SIZE, 2 * PAGE_SIZE);
	EXPECT_RUNS(child, "11");
	zvmo_put(child);
}

/* A slice tells of its window, a range of its pages within the VMO. */
static void windows_tell_of_what_they_show(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0);
	struct zvmo *child =
		zvmo_test_child(test, vmo, ZVMO_CHILD_SNAPSHOT, 2, 2);
	struct zvmo *slice = zvmo_test_child(test, vmo, ZVMO_CHILD_SLICE, 1, 2);
	struct zvmo_range_info range;
	struct zvmo_info info = cost(test, slice);

	EXPECT_COST(info, 2 * PAGE_SIZE, PAGE_SIZE, PAGE_SIZE + PAGE_SIZE / 2);
	EXPECT_RUNS(slice, "12");
	range = cost_of_range(test, vmo, 3, 100);
	EXPECT_COST(range, PAGE_SIZE, 0, PAGE_SIZE / 2);
	range = cost_of_range(test, vmo, 4, 1);
	EXPECT_COST(range, 0, 0, 0);
	zvmo_put(slice);
	zvmo_put(child);
	zvmo_put(vmo);
}

/* Of pages at the edge of a window the parent alone pays what is cut off. */
static void trimmed_edges_are_the_parents_own(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0);
	struct zvmo *child =
		zvmo_test_child(test, vmo, ZVMO_CHILD_SNAPSHOT, 1, 2);

	EXPECT_RUNS(vmo, "1221");
	EXPECT_RUNS(child, "22");
	zvmo_put(child);
	zvmo_put(vmo);
}

/* Explicit zeros take no page, and are told apart from nothing. */
static void zeros_are_not_nothing(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "a00.", 0);
	struct zvmo_info info = cost(test, vmo);

	EXPECT_COST(info, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE);
	EXPECT_RUNS(vmo, "100.");
	zvmo_put(vmo);
}

/* More runs than come in one piece: it goes on where it stopped. */
static void many_runs_come_in_pieces(struct kunit *test)
{
	char row[201] = "", want[201] = "";
	struct zvmo *vmo;
	unsigned int i;

	for (i = 0; i < 200; i++) {
		row[i] = i % 2 ? '.' : 'a';
		want[i] = i % 2 ? '.' : '1';
	}
	vmo = zvmo_test_create(test, row, 0);
	EXPECT_RUNS(vmo, want);
	zvmo_put(vmo);
}

/* Ranges are of pages, and do not wrap. */
static void bad_ranges(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "a", 0);
	struct zvmo_range_info odd = { .offset = 1, .length = PAGE_SIZE };
	struct zvmo_range_info wraps = {
		.offset = PAGE_SIZE,
		.length = -(u64)PAGE_SIZE,
	};

	KUNIT_EXPECT_EQ(test, zvmo_attribute_range(vmo, &odd), -EINVAL);
	KUNIT_EXPECT_EQ(test, zvmo_attribute_range(vmo, &wraps), -ERANGE);
	zvmo_put(vmo);
}

static bool attribute_nth(struct kunit *test, unsigned int n)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	struct zvmo *child = zvmo_test_snapshot(test, vmo);
	struct zvmo_page_runs *runs =
		kunit_kzalloc(test, sizeof(*runs), GFP_KERNEL);
	struct zvmo_info info = {};
	bool failed;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, runs);
	zvmo_test_fail_nth(n);
	err = zvmo_attribute_vmo(vmo, &info) ?:
					       zvmo_attribute_pages(vmo, 2, runs);
	failed = zvmo_test_failed();
	if (err)
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	else
		EXPECT_COST(info, 2 * PAGE_SIZE, 0, PAGE_SIZE);
	/* No lock is left behind. */
	EXPECT_RUNS(vmo, "22");
	zvmo_put(child);
	zvmo_put(vmo);
	return failed;
}

static void what_fails_holds_no_lock(struct kunit *test)
{
	zvmo_test_sweep(test, attribute_nth);
}

static struct kunit_case attribution_cases[] = {
	KUNIT_CASE(alone_all_is_ones_own),
	KUNIT_CASE(a_page_is_charged_in_equal_parts),
	KUNIT_CASE(who_goes_leaves_its_part),
	KUNIT_CASE(windows_tell_of_what_they_show),
	KUNIT_CASE(trimmed_edges_are_the_parents_own),
	KUNIT_CASE(zeros_are_not_nothing),
	KUNIT_CASE(many_runs_come_in_pieces),
	KUNIT_CASE(bad_ranges),
	KUNIT_CASE(what_fails_holds_no_lock),
	{}
};

ZVMO_TEST_SUITE(attribution, attribution_cases);
