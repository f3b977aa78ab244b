// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ZVMO_IOC_TRANSFER: content moves from one VMO into another
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "discard.h"
#include "family.h"
#include "parallel.h"
#include "pins.h"

/* A source of four pages: 'a', 'b', a hole, 'd'; and an empty destination. */
struct pair {
	int from;
	int to;
};

static int letters(void)
{
	int fd = test_create(4 * PAGE, 0);

	test_fill(fd, 0, PAGE, 'a');
	test_fill(fd, PAGE, PAGE, 'b');
	test_fill(fd, 3 * PAGE, PAGE, 'd');
	return fd;
}

static struct pair pair_open(void)
{
	return (struct pair){ letters(), test_create(4 * PAGE, 0) };
}

static void expect_letters(int fd)
{
	EXPECT(ioc_holds(fd, 0, PAGE, 'a'));
	EXPECT(ioc_holds(fd, PAGE, PAGE, 'b'));
	EXPECT(ioc_holds(fd, 2 * PAGE, PAGE, 0));
	EXPECT(ioc_holds(fd, 3 * PAGE, PAGE, 'd'));
}

static int transfer_all(int to, int from)
{
	return ioc_transfer(to, 0, test_info(to).size, from, 0);
}

static unsigned long committed(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* What moves */

TEST(content_moves)
{
	struct pair pair = pair_open();

	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	expect_letters(pair.to);
	EXPECT(test_holds(pair.from, 0, 4 * PAGE, 0));
}

TEST(pages_move_without_being_copied)
{
	struct pair pair = pair_open();

	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	EXPECT_EQ(test_stats().pages, 3);
	EXPECT_EQ(committed(pair.to), 3);
	EXPECT_EQ(committed(pair.from), 0);
}

/* In a group that has no memory for a copy. */
TEST(moving_takes_no_memory)
{
	int from = test_create(16 * MIB, 0), to = test_create(16 * MIB, 0);
	pid_t process;

	test_fill(from, 0, 16 * MIB, 'a');
	cgroup_create("zvmo-transfer", 3 * MIB);
	process = test_fork();
	if (!process) {
		cgroup_enter("zvmo-transfer");
		EXPECT_EQ(ioc_transfer(to, 0, 16 * MIB, from, 0), 0);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	EXPECT(test_holds(to, 0, 16 * MIB, 'a'));
	EXPECT_EQ(test_stats().pages, 16 * MIB / PAGE);
}

TEST(only_the_range)
{
	struct pair pair = pair_open();

	test_fill(pair.to, 0, 4 * PAGE, 't');
	EXPECT_EQ(ioc_transfer(pair.to, 2 * PAGE, PAGE, pair.from, PAGE), 0);
	EXPECT(test_holds(pair.to, 0, 2 * PAGE, 't'));
	EXPECT(test_holds(pair.to, 2 * PAGE, PAGE, 'b'));
	EXPECT(test_holds(pair.to, 3 * PAGE, PAGE, 't'));
	EXPECT(test_holds(pair.from, 0, PAGE, 'a'));
	EXPECT(test_holds(pair.from, PAGE, 2 * PAGE, 0));
	EXPECT(test_holds(pair.from, 3 * PAGE, PAGE, 'd'));
	/* The page that was there is freed. */
	EXPECT_EQ(test_stats().pages, 6);
}

TEST(holes_move_as_holes)
{
	struct pair pair = pair_open();

	test_fill(pair.to, 0, 4 * PAGE, 't');
	EXPECT_EQ(ioc_transfer(pair.to, 0, PAGE, pair.from, 2 * PAGE), 0);
	EXPECT(test_holds(pair.to, 0, PAGE, 0));
	EXPECT_EQ(committed(pair.to), 3);
	EXPECT_EQ(committed(pair.from), 3);
	EXPECT_EQ(test_stats().pages, 6);
}

TEST(nothing_to_move)
{
	struct pair pair = pair_open();

	EXPECT_EQ(ioc_transfer(pair.to, 0, 0, pair.from, 0), 0);
	EXPECT_EQ(ioc_transfer(pair.to, 4 * PAGE, 0, pair.from, 4 * PAGE), 0);
	expect_letters(pair.from);
	EXPECT(test_holds(pair.to, 0, 4 * PAGE, 0));
}

TEST(there_and_back)
{
	struct pair pair = pair_open();
	unsigned int i;

	for (i = 0; i < 100; i++) {
		EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
		EXPECT_EQ(transfer_all(pair.from, pair.to), 0);
	}
	expect_letters(pair.from);
	EXPECT_EQ(test_stats().pages, 3);
}

/* At all places in a node of 64 pages, and across several. */
TEST(any_distance)
{
	static const unsigned int shifts[] = { 0, 1, 15, 63, 64, 65, 100, 128 };
	unsigned int i, page;

	for (i = 0; i < COUNT(shifts); i++) {
		int from = test_create(400 * PAGE, 0);
		int to = test_create(400 * PAGE, 0);

		test_context("shift %u", shifts[i]);
		for (page = 0; page < 200; page++) {
			if (page % 5)
				page_write(from, page + 70, page + 1);
		}
		EXPECT_EQ(ioc_transfer(to, shifts[i] * PAGE, 200 * PAGE, from,
				       70 * PAGE),
			  0);
		for (page = 0; page < 200; page++)
			EXPECT_EQ(page_read(to, page + shifts[i]),
				  page % 5 ? page + 1 : 0);
		EXPECT_EQ(committed(from), 0);
		EXPECT_EQ(test_stats().pages, 160);
		test_close(from);
		test_close(to);
	}
}

TEST(all_of_the_largest)
{
	int from = test_create(0, ZVMO_UNBOUNDED);
	int to = test_create(0, ZVMO_UNBOUNDED);

	ASSERT_EQ(ioc_write(from, 1ULL << 40, "x", 1), 0);
	ASSERT_EQ(ioc_write(from, ZVMO_SIZE_MAX - 1, "y", 1), 0);
	ASSERT_EQ(ioc_write(to, 1ULL << 41, "z", 1), 0);
	EXPECT_EQ(ioc_transfer(to, 0, ZVMO_SIZE_MAX, from, 0), 0);
	EXPECT(ioc_holds(to, 1ULL << 40, 1, 'x'));
	EXPECT(ioc_holds(to, ZVMO_SIZE_MAX - 1, 1, 'y'));
	EXPECT(ioc_holds(to, 1ULL << 41, 1, 0));
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(committed(from), 0);
}

/* Sizes */

TEST(the_stream_sizes_stay)
{
	struct pair pair = pair_open();

	ASSERT_EQ(ioc_set_stream_size(pair.to, 100), 0);
	ASSERT_EQ(ioc_set_stream_size(pair.from, 3 * PAGE + 5), 0);
	/* What lies beyond them moves too. */
	ioc_fill(pair.from, 3 * PAGE, PAGE, 'd');
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	EXPECT_EQ(test_info(pair.to).stream_size, 100);
	EXPECT_EQ(test_info(pair.from).stream_size, 3 * PAGE + 5);
	expect_letters(pair.to);
}

/* Within one VMO */

TEST(a_range_onto_itself)
{
	int fd = letters();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	map[0] = 'a';
	EXPECT_EQ(transfer_all(fd, fd), 0);
	EXPECT_EQ(ioc_transfer(fd, PAGE, 2 * PAGE, fd, PAGE), 0);
	expect_letters(fd);
	EXPECT(guest_is_mapped(map));
	EXPECT_EQ(test_stats().pages, 3);
}

TEST(ranges_that_do_not_meet)
{
	int fd = letters();

	EXPECT_EQ(ioc_transfer(fd, 2 * PAGE, 2 * PAGE, fd, 0), 0);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0));
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'a'));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 'b'));
	EXPECT_EQ(test_stats().pages, 2);
}

