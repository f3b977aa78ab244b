/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: waves of writes
 *
 * A wave is a number of whole pages that one writer rewrites in one go. Its
 * number and the seed decide which pages these are and what is written, so
 * that the writer and who checks it need to share nothing else.
 */
#ifndef DEMO_WAVE_H
#define DEMO_WAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct wave - One wave.
 * @seed: The run's seed.
 * @number: Number of the wave, from 1; every wave of a run has its own.
 * @count: How many pages it writes.
 * @pages: How many pages the object has.
 */
struct wave {
	uint64_t seed;
	uint64_t number;
	uint64_t count;
	uint64_t pages;
};

/**
 * struct wave_cursor - Where an enumeration of a wave's pages stands; private.
 */
struct wave_cursor {
	uint64_t state;
	uint64_t page;
	uint64_t left;
};

void wave_begin(const struct wave *wave, struct wave_cursor *cursor);
bool wave_next(const struct wave *wave, struct wave_cursor *cursor,
	       uint64_t *page);
void wave_fill(const struct wave *wave, uint64_t page, void *buffer,
	       size_t size);
void wave_write(const struct wave *wave, void *object, size_t page_size);

#endif /* DEMO_WAVE_H */
