// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: discardable content - locked, unlocked, and dropped under pressure
 *
 * A discardable content object is in one of four states:
 *
 * ============  =====  =======================================================
 * unset         0      created, never locked: not dropped
 * locked        > 0    locks are held: not dropped
 * reclaimable   0      the last lock was released: may be dropped as a whole
 * discarded     0      dropped; @cow->discarded is set, the tree is empty
 * ============  =====  =======================================================
 *
 * (The number is the lock count.) Reclaimable objects are on a list of those
 * that were unlocked longest ago, which a shrinker goes through; the list is
 * kept by memory cgroup, so that pressure in a group drops its own. To lock and
 * to unlock is a list operation, whatever the size.
 *
 * Locking: cow->lock held exclusive protects the state; the list's lock nests
 * inside. The shrinker, which may run in an allocation under any cow->lock, only
 * tries that lock.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "discard.h"
#include "event.h"
#include "trace.h"

unsigned int zvmo_discard_age;
module_param_named(discard_age, zvmo_discard_age, uint, 0644);
MODULE_PARM_DESC(
	discard_age,
	"Milliseconds after unlocking in which discardable content stays (default 0)");

/**
 * struct zvmo_discard - What makes a content object discardable.
 * @cow: The object.
 * @lru: Entry in the list of reclaimable objects; else empty.
 * @locks: Locks held.
 * @was_locked: It was locked, and unlocked, at least once.
 * @untold: The content was dropped; locks are held, but nobody was told yet.
 * @unlocked_at: When the last lock was released, in jiffies.
 * @pages: How many pages there were then.
 * @events: How often pages were dropped.
 *
 * All but @cow protected by cow->lock, held exclusive to change; @lru also by
 * the list's lock.
 */
struct zvmo_discard {
	struct zvmo_cow *cow;
	struct list_head lru;
	unsigned long locks;
	bool was_locked;
	bool untold;
	unsigned long unlocked_at;
	unsigned long pages;
	unsigned long events;
};

static struct kmem_cache *discard_cache;
static struct shrinker *discard_shrinker;
static struct list_lru discard_lru;
static bool discard_ready; /* the list is there, for the shrinker to see */

/* Of all reclaimable objects: how many, and the sum of their @pages. */
static atomic_long_t nr_reclaimable;
static atomic_long_t reclaimable_pages;
static atomic_long_t nr_events;

/* Transitions; cow->lock is held exclusive */

static bool is_reclaimable(const struct zvmo_discard *discard)
{
	return !list_empty(&discard->lru);
}

static void account_reclaimable(struct zvmo_discard *discard, int sign)
{
	atomic_long_add(sign, &nr_reclaimable);
	atomic_long_add(sign * (long)discard->pages, &reclaimable_pages);
}

static void make_reclaimable(struct zvmo_discard *discard)
{
	discard->unlocked_at = jiffies;
	discard->pages =
		zvmo_tree_count(&discard->cow->tree, 0, ZVMO_INDEX_MAX);
	account_reclaimable(discard, 1);
	zvmo_list_lru_add(&discard_lru, &discard->lru);
}

static void make_unreclaimable(struct zvmo_discard *discard)
{
	if (!is_reclaimable(discard))
		return;
	zvmo_list_lru_del(&discard_lru, &discard->lru);
	account_reclaimable(discard, -1);
}

/* Zero pages go too: to touch the content is an error from now on. */
static void unmap_content(struct zvmo_cow *cow)
{
	if (cow->size)
		zvmo_cow_unmap(cow, 0, zvmo_cow_pages(cow));
}

/* Drop the content; it is no longer on the list. */
static unsigned long discard_content(struct zvmo_discard *discard)
{
	struct zvmo_cow *cow = discard->cow;
	unsigned long pages = zvmo_tree_count(&cow->tree, 0, ZVMO_INDEX_MAX);

	account_reclaimable(discard, -1);
	unmap_content(cow);
	zvmo_tree_destroy(&cow->tree);
	cow->discarded = true;
	discard->events += !!pages;
	atomic_long_inc(&nr_events);
	zvmo_event_discard(cow, pages);
	return pages;
}

/* The shrinker */

struct shrink {
	unsigned long want; /* pages */
	unsigned long freed;
	unsigned long nr_to_walk; /* objects */
	unsigned long passed; /* objects that stay */
};

/* Objects passed over before the list's lock is let go of for others. */
#define PASS_BATCH 128

static u64 find_locked(unsigned long base, const zvmo_entry_t *slots, u64 marks,
		       void *arg)
{
	bool *found = arg;

	for (; marks; marks &= marks - 1)
		if (PageLocked(zvmo_entry_page(slots[__ffs64(marks)])))
			*found = true;
	return 0;
}

