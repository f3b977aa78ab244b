// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: Zircon's calls from C++, and the layout of their structures
 *
 * No module is needed: what is called here fails, or succeeds, before one is.
 * Prints what fails; the exit status is 0 if nothing did.
 */
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <type_traits>

#include <zircon/syscalls.h>

#define OFFSET(member, offset) \
	static_assert(offsetof(zx_info_vmo_t, member) == offset, #member)

OFFSET(koid, 0);
OFFSET(name, 8);
OFFSET(size_bytes, 40);
OFFSET(parent_koid, 48);
OFFSET(num_children, 56);
OFFSET(num_mappings, 64);
OFFSET(share_count, 72);
OFFSET(flags, 80);
OFFSET(committed_bytes, 88);
OFFSET(handle_rights, 96);
OFFSET(cache_policy, 100);
OFFSET(metadata_bytes, 104);
OFFSET(committed_change_events, 112);
OFFSET(populated_bytes, 120);
OFFSET(committed_private_bytes, 128);
OFFSET(populated_private_bytes, 136);
OFFSET(committed_scaled_bytes, 144);
OFFSET(populated_scaled_bytes, 152);
OFFSET(committed_fractional_scaled_bytes, 160);
OFFSET(populated_fractional_scaled_bytes, 168);
static_assert(sizeof(zx_info_vmo_t) == 176, "zx_info_vmo_t");
static_assert(sizeof(zx_info_handle_basic_t) == 32, "zx_info_handle_basic_t");
static_assert(sizeof(zx_info_handle_count_t) == 4, "zx_info_handle_count_t");
static_assert(sizeof(zx_vmo_lock_state_t) == 32, "zx_vmo_lock_state_t");
static_assert(sizeof(zx_wait_item_t) == 12, "zx_wait_item_t");

// Constants are usable where C++ wants constants, and have the right values.
template <zx_status_t status> struct is_status : std::true_type {
};
static_assert(is_status<ZX_ERR_NO_SPACE>::value &&ZX_ERR_NO_SPACE == -54, "");
static_assert(ZX_ERR_ACCESS_DENIED == -30 && ZX_ERR_UNAVAILABLE == -28, "");
static_assert(ZX_ERR_WRONG_TYPE == -12 && ZX_ERR_OUT_OF_RANGE == -14, "");
static_assert(ZX_RIGHT_SAME_RIGHTS == 0x80000000 && ZX_RIGHT_RESIZE == 0x400000,
	      "");
static_assert(ZX_DEFAULT_VMO_RIGHTS == 0xd0ef, "");
static_assert(ZX_VM_ALIGN_4GB == 0x20000000 && ZX_VM_ALIGN_1KB == 0xa000000,
	      "");
static_assert(ZX_VM_FAULT_BEYOND_STREAM_SIZE == 0x8000, "");
static_assert(ZX_INFO_VMO_V1 == 23 && ZX_INFO_VMO == (23 | 3 << 28), "");
static_assert(ZX_PROP_NAME == 3 && ZX_PROP_VMO_CONTENT_SIZE == 17, "");
static_assert(ZX_VMO_ZERO_CHILDREN == 8, "");
static_assert(std::is_same<zx_handle_t, std::uint32_t>::value, "");
static_assert(std::is_same<zx_time_t, std::int64_t>::value, "");

static int failures;

static void expect(zx_status_t found, zx_status_t expected, const char *what)
{
	if (found == expected)
		return;
	std::printf("%s: %s, expected %s\n", what, zx_status_get_string(found),
		    zx_status_get_string(expected));
	failures++;
}

#define EXPECT(call, status) expect(call, status, #call)

int main()
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	zx_vaddr_t address = 0;
	zx_wait_item_t item = { handle, ZX_VMO_ZERO_CHILDREN, 0 };
	zx_signals_t observed = 0;
	std::uint64_t size = 0;
	char name[ZX_MAX_NAME_LEN];
	zx_info_vmo_t info;

	EXPECT(zx_handle_close(handle), ZX_OK);
	EXPECT(zx_handle_close_many(&handle, 1), ZX_OK);
	EXPECT(zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &handle),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_handle_replace(handle, ZX_RIGHT_NONE, &handle),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_object_get_info(handle, ZX_INFO_VMO, &info, sizeof(info),
				  nullptr, nullptr),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_object_get_property(handle, ZX_PROP_NAME, name, sizeof(name)),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_object_set_property(handle, ZX_PROP_NAME, "x", 1),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_object_wait_one(handle, ZX_VMO_ZERO_CHILDREN,
				  ZX_TIME_INFINITE, &observed),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_object_wait_many(&item, 1, ZX_TIME_INFINITE),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_object_wait_many(nullptr, 0, zx_deadline_after(ZX_USEC(1))),
	       ZX_ERR_TIMED_OUT);
	EXPECT(zx_vmo_create_child(handle, ZX_VMO_CHILD_SNAPSHOT, 0, 0,
				   &handle),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_create_contiguous(handle, 1, 0, &handle),
	       ZX_ERR_INVALID_ARGS);
	EXPECT(zx_vmo_create_physical(handle, 0, 1, &handle),
	       ZX_ERR_INVALID_ARGS);
	EXPECT(zx_vmo_read(handle, name, 0, 1), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_write(handle, "x", 0, 1), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_get_size(handle, &size), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_set_size(handle, 0), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_get_stream_size(handle, &size), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_set_stream_size(handle, 0), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_op_range(handle, ZX_VMO_OP_ZERO, 0, 0, nullptr, 0),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_set_cache_policy(handle, ZX_CACHE_POLICY_UNCACHED),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_replace_as_executable(handle, handle, &handle),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmo_transfer_data(handle, 1, 0, 0, handle, 0),
	       ZX_ERR_INVALID_ARGS);
	EXPECT(zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ, 0, handle, 0,
			   1, &address),
	       ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmar_unmap(handle, 0, 1), ZX_ERR_BAD_HANDLE);
	EXPECT(zx_vmar_protect(zx_vmar_root_self(), ZX_VM_PERM_READ,
			       zx_system_get_page_size() * 64, 1),
	       ZX_ERR_NOT_FOUND);
	EXPECT(zx_vmar_op_range(zx_vmar_root_self(), ZX_VMAR_OP_COMMIT,
				zx_system_get_page_size() * 64, 1, nullptr, 0),
	       ZX_ERR_BAD_STATE);
	if (std::strcmp(zx_status_get_string(-1), "ZX_ERR_INTERNAL")) {
		std::puts("zx_status_get_string()");
		failures++;
	}
	if (zx_deadline_after(0) < zx_clock_get_monotonic() - ZX_SEC(60)) {
		std::puts("zx_clock_get_monotonic()");
		failures++;
	}
	return failures != 0;
}