TEST(upwards_over_itself)
{
	int fd = letters();

	EXPECT_EQ(ioc_transfer(fd, PAGE, 3 * PAGE, fd, 0), 0);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT(test_holds(fd, PAGE, PAGE, 'a'));
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'b'));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
}

TEST(downwards_over_itself)
{
	int fd = letters();

	EXPECT_EQ(ioc_transfer(fd, 0, 3 * PAGE, fd, PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE, 'b'));
	EXPECT(test_holds(fd, PAGE, PAGE, 0));
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'd'));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
}

/* Random ranges of one VMO: an array of numbers, moved by memmove(). */
#define ARRAY 150

TEST(as_memmove)
{
	int fd = test_create(ARRAY * PAGE, 0);
	uint64_t model[ARRAY] = { 0 }, moved[ARRAY], random = test_seed, i,
		 round, rounds = test_rounds(400);

	for (round = 0; round < rounds; round++) {
		uint64_t length = 1 + test_random_below(&random, ARRAY);
		uint64_t to = test_random_below(&random, ARRAY - length + 1);
		uint64_t from = test_random_below(&random, ARRAY - length + 1);

		for (i = 0; i < 10; i++) {
			uint64_t page = test_random_below(&random, ARRAY);

			model[page] = test_random(&random);
			page_write(fd, page, model[page]);
		}
		test_context("round %u: %u pages from %u to %u",
			     (unsigned int)round, (unsigned int)length,
			     (unsigned int)from, (unsigned int)to);
		memcpy(moved, model + from, length * 8);
		memset(model + from, 0, length * 8);
		memcpy(model + to, moved, length * 8);
		ASSERT_EQ(ioc_transfer(fd, to * PAGE, length * PAGE, fd,
				       from * PAGE),
			  0);
		for (i = 0; i < ARRAY; i++)
			ASSERT_EQ(page_read(fd, i), model[i]);
	}
}

