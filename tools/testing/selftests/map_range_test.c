// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - mappings by address: ZVMO_IOC_MAP_RANGE and
 * ZVMO_IOC_SET_PRIORITY
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "discard.h"
#include "parallel.h"

#define WRITE ZVMO_MAP_RANGE_WRITE
#define HIGH ZVMO_PRIORITY_HIGH
#define DEFAULT ZVMO_PRIORITY_DEFAULT

/* A VMO full of a byte, and nothing of it mapped. */
static int filled(uint64_t pages, uint8_t byte)
{
	int fd = test_create(pages * PAGE, 0);

	ioc_fill(fd, 0, pages * PAGE, byte);
	return fd;
}

static unsigned long committed(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* MAP_RANGE: pages that exist are there to be touched */

TEST(reading_does_not_fault)
{
	int fd = filled(200, 'a');
	char *map = test_map(fd, 0, 200 * PAGE, RW, 0);

	EXPECT_EQ(guest_mapped(map, 200), 0);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 200 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 200), 200);
	EXPECT_EQ(guest_faults_to_read(map, 200), 0);
	EXPECT_EQ(map[150 * PAGE], 'a');
}

TEST(writing_does_not_fault)
{
	int fd = filled(200, 'a');
	char *map = test_map(fd, 0, 200 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 200 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 200), 200);
	EXPECT_EQ(guest_faults_to_write(map, 200), 0);
	EXPECT_EQ(page_read(fd, 150), 150);
	EXPECT_EQ(test_stats().pages, 200);
}

/* It costs later snapshots nothing, so it is not writable yet. */
TEST(entered_for_reading_only)
{
	int fd = filled(8, 'a'), snapshot;
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map, 8 * PAGE), 0);
	snapshot = test_snapshot(fd);
	EXPECT_EQ(guest_mapped(map, 8), 8);
	memset(map, 'n', 8 * PAGE);
	EXPECT(test_holds(fd, 0, 8 * PAGE, 'n'));
	EXPECT(test_holds(snapshot, 0, 8 * PAGE, 'a'));
}

TEST(only_the_range)
{
	int fd = filled(20, 'a');
	char *map = test_map(fd, 0, 20 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map + 3 * PAGE, 5 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 3), 0);
	EXPECT_EQ(guest_mapped(map + 3 * PAGE, 5), 5);
	EXPECT_EQ(guest_mapped(map + 8 * PAGE, 12), 0);
}

TEST(any_length)
{
	int fd = filled(4, 'a');
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map, 1), 0);
	EXPECT_EQ(guest_mapped(map, 4), 1);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 2 * PAGE + 1), 0);
	EXPECT_EQ(guest_mapped(map, 4), 3);
}

TEST(nothing_is_committed)
{
	int fd = test_create(100 * PAGE, 0);
	char *map = test_map(fd, 0, 100 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map, 100 * PAGE), 0);
	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 100 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(guest_mapped(map, 100), 0);
}

TEST(holes_are_skipped)
{
	int fd = test_create(300 * PAGE, 0);
	char *map = test_map(fd, 0, 300 * PAGE, RW, 0);
	unsigned int page;

	for (page = 0; page < 300; page++) {
		if (page % 7 == 3 || page / 64 == 2)
			page_write(fd, page, page);
	}
	EXPECT_EQ(ioc_map_range(fd, 0, map, 300 * PAGE), 0);
	for (page = 0; page < 300; page++)
		EXPECT_EQ(guest_is_mapped(page_at(map, page)),
			  page % 7 == 3 || page / 64 == 2);
}

TEST(what_is_mapped_already)
{
	int fd = filled(100, 'a');
	char *map = test_map(fd, 0, 100 * PAGE, RW, 0);
	unsigned int page;

	for (page = 0; page < 100; page += 9)
		word_write(page_at(map, page), page);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 100 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 100), 100);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 100 * PAGE), 0);
	/* What was writable still is. */
	EXPECT_EQ(guest_faults_to_write(map, 1), 0);
}

/* For writing, where it was entered for reading before. */
TEST(writable_after_readable)
{
	int fd = filled(10, 'a');
	char *map = test_map(fd, 0, 10 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map, 10 * PAGE), 0);
	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 10 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 10), 10);
	memset(map, 'n', 10 * PAGE);
	EXPECT(test_holds(fd, 0, 10 * PAGE, 'n'));
}

