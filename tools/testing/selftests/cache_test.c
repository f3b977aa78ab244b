// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - caches: maintenance of a range, and the memory type of a VMO
 *
 * What a cache does cannot be seen from here; that content stays whole can.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"
#include "parallel.h"
#include "pins.h"

#define CACHED ZVMO_CACHE_POLICY_CACHED
#define UNCACHED ZVMO_CACHE_POLICY_UNCACHED

static const uint32_t readers[] = { ZVMO_OP_CACHE_SYNC, ZVMO_OP_CACHE_CLEAN,
				    ZVMO_OP_CACHE_CLEAN_INVALIDATE };
static const uint32_t all_ops[] = { ZVMO_OP_CACHE_SYNC, ZVMO_OP_CACHE_CLEAN,
				    ZVMO_OP_CACHE_CLEAN_INVALIDATE,
				    ZVMO_OP_CACHE_INVALIDATE };
static const uint32_t policies[] = { ZVMO_CACHE_POLICY_UNCACHED,
				     ZVMO_CACHE_POLICY_UNCACHED_DEVICE,
				     ZVMO_CACHE_POLICY_WRITE_COMBINING };

static void may_invalidate(const char *value)
{
	guest_set_parameter("cache_invalidate", value);
}

/* Maintenance */

TEST(content_stays)
{
	int fd = half_filled();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	unsigned int i;

	may_invalidate("1");
	for (i = 0; i < COUNT(all_ops); i++) {
		test_context("op %u", all_ops[i]);
		map[0] = 'x';
		EXPECT_EQ(ioc_op(fd, all_ops[i], 0, 4 * PAGE), 0);
		EXPECT_EQ(map[0], 'x');
		map[0] = 'a';
		expect_half_filled(fd);
	}
	may_invalidate("0");
}

TEST(any_bytes)
{
	int fd = half_filled();
	const uint64_t ranges[][2] = {
		{ 0, 1 },
		{ 1, 1 },
		{ PAGE - 1, 1 },
		{ PAGE - 1, 2 },
		{ 63, 2 },
		{ 100, 2 * PAGE },
		{ 4 * PAGE - 1, 1 },
		{ 1, 4 * PAGE - 1 },
		{ 2 * PAGE, PAGE },
		{ PAGE + 5, 100 },
		{ 2 * PAGE - 1, 2 },
	};
	unsigned int i, j;

	for (i = 0; i < COUNT(readers); i++) {
		for (j = 0; j < COUNT(ranges); j++) {
			test_context("op %u, range %u", readers[i], j);
			EXPECT_EQ(ioc_op(fd, readers[i], ranges[j][0],
					 ranges[j][1]),
				  0);
		}
	}
	expect_half_filled(fd);
}

TEST(nothing_is_committed)
{
	int fd = test_create(1000 * PAGE, 0), huge;
	unsigned int i;

	huge = test_create(0, ZVMO_UNBOUNDED);
	for (i = 0; i < COUNT(readers); i++) {
		EXPECT_EQ(ioc_op(fd, readers[i], 0, 1000 * PAGE), 0);
		EXPECT_EQ(ioc_op(huge, readers[i], 0, ZVMO_SIZE_MAX), 0);
	}
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(many_pages)
{
	int fd = test_create(4 * MIB, 0);
	unsigned int i;

	test_fill(fd, 0, 4 * MIB, 'm');
	for (i = 0; i < COUNT(readers); i++)
		EXPECT_EQ(ioc_op(fd, readers[i], 17, 4 * MIB - 34), 0);
	EXPECT(test_holds(fd, 0, 4 * MIB, 'm'));
}

TEST(relatives_share_as_before)
{
	int fd = half_filled(), snapshot = test_snapshot(fd);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	unsigned int i;

	for (i = 0; i < COUNT(readers); i++) {
		EXPECT_EQ(ioc_op(fd, readers[i], 0, 4 * PAGE), 0);
		EXPECT_EQ(ioc_op(snapshot, readers[i], 0, 4 * PAGE), 0);
		EXPECT_EQ(ioc_op(slice, readers[i], 0, 2 * PAGE), 0);
		EXPECT_EQ(ioc_op(reference, readers[i], 0, 4 * PAGE), 0);
		EXPECT_EQ(ioc_op(slice, readers[i], 0, 3 * PAGE), -ERANGE);
	}
	EXPECT_EQ(test_stats().pages, 2);
	expect_half_filled(fd);
}

TEST(an_empty_range)
{
	int fd = half_filled();
	unsigned int i;

	for (i = 0; i < COUNT(readers); i++) {
		EXPECT_EQ(ioc_op(fd, readers[i], 0, 0), -EINVAL);
		EXPECT_EQ(ioc_op(fd, readers[i], 4 * PAGE, 0), -EINVAL);
	}
	may_invalidate("1");
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_CACHE_INVALIDATE, 0, 0), -EINVAL);
	may_invalidate("0");
}

