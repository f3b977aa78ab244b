// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: the registry of what zx_vmar_map() has mapped
 *
 * Calls on addresses need to know what lies there: which VMO, which part of it,
 * and with which rights it was mapped, also when the handle is closed. Linux tells
 * none of it. So this file remembers, and keeps a descriptor for each VMO and
 * set of rights. This is the only state that the library has.
 *
 * Mappings are in an array, sorted by address, and do not overlap.
 *
 * Locking: one mutex for all. A child process has the parent's mappings and
 * descriptors, so it gets the registry as it is while nobody changes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zx_mapping.h"

/* Above what people redirect by number. */
#define FIRST_FD 10

/* How many more entries a removal and an addition may make. */
#define RESERVE 2

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static struct {
	struct zvmo_zx_mapping *entries;
	size_t count;
	size_t capacity;
	struct zvmo_zx_source *sources;
} registry;

static void lock_registry(void)
{
	pthread_mutex_lock(&lock);
}

static void unlock_registry(void)
{
	pthread_mutex_unlock(&lock);
}

/* If it fails, a fork() during a call leaves the child locked out; no more. */
static void prepare_for_fork(void)
{
	pthread_atfork(lock_registry, unlock_registry, unlock_registry);
}

void zvmo_zx_mappings_lock(void)
{
	pthread_once(&fork_once, prepare_for_fork);
	lock_registry();
}

void zvmo_zx_mappings_unlock(void)
{
	unlock_registry();
}

int zvmo_zx_mappings_reserve(void)
{
	struct zvmo_zx_mapping *entries;
	size_t capacity;

	if (registry.capacity - registry.count >= RESERVE)
		return 0;
	capacity = 2 * registry.capacity + 16;
	entries = realloc(registry.entries, capacity * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	registry.entries = entries;
	registry.capacity = capacity;
	return 0;
}

/* Index of the first mapping that ends above the address. */
static size_t first_above(zx_vaddr_t address)
{
	size_t low = 0, high = registry.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (registry.entries[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void insert_at(size_t index, const struct zvmo_zx_mapping *mapping)
{
	struct zvmo_zx_mapping *entry = registry.entries + index;

	memmove(entry + 1, entry, (registry.count - index) * sizeof(*entry));
	*entry = *mapping;
	registry.count++;
}

/* Split the mapping that the address lies inside of, if there is one. */
static void split_at(zx_vaddr_t address)
{
	size_t index = first_above(address);
	struct zvmo_zx_mapping right, *left = registry.entries + index;

	if (index == registry.count || left->start >= address)
		return;
	right = *left;
	right.start = address;
	right.offset += address - left->start;
	right.source->uses++;
	left->end = address;
	insert_at(index + 1, &right);
}

void zvmo_zx_mappings_remove(zx_vaddr_t start, zx_vaddr_t end)
{
	size_t first, last;

	split_at(start);
	split_at(end);
	first = first_above(start);
	for (last = first; last < registry.count; last++) {
		if (registry.entries[last].end > end)
			break;
		zvmo_zx_source_put(registry.entries[last].source);
	}
	memmove(registry.entries + first, registry.entries + last,
		(registry.count - last) * sizeof(*registry.entries));
	registry.count -= last - first;
}

void zvmo_zx_mappings_add(const struct zvmo_zx_mapping *mapping)
{
	insert_at(first_above(mapping->start), mapping);
}

const struct zvmo_zx_mapping *zvmo_zx_mappings_find(zx_vaddr_t address)
{
	size_t index = first_above(address);

	if (index == registry.count || registry.entries[index].start > address)
		return NULL;
	return registry.entries + index;
}

static int source_create(int fd, const struct zvmo_info *info,
			 struct zvmo_zx_source **source)
{
	struct zvmo_zx_source *created = malloc(sizeof(*created));

	if (!created)
		return -ENOMEM;
	created->fd = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
	if (created->fd < 0) {
		/* EINVAL: the limit on descriptors is lower than that. */
		int error = errno == EINVAL ? -EMFILE : -errno;

		free(created);
		return error;
	}
	created->rights = info->rights;
	created->koid = info->koid;
	created->uses = 1;
	created->next = registry.sources;
	registry.sources = created;
	*source = created;
	return 0;
}

int zvmo_zx_source_get(int fd, const struct zvmo_info *info,
		       struct zvmo_zx_source **source)
{
	struct zvmo_zx_source *known;

	for (known = registry.sources; known; known = known->next) {
		if (known->koid == info->koid &&
		    known->rights == info->rights) {
			known->uses++;
			*source = known;
			return 0;
		}
	}
	return source_create(fd, info, source);
}

void zvmo_zx_source_put(struct zvmo_zx_source *source)
{
	struct zvmo_zx_source **link = &registry.sources;

	if (--source->uses)
		return;
	while (*link != source)
		link = &(*link)->next;
	*link = source->next;
	close(source->fd);
	free(source);
}
