/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: checksums of pages and objects
 *
 * The checksum of a page is its XXH64, seeded with its number. That of an
 * object is the sum of those of its pages: every byte and its place count, and
 * who knows the checksums of a file's pages knows what rewriting some of them
 * makes of the whole.
 */
#ifndef DEMO_CHECKSUM_H
#define DEMO_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint64_t checksum_page(const void *data, size_t page_size, uint64_t page);
uint64_t checksum_object(const void *data, size_t page_size, uint64_t pages);

#endif /* DEMO_CHECKSUM_H */
