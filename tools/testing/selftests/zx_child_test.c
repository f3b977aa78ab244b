// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - zx_vmo_create_child(): kinds, checks in order, rights
 */
#include "zx.h"

#define MAX ZVMO_SIZE_MAX
#define SNAPSHOT ZX_VMO_CHILD_SNAPSHOT
#define ALOW ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE
#define MODIFIED ZX_VMO_CHILD_SNAPSHOT_MODIFIED
#define SLICE ZX_VMO_CHILD_SLICE
#define REFERENCE ZX_VMO_CHILD_REFERENCE
#define RESIZABLE ZX_VMO_CHILD_RESIZABLE
#define NO_WRITE ZX_VMO_CHILD_NO_WRITE

static const uint32_t kinds[] = { SNAPSHOT, ALOW, MODIFIED, SLICE, REFERENCE };
static const uint32_t snapshots[] = { SNAPSHOT, ALOW, MODIFIED };

static zx_status_t try(zx_handle_t parent, uint32_t options, uint64_t offset,
		       uint64_t size)
{
	zx_handle_t child = 77;
	zx_status_t status;

	status = zx_vmo_create_child(parent, options, offset, size, &child);
	if (status == ZX_OK)
		EXPECT_ZX(zx_handle_close(child), OK);
	else
		EXPECT_EQ(child, 77);
	return status;
}

/* Of each kind of snapshot, of a page. */
static void expect_snapshots(zx_handle_t parent, zx_status_t status)
{
	unsigned int i;

	for (i = 0; i < COUNT(snapshots); i++) {
		test_context("kind %#x", snapshots[i]);
		zx_test_status(TEST_PLACE(EXPECT),
			       try(parent, snapshots[i], 0, PAGE), status,
			       "zx_vmo_create_child()");
	}
}

/*
 * The order: the size rounds up; RESIZABLE with NO_WRITE; the handle and its
 * rights; discardable; options; the kind's own checks. Each case has this error
 * and a later one.
 */
TEST(order_size_first)
{
	zx_handle_t closed = zx_test_closed();

	EXPECT_ZX(try(closed, RESIZABLE | NO_WRITE, 0, UINT64_MAX),
		  OUT_OF_RANGE);
	EXPECT_ZX(try(closed, 0, 0, UINT64_MAX - PAGE + 2), OUT_OF_RANGE);
	/* That one still rounds up, if to too much. */
	EXPECT_ZX(try(closed, 0, 0, UINT64_MAX - PAGE + 1), BAD_HANDLE);
}

TEST(order_resizable_no_write)
{
	zx_handle_t closed = zx_test_closed();

	EXPECT_ZX(try(closed, RESIZABLE | NO_WRITE, 0, 0), INVALID_ARGS);
	EXPECT_ZX(try(closed, SNAPSHOT | RESIZABLE | NO_WRITE, 0, 0),
		  INVALID_ARGS);
	EXPECT_ZX(try(closed, 0, 0, 0), BAD_HANDLE);
	EXPECT_ZX(try(zx_test_other(), 0, 0, 0), WRONG_TYPE);
}

TEST(order_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t discardable = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);

	EXPECT_ZX(try(zx_test_without(vmo, ZX_RIGHT_DUPLICATE), 0, 1, 0),
		  ACCESS_DENIED);
	EXPECT_ZX(try(zx_test_with(vmo, ZX_RIGHT_DUPLICATE), 0, 1, 0),
		  ACCESS_DENIED);
	EXPECT_ZX(try(zx_test_with(discardable, ZX_RIGHT_DUPLICATE), SNAPSHOT,
		      0, PAGE),
		  ACCESS_DENIED);
	EXPECT_ZX(try(zx_test_with(vmo, ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ),
		      SNAPSHOT, 0, PAGE),
		  OK);
}

TEST(order_discardable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);
	unsigned int i;

	EXPECT_ZX(try(vmo, 0, 0, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(try(vmo, SNAPSHOT | SLICE, 1, PAGE), NOT_SUPPORTED);
	for (i = 0; i < COUNT(kinds); i++)
		EXPECT_ZX(try(vmo, kinds[i], 0, 0), NOT_SUPPORTED);
}

TEST(exactly_one_kind)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	unsigned int i, j;

	EXPECT_ZX(try(vmo, 0, 0, 0), INVALID_ARGS);
	EXPECT_ZX(try(vmo, RESIZABLE, 0, 0), INVALID_ARGS);
	EXPECT_ZX(try(vmo, NO_WRITE, 0, 0), INVALID_ARGS);
	for (i = 0; i < COUNT(kinds); i++) {
		for (j = 0; j < i; j++) {
			test_context("%#x | %#x", kinds[i], kinds[j]);
			EXPECT_ZX(try(vmo, kinds[i] | kinds[j], 0, 0),
				  INVALID_ARGS);
		}
	}
}

