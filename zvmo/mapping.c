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
 * All mappings of a VMO in one address space are counted in one record, to which
 * each points: only so can it be known which of them is the last. A VMA keeps
 * its address space; so a record names no other that took its place.
 *
 * vm_private_data holds the pointer to the record and, in bit 0, whether the
 * mapping's memory priority is high. Nothing but the functions vma_*() looks at
 * it. A VMA that is copied, as a part or by fork(), is copied with it.
 *
 * Locking: mmap_lock is held for writing wherever a VMA comes or goes. Inside it
 * nests vmo->spaces_lock, which protects the records.
 */
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "compat.h"
#include "fault.h"
#include "mapping.h"

/**
 * struct mapping_space - An address space that has mappings of a VMO.
 * @node: Entry in vmo->spaces, which is sorted by @mm.
 * @mm: The address space. Only its address is looked at.
 * @nr_mappings: VMAs in it that map the VMO, not 0.
 */
struct mapping_space {
	struct rb_node node;
	const struct mm_struct *mm;
	unsigned long nr_mappings;
};

/* In vm_private_data: the memory priority is high. */
#define VMA_HIGH 1UL

static struct zvmo *vma_vmo(const struct vm_area_struct *vma)
{
	const struct zvmo_handle *handle = vma->vm_file->private_data;

	return handle->vmo;
}

static struct mapping_space *vma_space(const struct vm_area_struct *vma)
{
	return (void *)((unsigned long)vma->vm_private_data & ~VMA_HIGH);
}

static bool vma_is_high(const struct vm_area_struct *vma)
{
	return (unsigned long)vma->vm_private_data & VMA_HIGH;
}

static void vma_set(struct vm_area_struct *vma, struct mapping_space *space,
		    bool high)
{
	vma->vm_private_data =
		(void *)((unsigned long)space | (high ? VMA_HIGH : 0));
}

/* Spaces */

static int space_compare(struct rb_node *a, const struct rb_node *b)
{
	const struct mm_struct *one =
		rb_entry(a, struct mapping_space, node)->mm;
	const struct mm_struct *other =
		rb_entry(b, struct mapping_space, node)->mm;

	return one < other ? -1 : one > other;
}

/*
 * The record of an address space with a mapping more: the one that exists, or
 * @space, which is taken over.
 */
static struct mapping_space *space_join(struct zvmo *vmo,
					struct mapping_space *space,
					const struct mm_struct *mm)
{
	struct rb_node *existing;
	struct mapping_space *unused = NULL;

	space->mm = mm;
	space->nr_mappings = 0;
	spin_lock(&vmo->spaces_lock);
	existing = rb_find_add(&space->node, &vmo->spaces, space_compare);
	if (existing) {
		unused = space;
		space = rb_entry(existing, struct mapping_space, node);
	} else {
		vmo->nr_spaces++;
	}
	space->nr_mappings++;
	spin_unlock(&vmo->spaces_lock);
	kfree(unused);
	return space;
}

/* One mapping more in an address space that has one. */
static void space_stay(struct zvmo *vmo, struct mapping_space *space)
{
	spin_lock(&vmo->spaces_lock);
	space->nr_mappings++;
	spin_unlock(&vmo->spaces_lock);
}

static void space_leave(struct zvmo *vmo, struct mapping_space *space)
{
	bool last;

	spin_lock(&vmo->spaces_lock);
	last = !--space->nr_mappings;
	if (last) {
		rb_erase(&space->node, &vmo->spaces);
		vmo->nr_spaces--;
	}
	spin_unlock(&vmo->spaces_lock);
	if (last)
		kfree(space);
}

/**
 * zvmo_count_spaces() - Count the address spaces that have a VMO mapped.
 * @vmo: The VMO.
 *
 * Return: The number at this moment.
 */
unsigned long zvmo_count_spaces(struct zvmo *vmo)
{
	unsigned long nr;

	spin_lock(&vmo->spaces_lock);
	nr = vmo->nr_spaces;
	spin_unlock(&vmo->spaces_lock);
	return nr;
}

/* The first record behind @mm in the order of @vmo->spaces. */
static struct mapping_space *space_behind(struct zvmo *vmo, const void *mm)
{
	struct rb_node *node = vmo->spaces.rb_node;
	struct mapping_space *space, *found = NULL;

	while (node) {
		space = rb_entry(node, struct mapping_space, node);
		if ((const void *)space->mm > mm) {
			found = space;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * zvmo_next_space() - Tell of an address space that has a VMO mapped.
 * @vmo: The VMO.
 * @position: In: 0 for the first, else as returned for the one before. Never
 *	tell it to users: it is an address.
 * @ns: Where processes have the numbers to tell.
 * @pid: Out: the process; 0 if it is unknown there.
 * @count: Out: mappings in it.
 *
 * Return: False if there is no more.
 */
bool zvmo_next_space(struct zvmo *vmo, unsigned long *position,
		     struct pid_namespace *ns, u32 *pid, unsigned long *count)
{
	struct mapping_space *space;

	spin_lock(&vmo->spaces_lock);
	space = space_behind(vmo, (const void *)*position);
	if (space) {
		*position = (unsigned long)space->mm;
		/* While it has mappings, the address space is there. */
		*pid = zvmo_mm_pid(space->mm, ns);
		*count = space->nr_mappings;
	}
	spin_unlock(&vmo->spaces_lock);
	return space;
}

/* Mappings */

/*
 * A VMA was copied, and the pointer to the record with it: within its address
 * space, or to another one by fork(), where nothing may fail any more. What is
 * allocated then is a few words: better wait for them than lose count.
 */
static void mapping_open(struct vm_area_struct *vma)
{
	struct mapping_space *space = vma_space(vma);
	struct zvmo *vmo = vma_vmo(vma);

	if (space->mm == vma->vm_mm) {
		space_stay(vmo, space);
	} else {
		space = kmalloc(sizeof(*space),
				GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
		space = space_join(vmo, space, vma->vm_mm);
		vma_set(vma, space, vma_is_high(vma));
	}
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
	space_leave(vmo, vma_space(vma));
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
	vma_set(vma, vma_space(vma), high);
	atomic_add(high ? 1 : -1, &cow->high_priority);
}

/**
 * zvmo_map() - Set a new VMA up.
 * @handle: The handle that is mapped.
 * @vma: The VMA. That the file is open for reading, and for writing if it is
 *	to be shared and writable, was checked.
 *
 * Context: mmap_lock held for writing.
 * Return: 0, -ENOMEM, or -EACCES without ZVMO_RIGHT_MAP, or without
 * ZVMO_RIGHT_EXECUTE for an executable mapping.
 */
int zvmo_map(struct zvmo_handle *handle, struct vm_area_struct *vma)
{
	struct zvmo_cow *cow = handle->vmo->cow;
	struct mapping_space *space;

	if (!(handle->rights & ZVMO_RIGHT_MAP))
		return -EACCES;
	if (!(handle->rights & ZVMO_RIGHT_EXECUTE)) {
		if (vma->vm_flags & VM_EXEC)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYEXEC);
	}
	space = kmalloc(sizeof(*space), GFP_KERNEL_ACCOUNT);
	if (!space)
		return -ENOMEM;
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
	vma_set(vma, space_join(handle->vmo, space, vma->vm_mm), false);
	atomic_long_inc(&handle->vmo->nr_mappings);
	up_read(&cow->lock);
	return 0;
}
