/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: raising the protection of one PTE, arm64
 */
#ifndef _ZVMO_ARCH_PTE_H
#define _ZVMO_ARCH_PTE_H

#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>
#include <asm/tlbflush.h>

/* @prot with what the hardware does not set, or sets only later. */
static inline pgprot_t zvmo_pgprot_dirty(pgprot_t prot)
{
	return __pgprot((pgprot_val(prot) | PTE_DIRTY) & ~PTE_RDONLY);
}

/**
 * zvmo_arch_may_upgrade() - Whether a PTE's protection may be raised in place.
 * @mm: The address space.
 *
 * Secondary TLBs may have the PTE as it was, and only the kernel itself may tell
 * them.
 */
static inline bool zvmo_arch_may_upgrade(struct mm_struct *mm)
{
	return !mm_has_notifiers(mm);
}

/* Drop the translation of one address, on all processors. */
static inline void zvmo_flush_page(struct vm_area_struct *vma,
				   unsigned long address)
{
#ifdef CONFIG_ARCH_WANT_BATCHED_UNMAP_TLB_FLUSH
	/* As flush_tlb_page(), which here would tell secondary TLBs as well. */
	unsigned long page = __TLBI_VADDR(address, ASID(vma->vm_mm));

	dsb(ishst);
	__tlbi(vale1is, page);
	__tlbi_user(vale1is, page);
	arch_tlbbatch_flush(NULL);
#else
	flush_tlb_page(vma, address);
#endif
}

/**
 * zvmo_pte_set_writable() - Make a PTE writable, dirty and young.
 * @vma: The VMA.
 * @address: The address that @ptep maps.
 * @ptep: The PTE.
 * @pte: Its value; present.
 *
 * set_pte() and not set_pte_at(), which is not for modules: caches and tags of
 * the page were made coherent when it was inserted. The flush is needed: arm64
 * takes no spurious faults, a processor with the read-only translation would
 * fault for ever.
 *
 * Context: Page-table lock held.
 */
static inline void zvmo_pte_set_writable(struct vm_area_struct *vma,
					 unsigned long address, pte_t *ptep,
					 pte_t pte)
{
	set_pte(ptep, pte_mkyoung(pte_mkdirty(zvmo_pte_mkwrite(pte))));
	zvmo_flush_page(vma, address);
}

/* Flushing an address space would leave out secondary TLBs. */
#define ZVMO_ARCH_HAS_FLUSH_MM 0

#endif /* _ZVMO_ARCH_PTE_H */
