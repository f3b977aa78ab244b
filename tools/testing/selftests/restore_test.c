// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ZVMO_IOC_RESTORE: back to the content of a relative
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "family.h"
#include "guest.h"
#include "harness.h"
#include "ops.h"
#include "parallel.h"
#include "pins.h"

/* A VMO of some pages of 'o', and a snapshot of it to go back to. */
struct pair {
	int fd;
	int old;
};

static struct pair pair_open(uint64_t pages, uint32_t options)
{
	struct pair pair = { .fd = test_create(pages * PAGE, options) };

	test_fill(pair.fd, 0, pages * PAGE, 'o');
	pair.old = test_snapshot(pair.fd);
	return pair;
}

static int restore_all(int fd, int source)
{
	return ioc_restore(fd, source, 0, test_info(fd).size);
}

static unsigned long committed(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* Whose content comes back */

TEST(back_to_a_snapshot)
{
	struct pair pair = pair_open(4, 0);

	test_fill(pair.fd, PAGE - 1, 2 * PAGE, 'n');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
	EXPECT(test_holds(pair.old, 0, 4 * PAGE, 'o'));
}

TEST(a_snapshot_back_to_its_parent)
{
	struct pair pair = pair_open(4, 0);

	test_fill(pair.old, 0, 2 * PAGE, 'c');
	EXPECT_EQ(restore_all(pair.old, pair.fd), 0);
	EXPECT(test_holds(pair.old, 0, 4 * PAGE, 'o'));
}

/* Not only back: what the snapshot has written comes to the parent. */
TEST(forward_to_what_a_snapshot_wrote)
{
	struct pair pair = pair_open(4, 0);

	test_fill(pair.old, PAGE, PAGE, 'c');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 'o'));
	EXPECT(test_holds(pair.fd, PAGE, PAGE, 'c'));
	EXPECT(test_holds(pair.fd, 2 * PAGE, 2 * PAGE, 'o'));
}

TEST(from_a_sibling)
{
	struct pair pair = pair_open(4, 0);
	int other = test_snapshot(pair.fd);

	test_fill(pair.old, 0, PAGE, 'a');
	test_fill(other, PAGE, PAGE, 'b');
	EXPECT_EQ(restore_all(other, pair.old), 0);
	EXPECT(test_holds(other, 0, PAGE, 'a'));
	EXPECT(test_holds(other, PAGE, 3 * PAGE, 'o'));
	EXPECT(test_holds(pair.old, PAGE, 3 * PAGE, 'o'));
}

TEST(from_a_cousin_whose_ancestors_are_gone)
{
	struct pair pair = pair_open(4, 0);
	int left = test_snapshot(pair.old), right = test_snapshot(pair.fd);

	test_fill(left, 0, PAGE, 'l');
	test_fill(right, PAGE, PAGE, 'r');
	test_close(pair.fd);
	test_close(pair.old);
	EXPECT_EQ(restore_all(left, right), 0);
	EXPECT(test_holds(left, 0, PAGE, 'o'));
	EXPECT(test_holds(left, PAGE, PAGE, 'r'));
	EXPECT(test_holds(left, 2 * PAGE, 2 * PAGE, 'o'));
}

TEST(from_a_great_grandchild)
{
	struct pair pair = pair_open(4, 0);
	int child = test_snapshot(test_snapshot(pair.old));

	test_fill(child, 3 * PAGE, PAGE, 'g');
	EXPECT_EQ(restore_all(pair.fd, child), 0);
	EXPECT(test_holds(pair.fd, 0, 3 * PAGE, 'o'));
	EXPECT(test_holds(pair.fd, 3 * PAGE, PAGE, 'g'));
	EXPECT_EQ(restore_all(child, pair.old), 0);
	EXPECT(test_holds(child, 0, 4 * PAGE, 'o'));
}

/* Nothing differs, so nothing happens: what is mapped stays so. */
TEST(from_itself_keeps_mappings)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	memset(map, 'a', 4 * PAGE);
	ASSERT_EQ(restore_all(fd, fd), 0);
	EXPECT_EQ(guest_faults_to_write(map, 4), 0);
}

TEST(from_itself)
{
	struct pair pair = pair_open(4, 0);
	char *map = test_map(pair.fd, 0, 4 * PAGE, RW, 0);

	memset(map, 'n', 2 * PAGE);
	EXPECT_EQ(restore_all(pair.fd, pair.fd), 0);
	EXPECT(test_holds(pair.fd, 0, 2 * PAGE, 'n'));
	EXPECT_EQ(test_stats().pages, 6);
	EXPECT_EQ(guest_mapped(map, 2), 2);
}

/* Ranges */

TEST(only_the_range)
{
	struct pair pair = pair_open(4, 0);

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(ioc_restore(pair.fd, pair.old, PAGE, 3 * PAGE), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 'n'));
	EXPECT(test_holds(pair.fd, PAGE, 2 * PAGE, 'o'));
	EXPECT(test_holds(pair.fd, 3 * PAGE, PAGE, 'n'));
	EXPECT_EQ(test_stats().pages, 6);
}

