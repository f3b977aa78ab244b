// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: offering content to the kernel, and taking it back
 *
 * The object is full and mapped, and the kernel takes nothing meanwhile. The
 * peer, MADV_FREE, cannot say afterwards what was lost.
 */
#include <sys/mman.h>
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

#define NAME "discard"

static void time_op(int fd, size_t size, const char *what, uint32_t op)
{
	struct zvmo_lock_state state;
	struct zvmo_op_range range = {
		.argsz = sizeof(range),
		.op = op,
		.length = size,
		.buffer = (uintptr_t)&state,
		.buffer_size = sizeof(state),
	};

	span_begin(NAME, param_of(size, what), zvmo.name);
	zvmo_call(fd, ZVMO_IOC_OP_RANGE, &range);
	span_end("insn", 1);
}

static void discard_zvmo(size_t size)
{
	struct order all = order_sequential(size);
	int fd = backend_open(&zvmo_discardable, size);
	char *map = backend_map(&zvmo_discardable, fd, size);

	/* The first time is the one that makes it discardable. */
	time_op(fd, size, "first-lock", ZVMO_OP_LOCK);
	touch_write(map, &all);
	time_op(fd, size, "unlock", ZVMO_OP_UNLOCK);
	time_op(fd, size, "lock", ZVMO_OP_LOCK);
	time_op(fd, size, "unlock-again", ZVMO_OP_UNLOCK);
	time_op(fd, size, "trylock", ZVMO_OP_TRY_LOCK);
	unmap(map, size);
	close(fd);
	order_free(&all);
}

static void discard_anon(size_t size)
{
	struct order all = order_sequential(size);
	char *map = backend_map(&anon, -1, size);

	touch_write(map, &all);
	span_begin(NAME, param_of(size, "unlock"), anon.name);
	check(madvise(map, size, MADV_FREE), "madvise");
	span_end("insn", 1);
	unmap(map, size);
	order_free(&all);
}

void discard_cases(void)
{
	static const size_t sizes[] = { 16 * MIB, 256 * MIB };

	for (int i = 0; i < 2; i++) {
		discard_zvmo(sizes[i]);
		discard_anon(sizes[i]);
	}
}
