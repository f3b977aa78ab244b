// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ZVMO_IOC_SET_STREAM_SIZE: where the content like a file ends
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "ops.h"
#include "parallel.h"

static uint64_t stream_size(int fd)
{
	return test_info(fd).stream_size;
}

/* Four pages of one byte. */
static int filled(uint8_t byte)
{
	int fd = test_create(4 * PAGE, 0);

	test_fill(fd, 0, 4 * PAGE, byte);
	return fd;
}

/* The value */

TEST(the_value_is_seen_everywhere)
{
	int fd = filled('a');
	struct stat status;

	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 5), 0);
	EXPECT_EQ(stream_size(fd), PAGE + 5);
	EXPECT_EQ(test_info(fd).size, 4 * PAGE);
	ASSERT_EQ(fstat(fd, &status), 0);
	EXPECT_EQ(status.st_size, PAGE + 5);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), PAGE + 5);
}

TEST(read_ends_there)
{
	int fd = filled('a');
	char buffer[10];

	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 5), 0);
	EXPECT_EQ(pread(fd, buffer, 10, PAGE), 5);
	EXPECT_EQ(pread(fd, buffer, 10, PAGE + 5), 0);
	EXPECT_EQ(ioc_set_stream_size(fd, 2 * PAGE), 0);
	EXPECT_EQ(pread(fd, buffer, 10, PAGE), 10);
}

TEST(appending_begins_there)
{
	int fd = filled('a');

	EXPECT_EQ(ioc_set_stream_size(fd, 100), 0);
	ASSERT_EQ(fcntl(fd, F_SETFL, O_APPEND), 0);
	ASSERT_EQ(write(fd, "xy", 2), 2);
	EXPECT_EQ(stream_size(fd), 102);
	EXPECT_EQ(test_byte(fd, 100), 'x');
}

TEST(from_nothing_to_all)
{
	int fd = filled('a');

	EXPECT_EQ(ioc_set_stream_size(fd, 0), 0);
	EXPECT_EQ(stream_size(fd), 0);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(ioc_set_stream_size(fd, 4 * PAGE), 0);
	EXPECT_EQ(stream_size(fd), 4 * PAGE);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 0));
}

TEST(an_empty_vmo)
{
	int fd = test_create(0, 0);

	EXPECT_EQ(ioc_set_stream_size(fd, 0), 0);
	EXPECT_EQ(ioc_set_stream_size(fd, 1), -ERANGE);
}

/* What becomes zero: from the smaller of both sizes to the end of the VMO */

TEST(shrinking_zeroes_from_the_new_size)
{
	int fd = filled('a');

	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 5), 0);
	EXPECT(ioc_holds(fd, 0, PAGE + 5, 'a'));
	EXPECT(ioc_holds(fd, PAGE + 5, 3 * PAGE - 5, 0));
}

TEST(growing_zeroes_from_the_old_size)
{
	int fd = test_create(4 * PAGE, 0);

	EXPECT_EQ(ioc_set_stream_size(fd, 100), 0);
	ioc_fill(fd, 0, 4 * PAGE, 'a');
	EXPECT_EQ(ioc_set_stream_size(fd, 2 * PAGE), 0);
	EXPECT(ioc_holds(fd, 0, 100, 'a'));
	EXPECT(ioc_holds(fd, 100, 4 * PAGE - 100, 0));
	EXPECT_EQ(stream_size(fd), 2 * PAGE);
}

TEST(growing_to_the_end_zeroes_too)
{
	int fd = test_create(2 * PAGE, 0);

	EXPECT_EQ(ioc_set_stream_size(fd, PAGE), 0);
	ioc_fill(fd, 0, 2 * PAGE, 'a');
	EXPECT_EQ(ioc_set_stream_size(fd, 2 * PAGE), 0);
	EXPECT(ioc_holds(fd, 0, PAGE, 'a'));
	EXPECT(ioc_holds(fd, PAGE, PAGE, 0));
}