TEST(an_empty_range)
{
	struct pair pair = pair_open(4, 0);

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(ioc_restore(pair.fd, pair.old, 0, 0), 0);
	EXPECT_EQ(ioc_restore(pair.fd, pair.old, 2 * PAGE, 2 * PAGE), 0);
	EXPECT_EQ(ioc_restore(pair.fd, pair.old, 4 * PAGE, 4 * PAGE), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'n'));
}

TEST(page_by_page_over_several_nodes)
{
	uint64_t page;
	struct pair pair = pair_open(200, 0);

	test_fill(pair.fd, 0, 200 * PAGE, 'n');
	for (page = 0; page < 200; page += 2)
		EXPECT_EQ(ioc_restore(pair.fd, pair.old, page * PAGE,
				      (page + 1) * PAGE),
			  0);
	for (page = 0; page < 200; page++)
		EXPECT_EQ(test_byte(pair.fd, page * PAGE),
			  page % 2 ? 'n' : 'o');
	EXPECT_EQ(test_stats().pages, 300);
}

/* Holes */

TEST(a_hole_comes_back)
{
	int fd = test_create(4 * PAGE, 0), old = test_snapshot(fd);

	test_fill(fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(restore_all(fd, old), 0);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 0));
	EXPECT_EQ(committed(fd), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(a_page_comes_back_to_a_hole)
{
	struct pair pair = pair_open(4, 0);

	ASSERT_EQ(zvmo_zero(pair.fd, 0, 4 * PAGE), 0);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
	EXPECT_EQ(committed(pair.fd), 4);
	EXPECT_EQ(test_stats().pages, 4);
}

/* Windows: the same place is the one that both inherited */

TEST(what_a_window_does_not_cover_becomes_a_hole)
{
	struct pair pair = pair_open(4, 0);
	int window = test_child(pair.fd, ZVMO_CHILD_SNAPSHOT, PAGE, 2 * PAGE);

	test_fill(window, 0, PAGE, 'w');
	EXPECT_EQ(restore_all(pair.fd, window), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 0));
	EXPECT(test_holds(pair.fd, PAGE, PAGE, 'w'));
	EXPECT(test_holds(pair.fd, 2 * PAGE, PAGE, 'o'));
	EXPECT(test_holds(pair.fd, 3 * PAGE, PAGE, 0));
	EXPECT_EQ(committed(pair.fd), 2);
}

TEST(a_window_from_its_parent)
{
	struct pair pair = pair_open(4, 0);
	int window =
		test_child(pair.fd, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, 4 * PAGE);

	test_fill(window, 0, 4 * PAGE, 'w');
	test_fill(pair.fd, 3 * PAGE, PAGE, 'p');
	EXPECT_EQ(restore_all(window, pair.fd), 0);
	EXPECT(test_holds(window, 0, PAGE, 'o'));
	EXPECT(test_holds(window, PAGE, PAGE, 'p'));
	EXPECT(test_holds(window, 2 * PAGE, 2 * PAGE, 0));
}

TEST(windows_at_different_places)
{
	struct pair pair = pair_open(8, 0);
	int low = test_child(pair.fd, ZVMO_CHILD_SNAPSHOT, PAGE, 4 * PAGE);
	int high = test_child(pair.fd, ZVMO_CHILD_SNAPSHOT, 3 * PAGE, 4 * PAGE);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		test_fill(low, i * PAGE, PAGE, 'a' + i);
		test_fill(high, i * PAGE, PAGE, 'A' + i);
	}
	EXPECT_EQ(restore_all(low, high), 0);
	EXPECT(test_holds(low, 0, 2 * PAGE, 0));
	EXPECT(test_holds(low, 2 * PAGE, PAGE, 'A'));
	EXPECT(test_holds(low, 3 * PAGE, PAGE, 'B'));
	EXPECT(test_holds(high, 2 * PAGE, PAGE, 'C'));
}

TEST(windows_that_do_not_meet)
{
	struct pair pair = pair_open(4, 0);
	int low = test_child(pair.fd, ZVMO_CHILD_SNAPSHOT, 0, 2 * PAGE);
	int high = test_child(pair.fd, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, 2 * PAGE);

	EXPECT_EQ(restore_all(low, high), 0);
	EXPECT(test_holds(low, 0, 2 * PAGE, 0));
	EXPECT_EQ(committed(low), 0);
	EXPECT(test_holds(high, 0, 2 * PAGE, 'o'));
}

/* Slices and references */

