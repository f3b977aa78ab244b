/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: numbers and arguments of ioctls; these are structures that can grow
 */
#ifndef _ZVMO_ARGS_H
#define _ZVMO_ARGS_H

#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <linux/zvmo.h>

/**
 * zvmo_ioctl_index() - Where an ioctl is in a table that is sorted by number.
 * @cmd: What the user passed.
 * @count: Rows of the table, some of which may be empty.
 *
 * Return: The index, also safe from speculation, or -ENOTTY.
 */
static inline int zvmo_ioctl_index(unsigned int cmd, unsigned int count)
{
	unsigned int nr = _IOC_NR(cmd);

	if (nr >= count || cmd != _IO(ZVMO_IOC_TYPE, nr))
		return -ENOTTY;
	return array_index_nospec(nr, count);
}

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
