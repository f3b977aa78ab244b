// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the file descriptor of a VMO
 *
 * The system calls on it but for ioctl(), each a translation to an operation of
 * vmo.c, io.c or mapping.c; what they mean is said in uapi/linux/zvmo.h.
 *
 * Locking: the inode's lock serialises whoever changes the stream size: writes,
 * resizing, fallocate().
 */
#include <linux/blkdev.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "compat.h"
#include "io.h"
#include "mapping.h"
#include "vmo_file.h"
#include "vmo_ioctl.h"

static int fop_release(struct inode *inode, struct file *file)
{
	struct zvmo_handle *handle = file->private_data;

	zvmo_put(handle->vmo);
	kfree(handle);
	return 0;
}

/* File-like side */

static ssize_t fop_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct zvmo_handle *handle = iocb->ki_filp->private_data;
	ssize_t ret = zvmo_read_iter(handle->vmo, to, iocb->ki_pos);

	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}

static bool handle_may_grow(const struct zvmo_handle *handle)
{
	return handle->vmo->cow->resizable &&
	       (handle->rights & ZVMO_RIGHT_RESIZE);
}

static ssize_t fop_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct zvmo_handle *handle = iocb->ki_filp->private_data;
	struct inode *inode = handle->vmo->inode;
	ssize_t ret;

	ret = zvmo_lock_stream(inode);
	if (ret)
		return ret;
	ret = generic_write_checks(iocb, from);
	if (ret > 0)
		ret = zvmo_write_iter(handle->vmo, handle_may_grow(handle),
				      from, iocb->ki_pos);
	if (ret > 0)
		iocb->ki_pos += ret;
	inode_unlock(inode);
	return ret;
}

static loff_t fop_llseek(struct file *file, loff_t offset, int whence)
{
	struct zvmo_handle *handle = file->private_data;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek(file, offset, whence);
	if (offset < 0)
		return -ENXIO;
	offset = zvmo_seek(handle->vmo, offset, whence == SEEK_DATA);
	return offset < 0 ? offset : vfs_setpos(file, offset, MAX_LFS_FILESIZE);
}

static int fop_mmap(struct file *file, struct vm_area_struct *vma)
{
	return zvmo_map(file->private_data, vma);
}

static __poll_t fop_poll(struct file *file, struct poll_table_struct *wait)
{
	struct zvmo_handle *handle = file->private_data;
	__poll_t events = EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &handle->vmo->wait, wait);
	if ((handle->rights & ZVMO_RIGHT_WAIT) &&
	    !zvmo_has_children(handle->vmo))
		events |= EPOLLPRI;
	return events;
}

/* Grow for fallocate() without KEEP_SIZE; the inode's lock is held. */
static int allocate_size(struct zvmo_handle *handle, u64 end)
{
	struct zvmo *vmo = handle->vmo;
	int err;

	if (end <= i_size_read(vmo->inode))
		return 0;
	err = inode_newsize_ok(vmo->inode, end);
	if (err)
		return err;
	if (down_write_killable(&vmo->cow->lock))
		return -EINTR;
	if (end > zvmo_size(vmo)) {
		if (!handle_may_grow(handle) ||
		    end > ZVMO_SIZE_MAX - ((u64)vmo->cow->base << PAGE_SHIFT))
			err = -EFBIG;
		else
			zvmo_cow_grow(vmo->cow, round_up(end, PAGE_SIZE));
	}
	if (!err)
		i_size_write(vmo->inode, end);
	up_write(&vmo->cow->lock);
	return err;
}

static int allocate(struct zvmo *vmo, u64 offset, u64 end)
{
	u64 start = (u64)vmo->first << PAGE_SHIFT;

	if (end > zvmo_size(vmo))
		return -EFBIG;
	return zvmo_cow_commit(vmo->cow, start + offset, start + end);
}

static int zero(struct zvmo *vmo, u64 offset, u64 end)
{
	u64 start = (u64)vmo->first << PAGE_SHIFT;

	end = min(end, zvmo_size(vmo));
	return zvmo_cow_zero(vmo->cow, start + min(offset, end), start + end);
}

static long fop_fallocate(struct file *file, int mode, loff_t offset,
			  loff_t length)
{
	struct zvmo_handle *handle = file->private_data;
	int what = mode & ~FALLOC_FL_KEEP_SIZE;
	struct zvmo *vmo = handle->vmo;
	u64 end = offset + length;
	long err;

	if (what && what != FALLOC_FL_PUNCH_HOLE &&
	    what != FALLOC_FL_ZERO_RANGE)
		return -EOPNOTSUPP;
	err = zvmo_lock_stream(vmo->inode);
	if (err)
		return err;
	if (!(mode & FALLOC_FL_KEEP_SIZE))
		err = allocate_size(handle, end);
	if (!err)
		err = what ? zero(vmo, offset, end) :
			     allocate(vmo, offset, end);
	inode_unlock(vmo->inode);
	return err;
}

