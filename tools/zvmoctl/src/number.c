// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: numbers as people write them
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

static const char units[] = "KMGTPE";

static bool parse_prefix(const char *text, char **end, uint64_t *value)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	/* No sign, no space. */
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, end, is_hex ? 16 : 10);
	return !errno;
}

bool number_parse(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	return parse_prefix(text, &end, value) && !*end && *value <= max;
}

static uint64_t unit_of(char letter)
{
	const char *unit;

	if (letter == 'p')
		return (uint64_t)sysconf(_SC_PAGESIZE);
	unit = strchr(units, toupper((unsigned char)letter));
	return unit && *unit ? UINT64_C(1) << (10 * (unit - units + 1)) : 0;
}

bool size_parse(const char *text, uint64_t *value)
{
	uint64_t unit = 1;
	char *end;

	if (!parse_prefix(text, &end, value))
		return false;
	if (*end) {
		unit = unit_of(*end++);
		/* 4K, 4KiB */
		if (unit && !strcmp(end, "iB"))
			end += 2;
	}
	return !*end && !__builtin_mul_overflow(*value, unit, value) && unit;
}

void size_format(char text[NUMBER_LEN], uint64_t value)
{
	double scaled = (double)value;
	int unit = -1;

	while (scaled >= 1023.5) {
		scaled /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(text, NUMBER_LEN, "%" PRIu64, value);
	else
		snprintf(text, NUMBER_LEN, "%.*f%c", scaled < 9.95, scaled,
			 units[unit]);
}
