// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: touching memory in an order, and how much of it is used
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

/* The same choices in every run. */
static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) * limit >> 32);
}

/* All pages of a mapping, ascending. */
struct order order_sequential(size_t size)
{
	struct order order = { calloc(size / PAGE, sizeof(uint32_t)),
			       size / PAGE };

	if (!order.pages)
		fail("calloc");
	for (uint32_t i = 0; i < order.count; i++)
		order.pages[i] = i;
	return order;
}

/* @count different pages of a mapping, at random. */
struct order order_scattered(size_t size, size_t count)
{
	struct order order = order_sequential(size);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t other = i + random_below((uint32_t)order.count - i);
		uint32_t page = order.pages[i];

		order.pages[i] = order.pages[other];
		order.pages[other] = page;
	}
	order.count = count;
	return order;
}

void order_free(struct order *order)
{
	free(order->pages);
}

void touch_write(char *map, const struct order *order)
{
	volatile char *at = map;

	for (size_t i = 0; i < order->count; i++)
		at[order->pages[i] * PAGE] = 1;
}

void touch_read(const char *map, const struct order *order)
{
	const volatile char *at = map;

	for (size_t i = 0; i < order->count; i++)
		(void)at[order->pages[i] * PAGE];
}

/* As a program writes that has no mapping: a byte of each page. */
void pwrite_each(int fd, const struct order *order)
{
	for (size_t i = 0; i < order->count; i++)
		if (pwrite(fd, "x", 1, (off_t)(order->pages[i] * PAGE)) != 1)
			fail("pwrite");
}

void unmap(char *map, size_t size)
{
	check(munmap(map, size), "munmap");
}

/* The sum of the values that follow a key in a file of /proc. */
static long proc_sum(const char *path, const char *key)
{
	char line[128];
	long sum = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		fail(path);
	while (fgets(line, sizeof(line), file)) {
		const char *at = line + strspn(line, " ");

		if (!strncmp(at, key, strlen(key)))
			sum += atol(at + strlen(key));
	}
	fclose(file);
	return sum;
}

/*
 * Everything that is not free, whoever holds it: pages, tables, objects. Pages
 * parked on the lists of free pages per processor are free, but not counted in
 * MemFree.
 */
long memory_used_kib(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_RDONLY);
	char byte;

	/* Reading this adds up the counters that are kept per processor. */
	if (fd >= 0) {
		(void)!read(fd, &byte, 1);
		close(fd);
	}
	return proc_sum("/proc/meminfo", "MemTotal:") -
	       proc_sum("/proc/meminfo", "MemFree:") -
	       proc_sum("/proc/zoneinfo", "count:") * (long)(PAGE / KIB);
}

/* How many faults this process had so far. */
long fault_count(void)
{
	struct rusage usage;

	check(getrusage(RUSAGE_SELF, &usage), "getrusage");
	return usage.ru_minflt + usage.ru_majflt;
}

/* Which frames of memory the pages are in; to be freed. */
uint64_t *frames_of(const char *map, const struct order *order)
{
	int fd = check(open("/proc/self/pagemap", O_RDONLY), "pagemap");
	uint64_t *frames = calloc(order->count, sizeof(*frames));

	if (!frames)
		fail("calloc");
	for (size_t i = 0; i < order->count; i++) {
		uintptr_t page = (uintptr_t)map / PAGE + order->pages[i];

		if (pread(fd, &frames[i], sizeof(*frames),
			  (off_t)(page * sizeof(*frames))) != sizeof(*frames))
			fail("pagemap");
		/* The other bits are flags. */
		frames[i] &= (1UL << 55) - 1;
	}
	close(fd);
	return frames;
}