/* Pages that others hold too */

TEST(a_snapshot_of_the_source_keeps_what_it_has)
{
	struct pair pair = pair_open();
	int snapshot = test_snapshot(pair.from);
	char *map = test_map(snapshot, 0, 4 * PAGE, PROT_READ, 0);

	EXPECT_EQ(map[0], 'a');
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	expect_letters(pair.to);
	expect_letters(snapshot);
	EXPECT(test_holds(pair.from, 0, 4 * PAGE, 0));
	/* Shared pages are copied. */
	EXPECT_EQ(test_stats().pages, 6);
	test_fill(pair.to, 0, 4 * PAGE, 't');
	expect_letters(snapshot);
	EXPECT_EQ(map[0], 'a');
}

TEST(only_shared_pages_are_copied)
{
	struct pair pair = pair_open();
	int snapshot = test_snapshot(pair.from);

	test_fill(pair.from, 0, PAGE, 'A');
	EXPECT_EQ(test_stats().pages, 4);
	EXPECT_EQ(ioc_transfer(pair.to, 0, PAGE, pair.from, 0), 0);
	EXPECT_EQ(test_stats().pages, 4);
	EXPECT_EQ(ioc_transfer(pair.to, PAGE, PAGE, pair.from, PAGE), 0);
	EXPECT_EQ(test_stats().pages, 5);
	EXPECT(test_holds(pair.to, 0, PAGE, 'A'));
	expect_letters(snapshot);
}

TEST(a_snapshot_of_the_destination_keeps_what_it_has)
{
	struct pair pair = pair_open();
	int snapshot;

	test_fill(pair.to, 0, 4 * PAGE, 't');
	snapshot = test_snapshot(pair.to);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	expect_letters(pair.to);
	EXPECT(test_holds(snapshot, 0, 4 * PAGE, 't'));
	EXPECT_EQ(test_stats().pages, 7);
}

