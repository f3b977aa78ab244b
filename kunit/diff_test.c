// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - where two trees differ
 *
 * Differences are written as a row of kinds: '!' an entry in both, not the same;
 * 'a' only in the first; 'b' only in the second. Rows of content are explained in
 * rows.h.
 */
#include "fixture.h"
#include "rows.h"

#define DIFF_WIDTH 8

struct found {
	char row[DIFF_WIDTH + 1];
	unsigned long base;
	unsigned int calls;
};

static int note(unsigned long first, unsigned long last,
		enum zvmo_diff_what what, void *arg)
{
	struct found *found = arg;
	unsigned long index;

	found->calls++;
	for (index = first; index <= last; index++)
		if (index - found->base < DIFF_WIDTH)
			found->row[index - found->base] = ".!ab"[what];
	return 0;
}

static struct found diff(const struct zvmo_tree *a, const struct zvmo_tree *b,
			 unsigned long base)
{
	struct found found = { .row = "........", .base = base };

	zvmo_tree_diff(a, b, base, base + DIFF_WIDTH - 1, note, &found);
	return found;
}

static void clone_whole(struct kunit *test, struct zvmo_tree *clone,
			const struct zvmo_tree *tree)
{
	KUNIT_ASSERT_EQ(test, zvmo_tree_clone(clone, tree, 0, ZVMO_INDEX_MAX),
			0);
}

/* A clone that nobody changed does not differ. */
static void a_clone_is_the_same(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 60, "abcdefgh");
	clone_whole(test, &clone, &tree);
	KUNIT_EXPECT_EQ(test, diff(&tree, &clone, 60).calls, 0U);
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&clone);
}

/* Each kind, across the edge of a leaf. */
static void kinds_are_told_apart(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;
	struct found found;

	STORE(&tree, 60, "abcd.f.h");
	clone_whole(test, &clone, &tree);
	STORE(&clone, 60, ".x..y...");
	KUNIT_ASSERT_EQ(test, zvmo_tree_erase(&clone, 65, 65, NULL, NULL), 0);
	found = diff(&tree, &clone, 60);
	KUNIT_EXPECT_STREQ(test, found.row, ".!..ba..");
	KUNIT_EXPECT_EQ(test, found.calls, 3U);
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&clone);
}

/* Neighbours of one kind are one range, over the edge of a leaf too. */
static void ranges_are_maximal(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;
	struct found found;

	STORE(&tree, 60, "abcdefgh");
	clone_whole(test, &clone, &tree);
	STORE(&clone, 62, "wxyz");
	found = diff(&tree, &clone, 60);
	KUNIT_EXPECT_STREQ(test, found.row, "..!!!!..");
	KUNIT_EXPECT_EQ(test, found.calls, 1U);
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&clone);
}

/* A lower tree is compared with a higher one where it has a place. */
static void heights_may_differ(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;
	struct found found;

	STORE(&tree, 60, "ab");
	clone_whole(test, &clone, &tree);
	STORE(&clone, 64, "x");
	STORE(&clone, 1UL << 20, "z");
	found = diff(&tree, &clone, 60);
	KUNIT_EXPECT_STREQ(test, found.row, "....b...");
	KUNIT_EXPECT_STREQ(test, diff(&clone, &tree, 60).row, "....a...");
	KUNIT_EXPECT_STREQ(test, diff(&tree, &clone, 1UL << 20).row,
			   "b.......");
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&clone);
}

static struct kunit_case diff_cases[] = { KUNIT_CASE(a_clone_is_the_same),
					  KUNIT_CASE(kinds_are_told_apart),
					  KUNIT_CASE(ranges_are_maximal),
					  KUNIT_CASE(heights_may_differ),
					  {} };

ZVMO_TEST_SUITE(diff, diff_cases);