/* Sharing */

TEST(shared_pages_are_not_copied)
{
	int fd = filled(8, 'a'), snapshot = test_snapshot(fd);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 8 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 8);
	EXPECT_EQ(guest_mapped(map, 8), 8);
	EXPECT_EQ(guest_faults_to_read(map, 8), 0);
	memset(map, 'n', 8 * PAGE);
	EXPECT(test_holds(snapshot, 0, 8 * PAGE, 'a'));
	EXPECT_EQ(test_stats().pages, 16);
}

/* A page entered for writing counts as written when a snapshot is taken. */
TEST(a_snapshot_of_what_was_entered)
{
	int fd = filled(8, 'a'), snapshot;
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 8 * PAGE), 0);
	snapshot = test_snapshot(fd);
	memset(map, 'n', 8 * PAGE);
	EXPECT(test_holds(snapshot, 0, 8 * PAGE, 'a'));
	EXPECT(test_holds(fd, 0, 8 * PAGE, 'n'));
}

TEST(a_snapshot_is_entered_too)
{
	int fd = filled(8, 'a'), snapshot = test_snapshot(fd);
	char *map = test_map(snapshot, 0, 8 * PAGE, RW, 0);

	test_fill(fd, 0, 4 * PAGE, 'n');
	EXPECT_EQ(ioc_map_range(snapshot, WRITE, map, 8 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 8), 8);
	EXPECT_EQ(map[0], 'a');
	/* Alone with the first four, it may write those in place. */
	EXPECT_EQ(guest_faults_to_write(map, 4), 0);
	EXPECT_EQ(test_stats().pages, 12);
}

TEST(what_was_entered_goes_away)
{
	int fd = test_create(8 * PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	ioc_fill(fd, 0, 8 * PAGE, 'a');
	EXPECT_EQ(ioc_map_range(fd, 0, map, 4 * PAGE), 0);
	EXPECT_EQ(ioc_map_range(fd, WRITE, page_at(map, 4), 4 * PAGE), 0);
	ASSERT_EQ(zvmo_zero(fd, 0, PAGE), 0);
	ASSERT_EQ(zvmo_decommit(fd, 4 * PAGE, PAGE), 0);
	EXPECT_EQ(map[0], 0);
	EXPECT_EQ(map[4 * PAGE], 0);
	ASSERT_EQ(zvmo_set_size(fd, 6 * PAGE), 0);
	EXPECT_EQ(test_probe_read(page_at(map, 6)), SIGBUS);
	ioc_fill(fd, PAGE, PAGE, 'n');
	EXPECT_EQ(map[PAGE], 'n');
}

/* Where the mappings are */

TEST(several_mappings_side_by_side)
{
	int fd = filled(8, 'a');
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	/* Of different protection, and of another part of the VMO. */
	ASSERT_EQ(mprotect(page_at(map, 2), 2 * PAGE, PROT_READ), 0);
	ASSERT(mmap(page_at(map, 4), 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd,
		    0) != MAP_FAILED);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 8 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 8), 8);
}

TEST(an_offset_in_the_vmo)
{
	int fd = test_create(200 * PAGE, 0);
	char *map = test_map(fd, 70 * PAGE, 100 * PAGE, RW, 0);

	page_write(fd, 70, 1);
	page_write(fd, 128, 2);
	page_write(fd, 169, 3);
	page_write(fd, 170, 4);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 100 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 100), 3);
	EXPECT_EQ(word_read(page_at(map, 0)), 1);
	EXPECT_EQ(word_read(page_at(map, 58)), 2);
	EXPECT_EQ(word_read(page_at(map, 99)), 3);
}

TEST(beyond_the_end_is_skipped)
{
	int fd = filled(4, 'a');
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0), *behind;

	EXPECT_EQ(ioc_map_range(fd, 0, map, 8 * PAGE), 0);
	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 8 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 8), 4);
	behind = test_map(fd, 6 * PAGE, 2 * PAGE, RW, 0);
	EXPECT_EQ(ioc_map_range(fd, 0, behind, 2 * PAGE), 0);
	EXPECT_EQ(test_probe_read(behind), SIGBUS);
}

