// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: content objects (Zircon: VmCowPages)
 *
 * A content object is an inode, a size and a page tree. @pgoff counts pages in
 * the object, @index in its tree: index = base + pgoff. Snapshots have their
 * parent's index space, so that relatives share nodes whatever their offsets.
 *
 * Rules that keep relatives apart:
 *
 * * Only a page that the tree holds exclusively is ever written.
 * * A page is *exposed* from when somebody may map it writable until a snapshot
 *   conceals it: the mark in the tree. An exposed page also has its identity
 *   (page->mapping, page->index), which futexes need. To conceal a page, first
 *   unmap or write-protect it, so that no writable translation is left
 *   (share.c).
 * * References to a page other than the tree's and those of PTEs are *foreign*:
 *   get_user_pages(), pipes. When a page goes from not exposed to exposed they
 *   can only be readers', perhaps a relative's from when the page was shared,
 *   who must not see what is written from now on: the page is copied instead
 *   of written in place. When an exposed page is concealed, they may be
 *   writers' (direct I/O in flight), which must reach this object and no other:
 *   the snapshot gets a copy, and the page stays exposed.
 * * Unmap, then free. Unmap or write-protect what is exposed, then share.
 *
 * Locking: cow->lock, see cow.h. Pages are allocated before it is taken: who
 * finds that a page is needed drops the lock, allocates a *spare*, starts over.
 * (But for the copies of pinned pages: by then their neighbours are concealed.)
 */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "cow.h"
#include "page.h"
#include "share.h"
#include "trace.h"

/* Pages handled before the lock is let go of for others. */
#define COW_BATCH 64

static atomic_long_t nr_cows;

static struct zvmo_family *family_create(void)
{
	struct zvmo_family *family =
		kzalloc(sizeof(*family), GFP_KERNEL_ACCOUNT);

	if (!family)
		return NULL;
	refcount_set(&family->members, 1);
	mutex_init(&family->lock);
	return family;
}

/*
 * Make @cow a member of @family, or of a new one if that is NULL. Who sums up what
 * a family shares has its lock while he waits for the locks of members.
 */
static int family_join(struct zvmo_family *family, struct zvmo_cow *cow)
{
	if (family)
		refcount_inc(&family->members);
	else
		family = family_create();
	if (!family)
		return -ENOMEM;
	if (mutex_lock_killable(&family->lock)) {
		/* Nobody else knows a new one. */
		refcount_dec(&family->members);
		return -EINTR;
	}
	cow->family = family;
	hlist_add_head(&cow->relative, &family->list);
	mutex_unlock(&family->lock);
	return 0;
}

static void family_leave(struct zvmo_cow *cow)
{
	struct zvmo_family *family = cow->family;

	mutex_lock(&family->lock);
	hlist_del(&cow->relative);
	mutex_unlock(&family->lock);
	/* Not under the lock: others would free it while we still let go. */
	if (refcount_dec_and_test(&family->members))
		kfree(family);
}

static struct zvmo_cow *cow_alloc(struct zvmo_family *family, u64 size,
				  u64 stream_size, bool resizable)
{
	struct zvmo_cow *cow = kzalloc(sizeof(*cow), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!cow)
		return ERR_PTR(-ENOMEM);
	cow->inode = zvmo_fs_new_inode(&cow->owner, stream_size);
	if (!cow->inode)
		goto free_cow;
	refcount_set(&cow->users, 1);
	init_rwsem(&cow->lock);
	cow->views = RB_ROOT_CACHED;
	cow->size = size;
	cow->resizable = resizable;
	/* Last: relatives may look at the (empty) tree from now on. */
	err = family_join(family, cow);
	if (err)
		goto put_inode;
	atomic_long_inc(&nr_cows);
	return cow;

put_inode:
	cow->inode->i_private = NULL; /* nothing to evict */
	iput(cow->inode);
free_cow:
	kfree(cow);
	return ERR_PTR(err);
}

