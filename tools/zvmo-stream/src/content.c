// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: reading what a VMO contains, or a regular file
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zvmo.h>

#include "content.h"
#include "format.h"

static uint64_t whole_blocks(uint64_t size)
{
	return (size + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;
}

static int file_open(struct content *content, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -ENOTTY;
	if ((uint64_t)stat.st_size > ZVMO_SIZE_MAX)
		return -EFBIG;
	content->fd = fd;
	content->kind = CONTENT_FILE;
	content->stream_size = (uint64_t)stat.st_size;
	content->size = whole_blocks(content->stream_size);
	content->position = lseek(fd, 0, SEEK_CUR);
	return 0;
}

static int vmo_open(struct content *content, int fd,
		    const struct zvmo_info *info)
{
	uint32_t kind = info->flags & ZVMO_INFO_IS_SLICE ? ZVMO_CHILD_SLICE :
							   ZVMO_CHILD_SNAPSHOT;
	int view = zvmo_create_child(fd, kind | ZVMO_CHILD_NO_WRITE, 0,
				     info->size);

	if (view < 0)
		return view;
	content->fd = view;
	content->kind = kind == ZVMO_CHILD_SLICE ? CONTENT_SLICE : CONTENT_VMO;
	content->size = info->size;
	content->stream_size = info->stream_size;
	return 0;
}

/**
 * content_open() - Hold on to what a VMO or a file contains now.
 * @content: What to fill; on an error there is nothing to close.
 * @fd: The VMO or file.
 *
 * Return: 0, or what zvmo_stream_save() says.
 */
int content_open(struct content *content, int fd)
{
	struct zvmo_info info;
	int error = zvmo_get_info(fd, &info, ZVMO_INFO_SIZE_VER0);

	*content = (struct content){ .fd = -1 };
	/* Other descriptors do not know the ioctl. */
	if (error == -ENOTTY || error == -EINVAL || error == -EOPNOTSUPP)
		return file_open(content, fd);
	return error ? error : vmo_open(content, fd, &info);
}

/**
 * content_close() - Let it go.
 * @content: The content; one with a negative @fd is not open.
 */
void content_close(struct content *content)
{
	if (content->fd < 0)
		return;
	if (content->kind == CONTENT_FILE)
		lseek(content->fd, content->position, SEEK_SET);
	else
		close(content->fd);
	content->fd = -1;
}

/**
 * content_read() - Read bytes.
 * @content: The content.
 * @offset: Where to begin.
 * @buffer: Where to store them.
 * @length: How many.
 *
 * Return: 0, or an error of read(2).
 */
int content_read(const struct content *content, uint64_t offset, void *buffer,
		 size_t length)
{
	ssize_t n = zvmo_read(content->fd, offset, buffer, length);

	if (n < 0)
		return (int)n;
	memset((char *)buffer + n, 0, length - (size_t)n);
	return 0;
}

/* Where data (SEEK_DATA) or a hole (SEEK_HOLE) begins, or @end. */
static int64_t seek(const struct content *content, uint64_t offset,
		    uint64_t end, int whence)
{
	off_t found = lseek(content->fd, (off_t)offset, whence);

	if (found < 0 && errno == ENXIO)
		return (int64_t)end;
	if (found < 0)
		return -errno;
	return (int64_t)((uint64_t)found < end ? (uint64_t)found : end);
}

/**
 * content_next_data() - Find the next range that is no hole.
 * @content: The content.
 * @offset: Where to begin, whole blocks.
 * @end: Where to end, whole blocks.
 * @range: out: the range, whole blocks.
 *
 * Return: 1 with a range; 0 if there is none; or an error of lseek(2).
 */
int content_next_data(const struct content *content, uint64_t offset,
		      uint64_t end, struct content_range *range)
{
	int64_t start, stop;

	if (end > content->size)
		end = content->size;
	if (offset >= end)
		return 0;
	start = seek(content, offset, end, SEEK_DATA);
	if (start < 0)
		return (int)start;
	if ((uint64_t)start == end)
		return 0;
	stop = seek(content, (uint64_t)start, end, SEEK_HOLE);
	if (stop < 0)
		return (int)stop;
	range->start = (uint64_t)start / BLOCK_SIZE * BLOCK_SIZE;
	range->end = whole_blocks((uint64_t)stop);
	return 1;
}

/* A snapshot of the first page of a content, with no page in it. */
static int empty_page_of(const struct content *content, uint64_t page)
{
	int fd = zvmo_snapshot_range(content->fd, 0, page);
	int error;

	if (fd < 0)
		return fd;
	error = zvmo_zero(fd, 0, page);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}

/* Whether a page at the beginning of one is found at that of the other. */
static int pages_meet(int empty, int filled, uint64_t page)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	int error = zvmo_commit(filled, 0, page);

	if (error)
		return error;
	zvmo_diff_init(&iter, empty, filled, 0, page);
	return zvmo_diff_next(&iter, &range);
}

/**
 * content_is_aligned() - Ask whether two relatives begin at the same place.
 * @content: A content.
 * @other: Another one.
 *
 * They do not if one is a snapshot of another part; "the same place" of an
 * increment would not be the same offset then. No call tells it, but this does:
 * give a snapshot of the first page of the one a page of its own, and see
 * whether that is a difference to an empty snapshot of the other's.
 *
 * Return: 1 if they do, 0 if not; -EINVAL if they are not relatives, and others
 * of zvmo_create_child(3) and zvmo_op_range(3).
 */
int content_is_aligned(const struct content *content,
		       const struct content *other)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int empty, filled, result;

	empty = empty_page_of(content, page);
	if (empty < 0)
		return empty;
	filled = empty_page_of(other, page);
	result = filled < 0 ? filled : pages_meet(empty, filled, page);
	close(empty);
	if (filled >= 0)
		close(filled);
	return result;
}