TEST(a_slice)
{
	int fd = filled(8, 'a');
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 3 * PAGE, 4 * PAGE);
	char *map = test_map(slice, 0, 6 * PAGE, RW, 0);

	word_write(test_map(fd, 3 * PAGE, PAGE, RW, 0), 77);
	EXPECT_EQ(ioc_map_range(slice, 0, map, 6 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 6), 4);
	EXPECT_EQ(word_read(map), 77);
	/* It is another VMO than its parent. */
	EXPECT_EQ(ioc_map_range(fd, 0, map, PAGE), -EFAULT);
}

TEST(another_descriptor_of_the_vmo)
{
	int fd = filled(4, 'a');
	int other = test_duplicate(fd, ZVMO_RIGHT_READ);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(other, 0, map, 4 * PAGE), 0);
	EXPECT_EQ(guest_mapped(map, 4), 4);
}

/* Errors */

TEST(wrong_arguments)
{
	int fd = filled(4, 'a');
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	uint32_t bit;

	for (bit = 2; bit; bit <<= 1)
		EXPECT_EQ(ioc_map_range(fd, bit, map, PAGE), -EINVAL);
	EXPECT_EQ(ioc_map_range(fd, 0, map + 1, PAGE), -EINVAL);
	EXPECT_EQ(ioc_map_range(fd, 0, map + PAGE / 2, PAGE), -EINVAL);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 0), -EINVAL);
	EXPECT_EQ(ioc_map_range(fd, 0, map, UINT64_MAX), -ERANGE);
	EXPECT_EQ(ioc_map_range(fd, 0, (void *)-PAGE, 2 * PAGE), -ERANGE);
	EXPECT_EQ(ioc_map_range(fd, 0, (void *)-PAGE, PAGE), -ERANGE);
	if (UINTPTR_MAX > UINT32_MAX)
		EXPECT_EQ(ioc_map_range(fd, 0, (void *)~(UINTPTR_MAX / 2), PAGE),
			  -ERANGE);
	EXPECT_EQ(guest_mapped(map, 4), 0);
}

TEST(no_mapping_of_the_vmo)
{
	int fd = filled(4, 'a'), other = filled(4, 'b');
	char *map = test_map(other, 0, 4 * PAGE, RW, 0);
	char *anonymous =
		mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *own = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE);

	EXPECT_EQ(ioc_map_range(fd, 0, map, PAGE), -EFAULT);
	EXPECT_EQ(ioc_map_range(fd, 0, anonymous, PAGE), -EFAULT);
	EXPECT_EQ(ioc_map_range(fd, 0, NULL, PAGE), -EFAULT);
	/* Not of a private one. */
	EXPECT_EQ(ioc_map_range(fd, 0, own, PAGE), -EFAULT);
	EXPECT_EQ(guest_mapped(map, 4) + guest_mapped(own, 4), 0);
}

TEST(a_hole_between_mappings)
{
	int fd = filled(8, 'a');
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	test_unmap(page_at(map, 4), PAGE);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 8 * PAGE), -EFAULT);
	EXPECT_EQ(guest_mapped(page_at(map, 5), 3), 0);
	EXPECT_EQ(ioc_map_range(fd, 0, page_at(map, 7), 2 * PAGE), -EFAULT);
	EXPECT_EQ(ioc_map_range(fd, 0, page_at(map, 4), PAGE), -EFAULT);
	EXPECT_EQ(ioc_map_range(fd, 0, page_at(map, 5), 3 * PAGE), 0);
}

TEST(right_write_for_writing)
{
	int fd = filled(4, 'a');
	int reader =
		test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *read_only = test_map(reader, 0, 4 * PAGE, PROT_READ, 0);
	char *protected = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(reader, WRITE, map, PAGE), -EACCES);
	EXPECT_EQ(ioc_map_range(fd, WRITE, read_only, PAGE), -EACCES);
	ASSERT_EQ(mprotect(protected, 4 * PAGE, PROT_READ), 0);
	EXPECT_EQ(ioc_map_range(fd, WRITE, protected, PAGE), -EACCES);
	/* For reading, no right is asked for. */
	EXPECT_EQ(ioc_map_range(test_duplicate(fd, 0), 0, map, PAGE), 0);
	EXPECT_EQ(ioc_map_range(reader, 0, read_only, PAGE), 0);
}

