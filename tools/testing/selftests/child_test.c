// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - creating children: kinds, rules, errors and their order
 */
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#define SNAPSHOTS                                                      \
	(ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE | \
	 ZVMO_CHILD_SNAPSHOT_MODIFIED)
#define KINDS (SNAPSHOTS | ZVMO_CHILD_SLICE | ZVMO_CHILD_REFERENCE)
#define FLAGS (ZVMO_CHILD_RESIZABLE | ZVMO_CHILD_NO_WRITE)

static const uint32_t snapshot_kinds[] = {
	ZVMO_CHILD_SNAPSHOT,
	ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE,
	ZVMO_CHILD_SNAPSHOT_MODIFIED,
};

/* One call, and all that the rules look at. */
struct child_call {
	int parent;
	struct zvmo_info info; /* of the parent */
	uint64_t base; /* where the parent begins in its first ancestor */
	uint32_t options;
	uint64_t offset;
	uint64_t size;
};

static int expected_snapshot_error(const struct child_call *call)
{
	uint64_t size = (call->size + PAGE - 1) / PAGE * PAGE;

	if (size > ZVMO_SIZE_MAX || call->offset > ZVMO_SIZE_MAX ||
	    call->offset + size > ZVMO_SIZE_MAX)
		return -EFBIG;
	if (call->base + call->offset + size > ZVMO_SIZE_MAX)
		return -EINVAL;
	return call->info.flags & ZVMO_INFO_IS_SLICE ? -EOPNOTSUPP : 0;
}

static int expected_slice_error(const struct child_call *call)
{
	uint64_t size = (call->size + PAGE - 1) / PAGE * PAGE;

	if (size > ZVMO_SIZE_MAX)
		return -EFBIG;
	if (call->offset > call->info.size ||
	    size > call->info.size - call->offset)
		return -EINVAL;
	return call->info.flags & ZVMO_INFO_RESIZABLE ? -EOPNOTSUPP : 0;
}

static int expected_reference_error(const struct child_call *call)
{
	if (call->info.flags & ZVMO_INFO_IS_SLICE)
		return -EOPNOTSUPP;
	if (!(call->options & ZVMO_CHILD_RESIZABLE))
		return 0;
	if (!(call->info.flags & ZVMO_INFO_RESIZABLE))
		return -EOPNOTSUPP;
	return call->info.rights & ZVMO_RIGHT_RESIZE ? 0 : -EACCES;
}

/* The documented errors in the documented order. */
static int expected_error(const struct child_call *call)
{
	uint32_t kind = call->options & KINDS;

	if (call->size > UINT64_MAX - (PAGE - 1))
		return -EFBIG;
	if ((call->options & FLAGS) == FLAGS)
		return -EINVAL;
	if (!(call->info.rights & ZVMO_RIGHT_DUPLICATE) ||
	    !(call->info.rights & ZVMO_RIGHT_READ))
		return -EACCES;
	if (call->info.flags & ZVMO_INFO_DISCARDABLE)
		return -EOPNOTSUPP;
	if (!kind || (kind & (kind - 1)) || (call->options & ~(KINDS | FLAGS)))
		return -EINVAL;
	if (kind == ZVMO_CHILD_SLICE && (call->options & ZVMO_CHILD_RESIZABLE))
		return -EINVAL;
	if (call->offset % PAGE)
		return -EINVAL;
	if (kind == ZVMO_CHILD_REFERENCE && (call->offset || call->size))
		return -EINVAL;
	if (kind & SNAPSHOTS)
		return expected_snapshot_error(call);
	return kind == ZVMO_CHILD_SLICE ? expected_slice_error(call) :
					  expected_reference_error(call);
}

static uint32_t expected_rights(const struct child_call *call)
{
	uint32_t rights = call->info.rights & ~ZVMO_RIGHT_RESIZE;

	rights |= ZVMO_RIGHT_GET_PROPERTY | ZVMO_RIGHT_SET_PROPERTY;
	if (call->options & ZVMO_CHILD_RESIZABLE)
		rights |= ZVMO_RIGHT_RESIZE;
	if (call->options & ZVMO_CHILD_NO_WRITE)
		rights &= ~ZVMO_RIGHT_WRITE;
	else if (call->options & SNAPSHOTS)
		rights = (rights | ZVMO_RIGHT_WRITE) & ~ZVMO_RIGHT_EXECUTE;
	return rights;
}

