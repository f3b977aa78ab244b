// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - the ioctls as functions
 */
#include <string.h>
#include <sys/ioctl.h>

#include "ops.h"

/**
 * ioc() - Any ioctl.
 */
int ioc(int fd, unsigned int command, void *argument)
{
	int result = ioctl(fd, command, argument);

	return result < 0 ? -errno : result;
}

static int move(int fd, unsigned int command, uint64_t offset,
		const void *buffer, uint64_t length)
{
	struct zvmo_rw args = {
		.argsz = sizeof(args),
		.offset = offset,
		.length = length,
		.buffer = (uintptr_t)buffer,
	};

	return ioc(fd, command, &args);
}

int ioc_read(int fd, uint64_t offset, void *buffer, uint64_t length)
{
	return move(fd, ZVMO_IOC_READ, offset, buffer, length);
}

int ioc_write(int fd, uint64_t offset, const void *buffer, uint64_t length)
{
	return move(fd, ZVMO_IOC_WRITE, offset, buffer, length);
}

int ioc_set_stream_size(int fd, uint64_t size)
{
	struct zvmo_set_size args = { .argsz = sizeof(args), .size = size };

	return ioc(fd, ZVMO_IOC_SET_STREAM_SIZE, &args);
}

/**
 * ioc_op() - ZVMO_IOC_OP_RANGE without a buffer.
 */
int ioc_op(int fd, uint32_t op, uint64_t offset, uint64_t length)
{
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = op,
		.offset = offset,
		.length = length,
	};

	return ioc(fd, ZVMO_IOC_OP_RANGE, &args);
}

int ioc_set_cache_policy(int fd, uint32_t policy)
{
	struct zvmo_set_cache_policy args = {
		.argsz = sizeof(args),
		.policy = policy,
	};

	return ioc(fd, ZVMO_IOC_SET_CACHE_POLICY, &args);
}

int ioc_transfer(int fd, uint64_t offset, uint64_t length, int source,
		 uint64_t source_offset)
{
	struct zvmo_transfer args = {
		.argsz = sizeof(args),
		.offset = offset,
		.length = length,
		.source = source,
		.source_offset = source_offset,
	};

	return ioc(fd, ZVMO_IOC_TRANSFER, &args);
}

int ioc_restore(int fd, int source, uint64_t offset, uint64_t end)
{
	struct zvmo_restore args = {
		.argsz = sizeof(args),
		.source = source,
		.offset = offset,
		.end = end,
	};

	return ioc(fd, ZVMO_IOC_RESTORE, &args);
}

int ioc_map_range(int fd, uint32_t flags, const void *address, uint64_t length)
{
	struct zvmo_map_range args = {
		.argsz = sizeof(args),
		.flags = flags,
		.address = (uintptr_t)address,
		.length = length,
	};

	return ioc(fd, ZVMO_IOC_MAP_RANGE, &args);
}

int ioc_set_priority(int fd, uint32_t priority, const void *address,
		     uint64_t length)
{
	struct zvmo_set_priority args = {
		.argsz = sizeof(args),
		.priority = priority,
		.address = (uintptr_t)address,
		.length = length,
	};

	return ioc(fd, ZVMO_IOC_SET_PRIORITY, &args);
}

int ioc_duplicate(int fd, uint32_t flags, uint32_t rights)
{
	struct zvmo_duplicate args = {
		.argsz = sizeof(args),
		.flags = flags,
		.rights = rights,
	};

	return ioc(fd, ZVMO_IOC_DUPLICATE, &args);
}

static uint64_t vmo_size(int fd)
{
	return test_info(fd).size;
}

int ioc_lock(int fd, struct zvmo_lock_state *state)
{
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = ZVMO_OP_LOCK,
		.length = vmo_size(fd),
		.buffer = (uintptr_t)state,
		.buffer_size = sizeof(*state),
	};

	return ioc(fd, ZVMO_IOC_OP_RANGE, &args);
}

int ioc_try_lock(int fd)
{
	return ioc_op(fd, ZVMO_OP_TRY_LOCK, 0, vmo_size(fd));
}

int ioc_unlock(int fd)
{
	return ioc_op(fd, ZVMO_OP_UNLOCK, 0, vmo_size(fd));
}

/**
 * ioc_holds() - Whether every byte of a range is this one.
 */
bool ioc_holds_at(struct test_place place, int fd, uint64_t offset,
		  uint64_t size, uint8_t byte)
{
	uint8_t found[16384], wanted[16384];

	memset(wanted, byte, sizeof(wanted));
	while (size) {
		size_t part = size < sizeof(found) ? size : sizeof(found);

		test_compare(place, ioc_read(fd, offset, found, part), 0,
			     "==", "ioc_read()", "0");
		if (memcmp(found, wanted, part))
			return false;
		offset += part;
		size -= part;
	}
	return true;
}

/**
 * ioc_fill() - Write the same byte everywhere in a range.
 */
void ioc_fill_at(struct test_place place, int fd, uint64_t offset,
		 uint64_t size, uint8_t byte)
{
	uint8_t buffer[16384];

	memset(buffer, byte, sizeof(buffer));
	while (size) {
		size_t part = size < sizeof(buffer) ? size : sizeof(buffer);

		test_compare(place, ioc_write(fd, offset, buffer, part), 0,
			     "==", "ioc_write()", "0");
		offset += part;
		size -= part;
	}
}

/**
 * half_filled() - Two pages of 'a' and two holes.
 */
int half_filled(void)
{
	int fd = test_create(4 * PAGE, 0);

	test_fill(fd, 0, 2 * PAGE, 'a');
	return fd;
}

/**
 * expect_half_filled() - And it is still that.
 */
void expect_half_filled(int fd)
{
	EXPECT(test_holds(fd, 0, 2 * PAGE, 'a'));
	EXPECT(test_holds(fd, 2 * PAGE, 2 * PAGE, 0));
	EXPECT_EQ(test_info(fd).committed_bytes, 2 * PAGE);
}
