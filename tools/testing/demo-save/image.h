/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: a heap as a file
 *
 * A page with a struct image, then the used part of the heap as it is in memory.
 * The struct is written when all else is on the disk, so that a save which was
 * cut short is none.
 */
#ifndef DEMO_SAVE_IMAGE_H
#define DEMO_SAVE_IMAGE_H

#include <stdbool.h>

#include "heap.h"

#define IMAGE_MAGIC 0x6567616d69657673 /* "sveimage" */

/**
 * struct image - The first page of the file.
 * @magic: IMAGE_MAGIC.
 * @pages: How many pages of the heap follow.
 * @checksum: checksum_object() of them.
 */
struct image {
	uint64_t magic;
	uint64_t pages;
	uint64_t checksum;
};

/**
 * typedef image_proceed - Asked between two pieces whether to go on.
 * @context: As given to image_write().
 */
typedef bool image_proceed(void *context);

bool image_write(const char *path, const struct heap *heap,
		 image_proceed *proceed, void *context);
struct heap *image_load(const char *path, size_t *size);
void image_unload(struct heap *heap, size_t size);

#endif /* DEMO_SAVE_IMAGE_H */
