/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: Zircon's calls for virtual memory objects
 *
 * For code written for Zircon: the same names, arguments, results and order of
 * checks. A VMO that was created here is one for the calls of <zvmo.h> too, and
 * the other way round; its handle is its descriptor. zircon(7) tells what each
 * call returns, and where Linux shows through.
 *
 * A null pointer to a result that is not optional gives ZX_ERR_INVALID_ARGS.
 */
#ifndef _ZIRCON_SYSCALLS_H
#define _ZIRCON_SYSCALLS_H

#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls/object.h>
#include <zircon/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Handles */
ZX_API zx_status_t zx_handle_close(zx_handle_t handle);
ZX_API zx_status_t zx_handle_close_many(const zx_handle_t *handles,
					size_t num_handles);
ZX_API zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights,
				       zx_handle_t *out);
ZX_API zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights,
				     zx_handle_t *out);

/* Objects */
ZX_API zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic,
				      void *buffer, size_t buffer_size,
				      size_t *actual, size_t *avail);
ZX_API zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property,
					  void *value, size_t value_size);
ZX_API zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property,
					  const void *value, size_t value_size);
ZX_API zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals,
				      zx_time_t deadline,
				      zx_signals_t *observed);
ZX_API zx_status_t zx_object_wait_many(zx_wait_item_t *items, size_t num_items,
				       zx_time_t deadline);

/* VMOs */
ZX_API zx_status_t zx_vmo_create(uint64_t size, uint32_t options,
				 zx_handle_t *out);
ZX_API zx_status_t zx_vmo_create_child(zx_handle_t handle, uint32_t options,
				       uint64_t offset, uint64_t size,
				       zx_handle_t *out);
ZX_API zx_status_t zx_vmo_create_contiguous(zx_handle_t bti, size_t size,
					    uint32_t alignment_log2,
					    zx_handle_t *out);
ZX_API zx_status_t zx_vmo_create_physical(zx_handle_t resource,
					  zx_paddr_t paddr, size_t size,
					  zx_handle_t *out);
ZX_API zx_status_t zx_vmo_read(zx_handle_t handle, void *buffer,
			       uint64_t offset, size_t buffer_size);
ZX_API zx_status_t zx_vmo_write(zx_handle_t handle, const void *buffer,
				uint64_t offset, size_t buffer_size);
ZX_API zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t *size);
ZX_API zx_status_t zx_vmo_set_size(zx_handle_t handle, uint64_t size);
ZX_API zx_status_t zx_vmo_get_stream_size(zx_handle_t handle, uint64_t *size);
ZX_API zx_status_t zx_vmo_set_stream_size(zx_handle_t handle, uint64_t size);
ZX_API zx_status_t zx_vmo_op_range(zx_handle_t handle, uint32_t op,
				   uint64_t offset, uint64_t size, void *buffer,
				   size_t buffer_size);
ZX_API zx_status_t zx_vmo_set_cache_policy(zx_handle_t handle,
					   uint32_t cache_policy);
ZX_API zx_status_t zx_vmo_replace_as_executable(zx_handle_t handle,
						zx_handle_t vmex,
						zx_handle_t *out);
ZX_API zx_status_t zx_vmo_transfer_data(zx_handle_t dst_vmo, uint32_t options,
					uint64_t offset, uint64_t length,
					zx_handle_t src_vmo,
					uint64_t src_offset);

/* The address space */
ZX_API zx_status_t zx_vmar_map(zx_handle_t handle, zx_vm_option_t options,
			       uint64_t vmar_offset, zx_handle_t vmo,
			       uint64_t vmo_offset, uint64_t len,
			       zx_vaddr_t *mapped_addr);
ZX_API zx_status_t zx_vmar_unmap(zx_handle_t handle, zx_vaddr_t addr,
				 uint64_t len);
ZX_API zx_status_t zx_vmar_protect(zx_handle_t handle, zx_vm_option_t options,
				   zx_vaddr_t addr, uint64_t len);
ZX_API zx_status_t zx_vmar_op_range(zx_handle_t handle, uint32_t op,
				    zx_vaddr_t address, size_t size,
				    void *buffer, size_t buffer_size);

/* The system */
ZX_API uint32_t zx_system_get_page_size(void);
ZX_API zx_time_t zx_clock_get_monotonic(void);
ZX_API zx_time_t zx_deadline_after(zx_duration_t duration);

#ifdef __cplusplus
}
#endif

#endif /* _ZIRCON_SYSCALLS_H */
