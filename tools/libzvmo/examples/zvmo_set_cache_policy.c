// SPDX-License-Identifier: GPL-2.0-only
/* Map a VMO uncached; while it is, it can only be mapped. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	int vmo = check(zvmo_create(size, 0), "zvmo_create");
	char text[16] = "";
	void *memory;
	int error;

	check(zvmo_set_cache_policy(vmo, ZVMO_CACHE_POLICY_UNCACHED),
	      "zvmo_set_cache_policy");
	check(zvmo_map(vmo, 0, size, PROT_READ | PROT_WRITE, 0, &memory),
	      "zvmo_map");
	strcpy(memory, "past the cache");
	error = (int)zvmo_read(vmo, 0, text, sizeof(text));
	printf("reading: %s\n", strerror(-error));

	/* Without mappings it can be an ordinary VMO again. */
	check(zvmo_unmap(memory, size), "zvmo_unmap");
	check(zvmo_set_cache_policy(vmo, ZVMO_CACHE_POLICY_CACHED),
	      "zvmo_set_cache_policy");
	check(zvmo_read(vmo, 0, text, sizeof(text)), "zvmo_read");
	printf("%s\n", text);
	return error != -EBUSY || strcmp(text, "past the cache") != 0;
}
