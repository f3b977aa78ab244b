// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: the header and the records, to bytes and back
 */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <xxhash.h>
#include <zvmo.h>

#include "format.h"

/* As PNG's: what is damaged by a transfer as text is found at once. */
static const uint8_t magic[8] = "\x89ZVMO\r\n\x1a";

/* Where things are in the header ... */
#define HEADER_VERSION 8
#define HEADER_FLAGS 12
#define HEADER_PAGE_SIZE 16
#define HEADER_BLOCK_SIZE 20
#define HEADER_SIZE 24
#define HEADER_STREAM_SIZE 32
#define HEADER_BASE 40
#define HEADER_CHECKSUM 56
/* ... and in a record. */
#define AT_TYPE 0
#define AT_ENCODING 4
#define AT_OFFSET 8
#define AT_LENGTH 16
#define AT_STORED 24
#define AT_RESERVED 28
#define AT_CHECKSUM 32

static void put32(uint8_t *bytes, uint32_t value)
{
	value = htole32(value);
	memcpy(bytes, &value, sizeof(value));
}

static void put64(uint8_t *bytes, uint64_t value)
{
	value = htole64(value);
	memcpy(bytes, &value, sizeof(value));
}

static uint32_t get32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const uint8_t *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return le64toh(value);
}

/**
 * id_encode() - Write an identity, or a digest.
 * @id: The identity.
 * @bytes: Where to.
 */
void id_encode(const struct zvmo_stream_id *id, uint8_t bytes[16])
{
	put64(bytes, id->low);
	put64(bytes + 8, id->high);
}

/**
 * id_decode() - Read an identity, or a digest.
 * @bytes: Where from.
 *
 * Return: the identity.
 */
struct zvmo_stream_id id_decode(const uint8_t bytes[16])
{
	return (struct zvmo_stream_id){ get64(bytes), get64(bytes + 8) };
}

/**
 * header_encode() - Write the header of a stream.
 * @info: What it says.
 * @bytes: Where to.
 */
void header_encode(const struct zvmo_stream_info *info,
		   uint8_t bytes[HEADER_BYTES])
{
	memcpy(bytes, magic, sizeof(magic));
	put32(bytes + HEADER_VERSION, info->version);
	put32(bytes + HEADER_FLAGS, info->flags);
	put32(bytes + HEADER_PAGE_SIZE, info->page_size);
	put32(bytes + HEADER_BLOCK_SIZE, BLOCK_SIZE);
	put64(bytes + HEADER_SIZE, info->size);
	put64(bytes + HEADER_STREAM_SIZE, info->stream_size);
	id_encode(&info->base, bytes + HEADER_BASE);
	put64(bytes + HEADER_CHECKSUM, XXH3_64bits(bytes, HEADER_CHECKSUM));
}

static bool header_makes_sense(const struct zvmo_stream_info *info)
{
	if (info->page_size < BLOCK_SIZE ||
	    (info->page_size & (info->page_size - 1)))
		return false;
	if (info->size > ZVMO_SIZE_MAX || info->size % BLOCK_SIZE ||
	    info->stream_size > info->size)
		return false;
	return info->flags & ZVMO_STREAM_INCREMENT ||
	       !(info->base.low | info->base.high);
}

/**
 * header_decode() - Read the header of a stream.
 * @bytes: Where from.
 * @info: What to fill; what is not in the header becomes 0.
 *
 * The magic, the version and the checksum are at the same place in every
 * version.
 *
 * Return: 0, -EBADMSG, or -EOPNOTSUPP.
 */
int header_decode(const uint8_t bytes[HEADER_BYTES],
		  struct zvmo_stream_info *info)
{
	memset(info, 0, sizeof(*info));
	if (memcmp(bytes, magic, sizeof(magic)) ||
	    get64(bytes + HEADER_CHECKSUM) !=
		    XXH3_64bits(bytes, HEADER_CHECKSUM))
		return -EBADMSG;
	info->version = get32(bytes + HEADER_VERSION);
	info->flags = get32(bytes + HEADER_FLAGS);
	if (info->version != ZVMO_STREAM_VERSION ||
	    info->flags & ~(ZVMO_STREAM_INCREMENT | ZVMO_STREAM_ZSTD) ||
	    get32(bytes + HEADER_BLOCK_SIZE) != BLOCK_SIZE)
		return -EOPNOTSUPP;
	info->page_size = get32(bytes + HEADER_PAGE_SIZE);
	info->size = get64(bytes + HEADER_SIZE);
	info->stream_size = get64(bytes + HEADER_STREAM_SIZE);
	info->base = id_decode(bytes + HEADER_BASE);
	return header_makes_sense(info) ? 0 : -EBADMSG;
}

