// SPDX-License-Identifier: GPL-2.0-only
/* Name a VMO, then show what is known about it. */
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
	struct zvmo_info info;
	int vmo = check(zvmo_create(10000, ZVMO_RESIZABLE), "zvmo_create");

	check(zvmo_set_name(vmo, "example"), "zvmo_set_name");
	check(zvmo_write(vmo, 0, "data", 4), "zvmo_write");
	check(zvmo_get_info(vmo, &info, sizeof(info)), "zvmo_get_info");
	printf("%s: koid %" PRIu64 ", %" PRIu64 " of %" PRIu64
	       " bytes committed, %s\n",
	       info.name, (uint64_t)info.koid, (uint64_t)info.committed_bytes,
	       (uint64_t)info.size,
	       info.flags & ZVMO_INFO_RESIZABLE ? "resizable" : "fixed size");
	return strcmp(info.name, "example") != 0 || info.stream_size != 10000;
}
