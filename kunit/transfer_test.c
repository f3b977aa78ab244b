// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - moving content from one VMO into another
 *
 * Which page ends where, what relatives keep, and that every page is in one place
 * when memory runs out. Rows are explained in rows.h.
 */
#include <linux/highmem.h>

#include "fixture.h"
#include "page.h"
#include "transfer.h"
#include "vmos.h"

/* Move @nr pages. */
static int transfer(struct zvmo *to, unsigned long at, struct zvmo *from,
		    unsigned long first, unsigned long nr)
{
	return zvmo_transfer(to, at * PAGE_SIZE, nr * PAGE_SIZE, from,
			     first * PAGE_SIZE);
}

/* A page that only the source has changes its place, and is not copied. */
static void an_exclusive_page_itself_moves(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, "abcd", 0);
	struct zvmo *to = zvmo_test_create(test, "wxyz", 0);
	struct page *b = zvmo_test_page_at(from, 1);

	KUNIT_EXPECT_EQ(test, transfer(to, 2, from, 1, 2), 0);
	EXPECT_VMO(from, "a..d");
	EXPECT_VMO(to, "wxbc");
	KUNIT_EXPECT_PTR_EQ(test, zvmo_test_page_at(to, 2), b);
	EXPECT_VMO_SHARES(to, "0000");
	KUNIT_EXPECT_EQ(test, PAGES, 6L);
	EXPECT_VMO_SOUND(from);
	EXPECT_VMO_SOUND(to);
	zvmo_put(from);
	zvmo_put(to);
}

/* A hole moves too: what was there is freed, as are the source's nodes. */
static void a_hole_moves_too(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, ".b..", 0);
	struct zvmo *to = zvmo_test_create(test, "wxyz", 0);

	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 0, 4), 0);
	EXPECT_VMO(to, ".b..");
	KUNIT_EXPECT_EQ(test, PAGES, 1L);
	KUNIT_EXPECT_PTR_EQ(test, from->cow->tree.root,
			    (struct zvmo_node *)NULL);
	zvmo_put(from);
	zvmo_put(to);
}

/* The source's relatives keep what they have; the destination gets a copy. */
static void relatives_keep_what_they_have(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, "abcd", 0);
	struct zvmo *old = zvmo_test_snapshot(test, from);
	struct zvmo *to = zvmo_test_create(test, "wxyz", 0);
	struct zvmo *before = zvmo_test_snapshot(test, to);

	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 0, 2), 0);
	EXPECT_VMO(from, "..cd");
	EXPECT_VMO(old, "abcd");
	EXPECT_VMO_EXCLUSIVE(old, "xxss");
	EXPECT_VMO(to, "abyz");
	EXPECT_VMO(before, "wxyz");
	EXPECT_VMO_EXCLUSIVE(before, "xxss");
	EXPECT_VMO_EXCLUSIVE(to, "xxss");
	zvmo_put(before);
	zvmo_put(to);
	zvmo_put(old);
	zvmo_put(from);
}

/* Between relatives it is the same. */
static void between_relatives(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, "abcd", 0);
	struct zvmo *to = zvmo_test_snapshot(test, from);

	KUNIT_EXPECT_EQ(test, transfer(to, 1, from, 0, 2), 0);
	EXPECT_VMO(from, "..cd");
	EXPECT_VMO(to, "aabd");
	EXPECT_VMO_EXCLUSIVE(to, "xxxs");
	EXPECT_VMO_SOUND(from);
	EXPECT_VMO_SOUND(to);
	zvmo_put(to);
	zvmo_put(from);
}

/* Within one VMO ranges may overlap, either way. */
static void ranges_may_overlap(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "a.cd..", 0);

	KUNIT_EXPECT_EQ(test, transfer(vmo, 1, vmo, 0, 4), 0);
	EXPECT_VMO(vmo, ".a.cd.");
	KUNIT_EXPECT_EQ(test, transfer(vmo, 0, vmo, 1, 4), 0);
	EXPECT_VMO(vmo, "a.cd..");
	KUNIT_EXPECT_EQ(test, transfer(vmo, 0, vmo, 0, 6), 0);
	EXPECT_VMO(vmo, "a.cd..");
	KUNIT_EXPECT_EQ(test, PAGES, 3L);
	EXPECT_VMO_SOUND(vmo);
	zvmo_put(vmo);
}

/* Upwards it is gone through from the end, over a leaf with nothing before. */
static void upwards_over_the_edge_of_a_leaf(struct kunit *test)
{
	char row[102], want[102];
	struct zvmo *vmo;

	memset(row, '.', sizeof(row));
	row[0] = 'a';
	row[100] = 'z';
	row[101] = 0;
	memcpy(want, row, sizeof(want));
	want[0] = '.';
	want[1] = 'a';
	vmo = zvmo_test_create(test, row, 0);
	KUNIT_EXPECT_EQ(test, transfer(vmo, 1, vmo, 0, 70), 0);
	EXPECT_VMO(vmo, want);
	zvmo_put(vmo);
}

/* More than is done under the locks at a time; over the edges of leaves. */
static void more_than_one_batch(struct kunit *test)
{
	char row[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
		"cccccccccccccccccccccccccccccc";
	struct zvmo *from = zvmo_test_create(test, row, 0);
	struct zvmo *to = zvmo_test_create(test, row, 0);

	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 0, sizeof(row) - 1), 0);
	EXPECT_VMO(to, row);
	KUNIT_EXPECT_EQ(test, PAGES, (long)sizeof(row) - 1);
	zvmo_put(from);
	zvmo_put(to);
}

