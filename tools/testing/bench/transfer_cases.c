// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: moving content from one object to another
 *
 * Pages that the source alone owns move; shared ones are copied. The peers copy:
 * from mapping to mapping (anon), or through a buffer (memfd).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

#define NAME "transfer"
#define SIZE (16 * MIB)
#define CHUNK (64 * KIB)
#define UNIT "insn/page"

static void time_transfer(const char *param, int to, int from, size_t chunk)
{
	struct zvmo_transfer transfer = {
		.argsz = sizeof(transfer),
		.length = chunk,
		.source = from,
	};

	span_begin(NAME, param, zvmo.name);
	for (size_t at = 0; at < SIZE; at += chunk) {
		transfer.offset = transfer.source_offset = at;
		zvmo_call(to, ZVMO_IOC_TRANSFER, &transfer);
	}
	span_end(UNIT, SIZE / PAGE);
}

static void transfer_unmapped(const char *param, bool shared, size_t chunk)
{
	int from = backend_open_full(&zvmo, SIZE);
	int to = backend_open(&zvmo, SIZE);
	int snapshot = shared ? zvmo_take_snapshot(from, SIZE) : -1;

	time_transfer(param, to, from, chunk);
	if (shared)
		close(snapshot);
	close(to);
	close(from);
}

/* Both are mapped, and every page of the source was written there. */
static void transfer_mapped(const char *param, size_t chunk)
{
	struct order all = order_sequential(SIZE);
	int from = backend_open(&zvmo, SIZE), to = backend_open(&zvmo, SIZE);
	char *map_from = backend_map(&zvmo, from, SIZE);
	char *map_to = backend_map(&zvmo, to, SIZE);

	touch_write(map_from, &all);
	time_transfer(param, to, from, chunk);
	unmap(map_from, SIZE);
	unmap(map_to, SIZE);
	close(from);
	close(to);
	order_free(&all);
}

static void copy_mapped(void)
{
	struct order all = order_sequential(SIZE);
	char *from = backend_map(&anon, -1, SIZE);
	char *to = backend_map(&anon, -1, SIZE);

	touch_write(from, &all);
	span_begin(NAME, "16MiB-mapped", anon.name);
	memcpy(to, from, SIZE);
	span_end(UNIT, SIZE / PAGE);
	unmap(from, SIZE);
	unmap(to, SIZE);
	order_free(&all);
}

static void copy_through_buffer(const char *param, size_t chunk)
{
	int from = backend_open_full(&memfd, SIZE);
	int to = backend_open(&memfd, SIZE);
	char *buffer = calloc(1, chunk);

	span_begin(NAME, param, memfd.name);
	for (size_t at = 0; at < SIZE; at += chunk)
		if (pread(from, buffer, chunk, (off_t)at) != (ssize_t)chunk ||
		    pwrite(to, buffer, chunk, (off_t)at) != (ssize_t)chunk)
			fail("copying a memfd");
	span_end(UNIT, SIZE / PAGE);
	free(buffer);
	close(from);
	close(to);
}

void transfer_cases(void)
{
	transfer_unmapped("page-unmapped", false, PAGE);
	transfer_unmapped("16MiB-unmapped", false, SIZE);
	transfer_unmapped("16MiB-shared", true, SIZE);
	transfer_mapped("16MiB-mapped", SIZE);
	copy_mapped();
	copy_through_buffer("page-unmapped", PAGE);
	copy_through_buffer("16MiB-unmapped", CHUNK);
	copy_through_buffer("16MiB-shared", CHUNK);
}
