/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: raising the protection of one PTE, x86
 */
#ifndef _ZVMO_ARCH_PTE_H
#define _ZVMO_ARCH_PTE_H

#include <linux/mm.h>
#include <linux/pgtable.h>

/* @prot with what the hardware does not set, or sets only later. */
static inline pgprot_t zvmo_pgprot_dirty(pgprot_t prot)
{
	return __pgprot(pgprot_val(prot) | _PAGE_DIRTY | _PAGE_SOFT_DIRTY);
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

#endif /* _ZVMO_ARCH_PTE_H */
