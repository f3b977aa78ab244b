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

/*
 * Every other page written, in an address space that has the VMO mapped so often
 * that to take write access to all of them away takes minutes.
 */
static char *map_often(int fd)
{
	unsigned long nr = test_rounds(MANY_MAPPINGS), i;
	char *map = NULL;

	for (i = 0; i < nr; i++)
		map = test_map(fd, 0, MANY_PAGES * PAGE, RW, 0);
	for (i = 0; i < MANY_PAGES; i += 2)
		word_write(page_at(map, i), 1);
	return map;
}

/* Likewise, but runs of pages, each of which is unmapped for itself. */
static void map_runs_often(int fd, uint64_t pages)
{
	char *map = NULL;
	uint64_t i;

	for (i = 0; i < test_rounds(MANY_MAPPINGS); i++)
		map = test_map(fd, 0, pages * PAGE, RW, 0);
	for (i = 0; i < pages; i++)
		if (i & 8)
			word_write(page_at(map, i), 1);
}

/* A process ends long before what it began, or waits for, is done. */
static void expect_killable(pid_t process, const char *what)
{
	double start = test_seconds();

	process_kill(process);
	if (test_seconds() - start > test_patience(30))
		FAIL("%s took %.0f s to die", what, test_seconds() - start);
}

TEST_WITHIN(long_snapshots_can_be_killed, 300)
{
	int fd = test_create(MANY_PAGES * PAGE, 0);
	char *map = map_often(fd);
	pid_t process, waiter;

	/* Meanwhile fork() takes as long: so both begin at the same time. */
	waiter = test_fork();
	if (!waiter) {
		sleep_ms(500);
		word_read(page_at(map, 1));
		for (;;)
			pause();
	}
	process = test_fork();
	if (!process)
		_exit(test_snapshot(fd) < 0);
	sleep_ms(1000);
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
	for (;;)
		pause();
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
		_exit(test_snapshot(fd) < 0);
	}
	ASSERT_EQ(read(mapped[0], bytes, 1), 1);
	sleep_ms(500);
	ASSERT_EQ(write(start[1], bytes, NR_LOOKS), NR_LOOKS);
	sleep_ms(1000);
	for (i = 0; i < NR_LOOKS; i++)
		expect_killable(lookers[i], looks[i].name);
	process_kill(process);
}

TEST_WITHIN(long_restorations_can_be_killed, 300)
{
	int fd = test_create(MANY_PAGES * PAGE, 0);
	int snapshot = test_snapshot(fd);
	char *map = map_often(fd);
	pid_t process;

	process = test_fork();
	if (!process)
		_exit(zvmo_restore(fd, snapshot) < 0);
	sleep_ms(500);
	expect_killable(process, "a restoration");
	EXPECT_EQ(word_read(page_at(map, 2)), 1);
	EXPECT_EQ(word_read(page_at(map, MANY_PAGES - 2)), 1);
}
