// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - what the kernel does with the pages of mapped memory
 *
 * Futexes, direct I/O, pipes, other processes' reads and writes, core dumps:
 * all get hold of pages behind the back of the page tables, some for long.
 */
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "parallel.h"
#include "pins.h"

/* Futexes */

static long futex(void *word, int op, uint32_t value, unsigned int timeout_ms)
{
	struct timespec timeout = { timeout_ms / 1000,
				    timeout_ms % 1000 * 1000000L };

	return syscall(SYS_futex, word, op, value, timeout_ms ? &timeout : NULL,
		       NULL, 0);
}

/* Wait while the word is 0. */
static void futex_wait(void *word)
{
	while (!atomic_load((_Atomic uint32_t *)word)) {
		if (futex(word, FUTEX_WAIT, 0, 10000) && errno != EAGAIN &&
		    errno != EINTR)
			FATAL("FUTEX_WAIT: %s", strerror(errno));
	}
}

/* Wake @nr; waits until there are so many. */
static void futex_wake(void *word, unsigned int nr)
{
	double deadline = test_seconds() + 10;

	while (nr && test_seconds() < deadline) {
		long woken = futex(word, FUTEX_WAKE, nr, 0);

		ASSERT_GE(woken, 0);
		nr -= woken;
		sleep_ms(1);
	}
	EXPECT_EQ(nr, 0);
}

/* A process that sleeps on a word until it is woken: no spurious wake-up. */
static pid_t start_waiter(void *word, uint32_t expected)
{
	pid_t process = test_fork();

	if (process)
		return process;
	if (futex(word, FUTEX_WAIT, expected, 30000))
		FATAL("FUTEX_WAIT: %s", strerror(errno));
	_exit(EXIT_SUCCESS);
}

TEST(futex_between_processes)
{
	int fd = test_create(2 * PAGE, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);
	pid_t waiter = start_waiter(map + PAGE + 8, 0);

	/* A mapping of its own, at another place in the VMO's second page. */
	map = test_map(fd, PAGE, PAGE, RW, 0);
	futex_wake(map + 8, 1);
	test_wait_for(waiter);
	EXPECT_EQ(futex(map + 8, FUTEX_WAKE, 1, 0), 0);
}

TEST(futex_through_slices_and_references)
{
	int fd = test_create(8 * PAGE, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 4 * PAGE);
	int inner = test_child(slice, ZVMO_CHILD_SLICE, PAGE, PAGE);
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	char *words[4];
	unsigned int i, j;

	words[0] = test_map(fd, 3 * PAGE, PAGE, RW, 0);
	words[1] = test_map(slice, PAGE, PAGE, RW, 0);
	words[2] = test_map(inner, 0, PAGE, RW, 0);
	words[3] = test_map(reference, 3 * PAGE, PAGE, RW, 0);
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 4; j++) {
			pid_t waiter = start_waiter(words[i], 0);

			test_context("waiter %u, waker %u", i, j);
			futex_wake(words[j], 1);
			test_wait_for(waiter);
		}
	}
}

/* The same offset in another page, or another VMO, is another futex. */
TEST(futex_of_another_page)
{
	int fd = test_create(8 * PAGE, 0), other = test_create(8 * PAGE, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 4 * PAGE);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);
	char *other_map = test_map(other, 0, 8 * PAGE, RW, 0);
	char *part = test_map(slice, 0, 4 * PAGE, RW, 0);
	uint64_t page, i;
	pid_t waiter;

	for (page = 0; page < 4; page++) {
		test_context("page %u of the slice", (unsigned int)page);
		/* Written when it was not mapped, or when it was, read-only. */
		if (page % 2) {
			test_fill(fd, (page + 2) * PAGE, PAGE, 0);
			word_read(page_at(part, page));
			word_write((char *)page_at(part, page) + 8, 1);
		}
		waiter = start_waiter(page_at(part, page), 0);
		sleep_ms(50);
		for (i = 0; i < 8; i++) {
			EXPECT_EQ(futex(page_at(other_map, i), FUTEX_WAKE, 1,
					0),
				  0);
			if (i != page + 2)
				EXPECT_EQ(futex(page_at(map, i), FUTEX_WAKE, 1,
						0),
					  0);
		}
		futex_wake(page_at(map, page + 2), 1);
		test_wait_for(waiter);
	}
}

TEST(futex_of_many_waiters)
{
	int fd = test_create(PAGE, 0), i;
	char *map = test_map(fd, 0, PAGE, RW, 0);
	pid_t waiters[6];

	for (i = 0; i < 6; i++)
		waiters[i] = start_waiter(map, 0);
	futex_wake(map, 2);
	futex_wake(map, 4);
	for (i = 0; i < 6; i++)
		test_wait_for(waiters[i]);
}