TEST(a_range_outside)
{
	int fd = half_filled();
	const uint64_t ranges[][2] = {
		{ 4 * PAGE, 1 },      { 0, 4 * PAGE + 1 }, { UINT64_MAX, 1 },
		{ PAGE, UINT64_MAX }, { -PAGE, 2 * PAGE }, { 9 * PAGE, PAGE },
	};
	unsigned int i, j;

	may_invalidate("1");
	for (i = 0; i < COUNT(all_ops); i++) {
		for (j = 0; j < COUNT(ranges); j++) {
			test_context("op %u, range %u", all_ops[i], j);
			EXPECT_EQ(ioc_op(fd, all_ops[i], ranges[j][0],
					 ranges[j][1]),
				  -ERANGE);
		}
	}
	may_invalidate("0");
}

TEST(rights)
{
	int fd = half_filled();
	int blind = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_READ);
	int reader = test_duplicate(fd, ZVMO_RIGHT_READ);
	int writer = test_duplicate(fd, ZVMO_RIGHT_WRITE);
	unsigned int i;

	may_invalidate("1");
	for (i = 0; i < COUNT(readers); i++) {
		EXPECT_EQ(ioc_op(blind, readers[i], 0, PAGE), -EACCES);
		/* Before the range is looked at. */
		EXPECT_EQ(ioc_op(blind, readers[i], 0, 9 * PAGE), -EACCES);
		EXPECT_EQ(ioc_op(reader, readers[i], 0, PAGE), 0);
	}
	EXPECT_EQ(ioc_op(reader, ZVMO_OP_CACHE_INVALIDATE, 0, PAGE), -EACCES);
	EXPECT_EQ(ioc_op(reader, ZVMO_OP_CACHE_INVALIDATE, 0, 9 * PAGE),
		  -EACCES);
	EXPECT_EQ(ioc_op(writer, ZVMO_OP_CACHE_INVALIDATE, 0, PAGE), 0);
	may_invalidate("0");
}

/* Unless it is allowed, before anything else is looked at. */
TEST(invalidate_is_not_allowed)
{
	int fd = half_filled(), none = test_duplicate(fd, 0);

	may_invalidate("0");
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_CACHE_INVALIDATE, 0, PAGE), -EOPNOTSUPP);
	EXPECT_EQ(ioc_op(none, ZVMO_OP_CACHE_INVALIDATE, 0, PAGE), -EOPNOTSUPP);
	EXPECT_EQ(ioc_op(none, ZVMO_OP_CACHE_INVALIDATE, 9 * PAGE, 0),
		  -EOPNOTSUPP);
}

/* Memory types: how a VMO gets one */

static uint32_t policy_of(int fd)
{
	return test_info(fd).cache_policy;
}

TEST(cached_by_default)
{
	int fd = test_create(PAGE, 0);

	EXPECT_EQ(policy_of(fd), CACHED);
	EXPECT_EQ(policy_of(test_snapshot(fd)), CACHED);
}

TEST(each_policy_and_back)
{
	int fd = half_filled();
	unsigned int i;

	for (i = 0; i < COUNT(policies); i++) {
		EXPECT_EQ(ioc_set_cache_policy(fd, policies[i]), 0);
		EXPECT_EQ(policy_of(fd), policies[i]);
		EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
		EXPECT_EQ(policy_of(fd), CACHED);
		expect_half_filled(fd);
	}
	/* And from one to the next. */
	for (i = 0; i < COUNT(policies); i++)
		EXPECT_EQ(ioc_set_cache_policy(fd, policies[i]), 0);
	EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	expect_half_filled(fd);
}

