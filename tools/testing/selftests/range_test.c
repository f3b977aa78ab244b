// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - committing, freeing and zeroing ranges, and finding them
 */
#include <fcntl.h>
#include <unistd.h>

#include "harness.h"
#include "parallel.h"

#define PUNCH (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

static const uint32_t ops[] = { ZVMO_OP_COMMIT, ZVMO_OP_DECOMMIT,
				ZVMO_OP_ZERO };

static long committed_pages(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* Which of the first pages are there: one bit each. */
static unsigned int page_bits(int fd)
{
	unsigned int bits = 0;
	off_t at = 0;

	while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
		bits |= 1U << at / PAGE;
		at = (at / PAGE + 1) * PAGE;
	}
	EXPECT_EQ(errno, ENXIO);
	return bits;
}

TEST(commit)
{
	int fd = test_create(8 * PAGE, 0);

	EXPECT_EQ(zvmo_commit(fd, 2 * PAGE, 3 * PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0x1c);
	EXPECT(test_holds(fd, 0, 8 * PAGE, 0));
	EXPECT_EQ(committed_pages(fd), 3);
	EXPECT_EQ(zvmo_commit(fd, 0, 8 * PAGE), 0);
	EXPECT_EQ(committed_pages(fd), 8);
	EXPECT_EQ(test_stats().pages, 8);
}

TEST(commit_rounds_out)
{
	int fd = test_create(8 * PAGE - 1, 0);

	EXPECT_EQ(zvmo_commit(fd, PAGE - 1, 2), 0);
	EXPECT_EQ(page_bits(fd), 0x3);
	EXPECT_EQ(zvmo_commit(fd, 4 * PAGE + 5, 1), 0);
	EXPECT_EQ(page_bits(fd), 0x13);
	EXPECT_EQ(zvmo_commit(fd, 6 * PAGE - 1, PAGE + 1), 0);
	EXPECT_EQ(page_bits(fd), 0x73);
	/* Past the stream size, inside the VMO. */
	EXPECT_EQ(zvmo_commit(fd, 8 * PAGE - 1, 1), 0);
	EXPECT_EQ(committed_pages(fd), 6);
}

TEST(commit_keeps_content)
{
	int fd = test_create(4 * PAGE, 0);

	test_fill(fd, PAGE, PAGE, 1);
	EXPECT_EQ(zvmo_commit(fd, 0, 4 * PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT(test_holds(fd, PAGE, PAGE, 1));
	EXPECT(test_holds(fd, 2 * PAGE, 2 * PAGE, 0));
}

TEST(commit_of_many)
{
	int fd = test_create(1000 * PAGE, 0), child;

	EXPECT_EQ(zvmo_commit(fd, 3 * PAGE, 900 * PAGE), 0);
	EXPECT_EQ(committed_pages(fd), 900);
	child = test_snapshot(fd);
	EXPECT_EQ(zvmo_commit(child, 0, 1000 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 1900);
	EXPECT_EQ(committed_pages(fd), 900);
}

struct resizing {
	int fd;
	atomic_bool stop;
};

static void *resize_on(void *arg)
{
	struct resizing *resizing = arg;
	uint64_t random = 1;

	/* At random, for who alternates may be met in step. */
	while (!atomic_load(&resizing->stop)) {
		ASSERT_EQ(zvmo_set_size(resizing->fd, PAGE), 0);
		if (!test_random_below(&random, 4))
			sleep_ms(1);
		ASSERT_EQ(zvmo_set_size(resizing->fd, 200 * PAGE), 0);
		if (!test_random_below(&random, 2))
			sleep_ms(1);
	}
	return NULL;
}

/* The range is checked once; what is gone by then is skipped, silently. */
TEST(commit_while_it_shrinks)
{
	struct resizing resizing = { .fd = test_create(200 * PAGE,
						       ZVMO_RESIZABLE) };
	pthread_t thread = thread_start(resize_on, &resizing);
	int fd = resizing.fd, inside = 0, outside = 0;
	double deadline = test_seconds() + 1;

	while (test_seconds() < deadline) {
		int result = zvmo_commit(fd, 0, 200 * PAGE);

		if (result)
			ASSERT_EQ(result, -ERANGE);
		inside += !result;
		outside += !!result;
		ASSERT_LE(test_stats().pages, 200);
	}
	atomic_store(&resizing.stop, true);
	thread_join(thread);
	test_note("%d times inside, %d times outside", inside, outside);
	EXPECT_EQ(zvmo_commit(fd, 0, 200 * PAGE), 0);
	EXPECT_EQ(committed_pages(fd), 200);
	EXPECT(test_holds(fd, 0, 200 * PAGE, 0));
}

TEST(decommit)
{
	int fd = test_create(8 * PAGE, 0);

	test_fill(fd, 0, 8 * PAGE, 1);
	EXPECT_EQ(zvmo_decommit(fd, 2 * PAGE, 3 * PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0xe3);
	EXPECT_EQ(test_stats().pages, 5);
	EXPECT(test_holds(fd, 2 * PAGE, 3 * PAGE, 0));
	EXPECT(test_holds(fd, 0, 2 * PAGE, 1));
	EXPECT(test_holds(fd, 5 * PAGE, 3 * PAGE, 1));
	EXPECT_EQ(zvmo_decommit(fd, 0, 8 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(zvmo_decommit(fd, 0, 8 * PAGE), 0);
	EXPECT_EQ(test_info(fd).size, 8 * PAGE);
}

/* Empty: fine; then whether it is possible at all; then the alignment. */
TEST(decommit_order_of_errors)
{
	int fd = test_create(8 * PAGE, 0), child;

	EXPECT_EQ(zvmo_decommit(fd, 1, PAGE), -EINVAL);
	EXPECT_EQ(zvmo_decommit(fd, PAGE, 1), -EINVAL);
	EXPECT_EQ(zvmo_decommit(fd, 1, 0), 0);
	EXPECT_EQ(zvmo_decommit(fd, 1, 8 * PAGE), -ERANGE);
	child = test_snapshot(fd);
	EXPECT_EQ(zvmo_decommit(fd, 1, 1), -EOPNOTSUPP);
	EXPECT_EQ(zvmo_decommit(child, 1, 1), -EOPNOTSUPP);
	EXPECT_EQ(zvmo_decommit(child, 1, 0), 0);
	EXPECT_EQ(zvmo_decommit(child, 9 * PAGE, 0), -ERANGE);
	/* A grandchild that moved up counts as well. */
	test_snapshot(child);
	test_close(child);
	EXPECT_EQ(zvmo_decommit(fd, 0, PAGE), -EOPNOTSUPP);
}

TEST(decommit_with_slices_and_references)
{
	int fd = test_create(4 * PAGE, 0), slice, reference, child;

	test_fill(fd, 0, 4 * PAGE, 1);
	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	EXPECT_EQ(zvmo_decommit(slice, PAGE, PAGE), 0);
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 0));
	EXPECT_EQ(zvmo_decommit(reference, 0, PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0xa);
	EXPECT_EQ(zvmo_decommit(slice, PAGE, 2 * PAGE), -ERANGE);
	child = test_snapshot(reference);
	EXPECT_EQ(zvmo_decommit(fd, 0, PAGE), -EOPNOTSUPP);
	EXPECT_EQ(zvmo_decommit(slice, 0, PAGE), -EOPNOTSUPP);
	test_close(child);
	EXPECT_EQ(zvmo_decommit(fd, 0, 4 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(zero)
{
	int fd = test_create(8 * PAGE, 0);

	test_fill(fd, 0, 8 * PAGE, 1);
	EXPECT_EQ(zvmo_zero(fd, PAGE + 10, 3 * PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE + 10, 1));
	EXPECT(test_holds(fd, PAGE + 10, 3 * PAGE, 0));
	EXPECT(test_holds(fd, 4 * PAGE + 10, 4 * PAGE - 10, 1));
	EXPECT_EQ(page_bits(fd), 0xf3);
	EXPECT_EQ(zvmo_zero(fd, 6 * PAGE + 1, 2), 0);
	EXPECT(test_holds(fd, 6 * PAGE, 1, 1));
	EXPECT(test_holds(fd, 6 * PAGE + 1, 2, 0));
	EXPECT(test_holds(fd, 6 * PAGE + 3, PAGE - 3, 1));
	EXPECT_EQ(zvmo_zero(fd, 0, 8 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

/* To the byte, at every distance from a page's ends. */
TEST(zero_to_the_byte)
{
	static const int ends[] = { -2, -1, 0, 1, 2 };
	int fd = test_create(4 * PAGE, 0);
	unsigned int i, j;

	for (i = 0; i < 5; i++) {
		for (j = 0; j < 5; j++) {
			uint64_t start = PAGE + ends[i];
			uint64_t end = 3 * PAGE + ends[j];

			test_context("from %llu to %llu",
				     (unsigned long long)start,
				     (unsigned long long)end);
			test_fill(fd, 0, 4 * PAGE, 1);
			ASSERT_EQ(zvmo_zero(fd, start, end - start), 0);
			EXPECT(test_holds(fd, 0, start, 1));
			EXPECT(test_holds(fd, start, end - start, 0));
			EXPECT(test_holds(fd, end, 4 * PAGE - end, 1));
		}
	}
}

/* What reads zero stays a hole. */
TEST(zero_of_holes)
{
	int fd = test_create(8 * PAGE, 0);

	EXPECT_EQ(zvmo_zero(fd, 10, 7 * PAGE), 0);
	EXPECT_EQ(zvmo_zero(fd, 10, 5), 0);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(test_stats().nodes, 0);
}

TEST(empty_ranges)
{
	int fd = test_create(2 * PAGE, 0);
	unsigned int i;

	test_fill(fd, 0, 2 * PAGE, 1);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(zvmo_op_range(fd, ops[i], 0, 0), 0);
		EXPECT_EQ(zvmo_op_range(fd, ops[i], 5, 0), 0);
		EXPECT_EQ(zvmo_op_range(fd, ops[i], 2 * PAGE, 0), 0);
		EXPECT_EQ(zvmo_op_range(fd, ops[i], 2 * PAGE + 1, 0), -ERANGE);
	}
	EXPECT(test_holds(fd, 0, 2 * PAGE, 1));
}

TEST(ranges_outside)
{
	static const uint64_t big[] = { 1ULL << 63, UINT64_MAX - 4095,
					UINT64_MAX };
	int fd = test_create(2 * PAGE, 0);
	unsigned int i, j;

	test_fill(fd, 0, 2 * PAGE, 1);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(zvmo_op_range(fd, ops[i], 0, 3 * PAGE), -ERANGE);
		EXPECT_EQ(zvmo_op_range(fd, ops[i], PAGE, 2 * PAGE), -ERANGE);
		EXPECT_EQ(zvmo_op_range(fd, ops[i], 2 * PAGE, 1), -ERANGE);
		for (j = 0; j < 3; j++) {
			EXPECT_EQ(zvmo_op_range(fd, ops[i], 0, big[j]),
				  -ERANGE);
			EXPECT_EQ(zvmo_op_range(fd, ops[i], PAGE, big[j]),
				  -ERANGE);
			EXPECT_EQ(zvmo_op_range(fd, ops[i], big[j], PAGE),
				  -ERANGE);
		}
	}
	EXPECT(test_holds(fd, 0, 2 * PAGE, 1));
	EXPECT_EQ(committed_pages(fd), 2);
}

/* The operation is looked at first, then the right, then the range. */
TEST(order_of_errors)
{
	static const uint32_t ops[] = { ZVMO_OP_COMMIT, ZVMO_OP_DECOMMIT,
					ZVMO_OP_ZERO };
	int fd = test_create(PAGE, 0);
	int reader = test_duplicate(fd, ZVMO_RIGHT_READ);
	unsigned int i;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		EXPECT_EQ(zvmo_op_range(reader, ops[i], PAGE, PAGE), -EACCES);
		EXPECT_EQ(zvmo_op_range(fd, ops[i], PAGE, PAGE), -ERANGE);
		EXPECT_EQ(zvmo_op_range(reader, ops[i], 0, 0), -EACCES);
	}
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(operations_on_a_slice)
{
	int fd = test_create(4 * PAGE, 0), slice;

	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	EXPECT_EQ(zvmo_commit(slice, 0, 2 * PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0x6);
	EXPECT_EQ(page_bits(slice), 0x3);
	EXPECT_EQ(zvmo_zero(slice, PAGE, PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0x2);
	test_fill(fd, 0, 4 * PAGE, 1);
	EXPECT_EQ(zvmo_zero(slice, 10, 2 * PAGE - 20), 0);
	EXPECT(test_holds(fd, 0, PAGE + 10, 1));
	EXPECT(test_holds(fd, PAGE + 10, 2 * PAGE - 20, 0));
	EXPECT(test_holds(fd, 3 * PAGE - 10, PAGE + 10, 1));
	EXPECT_EQ(zvmo_zero(slice, PAGE, PAGE + 1), -ERANGE);
}

/* fallocate() */

TEST(allocate)
{
	int fd = test_create(10, 0);

	EXPECT_EQ(fallocate(fd, FALLOC_FL_KEEP_SIZE, 5, 1), 0);
	EXPECT_EQ(committed_pages(fd), 1);
	EXPECT_EQ(test_info(fd).stream_size, 10);
	EXPECT_EQ(fallocate(fd, 0, 0, 100), 0);
	EXPECT_EQ(test_info(fd).stream_size, 100);
	EXPECT_EQ(fallocate(fd, 0, 0, 50), 0);
	EXPECT_EQ(test_info(fd).stream_size, 100);
	EXPECT(test_holds(fd, 0, 100, 0));
	EXPECT_ERRNO(fallocate(fd, 0, 0, PAGE + 1), EFBIG);
	EXPECT_EQ(test_info(fd).stream_size, 100);
	EXPECT_EQ(committed_pages(fd), 1);
}

TEST(allocate_grows)
{
	int fd = test_create(0, ZVMO_RESIZABLE), keeper;

	EXPECT_EQ(fallocate(fd, 0, PAGE + 5, PAGE), 0);
	EXPECT_EQ(test_info(fd).size, 3 * PAGE);
	EXPECT_EQ(test_info(fd).stream_size, 2 * PAGE + 5);
	EXPECT_EQ(page_bits(fd), 0x6);
	keeper = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT);
	EXPECT_ERRNO(fallocate(keeper, 0, 0, 3 * PAGE + 1), EFBIG);
	EXPECT_EQ(fallocate(keeper, 0, 0, 3 * PAGE), 0);
	EXPECT_EQ(test_info(fd).stream_size, 3 * PAGE);
	EXPECT_EQ(committed_pages(fd), 3);
}

TEST(punch)
{
	int fd = test_create(8 * PAGE, 0);

	test_fill(fd, 0, 8 * PAGE, 1);
	EXPECT_EQ(fallocate(fd, PUNCH, PAGE - 10, 2 * PAGE + 20), 0);
	EXPECT(test_holds(fd, 0, PAGE - 10, 1));
	EXPECT(test_holds(fd, PAGE - 10, 2 * PAGE + 20, 0));
	EXPECT(test_holds(fd, 3 * PAGE + 10, 5 * PAGE - 10, 1));
	EXPECT_EQ(test_stats().pages, 6);
	/* Beyond the end there is nothing to punch. */
	EXPECT_EQ(fallocate(fd, PUNCH, 7 * PAGE, 100 * PAGE), 0);
	EXPECT_EQ(fallocate(fd, PUNCH, 100 * PAGE, PAGE), 0);
	EXPECT_EQ(fallocate(fd, PUNCH, INT64_MAX - PAGE, PAGE), 0);
	EXPECT_EQ(test_stats().pages, 5);
	EXPECT_EQ(test_info(fd).stream_size, 8 * PAGE);
	EXPECT_EQ(test_info(fd).size, 8 * PAGE);
}

/* The end is that of the slice, not of its parent. */
TEST(punch_a_slice)
{
	int fd = test_create(6 * PAGE, 0), slice;

	test_fill(fd, 0, 6 * PAGE, 1);
	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	EXPECT_EQ(fallocate(slice, PUNCH, PAGE, 4 * PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0x3b);
	EXPECT_EQ(fallocate(slice, PUNCH, 2 * PAGE, PAGE), 0);
	EXPECT_EQ(fallocate(slice, PUNCH, 3 * PAGE, PAGE), 0);
	EXPECT_EQ(page_bits(fd), 0x3b);
	EXPECT_EQ(fallocate(slice, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
			    10, 5 * PAGE),
		  0);
	EXPECT(test_holds(fd, 0, PAGE + 10, 1));
	EXPECT(test_holds(fd, PAGE + 10, 2 * PAGE - 10, 0));
	EXPECT(test_holds(fd, 3 * PAGE, 3 * PAGE, 1));
}

/* Unlike DECOMMIT, also where pages are shared. */
TEST(punch_shared)
{
	int fd = test_create(4 * PAGE, 0), child;

	test_fill(fd, 0, 4 * PAGE, 1);
	child = test_snapshot(fd);
	EXPECT_EQ(fallocate(child, PUNCH, 0, 3 * PAGE), 0);
	EXPECT_EQ(fallocate(fd, PUNCH, PAGE, 3 * PAGE), 0);
	EXPECT(test_holds(child, 0, 3 * PAGE, 0));
	EXPECT(test_holds(child, 3 * PAGE, PAGE, 1));
	EXPECT(test_holds(fd, 0, PAGE, 1));
	EXPECT(test_holds(fd, PAGE, 3 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
}

TEST(zero_range)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE);

	test_fill(fd, 0, 4 * PAGE, 1);
	EXPECT_EQ(fallocate(fd, FALLOC_FL_ZERO_RANGE, 10, PAGE), 0);
	EXPECT(test_holds(fd, 0, 10, 1));
	EXPECT(test_holds(fd, 10, PAGE, 0));
	EXPECT(test_holds(fd, PAGE + 10, 3 * PAGE - 10, 1));
	EXPECT_EQ(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
			    2 * PAGE, 2 * PAGE),
		  0);
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(test_info(fd).stream_size, 4 * PAGE);
}

/* Without KEEP_SIZE it extends as allocation does; with it, it does not. */
TEST(zero_range_past_the_end)
{
	int fixed = test_create(10, 0), fd = test_create(10, ZVMO_RESIZABLE);

	EXPECT_EQ(fallocate(fixed, FALLOC_FL_ZERO_RANGE, 0, 100), 0);
	EXPECT_EQ(test_info(fixed).stream_size, 100);
	EXPECT_ERRNO(fallocate(fixed, FALLOC_FL_ZERO_RANGE, 0, PAGE + 1),
		     EFBIG);
	EXPECT_EQ(test_info(fixed).stream_size, 100);
	EXPECT_EQ(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0,
			    5 * PAGE),
		  0);
	EXPECT_EQ(test_info(fd).stream_size, 10);
	EXPECT_EQ(test_info(fd).size, PAGE);
	EXPECT_EQ(fallocate(fd, FALLOC_FL_ZERO_RANGE, 2 * PAGE, PAGE + 1), 0);
	EXPECT_EQ(test_info(fd).stream_size, 3 * PAGE + 1);
	EXPECT_EQ(test_info(fd).size, 4 * PAGE);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_ERRNO(fallocate(fd, FALLOC_FL_KEEP_SIZE, 3 * PAGE, PAGE + 1),
		     EFBIG);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(fallocate_errors)
{
	static const int modes[] = {
		FALLOC_FL_PUNCH_HOLE,
		FALLOC_FL_COLLAPSE_RANGE,
		FALLOC_FL_INSERT_RANGE,
		FALLOC_FL_UNSHARE_RANGE,
		FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE |
			FALLOC_FL_ZERO_RANGE,
		1 << 20,
	};
	int fd = test_create(2 * PAGE, 0), reader;
	unsigned int i;

	test_fill(fd, 0, 2 * PAGE, 1);
	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		EXPECT_ERRNO(fallocate(fd, modes[i], 0, PAGE), EOPNOTSUPP);
	EXPECT_ERRNO(fallocate(fd, PUNCH, 0, 0), EINVAL);
	EXPECT_ERRNO(fallocate(fd, PUNCH, -1, PAGE), EINVAL);
	EXPECT_ERRNO(fallocate(fd, PUNCH, INT64_MAX, PAGE), EFBIG);
	reader = test_duplicate(fd, ZVMO_RIGHT_READ);
	EXPECT_ERRNO(fallocate(reader, PUNCH, 0, PAGE), EBADF);
	EXPECT_ERRNO(fallocate(reader, 0, 0, PAGE), EBADF);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 1));
}

/* SEEK_DATA and SEEK_HOLE */

TEST(seek)
{
	int fd = test_create(8 * PAGE, 0);
	off_t page = PAGE;

	test_fill(fd, 2 * PAGE, 2 * PAGE, 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 2 * page);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 2 * page);
	EXPECT_EQ(lseek(fd, 2 * page + 5, SEEK_DATA), 2 * page + 5);
	EXPECT_EQ(lseek(fd, 4 * page - 1, SEEK_DATA), 4 * page - 1);
	EXPECT_ERRNO(lseek(fd, 4 * page, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(fd, 8 * page - 1, SEEK_DATA), ENXIO);
	EXPECT_EQ(lseek(fd, 0, SEEK_HOLE), 0);
	EXPECT_EQ(lseek(fd, 5, SEEK_HOLE), 5);
	EXPECT_EQ(lseek(fd, 2 * page, SEEK_HOLE), 4 * page);
	EXPECT_EQ(lseek(fd, 3 * page + 7, SEEK_HOLE), 4 * page);
	EXPECT_EQ(lseek(fd, 8 * page - 1, SEEK_HOLE), 8 * page - 1);
	EXPECT_ERRNO(lseek(fd, 8 * page, SEEK_HOLE), ENXIO);
	EXPECT_ERRNO(lseek(fd, 8 * page, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(fd, INT64_MAX, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(fd, -1, SEEK_DATA), ENXIO);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 8 * page - 1);
	EXPECT_ERRNO(lseek(fd, 0, 99), EINVAL);
	EXPECT_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
}

/* Data up to the end: the end is a hole. The end is the stream's. */
TEST(seek_to_the_end)
{
	int fd = test_create(PAGE + 10, 0);
	off_t page = PAGE;

	EXPECT_EQ(zvmo_commit(fd, 0, 2 * PAGE), 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_HOLE), page + 10);
	EXPECT_EQ(lseek(fd, page + 9, SEEK_DATA), page + 9);
	EXPECT_ERRNO(lseek(fd, page + 10, SEEK_DATA), ENXIO);
	EXPECT_ERRNO(lseek(fd, page + 10, SEEK_HOLE), ENXIO);
}

TEST(seek_in_relatives)
{
	int fd = test_create(8 * PAGE, 0), child, slice;
	off_t page = PAGE;

	test_fill(fd, 2 * PAGE, PAGE, 1);
	test_fill(fd, 5 * PAGE, PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, 6 * PAGE);
	EXPECT_EQ(zvmo_zero(child, PAGE, PAGE), 0);
	EXPECT_EQ(lseek(child, 0, SEEK_DATA), 4 * page);
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 2 * page);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 3 * PAGE, 2 * PAGE);
	EXPECT_ERRNO(lseek(slice, 0, SEEK_DATA), ENXIO);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 3 * PAGE, 3 * PAGE);
	EXPECT_EQ(lseek(slice, 0, SEEK_DATA), 2 * page);
	EXPECT_EQ(lseek(slice, 2 * page, SEEK_HOLE), 3 * page);
}

/* Seeking far is not walking. */
TEST(seek_far)
{
	int fd = test_create(ZVMO_SIZE_MAX, 0);
	off_t last = ZVMO_SIZE_MAX - PAGE;

	EXPECT_ERRNO(lseek(fd, 0, SEEK_DATA), ENXIO);
	test_write(fd, last, "x", 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), last);
	EXPECT_EQ(lseek(fd, last, SEEK_HOLE), last + (off_t)PAGE);
	EXPECT_EQ(zvmo_zero(fd, 1, ZVMO_SIZE_MAX - 1), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

/* Random operations on few pages, and where data and holes are. */
TEST(seek_random)
{
	uint64_t random = test_seed;
	int fd = test_create(16 * PAGE, 0);
	unsigned int bits = 0, rounds = test_rounds(1000), i;

	for (i = 0; i < rounds; i++) {
		unsigned int first = test_random_below(&random, 16);
		unsigned int nr = 1 + test_random_below(&random, 16 - first);
		unsigned int mask = ((1U << nr) - 1) << first;

		if (test_random_below(&random, 3)) {
			nr = nr > 2 ? 2 : nr;
			mask = ((1U << nr) - 1) << first;
			ASSERT_EQ(zvmo_commit(fd, first * PAGE, nr * PAGE), 0);
			bits |= mask;
		} else {
			ASSERT_EQ(zvmo_zero(fd, first * PAGE, nr * PAGE), 0);
			bits &= ~mask;
		}
		ASSERT_EQ(page_bits(fd), bits);
		first = test_random_below(&random, 16);
		for (nr = first; nr < 16 && bits & 1U << nr;)
			nr++;
		ASSERT_EQ(lseek(fd, first * PAGE, SEEK_HOLE), nr * PAGE);
	}
}

/* Who shares pages is a matter of content, not of who is whose child. */
TEST(decommit_of_a_reference_whose_original_died)
{
	int original = test_create(4 * PAGE, 0);
	int reference = zvmo_reference(original);
	int snapshot = zvmo_snapshot(original);
	int second;

	ASSERT_GE(reference, 0);
	ASSERT_GE(snapshot, 0);
	test_close(original);
	EXPECT_EQ(zvmo_decommit(reference, 0, PAGE), -EOPNOTSUPP);
	second = zvmo_snapshot(snapshot);
	ASSERT_GE(second, 0);
	test_close(snapshot);
	EXPECT_EQ(zvmo_decommit(reference, 0, PAGE), -EOPNOTSUPP);
	test_close(second);
	EXPECT_EQ(zvmo_decommit(reference, 0, PAGE), 0);
	test_close(reference);
}
