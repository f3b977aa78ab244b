// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: the first access to each page of a mapping
 */
#include <unistd.h>

#include "bench.h"

#define SIZE (64 * MIB)
#define PARAM "64MiB"

typedef void touch(char *map, const struct order *order);

static void touch_read_map(char *map, const struct order *order)
{
	touch_read(map, order);
}

static void time_touch(const char *name, const struct backend *backend,
		       touch *touch, char *map, const struct order *order)
{
	span_begin(name, PARAM, backend->name);
	touch(map, order);
	span_end("insn/page", order->count);
}

static void fault_hole(const char *name, const struct backend *backend,
		       touch *touch, const struct order *order)
{
	int fd = backend_open(backend, SIZE);
	char *map = backend_map(backend, fd, SIZE);

	time_touch(name, backend, touch, map, order);
	unmap(map, SIZE);
	if (fd >= 0)
		close(fd);
}

/* Pages exist, the mapping is new. */
static void fault_present(const struct backend *backend,
			  const struct order *order)
{
	int fd = backend_open_full(backend, SIZE);
	char *map = backend_map(backend, fd, SIZE);

	time_touch("fault_read_present", backend, touch_read_map, map, order);
	time_touch("fault_write_read", backend, touch_write, map, order);
	unmap(map, SIZE);
	map = backend_map(backend, fd, SIZE);
	time_touch("fault_write_present", backend, touch_write, map, order);
	unmap(map, SIZE);
	close(fd);
}

void fault_cases(void)
{
	static const struct backend *backends[] = { &anon, &memfd,
						    &memfd_private, &zvmo };
	struct order order = order_sequential(SIZE);

	for (int i = 0; i < 4; i++) {
		fault_hole("fault_write_hole", backends[i], touch_write,
			   &order);
		fault_hole("fault_read_hole", backends[i], touch_read_map,
			   &order);
		if (backends[i]->open)
			fault_present(backends[i], &order);
	}
	order_free(&order);
}
