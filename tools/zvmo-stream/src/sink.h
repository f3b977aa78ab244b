/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: where the records of a stream go
 */
#ifndef _ZVMO_STREAM_SINK_H
#define _ZVMO_STREAM_SINK_H

#include <stddef.h>
#include <stdint.h>

#include <zvmo_stream.h>

#include "content.h"

enum sink_kind { SINK_NONE, SINK_FILE, SINK_VMO };

/**
 * struct sink - A content in the making.
 * @kind: What it is; with SINK_NONE the records are only checked.
 * @fd: The VMO, owned by this structure until sink_take(); or the file, not
 *	owned; or -1.
 * @stream_size: Where a file ends.
 */
struct sink {
	enum sink_kind kind;
	int fd;
	uint64_t stream_size;
};

int sink_open_vmo(struct sink *sink, const struct zvmo_stream_info *info,
		  uint32_t create_options);
int sink_open_relative(struct sink *sink, const struct content *base,
		       const struct zvmo_stream_info *info,
		       uint32_t create_options);
int sink_open_file(struct sink *sink, int file,
		   const struct zvmo_stream_info *info);
int sink_finish(const struct sink *sink);
void sink_close(struct sink *sink);
int sink_take(struct sink *sink);
int sink_write(const struct sink *sink, uint64_t offset, const void *data,
	       size_t length);
int sink_zero(const struct sink *sink, uint64_t offset, uint64_t length);

#endif /* _ZVMO_STREAM_SINK_H */
