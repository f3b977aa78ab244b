/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: going back to a relative's content
 */
#ifndef _ZVMO_RESTORE_H
#define _ZVMO_RESTORE_H

#include "vmo.h"

int zvmo_restore(struct zvmo *vmo, struct zvmo *source, u64 offset, u64 end);

#endif /* _ZVMO_RESTORE_H */