TEST(futex_across_a_snapshot)
{
	int fd = test_create(PAGE, 0), snapshot;
	char *map = test_map(fd, 0, PAGE, RW, 0), *child;
	pid_t waiter = start_waiter(map, 0);

	/* Until it sleeps; it must go on sleeping through all this. */
	sleep_ms(100);
	snapshot = test_snapshot(fd);
	child = test_map(snapshot, 0, PAGE, RW, 0);
	word_write(map + 8, 1);
	word_write(child + 8, 2);
	/* The snapshot is another object. */
	EXPECT_EQ(futex(child, FUTEX_WAKE, 1, 0), 0);
	test_close(test_snapshot(fd));
	EXPECT_EQ(futex(child, FUTEX_WAKE, 1, 0), 0);
	futex_wake(map, 1);
	test_wait_for(waiter);
	/* And the snapshot has futexes of its own. */
	waiter = start_waiter(child, 0);
	sleep_ms(50);
	EXPECT_EQ(futex(map, FUTEX_WAKE, 1, 0), 0);
	futex_wake(child, 1);
	test_wait_for(waiter);
}

/* The page was the parent's: its name must not stay with what is shared. */
TEST(futex_of_a_snapshot_whose_parent_is_gone)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	unsigned int i;

	for (i = 0; i < 4; i++)
		word_write(page_at(map, i), 0x100000000);
	snapshot = test_snapshot(fd);
	test_unmap(map, 4 * PAGE);
	test_close(fd);
	map = test_map(snapshot, 0, 4 * PAGE, PROT_READ, 0);
	word_read(map);
	/* Nothing to wait on yet, or it works; but nothing strange. */
	EXPECT_EQ(futex(map, FUTEX_WAIT, 0, 1), -1);
	EXPECT(errno == EFAULT || errno == ETIMEDOUT);
	ASSERT_GE(mprotect(map, 4 * PAGE, RW), 0);
	EXPECT_ERRNO(futex(map, FUTEX_WAIT, 0, 1), ETIMEDOUT);
	EXPECT_ERRNO(futex(page_at(map, 1), FUTEX_WAIT, 1, 1), EAGAIN);
}

TEST(futex_on_untouched_memory)
{
	int fd = test_create(2 * PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(futex(map, FUTEX_WAKE, 1, 0), 0);
	EXPECT_ERRNO(futex(page_at(map, 1), FUTEX_WAIT, 1, 1), EAGAIN);
	EXPECT_ERRNO(futex(page_at(map, 1), FUTEX_WAIT, 0, 1), ETIMEDOUT);
	EXPECT_ERRNO(futex(page_at(map, 3), FUTEX_WAKE, 1, 0), EFAULT);
}

/* Two processes pass a turn to and fro while snapshots come and go. */
struct turns {
	_Atomic uint64_t errors;
	atomic_bool stop;
};

static struct turns *turns;

static void take_turns(char *map, unsigned int own, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		futex_wait(map + own * 4);
		atomic_store((_Atomic uint32_t *)(map + own * 4), 0);
		atomic_store((_Atomic uint32_t *)(map + !own * 4), 1);
		ASSERT_GE(futex(map + !own * 4, FUTEX_WAKE, 1, 0), 0);
	}
}

static void *snapshot_on(void *arg)
{
	int fd = *(int *)arg;

	while (!atomic_load(&turns->stop)) {
		test_close(test_snapshot(fd));
		sleep_ms(1);
	}
	return NULL;
}

TEST(futex_while_snapshots_are_taken)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	pthread_t thread;
	pid_t other;

	turns = shared_memory(sizeof(*turns));
	other = test_fork();
	if (!other) {
		take_turns(map, 1, 2000);
		_exit(EXIT_SUCCESS);
	}
	thread = thread_start(snapshot_on, &fd);
	atomic_store((_Atomic uint32_t *)map, 1);
	map = test_map(fd, 0, PAGE, RW, 0);
	take_turns(map, 0, 2000);
	atomic_store(&turns->stop, true);
	thread_join(thread);
	test_wait_for(other);
}

/* A futex call that meets the first write to a page must not fail. */
static void *wake_on(void *map)
{
	while (!atomic_load(&turns->stop)) {
		if (futex(map, FUTEX_WAKE, 1, 0) < 0)
			atomic_fetch_add(&turns->errors, 1);
	}
	return NULL;
}

TEST(futex_while_a_page_becomes_writable)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	double deadline = test_seconds() + 1.5;
	pthread_t thread;

	turns = shared_memory(sizeof(*turns));
	word_write(map, 1);
	thread = thread_start(wake_on, map);
	while (test_seconds() < deadline) {
		test_close(test_snapshot(fd));
		word_read(map);
		word_write(map + 8, 1);
	}
	atomic_store(&turns->stop, true);
	thread_join(thread);
	EXPECT_EQ(atomic_load(&turns->errors), 0);
}

