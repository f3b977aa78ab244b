// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: the calls that are one ioctl, and their short forms
 *
 * Nothing is checked here that the module checks: it knows better, and its
 * order of errors is part of the interface.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

int zvmo_ioctl(int fd, unsigned long command, void *argument)
{
	int result = ioctl(fd, command, argument);

	return result < 0 ? -errno : result;
}

int zvmo_require(int fd, uint32_t rights)
{
	struct zvmo_info info;
	/* The first members are those that take constant time. */
	int error = zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0);

	if (error)
		return error;
	return (info.rights & rights) == rights ? 0 : -EACCES;
}

int zvmo_open(void)
{
	int device = open("/dev/zvmo", O_RDWR | O_CLOEXEC);

	return device < 0 ? -errno : device;
}

int zvmo_version(int device)
{
	return zvmo_ioctl(device, ZVMO_IOC_VERSION, NULL);
}

int zvmo_create_on(int device, uint64_t size, uint32_t options)
{
	struct zvmo_create create = {
		.argsz = sizeof(create),
		.options = options,
		.size = size,
	};

	return zvmo_ioctl(device, ZVMO_IOC_CREATE, &create);
}

int zvmo_create(uint64_t size, uint32_t options)
{
	int device = zvmo_open();
	int fd;

	if (device < 0)
		return device;
	fd = zvmo_create_on(device, size, options);
	close(device);
	return fd;
}

int zvmo_create_child(int fd, uint32_t options, uint64_t offset, uint64_t size)
{
	struct zvmo_create_child create = {
		.argsz = sizeof(create),
		.options = options,
		.offset = offset,
		.size = size,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_CREATE_CHILD, &create);
}

int zvmo_snapshot(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	return zvmo_snapshot_range(fd, 0, (uint64_t)stat.st_size);
}

int zvmo_snapshot_range(int fd, uint64_t offset, uint64_t size)
{
	return zvmo_create_child(fd, ZVMO_CHILD_SNAPSHOT, offset, size);
}

int zvmo_slice(int fd, uint64_t offset, uint64_t size)
{
	return zvmo_create_child(fd, ZVMO_CHILD_SLICE, offset, size);
}

int zvmo_reference(int fd)
{
	return zvmo_create_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
}

int zvmo_wait_zero_children(int fd, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLPRI };
	int error = zvmo_require(fd, ZVMO_RIGHT_WAIT);
	int ready;

	if (error)
		return error;
	ready = poll(&pollfd, 1, timeout_ms);
	if (ready < 0)
		return -errno;
	if (ready == 0)
		return -ETIMEDOUT;
	/* Without POLLPRI, another thread closed the descriptor. */
	return pollfd.revents & POLLPRI ? 0 : -EBADF;
}

int zvmo_get_info(int fd, struct zvmo_info *info, size_t size)
{
	if (size < ZVMO_INFO_SIZE_VER0 || size > UINT32_MAX)
		return -EINVAL;
	memset(info, 0, size);
	info->argsz = (uint32_t)size;
	return zvmo_ioctl(fd, ZVMO_IOC_GET_INFO, info);
}

int zvmo_get_range_info(int fd, uint64_t offset, uint64_t length,
			struct zvmo_range_info *info, size_t size)
{
	if (size < ZVMO_RANGE_INFO_SIZE_VER0 || size > UINT32_MAX)
		return -EINVAL;
	memset(info, 0, size);
	info->argsz = (uint32_t)size;
	info->offset = offset;
	info->length = length;
	return zvmo_ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, info);
}

int zvmo_get_name(int fd, char name[ZVMO_NAME_LEN])
{
	struct zvmo_name get = { .argsz = sizeof(get) };
	int error = zvmo_ioctl(fd, ZVMO_IOC_GET_NAME, &get);

	if (!error)
		memcpy(name, get.name, sizeof(get.name));
	return error;
}

int zvmo_set_name(int fd, const char *name)
{
	struct zvmo_name set = { .argsz = sizeof(set) };

	memcpy(set.name, name, strnlen(name, sizeof(set.name) - 1));
	return zvmo_ioctl(fd, ZVMO_IOC_SET_NAME, &set);
}

