/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: caches and memory types, x86
 */
#ifndef _ZVMO_ARCH_MEMORY_TYPE_H
#define _ZVMO_ARCH_MEMORY_TYPE_H

#include <linux/mm.h>
#include <linux/zvmo.h>
#include <asm/cacheflush.h>
#include <asm/pgtable.h>
#include <asm/set_memory.h>

/**
 * zvmo_arch_clean() - Write cached data back to memory.
 * @address: Start.
 * @size: Length in bytes.
 */
static inline void zvmo_arch_clean(void *address, size_t size)
{
	clflush_cache_range(address, size);
}

/**
 * zvmo_arch_clean_invalidate() - Write cached data back and drop it.
 * @address: Start.
 * @size: Length in bytes.
 */
static inline void zvmo_arch_clean_invalidate(void *address, size_t size)
{
	clflush_cache_range(address, size);
}

/**
 * zvmo_arch_sync() - Let instructions be fetched as they were written.
 * @address: Start.
 * @size: Length in bytes.
 *
 * Instruction fetches are coherent.
 */
static inline void zvmo_arch_sync(void *address, size_t size)
{
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
	default:
		return pgprot_noncached(prot);
	}
}

/**
 * zvmo_arch_set_memory_type() - Change the memory type of the kernel's view.
 * @page: The page.
 * @policy: ZVMO_CACHE_POLICY_*.
 *
 * Writes back what is cached. Views of different types would be undefined.
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
static inline int zvmo_arch_set_memory_type(struct page *page, u32 policy)
{
	int err;

	/* From one type to another only through the usual one. */
	err = set_pages_array_wb(&page, 1);
	if (err || policy == ZVMO_CACHE_POLICY_CACHED)
		return err;
	if (policy == ZVMO_CACHE_POLICY_WRITE_COMBINING)
		return set_pages_array_wc(&page, 1);
	return set_pages_array_uc(&page, 1);
}

#endif /* _ZVMO_ARCH_MEMORY_TYPE_H */