/**
 * zvmo_cow_create() - Create an anonymous content object.
 * @size: Size in bytes, whole pages.
 * @stream_size: Stream size in bytes, at most @size.
 * @resizable: May the size change?
 *
 * Context: May sleep.
 * Return: The object with one user, or an ERR_PTR(-ENOMEM).
 */
struct zvmo_cow *zvmo_cow_create(u64 size, u64 stream_size, bool resizable)
{
	return cow_alloc(NULL, size, stream_size, resizable);
}

/**
 * zvmo_cow_get() - One more VMO uses a content object.
 * @cow: The object.
 */
void zvmo_cow_get(struct zvmo_cow *cow)
{
	refcount_inc(&cow->users);
	ihold(cow->inode);
}

/**
 * zvmo_cow_put() - A VMO uses a content object no more.
 * @cow: The object. With its last user go its pages; the inode may live on for
 *	paths (O_PATH descriptors), empty.
 *
 * Context: May sleep. Takes and releases the family's lock, and @cow->lock.
 */
void zvmo_cow_put(struct zvmo_cow *cow)
{
	if (refcount_dec_and_test(&cow->users)) {
		family_leave(cow);
		down_write(&cow->lock);
		zvmo_tree_destroy(&cow->tree);
		up_write(&cow->lock);
		atomic_long_dec(&nr_cows);
	}
	iput(cow->inode);
}

/**
 * zvmo_cow_count_all() - How many content objects exist.
 *
 * Return: The number.
 */
unsigned long zvmo_cow_count_all(void)
{
	return atomic_long_read(&nr_cows);
}

static int lock_one(struct zvmo_cow *cow, bool exclusive)
{
	return exclusive ? down_write_killable(&cow->lock) :
			   down_read_killable(&cow->lock);
}

static int lock_second(struct zvmo_cow *cow, bool exclusive)
{
	return exclusive ? down_write_killable_nested(&cow->lock,
						      SINGLE_DEPTH_NESTING) :
			   down_read_killable_nested(&cow->lock,
						     SINGLE_DEPTH_NESTING);
}

static void unlock_one(struct zvmo_cow *cow, bool exclusive)
{
	if (exclusive)
		up_write(&cow->lock);
	else
		up_read(&cow->lock);
}

/**
 * zvmo_cow_lock_pair() - Take the locks of two objects, lower address first.
 * @a: One object.
 * @a_exclusive: Take its lock exclusive, else shared.
 * @b: The other, or @a again, whose lock is then taken once.
 * @b_exclusive: As @a_exclusive.
 *
 * Context: May sleep.
 * Return: 0, or -EINTR (fatal signal) and no lock is taken.
 */
int zvmo_cow_lock_pair(struct zvmo_cow *a, bool a_exclusive, struct zvmo_cow *b,
		       bool b_exclusive)
{
	int err;

	if (a == b)
		return lock_one(a, a_exclusive || b_exclusive);
	if (a > b) {
		swap(a, b);
		swap(a_exclusive, b_exclusive);
	}
	err = lock_one(a, a_exclusive);
	if (err)
		return err;
	err = lock_second(b, b_exclusive);
	if (err)
		unlock_one(a, a_exclusive);
	return err;
}

/**
 * zvmo_cow_unlock_pair() - Undo zvmo_cow_lock_pair().
 * @a: As there.
 * @a_exclusive: As there.
 * @b: As there.
 * @b_exclusive: As there.
 */
void zvmo_cow_unlock_pair(struct zvmo_cow *a, bool a_exclusive,
			  struct zvmo_cow *b, bool b_exclusive)
{
	if (a == b) {
		unlock_one(a, a_exclusive || b_exclusive);
		return;
	}
	unlock_one(a, a_exclusive);
	unlock_one(b, b_exclusive);
}

/**
 * zvmo_cow_add_view() - Let a window have mappings of its own.
 * @cow: The object.
 * @view: The window, filled in; stays the caller's.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return: 0 or -EINTR (fatal signal).
 */
