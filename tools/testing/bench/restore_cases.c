// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: going back to a template after each request
 *
 * A request writes some pages at random and reads all others. "restore" is what
 * undoing it takes, by page written; "request" is all of it, in the long run:
 * undoing, and what the next request pays for that. "near": the pages written
 * are in the first 16 MiB, so that nothing but the size differs.
 */
#include <sys/mman.h>
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

#define DIRTIED 50
#define UNIT "insn/page"

struct request {
	char *map;
	struct order all, dirtied;
};

/* Pages are written in the first @window bytes of the mapping. */
static struct request request_new(char *map, size_t size, size_t window)
{
	struct request request = { map, order_sequential(size),
				   order_scattered(window, DIRTIED) };

	return request;
}

static void request_free(struct request *request)
{
	order_free(&request->all);
	order_free(&request->dirtied);
}

static void request_run(const struct request *request)
{
	touch_write(request->map, &request->dirtied);
	touch_read(request->map, &request->all);
}

static void restore(int fd, int template, size_t size)
{
	struct zvmo_restore restore = {
		.argsz = sizeof(restore),
		.source = template,
		.end = size,
	};

	zvmo_call(fd, ZVMO_IOC_RESTORE, &restore);
}

/* Faults on pages that nobody wrote, after the others were restored. */
static void count_faults(const struct request *request, size_t size)
{
	long before;

	touch_read(request->map, &request->dirtied);
	before = fault_count();
	touch_read(request->map, &request->all);
	row_add("restore_faults", param_of(size, "unchanged"), zvmo.name,
		"faults", (double)(fault_count() - before));
}

static void restore_zvmo(size_t size, size_t window, const char *what)
{
	int template = backend_open_full(&zvmo, size);
	int fd = zvmo_take_snapshot(template, size);
	char *map = backend_map(&zvmo, fd, size);
	struct request request = request_new(map, size, window);

	request_run(&request);
	restore(fd, template, size);
	request_run(&request);
	span_begin("restore", param_of(size, what), zvmo.name);
	restore(fd, template, size);
	span_end(UNIT, DIRTIED);
	count_faults(&request, size);
	request_run(&request);
	span_begin("request", param_of(size, what), zvmo.name);
	restore(fd, template, size);
	request_run(&request);
	span_end("insn", 1);
	unmap(map, size);
	close(fd);
	close(template);
	request_free(&request);
}

/* Peer: a private mapping of the template, emptied. */
static void restore_private(size_t size)
{
	int fd = backend_open_full(&memfd_private, size);
	char *map = backend_map(&memfd_private, fd, size);
	struct request request = request_new(map, size, size);

	request_run(&request);
	span_begin("restore", param_of(size, "50"), memfd_private.name);
	check(madvise(map, size, MADV_DONTNEED), "madvise");
	span_end(UNIT, DIRTIED);
	request_run(&request);
	span_begin("request", param_of(size, "50"), memfd_private.name);
	check(madvise(map, size, MADV_DONTNEED), "madvise");
	request_run(&request);
	span_end("insn", 1);
	unmap(map, size);
	close(fd);
	request_free(&request);
}

static void child_request(void *context, int what)
{
	(void)what;
	request_run(context);
}

/* Peer: a process per request. */
static void restore_fork(size_t size)
{
	char *map = backend_map(&anon, -1, size);
	struct request request = request_new(map, size, size);
	struct child child;

	touch_write(map, &request.all);
	span_begin("request", param_of(size, "50"), "fork");
	child = child_fork(child_request, &request);
	child_do(&child, 0);
	child_end(&child);
	span_end("insn", 1);
	unmap(map, size);
	request_free(&request);
}

void restore_cases(void)
{
	static const size_t sizes[] = { 16 * MIB, 64 * MIB, 256 * MIB };

	for (int i = 0; i < 3; i++) {
		restore_zvmo(sizes[i], sizes[i], "50");
		restore_zvmo(sizes[i], sizes[0], "50-near");
		restore_private(sizes[i]);
		restore_fork(sizes[i]);
	}
}