TEST(a_snapshot_taken_afterwards)
{
	struct pair pair = pair_open();
	int snapshot;

	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	snapshot = test_snapshot(pair.to);
	test_fill(pair.to, 0, 4 * PAGE, 't');
	expect_letters(snapshot);
}

/* The parent's content must not show where the snapshot's has left. */
TEST(out_of_a_snapshot)
{
	struct pair pair = pair_open();
	int snapshot = test_snapshot(pair.from);

	EXPECT_EQ(transfer_all(pair.to, snapshot), 0);
	expect_letters(pair.to);
	expect_letters(pair.from);
	EXPECT(test_holds(snapshot, 0, 4 * PAGE, 0));
}

TEST(between_a_parent_and_its_snapshot)
{
	int fd = letters(), snapshot = test_snapshot(fd);

	test_fill(snapshot, 2 * PAGE, PAGE, 'c');
	EXPECT_EQ(transfer_all(fd, snapshot), 0);
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'c'));
	EXPECT(test_holds(fd, 0, PAGE, 'a'));
	EXPECT(test_holds(snapshot, 0, 4 * PAGE, 0));
	EXPECT_EQ(ioc_transfer(snapshot, 0, PAGE, fd, 3 * PAGE), 0);
	EXPECT(test_holds(snapshot, 0, PAGE, 'd'));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 4);
}

TEST(within_one_vmo_that_has_a_snapshot)
{
	int fd = letters(), snapshot = test_snapshot(fd);

	EXPECT_EQ(ioc_transfer(fd, PAGE, 3 * PAGE, fd, 0), 0);
	EXPECT(test_holds(fd, PAGE, PAGE, 'a'));
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'b'));
	expect_letters(snapshot);
}

/* Slices and references */

TEST(through_slices)
{
	struct pair pair = pair_open();
	int from = test_child(pair.from, ZVMO_CHILD_SLICE, PAGE, 3 * PAGE);
	int to = test_child(pair.to, ZVMO_CHILD_SLICE, 2 * PAGE, 2 * PAGE);

	EXPECT_EQ(ioc_transfer(to, PAGE, PAGE, from, 2 * PAGE), 0);
	EXPECT(test_holds(pair.to, 3 * PAGE, PAGE, 'd'));
	EXPECT(test_holds(pair.from, 3 * PAGE, PAGE, 0));
	EXPECT_EQ(ioc_transfer(to, 0, 3 * PAGE, from, 0), -ERANGE);
	EXPECT_EQ(ioc_transfer(to, 0, 2 * PAGE, from, 2 * PAGE), -ERANGE);
}

/* Of one content: the same rules as within one VMO. */
TEST(between_slices_of_one_vmo)
{
	int fd = letters();
	int low = test_child(fd, ZVMO_CHILD_SLICE, 0, 3 * PAGE);
	int high = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 3 * PAGE);

	EXPECT_EQ(ioc_transfer(high, 0, 3 * PAGE, low, 0), 0);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT(test_holds(fd, PAGE, PAGE, 'a'));
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'b'));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
	/* The same pages under two names. */
	EXPECT_EQ(ioc_transfer(high, 0, 2 * PAGE, low, PAGE), 0);
	EXPECT_EQ(ioc_transfer(fd, PAGE, 2 * PAGE, low, PAGE), 0);
	EXPECT(test_holds(fd, PAGE, PAGE, 'a'));
}

TEST(through_references)
{
	struct pair pair = pair_open();
	int from = test_child(pair.from, ZVMO_CHILD_REFERENCE, 0, 0);
	int to = test_child(pair.to, ZVMO_CHILD_REFERENCE, 0, 0);

	EXPECT_EQ(transfer_all(to, from), 0);
	expect_letters(pair.to);
	EXPECT_EQ(transfer_all(to, pair.to), 0);
	expect_letters(pair.to);
}

/* Mappings */

