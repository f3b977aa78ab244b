// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ZVMO_IOC_OP_RANGE: hints, unknown operations, and the sizes
 * that its structure has had
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"

static const uint32_t hints[] = { ZVMO_OP_DONT_NEED, ZVMO_OP_ALWAYS_NEED };

/* Hints */

TEST(hints_do_nothing)
{
	int fd = half_filled();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	unsigned int i;

	map[0] = 'a';
	for (i = 0; i < COUNT(hints); i++) {
		EXPECT_EQ(ioc_op(fd, hints[i], 0, 4 * PAGE), 0);
		EXPECT_EQ(ioc_op(fd, hints[i], 1, PAGE), 0);
		EXPECT_EQ(ioc_op(fd, hints[i], 0, 0), 0);
	}
	expect_half_filled(fd);
	EXPECT(guest_is_mapped(map));
}

TEST(hints_need_no_right)
{
	int none = test_duplicate(half_filled(), 0);
	unsigned int i;

	for (i = 0; i < COUNT(hints); i++)
		EXPECT_EQ(ioc_op(none, hints[i], 0, PAGE), 0);
}

TEST(hints_may_lie_anywhere)
{
	int fd = half_filled();
	const uint64_t ranges[][2] = {
		{ 4 * PAGE, PAGE },
		{ 0, 5 * PAGE },
		{ 9 * PAGE, 0 },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX, UINT64_MAX },
		{ 1ULL << 63, 1ULL << 63 },
		{ 0, UINT64_MAX },
	};
	unsigned int i, j;

	for (i = 0; i < COUNT(hints); i++) {
		for (j = 0; j < COUNT(ranges); j++)
			EXPECT_EQ(ioc_op(fd, hints[i], ranges[j][0],
					 ranges[j][1]),
				  0);
	}
	expect_half_filled(fd);
}

TEST(hints_for_relatives)
{
	int fd = half_filled(), snapshot = test_snapshot(fd);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	unsigned int i;

	for (i = 0; i < COUNT(hints); i++) {
		EXPECT_EQ(ioc_op(snapshot, hints[i], 0, 4 * PAGE), 0);
		EXPECT_EQ(ioc_op(slice, hints[i], 0, 2 * PAGE), 0);
	}
	expect_half_filled(fd);
	EXPECT_EQ(test_stats().pages, 2);
}

/* PREFETCH */

TEST(prefetch_commits_nothing)
{
	int fd = half_filled();

	EXPECT_EQ(ioc_op(fd, ZVMO_OP_PREFETCH, 0, 4 * PAGE), 0);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_PREFETCH, 10, PAGE), 0);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_PREFETCH, 4 * PAGE, 0), 0);
	expect_half_filled(fd);
}

TEST(prefetch_needs_right_read)
{
	int fd = half_filled();
	int blind = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_READ);
	int reader = test_duplicate(fd, ZVMO_RIGHT_READ);

	EXPECT_EQ(ioc_op(blind, ZVMO_OP_PREFETCH, 0, PAGE), -EACCES);
	EXPECT_EQ(ioc_op(blind, ZVMO_OP_PREFETCH, 9 * PAGE, PAGE), -EACCES);
	EXPECT_EQ(ioc_op(reader, ZVMO_OP_PREFETCH, 0, PAGE), 0);
}

TEST(prefetch_outside)
{
	int fd = half_filled();
	const uint64_t ranges[][2] = {
		{ 4 * PAGE, 1 },   { 0, 4 * PAGE + 1 },	 { 4 * PAGE + 1, 0 },
		{ UINT64_MAX, 1 }, { PAGE, UINT64_MAX }, { -PAGE, 2 * PAGE },
	};
	unsigned int i;

	for (i = 0; i < COUNT(ranges); i++)
		EXPECT_EQ(ioc_op(fd, ZVMO_OP_PREFETCH, ranges[i][0],
				 ranges[i][1]),
			  -ERANGE);
}

/* Operations that there are not; 5 was one once. */

TEST(unknown_operations)
{
	int fd = half_filled(), none = test_duplicate(fd, 0);
	uint32_t op;

	for (op = 15; op < 200; op++)
		EXPECT_EQ(ioc_op(fd, op, 0, PAGE), -EINVAL);
	for (op = 16; op; op <<= 1)
		EXPECT_EQ(ioc_op(fd, op, 0, PAGE), -EINVAL);
	EXPECT_EQ(ioc_op(fd, 0, 0, PAGE), -EINVAL);
	EXPECT_EQ(ioc_op(fd, 5, 0, PAGE), -EINVAL);
	EXPECT_EQ(ioc_op(fd, UINT32_MAX, 0, PAGE), -EINVAL);
	/* Before a right is asked for, or the range looked at. */
	EXPECT_EQ(ioc_op(none, 5, 0, PAGE), -EINVAL);
	EXPECT_EQ(ioc_op(none, 99, 9 * PAGE, PAGE), -EINVAL);
	expect_half_filled(fd);
}

/* The structure grew: who knows the first version is served as before. */