TEST(the_same_policy)
{
	int fd = half_filled();

	EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	EXPECT_EQ(policy_of(fd), UNCACHED);
}

TEST(unknown_policies)
{
	int fd = half_filled(), none = test_duplicate(fd, 0);
	uint32_t bit;

	for (bit = 4; bit; bit <<= 1) {
		EXPECT_EQ(ioc_set_cache_policy(fd, bit), -EINVAL);
		EXPECT_EQ(ioc_set_cache_policy(fd, bit | UNCACHED), -EINVAL);
		EXPECT_EQ(ioc_set_cache_policy(none, bit), -EACCES);
	}
	/* Before the state is looked at. */
	test_map(fd, 0, PAGE, RW, 0);
	EXPECT_EQ(ioc_set_cache_policy(fd, 4), -EINVAL);
	EXPECT_EQ(policy_of(fd), CACHED);
}

TEST(needs_right_map)
{
	int fd = half_filled();
	int other = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_MAP);
	int map = test_duplicate(fd, ZVMO_RIGHT_MAP);

	EXPECT_EQ(ioc_set_cache_policy(other, UNCACHED), -EACCES);
	EXPECT_EQ(ioc_set_cache_policy(map, UNCACHED), 0);
}

/* Only what nothing else knows */

TEST(not_while_it_is_mapped)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };
	int fd = half_filled();
	unsigned int i;

	for (i = 0; i < COUNT(flags); i++) {
		char *map = mmap(NULL, PAGE, RW, flags[i], fd, 0);

		ASSERT(map != MAP_FAILED);
		EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), -EBUSY);
		test_unmap(map, PAGE);
		EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
		EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	}
}

TEST(not_while_another_process_maps_it)
{
	int fd = half_filled();
	_Atomic int *turn = shared_memory(PAGE);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	pid_t process = test_fork();

	if (!process) {
		while (atomic_load(turn) != 1)
			sleep_ms(1);
		_exit(EXIT_SUCCESS);
	}
	test_unmap(map, PAGE);
	EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), -EBUSY);
	atomic_store(turn, 1);
	test_wait_for(process);
	EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
}

static const uint32_t kinds[] = { ZVMO_CHILD_SNAPSHOT, ZVMO_CHILD_SLICE,
				  ZVMO_CHILD_REFERENCE };

static int child_of(int fd, uint32_t kind)
{
	return test_child(fd, kind, 0,
			  kind == ZVMO_CHILD_REFERENCE ? 0 : 4 * PAGE);
}

TEST(not_while_it_has_children)
{
	unsigned int i;

	for (i = 0; i < COUNT(kinds); i++) {
		int fd = half_filled(), child = child_of(fd, kinds[i]);

		test_context("kind %#x", kinds[i]);
		EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), -EBUSY);
		EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), -EBUSY);
		test_close(child);
		EXPECT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	}
}

TEST(not_if_it_is_a_child)
{
	unsigned int i;

	for (i = 0; i < COUNT(kinds); i++) {
		int child = child_of(half_filled(), kinds[i]);

		test_context("kind %#x", kinds[i]);
		EXPECT_EQ(ioc_set_cache_policy(child, UNCACHED), -EBUSY);
		EXPECT_EQ(policy_of(child), CACHED);
	}
}

/* Orphans that still share pages with each other. */
TEST(not_if_pages_are_shared)
{
	int fd = half_filled();
	int one = test_snapshot(fd), other = test_snapshot(fd);

	test_close(fd);
	EXPECT_EQ(ioc_set_cache_policy(one, UNCACHED), -EBUSY);
	EXPECT_EQ(ioc_set_cache_policy(other, UNCACHED), -EBUSY);
	expect_half_filled(other);
}

TEST(not_if_it_is_discardable)
{
	int fd = test_create(PAGE, ZVMO_DISCARDABLE);
	unsigned int i;

	for (i = 0; i < COUNT(policies); i++)
		EXPECT_EQ(ioc_set_cache_policy(fd, policies[i]), -EBUSY);
	EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
}

/* What cannot be done meanwhile */

static int uncached(void)
{
	int fd = half_filled();

	ASSERT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	return fd;
}

