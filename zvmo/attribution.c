// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: what a VMO costs
 *
 * Each page is charged in equal parts to the content objects that hold it. A
 * slice or a reference tells of the pages that it shows, as if its parent were
 * asked about them; so sums over a family leave slices and references out.
 *
 * Locking: the family's lock keeps its members, then their locks, held shared,
 * their trees as they are. They are taken in the order of their addresses.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "attribution.h"
#include "compat.h"
#include "mapping.h"

/* The trees of a family, all locked. */
struct relatives {
	struct zvmo_family *family;
	const struct zvmo_tree **trees;
	unsigned int nr;
};

static struct zvmo_cow *tree_cow(const struct zvmo_tree *tree)
{
	return container_of(tree, struct zvmo_cow, tree);
}

/* The order of the trees' addresses is that of their content objects'. */
static int tree_compare(const void *a, const void *b)
{
	const struct zvmo_tree *const *one = a, *const *other = b;

	return *one < *other ? -1 : *one > *other;
}

/*
 * Lockdep follows up to 48 locks that a task holds, and a family has any number
 * of members. So it is told of one at a time: that is enough to check the order
 * between these locks and all others. (down_read_non_owner() would not be
 * checked at all, and cannot be interrupted.) Without lockdep these lines are
 * nothing.
 */
static int tree_lock(const struct zvmo_tree *tree)
{
	struct zvmo_cow *cow = tree_cow(tree);

	if (down_read_killable(&cow->lock))
		return -EINTR;
	rwsem_release(&cow->lock.dep_map, _THIS_IP_);
	return 0;
}

static void tree_unlock(const struct zvmo_tree *tree)
{
	struct zvmo_cow *cow = tree_cow(tree);

	rwsem_acquire_read(&cow->lock.dep_map, 0, 1, _THIS_IP_);
	up_read(&cow->lock);
}

static void relatives_unlock(struct relatives *relatives)
{
	while (relatives->nr)
		tree_unlock(relatives->trees[--relatives->nr]);
	mutex_unlock(&relatives->family->lock);
	kvfree(relatives->trees);
}

/* Collect the trees of a family, whose lock is held, and sort them. */
static int relatives_collect(struct relatives *relatives)
{
	struct zvmo_family *family = relatives->family;
	struct zvmo_cow *cow;

	relatives->trees = kvmalloc_array(refcount_read(&family->members),
					  sizeof(*relatives->trees),
					  GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!relatives->trees)
		return -ENOMEM;
	hlist_for_each_entry(cow, &family->list, relative)
		relatives->trees[relatives->nr++] = &cow->tree;
	sort(relatives->trees, relatives->nr, sizeof(*relatives->trees),
	     tree_compare, NULL);
	return 0;
}

static int relatives_lock(struct relatives *relatives,
			  struct zvmo_family *family)
{
	unsigned int nr;
	int err;

	relatives->family = family;
	relatives->nr = 0;
	if (mutex_lock_killable(&family->lock))
		return -EINTR;
	err = relatives_collect(relatives);
	nr = relatives->nr;
	relatives->nr = 0;
	while (!err && relatives->nr < nr) {
		err = tree_lock(relatives->trees[relatives->nr]);
		relatives->nr += !err;
	}
	if (err)
		relatives_unlock(relatives);
	return err;
}

/* What [start, end) of a VMO costs; what lies beyond it is left out. */
static int attribute(struct zvmo *vmo, u64 start, u64 end,
		     struct zvmo_share *share, u64 *metadata)
{
	struct zvmo_cow *cow = vmo->cow;
	unsigned long index = cow->base + vmo->first;
	struct relatives relatives;
	int err;

	memset(share, 0, sizeof(*share));
	err = relatives_lock(&relatives, cow->family);
	if (err)
		return err;
	end = min(end, zvmo_size(vmo));
	if (start < end)
		err = zvmo_tree_share(&cow->tree, relatives.trees, relatives.nr,
				      index + (start >> PAGE_SHIFT),
				      index + (end >> PAGE_SHIFT) - 1, share);
	if (metadata)
		*metadata = zvmo_tree_bytes(&cow->tree);
	relatives_unlock(&relatives);
	return err;
}

/*
 * Two structures have these members. What is populated is what is committed, as
 * long as nothing is compressed.
 */
#define fill_share(info, share)                                                \
	do {                                                                   \
		(info)->committed_bytes = (share)->bytes;                      \
		(info)->populated_bytes = (share)->bytes;                      \
		(info)->committed_private_bytes = (share)->private_bytes;      \
		(info)->populated_private_bytes = (share)->private_bytes;      \
		(info)->committed_scaled_bytes = (share)->scaled_bytes;        \
		(info)->populated_scaled_bytes = (share)->scaled_bytes;        \
		(info)->committed_fractional_scaled_bytes = (share)->fraction; \
		(info)->populated_fractional_scaled_bytes = (share)->fraction; \
	} while (0)

/**
 * zvmo_attribute_vmo() - Fill in what takes long to find out about a VMO.
 * @vmo: The VMO.
 * @info: Filled after zvmo_get_info(): the members after @name, and
 *	@committed_bytes anew, so that all are of one moment.
 *
 * Takes time in proportion to the distinct nodes of the family.
 *
 * Context: May sleep. Takes and releases the locks of the family and of all its
 *	members.
 * Return: 0, -ENOMEM or -EINTR (fatal signal).
 */
int zvmo_attribute_vmo(struct zvmo *vmo, struct zvmo_info *info)
{
	struct zvmo_share share;
	int err;

	err = attribute(vmo, 0, ZVMO_SIZE_MAX, &share, &info->metadata_bytes);
	if (err)
		return err;
	fill_share(info, &share);
	info->handle_count = kref_read(&vmo->refs);
	return zvmo_count_spaces(vmo, &info->share_count);
}

