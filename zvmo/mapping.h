/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: mappings of VMOs into address spaces
 */
#ifndef _ZVMO_MAPPING_H
#define _ZVMO_MAPPING_H

#include <linux/mm.h>

#include "handle.h"

/**
 * struct zvmo_space - An address space that has mappings of a VMO.
 * @mm: The address space, which may be gone: only its address is looked at, and
 *	never told to users.
 * @pid: The process that it belongs to, or 0.
 * @nr_mappings: VMAs in it that map the VMO.
 */
struct zvmo_space {
	const struct mm_struct *mm;
	u32 pid;
	unsigned int nr_mappings;
};

struct zvmo *zvmo_vma_vmo(const struct vm_area_struct *vma);
void zvmo_mapping_set_priority(struct vm_area_struct *vma, bool high);
int zvmo_map(struct zvmo_handle *handle, struct vm_area_struct *vma);
int zvmo_list_spaces(struct zvmo *vmo, struct pid_namespace *ns,
		     struct zvmo_space **spaces, u64 *count);
int zvmo_count_spaces(struct zvmo *vmo, u64 *count);

#endif /* _ZVMO_MAPPING_H */
