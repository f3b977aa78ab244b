/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: what zx_object_get_info() and the properties are about
 */
#ifndef _ZIRCON_SYSCALLS_OBJECT_H
#define _ZIRCON_SYSCALLS_OBJECT_H

#include <zircon/types.h>

typedef uint32_t zx_object_info_topic_t;

/* A number, and the version of the record in the upper bits. */
#define ZX_INFO_TOPIC(number, version)                                     \
	((zx_object_info_topic_t)((uint32_t)(number) | (uint32_t)(version) \
							       << 28))

#define ZX_INFO_HANDLE_BASIC ZX_INFO_TOPIC(2, 0)
#define ZX_INFO_HANDLE_COUNT ZX_INFO_TOPIC(19, 0)
/* Each a prefix of the next: 104, 120, 128 and 176 bytes. */
#define ZX_INFO_VMO_V1 ZX_INFO_TOPIC(23, 0)
#define ZX_INFO_VMO_V2 ZX_INFO_TOPIC(23, 1)
#define ZX_INFO_VMO_V3 ZX_INFO_TOPIC(23, 2)
#define ZX_INFO_VMO_V4 ZX_INFO_TOPIC(23, 3)
#define ZX_INFO_VMO ZX_INFO_VMO_V4

typedef struct zx_info_handle_basic {
	zx_koid_t koid;
	zx_rights_t rights;
	zx_obj_type_t type;
	zx_koid_t related_koid; /* 0 */
	uint32_t reserved;
	uint8_t padding1[4];
} zx_info_handle_basic_t;

typedef struct zx_info_handle_count {
	uint32_t handle_count;
} zx_info_handle_count_t;

/* zx_info_vmo_t.flags */
#define ZX_INFO_VMO_TYPE_PHYSICAL ((uint32_t)0)
#define ZX_INFO_VMO_TYPE_PAGED ((uint32_t)1 << 0)
#define ZX_INFO_VMO_RESIZABLE ((uint32_t)1 << 1)
#define ZX_INFO_VMO_IS_COW_CLONE ((uint32_t)1 << 2)
#define ZX_INFO_VMO_VIA_HANDLE ((uint32_t)1 << 3)
#define ZX_INFO_VMO_VIA_MAPPING ((uint32_t)1 << 4)
#define ZX_INFO_VMO_PAGER_BACKED ((uint32_t)1 << 5)
#define ZX_INFO_VMO_CONTIGUOUS ((uint32_t)1 << 6)
#define ZX_INFO_VMO_DISCARDABLE ((uint32_t)1 << 7)
#define ZX_INFO_VMO_IMMUTABLE ((uint32_t)1 << 8)
#define ZX_INFO_VMO_VIA_IOB_HANDLE ((uint32_t)1 << 9)
/* These two are zvmo's. */
#define ZX_INFO_VMO_IS_REFERENCE ((uint32_t)1 << 10)
#define ZX_INFO_VMO_IS_SLICE ((uint32_t)1 << 11)

typedef struct zx_info_vmo {
	zx_koid_t koid;
	char name[ZX_MAX_NAME_LEN];
	uint64_t size_bytes;
	zx_koid_t parent_koid;
	uint64_t num_children;
	uint64_t num_mappings;
	uint64_t share_count;
	uint32_t flags;
	uint8_t padding1[4];
	uint64_t committed_bytes;
	zx_rights_t handle_rights;
	uint32_t cache_policy;
	/* from version 2 */
	uint64_t metadata_bytes;
	uint64_t committed_change_events;
	/* from version 3 */
	uint64_t populated_bytes;
	/* from version 4 */
	uint64_t committed_private_bytes;
	uint64_t populated_private_bytes;
	uint64_t committed_scaled_bytes;
	uint64_t populated_scaled_bytes;
	/* 2^63 is one byte */
	uint64_t committed_fractional_scaled_bytes;
	uint64_t populated_fractional_scaled_bytes;
} zx_info_vmo_t;

/* Properties: char [ZX_MAX_NAME_LEN], and uint64_t. */
#define ZX_PROP_NAME ((uint32_t)3)
#define ZX_PROP_VMO_CONTENT_SIZE ((uint32_t)17)

#endif /* _ZIRCON_SYSCALLS_OBJECT_H */
