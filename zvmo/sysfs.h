/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: what /sys/class/misc/zvmo says
 */
#ifndef _ZVMO_SYSFS_H
#define _ZVMO_SYSFS_H

#include <linux/sysfs.h>

/* Of the device; no more than the module's own tables, which never change. */
extern const struct attribute_group *zvmo_sysfs_groups[];

#endif /* _ZVMO_SYSFS_H */
