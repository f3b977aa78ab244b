// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - which places of the module a thread's system calls reach
 *
 * A place is an address in the module, as KCOV names it: one for each basic
 * block. The set is an array with a byte for each address.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "kcov.h"
#include "parallel.h"

#define KCOV_PATH "/sys/kernel/debug/kcov"
#define ENTRIES (1UL << 16) /* addresses in a thread's buffer */

/* What processes share; the size of the module is known when it is loaded. */
struct places {
	_Atomic unsigned long nr;
	_Atomic uint8_t reached[];
};

static struct places *places;
static unsigned long base, size;
static __thread unsigned long *buffer;

static bool find_module(void)
{
	FILE *file = fopen("/proc/modules", "re");
	char name[64];
	bool found = false;

	if (!file)
		return false;
	while (!found && fscanf(file, "%63s %lu %*s %*s %*s %lx%*[^\n]", name,
				&size, &base) == 3)
		found = !strcmp(name, "zvmo");
	fclose(file);
	return found;
}

/**
 * kcov_prepare() - Begin with an empty set.
 *
 * Return: Whether this kernel tells.
 */
bool kcov_prepare(void)
{
	if (access(KCOV_PATH, R_OK | W_OK) || !find_module())
		return false;
	places = shared_memory(sizeof(*places) + size);
	return true;
}

/**
 * kcov_begin_thread() - Watch what this thread does from now on.
 */
void kcov_begin_thread(void)
{
	int fd;

	if (!places)
		return;
	fd = open(KCOV_PATH, O_RDWR | O_CLOEXEC);
	ASSERT(fd >= 0);
	ASSERT_EQ(ioctl(fd, KCOV_INIT_TRACE, ENTRIES), 0);
	buffer = mmap(NULL, ENTRIES * sizeof(*buffer), PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	ASSERT(buffer != MAP_FAILED);
	ASSERT_EQ(ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC), 0);
}

/**
 * kcov_take() - Put what this thread reached since the last time into the set.
 *
 * Return: How many places are new there.
 */
unsigned long kcov_take(void)
{
	unsigned long nr, i, place, nr_new = 0;

	if (!buffer)
		return 0;
	nr = __atomic_load_n(&buffer[0], __ATOMIC_RELAXED);
	for (i = 1; i <= nr && i < ENTRIES; i++) {
		place = buffer[i] - base;
		if (place < size &&
		    !atomic_exchange(&places->reached[place], 1))
			nr_new++;
	}
	atomic_fetch_add(&places->nr, nr_new);
	__atomic_store_n(&buffer[0], 0, __ATOMIC_RELAXED);
	return nr_new;
}

/**
 * kcov_count() - How many places are in the set.
 */
unsigned long kcov_count(void)
{
	return places ? places->nr : 0;
}
