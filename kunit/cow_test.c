// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - content objects
 *
 * Which pages relatives share, when a page may be written in place, what a
 * snapshot does with pages that are exposed or that somebody outside refers to,
 * and that want of memory in the middle of anything changes no content. Rows are
 * explained in rows.h; in these cases they begin at page 0 of the object.
 */
#include <linux/highmem.h>

#include "cow.h"
#include "fixture.h"
#include "page.h"
#include "share.h"
#include "vmos.h"

/* Rows of a content object. */
#define TREE_OF(cow) (&(cow)->tree)
#define EXPECT_COW(cow, want) EXPECT_ROW(TREE_OF(cow), (cow)->base, want)
#define EXPECT_COW_SHARES(cow, want) \
	EXPECT_SHARES(TREE_OF(cow), (cow)->base, want)
#define EXPECT_COW_EXCLUSIVE(cow, want) \
	EXPECT_EXCLUSIVE(TREE_OF(cow), (cow)->base, want)
#define EXPECT_COW_EXPOSED(cow, want) \
	EXPECT_EXPOSED(TREE_OF(cow), (cow)->base, want)

/* An object as large as the row is long, with that content. */
static struct zvmo_cow *create(struct kunit *test, const char *row)
{
	u64 size = (u64)strlen(row) << PAGE_SHIFT;
	struct zvmo_cow *cow = zvmo_cow_create(size, size, true);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, cow);
	zvmo_test_cow_write(test, cow, 0, row);
	return cow;
}

static struct zvmo_cow *clone_window(struct kunit *test,
				     struct zvmo_cow *parent,
				     unsigned long pgoff, unsigned long pages)
{
	struct zvmo_cow *clone = zvmo_cow_clone(parent,
						(u64)pgoff << PAGE_SHIFT,
						(u64)pages << PAGE_SHIFT, true);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, clone);
	return clone;
}

static struct zvmo_cow *snapshot(struct kunit *test, struct zvmo_cow *parent)
{
	return clone_window(test, parent, 0, zvmo_cow_pages(parent));
}

static int own_without_spare(struct zvmo_cow *cow, unsigned long pgoff,
			     struct page *held)
{
	struct page *none = NULL, *page;
	int err;

	down_write(&cow->lock);
	err = zvmo_cow_own_page(cow, pgoff, held, &none, &page);
	up_write(&cow->lock);
	return err;
}

/* Owning pages */

/* A hole needs a page, which comes from outside; nothing happens without. */
static void a_hole_needs_a_spare(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "...");

	KUNIT_EXPECT_EQ(test, own_without_spare(cow, 1, NULL), -EAGAIN);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	zvmo_test_cow_write(test, cow, 0, ".b.");
	EXPECT_COW(cow, ".b.");
	zvmo_cow_put(cow);
}

/* A page that only this object has, and nobody refers to, is written in place. */
static void an_exclusive_page_needs_no_spare(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a");

	KUNIT_EXPECT_EQ(test, own_without_spare(cow, 0, NULL), 0);
	zvmo_cow_put(cow);
}

/* A shared page is copied, with what it holds, and the relative keeps it. */
static void a_shared_page_is_copied(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	struct page *b = zvmo_test_cow_page(cow, 1);

	child = snapshot(test, cow);
	KUNIT_EXPECT_EQ(test, own_without_spare(child, 1, NULL), -EAGAIN);
	KUNIT_EXPECT_PTR_NE(test, zvmo_test_own(test, child, 1), b);
	EXPECT_COW(child, "abc");
	KUNIT_EXPECT_PTR_EQ(test, zvmo_test_cow_page(cow, 1), b);
	EXPECT_COW_EXCLUSIVE(cow, "sxs");
	EXPECT_COW_EXCLUSIVE(child, "sxs");
	KUNIT_EXPECT_EQ(test, PAGES, 4L);
	zvmo_cow_put(child);
	EXPECT_COW_EXCLUSIVE(cow, "xxx");
	zvmo_cow_put(cow);
}

/*
 * A reference from outside to a page that is not exposed can only be a reader's
 * of when the page was shared. It must not see what is written: it keeps the
 * old page, the object gets a copy.
 */
