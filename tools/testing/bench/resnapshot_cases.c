// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: a snapshot again and again, of an object in full use
 *
 * As a server does that saves itself: it writes some pages at random, takes a
 * snapshot, and closes the one before; every page of the object is mapped and
 * was written. What the writer pays besides are faults on the pages that it
 * writes again, and copies only of those that the snapshot still needs.
 */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#define NAME "resnapshot"
#define SIZE (256 * MIB)

static const size_t rewritten[] = { 0, 1, 10, 100, 1000, 10000 };

#define NR_REWRITTEN (sizeof(rewritten) / sizeof(*rewritten))

static const char *param(size_t count)
{
	char what[16];

	snprintf(what, sizeof(what), "%zu", count);
	return param_of(SIZE, what);
}

/* Faults of a writer that only reads; what it did not write need not move. */
static void count_faults(const char *map, const struct order *all,
			 const char *param)
{
	long before = fault_count();

	touch_read(map, all);
	row_add("resnapshot_faults", param, zvmo.name, "faults",
		(double)(fault_count() - before));
}

static void time_snapshots(int fd, char *map, const struct order *all)
{
	int previous = zvmo_take_snapshot(fd, SIZE), next;

	count_faults(map, all, param_of(SIZE, "all"));
	for (size_t i = 0; i < NR_REWRITTEN; i++) {
		struct order some = order_scattered(SIZE, rewritten[i]);

		touch_write(map, &some);
		span_begin(NAME, param(rewritten[i]), zvmo.name);
		next = zvmo_take_snapshot(fd, SIZE);
		span_end("insn", 1);
		close(previous);
		previous = next;
		count_faults(map, all, param(rewritten[i]));
		order_free(&some);
	}
	close(previous);
}

static void time_forks(char *map)
{
	struct child child = child_fork(child_idle, NULL);

	for (size_t i = 0; i < NR_REWRITTEN; i++) {
		struct order some = order_scattered(SIZE, rewritten[i]);

		touch_write(map, &some);
		child_end(&child);
		span_begin(NAME, param(rewritten[i]), "fork");
		child = child_fork(child_idle, NULL);
		span_end("insn", 1);
		order_free(&some);
	}
	child_end(&child);
}

/*
 * Write pages again, and count those that are other ones then than they were
 * before the snapshot: copies.
 */
static void time_rewrite(char *map, const struct order *order, uint64_t *frames,
			 const char *param, const char *backend)
{
	size_t copies = 0;
	uint64_t *after;

	span_begin("rewrite", param, backend);
	touch_write(map, order);
	span_end("insn/page", order->count);
	after = frames_of(map, order);
	for (size_t i = 0; i < order->count; i++)
		copies += frames[i] != after[i];
	row_add("rewrite_copies", param, backend, "pages", (double)copies);
	free(frames);
	free(after);
}

/* What the writer pays while the snapshot is there, and when it is gone. */
static void writer_zvmo(int fd, char *map, const struct order *all,
			const struct order *some)
{
	uint64_t *frames;
	int snapshot;

	touch_write(map, all);
	frames = frames_of(map, some);
	snapshot = zvmo_take_snapshot(fd, SIZE);
	time_rewrite(map, some, frames, "snapshot-open", zvmo.name);
	close(snapshot);
	frames = frames_of(map, some);
	close(zvmo_take_snapshot(fd, SIZE));
	time_rewrite(map, some, frames, "snapshot-closed", zvmo.name);
}

static void writer_fork(char *map, const struct order *some)
{
	uint64_t *frames = frames_of(map, some);
	struct child child = child_fork(child_idle, NULL);

	time_rewrite(map, some, frames, "snapshot-open", "fork");
	child_end(&child);
	frames = frames_of(map, some);
	child = child_fork(child_idle, NULL);
	child_end(&child);
	time_rewrite(map, some, frames, "snapshot-closed", "fork");
}

void resnapshot_cases(void)
{
	struct order all = order_sequential(SIZE);
	struct order some = order_scattered(SIZE, 1000);
	int fd = backend_open(&zvmo, SIZE);
	char *map = backend_map(&zvmo, fd, SIZE);

	touch_write(map, &all);
	time_snapshots(fd, map, &all);
	writer_zvmo(fd, map, &all, &some);
	unmap(map, SIZE);
	close(fd);

	map = backend_map(&anon, -1, SIZE);
	touch_write(map, &all);
	time_forks(map);
	writer_fork(map, &some);
	unmap(map, SIZE);
	order_free(&all);
	order_free(&some);
}
