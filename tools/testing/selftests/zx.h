/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - statuses, handles and helpers for the zx_* calls
 *
 * A case here is a rule of Zircon's calls. Where two errors compete, the case
 * says which wins.
 */
#ifndef _ZVMO_ZX_H
#define _ZVMO_ZX_H

#include <zircon/syscalls.h>

#include "harness.h"

bool zx_test_status(struct test_place place, zx_status_t found,
		    zx_status_t expected, const char *call);

/* A call that returns this status; ZX_OK and the ZX_ERR_ may be left out. */
#define ZX_ERR_OK ZX_OK
#define EXPECT_ZX(call, status) \
	zx_test_status(TEST_PLACE(EXPECT), call, ZX_ERR_##status, #call)
#define ASSERT_ZX(call, status) \
	zx_test_status(TEST_PLACE(ASSERT), call, ZX_ERR_##status, #call)

/* Calls that end the case if they fail. */
zx_handle_t zx_test_create_at(struct test_place place, uint64_t size,
			      uint32_t options);
zx_handle_t zx_test_child_at(struct test_place place, zx_handle_t parent,
			     uint32_t options, uint64_t offset, uint64_t size);
zx_handle_t zx_test_with_at(struct test_place place, zx_handle_t handle,
			    zx_rights_t rights);
zx_info_vmo_t zx_test_info_at(struct test_place place, zx_handle_t handle);
zx_vaddr_t zx_test_map_at(struct test_place place, zx_vm_option_t options,
			  zx_handle_t vmo, uint64_t offset, uint64_t length);
#define zx_test_create(...) zx_test_create_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define zx_test_child(...) zx_test_child_at(TEST_PLACE(ASSERT), __VA_ARGS__)
/* A duplicate with just these rights, and with all others. */
#define zx_test_with(...) zx_test_with_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define zx_test_without(handle, rights) \
	zx_test_with(handle, zx_test_info(handle).handle_rights & ~(rights))
#define zx_test_info(handle) zx_test_info_at(TEST_PLACE(ASSERT), handle)
#define zx_test_map(...) zx_test_map_at(TEST_PLACE(ASSERT), __VA_ARGS__)

uint64_t zx_test_stream_size(zx_handle_t vmo);

/* Zircon's machines are 64-bit ones; so are numbers that some cases try. */
void zx_test_needs_64_bits(void);

/* Whether a signal is asserted. */
bool zx_test_signaled(zx_handle_t handle, zx_signals_t signals);

/* A number that is no open handle, and a handle that is no VMO. */
zx_handle_t zx_test_closed(void);
zx_handle_t zx_test_other(void);

/* Memory that cannot be accessed: a page. */
void *zx_test_no_memory(void);

/* A discardable VMO of that size that was discarded. */
zx_handle_t zx_test_discarded(uint64_t size);

/* Bytes, to the VMO's size. */
void zx_test_fill_at(struct test_place place, zx_handle_t vmo, uint64_t offset,
		     uint64_t size, uint8_t byte);
bool zx_test_holds_at(struct test_place place, zx_handle_t vmo, uint64_t offset,
		      uint64_t size, uint8_t byte);
#define zx_test_fill(...) zx_test_fill_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define zx_test_holds(...) zx_test_holds_at(TEST_PLACE(ASSERT), __VA_ARGS__)

#endif /* _ZVMO_ZX_H */
