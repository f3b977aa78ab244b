// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: a program of somebody who has installed zvmo: it includes all headers and
 * calls both libraries. Exits with 0 whether the module is loaded or not.
 */
#include <errno.h>
#include <linux/zvmo.h>
#include <linux/zvmo_netlink.h>
#include <zircon/syscalls.h>
#include <zvmo.h>
#include <zvmo_stream.h>

int main(void)
{
	struct zvmo_stream_info info;
	zx_handle_t handle;
	int fd = zvmo_create(4096, 0);

	zvmo_stream_verify(-1, &info);
	zx_vmo_create(4096, 0, &handle);
	return fd < 0 && fd != -ENOENT && fd != -ENXIO && fd != -EACCES;
}