static void fop_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct zvmo_handle *handle = file->private_data;
	struct zvmo_info info = {};
	char name[ZVMO_NAME_LEN * 4 + 1] = "";

	if (zvmo_get_info(handle->vmo, &info))
		return;
	string_escape_str(info.name, name, sizeof(name) - 1,
			  ESCAPE_NP | ESCAPE_OCTAL, NULL);
	seq_printf(m, "zvmo-koid:\t%llu\n", info.koid);
	seq_printf(m, "zvmo-name:\t%s\n", name);
	seq_printf(m, "zvmo-parent:\t%llu\n", info.parent_koid);
	seq_printf(m, "zvmo-size:\t%llu\n", info.size);
	seq_printf(m, "zvmo-stream-size:\t%llu\n", info.stream_size);
	seq_printf(m, "zvmo-committed:\t%llu\n", info.committed_bytes);
	seq_printf(m, "zvmo-children:\t%llu\n", info.num_children);
	seq_printf(m, "zvmo-mappings:\t%llu\n", info.num_mappings);
	seq_printf(m, "zvmo-flags:\t0x%x\n", info.flags);
	seq_printf(m, "zvmo-rights:\t0x%x\n", handle->rights);
}

/* Inode operations; an inode knows no rights, so changes act for a file */

static int iop_setattr(struct zvmo_mnt_idmap *idmap, struct dentry *dentry,
		       struct iattr *attr)
{
	const struct zvmo_handle *handle;
	int err;

	/* ftruncate() only: mode, owner and times mean nothing here. */
	if (!(attr->ia_valid & ATTR_SIZE) || !(attr->ia_valid & ATTR_FILE))
		return -EPERM;
	err = inode_newsize_ok(d_inode(dentry), attr->ia_size);
	if (err)
		return err;
	handle = attr->ia_file->private_data;
	return zvmo_set_size(handle->vmo, handle->rights, attr->ia_size);
}

static int iop_getattr(struct zvmo_mnt_idmap *idmap, const struct path *path,
		       struct kstat *stat, u32 mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);
	struct zvmo_cow *cow = zvmo_cow_of_inode(inode);

	zvmo_fillattr(idmap, mask, inode, stat);
	if (!cow)
		return 0;
	if (down_read_killable(&cow->lock))
		return -EINTR;
	stat->blocks = zvmo_tree_count(&cow->tree, 0, ZVMO_INDEX_MAX)
		       << (PAGE_SHIFT - SECTOR_SHIFT);
	up_read(&cow->lock);
	return 0;
}

/* Of every inode; there is none without a file. */
static const struct inode_operations vmo_iops = {
	.setattr = iop_setattr,
	.getattr = iop_getattr,
};

static const struct file_operations vmo_fops = {
	.owner = THIS_MODULE,
	.release = fop_release,
	.llseek = fop_llseek,
	.read_iter = fop_read_iter,
	.write_iter = fop_write_iter,
	.splice_read = zvmo_splice_read,
	.splice_write = iter_file_splice_write,
	.mmap = fop_mmap,
	.fsync = noop_fsync,
	.fallocate = fop_fallocate,
	.poll = fop_poll,
	.show_fdinfo = fop_show_fdinfo,
	.unlocked_ioctl = zvmo_vmo_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int rights_to_flags(u32 rights)
{
	switch (rights & (ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE)) {
	case ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE:
		return O_RDWR;
	case ZVMO_RIGHT_READ:
		return O_RDONLY;
	case ZVMO_RIGHT_WRITE:
		return O_WRONLY;
	default:
		return O_ACCMODE; /* neither, by old convention */
	}
}

/* "zvmo:" and a koid. */
#define FILE_NAME_SIZE sizeof("zvmo:18446744073709551615")

/*
 * Write the name of a file, at the end of a buffer of FILE_NAME_SIZE bytes. Not by
 * snprintf(): that took 400 of the 4700 instructions of a snapshot.
 */
static const char *file_name(char *buffer, u64 koid)
{
	char *at = buffer + FILE_NAME_SIZE;

	*--at = '\0';
	do {
		*--at = '0' + koid % 10;
		koid /= 10;
	} while (koid);
	at -= strlen("zvmo:");
	memcpy(at, "zvmo:", strlen("zvmo:"));
	return at;
}

static struct file *create_file(struct zvmo *vmo, u32 rights)
{
	struct zvmo_handle *handle;
	struct file *file;
	char name[FILE_NAME_SIZE];

	handle = kmalloc(sizeof(*handle), GFP_KERNEL_ACCOUNT);
	if (!handle)
		return ERR_PTR(-ENOMEM);
	handle->vmo = vmo;
	handle->rights = rights;
	file = zvmo_fs_new_file(vmo->inode, file_name(name, vmo->koid),
				rights_to_flags(rights), &vmo_iops, &vmo_fops);
	if (IS_ERR(file)) {
		kfree(handle);
		return file;
	}
	kref_get(&vmo->refs);
	file->private_data = handle;
	return file;
}

/**
 * zvmo_file_install() - Make a new descriptor for a VMO.
 * @vmo: The VMO; the descriptor takes a reference of its own.
 * @rights: ZVMO_RIGHT_*.
 *
 * Context: May sleep.
 * Return: The descriptor, close-on-exec, or -ENOMEM, -EMFILE, -ENFILE.
 */
int zvmo_file_install(struct zvmo *vmo, u32 rights)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = create_file(vmo, rights);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

/**
 * zvmo_file_handle() - What an open file refers to.
 * @file: Any open file.
 *
 * Return: Its handle, or NULL if it is not a VMO's.
 */
struct zvmo_handle *zvmo_file_handle(struct file *file)
{
	return file->f_op == &vmo_fops ? file->private_data : NULL;
}
