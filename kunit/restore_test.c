// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - going back to a relative's content
 *
 * What is shared afterwards and what stays one's own, at the edges of a window
 * too, and that want of memory in the middle changes no content. Rows are
 * explained in rows.h.
 */
#include <linux/highmem.h>

#include "fixture.h"
#include "page.h"
#include "restore.h"
#include "vmos.h"

/* Go back in [first, last) pages. */
static int restore(struct zvmo *vmo, struct zvmo *source, unsigned long first,
		   unsigned long last)
{
	return zvmo_restore(vmo, source, first * PAGE_SIZE, last * PAGE_SIZE);
}

/* All is the relative's again: the pages are shared, what was written goes. */
static void what_was_written_goes(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);

	zvmo_test_write(test, vmo, ".x.y");
	EXPECT_VMO_EXCLUSIVE(vmo, "sxsx");
	KUNIT_EXPECT_EQ(test, PAGES, 6L);
	KUNIT_EXPECT_EQ(test, restore(vmo, old, 0, 4), 0);
	EXPECT_VMO(vmo, "abcd");
	EXPECT_VMO_EXCLUSIVE(vmo, "ssss");
	KUNIT_EXPECT_EQ(test, PAGES, 4L);
	EXPECT_VMO_SOUND(vmo);
	EXPECT_VMO_SOUND(old);
	zvmo_put(vmo);
	EXPECT_VMO_EXCLUSIVE(old, "xxxx");
	zvmo_put(old);
}

/* A leaf that was written stays one's own; only its pages are shared. */
static void what_is_written_again_finds_its_leaf(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);
	struct zvmo_node *leaf;

	zvmo_test_write(test, vmo, "x...");
	leaf = vmo->cow->tree.root;
	KUNIT_EXPECT_EQ(test, restore(vmo, old, 0, 4), 0);
	KUNIT_EXPECT_PTR_EQ(test, vmo->cow->tree.root, leaf);
	EXPECT_VMO_SHARES(vmo, "1111");
	zvmo_test_write(test, vmo, "y...");
	EXPECT_VMO_SHARES(vmo, "0111");
	zvmo_put(vmo);
	zvmo_put(old);
}

/* A leaf that was never written is the relative's own: one node for both. */
static void what_is_equal_is_one_node(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);

	KUNIT_EXPECT_EQ(test, restore(vmo, old, 0, 4), 0);
	KUNIT_EXPECT_PTR_EQ(test, vmo->cow->tree.root, old->cow->tree.root);
	KUNIT_EXPECT_EQ(test, NODES, 1L);
	zvmo_put(vmo);
	zvmo_put(old);
}

/* Where neither has anything there is nothing to do. */
static void of_nothing_comes_nothing(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "..", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);

	KUNIT_EXPECT_EQ(test, restore(vmo, old, 0, 2), 0);
	KUNIT_EXPECT_EQ(test, restore(vmo, old, 1, 2), 0);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	zvmo_put(vmo);
	zvmo_put(old);
}

/* Outside the window nothing changes, and nothing becomes shared. */
static void a_window_ends_where_it_ends(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);

	zvmo_test_write(test, vmo, "wxyz");
	KUNIT_EXPECT_EQ(test, restore(vmo, old, 1, 3), 0);
	EXPECT_VMO(vmo, "wbcz");
	EXPECT_VMO_EXCLUSIVE(vmo, "xssx");
	EXPECT_VMO_EXCLUSIVE(old, "xssx");
	EXPECT_VMO_SOUND(vmo);
	zvmo_put(vmo);
	zvmo_put(old);
}

/* A slice's relatives see its window only: beyond it there are holes. */
static void beyond_the_source_there_is_nothing(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);
	struct zvmo *slice = zvmo_test_child(test, old, ZVMO_CHILD_SLICE, 1, 2);

	zvmo_test_write(test, vmo, "wxyz");
	KUNIT_EXPECT_EQ(test, restore(vmo, slice, 0, 4), 0);
	EXPECT_VMO(vmo, ".bc.");
	EXPECT_VMO_EXCLUSIVE(old, "xssx");
	zvmo_put(slice);
	zvmo_put(vmo);
	zvmo_put(old);
}

/* A source that ends before the window begins has nothing there. */
static void a_source_that_lies_elsewhere_has_nothing(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);
	struct zvmo *part =
		zvmo_test_child(test, old, ZVMO_CHILD_SNAPSHOT, 0, 1);

	KUNIT_EXPECT_EQ(test, restore(vmo, part, 2, 4), 0);
	EXPECT_VMO(vmo, "ab..");
	zvmo_put(part);
	zvmo_put(vmo);
	zvmo_put(old);
}

/* To go back to oneself, or to a part of oneself, is nothing. */
static void to_go_back_to_oneself_is_nothing(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0);
	struct zvmo *slice = zvmo_test_child(test, vmo, ZVMO_CHILD_SLICE, 1, 2);

	zvmo_test_expose(test, vmo, 1);
	KUNIT_EXPECT_EQ(test, restore(vmo, vmo, 0, 4), 0);
	KUNIT_EXPECT_EQ(test, restore(slice, vmo, 0, 2), 0);
	EXPECT_VMO(vmo, "abcd");
	EXPECT_VMO_EXPOSED(vmo, "-e--");
	/* A slice of what is larger is another window of it. */
	KUNIT_EXPECT_EQ(test, restore(vmo, slice, 0, 4), 0);
	EXPECT_VMO(vmo, ".bc.");
	zvmo_put(slice);
	zvmo_put(vmo);
}

