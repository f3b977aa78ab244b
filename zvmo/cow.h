/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: content objects (Zircon: VmCowPages)
 *
 * What one or more VMOs contain: a size, a page tree, and the address space to
 * which user mappings belong. See cow.c for the rules.
 */
#ifndef _ZVMO_COW_H
#define _ZVMO_COW_H

#include <linux/fs.h>
#include <linux/interval_tree.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>

#include "fs.h"
#include "page_tree.h"

/**
 * struct zvmo_family - All content objects that stem from one.
 * @members: How many there are; the last one frees the family.
 * @lock: Protects @list, and that the trees of those on it stay. Inside it nest
 *	the locks of the members.
 * @list: The members, while they may hold pages. Not longer than @members.
 * @discard: Makes the only member discardable, or NULL. Set once, before others
 *	see it.
 * @id: Koid of the first VMO that used the first member. Set once.
 *
 * The trees of a family have one index space. The only member that is no clone
 * is the one that they stem from.
 */
struct zvmo_family {
	refcount_t members;
	struct mutex lock; /* protects @list */
	struct hlist_head list;
	struct zvmo_discard *discard;
	u64 id;
};

/**
 * struct zvmo_cow - A content object. Memory lives as long as its inode, content
 *	as long as a VMO uses it.
 * @owner: Frees this with the inode. Takes the place of @views when these are
 *	no more.
 * @inode: The inode whose i_mapping the mappings of the whole object hang on.
 * @users: VMOs that use it.
 * @family: Its family; valid while there are users. Set once.
 * @relative: Entry in @family->list.
 * @base: Tree index of page 0. Set once.
 * @resizable: The size may change. Set once.
 * @is_clone: Created as a snapshot. Set once.
 * @lock: Protects @size, @tree and @views, the inode's size, the exposure of
 *	pages and all PTEs that map them: shared to look up and to map for
 *	reading, exclusive to change and to map for writing. Inside it nest the
 *	locks of other content objects (only shared and by address: when
 *	comparing two, when summing up what a family shares),
 *	i_mmap_rwsem, page-table locks. User memory is never faulted in under it.
 * @size: In bytes, whole pages, at most ZVMO_SIZE_MAX less @base.
 * @tree: The pages, at @base + page number.
 * @views: Windows that have mappings of their own (slices), by page number.
 * @zero_mapped: A zero page may be mapped over a hole. Set under @lock shared,
 *	cleared under @lock exclusive.
 * @cache_policy: ZVMO_CACHE_POLICY_*. Protected by @lock.
 * @discarded: The content was dropped. Protected by @lock.
 * @high_priority: Mappings of high memory priority.
 * @rcu: Defers the freeing of this, for who has just unlocked @lock; there are
 *	no @views then.
 * @faults_need_page: The last write fault needed a page. A guess about the
 *	next, under no lock.
 */
struct zvmo_cow {
	union {
		struct zvmo_fs_owner owner;
		struct rb_root_cached views;
	};
	struct inode *inode;
	refcount_t users;
	bool resizable;
	bool is_clone;
	u8 cache_policy;
	bool discarded;
	struct zvmo_family *family;
	struct hlist_node relative;
	unsigned long base;
	struct rw_semaphore lock;
	u64 size;
	struct zvmo_tree tree;
	bool zero_mapped;
	bool faults_need_page;
	atomic_t high_priority;
};

/**
 * struct zvmo_view - A window of a content object with mappings of its own.
 * @node: Its first and last page number in the content object.
 * @mapping: The address space of these mappings.
 */
struct zvmo_view {
	struct interval_tree_node node;
	struct address_space *mapping;
};

static inline unsigned long zvmo_cow_pages(const struct zvmo_cow *cow)
{
	return cow->size >> PAGE_SHIFT;
}

/* Index of a page in the tree. */
static inline unsigned long zvmo_cow_index(const struct zvmo_cow *cow,
					   unsigned long pgoff)
{
	return cow->base + pgoff;
}

/* The object whose inode this is, or NULL (a slice's). */
static inline struct zvmo_cow *zvmo_cow_of_inode(const struct inode *inode)
{
	struct zvmo_fs_owner *owner = inode->i_private;

	return owner ? container_of(owner, struct zvmo_cow, owner) : NULL;
}

/*
 * May pages be shared? Always in a clone; in an original while it has living
 * snapshots, or snapshots of these.
 */
static inline bool zvmo_cow_may_share(const struct zvmo_cow *cow)
{
	return cow->is_clone || refcount_read(&cow->family->members) > 1;
}

/*
 * May the content be read and written? Under @cow->lock: 0, -EBUSY (the kernel
 * may not touch it) or -ENODATA (there is none).
 */
static inline int zvmo_cow_check(const struct zvmo_cow *cow)
{
	if (likely(!cow->cache_policy && !cow->discarded))
		return 0;
	return cow->cache_policy ? -EBUSY : -ENODATA;
}

struct zvmo_cow *zvmo_cow_create(u64 size, u64 stream_size, bool resizable);
struct zvmo_cow *zvmo_cow_clone(struct zvmo_cow *parent, u64 offset, u64 size,
				bool resizable);
void zvmo_cow_get(struct zvmo_cow *cow);
void zvmo_cow_put(struct zvmo_cow *cow);
int zvmo_cow_lock_pair(struct zvmo_cow *a, bool a_exclusive,
		       struct zvmo_cow *b, bool b_exclusive);
void zvmo_cow_unlock_pair(struct zvmo_cow *a, bool a_exclusive,
			  struct zvmo_cow *b, bool b_exclusive);
int zvmo_cow_add_view(struct zvmo_cow *cow, struct zvmo_view *view);
void zvmo_cow_remove_view(struct zvmo_cow *cow, struct zvmo_view *view);
void zvmo_cow_unmap(struct zvmo_cow *cow, unsigned long first,
		    unsigned long nr);
bool zvmo_cow_holes_mapped(struct zvmo_cow *cow);
int zvmo_cow_own_page(struct zvmo_cow *cow, unsigned long pgoff,
		      const struct page *held, struct page **spare,
		      struct page **page);
int zvmo_cow_replace_page(struct zvmo_cow *cow, unsigned long pgoff,
			  struct page *old, struct page **spare);
int zvmo_cow_detach_page(struct zvmo_cow *cow, unsigned long pgoff,
			 struct page **spare, struct page **page);
int zvmo_cow_erase(struct zvmo_cow *cow, unsigned long first,
		   unsigned long last);
int zvmo_cow_commit(struct zvmo_cow *cow, u64 start, u64 end);
int zvmo_cow_decommit(struct zvmo_cow *cow, u64 start, u64 end);
int zvmo_cow_zero(struct zvmo_cow *cow, u64 start, u64 end);
int zvmo_cow_resize(struct zvmo_cow *cow, u64 size);
void zvmo_cow_grow(struct zvmo_cow *cow, u64 size);
void zvmo_cow_ungrow(struct zvmo_cow *cow, u64 size, unsigned long pgoff);
unsigned long zvmo_cow_count_all(void);

#endif /* _ZVMO_COW_H */
