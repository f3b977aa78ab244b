// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: asking one of many relatives what it holds
 *
 * "first": the members that are always there; "all": also those that say which
 * pages are shared with how many, for which the whole family is looked at.
 */
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

#define SIZE (16 * MIB)
#define CLONES 1000
#define WRITTEN 4

static void time_info(int fd, int clones, const char *state, const char *what,
		      uint32_t argsz)
{
	struct zvmo_info info = { .argsz = argsz };
	char param[32];

	snprintf(param, sizeof(param), "%d-%s-%s", clones, state, what);
	span_begin("info", param, zvmo.name);
	zvmo_call(fd, ZVMO_IOC_GET_INFO, &info);
	span_end("insn", 1);
}

static void time_infos(int fd, int clones, const char *state)
{
	time_info(fd, clones, state, "first", ZVMO_INFO_SIZE_VER0);
	time_info(fd, clones, state, "all", ZVMO_INFO_SIZE_VER1);
}

static void write_some(int fd)
{
	struct order order = order_scattered(SIZE, WRITTEN);

	pwrite_each(fd, &order);
	order_free(&order);
}

static void info_family(int nr_clones)
{
	static int clones[CLONES];
	int fd = backend_open_full(&zvmo, SIZE);

	for (int i = 0; i < nr_clones; i++)
		clones[i] = zvmo_take_snapshot(fd, SIZE);
	time_infos(clones[0], nr_clones, "idle");
	for (int i = 0; i < nr_clones; i++)
		write_some(clones[i]);
	time_infos(clones[0], nr_clones, "written");
	for (int i = 0; i < nr_clones; i++)
		close(clones[i]);
	close(fd);
}

void info_cases(void)
{
	info_family(1);
	info_family(CLONES);
}
