// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: taking a snapshot, by size and by what was written before
 */
#include <unistd.h>

#include "bench.h"

#define NAME "snapshot"
#define SCATTERED 1000

static int time_snapshot(int fd, size_t size, const char *what)
{
	int snapshot;

	span_begin(NAME, param_of(size, what), zvmo.name);
	snapshot = zvmo_take_snapshot(fd, size);
	span_end("insn", 1);
	return snapshot;
}

static void snapshot_unmapped(size_t size)
{
	int fd = backend_open_full(&zvmo, size);

	close(time_snapshot(fd, size, "unmapped"));
	close(fd);
}

/* Write some pages, take a snapshot and keep it. */
static int snapshot_after_writes(int fd, char *map, size_t size,
				 const struct order *order, const char *what)
{
	touch_write(map, order);
	return time_snapshot(fd, size, what);
}

static void snapshot_mapped(size_t size)
{
	struct order all = order_sequential(size);
	struct order some = order_scattered(size, SCATTERED);
	struct order one = order_scattered(size, 1);
	int fd = backend_open(&zvmo, size), snapshots[6], nr = 0;
	char *map = backend_map(&zvmo, fd, size);

	snapshots[nr++] = snapshot_after_writes(fd, map, size, &all, "all");
	snapshots[nr++] = time_snapshot(fd, size, "clean");
	touch_read(map, &all);
	snapshots[nr++] = time_snapshot(fd, size, "clean-read");
	snapshots[nr++] = snapshot_after_writes(fd, map, size, &some, "1000");
	snapshots[nr++] = snapshot_after_writes(fd, map, size, &one, "1");
	unmap(map, size);
	while (nr)
		close(snapshots[--nr]);
	close(fd);
	order_free(&all);
	order_free(&some);
	order_free(&one);
}

static void snapshot_fork(size_t size)
{
	struct order all = order_sequential(size);
	char *map = backend_map(&anon, -1, size);
	struct child child;

	touch_write(map, &all);
	span_begin(NAME, param_of(size, "all"), "fork");
	child = child_fork(child_idle, NULL);
	span_end("insn", 1);
	child_end(&child);
	unmap(map, size);
	order_free(&all);
}

void snapshot_cases(void)
{
	static const size_t sizes[] = { 16 * MIB, 64 * MIB, 256 * MIB };

	for (int i = 0; i < 3; i++) {
		snapshot_unmapped(sizes[i]);
		snapshot_mapped(sizes[i]);
		snapshot_fork(sizes[i]);
	}
}
