// SPDX-License-Identifier: GPL-2.0-only
/* A slice shows what its parent does; a snapshot of the same part does not. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zvmo.h>

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

static char first_byte(int vmo)
{
	char byte;

	check(zvmo_read(vmo, 0, &byte, 1), "zvmo_read");
	return byte;
}

int main(void)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int vmo = check(zvmo_create(4 * page, 0), "zvmo_create");
	int slice = check(zvmo_slice(vmo, page, page), "zvmo_slice");
	int snapshot = check(zvmo_snapshot_range(vmo, page, page),
			     "zvmo_snapshot_range");

	check(zvmo_write(vmo, page, "x", 1), "zvmo_write");
	printf("slice %d, snapshot %d\n", first_byte(slice),
	       first_byte(snapshot));
	if (first_byte(slice) != 'x' || first_byte(snapshot) != 0)
		return 1;

	close(slice);
	close(snapshot);
	check(zvmo_wait_zero_children(vmo, 1000), "zvmo_wait_zero_children");
	return 0;
}
