// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: kept VMOs - VMOs that live on under a name
 *
 * A kept VMO has a name in one flat table of the machine, an owner and a mode
 * like a file's, and the rights of the handle by which it was kept: to open it
 * gives a new handle, never with more. The table holds a reference of each VMO;
 * a VMO pins the file system, and that the module.
 *
 * Users without CAP_SYS_RESOURCE can keep so many VMOs; what these contain is
 * charged to the memory cgroup of who writes it, and stays so.
 *
 * Locking: kept_lock protects the table, the counts per user, and what is in
 * them. Nothing of zvmo's nests inside: a VMO is put after it is released.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "event.h"
#include "kept.h"
#include "vmo_file.h"

/* Modes that mean something: whoever may read, and whoever may write. */
#define VALID_MODE 0666

/* Taken away from who may not read; and from who may not write. */
#define READ_RIGHTS (ZVMO_RIGHT_READ | ZVMO_RIGHT_EXECUTE)
#define WRITE_RIGHTS \
	(ZVMO_RIGHT_WRITE | ZVMO_RIGHT_RESIZE | ZVMO_RIGHT_SET_PROPERTY)

/**
 * struct kept - An entry of the table. Nothing in it changes.
 * @node: In the table.
 * @vmo: The VMO; a reference is held.
 * @rights: ZVMO_RIGHT_*, of the handle by which it was kept.
 * @mode: Who may read and write it.
 * @uid: Its owner.
 * @gid: Its group.
 * @name: Padded with NULs, at least one.
 */
struct kept {
	struct rb_node node;
	struct zvmo *vmo;
	u32 rights;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
	char name[ZVMO_NAME_LEN];
};

/* Protects the three below; nothing nests inside. */
static DEFINE_MUTEX(kept_lock);
static struct rb_root kept_table = RB_ROOT;
/* How many each user keeps, by uid; as values. */
static DEFINE_XARRAY(kept_counts);

static unsigned long nr_kept;

unsigned int zvmo_kept_max = 256;
module_param_named(kept_max, zvmo_kept_max, uint, 0644);
MODULE_PARM_DESC(
	kept_max,
	"How many VMOs a user without CAP_SYS_RESOURCE can keep under names (default 256)");

/* A NUL ends it, only NULs follow, and it is not empty. */
static bool name_is_valid(const char name[ZVMO_NAME_LEN])
{
	size_t length = strnlen(name, ZVMO_NAME_LEN);

	return length && length < ZVMO_NAME_LEN &&
	       !memchr_inv(name + length, 0, ZVMO_NAME_LEN - length);
}

static struct kept *find_kept(const char *name)
{
	struct rb_node *node = kept_table.rb_node;
	struct kept *kept;
	int order;

