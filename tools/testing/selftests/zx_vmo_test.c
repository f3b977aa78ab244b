// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - zx_vmo_*: creation, bytes, sizes, memory types, transfer
 */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "zx.h"

#define MAX ZVMO_SIZE_MAX

static uint64_t size_of(zx_handle_t vmo)
{
	uint64_t size = 1;

	EXPECT_ZX(zx_vmo_get_size(vmo, &size), OK);
	return size;
}

/* zx_vmo_create() */

TEST(create_sizes)
{
	zx_handle_t vmo = zx_test_create(0, 0);

	EXPECT_EQ(size_of(vmo), 0);
	EXPECT_EQ(zx_test_stream_size(vmo), 0);
	vmo = zx_test_create(1, 0);
	EXPECT_EQ(size_of(vmo), PAGE);
	EXPECT_EQ(zx_test_stream_size(vmo), 1);
	vmo = zx_test_create(PAGE + 904, 0);
	EXPECT_EQ(size_of(vmo), 2 * PAGE);
	EXPECT_EQ(zx_test_stream_size(vmo), PAGE + 904);
	vmo = zx_test_create(MAX, 0);
	EXPECT_EQ(size_of(vmo), MAX);
	EXPECT_EQ(zx_test_stream_size(vmo), MAX);
}

TEST(create_too_large)
{
	zx_handle_t vmo = 77;

	EXPECT_ZX(zx_vmo_create(MAX + 1, 0, &vmo), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_create(UINT64_MAX, 0, &vmo), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_create(UINT64_MAX - PAGE + 2, 0, &vmo), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_create(MAX + 1, ZX_VMO_RESIZABLE, &vmo), OUT_OF_RANGE);
	EXPECT_EQ(vmo, 77);
}

TEST(create_options)
{
	zx_handle_t vmo = 77;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		uint32_t option = 1U << bit;

		if (option == ZX_VMO_RESIZABLE ||
		    option == ZX_VMO_DISCARDABLE || option == ZX_VMO_UNBOUNDED)
			continue;
		test_context("option %#x", option);
		EXPECT_ZX(zx_vmo_create(PAGE, option, &vmo), INVALID_ARGS);
		EXPECT_EQ(vmo, 77);
	}
	test_context("%s", "");
	EXPECT_ZX(zx_vmo_create(PAGE, ZX_VMO_RESIZABLE | ZX_VMO_UNBOUNDED,
				&vmo),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create(PAGE, ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE,
				&vmo),
		  OK);
	EXPECT_ZX(zx_vmo_create(PAGE, ZX_VMO_UNBOUNDED | ZX_VMO_DISCARDABLE,
				&vmo),
		  OK);
}

TEST(create_unbounded)
{
	zx_handle_t vmo = zx_test_create(5, ZX_VMO_UNBOUNDED);

	EXPECT_EQ(size_of(vmo), MAX);
	EXPECT_EQ(zx_test_stream_size(vmo), 5);
	EXPECT_ZX(zx_vmo_set_size(vmo, PAGE), UNAVAILABLE);
	EXPECT_ZX(zx_vmo_create(MAX + 1, ZX_VMO_UNBOUNDED, &vmo), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_create(MAX, ZX_VMO_UNBOUNDED, &vmo), OK);
}

TEST(create_state)
{
	zx_info_vmo_t info = zx_test_info(zx_test_create(3 * PAGE, 0));

	EXPECT_GE(info.koid, ZX_KOID_FIRST);
	EXPECT_EQ(info.parent_koid, 0);
	EXPECT_STREQ(info.name, "");
	EXPECT_EQ(info.committed_bytes, 0);
	EXPECT_EQ(info.cache_policy, ZX_CACHE_POLICY_CACHED);
	EXPECT_EQ(info.flags, ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE);
	EXPECT_EQ(info.handle_rights, ZX_DEFAULT_VMO_RIGHTS);
	EXPECT(!(info.handle_rights & ZX_RIGHT_EXECUTE));
	info = zx_test_info(zx_test_create(PAGE, ZX_VMO_RESIZABLE));
	EXPECT(info.flags & ZX_INFO_VMO_RESIZABLE);
	EXPECT_EQ(info.handle_rights, ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_RESIZE);
	info = zx_test_info(zx_test_create(PAGE, ZX_VMO_DISCARDABLE));
	EXPECT(info.flags & ZX_INFO_VMO_DISCARDABLE);
	EXPECT_EQ(info.handle_rights, ZX_DEFAULT_VMO_RIGHTS);
}

