// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a heap that is one piece of memory
 */
#include <string.h>

#include "heap.h"

static size_t granules(size_t size)
{
	return (size + HEAP_GRANULE - 1) / HEAP_GRANULE;
}

/**
 * heap_init() - Make an empty heap.
 * @heap: Memory that reads zero.
 * @size: How much.
 */
void heap_init(struct heap *heap, uint64_t size)
{
	heap->magic = HEAP_MAGIC;
	heap->size = size;
	heap->top = granules(sizeof(*heap)) * HEAP_GRANULE;
}

static uint64_t take_new(struct heap *heap, size_t bytes)
{
	uint64_t offset = heap->top;

	if (bytes > heap->size - heap->top)
		return 0;
	heap->top += bytes;
	return offset;
}

static void put_free(struct heap *heap, uint64_t offset, size_t class)
{
	memcpy(heap_at(heap, offset), &heap->free[class], sizeof(uint64_t));
	heap->free[class] = offset;
}

static uint64_t take_free(struct heap *heap, size_t class)
{
	uint64_t offset = heap->free[class];

	if (offset)
		memcpy(&heap->free[class], heap_at(heap, offset),
		       sizeof(uint64_t));
	return offset;
}

/* Split the smallest free block that is larger. */
static uint64_t take_part(struct heap *heap, size_t class)
{
	for (size_t larger = class + 1; larger < HEAP_CLASSES; larger++) {
		uint64_t offset = take_free(heap, larger);

		if (!offset)
			continue;
		put_free(heap, offset + class * HEAP_GRANULE, larger - class);
		return offset;
	}
	return 0;
}

/**
 * heap_alloc() - Allocate a block.
 * @heap: The heap.
 * @size: Its size, not 0. A block larger than HEAP_BLOCK_MAX is never freed.
 *
 * Return: its offset, or 0 if there is no room. Its content is unspecified.
 */
uint64_t heap_alloc(struct heap *heap, size_t size)
{
	size_t class = granules(size);
	uint64_t offset = 0;

	if (class < HEAP_CLASSES)
		offset = take_free(heap, class);
	if (!offset)
		offset = take_new(heap, class * HEAP_GRANULE);
	if (!offset)
		offset = take_part(heap, class);
	return offset;
}

/**
 * heap_free() - Free a block.
 * @heap: The heap.
 * @offset: Its offset.
 * @size: The size that it was allocated with, at most HEAP_BLOCK_MAX.
 */
void heap_free(struct heap *heap, uint64_t offset, size_t size)
{
	put_free(heap, offset, granules(size));
}
