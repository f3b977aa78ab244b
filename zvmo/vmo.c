// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: VMOs - what a handle refers to (Zircon: VmObjectDispatcher)
 *
 * Creation with the checks and in the order that uapi/linux/zvmo.h documents,
 * the hierarchy, and what a VMO tells about itself.
 *
 * The hierarchy follows the calls that created children, not how content is
 * shared. A child holds no reference to its parent: when a parent dies, its
 * children move to the parent's parent. So a VMO without children has no living
 * descendants, and the family of a VMO dies in any order.
 *
 * VMOs can be found by koid from when they are complete until they die. Who
 * finds one gets a reference, unless it is just about to die.
 *
 * Locking: hierarchy_lock protects all links between VMOs, which of them can be
 * found, and that the memory of those stays. It is held briefly, and no other
 * lock of zvmo's is taken under it.
 */
#include <linux/cred.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "discard.h"
#include "event.h"
#include "vmo.h"

/* Koids below are reserved, as Zircon's are. */
#define FIRST_KOID 1024

#define SNAPSHOT_KINDS                                        \
	(ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_SNAPSHOT_MODIFIED | \
	 ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE)
#define CHILD_KINDS (SNAPSHOT_KINDS | ZVMO_CHILD_SLICE | ZVMO_CHILD_REFERENCE)

static DEFINE_MUTEX(hierarchy_lock);
static atomic64_t last_koid = ATOMIC64_INIT(FIRST_KOID - 1);
static atomic_long_t nr_vmos;

/*
 * All VMOs that are complete, and how often that changed. Protected by
 * hierarchy_lock. Whoever looks for one sorts all into the tree, by koid; before,
 * they are in the list. So a snapshot that nobody looked for is added and removed
 * in a few instructions: a tree alone makes it 3 % dearer, an xarray, which needs
 * memory, 10 %.
 */
static struct rb_root vmos = RB_ROOT;
static LIST_HEAD(vmos_unsorted);
static u32 vmos_generation = 1;

/* Hierarchy */

static void link_child(struct zvmo *parent, struct zvmo *child)
{
	lockdep_assert_held(&hierarchy_lock);
	child->parent = parent;
	if (!parent)
		return;
	list_add_tail(&child->sibling, &parent->children);
	WRITE_ONCE(parent->nr_children, parent->nr_children + 1);
}

static void unlink_child(struct zvmo *child)
{
	struct zvmo *parent = child->parent;

	lockdep_assert_held(&hierarchy_lock);
	if (!parent)
		return;
	list_del_init(&child->sibling);
	child->parent = NULL;
	WRITE_ONCE(parent->nr_children, parent->nr_children - 1);
	if (!parent->nr_children)
		wake_up_interruptible_poll(&parent->wait, EPOLLPRI);
}

static void vmos_changed(void)
{
	lockdep_assert_held(&hierarchy_lock);
	WRITE_ONCE(vmos_generation, vmos_generation + 1 ?: 1);
}

/* Let a complete VMO be found, and its parent, if it has one, know of it. */
static void join_hierarchy(struct zvmo *vmo, struct zvmo *parent)
{
	mutex_lock(&hierarchy_lock);
	link_child(parent, vmo);
	list_add_tail(&vmo->unsorted, &vmos_unsorted);
	vmo->place = ZVMO_UNSORTED;
	vmos_changed();
	mutex_unlock(&hierarchy_lock);
}

/*
 * Take a dying VMO out of the hierarchy; its children move up. Says whether it
 * could be found.
 */
static bool leave_hierarchy(struct zvmo *vmo)
{
	struct zvmo *parent, *child, *next;
	bool known;

	mutex_lock(&hierarchy_lock);
	parent = vmo->parent;
	list_for_each_entry_safe(child, next, &vmo->children, sibling) {
		unlink_child(child);
		link_child(parent, child);
	}
	unlink_child(vmo);
	known = vmo->place != ZVMO_NOWHERE;
	if (vmo->place == ZVMO_UNSORTED)
		list_del(&vmo->unsorted);
	else if (vmo->place == ZVMO_SORTED)
		rb_erase(&vmo->by_koid, &vmos);
	if (known)
		vmos_changed();
	mutex_unlock(&hierarchy_lock);
	return known;
}

