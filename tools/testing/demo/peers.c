// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: what else makes a copy of the same bytes, and how long it takes
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "peers.h"

#define FORKS 15
#define COPIES 3

static void *map_anonymous(size_t size, int flags)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    flags | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(EXIT_FAILURE, "mapping anonymous memory");
	return memory;
}

/* Only fork() itself is timed; the child ends at once. */
static uint64_t time_fork(void)
{
	uint64_t start = clock_now();
	pid_t pid = fork();
	uint64_t end = clock_now();

	if (!pid)
		_exit(EXIT_SUCCESS);
	check_errno(pid, "fork");
	check_errno(waitpid(pid, NULL, 0), "waitpid");
	return end - start;
}

static void measure_forks(struct samples *samples, const void *bytes,
			  size_t size, int advice)
{
	void *memory = map_anonymous(size, MAP_PRIVATE);
	unsigned int i;

	/* Fails where the kernel has no huge pages; then there is one kind. */
	if (!madvise(memory, size, advice) || advice == MADV_NOHUGEPAGE) {
		memcpy(memory, bytes, size);
		for (i = 0; i < FORKS; i++)
			samples_add(samples, time_fork());
	}
	munmap(memory, size);
}

static void measure_copies(struct samples *samples, const void *bytes,
			   size_t size)
{
	unsigned int i;

	for (i = 0; i < COPIES; i++) {
		void *memory = map_anonymous(size, MAP_PRIVATE);
		uint64_t start = clock_now();

		memcpy(memory, bytes, size);
		samples_add(samples, clock_now() - start);
		munmap(memory, size);
	}
}

/**
 * peers_measure() - Measure them.
 * @peers: Filled.
 * @bytes: The bytes to copy.
 * @size: How many.
 *
 * A process of its own does it, so that what it forks is small but for these
 * bytes, and so that all memory is free again afterwards.
 */
void peers_measure(struct peers *peers, const void *bytes, size_t size)
{
	struct peers *shared = map_anonymous(sizeof(*shared), MAP_SHARED);
	int status;
	pid_t pid;

	pid = (pid_t)check_errno(fork(), "fork");
	if (!pid) {
		measure_copies(&shared->copy, bytes, size);
		measure_forks(&shared->fork, bytes, size, MADV_NOHUGEPAGE);
		measure_forks(&shared->fork_huge, bytes, size, MADV_HUGEPAGE);
		_exit(EXIT_SUCCESS);
	}
	check_errno(waitpid(pid, &status, 0), "waitpid");
	if (status)
		errx(EXIT_FAILURE, "measuring fork() and memcpy() failed");
	*peers = *shared;
	munmap(shared, sizeof(*shared));
}
