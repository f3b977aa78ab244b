// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: the bytes of a stream, counted and digested as they pass
 */
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include "channel.h"

/**
 * channel_open() - Begin with the first byte of a stream.
 * @channel: What to fill.
 * @fd: Descriptor; it stays the caller's.
 *
 * Return: 0, or -ENOMEM.
 */
int channel_open(struct channel *channel, int fd)
{
	*channel = (struct channel){ .fd = fd, .digest = XXH3_createState() };
	if (!channel->digest)
		return -ENOMEM;
	XXH3_128bits_reset(channel->digest);
	return 0;
}

/**
 * channel_close() - Free what channel_open() made.
 * @channel: The channel; may be all zeros.
 */
void channel_close(struct channel *channel)
{
	XXH3_freeState(channel->digest);
}

static void channel_pass(struct channel *channel, const void *bytes,
			 size_t length)
{
	if (length)
		XXH3_128bits_update(channel->digest, bytes, length);
	channel->bytes += length;
}

/**
 * channel_read() - Take bytes, exactly as many as are asked for.
 * @channel: The channel.
 * @buffer: Where to store them.
 * @length: How many.
 *
 * Return: 0.
 * * -ENODATA - the input ended, and this would have been the first byte
 * * -EBADMSG - the input ended
 * * others of read(2)
 */
int channel_read(struct channel *channel, void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n =
			read(channel->fd, (char *)buffer + done, length - done);

		if (n == 0)
			return channel->bytes + done ? -EBADMSG : -ENODATA;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	channel_pass(channel, buffer, length);
	return 0;
}

/* Drops what was written from the front of two parts. */
static void parts_advance(struct iovec parts[2], size_t done)
{
	size_t of_head = done < parts[0].iov_len ? done : parts[0].iov_len;

	parts[0].iov_base = (char *)parts[0].iov_base + of_head;
	parts[0].iov_len -= of_head;
	parts[1].iov_base = (char *)parts[1].iov_base + (done - of_head);
	parts[1].iov_len -= done - of_head;
}

/**
 * channel_write() - Give bytes, in two parts.
 * @channel: The channel.
 * @head: The first part.
 * @head_length: Its length.
 * @body: The second part.
 * @body_length: Its length, which may be 0.
 *
 * Return: 0, or an error of write(2).
 */
int channel_write(struct channel *channel, const void *head, size_t head_length,
		  const void *body, size_t body_length)
{
	struct iovec parts[2] = {
		{ (void *)(uintptr_t)head, head_length },
		{ (void *)(uintptr_t)body, body_length },
	};

	while (parts[0].iov_len + parts[1].iov_len) {
		ssize_t n = writev(channel->fd, parts, 2);

		if (n == 0)
			return -EIO;
		if (n > 0)
			parts_advance(parts, (size_t)n);
		else if (errno != EINTR)
			return -errno;
	}
	channel_pass(channel, head, head_length);
	channel_pass(channel, body, body_length);
	return 0;
}

/**
 * channel_digest() - Digest of all bytes that have passed.
 * @channel: The channel.
 *
 * Return: the digest.
 */
struct zvmo_stream_id channel_digest(const struct channel *channel)
{
	XXH128_hash_t hash = XXH3_128bits_digest(channel->digest);

	return (struct zvmo_stream_id){ hash.low64, hash.high64 };
}
