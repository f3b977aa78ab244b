/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - random numbers that a seed repeats
 */
#ifndef _ZVMO_HOST_RANDOM_H
#define _ZVMO_HOST_RANDOM_H

#include "shim.h"

/* Any state is a good one to begin with. */
struct random {
	u64 state;
};

/* Vigna's splitmix64. */
static inline u64 random_next(struct random *random)
{
	u64 z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline unsigned int random_below(struct random *random,
					unsigned int limit)
{
	return random_next(random) % limit;
}

static inline bool random_one_in(struct random *random, unsigned int n)
{
	return !random_below(random, n);
}

#endif /* _ZVMO_HOST_RANDOM_H */
