/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: what a VMO contains, or a regular file
 *
 * A content is bytes from 0 to its size, in whole blocks, whatever the stream
 * size. Reading past the end of a file gives zeros.
 */
#ifndef _ZVMO_STREAM_CONTENT_H
#define _ZVMO_STREAM_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zvmo_stream.h>

enum content_kind { CONTENT_FILE, CONTENT_SLICE, CONTENT_VMO };

/**
 * struct content - A content that does not change, to read from.
 * @fd: A snapshot of the VMO (of a slice, a slice) whose stream size is its
 *	size, owned by this structure; or the file, which is not.
 * @kind: What it is.
 * @size: Size in bytes, whole blocks.
 * @stream_size: Stream size of the VMO, or size of the file.
 * @position: Where the file's position was.
 */
struct content {
	int fd;
	enum content_kind kind;
	uint64_t size;
	uint64_t stream_size;
	int64_t position;
};

/**
 * struct content_range - A part of a content.
 * @start: Where it begins.
 * @end: Where it ends.
 */
struct content_range {
	uint64_t start;
	uint64_t end;
};

int content_open(struct content *content, int fd);
void content_close(struct content *content);
int content_read(const struct content *content, uint64_t offset, void *buffer,
		 size_t length);
int content_next_data(const struct content *content, uint64_t offset,
		      uint64_t end, struct content_range *range);

int content_is_aligned(const struct content *content,
		       const struct content *other);

#endif /* _ZVMO_STREAM_CONTENT_H */
