// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: how long something took, each time it was done
 */
#include "samples.h"

/**
 * samples_add() - Note another time.
 * @samples: Kept in ascending order; what exceeds SAMPLES_MAX is left out.
 * @ns: The time in nanoseconds.
 */
void samples_add(struct samples *samples, uint64_t ns)
{
	unsigned int i;

	if (samples->count == SAMPLES_MAX)
		return;
	for (i = samples->count++; i && samples->ns[i - 1] > ns; i--)
		samples->ns[i] = samples->ns[i - 1];
	samples->ns[i] = ns;
}

/**
 * samples_min() - The shortest.
 * @samples: At least one.
 */
uint64_t samples_min(const struct samples *samples)
{
	return samples->ns[0];
}

/**
 * samples_median() - The time that half of them did not exceed.
 * @samples: At least one.
 */
uint64_t samples_median(const struct samples *samples)
{
	return samples->ns[(samples->count - 1) / 2];
}

/**
 * samples_max() - The longest.
 * @samples: At least one.
 */
uint64_t samples_max(const struct samples *samples)
{
	return samples->ns[samples->count - 1];
}
