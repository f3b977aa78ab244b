// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the pseudo file system on which VMOs have their inodes
 *
 * Mounted in the kernel only, and only while the device is open or VMOs exist:
 * the mount pins the module, and lives as long as anything refers to an inode,
 * which may be longer than any open file (O_PATH descriptors). Inodes are
 * regular files without a name, and cannot be opened (not through /proc/PID/fd
 * either, which would regain rights that a descriptor gave up).
 */
#include <linux/err.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "fs.h"

#define ZVMO_FS_MAGIC 0x7a766d6f /* "zvmo" */

static struct vfsmount *zvmo_mnt;
static int zvmo_mnt_pins;

static void fs_evict_inode(struct inode *inode)
{
	struct zvmo_fs_owner *owner = inode->i_private;

	clear_inode(inode);
	/* Who has just unlocked a lock in it may still look at that. */
	if (owner)
		kfree_rcu(owner, rcu);
}

static const struct super_operations fs_super_ops = {
	.statfs = simple_statfs,
	.evict_inode = fs_evict_inode,
};

static int fs_init_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, ZVMO_FS_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->ops = &fs_super_ops;
	/* Newer kernels set it; here the right to execute decides. */
	fc->s_iflags &= ~SB_I_NOEXEC;
	return 0;
}

static struct file_system_type zvmo_fs_type = {
	.owner = THIS_MODULE,
	.name = "zvmo",
	.init_fs_context = fs_init_context,
	.kill_sb = kill_anon_super,
};

/**
 * zvmo_fs_pin() - Keep the file system mounted; mounts it if it is not.
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int zvmo_fs_pin(void)
{
	return simple_pin_fs(&zvmo_fs_type, &zvmo_mnt, &zvmo_mnt_pins);
}

/**
 * zvmo_fs_unpin() - Undo zvmo_fs_pin(). The caller's code must be pinned
 * otherwise: by an open file, as always in a system call on one.
 */
void zvmo_fs_unpin(void)
{
	simple_release_fs(&zvmo_mnt, &zvmo_mnt_pins);
}

/**
 * zvmo_fs_new_inode() - Create an inode.
 * @owner: What to free with it, or NULL. On failure still the caller's.
 * @size: File size in bytes.
 *
 * The caller has pinned the file system.
 *
 * Context: May sleep.
 * Return: The inode with one reference, or NULL.
 */
struct inode *zvmo_fs_new_inode(struct zvmo_fs_owner *owner, u64 size)
{
	struct inode *inode = alloc_anon_inode(zvmo_mnt->mnt_sb);

	if (IS_ERR(inode))
		return NULL;
	/* Regular: MADV_REMOVE and ftruncate() want that. */
	inode->i_mode = S_IFREG | 0600;
	inode->i_flags |= S_NOATIME | S_NOCMTIME;
	/* No name: core dumps then treat it as anonymous memory. */
	clear_nlink(inode);
	i_size_write(inode, size);
	inode->i_private = owner;
	return inode;
}

/**
 * zvmo_fs_new_file() - Create an open file on an inode.
 * @inode: The inode; the file takes a reference of its own.
 * @name: What /proc shows.
 * @flags: O_RDONLY, O_WRONLY, O_RDWR, or O_ACCMODE for neither.
 * @iops: Inode operations; the same for every file of an inode.
 * @fops: File operations.
 *
 * Return: The file, or an ERR_PTR().
 */
struct file *zvmo_fs_new_file(struct inode *inode, const char *name, int flags,
			      const struct inode_operations *iops,
			      const struct file_operations *fops)
{
	struct file *file;

	WRITE_ONCE(inode->i_op, iops);
	/* alloc_file_pseudo() takes no reference, but __fput() drops one. */
	__module_get(THIS_MODULE);
	ihold(inode);
	file = alloc_file_pseudo(inode, zvmo_mnt, name, flags | O_LARGEFILE,
				 fops);
	if (IS_ERR(file)) {
		iput(inode);
		module_put(THIS_MODULE);
		return file;
	}
	file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	return file;
}
