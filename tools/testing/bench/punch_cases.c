// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: giving pages back
 */
#include <fcntl.h>
#include <unistd.h>

#include "bench.h"

#define SIZE (16 * MIB)

static void time_punch(const struct backend *backend, int fd, const char *param,
		       size_t chunk)
{
	span_begin("punch", param, backend->name);
	for (size_t at = 0; at < SIZE; at += chunk)
		check(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				(off_t)at, (off_t)chunk),
		      "fallocate");
	span_end("insn/page", SIZE / PAGE);
}

static void punch_unmapped(const struct backend *backend, const char *param,
			   size_t chunk)
{
	int fd = backend_open_full(backend, SIZE);

	time_punch(backend, fd, param, chunk);
	close(fd);
}

/* Every page was written through the mapping. */
static void punch_mapped(const struct backend *backend, const char *param,
			 size_t chunk)
{
	int fd = backend_open(backend, SIZE);
	char *map = backend_map(backend, fd, SIZE);
	struct order order = order_sequential(SIZE);

	touch_write(map, &order);
	time_punch(backend, fd, param, chunk);
	unmap(map, SIZE);
	close(fd);
	order_free(&order);
}

void punch_cases(void)
{
	static const struct backend *backends[] = { &memfd, &zvmo };

	for (int i = 0; i < 2; i++) {
		punch_unmapped(backends[i], "page-unmapped", PAGE);
		punch_unmapped(backends[i], "16MiB-unmapped", SIZE);
		punch_mapped(backends[i], "page-mapped", PAGE);
		punch_mapped(backends[i], "16MiB-mapped", SIZE);
	}
}