TEST(unknown_options)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	uint32_t known = SNAPSHOT | ALOW | MODIFIED | SLICE | REFERENCE |
			 RESIZABLE | NO_WRITE;
	unsigned int bit, i;

	for (bit = 0; bit < 32; bit++) {
		if (known & 1U << bit)
			continue;
		for (i = 0; i < COUNT(kinds); i++) {
			test_context("%#x | %#x", kinds[i], 1U << bit);
			EXPECT_ZX(try(vmo, kinds[i] | 1U << bit, 0, 0),
				  INVALID_ARGS);
		}
	}
}

TEST(no_write_goes_with_all)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	unsigned int i;
	char byte = 1;

	for (i = 0; i < COUNT(kinds); i++) {
		test_context("kind %#x", kinds[i]);
		child = zx_test_child(vmo, kinds[i] | NO_WRITE, 0, 0);
		EXPECT_ZX(zx_vmo_write(child, &byte, 0, 0), ACCESS_DENIED);
		EXPECT_EQ(!!(zx_test_info(child).flags & ZX_INFO_VMO_IMMUTABLE),
			  kinds[i] == SNAPSHOT);
	}
}

TEST(resizable_kinds)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	zx_handle_t fixed = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(snapshots); i++) {
		EXPECT_ZX(try(vmo, snapshots[i] | RESIZABLE, 0, PAGE), OK);
		EXPECT_ZX(try(fixed, snapshots[i] | RESIZABLE, 0, PAGE), OK);
	}
	EXPECT_ZX(try(vmo, REFERENCE | RESIZABLE, 0, 0), OK);
	EXPECT_ZX(try(fixed, SLICE | RESIZABLE, 0, PAGE), INVALID_ARGS);
	/* Also beats what only a slice checks. */
	EXPECT_ZX(try(vmo, SLICE | RESIZABLE, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE | RESIZABLE, 0, MAX + 1), INVALID_ARGS);
}

TEST(offsets_are_aligned)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(kinds); i++) {
		test_context("kind %#x", kinds[i]);
		EXPECT_ZX(try(vmo, kinds[i], 1, 0), INVALID_ARGS);
		EXPECT_ZX(try(vmo, kinds[i], PAGE - 1, 0), INVALID_ARGS);
	}
}

TEST(sizes_round_up)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0), child;
	unsigned int i;

	for (i = 0; i < COUNT(kinds) - 1; i++) {
		test_context("kind %#x", kinds[i]);
		child = zx_test_child(vmo, kinds[i], PAGE, PAGE + 3);
		EXPECT_EQ(zx_test_info(child).size_bytes, 2 * PAGE);
		EXPECT_EQ(zx_test_stream_size(child), PAGE + 3);
	}
	child = zx_test_child(zx_test_create(5, 0), REFERENCE, 0, 0);
	EXPECT_EQ(zx_test_info(child).size_bytes, PAGE);
	EXPECT_EQ(zx_test_stream_size(child), 5);
}

/* Snapshots */

TEST(snapshot_ranges)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(snapshots); i++) {
		uint32_t kind = snapshots[i];

		test_context("kind %#x", kind);
		EXPECT_ZX(try(vmo, kind, 0, MAX + 1), OUT_OF_RANGE);
		EXPECT_ZX(try(vmo, kind, 0, MAX), OK);
		EXPECT_ZX(try(vmo, kind, PAGE, MAX), OUT_OF_RANGE);
		EXPECT_ZX(try(vmo, kind, -(uint64_t)PAGE, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(try(vmo, kind, -(uint64_t)PAGE, 2 * PAGE), OUT_OF_RANGE);
		EXPECT_ZX(try(vmo, kind, 5 * PAGE, PAGE), OK);
		EXPECT_ZX(try(vmo, kind, 0, 0), OK);
		/* A crooked offset beats a window that is too large. */
		EXPECT_ZX(try(vmo, kind, 1, MAX + 1), INVALID_ARGS);
	}
}

TEST(snapshot_projected)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child;

	child = zx_test_child(vmo, SNAPSHOT, PAGE, PAGE);
	EXPECT_ZX(try(child, SNAPSHOT, PAGE, MAX - PAGE), INVALID_ARGS);
	EXPECT_ZX(try(child, SNAPSHOT, 0, MAX), INVALID_ARGS);
	EXPECT_ZX(try(child, SNAPSHOT, PAGE, MAX), OUT_OF_RANGE);
	EXPECT_ZX(try(child, SNAPSHOT, 0, MAX - PAGE), OK);
}

