// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the kernel as the core sees it, in user space
 *
 * Allocation with exact accounting, and failure on demand. See shim.h.
 */
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "shim.h"

/* New objects and pages hold this, so that nobody relies on zeroes. */
#define GARBAGE 0xa5

/**
 * struct kmem_cache - A cache of objects.
 * @name: For messages.
 * @size: Size of an object in bytes.
 * @nr_live: Objects allocated and not freed.
 */
struct kmem_cache {
	const char *name;
	size_t size;
	unsigned long nr_live;
};

/**
 * struct object - What precedes an object.
 * @cache: Its cache.
 * @tally: The tests' own counter.
 * @data: The object.
 */
struct object {
	struct kmem_cache *cache;
	unsigned int tally;
	_Alignas(16) unsigned char data[];
};

struct page shim_pages[SHIM_NR_PAGES];
bool shim_killed;

/* Protects all variables below, and the caches. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Pages used once and free again, the one freed first at the head. */
static struct page *free_head, *free_tail;
/* Pages from here on were never used. */
static unsigned long nr_pages_used;
static u64 last_page_id;
static unsigned long nr_live_pages, nr_live_objects;

/* Allocations, of pages and objects, so far; the one that fails, or 0. */
static unsigned long nr_allocs, fail_at;
static bool failed;

void shim_warn(const char *file, int line, const char *what)
{
	fflush(stdout);
	fprintf(stderr, "WARNING: %s:%d: %s\n", file, line, what);
	abort();
}

void pr_err(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

/* Make the @nth allocation from now fail; 0 for none. */
void shim_fail_nth(unsigned long nth)
{
	fail_at = nth ? nr_allocs + nth : 0;
	failed = false;
}

/* True if an allocation was made to fail since shim_fail_nth(). */
bool shim_failed(void)
{
	return failed;
}

/* Allocations so far, those that failed among them. */
unsigned long shim_allocs(void)
{
	return nr_allocs;
}

unsigned long shim_live_objects(void)
{
	return nr_live_objects;
}

unsigned long shim_live_pages(void)
{
	return nr_live_pages;
}

/* Nobody remembers a page: number them from the beginning. */
void shim_forget_pages(void)
{
	WARN_ON(nr_live_pages);
	last_page_id = 0;
}

/* Called with the lock held. */
static bool may_allocate(gfp_t gfp)
{
	nr_allocs++;
	if (nr_allocs != fail_at || (gfp & __GFP_NOFAIL))
		return true;
	failed = true;
	return false;
}

/* Count an object; false if this one is to fail. */
static bool object_count(struct kmem_cache *cache, gfp_t gfp)
{
	bool allowed;

	pthread_mutex_lock(&lock);
	allowed = may_allocate(gfp);
	cache->nr_live += allowed;
	nr_live_objects += allowed;
	pthread_mutex_unlock(&lock);
	return allowed;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *object))
{
	struct kmem_cache *cache;

	(void)flags;
	WARN_ON(ctor || align > 16);
	if (!may_allocate(GFP_KERNEL))
		return NULL;
	cache = calloc(1, sizeof(*cache));
	cache->name = name;
	cache->size = size;
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	WARN_ON(cache && cache->nr_live);
	free(cache);
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	struct object *object;

	if (!object_count(cache, gfp))
		return NULL;
	object = malloc(sizeof(*object) + cache->size);
	memset(object->data, gfp & __GFP_ZERO ? 0 : GARBAGE, cache->size);
	object->cache = cache;
	object->tally = 0;
	return object->data;
}

void kmem_cache_free(struct kmem_cache *cache, void *data)
{
	struct object *object = container_of(data, struct object, data);

	WARN_ON(object->cache != cache);
	pthread_mutex_lock(&lock);
	cache->nr_live--;
	nr_live_objects--;
	pthread_mutex_unlock(&lock);
	free(object);
}

void *kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	bool allowed;
	void *memory;

	pthread_mutex_lock(&lock);
	allowed = may_allocate(gfp);
	pthread_mutex_unlock(&lock);
	if (!allowed)
		return NULL;
	memory = malloc(n * size);
	memset(memory, gfp & __GFP_ZERO ? 0 : GARBAGE, n * size);
	return memory;
}

void kvfree(void *memory)
{
	free(memory);
}

/* The tests' own counter beside an object that kmem_cache_alloc() returned. */
unsigned int *shim_object_tally(const void *data)
{
	return &container_of(data, struct object, data)->tally;
}

/* A page to use: one that never was while there is one, then the oldest. */
static struct page *take_free_page(void)
{
	struct page *page = free_head;

	if (nr_pages_used < SHIM_NR_PAGES)
		return &shim_pages[nr_pages_used++];
	WARN_ON(!page);
	ASAN_UNPOISON_MEMORY_REGION(page, sizeof(*page));
	free_head = page->next_free;
	return page;
}

static void add_free_page(struct page *page)
{
	page->next_free = NULL;
	if (free_head) {
		ASAN_UNPOISON_MEMORY_REGION(free_tail, sizeof(*free_tail));
		free_tail->next_free = page;
		ASAN_POISON_MEMORY_REGION(free_tail, sizeof(*free_tail));
	} else {
		free_head = page;
	}
	free_tail = page;
	ASAN_POISON_MEMORY_REGION(page, sizeof(*page));
}

struct page *alloc_page(gfp_t gfp)
{
	struct page *page;

	pthread_mutex_lock(&lock);
	page = may_allocate(gfp) ? take_free_page() : NULL;
	if (page) {
		memset(page, 0, sizeof(*page));
		page->refs = 1;
		page->id = ++last_page_id;
		memset(&page->content, gfp & __GFP_ZERO ? 0 : GARBAGE,
		       sizeof(page->content));
		nr_live_pages++;
	}
	pthread_mutex_unlock(&lock);
	return page;
}

void put_page(struct page *page)
{
	WARN_ON(page->refs <= 0);
	if (--page->refs)
		return;
	/* What the kernel calls a bad page. */
	WARN_ON(page->folio.mapping || page->locked);
	pthread_mutex_lock(&lock);
	nr_live_pages--;
	add_free_page(page);
	pthread_mutex_unlock(&lock);
}

void lock_page(struct page *page)
{
	WARN_ON(page->locked);
	page->locked = true;
}

void unlock_page(struct page *page)
{
	WARN_ON(!page->locked);
	page->locked = false;
}