/**
 * zvmo_has_children() - Does a VMO have living children, of any kind?
 * @vmo: The VMO.
 *
 * Return: The answer at this moment.
 */
bool zvmo_has_children(const struct zvmo *vmo)
{
	return READ_ONCE(vmo->nr_children);
}

/* Finding */

static bool vmo_is_before(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct zvmo, by_koid)->koid <
	       rb_entry(b, struct zvmo, by_koid)->koid;
}

static void sort_vmos(void)
{
	struct zvmo *vmo, *next;

	lockdep_assert_held(&hierarchy_lock);
	list_for_each_entry_safe(vmo, next, &vmos_unsorted, unsorted) {
		list_del(&vmo->unsorted);
		rb_add(&vmo->by_koid, &vmos, vmo_is_before);
		vmo->place = ZVMO_SORTED;
	}
}

/* The first VMO from a koid on, which may be dying. */
static struct zvmo *vmo_from(u64 koid)
{
	struct zvmo *vmo, *found = NULL;
	struct rb_node *node;

	sort_vmos();
	node = vmos.rb_node;
	while (node) {
		vmo = rb_entry(node, struct zvmo, by_koid);
		if (vmo->koid >= koid) {
			found = vmo;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * zvmo_find_next() - Find the first VMO from a koid on.
 * @koid: In: the koid; out: that of the VMO, if there is one.
 *
 * Context: Takes and releases hierarchy_lock.
 * Return: The VMO with a reference, or NULL.
 */
struct zvmo *zvmo_find_next(u64 *koid)
{
	struct zvmo *vmo;

	mutex_lock(&hierarchy_lock);
	vmo = vmo_from(*koid);
	while (vmo && !kref_get_unless_zero(&vmo->refs))
		vmo = rb_entry_safe(rb_next(&vmo->by_koid), struct zvmo,
				    by_koid);
	mutex_unlock(&hierarchy_lock);
	if (vmo)
		*koid = vmo->koid;
	return vmo;
}

/**
 * zvmo_find() - Find a VMO by its koid.
 * @koid: The koid.
 *
 * Context: Takes and releases hierarchy_lock.
 * Return: The VMO with a reference, or NULL.
 */
struct zvmo *zvmo_find(u64 koid)
{
	struct zvmo *vmo;

	mutex_lock(&hierarchy_lock);
	vmo = vmo_from(koid);
	if (vmo && (vmo->koid != koid || !kref_get_unless_zero(&vmo->refs)))
		vmo = NULL;
	mutex_unlock(&hierarchy_lock);
	return vmo;
}

/**
 * zvmo_generation() - A number that changes when VMOs come and go.
 *
 * Return: The number, not 0.
 */
u32 zvmo_generation(void)
{
	return READ_ONCE(vmos_generation);
}

/* Life */

/*
 * A VMO on @cow and @inode, whose use and reference it takes over. It pins
 * the file system that they are on.
 */
static struct zvmo *vmo_alloc(enum zvmo_kind kind, struct zvmo_cow *cow,
			      struct inode *inode)
{
	struct zvmo *vmo = kzalloc(sizeof(*vmo), GFP_KERNEL_ACCOUNT);

	if (!vmo)
		return NULL;
	if (zvmo_fs_pin()) {
		kfree(vmo);
		return NULL;
	}
	kref_init(&vmo->refs);
	vmo->kind = kind;
	vmo->koid = atomic64_inc_return(&last_koid);
	if (kind == ZVMO_KIND_ORIGINAL)
		cow->family->id = vmo->koid;
	vmo->owner = current_euid();
	vmo->owner_pid = task_tgid_nr(current);
	vmo->cow = cow;
	vmo->inode = inode;
	INIT_LIST_HEAD(&vmo->children);
	INIT_LIST_HEAD(&vmo->sibling);
	init_waitqueue_head(&vmo->wait);
	spin_lock_init(&vmo->name_lock);
	atomic_long_inc(&nr_vmos);
	return vmo;
}

static void vmo_release(struct kref *refs)
{
	struct zvmo *vmo = container_of(refs, struct zvmo, refs);

	if (leave_hierarchy(vmo))
		zvmo_event_destroy(vmo);
	if (vmo->view.mapping)
		zvmo_cow_remove_view(vmo->cow, &vmo->view);
	iput(vmo->inode);
	/* It has no other VMO. */
	if (vmo->cow->family->discard)
		zvmo_discard_destroy(vmo->cow);
	zvmo_cow_put(vmo->cow);
	kfree(vmo);
	atomic_long_dec(&nr_vmos);
	zvmo_fs_unpin();
}

/**
 * zvmo_put() - Drop a reference to a VMO.
 * @vmo: The VMO. With the last reference it dies; its children live on.
 *
 * Context: May sleep.
 */
void zvmo_put(struct zvmo *vmo)
{
	kref_put(&vmo->refs, vmo_release);
}

/**
 * zvmo_count_all() - How many VMOs exist.
 *
 * Return: The number.
 */
unsigned long zvmo_count_all(void)
{
	return atomic_long_read(&nr_vmos);
}

/* A VMO that is the only user of a new content object, which it takes over. */
static struct zvmo *vmo_alloc_on_new_cow(enum zvmo_kind kind,
					 struct zvmo_cow *cow)
{
	struct zvmo *vmo;

	if (IS_ERR(cow))
		return ERR_CAST(cow);
	vmo = vmo_alloc(kind, cow, cow->inode);
	if (!vmo) {
		zvmo_cow_put(cow);
		return ERR_PTR(-ENOMEM);
	}
	ihold(cow->inode);
	return vmo;
}

/**
 * zvmo_create() - Create an anonymous VMO.
 * @args: As ZVMO_IOC_CREATE documents.
 *
 * The caller has pinned the file system, as an open device does.
 *
 * Context: May sleep.
 * Return: The VMO with one reference, or an ERR_PTR() as documented there.
 */
struct zvmo *zvmo_create(const struct zvmo_create *args)
{
	bool resizable = args->options & ZVMO_RESIZABLE;
	u64 size = round_up(args->size, PAGE_SIZE);
	struct zvmo *vmo;

	if (args->options &
	    ~(ZVMO_RESIZABLE | ZVMO_DISCARDABLE | ZVMO_UNBOUNDED))
		return ERR_PTR(-EINVAL);
	if (resizable && (args->options & ZVMO_UNBOUNDED))
		return ERR_PTR(-EINVAL);
	if (size < args->size || size > ZVMO_SIZE_MAX)
		return ERR_PTR(-EFBIG);
	if (args->options & ZVMO_UNBOUNDED)
		size = ZVMO_SIZE_MAX;
	vmo = vmo_alloc_on_new_cow(ZVMO_KIND_ORIGINAL,
				   zvmo_cow_create(size, args->size,
						   resizable));
	if (!IS_ERR(vmo) && (args->options & ZVMO_DISCARDABLE) &&
	    zvmo_discard_create(vmo->cow)) {
		zvmo_put(vmo);
		return ERR_PTR(-ENOMEM);
	}
	if (!IS_ERR(vmo)) {
		join_hierarchy(vmo, NULL);
		zvmo_event_create(vmo);
	}
	return vmo;
}

static struct zvmo *create_snapshot(struct zvmo *parent,
				    const struct zvmo_create_child *args)
{
	u64 size = round_up(args->size, PAGE_SIZE), end;
	u64 base = (u64)parent->cow->base << PAGE_SHIFT;
	struct zvmo *child;

	if (size > ZVMO_SIZE_MAX ||
	    check_add_overflow((u64)args->offset, size, &end) ||
	    end > ZVMO_SIZE_MAX)
		return ERR_PTR(-EFBIG);
	if (end > ZVMO_SIZE_MAX - base)
		return ERR_PTR(-EINVAL);
	if (parent->kind == ZVMO_KIND_SLICE)
		return ERR_PTR(-EOPNOTSUPP);
	child = vmo_alloc_on_new_cow(
		ZVMO_KIND_SNAPSHOT,
		zvmo_cow_clone(parent->cow, args->offset, args->size,
			       args->options & ZVMO_CHILD_RESIZABLE));
	if (!IS_ERR(child))
		child->immutable = (args->options & ZVMO_CHILD_SNAPSHOT) &&
				   (args->options & ZVMO_CHILD_NO_WRITE);
	return child;
}

/* A second VMO is to use a content object: not while it may not be cached. */
static int use_cow(struct zvmo_cow *cow)
{
	int err;

	zvmo_cow_get(cow);
	/* Under the lock: zvmo_set_cache_policy() looks at the users. */
	err = down_read_killable(&cow->lock);
	if (!err) {
		err = zvmo_cow_check(cow);
		up_read(&cow->lock);
	}
	if (err)
		zvmo_cow_put(cow);
	return err;
}

/* Let the mappings of a slice be reached; a slice of nothing has none. */
static void slice_add_view(struct zvmo *slice)
{
	unsigned long pages = slice->slice_size >> PAGE_SHIFT;

	if (!pages)
		return;
	slice->view.node.start = slice->first;
	slice->view.node.last = slice->first + pages - 1;
	slice->view.mapping = slice->inode->i_mapping;
	zvmo_cow_add_view(slice->cow, &slice->view);
}

static struct zvmo *create_slice(struct zvmo *parent,
				 const struct zvmo_create_child *args)
{
	u64 size = round_up(args->size, PAGE_SIZE), end;
	struct inode *inode;
	struct zvmo *child;
	int err;

	if (size > ZVMO_SIZE_MAX)
		return ERR_PTR(-EFBIG);
	if (check_add_overflow((u64)args->offset, size, &end) ||
	    end > zvmo_size(parent))
		return ERR_PTR(-EINVAL);
	if (parent->cow->resizable)
		return ERR_PTR(-EOPNOTSUPP);
	err = use_cow(parent->cow);
	if (err)
		return ERR_PTR(err);
	inode = zvmo_fs_new_inode(NULL, args->size);
	if (!inode)
		goto put_cow;
	child = vmo_alloc(ZVMO_KIND_SLICE, parent->cow, inode);
	if (!child)
		goto put_inode;
	child->first = parent->first + (args->offset >> PAGE_SHIFT);
	child->slice_size = size;
	slice_add_view(child);
	return child;

put_inode:
	iput(inode);
put_cow:
	zvmo_cow_put(parent->cow);
	return ERR_PTR(-ENOMEM);
}

static struct zvmo *create_reference(struct zvmo *parent, u32 rights,
				     const struct zvmo_create_child *args)
{
	struct zvmo *child;
	int err;

	if (parent->kind == ZVMO_KIND_SLICE)
		return ERR_PTR(-EOPNOTSUPP);
	if (args->options & ZVMO_CHILD_RESIZABLE) {
		if (!parent->cow->resizable)
			return ERR_PTR(-EOPNOTSUPP);
		if (!(rights & ZVMO_RIGHT_RESIZE))
			return ERR_PTR(-EACCES);
	}
	err = use_cow(parent->cow);
	if (err)
		return ERR_PTR(err);
	child = vmo_alloc(ZVMO_KIND_REFERENCE, parent->cow, parent->inode);
	if (!child) {
		zvmo_cow_put(parent->cow);
		return ERR_PTR(-ENOMEM);
	}
	ihold(parent->inode);
	return child;
}

/* The checks that come before those of one kind, in the documented order. */
static int check_child_args(const struct zvmo *parent, u32 rights,
			    const struct zvmo_create_child *args)
{
	u32 kind = args->options & CHILD_KINDS;
	u32 flags = args->options & ~CHILD_KINDS;

	if (round_up(args->size, PAGE_SIZE) < args->size)
		return -EFBIG;
	if ((flags & ZVMO_CHILD_RESIZABLE) && (flags & ZVMO_CHILD_NO_WRITE))
		return -EINVAL;
	if (!(rights & ZVMO_RIGHT_DUPLICATE) || !(rights & ZVMO_RIGHT_READ))
		return -EACCES;
	if (parent->cow->family->discard)
		return -EOPNOTSUPP;
	if (hweight32(kind) != 1 ||
	    (flags & ~(ZVMO_CHILD_RESIZABLE | ZVMO_CHILD_NO_WRITE)))
		return -EINVAL;
	if (kind == ZVMO_CHILD_SLICE && (flags & ZVMO_CHILD_RESIZABLE))
		return -EINVAL;
	if (kind == ZVMO_CHILD_REFERENCE && (args->offset || args->size))
		return -EINVAL;
	return args->offset % PAGE_SIZE ? -EINVAL : 0;
}

/**
 * zvmo_create_child() - Create a snapshot, slice or reference.
 * @parent: The parent.
 * @rights: Rights of the handle that was used.
 * @args: As ZVMO_IOC_CREATE_CHILD documents.
 *
 * When it returns, @parent has the child.
 *
 * Context: May sleep.
 * Return: The child with one reference, or an ERR_PTR() as documented there.
 */
struct zvmo *zvmo_create_child(struct zvmo *parent, u32 rights,
			       const struct zvmo_create_child *args)
{
	struct zvmo *child;
	int err;

	err = check_child_args(parent, rights, args);
	if (err)
		return ERR_PTR(err);
	if (args->options & ZVMO_CHILD_SLICE)
		child = create_slice(parent, args);
	else if (args->options & ZVMO_CHILD_REFERENCE)
		child = create_reference(parent, rights, args);
	else
		child = create_snapshot(parent, args);
	if (IS_ERR(child))
		return child;
	if (rights & ZVMO_RIGHT_GET_PROPERTY)
		zvmo_get_name(parent, child->name);
	join_hierarchy(child, parent);
	zvmo_event_clone(child, parent);
	return child;
}

/* What it tells */

/**
 * zvmo_get_name() - Copy the name out.
 * @vmo: The VMO.
 * @name: ZVMO_NAME_LEN bytes, padded with NULs.
 */
void zvmo_get_name(struct zvmo *vmo, char *name)
{
	spin_lock(&vmo->name_lock);
	memcpy(name, vmo->name, ZVMO_NAME_LEN);
	spin_unlock(&vmo->name_lock);
}

/**
 * zvmo_set_name() - Change the name.
 * @vmo: The VMO.
 * @name: ZVMO_NAME_LEN bytes; ends at the first NUL or before the last byte.
 */
void zvmo_set_name(struct zvmo *vmo, const char *name)
{
	spin_lock(&vmo->name_lock);
	strscpy_pad(vmo->name, name, ZVMO_NAME_LEN);
	spin_unlock(&vmo->name_lock);
}

/**
 * zvmo_parent_koid() - The koid of the parent.
 * @vmo: The VMO.
 *
 * Return: The koid at this moment, or 0.
 */
u64 zvmo_parent_koid(struct zvmo *vmo)
{
	u64 koid;

	mutex_lock(&hierarchy_lock);
	koid = vmo->parent ? vmo->parent->koid : 0;
	mutex_unlock(&hierarchy_lock);
	return koid;
}

static u32 info_flags(const struct zvmo *vmo)
{
	u32 flags = ZVMO_INFO_TYPE_PAGED | ZVMO_INFO_VIA_HANDLE;

	if (vmo->cow->resizable)
		flags |= ZVMO_INFO_RESIZABLE;
	if (vmo->cow->family->discard)
		flags |= ZVMO_INFO_DISCARDABLE;
	if (vmo->immutable)
		flags |= ZVMO_INFO_IMMUTABLE;
	if (vmo->kind == ZVMO_KIND_SNAPSHOT)
		flags |= ZVMO_INFO_IS_COW_CLONE;
	if (vmo->kind == ZVMO_KIND_REFERENCE)
		flags |= ZVMO_INFO_IS_REFERENCE;
	if (vmo->kind == ZVMO_KIND_SLICE)
		flags |= ZVMO_INFO_IS_SLICE;
	return flags;
}

/**
 * zvmo_get_info() - Describe a VMO.
 * @vmo: The VMO.
 * @info: Filled but for @argsz and @rights.
 *
 * Context: May sleep. Takes and releases the hierarchy lock and cow->lock.
 * Return: 0 or -EINTR (fatal signal).
 */
int zvmo_get_info(struct zvmo *vmo, struct zvmo_info *info)
{
	struct zvmo_cow *cow = vmo->cow;
	unsigned long first = cow->base + vmo->first;

	info->flags = info_flags(vmo);
	info->koid = vmo->koid;
	info->num_mappings = atomic_long_read(&vmo->nr_mappings);
	zvmo_get_name(vmo, info->name);

	info->parent_koid = zvmo_parent_koid(vmo);
	info->num_children = READ_ONCE(vmo->nr_children);

	/* Others may hold it for long, and who looks may be anybody. */
	if (down_read_killable(&cow->lock))
		return -EINTR;
	info->size = zvmo_size(vmo);
	info->stream_size = i_size_read(vmo->inode);
	info->cache_policy = cow->cache_policy;
	info->lock_count = min_t(unsigned long, zvmo_discard_lock_count(cow),
				 U32_MAX);
	info->committed_change_events = zvmo_discard_events(cow);
	if (info->size)
		info->committed_bytes =
			PAGE_SIZE *
			zvmo_tree_count(&cow->tree, first,
					first + (info->size >> PAGE_SHIFT) - 1);
	up_read(&cow->lock);
	return 0;
}

/* Operations */

/**
 * zvmo_set_size() - Change size and stream size.
 * @vmo: The VMO.
 * @rights: Rights of the handle that was used.
 * @size: New size in bytes.
 *
 * Context: May sleep. The inode's lock is held.
 * Return: 0 or a negative errno as ZVMO_IOC_SET_SIZE documents.
 */
int zvmo_set_size(struct zvmo *vmo, u32 rights, u64 size)
{
	u64 base = (u64)vmo->cow->base << PAGE_SHIFT;
	u64 rounded = round_up(size, PAGE_SIZE);

	if (!(rights & ZVMO_RIGHT_WRITE))
		return -EACCES;
	if (!vmo->cow->resizable)
		return -EPERM;
	if (!(rights & ZVMO_RIGHT_RESIZE))
		return -EACCES;
	if (rounded < size || rounded > ZVMO_SIZE_MAX)
		return -EFBIG;
	if (rounded > ZVMO_SIZE_MAX - base)
		return -EINVAL;
	return zvmo_cow_resize(vmo->cow, size);
}

/**
 * zvmo_set_stream_size() - Change the stream size.
 * @vmo: The VMO.
 * @rights: Rights of the handle that was used.
 * @size: New stream size in bytes.
 *
 * Context: May sleep. The inode's lock is held, so that no size changes.
 * Return: 0 or a negative errno as ZVMO_IOC_SET_STREAM_SIZE documents.
 */
int zvmo_set_stream_size(struct zvmo *vmo, u32 rights, u64 size)
{
	u64 old = i_size_read(vmo->inode), end = zvmo_size(vmo);
	u64 window = (u64)vmo->first << PAGE_SHIFT;
	int err;

	if (!(rights & ZVMO_RIGHT_WRITE))
		return -EACCES;
	if (size > end)
		return -ERANGE;
	if (size == old)
		return 0;
	err = zvmo_cow_zero(vmo->cow, window + min(old, size), window + end);
	if (err)
		return err;
	down_write(&vmo->cow->lock);
	i_size_write(vmo->inode, size);
	up_write(&vmo->cow->lock);
	return 0;
}