/* Nothing has changed. */
static void expect_untouched(int fd)
{
	EXPECT_EQ(policy_of(fd), UNCACHED);
	EXPECT_EQ(test_info(fd).num_children, 0);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	expect_half_filled(fd);
}

TEST(reading_and_writing_are_busy)
{
	int fd = uncached(), other = memfd_create("other", 0);
	char buffer[8] = "k";
	off_t at = 0;

	EXPECT_EQ(ioc_read(fd, 0, buffer, 8), -EBUSY);
	EXPECT_EQ(ioc_write(fd, 0, "xxx", 3), -EBUSY);
	EXPECT_EQ(ioc_write(fd, 3 * PAGE, "xxx", 3), -EBUSY);
	EXPECT_ERRNO(pread(fd, buffer, 8, 0), EBUSY);
	EXPECT_ERRNO(pwrite(fd, "xxx", 3, 0), EBUSY);
	EXPECT_EQ(sendfile(other, fd, &at, PAGE), -1);
	EXPECT_STREQ(buffer, "k");
	expect_untouched(fd);
}

TEST(zeroing_is_busy)
{
	int fd = uncached();
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	EXPECT_EQ(zvmo_zero(fd, 0, PAGE), -EBUSY);
	EXPECT_EQ(zvmo_zero(fd, 10, 20), -EBUSY);
	EXPECT_ERRNO(fallocate(fd, punch, 0, PAGE), EBUSY);
	EXPECT_ERRNO(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, PAGE), EBUSY);
	EXPECT_EQ(ioc_set_stream_size(fd, PAGE), -EBUSY);
	EXPECT_EQ(test_info(fd).stream_size, 4 * PAGE);
	expect_untouched(fd);
}

TEST(children_are_busy)
{
	int fd = uncached(), none = test_duplicate(fd, 0);
	unsigned int i;

	for (i = 0; i < COUNT(kinds); i++)
		EXPECT_EQ(zvmo_create_child(fd, kinds[i], 0, 0), -EBUSY);
	/* After the rights and the arguments. */
	EXPECT_EQ(zvmo_create_child(none, ZVMO_CHILD_SNAPSHOT, 0, PAGE),
		  -EACCES);
	EXPECT_EQ(zvmo_create_child(fd, 0, 0, PAGE), -EINVAL);
	EXPECT_EQ(zvmo_create_child(fd, ZVMO_CHILD_SNAPSHOT, 1, PAGE), -EINVAL);
	test_close(none);
	expect_untouched(fd);
}

TEST(restoring_is_busy)
{
	int fd = uncached();

	EXPECT_EQ(ioc_restore(fd, fd, 0, 4 * PAGE), -EBUSY);
	expect_untouched(fd);
}

TEST(transferring_is_busy)
{
	int fd = uncached(), other = half_filled();

	EXPECT_EQ(ioc_transfer(fd, 0, PAGE, other, 0), -EBUSY);
	EXPECT_EQ(ioc_transfer(other, 0, PAGE, fd, 0), -EBUSY);
	EXPECT_EQ(ioc_transfer(fd, 0, PAGE, fd, PAGE), -EBUSY);
	expect_half_filled(other);
	expect_untouched(fd);
}

/* What can */

/* The kernel's own copies of pages would be cached. */
TEST(no_private_mappings)
{
	int fd = half_filled();
	unsigned int i;

	for (i = 0; i < COUNT(policies); i++) {
		ASSERT_EQ(ioc_set_cache_policy(fd, policies[i]), 0);
		EXPECT_ERRNO((intptr_t)mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0),
			     EBUSY);
	}
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	test_map(fd, 0, PAGE, RW, MAP_PRIVATE);
}

/* So would the zero page be: a hole that is read becomes a page. */
TEST(reading_a_hole_fills_it)
{
	int fd = test_create(4 * PAGE, 0);
	char *map;

	ASSERT_EQ(ioc_set_cache_policy(fd, policies[0]), 0);
	map = test_map(fd, 0, 4 * PAGE, PROT_READ, 0);
	EXPECT_EQ(map[2 * PAGE], 0);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT_EQ(test_probe_read(map), 0);
	EXPECT_EQ(test_stats().pages, 2);
}