static uint32_t expected_flags(const struct child_call *call)
{
	uint32_t flags = ZVMO_INFO_TYPE_PAGED | ZVMO_INFO_VIA_HANDLE;

	if (call->options & SNAPSHOTS)
		flags |= ZVMO_INFO_IS_COW_CLONE;
	if (call->options & ZVMO_CHILD_SLICE)
		flags |= ZVMO_INFO_IS_SLICE;
	if (call->options & ZVMO_CHILD_REFERENCE) {
		flags |= ZVMO_INFO_IS_REFERENCE;
		flags |= call->info.flags & ZVMO_INFO_RESIZABLE;
	}
	if (call->options & ZVMO_CHILD_RESIZABLE)
		flags |= ZVMO_INFO_RESIZABLE;
	if (call->options == (ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_NO_WRITE))
		flags |= ZVMO_INFO_IMMUTABLE;
	return flags;
}

static void check_child(const struct child_call *call, int fd)
{
	struct zvmo_info info = test_info(fd);
	bool reference = call->options & ZVMO_CHILD_REFERENCE;

	EXPECT_EQ(info.rights, expected_rights(call));
	EXPECT_EQ(info.flags, expected_flags(call));
	EXPECT_EQ(info.parent_koid, call->info.koid);
	EXPECT_EQ(info.num_children, 0);
	EXPECT_EQ(info.size, reference ? call->info.size :
					 (call->size + PAGE - 1) / PAGE * PAGE);
	EXPECT_EQ(info.stream_size,
		  reference ? call->info.stream_size : call->size);
	EXPECT_EQ(test_info(call->parent).num_children,
		  call->info.num_children + 1);
}

static void check_call(const struct child_call *call)
{
	int expected = expected_error(call);
	int fd;

	test_context(
		"parent flags %#x rights %#x, options %#x, offset %#llx, size %#llx",
		call->info.flags, call->info.rights, call->options,
		(unsigned long long)call->offset,
		(unsigned long long)call->size);
	fd = zvmo_create_child(call->parent, call->options, call->offset,
			       call->size);
	if (expected) {
		EXPECT_EQ(fd, expected);
	} else if (EXPECT_GE(fd, 0)) {
		check_child(call, fd);
	}
	if (fd >= 0)
		close(fd);
}

/* Each interesting pair of offset and size, with these options. */
static void check_windows(struct child_call *call)
{
	const uint64_t sizes[] = { 0,
				   1,
				   PAGE,
				   3 * PAGE,
				   ZVMO_SIZE_MAX,
				   ZVMO_SIZE_MAX + 1,
				   UINT64_MAX - PAGE + 1,
				   UINT64_MAX - PAGE + 2,
				   UINT64_MAX };
	const uint64_t offsets[] = { 0,
				     1,
				     PAGE,
				     2 * PAGE,
				     4 * PAGE,
				     ZVMO_SIZE_MAX - PAGE,
				     ZVMO_SIZE_MAX,
				     UINT64_MAX - PAGE + 1,
				     UINT64_MAX };
	unsigned int i, j;

	for (i = 0; i < COUNT(sizes); i++) {
		for (j = 0; j < COUNT(offsets); j++) {
			call->size = sizes[i];
			call->offset = offsets[j];
			check_call(call);
		}
	}
}

/* Every combination of options, and those of one kind with every window. */
static void check_parent_handle(int parent, uint64_t base)
{
	struct child_call call = { .parent = parent, .base = base };
	uint32_t options;

	call.info = test_info(parent);
	call.size = PAGE;
	for (options = 0; options < 256; options++) {
		call.options = options;
		check_call(&call);
	}
	for (options = 256; options; options <<= 1) {
		call.options = options | ZVMO_CHILD_SNAPSHOT;
		check_call(&call);
		call.options |= FLAGS;
		check_call(&call);
	}
	for (options = 1; options < 256; options <<= 1) {
		call.options = options;
		check_windows(&call);
		call.options = options | ZVMO_CHILD_RESIZABLE;
		check_windows(&call);
		call.options = options | ZVMO_CHILD_NO_WRITE;
		check_windows(&call);
	}
	EXPECT_EQ(test_info(parent).num_children, call.info.num_children);
}

