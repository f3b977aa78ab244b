// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - discardable VMOs: when memory is full, and races with reclaim
 *
 * Reclaim happens because a memory cgroup or the machine is full, or is asked for
 * all the time.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "discard.h"
#include "nl.h"
#include "parallel.h"

#define SIZE (4 * PAGE)

/* Memory pressure */

#define CACHES 8
#define CACHE_SIZE (2 * MIB)

/* How many, from the one that was unlocked first on, are discarded. */
static unsigned int discarded_in_order(const int *fds)
{
	unsigned int nr = 0, i;

	while (nr < CACHES && is_discarded(fds[nr]))
		nr++;
	for (i = nr; i < CACHES; i++)
		EXPECT(!is_discarded(fds[i]));
	return nr;
}

/*
 * A group that has room for all of them and little more: as more is used, those
 * that were unlocked first go, and no more than necessary.
 */
TEST(unlocked_first_goes_first)
{
	static const unsigned int order[CACHES] = { 3, 0, 7, 5, 1, 6, 2, 4 };
	unsigned int i, steps = 0, nr = 0;
	int fds[CACHES], by_age[CACHES];
	char *more;

	any_age();
	cgroup_create("zvmo-order", 24 * MIB);
	cgroup_enter("zvmo-order");
	for (i = 0; i < CACHES; i++) {
		fds[i] = test_create(CACHE_SIZE, ZVMO_DISCARDABLE);
		lock(fds[i]);
		ioc_fill(fds[i], 0, CACHE_SIZE, 'd');
	}
	for (i = 0; i < CACHES; i++) {
		by_age[i] = fds[order[i]];
		unlock(by_age[i]);
		sleep_ms(20);
	}
	EXPECT_EQ(discarded_in_order(by_age), 0);
	more = mmap(NULL, 14 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 14 * 4; i++) {
		unsigned int before = nr;

		memset(more + i * (MIB / 4), 1, MIB / 4);
		nr = discarded_in_order(by_age);
		steps += nr > before;
	}
	test_note("%u discarded in %u steps", nr, steps);
	EXPECT_GE(nr, 3);
	/* From 6.4 on reclaim in a group does not ask what a shrinker freed. */
	if (guest_kernel_is_before(6, 4))
		EXPECT_LE(nr, 5);
	EXPECT_EQ(cgroup_read("zvmo-order", "memory.events", "oom_kill"), 0);
}