TEST(mappings_hold_content)
{
	unsigned int i;

	for (i = 0; i < COUNT(policies); i++) {
		int fd = half_filled();
		char *map, *reader;

		test_context("policy %u", policies[i]);
		ASSERT_EQ(ioc_set_cache_policy(fd, policies[i]), 0);
		map = test_map(fd, 0, 4 * PAGE, RW, 0);
		reader = test_map(fd, 0, 4 * PAGE, PROT_READ, 0);
		/* What was there; what was a hole, read and then written. */
		EXPECT_EQ(map[PAGE], 'a');
		EXPECT_EQ(reader[2 * PAGE], 0);
		map[PAGE] = 'b';
		memset(map + 2 * PAGE, 'c', PAGE);
		EXPECT_EQ(reader[PAGE], 'b');
		EXPECT_EQ(reader[3 * PAGE - 1], 'c');
		test_unmap(map, 4 * PAGE);
		test_unmap(reader, 4 * PAGE);
		/* All of it is there once it is cached again. */
		ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
		EXPECT(test_holds(fd, 0, PAGE, 'a'));
		EXPECT_EQ(test_byte(fd, PAGE), 'b');
		EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'c'));
		EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
		test_close(fd);
	}
}

TEST(two_processes_share_it)
{
	int fd = uncached();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	pid_t process = test_fork();

	if (!process) {
		EXPECT_EQ(map[0], 'a');
		map[2 * PAGE] = 'c';
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	EXPECT_EQ(map[2 * PAGE], 'c');
}

TEST(committing_and_decommitting)
{
	int fd = uncached();
	char *map;

	EXPECT_EQ(zvmo_commit(fd, 0, 4 * PAGE), 0);
	EXPECT_EQ(test_info(fd).committed_bytes, 4 * PAGE);
	EXPECT_EQ(zvmo_decommit(fd, 0, PAGE), 0);
	EXPECT_EQ(test_info(fd).committed_bytes, 3 * PAGE);
	EXPECT_EQ(fallocate(fd, 0, 0, 4 * PAGE), 0);
	map = test_map(fd, 0, 4 * PAGE, RW, 0);
	EXPECT_EQ(map[0], 0);
	EXPECT_EQ(map[PAGE], 'a');
	EXPECT_EQ(map[3 * PAGE], 0);
	EXPECT_EQ(test_stats().pages, 4);
}

/* Also in the middle of a page, whose rest becomes zero. */
TEST(resizing)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE);
	char *map;

	test_fill(fd, 0, 4 * PAGE, 'a');
	ASSERT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	EXPECT_EQ(zvmo_set_size(fd, PAGE + 10), 0);
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(zvmo_set_size(fd, 8 * PAGE), 0);
	map = test_map(fd, 0, 8 * PAGE, RW, 0);
	EXPECT_EQ(map[PAGE + 9], 'a');
	EXPECT_EQ(map[PAGE + 10], 0);
	EXPECT_EQ(map[3 * PAGE], 0);
	map[7 * PAGE] = 'e';
	test_unmap(map, 8 * PAGE);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	EXPECT(test_holds(fd, 0, PAGE + 10, 'a'));
	EXPECT(test_holds(fd, PAGE + 10, 6 * PAGE - 10, 0));
	EXPECT_EQ(test_byte(fd, 7 * PAGE), 'e');
}

TEST(maintenance_and_hints)
{
	int fd = uncached();

	EXPECT_EQ(ioc_op(fd, ZVMO_OP_CACHE_SYNC, 0, 4 * PAGE), 0);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_CACHE_CLEAN, 0, 4 * PAGE), 0);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_CACHE_CLEAN_INVALIDATE, 0, 4 * PAGE), 0);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_PREFETCH, 0, 4 * PAGE), 0);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_ALWAYS_NEED, 0, 4 * PAGE), 0);
	EXPECT_EQ(zvmo_set_name(fd, "device"), 0);
	EXPECT_GE(zvmo_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS), 0);
	EXPECT_EQ(test_info(fd).committed_bytes, 2 * PAGE);
}

TEST(page_tables_filled_ahead)
{
	int fd = uncached();
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(ioc_map_range(fd, 0, map, 4 * PAGE), 0);
	EXPECT_EQ(map[0], 'a');
	map[0] = 'b';
	EXPECT_EQ(ioc_map_range(fd, ZVMO_MAP_RANGE_WRITE, map, 4 * PAGE), 0);
	map[PAGE] = 'c';
	test_unmap(map, 4 * PAGE);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	EXPECT_EQ(test_byte(fd, 0), 'b');
	EXPECT_EQ(test_byte(fd, PAGE), 'c');
}