/* What may not be read stays so. */
TEST(a_mapping_without_access)
{
	int fd = filled(4, 'a');
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	ASSERT_EQ(mprotect(map, 4 * PAGE, PROT_NONE), 0);
	ioc_map_range(fd, 0, map, 4 * PAGE);
	EXPECT_EQ(test_probe_read(map), SIGSEGV);
	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 4 * PAGE), -EACCES);
	EXPECT_EQ(test_probe_write(map, 1), SIGSEGV);
	ASSERT_EQ(mprotect(map, 4 * PAGE, PROT_READ), 0);
	ioc_map_range(fd, 0, map, 4 * PAGE);
	EXPECT_EQ(test_probe_write(map, 1), SIGSEGV);
	EXPECT_EQ(map[0], 'a');
}

/* Discardable VMOs */

/* Four pages of content that may be discarded. */
static int cache(void)
{
	return vmo_in_size(RECLAIMABLE, 4 * PAGE, 0);
}

TEST(discarded_content)
{
	int fd = cache();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map, 4 * PAGE), 0);
	reclaim();
	EXPECT_EQ(ioc_map_range(fd, 0, map, 4 * PAGE), -ENODATA);
	EXPECT_EQ(ioc_map_range(fd, WRITE, map, 4 * PAGE), -ENODATA);
	EXPECT_EQ(test_probe_read(map), SIGBUS);
	lock(fd);
	EXPECT_EQ(ioc_map_range(fd, 0, map, 4 * PAGE), 0);
}

/* Races */

struct race {
	int fd;
	char *map;
	atomic_bool stop;
};

static void *enter_on(void *arg)
{
	struct race *race = arg;
	unsigned int round = 0;

	while (!atomic_load(&race->stop))
		ASSERT_EQ(ioc_map_range(race->fd, round++ % 2 ? WRITE : 0,
					race->map, 64 * PAGE),
			  0);
	return NULL;
}

/* Snapshots stay what they are, and the VMO's memory shows its content. */
TEST(while_snapshots_are_taken)
{
	struct race race = { .fd = filled(64, 'a') };
	double deadline = test_seconds() + 1.5;
	pthread_t thread;
	uint64_t round;

	race.map = test_map(race.fd, 0, 64 * PAGE, RW, 0);
	thread = thread_start(enter_on, &race);
	for (round = 0; test_seconds() < deadline; round++) {
		uint64_t page = round % 64, old = page_read(race.fd, page);
		int snapshot = test_snapshot(race.fd);

		word_write(page_at(race.map, page), round);
		ASSERT_EQ(page_read(snapshot, page), old);
		ASSERT_EQ(page_read(race.fd, page), round);
		test_close(snapshot);
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
}

TEST(while_pages_come_and_go)
{
	struct race race = { .fd = test_create(64 * PAGE, 0) };
	double deadline = test_seconds() + 1.5;
	pthread_t thread;
	uint64_t round;

	race.map = test_map(race.fd, 0, 64 * PAGE, RW, 0);
	thread = thread_start(enter_on, &race);
	for (round = 1; test_seconds() < deadline; round++) {
		page_write(race.fd, round % 64, round);
		ASSERT_EQ(word_read(page_at(race.map, round % 64)), round);
		ASSERT_EQ(zvmo_zero(race.fd, 0, 64 * PAGE), 0);
		ASSERT_EQ(word_read(page_at(race.map, round % 64)), 0);
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
}

static void *unmap_on(void *arg)
{
	struct race *race = arg;

	while (!atomic_load(&race->stop)) {
		ASSERT(mmap(race->map, 64 * PAGE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			    0) != MAP_FAILED);
		ASSERT(mmap(race->map, 64 * PAGE, RW, MAP_SHARED | MAP_FIXED,
			    race->fd, 0) != MAP_FAILED);
	}
	return NULL;
}

TEST(while_it_is_unmapped)
{
	struct race race = { .fd = filled(64, 'a') };
	double deadline = test_seconds() + 1;
	pthread_t thread;
	unsigned int round;

	race.map = test_map(race.fd, 0, 64 * PAGE, RW, 0);
	thread = thread_start(unmap_on, &race);
	for (round = 0; test_seconds() < deadline; round++) {
		int result =
			ioc_map_range(race.fd, round % 2, race.map, 64 * PAGE);

		EXPECT(result == 0 || result == -EFAULT);
		result = ioc_set_priority(race.fd, round % 2, race.map,
					  64 * PAGE);
		EXPECT(result == 0 || result == -EFAULT);
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
	EXPECT(test_holds(race.fd, 0, 64 * PAGE, 'a'));
}

/* SET_PRIORITY: HIGH commits and enters */

/* Four pages, with that priority. */
static char *map_high(int fd)
{
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), 0);
	return map;
}

TEST(high_commits_what_is_mapped)
{
	int fd = test_create(100 * PAGE, 0);
	char *map = test_map(fd, 10 * PAGE, 50 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, page_at(map, 5), 20 * PAGE), 0);
	EXPECT_EQ(committed(fd), 20);
	EXPECT_EQ(guest_mapped(page_at(map, 5), 20), 20);
	EXPECT_EQ(guest_faults_to_read(page_at(map, 5), 20), 0);
	EXPECT(test_holds(fd, 15 * PAGE, 20 * PAGE, 0));
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 15 * PAGE);
}