int zvmo_cow_add_view(struct zvmo_cow *cow, struct zvmo_view *view)
{
	if (down_write_killable(&cow->lock))
		return -EINTR;
	interval_tree_insert(&view->node, &cow->views);
	up_write(&cow->lock);
	return 0;
}

/**
 * zvmo_cow_remove_view() - Undo zvmo_cow_add_view(). Nothing maps the window.
 * @cow: The object.
 * @view: The window.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 */
void zvmo_cow_remove_view(struct zvmo_cow *cow, struct zvmo_view *view)
{
	down_write(&cow->lock);
	interval_tree_remove(&view->node, &cow->views);
	up_write(&cow->lock);
}

/* Of the object and all its windows; @copies: those of private mappings, too. */
static void cow_unmap(struct zvmo_cow *cow, unsigned long first,
		      unsigned long nr, bool copies)
{
	unsigned long last = first + nr - 1;
	struct interval_tree_node *node;

	lockdep_assert_held_write(&cow->lock);
	unmap_mapping_pages(cow->inode->i_mapping, first, nr, copies);
	for (node = interval_tree_iter_first(&cow->views, first, last); node;
	     node = interval_tree_iter_next(node, first, last)) {
		struct zvmo_view *view =
			container_of(node, struct zvmo_view, node);
		unsigned long start = max(first, node->start);
		unsigned long end = min(last, node->last);

		unmap_mapping_pages(view->mapping, start - node->start,
				    end - start + 1, copies);
	}
}

/**
 * zvmo_cow_unmap() - Remove every PTE that maps a range of the object.
 * @cow: The object.
 * @first: First page.
 * @nr: Number of pages, not 0.
 *
 * Reaches the mappings of the object and of all its windows. Private copies
 * that MAP_PRIVATE mappings made stay.
 *
 * Context: @cow->lock held exclusive. May sleep.
 */
void zvmo_cow_unmap(struct zvmo_cow *cow, unsigned long first, unsigned long nr)
{
	cow_unmap(cow, first, nr, false);
}

/*
 * May this page, exclusive but not exposed, be written in place? Only if no
 * foreign reference is left. PTEs of ours are told apart by removing them.
 */
static bool cow_settle_page(struct zvmo_cow *cow, unsigned long pgoff,
			    struct page *page, const struct page *held)
{
	if (page_ref_count(page) == 1)
		return true;
	if (folio_mapped(page_folio(page))) {
		zvmo_cow_unmap(cow, pgoff, 1);
		/* Pairs with get_user_pages_fast(): reference, then PTE. */
		smp_mb();
	}
	if (page_ref_count(page) != (page == held ? 2 : 1))
		return false;
	/* The next writer need not unmap again. */
	zvmo_cow_expose(cow, pgoff, page);
	return true;
}

/**
 * zvmo_cow_holes_mapped() - May a zero page be mapped over a hole?
 * @cow: The object.
 *
 * Forgets that one was when no mapping is left.
 *
 * Context: @cow->lock held exclusive.
 * Return: The answer.
 */
bool zvmo_cow_holes_mapped(struct zvmo_cow *cow)
{
	if (cow->zero_mapped && !mapping_mapped(cow->inode->i_mapping) &&
	    RB_EMPTY_ROOT(&cow->views.rb_root))
		cow->zero_mapped = false;
	return cow->zero_mapped;
}

/*
 * The kernel is about to touch a page of the object, or has just done so: where
 * the policy is not to cache, nothing of it may be in the caches.
 */
static void touch_page(struct zvmo_cow *cow, struct page *page)
{
	void *address;

	if (likely(!cow->cache_policy))
		return;
	address = kmap_local_page(page);
	zvmo_arch_clean_invalidate(address, PAGE_SIZE);
	kunmap_local(address);
}