/* ... with various rights. */
static void check_parent(int parent, uint64_t base)
{
	static const uint32_t removed[] = {
		ZVMO_RIGHT_DUPLICATE,
		ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE,
		ZVMO_RIGHT_WRITE | ZVMO_RIGHT_GET_PROPERTY |
			ZVMO_RIGHT_SET_PROPERTY | ZVMO_RIGHT_RESIZE,
	};
	uint32_t rights = test_info(parent).rights;
	unsigned int open = test_open_fds(), i;

	check_parent_handle(parent, base);
	for (i = 0; i < COUNT(removed); i++) {
		int fd = test_duplicate(parent, rights & ~removed[i]);

		check_parent_handle(fd, base);
		test_close(fd);
	}
	EXPECT_EQ(test_open_fds(), open);
}

TEST(rules_fixed)
{
	check_parent(test_create(3 * PAGE, 0), 0);
}

TEST(rules_resizable)
{
	check_parent(test_create(3 * PAGE, ZVMO_RESIZABLE), 0);
}

TEST(rules_discardable)
{
	check_parent(test_create(3 * PAGE, ZVMO_DISCARDABLE), 0);
}

TEST(rules_unbounded)
{
	check_parent(test_create(5, ZVMO_UNBOUNDED), 0);
}

TEST(rules_snapshot)
{
	int parent = test_create(8 * PAGE, 0);

	check_parent(test_child(parent, ZVMO_CHILD_SNAPSHOT, 2 * PAGE,
				3 * PAGE),
		     2 * PAGE);
}

TEST(rules_resizable_snapshot)
{
	int parent = test_create(8 * PAGE, 0);

	check_parent(test_child(parent,
				ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
				PAGE, 5),
		     PAGE);
}

TEST(rules_slice)
{
	int parent = test_create(8 * PAGE, 0);

	check_parent(test_child(parent, ZVMO_CHILD_SLICE, 0, 3 * PAGE), 0);
}

TEST(rules_reference)
{
	int parent = test_create(3 * PAGE, ZVMO_RESIZABLE);

	check_parent(test_child(parent, ZVMO_CHILD_REFERENCE, 0, 0), 0);
	check_parent(test_child(parent,
				ZVMO_CHILD_REFERENCE | ZVMO_CHILD_RESIZABLE, 0,
				0),
		     0);
}

/* The window counts from the first ancestor. */
TEST(distance_from_the_first_ancestor)
{
	int parent = test_create(0, ZVMO_UNBOUNDED);
	int far = test_child(parent, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
			     ZVMO_SIZE_MAX - 2 * PAGE, PAGE);
	uint32_t options;

	check_parent(far, ZVMO_SIZE_MAX - 2 * PAGE);
	EXPECT_EQ(zvmo_set_size(far, 2 * PAGE), 0);
	EXPECT_EQ(zvmo_set_size(far, 2 * PAGE + 1), -EINVAL);
	EXPECT_EQ(zvmo_set_size(far, ZVMO_SIZE_MAX), -EINVAL);
	EXPECT_EQ(zvmo_set_size(far, ZVMO_SIZE_MAX + 1), -EFBIG);
	EXPECT_EQ(test_info(far).size, 2 * PAGE);
	test_fill(far, 0, 2 * PAGE, 3);
	EXPECT_EQ(zvmo_write(far, 2 * PAGE, "", 1), -EFBIG);
	/* Also after the ancestor is gone. */
	test_close(parent);
	for (options = 0; options < COUNT(snapshot_kinds); options++)
		EXPECT_EQ(zvmo_create_child(far, snapshot_kinds[options], PAGE,
					    2 * PAGE),
			  -EINVAL);
	EXPECT(test_holds(test_child(far, ZVMO_CHILD_SNAPSHOT, PAGE, PAGE), 0,
			  PAGE, 3));
}

