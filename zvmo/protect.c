// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: write-protecting scattered pages in the mappings of an object
 *
 * What folio_mkclean() does for one page, for many at once: the mappings are
 * looked up once for a batch of ranges instead of once a page, and translations
 * are flushed once for an address space instead of once a page. Where that
 * cannot be done, because the kernel or the architecture lacks what it needs, or
 * an address space has MMU notifiers (KVM), which a module cannot call, nothing
 * is promised, and the caller goes page by page.
 *
 * That no PTE is missed rests on what the kernel's reverse mapping rests on: the
 * mappings are visited in the order of the interval tree, where fork() puts the
 * child's behind the parent's before it copies PTEs.
 *
 * Locking: cow->lock held exclusive, so that no fault maps a page meanwhile.
 * i_mmap_rwsem keeps the mappings and their page tables; page-table locks nest
 * inside.
 */
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "protect.h"
#include "vma_tree.h"

#if ZVMO_CAN_PROTECT_RANGES
static int protect_pte(pte_t *ptep, unsigned long address, void *arg)
{
	struct vm_area_struct *vma = arg;

	zvmo_pte_protect(vma->vm_mm, address, ptep);
	return 0;
}

/* Flush what was protected so far, unless it was in @mm, which may go on. */
static void switch_mm_to_flush(struct zvmo_protect *protect,
			       struct mm_struct *mm)
{
	if (protect->mm == mm)
		return;
	if (protect->mm) {
		zvmo_flush_mm(protect->mm);
		mmdrop(protect->mm);
	}
	if (mm)
		mmgrab(mm);
	protect->mm = mm;
}

/*
 * One page a call: before 6.1.135 (and the like, up to 6.15) the kernel's
 * function goes on from an empty PTE to the next address, but not to the next
 * PTE.
 */
static int protect_range(struct vm_area_struct *vma, unsigned long first,
			 unsigned long last)
{
	unsigned long address =
		vma->vm_start + ((first - zvmo_vma_first(vma)) << PAGE_SHIFT);
	int err = 0;

	for (; !err && first <= last; first++, address += PAGE_SIZE)
		err = apply_to_existing_page_range(vma->vm_mm, address,
						   PAGE_SIZE, protect_pte, vma);
	return err;
}

static void protect_vma(struct zvmo_protect *protect,
			struct vm_area_struct *vma)
{
	unsigned long first, last;
	unsigned int i;

	switch_mm_to_flush(protect, vma->vm_mm);
	for (i = 0; i < protect->nr; i++) {
		first = max(protect->ranges[i].first, zvmo_vma_first(vma));
		last = min(protect->ranges[i].first + protect->ranges[i].nr - 1,
			   zvmo_vma_last(vma));
		if (protect_range(vma, first, last))
			protect->complete = false;
	}
}

/* Go through the mappings that touch the ranges collected, in order. */
static void protect_collected(struct zvmo_protect *protect)
{
	struct address_space *mapping = protect->cow->inode->i_mapping;
	unsigned long first = protect->ranges[0].first;
	unsigned long last = protect->ranges[protect->nr - 1].first +
			     protect->ranges[protect->nr - 1].nr - 1;
	struct vm_area_struct *vma;

	i_mmap_lock_read(mapping);
	zvmo_for_each_vma(vma, mapping, first, last)
	{
		if (!(vma->vm_flags & VM_SHARED))
			continue;
		cond_resched();
		/* There may be very many; who is dying need not know. */
		if (fatal_signal_pending(current))
			protect->complete = false;
		/* To register one takes the i_mmap_rwsem of all mappings. */
		if (mm_has_notifiers(vma->vm_mm))
			protect->complete = false;
		if (!protect->complete)
			break;
		protect_vma(protect, vma);
	}
	i_mmap_unlock_read(mapping);
	protect->nr = 0;
}
#else
static void switch_mm_to_flush(struct zvmo_protect *protect,
			       struct mm_struct *mm)
{
}

static void protect_collected(struct zvmo_protect *protect)
{
	protect->complete = false;
}
#endif

/**
 * zvmo_protect_begin() - Begin to write-protect pages of an object.
 * @protect: Set up; ends with zvmo_protect_end().
 * @cow: The object.
 *
 * Context: @cow->lock held exclusive until the end.
 */
void zvmo_protect_begin(struct zvmo_protect *protect, struct zvmo_cow *cow)
{
	protect->cow = cow;
	protect->nr = 0;
	protect->mm = NULL;
	/* Windows have mappings of their own, which are not gone through. */
	protect->complete = ZVMO_CAN_PROTECT_RANGES &&
			    RB_EMPTY_ROOT(&cow->views.rb_root);
}

/**
 * zvmo_protect_add() - Write-protect a range, sooner or later.
 * @protect: Begun.
 * @first: First page number; ranges come in ascending order.
 * @nr: Number of pages, not 0.
 *
 * Context: May sleep.
 */
void zvmo_protect_add(struct zvmo_protect *protect, unsigned long first,
		      unsigned long nr)
{
	if (!protect->complete)
		return;
	if (protect->nr == ZVMO_PROTECT_RANGES)
		protect_collected(protect);
	protect->ranges[protect->nr].first = first;
	protect->ranges[protect->nr++].nr = nr;
}

/**
 * zvmo_protect_end() - Write-protect what was not yet, and flush.
 * @protect: Begun.
 *
 * Context: May sleep.
 * Return: True if no shared mapping of the object can write to any page of the
 * ranges now. False if some may.
 */
bool zvmo_protect_end(struct zvmo_protect *protect)
{
	if (protect->complete && protect->nr)
		protect_collected(protect);
	switch_mm_to_flush(protect, NULL);
	return protect->complete;
}
