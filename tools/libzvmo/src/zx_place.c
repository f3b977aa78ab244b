// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: choosing addresses
 *
 * mmap() knows neither alignment nor an upper limit. Reserving more than is
 * needed and giving the rest back yields alignment; where that ends up above
 * the limit, the gaps between what is mapped are tried from the bottom, which
 * is far from the stack.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>

#include "zx_place.h"

#define MAPS_PATH "/proc/self/maps"

static uintptr_t align_up(uintptr_t address, size_t alignment)
{
	return (address + alignment - 1) & ~(uintptr_t)(alignment - 1);
}

/* Reserve memory there, or where the kernel likes. Returns 0 if it cannot. */
static uintptr_t reserve(uintptr_t address, size_t length)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *reserved;

	if (address)
		flags |= MAP_FIXED_NOREPLACE;
	reserved = mmap((void *)address, length, PROT_NONE, flags, -1, 0);
	return reserved == MAP_FAILED ? 0 : (uintptr_t)reserved;
}

static void give_back(uintptr_t start, uintptr_t end)
{
	if (start < end)
		munmap((void *)start, end - start);
}

static bool place_anywhere(size_t length, size_t alignment, uintptr_t limit,
			   uintptr_t *address)
{
	size_t reserved = length + alignment - 1;
	uintptr_t start;

	if (reserved < length)
		return false;
	start = reserve(0, reserved);
	if (!start)
		return false;
	*address = align_up(start, alignment);
	if (*address + length > limit) {
		give_back(start, start + reserved);
		return false;
	}
	give_back(start, *address);
	give_back(*address + length, start + reserved);
	return true;
}

static bool place_in_gap(uintptr_t start, uintptr_t end, size_t length,
			 size_t alignment, uintptr_t *address)
{
	start = align_up(start, alignment);
	if (start >= end || end - start < length)
		return false;
	*address = start;
	/* Another thread may have been faster: the next gap will do. */
	return reserve(start, length) == start;
}

static bool place_below(FILE *maps, size_t length, size_t alignment,
			uintptr_t limit, uintptr_t *address)
{
	uintptr_t gap = ZVMO_ZX_ROOT_START, start, end;

	while (fscanf(maps, "%" SCNxPTR "-%" SCNxPTR "%*[^\n]", &start, &end) ==
	       2) {
		if (start > limit)
			start = limit;
		if (gap < start &&
		    place_in_gap(gap, start, length, alignment, address))
			return true;
		if (gap < end)
			gap = end;
	}
	return gap < limit &&
	       place_in_gap(gap, limit, length, alignment, address);
}

int zvmo_zx_place(size_t length, size_t alignment, uintptr_t limit,
		  uintptr_t *address)
{
	bool found;
	FILE *maps;

	if (place_anywhere(length, alignment, limit, address))
		return 0;
	maps = fopen(MAPS_PATH, "re");
	if (!maps)
		return -ENOSPC;
	found = place_below(maps, length, alignment, limit, address);
	fclose(maps);
	return found ? 0 : -ENOSPC;
}
