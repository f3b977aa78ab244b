// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - size and stream size
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "parallel.h"

/* Size, stream size, what fstat() says and where reading ends. */
static void expect_sizes(int fd, uint64_t size, uint64_t stream_size)
{
	struct zvmo_info info = test_info(fd);
	struct stat stat;
	char byte;

	EXPECT_EQ(info.size, size);
	EXPECT_EQ(info.stream_size, stream_size);
	ASSERT_EQ(fstat(fd, &stat), 0);
	EXPECT_EQ(stat.st_size, stream_size);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), stream_size);
	EXPECT_EQ(pread(fd, &byte, 1, stream_size), 0);
	if (stream_size)
		EXPECT_EQ(pread(fd, &byte, 1, stream_size - 1), 1);
}

TEST(set_size_rounds_up)
{
	int fd = test_create(0, ZVMO_RESIZABLE);

	EXPECT_EQ(zvmo_set_size(fd, 1), 0);
	expect_sizes(fd, PAGE, 1);
	EXPECT_EQ(zvmo_set_size(fd, PAGE), 0);
	expect_sizes(fd, PAGE, PAGE);
	EXPECT_EQ(zvmo_set_size(fd, PAGE + 1), 0);
	expect_sizes(fd, 2 * PAGE, PAGE + 1);
	EXPECT_EQ(zvmo_set_size(fd, 0), 0);
	expect_sizes(fd, 0, 0);
	EXPECT_EQ(zvmo_set_size(fd, ZVMO_SIZE_MAX), 0);
	expect_sizes(fd, ZVMO_SIZE_MAX, ZVMO_SIZE_MAX);
	EXPECT_EQ(zvmo_set_size(fd, ZVMO_SIZE_MAX - 1), 0);
	expect_sizes(fd, ZVMO_SIZE_MAX, ZVMO_SIZE_MAX - 1);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(order_of_errors)
{
	uint32_t all = ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_RESIZE;
	int fixed = test_create(PAGE, 0);
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	int reader = test_duplicate(fd, all & ~ZVMO_RIGHT_WRITE);
	int keeper = test_duplicate(fd, all & ~ZVMO_RIGHT_RESIZE);
	int fixed_reader = test_duplicate(fixed, ZVMO_RIGHT_READ);

	EXPECT_EQ(zvmo_set_size(fixed_reader, UINT64_MAX), -EACCES);
	EXPECT_EQ(zvmo_set_size(fixed, UINT64_MAX), -EPERM);
	EXPECT_EQ(zvmo_set_size(reader, UINT64_MAX), -EACCES);
	EXPECT_EQ(zvmo_set_size(keeper, UINT64_MAX), -EACCES);
	EXPECT_EQ(zvmo_set_size(keeper, PAGE), -EACCES);
	EXPECT_EQ(zvmo_set_size(fd, UINT64_MAX), -EFBIG);
	EXPECT_EQ(zvmo_set_size(fd, UINT64_MAX - PAGE + 1), -EFBIG);
	EXPECT_EQ(zvmo_set_size(fd, ZVMO_SIZE_MAX + 1), -EFBIG);
	EXPECT_EQ(zvmo_set_size(test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, PAGE),
				PAGE),
		  -EPERM);
	EXPECT_EQ(zvmo_set_size(test_child(fixed, ZVMO_CHILD_SLICE, 0, PAGE),
				PAGE),
		  -EPERM);
	expect_sizes(fd, PAGE, PAGE);
}

TEST(ftruncate_is_set_size)
{
	int fd = test_create(3 * PAGE, ZVMO_RESIZABLE), fixed, reader, keeper;

	test_fill(fd, 0, 3 * PAGE, 1);
	EXPECT_EQ(ftruncate(fd, PAGE + 10), 0);
	expect_sizes(fd, 2 * PAGE, PAGE + 10);
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(ftruncate(fd, 3 * PAGE), 0);
	expect_sizes(fd, 3 * PAGE, 3 * PAGE);
	EXPECT(test_holds(fd, 0, PAGE + 10, 1));
	EXPECT(test_holds(fd, PAGE + 10, 2 * PAGE - 10, 0));
	EXPECT_EQ(ftruncate(fd, 1LL << 40), 0);
	expect_sizes(fd, 1ULL << 40, 1ULL << 40);
	EXPECT_ERRNO(ftruncate(fd, INT64_MAX), EFBIG);
	EXPECT_ERRNO(ftruncate(fd, -1), EINVAL);

	reader = test_duplicate(fd, ZVMO_RIGHT_READ | ZVMO_RIGHT_RESIZE);
	EXPECT_ERRNO(ftruncate(reader, 0), EINVAL);
	keeper = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT);
	EXPECT_ERRNO(ftruncate(keeper, 0), EACCES);
	fixed = test_create(PAGE, 0);
	EXPECT_ERRNO(ftruncate(fixed, 0), EPERM);
	expect_sizes(fd, 1ULL << 40, 1ULL << 40);
}