TEST(through_a_slice)
{
	struct pair pair = pair_open(4, 0);
	int slice = test_child(pair.fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(restore_all(slice, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 'n'));
	EXPECT(test_holds(pair.fd, PAGE, 2 * PAGE, 'o'));
	EXPECT(test_holds(pair.fd, 3 * PAGE, PAGE, 'n'));
	EXPECT_EQ(ioc_restore(slice, pair.old, 0, 3 * PAGE), -ERANGE);
}

TEST(from_a_slice)
{
	struct pair pair = pair_open(4, 0);
	int slice = test_child(pair.old, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(ioc_restore(pair.fd, slice, PAGE, 3 * PAGE), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 'n'));
	EXPECT(test_holds(pair.fd, PAGE, 2 * PAGE, 'o'));
	EXPECT_EQ(restore_all(pair.fd, slice), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 0));
	EXPECT(test_holds(pair.fd, 3 * PAGE, PAGE, 0));
}

TEST(through_and_from_references)
{
	struct pair pair = pair_open(4, 0);
	int to = test_child(pair.fd, ZVMO_CHILD_REFERENCE, 0, 0);
	int from = test_child(pair.old, ZVMO_CHILD_REFERENCE, 0, 0);

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(restore_all(to, from), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
	/* Of one content, there is nothing to do. */
	test_fill(pair.fd, 0, PAGE, 'n');
	EXPECT_EQ(restore_all(to, pair.fd), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 'n'));
}

/* Sizes */

TEST(the_sizes_stay)
{
	struct pair pair = pair_open(4, ZVMO_RESIZABLE);

	ASSERT_EQ(zvmo_set_size(pair.fd, 2 * PAGE + 10), 0);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(test_info(pair.fd).size, 3 * PAGE);
	EXPECT_EQ(test_info(pair.fd).stream_size, 2 * PAGE + 10);
	EXPECT(ioc_holds(pair.fd, 0, 3 * PAGE, 'o'));
	EXPECT_EQ(test_info(pair.old).size, 4 * PAGE);
}

TEST(beyond_the_relative_are_holes)
{
	struct pair pair = pair_open(4, ZVMO_RESIZABLE);

	ASSERT_EQ(zvmo_set_size(pair.fd, 6 * PAGE), 0);
	test_fill(pair.fd, 0, 6 * PAGE, 'n');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
	EXPECT(test_holds(pair.fd, 4 * PAGE, 2 * PAGE, 0));
	EXPECT_EQ(committed(pair.fd), 4);
}

TEST(what_was_lost_by_shrinking_comes_back)
{
	struct pair pair = pair_open(4, ZVMO_RESIZABLE);

	ASSERT_EQ(zvmo_set_size(pair.fd, 0), 0);
	ASSERT_EQ(zvmo_set_size(pair.fd, 4 * PAGE), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 0));
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
}

TEST(a_relative_that_shrank)
{
	struct pair pair = pair_open(4, ZVMO_RESIZABLE);

	ASSERT_EQ(zvmo_set_size(pair.fd, PAGE), 0);
	EXPECT_EQ(restore_all(pair.old, pair.fd), 0);
	EXPECT(test_holds(pair.old, 0, PAGE, 'o'));
	EXPECT(test_holds(pair.old, PAGE, 3 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 1);
}

TEST(all_of_the_largest_vmo)
{
	int fd = test_create(0, ZVMO_UNBOUNDED), old;

	ASSERT_EQ(ioc_write(fd, 1ULL << 40, "o", 1), 0);
	old = test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, ZVMO_SIZE_MAX);
	ASSERT_EQ(ioc_write(fd, 1ULL << 40, "n", 1), 0);
	ASSERT_EQ(ioc_write(fd, ZVMO_SIZE_MAX - 1, "n", 1), 0);
	EXPECT_EQ(restore_all(fd, old), 0);
	EXPECT(ioc_holds(fd, 1ULL << 40, 1, 'o'));
	EXPECT(ioc_holds(fd, ZVMO_SIZE_MAX - 1, 1, 0));
	EXPECT_EQ(test_stats().pages, 1);
}

/* Pages and what it costs */

TEST(pages_are_shared_and_freed)
{
	struct pair pair = pair_open(8, 0);
	long nodes = test_stats().nodes;

	test_fill(pair.fd, 0, 8 * PAGE, 'n');
	EXPECT_EQ(test_stats().pages, 16);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(test_stats().pages, 8);
	EXPECT_EQ(committed(pair.fd), 8);
	EXPECT_LE(test_stats().nodes, nodes + 1);
}

/* The loop of a fuzzer: no memory is left behind, and nothing piles up. */
TEST(many_times)
{
	struct pair pair = pair_open(64, 0);
	char *map = test_map(pair.fd, 0, 64 * PAGE, RW, 0);
	unsigned int rounds = test_rounds(2000), round, i;
	long nodes = 0;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < 3; i++)
			word_write(page_at(map, (round * 7 + i * 13) % 64),
				   round);
		ASSERT_EQ(restore_all(pair.fd, pair.old), 0);
		if (round == 100)
			nodes = test_stats().nodes;
	}
	EXPECT(test_holds(pair.fd, 0, 64 * PAGE, 'o'));
	EXPECT_EQ(test_stats().pages, 64);
	EXPECT_LE(test_stats().nodes, nodes);
	EXPECT_LE(test_stats().cows, 2);
}