/*
 * Is a page locked? To drop an exposed one takes its lock. A write to a private
 * mapping holds that while the kernel makes the copy's PTE, and allocates a page
 * table if the one that was there has gone meanwhile (CONFIG_PT_RECLAIM): so it
 * may be who is here.
 */
static bool has_locked_page(struct zvmo_cow *cow)
{
	bool found = false;

	zvmo_tree_conceal(&cow->tree, 0, ZVMO_INDEX_MAX, find_locked, &found);
	return found;
}

/* Off the list; its lock is not held. Returns the number of pages dropped. */
static unsigned long discard_or_put_back(struct zvmo_discard *discard)
{
	if (!has_locked_page(discard->cow))
		return discard_content(discard);
	zvmo_list_lru_add(&discard_lru, &discard->lru);
	return 0;
}

static bool may_discard(const struct zvmo_discard *discard)
{
	unsigned long age = msecs_to_jiffies(READ_ONCE(zvmo_discard_age));

	return !atomic_read(&discard->cow->high_priority) &&
	       time_after_eq(jiffies, discard->unlocked_at + age);
}

static ZVMO_LIST_LRU_ISOLATE(isolate, item, list, lock, arg)
{
	struct zvmo_discard *discard =
		container_of(item, struct zvmo_discard, lru);
	struct zvmo_cow *cow = discard->cow;
	struct shrink *shrink = arg;

	/* Do not go on through a list that may be long, under its lock. */
	if (shrink->freed >= shrink->want) {
		shrink->nr_to_walk = 0;
		return LRU_SKIP;
	}
	/* While it is on the list, its destruction waits for the list's lock. */
	if (!down_write_trylock(&cow->lock))
		goto pass_over;
	if (!may_discard(discard)) {
		up_write(&cow->lock);
		goto pass_over;
	}
	list_lru_isolate(list, item);
	zvmo_list_lru_unlock(list, lock);
	shrink->freed += discard_or_put_back(discard);
	/* Once it is unlocked it may go: the memory of the lock stays a little. */
	rcu_read_lock();
	up_write(&cow->lock);
	rcu_read_unlock();
	cond_resched();
	zvmo_list_lru_relock(list, lock);
	return LRU_REMOVED_RETRY;

pass_over:
	if (++shrink->passed % PASS_BATCH)
		return LRU_ROTATE;
	/* Whoever starts over does not meet again what is at the end. */
	list_move_tail(item, &list->list);
	zvmo_list_lru_unlock(list, lock);
	cond_resched();
	zvmo_list_lru_relock(list, lock);
	return LRU_RETRY;
}

static unsigned long shrinker_objects(struct shrink_control *sc)
{
	/* An estimate: the list does not take its lock to count. */
	return data_race(list_lru_shrink_count(&discard_lru, sc));
}

/*
 * In pages, so that the kernel's arithmetic weighs them against others: the list
 * counts objects, which are taken for average ones.
 */
static unsigned long shrinker_count(struct shrinker *shrinker,
				    struct shrink_control *sc)
{
	unsigned long objects, average;

	/* Pairs with the release in zvmo_discard_init(). */
	if (!smp_load_acquire(&discard_ready))
		return 0;
	objects = shrinker_objects(sc);
	if (!objects)
		return SHRINK_EMPTY;
	average = max(atomic_long_read(&reclaimable_pages), 0L) /
		  max(atomic_long_read(&nr_reclaimable), 1L);
	return objects * max(average, 1UL);
}

static unsigned long shrinker_scan(struct shrinker *shrinker,
				   struct shrink_control *sc)
{
	struct shrink shrink = { .want = sc->nr_to_scan };

	/* Who allocates may hold locks that unmapping takes. */
	if (!(sc->gfp_mask & __GFP_FS))
		return SHRINK_STOP;
	shrink.nr_to_walk = shrinker_objects(sc);
	list_lru_walk_one(&discard_lru, sc->nid, sc->memcg, isolate, &shrink,
			  &shrink.nr_to_walk);
	trace_zvmo_reclaim(shrink.want, shrink.freed);
	if (!shrink.freed)
		return SHRINK_STOP;
	/* Else reclaim thinks that nothing helps, and goes on until all is gone. */
	mm_account_reclaimed_pages(shrink.freed);
	sc->nr_scanned = max(sc->nr_to_scan, shrink.freed);
	return shrink.freed;
}

/* The interface */