TEST(create_zeros_and_signal)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);

	EXPECT(zx_test_holds(vmo, 0, 2 * PAGE, 0));
	EXPECT(zx_test_signaled(vmo, ZX_VMO_ZERO_CHILDREN));
}

TEST(create_needs_a_place)
{
	unsigned int fds = test_open_fds();

	EXPECT_ZX(zx_vmo_create(PAGE, 0, NULL), INVALID_ARGS);
	EXPECT_EQ(test_open_fds(), fds);
	EXPECT_EQ(test_stats().vmos, 0);
}

/* Of descriptors, in Linux; Zircon's handles take memory. */
TEST(create_out_of_descriptors)
{
	struct rlimit limit = { .rlim_cur = 16, .rlim_max = 16 };
	zx_handle_t vmo = zx_test_create(PAGE, 0), last = 0, made;
	zx_status_t status;

	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (!(status =
			 zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS, &made)))
		last = made;
	EXPECT_ZX(status, NO_MEMORY);
	EXPECT_ZX(zx_vmo_create(PAGE, 0, &made), NO_MEMORY);
	EXPECT_ZX(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE,
				      &made),
		  NO_MEMORY);
	/* It is closed only after its replacement was made. */
	EXPECT_ZX(zx_handle_replace(last, ZX_RIGHT_SAME_RIGHTS, &made),
		  NO_MEMORY);
	EXPECT_ZX(zx_handle_close(last), BAD_HANDLE);
	EXPECT_EQ(zx_test_info(vmo).num_children, 0);
}

/* zx_vmo_create_contiguous(), zx_vmo_create_physical() */

TEST(contiguous_arguments)
{
	zx_handle_t vmo = 77;

	zx_test_needs_64_bits();
	EXPECT_ZX(zx_vmo_create_contiguous(0, 0, 0, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE - 1, 0, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE + 1, 0, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 1, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 11, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 64, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, UINT32_MAX, &vmo),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 0, NULL), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_contiguous(0, MAX + PAGE, 0, &vmo),
		  OUT_OF_RANGE);
	/* A malformed alignment beats a size that is too large. */
	EXPECT_ZX(zx_vmo_create_contiguous(0, MAX + PAGE, 64, &vmo),
		  INVALID_ARGS);
	EXPECT_EQ(vmo, 77);
}

TEST(contiguous_not_supported)
{
	zx_handle_t vmo = 77;

	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 0, &vmo), NOT_SUPPORTED);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 16, &vmo), NOT_SUPPORTED);
	EXPECT_ZX(zx_vmo_create_contiguous(0, PAGE, 63, &vmo), NOT_SUPPORTED);
	EXPECT_ZX(zx_vmo_create_contiguous(0, (size_t)MAX, 0, &vmo),
		  NOT_SUPPORTED);
	EXPECT_EQ(vmo, 77);
}

