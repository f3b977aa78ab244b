/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: statuses, which calls return: 0 or a negative number
 */
#ifndef _ZIRCON_ERRORS_H
#define _ZIRCON_ERRORS_H

#include <stdint.h>

typedef int32_t zx_status_t;

#define ZX_OK ((zx_status_t)0)

#define ZX_ERR_INTERNAL ((zx_status_t)-1) /* not expected */
#define ZX_ERR_NOT_SUPPORTED ((zx_status_t)-2) /* not with this object */
#define ZX_ERR_NO_RESOURCES ((zx_status_t)-3) /* no room for a mapping */
#define ZX_ERR_NO_MEMORY ((zx_status_t)-4)

#define ZX_ERR_INVALID_ARGS ((zx_status_t)-10)
#define ZX_ERR_BAD_HANDLE ((zx_status_t)-11) /* not open */
#define ZX_ERR_WRONG_TYPE ((zx_status_t)-12) /* open, but another object */
#define ZX_ERR_OUT_OF_RANGE ((zx_status_t)-14)
#define ZX_ERR_BUFFER_TOO_SMALL ((zx_status_t)-15)

#define ZX_ERR_BAD_STATE ((zx_status_t)-20)
#define ZX_ERR_TIMED_OUT ((zx_status_t)-21)
#define ZX_ERR_SHOULD_WAIT ((zx_status_t)-22)
#define ZX_ERR_CANCELED ((zx_status_t)-23)
#define ZX_ERR_NOT_FOUND ((zx_status_t)-25)
#define ZX_ERR_ALREADY_EXISTS ((zx_status_t)-26)
#define ZX_ERR_UNAVAILABLE ((zx_status_t)-28)

#define ZX_ERR_ACCESS_DENIED ((zx_status_t)-30) /* a right is missing */

#define ZX_ERR_IO ((zx_status_t)-40)
#define ZX_ERR_IO_DATA_INTEGRITY ((zx_status_t)-42)
#define ZX_ERR_NO_SPACE ((zx_status_t)-54)

#endif /* _ZIRCON_ERRORS_H */
