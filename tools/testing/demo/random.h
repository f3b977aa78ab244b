/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: random numbers that can be had again (SplitMix64)
 */
#ifndef DEMO_RANDOM_H
#define DEMO_RANDOM_H

#include <stdint.h>

static inline uint64_t random_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/**
 * random_next() - Get the next number.
 * @state: Where the generator stands; any number begins a series.
 */
static inline uint64_t random_next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15;
	return random_mix(*state);
}

#endif /* DEMO_RANDOM_H */