static int set_size(int fd, unsigned long command, uint64_t size)
{
	struct zvmo_set_size set = {
		.argsz = sizeof(set),
		.size = size,
	};

	return zvmo_ioctl(fd, command, &set);
}

int zvmo_set_size(int fd, uint64_t size)
{
	return set_size(fd, ZVMO_IOC_SET_SIZE, size);
}

int zvmo_set_stream_size(int fd, uint64_t size)
{
	return set_size(fd, ZVMO_IOC_SET_STREAM_SIZE, size);
}

int zvmo_set_cache_policy(int fd, uint32_t policy)
{
	struct zvmo_set_cache_policy set = {
		.argsz = sizeof(set),
		.policy = policy,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_SET_CACHE_POLICY, &set);
}

int zvmo_op_range(int fd, uint32_t op, uint64_t offset, uint64_t length)
{
	struct zvmo_op_range range = {
		.argsz = sizeof(range),
		.op = op,
		.offset = offset,
		.length = length,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_OP_RANGE, &range);
}

int zvmo_commit(int fd, uint64_t offset, uint64_t length)
{
	return zvmo_op_range(fd, ZVMO_OP_COMMIT, offset, length);
}

int zvmo_decommit(int fd, uint64_t offset, uint64_t length)
{
	return zvmo_op_range(fd, ZVMO_OP_DECOMMIT, offset, length);
}

int zvmo_zero(int fd, uint64_t offset, uint64_t length)
{
	return zvmo_op_range(fd, ZVMO_OP_ZERO, offset, length);
}

int zvmo_lock(int fd, uint64_t size, struct zvmo_lock_state *state)
{
	struct zvmo_lock_state unwanted;
	struct zvmo_op_range range = {
		.argsz = sizeof(range),
		.op = ZVMO_OP_LOCK,
		.length = size,
		.buffer = (uintptr_t)(state ? state : &unwanted),
		.buffer_size = sizeof(*state),
	};

	return zvmo_ioctl(fd, ZVMO_IOC_OP_RANGE, &range);
}

int zvmo_try_lock(int fd, uint64_t size)
{
	return zvmo_op_range(fd, ZVMO_OP_TRY_LOCK, 0, size);
}

int zvmo_unlock(int fd, uint64_t size)
{
	return zvmo_op_range(fd, ZVMO_OP_UNLOCK, 0, size);
}

int zvmo_transfer(int fd, uint64_t offset, uint64_t length, int source,
		  uint64_t source_offset)
{
	struct zvmo_transfer transfer = {
		.argsz = sizeof(transfer),
		.offset = offset,
		.length = length,
		.source = source,
		.source_offset = source_offset,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_TRANSFER, &transfer);
}

int zvmo_restore(int fd, int source)
{
	struct zvmo_info info;
	int error = zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0);

	return error ? error : zvmo_restore_range(fd, source, 0, info.size);
}

int zvmo_restore_range(int fd, int source, uint64_t offset, uint64_t length)
{
	struct zvmo_restore restore = {
		.argsz = sizeof(restore),
		.source = source,
		.offset = offset,
		/* If this overflows, it lies before the beginning: -ERANGE. */
		.end = offset + length,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_RESTORE, &restore);
}

static int duplicate(int fd, uint32_t flags, uint32_t rights)
{
	struct zvmo_duplicate duplicate = {
		.argsz = sizeof(duplicate),
		.flags = flags,
		.rights = rights,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_DUPLICATE, &duplicate);
}

int zvmo_duplicate(int fd, uint32_t rights)
{
	return duplicate(fd, 0, rights);
}

static int replace(int fd, uint32_t flags, uint32_t rights)
{
	int replacement = duplicate(fd, flags, rights);

	close(fd);
	return replacement;
}

int zvmo_replace(int fd, uint32_t rights)
{
	return replace(fd, ZVMO_DUPLICATE_REPLACE, rights);
}

int zvmo_replace_as_executable(int fd)
{
	return replace(fd, ZVMO_DUPLICATE_EXECUTABLE, ZVMO_RIGHT_SAME_RIGHTS);
}