TEST(snapshot_content)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child;
	unsigned int i;

	for (i = 0; i < COUNT(snapshots); i++) {
		test_context("kind %#x", snapshots[i]);
		zx_test_fill(vmo, 0, 2 * PAGE, 1);
		child = zx_test_child(vmo, snapshots[i], PAGE, 2 * PAGE);
		zx_test_fill(vmo, 0, 2 * PAGE, 2);
		EXPECT(zx_test_holds(child, 0, PAGE, 1));
		EXPECT(zx_test_holds(child, PAGE, PAGE, 0));
		zx_test_fill(child, 0, PAGE, 3);
		EXPECT(zx_test_holds(vmo, 0, 2 * PAGE, 2));
		EXPECT(zx_test_info(child).flags & ZX_INFO_VMO_IS_COW_CLONE);
	}
}

/* Parent x kind, where that is not "works". */
TEST(parent_is_a_slice)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t slice = zx_test_child(vmo, SLICE, 0, PAGE);

	expect_snapshots(slice, ZX_ERR_NOT_SUPPORTED);
	EXPECT_ZX(try(slice, REFERENCE, 0, 0), NOT_SUPPORTED);
	EXPECT_ZX(try(slice, SLICE, 0, PAGE), OK);
}

TEST(parent_is_a_clone)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t clone = zx_test_child(vmo, SNAPSHOT, 0, PAGE);

	expect_snapshots(clone, ZX_OK);
	EXPECT_ZX(try(clone, SLICE, 0, PAGE), OK);
	EXPECT_ZX(try(clone, REFERENCE, 0, 0), OK);
	clone = zx_test_child(vmo, SNAPSHOT | RESIZABLE, 0, PAGE);
	EXPECT_ZX(try(clone, SLICE, 0, PAGE), NOT_SUPPORTED);
}

TEST(parent_is_a_reference)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	zx_handle_t reference = zx_test_child(vmo, REFERENCE, 0, 0);

	expect_snapshots(reference, ZX_OK);
	EXPECT_ZX(try(reference, SLICE, 0, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(try(reference, REFERENCE, 0, 0), OK);
}

TEST(parent_is_not_cached)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	ASSERT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), OK);
	for (i = 0; i < COUNT(kinds); i++) {
		test_context("kind %#x", kinds[i]);
		EXPECT_ZX(try(vmo, kinds[i], 0, 0), BAD_STATE);
	}
}

/* Slices */

TEST(slice_ranges)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);

	EXPECT_ZX(try(vmo, SLICE, 0, 2 * PAGE), OK);
	EXPECT_ZX(try(vmo, SLICE, PAGE, PAGE), OK);
	EXPECT_ZX(try(vmo, SLICE, 0, 0), OK);
	EXPECT_ZX(try(vmo, SLICE, 2 * PAGE, 0), OK);
	EXPECT_ZX(try(vmo, SLICE, 3 * PAGE, 0), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, 0, 2 * PAGE + 1), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, PAGE, PAGE + 1), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, 2 * PAGE, 1), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, -PAGE, PAGE), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, -PAGE, 2 * PAGE), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, 0, MAX + 1), OUT_OF_RANGE);
}

