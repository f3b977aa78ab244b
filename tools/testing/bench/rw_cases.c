// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: ZVMO_IOC_READ and ZVMO_IOC_WRITE, beside pread() and pwrite()
 * of a memfd
 */
#include <string.h>
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

#define SIZE (16 * MIB)

static char buffer[PAGE];

static void pass_zvmo(int fd, bool write)
{
	struct zvmo_rw rw = {
		.argsz = sizeof(rw),
		.length = PAGE,
		.buffer = (uintptr_t)buffer,
	};

	for (; rw.offset < SIZE; rw.offset += PAGE)
		zvmo_call(fd, write ? ZVMO_IOC_WRITE : ZVMO_IOC_READ, &rw);
}

static void pass_memfd(int fd, bool write)
{
	for (off_t at = 0; at < (off_t)SIZE; at += PAGE)
		if ((write ? pwrite(fd, buffer, PAGE, at) :
			     pread(fd, buffer, PAGE, at)) != PAGE)
			fail("pread or pwrite");
}

static void time_pass(const struct backend *backend, int fd, const char *state,
		      bool write)
{
	span_begin(write ? "rw_write" : "rw_read", state, backend->name);
	if (backend == &zvmo)
		pass_zvmo(fd, write);
	else
		pass_memfd(fd, write);
	span_end("insn", SIZE / PAGE);
}

static void rw_case(const struct backend *backend)
{
	int fd = backend_open(backend, SIZE);

	time_pass(backend, fd, "4KiB-hole", false);
	time_pass(backend, fd, "4KiB-new", true);
	time_pass(backend, fd, "4KiB-present", true);
	time_pass(backend, fd, "4KiB-present", false);
	close(fd);
}

void rw_cases(void)
{
	memset(buffer, 0x5a, sizeof(buffer));
	rw_case(&memfd);
	rw_case(&zvmo);
}
