// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: moving content from one VMO into another (Zircon: zx_vmo_transfer_data)
 *
 * Page by page: the page is made one that only the source's tree refers to, put
 * into the destination, then taken out of the source, which cannot fail; so when
 * memory runs out every page is in one place. Between pages, what is a hole in
 * the source is made one in the destination. Ranges of one content object that
 * overlap are gone through from the end that is not overwritten first.
 *
 * Locking: the locks of both content objects are held exclusive, for a batch of
 * pages at a time; the sizes are checked again each time.
 */
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "page.h"
#include "transfer.h"

/* Pages moved before the locks are let go of for others. */
#define TRANSFER_BATCH 64

/**
 * struct transfer - A transfer on its way.
 * @to: Object that content moves into.
 * @from: Object that it moves out of; may be the same.
 * @to_first: Page number in @to where the range begins.
 * @from_first: Page number in @from where it begins.
 * @start: What is left begins here, counted in pages from the range's begin.
 * @end: What is left ends here.
 * @backwards: It is gone through from @end.
 * @spare: A page for a copy, or NULL.
 */
struct transfer {
	struct zvmo_cow *to;
	struct zvmo_cow *from;
	unsigned long to_first;
	unsigned long from_first;
	unsigned long start;
	unsigned long end;
	bool backwards;
	struct page *spare;
};

/* Find the next page of the source; both are relative to the range's begin. */
static bool next_page(const struct transfer *transfer, unsigned long *next)
{
	const struct zvmo_tree *tree = &transfer->from->tree;
	unsigned long begin =
		zvmo_cow_index(transfer->from, transfer->from_first);
	unsigned long first = begin + transfer->start;
	unsigned long last = begin + transfer->end - 1;
	bool found;

	if (transfer->backwards) {
		found = zvmo_tree_prev_page(tree, &last, first);
		*next = last - begin;
	} else {
		found = zvmo_tree_next_page(tree, &first, last);
		*next = first - begin;
	}
	return found;
}

/* Make [start, end) a hole in the destination. */
static int move_hole(struct transfer *transfer, unsigned long start,
		     unsigned long end)
{
	if (start >= end)
		return 0;
	return zvmo_cow_erase(transfer->to, transfer->to_first + start,
			      transfer->to_first + end - 1);
}

static int move_page(struct transfer *transfer, unsigned long at)
{
	unsigned long pgoff = transfer->to_first + at;
	unsigned long index =
		zvmo_cow_index(transfer->from, transfer->from_first + at);
	struct page *page, *taken, *old = NULL;
	zvmo_entry_t entry;
	int err;

	err = zvmo_cow_detach_page(transfer->from, transfer->from_first + at,
				   &transfer->spare, &page);
	if (err)
		return err;
	entry = zvmo_tree_lookup(&transfer->to->tree,
				 zvmo_cow_index(transfer->to, pgoff));
	if (zvmo_entry_is_page(entry))
		old = zvmo_entry_page(entry);
	zvmo_page_share(page);
	taken = page;
	err = zvmo_cow_replace_page(transfer->to, pgoff, old, &taken);
	if (err) {
		zvmo_page_put(page);
		return err;
	}
	/* Nobody refers to it: no need for its lock. */
	zvmo_page_folio(page)->mapping = NULL;
	/* Cannot fail: the path to an exclusive page is exclusive. */
	zvmo_tree_erase(&transfer->from->tree, index, index, NULL, NULL);
	return 0;
}

/* Move up to the next page, and that page. */
static int move_next(struct transfer *transfer)
{
	unsigned long at;
	int err;

	if (!next_page(transfer, &at)) {
		err = move_hole(transfer, transfer->start, transfer->end);
		if (!err)
			transfer->start = transfer->end;
		return err;
	}
	if (transfer->backwards)
		err = move_hole(transfer, at + 1, transfer->end);
	else
		err = move_hole(transfer, transfer->start, at);
	if (!err)
		err = move_page(transfer, at);
	if (err)
		return err;
	if (transfer->backwards)
		transfer->end = at;
	else
		transfer->start = at + 1;
	return 0;
}

/* Unmap what the batch is likely to move, with one call for each object. */
static void unmap_batch(struct transfer *transfer)
{
	unsigned long nr = min(transfer->end - transfer->start,
			       (unsigned long)TRANSFER_BATCH);
	unsigned long at = transfer->backwards ? transfer->end - nr :
						 transfer->start;

	zvmo_cow_unmap(transfer->from, transfer->from_first + at, nr);
	zvmo_cow_unmap(transfer->to, transfer->to_first + at, nr);
}

/* Are both ranges inside, and may both be touched? Both locks are held. */
static int check_both(const struct zvmo *vmo, u64 offset, u64 length,
		      const struct zvmo *source, u64 source_offset)
{
	u64 end, source_end;

	if (check_add_overflow(offset, length, &end) ||
	    check_add_overflow(source_offset, length, &source_end) ||
	    end > zvmo_size(vmo) || source_end > zvmo_size(source))
		return -ERANGE;
	return zvmo_cow_check(vmo->cow) ?: zvmo_cow_check(source->cow);
}

static int transfer_batch(struct transfer *transfer)
{
	int i, err = 0;

	if (transfer->start < transfer->end)
		unmap_batch(transfer);
	for (i = 0; !err && i < TRANSFER_BATCH; i++) {
		if (transfer->start >= transfer->end)
			break;
		/* It takes time in proportion to the mappings. */
		err = fatal_signal_pending(current) ? -EINTR :
						      move_next(transfer);
	}
	return err;
}

/**
 * zvmo_transfer() - Move content from one VMO into another.
 * @vmo: The VMO that gets it.
 * @offset: Where to, page aligned.
 * @length: How much, page aligned.
 * @source: The VMO that gives it, and reads zero there afterwards.
 * @source_offset: Where from, page aligned.
 *
 * Context: May sleep. Takes and releases the content objects' locks.
 * Return: 0 or a negative errno as ZVMO_IOC_TRANSFER documents.
 */
int zvmo_transfer(struct zvmo *vmo, u64 offset, u64 length, struct zvmo *source,
		  u64 source_offset)
{
	struct transfer transfer = {
		.to = vmo->cow,
		.from = source->cow,
		.to_first = vmo->first + (offset >> PAGE_SHIFT),
		.from_first = source->first + (source_offset >> PAGE_SHIFT),
		.end = length >> PAGE_SHIFT,
	};
	int err;

	transfer.backwards = transfer.to == transfer.from &&
			     transfer.to_first > transfer.from_first;
	do {
		err = zvmo_cow_lock_pair(vmo->cow, true, source->cow, true);
		if (err)
			break;
		err = check_both(vmo, offset, length, source, source_offset);
		if (!err && transfer.to == transfer.from &&
		    transfer.to_first == transfer.from_first)
			transfer.start = transfer.end;
		if (!err)
			err = transfer_batch(&transfer);
		zvmo_cow_unlock_pair(vmo->cow, true, source->cow, true);
		if (err == -EAGAIN) {
			transfer.spare = zvmo_page_alloc();
			err = transfer.spare ? 0 : -ENOMEM;
		}
		cond_resched();
	} while (!err && transfer.start < transfer.end);
	if (transfer.spare)
		zvmo_page_put(transfer.spare);
	return err;
}
