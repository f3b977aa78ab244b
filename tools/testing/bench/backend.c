// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: what is measured, zvmo and its peers
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zvmo.h>

#include "bench.h"

static int zvmo_device;
static char *fill_buffer;

static int open_memfd(size_t size)
{
	int fd = check(memfd_create("bench", MFD_CLOEXEC), "memfd_create");

	check(ftruncate(fd, (off_t)size), "ftruncate");
	return fd;
}

static int create_zvmo(size_t size, uint32_t options)
{
	int fd = zvmo_create_on(zvmo_device, size, options);

	return fd < 0 ? fail("zvmo_create"), -1 : fd;
}

static int open_zvmo(size_t size)
{
	return create_zvmo(size, 0);
}

static int open_discardable(size_t size)
{
	return create_zvmo(size, ZVMO_DISCARDABLE);
}

/* Huge pages are switched off: pages are what is compared. */
const struct backend anon = { "anon", NULL, MAP_PRIVATE | MAP_ANONYMOUS };
const struct backend memfd = { "memfd", open_memfd, MAP_SHARED };
const struct backend memfd_private = { "memfd-private", open_memfd,
				       MAP_PRIVATE };
const struct backend zvmo = { "zvmo", open_zvmo, MAP_SHARED };
const struct backend zvmo_discardable = { "zvmo", open_discardable,
					  MAP_SHARED };

void backend_init(void)
{
	zvmo_device = zvmo_open();
	if (zvmo_device < 0)
		fail("/dev/zvmo (is the module loaded?)");
	fill_buffer = malloc(MIB);
	if (!fill_buffer)
		fail("malloc");
	memset(fill_buffer, 0x5a, MIB);
}

/* An object of holes; -1 for memory that is its own mapping. */
int backend_open(const struct backend *backend, size_t size)
{
	return backend->open ? backend->open(size) : -1;
}

/* An object all of whose pages exist, never mapped so far. */
int backend_open_full(const struct backend *backend, size_t size)
{
	int fd = backend_open(backend, size);

	for (size_t at = 0; at < size; at += MIB)
		if (pwrite(fd, fill_buffer, MIB, (off_t)at) != (ssize_t)MIB)
			fail("pwrite");
	return fd;
}

/*
 * Each mapping begins at a new multiple of 1 GiB, so that none profits from
 * page tables or alignment by chance.
 */
char *backend_map(const struct backend *backend, int fd, size_t size)
{
	static uintptr_t address = 0x100000000000;
	char *map = mmap((void *)address, size, PROT_READ | PROT_WRITE,
			 backend->map_flags | MAP_FIXED_NOREPLACE, fd, 0);

	if (map == MAP_FAILED)
		fail("mmap");
	if (fd < 0)
		check(madvise(map, size, MADV_NOHUGEPAGE), "madvise");
	address += 1UL << 30;
	return map;
}

int zvmo_take_snapshot(int fd, size_t size)
{
	int child = zvmo_create_child(fd, ZVMO_CHILD_SNAPSHOT, 0, size);

	return child < 0 ? fail("zvmo_create_child"), -1 : child;
}

/* ioctl() with a command of <linux/zvmo.h>, which must succeed. */
int zvmo_call(int fd, unsigned long command, void *argument)
{
	return check(ioctl(fd, command, argument), "ioctl of a VMO");
}