TEST(file_size_limit)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	struct rlimit old, limit;

	ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 2 * PAGE;
	ASSERT(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	EXPECT_EQ(ftruncate(fd, 2 * PAGE), 0);
	EXPECT_ERRNO(ftruncate(fd, 2 * PAGE + 1), EFBIG);
	EXPECT_ERRNO(fallocate(fd, 0, 0, 2 * PAGE + 1), EFBIG);
	EXPECT_ERRNO(pwrite(fd, "x", 1, 2 * PAGE), EFBIG);
	expect_sizes(fd, 2 * PAGE, 2 * PAGE);
	EXPECT_EQ(zvmo_set_size(fd, 4 * PAGE), 0);
	EXPECT_ERRNO(ftruncate(fd, 5 * PAGE), EFBIG);
	EXPECT_EQ(ftruncate(fd, 3 * PAGE), 0);
	expect_sizes(fd, 3 * PAGE, 3 * PAGE);
	EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
}

/* An inode knows no rights, so none may act on it by itself. */
TEST(truncate_by_name_is_refused)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_ERRNO(truncate(path, 0), EPERM);
	EXPECT_ERRNO(fchmod(fd, 0777), EPERM);
	EXPECT_ERRNO(fchown(fd, 1, 1), EPERM);
	expect_sizes(fd, PAGE, PAGE);
}

TEST(shrinking_frees)
{
	int fd = test_create(100 * PAGE, ZVMO_RESIZABLE);

	test_fill(fd, 0, 100 * PAGE, 1);
	EXPECT_EQ(zvmo_set_size(fd, 30 * PAGE - 1), 0);
	EXPECT_EQ(test_stats().pages, 30);
	EXPECT_EQ(test_info(fd).committed_bytes, 30 * PAGE);
	EXPECT_EQ(zvmo_set_size(fd, 0), 0);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(test_stats().nodes, 0);
}

TEST(tail_is_zeroed)
{
	int fd = test_create(2 * PAGE, ZVMO_RESIZABLE);

	test_fill(fd, 0, 2 * PAGE, 1);
	EXPECT_EQ(zvmo_set_size(fd, 10), 0);
	EXPECT_EQ(zvmo_set_size(fd, 2 * PAGE), 0);
	EXPECT(test_holds(fd, 0, 10, 1));
	EXPECT(test_holds(fd, 10, 2 * PAGE - 10, 0));
	/* The tail counts from the new size, also when that is larger. */
	test_fill(fd, 0, 2 * PAGE, 2);
	EXPECT_EQ(zvmo_set_size(fd, 2 * PAGE - 3), 0);
	EXPECT_EQ(zvmo_set_size(fd, 2 * PAGE), 0);
	EXPECT(test_holds(fd, 0, 2 * PAGE - 3, 2));
	EXPECT(test_holds(fd, 2 * PAGE - 3, 3, 0));
}

/* A hole needs no page for that. */
TEST(tail_of_a_hole)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE);

	EXPECT_EQ(zvmo_set_size(fd, PAGE + 7), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(tail_of_a_shared_page)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE), child;

	test_fill(fd, 0, PAGE, 1);
	child = test_snapshot(fd);
	EXPECT_EQ(zvmo_set_size(fd, 100), 0);
	EXPECT_EQ(zvmo_set_size(fd, PAGE), 0);
	EXPECT(test_holds(fd, 0, 100, 1));
	EXPECT(test_holds(fd, 100, PAGE - 100, 0));
	EXPECT(test_holds(child, 0, PAGE, 1));
	EXPECT_EQ(test_stats().pages, 2);
}

/* The tail of a snapshot that ends within a page is what the parent held. */
TEST(snapshot_within_a_page)
{
	int fd = test_create(PAGE, 0), child;

	test_fill(fd, 0, PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE, 0,
			   100);
	expect_sizes(child, PAGE, 100);
	EXPECT_EQ(zvmo_set_size(child, 50), 0);
	EXPECT_EQ(zvmo_set_size(child, PAGE), 0);
	EXPECT(test_holds(child, 0, 50, 1));
	EXPECT(test_holds(child, 50, PAGE - 50, 0));
	EXPECT(test_holds(fd, 0, PAGE, 1));
}