/* What moves is exposed nowhere: neither mark nor identity comes along. */
static void exposure_stays_behind(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, "ab", 0);
	struct zvmo *to = zvmo_test_create(test, "..", 0);

	zvmo_test_expose(test, from, 0);
	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 0, 2), 0);
	EXPECT_VMO_EXPOSED(to, "--");
	KUNIT_EXPECT_PTR_EQ(test,
			    zvmo_page_folio(zvmo_test_page_at(to, 0))->mapping,
			    (struct address_space *)NULL);
	zvmo_put(from);
	zvmo_put(to);
}

/* What moves is mapped nowhere any more, behind a hole longer than a batch too. */
static void what_moves_is_unmapped(struct kunit *test)
{
	char row[102];
	struct zvmo *from, *to;
	char __user *address;

	memset(row, '.', sizeof(row));
	row[101] = 0;
	from = zvmo_test_create(test, row, 0);
	to = zvmo_test_create(test, row, 0);
	address = zvmo_test_map(test, from);
	zvmo_test_poke(test, address, 0, 'a');
	zvmo_test_poke(test, address, 100, 'z');
	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 0, 101), 0);
	KUNIT_EXPECT_FALSE(test, page_mapped(zvmo_test_page_at(to, 0)));
	KUNIT_EXPECT_FALSE(test, page_mapped(zvmo_test_page_at(to, 100)));
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 100), 0);
	zvmo_test_unmap(test, from, address);
	row[0] = 'a';
	row[100] = 'z';
	EXPECT_VMO(to, row);
	zvmo_put(from);
	zvmo_put(to);
}

/* Somebody outside refers to the page: it is not given away, a copy is. */
static void a_pinned_page_is_copied(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, "ab", 0);
	struct zvmo *to = zvmo_test_create(test, "..", 0);
	struct page *pinned = zvmo_test_page_at(from, 0);

	get_page(pinned);
	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 0, 2), 0);
	memcpy_to_page(pinned, 0, "!", 1);
	EXPECT_VMO(to, "ab");
	EXPECT_VMO(from, "..");
	put_page(pinned);
	zvmo_put(from);
	zvmo_put(to);
}

/* Ranges that are not there, content that nobody may touch. */
static void errors_change_nothing(struct kunit *test)
{
	struct zvmo *from = zvmo_test_create(test, "ab", 0);
	struct zvmo *to = zvmo_test_create(test, "yz", 0);

	KUNIT_EXPECT_EQ(test, transfer(to, 1, from, 0, 2), -ERANGE);
	KUNIT_EXPECT_EQ(test, transfer(to, 0, from, 1, 2), -ERANGE);
	from->cow->cache_policy = ZVMO_CACHE_POLICY_UNCACHED;
	KUNIT_EXPECT_LT(test, transfer(to, 0, from, 0, 2), 0);
	KUNIT_EXPECT_LT(test, transfer(from, 0, to, 0, 2), 0);
	from->cow->cache_policy = 0;
	EXPECT_VMO(from, "ab");
	EXPECT_VMO(to, "yz");
	zvmo_put(from);
	zvmo_put(to);
}

/* Both sides share their pages, so that much must be copied. */
static bool transfer_nth(struct kunit *test, unsigned int n)
{
	struct zvmo *from = zvmo_test_create(test, "abcd", 0);
	struct zvmo *old = zvmo_test_snapshot(test, from);
	struct zvmo *to = zvmo_test_create(test, "wx.z", 0);
	struct zvmo *before = zvmo_test_snapshot(test, to);
	const char *have, *left;
	bool failed;
	int err, i;

	zvmo_test_fail_nth(n);
	err = transfer(to, 0, from, 0, 4);
	failed = zvmo_test_failed();
	if (err)
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	else
		EXPECT_VMO(to, "abcd");
	have = zvmo_test_row(test, &to->cow->tree, 0, 4);
	left = zvmo_test_row(test, &from->cow->tree, 0, 4);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test,
				  (have[i] == "abcd"[i] && left[i] == '.') ||
					  (have[i] == "wx.z"[i] &&
					   left[i] == "abcd"[i]));
	EXPECT_VMO(old, "abcd");
	EXPECT_VMO(before, "wx.z");
	EXPECT_VMO_SOUND(from);
	EXPECT_VMO_SOUND(to);
	zvmo_put(before);
	zvmo_put(to);
	zvmo_put(old);
	zvmo_put(from);
	return failed;
}

static void every_page_is_in_one_place(struct kunit *test)
{
	zvmo_test_sweep(test, transfer_nth);
}

static struct kunit_case transfer_cases[] = {
	KUNIT_CASE(an_exclusive_page_itself_moves),
	KUNIT_CASE(a_hole_moves_too),
	KUNIT_CASE(relatives_keep_what_they_have),
	KUNIT_CASE(between_relatives),
	KUNIT_CASE(ranges_may_overlap),
	KUNIT_CASE(upwards_over_the_edge_of_a_leaf),
	KUNIT_CASE(more_than_one_batch),
	KUNIT_CASE(exposure_stays_behind),
	KUNIT_CASE(what_moves_is_unmapped),
	KUNIT_CASE(a_pinned_page_is_copied),
	KUNIT_CASE(errors_change_nothing),
	KUNIT_CASE(every_page_is_in_one_place),
	{}
};

ZVMO_TEST_SUITE_MAPPING(transfer, transfer_cases);
