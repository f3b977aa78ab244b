/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo-stream: compression of payloads, each for itself
 *
 * By codec_zstd.c; or, built without libzstd, by codec_none.c, which refuses.
 */
#ifndef _ZVMO_STREAM_CODEC_H
#define _ZVMO_STREAM_CODEC_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct codec - What compresses or expands; all zeros: neither.
 * @compressor: Context of the compression library.
 * @expander: Another one.
 * @level: How hard to compress.
 * @room: RECORD_MAX bytes for what is compressed.
 */
struct codec {
	void *compressor;
	void *expander;
	int level;
	void *room;
};

int codec_open_to_compress(struct codec *codec, int level);
int codec_open_to_expand(struct codec *codec);
void codec_close(struct codec *codec);
size_t codec_compress(struct codec *codec, const void *data, size_t length);
bool codec_expand(struct codec *codec, size_t stored, void *data,
		  size_t length);

#endif /* _ZVMO_STREAM_CODEC_H */
