/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: limits
 */
#ifndef _ZIRCON_LIMITS_H
#define _ZIRCON_LIMITS_H

#include <stdint.h>

/* Page sizes that a kernel may have; zx_system_get_page_size() tells which. */
#define ZX_MIN_PAGE_SHIFT ((uint32_t)12)
#define ZX_MAX_PAGE_SHIFT ((uint32_t)16)
#define ZX_MIN_PAGE_SIZE ((uint32_t)1 << ZX_MIN_PAGE_SHIFT)
#define ZX_MAX_PAGE_SIZE ((uint32_t)1 << ZX_MAX_PAGE_SHIFT)

/* Bytes of a name, with the terminating NUL. */
#define ZX_MAX_NAME_LEN ((uint32_t)32)

/* Handles that one zx_object_wait_many() waits for. */
#define ZX_WAIT_MANY_MAX_ITEMS ((uint32_t)64)

#endif /* _ZIRCON_LIMITS_H */