/* Mappings */

TEST(mappings_show_what_came_back)
{
	struct pair pair = pair_open(4, 0);
	char *map = test_map(pair.fd, 0, 4 * PAGE, RW, 0);
	char *reader = test_map(pair.fd, PAGE, PAGE, PROT_READ, 0);

	memset(map, 'n', 4 * PAGE);
	EXPECT_EQ(*reader, 'n');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(map[0], 'o');
	EXPECT_EQ(map[4 * PAGE - 1], 'o');
	EXPECT_EQ(*reader, 'o');
	memset(map, 'm', 4 * PAGE);
	EXPECT_EQ(*reader, 'm');
	EXPECT(test_holds(pair.old, 0, 4 * PAGE, 'o'));
}

TEST(mappings_of_what_does_not_differ_stay)
{
	struct pair pair = pair_open(100, 0);
	char *map = test_map(pair.fd, 0, 100 * PAGE, RW, 0);
	unsigned int i;

	for (i = 0; i < 100; i++)
		word_read(page_at(map, i));
	memset(page_at(map, 50), 'n', 2 * PAGE);
	EXPECT_EQ(guest_mapped(map, 100), 100);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_GE(guest_mapped(map, 50), 50);
	EXPECT_GE(guest_mapped(page_at(map, 52), 48), 48);
	EXPECT_EQ(*(char *)page_at(map, 50), 'o');
	EXPECT_EQ(*(char *)page_at(map, 51), 'o');
}

/* What is outside of the range can be written on, without a fault. */
TEST(writable_mappings_outside_the_range_stay)
{
	struct pair pair = pair_open(4, 0);
	char *map = test_map(pair.fd, 0, 4 * PAGE, RW, 0);

	memset(map, 'n', 4 * PAGE);
	EXPECT_EQ(ioc_restore(pair.fd, pair.old, PAGE, 2 * PAGE), 0);
	EXPECT_EQ(guest_faults_to_write(map, 1), 0);
	EXPECT_EQ(guest_faults_to_write(page_at(map, 2), 2), 0);
	EXPECT_EQ(*(char *)page_at(map, 1), 'o');
}

TEST(a_hole_in_a_mapping)
{
	int fd = test_create(2 * PAGE, 0), old = test_snapshot(fd);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);

	memset(map, 'n', 2 * PAGE);
	EXPECT_EQ(restore_all(fd, old), 0);
	EXPECT_EQ(map[0], 0);
	EXPECT_EQ(map[PAGE], 0);
	map[0] = 'm';
	EXPECT_EQ(test_byte(fd, 0), 'm');
	EXPECT_EQ(test_byte(old, 0), 0);
}

/* Where a hole was read through the mapping before. */
TEST(a_page_in_a_mapping)
{
	struct pair pair = pair_open(2, 0);
	char *map = test_map(pair.fd, 0, 2 * PAGE, RW, 0);
	char *reader = test_map(pair.fd, 0, 2 * PAGE, PROT_READ, 0);

	ASSERT_EQ(zvmo_zero(pair.fd, 0, 2 * PAGE), 0);
	EXPECT_EQ(map[0], 0);
	EXPECT_EQ(reader[PAGE], 0);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(map[0], 'o');
	EXPECT_EQ(reader[PAGE], 'o');
}

TEST(mappings_of_another_process)
{
	struct pair pair = pair_open(2, 0);
	char *map = test_map(pair.fd, 0, 2 * PAGE, RW, 0);
	_Atomic int *turn = shared_memory(PAGE);
	pid_t process;

	memset(map, 'n', 2 * PAGE);
	process = test_fork();
	if (!process) {
		EXPECT_EQ(map[PAGE], 'n');
		atomic_store(turn, 1);
		while (atomic_load(turn) != 2)
			sleep_ms(1);
		EXPECT_EQ(map[PAGE], 'o');
		map[PAGE] = 'c';
		_exit(EXIT_SUCCESS);
	}
	while (atomic_load(turn) != 1)
		sleep_ms(1);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	atomic_store(turn, 2);
	test_wait_for(process);
	EXPECT_EQ(map[PAGE], 'c');
	EXPECT_EQ(test_byte(pair.old, PAGE), 'o');
}

/* A private mapping keeps what it has copied, and shows the rest. */
TEST(private_mappings)
{
	struct pair pair = pair_open(2, 0);
	char *map;

	test_fill(pair.fd, 0, 2 * PAGE, 'n');
	map = test_map(pair.fd, 0, 2 * PAGE, RW, MAP_PRIVATE);
	map[0] = 'p';
	EXPECT_EQ(map[PAGE], 'n');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(map[0], 'p');
	EXPECT_EQ(map[1], 'n');
	EXPECT_EQ(map[PAGE], 'o');
}

