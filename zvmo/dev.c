// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: /dev/zvmo, where VMOs are created, and those that are kept opened
 *
 * Anybody may open it: a VMO is memory like any other, charged to whoever
 * touches it.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "args.h"
#include "dev.h"
#include "fs.h"
#include "kept.h"
#include "vmo_file.h"

static long ioctl_create(const void __user *arg)
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

static long ioctl_open_kept(const void __user *arg)
{
	struct zvmo_open_kept args;
	long err;

	err = zvmo_copy_args(&args, sizeof(args), ZVMO_OPEN_KEPT_SIZE_VER0,
			     arg);
	return err ?: zvmo_kept_open(&args);
}

static long ioctl_drop(const void __user *arg)
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

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case ZVMO_IOC_VERSION:
		return ZVMO_ABI_VERSION;
	case ZVMO_IOC_CREATE:
		return ioctl_create((const void __user *)arg);
	case ZVMO_IOC_OPEN_KEPT:
		return ioctl_open_kept((const void __user *)arg);
	case ZVMO_IOC_DROP:
		return ioctl_drop((const void __user *)arg);
	case ZVMO_IOC_NEXT_KEPT:
		return ioctl_next_kept((void __user *)arg);
	default:
		return -ENOTTY;
	}
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
