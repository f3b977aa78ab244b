/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the pseudo file system on which VMOs have their inodes
 */
#ifndef _ZVMO_FS_H
#define _ZVMO_FS_H

#include <linux/fs.h>

/**
 * struct zvmo_fs_owner - The beginning of what an inode carries, from kmalloc().
 * @rcu: Defers the freeing; not used before the last reference to the inode is
 *	gone.
 */
struct zvmo_fs_owner {
	struct rcu_head rcu;
};

int zvmo_fs_pin(void);
void zvmo_fs_unpin(void);
struct inode *zvmo_fs_new_inode(struct zvmo_fs_owner *owner, u64 size);
struct file *zvmo_fs_new_file(struct inode *inode, const char *name, int flags,
			      const struct inode_operations *iops,
			      const struct file_operations *fops);

#endif /* _ZVMO_FS_H */