/* Pipes: vmsplice() puts the page itself into the pipe */

static void by_map(int fd, char *map)
{
	(void)fd;
	memset(map, 'n', PAGE);
}

static void by_map_after_reading(int fd, char *map)
{
	word_read(map);
	by_map(fd, map);
}

static void by_write(int fd, char *map)
{
	(void)map;
	test_fill(fd, 0, PAGE, 'n');
}

static void by_new_map(int fd, char *map)
{
	map = test_map(fd, 0, PAGE, RW, MAP_POPULATE);
	by_map(fd, map);
	test_unmap(map, PAGE);
}

static void by_commit_and_map(int fd, char *map)
{
	ASSERT_EQ(zvmo_commit(fd, 0, PAGE), 0);
	by_map(fd, map);
}

static void by_zero_of_a_part(int fd, char *map)
{
	ASSERT_EQ(zvmo_zero(fd, 8, PAGE - 8), 0);
	by_map(fd, map);
}

typedef void (*write_fn)(int fd, char *map);

static const write_fn writes[] = {
	by_map,	    by_map_after_reading, by_write,
	by_new_map, by_commit_and_map,	  by_zero_of_a_part,
};

#define NR_WRITES (sizeof(writes) / sizeof(*writes))

/*
 * A reader holds a page of one relative, which then goes away: the other one is
 * alone with the page, and writes. The reader must not see it.
 */
static void pinned_relative(write_fn write, bool parent_goes, bool mapped)
{
	int fd = test_create(PAGE, 0), snapshot, gone, left;
	char *map, *left_map;
	struct pipe pipe = pipe_open();

	test_fill(fd, 0, PAGE, 'o');
	snapshot = test_snapshot(fd);
	gone = parent_goes ? fd : snapshot;
	left = parent_goes ? snapshot : fd;
	left_map = test_map(left, 0, PAGE, RW, 0);
	if (mapped)
		word_read(left_map);
	map = test_map(gone, 0, PAGE, PROT_READ, 0);
	pipe_put(&pipe, map);
	test_unmap(map, PAGE);
	test_close(gone);
	write(left, left_map);
	EXPECT(test_holds(left, 0, PAGE, 'n'));
	EXPECT_EQ(*left_map, 'n');
	EXPECT_EQ(pipe_take(&pipe), 'o');
	test_unmap(left_map, PAGE);
	test_close(left);
	test_close(pipe.in);
	test_close(pipe.out);
}

TEST(a_reader_never_sees_a_relative_write)
{
	unsigned int i, which;

	for (i = 0; i < NR_WRITES; i++) {
		for (which = 0; which < 4; which++) {
			test_context("write %u, variant %u", i, which);
			pinned_relative(writes[i], which & 1, which & 2);
		}
	}
}

/* As before, but the other relative lives on, and has written first. */
TEST(a_reader_of_a_page_left_behind)
{
	int fd = test_create(PAGE, 0), snapshot;
	char *map = test_map(fd, 0, PAGE, RW, 0), *child;
	struct pipe pipe = pipe_open();

	memset(map, 'o', PAGE);
	snapshot = test_snapshot(fd);
	child = test_map(snapshot, 0, PAGE, RW, 0);
	word_read(child);
	pipe_put(&pipe, map);
	memset(map, 'p', PAGE);
	memset(child, 'c', PAGE);
	EXPECT(test_holds(fd, 0, PAGE, 'p'));
	EXPECT(test_holds(snapshot, 0, PAGE, 'c'));
	EXPECT_EQ(pipe_take(&pipe), 'o');
}

TEST(a_reader_of_a_hole)
{
	int fd = test_create(2 * PAGE, 0), other = test_create(PAGE, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);
	char *other_map = test_map(other, 0, PAGE, RW, 0);
	struct pipe pipe = pipe_open();

	pipe_put(&pipe, map);
	pipe_put(&pipe, other_map);
	memset(map, 'n', PAGE);
	memset(other_map, 'n', PAGE);
	EXPECT_EQ(pipe_take(&pipe), 0);
	EXPECT_EQ(pipe_take(&pipe), 0);
	EXPECT_EQ(word_read(page_at(map, 1)), 0);
}

TEST(a_pipe_outlives_the_vmo)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	struct pipe pipe = pipe_open();

	memset(map, 'o', PAGE);
	pipe_put(&pipe, map);
	test_unmap(map, PAGE);
	test_close(fd);
	EXPECT(test_wait_pages(0));
	EXPECT_EQ(pipe_take(&pipe), 'o');
}

