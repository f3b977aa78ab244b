// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - splice lists
 *
 * What is taken out of a tree, where it comes to lie, and that a list which
 * could not be put whole still has the rest. Rows are explained in rows.h.
 */
#include "fixture.h"
#include "rows.h"
#include "splice.h"

/* What is taken is gone from the tree, and in the list at its old place. */
static void taking_empties_the_range(struct kunit *test)
{
	struct zvmo_tree tree = {};
	struct zvmo_splice splice;

	STORE(&tree, 62, "ab0.c");
	KUNIT_ASSERT_EQ(test, zvmo_splice_take(&splice, &tree, 63, 65), 0);
	EXPECT_ROW(&tree, 62, "a...c");
	EXPECT_ROW(&splice.tree, 62, ".b0..");
	EXPECT_EXCLUSIVE(&splice.tree, 63, "x");
	EXPECT_SOUND(&tree);
	zvmo_splice_destroy(&splice);
	KUNIT_EXPECT_EQ(test, PAGES, 2L);
	zvmo_tree_destroy(&tree);
}

/* What is put comes to lie from the given index on, gaps included. */
static void putting_keeps_distances(struct kunit *test)
{
	struct zvmo_tree tree = {}, other = {};
	struct zvmo_splice splice;

	STORE(&tree, 62, "a.0b");
	KUNIT_ASSERT_EQ(test, zvmo_splice_take(&splice, &tree, 62, 65), 0);
	KUNIT_ASSERT_EQ(test, zvmo_splice_put(&splice, &other, 100), 0);
	KUNIT_EXPECT_TRUE(test, splice.done);
	zvmo_splice_destroy(&splice);
	EXPECT_ROW(&other, 100, "a.0b");
	EXPECT_EXCLUSIVE(&other, 100, "x..x");
	EXPECT_SOUND(&other);
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&other);
}

/* Content that is there stays; what would have come there is freed. */
static void what_is_there_stays(struct kunit *test)
{
	struct zvmo_tree tree = {}, other = {};
	struct zvmo_splice splice;

	STORE(&tree, 0, "abc");
	STORE(&other, 0, ".x.");
	KUNIT_ASSERT_EQ(test, zvmo_splice_take(&splice, &tree, 0, 2), 0);
	KUNIT_ASSERT_EQ(test, zvmo_splice_put(&splice, &other, 0), 0);
	zvmo_splice_destroy(&splice);
	EXPECT_ROW(&other, 0, "axc");
	KUNIT_EXPECT_EQ(test, PAGES, 3L);
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&other);
}

/* Taking from a tree with a relative leaves the relative its own. */
static void a_relative_keeps_what_is_taken(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;
	struct zvmo_splice splice;

	STORE(&tree, 0, "ab");
	KUNIT_ASSERT_EQ(test, zvmo_tree_clone(&clone, &tree, 0, ZVMO_INDEX_MAX),
			0);
	KUNIT_ASSERT_EQ(test, zvmo_splice_take(&splice, &tree, 0, 0), 0);
	EXPECT_ROW(&tree, 0, ".b");
	EXPECT_ROW(&clone, 0, "ab");
	EXPECT_EXCLUSIVE(&splice.tree, 0, "s");
	zvmo_splice_destroy(&splice);
	zvmo_tree_destroy(&tree);
	EXPECT_EXCLUSIVE(&clone, 0, "xx");
	zvmo_tree_destroy(&clone);
}

static bool take_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_tree tree = {};
	struct zvmo_splice splice;
	bool failed;
	int err;

	STORE(&tree, 62, "abcd");
	zvmo_test_fail_nth(n);
	err = zvmo_splice_take(&splice, &tree, 63, 64);
	failed = zvmo_test_failed();
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		EXPECT_ROW(&tree, 62, "abcd");
		EXPECT_EXCLUSIVE(&tree, 62, "xxxx");
		KUNIT_EXPECT_EQ(test, NODES, 3L);
	} else {
		EXPECT_ROW(&tree, 62, "a..d");
		EXPECT_ROW(&splice.tree, 62, ".bc.");
		zvmo_splice_destroy(&splice);
	}
	EXPECT_SOUND(&tree);
	zvmo_tree_destroy(&tree);
	return failed;
}

static void taking_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, take_nth);
}

/* What could not be put is put by the next call. */
static bool put_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_tree tree = {}, other = {};
	struct zvmo_splice splice;
	unsigned long next;
	bool failed;
	int err;

	STORE(&tree, 62, "abcd");
	KUNIT_ASSERT_EQ(test, zvmo_splice_take(&splice, &tree, 62, 65), 0);
	zvmo_test_fail_nth(n);
	err = zvmo_splice_put(&splice, &other, 126);
	failed = zvmo_test_failed();
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_FALSE(test, splice.done);
		next = splice.next;
		KUNIT_EXPECT_EQ(test, zvmo_tree_count(&other, 0, 999),
				next - 62);
		err = zvmo_splice_put(&splice, &other, 126 + next - 62);
	}
	KUNIT_EXPECT_EQ(test, err, 0);
	zvmo_splice_destroy(&splice);
	EXPECT_ROW(&other, 126, "abcd");
	EXPECT_EXCLUSIVE(&other, 126, "xxxx");
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&other);
	return failed;
}

static void a_list_keeps_what_could_not_be_put(struct kunit *test)
{
	zvmo_test_sweep(test, put_nth);
}

static struct kunit_case splice_cases[] = {
	KUNIT_CASE(taking_empties_the_range),
	KUNIT_CASE(putting_keeps_distances),
	KUNIT_CASE(what_is_there_stays),
	KUNIT_CASE(a_relative_keeps_what_is_taken),
	KUNIT_CASE(taking_that_fails_changed_nothing),
	KUNIT_CASE(a_list_keeps_what_could_not_be_put),
	{}
};

ZVMO_TEST_SUITE(splice, splice_cases);