TEST(physical_arguments)
{
	zx_handle_t vmo = 77;

	zx_test_needs_64_bits();
	EXPECT_ZX(zx_vmo_create_physical(0, 0, 0, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_physical(0, 0, PAGE + 1, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_physical(0, 1, PAGE, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_physical(0, -PAGE, PAGE, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_physical(0, PAGE, -PAGE, &vmo), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_physical(0, 0, PAGE, NULL), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_create_physical(0, 0, MAX + PAGE, &vmo), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_create_physical(0, 0, PAGE, &vmo), NOT_SUPPORTED);
	EXPECT_EQ(vmo, 77);
}

/* zx_vmo_read(), zx_vmo_write() */

TEST(read_write_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t reader = zx_test_with(vmo, ZX_RIGHT_READ);
	zx_handle_t writer = zx_test_with(vmo, ZX_RIGHT_WRITE);
	char byte = 5;

	EXPECT_ZX(zx_vmo_write(reader, &byte, 0, 1), ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_read(writer, &byte, 0, 1), ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_write(writer, &byte, 0, 1), OK);
	byte = 0;
	EXPECT_ZX(zx_vmo_read(reader, &byte, 0, 1), OK);
	EXPECT_EQ(byte, 5);
	/* A missing right beats a range outside, and an empty one. */
	EXPECT_ZX(zx_vmo_write(reader, &byte, PAGE, 1), ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_read(writer, &byte, PAGE, 1), ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_write(reader, &byte, 0, 0), ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_read(writer, &byte, 0, 0), ACCESS_DENIED);
}

TEST(read_write_ranges)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	char bytes[2] = { 1, 2 };

	EXPECT_ZX(zx_vmo_read(vmo, bytes, PAGE - 1, 2), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, PAGE - 1, 2), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_read(vmo, bytes, PAGE, 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, PAGE, 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_read(vmo, bytes, UINT64_MAX, 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, UINT64_MAX, 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_read(vmo, bytes, UINT64_MAX, 2), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_read(vmo, bytes, 1, SIZE_MAX), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, 1, SIZE_MAX), OUT_OF_RANGE);
	/* Nothing was transferred. */
	EXPECT(zx_test_holds(vmo, 0, PAGE, 0));
	EXPECT_EQ(bytes[0], 1);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 0);
}

TEST(read_write_nothing)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(zx_vmo_read(vmo, NULL, 0, 0), OK);
	EXPECT_ZX(zx_vmo_write(vmo, NULL, 0, 0), OK);
	EXPECT_ZX(zx_vmo_read(vmo, NULL, PAGE, 0), OK);
	EXPECT_ZX(zx_vmo_write(vmo, NULL, PAGE, 0), OK);
	EXPECT_ZX(zx_vmo_read(vmo, NULL, PAGE + 1, 0), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, NULL, PAGE + 1, 0), OUT_OF_RANGE);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 0);
}

/* To the VMO's size; the stream size neither stops it nor changes. */
TEST(read_write_beyond_stream)
{
	zx_handle_t vmo = zx_test_create(10, 0);
	char bytes[4] = "abc", found[4] = "";

	EXPECT_ZX(zx_vmo_write(vmo, bytes, 100, 4), OK);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, PAGE - 4, 4), OK);
	EXPECT_EQ(zx_test_stream_size(vmo), 10);
	EXPECT_ZX(zx_vmo_read(vmo, found, 100, 4), OK);
	EXPECT_STREQ(found, "abc");
	memset(found, 0, sizeof(found));
	EXPECT_ZX(zx_vmo_read(vmo, found, PAGE - 4, 4), OK);
	EXPECT_STREQ(found, "abc");
	/* A write does not extend a resizable VMO. */
	vmo = zx_test_create(10, ZX_VMO_RESIZABLE);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, PAGE, 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, bytes, 20, 1), OK);
	EXPECT_EQ(zx_test_stream_size(vmo), 10);
	EXPECT_EQ(size_of(vmo), PAGE);
}

TEST(read_commits_nothing)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);

	EXPECT(zx_test_holds(vmo, 0, 4 * PAGE, 0));
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 0);
	/* Writing zeros does. */
	zx_test_fill(vmo, PAGE, 1, 0);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, PAGE);
}