static void a_reader_keeps_the_old_page(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a");
	struct page *reader = zvmo_test_cow_page(cow, 0);
	char letter;

	get_page(reader);
	KUNIT_EXPECT_EQ(test, own_without_spare(cow, 0, NULL), -EAGAIN);
	zvmo_test_cow_write(test, cow, 0, "x");
	EXPECT_COW(cow, "x");
	memcpy_from_page(&letter, reader, 0, 1);
	KUNIT_EXPECT_EQ(test, letter, 'a');
	put_page(reader);
	zvmo_cow_put(cow);
}

/* But the reference that a fault holds itself is no reader's. */
static void the_faults_own_reference_is_no_readers(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a");
	struct page *held = zvmo_test_cow_page(cow, 0);

	get_page(held);
	KUNIT_EXPECT_EQ(test, own_without_spare(cow, 0, held), 0);
	KUNIT_EXPECT_PTR_EQ(test, zvmo_test_cow_page(cow, 0), held);
	put_page(held);
	zvmo_cow_put(cow);
}

/* Who refers to an exposed page may write it: it is the object's page still. */
static void an_exposed_page_is_written_in_place(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a");
	struct page *pinned = zvmo_test_cow_page(cow, 0);

	zvmo_test_cow_expose(test, cow, 0);
	get_page(pinned);
	KUNIT_EXPECT_EQ(test, own_without_spare(cow, 0, NULL), 0);
	KUNIT_EXPECT_PTR_EQ(test, zvmo_test_cow_page(cow, 0), pinned);
	put_page(pinned);
	zvmo_cow_put(cow);
}

/* Without memory for nodes nothing is taken: the spare is still the caller's. */
static bool own_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	struct page *spare = zvmo_test_page(test, 'x'), *page;
	bool failed;
	int err;

	child = snapshot(test, cow);
	down_write(&child->lock);
	zvmo_test_fail_nth(n);
	err = zvmo_cow_own_page(child, 1, NULL, &spare, &page);
	failed = zvmo_test_failed();
	up_write(&child->lock);
	EXPECT_COW(child, "abc");
	KUNIT_EXPECT_EQ(test, !err, !spare);
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		EXPECT_COW_SHARES(cow, "000");
		zvmo_page_put(spare);
	}
	zvmo_cow_put(child);
	EXPECT_COW_EXCLUSIVE(cow, "xxx");
	zvmo_cow_put(cow);
	return failed;
}

static void owning_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, own_nth);
}

/* Exposure */

/* An exposed page names its object and its place in it, not in the tree. */
static void an_exposed_page_has_an_identity(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc");
	struct zvmo_cow *child = clone_window(test, cow, 2, 1);
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, child->base, 2UL);
	zvmo_test_cow_expose(test, child, 0);
	EXPECT_COW_EXPOSED(child, "e");
	folio = zvmo_page_folio(zvmo_test_cow_page(child, 0));
	KUNIT_EXPECT_PTR_EQ(test, folio->mapping, child->inode->i_mapping);
	KUNIT_EXPECT_EQ(test, folio->index, 0UL);
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

