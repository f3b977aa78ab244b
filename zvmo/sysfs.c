// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: what /sys/class/misc/zvmo says
 *
 * "features" has one name a line: the ioctls that this module knows, by the
 * names in the tables that dispatch them. Names stay what they are; see
 * Documentation/ABI/testing/sysfs-zvmo.
 */
#include <linux/device.h>
#include <linux/ioctl.h>

#include "dev.h"
#include "sysfs.h"
#include "vmo_ioctl.h"

static ssize_t features_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	const char *name;
	unsigned int nr;
	int len = 0;

	for (nr = 0; nr <= _IOC_NRMASK; nr++) {
		name = zvmo_dev_ioctl_name(nr) ?: zvmo_vmo_ioctl_name(nr);
		if (name)
			len += sysfs_emit_at(buf, len, "%s\n", name);
	}
	return len;
}
static DEVICE_ATTR_RO(features);

static struct attribute *zvmo_sysfs_attrs[] = {
	&dev_attr_features.attr,
	NULL,
};

static const struct attribute_group zvmo_sysfs_group = {
	.attrs = zvmo_sysfs_attrs,
};

const struct attribute_group *zvmo_sysfs_groups[] = {
	&zvmo_sysfs_group,
	NULL,
};
