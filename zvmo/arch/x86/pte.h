/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: raising the protection of one PTE, x86
 */
#ifndef _ZVMO_ARCH_PTE_H
#define _ZVMO_ARCH_PTE_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/smp.h>
#include <asm/tlbflush.h>

/* @prot with what the hardware does not set, or sets only later. */
static inline pgprot_t zvmo_pgprot_dirty(pgprot_t prot)
{
	return __pgprot(pgprot_val(prot) | _PAGE_DIRTY | _PAGE_SOFT_DIRTY);
}

/**
 * zvmo_arch_may_upgrade() - Whether a PTE's protection may be raised in place.
 * @mm: The address space.
 */
static inline bool zvmo_arch_may_upgrade(struct mm_struct *mm)
{
	return true;
}

/**
 * zvmo_pte_set_writable() - Make a PTE writable, dirty and young.
 * @vma: The VMA.
 * @address: The address that @ptep maps.
 * @ptep: The PTE.
 * @pte: Its value; present.
 *
 * No TLB flush: a processor that still holds the read-only translation takes a
 * spurious fault, finds the PTE writable and goes on.
 *
 * Context: Page-table lock held.
 */
static inline void zvmo_pte_set_writable(struct vm_area_struct *vma,
					 unsigned long address, pte_t *ptep,
					 pte_t pte)
{
	set_pte_at(vma->vm_mm, address, ptep,
		   pte_mkyoung(pte_mkdirty(zvmo_pte_mkwrite(pte))));
}

/**
 * zvmo_pte_protect() - Make a PTE read-only and clean.
 * @mm: The address space.
 * @address: The address that @ptep maps.
 * @ptep: The PTE, present or not.
 *
 * Writes go on through stale translations until zvmo_flush_mm().
 *
 * Context: Page-table lock held.
 */
static inline void zvmo_pte_protect(struct mm_struct *mm, unsigned long address,
				    pte_t *ptep)
{
	pte_t pte = *ptep;

	if (!pte_present(pte) || (!pte_write(pte) && !pte_dirty(pte)))
		return;
	/* As a whole: the processor may be setting bits. */
	pte = ptep_get_and_clear(mm, address, ptep);
	set_pte_at(mm, address, ptep, pte_wrprotect(pte_mkclean(pte)));
}

#define ZVMO_ARCH_HAS_FLUSH_MM 1

static inline void zvmo_flush_this_cpu(void *unused)
{
	__flush_tlb_all();
}

/**
 * zvmo_flush_mm() - Drop all translations of an address space, everywhere.
 * @mm: The address space.
 *
 * The kernel's own function is not for modules. This is its protocol: a
 * processor that runs @mm is in its mask and is interrupted; one that does not
 * finds, when it switches to @mm, that the generation has changed, and flushes.
 *
 * Context: Process context, interrupts on. Waits for other processors.
 */
static inline void zvmo_flush_mm(struct mm_struct *mm)
{
	/* A full barrier: PTEs, generation, mask. Pairs with switch_mm(). */
	atomic64_inc_return(&mm->context.tlb_gen);
	on_each_cpu_mask(mm_cpumask(mm), zvmo_flush_this_cpu, NULL, true);
}

#endif /* _ZVMO_ARCH_PTE_H */
