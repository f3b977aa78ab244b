// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: /dev/zvmo, where VMOs are created, and those that are kept opened
 *
 * Anybody may open it: a VMO is memory like any other, charged to whoever
 * touches it. Who wants it otherwise says so to udev, as the packages do.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "args.h"
#include "dev.h"
#include "fs.h"
#include "kept.h"
#include "sysfs.h"
#include "vmo_file.h"

static long ioctl_version(void __user *arg)
{
	return ZVMO_ABI_VERSION;
}

static long ioctl_create(void __user *arg)
{
	struct zvmo_create args;
	struct zvmo *vmo;
	u32 rights = ZVMO_RIGHTS_DEFAULT;
	long fd;

	fd = zvmo_copy_args(&args, sizeof(args), ZVMO_CREATE_SIZE_VER0, arg);
	if (fd)
		return fd;
	vmo = zvmo_create(&args);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	if (args.options & ZVMO_RESIZABLE)
		rights |= ZVMO_RIGHT_RESIZE;
	fd = zvmo_file_install(vmo, rights);
	zvmo_put(vmo);
	return fd;
}

static long ioctl_open_kept(void __user *arg)
{
	struct zvmo_open_kept args;
	long err;

	err = zvmo_copy_args(&args, sizeof(args), ZVMO_OPEN_KEPT_SIZE_VER0,
			     arg);
	return err ?: zvmo_kept_open(&args);
}

static long ioctl_drop(void __user *arg)
{
	struct zvmo_name args;
	long err;

	err = zvmo_copy_args(&args, sizeof(args), ZVMO_NAME_SIZE_VER0, arg);
	return err ?: zvmo_kept_drop(&args);
}

static long ioctl_next_kept(void __user *arg)
{
	struct zvmo_kept_info info;
	long err;

	err = zvmo_copy_args(&info, sizeof(info), ZVMO_KEPT_INFO_SIZE_VER0,
			     arg);
	if (err)
		return err;
	info.reserved = 0;
	err = zvmo_kept_next(&info);
	if (err)
		return err;
	return copy_to_user(arg, &info, ZVMO_KEPT_INFO_SIZE_VER0) ? -EFAULT : 0;
}

struct dev_ioctl {
	const char *name;
	long (*call)(void __user *arg);
};

#define DEV_IOCTL(nr, ioctl)           \
	[_IOC_NR(nr)] = {              \
		.name = #ioctl,        \
		.call = ioctl_##ioctl, \
	}

static const struct dev_ioctl dev_ioctls[] = {
	DEV_IOCTL(ZVMO_IOC_VERSION, version),
	DEV_IOCTL(ZVMO_IOC_CREATE, create),
	DEV_IOCTL(ZVMO_IOC_OPEN_KEPT, open_kept),
	DEV_IOCTL(ZVMO_IOC_DROP, drop),
	DEV_IOCTL(ZVMO_IOC_NEXT_KEPT, next_kept),
};

/**
 * zvmo_dev_ioctl_name() - Name of an ioctl of /dev/zvmo.
 * @nr: Its number, of all that there may be.
 *
 * Return: The name, or NULL if there is no such ioctl.
 */
const char *zvmo_dev_ioctl_name(unsigned int nr)
{
	return nr < ARRAY_SIZE(dev_ioctls) ? dev_ioctls[nr].name : NULL;
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int nr = zvmo_ioctl_index(cmd, ARRAY_SIZE(dev_ioctls));

	if (nr < 0 || !dev_ioctls[nr].call)
		return -ENOTTY;
	return dev_ioctls[nr].call((void __user *)arg);
}

/* An open device keeps the file system mounted: to mount it takes time. */
static int dev_open(struct inode *inode, struct file *file)
{
	return zvmo_fs_pin();
}

static int dev_release(struct inode *inode, struct file *file)
{
	zvmo_fs_unpin();
	return 0;
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.release = dev_release,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice zvmo_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zvmo",
	.mode = 0666,
	.fops = &dev_fops,
	.groups = zvmo_sysfs_groups,
};

/**
 * zvmo_dev_init() - Create /dev/zvmo.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_dev_init(void)
{
	return misc_register(&zvmo_device);
}

/**
 * zvmo_dev_exit() - Remove /dev/zvmo.
 */
void zvmo_dev_exit(void)
{
	misc_deregister(&zvmo_device);
}
