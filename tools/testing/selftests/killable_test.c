// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - what takes long can be killed
 *
 * What takes time in proportion to numbers that any user may choose, and holds a
 * lock meanwhile: who does it can be killed, and so can who waits for that lock.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "nl.h"
#include "parallel.h"

#define MANY_PAGES 8192UL
#define MANY_MAPPINGS 20000

/* On a slow machine fewer: to make them takes long, and each takes longer then. */
static unsigned long mappings(unsigned int nr)
{
	return test_rounds(test_rounds(nr));
}

/*
 * Every other page written, in an address space that has the VMO mapped so often
 * that to take write access to all of them away takes minutes.
 */
static char *map_often(int fd)
{
	char *map = test_map(fd, 0, MANY_PAGES * PAGE, RW, 0);
	unsigned long i;

	for (i = 1; i < mappings(MANY_MAPPINGS); i++)
		test_map(fd, 0, MANY_PAGES * PAGE, RW, 0);
	for (i = 0; i < MANY_PAGES; i += 2)
		word_write(page_at(map, i), 1);
	return map;
}

/* Likewise, but runs of pages, each of which is unmapped for itself. */
static void map_runs_often(int fd, uint64_t pages)
{
	char *map = test_map(fd, 0, pages * PAGE, RW, 0);
	uint64_t i;

	for (i = 1; i < mappings(MANY_MAPPINGS); i++)
		test_map(fd, 0, pages * PAGE, RW, 0);
	for (i = 0; i < pages; i++)
		if (i & 8)
			word_write(page_at(map, i), 1);
}

/* A fast machine may be done before anybody is killed. */
static _Noreturn void wait_for_death(void)
{
	for (;;)
		pause();
}

static _Noreturn void snapshot_and_wait(int fd)
{
	zvmo_snapshot(fd);
	wait_for_death();
}

/* A process ends so soon. */
static void expect_killable_in(unsigned int seconds, pid_t process,
			       const char *what)
{
	double start = test_seconds();

	process_kill(process);
	if (test_seconds() - start > test_patience(seconds))
		FAIL("%s took %.0f s to die", what, test_seconds() - start);
}

/* It ends long before what it began, or waits for, is done. */
static void expect_killable(pid_t process, const char *what)
{
	expect_killable_in(10, process, what);
}

/* A process that touches what is mapped once there is something to read. */
static pid_t touch_later(int fd, int start)
{
	pid_t process = test_fork();
	char *map, byte;

	if (process)
		return process;
	map = test_map(fd, 0, 2 * PAGE, PROT_READ, 0);
	ASSERT_EQ(read(start, &byte, 1), 1);
	word_read(page_at(map, 1));
	wait_for_death();
}

TEST_WITHIN(long_snapshots_can_be_killed, 300)
{
	int fd = test_create(MANY_PAGES * PAGE, 0), start[2];
	pid_t process, waiter;
	char *map;

	ASSERT_EQ(pipe(start), 0);
	waiter = touch_later(fd, start[0]);
	map = map_often(fd);
	process = test_fork();
	if (!process)
		snapshot_and_wait(fd);
	sleep_ms(500);
	ASSERT_EQ(write(start[1], "", 1), 1);
	sleep_ms(500);
	expect_killable(waiter, "a process that touches what is mapped");
	expect_killable(process, "a snapshot");
	EXPECT_EQ(word_read(page_at(map, 2)), 1);
}

/* What others may do with a VMO that they know: look at its numbers above all. */

static void look_at_file(int fd)
{
	struct stat stat;

	fstat(fd, &stat);
}

static void look_at_proc(int fd)
{
	char path[64], text[1024];
	int file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = open(path, O_RDONLY);
	if (read(file, text, sizeof(text)) < 0)
		return;
}

static void look_for_data(int fd)
{
	lseek(fd, 0, SEEK_DATA);
}

static void look_at_info(int fd)
{
	struct zvmo_info info;

	zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0);
}

static void take_no_notice(struct nl_attributes message, void *arg)
{
	(void)message;
	(void)arg;
}

static void look_at_all(int fd)
{
	struct nl *nl = nl_open();

	(void)fd;
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_dump(nl, take_no_notice, NULL);
}

static void map_it(int fd)
{
	mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
}

static void snapshot_it(int fd)
{
	zvmo_snapshot(fd);
}

static void slice_it(int fd)
{
	zvmo_slice(fd, 0, PAGE);
}

static void zero_it(int fd)
{
	zvmo_zero(fd, 100, PAGE);
}

