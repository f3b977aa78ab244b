// SPDX-License-Identifier: GPL-2.0-only
/* Keep a descriptor that can write; make one to give away that cannot. */
#include <err.h>
#include <errno.h>
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
	const uint32_t read_only = ZVMO_RIGHTS_BASIC | ZVMO_RIGHT_READ |
				   ZVMO_RIGHT_MAP;
	int vmo = check(zvmo_create(4096, 0), "zvmo_create");
	int reader = check(zvmo_duplicate(vmo, read_only), "zvmo_duplicate");
	int error = zvmo_write(reader, 0, "x", 1);

	printf("writing: %s\n", strerror(-error));
	/* Not even its owner can duplicate it from now on. */
	reader = check(zvmo_replace(reader, read_only & ~ZVMO_RIGHT_DUPLICATE),
		       "zvmo_replace");
	return error != -EBADF ||
	       zvmo_duplicate(reader, ZVMO_RIGHT_SAME_RIGHTS) != -EACCES;
}