/**
 * zvmo_cow_replace_page() - Put a page in the place of another, or of a hole.
 * @cow: The object.
 * @pgoff: Page number.
 * @old: The page that is there, or NULL.
 * @spare: The new page; taken (and set to NULL).
 *
 * Context: @cow->lock held exclusive. May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_cow_replace_page(struct zvmo_cow *cow, unsigned long pgoff,
			  struct page *old, struct page **spare)
{
	zvmo_entry_t was;
	int err = 0;

	if (unlikely(cow->cache_policy))
		err = zvmo_page_set_memory_type(*spare, cow->cache_policy);
	if (err)
		return err;
	err = zvmo_tree_store(&cow->tree, zvmo_cow_index(cow, pgoff),
			      zvmo_page_entry(*spare), &was);
	if (err)
		return err;
	*spare = NULL;
	/*
	 * References tell, not mappings: a PTE that another thread is just
	 * removing may live on in a TLB, and then so does its reference.
	 */
	if (old ? page_ref_count(old) != 1 : zvmo_cow_holes_mapped(cow))
		zvmo_cow_unmap(cow, pgoff, 1);
	if (old)
		zvmo_page_put(old);
	return 0;
}

/**
 * zvmo_cow_own_page() - Make a page one that may be written in place.
 * @cow: The object.
 * @pgoff: Page number, below its size.
 * @held: A page, or NULL, to which the caller knows one reference that is no
 *	reader's (the fault's own).
 * @spare: A zeroed page, or NULL. Taken (and set to NULL) if needed.
 * @page: Where to return the page: in the tree, exclusive, free of foreign
 *	readers, with its old content (zero for a hole).
 *
 * Context: @cow->lock held exclusive. May sleep.
 * Return:
 * * 0 - done
 * * -EAGAIN - call again with a spare page
 * * -ENOMEM - no memory for nodes; nothing changed
 */
int zvmo_cow_own_page(struct zvmo_cow *cow, unsigned long pgoff,
		      const struct page *held, struct page **spare,
		      struct page **page)
{
	struct zvmo_slot slot =
		zvmo_tree_find(&cow->tree, zvmo_cow_index(cow, pgoff));
	struct page *old = NULL;

	lockdep_assert_held_write(&cow->lock);
	if (zvmo_entry_is_page(slot.entry))
		old = zvmo_entry_page(slot.entry);
	if (slot.exclusive &&
	    (slot.exposed || cow_settle_page(cow, pgoff, old, held))) {
		*page = old;
		return 0;
	}
	if (!*spare)
		return -EAGAIN;
	*page = *spare;
	if (old) {
		touch_page(cow, old);
		copy_highpage(*page, old);
		trace_zvmo_fork_page(cow, pgoff);
	}
	return zvmo_cow_replace_page(cow, pgoff, old, spare);
}

/**
 * zvmo_cow_detach_page() - Make a page one that nothing but the tree refers to.
 * @cow: The object.
 * @pgoff: Page number; there is a page.
 * @spare: A zeroed page, or NULL. Taken (and set to NULL) if needed.
 * @page: Where to return the page: exclusive, not mapped. If it was exposed it
 *	still is, with its identity, which ends when it leaves.
 *
 * It is a copy if the page was shared or somebody outside refers to it.
 *
 * Context: @cow->lock held exclusive. May sleep.
 * Return: As zvmo_cow_own_page().
 */
int zvmo_cow_detach_page(struct zvmo_cow *cow, unsigned long pgoff,
			 struct page **spare, struct page **page)
{
	struct zvmo_slot slot =
		zvmo_tree_find(&cow->tree, zvmo_cow_index(cow, pgoff));
	struct page *old = zvmo_entry_page(slot.entry);

	if (folio_mapped(page_folio(old)))
		zvmo_cow_unmap(cow, pgoff, 1);
	/* Pairs with get_user_pages_fast(): reference, then PTE. */
	smp_mb();
	if (slot.exclusive && page_ref_count(old) == 1) {
		*page = old;
		return 0;
	}
	if (!*spare)
		return -EAGAIN;
	*page = *spare;
	copy_highpage(*page, old);
	trace_zvmo_fork_page(cow, pgoff);
	return zvmo_cow_replace_page(cow, pgoff, old, spare);
}

