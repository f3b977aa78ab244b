// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: how the command line names a VMO
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kept.h"
#include "number.h"
#include "object.h"
#include "status.h"

static int open_inherited(uint64_t fd)
{
	int copy = fcntl((int)fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	return copy < 0 ? -errno : copy;
}

static int open_of_process(uint64_t pid, uint64_t fd)
{
	int process, copy;

	process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (process < 0)
		return -errno;
	copy = (int)syscall(SYS_pidfd_getfd, process, (int)fd, 0);
	if (copy < 0)
		copy = -errno;
	close(process);
	return copy;
}

static int open_descriptor(const char *object, const char *colon)
{
	size_t length = (size_t)(colon - object);
	uint64_t pid = 0, fd;
	char text[NUMBER_LEN];

	if (!number_parse(colon + 1, INT_MAX, &fd) || length >= sizeof(text))
		usage_error("%s: not PID:FD", object);
	if (!length)
		return open_inherited(fd);
	memcpy(text, object, length);
	text[length] = '\0';
	if (!number_parse(text, INT_MAX, &pid) || !pid)
		usage_error("%s: not PID:FD", object);
	return open_of_process(pid, fd);
}

int object_check(int result, const char *object)
{
	if (result < 0)
		fail(result, "%s", object);
	return result;
}

struct zvmo_info object_info(int fd)
{
	struct zvmo_info info;

	object_check(zvmo_get_info(fd, &info, sizeof(info)), "VMO");
	return info;
}

static bool is_id(const char *object)
{
	return *object && strspn(object, "0123456789") == strlen(object);
}

int object_open(const char *object)
{
	const char *colon = strchr(object, ':');
	struct zvmo_info info;
	int fd;

	kept_device();
	if (is_id(object))
		usage_error("%s is a number: this takes a NAME, PID:FD or :FD",
			    object);
	if (!colon)
		return object_check(kept_open(object), object);
	fd = object_check(open_descriptor(object, colon), object);
	object_check(zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0), object);
	return fd;
}

uint64_t object_id(const char *object)
{
	struct zvmo_info info;
	uint64_t id;
	int fd;

	if (is_id(object)) {
		if (!number_parse(object, UINT64_MAX, &id) || !id)
			usage_error("%s is no id", object);
		return id;
	}
	fd = object_open(object);
	object_check(zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0), object);
	close(fd);
	return info.koid;
}
