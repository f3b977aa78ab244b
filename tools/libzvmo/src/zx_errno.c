// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: statuses from errnos
 *
 * An errno means one thing in one call, not everywhere: a call whose meaning
 * differs from the usual one, below, says so in a list of its own. Whatever is
 * in neither list the module does not return.
 */
#include <errno.h>

#include "zx.h"

static const struct zvmo_zx_rule usual[] = {
	{ EBADF, ZX_ERR_BAD_HANDLE },
	{ ENOTTY, ZX_ERR_WRONG_TYPE },
	{ EACCES, ZX_ERR_ACCESS_DENIED },
	{ EINVAL, ZX_ERR_INVALID_ARGS },
	{ EFBIG, ZX_ERR_OUT_OF_RANGE },
	{ ERANGE, ZX_ERR_OUT_OF_RANGE },
	{ EPERM, ZX_ERR_UNAVAILABLE },
	{ ESTALE, ZX_ERR_UNAVAILABLE },
	{ EOPNOTSUPP, ZX_ERR_NOT_SUPPORTED },
	{ E2BIG, ZX_ERR_NOT_SUPPORTED }, /* the module is too old */
	{ EBUSY, ZX_ERR_BAD_STATE },
	{ EBADFD, ZX_ERR_BAD_STATE },
	{ ENODATA, ZX_ERR_NOT_FOUND },
	{ EFAULT, ZX_ERR_NOT_FOUND },
	{ ENOMEM, ZX_ERR_NO_MEMORY },
	/* Zircon's table of handles is as large as memory. */
	{ EMFILE, ZX_ERR_NO_MEMORY },
	{ ENFILE, ZX_ERR_NO_MEMORY },
	{ 0, ZX_ERR_INTERNAL },
};

static const struct zvmo_zx_rule *find(const struct zvmo_zx_rule *rules,
				       int error)
{
	while (rules->error && rules->error != error)
		rules++;
	return rules;
}

zx_status_t zvmo_zx_status(int result, const struct zvmo_zx_rule *rules)
{
	if (result >= 0)
		return ZX_OK;
	if (rules) {
		rules = find(rules, -result);
		if (rules->error)
			return rules->status;
	}
	return find(usual, -result)->status;
}
