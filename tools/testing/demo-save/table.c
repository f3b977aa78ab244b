// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a hash table of strings, in a heap
 */
#include <errno.h>
#include <string.h>

#include "table.h"

/*
 * struct entry - One key and its value.
 * @next: Offset of the next entry of the bucket, or 0.
 * @bytes: The key, then the value.
 */
struct entry {
	uint64_t next;
	uint32_t key_length;
	uint32_t value_length;
	char bytes[];
};

static struct table *table_of(struct heap *heap)
{
	return heap_at(heap, heap->root);
}

static size_t entry_size(size_t key_length, size_t value_length)
{
	return sizeof(struct entry) + key_length + value_length;
}

static uint64_t hash(struct string key)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	for (uint32_t i = 0; i < key.length; i++)
		hash = (hash ^ (unsigned char)key.bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/**
 * table_init() - Make an empty table the root of a heap.
 * @heap: The heap.
 * @entries: How many entries to expect.
 *
 * Return: 0, or -ENOSPC.
 */
int table_init(struct heap *heap, uint64_t entries)
{
	uint64_t root = heap_alloc(heap, sizeof(struct table));
	struct table *table = heap_at(heap, root);
	uint64_t buckets = 1;

	while (buckets < entries)
		buckets *= 2;
	if (!root)
		return -ENOSPC;
	table->buckets = heap_alloc(heap, buckets * sizeof(uint64_t));
	if (!table->buckets)
		return -ENOSPC;
	table->mask = buckets - 1;
	table->count = 0;
	memset(heap_at(heap, table->buckets), 0, buckets * sizeof(uint64_t));
	heap->root = root;
	return 0;
}

/* Where the offset of the entry of @key is, or is to be: 0 if there is none. */
static uint64_t *find(struct heap *heap, struct string key)
{
	struct table *table = table_of(heap);
	uint64_t *buckets = heap_at(heap, table->buckets);
	uint64_t *at = &buckets[hash(key) & table->mask];

	while (*at) {
		struct entry *entry = heap_at(heap, *at);

		if (entry->key_length == key.length &&
		    !memcmp(entry->bytes, key.bytes, key.length))
			break;
		at = &entry->next;
	}
	return at;
}

static uint64_t new_entry(struct heap *heap, struct string key,
			  struct string value)
{
	uint64_t offset =
		heap_alloc(heap, entry_size(key.length, value.length));
	struct entry *entry = heap_at(heap, offset);

	if (!offset)
		return 0;
	entry->next = 0;
	entry->key_length = key.length;
	entry->value_length = value.length;
	memcpy(entry->bytes, key.bytes, key.length);
	memcpy(entry->bytes + key.length, value.bytes, value.length);
	return offset;
}

/**
 * table_set() - Give a key a value.
 * @heap: The heap.
 * @key: The key, copied.
 * @value: The value, copied.
 *
 * Return: 0; -EINVAL if both are too long; -ENOSPC if the heap is full. Nothing
 * has changed then.
 */
int table_set(struct heap *heap, struct string key, struct string value)
{
	uint64_t *at = find(heap, key), old = *at, new;

	if (entry_size(key.length, value.length) > HEAP_BLOCK_MAX)
		return -EINVAL;
	new = new_entry(heap, key, value);
	if (!new)
		return -ENOSPC;
	if (old) {
		struct entry *entry = heap_at(heap, old);
		size_t size =
			entry_size(entry->key_length, entry->value_length);

		((struct entry *)heap_at(heap, new))->next = entry->next;
		heap_free(heap, old, size);
	} else {
		table_of(heap)->count++;
	}
	*at = new;
	return 0;
}

/* Visit the entries of a bucket. */
static bool walk_bucket(struct heap *heap, uint64_t offset, uint64_t *left,
			table_visit *visit, void *context)
{
	while (offset) {
		struct entry *entry = heap_at(heap, offset);
		struct string key, value;

		if (!heap_holds(heap, offset, sizeof(*entry)) || !*left)
			return false;
		key = (struct string){ entry->bytes, entry->key_length };
		value = (struct string){ entry->bytes + key.length,
					 entry->value_length };
		if (!heap_holds(heap, offset,
				entry_size(key.length, value.length)) ||
		    !visit(context, key, value))
			return false;
		--*left;
		offset = entry->next;
	}
	return true;
}

/**
 * table_walk() - Visit all entries.
 * @heap: The heap; it may be damaged in any way.
 * @visit: What to call for each.
 * @context: Handed to it.
 *
 * Return: whether the table is in order, and no visit said no.
 */
bool table_walk(struct heap *heap, table_visit *visit, void *context)
{
	struct table *table = table_of(heap);
	uint64_t *buckets, left;

	if (!heap_holds(heap, heap->root, sizeof(*table)) ||
	    table->mask >= heap->size / sizeof(uint64_t) ||
	    !heap_holds(heap, table->buckets,
			(table->mask + 1) * sizeof(uint64_t)))
		return false;
	buckets = heap_at(heap, table->buckets);
	left = table->count;
	for (uint64_t i = 0; i <= table->mask; i++)
		if (!walk_bucket(heap, buckets[i], &left, visit, context))
			return false;
	return !left;
}
