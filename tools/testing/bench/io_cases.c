// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: pread() and pwrite()
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SIZE (32 * MIB)

static char *buffer;

static void time_io(const char *name, const char *state, bool write,
		    const struct backend *backend, int fd, size_t chunk)
{
	char param[32];

	snprintf(param, sizeof(param), "%zuKiB-%s", chunk / KIB, state);
	span_begin(name, param, backend->name);
	for (size_t at = 0; at < SIZE; at += chunk) {
		ssize_t done = write ? pwrite(fd, buffer, chunk, (off_t)at) :
				       pread(fd, buffer, chunk, (off_t)at);

		if (done != (ssize_t)chunk)
			fail(name);
	}
	span_end("insn", SIZE / chunk);
}

static void io_case(const struct backend *backend, size_t chunk)
{
	int fd = backend_open(backend, SIZE);

	time_io("read", "hole", false, backend, fd, chunk);
	time_io("write", "new", true, backend, fd, chunk);
	time_io("write", "present", true, backend, fd, chunk);
	time_io("read", "present", false, backend, fd, chunk);
	close(fd);
}

void io_cases(void)
{
	buffer = malloc(MIB);
	if (!buffer)
		fail("malloc");
	memset(buffer, 0x5a, MIB);
	io_case(&memfd, 4 * KIB);
	io_case(&zvmo, 4 * KIB);
	io_case(&memfd, MIB);
	io_case(&zvmo, MIB);
	free(buffer);
}