TEST(mappings_of_both_sides)
{
	struct pair pair = pair_open();
	char *from = test_map(pair.from, 0, 4 * PAGE, RW, 0);
	char *to = test_map(pair.to, 0, 4 * PAGE, RW, 0);

	from[0] = 'A';
	memset(to, 't', 4 * PAGE);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	EXPECT_EQ(to[0], 'A');
	EXPECT_EQ(to[1], 'a');
	EXPECT_EQ(to[2 * PAGE], 0);
	EXPECT_EQ(to[3 * PAGE], 'd');
	EXPECT_EQ(from[0], 0);
	EXPECT_EQ(from[3 * PAGE], 0);
	/* Neither sees what is written on the other side. */
	from[0] = '1';
	to[PAGE] = '2';
	EXPECT_EQ(to[0], 'A');
	EXPECT_EQ(from[PAGE], 0);
	EXPECT_EQ(test_byte(pair.from, 0), '1');
	EXPECT_EQ(test_byte(pair.to, PAGE), '2');
}

TEST(mappings_of_another_process)
{
	struct pair pair = pair_open();
	char *from = test_map(pair.from, 0, 4 * PAGE, RW, 0);
	char *to = test_map(pair.to, 0, 4 * PAGE, RW, 0);
	_Atomic int *turn = shared_memory(PAGE);
	pid_t process = test_fork();

	if (!process) {
		EXPECT_EQ(from[0], 'a');
		EXPECT_EQ(to[0], 0);
		atomic_store(turn, 1);
		while (atomic_load(turn) != 2)
			sleep_ms(1);
		EXPECT_EQ(from[0], 0);
		EXPECT_EQ(to[0], 'a');
		_exit(EXIT_SUCCESS);
	}
	while (atomic_load(turn) != 1)
		sleep_ms(1);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	atomic_store(turn, 2);
	test_wait_for(process);
}

/* Discardable VMOs */

TEST(discarded_content)
{
	struct pair pair = pair_open();
	int gone = vmo_in_size(DISCARDED, 4 * PAGE, 0);

	EXPECT_EQ(transfer_all(pair.to, gone), -ENODATA);
	EXPECT_EQ(transfer_all(gone, pair.from), -ENODATA);
	expect_letters(pair.from);
	EXPECT_EQ(ioc_try_lock(gone), -ESTALE);
}

TEST(discardable_content)
{
	struct pair pair = pair_open();
	int cache = test_create(4 * PAGE, ZVMO_DISCARDABLE);

	lock(cache);
	EXPECT_EQ(transfer_all(cache, pair.from), 0);
	expect_letters(cache);
	unlock(cache);
	EXPECT_EQ(transfer_all(pair.to, cache), 0);
	expect_letters(pair.to);
	/* These are no cache's any more. */
	reclaim();
	expect_letters(pair.to);
}

/* Errors, one at a time; nothing moves */

TEST(rights)
{
	struct pair pair = pair_open();
	const uint32_t all = ZVMO_RIGHTS_DEFAULT;
	int to = test_duplicate(pair.to, ZVMO_RIGHT_WRITE);
	int from =
		test_duplicate(pair.from, ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE);

	EXPECT_EQ(transfer_all(test_duplicate(pair.to, all & ~ZVMO_RIGHT_WRITE),
			       pair.from),
		  -EACCES);
	EXPECT_EQ(transfer_all(pair.to,
			       test_duplicate(pair.from,
					      all & ~ZVMO_RIGHT_WRITE)),
		  -EACCES);
	EXPECT_EQ(transfer_all(pair.to, test_duplicate(pair.from,
						       all & ~ZVMO_RIGHT_READ)),
		  -EACCES);
	expect_letters(pair.from);
	EXPECT_EQ(transfer_all(to, from), 0);
	expect_letters(pair.to);
}

