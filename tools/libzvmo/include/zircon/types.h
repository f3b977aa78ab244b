/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: types and constants of Zircon's calls
 *
 * zircon(7) says what of Zircon is provided, and how it differs.
 */
#ifndef _ZIRCON_TYPES_H
#define _ZIRCON_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include <zircon/errors.h>
#include <zircon/limits.h>
#include <zircon/rights.h>

#define ZX_API __attribute__((visibility("default")))

/* A file descriptor's number, never 0; or the root of the address space. */
typedef uint32_t zx_handle_t;
#define ZX_HANDLE_INVALID ((zx_handle_t)0)

typedef uint64_t zx_koid_t;
#define ZX_KOID_INVALID ((zx_koid_t)0)
#define ZX_KOID_FIRST ((zx_koid_t)1024)

typedef uintptr_t zx_vaddr_t;
typedef uint64_t zx_paddr_t;
typedef uint64_t zx_off_t;

/* Nanoseconds: of CLOCK_MONOTONIC, and between two times. */
typedef int64_t zx_time_t;
typedef int64_t zx_duration_t;
#define ZX_TIME_INFINITE INT64_MAX
#define ZX_TIME_INFINITE_PAST INT64_MIN
#define ZX_NSEC(n) ((zx_duration_t)(n))
#define ZX_USEC(n) (ZX_NSEC(n) * 1000)
#define ZX_MSEC(n) (ZX_USEC(n) * 1000)
#define ZX_SEC(n) (ZX_MSEC(n) * 1000)

typedef uint32_t zx_signals_t;
#define ZX_SIGNAL_NONE ((zx_signals_t)0)
#define ZX_VMO_ZERO_CHILDREN ((zx_signals_t)1 << 3)

/* One handle that zx_object_wait_many() waits for. */
typedef struct zx_wait_item {
	zx_handle_t handle;
	zx_signals_t waitfor;
	zx_signals_t pending; /* out: asserted when the wait ended */
} zx_wait_item_t;

typedef uint32_t zx_obj_type_t;
#define ZX_OBJ_TYPE_NONE ((zx_obj_type_t)0)
#define ZX_OBJ_TYPE_VMO ((zx_obj_type_t)3)
#define ZX_OBJ_TYPE_PORT ((zx_obj_type_t)6)
#define ZX_OBJ_TYPE_RESOURCE ((zx_obj_type_t)15)
#define ZX_OBJ_TYPE_VMAR ((zx_obj_type_t)18)
#define ZX_OBJ_TYPE_BTI ((zx_obj_type_t)24)
#define ZX_OBJ_TYPE_PMT ((zx_obj_type_t)26)
#define ZX_OBJ_TYPE_PAGER ((zx_obj_type_t)28)

/* Options of zx_vmo_create(); TRAP_DIRTY is for pagers only. */
#define ZX_VMO_RESIZABLE ((uint32_t)1 << 1)
#define ZX_VMO_DISCARDABLE ((uint32_t)1 << 2)
#define ZX_VMO_TRAP_DIRTY ((uint32_t)1 << 3)
#define ZX_VMO_UNBOUNDED ((uint32_t)1 << 4)

/* Options of zx_vmo_create_child(). */
#define ZX_VMO_CHILD_SNAPSHOT ((uint32_t)1 << 0)
#define ZX_VMO_CHILD_RESIZABLE ((uint32_t)1 << 2)
#define ZX_VMO_CHILD_SLICE ((uint32_t)1 << 3)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE ((uint32_t)1 << 4)
#define ZX_VMO_CHILD_NO_WRITE ((uint32_t)1 << 5)
#define ZX_VMO_CHILD_REFERENCE ((uint32_t)1 << 6)
#define ZX_VMO_CHILD_SNAPSHOT_MODIFIED ((uint32_t)1 << 7)

/* Operations of zx_vmo_op_range(). */
#define ZX_VMO_OP_COMMIT ((uint32_t)1)
#define ZX_VMO_OP_DECOMMIT ((uint32_t)2)
#define ZX_VMO_OP_LOCK ((uint32_t)3)
#define ZX_VMO_OP_UNLOCK ((uint32_t)4)
#define ZX_VMO_OP_CACHE_SYNC ((uint32_t)6)
#define ZX_VMO_OP_CACHE_INVALIDATE ((uint32_t)7)
#define ZX_VMO_OP_CACHE_CLEAN ((uint32_t)8)
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)9)
#define ZX_VMO_OP_ZERO ((uint32_t)10)
#define ZX_VMO_OP_TRY_LOCK ((uint32_t)11)
#define ZX_VMO_OP_DONT_NEED ((uint32_t)12)
#define ZX_VMO_OP_ALWAYS_NEED ((uint32_t)13)
#define ZX_VMO_OP_PREFETCH ((uint32_t)14)

