// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: names of statuses
 */
#include "zx.h"

#define NAME(status) \
	case status: \
		return #status

const char *zx_status_get_string(zx_status_t status)
{
	switch (status) {
		NAME(ZX_OK);
		NAME(ZX_ERR_INTERNAL);
		NAME(ZX_ERR_NOT_SUPPORTED);
		NAME(ZX_ERR_NO_RESOURCES);
		NAME(ZX_ERR_NO_MEMORY);
		NAME(ZX_ERR_INVALID_ARGS);
		NAME(ZX_ERR_BAD_HANDLE);
		NAME(ZX_ERR_WRONG_TYPE);
		NAME(ZX_ERR_OUT_OF_RANGE);
		NAME(ZX_ERR_BUFFER_TOO_SMALL);
		NAME(ZX_ERR_BAD_STATE);
		NAME(ZX_ERR_TIMED_OUT);
		NAME(ZX_ERR_SHOULD_WAIT);
		NAME(ZX_ERR_CANCELED);
		NAME(ZX_ERR_NOT_FOUND);
		NAME(ZX_ERR_ALREADY_EXISTS);
		NAME(ZX_ERR_UNAVAILABLE);
		NAME(ZX_ERR_ACCESS_DENIED);
		NAME(ZX_ERR_IO);
		NAME(ZX_ERR_IO_DATA_INTEGRITY);
		NAME(ZX_ERR_NO_SPACE);
	}
	return "(UNKNOWN)";
}
