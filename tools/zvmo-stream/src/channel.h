/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: the bytes of a stream, counted and digested as they pass
 */
#ifndef _ZVMO_STREAM_CHANNEL_H
#define _ZVMO_STREAM_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include <xxhash.h>
#include <zvmo_stream.h>

/**
 * struct channel - One end of a stream.
 * @fd: Where the bytes come from, or go to.
 * @bytes: How many have passed.
 * @digest: Of all of them.
 */
struct channel {
	int fd;
	uint64_t bytes;
	XXH3_state_t *digest;
};

int channel_open(struct channel *channel, int fd);
void channel_close(struct channel *channel);
int channel_read(struct channel *channel, void *buffer, size_t length);
int channel_write(struct channel *channel, const void *head, size_t head_length,
		  const void *body, size_t body_length);
struct zvmo_stream_id channel_digest(const struct channel *channel);

#endif /* _ZVMO_STREAM_CHANNEL_H */