/* Cached again, it is like any other. */
TEST(afterwards)
{
	int fd = uncached(), snapshot;
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	map[3 * PAGE] = 'd';
	test_unmap(map, 4 * PAGE);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	snapshot = test_snapshot(fd);
	test_fill(fd, 0, 4 * PAGE, 'n');
	EXPECT(test_holds(snapshot, 0, 2 * PAGE, 'a'));
	EXPECT_EQ(test_byte(snapshot, 3 * PAGE), 'd');
	EXPECT_EQ(ioc_restore(fd, snapshot, 0, 4 * PAGE), 0);
	EXPECT_EQ(test_byte(fd, 0), 'a');
	EXPECT_EQ(zvmo_zero(fd, 0, PAGE), 0);
}

/* Pages of every type go back to the kernel in one that it can use. */
TEST(pages_that_are_freed)
{
	unsigned int rounds = test_rounds(30), round, i;

	for (round = 0; round < rounds; round++) {
		int fd = test_create(64 * PAGE, ZVMO_RESIZABLE), other;
		char *map;

		ASSERT_EQ(zvmo_commit(fd, 0, 32 * PAGE), 0);
		ASSERT_EQ(ioc_set_cache_policy(fd, policies[round % 3]), 0);
		map = test_map(fd, 0, 64 * PAGE, RW, 0);
		for (i = 0; i < 64; i++)
			word_write(page_at(map, i), i);
		ASSERT_EQ(zvmo_decommit(fd, 0, 8 * PAGE), 0);
		ASSERT_EQ(zvmo_set_size(fd, 48 * PAGE), 0);
		test_unmap(map, 64 * PAGE);
		test_close(fd);
		other = test_create(64 * PAGE, 0);
		test_fill(other, 0, 64 * PAGE, 'o');
		EXPECT(test_holds(other, 0, 64 * PAGE, 'o'));
		test_close(other);
	}
}

/* A page of it that something outside holds. */
TEST(a_page_in_a_pipe)
{
	int fd = half_filled();
	char *map = test_map(fd, 0, PAGE, RW, 0);
	struct pipe pipe = pipe_open();
	int result;

	map[0] = 'a';
	pipe_put(&pipe, map);
	test_unmap(map, PAGE);
	result = ioc_set_cache_policy(fd, UNCACHED);
	EXPECT(result == 0 || result == -EBUSY);
	EXPECT_EQ(pipe_take(&pipe), 'a');
	EXPECT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	expect_half_filled(fd);
}

/* A system call reads what is mapped uncached, or says that it cannot. */
TEST(the_kernel_reads_the_mapping)
{
	int fd = uncached(), pipes[2];
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0), byte = 0;
	ssize_t size;

	ASSERT_EQ(pipe(pipes), 0);
	size = write(pipes[1], map, 1);
	if (size == 1) {
		EXPECT_EQ(read(pipes[0], &byte, 1), 1);
		EXPECT_EQ(byte, 'a');
	} else {
		EXPECT_ERRNO(size, EFAULT);
	}
}

/* Kill a process that changes it; which policy there is then. */
static uint32_t policy_after_kill(int fd, unsigned int ms)
{
	pid_t process = test_fork();

	if (!process) {
		ioc_set_cache_policy(fd, UNCACHED);
		_exit(EXIT_SUCCESS);
	}
	sleep_ms(ms);
	kill(process, SIGKILL);
	ASSERT_EQ(waitpid(process, NULL, 0), process);
	return test_info(fd).cache_policy;
}

/* It takes long for many pages; who is killed stops, and goes back. */
TEST(who_changes_it_can_be_killed)
{
	uint64_t size = test_rounds(128) << 20;
	int fd = test_create(size, 0), i;

	ASSERT_EQ(ioc_op(fd, ZVMO_OP_COMMIT, 0, size), 0);
	/* It may be done before whoever kills it gets to run: not each time. */
	for (i = 0; i < 20 && policy_after_kill(fd, 20) == UNCACHED; i++)
		ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	EXPECT(i < 20);
	EXPECT_EQ(test_info(fd).cache_policy, CACHED);
	ioc_fill(fd, 0, size, 'a');
}

