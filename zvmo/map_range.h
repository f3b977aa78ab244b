/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: mappings by address - filling page tables ahead of use, priorities
 */
#ifndef _ZVMO_MAP_RANGE_H
#define _ZVMO_MAP_RANGE_H

#include "handle.h"

int zvmo_map_range(struct zvmo_handle *handle, u32 flags, u64 address,
		   u64 length);
int zvmo_set_priority(struct zvmo_handle *handle, u32 priority, u64 address,
		      u64 length);

#endif /* _ZVMO_MAP_RANGE_H */
