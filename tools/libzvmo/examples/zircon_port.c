// SPDX-License-Identifier: GPL-2.0-only
/* A frame buffer for a client: with Zircon's calls and no others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/syscalls.h>

static void check(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* (1) make a frame, and a read-only handle of it for the client */
static zx_handle_t make_frame(uint64_t size, zx_handle_t *for_client)
{
	zx_handle_t frame;

	check(zx_vmo_create(size, 0, &frame), "zx_vmo_create");
	check(zx_object_set_property(frame, ZX_PROP_NAME, "frame", 5),
	      "zx_object_set_property");
	check(zx_handle_duplicate(frame,
				  ZX_RIGHTS_BASIC | ZX_RIGHT_READ |
					  ZX_RIGHT_MAP | ZX_RIGHT_GET_PROPERTY,
				  for_client),
	      "zx_handle_duplicate");
	return frame;
}

/* (2) draw through a mapping, and keep the frame as it was before */
static zx_handle_t draw(zx_handle_t frame, uint64_t size, int color)
{
	zx_handle_t before;
	zx_vaddr_t pixels;

	check(zx_vmo_create_child(frame, ZX_VMO_CHILD_SNAPSHOT, 0, size,
				  &before),
	      "zx_vmo_create_child");
	check(zx_vmar_map(zx_vmar_root_self(),
			  ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, frame, 0, size,
			  &pixels),
	      "zx_vmar_map");
	memset((void *)pixels, color, size);
	check(zx_vmar_unmap(zx_vmar_root_self(), pixels, size),
	      "zx_vmar_unmap");
	return before;
}

/* (3) what the client may, and what not */
static void client(zx_handle_t frame)
{
	zx_info_vmo_t info;
	char pixel;

	check(zx_object_get_info(frame, ZX_INFO_VMO, &info, sizeof(info), NULL,
				 NULL),
	      "zx_object_get_info");
	check(zx_vmo_read(frame, &pixel, 0, 1), "zx_vmo_read");
	printf("%s: %c, %llu children\n", info.name, pixel,
	       (unsigned long long)info.num_children);
	printf("write: %s\n",
	       zx_status_get_string(zx_vmo_write(frame, "x", 0, 1)));
}

/* (4) wait until nobody has the old frame */
int main(void)
{
	uint64_t size = 16 * zx_system_get_page_size();
	zx_handle_t handles[2], before;

	handles[0] = make_frame(size, &handles[1]);
	before = draw(handles[0], size, 'g');
	client(handles[1]);
	check(zx_handle_close(before), "zx_handle_close");
	check(zx_object_wait_one(handles[0], ZX_VMO_ZERO_CHILDREN,
				 zx_deadline_after(ZX_SEC(5)), NULL),
	      "zx_object_wait_one");
	printf("nobody has the old frame\n");
	check(zx_handle_close_many(handles, 2), "zx_handle_close_many");
	return 0;
}
