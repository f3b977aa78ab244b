// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: compression of payloads, by zstd
 */
#include <errno.h>
#include <stdlib.h>

#include <zstd.h>

#include "codec.h"
#include "format.h"

/**
 * codec_open_to_compress() - Get what compresses.
 * @codec: All zeros; to be closed also after an error.
 * @level: How hard to, 1 to 19.
 *
 * Return: 0, -EINVAL, -ENOMEM; without zstd: -EOPNOTSUPP.
 */
int codec_open_to_compress(struct codec *codec, int level)
{
	if (level < 1 || level > 19)
		return -EINVAL;
	codec->level = level;
	codec->compressor = ZSTD_createCCtx();
	codec->room = malloc(RECORD_MAX);
	return codec->compressor && codec->room ? 0 : -ENOMEM;
}

/**
 * codec_open_to_expand() - Get what expands.
 * @codec: All zeros; to be closed also after an error.
 *
 * Return: 0, -ENOMEM; without zstd: -EOPNOTSUPP.
 */
int codec_open_to_expand(struct codec *codec)
{
	codec->expander = ZSTD_createDCtx();
	codec->room = malloc(RECORD_MAX);
	return codec->expander && codec->room ? 0 : -ENOMEM;
}

/**
 * codec_close() - Free all of it.
 * @codec: The codec.
 */
void codec_close(struct codec *codec)
{
	ZSTD_freeCCtx(codec->compressor);
	ZSTD_freeDCtx(codec->expander);
	free(codec->room);
}

/**
 * codec_compress() - Compress into the room.
 * @codec: Open to compress.
 * @data: What to compress.
 * @length: Its length, at most RECORD_MAX.
 *
 * Return: how long it has become; 0 if not shorter.
 */
size_t codec_compress(struct codec *codec, const void *data, size_t length)
{
	size_t stored = ZSTD_compressCCtx(codec->compressor, codec->room,
					  length - 1, data, length,
					  codec->level);

	return ZSTD_isError(stored) ? 0 : stored;
}

/**
 * codec_expand() - Expand what is in the room.
 * @codec: Open to expand.
 * @stored: How long it is.
 * @data: Where to.
 * @length: How long it is to become.
 *
 * Return: whether it became exactly that.
 */
bool codec_expand(struct codec *codec, size_t stored, void *data, size_t length)
{
	return ZSTD_decompressDCtx(codec->expander, data, length, codec->room,
				   stored) == length;
}
