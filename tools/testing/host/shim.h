/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the kernel as the core sees it, in user space
 *
 * Stands in for what zvmo/deps.h includes, so that page.c, page_tree*.c and
 * splice.c build unchanged as part of a program. As thin as can be: names and
 * meanings are the kernel's. What differs is told here:
 *
 * * Everything allocated is counted; any allocation can be made to fail.
 * * A page is a descriptor without memory. Its @content stands for the memory.
 *   Free pages are poisoned for the address sanitizer and reused last.
 * * A warning is a failure: it ends the process.
 *
 * Names that begin with shim_ are for the tests, the core never uses them.
 */
#ifndef _ZVMO_HOST_SHIM_H
#define _ZVMO_HOST_SHIM_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Types */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

_Static_assert(sizeof(long) == 8, "a slot of a tree is a 64-bit word");

/* Compiler and arithmetic */

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
/* The thread sanitizer says what it has to say. */
#define kcsan_disable_current() ((void)0)
#define kcsan_enable_current() ((void)0)
#define smp_store_release(p, value)                                           \
	__atomic_store_n(p, value, __ATOMIC_RELEASE)
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define min(x, y)                                      \
	({                                             \
		__auto_type __min_x = (x);             \
		__auto_type __min_y = (y);             \
		(void)(&__min_x == &__min_y);          \
		__min_x < __min_y ? __min_x : __min_y; \
	})
#define max(x, y)                                      \
	({                                             \
		__auto_type __max_x = (x);             \
		__auto_type __max_y = (y);             \
		(void)(&__max_x == &__max_y);          \
		__max_x > __max_y ? __max_x : __max_y; \
	})
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
#define swap(a, b)                          \
	do {                                \
		__typeof__(a) __swap = (a); \
		(a) = (b);                  \
		(b) = __swap;               \
	} while (0)

#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define round_down(x, y) ((x) & ~((__typeof__(x))(y)-1))
#define round_up(x, y) ((((x)-1) | ((__typeof__(x))(y)-1)) + 1)

/* Bits */

#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (63 - (high))))
#define GENMASK_ULL(high, low) ((~0ULL << (low)) & (~0ULL >> (63 - (high))))

static inline unsigned long __ffs(unsigned long word)
{
	return (unsigned long)__builtin_ctzl(word);
}

static inline unsigned long __ffs64(u64 word)
{
	return (unsigned long)__builtin_ctzll(word);
}

static inline unsigned long __fls(unsigned long word)
{
	return 63 - (unsigned long)__builtin_clzl(word);
}

static inline int fls64(u64 word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}

/* Bugs */

#define BUILD_BUG_ON(condition) ((void)sizeof(char[1 - 2 * !!(condition)]))

void __attribute__((__noreturn__))
shim_warn(const char *file, int line, const char *what);

#define WARN_ON(condition)                                         \
	({                                                         \
		bool __warn = !!(condition);                       \
		if (__warn)                                        \
			shim_warn(__FILE__, __LINE__, #condition); \
		__warn;                                            \
	})
#define WARN_ON_ONCE(condition) WARN_ON(condition)

/* Atomics */

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

#define SHIM_ATOMIC(name, type, value)                                        \
	static inline value name##_read(const type *v)                        \
	{                                                                     \
		return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);        \
	}                                                                     \
	static inline value name##_read_acquire(const type *v)                \
	{                                                                     \
		return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);        \
	}                                                                     \
	static inline void name##_set(type *v, value i)                       \
	{                                                                     \
		__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);           \
	}                                                                     \
	static inline void name##_inc(type *v)                                \
	{                                                                     \
		__atomic_add_fetch(&v->counter, 1, __ATOMIC_RELAXED);         \
	}                                                                     \
	static inline void name##_dec(type *v)                                \
	{                                                                     \
		__atomic_sub_fetch(&v->counter, 1, __ATOMIC_RELAXED);         \
	}                                                                     \
	static inline value name##_dec_return(type *v)                        \
	{                                                                     \
		return __atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);  \
	}                                                                     \
	static inline bool name##_dec_and_test(type *v)                       \
	{                                                                     \
		return !__atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST); \
	}

SHIM_ATOMIC(atomic, atomic_t, int)
SHIM_ATOMIC(atomic_long, atomic_long_t, long)

/* Messages */

void __attribute__((__format__(printf, 1, 2))) pr_err(const char *format, ...);

/* Scheduling: all threads are on one processor, and nobody waits */