static void lock_it(int fd)
{
	zvmo_unlock(fd, PAGE);
}

static void move_it(int fd)
{
	zvmo_transfer(fd, 0, PAGE, fd, PAGE);
}

static void restore_it(int fd)
{
	zvmo_restore(fd, fd);
}

static void make_it_uncached(int fd)
{
	zvmo_set_cache_policy(fd, ZVMO_CACHE_POLICY_UNCACHED);
}

static const struct look {
	const char *name;
	void (*look)(int fd);
} looks[] = {
	{ "fstat()", look_at_file },
	{ "fdinfo", look_at_proc },
	{ "lseek()", look_for_data },
	{ "GET_INFO", look_at_info },
	{ "a list of all", look_at_all },
	{ "mmap()", map_it },
	{ "a snapshot", snapshot_it },
	{ "a slice", slice_it },
	{ "ZERO", zero_it },
	{ "LOCK and the like", lock_it },
	{ "TRANSFER", move_it },
	{ "RESTORE", restore_it },
	{ "SET_CACHE_POLICY", make_it_uncached },
};

#define NR_LOOKS (sizeof(looks) / sizeof(*looks))

/* A process that looks once there is something to read. */
static pid_t look_later(const struct look *look, int fd, int start)
{
	pid_t process = test_fork();
	char byte;

	if (process)
		return process;
	ASSERT_EQ(read(start, &byte, 1), 1);
	look->look(fd);
	wait_for_death();
}

TEST_WITHIN(who_looks_during_a_long_snapshot_can_be_killed, 300)
{
	const uint64_t pages = 4 * MANY_PAGES;
	int fd = test_create(pages * PAGE, 0), start[2], mapped[2];
	pid_t lookers[NR_LOOKS], process;
	char bytes[NR_LOOKS];
	unsigned int i;

	ASSERT_EQ(pipe(start), 0);
	ASSERT_EQ(pipe(mapped), 0);
	for (i = 0; i < NR_LOOKS; i++)
		lookers[i] = look_later(&looks[i], fd, start[0]);
	process = test_fork();
	if (!process) {
		map_runs_often(fd, pages);
		ASSERT_EQ(write(mapped[1], "", 1), 1);
		snapshot_and_wait(fd);
	}
	ASSERT_EQ(read(mapped[0], bytes, 1), 1);
	sleep_ms(500);
	ASSERT_EQ(write(start[1], bytes, NR_LOOKS), NR_LOOKS);
	sleep_ms(1000);
	for (i = 0; i < NR_LOOKS; i++)
		expect_killable(lookers[i], looks[i].name);
	process_kill(process);
}

/* A process that does something now. */
static pid_t look_now(void (*look)(int fd), int fd)
{
	pid_t process = test_fork();

	if (process) {
		sleep_ms(500);
		return process;
	}
	look(fd);
	wait_for_death();
}

/* A process that has the VMO mapped, in some way, from now on. */
static pid_t map_elsewhere(void (*map)(int fd, uint64_t pages), int fd,
			   uint64_t pages)
{
	int mapped[2];
	pid_t process;
	char byte;

	ASSERT_EQ(pipe(mapped), 0);
	process = test_fork();
	if (!process) {
		map(fd, pages);
		ASSERT_EQ(write(mapped[1], "", 1), 1);
		wait_for_death();
	}
	ASSERT_EQ(read(mapped[0], &byte, 1), 1);
	return process;
}

static void look_at_cost(int fd)
{
	struct zvmo_range_info info;

	zvmo_get_range_info(fd, 0, PAGE, &info, sizeof(info));
}

/* Unlike that of all, without asking how large it is. */
static void snapshot_of_a_page(int fd)
{
	zvmo_snapshot_range(fd, 0, PAGE);
}

/* Who sums up what the family shares keeps its lock while he waits. */
TEST_WITHIN(who_waits_for_the_family_can_be_killed, 300)
{
	const uint64_t pages = 4 * MANY_PAGES;
	int fd = test_create(pages * PAGE, 0);
	pid_t mapper = map_elsewhere(map_runs_often, fd, pages);
	pid_t snapshot = look_now(snapshot_it, fd);
	pid_t looker = look_now(look_at_cost, fd);
	pid_t other = look_now(snapshot_of_a_page, fd);

	expect_killable(other, "a snapshot of a family that is summed up");
	expect_killable(looker, "GET_RANGE_INFO");
	process_kill(snapshot);
	process_kill(mapper);
}

#define NR_SLICERS 16