/* Those of another group are not asked to go. */
TEST(pressure_in_a_group_takes_from_the_group)
{
	int outside = vmo_in_size(RECLAIMABLE, CACHE_SIZE, 0), inside;
	char *more;

	cgroup_create("zvmo-inside", 8 * MIB);
	cgroup_enter("zvmo-inside");
	inside = vmo_in_size(RECLAIMABLE, CACHE_SIZE, 0);
	more = mmap(NULL, 7 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(more, 1, 7 * MIB);
	EXPECT(is_discarded(inside));
	EXPECT(!is_discarded(outside));
}

/* Its group goes before it does. */
TEST(the_group_that_paid_is_gone)
{
	int fd = test_create(SIZE, ZVMO_DISCARDABLE);
	int later = test_create(SIZE, ZVMO_DISCARDABLE);
	pid_t process;

	cgroup_create("zvmo-gone", 16 * MIB);
	process = test_fork();
	if (!process) {
		cgroup_enter("zvmo-gone");
		lock(fd);
		ioc_fill(fd, 0, SIZE, 'd');
		unlock(fd);
		lock(later);
		ioc_fill(later, 0, SIZE, 'd');
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	ASSERT_EQ(rmdir("/sys/fs/cgroup/zvmo-gone"), 0);
	unlock(later);
	EXPECT(reclaim_takes(fd));
	EXPECT(is_discarded(later));
	lock(fd);
	ioc_fill(fd, 0, SIZE, 'e');
	unlock(fd);
	EXPECT(reclaim_takes(fd));
}

TEST(locked_ones_are_not_taken_under_pressure)
{
	int locked, unlocked;
	char *more;

	any_age();
	cgroup_create("zvmo-locked", 12 * MIB);
	cgroup_enter("zvmo-locked");
	locked = vmo_in_size(LOCKED, 4 * MIB, 0);
	unlocked = vmo_in_size(RECLAIMABLE, 4 * MIB, 0);
	more = mmap(NULL, 6 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(more, 1, 6 * MIB);
	EXPECT(is_discarded(unlocked));
	EXPECT(ioc_holds(locked, 0, 4 * MIB, 'd'));
}

/* Caches go instead of a process; filled by calls, and through mappings. */
static void fill_caches(unsigned int nr, uint64_t size, bool by_mapping)
{
	int *fds = calloc(nr, sizeof(*fds));
	unsigned int i, left = 0;

	for (i = 0; i < nr; i++) {
		fds[i] = test_create(size, ZVMO_DISCARDABLE);
		lock(fds[i]);
		if (by_mapping) {
			char *map = test_map(fds[i], 0, size, RW, 0);

			memset(map, 'd', size);
			test_unmap(map, size);
		} else {
			ioc_fill(fds[i], 0, size, 'd');
		}
		EXPECT(ioc_holds(fds[i], size - PAGE, PAGE, 'd'));
		unlock(fds[i]);
	}
	for (i = 0; i < nr; i++)
		left += !is_discarded(fds[i]);
	test_note("%u of %u caches are left", left, nr);
	EXPECT_GE(left, 1);
	EXPECT_LE(left, nr - 1);
}

TEST(many_caches_in_a_small_group)
{
	pid_t process;
	unsigned int i;

	any_age();
	for (i = 0; i < 2; i++) {
		cgroup_create("zvmo-caches", 24 * MIB);
		process = test_fork();
		if (!process) {
			cgroup_enter("zvmo-caches");
			/* More than fit, in any case. */
			fill_caches(30 + test_rounds(70), MIB, i);
			_exit(EXIT_SUCCESS);
		}
		test_wait_for(process);
		EXPECT_EQ(cgroup_read("zvmo-caches", "memory.events",
				      "oom_kill"),
			  0);
	}
}

static unsigned long long vmstat(const char *key)
{
	unsigned long long value = 0;
	char name[64];
	FILE *file = fopen("/proc/vmstat", "re");

	ASSERT(file != NULL);
	while (fscanf(file, "%63s %llu", name, &value) == 2 &&
	       strcmp(name, key))
		;
	fclose(file);
	return value;
}

/* More than the machine has. */
TEST_WITHIN(more_caches_than_memory, 300)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * PAGE;
	unsigned long long killed = vmstat("oom_kill");

	any_age();
	fill_caches(memory / (8 * MIB) + 20, 8 * MIB, false);
	EXPECT_EQ(vmstat("oom_kill"), killed);
}

/*
 * It is filled while it may be taken: by its own growth, in the end. Whoever
 * fills it is told, or killed for the memory; nobody hangs.
 */
TEST(filling_what_may_be_taken)
{
	pid_t process;
	int status;

	any_age();
	cgroup_create("zvmo-filling", 8 * MIB);
	process = test_fork();
	if (!process) {
		char *data =
			mmap(NULL, MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int fd = test_create(64 * MIB, ZVMO_DISCARDABLE), result = 0;
		uint64_t at;

		memset(data, 'd', MIB);
		cgroup_enter("zvmo-filling");
		lock(fd);
		unlock(fd);
		for (at = 0; at < 64 * MIB && !result; at += MIB)
			result = ioc_write(fd, at, data, MIB);
		EXPECT_EQ(result, -ENODATA);
		_exit(EXIT_SUCCESS);
	}
	ASSERT_EQ(waitpid(process, &status, 0), process);
	EXPECT(WIFEXITED(status) ||
	       (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : 0, 0);
}

/* Races with reclaim */

struct race {
	int fd;
	double deadline;
};

static pid_t start_reclaiming(double deadline)
{
	pid_t process;

	any_age();
	process = test_fork();
	if (process)
		return process;
	while (test_seconds() < deadline)
		guest_reclaim();
	_exit(EXIT_SUCCESS);
}

/*
 * How often reclaim takes something in a race with those who use it is a matter of
 * the scheduler. What nobody uses any more it takes, if not at once: somebody else
 * who reclaims may have his hands on it.
 */
static void wait_until_taken(int fd)
{
	while (!reclaim_takes(fd))
		sleep_ms(1);
}

/* Lock, look, and unlock: intact, or reported. */
static void use_cache(uint64_t seed, double deadline)
{
	int fd = test_create(SIZE, ZVMO_DISCARDABLE);
	unsigned long rounds = 0, lost = 0;
	uint64_t random = seed;
	uint8_t byte = 'i';

	ioc_fill(fd, 0, SIZE, byte);
	while (!rounds || test_seconds() < deadline) {
		struct zvmo_lock_state state = { 0 };

		if (test_random_below(&random, 2) && !ioc_try_lock(fd))
			state.discarded_size = 0;
		else
			ASSERT_EQ(ioc_lock(fd, &state), 0);
		rounds++;
		if (state.discarded_size) {
			ASSERT_EQ(state.discarded_size, SIZE);
			ASSERT(ioc_holds(fd, 0, SIZE, 0));
			lost++;
			byte = 1 + test_random_below(&random, 255);
			ioc_fill(fd, 0, SIZE, byte);
		}
		ASSERT(ioc_holds(fd, 0, SIZE, byte));
		sched_yield();
		ASSERT(ioc_holds(fd, 0, SIZE, byte));
		unlock(fd);
		if (!test_random_below(&random, 8))
			sleep_ms(1);
	}
	test_note("%lu rounds, %lu times lost", rounds, lost);
	EXPECT_GE(rounds, lost + 1);
	wait_until_taken(fd);
}

TEST(race_of_locks)
{
	double deadline = test_seconds() + 3;
	pid_t reclaimer = start_reclaiming(deadline), users[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		users[i] = test_fork();
		if (!users[i]) {
			use_cache(test_seed + i, deadline);
			_exit(EXIT_SUCCESS);
		}
	}
	for (i = 0; i < 2; i++)
		test_wait_for(users[i]);
	test_wait_for(reclaimer);
}

/* Touching it without a lock: what was there, or SIGBUS. */
TEST(race_of_mappings)
{
	double deadline = test_seconds() + 2;
	pid_t reclaimer = start_reclaiming(deadline);
	int fd = test_create(SIZE, ZVMO_DISCARDABLE);
	char *map = test_map(fd, 0, SIZE, RW, 0);
	unsigned long touched = 0, lost = 0;

	lock(fd);
	while (test_seconds() < deadline) {
		int signal;

		ioc_fill(fd, 0, SIZE, 'd');
		unlock(fd);
		while (!(signal = test_probe_read(map + PAGE))) {
			touched++;
			signal = test_probe_write(map + 2 * PAGE, 'd');
			if (signal || test_seconds() > deadline)
				break;
		}
		EXPECT(!signal || signal == SIGBUS);
		lost += signal == SIGBUS;
		lock(fd);
		/* Locked, nothing can go. */
		ASSERT_EQ(test_probe_write(map + 3 * PAGE, 'd'), 0);
		ASSERT_EQ(test_probe_read(map + 3 * PAGE), 0);
		ASSERT_EQ(map[3 * PAGE], 'd');
	}
	test_wait_for(reclaimer);
	test_note("touched %lu times, lost %lu times", touched, lost);
	unlock(fd);
	wait_until_taken(fd);
	EXPECT_EQ(test_probe_read(map + PAGE), SIGBUS);
}

TEST(race_of_calls)
{
	double deadline = test_seconds() + 2;
	pid_t reclaimer = start_reclaiming(deadline);
	int fd = test_create(16 * PAGE, ZVMO_DISCARDABLE), result;
	uint8_t in[16 * 4096], out[16 * 4096];
	unsigned long lost = 0;

	memset(in, 'd', sizeof(in));
	lock(fd);
	while (test_seconds() < deadline) {
		ASSERT_EQ(ioc_write(fd, 0, in, sizeof(in)), 0);
		unlock(fd);
		do {
			result = ioc_write(fd, 0, in, sizeof(in));
			if (!result)
				result = ioc_read(fd, 0, out, sizeof(out));
			if (!result)
				EXPECT_MEMEQ(out, in, sizeof(in));
			if (!result)
				result = zvmo_commit(fd, 0, 16 * PAGE);
		} while (!result && test_seconds() < deadline);
		EXPECT(!result || result == -ENODATA);
		lost += result == -ENODATA;
		lock(fd);
	}
	test_wait_for(reclaimer);
	test_note("%lu times lost", lost);
	unlock(fd);
	wait_until_taken(fd);
	EXPECT_EQ(ioc_write(fd, 0, in, sizeof(in)), -ENODATA);
	EXPECT_EQ(zvmo_commit(fd, 0, 16 * PAGE), -ENODATA);
}

TEST(race_of_closing)
{
	double deadline = test_seconds() + 2;
	pid_t reclaimer = start_reclaiming(deadline);
	unsigned long closed = 0;

	while (test_seconds() < deadline) {
		int fds[8], i;

		for (i = 0; i < 8; i++)
			fds[i] = vmo_in_size(RECLAIMABLE, PAGE, 0);
		for (i = 0; i < 8; i++, closed++)
			test_close(fds[i]);
	}
	test_wait_for(reclaimer);
	test_note("%lu closed", closed);
	EXPECT(test_wait_pages(0));
}

TEST(race_of_resizing)
{
	double deadline = test_seconds() + 2;
	pid_t reclaimer = start_reclaiming(deadline);
	int fd = vmo_in_size(RECLAIMABLE, 16 * PAGE, ZVMO_RESIZABLE);
	unsigned long lost = 0;

	while (test_seconds() < deadline) {
		ASSERT_EQ(zvmo_set_size(fd, PAGE), 0);
		ASSERT_EQ(zvmo_set_size(fd, 16 * PAGE), 0);
		ASSERT_EQ(zvmo_zero(fd, 10, 8 * PAGE), 0);
		ASSERT_EQ(zvmo_decommit(fd, PAGE, PAGE), 0);
		if (!is_discarded(fd))
			continue;
		lost++;
		lock(fd);
		ioc_fill(fd, 0, 16 * PAGE, 'd');
		unlock(fd);
	}
	test_wait_for(reclaimer);
	test_note("%lu times lost", lost);
	wait_until_taken(fd);
}

/* Two reclaimers and a group under pressure at once. */
TEST(race_of_reclaimers)
{
	double deadline = test_seconds() + 3;
	pid_t reclaimers[2];
	unsigned int i;

	reclaimers[0] = start_reclaiming(deadline);
	reclaimers[1] = start_reclaiming(deadline);
	cgroup_create("zvmo-race", 16 * MIB);
	cgroup_enter("zvmo-race");
	for (i = 0; i < 60 && test_seconds() < deadline - 2; i++)
		vmo_in_size(RECLAIMABLE, MIB, 0);
	use_cache(test_seed + 7, deadline);
	for (i = 0; i < 2; i++)
		test_wait_for(reclaimers[i]);
}

/* Many that stay */

#define MANY 100000U

/* Who wants to run every millisecond, before anybody else, on one processor. */
struct waker {
	_Atomic unsigned long times;
	_Atomic double worst; /* seconds that it took instead */
	_Atomic bool stop;
};

static void *wake_up_often(void *arg)
{
	const struct sched_param param = { .sched_priority = 1 };
	struct waker *waker = arg;
	double start, took;

	ASSERT_EQ(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), 0);
	while (!waker->stop) {
		start = test_seconds();
		sleep_ms(1);
		took = test_seconds() - start;
		if (took > waker->worst)
			waker->worst = took;
		waker->times++;
	}
	return NULL;
}

/* The longest that it took, the present time included. */
static double longest_sleep(struct waker *waker)
{
	unsigned long times = waker->times;

	while (waker->times == times)
		sleep_ms(1);
	return waker->worst;
}

/* Reclaim that finds only what must stay goes through all: says how long. */
static double reclaim_in_vain(void)
{
	struct nl *nl = nl_open();
	double start, took;

	nl_begin_u64(nl, ZVMO_CMD_RECLAIM, ZVMO_A_RECLAIM_PAGES, UINT64_MAX);
	start = test_seconds();
	ASSERT_EQ(nl_do(nl), 0);
	took = test_seconds() - start;
	nl_close(nl);
	return took;
}

static void stay_on_one_processor(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	ASSERT_EQ(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

/* The processor that goes through many does something else meanwhile. */
TEST_WITHIN(many_that_stay_hold_nobody_up, 120)
{
	unsigned int nr = test_rounds(MANY), i;
	struct rlimit limit = { nr + 100, nr + 100 };
	struct waker waker = {};
	bool held_up = true;
	pthread_t thread;
	double took = 0;
	int fd;

	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	guest_set_parameter("discard_age", "3600000");
	for (i = 0; i < nr; i++) {
		fd = test_create(PAGE, ZVMO_DISCARDABLE);
		lock(fd);
		unlock(fd);
	}
	stay_on_one_processor();
	thread = thread_start(wake_up_often, &waker);
	for (i = 0; i < 10 && held_up; i++) {
		waker.worst = 0;
		took = reclaim_in_vain();
		held_up = longest_sleep(&waker) > took / 2;
	}
	if (held_up)
		FAIL("nothing else ran for %.3f of the %.3f s of a reclaim",
		     waker.worst, took);
	waker.stop = true;
	thread_join(thread);
	any_age();
}