TEST(ranges_that_are_wrong)
{
	struct pair pair = pair_open();
	const struct {
		uint64_t offset, length, source_offset;
		int error;
	} cases[] = {
		{ 1, PAGE, 0, -EINVAL },
		{ 0, PAGE - 1, 0, -EINVAL },
		{ 0, 1, 0, -EINVAL },
		{ 0, PAGE, PAGE / 2, -EINVAL },
		{ 0, UINT64_MAX, 0, -EINVAL },
		{ 0, 5 * PAGE, 0, -ERANGE },
		{ PAGE, 4 * PAGE, 0, -ERANGE },
		{ 0, 4 * PAGE, PAGE, -ERANGE },
		{ 4 * PAGE, PAGE, 0, -ERANGE },
		{ 0, PAGE, 4 * PAGE, -ERANGE },
		{ 5 * PAGE, 0, 0, -ERANGE },
		{ 0, 0, 5 * PAGE, -ERANGE },
		{ -PAGE, 2 * PAGE, 0, -ERANGE },
		{ 0, 2 * PAGE, -PAGE, -ERANGE },
		{ PAGE, -PAGE, 0, -ERANGE },
		{ 0, -PAGE, PAGE, -ERANGE },
	};
	unsigned int i;

	for (i = 0; i < COUNT(cases); i++) {
		test_context("case %u", i);
		EXPECT_EQ(ioc_transfer(pair.to, cases[i].offset,
				       cases[i].length, pair.from,
				       cases[i].source_offset),
			  cases[i].error);
	}
	expect_letters(pair.from);
	EXPECT(test_holds(pair.to, 0, 4 * PAGE, 0));
}

TEST(sources_that_are_none)
{
	int to = test_create(4 * PAGE, 0), device = zvmo_open();
	int null = open("/dev/null", O_RDWR), memory = memfd_create("m", 0);

	EXPECT_EQ(transfer_all(to, -1), -EBADF);
	EXPECT_EQ(transfer_all(to, 12345), -EBADF);
	EXPECT_EQ(transfer_all(to, null), -ENOTTY);
	EXPECT_EQ(transfer_all(to, memory), -ENOTTY);
	EXPECT_EQ(transfer_all(to, device), -ENOTTY);
}

/* Arguments before descriptors, before rights, before ranges, before state. */
TEST(which_error_wins)
{
	struct pair pair = pair_open();
	int gone = vmo_in_size(DISCARDED, 4 * PAGE, 0);
	int none = test_duplicate(pair.to, 0);
	struct zvmo_transfer args = {
		.argsz = sizeof(args),
		.options = 1,
		.length = PAGE,
		.source = -1,
	};

	EXPECT_EQ(ioc(none, ZVMO_IOC_TRANSFER, &args), -EINVAL);
	EXPECT_EQ(ioc_transfer(none, 1, PAGE, -1, 0), -EINVAL);
	EXPECT_EQ(ioc_transfer(none, 0, 9 * PAGE, -1, 0), -EBADF);
	EXPECT_EQ(ioc_transfer(none, 0, 9 * PAGE, pair.from, 0), -EACCES);
	EXPECT_EQ(ioc_transfer(pair.to, 0, 9 * PAGE, none, 0), -EACCES);
	EXPECT_EQ(ioc_transfer(pair.to, 0, 9 * PAGE, gone, 0), -ERANGE);
}

TEST(every_option_is_unknown)
{
	struct pair pair = pair_open();
	struct zvmo_transfer args = {
		.argsz = sizeof(args),
		.length = PAGE,
		.source = pair.from,
	};
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		args.options = 1U << bit;
		EXPECT_EQ(ioc(pair.to, ZVMO_IOC_TRANSFER, &args), -EINVAL);
	}
	args.options = 0;
	args.reserved = 1;
	EXPECT_EQ(ioc(pair.to, ZVMO_IOC_TRANSFER, &args), -EINVAL);
	expect_letters(pair.from);
}

/* Pages that something outside holds: it sees no later write of the other side */

