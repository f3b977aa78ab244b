/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: what every object is to hold
 *
 * Plain arrays and the bytes of FILE, no VMO: of each page of each object it is
 * noted which wave wrote it last. A snapshot copies its parent's array, as an
 * eager copy would copy the bytes.
 */
#ifndef DEMO_EXPECT_H
#define DEMO_EXPECT_H

#include <stddef.h>
#include <stdint.h>

#include "wave.h"

/* FILE, object number 0, and the snapshots. */
#define OBJECTS 101

/* Enough for a wave before every snapshot, and two of every object. */
#define WAVES_MAX (3 * OBJECTS)

/**
 * struct expect - The arrays.
 * @seed: The run's seed.
 * @page_size: Size of a page.
 * @pages: How many pages each object has.
 * @file: Checksum of every page of FILE.
 * @written: For each object, the number of the wave that wrote each page last,
 *	0 where it still is FILE's. NULL if the object does not exist.
 * @waves: The waves by their number, from 1.
 * @writer: The object that each wave wrote.
 * @wave_count: How many waves there are.
 */
struct expect {
	uint64_t seed;
	size_t page_size;
	uint64_t pages;
	uint64_t *file;
	uint16_t *written[OBJECTS];
	struct wave waves[WAVES_MAX + 1];
	unsigned int writer[WAVES_MAX + 1];
	unsigned int wave_count;
};

void expect_init(struct expect *expect, const void *file, uint64_t pages,
		 size_t page_size, uint64_t seed);
void expect_snapshot(struct expect *expect, unsigned int parent,
		     unsigned int child);
const struct wave *expect_wave(struct expect *expect, unsigned int object,
			       uint64_t count);
void expect_close(struct expect *expect, unsigned int object);
uint64_t expect_page(const struct expect *expect, unsigned int object,
		     uint64_t page);
uint64_t expect_object(const struct expect *expect, unsigned int object);
uint64_t expect_distinct(const struct expect *expect);

#endif /* DEMO_EXPECT_H */
