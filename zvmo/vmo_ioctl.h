/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the ioctls of a VMO's descriptor
 */
#ifndef _ZVMO_VMO_IOCTL_H
#define _ZVMO_VMO_IOCTL_H

#include <linux/fs.h>

/* Everybody may add the right to execute. */
extern bool zvmo_ambient_mark_vmo_exec;

long zvmo_vmo_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
const char *zvmo_vmo_ioctl_name(unsigned int nr);

#endif /* _ZVMO_VMO_IOCTL_H */
