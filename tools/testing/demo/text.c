// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: figures as text
 */
#include <stdio.h>

#include "text.h"

/* In the first of three units in which it is less than @limit, or the last. */
static struct text in_unit(double value, double limit, double step,
			   const char *const units[3])
{
	struct text text;
	int i = 0;

	for (; value >= limit && i < 2; i++)
		value /= step;
	snprintf(text.s, sizeof(text.s), "%.1f %s", value, units[i]);
	return text;
}

/**
 * text_size() - A size in KiB, MiB or GiB.
 * @bytes: The size.
 */
struct text text_size(int64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };

	return in_unit((double)bytes / 1024, 10000, 1024, units);
}

/**
 * text_time() - A time in us, ms or s.
 * @ns: The time in nanoseconds.
 */
struct text text_time(uint64_t ns)
{
	static const char *const units[] = { "us", "ms", "s" };

	return in_unit((double)ns / 1000, 1000, 1000, units);
}