/**
 * zvmo_attribute_range() - Tell what a range costs.
 * @vmo: The VMO.
 * @info: As ZVMO_IOC_GET_RANGE_INFO documents.
 *
 * Context: May sleep. Takes and releases the locks of the family and of all its
 *	members.
 * Return: 0 or a negative errno as documented there.
 */
int zvmo_attribute_range(struct zvmo *vmo, struct zvmo_range_info *info)
{
	struct zvmo_share share;
	u64 end;
	int err;

	if ((info->offset | info->length) % PAGE_SIZE)
		return -EINVAL;
	if (check_add_overflow((u64)info->offset, (u64)info->length, &end))
		return -ERANGE;
	err = attribute(vmo, info->offset, end, &share, NULL);
	if (!err)
		fill_share(info, &share);
	return err;
}

/**
 * zvmo_attribute_cgroup() - Tell whom a VMO is charged to.
 * @vmo: The VMO.
 *
 * Context: May sleep. Takes and releases the lock of its content object.
 * Return: The number of the memory cgroup to which its first page is charged, or
 * 0 if it has no page, or one that is not charged.
 */
u64 zvmo_attribute_cgroup(struct zvmo *vmo)
{
	struct zvmo_cow *cow = vmo->cow;
	unsigned long pages = zvmo_size(vmo) >> PAGE_SHIFT;
	unsigned long index = zvmo_cow_index(cow, vmo->first);
	u64 cgroup = 0;

	/* Who is dying does not see the answer. */
	if (down_read_killable(&cow->lock))
		return 0;
	if (pages && zvmo_tree_next_page(&cow->tree, &index, index + pages - 1))
		cgroup = zvmo_page_cgroup(zvmo_entry_page(
			zvmo_tree_lookup(&cow->tree, index)));
	up_read(&cow->lock);
	return cgroup;
}

/* What an extent is; its page, if it is one, has so many holders. */
static void run_fill(struct zvmo_page_run *run,
		     const struct zvmo_extent *extent, unsigned int holders)
{
	run->holders = 0;
	if (zvmo_entry_is_page(extent->entry)) {
		run->holders = holders;
		run->state = holders > 1 ? ZVMO_PAGE_STATE_SHARED :
					   ZVMO_PAGE_STATE_PRIVATE;
	} else {
		run->state = extent->entry ? ZVMO_PAGE_STATE_ZERO :
					     ZVMO_PAGE_STATE_ABSENT;
	}
	run->pages = extent->last - extent->first + 1;
}

/* Add a run, as part of the one before if it is equal. False: no room. */
static bool runs_add(struct zvmo_page_runs *runs,
		     const struct zvmo_page_run *run)
{
	struct zvmo_page_run *last;

	last = runs->nr ? &runs->runs[runs->nr - 1] : NULL;
	if (last && last->state == run->state &&
	    last->holders == run->holders) {
		last->pages += run->pages;
		return true;
	}
	if (runs->nr == ARRAY_SIZE(runs->runs))
		return false;
	runs->runs[runs->nr++] = *run;
	return true;
}

/* Leaves that are looked into at most while the locks are held. */
#define RUNS_LEAVES 1024

static int runs_collect(const struct relatives *relatives, struct zvmo *vmo,
			unsigned long end, struct zvmo_page_runs *runs)
{
	unsigned long base = vmo->cow->base + vmo->first, leaf = ULONG_MAX;
	unsigned int holders[ZVMO_NODE_SLOTS] = {}, nr_leaves = 0;
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;
	struct zvmo_page_run run;
	unsigned long index;
	int err;

	zvmo_cursor_init(&cursor, &vmo->cow->tree, base + runs->next,
			 base + end - 1);
	while (zvmo_cursor_next(&cursor, &extent)) {
		index = extent.first;
		if (zvmo_entry_is_page(extent.entry) &&
		    leaf != index >> ZVMO_NODE_SHIFT) {
			if (nr_leaves++ == RUNS_LEAVES)
				break;
			leaf = index >> ZVMO_NODE_SHIFT;
			err = zvmo_tree_holders(&vmo->cow->tree,
						relatives->trees, relatives->nr,
						index, holders);
			if (err)
				return err;
			if (fatal_signal_pending(current))
				return -EINTR;
			cond_resched();
		}
		run_fill(&run, &extent, holders[index & ZVMO_NODE_MASK]);
		if (!runs_add(runs, &run))
			break;
		runs->next += run.pages;
	}
	return 0;
}

/**
 * zvmo_attribute_pages() - Tell what the pages of a VMO are.
 * @vmo: The VMO.
 * @end: Page number where to stop, if the VMO does not end before.
 * @runs: In: @next is where to begin. Out: what there is; @next is where to go
 *	on, and @done is set if there is nothing more.
 *
 * Context: May sleep. Takes and releases the locks of the family and of all its
 *	members.
 * Return: 0, -ENOMEM or -EINTR (fatal signal).
 */
int zvmo_attribute_pages(struct zvmo *vmo, unsigned long end,
			 struct zvmo_page_runs *runs)
{
	struct relatives relatives;
	int err;

	runs->nr = 0;
	err = relatives_lock(&relatives, vmo->cow->family);
	if (err)
		return err;
	end = min_t(unsigned long, end, zvmo_size(vmo) >> PAGE_SHIFT);
	if (runs->next < end)
		err = runs_collect(&relatives, vmo, end, runs);
	runs->done = runs->next >= end;
	relatives_unlock(&relatives);
	return err;
}