/**
 * zvmo_discard_create() - Make a new content object discardable.
 * @cow: The object; nobody else knows it.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zvmo_discard_create(struct zvmo_cow *cow)
{
	/* Such that the list has a part for our memory cgroup. */
	struct zvmo_discard *discard = kmem_cache_alloc_lru(
		discard_cache, &discard_lru, GFP_KERNEL | __GFP_ZERO);

	if (!discard)
		return -ENOMEM;
	discard->cow = cow;
	INIT_LIST_HEAD(&discard->lru);
	cow->family->discard = discard;
	return 0;
}

/**
 * zvmo_discard_destroy() - Undo zvmo_discard_create(), before the object goes.
 * @cow: The object; nobody uses it but the shrinker.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 */
void zvmo_discard_destroy(struct zvmo_cow *cow)
{
	struct zvmo_discard *discard = cow->family->discard;

	down_write(&cow->lock);
	make_unreclaimable(discard);
	cow->family->discard = NULL;
	up_write(&cow->lock);
	kmem_cache_free(discard_cache, discard);
}

/* Check what all three operations want; cow->lock is held. */
static int check_whole(const struct zvmo_cow *cow, u64 offset, u64 length)
{
	if (!cow->family->discard)
		return -EOPNOTSUPP;
	return offset || length != cow->size ? -ERANGE : 0;
}

static bool is_lost(const struct zvmo_cow *cow)
{
	return cow->discarded || cow->family->discard->untold;
}

static void lock_content(struct zvmo_cow *cow)
{
	struct zvmo_discard *discard = cow->family->discard;

	make_unreclaimable(discard);
	discard->locks++;
	discard->untold |= cow->discarded;
	cow->discarded = false;
}

/* Release a lock. A loss that nobody was told of is still to be told. */
static void unlock_content(struct zvmo_cow *cow)
{
	struct zvmo_discard *discard = cow->family->discard;

	if (--discard->locks)
		return;
	if (discard->untold && !cow->tree.root) {
		unmap_content(cow);
		cow->discarded = true;
	} else if (discard->was_locked) {
		make_reclaimable(discard);
	}
	discard->untold = false;
}

/* The caller of LOCK was told of a loss; or not, then it has no lock. */
static void finish_lock(struct zvmo_cow *cow, bool told)
{
	down_write(&cow->lock);
	if (told)
		cow->family->discard->untold = false;
	else if (cow->family->discard->locks) /* somebody may have unlocked it */
		unlock_content(cow);
	up_write(&cow->lock);
}

/**
 * zvmo_discard_lock() - ZVMO_OP_LOCK.
 * @cow: The object.
 * @offset: 0, or it fails.
 * @length: The object's size, or it fails.
 * @state: Where to say what was found; the size of it was checked.
 *
 * Context: May sleep and fault. Takes and releases @cow->lock.
 * Return: 0, -EOPNOTSUPP, -ERANGE, -EFAULT or -EINTR (fatal signal), as
 * ZVMO_IOC_OP_RANGE documents.
 */
int zvmo_discard_lock(struct zvmo_cow *cow, u64 offset, u64 length,
		      struct zvmo_lock_state __user *state)
{
	struct zvmo_lock_state found = {};
	bool lost = false;
	int err;

	if (down_write_killable(&cow->lock))
		return -EINTR;
	err = check_whole(cow, offset, length);
	if (!err) {
		lost = is_lost(cow);
		found.size = cow->size;
		if (lost)
			found.discarded_size = cow->size;
		lock_content(cow);
	}
	up_write(&cow->lock);
	if (err)
		return err;
	if (copy_to_user(state, &found, sizeof(found)))
		err = -EFAULT;
	if (err || lost)
		finish_lock(cow, !err);
	return err;
}

/**
 * zvmo_discard_try_lock() - ZVMO_OP_TRY_LOCK.
 * @cow: The object.
 * @offset: 0, or it fails.
 * @length: The object's size, or it fails.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return: 0, -EOPNOTSUPP, -ERANGE, -ESTALE or -EINTR (fatal signal), as
 * ZVMO_IOC_OP_RANGE documents.
 */
int zvmo_discard_try_lock(struct zvmo_cow *cow, u64 offset, u64 length)
{
	int err;

	if (down_write_killable(&cow->lock))
		return -EINTR;
	err = check_whole(cow, offset, length);
	if (!err && is_lost(cow))
		err = -ESTALE;
	if (!err)
		lock_content(cow);
	up_write(&cow->lock);
	return err;
}

/**
 * zvmo_discard_unlock() - ZVMO_OP_UNLOCK.
 * @cow: The object.
 * @offset: 0, or it fails.
 * @length: The object's size, or it fails.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return: 0, -EOPNOTSUPP, -ERANGE, -EBADFD or -EINTR (fatal signal), as
 * ZVMO_IOC_OP_RANGE documents.
 */