/* A snapshot conceals what it shares: no mark, no identity is left. */
static void a_snapshot_conceals(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;

	zvmo_test_cow_expose(test, cow, 0);
	zvmo_test_cow_expose(test, cow, 2);
	EXPECT_COW_EXPOSED(cow, "e-e");
	child = snapshot(test, cow);
	EXPECT_COW_EXPOSED(cow, "---");
	KUNIT_EXPECT_PTR_EQ(
		test, zvmo_page_folio(zvmo_test_cow_page(cow, 0))->mapping,
		(struct address_space *)NULL);
	KUNIT_EXPECT_PTR_EQ(
		test, zvmo_page_folio(zvmo_test_cow_page(cow, 2))->mapping,
		(struct address_space *)NULL);
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

/* Only what lies in the window. */
static void a_window_conceals_what_it_shares(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;

	zvmo_test_cow_expose(test, cow, 0);
	zvmo_test_cow_expose(test, cow, 1);
	zvmo_test_cow_expose(test, cow, 2);
	child = clone_window(test, cow, 1, 1);
	EXPECT_COW_EXPOSED(cow, "e-e");
	EXPECT_SOUND(&cow->tree);
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

/*
 * Direct I/O may be writing to b, which is exposed, when the snapshot is taken.
 * What it writes must reach this object and no other: the snapshot gets a copy,
 * and b stays exposed, with its identity, and exclusive.
 */
static void a_pinned_page_is_copied_for_the_snapshot(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	struct page *pinned;

	zvmo_test_cow_expose(test, cow, 0);
	zvmo_test_cow_expose(test, cow, 1);
	pinned = zvmo_test_cow_page(cow, 1);
	get_page(pinned);
	child = snapshot(test, cow);
	EXPECT_COW_EXPOSED(cow, "-e-");
	EXPECT_COW_EXCLUSIVE(cow, "sxs");
	EXPECT_COW_EXCLUSIVE(child, "sxs");
	KUNIT_EXPECT_PTR_EQ(test, zvmo_test_cow_page(cow, 1), pinned);
	KUNIT_EXPECT_PTR_EQ(test, zvmo_page_folio(pinned)->mapping,
			    cow->inode->i_mapping);
	memcpy_to_page(pinned, 0, "x", 1);
	put_page(pinned);
	EXPECT_COW(cow, "axc");
	EXPECT_COW(child, "abc");
	EXPECT_SOUND(&cow->tree);
	EXPECT_SOUND(&child->tree);
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

/* Page b is exposed and pinned; the window is ab, so that all must be done. */
static bool snapshot_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	struct page *pinned;
	bool failed;

	zvmo_test_cow_expose(test, cow, 1);
	pinned = zvmo_test_cow_page(cow, 1);
	get_page(pinned);
	zvmo_test_fail_nth(n);
	child = zvmo_cow_clone(cow, 0, 2 * PAGE_SIZE, false);
	failed = zvmo_test_failed();
	EXPECT_COW(cow, "abc");
	EXPECT_COW_EXPOSED(cow, "-e-");
	KUNIT_EXPECT_PTR_EQ(test, zvmo_page_folio(pinned)->mapping,
			    cow->inode->i_mapping);
	EXPECT_SOUND(&cow->tree);
	if (IS_ERR(child)) {
		KUNIT_EXPECT_EQ(test, PTR_ERR(child), -ENOMEM);
	} else {
		EXPECT_COW(child, "ab.");
		zvmo_cow_put(child);
	}
	EXPECT_COW_EXCLUSIVE(cow, "xxx");
	KUNIT_EXPECT_EQ(test, refcount_read(&cow->family->members), 1U);
	KUNIT_EXPECT_EQ(test, COWS, 1L);
	KUNIT_EXPECT_EQ(test, NODES, 1L);
	KUNIT_EXPECT_EQ(test, PAGES, 3L);
	put_page(pinned);
	zvmo_cow_put(cow);
	return failed;
}

/* Whichever allocation of a snapshot fails: nobody can tell that it was tried. */
static void a_snapshot_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, snapshot_nth);
}

/* Families */

/* All that stem from one object are counted, whoever of them is still there. */
static void a_family_counts_its_members(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a"), *child, *grandchild;

	KUNIT_EXPECT_FALSE(test, zvmo_cow_may_share(cow));
	child = snapshot(test, cow);
	grandchild = snapshot(test, child);
	KUNIT_EXPECT_EQ(test, refcount_read(&cow->family->members), 3U);
	KUNIT_EXPECT_PTR_EQ(test, grandchild->family, cow->family);
	zvmo_cow_put(child);
	KUNIT_EXPECT_TRUE(test, zvmo_cow_may_share(cow));
	zvmo_cow_put(grandchild);
	KUNIT_EXPECT_FALSE(test, zvmo_cow_may_share(cow));
	zvmo_cow_put(cow);
}