TEST(names)
{
	int fd = test_create(PAGE, 0), mute, child;

	ASSERT_EQ(zvmo_set_name(fd, "parent"), 0);
	child = test_snapshot(fd);
	EXPECT_STREQ(test_info(child).name, "parent");
	ASSERT_EQ(zvmo_set_name(child, "child"), 0);
	EXPECT_STREQ(test_info(fd).name, "parent");
	EXPECT_STREQ(test_info(test_snapshot(child)).name, "child");
	EXPECT_STREQ(test_info(test_child(fd, ZVMO_CHILD_SLICE, 0, 0)).name,
		     "parent");
	EXPECT_STREQ(test_info(test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0)).name,
		     "parent");
	mute = test_duplicate(fd,
			      test_info(fd).rights & ~ZVMO_RIGHT_GET_PROPERTY);
	EXPECT_STREQ(test_info(test_snapshot(mute)).name, "");
}

TEST(immutable)
{
	int fd = test_create(PAGE, 0), child, copy;
	void *address;

	test_fill(fd, 0, PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_NO_WRITE, 0,
			   PAGE);
	EXPECT(test_info(child).flags & ZVMO_INFO_IMMUTABLE);
	EXPECT_EQ(zvmo_write(child, 0, "x", 1), -EBADF);
	EXPECT_EQ(zvmo_zero(child, 0, PAGE), -EACCES);
	EXPECT_EQ(zvmo_commit(child, 0, PAGE), -EACCES);
	EXPECT_EQ(zvmo_map(child, 0, PAGE, PROT_READ | PROT_WRITE, 0, &address),
		  -EACCES);
	copy = test_duplicate(child, ZVMO_RIGHT_SAME_RIGHTS);
	EXPECT(test_info(copy).flags & ZVMO_INFO_IMMUTABLE);
	EXPECT(test_holds(copy, 0, PAGE, 1));
	/* Its own snapshot may be written. */
	copy = test_snapshot(child);
	test_fill(copy, 0, PAGE, 2);
	EXPECT(test_holds(child, 0, PAGE, 1));
	EXPECT(!(test_info(copy).flags & ZVMO_INFO_IMMUTABLE));
}

/* Writable children of a handle without WRITE. */
TEST(snapshot_gains_write)
{
	int fd = test_create(PAGE, 0), reader, child;
	unsigned int i;

	test_fill(fd, 0, PAGE, 1);
	reader = test_duplicate(fd, ZVMO_RIGHT_READ | ZVMO_RIGHT_DUPLICATE);
	for (i = 0; i < COUNT(snapshot_kinds); i++) {
		child = test_child(reader, snapshot_kinds[i], 0, PAGE);
		test_fill(child, 0, PAGE, 2);
		EXPECT(test_holds(child, 0, PAGE, 2));
		EXPECT(test_holds(fd, 0, PAGE, 1));
	}
	child = test_child(reader, ZVMO_CHILD_SLICE, 0, PAGE);
	EXPECT_EQ(zvmo_write(child, 0, "x", 1), -EBADF);
	child = test_child(reader, ZVMO_CHILD_REFERENCE, 0, 0);
	EXPECT_EQ(zvmo_write(child, 0, "x", 1), -EBADF);
}

TEST(windows_of_snapshots)
{
	int fd = test_create(4 * PAGE, 0), child, grandchild;
	unsigned int i;

	for (i = 0; i < 4; i++)
		test_fill(fd, i * PAGE, PAGE, 10 + i);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, 2 * PAGE + 7);
	EXPECT_EQ(test_info(child).size, 3 * PAGE);
	EXPECT_EQ(test_info(child).committed_bytes, 3 * PAGE);
	EXPECT(test_holds(child, 0, PAGE, 11));
	EXPECT(test_holds(child, PAGE, PAGE, 12));
	EXPECT(test_holds(child, 2 * PAGE, 7, 13));
	/* Partly beyond, wholly beyond, and a clone of that. */
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 3 * PAGE, 3 * PAGE);
	EXPECT(test_holds(child, 0, PAGE, 13));
	EXPECT(test_holds(child, PAGE, 2 * PAGE, 0));
	EXPECT_EQ(test_info(child).committed_bytes, PAGE);
	grandchild = test_child(child, ZVMO_CHILD_SNAPSHOT, PAGE, PAGE);
	EXPECT(test_holds(grandchild, 0, PAGE, 0));
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 100 * PAGE, 2 * PAGE);
	EXPECT(test_holds(child, 0, 2 * PAGE, 0));
	test_fill(child, PAGE, PAGE, 5);
	EXPECT(test_holds(child, 0, PAGE, 0));
	EXPECT(test_holds(child, PAGE, PAGE, 5));
}

