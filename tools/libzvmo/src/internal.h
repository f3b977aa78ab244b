/* SPDX-License-Identifier: GPL-2.0-only */
/* libzvmo: what its files share */
#ifndef _LIBZVMO_INTERNAL_H
#define _LIBZVMO_INTERNAL_H

#include <zvmo.h>

/**
 * zvmo_ioctl() - ioctl(2) that returns -errno.
 * @fd: Descriptor.
 * @command: ZVMO_IOC_*.
 * @argument: Its structure.
 *
 * Return: what the kernel returned, or -errno.
 */
int zvmo_ioctl(int fd, unsigned long command, void *argument);

/**
 * zvmo_require() - Check that a descriptor is a VMO and has some rights.
 * @fd: Descriptor.
 * @rights: ZVMO_RIGHT_*.
 *
 * Return: 0, -EBADF, -ENOTTY, or -EACCES.
 */
int zvmo_require(int fd, uint32_t rights);

#endif /* _LIBZVMO_INTERNAL_H */
