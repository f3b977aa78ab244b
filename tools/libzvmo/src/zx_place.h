/* SPDX-License-Identifier: GPL-2.0-only */
/* libzvmo: choosing addresses */
#ifndef _LIBZVMO_ZX_PLACE_H
#define _LIBZVMO_ZX_PLACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The root address region: what lower than this may be mapped is no matter. Where
 * it ends is where the kernel's choice of addresses does; that is a 64-bit one.
 */
#define ZVMO_ZX_ROOT_START ((uintptr_t)1 << 16)
#if defined(__x86_64__)
#define ZVMO_ZX_ROOT_END (((uintptr_t)1 << 47) - ZVMO_ZX_ROOT_START)
#elif UINTPTR_MAX > 0xffffffff
#define ZVMO_ZX_ROOT_END (((uintptr_t)1 << 48) - ZVMO_ZX_ROOT_START)
#else
#define ZVMO_ZX_ROOT_END (-ZVMO_ZX_ROOT_START)
#endif

/**
 * zvmo_zx_place() - Find room in the address space, and reserve it.
 * @length: How much, whole pages, not 0.
 * @alignment: What the address must be a multiple of; a power of 2, at least
 *	the page size.
 * @limit: What may not lie below the end.
 * @address: out: the address, where inaccessible memory is mapped now.
 *
 * Return: 0 or -ENOSPC.
 */
int zvmo_zx_place(size_t length, size_t alignment, uintptr_t limit,
		  uintptr_t *address);

#endif /* _LIBZVMO_ZX_PLACE_H */
