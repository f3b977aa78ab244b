// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: pages and their share counts
 *
 * See page.h. Nothing here takes a lock but the page's own.
 */
#include "page.h"

/* Pages with at least one holder, or just allocated. */
static DEFINE_PER_CPU(long, nr_pages);

/**
 * zvmo_page_alloc() - Allocate a zeroed page with one holder, the caller.
 *
 * The page is charged to the caller's memory cgroup.
 *
 * Context: Process context. May sleep and reclaim.
 * Return: The page, or NULL.
 */
struct page *zvmo_page_alloc(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_ZERO |
				       __GFP_ACCOUNT | __GFP_NOWARN);

	if (!page) {
		zvmo_event_out_of_memory();
		return NULL;
	}
	set_page_private(page, 0);
	this_cpu_inc(nr_pages);
	return page;
}

/**
 * zvmo_page_set_memory_type() - Give a page the memory type of a cache policy.
 * @page: A page with one holder, mapped by nobody.
 * @policy: ZVMO_CACHE_POLICY_*.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int zvmo_page_set_memory_type(struct page *page, u32 policy)
{
	/* Whatever is in the way, -EBUSY would mean something else above. */
	if (zvmo_arch_set_memory_type(page, policy))
		return -ENOMEM;
	if (policy)
		SetPageChecked(page);
	else
		ClearPageChecked(page);
	return 0;
}

/**
 * zvmo_page_put() - Drop a holder; the last one gives the page back.
 * @page: The page. No PTE of the holder's mappings may map it any more.
 *
 * Somebody who got hold of the page through get_user_pages() may keep it
 * longer; it is then no longer ours and names nobody.
 *
 * Context: Process context. May sleep.
 */
void zvmo_page_put(struct page *page)
{
	if (!zvmo_page_is_unshared(page) &&
	    atomic_long_dec_return(zvmo_page_shares(page)) >= 0)
		return;
	if (zvmo_page_folio(page)->mapping)
		zvmo_page_clear_identity(page);
	if (unlikely(PageChecked(page)))
		zvmo_page_set_memory_type(page, 0);
	set_page_private(page, 0);
	this_cpu_dec(nr_pages);
	put_page(page);
}

/*
 * fork() and others look at the mapping without the page's lock and plainly, to
 * know whether the page is anonymous (PageAnon()); it never is, before or after. So
 * KCSAN need not tell of these. Who sees the mapping for what it is
 * (get_futex_key()) looks at the index next.
 */
static void set_mapping(struct folio *folio, struct address_space *mapping)
{
	kcsan_disable_current();
	smp_store_release(&folio->mapping, mapping);
	kcsan_enable_current();
}

/**
 * zvmo_page_set_identity() - Name the object whose memory a page is.
 * @page: A page that the object alone holds.
 * @mapping: The object's address space; outlives the identity.
 * @index: Page number in it.
 *
 * Futexes find the object through these fields. A page has an identity while
 * it is exposed, no longer, so that no page outlives the inode it names.
 */
void zvmo_page_set_identity(struct page *page, struct address_space *mapping,
			    unsigned long index)
{
	struct folio *folio = zvmo_page_folio(page);

	folio->index = index;
	set_mapping(folio, mapping);
}

/**
 * zvmo_page_clear_identity() - Undo zvmo_page_set_identity().
 * @page: The page, no longer mapped writable by anybody.
 *
 * The page lock makes set_page_dirty_lock() at the end of somebody's direct
 * I/O either finish first or see no mapping.
 *
 * Context: Process context. May sleep.
 */
void zvmo_page_clear_identity(struct page *page)
{
	struct folio *folio = zvmo_page_folio(page);

	lock_page(page);
	set_mapping(folio, NULL);
	folio->index = 0;
	unlock_page(page);
}

/**
 * zvmo_page_count_all() - How many pages all trees hold.
 *
 * Return: The number, exact when nothing changes meanwhile.
 */
unsigned long zvmo_page_count_all(void)
{
	return zvmo_percpu_sum(nr_pages);
}
