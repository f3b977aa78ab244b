/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: caches and memory types, arm64
 */
#ifndef _ZVMO_ARCH_MEMORY_TYPE_H
#define _ZVMO_ARCH_MEMORY_TYPE_H

#include <linux/mm.h>
#include <linux/zvmo.h>
#include <asm/barrier.h>
#include <asm/cache.h>
#include <asm/pgtable.h>

/* Do @op to every line of a range; the lengths are as CTR_EL0 has them. */
#define ZVMO_FOR_EACH_LINE(op, address, size)                              \
	do {                                                               \
		u64 __line = 4UL << ((read_cpuid_cachetype() >> 16) & 15); \
		u64 __at = (u64)(address) & ~(__line - 1);                 \
									   \
		for (; __at < (u64)(address) + (size); __at += __line)     \
			asm volatile(op ", %0" : : "r"(__at) : "memory");  \
	} while (0)

/**
 * zvmo_arch_clean() - Write cached data back to memory.
 * @address: Start.
 * @size: Length in bytes.
 */
static inline void zvmo_arch_clean(void *address, size_t size)
{
	ZVMO_FOR_EACH_LINE("dc cvac", address, size);
	dsb(sy);
}

/**
 * zvmo_arch_clean_invalidate() - Write cached data back and drop it.
 * @address: Start.
 * @size: Length in bytes.
 */
static inline void zvmo_arch_clean_invalidate(void *address, size_t size)
{
	ZVMO_FOR_EACH_LINE("dc civac", address, size);
	dsb(sy);
}

/**
 * zvmo_arch_sync() - Let instructions be fetched as they were written.
 * @address: Start.
 * @size: Length in bytes.
 *
 * Instruction caches are dropped as a whole: they may have the data under
 * addresses that are not known here.
 */
static inline void zvmo_arch_sync(void *address, size_t size)
{
	ZVMO_FOR_EACH_LINE("dc cvau", address, size);
	dsb(ish);
	asm volatile("ic ialluis" : : : "memory");
	dsb(ish);
	isb();
}

/**
 * zvmo_arch_pgprot() - The protection of a mapping of some memory type.
 * @prot: That of a cached one.
 * @policy: ZVMO_CACHE_POLICY_*.
 *
 * Return: The protection.
 */
static inline pgprot_t zvmo_arch_pgprot(pgprot_t prot, u32 policy)
{
	switch (policy) {
	case ZVMO_CACHE_POLICY_CACHED:
		return prot;
	case ZVMO_CACHE_POLICY_WRITE_COMBINING:
		return pgprot_writecombine(prot);
	case ZVMO_CACHE_POLICY_UNCACHED_DEVICE:
		return pgprot_device(prot);
	default:
		return pgprot_noncached(prot);
	}
}

/**
 * zvmo_arch_set_memory_type() - Change the memory type of the kernel's view.
 * @page: The page.
 * @policy: ZVMO_CACHE_POLICY_*.
 *
 * The kernel's view stays cached, as it does for coherent DMA memory; it is not
 * used while the policy is another, and nothing of the page stays in caches when
 * a policy begins or ends.
 *
 * Return: 0.
 */
static inline int zvmo_arch_set_memory_type(struct page *page, u32 policy)
{
	zvmo_arch_clean_invalidate(page_address(page), PAGE_SIZE);
	return 0;
}

#endif /* _ZVMO_ARCH_MEMORY_TYPE_H */
