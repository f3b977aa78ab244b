/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: a heap that is one piece of memory
 *
 * Everything that the server must not lose is in it, and refers to the rest by
 * offsets from its beginning: so it means the same wherever it is mapped, in
 * whichever process, and as a file.
 *
 * An allocator with a free list for each size, a multiple of HEAP_GRANULE. What
 * was never used lies above @top.
 */
#ifndef DEMO_SAVE_HEAP_H
#define DEMO_SAVE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_MAGIC 0x7061656865766173 /* "saveheap" */
#define HEAP_GRANULE 32
#define HEAP_BLOCK_MAX 4096
#define HEAP_CLASSES (HEAP_BLOCK_MAX / HEAP_GRANULE + 1)

/* How many clients a server has. */
#define CLIENTS 2

/**
 * struct heap - The beginning of the heap.
 * @magic: HEAP_MAGIC.
 * @size: Size of all of it in bytes.
 * @top: Where what was never allocated begins.
 * @root: Offset of what the heap is for.
 * @applied: How many writes of each client are in it.
 * @free: For each number of granules, the first free block, or 0; a free block
 *	begins with the offset of the next.
 */
struct heap {
	uint64_t magic;
	uint64_t size;
	uint64_t top;
	uint64_t root;
	uint64_t applied[CLIENTS];
	uint64_t free[HEAP_CLASSES];
};

/**
 * heap_at() - Where something in the heap is mapped.
 * @heap: The heap.
 * @offset: What.
 */
static inline void *heap_at(struct heap *heap, uint64_t offset)
{
	return (char *)heap + offset;
}

/**
 * heap_holds() - Whether a range lies in the used part of the heap.
 * @heap: The heap, perhaps read from a file that is damaged.
 * @offset: Where the range begins.
 * @size: How long it is.
 */
static inline bool heap_holds(const struct heap *heap, uint64_t offset,
			      uint64_t size)
{
	return offset >= sizeof(*heap) && offset <= heap->top &&
	       size <= heap->top - offset;
}

void heap_init(struct heap *heap, uint64_t size);
uint64_t heap_alloc(struct heap *heap, size_t size);
void heap_free(struct heap *heap, uint64_t offset, size_t size);

#endif /* DEMO_SAVE_HEAP_H */