TEST(a_pipe_holds_a_page_of_the_source)
{
	struct pair pair = pair_open();
	char *from = test_map(pair.from, 0, 4 * PAGE, RW, 0);
	struct pipe pipe = pipe_open();

	pipe_put(&pipe, from);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	expect_letters(pair.to);
	test_fill(pair.to, 0, PAGE, 't');
	memset(from, 'f', PAGE);
	EXPECT_EQ(pipe_take(&pipe), 'a');
	EXPECT(test_holds(pair.to, 0, PAGE, 't'));
}

TEST(a_pipe_holds_a_page_of_the_destination)
{
	struct pair pair = pair_open();
	char *to = test_map(pair.to, 0, 4 * PAGE, RW, 0);
	struct pipe pipe = pipe_open();

	memset(to, 't', PAGE);
	pipe_put(&pipe, to);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	memset(to, 'n', PAGE);
	EXPECT_EQ(pipe_take(&pipe), 't');
}

TEST(during_direct_io_into_the_source)
{
	struct pair pair = pair_open();
	char *from = test_map(pair.from, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'D');
	from[PAGE] = 'b';
	slow_start(&io, IOCB_CMD_PREAD, from + PAGE, 0);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	expect_letters(pair.to);
	slow_finish(&io);
	expect_letters(pair.to);
	EXPECT(test_holds(pair.from, 0, 4 * PAGE, 0));
}

TEST(during_direct_io_out_of_the_source)
{
	struct pair pair = pair_open();
	char *from = test_map(pair.from, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'D');
	slow_start(&io, IOCB_CMD_PWRITE, from, 5);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	test_fill(pair.to, 0, PAGE, 't');
	slow_finish(&io);
	EXPECT(device_holds(io.device, 5, 'a'));
	EXPECT(test_holds(pair.to, 0, PAGE, 't'));
}

TEST(during_direct_io_into_the_destination)
{
	struct pair pair = pair_open();
	char *to = test_map(pair.to, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'D');
	to[0] = 't';
	slow_start(&io, IOCB_CMD_PREAD, to, 0);
	EXPECT_EQ(transfer_all(pair.to, pair.from), 0);
	slow_finish(&io);
	expect_letters(pair.to);
}

/* Several at a time */

/*
 * Numbers that grow, written to the source through a mapping: what was written
 * before the transfer began is in the destination; nothing is in both.
 */
struct writer {
	char *map;
	_Atomic uint64_t written;
	atomic_bool stop;
};

static void *write_on(void *arg)
{
	struct writer *writer = arg;
	uint64_t value = 0;

	while (!atomic_load(&writer->stop)) {
		word_write(writer->map, ++value);
		atomic_store(&writer->written, value);
	}
	return NULL;
}

TEST(while_the_source_is_written)
{
	int from = test_create(PAGE, 0), to = test_create(PAGE, 0);
	struct writer writer = { .map = test_map(from, 0, PAGE, RW, 0) };
	double deadline = test_seconds() + 1.5;
	uint64_t before, here, there = 0;
	unsigned int rounds = 0;
	pthread_t thread;

	thread = thread_start(write_on, &writer);
	for (; test_seconds() < deadline; rounds++) {
		before = atomic_load(&writer.written);
		while (atomic_load(&writer.written) == before)
			sched_yield();
		before = atomic_load(&writer.written);
		ASSERT_EQ(ioc_transfer(to, 0, PAGE, from, 0), 0);
		there = page_read(to, 0);
		here = page_read(from, 0);
		ASSERT_GE(there, before);
		if (here)
			ASSERT_GE(here, there + 1);
		ASSERT_EQ(page_read(to, 0), there);
	}
	atomic_store(&writer.stop, true);
	thread_join(thread);
	here = page_read(from, 0);
	EXPECT_EQ(here ?: there, atomic_load(&writer.written));
	test_note("%u rounds", rounds);
}

/*
 * Two VMOs, several processes: each moves pages of its own to and fro, at random
 * and in both directions, and always finds them in just one place.
 */
