// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: kept VMOs
 */
#include <errno.h>
#include <string.h>
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

/* What cannot be a name names nothing. */
static int no_such(int result)
{
	return result == -EINVAL ? -ENOENT : result;
}

int kept_open(const char *name)
{
	return no_such(
		zvmo_open_kept(kept_device(), name, ZVMO_RIGHT_SAME_RIGHTS));
}

int kept_drop(const char *name)
{
	return no_such(zvmo_drop(kept_device(), name));
}

bool kept_next(struct zvmo_kept_info *info)
{
	int more = zvmo_next_kept(kept_device(), info, sizeof(*info));

	if (more < 0)
		fail(more, "list of kept VMOs");
	return more;
}

bool kept_exists(const char *name)
{
	int fd = kept_open(name);

	if (fd >= 0)
		close(fd);
	return fd != -ENOENT;
}
