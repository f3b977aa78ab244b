/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: kept VMOs - VMOs that live on under a name
 */
#ifndef _ZVMO_KEPT_H
#define _ZVMO_KEPT_H

#include "handle.h"

extern unsigned int zvmo_kept_max;

int zvmo_kept_add(const struct zvmo_handle *handle,
		  const struct zvmo_keep *args);
int zvmo_kept_open(const struct zvmo_open_kept *args);
int zvmo_kept_drop(const struct zvmo_name *args);
int zvmo_kept_next(struct zvmo_kept_info *info);
unsigned long zvmo_kept_count_all(void);

#endif /* _ZVMO_KEPT_H */