TEST(slice_of_resizable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);

	EXPECT_ZX(try(vmo, SLICE, 0, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(try(vmo, SLICE, 0, 0), NOT_SUPPORTED);
	/* Not being inside beats it. */
	EXPECT_ZX(try(vmo, SLICE, 0, 2 * PAGE), INVALID_ARGS);
	EXPECT_ZX(try(vmo, SLICE, 0, MAX + 1), OUT_OF_RANGE);
}

TEST(slice_is_the_parent)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0), slice;

	slice = zx_test_child(vmo, SLICE, PAGE, PAGE);
	zx_test_fill(vmo, PAGE, PAGE, 1);
	EXPECT(zx_test_holds(slice, 0, PAGE, 1));
	zx_test_fill(slice, 0, PAGE, 2);
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 2));
	EXPECT(zx_test_info(slice).flags & ZX_INFO_VMO_IS_SLICE);
	EXPECT(!(zx_test_info(slice).flags & ZX_INFO_VMO_IS_COW_CLONE));
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT(zx_test_holds(slice, 0, PAGE, 2));
}

/* References */

TEST(reference_arguments)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), slice;

	EXPECT_ZX(try(vmo, REFERENCE, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(try(vmo, REFERENCE, PAGE, 0), INVALID_ARGS);
	EXPECT_ZX(try(vmo, REFERENCE, 0, 1), INVALID_ARGS);
	/* Beats the kind of the parent. */
	slice = zx_test_child(vmo, SLICE, 0, PAGE);
	EXPECT_ZX(try(slice, REFERENCE, 0, PAGE), INVALID_ARGS);
}

TEST(reference_resizable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	zx_handle_t fixed = zx_test_create(PAGE, 0);

	EXPECT_ZX(try(fixed, REFERENCE | RESIZABLE, 0, 0), NOT_SUPPORTED);
	EXPECT_ZX(try(zx_test_without(vmo, ZX_RIGHT_RESIZE),
		      REFERENCE | RESIZABLE, 0, 0),
		  ACCESS_DENIED);
	EXPECT_ZX(try(zx_test_without(vmo, ZX_RIGHT_RESIZE), REFERENCE, 0, 0),
		  OK);
	/* An object that is not resizable beats the right. */
	EXPECT_ZX(try(zx_test_with(fixed, ZX_RIGHTS_BASIC | ZX_RIGHT_READ),
		      REFERENCE | RESIZABLE, 0, 0),
		  NOT_SUPPORTED);
}

TEST(reference_is_the_parent)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), reference, second;

	reference = zx_test_child(vmo, REFERENCE, 0, 0);
	second = zx_test_child(reference, REFERENCE, 0, 0);
	zx_test_fill(second, 0, PAGE, 4);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 4));
	EXPECT(zx_test_info(second).flags & ZX_INFO_VMO_IS_REFERENCE);
	EXPECT_NE(zx_test_info(reference).koid, zx_test_info(vmo).koid);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_ZX(zx_handle_close(reference), OK);
	EXPECT(zx_test_holds(second, 0, PAGE, 4));
}

/* Rights of the child */

static zx_rights_t child_rights(zx_handle_t parent, uint32_t options)
{
	zx_handle_t child = zx_test_child(parent, options, 0, 0);
	zx_rights_t rights = zx_test_info(child).handle_rights;

	EXPECT_ZX(zx_handle_close(child), OK);
	return rights;
}

TEST(rights_of_snapshots)
{
	zx_rights_t basic = ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ;
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE), executable;
	unsigned int i;

	ASSERT_ZX(zx_vmo_replace_as_executable(
			  zx_test_with(vmo, ZX_RIGHT_SAME_RIGHTS), 0,
			  &executable),
		  OK);
	for (i = 0; i < COUNT(snapshots); i++) {
		uint32_t kind = snapshots[i];

		test_context("kind %#x", kind);
		EXPECT_EQ(child_rights(vmo, kind), ZX_DEFAULT_VMO_RIGHTS);
		EXPECT_EQ(child_rights(vmo, kind | RESIZABLE),
			  ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_RESIZE);
		EXPECT_EQ(child_rights(vmo, kind | NO_WRITE),
			  ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHT_WRITE);
		/* It gains WRITE and the properties ... */
		EXPECT_EQ(child_rights(zx_test_with(vmo, basic), kind),
			  basic | ZX_RIGHTS_PROPERTY | ZX_RIGHT_WRITE);
		/* ... and loses EXECUTE, unless nobody can write it. */
		EXPECT_EQ(child_rights(executable, kind),
			  ZX_DEFAULT_VMO_RIGHTS);
		EXPECT_EQ(child_rights(executable, kind | NO_WRITE),
			  (ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_EXECUTE) &
				  ~ZX_RIGHT_WRITE);
	}
}