TEST(regrown_reads_zero)
{
	uint64_t random = test_seed;
	int fd = test_create(64 * PAGE, ZVMO_RESIZABLE);
	unsigned int i;

	for (i = 0; i < 50; i++) {
		uint64_t size = test_random_below(&random, 64 * PAGE + 1);

		test_fill(fd, 0, 64 * PAGE, 1);
		ASSERT_EQ(zvmo_set_size(fd, size), 0);
		ASSERT_EQ(zvmo_set_size(fd, 64 * PAGE), 0);
		test_context("size %llu", (unsigned long long)size);
		EXPECT(test_holds(fd, 0, size, 1));
		EXPECT(test_holds(fd, size, 64 * PAGE - size, 0));
	}
}

TEST(writes_extend_the_stream)
{
	int fd = test_create(10, 0);

	expect_sizes(fd, PAGE, 10);
	test_write(fd, 5, "abc", 3);
	expect_sizes(fd, PAGE, 10);
	test_write(fd, 5, "abcdefgh", 8);
	expect_sizes(fd, PAGE, 13);
	test_write(fd, PAGE - 1, "z", 1);
	expect_sizes(fd, PAGE, PAGE);
	EXPECT(test_holds(fd, 13, PAGE - 14, 0));
	EXPECT_EQ(zvmo_write(fd, PAGE, "z", 1), -EFBIG);
	EXPECT_EQ(zvmo_write(fd, PAGE + 1, "z", 1), -EFBIG);
	EXPECT_EQ(pwrite(fd, "z", 0, PAGE), 0);
	expect_sizes(fd, PAGE, PAGE);
}

TEST(writes_grow_the_vmo)
{
	int fd = test_create(0, ZVMO_RESIZABLE), keeper;

	test_write(fd, 3 * PAGE + 5, "abc", 3);
	expect_sizes(fd, 4 * PAGE, 3 * PAGE + 8);
	EXPECT(test_holds(fd, 0, 3 * PAGE + 5, 0));
	EXPECT_EQ(test_stats().pages, 1);
	keeper = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT);
	test_write(keeper, 4 * PAGE - 1, "z", 1);
	expect_sizes(fd, 4 * PAGE, 4 * PAGE);
	EXPECT_EQ(zvmo_write(keeper, 4 * PAGE, "z", 1), -EFBIG);
	expect_sizes(fd, 4 * PAGE, 4 * PAGE);
	EXPECT_EQ(zvmo_write(fd, ZVMO_SIZE_MAX, "z", 1), -EFBIG);
	test_write(fd, ZVMO_SIZE_MAX - 1, "z", 1);
	expect_sizes(fd, ZVMO_SIZE_MAX, ZVMO_SIZE_MAX);
}

/* What fits is written. */
TEST(write_across_the_end)
{
	int fd = test_create(PAGE, 0),
	    grows = test_create(PAGE, ZVMO_RESIZABLE);
	char data[20] = "abcdefghijklmnopqrs", found[20];
	int keeper = test_duplicate(grows, ZVMO_RIGHTS_DEFAULT);

	EXPECT_EQ(pwrite(fd, data, 20, PAGE - 5), 5);
	expect_sizes(fd, PAGE, PAGE);
	EXPECT_EQ(pread(fd, found, 20, PAGE - 5), 5);
	EXPECT_MEMEQ(found, data, 5);
	EXPECT_EQ(pwrite(keeper, data, 20, PAGE - 5), 5);
	expect_sizes(grows, PAGE, PAGE);
	EXPECT_EQ(pwrite(grows, data, 20, PAGE - 5), 20);
	expect_sizes(grows, 2 * PAGE, PAGE + 15);
}

/* A write that fails does not leave the VMO longer. */
TEST(failed_growth)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	char *hole = test_map(fd, 0, PAGE, PROT_NONE, 0);

	EXPECT_ERRNO(pwrite(fd, hole, 10, 5 * PAGE), EFAULT);
	expect_sizes(fd, PAGE, PAGE);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(zvmo_set_size(fd, 6 * PAGE), 0);
	EXPECT(test_holds(fd, 0, 6 * PAGE, 0));
}