TEST(default_commits_nothing)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, map, 4 * PAGE), 0);
	EXPECT_EQ(committed(fd), 0);
}

TEST(high_commits_only_where_it_may_write)
{
	int fd = test_create(4 * PAGE, 0);
	int reader =
		test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	char *read_only = test_map(fd, 0, 4 * PAGE, PROT_READ, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, read_only, 4 * PAGE), 0);
	EXPECT_EQ(committed(fd), 0);
	EXPECT_EQ(ioc_set_priority(reader, HIGH, map, 4 * PAGE), 0);
	EXPECT_EQ(committed(fd), 0);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), 0);
	EXPECT_EQ(committed(fd), 4);
}

TEST(high_copies_what_is_shared)
{
	int fd = filled(4, 'a'), snapshot = test_snapshot(fd);
	char *map = map_high(fd);

	EXPECT_EQ(test_stats().pages, 8);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'a'));
	memset(map, 'n', 4 * PAGE);
	EXPECT(test_holds(snapshot, 0, 4 * PAGE, 'a'));
}

TEST(high_beyond_the_end)
{
	int fd = test_create(2 * PAGE, 0);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 8 * PAGE), 0);
	EXPECT_EQ(committed(fd), 2);
}

/* HIGH keeps content */

TEST(high_protects)
{
	int fd = cache();
	char *map = map_high(fd);

	reclaim();
	EXPECT(ioc_holds(fd, 0, 4 * PAGE, 'd'));
	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, map, 4 * PAGE), 0);
	EXPECT(reclaim_takes(fd));
}

TEST(high_protects_from_pressure)
{
	int fd, other;
	char *map, *more;

	any_age();
	cgroup_create("zvmo-high", 12 * MIB);
	cgroup_enter("zvmo-high");
	fd = cache();
	map = test_map(fd, 0, 4 * PAGE, RW, 0);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, PAGE), 0);
	other = vmo_in_size(RECLAIMABLE, 6 * MIB, 0);
	more = mmap(NULL, 8 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(more, 1, 8 * MIB);
	EXPECT(is_discarded(other));
	EXPECT(ioc_holds(fd, 0, 4 * PAGE, 'd'));
}

/* The mapping has it, as a whole, and takes it away. */
TEST(it_ends_with_the_mapping)
{
	int fd = cache();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, page_at(map, 3), 1), 0);
	test_unmap(page_at(map, 3), PAGE);
	EXPECT(!reclaim_takes(fd));
	test_unmap(map, 3 * PAGE);
	EXPECT(reclaim_takes(fd));
}

TEST(a_hole_in_the_middle_of_the_mapping)
{
	int fd = cache();
	char *map = map_high(fd);

	test_unmap(page_at(map, 1), 2 * PAGE);
	EXPECT(!reclaim_takes(fd));
	test_unmap(map, PAGE);
	EXPECT(!reclaim_takes(fd));
	test_unmap(page_at(map, 3), PAGE);
	EXPECT(reclaim_takes(fd));
}

TEST(mprotect_splits_and_merges)
{
	int fd = cache();
	char *map = map_high(fd);

	ASSERT_EQ(mprotect(page_at(map, 1), PAGE, PROT_READ), 0);
	EXPECT(!reclaim_takes(fd));
	ASSERT_EQ(mprotect(page_at(map, 1), PAGE, RW), 0);
	EXPECT(!reclaim_takes(fd));
	test_unmap(map, 4 * PAGE);
	EXPECT(reclaim_takes(fd));
}

