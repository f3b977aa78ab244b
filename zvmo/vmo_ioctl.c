// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the ioctls of a VMO's descriptor
 *
 * Each copies its structure in, checks what is reserved, looks up a second
 * descriptor if there is one, and calls an operation; what they mean is said in
 * uapi/linux/zvmo.h.
 *
 * Locking: the inode's lock serialises whoever changes the stream size.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "args.h"
#include "attribution.h"
#include "cache.h"
#include "diff.h"
#include "event.h"
#include "io.h"
#include "kept.h"
#include "map_range.h"
#include "op_range.h"
#include "restore.h"
#include "transfer.h"
#include "vmo_file.h"
#include "vmo_ioctl.h"

/* Most ranges that one ZVMO_IOC_DIFF returns. */
#define DIFF_MAX 1024U

static long ioctl_create_child(struct zvmo_handle *handle, void *data,
			       void __user *arg)
{
	const struct zvmo_create_child *args = data;
	struct zvmo *child;
	u32 rights = handle->rights;
	long fd;

	child = zvmo_create_child(handle->vmo, rights, args);
	if (IS_ERR(child))
		return PTR_ERR(child);
	rights &= ~ZVMO_RIGHT_RESIZE;
	rights |= ZVMO_RIGHT_GET_PROPERTY | ZVMO_RIGHT_SET_PROPERTY;
	if (args->options & ZVMO_CHILD_RESIZABLE)
		rights |= ZVMO_RIGHT_RESIZE;
	if (args->options & ZVMO_CHILD_NO_WRITE) {
		rights &= ~ZVMO_RIGHT_WRITE;
	} else if (child->kind == ZVMO_KIND_SNAPSHOT) {
		rights |= ZVMO_RIGHT_WRITE;
		rights &= ~ZVMO_RIGHT_EXECUTE;
	}
	fd = zvmo_file_install(child, rights);
	zvmo_put(child);
	return fd;
}

static long ioctl_get_info(struct zvmo_handle *handle, void *data,
			   void __user *arg)
{
	struct zvmo_info *info = data;
	u32 argsz = min_t(u32, info->argsz, sizeof(*info));
	long err;

	memset(info, 0, sizeof(*info));
	err = zvmo_get_info(handle->vmo, info);
	if (!err && argsz >= ZVMO_INFO_SIZE_VER1)
		err = zvmo_attribute_vmo(handle->vmo, info);
	if (err)
		return err;
	info->argsz = argsz;
	info->rights = handle->rights;
	return copy_to_user(arg, info, argsz) ? -EFAULT : 0;
}

static long ioctl_get_range_info(struct zvmo_handle *handle, void *data,
				 void __user *arg)
{
	struct zvmo_range_info *info = data;
	long err;

	if (info->reserved)
		return -EINVAL;
	err = zvmo_attribute_range(handle->vmo, info);
	if (err)
		return err;
	return copy_to_user(arg, info, ZVMO_RANGE_INFO_SIZE_VER0) ? -EFAULT : 0;
}

/* Change a size; the inode's lock keeps others from doing so. */
static long change_size(struct zvmo_handle *handle,
			const struct zvmo_set_size *args,
			int (*change)(struct zvmo *vmo, u32 rights, u64 size))
{
	long err;

	if (args->reserved)
		return -EINVAL;
	err = zvmo_lock_stream(handle->vmo->inode);
	if (err)
		return err;
	err = change(handle->vmo, handle->rights, args->size);
	inode_unlock(handle->vmo->inode);
	return err;
}

static long ioctl_set_size(struct zvmo_handle *handle, void *data,
			   void __user *arg)
{
	return change_size(handle, data, zvmo_set_size);
}

static long ioctl_set_stream_size(struct zvmo_handle *handle, void *data,
				  void __user *arg)
{
	return change_size(handle, data, zvmo_set_stream_size);
}

static long ioctl_op_range(struct zvmo_handle *handle, void *data,
			   void __user *arg)
{
	return zvmo_op_range(handle->vmo, handle->rights, data);
}

static long ioctl_get_name(struct zvmo_handle *handle, void *data,
			   void __user *arg)
{
	struct zvmo_name *args = data;

	if (args->reserved)
		return -EINVAL;
	if (!(handle->rights & ZVMO_RIGHT_GET_PROPERTY))
		return -EACCES;
	zvmo_get_name(handle->vmo, args->name);
	return copy_to_user(arg, args, ZVMO_NAME_SIZE_VER0) ? -EFAULT : 0;
}

