// SPDX-License-Identifier: GPL-2.0-only
/* A snapshot does not change when its parent does. */
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

int main(void)
{
	char text[16];
	int parent = check(zvmo_create(1 << 20, 0), "zvmo_create");
	int snapshot;

	check(zvmo_write(parent, 0, "before", 7), "zvmo_write");
	snapshot = check(zvmo_snapshot(parent), "zvmo_snapshot");
	check(zvmo_write(parent, 0, "after", 6), "zvmo_write");

	check(zvmo_read(parent, 0, text, 16), "zvmo_read");
	printf("parent: %s\n", text);
	check(zvmo_read(snapshot, 0, text, 16), "zvmo_read");
	printf("snapshot: %s\n", text);

	close(parent);
	close(snapshot);
	return strcmp(text, "before") != 0;
}