	lockdep_assert_held(&kept_lock);
	while (node) {
		kept = rb_entry(node, struct kept, node);
		order = strcmp(name, kept->name);
		if (!order)
			return kept;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* The first whose name is greater than @name, or NULL. */
static struct kept *find_next(const char *name)
{
	struct rb_node *node = kept_table.rb_node;
	struct kept *kept, *next = NULL;

	lockdep_assert_held(&kept_lock);
	while (node) {
		kept = rb_entry(node, struct kept, node);
		if (strcmp(name, kept->name) < 0) {
			next = kept;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return next;
}

/* Permissions, as of files: the first class that fits decides */

static bool is_owner(const struct kept *kept)
{
	return uid_eq(current_fsuid(), kept->uid);
}

/* What of the rights the caller may have. */
static u32 permitted_rights(const struct kept *kept)
{
	umode_t mode = kept->mode;
	u32 rights = kept->rights;

	if (is_owner(kept))
		mode >>= 6;
	else if (in_group_p(kept->gid))
		mode >>= 3;
	if ((mode & (MAY_READ | MAY_WRITE)) != (MAY_READ | MAY_WRITE) &&
	    capable(CAP_DAC_OVERRIDE))
		mode = MAY_READ | MAY_WRITE;
	if (!(mode & MAY_READ))
		rights &= ~READ_RIGHTS;
	if (!(mode & MAY_WRITE))
		rights &= ~WRITE_RIGHTS;
	return mode & (MAY_READ | MAY_WRITE) ? rights : 0;
}

/* Counts */

static unsigned long count_of(kuid_t uid)
{
	void *entry = xa_load(&kept_counts, __kuid_val(uid));

	return entry ? xa_to_value(entry) : 0;
}

static int count_up(kuid_t uid)
{
	unsigned long count = count_of(uid);

	lockdep_assert_held(&kept_lock);
	if (count >= READ_ONCE(zvmo_kept_max) && !capable(CAP_SYS_RESOURCE))
		return -ENOSPC;
	return xa_err(xa_store(&kept_counts, __kuid_val(uid),
			       xa_mk_value(count + 1), GFP_KERNEL_ACCOUNT));
}

/* To replace or erase an entry takes no memory. */
static void count_down(kuid_t uid)
{
	unsigned long count = count_of(uid) - 1;

	lockdep_assert_held(&kept_lock);
	if (count)
		xa_store(&kept_counts, __kuid_val(uid), xa_mk_value(count),
			 GFP_KERNEL);
	else
		xa_erase(&kept_counts, __kuid_val(uid));
}

/* The table */

static int insert_kept(struct kept *new)
{
	struct rb_node **link = &kept_table.rb_node, *parent = NULL;
	struct kept *kept;
	int order, err;

	lockdep_assert_held(&kept_lock);
	while (*link) {
		parent = *link;
		kept = rb_entry(parent, struct kept, node);
		order = strcmp(new->name, kept->name);
		if (!order)
			return -EEXIST;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	err = count_up(new->uid);
	if (err)
		return err;
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &kept_table);
	WRITE_ONCE(nr_kept, nr_kept + 1);
	return 0;
}

/**
 * zvmo_kept_add() - Keep a VMO under a name.
 * @handle: Handle of the VMO.
 * @args: As ZVMO_IOC_KEEP documents.
 *
 * Context: May sleep.
 * Return: 0, or an errno as documented there; then nothing changed.
 */
int zvmo_kept_add(const struct zvmo_handle *handle,
		  const struct zvmo_keep *args)
{
	struct kept *kept;
	int err;

	if ((args->mode & ~VALID_MODE) || !name_is_valid(args->name))
		return -EINVAL;
	if (!(handle->rights & ZVMO_RIGHT_DUPLICATE))
		return -EACCES;
	kept = kzalloc(sizeof(*kept), GFP_KERNEL_ACCOUNT);
	if (!kept)
		return -ENOMEM;
	kept->vmo = handle->vmo;
	kept->rights = handle->rights;
	kept->mode = args->mode;
	kept->uid = current_fsuid();
	kept->gid = current_fsgid();
	memcpy(kept->name, args->name, sizeof(kept->name));
	mutex_lock(&kept_lock);
	err = insert_kept(kept);
	if (!err)
		kref_get(&kept->vmo->refs);
	mutex_unlock(&kept_lock);
	if (err == -ENOSPC)
		zvmo_event_limit_hit(ZVMO_LIMIT_KEPT);
	if (err)
		kfree(kept);
	return err;
}

/* Find a VMO and the rights to give; with a reference of it. */
static struct zvmo *get_kept(const struct zvmo_open_kept *args, u32 *rights)
{
	struct zvmo *vmo;
	struct kept *kept;
	u32 permitted;

	lockdep_assert_held(&kept_lock);
	kept = find_kept(args->name);
	if (!kept)
		return ERR_PTR(-ENOENT);
	permitted = permitted_rights(kept);
	*rights = args->rights == ZVMO_RIGHT_SAME_RIGHTS ? permitted :
							   args->rights;
	if (!permitted || (*rights & ~permitted))
		return ERR_PTR(-EACCES);
	vmo = kept->vmo;
	kref_get(&vmo->refs);
	return vmo;
}

/**
 * zvmo_kept_open() - Make a descriptor for a kept VMO.
 * @args: As ZVMO_IOC_OPEN_KEPT documents.
 *
 * Context: May sleep.
 * Return: The descriptor, or an errno as documented there.
 */
int zvmo_kept_open(const struct zvmo_open_kept *args)
{
	struct zvmo *vmo;
	u32 rights;
	int fd;

	if (args->reserved || !name_is_valid(args->name))
		return -EINVAL;
	mutex_lock(&kept_lock);
	vmo = get_kept(args, &rights);
	mutex_unlock(&kept_lock);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	fd = zvmo_file_install(vmo, rights);
	zvmo_put(vmo);
	return fd;
}

static struct kept *remove_kept(const char *name)
{
	struct kept *kept;

	lockdep_assert_held(&kept_lock);
	kept = find_kept(name);
	if (!kept)
		return ERR_PTR(-ENOENT);
	if (!is_owner(kept) && !capable(CAP_FOWNER))
		return ERR_PTR(-EACCES);
	rb_erase(&kept->node, &kept_table);
	WRITE_ONCE(nr_kept, nr_kept - 1);
	count_down(kept->uid);
	return kept;
}

/**
 * zvmo_kept_drop() - Keep a VMO no longer.
 * @args: As ZVMO_IOC_DROP documents.
 *
 * Context: May sleep. The caller's code must be pinned, as by an open device:
 * it may be the last VMO.
 * Return: 0, or an errno as documented there.
 */
int zvmo_kept_drop(const struct zvmo_name *args)
{
	struct kept *kept;

	if (args->reserved || !name_is_valid(args->name))
		return -EINVAL;
	mutex_lock(&kept_lock);
	kept = remove_kept(args->name);
	mutex_unlock(&kept_lock);
	if (IS_ERR(kept))
		return PTR_ERR(kept);
	zvmo_put(kept->vmo);
	kfree(kept);
	return 0;
}

static void fill_info(struct zvmo_kept_info *info, const struct kept *kept)
{
	info->mode = kept->mode;
	info->rights = kept->rights;
	info->uid = from_kuid_munged(current_user_ns(), kept->uid);
	info->gid = from_kgid_munged(current_user_ns(), kept->gid);
	info->koid = kept->vmo->koid;
	memcpy(info->name, kept->name, sizeof(info->name));
}

/**
 * zvmo_kept_next() - Describe the kept VMO that comes next by name.
 * @info: As ZVMO_IOC_NEXT_KEPT documents.
 *
 * Context: May sleep.
 * Return: 0, or an errno as documented there.
 */
int zvmo_kept_next(struct zvmo_kept_info *info)
{
	struct kept *kept;
	int err = -ENOENT;

	if (strnlen(info->name, ZVMO_NAME_LEN) == ZVMO_NAME_LEN)
		return -EINVAL;
	mutex_lock(&kept_lock);
	for (kept = find_next(info->name); kept;
	     kept = rb_entry_safe(rb_next(&kept->node), struct kept, node)) {
		if (!is_owner(kept) && !permitted_rights(kept))
			continue;
		fill_info(info, kept);
		err = 0;
		break;
	}
	mutex_unlock(&kept_lock);
	return err;
}

/**
 * zvmo_kept_count_all() - How many VMOs are kept.
 *
 * Return: The number.
 */
unsigned long zvmo_kept_count_all(void)
{
	return READ_ONCE(nr_kept);
}