/* Snapshots */

/**
 * zvmo_cow_clone() - Take a snapshot.
 * @parent: The object.
 * @offset: Start of the window in bytes, page aligned.
 * @size: Stream size of the snapshot; its size is that rounded up. The window
 *	may reach beyond the parent, and @parent->base + @offset + @size does
 *	not exceed ZVMO_SIZE_MAX.
 * @resizable: May the size of the snapshot change?
 *
 * Takes time in proportion to the pages that were exposed since the last one.
 *
 * Context: May sleep. Takes and releases the family's lock, and @parent->lock.
 * Return: The new object with one user, or an ERR_PTR(): -ENOMEM, -EINTR (fatal
 * signal), or -EBUSY if the parent's cache policy forbids it.
 */
struct zvmo_cow *zvmo_cow_clone(struct zvmo_cow *parent, u64 offset, u64 size,
				bool resizable)
{
	unsigned long pgoff = offset >> PAGE_SHIFT;
	struct zvmo_cow *child =
		cow_alloc(parent->family, PAGE_ALIGN(size), size, resizable);
	unsigned long first, last;
	int err;

	if (IS_ERR(child))
		return child;
	child->base = parent->base + pgoff;
	child->is_clone = true;

	if (down_write_killable(&parent->lock)) {
		zvmo_cow_put(child);
		return ERR_PTR(-EINTR);
	}
	err = zvmo_cow_check(parent);
	/* Nothing lies outside the parent: do not trim what ends with it. */
	first = pgoff ? child->base : 0;
	last = offset + child->size >= parent->size ?
		       ZVMO_INDEX_MAX :
		       child->base + zvmo_cow_pages(child) - 1;
	if (!err && offset < parent->size && child->size)
		err = zvmo_cow_share(parent, &child->tree, first, last);
	up_write(&parent->lock);
	if (err) {
		zvmo_cow_put(child);
		return ERR_PTR(err);
	}
	return child;
}

/* Operations on ranges */

/* Commit pages from *@pgoff on, until a batch is done or a spare is needed. */
static int cow_commit_batch(struct zvmo_cow *cow, unsigned long *pgoff,
			    unsigned long end, struct page **spare)
{
	unsigned long stop = min(end, *pgoff + COW_BATCH);
	struct page *page;
	int err = 0;

	if (down_write_killable(&cow->lock))
		return -EINTR;
	if (cow->discarded)
		err = -ENODATA;
	stop = min(stop, zvmo_cow_pages(cow));
	for (; !err && *pgoff < stop; ++*pgoff) {
		if (zvmo_tree_find(&cow->tree, zvmo_cow_index(cow, *pgoff))
			    .exclusive)
			continue;
		err = zvmo_cow_own_page(cow, *pgoff, NULL, spare, &page);
		if (err)
			break;
	}
	if (!err && *pgoff >= zvmo_cow_pages(cow))
		*pgoff = end;
	up_write(&cow->lock);
	return err;
}

/**
 * zvmo_cow_commit() - Make every page of a range the object's own.
 * @cow: The object.
 * @start: Start in bytes; rounded down to pages.
 * @end: End in bytes; rounded up. What lies beyond the object is skipped.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return:
 * * 0 - done
 * * -ENODATA - the content was discarded
 * * -ENOMEM, -EINTR (fatal signal) - stopped; what was committed stays
 */
int zvmo_cow_commit(struct zvmo_cow *cow, u64 start, u64 end)
{
	unsigned long pgoff = start >> PAGE_SHIFT;
	unsigned long stop = DIV_ROUND_UP_ULL(end, PAGE_SIZE);
	struct page *spare = NULL;
	int err = 0;

	while (pgoff < stop) {
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
		err = cow_commit_batch(cow, &pgoff, stop, &spare);
		if (err == -EAGAIN) {
			spare = zvmo_page_alloc();
			err = spare ? 0 : -ENOMEM;
		}
		if (err)
			break;
		cond_resched();
	}
	if (spare)
		zvmo_page_put(spare);
	return err;
}