/* What ZX_VMO_OP_LOCK tells: what of the VMO's content was discarded. */
typedef struct zx_vmo_lock_state {
	uint64_t offset;
	uint64_t size;
	uint64_t discarded_offset;
	uint64_t discarded_size;
} zx_vmo_lock_state_t;

#define ZX_CACHE_POLICY_CACHED ((uint32_t)0)
#define ZX_CACHE_POLICY_UNCACHED ((uint32_t)1)
#define ZX_CACHE_POLICY_UNCACHED_DEVICE ((uint32_t)2)
#define ZX_CACHE_POLICY_WRITE_COMBINING ((uint32_t)3)
#define ZX_CACHE_POLICY_MASK ((uint32_t)3)

/* Operations of zx_vmar_op_range(). */
#define ZX_VMAR_OP_COMMIT ((uint32_t)1)
#define ZX_VMAR_OP_DECOMMIT ((uint32_t)2)
#define ZX_VMAR_OP_MAP_RANGE ((uint32_t)3)
#define ZX_VMAR_OP_ZERO ((uint32_t)10)
#define ZX_VMAR_OP_DONT_NEED ((uint32_t)12)
#define ZX_VMAR_OP_ALWAYS_NEED ((uint32_t)13)
#define ZX_VMAR_OP_PREFETCH ((uint32_t)14)

/* Options of zx_vmar_map() and zx_vmar_protect(). */
typedef uint32_t zx_vm_option_t;
#define ZX_VM_PERM_READ ((zx_vm_option_t)1 << 0)
#define ZX_VM_PERM_WRITE ((zx_vm_option_t)1 << 1)
#define ZX_VM_PERM_EXECUTE ((zx_vm_option_t)1 << 2)
#define ZX_VM_COMPACT ((zx_vm_option_t)1 << 3)
#define ZX_VM_SPECIFIC ((zx_vm_option_t)1 << 4)
#define ZX_VM_SPECIFIC_OVERWRITE ((zx_vm_option_t)1 << 5)
#define ZX_VM_CAN_MAP_SPECIFIC ((zx_vm_option_t)1 << 6)
#define ZX_VM_CAN_MAP_READ ((zx_vm_option_t)1 << 7)
#define ZX_VM_CAN_MAP_WRITE ((zx_vm_option_t)1 << 8)
#define ZX_VM_CAN_MAP_EXECUTE ((zx_vm_option_t)1 << 9)
#define ZX_VM_MAP_RANGE ((zx_vm_option_t)1 << 10)
#define ZX_VM_REQUIRE_NON_RESIZABLE ((zx_vm_option_t)1 << 11)
#define ZX_VM_ALLOW_FAULTS ((zx_vm_option_t)1 << 12)
#define ZX_VM_OFFSET_IS_UPPER_LIMIT ((zx_vm_option_t)1 << 13)
#define ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED ((zx_vm_option_t)1 << 14)
#define ZX_VM_FAULT_BEYOND_STREAM_SIZE ((zx_vm_option_t)1 << 15)

/* Alignment of a mapping: its logarithm from this bit on; 0 is none. */
#define ZX_VM_ALIGN_BASE 24
#define ZX_VM_ALIGN_1KB ((zx_vm_option_t)10 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_2KB ((zx_vm_option_t)11 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_4KB ((zx_vm_option_t)12 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_8KB ((zx_vm_option_t)13 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_16KB ((zx_vm_option_t)14 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_32KB ((zx_vm_option_t)15 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_64KB ((zx_vm_option_t)16 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_128KB ((zx_vm_option_t)17 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_256KB ((zx_vm_option_t)18 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_512KB ((zx_vm_option_t)19 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_1MB ((zx_vm_option_t)20 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_2MB ((zx_vm_option_t)21 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_4MB ((zx_vm_option_t)22 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_8MB ((zx_vm_option_t)23 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_16MB ((zx_vm_option_t)24 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_32MB ((zx_vm_option_t)25 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_64MB ((zx_vm_option_t)26 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_128MB ((zx_vm_option_t)27 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_256MB ((zx_vm_option_t)28 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_512MB ((zx_vm_option_t)29 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_1GB ((zx_vm_option_t)30 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_2GB ((zx_vm_option_t)31 << ZX_VM_ALIGN_BASE)
#define ZX_VM_ALIGN_4GB ((zx_vm_option_t)32 << ZX_VM_ALIGN_BASE)

#endif /* _ZIRCON_TYPES_H */
