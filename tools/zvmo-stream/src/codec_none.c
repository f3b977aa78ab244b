// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: no compression; codec_zstd.c says what each call does
 *
 * As none can be opened, the other calls have nothing to do.
 */
#include <errno.h>

#include "codec.h"

int codec_open_to_compress(struct codec *codec, int level)
{
	(void)codec;
	(void)level;
	return -EOPNOTSUPP;
}

int codec_open_to_expand(struct codec *codec)
{
	(void)codec;
	return -EOPNOTSUPP;
}

void codec_close(struct codec *codec)
{
	(void)codec;
}

size_t codec_compress(struct codec *codec, const void *data, size_t length)
{
	(void)codec;
	(void)data;
	(void)length;
	return 0;
}

bool codec_expand(struct codec *codec, size_t stored, void *data, size_t length)
{
	(void)codec;
	(void)stored;
	(void)data;
	(void)length;
	return false;
}