TEST(read_write_bad_buffer)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	void *nowhere = zx_test_no_memory();

	EXPECT_ZX(zx_vmo_read(vmo, nowhere, 0, 1), NOT_FOUND);
	EXPECT_ZX(zx_vmo_write(vmo, nowhere, 0, 1), NOT_FOUND);
	EXPECT_ZX(zx_vmo_read(vmo, NULL, 0, 1), NOT_FOUND);
	/* A range outside beats it. */
	EXPECT_ZX(zx_vmo_read(vmo, nowhere, PAGE, 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_write(vmo, nowhere, PAGE, 1), OUT_OF_RANGE);
}

TEST(read_write_uncached)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	char byte = 1;

	ASSERT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), OK);
	EXPECT_ZX(zx_vmo_read(vmo, &byte, 0, 1), BAD_STATE);
	EXPECT_ZX(zx_vmo_write(vmo, &byte, 0, 1), BAD_STATE);
	ASSERT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_CACHED), OK);
	EXPECT_ZX(zx_vmo_write(vmo, &byte, 0, 1), OK);
}

TEST(read_write_discarded)
{
	zx_handle_t vmo = zx_test_discarded(2 * PAGE);
	char byte = 1;

	EXPECT_ZX(zx_vmo_read(vmo, &byte, 0, 1), NOT_FOUND);
	EXPECT_ZX(zx_vmo_write(vmo, &byte, PAGE, 1), NOT_FOUND);
	EXPECT_ZX(zx_vmo_read(vmo, &byte, 2 * PAGE, 1), OUT_OF_RANGE);
}

/* zx_vmo_get_size(), zx_vmo_get_stream_size() */

TEST(get_sizes_need_no_right)
{
	zx_handle_t vmo = zx_test_with(zx_test_create(100, 0), ZX_RIGHT_NONE);

	EXPECT_EQ(size_of(vmo), PAGE);
	EXPECT_EQ(zx_test_stream_size(vmo), 100);
	EXPECT_ZX(zx_vmo_get_size(vmo, NULL), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_get_stream_size(vmo, NULL), INVALID_ARGS);
}

/* zx_vmo_set_size() */

TEST(set_size_order)
{
	zx_handle_t fixed = zx_test_create(PAGE, 0);
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);

	/* No WRITE, then not resizable, then no RESIZE, then the size. */
	EXPECT_ZX(zx_vmo_set_size(zx_test_without(fixed, ZX_RIGHT_WRITE),
				  UINT64_MAX),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_set_size(fixed, UINT64_MAX), UNAVAILABLE);
	EXPECT_ZX(zx_vmo_set_size(fixed, PAGE), UNAVAILABLE);
	EXPECT_ZX(zx_vmo_set_size(zx_test_without(vmo, ZX_RIGHT_WRITE), PAGE),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_set_size(zx_test_without(vmo, ZX_RIGHT_RESIZE),
				  UINT64_MAX),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_set_size(vmo, UINT64_MAX), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_set_size(vmo, MAX + 1), OUT_OF_RANGE);
	EXPECT_EQ(size_of(vmo), PAGE);
	EXPECT_ZX(zx_vmo_set_size(vmo, MAX), OK);
	EXPECT_EQ(size_of(vmo), MAX);
}

TEST(set_size_sets_both)
{
	zx_handle_t vmo = zx_test_create(0, ZX_VMO_RESIZABLE);

	EXPECT_ZX(zx_vmo_set_size(vmo, PAGE + 1), OK);
	EXPECT_EQ(size_of(vmo), 2 * PAGE);
	EXPECT_EQ(zx_test_stream_size(vmo), PAGE + 1);
	EXPECT_ZX(zx_vmo_set_size(vmo, 0), OK);
	EXPECT_EQ(size_of(vmo), 0);
	EXPECT_EQ(zx_test_stream_size(vmo), 0);
}

