// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: what a snapshot costs that nobody uses
 */
#include <unistd.h>

#include "bench.h"

#define SIZE (64 * MIB)
#define CLONES 1000
#define CYCLES 200

/*
 * Memory per clone, with everything that the kernel keeps for it. The first
 * half is there to use up what slabs have left over from before.
 */
static void clone_memory(int fd, bool mapped, const char *param)
{
	static int clones[2 * CLONES];
	static char *maps[2 * CLONES];
	long before = 0;

	for (int i = 0; i < 2 * CLONES; i++) {
		if (i == CLONES)
			before = memory_used_kib();
		clones[i] = zvmo_take_snapshot(fd, SIZE);
		if (mapped)
			maps[i] = backend_map(&zvmo, clones[i], SIZE);
	}
	row_add("clone_memory", param, zvmo.name, "KiB",
		(double)(memory_used_kib() - before) / CLONES);
	for (int i = 0; i < 2 * CLONES; i++) {
		if (mapped)
			unmap(maps[i], SIZE);
		close(clones[i]);
	}
	/* What was closed is freed only after an RCU grace period. */
	sleep(1);
}

static void clone_cycle(int fd)
{
	span_begin("clone_cycle", "64MiB", zvmo.name);
	for (int i = 0; i < CYCLES; i++) {
		int clone = zvmo_take_snapshot(fd, SIZE);
		char *map = backend_map(&zvmo, clone, SIZE);

		unmap(map, SIZE);
		close(clone);
	}
	span_end("insn", CYCLES);
}

/* The peer that is no snapshot, but as cheap as a view can be. */
static void memfd_cycle(void)
{
	int fd = backend_open_full(&memfd_private, SIZE);

	span_begin("clone_cycle", "64MiB", memfd_private.name);
	for (int i = 0; i < CYCLES; i++)
		unmap(backend_map(&memfd_private, fd, SIZE), SIZE);
	span_end("insn", CYCLES);
	close(fd);
}

void clone_cases(void)
{
	int fd = backend_open_full(&zvmo, SIZE);

	clone_memory(fd, false, "idle");
	clone_memory(fd, true, "mapped");
	clone_cycle(fd);
	close(fd);
	memfd_cycle();
}
