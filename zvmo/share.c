// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: exposed pages, and sharing an object's pages with a relative
 *
 * A page is *exposed* from when somebody may map it writable until it is
 * concealed. Before a range is shared, every exposed page in it is *concealed*:
 * no PTE maps it writable any more, nobody outside refers to it, its mark and
 * its identity are cleared. A page that somebody outside does refer to (direct
 * I/O in flight) stays exposed, and the relative gets a copy.
 *
 * There are two ways to take write access away. Unmapping costs much for a
 * single page and little for each page of a run; and what is unmapped is faulted
 * in again. Write-protecting costs the same for each page, a fifth of unmapping
 * one, and leaves it readable. So runs are unmapped, other pages are
 * write-protected: together (protect.c) or, where that does not work, one by one
 * (folio_mkclean()). Either makes the PTE clean too: a PTE that is read-only and
 * dirty, the kernel would make writable again without asking.
 *
 * Locking: cow->lock held exclusive. Page lock and i_mmap_rwsem nest inside.
 */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "page.h"
#include "protect.h"
#include "share.h"
#include "trace.h"

/* Exposed pages in a row that are cheaper to unmap than to write-protect. */
#define UNMAP_RUN_MIN 8

/**
 * zvmo_cow_expose() - Note that a page may be mapped writable from now on.
 * @cow: The object.
 * @pgoff: Page number.
 * @page: The page there, owned as after zvmo_cow_own_page().
 *
 * Context: @cow->lock held exclusive.
 */
void zvmo_cow_expose(struct zvmo_cow *cow, unsigned long pgoff,
		     struct page *page)
{
	zvmo_page_set_identity(page, cow->inode->i_mapping, pgoff);
	zvmo_tree_expose(&cow->tree, zvmo_cow_index(cow, pgoff));
}

/* Exposed pages that follow each other, up to here. */
struct exposed_run {
	struct zvmo_cow *cow;
	unsigned long first; /* index */
	unsigned long nr;
	struct zvmo_protect protect;
	int err;
};

/* It takes time in proportion to the mappings. */
static noinline void run_unmap(struct exposed_run *run, unsigned long pgoff)
{
	if (fatal_signal_pending(current))
		run->err = -EINTR;
	else
		zvmo_cow_unmap(run->cow, pgoff, run->nr);
}

static void run_end(struct exposed_run *run)
{
	unsigned long pgoff = run->first - run->cow->base;

	if (run->nr >= UNMAP_RUN_MIN)
		run_unmap(run, pgoff);
	else if (run->nr)
		zvmo_protect_add(&run->protect, pgoff, run->nr);
	run->nr = 0;
}

static u64 collect_leaf(unsigned long base, const zvmo_entry_t *slots,
			u64 marks, void *arg)
{
	struct exposed_run *run = arg;
	unsigned long index;

	for (; marks; marks &= marks - 1) {
		index = base + __ffs64(marks);
		if (index != run->first + run->nr)
			run_end(run);
		if (!run->nr++)
			run->first = index;
	}
	return 0;
}

/*
 * Unmap the exposed pages in a range of indexes that are many in a row,
 * write-protect the others. Says whether these are protected for certain. Returns
 * 0 or -EINTR (fatal signal).
 */
static int take_write_access(struct zvmo_cow *cow, unsigned long first,
			     unsigned long last, bool *protected)
{
	struct exposed_run run;

	run.cow = cow;
	run.nr = 0;
	run.err = 0;
	zvmo_protect_begin(&run.protect, cow);
	zvmo_tree_conceal(&cow->tree, first, last, collect_leaf, &run);
	run_end(&run);
	*protected = zvmo_protect_end(&run.protect);
	/* Pairs with get_user_pages_fast(): reference, then PTE. */
	smp_mb();
	return run.err;
}

/*
 * Is a page, of which no shared mapping can write, mapped just once, and does
 * nobody outside refer to it?
 *
 * Besides the tree's reference, every PTE has one, taken before it counts as a
 * mapping and dropped after; others are foreign. So two references and one
 * mapping mean no foreign one: there could be one only if the mapping was gone
 * when the references were read; but then nothing can map the page again, since
 * a fault needs cow->lock and fork() needs a PTE to copy.
 */
static bool is_only_mapped(struct page *page)
{
	if (zvmo_page_mapcount(page) != 1)
		return false;
	smp_rmb(); /* mappings, references, mappings: in this order */
	if (page_ref_count(page) != 2)
		return false;
	smp_rmb(); /* as above */
	return zvmo_page_mapcount(page) == 1;
}

/*
 * Make the only PTE that maps a page read-only and clean. Returns true if that
 * is certain, and that nobody outside refers to the page. (A PTE of another
 * address space, a slice's, or of a private mapping is not met. A second one,
 * that fork() adds meanwhile, is a copy of the protected one or is met too.)
 */
static bool write_protect(struct page *page)
{
	int protected;

	if (zvmo_page_mapcount(page) != 1 || !trylock_page(page))
		return false;
	protected = folio_mkclean(zvmo_page_folio(page));
	unlock_page(page);
	smp_mb(); /* as above */
	return protected == 1 && is_only_mapped(page);
}

struct conceal {
	struct zvmo_cow *cow;
	bool protected; /* what is still mapped cannot be written */
	struct zvmo_tree copies; /* of the pages that are pinned */
	int err;
};