#define MOVERS 3
#define OWN 20 /* pages of each */

static void move_own(const int *fds, unsigned int nr, double deadline)
{
	uint64_t random = test_seed + nr, first = nr * OWN, i;
	unsigned int side[OWN] = { 0 };

	while (test_seconds() < deadline) {
		uint64_t page = test_random_below(&random, OWN);
		unsigned int from = side[page];
		uint64_t nr_pages = 1;

		while (page + nr_pages < OWN && side[page + nr_pages] == from)
			nr_pages++;
		nr_pages = 1 + test_random_below(&random, nr_pages);
		ASSERT_EQ(ioc_transfer(fds[!from], (first + page) * PAGE,
				       nr_pages * PAGE, fds[from],
				       (first + page) * PAGE),
			  0);
		for (i = page; i < page + nr_pages; i++) {
			side[i] = !from;
			ASSERT_EQ(page_read(fds[!from], first + i),
				  first + i + 1);
			ASSERT_EQ(page_read(fds[from], first + i), 0);
		}
	}
	for (i = 0; i < OWN; i++)
		ASSERT_EQ(page_read(fds[side[i]], first + i), first + i + 1);
}

static void move_all(bool with_snapshots)
{
	int fds[2] = { test_create(MOVERS * OWN * PAGE, 0),
		       test_create(MOVERS * OWN * PAGE, 0) };
	double deadline = test_seconds() + 1.5;
	pid_t processes[MOVERS];
	uint64_t i;

	for (i = 0; i < MOVERS * OWN; i++)
		page_write(fds[0], i, i + 1);
	for (i = 0; i < MOVERS; i++) {
		processes[i] = test_fork();
		if (!processes[i]) {
			move_own(fds, i, deadline);
			_exit(EXIT_SUCCESS);
		}
	}
	while (with_snapshots && test_seconds() < deadline) {
		int snapshot = test_snapshot(fds[0]);

		for (i = 0; i < MOVERS * OWN; i++) {
			uint64_t word = page_read(snapshot, i);

			EXPECT(word == 0 || word == i + 1);
			EXPECT_EQ(page_read(snapshot, i), word);
		}
		test_close(snapshot);
	}
	for (i = 0; i < MOVERS; i++)
		test_wait_for(processes[i]);
	EXPECT_EQ(test_stats().pages, MOVERS * OWN);
}

TEST(to_and_fro_at_once)
{
	move_all(false);
}

TEST(to_and_fro_while_snapshots_are_taken)
{
	move_all(true);
}

TEST(while_both_are_resized)
{
	int from = test_create(16 * PAGE, ZVMO_RESIZABLE);
	int to = test_create(16 * PAGE, ZVMO_RESIZABLE);
	double deadline = test_seconds() + 1;
	pid_t process = test_fork();

	if (!process) {
		while (test_seconds() < deadline) {
			ASSERT_EQ(zvmo_set_size(from, PAGE), 0);
			ASSERT_EQ(zvmo_set_size(to, PAGE), 0);
			ASSERT_EQ(zvmo_set_size(from, 16 * PAGE), 0);
			ASSERT_EQ(zvmo_set_size(to, 16 * PAGE), 0);
		}
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		int result = ioc_transfer(to, 0, 16 * PAGE, from, 0);

		EXPECT(result == 0 || result == -ERANGE);
		ioc_fill(from, 0, PAGE, 'n');
	}
	test_wait_for(process);
	ASSERT_EQ(zvmo_set_size(from, 0), 0);
	ASSERT_EQ(zvmo_set_size(to, 0), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

/* Random families, against a model */

#define ALSO (FAMILY_STREAM_SIZE | FAMILY_TRANSFER | FAMILY_RESTORE)

TEST(random_families)
{
	family_run_many(ALSO, 60);
}

TEST(random_large_family)
{
	family_run(test_seed + 100, ALSO, test_rounds(4000));
}
