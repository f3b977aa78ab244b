// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: mapping a VMO, and acting on it by address
 *
 * Which VMO is mapped where, only the caller knows: it says so with every call.
 */
#include <errno.h>
#include <sys/mman.h>

#include "internal.h"

int zvmo_map(int fd, uint64_t offset, size_t length, int prot, int flags,
	     void **address)
{
	void *wanted = NULL;
	void *mapped;

	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		wanted = *address;
	if (!(flags & MAP_TYPE))
		flags |= MAP_SHARED;
	mapped = mmap(wanted, length, prot, flags, fd, (off_t)offset);
	if (mapped == MAP_FAILED)
		return -errno;
	*address = mapped;
	return 0;
}

int zvmo_unmap(void *address, size_t length)
{
	return munmap(address, length) ? -errno : 0;
}

int zvmo_map_range(int fd, void *address, size_t length, uint32_t flags)
{
	struct zvmo_map_range range = {
		.argsz = sizeof(range),
		.flags = flags,
		.address = (uintptr_t)address,
		.length = length,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_MAP_RANGE, &range);
}

int zvmo_set_priority(int fd, void *address, size_t length, uint32_t priority)
{
	struct zvmo_set_priority set = {
		.argsz = sizeof(set),
		.priority = priority,
		.address = (uintptr_t)address,
		.length = length,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_SET_PRIORITY, &set);
}

/* Where in the VMO a range of memory lies. Returns 0, or -ERANGE. */
static int mapping_offset(const struct zvmo_mapping *mapping,
			  const void *address, size_t length, uint64_t *offset)
{
	/* Of an address before the mapping this is too big. */
	uintptr_t skip = (uintptr_t)address - (uintptr_t)mapping->address;

	if (skip > mapping->length || length > mapping->length - skip)
		return -ERANGE;
	*offset = mapping->offset + skip;
	return 0;
}

int zvmo_mapping_op(const struct zvmo_mapping *mapping, uint32_t op,
		    void *address, size_t length)
{
	uint64_t offset;
	int error = mapping_offset(mapping, address, length, &offset);

	return error ? error : zvmo_op_range(mapping->fd, op, offset, length);
}

int zvmo_mapping_get_info(const struct zvmo_mapping *mapping,
			  const void *address, size_t length,
			  struct zvmo_range_info *info, size_t size)
{
	uint64_t offset;
	int error = mapping_offset(mapping, address, length, &offset);

	return error ? error :
		       zvmo_get_range_info(mapping->fd, offset, length, info,
					   size);
}