static pid_t slice_now(int fd, bool *done)
{
	pid_t process = test_fork();

	if (process)
		return process;
	zvmo_slice(fd, 0, PAGE);
	*done = true;
	wait_for_death();
}

/*
 * They take the lock twice; the second time there is another before them. (Who
 * has got his slice waits for the lock when he ends: that cannot fail.)
 */
TEST_WITHIN(who_waits_once_more_can_be_killed, 300)
{
	const uint64_t pages = 4 * MANY_PAGES;
	int fd = test_create(pages * PAGE, 0);
	pid_t mapper = map_elsewhere(map_runs_often, fd, pages);
	bool *done = shared_memory(NR_SLICERS * sizeof(*done));
	pid_t slicers[NR_SLICERS], first, second;
	unsigned int i;

	first = look_now(snapshot_it, fd);
	for (i = 0; i < NR_SLICERS; i++)
		slicers[i] = slice_now(fd, &done[i]);
	sleep_ms(500);
	second = look_now(snapshot_it, fd);
	process_kill(first);
	sleep_ms(1000);
	for (i = 0; i < NR_SLICERS; i++)
		if (!done[i])
			expect_killable(slicers[i], "a slice");
	process_kill(second);
	for (i = 0; i < NR_SLICERS; i++)
		if (done[i])
			process_kill(slicers[i]);
	process_kill(mapper);
}

/* What goes page by page may have to unmap each page everywhere. */
#define BATCH 64UL
#define NR_MAPPERS 5
#define MAPPINGS_OF_ONE 60000

static void transfer_batch(int fd)
{
	int source = test_create(BATCH * PAGE, 0);

	ASSERT_EQ(zvmo_commit(source, 0, BATCH * PAGE), 0);
	zvmo_transfer(fd, 0, BATCH * PAGE, source, 0);
}

/* Pages that are there, mapped for reading. */
static char *map_for_reading(int fd, unsigned long first)
{
	char *map = test_map(fd, first * PAGE, BATCH * PAGE, RW, 0);
	unsigned long i;

	for (i = 0; i < BATCH; i++)
		word_read(page_at(map, i));
	return map;
}

static void write_batch(int fd)
{
	char *bytes = calloc(BATCH, PAGE);

	ASSERT(bytes);
	map_for_reading(fd, BATCH);
	if (pwrite(fd, bytes, BATCH * PAGE, BATCH * PAGE) < 0)
		return;
}

static void map_batch(int fd)
{
	zvmo_map_range(fd, map_for_reading(fd, 2 * BATCH), BATCH * PAGE,
		       ZVMO_MAP_RANGE_WRITE);
}

static const struct look batches[] = {
	{ "TRANSFER", transfer_batch },
	{ "write()", write_batch },
	{ "MAP_RANGE", map_batch },
};

#define NR_BATCHES (sizeof(batches) / sizeof(*batches))

static void map_as_often_as_one_can(int fd, uint64_t pages)
{
	unsigned long i;

	for (i = 0; i < mappings(MAPPINGS_OF_ONE); i++)
		test_map(fd, 0, pages * PAGE, RW, 0);
}

TEST_WITHIN(long_batches_can_be_killed, 300)
{
	const uint64_t pages = NR_BATCHES * BATCH;
	int fd = test_create(pages * PAGE, 0);
	pid_t mappers[NR_MAPPERS];
	unsigned int i;

	ASSERT_EQ(zvmo_commit(fd, BATCH * PAGE, 2 * BATCH * PAGE), 0);
	for (i = 0; i < NR_MAPPERS; i++)
		mappers[i] = map_elsewhere(map_as_often_as_one_can, fd, pages);
	/* From now on holes are mapped, too. */
	word_read(test_map(fd, 0, PAGE, PROT_READ, 0));
	for (i = 0; i < NR_BATCHES; i++)
		expect_killable_in(1, look_now(batches[i].look, fd),
				   batches[i].name);
	for (i = 0; i < NR_MAPPERS; i++)
		process_kill(mappers[i]);
}

TEST_WITHIN(long_restorations_can_be_killed, 300)
{
	int fd = test_create(MANY_PAGES * PAGE, 0);
	int snapshot = test_snapshot(fd);
	char *map = map_often(fd);
	pid_t process;

	process = test_fork();
	if (!process) {
		zvmo_restore(fd, snapshot);
		wait_for_death();
	}
	sleep_ms(500);
	expect_killable(process, "a restoration");
	EXPECT_EQ(word_read(page_at(map, 2)), 1);
	EXPECT_EQ(word_read(page_at(map, MANY_PAGES - 2)), 1);
}
