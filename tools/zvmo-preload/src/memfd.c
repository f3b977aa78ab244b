// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-preload: memfd_create()
 *
 * A resizable VMO stands in for the file, unless the flags ask for what it cannot
 * be: executable, of huge pages, or to be sealed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <zvmo.h>

#include "preload.h"

/* Longer names memfd_create() refuses. */
#define NAME_LENGTH_MAX 249

static bool may_be_vmo(unsigned int flags)
{
	if (preload_config()->seals)
		flags &= ~MFD_ALLOW_SEALING;
	return !(flags & ~MFD_CLOEXEC);
}

/* Returns a descriptor or -errno. */
static int create(const char *name, unsigned int flags)
{
	int fd = zvmo_create(0, ZVMO_RESIZABLE);

	if (fd < 0)
		return fd;
	zvmo_set_name(fd, name);
	/* It is close-on-exec. */
	if (!(flags & MFD_CLOEXEC))
		fcntl(fd, F_SETFD, 0);
	return fd;
}

PRELOAD_EXPORT int memfd_create(const char *name, unsigned int flags)
{
	const struct preload_config *config = preload_config();
	int fd = -EINVAL;

	if (!config->memfd ||
	    strnlen(name, NAME_LENGTH_MAX + 1) > NAME_LENGTH_MAX)
		return (int)syscall(SYS_memfd_create, name, flags);
	if (may_be_vmo(flags))
		fd = create(name, flags);
	if (fd >= 0) {
		preload_log("memfd", name);
		return fd;
	}
	preload_log("fallback memfd", name);
	if (config->strict) {
		errno = -fd;
		return -1;
	}
	return (int)syscall(SYS_memfd_create, name, flags);
}