static long ioctl_set_name(struct zvmo_handle *handle, void *data,
			   void __user *arg)
{
	const struct zvmo_name *args = data;

	if (args->reserved)
		return -EINVAL;
	if (!(handle->rights & ZVMO_RIGHT_SET_PROPERTY))
		return -EACCES;
	zvmo_set_name(handle->vmo, args->name);
	return 0;
}

bool zvmo_ambient_mark_vmo_exec;
module_param_named(ambient_mark_vmo_exec, zvmo_ambient_mark_vmo_exec, bool,
		   0644);
MODULE_PARM_DESC(
	ambient_mark_vmo_exec,
	"Let everybody add the right to execute, not only CAP_SYS_ADMIN (default N)");

static bool may_mark_executable(void)
{
	return READ_ONCE(zvmo_ambient_mark_vmo_exec) || capable(CAP_SYS_ADMIN);
}

static long ioctl_duplicate(struct zvmo_handle *handle, void *data,
			    void __user *arg)
{
	const struct zvmo_duplicate *args = data;
	u32 rights = args->rights, allowed = handle->rights;

	if (args->flags &
		    ~(ZVMO_DUPLICATE_REPLACE | ZVMO_DUPLICATE_EXECUTABLE) ||
	    hweight32(args->flags) > 1 || args->reserved)
		return -EINVAL;
	if (!args->flags && !(handle->rights & ZVMO_RIGHT_DUPLICATE))
		return -EACCES;
	if (args->flags & ZVMO_DUPLICATE_EXECUTABLE) {
		if (!may_mark_executable())
			return -EACCES;
		allowed |= ZVMO_RIGHT_EXECUTE;
	}
	if (rights == ZVMO_RIGHT_SAME_RIGHTS)
		rights = allowed;
	if (rights & ~allowed)
		return -EINVAL;
	return zvmo_file_install(handle->vmo, rights);
}

/* Get a second VMO by its descriptor; ends with fput(@file). */
static int get_other(int fd, struct file **file, struct zvmo_handle **handle)
{
	*file = fget(fd);
	if (!*file)
		return -EBADF;
	*handle = zvmo_file_handle(*file);
	if (*handle)
		return 0;
	fput(*file);
	return -ENOTTY;
}

static long diff_to_user(struct zvmo_handle *handle, struct zvmo_handle *other,
			 const struct zvmo_diff *args, void __user *arg)
{
	struct zvmo_diff_list list = {
		.capacity = min(args->capacity, DIFF_MAX),
	};
	long ret;

	if (!(handle->rights & other->rights & ZVMO_RIGHT_READ))
		return -EACCES;
	list.ranges = kvcalloc(list.capacity, sizeof(*list.ranges),
			       GFP_KERNEL_ACCOUNT);
	if (!list.ranges)
		return -ENOMEM;
	ret = zvmo_diff(handle->vmo, other->vmo, args->offset, args->end,
			&list);
	if (!ret && copy_to_user(u64_to_user_ptr(args->ranges), list.ranges,
				 list.nr * sizeof(*list.ranges)))
		ret = -EFAULT;
	if (!ret &&
	    put_user(list.next, &((struct zvmo_diff __user *)arg)->offset))
		ret = -EFAULT;
	kvfree(list.ranges);
	return ret ?: list.nr;
}

static long ioctl_diff(struct zvmo_handle *handle, void *data, void __user *arg)
{
	const struct zvmo_diff *args = data;
	struct zvmo_handle *other;
	struct file *file;
	long ret;

	if (args->reserved || !args->capacity ||
	    (args->offset | args->end) % PAGE_SIZE)
		return -EINVAL;
	ret = get_other(args->other, &file, &other);
	if (ret)
		return ret;
	ret = diff_to_user(handle, other, args, arg);
	fput(file);
	return ret;
}

static long ioctl_restore(struct zvmo_handle *handle, void *data,
			  void __user *arg)
{
	const struct zvmo_restore *args = data;
	struct zvmo_handle *source;
	struct file *file;
	long ret;

	if ((args->offset | args->end) % PAGE_SIZE)
		return -EINVAL;
	ret = get_other(args->source, &file, &source);
	if (ret)
		return ret;
	ret = -EACCES;
	if ((handle->rights & ZVMO_RIGHT_WRITE) &&
	    (source->rights & ZVMO_RIGHT_READ))
		ret = zvmo_restore(handle->vmo, source->vmo, args->offset,
				   args->end);
	if (!ret)
		zvmo_event_restore(handle->vmo, source->vmo);
	fput(file);
	return ret;
}

