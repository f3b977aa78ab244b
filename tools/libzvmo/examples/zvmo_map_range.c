// SPDX-License-Identifier: GPL-2.0-only
/* Act on a VMO through the memory that shows it. */
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
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 16 * page;
	struct zvmo_mapping mapping = { .length = size };
	struct zvmo_range_info info;
	char *memory;

	mapping.fd = check(zvmo_create(size, 0), "zvmo_create");
	check(zvmo_map(mapping.fd, 0, size, PROT_READ | PROT_WRITE, 0,
		       &mapping.address),
	      "zvmo_map");
	memory = mapping.address;

	/* Four pages of memory, and no fault when they are touched. */
	check(zvmo_mapping_op(&mapping, ZVMO_OP_COMMIT, memory, 4 * page),
	      "zvmo_mapping_op");
	check(zvmo_map_range(mapping.fd, memory, 4 * page,
			     ZVMO_MAP_RANGE_WRITE),
	      "zvmo_map_range");
	strcpy(memory, "at once");

	check(zvmo_mapping_get_info(&mapping, memory, 8 * page, &info,
				    sizeof(info)),
	      "zvmo_mapping_get_info");
	printf("%llu bytes committed\n",
	       (unsigned long long)info.committed_bytes);
	check(zvmo_unmap(memory, size), "zvmo_unmap");
	return info.committed_bytes != 4 * page;
}
