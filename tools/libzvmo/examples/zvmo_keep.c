// SPDX-License-Identifier: GPL-2.0-only
/* A VMO outlives its descriptor, is listed, opened by name, and dropped. */
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
	int device = check(zvmo_open(), "zvmo_open");
	int vmo = check(zvmo_create_on(device, 4096, 0), "zvmo_create_on");
	struct zvmo_kept_info info = { 0 };
	char text[16] = "";

	check(zvmo_write(vmo, 0, "still here", 10), "zvmo_write");
	check(zvmo_keep(vmo, "example-result", 0644), "zvmo_keep");
	close(vmo);

	while (check(zvmo_next_kept(device, &info, sizeof(info)),
		     "zvmo_next_kept"))
		printf("%s, mode %04o\n", info.name, info.mode);

	vmo = check(zvmo_open_kept(device, "example-result", ZVMO_RIGHT_READ),
		    "zvmo_open_kept");
	check(zvmo_drop(device, "example-result"), "zvmo_drop");
	check(zvmo_read(vmo, 0, text, 10), "zvmo_read");
	printf("%s\n", text);
	close(vmo);
	close(device);
	return strcmp(text, "still here") != 0;
}
