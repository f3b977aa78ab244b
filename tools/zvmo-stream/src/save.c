// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: writing a stream
 *
 * What may differ comes as ranges: those that are no hole; of an increment,
 * those where two VMOs hold different pages, or where one of two files is no
 * hole. Within them the blocks are compared (with zeros, if there is no base):
 * only those that differ are written, as runs of data or of zeros.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zvmo.h>

#include "channel.h"
#include "codec.h"
#include "content.h"
#include "format.h"
#include "identity.h"

/**
 * struct save - A stream that is being written.
 * @info: What is known of it so far.
 * @channel: Where it goes.
 * @codec: What compresses it.
 * @content: What it is to hold.
 * @base: What it is an increment to; not open if it is none.
 * @id: Identity of the blocks of @base, with those changed that were looked at.
 * @records: Records written.
 * @run: The record to come: type and range; its type is 0 if there is none.
 * @data: Payload of @run, if it is data.
 * @new_blocks: Blocks of @content being looked at.
 * @old_blocks: And of @base.
 */
struct save {
	struct zvmo_stream_info info;
	struct channel channel;
	struct codec codec;
	struct content content;
	struct content base;
	struct zvmo_stream_id id;
	uint64_t records;
	struct record run;
	uint8_t *data;
	uint8_t *new_blocks;
	uint8_t *old_blocks;
};

static bool is_increment(const struct save *save)
{
	return save->info.flags & ZVMO_STREAM_INCREMENT;
}

static int write_record(struct save *save, struct record *record,
			const void *payload)
{
	uint8_t bytes[RECORD_BYTES];

	record_encode(record, save->records++, payload, bytes);
	return channel_write(&save->channel, bytes, sizeof(bytes), payload,
			     record->stored);
}

static int write_data(struct save *save, struct record *record)
{
	size_t stored = 0;

	save->info.data_records++;
	save->info.data_bytes += record->length;
	if (save->info.flags & ZVMO_STREAM_ZSTD)
		stored = codec_compress(&save->codec, save->data,
					record->length);
	record->encoding = stored ? ENCODING_ZSTD : ENCODING_NONE;
	record->stored = (uint32_t)(stored ? stored : record->length);
	save->info.stored_bytes += record->stored;
	return write_record(save, record,
			    stored ? save->codec.room : save->data);
}

/* Writes the run, if there is one. */
static int run_end(struct save *save)
{
	struct record record = save->run;

	memset(&save->run, 0, sizeof(save->run));
	if (record.type == RECORD_DATA)
		return write_data(save, &record);
	if (record.type != RECORD_ZERO)
		return 0;
	save->info.zero_records++;
	save->info.zero_bytes += record.length;
	return write_record(save, &record, NULL);
}

/* Goes on with the run, or ends it and begins another, for a range. */
static int run_extend(struct save *save, uint32_t type, uint64_t offset,
		      uint64_t length)
{
	int error;

	if (save->run.type != type ||
	    save->run.offset + save->run.length != offset ||
	    (type == RECORD_DATA && save->run.length + length > RECORD_MAX)) {
		error = run_end(save);
		if (error)
			return error;
		save->run.type = type;
		save->run.offset = offset;
	}
	save->run.length += length;
	return 0;
}

static int save_block(struct save *save, uint64_t offset, const void *new,
		      const void *old)
{
	int error;

	if (memcmp(new, old, BLOCK_SIZE) == 0)
		return 0;
	identity_subtract_block(&save->id, offset, old);
	if (block_is_zero(new))
		return run_extend(save, RECORD_ZERO, offset, BLOCK_SIZE);
	identity_add_blocks(&save->id, offset, new, BLOCK_SIZE);
	error = run_extend(save, RECORD_DATA, offset, BLOCK_SIZE);
	if (error)
		return error;
	memcpy(save->data + save->run.length - BLOCK_SIZE, new, BLOCK_SIZE);
	return 0;
}

static int save_blocks(struct save *save, uint64_t offset, size_t length)
{
	size_t at;
	int error =
		content_read(&save->content, offset, save->new_blocks, length);

	/* Without a base these stay zeros. */
	if (!error && is_increment(save))
		error = content_read(&save->base, offset, save->old_blocks,
				     length);
	for (at = 0; !error && at < length; at += BLOCK_SIZE)
		error = save_block(save, offset + at, save->new_blocks + at,
				   save->old_blocks + at);
	return error;
}

static int save_range(struct save *save, uint64_t start, uint64_t end)
{
	while (start < end) {
		uint64_t left = end - start;
		size_t part = left < RECORD_MAX ? (size_t)left : RECORD_MAX;
		int error = save_blocks(save, start, part);

		if (error)
			return error;
		start += part;
	}
	return 0;
}

/* A range where the base has pages and the content has none. */
static int save_hole(struct save *save, uint64_t start, uint64_t end)
{
	int error = identity_subtract_range(&save->id, &save->base, start, end,
					    save->old_blocks);

	return error ? error :
		       run_extend(save, RECORD_ZERO, start, end - start);
}

static int save_data(struct save *save)
{
	struct content_range range = { 0, 0 };
	int result;

	while ((result = content_next_data(&save->content, range.end,
					   save->content.size, &range)) > 0) {
		result = save_range(save, range.start, range.end);
		if (result)
			return result;
	}
	return result;
}

static int save_vmo_difference(struct save *save)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	int result;

	zvmo_diff_init(&iter, save->content.fd, save->base.fd, 0,
		       save->content.size);
	while ((result = zvmo_diff_next(&iter, &range)) > 0) {
		uint64_t end = range->offset + range->length;

		if (range->what == ZVMO_DIFF_ONLY_THERE)
			result = save_hole(save, range->offset, end);
		else
			result = save_range(save, range->offset, end);
		if (result)
			return result;
	}
	return result;
}