/**
 * zvmo_cow_erase() - Free whole pages.
 * @cow: The object.
 * @first: First page.
 * @last: Last page.
 *
 * Context: @cow->lock held exclusive. May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_cow_erase(struct zvmo_cow *cow, unsigned long first,
		   unsigned long last)
{
	if (!zvmo_tree_count(&cow->tree, zvmo_cow_index(cow, first),
			     zvmo_cow_index(cow, last)))
		return 0;
	zvmo_cow_unmap(cow, first, last - first + 1);
	return zvmo_tree_erase(&cow->tree, zvmo_cow_index(cow, first),
			       zvmo_cow_index(cow, last), NULL, NULL);
}

/**
 * zvmo_cow_decommit() - Free the pages of a range, which reads zero then.
 * @cow: The object.
 * @start: Start in bytes, page aligned.
 * @end: End in bytes, page aligned. What lies beyond the object is skipped.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return: 0; or -ENOMEM, -EINTR (fatal signal), then nothing changed.
 */
int zvmo_cow_decommit(struct zvmo_cow *cow, u64 start, u64 end)
{
	int err = 0;

	if (down_write_killable(&cow->lock))
		return -EINTR;
	end = min(end, cow->size);
	if (start < end)
		err = zvmo_cow_erase(cow, start >> PAGE_SHIFT,
				     (end >> PAGE_SHIFT) - 1);
	up_write(&cow->lock);
	return err;
}

/* Zero bytes [from, to) of one page, unless it reads zero already. */
static int cow_zero_part(struct zvmo_cow *cow, unsigned long pgoff,
			 unsigned int from, unsigned int to)
{
	struct page *spare = NULL, *page;
	int err;

	do {
		err = -EINTR;
		if (down_write_killable(&cow->lock))
			break;
		err = 0;
		if (pgoff < zvmo_cow_pages(cow) &&
		    zvmo_entry_is_page(zvmo_tree_lookup(
			    &cow->tree, zvmo_cow_index(cow, pgoff)))) {
			err = cow->cache_policy ?
				      -EBUSY :
				      zvmo_cow_own_page(cow, pgoff, NULL,
							&spare, &page);
			if (!err)
				memzero_page(page, from, to - from);
		}
		up_write(&cow->lock);
	} while (err == -EAGAIN && (spare = zvmo_page_alloc()));
	if (spare)
		zvmo_page_put(spare);
	return err == -EAGAIN ? -ENOMEM : err;
}

/**
 * zvmo_cow_zero() - Make a range read zero, freeing whole pages.
 * @cow: The object.
 * @start: Start in bytes.
 * @end: End in bytes. What lies beyond the object is skipped.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return:
 * * 0 - done
 * * -EBUSY - the cache policy forbids it; nothing changed
 * * -ENOMEM, -EINTR (fatal signal) - a part from the front may be zero
 */
int zvmo_cow_zero(struct zvmo_cow *cow, u64 start, u64 end)
{
	u64 first = round_up(start, PAGE_SIZE),
	    last = round_down(end, PAGE_SIZE);
	int err = 0;

	/* Where bytes are touched it is looked at again, under the lock. */
	if (READ_ONCE(cow->cache_policy))
		return -EBUSY;
	if (start >= end)
		return 0;
	if (first > last) /* inside one page */
		return cow_zero_part(cow, start >> PAGE_SHIFT,
				     offset_in_page(start),
				     offset_in_page(end));
	if (start < first)
		err = cow_zero_part(cow, start >> PAGE_SHIFT,
				    offset_in_page(start), PAGE_SIZE);
	if (!err && first < last)
		err = zvmo_cow_decommit(cow, first, last);
	if (!err && last < end)
		err = cow_zero_part(cow, last >> PAGE_SHIFT, 0,
				    offset_in_page(end));
	return err;
}

