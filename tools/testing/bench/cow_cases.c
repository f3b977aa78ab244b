// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: the first write to each page after a snapshot
 *
 * On either side, to all pages in sequence or to some at random, at once or
 * after they were read.
 */
#include <unistd.h>

#include "bench.h"

#define NAME "cow_write"
#define SIZE (32 * MIB)
#define SCATTERED 1000

struct pass {
	const char *param;
	const char *backend;
	const struct order *order;
	char *map;
	bool read_first;
};

static void run_pass(const struct pass *pass)
{
	if (pass->read_first)
		touch_read(pass->map, pass->order);
	span_begin(NAME, pass->param, pass->backend);
	touch_write(pass->map, pass->order);
	span_end("insn/page", pass->order->count);
}

static void child_pass(void *context, int what)
{
	(void)what;
	run_pass(context);
}

static void cow_fork(struct pass *pass, const struct order *all, bool in_child)
{
	char *map = backend_map(&anon, -1, SIZE);
	struct child child;

	touch_write(map, all);
	pass->backend = "fork";
	pass->map = map;
	child = child_fork(child_pass, pass);
	if (in_child)
		child_do(&child, 0);
	else
		run_pass(pass);
	child_end(&child);
	unmap(map, SIZE);
}

static void cow_zvmo(struct pass *pass, const struct order *all, bool in_child)
{
	int fd = backend_open(&zvmo, SIZE), snapshot;
	char *map = backend_map(&zvmo, fd, SIZE);
	char *map_child;

	touch_write(map, all);
	snapshot = zvmo_take_snapshot(fd, SIZE);
	map_child = backend_map(&zvmo, snapshot, SIZE);
	pass->backend = zvmo.name;
	pass->map = in_child ? map_child : map;
	run_pass(pass);
	unmap(map, SIZE);
	unmap(map_child, SIZE);
	close(snapshot);
	close(fd);
}

void cow_cases(void)
{
	struct order all = order_sequential(SIZE);
	struct order some = order_scattered(SIZE, SCATTERED);
	char param[32];

	for (int i = 0; i < 8; i++) {
		bool in_child = i & 1, scattered = i & 2, read_first = i & 4;
		struct pass pass = {
			.param = param,
			.order = scattered ? &some : &all,
			.read_first = read_first,
		};

		snprintf(param, sizeof(param), "%s-%s%s",
			 in_child ? "child" : "parent",
			 scattered ? "scattered" : "sequential",
			 read_first ? "-read" : "");
		cow_fork(&pass, &all, in_child);
		cow_zvmo(&pass, &all, in_child);
	}
	order_free(&all);
	order_free(&some);
}