TEST(mappings_of_slices_and_references)
{
	struct pair pair = pair_open(4, 0);
	int slice = test_child(pair.fd, ZVMO_CHILD_SLICE, 2 * PAGE, 2 * PAGE);
	int reference = test_child(pair.fd, ZVMO_CHILD_REFERENCE, 0, 0);
	char *part = test_map(slice, 0, 2 * PAGE, RW, 0);
	char *all = test_map(reference, 0, 4 * PAGE, RW, 0);

	memset(part, 'n', 2 * PAGE);
	memset(all, 'n', PAGE);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(part[0], 'o');
	EXPECT_EQ(all[0], 'o');
	EXPECT_EQ(all[3 * PAGE], 'o');
}

/* Afterwards */

TEST(isolated_afterwards)
{
	struct pair pair = pair_open(4, 0);
	char *map = test_map(pair.fd, 0, 4 * PAGE, RW, 0);
	char *old = test_map(pair.old, 0, 4 * PAGE, RW, 0);

	memset(map, 'n', 4 * PAGE);
	EXPECT_EQ(old[0], 'o');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	/* Each side writes through a mapping and by a call. */
	map[0] = '1';
	old[PAGE] = '2';
	test_fill(pair.fd, 2 * PAGE, 1, '3');
	test_fill(pair.old, 3 * PAGE, 1, '4');
	EXPECT_EQ(old[0], 'o');
	EXPECT_EQ(map[PAGE], 'o');
	EXPECT_EQ(old[2 * PAGE], 'o');
	EXPECT_EQ(map[3 * PAGE], 'o');
	EXPECT_EQ(test_byte(pair.old, 0), 'o');
	EXPECT_EQ(test_byte(pair.fd, PAGE), 'o');
}

/* The source had pages of its own, which it could write in place. */
TEST(the_source_is_isolated_too)
{
	struct pair pair = pair_open(4, 0);
	char *source = test_map(pair.old, 0, 4 * PAGE, RW, 0);

	memset(source, 's', 4 * PAGE);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	memset(source, 't', 2 * PAGE);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 's'));
	EXPECT(test_holds(pair.old, 0, 2 * PAGE, 't'));
}

TEST(other_relatives_keep_what_they_have)
{
	struct pair pair = pair_open(4, 0);
	int between;

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	between = test_snapshot(pair.fd);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(between, 0, 4 * PAGE, 'n'));
	test_close(pair.old);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
	test_close(pair.fd);
	EXPECT(test_holds(between, 0, 4 * PAGE, 'n'));
	EXPECT_EQ(test_stats().pages, 4);
}

TEST(family_relations_stay)
{
	struct pair pair = pair_open(4, 0);
	struct zvmo_info before = test_info(pair.old);

	EXPECT_EQ(restore_all(pair.old, pair.fd), 0);
	EXPECT_EQ(test_info(pair.old).parent_koid, before.parent_koid);
	EXPECT_EQ(test_info(pair.fd).num_children, 1);
	/* And they are relatives as before. */
	test_fill(pair.fd, 0, PAGE, 'n');
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, PAGE, 'o'));
}

TEST(nothing_differs_afterwards)
{
	struct pair pair = pair_open(16, 0);
	struct zvmo_diff_range ranges[4];
	struct zvmo_diff diff = {
		.argsz = sizeof(diff),
		.other = pair.old,
		.end = 16 * PAGE,
		.ranges = (uintptr_t)ranges,
		.capacity = 4,
	};

	test_fill(pair.fd, 3 * PAGE, 2 * PAGE, 'n');
	EXPECT_EQ(ioc(pair.fd, ZVMO_IOC_DIFF, &diff), 1);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	diff.offset = 0;
	EXPECT_EQ(ioc(pair.fd, ZVMO_IOC_DIFF, &diff), 0);
}

/* Errors; nothing changes */

TEST(rights)
{
	struct pair pair = pair_open(2, 0);
	int reader = test_duplicate(pair.fd,
				    ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	int writer = test_duplicate(pair.fd, ZVMO_RIGHT_WRITE);
	int source = test_duplicate(pair.old, ZVMO_RIGHT_READ);
	int blind = test_duplicate(pair.old,
				   ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_READ);

	test_fill(pair.fd, 0, 2 * PAGE, 'n');
	EXPECT_EQ(ioc_restore(reader, source, 0, 2 * PAGE), -EACCES);
	EXPECT_EQ(ioc_restore(writer, blind, 0, 2 * PAGE), -EACCES);
	EXPECT(test_holds(pair.fd, 0, 2 * PAGE, 'n'));
	EXPECT_EQ(ioc_restore(writer, source, 0, 2 * PAGE), 0);
	EXPECT(test_holds(pair.fd, 0, 2 * PAGE, 'o'));
}

TEST(ranges_that_are_wrong)
{
	struct pair pair = pair_open(4, 0);
	const struct {
		uint64_t offset;
		uint64_t end;
		int error;
	} cases[] = {
		{ 1, PAGE, -EINVAL },
		{ PAGE / 2, PAGE, -EINVAL },
		{ 0, PAGE - 1, -EINVAL },
		{ 0, UINT64_MAX, -EINVAL },
		{ 2 * PAGE, PAGE, -ERANGE },
		{ 0, 5 * PAGE, -ERANGE },
		{ 5 * PAGE, 5 * PAGE, -ERANGE },
		{ 4 * PAGE, 5 * PAGE, -ERANGE },
		{ 0, ZVMO_SIZE_MAX, -ERANGE },
		{ -PAGE, 0, -ERANGE },
		{ 0, -PAGE, -ERANGE },
		{ -PAGE, -PAGE, -ERANGE },
	};
	unsigned int i;

	test_fill(pair.fd, 0, 4 * PAGE, 'n');
	for (i = 0; i < COUNT(cases); i++) {
		test_context("case %u", i);
		EXPECT_EQ(ioc_restore(pair.fd, pair.old, cases[i].offset,
				      cases[i].end),
			  cases[i].error);
	}
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'n'));
}

