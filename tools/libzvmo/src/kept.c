// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: VMOs that are kept under a name
 *
 * A name that is too long would be cut by the structure: it is refused here, as
 * the module refuses other names that are malformed.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

static int copy_name(char to[ZVMO_NAME_LEN], const char *name)
{
	size_t length = strnlen(name, ZVMO_NAME_LEN);

	if (length == ZVMO_NAME_LEN)
		return -EINVAL;
	memcpy(to, name, length);
	return 0;
}

int zvmo_keep(int fd, const char *name, uint32_t mode)
{
	struct zvmo_keep keep = { .argsz = sizeof(keep), .mode = mode };
	int error = copy_name(keep.name, name);

	return error ? error : zvmo_ioctl(fd, ZVMO_IOC_KEEP, &keep);
}

int zvmo_open_kept(int device, const char *name, uint32_t rights)
{
	struct zvmo_open_kept open = {
		.argsz = sizeof(open),
		.rights = rights,
	};
	int error = copy_name(open.name, name);

	return error ? error : zvmo_ioctl(device, ZVMO_IOC_OPEN_KEPT, &open);
}

int zvmo_drop(int device, const char *name)
{
	struct zvmo_name drop = { .argsz = sizeof(drop) };
	int error = copy_name(drop.name, name);

	return error ? error : zvmo_ioctl(device, ZVMO_IOC_DROP, &drop);
}

int zvmo_next_kept(int device, struct zvmo_kept_info *info, size_t size)
{
	char name[ZVMO_NAME_LEN];
	int error;

	if (size < ZVMO_KEPT_INFO_SIZE_VER0 || size > UINT32_MAX)
		return -EINVAL;
	memcpy(name, info->name, sizeof(name));
	memset(info, 0, size);
	memcpy(info->name, name, sizeof(name));
	info->argsz = (uint32_t)size;
	error = zvmo_ioctl(device, ZVMO_IOC_NEXT_KEPT, info);
	if (error == -ENOENT)
		return 0;
	return error ? error : 1;
}