/* A grandchild sees at most what its parent sees. */
TEST(small_windows_cut)
{
	int fd = test_create(4 * PAGE, 0), child, grandchild;

	test_fill(fd, 0, 4 * PAGE, 9);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, PAGE);
	grandchild = test_child(child, ZVMO_CHILD_SNAPSHOT, 0, 3 * PAGE);
	EXPECT(test_holds(grandchild, 0, PAGE, 9));
	EXPECT(test_holds(grandchild, PAGE, 2 * PAGE, 0));
	EXPECT_EQ(test_info(grandchild).committed_bytes, PAGE);
	EXPECT_EQ(test_stats().pages, 4);
}

TEST(slice_is_the_parent)
{
	int fd = test_create(4 * PAGE, 0), slice, inner;

	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	inner = test_child(slice, ZVMO_CHILD_SLICE, PAGE, PAGE);
	test_fill(fd, PAGE, PAGE, 1);
	EXPECT(test_holds(slice, 0, PAGE, 1));
	test_fill(inner, 0, PAGE, 2);
	EXPECT(test_holds(slice, PAGE, PAGE, 2));
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 2));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
	EXPECT_EQ(test_info(slice).committed_bytes, 2 * PAGE);
	EXPECT_EQ(test_info(inner).committed_bytes, PAGE);
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(test_stats().cows, 1);
	EXPECT_EQ(zvmo_write(inner, PAGE, "x", 1), -EFBIG);
	/* It keeps all of the parent. */
	test_close(fd);
	EXPECT(test_holds(slice, 0, PAGE, 1));
	EXPECT_EQ(test_info(slice).parent_koid, 0);
	EXPECT_EQ(zvmo_zero(slice, 0, 2 * PAGE), 0);
	EXPECT(test_holds(inner, 0, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(slice_of_a_snapshot)
{
	int fd = test_create(4 * PAGE, 0), child, slice;

	test_fill(fd, 0, 4 * PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, 3 * PAGE);
	slice = test_child(child, ZVMO_CHILD_SLICE, PAGE, PAGE);
	test_fill(slice, 0, PAGE, 2);
	EXPECT(test_holds(child, 0, PAGE, 1));
	EXPECT(test_holds(child, PAGE, PAGE, 2));
	EXPECT(test_holds(fd, 0, 4 * PAGE, 1));
	test_fill(child, PAGE, 10, 3);
	EXPECT(test_holds(slice, 0, 10, 3));
	EXPECT(test_holds(slice, 10, PAGE - 10, 2));
}

/* A slice seen while the parent's page moves to another by copy-on-write. */
TEST(slice_of_a_snapshotted_parent)
{
	int fd = test_create(2 * PAGE, 0), slice, child;

	test_fill(fd, 0, 2 * PAGE, 1);
	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, PAGE);
	child = test_snapshot(fd);
	test_fill(slice, 0, PAGE, 2);
	EXPECT(test_holds(fd, PAGE, PAGE, 2));
	EXPECT(test_holds(child, 0, 2 * PAGE, 1));
	test_fill(fd, PAGE, PAGE, 3);
	EXPECT(test_holds(slice, 0, PAGE, 3));
	EXPECT_EQ(test_stats().pages, 3);
}

TEST(empty_slices)
{
	int fd = test_create(2 * PAGE, 0), slice;
	unsigned int i;
	char byte;

	for (i = 0; i <= 2; i++) {
		slice = test_child(fd, ZVMO_CHILD_SLICE, i * PAGE, 0);
		EXPECT_EQ(test_info(slice).size, 0);
		EXPECT_EQ(test_info(slice).committed_bytes, 0);
		EXPECT_EQ(zvmo_read(slice, 0, &byte, 1), 0);
		EXPECT_EQ(zvmo_write(slice, 0, "x", 1), -EFBIG);
	}
	EXPECT_EQ(zvmo_slice(fd, 3 * PAGE, 0), -EINVAL);
}

TEST(reference_is_the_same)
{
	int fd = test_create(100, ZVMO_RESIZABLE), reference, second;

	reference = test_child(fd, ZVMO_CHILD_REFERENCE | ZVMO_CHILD_RESIZABLE,
			       0, 0);
	second = test_child(reference, ZVMO_CHILD_REFERENCE, 0, 0);
	EXPECT_NE(test_info(fd).koid, test_info(reference).koid);
	EXPECT_EQ(test_info(second).parent_koid, test_info(reference).koid);
	test_fill(second, 0, 100, 1);
	EXPECT(test_holds(fd, 0, 100, 1));
	EXPECT_EQ(zvmo_set_size(reference, 3 * PAGE + 5), 0);
	EXPECT_EQ(test_info(fd).stream_size, 3 * PAGE + 5);
	EXPECT_EQ(test_info(second).size, 4 * PAGE);
	EXPECT_EQ(zvmo_set_size(second, PAGE), -EACCES);
	EXPECT_EQ(test_info(reference).committed_bytes, PAGE);
	EXPECT_EQ(test_stats().cows, 1);
	EXPECT_EQ(test_stats().vmos, 3);
	/* The original may die first. */
	test_close(fd);
	EXPECT_EQ(test_info(reference).parent_koid, 0);
	EXPECT(test_holds(second, 0, 100, 1));
	EXPECT_EQ(zvmo_set_size(reference, 50), 0);
	EXPECT_EQ(test_info(second).stream_size, 50);
}

TEST(snapshot_of_a_reference)
{
	int fd = test_create(PAGE, 0), reference, child;

	test_fill(fd, 0, PAGE, 1);
	reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	child = test_snapshot(reference);
	test_fill(fd, 0, PAGE, 2);
	EXPECT(test_holds(reference, 0, PAGE, 2));
	EXPECT(test_holds(child, 0, PAGE, 1));
	EXPECT_EQ(test_info(reference).num_children, 1);
	EXPECT_EQ(test_info(fd).num_children, 1);
}

static bool has_no_children(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLPRI };

	return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLPRI);
}

