// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - discardable VMOs: locks, and what reclaim may take
 *
 * Reclaim is asked for. What it does because memory is full, and meanwhile, is in
 * discard_pressure_test.c.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

#include "discard.h"
#include "parallel.h"
#include "pins.h"

#define PAGES 4 /* of the VMOs here, if nothing else is said */
#define SIZE (PAGES * PAGE)

/* States */

static const char *const state_names[] = { "unset", "locked", "locked twice",
					   "reclaimable", "discarded" };

static int vmo_in(enum state state)
{
	return vmo_in_size(state, SIZE, ZVMO_RESIZABLE);
}

/* The state that a VMO is in, which may be lost by looking. */
static enum state state_of(int fd)
{
	unsigned int locks = 0;

	while (!ioc_unlock(fd))
		locks++;
	if (locks)
		return locks == 1 ? LOCKED : LOCKED_TWICE;
	if (is_discarded(fd))
		return DISCARDED;
	reclaim();
	return is_discarded(fd) ? RECLAIMABLE : UNSET;
}

static int do_lock(int fd)
{
	struct zvmo_lock_state state;

	return ioc_lock(fd, &state);
}

static int do_lock_badly(int fd)
{
	return ioc_lock(fd, NULL);
}

static int do_lock_small(int fd)
{
	struct zvmo_lock_state state;
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = ZVMO_OP_LOCK,
		.length = test_info(fd).size,
		.buffer = (uintptr_t)&state,
		.buffer_size = sizeof(state) - 1,
	};

	return ioc(fd, ZVMO_IOC_OP_RANGE, &args);
}

static int do_reclaim(int fd)
{
	(void)fd;
	reclaim();
	return 0;
}

static int do_read(int fd)
{
	char byte;

	return ioc_read(fd, 0, &byte, 1);
}

static int do_write(int fd)
{
	return ioc_write(fd, PAGE, "w", 1);
}

static int do_commit(int fd)
{
	return ioc_op(fd, ZVMO_OP_COMMIT, 0, SIZE);
}

static int do_decommit(int fd)
{
	return ioc_op(fd, ZVMO_OP_DECOMMIT, PAGE, PAGE);
}

static int do_zero(int fd)
{
	return ioc_op(fd, ZVMO_OP_ZERO, 10, PAGE);
}

static int do_resize(int fd)
{
	return zvmo_set_size(fd, 2 * PAGE);
}

static int do_stream_size(int fd)
{
	return ioc_set_stream_size(fd, 2 * PAGE);
}

static int do_hint(int fd)
{
	return ioc_op(fd, ZVMO_OP_ALWAYS_NEED, 0, SIZE);
}

struct event {
	const char *name;
	int (*run)(int fd);
	struct {
		int result;
		enum state after;
	} in[NR_STATES];
};