/* A page in a pipe is copied for the snapshot, and stays the parent's. */
TEST(a_snapshot_of_what_is_in_a_pipe)
{
	int fd = test_create(4 * PAGE, 0), snapshots[3];
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	struct pipe pipe = pipe_open();
	unsigned int i;

	memset(map, 'o', 4 * PAGE);
	pipe_put(&pipe, page_at(map, 1));
	for (i = 0; i < 3; i++) {
		snapshots[i] = test_snapshot(fd);
		memset(map, '0' + i, 4 * PAGE);
	}
	EXPECT(test_holds(snapshots[0], 0, 4 * PAGE, 'o'));
	EXPECT(test_holds(snapshots[1], 0, 4 * PAGE, '0'));
	EXPECT(test_holds(snapshots[2], 0, 4 * PAGE, '1'));
	EXPECT(test_holds(fd, 0, 4 * PAGE, '2'));
	pipe_take(&pipe);
	test_close(test_snapshot(fd));
	memset(map, 'e', 4 * PAGE);
	EXPECT(test_holds(snapshots[2], 0, 4 * PAGE, '1'));
}

/* MSG_ZEROCOPY: the socket has the page until the peer has room for it. */
TEST(a_socket_sends_what_there_was)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	struct stalled socket = socket_open();
	unsigned int i;

	memset(map, 'o', 4 * PAGE);
	for (i = 0; i < 4; i++)
		socket_put(&socket, page_at(map, i));
	/* It has the page itself. */
	memset(map, 'w', PAGE);
	ASSERT_EQ(zvmo_decommit(fd, PAGE, PAGE), 0);
	ASSERT_EQ(zvmo_zero(fd, 2 * PAGE, PAGE), 0);
	ASSERT_EQ(zvmo_set_size(fd, 3 * PAGE), 0);
	ASSERT_EQ(zvmo_set_size(fd, 4 * PAGE), 0);
	memset(page_at(map, 1), 'n', 3 * PAGE);
	EXPECT_EQ(socket_take(&socket), 'w');
	for (i = 1; i < 4; i++)
		EXPECT_EQ(socket_take(&socket), 'o');
	EXPECT(test_holds(fd, PAGE, 3 * PAGE, 'n'));
}

TEST(a_snapshot_of_what_a_socket_has)
{
	int fd = test_create(2 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0), *child;
	struct stalled socket = socket_open();

	memset(map, 'o', 2 * PAGE);
	socket_put(&socket, map);
	snapshot = test_snapshot(fd);
	child = test_map(snapshot, 0, 2 * PAGE, RW, 0);
	socket_put(&socket, page_at(child, 1));
	/* Neither sends what only the other wrote. */
	memset(child, 'c', PAGE);
	memset(page_at(map, 1), 'p', PAGE);
	EXPECT_EQ(socket_take(&socket), 'o');
	EXPECT_EQ(socket_take(&socket), 'o');
	EXPECT(test_holds(fd, 0, PAGE, 'o'));
	EXPECT(test_holds(snapshot, PAGE, PAGE, 'o'));
	/* The pages are let go of. */
	memset(map, 'q', 2 * PAGE);
	EXPECT(test_holds(snapshot, 0, PAGE, 'c'));
	EXPECT(test_holds(snapshot, PAGE, PAGE, 'o'));
}

TEST(a_socket_outlives_the_vmo)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	struct stalled socket = socket_open();

	memset(map, 'o', PAGE);
	socket_put(&socket, map);
	test_unmap(map, PAGE);
	test_close(fd);
	EXPECT(test_wait_pages(0));
	EXPECT_EQ(socket_take(&socket), 'o');
}

/* A page pinned for long could be neither shared nor taken back. */
TEST(registered_buffers_are_refused)
{
	int fd = test_create(2 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);
	struct io_uring_params params = {};
	struct iovec iov = { map, 2 * PAGE };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0)
		SKIP("no io_uring");
	memset(map, 'o', PAGE);
	ASSERT_EQ(syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS,
			  &iov, 1),
		  -1);
	if (errno != EOPNOTSUPP)
		EXPECT_EQ(errno, EFAULT);
	/* And it holds nothing. */
	snapshot = test_snapshot(fd);
	memset(map, 'n', PAGE);
	EXPECT(test_holds(snapshot, 0, PAGE, 'o'));
	EXPECT(test_holds(snapshot, PAGE, PAGE, 0));
	test_close(ring);
}

/* Other processes */

/* A child that does nothing; the caller looks into it. */
static pid_t start_idle(void)
{
	pid_t process = test_fork();

	if (!process)
		pause();
	return process;
}

