/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: handles - what an open file refers to: a VMO, with rights
 */
#ifndef _ZVMO_HANDLE_H
#define _ZVMO_HANDLE_H

#include "vmo.h"

/**
 * struct zvmo_handle - Private data of an open file. Nothing in it changes.
 * @vmo: The VMO; a reference is held.
 * @rights: ZVMO_RIGHT_*.
 */
struct zvmo_handle {
	struct zvmo *vmo;
	u32 rights;
};

#endif /* _ZVMO_HANDLE_H */
