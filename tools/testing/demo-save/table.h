/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: a hash table of strings, in a heap
 */
#ifndef DEMO_SAVE_TABLE_H
#define DEMO_SAVE_TABLE_H

#include "heap.h"

/**
 * struct table - The heap's root.
 * @buckets: Offset of an array of offsets of entries.
 * @mask: Their number less 1; the number is a power of two.
 * @count: How many entries there are.
 */
struct table {
	uint64_t buckets;
	uint64_t mask;
	uint64_t count;
};

/**
 * struct string - Some bytes.
 * @bytes: They.
 * @length: How many.
 */
struct string {
	const char *bytes;
	uint32_t length;
};

/**
 * typedef table_visit - What table_walk() calls.
 * @context: As given to table_walk().
 * @key: A key.
 * @value: Its value.
 *
 * Return: whether to go on.
 */
typedef bool table_visit(void *context, struct string key, struct string value);

int table_init(struct heap *heap, uint64_t entries);
int table_set(struct heap *heap, struct string key, struct string value);
bool table_walk(struct heap *heap, table_visit *visit, void *context);

#endif /* DEMO_SAVE_TABLE_H */