TEST(the_same_value_does_nothing)
{
	int fd = test_create(4 * PAGE, 0);

	EXPECT_EQ(ioc_set_stream_size(fd, 100), 0);
	ioc_fill(fd, 0, 4 * PAGE, 'a');
	EXPECT_EQ(ioc_set_stream_size(fd, 100), 0);
	EXPECT(ioc_holds(fd, 0, 4 * PAGE, 'a'));
}

/* A size in the middle of a page, at its beginning, and its end. */
TEST(around_a_page)
{
	const uint64_t sizes[] = { 1,	     PAGE - 1,	   PAGE,
				   PAGE + 1, 2 * PAGE - 1, 2 * PAGE };
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int fd = filled('a');

		test_context("to %llu", (unsigned long long)sizes[i]);
		EXPECT_EQ(ioc_set_stream_size(fd, sizes[i]), 0);
		EXPECT(ioc_holds(fd, 0, sizes[i], 'a'));
		EXPECT(ioc_holds(fd, sizes[i], 4 * PAGE - sizes[i], 0));
		EXPECT_EQ(test_info(fd).committed_bytes,
			  (sizes[i] + PAGE - 1) / PAGE * PAGE);
		test_close(fd);
	}
}

TEST(holes_stay_holes)
{
	int fd = test_create(4 * PAGE, 0);

	EXPECT_EQ(ioc_set_stream_size(fd, 100), 0);
	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 100), 0);
	EXPECT_EQ(ioc_set_stream_size(fd, 50), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(a_file_like_write_after_shrinking)
{
	int fd = filled('a');

	EXPECT_EQ(ioc_set_stream_size(fd, 10), 0);
	ASSERT_EQ(pwrite(fd, "x", 1, 20), 1);
	EXPECT_EQ(stream_size(fd), 21);
	EXPECT(ioc_holds(fd, 10, 10, 0));
	EXPECT_EQ(test_byte(fd, 20), 'x');
}

/* Pages */

TEST(whole_pages_are_freed)
{
	int fd = filled('a');

	EXPECT_EQ(ioc_set_stream_size(fd, PAGE), 0);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT_EQ(test_info(fd).committed_bytes, PAGE);
	EXPECT_EQ(ioc_set_stream_size(fd, 1), 0);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT_EQ(ioc_set_stream_size(fd, 0), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(a_large_vmo_of_several_nodes)
{
	uint64_t size = 5000 * PAGE, page;
	int fd = test_create(size, 0);

	for (page = 0; page < 5000; page += 7)
		page_write(fd, page, page + 1);
	EXPECT_EQ(ioc_set_stream_size(fd, 2500 * PAGE + 8), 0);
	for (page = 0; page < 5000; page += 7) {
		uint64_t word = 99;

		EXPECT_EQ(ioc_read(fd, page * PAGE, &word, 8), 0);
		EXPECT_EQ(word, page <= 2500 ? page + 1 : 0);
	}
	EXPECT_EQ(test_stats().pages, 2500 / 7 + 1);
}

/* Mappings */

TEST(mappings_see_the_zeros)
{
	int fd = filled('a');
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *reader = test_map(fd, 0, 4 * PAGE, PROT_READ, 0);

	memset(map, 'b', 4 * PAGE);
	EXPECT_EQ(reader[3 * PAGE], 'b');
	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 5), 0);
	EXPECT_EQ(map[PAGE + 4], 'b');
	EXPECT_EQ(map[PAGE + 5], 0);
	EXPECT_EQ(reader[PAGE + 5], 0);
	EXPECT_EQ(map[3 * PAGE], 0);
	EXPECT_EQ(reader[3 * PAGE], 0);
}

/* The VMO reaches further than its stream. */
TEST(mappings_work_beyond_the_stream)
{
	int fd = filled('a');
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_stream_size(fd, 0), 0);
	EXPECT_EQ(test_probe_write(map + 2 * PAGE, 'm'), 0);
	EXPECT(ioc_holds(fd, 2 * PAGE, 1, 'm'));
	EXPECT_EQ(stream_size(fd), 0);
}

/* Relatives */