static void end_idle(pid_t process)
{
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

TEST(process_vm_calls)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 6 * PAGE, RW, 0), buffer[16];
	struct iovec local = { buffer, 8 }, remote = { map, 8 };
	pid_t process;

	memset(page_at(map, 1), 'a', 8);
	process = start_idle();
	EXPECT_EQ(process_vm_readv(process, &local, 1, &remote, 1, 0), 8);
	EXPECT_EQ(word_read(buffer), 0);
	remote.iov_base = page_at(map, 1);
	EXPECT_EQ(process_vm_readv(process, &local, 1, &remote, 1, 0), 8);
	EXPECT_MEMEQ(buffer, "aaaaaaaa", 8);
	snapshot = test_snapshot(fd);
	memset(buffer, 'b', 8);
	EXPECT_EQ(process_vm_writev(process, &local, 1, &remote, 1, 0), 8);
	EXPECT_EQ(test_byte(fd, PAGE), 'b');
	EXPECT_EQ(test_byte(snapshot, PAGE), 'a');
	EXPECT_EQ(*(char *)page_at(map, 1), 'b');
	/* Into a hole; and where nothing is. */
	remote.iov_base = page_at(map, 2);
	EXPECT_EQ(process_vm_writev(process, &local, 1, &remote, 1, 0), 8);
	EXPECT_EQ(*(char *)page_at(map, 2), 'b');
	remote.iov_base = page_at(map, 4);
	EXPECT_ERRNO(process_vm_readv(process, &local, 1, &remote, 1, 0),
		     EFAULT);
	end_idle(process);
}

static void check_memory_file(int fd, int flags)
{
	char *map = test_map(fd, 0, 6 * PAGE, RW, flags), path[64];
	int snapshot = test_snapshot(fd), memory, byte;
	off_t address = (off_t)(uintptr_t)map;
	pid_t process = start_idle();

	snprintf(path, sizeof(path), "/proc/%d/mem", process);
	memory = open(path, O_RDWR);
	ASSERT_GE(memory, 0);
	EXPECT_EQ(pread(memory, &byte, 4, address + PAGE), 4);
	EXPECT_EQ(byte, 0x61616161);
	byte = 0x62626262;
	EXPECT_EQ(pwrite(memory, &byte, 4, address + PAGE), 4);
	EXPECT_EQ(pwrite(memory, &byte, 4, address + 2 * PAGE), 4);
	EXPECT_EQ(test_byte(snapshot, PAGE), 'a');
	EXPECT_EQ(test_byte(snapshot, 2 * PAGE), 0);
	EXPECT_EQ(test_byte(fd, PAGE), flags & MAP_PRIVATE ? 'a' : 'b');
	EXPECT_EQ(test_byte(fd, 2 * PAGE), flags & MAP_PRIVATE ? 0 : 'b');
	EXPECT_EQ(pread(memory, &byte, 4, address + 2 * PAGE), 4);
	EXPECT_EQ(byte, 0x62626262);
	EXPECT_ERRNO(pread(memory, &byte, 4, address + 4 * PAGE), EIO);
	EXPECT_ERRNO(pwrite(memory, &byte, 4, address + 4 * PAGE), EIO);
	end_idle(process);
	test_close(memory);
}

TEST(proc_pid_mem)
{
	int fd = test_create(4 * PAGE, 0);

	test_fill(fd, PAGE, PAGE, 'a');
	check_memory_file(fd, MAP_PRIVATE);
	check_memory_file(fd, 0);
}

/* A debugger may write what the process may not, but only into its copy. */
TEST(ptrace_reads_and_writes)
{
	int fd = test_create(2 * PAGE, 0), read_only, status;
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0), *own, *shared;
	pid_t process;

	memset(map, 'a', PAGE);
	read_only = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	own = test_map(read_only, 0, PAGE, PROT_READ, MAP_PRIVATE);
	shared = test_map(read_only, 0, PAGE, PROT_READ, 0);
	process = start_idle();
	ASSERT_EQ(ptrace(PTRACE_ATTACH, process, NULL, NULL), 0);
	ASSERT_EQ(waitpid(process, &status, 0), process);
	EXPECT_EQ(ptrace(PTRACE_PEEKDATA, process, map, NULL),
		  (long)0x6161616161616161);
	EXPECT_EQ(ptrace(PTRACE_POKEDATA, process, map, (long)0x6262626262626262), 0);
	EXPECT_EQ(*map, 'b');
	EXPECT_EQ(ptrace(PTRACE_POKEDATA, process, own, (long)0x6363636363636363), 0);
	EXPECT_EQ(ptrace(PTRACE_PEEKDATA, process, own, NULL),
		  (long)0x6363636363636363);
	EXPECT_EQ(test_byte(fd, 0), 'b');
	EXPECT_ERRNO(ptrace(PTRACE_POKEDATA, process, shared, 0), EIO);
	EXPECT_EQ(test_byte(fd, 0), 'b');
	end_idle(process);
}

/* read() into and write() out of mapped memory */