TEST(no_relative)
{
	struct pair pair = pair_open(2, 0);
	int stranger = test_create(2 * PAGE, 0);
	int discardable = test_create(2 * PAGE, ZVMO_DISCARDABLE);
	int null = open("/dev/null", O_RDWR);

	EXPECT_EQ(restore_all(pair.fd, stranger), -EINVAL);
	EXPECT_EQ(restore_all(pair.fd, test_snapshot(stranger)), -EINVAL);
	EXPECT_EQ(restore_all(pair.fd, discardable), -EINVAL);
	EXPECT_EQ(restore_all(discardable, pair.fd), -EINVAL);
	EXPECT_EQ(restore_all(discardable, discardable), 0);
	EXPECT_EQ(restore_all(pair.fd, -1), -EBADF);
	EXPECT_EQ(restore_all(pair.fd, 12345), -EBADF);
	EXPECT_EQ(restore_all(pair.fd, null), -ENOTTY);
	EXPECT(test_holds(pair.fd, 0, 2 * PAGE, 'o'));
}

/* Alignment is looked at before the descriptor, as for ZVMO_IOC_DIFF. */
TEST(which_error_wins)
{
	struct pair pair = pair_open(2, 0);
	int none = test_duplicate(pair.fd, 0);

	EXPECT_EQ(ioc_restore(none, -1, 1, PAGE), -EINVAL);
	EXPECT_EQ(ioc_restore(none, -1, 0, 9 * PAGE), -EBADF);
	EXPECT_EQ(ioc_restore(none, pair.old, 0, 9 * PAGE), -EACCES);
}

/* Pages that something outside holds */

TEST(a_pipe_keeps_what_it_has)
{
	struct pair pair = pair_open(2, 0);
	char *map = test_map(pair.fd, 0, 2 * PAGE, RW, 0);
	struct pipe pipe = pipe_open();

	memset(map, 'n', 2 * PAGE);
	pipe_put(&pipe, map);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(map[0], 'o');
	memset(map, 'm', 2 * PAGE);
	EXPECT_EQ(pipe_take(&pipe), 'n');
	EXPECT(test_holds(pair.old, 0, 2 * PAGE, 'o'));
}

TEST(a_pipe_that_holds_a_page_of_the_source)
{
	struct pair pair = pair_open(2, 0);
	char *source = test_map(pair.old, 0, 2 * PAGE, RW, 0);
	struct pipe pipe = pipe_open();

	memset(source, 's', 2 * PAGE);
	pipe_put(&pipe, source);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT(test_holds(pair.fd, 0, 2 * PAGE, 's'));
	memset(source, 't', 2 * PAGE);
	test_fill(pair.fd, 0, 2 * PAGE, 'f');
	EXPECT(test_holds(pair.old, 0, 2 * PAGE, 't'));
	EXPECT(pipe_take(&pipe) != 'f');
}

/* The access ends in the page that left. */
TEST(during_direct_io_into_it)
{
	struct pair pair = pair_open(4, 0);
	char *map = test_map(pair.fd, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'n', 4 * PAGE);
	slow_start(&io, IOCB_CMD_PREAD, page_at(map, 1), 0);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(map[PAGE], 'o');
	slow_finish(&io);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 'o'));
	EXPECT(test_holds(pair.old, 0, 4 * PAGE, 'o'));
	EXPECT_EQ(map[PAGE], 'o');
}

TEST(during_direct_io_into_the_source)
{
	struct pair pair = pair_open(4, 0);
	char *source = test_map(pair.old, 0, 4 * PAGE, RW, 0);
	char *map = test_map(pair.fd, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'd');
	memset(source, 's', 4 * PAGE);
	slow_start(&io, IOCB_CMD_PREAD, page_at(source, 1), 0);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	EXPECT_EQ(map[PAGE], 's');
	slow_finish(&io);
	EXPECT(test_holds(pair.fd, 0, 4 * PAGE, 's'));
	EXPECT_EQ(map[PAGE], 's');
	EXPECT(test_holds(pair.old, PAGE, PAGE, 'd'));
	EXPECT_EQ(source[PAGE], 'd');
}

