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
 * vm_private_data says whether the mapping's memory priority is high. A VMA that
 * is copied, as a part or by fork(), is copied with it.
 *
 * Locking: mmap_lock is held for writing wherever a VMA comes or goes.
 */
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat.h"
#include "fault.h"
#include "mapping.h"
#include "vma_tree.h"

static struct zvmo *vma_vmo(const struct vm_area_struct *vma)
{
	const struct zvmo_handle *handle = vma->vm_file->private_data;

	return handle->vmo;
}

static bool vma_is_high(const struct vm_area_struct *vma)
{
	return vma->vm_private_data;
}

static void mapping_open(struct vm_area_struct *vma)
{
	struct zvmo *vmo = vma_vmo(vma);

	atomic_long_inc(&vmo->nr_mappings);
	if (vma_is_high(vma))
		atomic_inc(&vmo->cow->high_priority);
}

static void mapping_close(struct vm_area_struct *vma)
{
	struct zvmo *vmo = vma_vmo(vma);

	if (vma_is_high(vma))
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

	if (high == vma_is_high(vma))
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
 * Return: 0; -EACCES without ZVMO_RIGHT_MAP, or without ZVMO_RIGHT_EXECUTE for an
 * executable mapping; -EBUSY for a private mapping of a VMO that is not cached;
 * -EINTR (fatal signal).
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
	/* Under the lock: zvmo_set_cache_policy() looks at the mappings. */
	if (down_read_killable(&cow->lock))
		return -EINTR;
	/* The kernel's private copies would be cached, whatever the VMA says. */
	if (cow->cache_policy && !(vma->vm_flags & VM_MAYSHARE)) {
		up_read(&cow->lock);
		return -EBUSY;
	}
	vma->vm_page_prot =
		zvmo_arch_pgprot(vma->vm_page_prot, cow->cache_policy);
	/*
	 * VM_SEQ_READ: when unmapping, do not mark pages as accessed, which
	 * would look for them in lists where they never are.
	 */
	vm_flags_set(vma, VM_MIXEDMAP | VM_SEQ_READ);
	vma->vm_ops = &mapping_ops;
	mapping_open(vma);
	up_read(&cow->lock);
	return 0;
}

/* Collect whom the mappings of a VMO belong to; returns how many there are. */
static unsigned long collect_spaces(struct zvmo *vmo, struct pid_namespace *ns,
				    struct zvmo_space *spaces,
				    unsigned long room)
{
	struct address_space *mapping = vmo->inode->i_mapping;
	struct vm_area_struct *vma;
	unsigned long nr = 0;

	i_mmap_lock_read(mapping);
	zvmo_for_each_vma(vma, mapping, 0, ULONG_MAX)
	{
		cond_resched();
		if (vma_vmo(vma) != vmo)
			continue;
		if (nr < room) {
			spaces[nr].mm = vma->vm_mm;
			spaces[nr].pid = ns ? zvmo_mm_pid(vma->vm_mm, ns) : 0;
			spaces[nr].nr_mappings = 1;
		}
		nr++;
	}
	i_mmap_unlock_read(mapping);
	return nr;
}

static int space_compare(const void *a, const void *b)
{
	const struct zvmo_space *one = a, *other = b;

	/* There may be millions, and sort() does not. */
	cond_resched();
	return one->mm < other->mm ? -1 : one->mm > other->mm;
}

/* Make one of those that are of the same address space; they are sorted. */
static unsigned long spaces_merge(struct zvmo_space *spaces, unsigned long nr)
{
	unsigned long merged = 0, i;

	for (i = 0; i < nr; i++)
		if (merged && spaces[merged - 1].mm == spaces[i].mm)
			spaces[merged - 1].nr_mappings++;
		else
			spaces[merged++] = spaces[i];
	return merged;
}

/**
 * zvmo_list_spaces() - List the address spaces that have a VMO mapped.
 * @vmo: The VMO.
 * @ns: Where processes have the numbers to tell; NULL: tell none.
 * @spaces: Where to return the list, sorted, to be freed by kvfree().
 * @count: Where to return how long it is, at this moment.
 *
 * Context: May sleep. Takes and releases i_mmap_rwsem.
 * Return: 0 or -ENOMEM.
 */
int zvmo_list_spaces(struct zvmo *vmo, struct pid_namespace *ns,
		     struct zvmo_space **spaces, u64 *count)
{
	struct zvmo_space *list = NULL;
	unsigned long nr, room = 0;

	while ((nr = collect_spaces(vmo, ns, list, room)) > room) {
		kvfree(list);
		/* Others may come meanwhile. */
		room = nr + nr / 8 + 1;
		list = kvmalloc_array(room, sizeof(*list),
				      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!list)
			return -ENOMEM;
	}
	sort(list, nr, sizeof(*list), space_compare, NULL);
	*count = spaces_merge(list, nr);
	*spaces = list;
	return 0;
}

/**
 * zvmo_count_spaces() - Count the address spaces that have a VMO mapped.
 * @vmo: The VMO.
 * @count: Where to return the number at this moment.
 *
 * Context: May sleep. Takes and releases i_mmap_rwsem.
 * Return: 0 or -ENOMEM.
 */
int zvmo_count_spaces(struct zvmo *vmo, u64 *count)
{
	struct zvmo_space *spaces;
	int err;

	*count = 0;
	err = zvmo_list_spaces(vmo, NULL, &spaces, count);
	if (!err)
		kvfree(spaces);
	return err;
}
