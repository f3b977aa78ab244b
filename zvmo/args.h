/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: arguments of ioctls, structures that can grow
 */
#ifndef _ZVMO_ARGS_H
#define _ZVMO_ARGS_H

#include <linux/uaccess.h>

/**
 * zvmo_copy_argsz() - Copy in the size of an ioctl's structure, nothing else.
 * @argsz: Where to.
 * @least: Size of its first version.
 * @arg: The user's structure, beginning with its size.
 *
 * Context: May fault.
 * Return: 0, -EFAULT, -EINVAL (too short).
 */
static inline int zvmo_copy_argsz(u32 *argsz, size_t least,
				  const void __user *arg)
{
	if (get_user(*argsz, (const u32 __user *)arg))
		return -EFAULT;
	return *argsz < least ? -EINVAL : 0;
}

/**
 * zvmo_copy_args() - Copy an ioctl's structure in.
 * @args: Where to; what the caller does not know becomes zero.
 * @known: Size of the structure as this module knows it.
 * @least: Size of its first version.
 * @arg: The user's structure, beginning with its size.
 *
 * Context: May fault.
 * Return: 0, -EFAULT, -EINVAL (too short), -E2BIG (longer than known, and not
 * zero there; or longer than a page).
 */
static inline int zvmo_copy_args(void *args, size_t known, size_t least,
				 const void __user *arg)
{
	u32 argsz;
	int err;

	err = zvmo_copy_argsz(&argsz, least, arg);
	if (!err && argsz > PAGE_SIZE)
		err = -E2BIG;
	return err ?: copy_struct_from_user(args, known, arg, argsz);
}

#endif /* _ZVMO_ARGS_H */