TEST(set_size_shrinks_for_good)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, ZX_VMO_RESIZABLE);

	zx_test_fill(vmo, 0, 3 * PAGE, 9);
	EXPECT_ZX(zx_vmo_set_size(vmo, PAGE + 10), OK);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 2 * PAGE);
	EXPECT_ZX(zx_vmo_set_size(vmo, 3 * PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE + 10, 9));
	EXPECT(zx_test_holds(vmo, PAGE + 10, 2 * PAGE - 10, 0));
}

/* The child's window is fixed when it is made; what was cut off is lost. */
TEST(set_size_of_a_clone)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0), child;

	zx_test_fill(vmo, 0, 3 * PAGE, 9);
	child = zx_test_child(vmo,
			      ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_RESIZABLE, 0,
			      2 * PAGE);
	EXPECT_ZX(zx_vmo_set_size(child, 3 * PAGE), OK);
	EXPECT(zx_test_holds(child, 0, 2 * PAGE, 9));
	EXPECT(zx_test_holds(child, 2 * PAGE, PAGE, 0));
	EXPECT_ZX(zx_vmo_set_size(child, PAGE), OK);
	EXPECT_ZX(zx_vmo_set_size(child, 2 * PAGE), OK);
	EXPECT(zx_test_holds(child, PAGE, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 0, 3 * PAGE, 9));
}

/* Seen from the first ancestor, the end would be too large. */
TEST(set_size_projected)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child;

	child = zx_test_child(vmo,
			      ZX_VMO_CHILD_SNAPSHOT | ZX_VMO_CHILD_RESIZABLE,
			      PAGE, PAGE);
	EXPECT_ZX(zx_vmo_set_size(child, MAX), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_set_size(child, MAX + 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_set_size(child, MAX - PAGE), OK);
	EXPECT_ZX(zx_vmo_set_size(child, MAX - PAGE + 1), INVALID_ARGS);
}

TEST(set_size_of_relatives)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE), child;

	child = zx_test_child(
		vmo, ZX_VMO_CHILD_REFERENCE | ZX_VMO_CHILD_RESIZABLE, 0, 0);
	EXPECT_ZX(zx_vmo_set_size(child, 2 * PAGE + 1), OK);
	EXPECT_EQ(size_of(vmo), 3 * PAGE);
	EXPECT_EQ(zx_test_stream_size(vmo), 2 * PAGE + 1);
	/* Without RESIZE in its handle. */
	child = zx_test_child(vmo, ZX_VMO_CHILD_REFERENCE, 0, 0);
	EXPECT_ZX(zx_vmo_set_size(child, PAGE), ACCESS_DENIED);
	/* A slice never is resizable. */
	vmo = zx_test_create(PAGE, 0);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SLICE, 0, PAGE);
	EXPECT_ZX(zx_vmo_set_size(child, 0), UNAVAILABLE);
}

TEST(set_size_of_discardable)
{
	zx_handle_t vmo =
		zx_test_create(PAGE, ZX_VMO_RESIZABLE | ZX_VMO_DISCARDABLE);

	EXPECT_ZX(zx_vmo_set_size(vmo, 2 * PAGE), OK);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_TRY_LOCK, 0, PAGE, NULL, 0),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_TRY_LOCK, 0, 2 * PAGE, NULL,
				  0),
		  OK);
}

/* zx_vmo_set_stream_size() */

TEST(set_stream_size_order)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);

	EXPECT_ZX(zx_vmo_set_stream_size(zx_test_without(vmo, ZX_RIGHT_WRITE),
					 UINT64_MAX),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, 2 * PAGE + 1), OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, UINT64_MAX), OUT_OF_RANGE);
	EXPECT_EQ(zx_test_stream_size(vmo), 2 * PAGE);
	/* Neither RESIZE nor a resizable VMO is needed. */
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, 3), OK);
	EXPECT_EQ(zx_test_stream_size(vmo), 3);
	EXPECT_EQ(size_of(vmo), 2 * PAGE);
}

