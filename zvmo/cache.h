/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: caches and memory types of a VMO's pages
 */
#ifndef _ZVMO_CACHE_H
#define _ZVMO_CACHE_H

#include "vmo.h"

/* Caches may be invalidated, for debugging. */
extern bool zvmo_cache_invalidate;

bool zvmo_cache_may_invalidate(void);
int zvmo_cache_op(struct zvmo_cow *cow, u32 op, u64 start, u64 end);
int zvmo_set_cache_policy(struct zvmo *vmo, u32 rights, u32 policy);

#endif /* _ZVMO_CACHE_H */