/* A direct write out of a page that the restored VMO then writes. */
TEST(during_direct_io_out_of_the_source)
{
	struct pair pair = pair_open(1, 0);
	char *source = test_map(pair.old, 0, PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'd');
	memset(source, 's', PAGE);
	slow_start(&io, IOCB_CMD_PWRITE, source, 5);
	EXPECT_EQ(restore_all(pair.fd, pair.old), 0);
	test_unmap(source, PAGE);
	test_close(pair.old);
	test_fill(pair.fd, 0, PAGE, 'f');
	slow_finish(&io);
	EXPECT(device_holds(io.device, 5, 's'));
	EXPECT(test_holds(pair.fd, 0, PAGE, 'f'));
}

/*
 * Threads that write through a mapping meanwhile, each to a page of its own,
 * numbers that grow. What was written before the restore began is gone, what
 * was written after it ended is there.
 */

#define WRITERS 3

struct writer {
	char *map;
	unsigned int page;
	_Atomic uint64_t written;
	atomic_bool *stop;
};

static void *write_on(void *arg)
{
	struct writer *writer = arg;
	uint64_t value = 0;

	while (!atomic_load(writer->stop)) {
		word_write(page_at(writer->map, writer->page), ++value);
		atomic_store(&writer->written, value);
	}
	return NULL;
}

static void wait_for_writes(struct writer *writer, uint64_t more)
{
	uint64_t until = atomic_load(&writer->written) + more;

	while (atomic_load(&writer->written) < until)
		sched_yield();
}

TEST(while_threads_write)
{
	struct writer writers[WRITERS];
	struct pair pair = pair_open(8, 0);
	char *map = test_map(pair.fd, 0, 8 * PAGE, RW, 0);
	uint64_t before[WRITERS], found, template;
	double deadline = test_seconds() + 2;
	pthread_t threads[WRITERS];
	unsigned int i, rounds = 0;
	atomic_bool stop = false;

	memset(&template, 'o', sizeof(template));
	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ map, i * 2, 0, &stop };
		threads[i] = thread_start(write_on, &writers[i]);
	}
	while (rounds < 10 || test_seconds() < deadline) {
		for (i = 0; i < WRITERS; i++) {
			wait_for_writes(&writers[i], 1);
			before[i] = atomic_load(&writers[i].written);
		}
		ASSERT_EQ(restore_all(pair.fd, pair.old), 0);
		for (i = 0; i < WRITERS; i++) {
			found = page_read(pair.fd, i * 2);
			if (found != template)
				ASSERT_GE(found, before[i]);
		}
		rounds++;
	}
	for (i = 0; i < WRITERS; i++)
		wait_for_writes(&writers[i], 2);
	atomic_store(&stop, true);
	for (i = 0; i < WRITERS; i++) {
		thread_join(threads[i]);
		EXPECT_EQ(page_read(pair.fd, i * 2), writers[i].written);
	}
	EXPECT(test_holds(pair.old, 0, 8 * PAGE, 'o'));
	test_note("%u rounds", rounds);
}

/* Workers that go back to one template: each undoes its own writes only. */

#define WORKERS 3
#define WORKER_PAGES 64

struct worker {
	int fd;
	int template;
	char *map;
	unsigned int number;
};

static void *work_on(void *arg)
{
	struct worker *worker = arg;
	uint64_t random = worker->number + 1, page;
	unsigned int rounds = test_rounds(40), round, i;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < 4; i++) {
			page = test_random_below(&random, WORKER_PAGES);
			word_write(page_at(worker->map, page), worker->number);
			ASSERT_EQ(page_read(worker->fd, page), worker->number);
		}
		ASSERT_EQ(restore_all(worker->fd, worker->template), 0);
		for (i = 0; i < WORKER_PAGES; i++)
			ASSERT_EQ(*(char *)page_at(worker->map, i), 'o');
	}
	return NULL;
}

TEST(workers_from_one_template)
{
	int template = test_create(WORKER_PAGES * PAGE, 0);
	struct worker workers[WORKERS];
	pthread_t threads[WORKERS];
	unsigned int i;

	test_fill(template, 0, WORKER_PAGES * PAGE, 'o');
	for (i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .fd = test_snapshot(template),
					      .template = template,
					      .number = i };
		workers[i].map =
			test_map(workers[i].fd, 0, WORKER_PAGES * PAGE, RW, 0);
		threads[i] = thread_start(work_on, &workers[i]);
	}
	for (i = 0; i < WORKERS; i++)
		thread_join(threads[i]);
	EXPECT(test_holds(template, 0, WORKER_PAGES * PAGE, 'o'));
	EXPECT_EQ(test_stats().pages, WORKER_PAGES);
}

/* In one step: a snapshot sees all of it or nothing. */

struct swapping {
	int fd;
	int sources[2];
	atomic_bool stop;
};

