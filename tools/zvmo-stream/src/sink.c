// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: where the records of a stream go
 *
 * To set the stream size of a VMO makes what is past it zero. So it is set
 * before there is content; where there is already, this comes back afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <zvmo.h>

#include "format.h"
#include "sink.h"

/* The size that a VMO has if it is created with that stream size. */
static uint64_t whole_pages(uint64_t size)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

/* With which size to create a VMO, to be as near to both sizes as possible. */
static uint64_t creation_size(const struct zvmo_stream_info *info)
{
	return whole_pages(info->stream_size) == info->size ?
		       info->stream_size :
		       info->size;
}

/* Takes over a new VMO, and gives it its stream size. */
static int sink_begin(struct sink *sink, int fd,
		      const struct zvmo_stream_info *info)
{
	if (fd < 0)
		return fd;
	*sink = (struct sink){ .kind = SINK_VMO,
			       .fd = fd,
			       .stream_size = info->stream_size };
	if (creation_size(info) == info->stream_size)
		return 0;
	return zvmo_set_stream_size(fd, info->stream_size);
}

/**
 * sink_open_vmo() - Begin with a new VMO of zeros.
 * @sink: What to fill; to be closed also after an error.
 * @info: The sizes.
 * @create_options: Options of zvmo_create(3).
 *
 * Return: 0, or an error of zvmo_create(3).
 */
int sink_open_vmo(struct sink *sink, const struct zvmo_stream_info *info,
		  uint32_t create_options)
{
	if (whole_pages(info->size) != info->size)
		return -EOPNOTSUPP;
	return sink_begin(
		sink, zvmo_create(creation_size(info), create_options), info);
}

/**
 * sink_open_relative() - Begin with a snapshot.
 * @sink: What to fill; to be closed also after an error.
 * @base: What it is a snapshot of.
 * @info: The sizes.
 * @create_options: 0, or ZVMO_RESIZABLE.
 *
 * Return: 0, or an error of zvmo_create_child(3) and zvmo_restore(3).
 */
int sink_open_relative(struct sink *sink, const struct content *base,
		       const struct zvmo_stream_info *info,
		       uint32_t create_options)
{
	uint32_t options = ZVMO_CHILD_SNAPSHOT;
	int error;

	if (base->kind != CONTENT_VMO || whole_pages(info->size) != info->size)
		return -EOPNOTSUPP;
	if (create_options & ZVMO_RESIZABLE)
		options |= ZVMO_CHILD_RESIZABLE;
	error = sink_begin(sink,
			   zvmo_create_child(base->fd, options, 0,
					     creation_size(info)),
			   info);
	if (error || creation_size(info) == info->stream_size)
		return error;
	return zvmo_restore(sink->fd, base->fd);
}

/**
 * sink_open_file() - Begin with a file as it is.
 * @sink: What to fill; to be closed also after an error.
 * @file: The file.
 * @info: The sizes.
 *
 * Return: 0, or an error of ftruncate(2).
 */
int sink_open_file(struct sink *sink, int file,
		   const struct zvmo_stream_info *info)
{
	*sink = (struct sink){ .kind = SINK_FILE,
			       .fd = file,
			       .stream_size = info->stream_size };
	if (info->flags & ZVMO_STREAM_INCREMENT)
		return 0;
	return ftruncate(file, 0) ? -errno : 0;
}

/**
 * sink_finish() - Give a file its size; what is cut off was needed until now.
 * @sink: The sink.
 *
 * Return: 0, or an error of ftruncate(2).
 */
int sink_finish(const struct sink *sink)
{
	if (sink->kind != SINK_FILE)
		return 0;
	return ftruncate(sink->fd, (off_t)sink->stream_size) ? -errno : 0;
}

/**
 * sink_close() - Let go of it, and of a VMO that nobody took.
 * @sink: The sink.
 */
void sink_close(struct sink *sink)
{
	if (sink->kind == SINK_VMO && sink->fd >= 0)
		close(sink->fd);
}

/**
 * sink_take() - Take the VMO out.
 * @sink: The sink.
 *
 * Return: its descriptor.
 */
int sink_take(struct sink *sink)
{
	int fd = sink->fd;

	sink->fd = -1;
	return fd;
}

/* What of a range is inside the file. */
static uint64_t file_part(const struct sink *sink, uint64_t offset,
			  uint64_t length)
{
	if (offset >= sink->stream_size)
		return 0;
	return length < sink->stream_size - offset ? length :
						     sink->stream_size - offset;
}

static bool all_zero(const uint8_t *bytes, size_t length)
{
	size_t at = 0;

	while (at < length && !bytes[at])
		at++;
	return at == length;
}

static int file_write(const struct sink *sink, uint64_t offset,
		      const uint8_t *data, size_t length)
{
	size_t part = (size_t)file_part(sink, offset, length);

	if (!all_zero(data + part, length - part))
		return -EOVERFLOW;
	return zvmo_write(sink->fd, offset, data, part);
}

/**
 * sink_write() - Write data.
 * @sink: The sink.
 * @offset: Where to.
 * @data: The data.
 * @length: Their length.
 *
 * Return: 0; -EOVERFLOW for what a file cannot hold; or an error of write(2).
 */
int sink_write(const struct sink *sink, uint64_t offset, const void *data,
	       size_t length)
{
	switch (sink->kind) {
	case SINK_FILE:
		return file_write(sink, offset, data, length);
	case SINK_VMO:
		return zvmo_write_memory(sink->fd, offset, data, length);
	default:
		return 0;
	}
}

/* For file systems that cannot make holes. */
static int file_write_zeros(const struct sink *sink, uint64_t offset,
			    uint64_t length)
{
	static const uint8_t zeros[65536];

	while (length) {
		size_t part = length < sizeof(zeros) ? (size_t)length :
						       sizeof(zeros);
		int error = zvmo_write(sink->fd, offset, zeros, part);

		if (error)
			return error;
		offset += part;
		length -= part;
	}
	return 0;
}

static int file_zero(const struct sink *sink, uint64_t offset, uint64_t length)
{
	length = file_part(sink, offset, length);
	if (!length ||
	    !fallocate(sink->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		       (off_t)offset, (off_t)length))
		return 0;
	return errno == EOPNOTSUPP ? file_write_zeros(sink, offset, length) :
				     -errno;
}

/**
 * sink_zero() - Make a range zero.
 * @sink: The sink.
 * @offset: Where it begins.
 * @length: Its length.
 *
 * Return: 0, or an error of fallocate(2).
 */
int sink_zero(const struct sink *sink, uint64_t offset, uint64_t length)
{
	switch (sink->kind) {
	case SINK_FILE:
		return file_zero(sink, offset, length);
	case SINK_VMO:
		return zvmo_zero(sink->fd, offset, length);
	default:
		return 0;
	}
}
