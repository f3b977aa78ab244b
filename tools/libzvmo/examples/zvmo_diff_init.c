// SPDX-License-Identifier: GPL-2.0-only
/* Back up only what changed since the last snapshot. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zvmo.h>

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

int main(void)
{
	const uint64_t size = 1 << 30, place = 1 << 28;
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	int vmo = check(zvmo_create(size, 0), "zvmo_create");
	int last = check(zvmo_snapshot(vmo), "zvmo_snapshot");
	int ranges = 0;

	check(zvmo_write(vmo, place, "x", 1), "zvmo_write");
	zvmo_diff_init(&iter, vmo, last, 0, size);
	while (check(zvmo_diff_next(&iter, &range), "zvmo_diff_next")) {
		printf("to back up: %" PRIu64 " bytes at %" PRIu64 "\n",
		       (uint64_t)range->length, (uint64_t)range->offset);
		ranges += range->offset == place;
	}
	return ranges != 1;
}