/* POLLPRI goes before the child can be seen, and stays if none is made. */
TEST(signal_is_cleared)
{
	static const uint32_t kinds[] = { ZVMO_CHILD_SNAPSHOT, ZVMO_CHILD_SLICE,
					  ZVMO_CHILD_REFERENCE };
	int fd = test_create(PAGE, 0), child;
	unsigned int i;

	EXPECT(has_no_children(fd));
	for (i = 0; i < COUNT(kinds); i++) {
		child = test_child(fd, kinds[i], 0, 0);
		EXPECT(!has_no_children(fd));
		EXPECT(has_no_children(child));
		test_close(child);
		EXPECT(has_no_children(fd));
		EXPECT_EQ(zvmo_create_child(fd, kinds[i], 1, 0), -EINVAL);
		EXPECT(has_no_children(fd));
	}
}

/* Nothing is copied or allocated for content, whatever the size. */
TEST(creation_costs_no_page)
{
	int fd = test_create(64 * PAGE, 0);
	struct test_stats before, after;

	test_fill(fd, 0, 64 * PAGE, 1);
	before = test_stats();
	test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, 64 * PAGE);
	test_child(fd, ZVMO_CHILD_SLICE, PAGE, PAGE);
	test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	after = test_stats();
	EXPECT_EQ(after.pages, before.pages);
	EXPECT_EQ(after.nodes, before.nodes);
	EXPECT_EQ(after.cows, before.cows + 1);
	EXPECT_EQ(after.vmos, before.vmos + 3);
}
