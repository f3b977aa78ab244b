/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: the content of a VMO as a stream of bytes
 *
 * A stream holds the content of a VMO, or how it differs from that of a relative
 * (an increment), so that it can be kept in a file, sent through a pipe or to
 * another machine, and rebuilt there. Documentation/stream.rst has the format.
 *
 * A content has an identity, struct zvmo_stream_id: a digest of its bytes and of
 * its sizes, the same wherever and however it came to be. An increment names the
 * identity that it applies to and the one that it yields; both are checked, so
 * that one that is applied twice, out of order, or to something else is refused.
 * Checksums and digests are XXH3: they find accidents, not forgeries.
 *
 * For every call:
 *
 * - The result is 0 or a new descriptor; or, if negative, an errno with its sign
 *   changed.
 * - Where a VMO is asked for, zvmo_stream_save() and zvmo_stream_identify() also
 *   take a regular file or a memfd, as a VMO whose stream size is its size.
 * - Streams are read and written from front to back, no byte more than the
 *   stream has: pipes and sockets do, and streams may follow one another.
 *   Descriptors of streams are to block. A signal handler does not end a call.
 * - Any thread may call; two calls must not use one stream, or one file, at the
 *   same time. A call allocates 4 MiB, and to compress up to 18 MiB more, and
 *   frees them.
 */
#ifndef _ZVMO_STREAM_H
#define _ZVMO_STREAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZVMO_STREAM_API __attribute__((visibility("default")))

/* The version that is written and read. */
#define ZVMO_STREAM_VERSION 1

/**
 * struct zvmo_stream_id - Identity of a content.
 * @low: Half of the digest.
 * @high: The other half.
 */
struct zvmo_stream_id {
	uint64_t low;
	uint64_t high;
};

/* In struct zvmo_stream_info: what kind of stream it is. */
#define ZVMO_STREAM_INCREMENT (1U << 0)
#define ZVMO_STREAM_ZSTD (1U << 1)

/**
 * struct zvmo_stream_info - What is known of a stream.
 * @version: Version of the format.
 * @flags: ZVMO_STREAM_INCREMENT, ZVMO_STREAM_ZSTD (may be compressed).
 * @page_size: Page size where it was made.
 * @reserved: 0.
 * @size: Size of the VMO in bytes.
 * @stream_size: Its stream size.
 * @base: Identity that an increment applies to.
 * @id: Identity of the content that it holds or yields.
 * @data_records: Number of records with data.
 * @zero_records: Number of records that say that a range is zero.
 * @data_bytes: Bytes of the VMO in the former.
 * @zero_bytes: Bytes of the VMO in the latter.
 * @stored_bytes: What the data take in the stream.
 * @stream_bytes: Length of the stream.
 */
struct zvmo_stream_info {
	uint32_t version;
	uint32_t flags;
	uint32_t page_size;
	uint32_t reserved;
	uint64_t size;
	uint64_t stream_size;
	struct zvmo_stream_id base;
	struct zvmo_stream_id id;
	uint64_t data_records;
	uint64_t zero_records;
	uint64_t data_bytes;
	uint64_t zero_bytes;
	uint64_t stored_bytes;
	uint64_t stream_bytes;
};

/**
 * struct zvmo_stream_options - How to save or load; NULL is all zeros.
 * @size: sizeof(struct zvmo_stream_options).
 * @create_options: zvmo_stream_load(): 0, or ZVMO_RESIZABLE for a VMO that is.
 * @compression: zvmo_stream_save(): 0 for none, else a level of zstd, 1 to 19.
 * @reserved: 0.
 * @base: Identity of the relative, base or target, as @id of an earlier call
 *	told it; NULL if it is not known, then all that it contains is read to
 *	find it. A wrong one is not noticed, and makes a stream that applies
 *	nowhere, or a load that fails.
 */
struct zvmo_stream_options {
	size_t size;
	uint32_t create_options;
	int32_t compression;
	uint64_t reserved;
	const struct zvmo_stream_id *base;
};

/**
 * zvmo_stream_save() - Write the content of a VMO as a stream.
 * @fd: The VMO. Rights: DUPLICATE and READ. What it contains at the beginning of
 *	the call is written, also if it changes meanwhile; but a slice is not to
 *	change.
 * @base: A relative, not a slice, to write only what differs from it; or -1.
 *	Rights: DUPLICATE and READ. It is not to change.
 * @out: Where to write; not the file that is saved, or its base.
 * @options: How, or NULL.
 * @info: out: what was written; NULL if it does not matter.
 *
 * Holes take no room and are not read. Of an increment, what is read is what
 * differs (both sides), and to find the identity of @base, unless @options tells
 * it, all that it contains.
 *
 * If the call fails, what was written is no stream: it lacks the end.
 *
 * Context: Waits for room in @out.
 * Return: 0.
 * * -EINVAL - the two are not relatives, do not begin at the same place of what
 *   they stem from, or are a VMO and a file; an option that makes no sense
 * * -EACCES - a right is missing
 * * -EOPNOTSUPP - a discardable VMO; an increment of or to a slice; compression,
 *   and the library was built without zstd
 * * -EBUSY - a cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENOTTY - neither VMO nor file
 * * -ENOMEM
 * * -ENOSPC, -EPIPE, -EIO and others of write(2) to @out, of read(2) from a file
 */