/* For every event: what it returns, and the state afterwards. */
static const struct event events[] = {
	{ "LOCK",
	  do_lock,
	  { [UNSET] = { 0, LOCKED },
	    [LOCKED] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, LOCKED },
	    [DISCARDED] = { 0, LOCKED } } },
	{ "LOCK with a bad buffer",
	  do_lock_badly,
	  { [UNSET] = { -EFAULT, UNSET },
	    [LOCKED] = { -EFAULT, LOCKED },
	    [LOCKED_TWICE] = { -EFAULT, LOCKED_TWICE },
	    [RECLAIMABLE] = { -EFAULT, RECLAIMABLE },
	    [DISCARDED] = { -EFAULT, DISCARDED } } },
	{ "LOCK with a small buffer",
	  do_lock_small,
	  { [UNSET] = { -EINVAL, UNSET },
	    [LOCKED] = { -EINVAL, LOCKED },
	    [LOCKED_TWICE] = { -EINVAL, LOCKED_TWICE },
	    [RECLAIMABLE] = { -EINVAL, RECLAIMABLE },
	    [DISCARDED] = { -EINVAL, DISCARDED } } },
	{ "TRY_LOCK",
	  ioc_try_lock,
	  { [UNSET] = { 0, LOCKED },
	    [LOCKED] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, LOCKED },
	    [DISCARDED] = { -ESTALE, DISCARDED } } },
	{ "UNLOCK",
	  ioc_unlock,
	  { [UNSET] = { -EBADFD, UNSET },
	    [LOCKED] = { 0, RECLAIMABLE },
	    [LOCKED_TWICE] = { 0, LOCKED },
	    [RECLAIMABLE] = { -EBADFD, RECLAIMABLE },
	    [DISCARDED] = { -EBADFD, DISCARDED } } },
	{ "reclaim",
	  do_reclaim,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, DISCARDED },
	    [DISCARDED] = { 0, DISCARDED } } },
	{ "READ",
	  do_read,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { -ENODATA, DISCARDED } } },
	{ "WRITE",
	  do_write,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { -ENODATA, DISCARDED } } },
	{ "COMMIT",
	  do_commit,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { -ENODATA, DISCARDED } } },
	{ "DECOMMIT",
	  do_decommit,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { 0, DISCARDED } } },
	{ "ZERO",
	  do_zero,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { 0, DISCARDED } } },
	{ "SET_SIZE",
	  do_resize,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { 0, DISCARDED } } },
	{ "SET_STREAM_SIZE",
	  do_stream_size,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { 0, DISCARDED } } },
	{ "ALWAYS_NEED",
	  do_hint,
	  { [UNSET] = { 0, UNSET },
	    [LOCKED] = { 0, LOCKED },
	    [LOCKED_TWICE] = { 0, LOCKED_TWICE },
	    [RECLAIMABLE] = { 0, RECLAIMABLE },
	    [DISCARDED] = { 0, DISCARDED } } },
};

TEST(states_and_events)
{
	enum state state, found;
	unsigned int i;
	int fd;

	for (i = 0; i < COUNT(events); i++) {
		for (state = 0; state < NR_STATES; state++) {
			/* Three locks are not a state here. */
			if (state == LOCKED_TWICE && events[i].run == do_lock)
				continue;
			if (state == LOCKED_TWICE &&
			    events[i].run == ioc_try_lock)
				continue;
			test_context("%s when %s", events[i].name,
				     state_names[state]);
			fd = vmo_in(state);
			EXPECT_EQ(events[i].run(fd),
				  events[i].in[state].result);
			found = state_of(fd);
			if (found != events[i].in[state].after)
				FAIL("then %s, expected %s", state_names[found],
				     state_names[events[i].in[state].after]);
			test_close(fd);
		}
	}
}

TEST(many_locks_are_counted)
{
	int fd = vmo_in(UNSET), i;

	for (i = 0; i < 1000; i++)
		EXPECT_EQ(i % 2 ? ioc_try_lock(fd) : do_lock(fd), 0);
	for (i = 0; i < 999; i++)
		EXPECT_EQ(ioc_unlock(fd), 0);
	EXPECT(!reclaim_takes(fd));
	EXPECT_EQ(ioc_unlock(fd), 0);
	EXPECT_EQ(ioc_unlock(fd), -EBADFD);
}

/* What LOCK says */

static void expect_state(int fd, uint64_t size, uint64_t discarded)
{
	struct zvmo_lock_state state;

	memset(&state, 0xee, sizeof(state));
	ASSERT_EQ(ioc_lock(fd, &state), 0);
	EXPECT_EQ(state.offset, 0);
	EXPECT_EQ(state.size, size);
	EXPECT_EQ(state.discarded_offset, 0);
	EXPECT_EQ(state.discarded_size, discarded);
}

TEST(lock_tells_what_was_lost)
{
	expect_state(vmo_in(UNSET), SIZE, 0);
	expect_state(vmo_in(LOCKED), SIZE, 0);
	expect_state(vmo_in(RECLAIMABLE), SIZE, 0);
	expect_state(vmo_in(DISCARDED), SIZE, SIZE);
}

