// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: figures as text
 */
#include <stdio.h>

#include "text.h"

/**
 * text_size() - A size in KiB, MiB or GiB.
 * @bytes: The size.
 */
struct text text_size(int64_t bytes)
{
	double value = (double)bytes / 1024;
	const char *unit = "KiB";
	struct text text;

	if (value >= 10000) {
		value /= 1024;
		unit = "MiB";
	}
	if (value >= 10000) {
		value /= 1024;
		unit = "GiB";
	}
	snprintf(text.s, sizeof(text.s), "%.1f %s", value, unit);
	return text;
}

/**
 * text_time() - A time in us, ms or s.
 * @ns: The time in nanoseconds.
 */
struct text text_time(uint64_t ns)
{
	double value = (double)ns / 1000;
	const char *unit = "us";
	struct text text;

	if (value >= 1000) {
		value /= 1000;
		unit = "ms";
	}
	if (value >= 1000) {
		value /= 1000;
		unit = "s";
	}
	snprintf(text.s, sizeof(text.s), "%.1f %s", value, unit);
	return text;
}
