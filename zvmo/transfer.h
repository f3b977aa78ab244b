/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: moving content from one VMO into another
 */
#ifndef _ZVMO_TRANSFER_H
#define _ZVMO_TRANSFER_H

#include "vmo.h"

int zvmo_transfer(struct zvmo *vmo, u64 offset, u64 length,
		  struct zvmo *source, u64 source_offset);

#endif /* _ZVMO_TRANSFER_H */