/* A clone that outlives its parent inherits: all pages become its own. */
static void who_is_left_inherits(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;

	child = snapshot(test, cow);
	zvmo_test_cow_write(test, cow, 0, "x");
	KUNIT_EXPECT_EQ(test, PAGES, 4L);
	zvmo_cow_put(cow);
	KUNIT_EXPECT_EQ(test, PAGES, 3L);
	EXPECT_COW(child, "abc");
	EXPECT_COW_EXCLUSIVE(child, "xxx");
	KUNIT_EXPECT_TRUE(test, zvmo_cow_may_share(child));
	zvmo_cow_put(child);
}

/* Windows */

/* A window holds its part only: b here; a and c stay the parent's alone. */
static void a_window_holds_its_part(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc");
	struct zvmo_cow *child = clone_window(test, cow, 1, 1);

	EXPECT_COW(child, "b");
	EXPECT_COW_EXCLUSIVE(cow, "xsx");
	KUNIT_EXPECT_EQ(test, zvmo_tree_count(&child->tree, 0, ZVMO_INDEX_MAX),
			1UL);
	zvmo_cow_put(cow);
	KUNIT_EXPECT_EQ(test, PAGES, 1L);
	zvmo_cow_put(child);
}

/* A window to the parent's end or beyond has nothing to cut off there. */
static void a_window_to_the_end_is_one_reference(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc");
	struct zvmo_cow *child = clone_window(test, cow, 0, 9);

	KUNIT_EXPECT_PTR_EQ(test, child->tree.root, cow->tree.root);
	KUNIT_EXPECT_EQ(test, zvmo_cow_pages(child), 9UL);
	EXPECT_COW(child, "abc......");
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

/* Beyond the parent there is nothing to share. */
static void a_window_beyond_the_end_is_empty(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc");
	struct zvmo_cow *child = clone_window(test, cow, 3, 2);

	KUNIT_EXPECT_PTR_EQ(test, child->tree.root, (struct zvmo_node *)NULL);
	EXPECT_COW_EXCLUSIVE(cow, "xxx");
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

/* Sizes */

/* Cutting through a page zeroes its rest: in a copy if it is shared. */
static void a_cut_page_is_zero_behind_the_cut(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	struct page *page = zvmo_test_own(test, cow, 1);
	char *kernel;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy_to_page(page, 1, "tail", 4);
	child = snapshot(test, cow);
	KUNIT_ASSERT_EQ(test, zvmo_cow_resize(cow, PAGE_SIZE + 1), 0);
	EXPECT_COW(cow, "ab.");
	EXPECT_COW(child, "abc");
	EXPECT_COW_EXCLUSIVE(cow, "sx.");
	kernel = kmap_local_page(zvmo_test_cow_page(cow, 1));
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(kernel + 1, 0, PAGE_SIZE - 1),
			    NULL);
	kunmap_local(kernel);
	kernel = kmap_local_page(zvmo_test_cow_page(child, 1));
	KUNIT_EXPECT_EQ(test, memcmp(kernel + 1, "tail", 4), 0);
	kunmap_local(kernel);
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

static bool resize_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	bool failed;
	int err;

	child = snapshot(test, cow);
	zvmo_test_fail_nth(n);
	err = zvmo_cow_resize(cow, PAGE_SIZE + 1);
	failed = zvmo_test_failed();
	EXPECT_COW(child, "abc");
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		EXPECT_COW(cow, "abc");
		KUNIT_EXPECT_EQ(test, cow->size, 3 * (u64)PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, i_size_read(cow->inode),
				3 * (loff_t)PAGE_SIZE);
	} else {
		EXPECT_COW(cow, "ab.");
	}
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
	return failed;
}

static void a_resize_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, resize_nth);
}

/* What a write put beyond the end goes when the write comes to nothing. */
static void growth_can_be_undone(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a");
	struct page *spare = zvmo_test_page(test, 'x'), *page;

	down_write(&cow->lock);
	zvmo_cow_grow(cow, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, zvmo_cow_own_page(cow, 2, NULL, &spare, &page),
			0);
	EXPECT_COW(cow, "a.x");
	zvmo_cow_ungrow(cow, PAGE_SIZE, 2);
	up_write(&cow->lock);
	EXPECT_COW(cow, "a..");
	KUNIT_EXPECT_EQ(test, cow->size, (u64)PAGE_SIZE);
	zvmo_cow_put(cow);
}

