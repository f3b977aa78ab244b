/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - random numbers that a seed repeats
 */
#ifndef _ZVMO_HOST_RANDOM_H
#define _ZVMO_HOST_RANDOM_H

#include "shim.h"

/**
 * struct random - Where the numbers come from.
 * @state: Any state is a good one to begin with.
 * @bytes: Numbers are made of these while there are some.
 * @nr_bytes: How many are left.
 */
struct random {
	u64 state;
	const unsigned char *bytes;
	size_t nr_bytes;
};

/* A number of as many bytes, or more if there are none to take it from. */
static inline u64 random_bytes(struct random *random, unsigned int nr)
{
	u64 z = 0;

	for (; nr && random->nr_bytes; nr--, random->nr_bytes--)
		z = z << 8 | *random->bytes++;
	if (!nr)
		return z;
	/* Vigna's splitmix64. */
	z = random->state += 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline u64 random_next(struct random *random)
{
	return random_bytes(random, sizeof(u64));
}

static inline unsigned int random_below(struct random *random,
					unsigned int limit)
{
	return random_bytes(random, limit <= 256 ? 1 : sizeof(u32)) % limit;
}

static inline bool random_one_in(struct random *random, unsigned int n)
{
	return !random_below(random, n);
}

#endif /* _ZVMO_HOST_RANDOM_H */