#define DEFINE_PER_CPU(type, name) __typeof__(type) name
#define per_cpu(name, cpu) (*((void)(cpu), &(name)))
#define this_cpu_inc(name) \
	((void)__atomic_add_fetch(&(name), 1, __ATOMIC_RELAXED))
#define this_cpu_dec(name) \
	((void)__atomic_sub_fetch(&(name), 1, __ATOMIC_RELAXED))
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)

/* Nobody is killed, but when a test says so. */
extern bool shim_killed;

#define current NULL
#define fatal_signal_pending(task) ((void)(task), shim_killed)

#define might_sleep() \
	do {          \
	} while (0)
#define cond_resched() \
	do {           \
	} while (0)

/* Memory */

typedef unsigned int gfp_t;

#define __GFP_ZERO 0x1u
#define __GFP_ACCOUNT 0x2u
#define __GFP_NOWARN 0x4u
#define __GFP_HIGHMEM 0x8u
#define __GFP_NOFAIL 0x10u
#define GFP_KERNEL 0x20u
#define GFP_USER 0x40u
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_HIGHUSER (GFP_USER | __GFP_HIGHMEM)

#define SLAB_ACCOUNT 0x1u

struct kmem_cache;

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *object));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *object);

#define kmem_cache_zalloc(cache, gfp) \
	kmem_cache_alloc((cache), (gfp) | __GFP_ZERO)

void *kvmalloc_array(size_t n, size_t size, gfp_t gfp);
void kvfree(void *memory);

#define kvcalloc(n, size, gfp) kvmalloc_array((n), (size), (gfp) | __GFP_ZERO)

static inline void sort(void *base, size_t nr, size_t size,
			int (*compare)(const void *a, const void *b),
			void (*swap)(void *a, void *b, int size))
{
	(void)swap;
	qsort(base, nr, size, compare);
}

/* Pages */

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)

struct address_space;

/**
 * struct folio - The part of a page's descriptor that the core sees as one.
 * @mapping: As in the kernel.
 * @index: As in the kernel.
 */
struct folio {
	struct address_space *mapping;
	unsigned long index;
};

/**
 * struct page - A page's descriptor.
 * @private: As in the kernel, the owner's.
 * @folio: The page as a folio. (All are of order 0.)
 * @refs: What page_count() tells.
 * @locked: lock_page() was called.
 * @tally: The tests' own counter.
 * @id: Never the same for two allocations.
 * @content: Stands for the page's memory.
 * @next_free: The next free page, if this one is.
 */
struct page {
	struct folio folio; /* first: a page is its own folio */
	unsigned long private;
	int refs;
	bool locked;
	unsigned int tally;
	u64 id;
	u64 content;
	struct page *next_free;
};

/* Frame numbers begin here, so that a page's is never mistaken for an index. */
#define SHIM_FIRST_PFN 0x100000UL
#define SHIM_NR_PAGES (1UL << 20)

extern struct page shim_pages[SHIM_NR_PAGES];

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return shim_pages + (pfn - SHIM_FIRST_PFN);
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	return (unsigned long)(page - shim_pages) + SHIM_FIRST_PFN;
}

struct page *alloc_page(gfp_t gfp);
void put_page(struct page *page);
void lock_page(struct page *page);
void unlock_page(struct page *page);

static inline struct folio *page_folio(struct page *page)
{
	return &page->folio;
}

static inline void get_page(struct page *page)
{
	page->refs++;
}

static inline int page_count(const struct page *page)
{
	return page->refs;
}

static inline unsigned long page_private(const struct page *page)
{
	return page->private;
}

static inline void set_page_private(struct page *page, unsigned long private)
{
	page->private = private;
}

/* Memory types: all pages have the usual one. */
#define PageChecked(page) ((void)(page), false)
#define SetPageChecked(page) ((void)(page))
#define ClearPageChecked(page) ((void)(page))
#define zvmo_arch_set_memory_type(page, policy) \
	((void)(page), (void)(policy), 0)

#define __free_page(page) put_page(page)

/* Nobody listens. */
static inline void zvmo_event_out_of_memory(void)
{
}

/* For the tests */

void shim_fail_nth(unsigned long nth);
bool shim_failed(void);
unsigned long shim_allocs(void);
unsigned long shim_live_objects(void);
unsigned long shim_live_pages(void);
void shim_forget_pages(void);
unsigned int *shim_object_tally(const void *object);

#endif /* _ZVMO_HOST_SHIM_H */
