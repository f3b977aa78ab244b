/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: mappings of VMOs into address spaces
 */
#ifndef _ZVMO_MAPPING_H
#define _ZVMO_MAPPING_H

#include <linux/mm.h>

#include "handle.h"

struct zvmo *zvmo_vma_vmo(const struct vm_area_struct *vma);
void zvmo_mapping_set_priority(struct vm_area_struct *vma, bool high);
int zvmo_map(struct zvmo_handle *handle, struct vm_area_struct *vma);
unsigned long zvmo_count_spaces(struct zvmo *vmo);
bool zvmo_next_space(struct zvmo *vmo, unsigned long *position,
		     struct pid_namespace *ns, u32 *pid, unsigned long *count);

#endif /* _ZVMO_MAPPING_H */
