// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: finding what differs between two relatives
 *
 * Per page that differs. The peer compares the same bytes, once all of them are
 * in the page tables.
 */
#include <string.h>
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

#define NAME "diff"
#define UNIT "insn/page"
#define RANGES 1024

struct pair {
	size_t size;
	int fd, snapshot;
	char *map, *map_snapshot;
	const char *param;
	size_t changed;
};

static void diff_zvmo(const struct pair *pair)
{
	static struct zvmo_diff_range ranges[RANGES];
	struct zvmo_diff diff = {
		.argsz = sizeof(diff),
		.other = pair->snapshot,
		.end = pair->size,
		.ranges = (uintptr_t)ranges,
		.capacity = RANGES,
	};
	size_t found = 0;

	span_begin(NAME, pair->param, zvmo.name);
	while (diff.offset < diff.end) {
		int count = zvmo_call(pair->fd, ZVMO_IOC_DIFF, &diff);

		for (int i = 0; i < count; i++)
			found += ranges[i].length / PAGE;
	}
	span_end(UNIT, pair->changed);
	if (found != pair->changed)
		fail("ZVMO_IOC_DIFF found the wrong pages");
}

static void diff_memcmp(const struct pair *pair)
{
	size_t found = 0;

	span_begin(NAME, pair->param, "memcmp");
	for (size_t at = 0; at < pair->size; at += PAGE)
		found +=
			!!memcmp(pair->map + at, pair->map_snapshot + at, PAGE);
	span_end(UNIT, pair->changed);
	if (found != pair->changed)
		fail("memcmp() found the wrong pages");
}

static void diff_changed(struct pair *pair, const struct order *all,
			 size_t changed)
{
	struct order some = order_scattered(pair->size, changed);
	char what[16];

	snprintf(what, sizeof(what), "%zu", changed);
	pair->snapshot = zvmo_take_snapshot(pair->fd, pair->size);
	pair->map_snapshot = backend_map(&zvmo, pair->snapshot, pair->size);
	for (size_t i = 0; i < some.count; i++)
		pair->map[some.pages[i] * PAGE]++;
	touch_read(pair->map, all);
	touch_read(pair->map_snapshot, all);
	pair->param = param_of(pair->size, what);
	pair->changed = changed;
	diff_zvmo(pair);
	diff_memcmp(pair);
	unmap(pair->map_snapshot, pair->size);
	close(pair->snapshot);
	order_free(&some);
}

static void diff_size(size_t size)
{
	struct order all = order_sequential(size);
	struct pair pair = { .size = size };

	pair.fd = backend_open_full(&zvmo, size);
	pair.map = backend_map(&zvmo, pair.fd, size);
	diff_changed(&pair, &all, 10);
	diff_changed(&pair, &all, 1000);
	unmap(pair.map, size);
	close(pair.fd);
	order_free(&all);
}

void diff_cases(void)
{
	diff_size(64 * MIB);
	diff_size(1024 * MIB);
}