ZVMO_STREAM_API int zvmo_stream_save(int fd, int base, int out,
				     const struct zvmo_stream_options *options,
				     struct zvmo_stream_info *info);

/**
 * zvmo_stream_load() - Build a new VMO from a stream.
 * @in: Where to read.
 * @base: For an increment: a VMO with the content that it applies to, which
 *	stays as it is. Rights: DUPLICATE and READ. Else not looked at.
 * @options: How, or NULL.
 * @info: out: what was read; NULL if it does not matter.
 *
 * The new VMO is a snapshot of @base with the increment applied, or stands
 * alone. It exists only if the whole stream was good.
 *
 * Context: Waits for @in.
 * Return: a descriptor, close-on-exec.
 * * -ENODATA - @in ended before the first byte
 * * -EBADMSG - not a stream, cut off, or damaged
 * * -ESTALE - an increment to another content than that of @base
 * * -EINVAL - an increment, and @base is -1; an option that makes no sense
 * * -EOPNOTSUPP - a version or a kind of stream that this library does not know,
 *   or compressed and the library was built without zstd; a size that is not
 *   whole pages here; @base is a slice
 * * -ENOENT, -ENXIO, -EACCES, -EMFILE, -ENFILE, -ENOMEM - as zvmo_create()
 * * -EIO and others of read(2) from @in
 */
ZVMO_STREAM_API int zvmo_stream_load(int in, int base,
				     const struct zvmo_stream_options *options,
				     struct zvmo_stream_info *info);

/**
 * zvmo_stream_apply() - Give a VMO the content of a stream.
 * @fd: The VMO, not a slice. Rights: DUPLICATE, READ and WRITE; RESIZE if the
 *	size is to change. Its content is not to change during the call.
 * @in: Where to read.
 * @options: How, or NULL.
 * @info: out: what was read; NULL if it does not matter.
 *
 * The stream is read to its end into a snapshot, and only then, if all was good,
 * does the VMO take over the result: in one step (ZVMO_IOC_RESTORE) if its sizes
 * are those of the stream. If not, they are changed first; who looks meanwhile
 * may see the old content at the new sizes.
 *
 * Context: Waits for @in.
 * Return: 0; else the VMO has its content and sizes as before.
 * * -EPERM - of another size, and the VMO is not resizable
 * * -ENOTRECOVERABLE - of other sizes, and taking over failed, and so did going
 *   back, both for lack of memory: the content is unspecified
 * * else as zvmo_stream_load() with @fd as base
 */
ZVMO_STREAM_API int zvmo_stream_apply(int fd, int in,
				      const struct zvmo_stream_options *options,
				      struct zvmo_stream_info *info);

/**
 * zvmo_stream_load_file() - Build or change a regular file from a stream.
 * @file: The file, or memfd, open to read and write. For an increment it has the
 *	content that it applies to; else what it has is dropped.
 * @in: Where to read.
 * @options: How, or NULL.
 * @info: out: what was read; NULL if it does not matter.
 *
 * Works in place: if the call fails with other errors than those of the
 * beginning (-ENODATA, -ESTALE, -EINVAL), the content of @file is unspecified. Load
 * into a new file and rename it. Its size becomes the stream size.
 *
 * Return: 0.
 * * -EOVERFLOW - there is content past the stream size, which a file cannot have
 * * -ENOSPC, -EFBIG, -EIO and others of read(2) and write(2)
 * * else as zvmo_stream_load() with @file as base
 */
ZVMO_STREAM_API int
zvmo_stream_load_file(int file, int in,
		      const struct zvmo_stream_options *options,
		      struct zvmo_stream_info *info);

/**
 * zvmo_stream_verify() - Read a stream and check all that can be checked.
 * @in: Where to read.
 * @info: out: what was read; NULL if it does not matter.
 *
 * All checksums, the order of records, and the end; of a stream that is no
 * increment also the identity of its content.
 *
 * Context: Waits for @in.
 * Return: 0.
 * * -ENODATA, -EBADMSG, -EOPNOTSUPP, -ENOMEM, -EIO - as zvmo_stream_load()
 */
ZVMO_STREAM_API int zvmo_stream_verify(int in, struct zvmo_stream_info *info);

/**
 * zvmo_stream_identify() - Find the identity of a content.
 * @fd: The VMO. Rights: DUPLICATE and READ.
 * @id: out: the identity.
 *
 * Reads all that it contains; holes are not read.
 *
 * Return: 0.
 * * -EACCES, -EOPNOTSUPP, -EBUSY, -ENOTTY, -ENOMEM, -EIO - as zvmo_stream_save()
 */
ZVMO_STREAM_API int zvmo_stream_identify(int fd, struct zvmo_stream_id *id);

#ifdef __cplusplus
}
#endif

#endif /* _ZVMO_STREAM_H */