/* Split in three; one set back, then all. */
TEST(parts_that_are_set_back)
{
	int fd = cache();
	char *map = map_high(fd);

	ASSERT_EQ(mprotect(page_at(map, 1), PAGE, PROT_READ), 0);
	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, map, PAGE), 0);
	EXPECT(!reclaim_takes(fd));
	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, map, 4 * PAGE), 0);
	EXPECT(reclaim_takes(fd));
}

TEST(twice_is_once)
{
	int fd = cache();
	char *map = map_high(fd);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), 0);
	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, map, 4 * PAGE), 0);
	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, map, 4 * PAGE), 0);
	EXPECT(reclaim_takes(fd));
	/* And it can be had again. */
	lock(fd);
	unlock(fd);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), 0);
	EXPECT(!reclaim_takes(fd));
}

TEST(one_of_two_mappings)
{
	int fd = cache();
	char *one = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *other = test_map(fd, 0, 4 * PAGE, PROT_READ, 0);

	EXPECT_EQ(ioc_set_priority(fd, HIGH, one, PAGE), 0);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, other, PAGE), 0);
	test_unmap(one, 4 * PAGE);
	EXPECT(!reclaim_takes(fd));
	EXPECT_EQ(ioc_set_priority(fd, DEFAULT, other, PAGE), 0);
	EXPECT(reclaim_takes(fd));
}

TEST(it_moves_with_the_mapping)
{
	int fd = cache();
	char *map = mremap(map_high(fd), 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);

	ASSERT(map != MAP_FAILED);
	EXPECT(!reclaim_takes(fd));
	test_unmap(map, 8 * PAGE);
	EXPECT(reclaim_takes(fd));
}

/* A child process has the priority with the mapping. */
TEST(a_child_process_inherits_it)
{
	int fd = cache();
	char *map = map_high(fd);
	_Atomic int *turn = shared_memory(PAGE);
	pid_t process;

	process = test_fork();
	if (!process) {
		while (atomic_load(turn) != 1)
			sleep_ms(1);
		_exit(EXIT_SUCCESS);
	}
	test_unmap(map, 4 * PAGE);
	EXPECT(!reclaim_takes(fd));
	atomic_store(turn, 1);
	test_wait_for(process);
	EXPECT(reclaim_takes(fd));
}

TEST(a_process_that_is_killed)
{
	int fd = cache();
	pid_t process = test_fork();

	if (!process) {
		map_high(fd);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	EXPECT(reclaim_takes(fd));
}

/* Of a VMO that only the mapping keeps. */
TEST(nothing_but_the_mapping_is_left)
{
	int fd = cache();
	char *map = map_high(fd);

	test_close(fd);
	reclaim();
	EXPECT_EQ(test_probe_read(map), 0);
	EXPECT_EQ(map[0], 'd');
}

TEST(high_of_what_is_discarded)
{
	int fd = cache();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	reclaim();
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), 0);
	EXPECT(is_discarded(fd));
	lock(fd);
	ioc_fill(fd, 0, 4 * PAGE, 'e');
	unlock(fd);
	reclaim();
	EXPECT(ioc_holds(fd, 0, 4 * PAGE, 'e'));
}

/* Errors; nothing changes */

TEST(wrong_arguments_of_priority)
{
	int fd = cache();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	uint32_t priority;

	for (priority = 2; priority; priority <<= 1)
		EXPECT_EQ(ioc_set_priority(fd, priority, map, PAGE), -EINVAL);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map + 1, PAGE), -EINVAL);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 0), -EINVAL);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, UINT64_MAX), -ERANGE);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, (void *)-PAGE, PAGE), -ERANGE);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, NULL, PAGE), -EFAULT);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 5 * PAGE), -EFAULT);
	EXPECT(reclaim_takes(fd));
}

TEST(a_range_that_is_not_all_mapped)
{
	int fd = cache();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	test_unmap(page_at(map, 1), PAGE);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), -EFAULT);
	EXPECT(reclaim_takes(fd));
}

TEST(a_range_of_several_mappings)
{
	int fd = cache();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	ASSERT_EQ(mprotect(map, PAGE, PROT_READ), 0);
	EXPECT_EQ(ioc_set_priority(fd, HIGH, map, 4 * PAGE), 0);
	test_unmap(map, PAGE);
	EXPECT(!reclaim_takes(fd));
	test_unmap(page_at(map, 1), 3 * PAGE);
	EXPECT(reclaim_takes(fd));
}