static long ioctl_transfer(struct zvmo_handle *handle, void *data,
			   void __user *arg)
{
	const struct zvmo_transfer *args = data;
	struct zvmo_handle *source;
	struct file *file;
	long ret;

	if (args->options || args->reserved ||
	    (args->offset | args->length | args->source_offset) % PAGE_SIZE)
		return -EINVAL;
	ret = get_other(args->source, &file, &source);
	if (ret)
		return ret;
	ret = -EACCES;
	if ((handle->rights & source->rights & ZVMO_RIGHT_WRITE) &&
	    (source->rights & ZVMO_RIGHT_READ))
		ret = zvmo_transfer(handle->vmo, args->offset, args->length,
				    source->vmo, args->source_offset);
	fput(file);
	return ret;
}

static long ioctl_map_range(struct zvmo_handle *handle, void *data,
			    void __user *arg)
{
	const struct zvmo_map_range *args = data;

	return zvmo_map_range(handle, args->flags, args->address, args->length);
}

static long ioctl_set_priority(struct zvmo_handle *handle, void *data,
			       void __user *arg)
{
	const struct zvmo_set_priority *args = data;

	return zvmo_set_priority(handle, args->priority, args->address,
				 args->length);
}

static long ioctl_set_cache_policy(struct zvmo_handle *handle, void *data,
				   void __user *arg)
{
	const struct zvmo_set_cache_policy *args = data;

	return zvmo_set_cache_policy(handle->vmo, handle->rights, args->policy);
}

static long ioctl_read(struct zvmo_handle *handle, void *data, void __user *arg)
{
	const struct zvmo_rw *args = data;

	if (args->reserved)
		return -EINVAL;
	if (!(handle->rights & ZVMO_RIGHT_READ))
		return -EACCES;
	return zvmo_read(handle->vmo, args->offset, args->length,
			 u64_to_user_ptr(args->buffer));
}

static long ioctl_write(struct zvmo_handle *handle, void *data,
			void __user *arg)
{
	const struct zvmo_rw *args = data;

	if (args->reserved)
		return -EINVAL;
	if (!(handle->rights & ZVMO_RIGHT_WRITE))
		return -EACCES;
	return zvmo_write(handle->vmo, args->offset, args->length,
			  u64_to_user_ptr(args->buffer));
}

static long ioctl_keep(struct zvmo_handle *handle, void *data, void __user *arg)
{
	return zvmo_kept_add(handle, data);
}

union vmo_ioctl_args {
	struct zvmo_create_child create_child;
	struct zvmo_info info;
	struct zvmo_set_size set_size;
	struct zvmo_op_range op_range;
	struct zvmo_name name;
	struct zvmo_duplicate duplicate;
	struct zvmo_diff diff;
	struct zvmo_range_info range_info;
	struct zvmo_rw rw;
	struct zvmo_keep keep;
	struct zvmo_restore restore;
	struct zvmo_set_cache_policy set_cache_policy;
	struct zvmo_transfer transfer;
	struct zvmo_map_range map_range;
	struct zvmo_set_priority set_priority;
};

/*
 * @known is the size of the structure here, or 0 for one that is only returned
 * (its size is read); @least is the size of its first version. @name is told to
 * user space.
 */
struct vmo_ioctl {
	const char *name;
	size_t known;
	size_t least;
	long (*call)(struct zvmo_handle *handle, void *data, void __user *arg);
};

/* @size_now: of the version here; @least_size: of the first. */
#define VMO_IOCTL_GROWN(nr, type, size_now, least_size, ioctl)                 \
	[_IOC_NR(nr)] = {                                                      \
		.name = #ioctl,                                                \
		.known = sizeof(struct type) +                                 \
			 BUILD_BUG_ON_ZERO(sizeof(struct type) != (size_now)), \
		.least = (least_size),                                         \
		.call = ioctl_##ioctl,                                         \
	}
#define VMO_IOCTL(nr, type, size, ioctl) \
	VMO_IOCTL_GROWN(nr, type, size, size, ioctl)