/* Since the last lock: the second one is told nothing. */
TEST(the_loss_is_told_once)
{
	int fd = vmo_in(DISCARDED);

	expect_state(fd, SIZE, SIZE);
	expect_state(fd, SIZE, 0);
	unlock(fd);
	unlock(fd);
	expect_state(fd, SIZE, 0);
}

TEST(a_lock_that_failed_was_not_told)
{
	int fd = vmo_in(DISCARDED);

	EXPECT_EQ(do_lock_badly(fd), -EFAULT);
	EXPECT_EQ(do_lock_small(fd), -EINVAL);
	EXPECT_EQ(ioc_try_lock(fd), -ESTALE);
	expect_state(fd, SIZE, SIZE);
}

TEST(the_size_at_the_time_of_the_lock)
{
	int fd = vmo_in(DISCARDED);

	ASSERT_EQ(zvmo_set_size(fd, 8 * PAGE), 0);
	expect_state(fd, 8 * PAGE, 8 * PAGE);
}

TEST(a_large_buffer_will_do)
{
	struct {
		struct zvmo_lock_state state;
		uint64_t more[4];
	} buffer;
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = ZVMO_OP_LOCK,
		.length = SIZE,
		.buffer = (uintptr_t)&buffer,
		.buffer_size = sizeof(buffer),
	};
	int fd = vmo_in(UNSET);

	memset(&buffer, 0xee, sizeof(buffer));
	EXPECT_EQ(ioc(fd, ZVMO_IOC_OP_RANGE, &args), 0);
	EXPECT_EQ(buffer.state.size, SIZE);
	EXPECT_EQ(buffer.more[0], 0xeeeeeeeeeeeeeeee);
}

TEST(buffers_that_cannot_be_written)
{
	char *edge =
		mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = vmo_in(RECLAIMABLE);

	ASSERT_EQ(mprotect(edge + PAGE, PAGE, PROT_READ), 0);
	EXPECT_EQ(ioc_lock(fd, (void *)(edge + PAGE)), -EFAULT);
	EXPECT_EQ(ioc_lock(fd, (void *)(edge + PAGE - 8)), -EFAULT);
	EXPECT_EQ(ioc_lock(fd, (void *)-PAGE), -EFAULT);
	EXPECT_EQ(ioc_unlock(fd), -EBADFD);
	EXPECT_EQ(ioc_lock(fd, (void *)(edge + PAGE - 32)), 0);
}

/* It becomes accessible by the very lock. */
TEST(a_buffer_in_the_vmo_itself)
{
	int fd = vmo_in(DISCARDED);
	struct zvmo_lock_state *state = test_map(fd, 0, SIZE, RW, 0);

	EXPECT_EQ(ioc_lock(fd, state), 0);
	EXPECT_EQ(state->discarded_size, SIZE);
	EXPECT_EQ(ioc_unlock(fd), 0);
	EXPECT_EQ(ioc_unlock(fd), -EBADFD);
}

/* A lock that fails is none: nobody may take the content for intact meanwhile. */
TEST(race_of_failing_locks)
{
	double deadline = test_seconds() + 1.5;
	int fd = vmo_in(DISCARDED), result;
	unsigned long rounds = 0;
	pid_t process = test_fork();

	if (!process) {
		while (test_seconds() < deadline)
			ASSERT_EQ(do_lock_badly(fd), -EFAULT);
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		result = ioc_try_lock(fd);
		rounds++;
		if (!EXPECT_EQ(result, -ESTALE))
			break;
	}
	test_wait_for(process);
	test_note("%lu rounds", rounds);
	expect_state(fd, SIZE, SIZE);
	unlock(fd);
	EXPECT_EQ(ioc_unlock(fd), -EBADFD);
}