/*
 * Take all write access to an exposed page away, in time in proportion to the
 * mappings. False: somebody refers to it, or it failed.
 */
static noinline bool conceal_mapped(struct conceal *conceal,
				    unsigned long index, struct page *page)
{
	if (fatal_signal_pending(current)) {
		conceal->err = -EINTR;
		return false;
	}
	if (!conceal->protected && write_protect(page))
		return true;
	zvmo_cow_unmap(conceal->cow, index - conceal->cow->base, 1);
	smp_mb(); /* as above */
	return page_ref_count(page) == 1;
}

/* Likewise, if it is not taken away already. */
static bool conceal_page(struct conceal *conceal, unsigned long index,
			 struct page *page)
{
	if (page_ref_count(page) == 1)
		return true;
	if (conceal->protected && is_only_mapped(page))
		return true;
	return conceal_mapped(conceal, index, page);
}

/* Somebody pins an exposed page: a copy of it for the snapshot. */
static void conceal_pinned(struct conceal *conceal, unsigned long index,
			   struct page *page)
{
	struct page *copy;
	zvmo_entry_t old;

	if (conceal->err)
		return;
	copy = zvmo_page_alloc();
	if (!copy) {
		conceal->err = -ENOMEM;
		return;
	}
	copy_highpage(copy, page);
	trace_zvmo_fork_page(conceal->cow, index - conceal->cow->base);
	conceal->err = zvmo_tree_store(&conceal->copies, index,
				       zvmo_page_entry(copy), &old);
	if (conceal->err)
		zvmo_page_put(copy);
}

/* Conceal a leaf's exposed pages but those that somebody pins. */
static u64 conceal_leaf(unsigned long base, const zvmo_entry_t *slots,
			u64 marks, void *arg)
{
	struct conceal *conceal = arg;
	struct page *page;
	u64 left, done = 0;
	unsigned int i;

	for (left = marks; left; left &= left - 1) {
		i = __ffs64(left);
		page = zvmo_entry_page(slots[i]);
		if (unlikely(!conceal_page(conceal, base + i, page))) {
			conceal_pinned(conceal, base + i, page);
			continue;
		}
		/* Nobody refers to it or can write: no need for its lock. */
		zvmo_page_folio(page)->mapping = NULL;
		done |= BIT_ULL(i);
	}
	return done;
}

/* Move the copies of pinned pages into the clone. */
static int place_copies(struct zvmo_tree *clone, struct zvmo_tree *copies,
			unsigned long first, unsigned long last)
{
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;
	zvmo_entry_t old;
	int err = 0;

	zvmo_cursor_init(&cursor, copies, first, last);
	while (!err && zvmo_cursor_next(&cursor, &extent)) {
		if (!extent.entry)
			continue;
		err = zvmo_tree_store(clone, extent.first, extent.entry, &old);
		if (err)
			break;
		zvmo_page_share(zvmo_entry_page(extent.entry));
		zvmo_page_put(zvmo_entry_page(old));
	}
	return err;
}

/* Pinned pages stay exposed: take their marks away while they are shared. */
static u64 unmark_leaf(unsigned long base, const zvmo_entry_t *slots, u64 marks,
		       void *arg)
{
	return marks;
}

static void mark_again(struct zvmo_cow *cow, struct zvmo_tree *copies,
		       unsigned long first, unsigned long last)
{
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;

	zvmo_cursor_init(&cursor, copies, first, last);
	while (zvmo_cursor_next(&cursor, &extent))
		if (extent.entry)
			zvmo_tree_expose(&cow->tree, extent.first);
}

/**
 * zvmo_cow_share() - Share a range of an object's pages with an empty tree.
 * @cow: The object.
 * @tree: The tree; gets the entries at the same indexes.
 * @first: First index.
 * @last: Last index; ZVMO_INDEX_MAX if nothing needs to be cut off.
 *
 * Takes time in proportion to the exposed pages in the range. Pages that
 * somebody outside refers to are copied for @tree.
 *
 * Context: @cow->lock held exclusive. May sleep.
 * Return: 0, or -ENOMEM or -EINTR (fatal signal): no content changed.
 */
int zvmo_cow_share(struct zvmo_cow *cow, struct zvmo_tree *tree,
		   unsigned long first, unsigned long last)
{
	struct conceal conceal = { .cow = cow };

	if (!zvmo_tree_has_exposed(&cow->tree))
		return zvmo_tree_clone(tree, &cow->tree, first, last);
	conceal.err = take_write_access(cow, first, last, &conceal.protected);
	if (conceal.err)
		return conceal.err;
	zvmo_tree_conceal(&cow->tree, first, last, conceal_leaf, &conceal);
	if (!conceal.err && !conceal.copies.root)
		return zvmo_tree_clone(tree, &cow->tree, first, last);
	if (!conceal.err) {
		zvmo_tree_conceal(&cow->tree, first, last, unmark_leaf, NULL);
		conceal.err = zvmo_tree_clone(tree, &cow->tree, first, last);
		if (!conceal.err)
			conceal.err = place_copies(tree, &conceal.copies, first,
						   last);
		if (conceal.err)
			zvmo_tree_destroy(tree);
		mark_again(cow, &conceal.copies, first, last);
	}
	zvmo_tree_destroy(&conceal.copies);
	return conceal.err;
}
