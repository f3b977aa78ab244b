// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: the identity of a content
 */
#include <endian.h>
#include <string.h>

#include <xxhash.h>

#include "format.h"
#include "identity.h"

/* Seed of the sizes; no block has this number. */
#define SIZES_SEED UINT64_MAX

static const uint8_t zeros[BLOCK_SIZE];

/**
 * block_is_zero() - Ask whether a block is all zeros.
 * @block: The block.
 *
 * Return: true if so.
 */
bool block_is_zero(const void *block)
{
	return memcmp(block, zeros, BLOCK_SIZE) == 0;
}

static void add(struct zvmo_stream_id *id, XXH128_hash_t hash)
{
	id->low += hash.low64;
	id->high += hash.high64;
}

static void subtract(struct zvmo_stream_id *id, XXH128_hash_t hash)
{
	id->low -= hash.low64;
	id->high -= hash.high64;
}

static XXH128_hash_t block_hash(uint64_t offset, const void *block)
{
	return XXH3_128bits_withSeed(block, BLOCK_SIZE, offset / BLOCK_SIZE);
}

static XXH128_hash_t sizes_hash(uint64_t size, uint64_t stream_size)
{
	const uint64_t sizes[2] = { htole64(size), htole64(stream_size) };

	return XXH3_128bits_withSeed(sizes, sizeof(sizes), SIZES_SEED);
}

/**
 * identity_add_blocks() - Add blocks to a content.
 * @id: Its identity.
 * @offset: Where they are.
 * @blocks: The blocks; those that are all zeros count nothing.
 * @length: Their length.
 */
void identity_add_blocks(struct zvmo_stream_id *id, uint64_t offset,
			 const void *blocks, size_t length)
{
	const uint8_t *block = blocks;
	size_t at;

	for (at = 0; at < length; at += BLOCK_SIZE)
		if (!block_is_zero(block + at))
			add(id, block_hash(offset + at, block + at));
}

/**
 * identity_subtract_block() - Take a block out of a content.
 * @id: Its identity.
 * @offset: Where it is.
 * @block: The block.
 */
void identity_subtract_block(struct zvmo_stream_id *id, uint64_t offset,
			     const void *block)
{
	if (!block_is_zero(block))
		subtract(id, block_hash(offset, block));
}

/**
 * identity_add_sizes() - Complete the identity of a content.
 * @id: That of its blocks.
 * @size: Its size.
 * @stream_size: Its stream size.
 */
void identity_add_sizes(struct zvmo_stream_id *id, uint64_t size,
			uint64_t stream_size)
{
	add(id, sizes_hash(size, stream_size));
}

static int subtract_data(struct zvmo_stream_id *id,
			 const struct content *content,
			 struct content_range range, uint8_t *room)
{
	while (range.start < range.end) {
		uint64_t left = range.end - range.start;
		size_t part = left < RECORD_MAX ? (size_t)left : RECORD_MAX, at;
		int error = content_read(content, range.start, room, part);

		if (error)
			return error;
		for (at = 0; at < part; at += BLOCK_SIZE)
			identity_subtract_block(id, range.start + at,
						room + at);
		range.start += part;
	}
	return 0;
}

/**
 * identity_subtract_range() - Take all that is in a range out of a content.
 * @id: Its identity.
 * @content: The content.
 * @start: Where the range begins.
 * @end: Where it ends; may be past the end of the content.
 * @room: RECORD_MAX bytes to work with.
 *
 * Return: 0, or an error of read(2).
 */
int identity_subtract_range(struct zvmo_stream_id *id,
			    const struct content *content, uint64_t start,
			    uint64_t end, void *room)
{
	struct content_range range;
	int result;

	while ((result = content_next_data(content, start, end, &range)) > 0) {
		result = subtract_data(id, content, range, room);
		if (result)
			return result;
		start = range.end;
	}
	return result;
}

/**
 * identity_leave() - Begin to make another content of one.
 * @id: Identity of the one; becomes that of its blocks below the other's size.
 * @content: The one.
 * @size: Size of the other.
 * @room: RECORD_MAX bytes to work with.
 *
 * Return: 0, or an error of read(2).
 */
int identity_leave(struct zvmo_stream_id *id, const struct content *content,
		   uint64_t size, void *room)
{
	subtract(id, sizes_hash(content->size, content->stream_size));
	return identity_subtract_range(id, content, size, content->size, room);
}

/**
 * identity_find() - Find the identity of a content by reading it.
 * @id: out: the identity.
 * @content: The content.
 * @room: RECORD_MAX bytes to work with.
 *
 * Return: 0, or an error of read(2).
 */
int identity_find(struct zvmo_stream_id *id, const struct content *content,
		  void *room)
{
	struct zvmo_stream_id taken = { 0, 0 };
	int error = identity_subtract_range(&taken, content, 0, content->size,
					    room);

	if (error)
		return error;
	id->low = -taken.low;
	id->high = -taken.high;
	identity_add_sizes(id, content->size, content->stream_size);
	return 0;
}

/**
 * identity_equal() - Compare identities, or digests.
 * @a: One.
 * @b: Another.
 *
 * Return: true if they are equal.
 */
bool identity_equal(const struct zvmo_stream_id *a,
		    const struct zvmo_stream_id *b)
{
	return a->low == b->low && a->high == b->high;
}