TEST(read_and_write_with_mapped_buffers)
{
	int fd = test_create(64 * PAGE, 0), file;
	char *map = test_map(fd, 0, 64 * PAGE, RW, 0);
	size_t size = 16 * PAGE;

	file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	ASSERT_GE(file, 0);
	memset(map, 'x', size);
	ASSERT_EQ(write(file, map, size), size);
	/* Holes too, written and read. */
	ASSERT_EQ(write(file, map + 2 * size, size), size);
	ASSERT_EQ(pread(file, map + 3 * size, size, 0), size);
	ASSERT_EQ(pread(file, map, size, size), size);
	EXPECT(test_holds(fd, 0, size, 0));
	EXPECT(test_holds(fd, 3 * size, size, 'x'));
	test_close(file);
}

TEST(a_vmo_read_into_its_own_mapping)
{
	int fd = test_create(8 * PAGE, 0), i;
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	for (i = 0; i < 8; i++)
		test_fill(fd, i * PAGE, PAGE, '0' + i);
	ASSERT_EQ(pread(fd, map, 2 * PAGE, 4 * PAGE), 2 * PAGE);
	EXPECT(test_holds(fd, 0, PAGE, '4'));
	EXPECT(test_holds(fd, PAGE, PAGE, '5'));
	/* A page into itself, nothing mapped. */
	ASSERT_EQ(madvise(map, 8 * PAGE, MADV_DONTNEED), 0);
	ASSERT_EQ(pread(fd, page_at(map, 7), PAGE, 7 * PAGE), PAGE);
	EXPECT(test_holds(fd, 7 * PAGE, PAGE, '7'));
	ASSERT_EQ(pwrite(fd, page_at(map, 6), PAGE, 6 * PAGE), PAGE);
	EXPECT(test_holds(fd, 6 * PAGE, PAGE, '6'));
}

TEST(a_vmo_written_from_its_own_mapping)
{
	int fd = test_create(8 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	memset(map, 'a', PAGE);
	ASSERT_EQ(pwrite(fd, map, PAGE, 3 * PAGE), PAGE);
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 'a'));
	/* Into a hole, from the same hole; into a shared page, from it. */
	ASSERT_EQ(pwrite(fd, page_at(map, 5), PAGE, 5 * PAGE), PAGE);
	EXPECT(test_holds(fd, 5 * PAGE, PAGE, 0));
	snapshot = test_snapshot(fd);
	word_read(map);
	ASSERT_EQ(pwrite(fd, map, PAGE, 0), PAGE);
	EXPECT(test_holds(fd, 0, PAGE, 'a'));
	ASSERT_EQ(pwrite(fd, page_at(map, 1), PAGE, 0), PAGE);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT(test_holds(snapshot, 0, PAGE, 'a'));
	/* From and into a relative's mapping. */
	map = test_map(snapshot, 0, 8 * PAGE, RW, 0);
	ASSERT_EQ(pwrite(fd, map, PAGE, 7 * PAGE), PAGE);
	ASSERT_EQ(pread(fd, page_at(map, 2), PAGE, 7 * PAGE), PAGE);
	EXPECT(test_holds(snapshot, 2 * PAGE, PAGE, 'a'));
}

/* Core dumps */

static char core_pattern[256];

static void set_core_pattern(const char *pattern)
{
	FILE *file = fopen("/proc/sys/kernel/core_pattern", "we");

	ASSERT(file != NULL);
	fputs(pattern, file);
	ASSERT_EQ(fclose(file), 0);
}

static void save_core_pattern(void)
{
	FILE *file = fopen("/proc/sys/kernel/core_pattern", "re");

	ASSERT(file != NULL);
	ASSERT(fgets(core_pattern, sizeof(core_pattern), file) != NULL);
	fclose(file);
}

/* The bytes of a core file that were at an address. False: it has none. */
static bool core_read(int core, void *address, void *data, size_t size)
{
	uint64_t wanted = (uintptr_t)address;
	ElfW(Ehdr) header;
	ElfW(Phdr) segment;
	unsigned int i;

	ASSERT_EQ(pread(core, &header, sizeof(header), 0), sizeof(header));
	ASSERT_MEMEQ(header.e_ident, ELFMAG, SELFMAG);
	for (i = 0; i < header.e_phnum; i++) {
		ASSERT_EQ(pread(core, &segment, sizeof(segment),
				header.e_phoff + i * sizeof(segment)),
			  sizeof(segment));
		if (segment.p_type != PT_LOAD || wanted < segment.p_vaddr ||
		    wanted + size > segment.p_vaddr + segment.p_filesz)
			continue;
		wanted = wanted - segment.p_vaddr + segment.p_offset;
		return pread(core, data, size, wanted) == (ssize_t)size;
	}
	return false;
}

