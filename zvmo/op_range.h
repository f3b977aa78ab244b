/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: operations on a range of a VMO
 */
#ifndef _ZVMO_OP_RANGE_H
#define _ZVMO_OP_RANGE_H

#include "vmo.h"

int zvmo_op_range(struct zvmo *vmo, u32 rights,
		  const struct zvmo_op_range *args);

#endif /* _ZVMO_OP_RANGE_H */
