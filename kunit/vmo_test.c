// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - VMOs and their hierarchy
 *
 * Who is whose child, which content object a VMO uses, and that a VMO whose
 * creation fails has never been there.
 */
#include "fixture.h"
#include "vmos.h"

/* Each VMO has an id of its own, greater than those of its elders. */
static void koids_ascend(struct kunit *test)
{
	struct zvmo *first = zvmo_test_create(test, ".", 0);
	struct zvmo *second = zvmo_test_create(test, ".", 0);

	KUNIT_EXPECT_GT(test, second->koid, first->koid);
	zvmo_put(first);
	zvmo_put(second);
}

/* A dying parent's children become its own parent's. */
static void orphans_move_up(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	struct zvmo *child = zvmo_test_snapshot(test, vmo);
	struct zvmo *one = zvmo_test_snapshot(test, child);
	struct zvmo *two = zvmo_test_snapshot(test, child);

	KUNIT_EXPECT_EQ(test, vmo->nr_children, 1UL);
	KUNIT_EXPECT_EQ(test, child->nr_children, 2UL);
	zvmo_put(child);
	KUNIT_EXPECT_EQ(test, vmo->nr_children, 2UL);
	KUNIT_EXPECT_PTR_EQ(test, one->parent, vmo);
	KUNIT_EXPECT_PTR_EQ(test, two->parent, vmo);
	zvmo_put(vmo);
	KUNIT_EXPECT_PTR_EQ(test, one->parent, (struct zvmo *)NULL);
	zvmo_put(one);
	zvmo_put(two);
}

/* So a VMO without children has no descendants at all. */
static void no_children_means_no_descendants(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	struct zvmo *child = zvmo_test_snapshot(test, vmo);
	struct zvmo *grandchild = zvmo_test_snapshot(test, child);

	zvmo_put(child);
	KUNIT_EXPECT_TRUE(test, zvmo_has_children(vmo));
	zvmo_put(grandchild);
	KUNIT_EXPECT_FALSE(test, zvmo_has_children(vmo));
	zvmo_put(vmo);
}

/* A snapshot has content of its own, of the same family. */
static void a_snapshot_has_its_own_content(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	struct zvmo *child =
		zvmo_test_child(test, vmo, ZVMO_CHILD_SNAPSHOT, 1, 2);

	KUNIT_EXPECT_EQ(test, COWS, 2L);
	KUNIT_EXPECT_PTR_EQ(test, child->cow->family, vmo->cow->family);
	KUNIT_EXPECT_EQ(test, child->cow->base, 1UL);
	KUNIT_EXPECT_EQ(test, child->first, 0UL);
	KUNIT_EXPECT_EQ(test, zvmo_size(child), 2 * (u64)PAGE_SIZE);
	zvmo_put(vmo);
	zvmo_put(child);
}

/* Slices use their parent's content; windows of windows add up. */
static void a_slice_uses_its_parents_content(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	struct zvmo *slice = zvmo_test_child(test, vmo, ZVMO_CHILD_SLICE, 1, 3);
	struct zvmo *part =
		zvmo_test_child(test, slice, ZVMO_CHILD_SLICE, 1, 1);

	KUNIT_EXPECT_EQ(test, COWS, 1L);
	KUNIT_EXPECT_PTR_EQ(test, part->cow, vmo->cow);
	KUNIT_EXPECT_EQ(test, part->first, 2UL);
	KUNIT_EXPECT_PTR_NE(test, part->inode, vmo->inode);
	KUNIT_EXPECT_EQ(test, refcount_read(&vmo->cow->users), 3U);
	zvmo_put(vmo);
	zvmo_put(slice);
	KUNIT_EXPECT_EQ(test, COWS, 1L);
	zvmo_put(part);
}

