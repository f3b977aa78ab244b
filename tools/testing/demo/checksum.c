// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: checksums of pages and objects
 */
#include <endian.h>
#include <string.h>

#include "checksum.h"

#define PRIME1 0x9e3779b185ebca87
#define PRIME2 0xc2b2ae3d27d4eb4f
#define PRIME3 0x165667b19e3779f9
#define PRIME4 0x85ebca77c2b2ae63

static uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

static uint64_t lane_add(uint64_t lane, uint64_t word)
{
	return rotate(lane + word * PRIME2, 31) * PRIME1;
}

static uint64_t lane_merge(uint64_t hash, uint64_t lane)
{
	return (hash ^ lane_add(0, lane)) * PRIME1 + PRIME4;
}

/* XXH64 as https://xxhash.com defines it, for a @size that 32 divides. */
static uint64_t xxh64(const void *data, size_t size, uint64_t seed)
{
	uint64_t a = seed + PRIME1 + PRIME2;
	uint64_t b = seed + PRIME2;
	uint64_t c = seed;
	uint64_t d = seed - PRIME1;
	const char *p = data;
	const char *end = p + size;
	uint64_t hash;

	for (; p < end; p += 32) {
		a = lane_add(a, load(p));
		b = lane_add(b, load(p + 8));
		c = lane_add(c, load(p + 16));
		d = lane_add(d, load(p + 24));
	}
	hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
	hash = lane_merge(hash, a);
	hash = lane_merge(hash, b);
	hash = lane_merge(hash, c);
	hash = lane_merge(hash, d);
	hash += size;
	hash = (hash ^ (hash >> 33)) * PRIME2;
	hash = (hash ^ (hash >> 29)) * PRIME3;
	return hash ^ (hash >> 32);
}

/**
 * checksum_page() - Checksum of one page.
 * @data: Its bytes.
 * @page_size: How many.
 * @page: Its number in the object.
 */
uint64_t checksum_page(const void *data, size_t page_size, uint64_t page)
{
	return xxh64(data, page_size, page);
}

/**
 * checksum_object() - Checksum of an object.
 * @data: Its bytes.
 * @page_size: Size of a page.
 * @pages: Number of pages.
 */
uint64_t checksum_object(const void *data, size_t page_size, uint64_t pages)
{
	uint64_t sum = 0;
	uint64_t page;

	for (page = 0; page < pages; page++)
		sum += checksum_page((const char *)data + page * page_size,
				     page_size, page);
	return sum;
}
