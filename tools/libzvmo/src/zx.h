/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: what the files of the zx_* calls share
 *
 * A zx_handle_t is the number of a descriptor, except that 0 is no handle, and
 * that one number, which can be no descriptor, is the root address region.
 */
#ifndef _LIBZVMO_ZX_H
#define _LIBZVMO_ZX_H

#include <stdbool.h>

#include <zircon/syscalls.h>

#include "internal.h"

#define ZX_ROOT_VMAR ((zx_handle_t)(1U << 31) | ZX_OBJ_TYPE_VMAR)

/**
 * struct zvmo_zx_rule - What an errno means in one call.
 * @error: The errno; 0 ends a list.
 * @status: The status that it becomes.
 */
struct zvmo_zx_rule {
	int error;
	zx_status_t status;
};

/**
 * zvmo_zx_status() - The status for the result of a call.
 * @result: What the call returned: not negative, or -errno.
 * @rules: What is different in this call from others; or NULL.
 *
 * Return: ZX_OK, or the status.
 */
zx_status_t zvmo_zx_status(int result, const struct zvmo_zx_rule *rules);

/**
 * zvmo_zx_fd() - The descriptor that a handle is.
 * @handle: Handle.
 *
 * Return: the descriptor, which may not be open; -EBADF, or -ENOTTY for the root
 * address region.
 */
int zvmo_zx_fd(zx_handle_t handle);

/**
 * zvmo_zx_ioctl() - ioctl(2) on a handle.
 * @handle: Handle.
 * @command: ZVMO_IOC_*.
 * @argument: Its structure.
 *
 * Return: what the kernel returned, or -errno.
 */
int zvmo_zx_ioctl(zx_handle_t handle, unsigned long command, void *argument);

/**
 * zvmo_zx_info() - First version of what ZVMO_IOC_GET_INFO tells.
 * @handle: Handle.
 * @info: Where to store it.
 *
 * Return: ZX_OK, ZX_ERR_BAD_HANDLE, or ZX_ERR_WRONG_TYPE: it is no VMO.
 */
zx_status_t zvmo_zx_info(zx_handle_t handle, struct zvmo_info *info);

/**
 * zvmo_zx_require() - Check the rights of a handle of any type.
 * @handle: Handle.
 * @rights: What it needs.
 *
 * Return: ZX_OK, ZX_ERR_BAD_HANDLE, ZX_ERR_ACCESS_DENIED, or ZX_ERR_WRONG_TYPE
 * if it has the rights but is no VMO.
 */
zx_status_t zvmo_zx_require(zx_handle_t handle, zx_rights_t rights);

/**
 * zvmo_zx_mismatch() - The status for a handle that is not what is wanted.
 * @handle: A handle of which only that is known.
 *
 * Return: ZX_ERR_WRONG_TYPE if it is open, else ZX_ERR_BAD_HANDLE.
 */
zx_status_t zvmo_zx_mismatch(zx_handle_t handle);

/**
 * zvmo_zx_publish() - Make a new descriptor a handle of the caller.
 * @fd: The descriptor, or -errno.
 * @rules: As zvmo_zx_status().
 * @out: Where to store the handle; if NULL, @fd is closed.
 *
 * Return: ZX_OK, or what became of the error.
 */
zx_status_t zvmo_zx_publish(int fd, const struct zvmo_zx_rule *rules,
			    zx_handle_t *out);

/**
 * zvmo_zx_page_aligned() - Whether a number is a multiple of the page size.
 * @value: The number.
 */
bool zvmo_zx_page_aligned(uint64_t value);

#endif /* _LIBZVMO_ZX_H */
