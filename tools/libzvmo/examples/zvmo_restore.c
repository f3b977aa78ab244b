// SPDX-License-Identifier: GPL-2.0-only
/* Try something, go back to where it began, then take a page of it over. */
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

static void show(const char *when, int vmo)
{
	char text[8];

	check(zvmo_read(vmo, 0, text, sizeof(text)), "zvmo_read");
	printf("%s: %s\n", when, text);
}

int main(void)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int vmo = check(zvmo_create(1 << 20, 0), "zvmo_create");
	int before, tried;
	char text[8];

	check(zvmo_write(vmo, 0, "first", 6), "zvmo_write");
	before = check(zvmo_snapshot(vmo), "zvmo_snapshot");
	check(zvmo_write(vmo, 0, "second", 7), "zvmo_write");
	tried = check(zvmo_snapshot(vmo), "zvmo_snapshot");
	show("tried", vmo);

	check(zvmo_restore(vmo, before), "zvmo_restore");
	show("restored", vmo);

	check(zvmo_transfer(vmo, 0, page, tried, 0), "zvmo_transfer");
	show("taken over", vmo);
	check(zvmo_read(tried, 0, text, sizeof(text)), "zvmo_read");
	return text[0] != '\0';
}
