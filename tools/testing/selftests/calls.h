/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - ioctls made of random members
 *
 * A grammar says of what each argument consists. Members are filled with what
 * makes sense, except for some, by chance: with anything. Of arguments that are
 * wrong beyond doubt calls_random() knows what the module must say, and of all
 * others that an errno is one of those that the header names.
 */
#ifndef _ZVMO_CALLS_H
#define _ZVMO_CALLS_H

#include "harness.h"

#define CALLS_FDS 24
#define CALLS_KEPT 8 /* of these, stay open */
#define CALLS_PAGES 16 /* of most VMOs */

/**
 * struct calls - One thread's part of it.
 * @random: State of the random numbers.
 * @wild: One member in so many is filled with anything; 0: none is.
 * @device: /dev/zvmo.
 * @fds: VMOs, or -1; threads may share them.
 * @memory: CALLS_PAGES pages to read from and to, with none behind them.
 * @argument: Where arguments end: there is no memory behind.
 * @map: Where VMOs are mapped, CALLS_PAGES pages.
 * @trace: Print each call.
 * @nr: Calls made.
 * @nr_good: Those that did not fail.
 */
struct calls {
	uint64_t random;
	unsigned int wild;
	int device;
	int *fds;
	uint8_t *memory;
	uint8_t *argument;
	uint8_t *map;
	bool trace;
	unsigned long nr;
	unsigned long nr_good;
};

void calls_begin(struct calls *calls, uint64_t seed, unsigned int wild,
		 int *fds);
void calls_end(struct calls *calls);
void calls_drop_kept(int device);
void calls_open(int *fds, unsigned int nr);
void calls_random(struct calls *calls);
void calls_random_bytes(struct calls *calls);
void calls_other(struct calls *calls);

#endif /* _ZVMO_CALLS_H */
