// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: reading a stream
 *
 * Every record is checked before it is acted upon, and at the end the whole: the
 * digest of the stream; and the identity of what came out, which is known from
 * that of the base, the blocks that went and the blocks that came. Nobody sees
 * the result before that, but for a file that is written in place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zvmo.h>

#include "channel.h"
#include "codec.h"
#include "content.h"
#include "format.h"
#include "identity.h"
#include "sink.h"

/**
 * struct load - A stream that is being read.
 * @info: What is known of it so far.
 * @channel: Where it comes from.
 * @codec: What expands it.
 * @base: What an increment applies to; may be not open.
 * @sink: Where the records go.
 * @id: Identity of the blocks of @base, with those changed that were read.
 * @position: Where the last record ended.
 * @records: Records read.
 * @payload: Data of a record.
 * @room: Room to read from @base.
 */
struct load {
	struct zvmo_stream_info info;
	struct channel channel;
	struct codec codec;
	struct content base;
	struct sink sink;
	struct zvmo_stream_id id;
	uint64_t position;
	uint64_t records;
	uint8_t *payload;
	uint8_t *room;
};

static const struct zvmo_stream_options defaults = {
	.size = sizeof(defaults),
};

static bool is_increment(const struct load *load)
{
	return load->info.flags & ZVMO_STREAM_INCREMENT;
}

/* Whether what comes out is known, and not only what changes. */
static bool result_is_known(const struct load *load)
{
	return !is_increment(load) || load->base.fd >= 0;
}

/* Takes the record's range out of the identity. */
static int forget_range(struct load *load, const struct record *record)
{
	if (!is_increment(load) || load->base.fd < 0)
		return 0;
	return identity_subtract_range(&load->id, &load->base, record->offset,
				       record->offset + record->length,
				       load->room);
}

static int take_data(struct load *load, const struct record *record)
{
	int error;

	load->info.data_records++;
	load->info.data_bytes += record->length;
	load->info.stored_bytes += record->stored;
	if (record->encoding == ENCODING_ZSTD &&
	    !codec_expand(&load->codec, record->stored, load->payload,
			  record->length))
		return -EBADMSG;
	error = forget_range(load, record);
	if (error)
		return error;
	identity_add_blocks(&load->id, record->offset, load->payload,
			    record->length);
	return sink_write(&load->sink, record->offset, load->payload,
			  record->length);
}

static int take_zeros(struct load *load, const struct record *record)
{
	int error = forget_range(load, record);

	load->info.zero_records++;
	load->info.zero_bytes += record->length;
	return error ? error :
		       sink_zero(&load->sink, record->offset, record->length);
}

static int take_end(struct load *load, const uint8_t *payload,
		    const struct zvmo_stream_id *digest)
{
	struct zvmo_stream_id said = id_decode(payload + 16);

	load->info.id = id_decode(payload);
	load->info.stream_bytes = load->channel.bytes;
	if (!identity_equal(&said, digest))
		return -EBADMSG;
	if (!result_is_known(load))
		return 0;
	identity_add_sizes(&load->id, load->info.size, load->info.stream_size);
	return identity_equal(&load->id, &load->info.id) ? 0 : -EBADMSG;
}

/* Where the payload goes: data that are compressed wait in the codec's room. */
static void *payload_of(const struct load *load, const struct record *record)
{
	return record->encoding == ENCODING_ZSTD ? load->codec.room :
						   load->payload;
}

/* Returns 1 if it was the last. */
static int load_record(struct load *load)
{
	const struct zvmo_stream_id digest = channel_digest(&load->channel);
	uint8_t bytes[RECORD_BYTES];
	struct record record;
	void *payload;
	int error = channel_read(&load->channel, bytes, sizeof(bytes));

	if (error)
		return error;
	error = record_decode(bytes, &load->info, load->position, &record);
	if (error)
		return error;
	payload = payload_of(load, &record);
	error = channel_read(&load->channel, payload, record.stored);
	if (!error)
		error = record_check(bytes, &record, load->records++, payload);
	if (error)
		return error;
	load->position = record.offset + record.length;
	switch (record.type) {
	case RECORD_DATA:
		return take_data(load, &record);
	case RECORD_ZERO:
		return take_zeros(load, &record);
	default:
		error = take_end(load, payload, &digest);
		return error ? error : 1;
	}
}

static int load_records(struct load *load)
{
	int result;

	do {
		result = load_record(load);
	} while (!result);
	return result < 0 ? result : sink_finish(&load->sink);
}

/* Reads the header, and gets what it takes to read the rest. */
static int load_open(struct load *load, int in)
{
	uint8_t bytes[HEADER_BYTES];
	int error = channel_open(&load->channel, in);

	if (error)
		return error;
	load->payload = malloc(RECORD_MAX);
	if (!load->payload)
		return -ENOMEM;
	error = channel_read(&load->channel, bytes, sizeof(bytes));
	if (!error)
		error = header_decode(bytes, &load->info);
	if (!error && load->info.flags & ZVMO_STREAM_ZSTD)
		error = codec_open_to_expand(&load->codec);
	return error;
}

/* Checks that the base is the one that the increment applies to. */
static int check_base(struct load *load, const struct zvmo_stream_id *known)
{
	int error = 0;

	load->room = malloc(RECORD_MAX);
	if (!load->room)
		return -ENOMEM;
	if (known)
		load->id = *known;
	else
		error = identity_find(&load->id, &load->base, load->room);
	if (error)
		return error;
	if (!identity_equal(&load->id, &load->info.base))
		return -ESTALE;
	return identity_leave(&load->id, &load->base, load->info.size,
			      load->room);
}

