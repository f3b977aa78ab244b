/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: how long something took, each time it was done
 */
#ifndef DEMO_SAMPLES_H
#define DEMO_SAMPLES_H

#include <stdint.h>
#include <time.h>

#define SAMPLES_MAX 128

/**
 * struct samples - The times.
 * @count: How many.
 * @ns: In nanoseconds.
 */
struct samples {
	unsigned int count;
	uint64_t ns[SAMPLES_MAX];
};

/**
 * clock_now() - What time it is, in nanoseconds since some moment.
 */
static inline uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void samples_add(struct samples *samples, uint64_t ns);
uint64_t samples_min(const struct samples *samples);
uint64_t samples_median(const struct samples *samples);
uint64_t samples_max(const struct samples *samples);

#endif /* DEMO_SAMPLES_H */
