/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - what cases with several threads or processes have in common
 *
 * Processes are forked after what they share was mapped. Words are read and
 * written whole, in program order.
 */
#ifndef _ZVMO_PARALLEL_H
#define _ZVMO_PARALLEL_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

/* Zeroed memory that the processes forked from now on share. */
static inline void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT(memory != MAP_FAILED);
	return memory;
}

static inline pthread_t thread_start(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, run, arg), 0);
	return thread;
}

static inline void thread_join(pthread_t thread)
{
	ASSERT_EQ(pthread_join(thread, NULL), 0);
}

/* A process that goes on until it is killed; it must not have ended before. */
static inline void process_kill(pid_t process)
{
	int status = 0;

	ASSERT_EQ(kill(process, SIGKILL), 0);
	ASSERT_EQ(waitpid(process, &status, 0), process);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		FAIL("a process ended with status %#x", status);
}

static inline void sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

/*
 * @nr processes that @run for ever, each from another seed. For 4 s, or as the
 * option -d says, one or the other is killed and the next takes its place. Then
 * all are; says how many before.
 */
static inline unsigned int
processes_at_once(unsigned int nr, void (*run)(unsigned int nr, uint64_t seed))
{
	double end = test_seconds() + (test_duration ? test_duration : 4);
	uint64_t random = test_seed, seed;
	unsigned int i, begun = 0;
	pid_t processes[nr];

	while (begun < nr || test_seconds() < end) {
		i = begun;
		if (begun++ >= nr) {
			sleep_ms(test_random_below(&random, 100));
			i = test_random_below(&random, nr);
			process_kill(processes[i]);
		}
		seed = test_random(&random);
		processes[i] = test_fork();
		if (!processes[i]) {
			run(i, seed);
			_exit(EXIT_FAILURE);
		}
	}
	for (i = 0; i < nr; i++)
		process_kill(processes[i]);
	return begun - nr;
}

static inline uint64_t word_read(const void *address)
{
	return atomic_load((_Atomic uint64_t *)address);
}

static inline void word_write(void *address, uint64_t value)
{
	atomic_store((_Atomic uint64_t *)address, value);
}

/* The word at the beginning of a page, by read(2) and write(2). */
static inline uint64_t page_read(int fd, uint64_t page)
{
	uint64_t value = 0;

	test_read(fd, page * PAGE, &value, sizeof(value));
	return value;
}

static inline void page_write(int fd, uint64_t page, uint64_t value)
{
	test_write(fd, page * PAGE, &value, sizeof(value));
}

/* The word at the beginning of a page that is mapped. */
static inline void *page_at(void *map, uint64_t page)
{
	return (char *)map + page * PAGE;
}

#endif /* _ZVMO_PARALLEL_H */
