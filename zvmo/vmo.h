/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: VMOs - what a handle refers to (Zircon: VmObjectDispatcher)
 *
 * A VMO has a name, a place in the hierarchy and a window onto a content
 * object. A VMO that is no slice has the whole of it; so has a reference.
 */
#ifndef _ZVMO_VMO_H
#define _ZVMO_VMO_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/zvmo.h>
#include <linux/zvmo_netlink.h>

#include "cow.h"

enum zvmo_place {
	ZVMO_NOWHERE,
	ZVMO_UNSORTED,
	ZVMO_SORTED,
};

/**
 * struct zvmo - A VMO. Lives as long as a handle; a mapping holds a handle.
 * @refs: References.
 * @kind: How it came to be. Set once.
 * @immutable: Nobody can ever write it. Set once.
 * @koid: Its id, by which zvmo_find() finds it. Set once.
 * @owner: Effective user that created it. Set once.
 * @owner_pid: Number of the process that created it. Set once.
 * @place: Where it is among the VMOs that can be found: nowhere before it is
 *	complete. Protected by the hierarchy lock.
 * @unsorted: Entry in the list of those that nobody looked for. Likewise.
 * @by_koid: Entry in the tree of the others. Likewise.
 * @cow: Its content, of which it is a user. Set once.
 * @inode: Inode of its files, holding its stream size; a reference is held.
 *	That of @cow, but a slice has its own. Set once.
 * @first: First page of the window in @cow; 0 if not a slice. Set once.
 * @slice_size: Size of a slice in bytes. Set once.
 * @view: Lets the mappings of a slice be reached through @cow.
 * @nr_mappings: VMAs that map it.
 * @parent: Parent in the hierarchy, or NULL. Protected by the hierarchy lock.
 * @children: Children. Protected by the hierarchy lock.
 * @sibling: Entry in @parent->children. Protected by the hierarchy lock.
 * @nr_children: Length of @children. Changed under the hierarchy lock.
 * @wait: Woken when @nr_children becomes 0.
 * @name_lock: Protects @name.
 * @name: Padded with NULs, at least one.
 */
struct zvmo {
	struct kref refs;
	enum zvmo_kind kind;
	bool immutable;
	enum zvmo_place place : 8;
	kuid_t owner;
	u64 koid;
	union {
		struct list_head unsorted;
		struct rb_node by_koid;
	};
	struct zvmo_cow *cow;
	struct inode *inode;
	unsigned long first;
	u64 slice_size;
	struct zvmo_view view;
	atomic_long_t nr_mappings;
	/* Protects the two below; nothing nests inside. */
	struct zvmo *parent;
	struct list_head children;
	struct list_head sibling;
	unsigned long nr_children;
	wait_queue_head_t wait;
	/* Protects @name; nothing nests inside. */
	spinlock_t name_lock;
	char name[ZVMO_NAME_LEN];
	pid_t owner_pid;
};

/* Size in bytes; stable under cow->lock. */
static inline u64 zvmo_size(const struct zvmo *vmo)
{
	return vmo->kind == ZVMO_KIND_SLICE ? vmo->slice_size :
					      READ_ONCE(vmo->cow->size);
}

/*
 * Take the inode's lock. A write holds it while it waits for user memory, which
 * may be for ever; so whoever waits for the lock can be killed.
 */
static inline int zvmo_lock_stream(struct inode *inode)
{
	return down_write_killable(&inode->i_rwsem) ? -EINTR : 0;
}

struct zvmo *zvmo_create(const struct zvmo_create *args);
struct zvmo *zvmo_create_child(struct zvmo *parent, u32 rights,
			       const struct zvmo_create_child *args);
void zvmo_put(struct zvmo *vmo);
bool zvmo_has_children(const struct zvmo *vmo);
int zvmo_get_info(struct zvmo *vmo, struct zvmo_info *info);
void zvmo_get_name(struct zvmo *vmo, char *name);
void zvmo_set_name(struct zvmo *vmo, const char *name);
int zvmo_set_size(struct zvmo *vmo, u32 rights, u64 size);
int zvmo_set_stream_size(struct zvmo *vmo, u32 rights, u64 size);
unsigned long zvmo_count_all(void);
struct zvmo *zvmo_find(u64 koid);
struct zvmo *zvmo_find_next(u64 *koid);
u32 zvmo_generation(void);
u64 zvmo_parent_koid(struct zvmo *vmo);

#endif /* _ZVMO_VMO_H */
