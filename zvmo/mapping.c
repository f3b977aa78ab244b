// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: mappings of VMOs into address spaces
 *
 * What may be mapped how, and how many mappings there are. What happens when
 * mapped memory is touched is in fault.c.
 *
 * A VMA holds its file, and so a handle and the VMO. VM_MIXEDMAP: PTEs map
 * ordinary pages of ours that are on no list of the kernel's.
 *
 * Locking: mmap_lock is held for writing wherever a VMA comes or goes.
 */
#include "compat.h"
#include "fault.h"
#include "mapping.h"

static struct zvmo *vma_vmo(const struct vm_area_struct *vma)
{
	const struct zvmo_handle *handle = vma->vm_file->private_data;

	return handle->vmo;
}

/* Is the mapping's memory priority high? A new one's is not; copies inherit. */
static bool mapping_is_high(const struct vm_area_struct *vma)
{
	return vma->vm_private_data;
}

static void mapping_open(struct vm_area_struct *vma)
{
	struct zvmo *vmo = vma_vmo(vma);

	atomic_long_inc(&vmo->nr_mappings);
	if (mapping_is_high(vma))
		atomic_inc(&vmo->cow->high_priority);
}

static void mapping_close(struct vm_area_struct *vma)
{
	struct zvmo *vmo = vma_vmo(vma);

	if (mapping_is_high(vma))
		atomic_dec(&vmo->cow->high_priority);
	atomic_long_dec(&vmo->nr_mappings);
}

static const struct vm_operations_struct mapping_ops = {
	.open = mapping_open,
	.close = mapping_close,
	.fault = zvmo_fault,
	.page_mkwrite = zvmo_page_mkwrite,
#if ZVMO_NEEDS_MAP_PAGES
	.map_pages = zvmo_map_pages,
#endif
};

/**
 * zvmo_vma_vmo() - Which VMO a VMA maps.
 * @vma: Any VMA.
 *
 * Context: mmap_lock held.
 * Return: The VMO, or NULL if it maps none.
 */
struct zvmo *zvmo_vma_vmo(const struct vm_area_struct *vma)
{
	return vma->vm_ops == &mapping_ops ? vma_vmo(vma) : NULL;
}

/**
 * zvmo_mapping_set_priority() - Set the memory priority of a mapping.
 * @vma: A VMA that maps a VMO.
 * @high: High, else default.
 *
 * Context: mmap_lock held for writing.
 */
void zvmo_mapping_set_priority(struct vm_area_struct *vma, bool high)
{
	struct zvmo_cow *cow = vma_vmo(vma)->cow;

	if (high == mapping_is_high(vma))
		return;
	vma->vm_private_data = high ? cow : NULL;
	atomic_add(high ? 1 : -1, &cow->high_priority);
}

/**
 * zvmo_map() - Set a new VMA up.
 * @handle: The handle that is mapped.
 * @vma: The VMA. That the file is open for reading, and for writing if it is
 *	to be shared and writable, was checked.
 *
 * Context: mmap_lock held for writing.
 * Return: 0, or -EACCES without ZVMO_RIGHT_MAP, or without ZVMO_RIGHT_EXECUTE
 * for an executable mapping.
 */
int zvmo_map(struct zvmo_handle *handle, struct vm_area_struct *vma)
{
	struct zvmo_cow *cow = handle->vmo->cow;

	if (!(handle->rights & ZVMO_RIGHT_MAP))
		return -EACCES;
	if (!(handle->rights & ZVMO_RIGHT_EXECUTE)) {
		if (vma->vm_flags & VM_EXEC)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYEXEC);
	}
	/*
	 * VM_SEQ_READ: when unmapping, do not mark pages as accessed, which
	 * would look for them in lists where they never are.
	 */
	vm_flags_set(vma, VM_MIXEDMAP | VM_SEQ_READ);
	vma->vm_ops = &mapping_ops;
	/* Under the lock: zvmo_set_cache_policy() looks at the mappings. */
	down_read(&cow->lock);
	vma->vm_page_prot =
		zvmo_arch_pgprot(vma->vm_page_prot, cow->cache_policy);
	mapping_open(vma);
	up_read(&cow->lock);
	return 0;
}