/* A reference uses everything of its parent's, the inode too. */
static void a_reference_is_the_same_content(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	struct zvmo *ref =
		zvmo_test_child(test, vmo, ZVMO_CHILD_REFERENCE, 0, 0);

	KUNIT_EXPECT_PTR_EQ(test, ref->cow, vmo->cow);
	KUNIT_EXPECT_PTR_EQ(test, ref->inode, vmo->inode);
	zvmo_put(vmo);
	KUNIT_EXPECT_EQ(test, COWS, 1L);
	zvmo_put(ref);
}

/* The name is inherited by who might ask for it. */
static void a_child_inherits_the_name(struct kunit *test)
{
	struct zvmo_create_child args = {
		.options = ZVMO_CHILD_SNAPSHOT,
		.size = PAGE_SIZE,
	};
	static const char name[ZVMO_NAME_LEN] = "heap";
	struct zvmo *vmo = zvmo_test_create(test, "....", 0), *child;

	zvmo_set_name(vmo, name);
	child = zvmo_test_snapshot(test, vmo);
	KUNIT_EXPECT_STREQ(test, child->name, "heap");
	zvmo_put(child);
	child = zvmo_create_child(
		vmo, ZVMO_TEST_RIGHTS & ~ZVMO_RIGHT_GET_PROPERTY, &args);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, child);
	KUNIT_EXPECT_STREQ(test, child->name, "");
	zvmo_put(child);
	zvmo_put(vmo);
}

static bool create_nth(struct kunit *test, unsigned int n)
{
	return zvmo_test_create_nth(test, n, 0);
}

static void a_creation_that_fails_leaves_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, create_nth);
}

static bool child_nth(struct kunit *test, unsigned int n, u32 kind,
		      unsigned int pages)
{
	struct zvmo_create_child args = {
		.options = kind,
		.size = pages * PAGE_SIZE,
	};
	struct zvmo *vmo = zvmo_test_create(test, "....", 0), *child;
	bool failed;

	zvmo_test_fail_nth(n);
	child = zvmo_create_child(vmo, ZVMO_TEST_RIGHTS, &args);
	failed = zvmo_test_failed();
	if (IS_ERR(child))
		KUNIT_EXPECT_EQ(test, PTR_ERR(child), -ENOMEM);
	else
		zvmo_put(child);
	KUNIT_EXPECT_FALSE(test, zvmo_has_children(vmo));
	KUNIT_EXPECT_EQ(test, refcount_read(&vmo->cow->users), 1U);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&vmo->cow->views.rb_root));
	KUNIT_EXPECT_FALSE(test, zvmo_cow_may_share(vmo->cow));
	KUNIT_EXPECT_EQ(test, VMOS, 1L);
	zvmo_put(vmo);
	return failed;
}

static bool snapshot_nth(struct kunit *test, unsigned int n)
{
	return child_nth(test, n, ZVMO_CHILD_SNAPSHOT, 2);
}

static bool slice_nth(struct kunit *test, unsigned int n)
{
	return child_nth(test, n, ZVMO_CHILD_SLICE, 2);
}

static bool reference_nth(struct kunit *test, unsigned int n)
{
	return child_nth(test, n, ZVMO_CHILD_REFERENCE, 0);
}

static void a_child_that_fails_was_never_there(struct kunit *test)
{
	zvmo_test_sweep(test, snapshot_nth);
	zvmo_test_sweep(test, slice_nth);
	zvmo_test_sweep(test, reference_nth);
}

static struct kunit_case vmo_cases[] = {
	KUNIT_CASE(koids_ascend),
	KUNIT_CASE(orphans_move_up),
	KUNIT_CASE(no_children_means_no_descendants),
	KUNIT_CASE(a_snapshot_has_its_own_content),
	KUNIT_CASE(a_slice_uses_its_parents_content),
	KUNIT_CASE(a_reference_is_the_same_content),
	KUNIT_CASE(a_child_inherits_the_name),
	KUNIT_CASE(a_creation_that_fails_leaves_nothing),
	KUNIT_CASE(a_child_that_fails_was_never_there),
	{}
};

ZVMO_TEST_SUITE(vmo, vmo_cases);