TEST(core_dump)
{
	int fd = test_create(6 * PAGE, 0), core, status;
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0), *own, word[8], path[64];
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t process;

	memcpy(page_at(map, 1), "mapped..", 8);
	test_write(fd, 2 * PAGE, "written.", 8);
	own = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE);
	memcpy(page_at(own, 3), "private.", 8);
	save_core_pattern();
	set_core_pattern("/tmp/zvmo-core.%p");
	process = test_fork();
	if (!process) {
		setrlimit(RLIMIT_CORE, &limit);
		abort();
	}
	ASSERT_EQ(waitpid(process, &status, 0), process);
	set_core_pattern(core_pattern);
	ASSERT(WIFSIGNALED(status));
	ASSERT(WCOREDUMP(status));
	snprintf(path, sizeof(path), "/tmp/zvmo-core.%d", process);
	core = open(path, O_RDONLY);
	ASSERT_GE(core, 0);
	unlink(path);
	ASSERT(core_read(core, page_at(map, 1), word, 8));
	EXPECT_MEMEQ(word, "mapped..", 8);
	ASSERT(core_read(core, page_at(map, 2), word, 8));
	EXPECT_MEMEQ(word, "written.", 8);
	ASSERT(core_read(core, map, word, 8));
	EXPECT_EQ(word_read(word), 0);
	ASSERT(core_read(core, page_at(own, 3), word, 8));
	EXPECT_MEMEQ(word, "private.", 8);
	ASSERT(core_read(core, page_at(own, 1), word, 8));
	EXPECT_MEMEQ(word, "mapped..", 8);
	/* Dumping took no page for the holes. */
	EXPECT_EQ(test_stats().pages, 2);
	test_close(core);
}

/* Direct I/O */

TEST(direct_io)
{
	int device = device_open(), fd = test_create(64 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 64 * PAGE, RW, 0);

	device_fill(device, 0, 64, 'd');
	/* Out of pages and out of holes. */
	memset(map, 'x', 4 * PAGE);
	ASSERT_EQ(pwrite(device, map, 8 * PAGE, 0), 8 * PAGE);
	EXPECT(device_holds(device, 3, 'x'));
	EXPECT(device_holds(device, 7, 0));
	EXPECT(device_holds(device, 8, 'd'));
	/* Into holes, into pages, into pages shared with a snapshot. */
	ASSERT_EQ(pread(device, page_at(map, 16), 8 * PAGE, 8 * PAGE),
		  8 * PAGE);
	EXPECT(test_holds(fd, 16 * PAGE, 8 * PAGE, 'd'));
	snapshot = test_snapshot(fd);
	ASSERT_EQ(pread(device, map, 8 * PAGE, 16 * PAGE), 8 * PAGE);
	EXPECT(test_holds(fd, 0, 8 * PAGE, 'd'));
	EXPECT(test_holds(snapshot, 0, 4 * PAGE, 'x'));
	EXPECT(test_holds(snapshot, 4 * PAGE, 4 * PAGE, 0));
	EXPECT_EQ(map[5 * PAGE], 'd');
	/* Not at a multiple of the page, and beyond the end. */
	ASSERT_EQ(pread(device, map + 30 * PAGE + 512, PAGE, 0), PAGE);
	EXPECT(test_holds(fd, 30 * PAGE + 512, PAGE, 'x'));
	EXPECT(test_holds(fd, 31 * PAGE + 512, 512, 0));
	map = test_map(fd, 64 * PAGE, PAGE, RW, 0);
	EXPECT_ERRNO(pread(device, map, PAGE, 0), EFAULT);
}

TEST(direct_io_through_other_mappings)
{
	int device = device_open(), fd = test_create(8 * PAGE, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 4 * PAGE);
	int read_only;
	char *part, *own, *locked;

	device_fill(device, 0, 8, 'd');
	part = test_map(slice, 0, 4 * PAGE, RW, 0);
	own = test_map(fd, 0, 8 * PAGE, RW, MAP_PRIVATE);
	read_only = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	locked = test_map(read_only, 0, 8 * PAGE, PROT_READ, 0);
	ASSERT_EQ(pread(device, part, 4 * PAGE, 0), 4 * PAGE);
	EXPECT(test_holds(fd, 2 * PAGE, 4 * PAGE, 'd'));
	EXPECT_EQ(locked[2 * PAGE], 'd');
	ASSERT_EQ(pread(device, own, 2 * PAGE, 0), 2 * PAGE);
	EXPECT_EQ(own[PAGE], 'd');
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0));
	EXPECT_ERRNO(pread(device, locked, PAGE, 0), EFAULT);
	ASSERT_EQ(pwrite(device, locked, 4 * PAGE, 0), 4 * PAGE);
	EXPECT(device_holds(device, 0, 0));
	EXPECT(device_holds(device, 2, 'd'));
}