/* Growth of a snapshot ends where its first ancestor could not go on. */
TEST(growth_of_a_distant_snapshot)
{
	int p = test_create(0, ZVMO_UNBOUNDED);
	int s = test_child(p, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
			   ZVMO_SIZE_MAX - 4 * PAGE, PAGE);

	test_write(s, 4 * PAGE - 1, "z", 1);
	expect_sizes(s, 4 * PAGE, 4 * PAGE);
	EXPECT_EQ(zvmo_write(s, 4 * PAGE, "z", 1), -EFBIG);
	EXPECT_EQ(zvmo_set_size(s, 4 * PAGE + 1), -EINVAL);
	EXPECT_ERRNO(fallocate(s, 0, 0, 5 * PAGE), EFBIG);
	expect_sizes(s, 4 * PAGE, 4 * PAGE);
}

TEST(references_share_sizes)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE), a, b;

	a = test_child(fd, ZVMO_CHILD_REFERENCE | ZVMO_CHILD_RESIZABLE, 0, 0);
	b = test_child(a, ZVMO_CHILD_REFERENCE, 0, 0);
	EXPECT_EQ(zvmo_set_size(a, 3 * PAGE + 1), 0);
	expect_sizes(fd, 4 * PAGE, 3 * PAGE + 1);
	expect_sizes(b, 4 * PAGE, 3 * PAGE + 1);
	test_write(fd, 4 * PAGE - 1, "z", 1);
	expect_sizes(b, 4 * PAGE, 4 * PAGE);
	EXPECT_EQ(zvmo_write(b, 4 * PAGE, "z", 1), -EFBIG);
	test_close(fd);
	test_write(a, 4 * PAGE, "z", 1);
	expect_sizes(b, 5 * PAGE, 4 * PAGE + 1);
}

TEST(slices_have_their_own)
{
	int fd = test_create(4 * PAGE, 0), slice;

	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, PAGE + 10);
	expect_sizes(slice, 2 * PAGE, PAGE + 10);
	test_write(slice, PAGE + 10, "abc", 3);
	expect_sizes(slice, 2 * PAGE, PAGE + 13);
	expect_sizes(fd, 4 * PAGE, 4 * PAGE);
	EXPECT_EQ(test_byte(fd, 2 * PAGE + 12), 'c');
	EXPECT_EQ(pwrite(slice, "xyz", 3, 2 * PAGE - 2), 2);
	EXPECT_EQ(test_byte(fd, 3 * PAGE), 0);
	expect_sizes(slice, 2 * PAGE, 2 * PAGE);
}

TEST(blocks)
{
	int fd = test_create(8 * PAGE, 0), slice;
	struct stat stat;

	test_fill(fd, PAGE, 3 * PAGE, 1);
	ASSERT_EQ(fstat(fd, &stat), 0);
	EXPECT_EQ(stat.st_blocks, 3 * PAGE / 512);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 0, 8 * PAGE);
	ASSERT_EQ(fstat(slice, &stat), 0);
	EXPECT_EQ(stat.st_blocks, 0);
	EXPECT(S_ISREG(stat.st_mode));
}

static int resized;
static atomic_bool resizing_done;

/* Fill two pages, the second first, cut to 100 bytes, and grow again. */
static void *fill_and_cut(void *unused)
{
	char text[PAGE];

	memset(text, 'X', sizeof(text));
	while (!resizing_done) {
		ASSERT_EQ(zvmo_write(resized, PAGE, text, PAGE), 0);
		ASSERT_EQ(zvmo_write(resized, 0, text, PAGE), 0);
		ASSERT_EQ(zvmo_set_size(resized, 100), 0);
		ASSERT_EQ(zvmo_set_size(resized, 2 * PAGE), 0);
	}
	return unused;
}

/* A snapshot sees all of what a shrink does, or nothing. */
TEST(shrinking_is_one_step)
{
	pthread_t thread;
	unsigned int i, rounds = test_rounds(3000);

	resized = test_create(2 * PAGE, ZVMO_RESIZABLE);
	thread = thread_start(fill_and_cut, NULL);
	for (i = 0; i < rounds; i++) {
		int snapshot = zvmo_snapshot_range(resized, 0, 2 * PAGE);
		char bytes[2 * PAGE];

		ASSERT_GE(snapshot, 0);
		ASSERT_EQ(zvmo_read(snapshot, 0, bytes, sizeof(bytes)),
			  (long)sizeof(bytes));
		if (bytes[0] == 'X' && bytes[PAGE] == 0)
			ASSERT_EQ(bytes[PAGE - 1], 0);
		test_close(snapshot);
	}
	resizing_done = true;
	thread_join(thread);
	test_close(resized);
}
