// SPDX-License-Identifier: GPL-2.0-only
/* Commit memory, zero a part of it to the byte, and cut the VMO there. */
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

static uint64_t committed(int vmo)
{
	struct zvmo_info info;

	check(zvmo_get_info(vmo, &info, sizeof(info)), "zvmo_get_info");
	return info.committed_bytes;
}

int main(void)
{
	const uint64_t size = 1 << 20, half = size / 2;
	int vmo = check(zvmo_create(size, ZVMO_RESIZABLE), "zvmo_create");
	uint64_t full;

	check(zvmo_commit(vmo, 0, size), "zvmo_commit");
	full = committed(vmo);
	check(zvmo_zero(vmo, half + 1, half - 1), "zvmo_zero");
	printf("%" PRIu64 " bytes, then %" PRIu64 "\n", full, committed(vmo));
	check(zvmo_set_size(vmo, half), "zvmo_set_size");
	return full != size || committed(vmo) != half;
}
