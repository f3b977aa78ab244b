// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: going back to a relative's content
 *
 * The relative's tree is shared, as a snapshot of it would be; where this share
 * differs from what the VMO has, the VMO's mappings are removed; then the VMO
 * adopts the share. Both trees have one index space and skip what they have in
 * common, so the cost is that of what differs, and what does not stays mapped.
 *
 * Locking: the lock of the VMO's content object is held exclusive, that of the
 * relative's shared, so that many can go back to one at the same time; but
 * exclusive if the relative has exposed pages, which must be concealed first.
 */
#include <linux/sched/signal.h>

#include "restore.h"
#include "share.h"
#include "trace.h"

/* A restoration: tree indexes are those of a window of @cow, and of @source. */
struct restore {
	struct zvmo_cow *cow;
	struct zvmo *source;
	unsigned long first;
	unsigned long last;
	bool whole; /* the tree has nothing outside the window */
	struct zvmo_tree share; /* what the source has there */
};

static int unmap_difference(unsigned long first, unsigned long last,
			    enum zvmo_diff_what what, void *arg)
{
	struct zvmo_cow *cow = arg;

	/* It takes time in proportion to the mappings. */
	if (fatal_signal_pending(current))
		return -EINTR;
	if (what != ZVMO_TREE_ONLY_B || zvmo_cow_holes_mapped(cow))
		zvmo_cow_unmap(cow, first - cow->base, last - first + 1);
	return 0;
}

/* Share what the source has in the window. */
static int share_source(struct restore *restore, bool exclusive)
{
	struct zvmo *source = restore->source;
	struct zvmo_cow *cow = source->cow;
	unsigned long first = zvmo_cow_index(cow, source->first);
	unsigned long pages = zvmo_size(source) >> PAGE_SHIFT;
	unsigned long last = first + pages - 1;

	if (!pages || last < restore->first || first > restore->last)
		return 0;
	if (source->kind != ZVMO_KIND_SLICE && first >= restore->first &&
	    last <= restore->last) {
		/* Nothing needs to be cut off. */
		first = 0;
		last = ZVMO_INDEX_MAX;
	} else {
		first = max(first, restore->first);
		last = min(last, restore->last);
	}
	if (exclusive)
		return zvmo_cow_share(cow, &restore->share, first, last);
	return zvmo_tree_clone(&restore->share, &cow->tree, first, last);
}

static int restore_window(struct restore *restore, bool exclusive)
{
	struct zvmo_cow *cow = restore->cow;
	int err;

	err = share_source(restore, exclusive);
	if (err)
		return err;
	err = zvmo_tree_diff(&cow->tree, &restore->share, restore->first,
			     restore->last, unmap_difference, cow);
	if (!err)
		err = zvmo_tree_adopt(&cow->tree, &restore->share,
				      restore->whole ? 0 : restore->first,
				      restore->whole ? ZVMO_INDEX_MAX :
						       restore->last);
	zvmo_tree_destroy(&restore->share);
	return err;
}

/* Is it the same window, or a part of it, of the same object? */
static bool is_itself(const struct restore *restore)
{
	const struct zvmo *source = restore->source;
	unsigned long first = zvmo_cow_index(source->cow, source->first);

	return restore->cow == source->cow && restore->first >= first &&
	       restore->last < first + (zvmo_size(source) >> PAGE_SHIFT);
}

/* With both locks held. -EAGAIN: the source's must be held exclusive. */
static int restore_locked(struct zvmo *vmo, struct zvmo *source, u64 offset,
			  u64 end, bool exclusive)
{
	struct zvmo_cow *cow = vmo->cow;
	struct restore restore = {
		.cow = cow,
		.source = source,
		.first = zvmo_cow_index(cow, vmo->first) +
			 (offset >> PAGE_SHIFT),
		.last = zvmo_cow_index(cow, vmo->first) + (end >> PAGE_SHIFT) -
			1,
		.whole = vmo->kind != ZVMO_KIND_SLICE && !offset &&
			 end == cow->size,
	};

	if (offset > end || end > zvmo_size(vmo))
		return -ERANGE;
	if (zvmo_cow_check(cow) || zvmo_cow_check(source->cow))
		return -EBUSY;
	if (offset == end || is_itself(&restore))
		return 0;
	if (!exclusive && zvmo_tree_has_exposed(&source->cow->tree))
		return -EAGAIN;
	return restore_window(&restore, exclusive);
}

/**
 * zvmo_restore() - Give a range of a VMO the content that a relative has there.
 * @vmo: The VMO; offsets are offsets in it.
 * @source: The relative; may have the same content object.
 * @offset: Where to begin, page aligned.
 * @end: Where to end, page aligned.
 *
 * Context: May sleep. Takes and releases the content objects' locks.
 * Return: 0 or a negative errno as ZVMO_IOC_RESTORE documents.
 */
int zvmo_restore(struct zvmo *vmo, struct zvmo *source, u64 offset, u64 end)
{
	bool exclusive = vmo->cow == source->cow;
	int err;

	if (vmo->cow->family != source->cow->family)
		return -EINVAL;
	do {
		err = zvmo_cow_lock_pair(vmo->cow, true, source->cow,
					 exclusive);
		if (err)
			break;
		err = restore_locked(vmo, source, offset, end, exclusive);
		zvmo_cow_unlock_pair(vmo->cow, true, source->cow, exclusive);
		exclusive = true;
	} while (err == -EAGAIN);
	trace_zvmo_restore(vmo, source, offset, end, err);
	return err;
}