TEST(set_stream_size_zeroes)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);

	zx_test_fill(vmo, 0, 4 * PAGE, 9);
	/* The same: no effect. */
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, 4 * PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, 4 * PAGE, 9));
	/* Smaller: zero from there on. */
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, PAGE + 7), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE + 7, 9));
	EXPECT(zx_test_holds(vmo, PAGE + 7, 3 * PAGE - 7, 0));
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 2 * PAGE);
	/* Larger: what lies beyond the old one is zeroed. */
	zx_test_fill(vmo, 0, 4 * PAGE, 8);
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, 3 * PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE + 7, 8));
	EXPECT(zx_test_holds(vmo, PAGE + 7, 3 * PAGE - 7, 0));
}

TEST(set_stream_size_of_relatives)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child;

	zx_test_fill(vmo, 0, 2 * PAGE, 9);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE);
	EXPECT_ZX(zx_vmo_set_stream_size(child, PAGE), OK);
	EXPECT_EQ(zx_test_stream_size(vmo), 2 * PAGE);
	EXPECT(zx_test_holds(child, PAGE, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 0, 2 * PAGE, 9));
	child = zx_test_child(vmo, ZX_VMO_CHILD_REFERENCE, 0, 0);
	EXPECT_ZX(zx_vmo_set_stream_size(child, PAGE), OK);
	EXPECT_EQ(zx_test_stream_size(vmo), PAGE);
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 0));
}

TEST(set_stream_size_uncached)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	ASSERT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), OK);
	EXPECT_ZX(zx_vmo_set_stream_size(vmo, 1), BAD_STATE);
}

/* zx_vmo_set_cache_policy() */

TEST(cache_policy_values)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);
	uint32_t policy;

	zx_test_fill(vmo, 0, PAGE, 9);
	for (policy = 4; policy; policy <<= 1) {
		test_context("policy %#x", policy);
		EXPECT_ZX(zx_vmo_set_cache_policy(vmo, policy), INVALID_ARGS);
		EXPECT_ZX(zx_vmo_set_cache_policy(vmo, policy | 1),
			  INVALID_ARGS);
	}
	for (policy = 0; policy <= ZX_CACHE_POLICY_MASK; policy++) {
		test_context("policy %#x", policy);
		EXPECT_ZX(zx_vmo_set_cache_policy(vmo, policy), OK);
		EXPECT_EQ(zx_test_info(vmo).cache_policy, policy);
	}
	test_context("%s", "");
	EXPECT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_CACHED), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 9));
}

TEST(cache_policy_right)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	/* Beats an unknown policy. */
	EXPECT_ZX(zx_vmo_set_cache_policy(zx_test_without(vmo, ZX_RIGHT_MAP),
					  99),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_set_cache_policy(zx_test_with(vmo, ZX_RIGHT_MAP),
					  ZX_CACHE_POLICY_UNCACHED),
		  OK);
}

TEST(cache_policy_relatives)
{
	static const uint32_t kinds[] = { ZX_VMO_CHILD_SNAPSHOT,
					  ZX_VMO_CHILD_SLICE,
					  ZX_VMO_CHILD_REFERENCE };
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	unsigned int i;

	for (i = 0; i < COUNT(kinds); i++) {
		test_context("kind %#x", kinds[i]);
		child = zx_test_child(vmo, kinds[i], 0, 0);
		EXPECT_ZX(zx_vmo_set_cache_policy(vmo, 1), BAD_STATE);
		EXPECT_ZX(zx_vmo_set_cache_policy(child, 1), BAD_STATE);
		/* An unknown policy beats that. */
		EXPECT_ZX(zx_vmo_set_cache_policy(child, 99), INVALID_ARGS);
		EXPECT_ZX(zx_handle_close(child), OK);
	}
	EXPECT_ZX(zx_vmo_set_cache_policy(vmo, 1), OK);
}