/* What the source has exposed is concealed before it is shared. */
static void exposed_pages_are_concealed_first(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);

	zvmo_test_expose(test, old, 1);
	zvmo_test_expose(test, vmo, 2);
	KUNIT_EXPECT_EQ(test, restore(vmo, old, 0, 4), 0);
	EXPECT_VMO_EXPOSED(old, "----");
	EXPECT_VMO_EXPOSED(vmo, "----");
	EXPECT_VMO_EXCLUSIVE(vmo, "ssss");
	EXPECT_VMO_SOUND(vmo);
	EXPECT_VMO_SOUND(old);
	zvmo_put(vmo);
	zvmo_put(old);
}

/* A page that somebody outside may write is not shared: there is a copy. */
static void a_pinned_page_is_copied(struct kunit *test)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);
	struct page *pinned;

	zvmo_test_expose(test, old, 1);
	pinned = zvmo_test_page_at(old, 1);
	get_page(pinned);
	zvmo_test_write(test, vmo, "wxyz");
	KUNIT_EXPECT_EQ(test, restore(vmo, old, 0, 4), 0);
	memcpy_to_page(pinned, 0, "!", 1);
	put_page(pinned);
	EXPECT_VMO(vmo, "abcd");
	EXPECT_VMO(old, "a!cd");
	EXPECT_VMO_EXPOSED(old, "-e--");
	EXPECT_VMO_EXCLUSIVE(old, "sxss");
	zvmo_put(vmo);
	zvmo_put(old);
}

/* Only to a relative, and only within oneself. */
static void errors_change_nothing(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0);
	struct zvmo *other = zvmo_test_create(test, "wxyz", 0);
	struct zvmo *child = zvmo_test_snapshot(test, vmo);

	KUNIT_EXPECT_EQ(test, restore(vmo, other, 0, 4), -EINVAL);
	KUNIT_EXPECT_EQ(test, restore(vmo, child, 0, 5), -ERANGE);
	KUNIT_EXPECT_EQ(test, restore(vmo, child, 3, 2), -ERANGE);
	KUNIT_EXPECT_EQ(test, restore(vmo, child, 2, 2), 0);
	vmo->cow->cache_policy = ZVMO_CACHE_POLICY_UNCACHED;
	KUNIT_EXPECT_EQ(test, restore(vmo, child, 0, 4), -EBUSY);
	KUNIT_EXPECT_EQ(test, restore(child, vmo, 0, 4), -EBUSY);
	vmo->cow->cache_policy = 0;
	EXPECT_VMO(vmo, "abcd");
	zvmo_put(child);
	zvmo_put(other);
	zvmo_put(vmo);
}

/* A window, from a source with a pinned page: everything must be done. */
static bool restore_nth(struct kunit *test, unsigned int n)
{
	struct zvmo *old = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = zvmo_test_snapshot(test, old);
	struct page *pinned;
	bool failed;
	int err;

	zvmo_test_write(test, vmo, "wxyz");
	zvmo_test_expose(test, old, 1);
	pinned = zvmo_test_page_at(old, 1);
	get_page(pinned);
	zvmo_test_fail_nth(n);
	err = restore(vmo, old, 1, 3);
	failed = zvmo_test_failed();
	put_page(pinned);
	EXPECT_VMO(old, "abcd");
	EXPECT_VMO_EXPOSED(old, "-e--");
	EXPECT_VMO_SOUND(old);
	EXPECT_VMO_SOUND(vmo);
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		EXPECT_VMO(vmo, "wxyz");
		EXPECT_VMO_EXCLUSIVE(old, "xxxx");
	} else {
		EXPECT_VMO(vmo, "wbcz");
		EXPECT_VMO_EXCLUSIVE(old, "xxsx");
	}
	zvmo_put(vmo);
	zvmo_put(old);
	return failed;
}

static void a_restoration_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, restore_nth);
}

static struct kunit_case restore_cases[] = {
	KUNIT_CASE(what_was_written_goes),
	KUNIT_CASE(what_is_written_again_finds_its_leaf),
	KUNIT_CASE(what_is_equal_is_one_node),
	KUNIT_CASE(of_nothing_comes_nothing),
	KUNIT_CASE(a_window_ends_where_it_ends),
	KUNIT_CASE(beyond_the_source_there_is_nothing),
	KUNIT_CASE(a_source_that_lies_elsewhere_has_nothing),
	KUNIT_CASE(to_go_back_to_oneself_is_nothing),
	KUNIT_CASE(exposed_pages_are_concealed_first),
	KUNIT_CASE(a_pinned_page_is_copied),
	KUNIT_CASE(errors_change_nothing),
	KUNIT_CASE(a_restoration_that_fails_changed_nothing),
	{}
};

ZVMO_TEST_SUITE(restore, restore_cases);