TEST(a_snapshot_keeps_its_content)
{
	int fd = filled('a'), snapshot = test_snapshot(fd);
	char *map = test_map(snapshot, 0, 4 * PAGE, PROT_READ, 0);

	EXPECT_EQ(map[PAGE], 'a');
	EXPECT_EQ(ioc_set_stream_size(fd, 5), 0);
	EXPECT(test_holds(snapshot, 0, 4 * PAGE, 'a'));
	EXPECT_EQ(stream_size(snapshot), 4 * PAGE);
	EXPECT_EQ(map[PAGE], 'a');
	/* The page that is cut in two was copied. */
	EXPECT_EQ(test_stats().pages, 5);
}

TEST(the_parent_keeps_its_content)
{
	int fd = filled('a'), snapshot = test_snapshot(fd);

	EXPECT_EQ(ioc_set_stream_size(snapshot, PAGE), 0);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'a'));
	EXPECT_EQ(stream_size(fd), 4 * PAGE);
	EXPECT(ioc_holds(snapshot, 0, PAGE, 'a'));
	EXPECT(ioc_holds(snapshot, PAGE, 3 * PAGE, 0));
	/* Never to be seen again through the snapshot. */
	EXPECT_EQ(ioc_set_stream_size(snapshot, 4 * PAGE), 0);
	EXPECT(test_holds(snapshot, PAGE, 3 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 4);
}

TEST(references_share_it)
{
	int fd = filled('a');
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);

	EXPECT_EQ(ioc_set_stream_size(reference, 100), 0);
	EXPECT_EQ(stream_size(fd), 100);
	EXPECT(ioc_holds(fd, 100, PAGE, 0));
	EXPECT_EQ(ioc_set_stream_size(fd, 200), 0);
	EXPECT_EQ(stream_size(reference), 200);
}

TEST(a_slice_has_its_own)
{
	int fd = filled('a');
	int slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);

	EXPECT_EQ(stream_size(slice), 2 * PAGE);
	EXPECT_EQ(ioc_set_stream_size(slice, 100), 0);
	EXPECT_EQ(stream_size(slice), 100);
	EXPECT_EQ(stream_size(fd), 4 * PAGE);
	/* Zero from there to the end of the slice, not of the parent. */
	EXPECT(test_holds(fd, 0, PAGE + 100, 'a'));
	EXPECT(test_holds(fd, PAGE + 100, 2 * PAGE - 100, 0));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 'a'));
	EXPECT_EQ(ioc_set_stream_size(slice, 2 * PAGE + 1), -ERANGE);
	/* The parent's leaves that of the slice. */
	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 50), 0);
	EXPECT_EQ(stream_size(slice), 100);
	EXPECT(ioc_holds(slice, 0, 50, 'a'));
	EXPECT(ioc_holds(slice, 50, 2 * PAGE - 50, 0));
}

TEST(two_slices_over_the_same_pages)
{
	int fd = filled('a');
	int one = test_child(fd, ZVMO_CHILD_SLICE, 0, 2 * PAGE);
	int other = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);

	EXPECT_EQ(ioc_set_stream_size(one, PAGE + 10), 0);
	EXPECT_EQ(stream_size(other), 2 * PAGE);
	EXPECT(test_holds(other, 0, 10, 'a'));
	EXPECT(test_holds(other, 10, PAGE - 10, 0));
	EXPECT(test_holds(other, PAGE, PAGE, 'a'));
}

TEST(unbounded)
{
	int fd = test_create(PAGE, ZVMO_UNBOUNDED);

	EXPECT_EQ(ioc_write(fd, 1ULL << 40, "x", 1), 0);
	EXPECT_EQ(ioc_write(fd, 0, "x", 1), 0);
	EXPECT_EQ(ioc_set_stream_size(fd, 1ULL << 30), 0);
	EXPECT_EQ(stream_size(fd), 1ULL << 30);
	EXPECT(ioc_holds(fd, 1ULL << 40, 1, 0));
	EXPECT(ioc_holds(fd, 0, 1, 'x'));
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT_EQ(ioc_set_stream_size(fd, ZVMO_SIZE_MAX), 0);
	EXPECT_EQ(stream_size(fd), ZVMO_SIZE_MAX);
	EXPECT_EQ(ioc_set_stream_size(fd, ZVMO_SIZE_MAX + 1), -ERANGE);
}