TEST(cache_policy_mapped)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vaddr_t address = zx_test_map(ZX_VM_PERM_READ, vmo, 0, PAGE);

	EXPECT_ZX(zx_vmo_set_cache_policy(vmo, 1), BAD_STATE);
	EXPECT_ZX(zx_vmar_unmap(zx_vmar_root_self(), address, PAGE), OK);
	EXPECT_ZX(zx_vmo_set_cache_policy(vmo, 1), OK);
}

TEST(cache_policy_of_discardable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);

	EXPECT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_CACHED), OK);
	EXPECT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED),
		  BAD_STATE);
}

/* zx_vmo_replace_as_executable() */

TEST(executable)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), replaced = 0;

	/* The guest runs tests with every privilege. */
	ASSERT_ZX(zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID,
					       &replaced),
		  OK);
	EXPECT_EQ(zx_test_info(replaced).handle_rights,
		  ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_EXECUTE);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	EXPECT_ZX(zx_handle_close(replaced), OK);
}

TEST(executable_needs_privilege)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), replaced = 77;
	pid_t process = test_fork();

	if (!process) {
		ASSERT_EQ(setresuid(65534, 65534, 65534), 0);
		EXPECT_ZX(zx_vmo_replace_as_executable(vmo, 0, &replaced),
			  ACCESS_DENIED);
		EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
		EXPECT_EQ(replaced, 77);
		_exit(0);
	}
	test_wait_for(process);
}

TEST(executable_consumes)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), replaced = 77;

	EXPECT_ZX(zx_vmo_replace_as_executable(vmo, zx_test_other(), &replaced),
		  WRONG_TYPE);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	vmo = zx_test_create(PAGE, 0);
	EXPECT_ZX(zx_vmo_replace_as_executable(vmo, zx_vmar_root_self(),
					       &replaced),
		  WRONG_TYPE);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	vmo = zx_test_create(PAGE, 0);
	EXPECT_ZX(zx_vmo_replace_as_executable(vmo, UINT32_MAX, &replaced),
		  BAD_HANDLE);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	vmo = zx_test_create(PAGE, 0);
	EXPECT_ZX(zx_vmo_replace_as_executable(vmo, 0, NULL), INVALID_ARGS);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	EXPECT_EQ(replaced, 77);
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(executable_of_no_vmo)
{
	zx_handle_t replaced = 77;

	EXPECT_ZX(zx_vmo_replace_as_executable(zx_test_other(), 0, &replaced),
		  BAD_HANDLE);
	EXPECT_ZX(zx_vmo_replace_as_executable(zx_test_closed(), 0, &replaced),
		  BAD_HANDLE);
	EXPECT_ZX(zx_vmo_replace_as_executable(0, 0, &replaced), BAD_HANDLE);
	EXPECT_ZX(zx_vmo_replace_as_executable(zx_vmar_root_self(), 0,
					       &replaced),
		  BAD_HANDLE);
	EXPECT_EQ(replaced, 77);
}

/* zx_vmo_transfer_data() */

TEST(transfer_arguments_come_first)
{
	zx_handle_t bad = zx_test_closed();

	EXPECT_ZX(zx_vmo_transfer_data(bad, 1, 0, 0, bad, 0), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_transfer_data(bad, 0, 1, 0, bad, 0), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_transfer_data(bad, 0, 0, 1, bad, 0), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_transfer_data(bad, 0, 0, 0, bad, 1), INVALID_ARGS);
	EXPECT_ZX(zx_vmo_transfer_data(bad, 0, 0, 0, bad, 0), BAD_HANDLE);
}