static const struct vmo_ioctl vmo_ioctls[] = {
	VMO_IOCTL(ZVMO_IOC_CREATE_CHILD, zvmo_create_child,
		  ZVMO_CREATE_CHILD_SIZE_VER0, create_child),
	[_IOC_NR(ZVMO_IOC_GET_INFO)] = {
		.name = "get_info",
		.least = ZVMO_INFO_SIZE_VER0,
		.call = ioctl_get_info,
	},
	VMO_IOCTL(ZVMO_IOC_SET_SIZE, zvmo_set_size, ZVMO_SET_SIZE_SIZE_VER0,
		  set_size),
	VMO_IOCTL_GROWN(ZVMO_IOC_OP_RANGE, zvmo_op_range,
			ZVMO_OP_RANGE_SIZE_VER1, ZVMO_OP_RANGE_SIZE_VER0,
			op_range),
	VMO_IOCTL(ZVMO_IOC_GET_NAME, zvmo_name, ZVMO_NAME_SIZE_VER0,
		  get_name),
	VMO_IOCTL(ZVMO_IOC_SET_NAME, zvmo_name, ZVMO_NAME_SIZE_VER0,
		  set_name),
	VMO_IOCTL(ZVMO_IOC_DUPLICATE, zvmo_duplicate,
		  ZVMO_DUPLICATE_SIZE_VER0, duplicate),
	VMO_IOCTL(ZVMO_IOC_DIFF, zvmo_diff, ZVMO_DIFF_SIZE_VER0, diff),
	VMO_IOCTL(ZVMO_IOC_SET_STREAM_SIZE, zvmo_set_size,
		  ZVMO_SET_SIZE_SIZE_VER0, set_stream_size),
	VMO_IOCTL(ZVMO_IOC_SET_CACHE_POLICY, zvmo_set_cache_policy,
		  ZVMO_SET_CACHE_POLICY_SIZE_VER0, set_cache_policy),
	VMO_IOCTL(ZVMO_IOC_TRANSFER, zvmo_transfer, ZVMO_TRANSFER_SIZE_VER0,
		  transfer),
	VMO_IOCTL(ZVMO_IOC_MAP_RANGE, zvmo_map_range, ZVMO_MAP_RANGE_SIZE_VER0,
		  map_range),
	VMO_IOCTL(ZVMO_IOC_SET_PRIORITY, zvmo_set_priority,
		  ZVMO_SET_PRIORITY_SIZE_VER0, set_priority),
	VMO_IOCTL(ZVMO_IOC_RESTORE, zvmo_restore, ZVMO_RESTORE_SIZE_VER0,
		  restore),
	VMO_IOCTL(ZVMO_IOC_GET_RANGE_INFO, zvmo_range_info,
		  ZVMO_RANGE_INFO_SIZE_VER0, get_range_info),
	VMO_IOCTL(ZVMO_IOC_READ, zvmo_rw, ZVMO_RW_SIZE_VER0, read),
	VMO_IOCTL(ZVMO_IOC_WRITE, zvmo_rw, ZVMO_RW_SIZE_VER0, write),
	VMO_IOCTL(ZVMO_IOC_KEEP, zvmo_keep, ZVMO_KEEP_SIZE_VER0, keep),
};

/**
 * zvmo_vmo_ioctl_name() - Name of an ioctl of VMOs.
 * @nr: Its number, of all that there may be.
 *
 * Return: The name, or NULL if there is no such ioctl.
 */
const char *zvmo_vmo_ioctl_name(unsigned int nr)
{
	return nr < ARRAY_SIZE(vmo_ioctls) ? vmo_ioctls[nr].name : NULL;
}

/**
 * zvmo_vmo_ioctl() - file_operations.unlocked_ioctl of a VMO's file.
 * @file: The file.
 * @cmd: ZVMO_IOC_*.
 * @arg: The user's structure.
 *
 * Context: May sleep and fault.
 * Return: As uapi/linux/zvmo.h documents for @cmd.
 */
long zvmo_vmo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct vmo_ioctl *ioctl;
	union vmo_ioctl_args data;
	int nr = zvmo_ioctl_index(cmd, ARRAY_SIZE(vmo_ioctls));
	long err;

	if (nr < 0 || !vmo_ioctls[nr].call)
		return -ENOTTY;
	ioctl = &vmo_ioctls[nr];
	if (ioctl->known)
		err = zvmo_copy_args(&data, ioctl->known, ioctl->least,
				     (void __user *)arg);
	else
		err = zvmo_copy_argsz(&data.info.argsz, ioctl->least,
				      (void __user *)arg);
	return err   ?:
		       ioctl->call(file->private_data, &data,
				   (void __user *)arg);
}
