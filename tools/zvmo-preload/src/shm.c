// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-preload: shm_open() and shm_unlink()
 *
 * A VMO that is kept as "shm:NAME" stands in for the file in /dev/shm. Where that
 * name would be too long, the file is used: by everybody, since all see the same
 * name.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zvmo.h>

#include "preload.h"

#define RIGHTS_READ_ONLY                                        \
	(ZVMO_RIGHTS_BASIC | ZVMO_RIGHT_READ | ZVMO_RIGHT_MAP | \
	 ZVMO_RIGHT_GET_PROPERTY)
#define RIGHTS_BOTH (ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_RESIZE)

/* The name under which it is kept. Returns 0, -EINVAL or -ENAMETOOLONG. */
static int kept_name(char kept[ZVMO_NAME_LEN], const char *name)
{
	name += strspn(name, "/");
	if (!*name || strchr(name, '/'))
		return -EINVAL;
	if (snprintf(kept, ZVMO_NAME_LEN, "shm:%s", name) >= ZVMO_NAME_LEN)
		return -ENAMETOOLONG;
	return 0;
}

/* Not by umask(), which would change it for a moment. */
static mode_t current_umask(void)
{
	char status[512], *line;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);

	if (fd >= 0)
		close(fd);
	if (length < 0)
		return 077;
	status[length] = '\0';
	line = strstr(status, "\nUmask:\t");
	return line ? (mode_t)strtoul(line + strlen("\nUmask:\t"), NULL, 8) :
		      077;
}

static int open_kept(int device, const char *kept, int flags)
{
	struct zvmo_open_kept open = {
		.argsz = sizeof(open),
		.rights = (flags & O_ACCMODE) == O_RDONLY ? RIGHTS_READ_ONLY :
							    RIGHTS_BOTH,
	};
	int fd;

	strcpy(open.name, kept);
	fd = ioctl(device, ZVMO_IOC_OPEN_KEPT, &open);
	if (fd < 0)
		return -errno;
	if ((flags & O_TRUNC) && ftruncate(fd, 0)) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

static int create_kept(int device, const char *kept, int flags, mode_t mode)
{
	struct zvmo_keep keep = {
		.argsz = sizeof(keep),
		.mode = mode & 0666 & ~current_umask(),
	};
	int fd = zvmo_create_on(device, 0, ZVMO_RESIZABLE);

	if (fd < 0)
		return fd;
	zvmo_set_name(fd, kept);
	strcpy(keep.name, kept);
	if (ioctl(fd, ZVMO_IOC_KEEP, &keep)) {
		int error = -errno;

		close(fd);
		return error;
	}
	if ((flags & O_ACCMODE) == O_RDONLY)
		return zvmo_replace(fd, RIGHTS_READ_ONLY);
	return fd;
}

/* Returns a descriptor or -errno. */
static int open_shm(const char *kept, int flags, mode_t mode)
{
	int device = zvmo_open();
	int fd;

	if (device < 0)
		return device;
	/* Somebody may create it, or remove it, in between. */
	do {
		fd = -ENOENT;
		if ((flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL))
			fd = open_kept(device, kept, flags);
		if (fd == -ENOENT && (flags & O_CREAT))
			fd = create_kept(device, kept, flags, mode);
	} while (fd == -EEXIST && !(flags & O_EXCL));
	close(device);
	return fd;
}

/* Is the file to be tried, where there is no such VMO, or none at all? */
static bool falls_back(int error)
{
	return !preload_config()->strict &&
	       (error == -ENOENT || error == -ENXIO || error == -ENAMETOOLONG);
}

PRELOAD_EXPORT int shm_open(const char *name, int flags, mode_t mode)
{
	int (*next)(const char *, int, mode_t);
	char kept[ZVMO_NAME_LEN];
	int fd = -ENOENT;

	if (preload_config()->shm) {
		fd = kept_name(kept, name);
		if (!fd)
			fd = open_shm(kept, flags, mode);
		preload_log(fd >= 0 ? "shm" : "fallback shm", name);
		if (fd >= 0)
			return fd;
		if (!falls_back(fd)) {
			errno = -fd;
			return -1;
		}
	}
	next = dlsym(RTLD_NEXT, "shm_open");
	return next(name, flags, mode);
}

static int drop(const char *kept)
{
	struct zvmo_name drop = { .argsz = sizeof(drop) };
	int device = zvmo_open();
	int error = 0;

	if (device < 0)
		return device;
	strcpy(drop.name, kept);
	if (ioctl(device, ZVMO_IOC_DROP, &drop))
		error = -errno;
	close(device);
	return error;
}

PRELOAD_EXPORT int shm_unlink(const char *name)
{
	char kept[ZVMO_NAME_LEN];
	int (*next)(const char *);
	int error = -ENOENT;

	if (preload_config()->shm) {
		error = kept_name(kept, name);
		if (!error)
			error = drop(kept);
		if (!error)
			return 0;
		if (!falls_back(error)) {
			errno = -error;
			return -1;
		}
	}
	next = dlsym(RTLD_NEXT, "shm_unlink");
	return next(name);
}
