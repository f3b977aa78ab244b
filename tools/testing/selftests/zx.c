// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - helpers for the zx_* calls
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "zx.h"

bool zx_test_status(struct test_place place, zx_status_t found,
		    zx_status_t expected, const char *call)
{
	if (found == expected)
		return true;
	test_fail(place, "%s is %s, expected %s", call,
		  zx_status_get_string(found), zx_status_get_string(expected));
	return false;
}

void zx_test_needs_64_bits(void)
{
	if (sizeof(size_t) < sizeof(uint64_t))
		SKIP("only for 64-bit programs");
}

zx_handle_t zx_test_create_at(struct test_place place, uint64_t size,
			      uint32_t options)
{
	zx_handle_t vmo = ZX_HANDLE_INVALID;

	zx_test_status(place, zx_vmo_create(size, options, &vmo), ZX_OK,
		       "zx_vmo_create()");
	return vmo;
}

zx_handle_t zx_test_child_at(struct test_place place, zx_handle_t parent,
			     uint32_t options, uint64_t offset, uint64_t size)
{
	zx_handle_t child = ZX_HANDLE_INVALID;

	zx_test_status(place,
		       zx_vmo_create_child(parent, options, offset, size,
					   &child),
		       ZX_OK, "zx_vmo_create_child()");
	return child;
}

zx_handle_t zx_test_with_at(struct test_place place, zx_handle_t handle,
			    zx_rights_t rights)
{
	zx_handle_t copy = ZX_HANDLE_INVALID;

	zx_test_status(place, zx_handle_duplicate(handle, rights, &copy), ZX_OK,
		       "zx_handle_duplicate()");
	return copy;
}

zx_info_vmo_t zx_test_info_at(struct test_place place, zx_handle_t handle)
{
	zx_info_vmo_t info = { 0 };

	zx_test_status(place,
		       zx_object_get_info(handle, ZX_INFO_VMO, &info,
					  sizeof(info), NULL, NULL),
		       ZX_OK, "zx_object_get_info()");
	return info;
}

zx_vaddr_t zx_test_map_at(struct test_place place, zx_vm_option_t options,
			  zx_handle_t vmo, uint64_t offset, uint64_t length)
{
	zx_vaddr_t address = 0;

	zx_test_status(place,
		       zx_vmar_map(zx_vmar_root_self(), options, 0, vmo, offset,
				   length, &address),
		       ZX_OK, "zx_vmar_map()");
	return address;
}

uint64_t zx_test_stream_size(zx_handle_t vmo)
{
	uint64_t size = 1;

	EXPECT_ZX(zx_vmo_get_stream_size(vmo, &size), OK);
	return size;
}

bool zx_test_signaled(zx_handle_t handle, zx_signals_t signals)
{
	return zx_object_wait_one(handle, signals, 0, NULL) == ZX_OK;
}

zx_handle_t zx_test_closed(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ASSERT_GE(fd, 0);
	close(fd);
	return fd;
}

zx_handle_t zx_test_other(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	ASSERT_GE(fd, 0);
	return fd;
}

void *zx_test_no_memory(void)
{
	void *page =
		mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(page != MAP_FAILED);
	return page;
}

static bool is_discarded(zx_handle_t vmo)
{
	char byte;

	return zx_vmo_read(vmo, &byte, 0, 1) == ZX_ERR_NOT_FOUND;
}

zx_handle_t zx_test_discarded(uint64_t size)
{
	zx_handle_t vmo = zx_test_create(size, ZX_VMO_DISCARDABLE);
	zx_vmo_lock_state_t state;
	unsigned int i;

	ASSERT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, size, &state,
				  sizeof(state)),
		  OK);
	zx_test_fill(vmo, 0, size, 0x77);
	ASSERT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_UNLOCK, 0, size, NULL, 0), OK);
	guest_set_parameter("discard_age", "0");
	for (i = 0; i < 20 && !is_discarded(vmo); i++)
		guest_reclaim();
	ASSERT(is_discarded(vmo));
	return vmo;
}

void zx_test_fill_at(struct test_place place, zx_handle_t vmo, uint64_t offset,
		     uint64_t size, uint8_t byte)
{
	uint8_t buffer[16384];

	memset(buffer, byte, sizeof(buffer));
	while (size) {
		size_t part = size < sizeof(buffer) ? size : sizeof(buffer);

		zx_test_status(place, zx_vmo_write(vmo, buffer, offset, part),
			       ZX_OK, "zx_vmo_write()");
		offset += part;
		size -= part;
	}
}

bool zx_test_holds_at(struct test_place place, zx_handle_t vmo, uint64_t offset,
		      uint64_t size, uint8_t byte)
{
	uint8_t found[16384], wanted[16384];

	memset(wanted, byte, sizeof(wanted));
	while (size) {
		size_t part = size < sizeof(found) ? size : sizeof(found);

		if (!zx_test_status(place,
				    zx_vmo_read(vmo, found, offset, part),
				    ZX_OK, "zx_vmo_read()") ||
		    memcmp(found, wanted, part))
			return false;
		offset += part;
		size -= part;
	}
	return true;
}