/* Others lock and unlock meanwhile, and may undo what is about to fail. */
TEST(race_of_failing_locks_and_others)
{
	double deadline = test_seconds() + 1.5;
	int fd = vmo_in(RECLAIMABLE), i;
	pid_t processes[2];

	for (i = 0; i < 2; i++) {
		processes[i] = test_fork();
		if (processes[i])
			continue;
		while (test_seconds() < deadline) {
			ASSERT_EQ(do_lock_badly(fd), -EFAULT);
			if (i)
				ioc_unlock(fd);
		}
		_exit(EXIT_SUCCESS);
	}
	while (test_seconds() < deadline) {
		EXPECT_EQ(do_lock(fd), 0);
		ioc_unlock(fd);
		reclaim();
	}
	for (i = 0; i < 2; i++)
		test_wait_for(processes[i]);
	/* At most those locks are left whose release another took. */
	for (i = 0; !ioc_unlock(fd); i++)
		ASSERT_LE(i, 1000000);
	EXPECT(reclaim_takes(fd));
	expect_state(fd, SIZE, SIZE);
}

/* Errors */

TEST(read_or_write_is_needed)
{
	int fd = vmo_in(UNSET);
	int reader = test_duplicate(fd, ZVMO_RIGHT_READ);
	int writer = test_duplicate(fd, ZVMO_RIGHT_WRITE);
	int none =
		test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~(ZVMO_RIGHT_READ |
							   ZVMO_RIGHT_WRITE));

	EXPECT_EQ(do_lock(none), -EACCES);
	EXPECT_EQ(ioc_try_lock(none), -EACCES);
	EXPECT_EQ(ioc_unlock(none), -EACCES);
	EXPECT_EQ(do_lock(reader), 0);
	EXPECT_EQ(ioc_try_lock(writer), 0);
	EXPECT_EQ(ioc_unlock(reader), 0);
	EXPECT_EQ(ioc_unlock(writer), 0);
}

static const uint32_t lock_ops[] = { ZVMO_OP_LOCK, ZVMO_OP_TRY_LOCK,
				     ZVMO_OP_UNLOCK };

static int lock_op(int fd, uint32_t op, uint64_t offset, uint64_t length)
{
	struct zvmo_lock_state state;
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = op,
		.offset = offset,
		.length = length,
		.buffer = (uintptr_t)&state,
		.buffer_size = sizeof(state),
	};

	return ioc(fd, ZVMO_IOC_OP_RANGE, &args);
}

TEST(the_range_is_the_whole_vmo)
{
	int fd = vmo_in(LOCKED);
	const uint64_t ranges[][2] = {
		{ 0, 0 },
		{ 0, SIZE - PAGE },
		{ 0, SIZE - 1 },
		{ 0, SIZE + 1 },
		{ 0, SIZE + PAGE },
		{ PAGE, SIZE - PAGE },
		{ PAGE, SIZE },
		{ SIZE, 0 },
		{ 0, UINT64_MAX },
		{ UINT64_MAX, SIZE },
		{ -PAGE, SIZE + PAGE },
	};
	unsigned int i, j;

	for (i = 0; i < COUNT(lock_ops); i++) {
		for (j = 0; j < COUNT(ranges); j++) {
			test_context("op %u, range %u", lock_ops[i], j);
			EXPECT_EQ(lock_op(fd, lock_ops[i], ranges[j][0],
					  ranges[j][1]),
				  -ERANGE);
		}
	}
	EXPECT_EQ(state_of(fd), LOCKED);
}

/* Sizes are pages; a VMO of no page has a whole range too. */
TEST(the_whole_of_odd_sizes)
{
	int fd = test_create(100, ZVMO_DISCARDABLE);

	EXPECT_EQ(lock_op(fd, ZVMO_OP_LOCK, 0, 100), -ERANGE);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_LOCK, 0, PAGE), 0);
	fd = test_create(0, ZVMO_DISCARDABLE);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_LOCK, 0, 0), 0);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_UNLOCK, 0, 0), 0);
	fd = test_create(0, ZVMO_DISCARDABLE | ZVMO_UNBOUNDED);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_LOCK, 0, ZVMO_SIZE_MAX), 0);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_UNLOCK, 0, ZVMO_SIZE_MAX), 0);
}