/* To go back takes no longer than it took to get there. */
TEST(who_is_killed_early_ends_early)
{
	uint64_t size = test_rounds(128) << 20;
	int fd = test_create(size, 0);
	double start, took;
	pid_t process;

	ASSERT_EQ(ioc_op(fd, ZVMO_OP_COMMIT, 0, size), 0);
	ASSERT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	start = test_seconds();
	ASSERT_EQ(ioc_set_cache_policy(fd, ZVMO_CACHE_POLICY_WRITE_COMBINING),
		  0);
	took = test_seconds() - start;
	ASSERT_EQ(ioc_set_cache_policy(fd, UNCACHED), 0);
	process = test_fork();
	if (!process) {
		ioc_set_cache_policy(fd, ZVMO_CACHE_POLICY_WRITE_COMBINING);
		_exit(EXIT_SUCCESS);
	}
	sleep_ms(20);
	start = test_seconds();
	kill(process, SIGKILL);
	ASSERT_EQ(waitpid(process, NULL, 0), process);
	if (test_seconds() - start > took / 2)
		FAIL("to go back from the first pages took %.2f s, to go all the way %.2f s",
		     test_seconds() - start, took);
	EXPECT_EQ(test_info(fd).cache_policy, UNCACHED);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
}

/* Against mmap(): one of them comes first. */
TEST(while_another_maps_it)
{
	double deadline = test_seconds() + 1;
	unsigned int set = 0, busy = 0;
	int fd = half_filled();
	pid_t process = test_fork();

	if (!process) {
		while (test_seconds() < deadline) {
			char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

			ASSERT_EQ(map[PAGE], 'a');
			map[3 * PAGE] = 'd';
			ASSERT_EQ(map[3 * PAGE], 'd');
			test_unmap(map, 4 * PAGE);
		}
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		int result = ioc_set_cache_policy(fd, policies[set % 3]);

		EXPECT(result == 0 || result == -EBUSY);
		set += !result;
		busy += !!result;
	}
	test_wait_for(process);
	test_note("%u times set, %u times busy", set, busy);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 'a'));
}

/* Against snapshots and writes. */
TEST(while_another_takes_snapshots)
{
	double deadline = test_seconds() + 1;
	int fd = half_filled();
	pid_t process = test_fork();

	if (!process) {
		while (test_seconds() < deadline) {
			int child = zvmo_snapshot(fd), result;

			EXPECT(child >= 0 || child == -EBUSY);
			if (child >= 0)
				test_close(child);
			result = ioc_write(fd, PAGE, "a", 1);
			EXPECT(result == 0 || result == -EBUSY);
			result = zvmo_zero(fd, 3 * PAGE, PAGE);
			EXPECT(result == 0 || result == -EBUSY);
		}
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		int result = ioc_set_cache_policy(fd, UNCACHED);

		EXPECT(result == 0 || result == -EBUSY);
		result = ioc_set_cache_policy(fd, CACHED);
		EXPECT(result == 0 || result == -EBUSY);
	}
	test_wait_for(process);
	ASSERT_EQ(ioc_set_cache_policy(fd, CACHED), 0);
	expect_half_filled(fd);
}

/* A hole gets a page when it is read; not for somebody who is dying. */
TEST(who_is_killed_in_a_hole_ends)
{
	int fd = test_create(32 * MIB, 0), to = test_create(32 * MIB, 0);
	pid_t process;
	char *map;
	int i;

	ASSERT_EQ(ioc_set_cache_policy(fd, ZVMO_CACHE_POLICY_UNCACHED), 0);
	map = test_map(fd, 0, 32 * MIB, PROT_READ, MAP_SHARED);
	for (i = 0; i < 10; i++) {
		process = test_fork();
		if (!process) {
			for (;;)
				if (pwrite(to, map, 32 * MIB, 0) < 0)
					_exit(1);
		}
		usleep(3000 + 1000 * i);
		ASSERT_EQ(kill(process, SIGKILL), 0);
		ASSERT_EQ(waitpid(process, NULL, 0), process);
	}
	test_unmap(map, 32 * MIB);
	test_close(to);
	test_close(fd);
}