static int load_open_base(struct load *load, int fd,
			  const struct zvmo_stream_id *known)
{
	int error;

	if (fd < 0)
		return -EINVAL;
	error = content_open(&load->base, fd);
	if (error || !is_increment(load))
		return error;
	return check_base(load, known);
}

static void load_close(struct load *load)
{
	channel_close(&load->channel);
	codec_close(&load->codec);
	sink_close(&load->sink);
	content_close(&load->base);
	free(load->payload);
	free(load->room);
}

static int check_options(const struct zvmo_stream_options *options,
			 uint32_t allowed)
{
	return options->size != sizeof(*options) || options->reserved ||
			       options->compression ||
			       options->create_options & ~allowed ?
		       -EINVAL :
		       0;
}

#define LOAD_INIT                                  \
	{                                          \
		.base.fd = -1, .sink = {.fd = -1 } \
	}

/* An increment goes into a snapshot of its base, another into a new VMO. */
static int load_into_new(struct load *load, int base,
			 const struct zvmo_stream_options *options)
{
	int error;

	if (!is_increment(load))
		return sink_open_vmo(&load->sink, &load->info,
				     options->create_options);
	error = load_open_base(load, base, options->base);
	return error ? error :
		       sink_open_relative(&load->sink, &load->base, &load->info,
					  options->create_options);
}

int zvmo_stream_load(int in, int base,
		     const struct zvmo_stream_options *options,
		     struct zvmo_stream_info *info)
{
	struct load load = LOAD_INIT;
	int result;

	if (!options)
		options = &defaults;
	if (check_options(options, ZVMO_RESIZABLE))
		return -EINVAL;
	result = load_open(&load, in);
	if (!result)
		result = load_into_new(&load, base, options);
	if (!result)
		result = load_records(&load);
	if (!result && info)
		*info = load.info;
	if (!result)
		result = sink_take(&load.sink);
	load_close(&load);
	return result;
}

/* As zvmo_stream_load(), but what is no increment also goes into a snapshot. */
static int load_into_relative(struct load *load, int fd,
			      const struct zvmo_stream_options *options)
{
	int error = load_open_base(load, fd, options->base);

	if (!error)
		error = sink_open_relative(&load->sink, &load->base,
					   &load->info, 0);
	if (!error && !is_increment(load))
		error = sink_zero(&load->sink, 0, load->info.size);
	return error;
}

/* Gives a VMO of the right size a stream size, and what a relative contains. */
static int take_over(int fd, int relative, uint64_t size, uint64_t stream_size)
{
	int error = zvmo_set_stream_size(fd, stream_size);

	return error ? error : zvmo_restore_range(fd, relative, 0, size);
}

static int go_back(int fd, const struct content *base, uint64_t size)
{
	int error = base->size == size ? 0 : zvmo_set_size(fd, base->size);

	return error ? error :
		       take_over(fd, base->fd, base->size, base->stream_size);
}

/* Gives the VMO the result; if that fails, it is what the base says again. */
static int adopt(struct load *load, int fd)
{
	const struct zvmo_stream_info *info = &load->info;
	const struct content *base = &load->base;
	int error = base->size == info->size ? 0 :
					       zvmo_set_size(fd, info->size);

	if (error)
		return error;
	error = take_over(fd, load->sink.fd, info->size, info->stream_size);
	if (!error || (base->size == info->size &&
		       base->stream_size == info->stream_size))
		return error;
	return go_back(fd, base, info->size) ? -ENOTRECOVERABLE : error;
}

static int check_writable(int fd)
{
	struct zvmo_info info;
	int error = zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0);

	if (error)
		return error;
	return info.rights & ZVMO_RIGHT_WRITE ? 0 : -EACCES;
}

int zvmo_stream_apply(int fd, int in, const struct zvmo_stream_options *options,
		      struct zvmo_stream_info *info)
{
	struct load load = LOAD_INIT;
	int error;

	if (!options)
		options = &defaults;
	if (check_options(options, 0))
		return -EINVAL;
	error = check_writable(fd);
	if (error)
		return error;
	error = load_open(&load, in);
	if (!error)
		error = load_into_relative(&load, fd, options);
	if (!error)
		error = load_records(&load);
	if (!error)
		error = adopt(&load, fd);
	if (!error && info)
		*info = load.info;
	load_close(&load);
	return error;
}

int zvmo_stream_load_file(int file, int in,
			  const struct zvmo_stream_options *options,
			  struct zvmo_stream_info *info)
{
	struct load load = LOAD_INIT;
	int error;

	if (!options)
		options = &defaults;
	if (check_options(options, 0))
		return -EINVAL;
	error = load_open(&load, in);
	if (!error)
		error = load_open_base(&load, file, options->base);
	if (!error && load.base.kind != CONTENT_FILE)
		error = -EINVAL;
	if (!error)
		error = sink_open_file(&load.sink, file, &load.info);
	if (!error)
		error = load_records(&load);
	if (!error && info)
		*info = load.info;
	load_close(&load);
	return error;
}

int zvmo_stream_verify(int in, struct zvmo_stream_info *info)
{
	struct load load = LOAD_INIT;
	int error = load_open(&load, in);

	if (!error)
		error = load_records(&load);
	if (!error && info)
		*info = load.info;
	load_close(&load);
	return error;
}