TEST(after_resizing_the_range_is_the_new_size)
{
	int fd = vmo_in(LOCKED);

	ASSERT_EQ(zvmo_set_size(fd, PAGE), 0);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_UNLOCK, 0, SIZE), -ERANGE);
	EXPECT_EQ(lock_op(fd, ZVMO_OP_UNLOCK, 0, PAGE), 0);
}

TEST(other_kinds_have_no_lock)
{
	int fd = test_create(SIZE, 0);
	int others[] = { fd, test_snapshot(fd),
			 test_child(fd, ZVMO_CHILD_SLICE, 0, SIZE),
			 test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0) };
	unsigned int i, j;

	for (i = 0; i < COUNT(others); i++) {
		for (j = 0; j < COUNT(lock_ops); j++) {
			test_context("kind %u, op %u", i, lock_ops[j]);
			EXPECT_EQ(lock_op(others[i], lock_ops[j], 0, SIZE),
				  -EOPNOTSUPP);
		}
	}
	test_fill(fd, 0, SIZE, 'd');
	reclaim();
	EXPECT(test_holds(fd, 0, SIZE, 'd'));
}

TEST(it_has_no_children)
{
	static const uint32_t kinds[] = { ZVMO_CHILD_SNAPSHOT, ZVMO_CHILD_SLICE,
					  ZVMO_CHILD_REFERENCE };
	unsigned int i;
	int fd = vmo_in(LOCKED);

	for (i = 0; i < COUNT(kinds); i++)
		EXPECT_EQ(zvmo_create_child(fd, kinds[i], 0, 0), -EOPNOTSUPP);
}

/* Locks belong to the VMO */

TEST(one_locks_another_unlocks)
{
	int fd = vmo_in(UNSET);
	int second = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);
	int third = dup(fd);

	lock(fd);
	EXPECT_EQ(ioc_unlock(second), 0);
	EXPECT_EQ(ioc_unlock(fd), -EBADFD);
	lock(second);
	EXPECT_EQ(ioc_unlock(third), 0);
	EXPECT_EQ(ioc_unlock(second), -EBADFD);
}

TEST(closing_unlocks_nothing)
{
	int fd = vmo_in(UNSET);
	int second = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);

	lock(second);
	test_close(second);
	EXPECT(!reclaim_takes(fd));
	EXPECT_EQ(ioc_unlock(fd), 0);
	EXPECT(reclaim_takes(fd));
}