struct sized {
	struct zvmo_op_range args;
	uint64_t more[4];
};

static int op_of_size(int fd, uint32_t argsz, uint32_t op, uint64_t offset,
		      uint64_t length, uint64_t tail)
{
	struct sized sized = {
		.args = {
			.argsz = argsz,
			.op = op,
			.offset = offset,
			.length = length,
		},
	};

	if (argsz > sizeof(sized.args) && argsz <= sizeof(sized))
		sized.more[(argsz - sizeof(sized.args) - 1) / 8] = tail;
	return ioc(fd, ZVMO_IOC_OP_RANGE, &sized);
}

TEST(every_size_of_the_structure)
{
	static const uint32_t sizes[] = { ZVMO_OP_RANGE_SIZE_VER0, 32,
					  ZVMO_OP_RANGE_SIZE_VER1, 48, 72 };
	unsigned int i;

	EXPECT_EQ(sizeof(struct zvmo_op_range), ZVMO_OP_RANGE_SIZE_VER1);
	EXPECT_EQ(offsetof(struct zvmo_op_range, buffer),
		  ZVMO_OP_RANGE_SIZE_VER0);
	for (i = 0; i < COUNT(sizes); i++) {
		int fd = half_filled();

		test_context("size %u", sizes[i]);
		EXPECT_EQ(op_of_size(fd, sizes[i], ZVMO_OP_COMMIT, 2 * PAGE,
				     PAGE, 0),
			  0);
		EXPECT_EQ(test_info(fd).committed_bytes, 3 * PAGE);
		EXPECT_EQ(op_of_size(fd, sizes[i], ZVMO_OP_DECOMMIT, 2 * PAGE,
				     PAGE, 0),
			  0);
		expect_half_filled(fd);
		EXPECT_EQ(op_of_size(fd, sizes[i], ZVMO_OP_ZERO, 10, 20, 0), 0);
		EXPECT(test_holds(fd, 10, 20, 0));
		EXPECT_EQ(op_of_size(fd, sizes[i], ZVMO_OP_PREFETCH, 0, PAGE,
				     0),
			  0);
		test_close(fd);
	}
}

TEST(sizes_that_are_wrong)
{
	int fd = half_filled();

	EXPECT_EQ(op_of_size(fd, 0, ZVMO_OP_COMMIT, 0, PAGE, 0), -EINVAL);
	EXPECT_EQ(op_of_size(fd, 23, ZVMO_OP_COMMIT, 0, PAGE, 0), -EINVAL);
	EXPECT_EQ(op_of_size(fd, 48, ZVMO_OP_COMMIT, 0, PAGE, 1), -E2BIG);
	EXPECT_EQ(op_of_size(fd, 72, ZVMO_OP_COMMIT, 0, PAGE, 1ULL << 63),
		  -E2BIG);
	EXPECT_EQ(op_of_size(fd, UINT32_MAX, ZVMO_OP_COMMIT, 0, PAGE, 0),
		  -E2BIG);
	expect_half_filled(fd);
}

/* Of the first version there is no buffer, so it cannot lock, but unlock. */
TEST(locks_with_the_first_version)
{
	int fd = test_create(PAGE, ZVMO_DISCARDABLE);
	const uint32_t first = ZVMO_OP_RANGE_SIZE_VER0;

	EXPECT_EQ(op_of_size(fd, first, ZVMO_OP_LOCK, 0, PAGE, 0), -EINVAL);
	EXPECT_EQ(op_of_size(fd, first, ZVMO_OP_UNLOCK, 0, PAGE, 0), -EBADFD);
	EXPECT_EQ(op_of_size(fd, first, ZVMO_OP_TRY_LOCK, 0, PAGE, 0), 0);
	EXPECT_EQ(op_of_size(fd, first, ZVMO_OP_UNLOCK, 0, PAGE, 0), 0);
}

/* Only LOCK looks at the buffer. */
TEST(the_buffer_is_not_looked_at)
{
	static const uint32_t ops[] = {
		ZVMO_OP_COMMIT,	  ZVMO_OP_DECOMMIT,  ZVMO_OP_ZERO,
		ZVMO_OP_PREFETCH, ZVMO_OP_DONT_NEED, ZVMO_OP_CACHE_CLEAN
	};
	int fd = test_create(PAGE, 0);
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.length = PAGE,
		.buffer = 0xffffffff81000001,
		.buffer_size = UINT64_MAX,
	};
	unsigned int i;

	for (i = 0; i < COUNT(ops); i++) {
		args.op = ops[i];
		EXPECT_EQ(ioc(fd, ZVMO_IOC_OP_RANGE, &args), 0);
	}
	fd = test_create(PAGE, ZVMO_DISCARDABLE);
	args.op = ZVMO_OP_TRY_LOCK;
	EXPECT_EQ(ioc(fd, ZVMO_IOC_OP_RANGE, &args), 0);
	args.op = ZVMO_OP_UNLOCK;
	EXPECT_EQ(ioc(fd, ZVMO_IOC_OP_RANGE, &args), 0);
}
