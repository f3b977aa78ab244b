// SPDX-License-Identifier: GPL-2.0-only
/* Save a VMO, then what changed, and rebuild both states from the streams. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zvmo.h>
#include <zvmo_stream.h>

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

int main(void)
{
	struct zvmo_stream_info info;
	int vmo = check(zvmo_create(1 << 30, 0), "zvmo_create");
	FILE *streams = tmpfile();
	int in_out, saved, copy;
	char text[8];

	if (!streams)
		err(1, "tmpfile");
	in_out = fileno(streams);

	/* The snapshot is what the next increment will be to. */
	check(zvmo_write(vmo, 0, "first", 6), "zvmo_write");
	saved = check(zvmo_snapshot(vmo), "zvmo_snapshot");
	check(zvmo_stream_save(saved, -1, in_out, NULL, NULL),
	      "zvmo_stream_save");

	check(zvmo_write(vmo, 0, "second", 7), "zvmo_write");
	check(zvmo_stream_save(vmo, saved, in_out, NULL, &info),
	      "zvmo_stream_save");
	printf("increment: %" PRIu64 " bytes\n", info.stream_bytes);

	/* In another process, or on another machine. */
	lseek(in_out, 0, SEEK_SET);
	copy = check(zvmo_stream_load(in_out, -1, NULL, NULL),
		     "zvmo_stream_load");
	check(zvmo_read(copy, 0, text, 6), "zvmo_read");
	printf("%s\n", text);
	check(zvmo_stream_apply(copy, in_out, NULL, NULL), "zvmo_stream_apply");
	check(zvmo_read(copy, 0, text, 7), "zvmo_read");
	printf("%s\n", text);
	return strcmp(text, "second") != 0;
}