TEST(a_process_that_ends_unlocks_nothing)
{
	int fd = vmo_in(UNSET);
	pid_t process = test_fork();

	if (!process) {
		lock(fd);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	EXPECT(!reclaim_takes(fd));
	EXPECT_EQ(state_of(fd), LOCKED);
}

TEST(a_mapping_keeps_it_and_its_state)
{
	int fd = vmo_in(LOCKED);
	char *map = test_map(fd, 0, SIZE, RW, 0);

	test_close(fd);
	reclaim();
	EXPECT_EQ(test_probe_read(map), 0);
	EXPECT_EQ(*map, 'd');
}

TEST(only_a_mapping_is_left_of_it)
{
	int fd = vmo_in(RECLAIMABLE);
	char *map = test_map(fd, 0, SIZE, RW, 0);

	EXPECT_EQ(*map, 'd');
	test_close(fd);
	reclaim();
	EXPECT_EQ(test_probe_read(map), SIGBUS);
	EXPECT_EQ(test_stats().pages, 0);
}

/* What is taken, and what stays */

TEST(all_pages_go_at_once)
{
	int fd = vmo_in(RECLAIMABLE);

	EXPECT_EQ(test_stats().pages, PAGES);
	reclaim();
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(test_info(fd).committed_bytes, 0);
}

TEST(all_that_are_unlocked_go)
{
	int fds[40];
	unsigned int i;

	for (i = 0; i < COUNT(fds); i++)
		fds[i] = vmo_in_size(i % 3 ? RECLAIMABLE : LOCKED,
				     (1 + i % 5) * PAGE, 0);
	reclaim();
	for (i = 0; i < COUNT(fds); i++)
		EXPECT_EQ(is_discarded(fds[i]), i % 3 != 0);
}

TEST(a_large_one_goes_whole)
{
	int fd = vmo_in_size(RECLAIMABLE, 16 * MIB, 0);

	EXPECT(reclaim_takes(fd));
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(test_stats().nodes, 0);
}

TEST(the_rest_of_the_vmo_stays)
{
	int fd = vmo_in(RECLAIMABLE);
	struct zvmo_info before, after;

	ASSERT_EQ(zvmo_set_name(fd, "cache"), 0);
	ASSERT_EQ(ioc_set_stream_size(fd, 2 * PAGE + 7), 0);
	before = test_info(fd);
	reclaim();
	after = test_info(fd);
	EXPECT_EQ(after.size, before.size);
	EXPECT_EQ(after.stream_size, before.stream_size);
	EXPECT_EQ(after.koid, before.koid);
	EXPECT_EQ(after.flags, before.flags);
	EXPECT(after.flags & ZVMO_INFO_DISCARDABLE);
	EXPECT_STREQ(after.name, "cache");
}

TEST(never_locked_is_never_taken)
{
	int fd = vmo_in(UNSET);
	unsigned int i;

	for (i = 0; i < 5; i++)
		reclaim();
	EXPECT(ioc_holds(fd, 0, SIZE, 'd'));
}

TEST(content_survives_a_lock_in_time)
{
	int fd = vmo_in(RECLAIMABLE);

	EXPECT_EQ(ioc_try_lock(fd), 0);
	reclaim();
	EXPECT(ioc_holds(fd, 0, SIZE, 'd'));
	unlock(fd);
	EXPECT(reclaim_takes(fd));
}

TEST(again_and_again)
{
	int fd = vmo_in(LOCKED);
	unsigned int round;

	for (round = 0; round < 50; round++) {
		ioc_fill(fd, 0, SIZE, round);
		unlock(fd);
		reclaim();
		EXPECT_EQ(ioc_try_lock(fd), -ESTALE);
		expect_state(fd, SIZE, SIZE);
		EXPECT(ioc_holds(fd, 0, SIZE, 0));
	}
}

TEST(written_while_reclaimable)
{
	int fd = test_create(SIZE, ZVMO_DISCARDABLE);

	lock(fd);
	unlock(fd);
	ioc_fill(fd, 0, SIZE, 'w');
	EXPECT(ioc_holds(fd, 0, SIZE, 'w'));
	EXPECT(reclaim_takes(fd));
}

TEST(touched_while_reclaimable)
{
	int fd = test_create(SIZE, ZVMO_DISCARDABLE);
	char *map = test_map(fd, 0, SIZE, RW, 0);

	lock(fd);
	unlock(fd);
	memset(map, 'w', SIZE);
	EXPECT_EQ(map[PAGE], 'w');
	reclaim();
	EXPECT_EQ(test_probe_read(map + PAGE), SIGBUS);
}

/* Access to what was discarded */

TEST(calls_find_no_data)
{
	int fd = vmo_in(DISCARDED), other = memfd_create("other", 0);
	char buffer[8];
	off_t at = 0;

	EXPECT_ERRNO(pread(fd, buffer, 8, 0), ENODATA);
	EXPECT_ERRNO(pwrite(fd, buffer, 8, 0), ENODATA);
	EXPECT_EQ(ioc_read(fd, PAGE, buffer, 8), -ENODATA);
	EXPECT_EQ(ioc_write(fd, PAGE, buffer, 8), -ENODATA);
	EXPECT_ERRNO(fallocate(fd, 0, 0, SIZE), ENODATA);
	EXPECT_ERRNO(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, SIZE), ENODATA);
	EXPECT_EQ(zvmo_commit(fd, 0, SIZE), -ENODATA);
	EXPECT_EQ(sendfile(other, fd, &at, SIZE), -1);
	EXPECT_EQ(test_stats().pages, 0);
	/* Zeroing is fine, and changes nothing. */
	EXPECT_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			    SIZE),
		  0);
	EXPECT(is_discarded(fd));
}