static uint64_t record_checksum(const uint8_t bytes[RECORD_BYTES],
				uint32_t stored, uint64_t number,
				const void *payload)
{
	uint64_t checksum = XXH3_64bits_withSeed(bytes, AT_CHECKSUM, number);

	return stored ? XXH3_64bits_withSeed(payload, stored, checksum) :
			checksum;
}

/**
 * record_encode() - Write a record.
 * @record: What it says; the checksum is filled in.
 * @number: How many records there are before it.
 * @payload: Its payload.
 * @bytes: Where to.
 */
void record_encode(struct record *record, uint64_t number, const void *payload,
		   uint8_t bytes[RECORD_BYTES])
{
	put32(bytes + AT_TYPE, record->type);
	put32(bytes + AT_ENCODING, record->encoding);
	put64(bytes + AT_OFFSET, record->offset);
	put64(bytes + AT_LENGTH, record->length);
	put32(bytes + AT_STORED, record->stored);
	put32(bytes + AT_RESERVED, 0);
	record->checksum =
		record_checksum(bytes, record->stored, number, payload);
	put64(bytes + AT_CHECKSUM, record->checksum);
}

static bool range_makes_sense(const struct record *record, uint64_t size,
			      uint64_t position)
{
	return record->length && record->offset % BLOCK_SIZE == 0 &&
	       record->length % BLOCK_SIZE == 0 && record->offset >= position &&
	       record->offset <= size &&
	       record->length <= size - record->offset;
}

static bool record_makes_sense(const struct record *record,
			       const struct zvmo_stream_info *info,
			       uint64_t position)
{
	switch (record->type) {
	case RECORD_DATA:
		if (!range_makes_sense(record, info->size, position) ||
		    record->length > RECORD_MAX)
			return false;
		if (record->encoding == ENCODING_NONE)
			return record->stored == record->length;
		return record->encoding == ENCODING_ZSTD &&
		       info->flags & ZVMO_STREAM_ZSTD && record->stored &&
		       record->stored < record->length;
	case RECORD_ZERO:
		return info->flags & ZVMO_STREAM_INCREMENT &&
		       range_makes_sense(record, info->size, position) &&
		       !record->encoding && !record->stored;
	case RECORD_END:
		return record->offset == info->size && !record->length &&
		       !record->encoding && record->stored == END_BYTES;
	default:
		return false;
	}
}

/**
 * record_decode() - Read a record; its payload is still to come.
 * @bytes: Where from.
 * @info: What the header said.
 * @position: Where the record before it ended.
 * @record: What to fill.
 *
 * Return: 0, or -EBADMSG.
 */
int record_decode(const uint8_t bytes[RECORD_BYTES],
		  const struct zvmo_stream_info *info, uint64_t position,
		  struct record *record)
{
	record->type = get32(bytes + AT_TYPE);
	record->encoding = get32(bytes + AT_ENCODING);
	record->offset = get64(bytes + AT_OFFSET);
	record->length = get64(bytes + AT_LENGTH);
	record->stored = get32(bytes + AT_STORED);
	record->checksum = get64(bytes + AT_CHECKSUM);
	if (get32(bytes + AT_RESERVED) ||
	    !record_makes_sense(record, info, position))
		return -EBADMSG;
	return 0;
}

/**
 * record_check() - Compare the checksum of a record, now that it is complete.
 * @bytes: The record.
 * @record: What it says.
 * @number: How many records there are before it.
 * @payload: Its payload.
 *
 * Return: 0, or -EBADMSG.
 */
int record_check(const uint8_t bytes[RECORD_BYTES], const struct record *record,
		 uint64_t number, const void *payload)
{
	return record_checksum(bytes, record->stored, number, payload) ==
			       record->checksum ?
		       0 :
		       -EBADMSG;
}