static void *swap_on(void *arg)
{
	struct swapping *swapping = arg;
	uint64_t random = 1;
	unsigned int which;

	while (!atomic_load(&swapping->stop)) {
		which = test_random_below(&random, 2);
		ASSERT_EQ(restore_all(swapping->fd, swapping->sources[which]),
			  0);
	}
	return NULL;
}

TEST(snapshots_see_all_or_nothing)
{
	struct swapping swapping = { .fd = test_create(200 * PAGE, 0) };
	double deadline = test_seconds() + 1.5;
	char *map = test_map(swapping.fd, 0, 200 * PAGE, RW, 0);
	unsigned int seen[2] = { 0 }, i;
	pthread_t thread;

	for (i = 0; i < 2; i++) {
		test_fill(swapping.fd, 0, 200 * PAGE, 'a' + i);
		swapping.sources[i] = test_snapshot(swapping.fd);
	}
	thread = thread_start(swap_on, &swapping);
	while (!seen[0] || !seen[1] || test_seconds() < deadline) {
		int snapshot = test_snapshot(swapping.fd);
		int byte = test_byte(snapshot, 0);

		EXPECT(test_holds(snapshot, 0, 200 * PAGE, byte));
		seen[byte == 'b']++;
		test_close(snapshot);
		byte = *(volatile char *)page_at(map, 100);
		EXPECT(byte == 'a' || byte == 'b');
	}
	atomic_store(&swapping.stop, true);
	thread_join(thread);
}

/* Each from the other, at once: no deadlock, and one content in the end. */
TEST(from_each_other)
{
	struct pair pair = pair_open(16, 0);
	double deadline = test_seconds() + 1;
	pid_t process;

	test_fill(pair.fd, 0, 16 * PAGE, 'n');
	process = test_fork();
	if (!process) {
		while (test_seconds() < deadline)
			ASSERT_EQ(restore_all(pair.fd, pair.old), 0);
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline)
		ASSERT_EQ(restore_all(pair.old, pair.fd), 0);
	test_wait_for(process);
	EXPECT_EQ(test_stats().pages, 16);
	EXPECT_EQ(test_byte(pair.fd, 0), test_byte(pair.old, 0));
	EXPECT(test_holds(pair.fd, 0, 16 * PAGE, test_byte(pair.fd, 0)));
}

TEST(while_both_are_resized)
{
	struct pair pair = pair_open(16, ZVMO_RESIZABLE);
	double deadline = test_seconds() + 1;
	pid_t process = test_fork();

	if (!process) {
		while (test_seconds() < deadline) {
			ASSERT_EQ(zvmo_set_size(pair.fd, PAGE), 0);
			ASSERT_EQ(zvmo_set_size(pair.fd, 16 * PAGE), 0);
		}
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		int result = ioc_restore(pair.fd, pair.old, 0, 16 * PAGE);

		EXPECT(result == 0 || result == -ERANGE);
		test_fill(pair.fd, 0, PAGE, 'n');
	}
	test_wait_for(process);
	EXPECT(test_holds(pair.old, 0, 16 * PAGE, 'o'));
}

/* Several restore, write, and take and close snapshots of one family. */

#define MANY 4

static void disturb(int *fds, uint64_t seed, double deadline)
{
	uint64_t random = seed;

	while (test_seconds() < deadline) {
		int to = fds[test_random_below(&random, MANY)];
		int from = fds[test_random_below(&random, MANY)];
		uint64_t page = test_random_below(&random, 16);

		switch (test_random_below(&random, 4)) {
		case 0:
			test_fill(to, page * PAGE, PAGE,
				  'a' + test_random_below(&random, 26));
			break;
		case 1:
			from = test_snapshot(from);
			ASSERT_EQ(restore_all(to, from), 0);
			test_close(from);
			break;
		default:
			ASSERT_EQ(restore_all(to, from), 0);
		}
	}
}

TEST(a_family_at_once)
{
	double deadline = test_seconds() + 2;
	int fds[MANY], i;
	pid_t processes[3];

	fds[0] = test_create(16 * PAGE, 0);
	test_fill(fds[0], 0, 16 * PAGE, 'o');
	for (i = 1; i < MANY; i++)
		fds[i] = test_snapshot(fds[i - 1]);
	for (i = 0; i < 3; i++) {
		processes[i] = test_fork();
		if (!processes[i]) {
			disturb(fds, test_seed + i, deadline);
			_exit(EXIT_SUCCESS);
		}
	}
	for (i = 0; i < 3; i++)
		test_wait_for(processes[i]);
	for (i = 1; i < MANY; i++)
		EXPECT_EQ(restore_all(fds[i], fds[0]), 0);
	EXPECT_EQ(test_stats().pages, 16);
}

/* Random families, against a model */

#define ALSO (FAMILY_STREAM_SIZE | FAMILY_RESTORE)

TEST(random_families)
{
	family_run_many(ALSO, 60);
}

TEST(random_large_family)
{
	family_run(test_seed + 100, ALSO, test_rounds(4000));
}
