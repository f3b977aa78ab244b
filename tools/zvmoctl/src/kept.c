// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: kept VMOs, by their ioctls
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kept.h"
#include "status.h"

int kept_device(void)
{
	static int device = -1;

	if (device >= 0)
		return device;
	device = zvmo_open();
	if (device == -ENOENT || device == -ENXIO || device == -ENODEV)
		fail_with(STATUS_NO_MODULE,
			  "zvmo is not loaded (there is no /dev/zvmo)");
	if (device < 0)
		fail(device, "/dev/zvmo");
	return device;
}

void kept_check_name(const char *name)
{
	if (!*name || strlen(name) >= ZVMO_NAME_LEN)
		usage_error("a name has 1 to %d bytes: %s", ZVMO_NAME_LEN - 1,
			    name);
	if (strchr(name, ':') || strspn(name, "0123456789") == strlen(name))
		usage_error("%s is no name: it is a number, or has a colon",
			    name);
}

static int call(int fd, unsigned long command, void *argument)
{
	int result = ioctl(fd, command, argument);

	return result < 0 ? -errno : result;
}

static bool copy_name(char to[ZVMO_NAME_LEN], const char *name)
{
	size_t length = strlen(name);

	if (length >= ZVMO_NAME_LEN)
		return false;
	memcpy(to, name, length + 1);
	return true;
}

int kept_add(int fd, const char *name, uint32_t mode)
{
	struct zvmo_keep args = { .argsz = sizeof(args), .mode = mode };

	if (!copy_name(args.name, name))
		return -EINVAL;
	return call(fd, ZVMO_IOC_KEEP, &args);
}

int kept_open(const char *name)
{
	struct zvmo_open_kept args = {
		.argsz = sizeof(args),
		.rights = ZVMO_RIGHT_SAME_RIGHTS,
	};

	if (!copy_name(args.name, name))
		return -ENOENT;
	return call(kept_device(), ZVMO_IOC_OPEN_KEPT, &args);
}

int kept_drop(const char *name)
{
	struct zvmo_name args = { .argsz = sizeof(args) };

	if (!copy_name(args.name, name))
		return -ENOENT;
	return call(kept_device(), ZVMO_IOC_DROP, &args);
}

bool kept_next(struct zvmo_kept_info *info)
{
	int err;

	info->argsz = sizeof(*info);
	err = call(kept_device(), ZVMO_IOC_NEXT_KEPT, info);
	if (err && err != -ENOENT)
		fail(err, "list of kept VMOs");
	return !err;
}

bool kept_exists(const char *name)
{
	int fd = kept_open(name);

	if (fd >= 0)
		close(fd);
	return fd != -ENOENT;
}
