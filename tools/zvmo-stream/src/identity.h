/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: the identity of a content
 *
 * The sum, in each of two halves modulo 2^64, of a hash of every block that is
 * not all zeros, seeded with its number, and of a hash of the sizes. So it takes
 * the blocks that changed, with what they were before, to get from the identity
 * of one content to that of another; and a hole is the same as zeros.
 */
#ifndef _ZVMO_STREAM_IDENTITY_H
#define _ZVMO_STREAM_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zvmo_stream.h>

#include "content.h"

bool block_is_zero(const void *block);

void identity_add_blocks(struct zvmo_stream_id *id, uint64_t offset,
			 const void *blocks, size_t length);
void identity_subtract_block(struct zvmo_stream_id *id, uint64_t offset,
			     const void *block);
void identity_add_sizes(struct zvmo_stream_id *id, uint64_t size,
			uint64_t stream_size);
int identity_subtract_range(struct zvmo_stream_id *id,
			    const struct content *content, uint64_t start,
			    uint64_t end, void *room);
int identity_leave(struct zvmo_stream_id *id, const struct content *content,
		   uint64_t size, void *room);
int identity_find(struct zvmo_stream_id *id, const struct content *content,
		  void *room);
bool identity_equal(const struct zvmo_stream_id *a,
		    const struct zvmo_stream_id *b);

#endif /* _ZVMO_STREAM_IDENTITY_H */
