// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: does a large family make faults slower?
 *
 * Depth: a snapshot of a snapshot of ...; fan-out: many snapshots of one VMO.
 * Every relative is alive and has written a few pages of its own.
 */
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SIZE (16 * MIB)
#define RELATIVES_MAX 1024
#define WRITTEN 4

static int relatives[RELATIVES_MAX];
static int nr_relatives;

/* What a relative writes: pages of its own choice. */
static void relative_write(int fd)
{
	struct order order = order_scattered(SIZE, WRITTEN);

	pwrite_each(fd, &order);
	order_free(&order);
}

static int relative_add(int parent)
{
	int fd = zvmo_take_snapshot(parent, SIZE);

	relative_write(fd);
	relatives[nr_relatives++] = fd;
	return fd;
}

static void relatives_close(void)
{
	while (nr_relatives)
		close(relatives[--nr_relatives]);
}

/* One pass over a mapping of its own. */
static void time_pass(const char *name, const char *param, int fd,
		      const struct order *order, bool write)
{
	char *map = backend_map(&zvmo, fd, SIZE);

	span_begin(name, param, zvmo.name);
	if (write)
		touch_write(map, order);
	else
		touch_read(map, order);
	span_end("insn/page", order->count);
	unmap(map, SIZE);
}

/* A new snapshot, unlike its relatives, holds every page in common. */
static void time_child(const char *read, const char *write, const char *param,
		       int parent, const struct order *order)
{
	int fd = zvmo_take_snapshot(parent, SIZE);

	time_pass(read, param, fd, order, false);
	time_pass(write, param, fd, order, true);
	close(fd);
}

static void depth_case(int depth, const struct order *order)
{
	int fd = backend_open_full(&zvmo, SIZE);
	char param[16];

	relatives[nr_relatives++] = fd;
	while (nr_relatives < depth)
		fd = relative_add(fd);
	snprintf(param, sizeof(param), "%d", depth);
	time_child("depth_read", "depth_write", param, fd, order);
	relatives_close();
}

static void fanout_case(int fanout, const struct order *order)
{
	int fd = backend_open_full(&zvmo, SIZE);
	char param[16];

	while (nr_relatives < fanout - 1)
		relative_add(fd);
	snprintf(param, sizeof(param), "%d", fanout);
	time_child("fanout_read", "fanout_write", param, fd, order);
	relatives[nr_relatives++] = zvmo_take_snapshot(fd, SIZE);
	time_pass("fanout_parent_write", param, fd, order, true);
	relatives_close();
	close(fd);
}

void depth_cases(void)
{
	struct order order = order_sequential(SIZE);

	depth_case(1, &order);
	depth_case(64, &order);
	depth_case(1024, &order);
	fanout_case(1, &order);
	fanout_case(1000, &order);
	order_free(&order);
}
