/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: pages and their share counts
 *
 * A page is an order-0 page of ours. Every tree slot that holds it counts as one
 * holder; all holders together own one reference of the page, which the last
 * one drops. Fields of struct page that are ours:
 *
 * * ->private: the share count, the number of holders beyond the first;
 * * ->mapping and ->index: the page's identity (see zvmo_page_set_identity()).
 *
 * * PG_checked: the memory type is not the usual one.
 *
 * PG_private stays clear, ->lru and the rest belong to the kernel.
 *
 * Locking: counts are atomic. A page is changed only by a holder that is alone,
 * or by nobody; who may call what is said at each function.
 */
#ifndef _ZVMO_PAGE_H
#define _ZVMO_PAGE_H

#include "deps.h"

/* Sum of a per-CPU counter; exact when nothing changes meanwhile. */
#define zvmo_percpu_sum(counter)                          \
	({                                                \
		long __sum = 0;                           \
		int __cpu;                                \
							  \
		for_each_possible_cpu(__cpu)              \
			__sum += per_cpu(counter, __cpu); \
		max(__sum, 0L);                           \
	})

/* The share count of @page. */
static inline atomic_long_t *zvmo_page_shares(struct page *page)
{
	BUILD_BUG_ON(sizeof(page->private) != sizeof(atomic_long_t));
	return (atomic_long_t *)&page->private;
}

/* Ours are single pages, so each is a folio of its own. */
static inline struct folio *zvmo_page_folio(struct page *page)
{
	return (struct folio *)page;
}

/* Add a holder. The caller's tree holds @page already. */
static inline void zvmo_page_share(struct page *page)
{
	atomic_long_inc(zvmo_page_shares(page));
}

/*
 * True if one slot holds @page. Says nothing about the nodes above that slot.
 * The acquire pairs with the release in zvmo_page_put(): who finds itself alone
 * also sees that the other holder's accesses are over.
 */
static inline bool zvmo_page_is_unshared(struct page *page)
{
	return !atomic_long_read_acquire(zvmo_page_shares(page));
}

struct page *zvmo_page_alloc(void);
int zvmo_page_set_memory_type(struct page *page, u32 policy);
void zvmo_page_put(struct page *page);
void zvmo_page_set_identity(struct page *page, struct address_space *mapping,
			    unsigned long index);
void zvmo_page_clear_identity(struct page *page);
unsigned long zvmo_page_count_all(void);

#endif /* _ZVMO_PAGE_H */
