/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: the format, as Documentation/stream.rst has it
 *
 * Structures here are in the machine's order; the functions turn them into the
 * bytes of a stream, which are little-endian, and back. What they take in is
 * checked in full: whoever gets a structure need not ask whether it makes sense.
 */
#ifndef _ZVMO_STREAM_FORMAT_H
#define _ZVMO_STREAM_FORMAT_H

#include <stdint.h>

#include <zvmo_stream.h>

/* Offsets and lengths are whole blocks, whatever the page size. */
#define BLOCK_SIZE 4096U
/* The most that a record of data covers. */
#define RECORD_MAX (1U << 20)

#define HEADER_BYTES 64U
#define RECORD_BYTES 40U
#define END_BYTES 32U /* what follows the record of the end */

enum record_type { RECORD_DATA = 1, RECORD_ZERO = 2, RECORD_END = 3 };
enum record_encoding { ENCODING_NONE = 0, ENCODING_ZSTD = 1 };

/**
 * struct record - One record; its payload follows it.
 * @type: What it says.
 * @encoding: How the payload is stored.
 * @offset: Start of the range, whole blocks.
 * @length: Length of the range, whole blocks.
 * @stored: Bytes of payload.
 * @checksum: Of the record before it and the payload.
 */
struct record {
	uint32_t type;
	uint32_t encoding;
	uint64_t offset;
	uint64_t length;
	uint32_t stored;
	uint64_t checksum;
};

void header_encode(const struct zvmo_stream_info *info,
		   uint8_t bytes[HEADER_BYTES]);
int header_decode(const uint8_t bytes[HEADER_BYTES],
		  struct zvmo_stream_info *info);

void record_encode(struct record *record, uint64_t number, const void *payload,
		   uint8_t bytes[RECORD_BYTES]);
int record_decode(const uint8_t bytes[RECORD_BYTES],
		  const struct zvmo_stream_info *info, uint64_t position,
		  struct record *record);
int record_check(const uint8_t bytes[RECORD_BYTES], const struct record *record,
		 uint64_t number, const void *payload);

void id_encode(const struct zvmo_stream_id *id, uint8_t bytes[16]);
struct zvmo_stream_id id_decode(const uint8_t bytes[16]);

#endif /* _ZVMO_STREAM_FORMAT_H */