TEST(resizing_afterwards)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE);

	test_fill(fd, 0, 4 * PAGE, 'a');
	EXPECT_EQ(ioc_set_stream_size(fd, 100), 0);
	ASSERT_EQ(zvmo_set_size(fd, 2 * PAGE), 0);
	EXPECT_EQ(stream_size(fd), 2 * PAGE);
	EXPECT_EQ(ioc_set_stream_size(fd, 3 * PAGE), -ERANGE);
	EXPECT(test_holds(fd, 0, 100, 'a'));
	EXPECT(test_holds(fd, 100, 2 * PAGE - 100, 0));
}

/* Errors */

TEST(needs_right_write)
{
	int fd = filled('a');
	int reader =
		test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	int writer = test_duplicate(fd, ZVMO_RIGHT_WRITE);

	EXPECT_EQ(ioc_set_stream_size(reader, 100), -EACCES);
	/* Before the size is looked at, and even if it is the same. */
	EXPECT_EQ(ioc_set_stream_size(reader, 5 * PAGE), -EACCES);
	EXPECT_EQ(ioc_set_stream_size(reader, 4 * PAGE), -EACCES);
	EXPECT_EQ(stream_size(fd), 4 * PAGE);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'a'));
	/* RESIZE is not asked for, nor a resizable VMO. */
	EXPECT_EQ(ioc_set_stream_size(writer, 100), 0);
}

TEST(no_further_than_the_vmo)
{
	int fd = filled('a');
	const uint64_t sizes[] = { 4 * PAGE + 1, 5 * PAGE, ZVMO_SIZE_MAX,
				   1ULL << 63, UINT64_MAX };
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		EXPECT_EQ(ioc_set_stream_size(fd, sizes[i]), -ERANGE);
	EXPECT_EQ(stream_size(fd), 4 * PAGE);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'a'));
	/* The pages count, not the bytes that it was created with. */
	fd = test_create(10, 0);
	EXPECT_EQ(ioc_set_stream_size(fd, PAGE), 0);
	EXPECT_EQ(ioc_set_stream_size(fd, PAGE + 1), -ERANGE);
}

/* Several at a time: a write either comes before, or extends again. */

struct race {
	int fd;
	atomic_bool stop;
};

static void *write_on(void *arg)
{
	struct race *race = arg;
	char data[64];

	memset(data, 'w', sizeof(data));
	while (!atomic_load(&race->stop)) {
		ASSERT_EQ(pwrite(race->fd, data, 64, 3 * PAGE + 100), 64);
		ASSERT_EQ(ioc_write(race->fd, 100, data, 64), 0);
	}
	return NULL;
}

TEST(while_another_writes)
{
	struct race race = { .fd = test_create(4 * PAGE, 0) };
	double deadline = test_seconds() + 1;
	unsigned int grown = 0, rounds = 0;
	pthread_t thread;

	EXPECT_EQ(ioc_set_stream_size(race.fd, 0), 0);
	thread = thread_start(write_on, &race);
	while (test_seconds() < deadline) {
		uint64_t size = stream_size(race.fd);

		EXPECT(size == 10 || size == 0 || size == 3 * PAGE + 164);
		grown += size == 3 * PAGE + 164;
		EXPECT_EQ(ioc_set_stream_size(race.fd, 10), 0);
		rounds++;
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
	test_note("%u rounds, %u after a write", rounds, grown);
	EXPECT_EQ(ioc_set_stream_size(race.fd, 0), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(while_another_resizes)
{
	struct race race = { .fd = test_create(4 * PAGE, ZVMO_RESIZABLE) };
	double deadline = test_seconds() + 1;
	pid_t process = test_fork();

	if (!process) {
		while (test_seconds() < deadline) {
			ASSERT_EQ(zvmo_set_size(race.fd, PAGE), 0);
			ASSERT_EQ(zvmo_set_size(race.fd, 4 * PAGE), 0);
		}
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		int result = ioc_set_stream_size(race.fd, 3 * PAGE);
		struct zvmo_info info = test_info(race.fd);

		EXPECT(result == 0 || result == -ERANGE);
		EXPECT_LE(info.stream_size, info.size);
	}
	test_wait_for(process);
}
