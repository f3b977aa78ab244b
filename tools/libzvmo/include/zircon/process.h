/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: handles that a process has from its start
 */
#ifndef _ZIRCON_PROCESS_H
#define _ZIRCON_PROCESS_H

#include <zircon/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * zx_vmar_root_self() - The address space of this process.
 *
 * Return: a constant, whose uppermost bit is set: no descriptor. It begins at
 * address 0, so that an offset in it is an address; what lies below 64 KiB or
 * above 128 TiB cannot be mapped. It cannot be closed.
 */
ZX_API zx_handle_t zx_vmar_root_self(void);

#ifdef __cplusplus
}
#endif

#endif /* _ZIRCON_PROCESS_H */