TEST(other_errors_come_first)
{
	int fd = vmo_in(DISCARDED);
	int none = test_duplicate(fd, 0);
	char byte;

	EXPECT_EQ(ioc_read(none, 0, &byte, 1), -EACCES);
	EXPECT_EQ(ioc_read(fd, SIZE, &byte, 1), -ERANGE);
	EXPECT_EQ(ioc_write(fd, SIZE, &byte, 1), -ERANGE);
	EXPECT_EQ(zvmo_commit(fd, 0, SIZE + 1), -ERANGE);
	EXPECT_EQ(zvmo_zero(fd, 0, SIZE + 1), -ERANGE);
	EXPECT_EQ(zvmo_decommit(fd, 1, PAGE), -EINVAL);
}

TEST(mappings_raise_sigbus)
{
	int fd = vmo_in(RECLAIMABLE);
	char *map = test_map(fd, 0, SIZE, RW, 0);
	char *reader = test_map(fd, 0, SIZE, PROT_READ, 0);

	map[0] = 'w';
	EXPECT_EQ(reader[PAGE], 'd');
	reclaim();
	EXPECT_EQ(guest_mapped(map, PAGES), 0);
	EXPECT_EQ(test_probe_read(map), SIGBUS);
	EXPECT_EQ(test_probe_write(map, 1), SIGBUS);
	EXPECT_EQ(test_probe_read(reader + PAGE), SIGBUS);
	EXPECT_EQ(test_probe_read(map + SIZE - 1), SIGBUS);
}

TEST(mappings_work_again_once_locked)
{
	int fd = vmo_in(DISCARDED);
	char *map = test_map(fd, 0, SIZE, RW, 0);

	EXPECT_EQ(test_probe_write(map, 1), SIGBUS);
	lock(fd);
	EXPECT_EQ(test_probe_read(map), 0);
	EXPECT_EQ(map[0], 0);
	EXPECT_EQ(map[SIZE - 1], 0);
	map[PAGE] = 'n';
	EXPECT_EQ(test_byte(fd, PAGE), 'n');
	/* And stay so when it is unlocked, until it is taken again. */
	unlock(fd);
	EXPECT_EQ(map[PAGE], 'n');
	reclaim();
	EXPECT_EQ(test_probe_read(map), SIGBUS);
}

TEST(after_the_lock_all_reads_zero)
{
	int fd = vmo_in(DISCARDED);

	lock(fd);
	EXPECT(ioc_holds(fd, 0, SIZE, 0));
	EXPECT_EQ(test_stats().pages, 0);
	ioc_fill(fd, 0, SIZE, 'n');
	EXPECT(ioc_holds(fd, 0, SIZE, 'n'));
}

/* A private copy is nobody's cache. */
TEST(private_copies_stay)
{
	int fd = vmo_in(RECLAIMABLE);
	char *map = test_map(fd, 0, SIZE, RW, MAP_PRIVATE);

	map[0] = 'p';
	EXPECT_EQ(map[PAGE], 'd');
	reclaim();
	EXPECT_EQ(map[0], 'p');
	EXPECT_EQ(map[1], 'd');
	EXPECT_EQ(test_probe_read(map + PAGE), SIGBUS);
}

TEST(the_kernel_finds_no_memory_there)
{
	int fd = vmo_in(DISCARDED), other = memfd_create("other", 0);
	char *map = test_map(fd, 0, SIZE, RW, 0);

	EXPECT_ERRNO(write(other, map, PAGE), EFAULT);
	EXPECT_EQ(ioc_lock(fd, (void *)(map + PAGE - 16)), 0);
	EXPECT_EQ(write(other, map, PAGE), PAGE);
}

/* A pipe holds a page of it, and keeps it. */
TEST(a_page_in_a_pipe)
{
	int fd = vmo_in(RECLAIMABLE);
	char *map = test_map(fd, 0, SIZE, RW, 0);
	struct pipe pipe = pipe_open();

	pipe_put(&pipe, map);
	reclaim();
	lock(fd);
	if (test_byte(fd, 0) == 0)
		memset(map, 'n', PAGE);
	EXPECT_EQ(pipe_take(&pipe), 'd');
}

