/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: what a VMO costs
 */
#ifndef _ZVMO_ATTRIBUTION_H
#define _ZVMO_ATTRIBUTION_H

#include "vmo.h"

int zvmo_attribute_vmo(struct zvmo *vmo, struct zvmo_info *info);
int zvmo_attribute_range(struct zvmo *vmo, struct zvmo_range_info *info);

#endif /* _ZVMO_ATTRIBUTION_H */