/* What a device puts into the parent never reaches the snapshot. */
TEST(a_snapshot_during_direct_io)
{
	int fd = test_create(8 * PAGE, 0), snapshots[2];
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0), *child;
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'o', 8 * PAGE);
	slow_start(&io, IOCB_CMD_PREAD, page_at(map, 3), 0);
	snapshots[0] = test_snapshot(fd);
	memset(map, 'p', PAGE);
	snapshots[1] = test_snapshot(fd);
	child = test_map(snapshots[0], 0, 8 * PAGE, RW, 0);
	EXPECT_EQ(child[3 * PAGE], 'o');
	slow_finish(&io);
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 'd'));
	EXPECT_EQ(map[3 * PAGE], 'd');
	EXPECT(test_holds(snapshots[0], 0, 8 * PAGE, 'o'));
	EXPECT(test_holds(snapshots[1], PAGE, 7 * PAGE, 'o'));
	EXPECT_EQ(child[3 * PAGE], 'o');
	/* The page is still the parent's, and writable. */
	memset(map, 'q', 8 * PAGE);
	EXPECT(test_holds(snapshots[0], 0, 8 * PAGE, 'o'));
	EXPECT_EQ(test_info(fd).committed_bytes, 8 * PAGE);
}

TEST(a_window_during_direct_io)
{
	int fd = test_create(8 * PAGE, 0), inside, outside;
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'o', 8 * PAGE);
	slow_start(&io, IOCB_CMD_PREAD, page_at(map, 3), 0);
	inside = test_child(fd, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, 3 * PAGE);
	outside = test_child(fd, ZVMO_CHILD_SNAPSHOT, 4 * PAGE, 4 * PAGE);
	memset(page_at(map, 4), 'p', PAGE);
	slow_finish(&io);
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 'd'));
	EXPECT(test_holds(inside, 0, 3 * PAGE, 'o'));
	EXPECT(test_holds(outside, 0, 4 * PAGE, 'o'));
}

/* The same on the other side: I/O into the snapshot's memory. */
TEST(direct_io_into_a_snapshot)
{
	int fd = test_create(4 * PAGE, 0), snapshot, second;
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0), *child;
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'o', 4 * PAGE);
	snapshot = test_snapshot(fd);
	child = test_map(snapshot, 0, 4 * PAGE, RW, 0);
	slow_start(&io, IOCB_CMD_PREAD, page_at(child, 1), 0);
	second = test_snapshot(snapshot);
	memset(map, 'p', 4 * PAGE);
	slow_finish(&io);
	EXPECT(test_holds(snapshot, PAGE, PAGE, 'd'));
	EXPECT(test_holds(second, 0, 4 * PAGE, 'o'));
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'p'));
}

/* Pages that go away under the device: it writes to nobody. */
TEST(zero_during_direct_io)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'o', 4 * PAGE);
	slow_start(&io, IOCB_CMD_PREAD, page_at(map, 1), 0);
	ASSERT_EQ(zvmo_zero(fd, 0, 4 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 0);
	memset(page_at(map, 1), 'n', PAGE);
	slow_finish(&io);
	EXPECT(test_holds(fd, PAGE, PAGE, 'n'));
	slow_limit();
	slow_start(&io, IOCB_CMD_PREAD, page_at(map, 1), 0);
	ASSERT_EQ(zvmo_set_size(fd, 0), 0);
	ASSERT_EQ(zvmo_set_size(fd, 4 * PAGE), 0);
	slow_finish(&io);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 0));
}

TEST(closing_during_direct_io)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'o', 4 * PAGE);
	slow_start(&io, IOCB_CMD_PREAD, page_at(map, 1), 0);
	snapshot = test_snapshot(fd);
	test_unmap(map, 4 * PAGE);
	test_close(fd);
	EXPECT(test_wait_pages(4));
	map = test_map(snapshot, 0, 4 * PAGE, RW, 0);
	memset(map, 'n', PAGE);
	slow_finish(&io);
	EXPECT(test_holds(snapshot, PAGE, 3 * PAGE, 'o'));
	EXPECT(test_holds(snapshot, 0, PAGE, 'n'));
}

/* A device that reads a page of one relative does not get another's writes. */
TEST(direct_io_out_of_a_shared_page)
{
	int fd = test_create(PAGE, 0), snapshot;
	char *map = test_map(fd, 0, PAGE, RW, 0), *child;
	struct slow_io io;

	slow_open(&io, 'd');
	memset(map, 'o', PAGE);
	snapshot = test_snapshot(fd);
	child = test_map(snapshot, 0, PAGE, RW, 0);
	word_read(child);
	slow_start(&io, IOCB_CMD_PWRITE, map, 5);
	test_unmap(map, PAGE);
	test_close(fd);
	/* Alone with the page, but for the device. */
	memset(child, 'c', PAGE);
	slow_finish(&io);
	EXPECT(device_holds(io.device, 5, 'o'));
	EXPECT(test_holds(snapshot, 0, PAGE, 'c'));
}