TEST(transfer_handles)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), other = zx_test_other();
	zx_handle_t src = zx_test_create(PAGE, 0);

	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, zx_test_closed(), 0),
		  BAD_HANDLE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, 0, 0), BAD_HANDLE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, other, 0), WRONG_TYPE);
	EXPECT_ZX(zx_vmo_transfer_data(other, 0, 0, PAGE, vmo, 0), WRONG_TYPE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, zx_vmar_root_self(), 0),
		  WRONG_TYPE);
	EXPECT_ZX(zx_vmo_transfer_data(zx_test_without(vmo, ZX_RIGHT_WRITE), 0,
				       0, PAGE, src, 0),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE,
				       zx_test_without(src, ZX_RIGHT_WRITE), 0),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE,
				       zx_test_without(src, ZX_RIGHT_READ), 0),
		  ACCESS_DENIED);
	/* A missing right beats a range outside. */
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, 2 * PAGE,
				       zx_test_without(src, ZX_RIGHT_READ), 0),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_vmo_transfer_data(zx_test_with(vmo, ZX_RIGHT_WRITE), 0, 0,
				       PAGE, src, 0),
		  OK);
}

TEST(transfer_ranges)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);
	zx_handle_t src = zx_test_create(PAGE, 0);
	uint64_t last = -PAGE;

	zx_test_fill(src, 0, PAGE, 9);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, 2 * PAGE, src, 0),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, src, PAGE),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 2 * PAGE, PAGE, src, 0),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, last, 2 * PAGE, src, 0),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, src, last),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 2 * PAGE, 0, src, PAGE), OK);
	EXPECT(zx_test_holds(src, 0, PAGE, 9));
	EXPECT(zx_test_holds(vmo, 0, 2 * PAGE, 0));
}

TEST(transfer_moves)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);
	zx_handle_t src = zx_test_create(3 * PAGE, 0);

	zx_test_fill(vmo, 0, 4 * PAGE, 1);
	zx_test_fill(src, 0, PAGE, 2);
	/* Page 1 is a hole, and goes along. */
	zx_test_fill(src, 2 * PAGE, PAGE, 3);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, PAGE, 3 * PAGE, src, 0), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 1));
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 2));
	EXPECT(zx_test_holds(vmo, 2 * PAGE, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 3 * PAGE, PAGE, 3));
	EXPECT(zx_test_holds(src, 0, 3 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 3);
}

TEST(transfer_from_a_clone)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t parent = zx_test_create(PAGE, 0), child;

	zx_test_fill(parent, 0, PAGE, 2);
	child = zx_test_child(parent, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, child, 0), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 2));
	EXPECT(zx_test_holds(child, 0, PAGE, 0));
	EXPECT(zx_test_holds(parent, 0, PAGE, 2));
	zx_test_fill(vmo, 0, 1, 7);
	EXPECT(zx_test_holds(parent, 0, PAGE, 2));
}

TEST(transfer_within)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);
	unsigned int i;

	for (i = 0; i < 4; i++)
		zx_test_fill(vmo, i * PAGE, PAGE, 10 + i);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, PAGE, 2 * PAGE, vmo, PAGE), OK);
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 11));
	/* As memmove(); what was not overwritten of the source is zero. */
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, PAGE, 2 * PAGE, vmo, 0), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 0));
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 10));
	EXPECT(zx_test_holds(vmo, 2 * PAGE, PAGE, 11));
	EXPECT(zx_test_holds(vmo, 3 * PAGE, PAGE, 13));
}

TEST(transfer_uncached)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t src = zx_test_create(PAGE, 0);

	ASSERT_ZX(zx_vmo_set_cache_policy(src, ZX_CACHE_POLICY_UNCACHED), OK);
	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, src, 0), BAD_STATE);
	EXPECT_ZX(zx_vmo_transfer_data(src, 0, 0, PAGE, vmo, 0), BAD_STATE);
}

TEST(transfer_discarded)
{
	zx_handle_t src = zx_test_discarded(PAGE);
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(zx_vmo_transfer_data(vmo, 0, 0, PAGE, src, 0), NOT_FOUND);
	EXPECT_ZX(zx_vmo_transfer_data(src, 0, 0, PAGE, vmo, 0), NOT_FOUND);
}
