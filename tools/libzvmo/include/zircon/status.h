/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: statuses as text
 */
#ifndef _ZIRCON_STATUS_H
#define _ZIRCON_STATUS_H

#include <zircon/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * zx_status_get_string() - The name of a status.
 * @status: A status.
 *
 * Return: its name, such as "ZX_ERR_BAD_HANDLE", or "(UNKNOWN)".
 */
ZX_API const char *zx_status_get_string(zx_status_t status);

#ifdef __cplusplus
}
#endif

#endif /* _ZIRCON_STATUS_H */