/**
 * zvmo_cow_grow() - Raise the size.
 * @cow: The object.
 * @size: New size in bytes, whole pages.
 *
 * Context: @cow->lock held exclusive.
 */
void zvmo_cow_grow(struct zvmo_cow *cow, u64 size)
{
	lockdep_assert_held_write(&cow->lock);
	/* Nothing is mapped beyond the end, nothing is in the tree there. */
	WRITE_ONCE(cow->size, max(cow->size, size));
}

/**
 * zvmo_cow_ungrow() - Undo zvmo_cow_grow() before the lock was dropped.
 * @cow: The object.
 * @size: The size it had.
 * @pgoff: The only page that may have been put beyond it.
 *
 * Context: @cow->lock held exclusive ever since.
 */
void zvmo_cow_ungrow(struct zvmo_cow *cow, u64 size, unsigned long pgoff)
{
	unsigned long index = zvmo_cow_index(cow, pgoff);

	if (cow->size == size)
		return;
	/* Cannot fail: the path to a page just put there is exclusive. */
	if (zvmo_entry_is_page(zvmo_tree_lookup(&cow->tree, index)))
		zvmo_tree_erase(&cow->tree, index, index, NULL, NULL);
	WRITE_ONCE(cow->size, size);
}

/* One attempt to resize; the lock is held exclusive. -EAGAIN asks for a spare. */
static int cow_resize_once(struct zvmo_cow *cow, u64 size, struct page **spare)
{
	unsigned long pages = PAGE_ALIGN(size) >> PAGE_SHIFT;
	unsigned long tail = size >> PAGE_SHIFT;
	struct page *page = NULL;
	int err = 0;

	/* Whatever can fail comes before the first visible change. */
	if (offset_in_page(size) && tail < zvmo_cow_pages(cow) &&
	    zvmo_entry_is_page(
		    zvmo_tree_lookup(&cow->tree, zvmo_cow_index(cow, tail))))
		err = zvmo_cow_own_page(cow, tail, NULL, spare, &page);
	if (!err && pages < zvmo_cow_pages(cow)) {
		zvmo_cow_unmap(cow, pages, zvmo_cow_pages(cow) - pages);
		/* All of the tree goes when nothing is left: no trimming. */
		err = zvmo_tree_erase(&cow->tree,
				      pages ? zvmo_cow_index(cow, pages) : 0,
				      ZVMO_INDEX_MAX, NULL, NULL);
		/* As of any file. They cannot be had back, so at last. */
		if (!err)
			cow_unmap(cow, pages, zvmo_cow_pages(cow) - pages,
				  true);
	}
	if (err)
		return err;
	if (page) {
		touch_page(cow, page);
		memzero_page(page, offset_in_page(size),
			     PAGE_SIZE - offset_in_page(size));
		touch_page(cow, page);
	}
	WRITE_ONCE(cow->size, PAGE_ALIGN(size));
	i_size_write(cow->inode, size);
	return 0;
}

/**
 * zvmo_cow_resize() - Set size and stream size.
 * @cow: The object, resizable.
 * @size: New stream size in bytes; the size is that rounded up. With
 *	@cow->base it does not exceed ZVMO_SIZE_MAX.
 *
 * What is cut off is unmapped and freed, with the copies that private mappings
 * made of it, and the rest of the last page zeroed.
 *
 * Context: May sleep. The inode's lock is held; takes and releases @cow->lock.
 * Return: 0; or -ENOMEM, -EINTR (fatal signal), then nothing changed.
 */
int zvmo_cow_resize(struct zvmo_cow *cow, u64 size)
{
	struct page *spare = NULL;
	int err;

	do {
		err = -EINTR;
		if (down_write_killable(&cow->lock))
			break;
		err = cow_resize_once(cow, size, &spare);
		up_write(&cow->lock);
	} while (err == -EAGAIN && (spare = zvmo_page_alloc()));
	if (spare)
		zvmo_page_put(spare);
	return err == -EAGAIN ? -ENOMEM : err;
}
