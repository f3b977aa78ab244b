// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: moving bytes
 *
 * A VMO reads and writes like a file, up to its stream size: there these calls
 * only finish what pread() and pwrite() begin. As memory, up to its size, it
 * has ioctls that move all or fail.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

ssize_t zvmo_read(int fd, uint64_t offset, void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = pread(fd, (char *)buffer + done, length - done,
				  (off_t)(offset + done));

		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (ssize_t)done;
}

int zvmo_write(int fd, uint64_t offset, const void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = pwrite(fd, (const char *)buffer + done,
				   length - done, (off_t)(offset + done));

		/* No VMO does this; but a loop without end would be worse. */
		if (n == 0)
			return -EIO;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int copy(int fd, unsigned long command, uint64_t offset,
		const void *buffer, size_t length)
{
	struct zvmo_rw rw = {
		.argsz = sizeof(rw),
		.offset = offset,
		.length = length,
		.buffer = (uintptr_t)buffer,
	};

	return zvmo_ioctl(fd, command, &rw);
}

int zvmo_read_memory(int fd, uint64_t offset, void *buffer, size_t length)
{
	return copy(fd, ZVMO_IOC_READ, offset, buffer, length);
}

int zvmo_write_memory(int fd, uint64_t offset, const void *buffer,
		      size_t length)
{
	return copy(fd, ZVMO_IOC_WRITE, offset, buffer, length);
}

/*
 * Through a buffer, because that works with every file system, and because a
 * VMO that was written through a mapping pays for it at its first snapshot.
 */
static int copy_from_file(int fd, int file, uint64_t size)
{
	char buffer[16384];
	uint64_t done = 0;

	while (done < size) {
		size_t part = sizeof(buffer);
		ssize_t n;
		int error;

		if (size - done < part)
			part = (size_t)(size - done);
		n = zvmo_read(file, done, buffer, part);
		if (n <= 0)
			return (int)n;
		error = zvmo_write(fd, done, buffer, (size_t)n);
		if (error)
			return error;
		done += (size_t)n;
	}
	return 0;
}

int zvmo_create_from_file(int file, uint32_t options)
{
	struct stat stat;
	int fd, error;

	if (fstat(file, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -EINVAL;
	fd = zvmo_create((uint64_t)stat.st_size, options);
	if (fd < 0)
		return fd;
	error = copy_from_file(fd, file, (uint64_t)stat.st_size);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}
