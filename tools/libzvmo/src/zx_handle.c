// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: handles
 *
 * New handles are above the standard streams, even if those are closed: 0 is
 * ZX_HANDLE_INVALID, and a VMO as standard output would be a trap.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "zx.h"

#define FIRST_HANDLE 3

int zvmo_zx_fd(zx_handle_t handle)
{
	if (handle == ZX_ROOT_VMAR)
		return -ENOTTY;
	if (handle == ZX_HANDLE_INVALID || handle > INT_MAX)
		return -EBADF;
	return (int)handle;
}

int zvmo_zx_ioctl(zx_handle_t handle, unsigned long command, void *argument)
{
	int fd = zvmo_zx_fd(handle);

	return fd < 0 ? fd : zvmo_ioctl(fd, command, argument);
}

zx_status_t zvmo_zx_info(zx_handle_t handle, struct zvmo_info *info)
{
	int fd = zvmo_zx_fd(handle);

	if (fd >= 0)
		fd = zvmo_get_info(fd, info, ZVMO_INFO_SIZE_VER0);
	return zvmo_zx_status(fd, NULL);
}

zx_status_t zvmo_zx_require(zx_handle_t handle, zx_rights_t rights)
{
	struct zvmo_info info = { .rights = ZX_DEFAULT_VMAR_RIGHTS };
	zx_status_t status = zvmo_zx_info(handle, &info);

	if (status != ZX_OK && handle != ZX_ROOT_VMAR)
		return status;
	return rights & ~info.rights ? ZX_ERR_ACCESS_DENIED : status;
}

zx_status_t zvmo_zx_mismatch(zx_handle_t handle)
{
	int fd = zvmo_zx_fd(handle);

	if (fd == -EBADF || (fd >= 0 && fcntl(fd, F_GETFD) < 0))
		return ZX_ERR_BAD_HANDLE;
	return ZX_ERR_WRONG_TYPE;
}

/* Where descriptor @fd is moved if its number is too low. */
static int raise_fd(int fd)
{
	int raised;

	if (fd < 0 || fd >= FIRST_HANDLE)
		return fd;
	raised = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HANDLE);
	if (raised < 0)
		raised = -errno;
	close(fd);
	return raised;
}

zx_status_t zvmo_zx_publish(int fd, const struct zvmo_zx_rule *rules,
			    zx_handle_t *out)
{
	fd = raise_fd(fd);
	if (fd < 0)
		return zvmo_zx_status(fd, rules);
	if (!out) {
		close(fd);
		return ZX_ERR_INVALID_ARGS;
	}
	*out = (zx_handle_t)fd;
	return ZX_OK;
}

zx_status_t zx_handle_close(zx_handle_t handle)
{
	int fd = zvmo_zx_fd(handle);

	if (handle == ZX_HANDLE_INVALID || handle == ZX_ROOT_VMAR)
		return ZX_OK;
	/* Whatever else close() says, the descriptor is gone. */
	if (fd < 0 || (close(fd) && errno == EBADF))
		return ZX_ERR_BAD_HANDLE;
	return ZX_OK;
}

zx_status_t zx_handle_close_many(const zx_handle_t *handles, size_t num_handles)
{
	zx_status_t result = ZX_OK;
	size_t i;

	if (num_handles && !handles)
		return ZX_ERR_INVALID_ARGS;
	for (i = 0; i < num_handles; i++) {
		zx_status_t status = zx_handle_close(handles[i]);

		if (status != ZX_OK)
			result = status;
	}
	return result;
}

static zx_status_t duplicate(zx_handle_t handle, uint32_t flags,
			     zx_rights_t rights, zx_handle_t *out)
{
	struct zvmo_duplicate args = {
		.argsz = sizeof(args),
		.flags = flags,
		.rights = rights,
	};

	return zvmo_zx_publish(zvmo_zx_ioctl(handle, ZVMO_IOC_DUPLICATE, &args),
			       NULL, out);
}

/* There is one root, with one set of rights. */
static zx_status_t duplicate_root(zx_rights_t rights, zx_handle_t *out)
{
	if (rights == ZX_RIGHT_SAME_RIGHTS)
		rights = ZX_DEFAULT_VMAR_RIGHTS;
	if (!out || rights & ~ZX_DEFAULT_VMAR_RIGHTS)
		return ZX_ERR_INVALID_ARGS;
	if (rights != ZX_DEFAULT_VMAR_RIGHTS)
		return ZX_ERR_NOT_SUPPORTED;
	*out = ZX_ROOT_VMAR;
	return ZX_OK;
}

zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights,
				zx_handle_t *out)
{
	if (handle == ZX_ROOT_VMAR)
		return duplicate_root(rights, out);
	return duplicate(handle, 0, rights, out);
}

zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights,
			      zx_handle_t *out)
{
	zx_status_t status;

	if (handle == ZX_ROOT_VMAR)
		return duplicate_root(rights, out);
	status = duplicate(handle, ZVMO_DUPLICATE_REPLACE, rights, out);
	zx_handle_close(handle);
	return status;
}