/* Ranges */

/* To commit is to own: of what a clone shares it gets copies. */
static void commit_copies_what_is_shared(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "a.c"), *child;

	child = snapshot(test, cow);
	KUNIT_EXPECT_EQ(test, zvmo_cow_commit(child, 0, 2 * PAGE_SIZE), 0);
	EXPECT_COW_EXCLUSIVE(child, "xxs");
	EXPECT_COW_EXCLUSIVE(cow, "x.s");
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
}

static bool commit_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_cow *cow = create(test, "ab"), *child;
	bool failed;
	int err;

	child = snapshot(test, cow);
	zvmo_test_fail_nth(n);
	err = zvmo_cow_commit(child, 0, 2 * PAGE_SIZE);
	failed = zvmo_test_failed();
	EXPECT_COW(child, "ab");
	EXPECT_COW(cow, "ab");
	if (err)
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	else
		EXPECT_COW_EXCLUSIVE(child, "xx");
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
	return failed;
}

/* It stops where memory ends; what it has done stays, the content is the same. */
static void a_commit_that_fails_changed_no_content(struct kunit *test)
{
	zvmo_test_sweep(test, commit_nth);
}

static bool decommit_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_cow *cow = create(test, "abc"), *child;
	bool failed;
	int err;

	child = snapshot(test, cow);
	zvmo_test_fail_nth(n);
	err = zvmo_cow_decommit(child, PAGE_SIZE, 2 * PAGE_SIZE);
	failed = zvmo_test_failed();
	EXPECT_COW(cow, "abc");
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		EXPECT_COW(child, "abc");
		EXPECT_COW_SHARES(cow, "000");
	} else {
		EXPECT_COW(child, "a.c");
	}
	zvmo_cow_put(child);
	zvmo_cow_put(cow);
	return failed;
}

static void a_decommit_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, decommit_nth);
}

/* Zeroing a part of a hole takes no page. */
static void a_hole_is_zero_already(struct kunit *test)
{
	struct zvmo_cow *cow = create(test, "...");

	KUNIT_EXPECT_EQ(test, zvmo_cow_zero(cow, 1, 2 * PAGE_SIZE + 1), 0);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	zvmo_cow_put(cow);
}

static struct kunit_case cow_cases[] = {
	KUNIT_CASE(a_hole_needs_a_spare),
	KUNIT_CASE(an_exclusive_page_needs_no_spare),
	KUNIT_CASE(a_shared_page_is_copied),
	KUNIT_CASE(a_reader_keeps_the_old_page),
	KUNIT_CASE(the_faults_own_reference_is_no_readers),
	KUNIT_CASE(an_exposed_page_is_written_in_place),
	KUNIT_CASE(owning_that_fails_changed_nothing),
	KUNIT_CASE(an_exposed_page_has_an_identity),
	KUNIT_CASE(a_snapshot_conceals),
	KUNIT_CASE(a_window_conceals_what_it_shares),
	KUNIT_CASE(a_pinned_page_is_copied_for_the_snapshot),
	KUNIT_CASE(a_snapshot_that_fails_changed_nothing),
	KUNIT_CASE(a_family_counts_its_members),
	KUNIT_CASE(who_is_left_inherits),
	KUNIT_CASE(a_window_holds_its_part),
	KUNIT_CASE(a_window_to_the_end_is_one_reference),
	KUNIT_CASE(a_window_beyond_the_end_is_empty),
	KUNIT_CASE(a_cut_page_is_zero_behind_the_cut),
	KUNIT_CASE(a_resize_that_fails_changed_nothing),
	KUNIT_CASE(growth_can_be_undone),
	KUNIT_CASE(commit_copies_what_is_shared),
	KUNIT_CASE(a_commit_that_fails_changed_no_content),
	KUNIT_CASE(a_decommit_that_fails_changed_nothing),
	KUNIT_CASE(a_hole_is_zero_already),
	{}
};

ZVMO_TEST_SUITE(cow, cow_cases);