/* Where either has data, from @offset on. */
static int next_data_of_both(const struct save *save, uint64_t offset,
			     struct content_range *range)
{
	struct content_range old;
	int in_new = content_next_data(&save->content, offset,
				       save->content.size, range);
	int in_old = content_next_data(&save->base, offset, save->content.size,
				       &old);

	if (in_new < 0 || in_old < 0)
		return in_new < 0 ? in_new : in_old;
	/* What overlaps the one that comes first is for the next call. */
	if (in_old && (!in_new || old.start < range->start))
		*range = old;
	return in_new || in_old;
}

static int save_file_difference(struct save *save)
{
	struct content_range range = { 0, 0 };
	int result;

	while ((result = next_data_of_both(save, range.end, &range)) > 0) {
		result = save_range(save, range.start, range.end);
		if (result)
			return result;
	}
	return result;
}

static int save_content(struct save *save)
{
	if (!is_increment(save))
		return save_data(save);
	return save->base.kind == CONTENT_FILE ? save_file_difference(save) :
						 save_vmo_difference(save);
}

static int save_header(struct save *save)
{
	uint8_t bytes[HEADER_BYTES];

	header_encode(&save->info, bytes);
	return channel_write(&save->channel, bytes, sizeof(bytes), NULL, 0);
}

static int save_end(struct save *save)
{
	struct record end = { .type = RECORD_END,
			      .offset = save->info.size,
			      .stored = END_BYTES };
	struct zvmo_stream_id digest = channel_digest(&save->channel);
	uint8_t payload[END_BYTES];
	int error;

	identity_add_sizes(&save->id, save->info.size, save->info.stream_size);
	save->info.id = save->id;
	id_encode(&save->info.id, payload);
	id_encode(&digest, payload + 16);
	error = write_record(save, &end, payload);
	save->info.stream_bytes = save->channel.bytes;
	return error;
}

static int save_stream(struct save *save)
{
	int error = save_header(save);

	if (error)
		return error;
	error = save_content(save);
	if (!error)
		error = run_end(save);
	return error ? error : save_end(save);
}

/* Whether one can be an increment to the other. */
static int check_relation(const struct content *content,
			  const struct content *base)
{
	int aligned;

	if (content->kind == CONTENT_SLICE || base->kind == CONTENT_SLICE)
		return -EOPNOTSUPP;
	if (content->kind != base->kind)
		return -EINVAL;
	if (content->kind == CONTENT_FILE)
		return 0;
	aligned = content_is_aligned(content, base);
	if (aligned < 0)
		return aligned;
	return aligned ? 0 : -EINVAL;
}

static int open_base(struct save *save, int base,
		     const struct zvmo_stream_id *known)
{
	int error = content_open(&save->base, base);

	if (error)
		return error;
	error = check_relation(&save->content, &save->base);
	if (error)
		return error;
	if (known)
		save->info.base = *known;
	else
		error = identity_find(&save->info.base, &save->base,
				      save->old_blocks);
	if (error)
		return error;
	save->info.flags |= ZVMO_STREAM_INCREMENT;
	save->id = save->info.base;
	return identity_leave(&save->id, &save->base, save->content.size,
			      save->old_blocks);
}

static int save_open(struct save *save, int fd, int base, int out,
		     const struct zvmo_stream_options *options)
{
	int error = content_open(&save->content, fd);

	if (error)
		return error;
	save->data = malloc(RECORD_MAX);
	save->new_blocks = malloc(RECORD_MAX);
	save->old_blocks = calloc(1, RECORD_MAX);
	if (!save->data || !save->new_blocks || !save->old_blocks)
		return -ENOMEM;
	save->info.version = ZVMO_STREAM_VERSION;
	save->info.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	save->info.size = save->content.size;
	save->info.stream_size = save->content.stream_size;
	if (options->compression) {
		save->info.flags |= ZVMO_STREAM_ZSTD;
		error = codec_open_to_compress(&save->codec,
					       options->compression);
	}
	if (!error)
		error = channel_open(&save->channel, out);
	if (!error && base >= 0)
		error = open_base(save, base, options->base);
	return error;
}

static void save_close(struct save *save)
{
	channel_close(&save->channel);
	codec_close(&save->codec);
	content_close(&save->base);
	content_close(&save->content);
	free(save->data);
	free(save->new_blocks);
	free(save->old_blocks);
}

int zvmo_stream_save(int fd, int base, int out,
		     const struct zvmo_stream_options *options,
		     struct zvmo_stream_info *info)
{
	static const struct zvmo_stream_options defaults = {
		.size = sizeof(defaults),
	};
	struct save save = { .content.fd = -1, .base.fd = -1 };
	int error;

	if (!options)
		options = &defaults;
	if (options->size != sizeof(*options) || options->reserved ||
	    options->create_options)
		return -EINVAL;
	error = save_open(&save, fd, base, out, options);
	if (!error)
		error = save_stream(&save);
	if (!error && info)
		*info = save.info;
	save_close(&save);
	return error;
}

int zvmo_stream_identify(int fd, struct zvmo_stream_id *id)
{
	struct content content;
	uint8_t *room;
	int error = content_open(&content, fd);

	if (error)
		return error;
	room = malloc(RECORD_MAX);
	error = room ? identity_find(id, &content, room) : -ENOMEM;
	free(room);
	content_close(&content);
	return error;
}
