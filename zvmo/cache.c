// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: caches and memory types of a VMO's pages
 *
 * Cache maintenance goes page by page, through the kernel's own view of each.
 * A cache policy is a property of the content object: its pages get the memory
 * type when they join (cow.c) or when the policy changes (here), its mappings
 * when they are made (mapping.c). Only an object that nothing else knows may
 * change: no mapping, no second VMO, no relative; so a page that has another
 * memory type than the kernel's own is never shared.
 *
 * Locking: cow->lock, shared for maintenance, exclusive to change the policy.
 */
#include <linux/highmem.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>

#include "cache.h"
#include "page.h"

/* Pages handled before the lock is let go of for others. */
#define CACHE_BATCH 64

bool zvmo_cache_invalidate;
module_param_named(cache_invalidate, zvmo_cache_invalidate, bool, 0644);
MODULE_PARM_DESC(cache_invalidate,
		 "Allow ZVMO_OP_CACHE_INVALIDATE, for debugging (default N)");

/**
 * zvmo_cache_may_invalidate() - Is ZVMO_OP_CACHE_INVALIDATE allowed?
 *
 * Return: The answer.
 */
bool zvmo_cache_may_invalidate(void)
{
	return READ_ONCE(zvmo_cache_invalidate);
}

/* The part of a page at @pgoff that [start, end) covers. */
static void page_cache_op(struct page *page, u32 op, unsigned long pgoff,
			  u64 start, u64 end)
{
	u64 base = (u64)pgoff << PAGE_SHIFT;
	unsigned int from = start > base ? start - base : 0;
	unsigned int to = min_t(u64, end - base, PAGE_SIZE);
	char *address = kmap_local_page(page);

	if (op == ZVMO_OP_CACHE_SYNC)
		zvmo_arch_sync(address + from, to - from);
	else if (op == ZVMO_OP_CACHE_CLEAN)
		zvmo_arch_clean(address + from, to - from);
	else
		zvmo_arch_clean_invalidate(address + from, to - from);
	kunmap_local(address);
}

/**
 * zvmo_cache_op() - Clean, invalidate or synchronise what is present of a range.
 * @cow: The object.
 * @op: ZVMO_OP_CACHE_*.
 * @start: Start in bytes.
 * @end: End in bytes, not @start. What lies beyond the object is skipped.
 *
 * Context: May sleep. Takes and releases @cow->lock.
 * Return: 0, or -EINTR (fatal signal).
 */
int zvmo_cache_op(struct zvmo_cow *cow, u32 op, u64 start, u64 end)
{
	unsigned long index = zvmo_cow_index(cow, start >> PAGE_SHIFT);
	unsigned long last = zvmo_cow_index(cow, (end - 1) >> PAGE_SHIFT);
	bool more = true;
	int i;

	while (more) {
		if (fatal_signal_pending(current) ||
		    down_read_killable(&cow->lock))
			return -EINTR;
		for (i = 0; more && i < CACHE_BATCH; i++, index++) {
			more = index <= last &&
			       zvmo_tree_next_page(&cow->tree, &index, last);
			if (more)
				page_cache_op(zvmo_entry_page(zvmo_tree_lookup(
						      &cow->tree, index)),
					      op, index - cow->base, start,
					      end);
		}
		up_read(&cow->lock);
		cond_resched();
	}
	return 0;
}

/*
 * Give every page up to *@last the memory type of a policy; stops at the first
 * failure, and says there. A page takes long, so who waits for all of them can be
 * killed; but not when this goes back to the policy that the object has.
 */
static int set_memory_types(struct zvmo_cow *cow, u32 policy,
			    unsigned long *last)
{
	unsigned long index = 0;
	int err = 0;

	for (; zvmo_tree_next_page(&cow->tree, &index, *last); index++) {
		if (policy != cow->cache_policy &&
		    fatal_signal_pending(current))
			err = -EINTR;
		else
			err = zvmo_page_set_memory_type(
				zvmo_entry_page(
					zvmo_tree_lookup(&cow->tree, index)),
				policy);
		if (err)
			break;
		cond_resched();
	}
	*last = index;
	return err;
}

/* Does anything else know the object? @cow->lock is held exclusive. */
static bool cow_is_known(const struct zvmo *vmo)
{
	const struct zvmo_cow *cow = vmo->cow;

	return vmo->kind != ZVMO_KIND_ORIGINAL || zvmo_cow_may_share(cow) ||
	       refcount_read(&cow->users) > 1 ||
	       atomic_long_read(&vmo->nr_mappings);
}

/**
 * zvmo_set_cache_policy() - Change the memory type of a VMO's mappings.
 * @vmo: The VMO.
 * @rights: Rights of the handle that was used.
 * @policy: ZVMO_CACHE_POLICY_*.
 *
 * Context: May sleep. Takes and releases cow->lock.
 * Return: 0 or a negative errno as ZVMO_IOC_SET_CACHE_POLICY documents.
 */
int zvmo_set_cache_policy(struct zvmo *vmo, u32 rights, u32 policy)
{
	unsigned long last = ZVMO_INDEX_MAX;
	struct zvmo_cow *cow = vmo->cow;
	int err = 0;

	if (!(rights & ZVMO_RIGHT_MAP))
		return -EACCES;
	if (policy > ZVMO_CACHE_POLICY_WRITE_COMBINING)
		return -EINVAL;
	if (down_write_killable(&cow->lock))
		return -EINTR;
	if (cow_is_known(vmo) || (cow->family->discard && policy))
		err = -EBUSY;
	else if (policy != cow->cache_policy)
		err = set_memory_types(cow, policy, &last);
	if (!err)
		cow->cache_policy = policy;
	else if (err != -EBUSY)
		set_memory_types(cow, cow->cache_policy, &last);
	up_write(&cow->lock);
	return err;
}