TEST(rights_of_slices_and_references)
{
	zx_rights_t basic = ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ;
	zx_handle_t vmo = zx_test_create(PAGE, 0), executable;
	unsigned int i;

	ASSERT_ZX(zx_vmo_replace_as_executable(
			  zx_test_with(vmo, ZX_RIGHT_SAME_RIGHTS), 0,
			  &executable),
		  OK);
	for (i = 3; i < COUNT(kinds); i++) {
		test_context("kind %#x", kinds[i]);
		EXPECT_EQ(child_rights(vmo, kinds[i]), ZX_DEFAULT_VMO_RIGHTS);
		EXPECT_EQ(child_rights(zx_test_with(vmo, basic), kinds[i]),
			  basic | ZX_RIGHTS_PROPERTY);
		EXPECT_EQ(child_rights(executable, kinds[i]),
			  ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_EXECUTE);
		EXPECT_EQ(child_rights(executable, kinds[i] | NO_WRITE),
			  (ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_EXECUTE) &
				  ~ZX_RIGHT_WRITE);
	}
	vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	EXPECT_EQ(child_rights(vmo, REFERENCE), ZX_DEFAULT_VMO_RIGHTS);
	EXPECT_EQ(child_rights(vmo, REFERENCE | RESIZABLE),
		  ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_RESIZE);
}

TEST(name_of_the_child)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	unsigned int i;

	ASSERT_ZX(zx_object_set_property(vmo, ZX_PROP_NAME, "parent", 6), OK);
	for (i = 0; i < COUNT(kinds); i++) {
		child = zx_test_child(vmo, kinds[i], 0, 0);
		EXPECT_STREQ(zx_test_info(child).name, "parent");
		child = zx_test_child(zx_test_without(vmo,
						      ZX_RIGHT_GET_PROPERTY),
				      kinds[i], 0, 0);
		EXPECT_STREQ(zx_test_info(child).name, "");
	}
}

/* The family */

TEST(family_and_signal)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child, grandchild;
	unsigned int i;

	for (i = 0; i < COUNT(kinds); i++) {
		test_context("kind %#x", kinds[i]);
		EXPECT(zx_test_signaled(vmo, ZX_VMO_ZERO_CHILDREN));
		child = zx_test_child(vmo, kinds[i], 0, 0);
		EXPECT(!zx_test_signaled(vmo, ZX_VMO_ZERO_CHILDREN));
		EXPECT(zx_test_signaled(child, ZX_VMO_ZERO_CHILDREN));
		EXPECT_EQ(zx_test_info(vmo).num_children, 1);
		EXPECT_EQ(zx_test_info(child).parent_koid,
			  zx_test_info(vmo).koid);
		EXPECT_ZX(zx_handle_close(child), OK);
		EXPECT_EQ(zx_test_info(vmo).num_children, 0);
	}
	EXPECT(zx_test_signaled(vmo, ZX_VMO_ZERO_CHILDREN));
	/* Children of a dead VMO are its parent's. */
	child = zx_test_child(vmo, SNAPSHOT, 0, PAGE);
	grandchild = zx_test_child(child, SNAPSHOT, 0, PAGE);
	zx_test_child(child, SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_handle_close(child), OK);
	EXPECT_EQ(zx_test_info(vmo).num_children, 2);
	EXPECT_EQ(zx_test_info(grandchild).parent_koid, zx_test_info(vmo).koid);
	EXPECT(!zx_test_signaled(vmo, ZX_VMO_ZERO_CHILDREN));
}

TEST(failure_leaves_nothing)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int fds = test_open_fds();

	EXPECT_ZX(try(vmo, SNAPSHOT, 1, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_child(vmo, SNAPSHOT, 0, PAGE, NULL),
		  INVALID_ARGS);
	EXPECT_EQ(zx_test_info(vmo).num_children, 0);
	EXPECT(zx_test_signaled(vmo, ZX_VMO_ZERO_CHILDREN));
	EXPECT_EQ(test_open_fds(), fds);
}

TEST(creation_costs_no_page)
{
	zx_handle_t vmo = zx_test_create(16 * PAGE, 0);
	unsigned int i;

	zx_test_fill(vmo, 0, 16 * PAGE, 1);
	for (i = 0; i < COUNT(kinds); i++)
		zx_test_child(vmo, kinds[i], 0,
			      kinds[i] == REFERENCE ? 0 : 16 * PAGE);
	EXPECT_EQ(test_stats().pages, 16);
}