int zvmo_discard_unlock(struct zvmo_cow *cow, u64 offset, u64 length)
{
	int err;

	if (down_write_killable(&cow->lock))
		return -EINTR;
	err = check_whole(cow, offset, length);
	if (!err && !cow->family->discard->locks)
		err = -EBADFD;
	if (!err) {
		cow->family->discard->was_locked = true;
		unlock_content(cow);
	}
	up_write(&cow->lock);
	return err;
}

/**
 * zvmo_discard_now() - Discard the content of an object, whatever its age.
 * @cow: The object, discardable or not.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return: How many pages were dropped; -EOPNOTSUPP if it is not discardable,
 * -EBUSY if it is locked or was never locked, -EINTR (fatal signal).
 */
long zvmo_discard_now(struct zvmo_cow *cow)
{
	struct zvmo_discard *discard = cow->family->discard;
	long ret = 0;

	if (!discard)
		return -EOPNOTSUPP;
	if (down_write_killable(&cow->lock))
		return -EINTR;
	/* Whoever takes it off the list discards it, under this lock. */
	if (is_reclaimable(discard)) {
		zvmo_list_lru_del(&discard_lru, &discard->lru);
		ret = discard_content(discard);
	} else if (!cow->discarded) {
		ret = -EBUSY;
	}
	up_write(&cow->lock);
	return ret;
}

/**
 * zvmo_discard_reclaim() - Discard content as if memory were short.
 * @want: Pages to free.
 *
 * Context: May sleep.
 * Return: How many pages were dropped, more than @want or less.
 */
unsigned long zvmo_discard_reclaim(unsigned long want)
{
	struct shrink shrink = { .want = want };

	list_lru_walk(&discard_lru, isolate, &shrink,
		      list_lru_count(&discard_lru));
	trace_zvmo_reclaim(shrink.want, shrink.freed);
	return shrink.freed;
}

/**
 * zvmo_discard_lock_count() - How many locks are held.
 * @cow: The object, discardable or not.
 *
 * Context: @cow->lock held.
 * Return: The number.
 */
unsigned long zvmo_discard_lock_count(const struct zvmo_cow *cow)
{
	return cow->family->discard ? cow->family->discard->locks : 0;
}

/**
 * zvmo_discard_events() - How often reclaim dropped pages of an object.
 * @cow: The object, discardable or not.
 *
 * Context: @cow->lock held.
 * Return: The number.
 */
unsigned long zvmo_discard_events(const struct zvmo_cow *cow)
{
	return cow->family->discard ? cow->family->discard->events : 0;
}

/**
 * zvmo_discard_count_reclaimable() - How many objects are reclaimable.
 *
 * Return: The number.
 */
unsigned long zvmo_discard_count_reclaimable(void)
{
	return atomic_long_read(&nr_reclaimable);
}

/**
 * zvmo_discard_count_events() - How many objects were discarded ever.
 *
 * Return: The number.
 */
unsigned long zvmo_discard_count_events(void)
{
	return atomic_long_read(&nr_events);
}

/**
 * zvmo_discard_exit() - Undo zvmo_discard_init(). No object is left.
 */
void zvmo_discard_exit(void)
{
	zvmo_shrinker_destroy(discard_shrinker);
	list_lru_destroy(&discard_lru);
	kmem_cache_destroy(discard_cache);
}

/**
 * zvmo_discard_init() - Set up the list and its shrinker.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_discard_init(void)
{
	int err = -ENOMEM;

	discard_cache = kmem_cache_create("zvmo_discard",
					  sizeof(struct zvmo_discard), 0,
					  SLAB_ACCOUNT, NULL);
	if (!discard_cache)
		return -ENOMEM;
	discard_shrinker = zvmo_shrinker_create(
		"zvmo-discard", SHRINKER_NUMA_AWARE | SHRINKER_MEMCG_AWARE,
		shrinker_count, shrinker_scan);
	if (!discard_shrinker)
		goto destroy_cache;
	err = list_lru_init_memcg(&discard_lru, discard_shrinker);
	if (err)
		goto destroy_shrinker;
	/* Pairs with the acquire in shrinker_count(). */
	smp_store_release(&discard_ready, true);
	zvmo_shrinker_enable(discard_shrinker);
	return 0;

destroy_shrinker:
	zvmo_shrinker_destroy(discard_shrinker);
destroy_cache:
	kmem_cache_destroy(discard_cache);
	return err;
}