/* How many objects were discarded since the module was loaded. */
static unsigned long nr_discarded(void)
{
	FILE *file = fopen("/sys/kernel/debug/zvmo/events", "re");
	unsigned long nr = 0;

	ASSERT(file != NULL);
	ASSERT_EQ(fscanf(file, "discarded %lu", &nr), 1);
	fclose(file);
	return nr;
}

TEST(what_was_discarded_is_counted_for_ever)
{
	int fd = vmo_in(RECLAIMABLE), other = vmo_in(RECLAIMABLE);
	unsigned long before = nr_discarded();

	reclaim();
	EXPECT(is_discarded(fd) && is_discarded(other));
	EXPECT_EQ(nr_discarded(), before + 2);
	test_close(fd);
	test_close(other);
	EXPECT_EQ(nr_discarded(), before + 2);
}

/* Its age */

TEST(what_is_young_stays)
{
	int fd;

	guest_set_parameter("discard_age", "60000");
	fd = test_create(SIZE, ZVMO_DISCARDABLE);
	lock(fd);
	ioc_fill(fd, 0, SIZE, 'd');
	unlock(fd);
	guest_reclaim();
	EXPECT(ioc_holds(fd, 0, SIZE, 'd'));
	EXPECT(reclaim_takes(fd));
}

/* It is discarded only if the machine was so slow that 1500 ms have passed. */
static void expect_young_stays(int fd, double start)
{
	EXPECT(!is_discarded(fd) || test_seconds() - start >= 1.4);
}

TEST(the_age_is_in_milliseconds)
{
	int fd = test_create(SIZE, ZVMO_DISCARDABLE);
	double start;

	guest_set_parameter("discard_age", "1500");
	lock(fd);
	ioc_fill(fd, 0, SIZE, 'd');
	start = test_seconds();
	unlock(fd);
	guest_reclaim();
	expect_young_stays(fd, start);
	sleep_ms(1600);
	guest_reclaim();
	EXPECT(is_discarded(fd));
	any_age();
}

TEST(the_largest_age)
{
	int fd = vmo_in(RECLAIMABLE);

	guest_set_parameter("discard_age", "4294967295");
	guest_reclaim();
	EXPECT(!is_discarded(fd));
	EXPECT(reclaim_takes(fd));
}

/* The age is that of the last unlock. */
TEST(a_lock_makes_it_young_again)
{
	int fd = vmo_in(RECLAIMABLE);
	double start;

	guest_set_parameter("discard_age", "1500");
	sleep_ms(1600);
	lock(fd);
	start = test_seconds();
	unlock(fd);
	guest_reclaim();
	expect_young_stays(fd, start);
	any_age();
}

/* What a VMO tells of itself */

TEST(info_counts_locks)
{
	int fd = vmo_in(UNSET);

	EXPECT_EQ(test_info(fd).lock_count, 0);
	lock(fd);
	EXPECT_EQ(test_info(fd).lock_count, 1);
	lock(fd);
	EXPECT_EQ(test_info(fd).lock_count, 2);
	unlock(fd);
	unlock(fd);
	EXPECT_EQ(test_info(fd).lock_count, 0);
}

TEST(info_counts_what_reclaim_did)
{
	int fd = vmo_in(RECLAIMABLE), round;

	EXPECT_EQ(test_info(fd).committed_change_events, 0);
	for (round = 1; round < 4; round++) {
		reclaim();
		EXPECT_EQ(test_info(fd).committed_change_events, round);
		/* Nothing more to take. */
		reclaim();
		EXPECT_EQ(test_info(fd).committed_change_events, round);
		lock(fd);
		ioc_fill(fd, 0, SIZE, 'd');
		unlock(fd);
	}
	/* Not reclaim's doing. */
	ASSERT_EQ(zvmo_decommit(fd, 0, SIZE), 0);
	EXPECT_EQ(test_info(fd).committed_change_events, 3);
}
