// SPDX-License-Identifier: GPL-2.0-only
/* Zircon's calls: a snapshot does not see what its parent does. */
#include <stdio.h>
#include <stdlib.h>
#include <zircon/syscalls.h>

static void check(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

int main(void)
{
	uint64_t size = zx_system_get_page_size();
	zx_handle_t handles[2];
	zx_vaddr_t address;
	char text[7];

	check(zx_vmo_create(size, 0, &handles[0]), "zx_vmo_create");
	check(zx_vmo_write(handles[0], "before", 0, 7), "zx_vmo_write");
	check(zx_vmo_create_child(handles[0], ZX_VMO_CHILD_SNAPSHOT, 0, size,
				  &handles[1]),
	      "zx_vmo_create_child");
	check(zx_vmar_map(zx_vmar_root_self(),
			  ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, handles[0], 0,
			  size, &address),
	      "zx_vmar_map");
	sprintf((char *)address, "after");
	check(zx_vmo_read(handles[1], text, 0, 7), "zx_vmo_read");
	printf("parent: %s\nsnapshot: %s\n", (char *)address, text);
	check(zx_vmar_unmap(zx_vmar_root_self(), address, size),
	      "zx_vmar_unmap");
	check(zx_handle_close_many(handles, 2), "zx_handle_close_many");
	return 0;
}
