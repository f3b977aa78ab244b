// SPDX-License-Identifier: GPL-2.0-only
/* What is written through a mapping is read from the VMO. */
#include <err.h>
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
	char text[16];
	void *mapped;

	check(zvmo_write(vmo, 0, "by zvmo_write()", 16), "zvmo_write");
	check(zvmo_map(vmo, 0, size, PROT_READ | PROT_WRITE, 0, &mapped),
	      "zvmo_map");
	printf("%s\n", (char *)mapped);
	strcpy(mapped, "by a mapping");
	check(zvmo_unmap(mapped, size), "zvmo_unmap");
	check(zvmo_read(vmo, 0, text, sizeof(text)), "zvmo_read");
	printf("%s\n", text);
	return strcmp(text, "by a mapping") != 0;
}
