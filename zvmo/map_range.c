// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: mappings by address - filling page tables ahead of use, priorities
 *
 * Both go through the caller's mappings of one VMO in a range of addresses.
 * Pages are entered as a fault would, without one: only pages that exist, only
 * where no PTE is, read-only, or, if asked and if they may be written in place,
 * exposed and writable.
 *
 * VM_MAYSHARE tells a shared mapping: of a descriptor that may not write, such a
 * mapping has no VM_SHARED.
 *
 * Locking: mmap_lock, shared to enter pages, exclusive to change a priority;
 * cow->lock inside, for a batch of pages at a time.
 */
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "map_range.h"
#include "mapping.h"
#include "share.h"

/* Pages entered before cow->lock is let go of for others. */
#define MAP_BATCH 64

/* A range of the caller's addresses, and the VMO that it maps. */
struct map_range {
	struct zvmo_handle *handle;
	unsigned long start;
	unsigned long end;
	bool write;
};

static int map_range_init(struct map_range *range, struct zvmo_handle *handle,
			  u64 address, u64 length)
{
	u64 end;

	if (address % PAGE_SIZE || !length)
		return -EINVAL;
	if (check_add_overflow(address, length, &end) || end > TASK_SIZE)
		return -ERANGE;
	range->handle = handle;
	range->start = address;
	range->end = PAGE_ALIGN(end);
	return 0;
}

/*
 * The mapping of the VMO at @address, and where it or the range ends; or NULL.
 * mmap_lock is held.
 */
static struct vm_area_struct *range_vma(const struct map_range *range,
					unsigned long address,
					unsigned long *end)
{
	struct vm_area_struct *vma = find_vma(current->mm, address);

	if (!vma || vma->vm_start > address ||
	    zvmo_vma_vmo(vma) != range->handle->vmo)
		return NULL;
	*end = min(vma->vm_end, range->end);
	return vma;
}

/* Enter one page writable if it may be written in place. */
static int enter_writable(struct vm_area_struct *vma, struct zvmo *vmo,
			  unsigned long address, unsigned long pgoff)
{
	struct vm_fault vmf = { .vma = vma, .address = address };
	struct page *page, *none = NULL;
	int err;

	err = zvmo_cow_own_page(vmo->cow, pgoff, NULL, &none, &page);
	if (err)
		return err;
	zvmo_cow_expose(vmo->cow, pgoff, page);
	return zvmo_insert_page_writable(&vmf, page, vmo->cow->cache_policy);
}

/* Enter the pages of a leaf that follow each other, up to @end. */
static int enter_readable(struct vm_area_struct *vma, struct zvmo *vmo,
			  unsigned long *address, unsigned long index,
			  unsigned long end)
{
	struct page *pages[16];
	unsigned long nr, left;
	int err;

	nr = min((end - *address) >> PAGE_SHIFT, ARRAY_SIZE(pages));
	nr = zvmo_tree_gather(&vmo->cow->tree, index, pages, nr);
	left = nr;
	err = zvmo_insert_pages(vma, *address, pages, &left);
	/* What stopped it is there already: go on behind it. */
	if (err == -EBUSY)
		left--;
	*address += (nr - left) << PAGE_SHIFT;
	return err == -EBUSY ? 0 : err;
}

/* Enter what is at or behind *@address; moves that on. The lock is held. */
static int enter_next(struct vm_area_struct *vma, const struct map_range *range,
		      unsigned long *address, unsigned long end)
{
	struct zvmo *vmo = range->handle->vmo;
	unsigned long pgoff = vmo->first + vma->vm_pgoff +
			      ((*address - vma->vm_start) >> PAGE_SHIFT);
	unsigned long index = zvmo_cow_index(vmo->cow, pgoff), next = index;
	unsigned long last = index + ((end - *address) >> PAGE_SHIFT) - 1;
	int err;

	if (!zvmo_tree_next_page(&vmo->cow->tree, &next, last)) {
		*address = end;
		return 0;
	}
	*address += (next - index) << PAGE_SHIFT;
	if (range->write) {
		err = enter_writable(vma, vmo, *address, pgoff + next - index);
		if (err != -EAGAIN) {
			*address += PAGE_SIZE;
			return err == -EBUSY ? 0 : err;
		}
		/* It would have to be copied: for reading only. */
		end = *address + PAGE_SIZE;
	}
	return enter_readable(vma, vmo, address, next, end);
}

/* Where the VMO ends in a mapping, if before @end. cow->lock is held. */
static unsigned long clip_to_vmo(const struct vm_area_struct *vma,
				 const struct zvmo *vmo, unsigned long end)
{
	unsigned long pages = zvmo_size(vmo) >> PAGE_SHIFT;

	if (vma->vm_pgoff >= pages)
		return vma->vm_start;
	pages -= vma->vm_pgoff;
	if (pages < (end - vma->vm_start) >> PAGE_SHIFT)
		end = vma->vm_start + (pages << PAGE_SHIFT);
	return end;
}

/* Enter a batch of pages of one mapping from *@address on. */
static int enter_batch(struct vm_area_struct *vma,
		       const struct map_range *range, unsigned long *address,
		       unsigned long end)
{
	struct zvmo *vmo = range->handle->vmo;
	struct zvmo_cow *cow = vmo->cow;
	unsigned long stop;
	int i, err = 0;

	if (range->write ? down_write_killable(&cow->lock) :
			   down_read_killable(&cow->lock))
		return -EINTR;
	if (cow->discarded)
		err = -ENODATA;
	stop = clip_to_vmo(vma, vmo, end);
	/* A page may have to be unmapped everywhere to become writable. */
	for (i = 0; !err && *address < stop && i < MAP_BATCH; i++)
		err = fatal_signal_pending(current) ?
			      -EINTR :
			      enter_next(vma, range, address, stop);
	if (*address >= stop)
		*address = end;
	if (range->write)
		up_write(&cow->lock);
	else
		up_read(&cow->lock);
	return err;
}

/* Enter what exists of one mapping from @address to @end. */
static int enter_vma(struct vm_area_struct *vma, const struct map_range *range,
		     unsigned long address, unsigned long end)
{
	int err = 0;

	while (!err && address < end) {
		err = enter_batch(vma, range, &address, end);
		cond_resched();
	}
	return err;
}

/**
 * zvmo_map_range() - Enter pages that exist into the caller's page tables.
 * @handle: The handle that was used.
 * @flags: ZVMO_MAP_RANGE_*.
 * @address: Start.
 * @length: Length in bytes.
 *
 * Context: May sleep. Takes and releases mmap_lock and cow->lock.
 * Return: 0 or a negative errno as ZVMO_IOC_MAP_RANGE documents.
 */
int zvmo_map_range(struct zvmo_handle *handle, u32 flags, u64 address,
		   u64 length)
{
	struct map_range range = { .write = flags & ZVMO_MAP_RANGE_WRITE };
	struct vm_area_struct *vma;
	unsigned long at, end;
	int err;

	if (flags & ~ZVMO_MAP_RANGE_WRITE)
		return -EINVAL;
	err = map_range_init(&range, handle, address, length);
	if (err)
		return err;
	if (range.write && !(handle->rights & ZVMO_RIGHT_WRITE))
		return -EACCES;
	if (mmap_read_lock_killable(current->mm))
		return -EINTR;
	for (at = range.start; !err && at < range.end; at = end) {
		vma = range_vma(&range, at, &end);
		if (!vma || !(vma->vm_flags & VM_MAYSHARE)) {
			err = -EFAULT;
			break;
		}
		if (range.write && !(vma->vm_flags & VM_WRITE)) {
			err = -EACCES;
			break;
		}
		err = enter_vma(vma, &range, at, end);
	}
	mmap_read_unlock(current->mm);
	return err;
}

/* Set the priority of every mapping; mmap_lock is held exclusive. */
static int set_priorities(const struct map_range *range, bool high)
{
	unsigned long at, end;

	for (at = range->start; at < range->end; at = end)
		if (!range_vma(range, at, &end))
			return -EFAULT;
	for (at = range->start; at < range->end; at = end)
		zvmo_mapping_set_priority(range_vma(range, at, &end), high);
	return 0;
}

/* Bring one mapping's part of the range into memory, as well as it can be. */
static void bring_in(struct vm_area_struct *vma, struct map_range *range,
		     unsigned long at, unsigned long end)
{
	struct zvmo *vmo = range->handle->vmo;
	u64 start = ((u64)(vmo->first + vma->vm_pgoff) << PAGE_SHIFT) + at -
		    vma->vm_start;
	u64 stop;

	range->write = (vma->vm_flags & VM_WRITE) &&
		       (range->handle->rights & ZVMO_RIGHT_WRITE);
	/* A slice's window ends before its object. */
	stop = min(start + end - at,
		   ((u64)vmo->first << PAGE_SHIFT) + zvmo_size(vmo));
	if (range->write && start < stop)
		zvmo_cow_commit(vmo->cow, start, stop);
	enter_vma(vma, range, at, end);
}

static void bring_range_in(struct map_range *range)
{
	struct vm_area_struct *vma;
	unsigned long at, end;

	if (mmap_read_lock_killable(current->mm))
		return;
	for (at = range->start; at < range->end; at = end) {
		vma = range_vma(range, at, &end);
		if (!vma || fatal_signal_pending(current))
			break;
		if (vma->vm_flags & VM_MAYSHARE)
			bring_in(vma, range, at, end);
	}
	mmap_read_unlock(current->mm);
}

/**
 * zvmo_set_priority() - Set the memory priority of mappings.
 * @handle: The handle that was used.
 * @priority: ZVMO_PRIORITY_*.
 * @address: Start.
 * @length: Length in bytes.
 *
 * Context: May sleep. Takes and releases mmap_lock and cow->lock.
 * Return: 0 or a negative errno as ZVMO_IOC_SET_PRIORITY documents.
 */
int zvmo_set_priority(struct zvmo_handle *handle, u32 priority, u64 address,
		      u64 length)
{
	bool high = priority == ZVMO_PRIORITY_HIGH;
	struct map_range range = {};
	int err;

	if (priority > ZVMO_PRIORITY_HIGH)
		return -EINVAL;
	err = map_range_init(&range, handle, address, length);
	if (err)
		return err;
	if (mmap_write_lock_killable(current->mm))
		return -EINTR;
	err = set_priorities(&range, high);
	mmap_write_unlock(current->mm);
	if (!err && high)
		bring_range_in(&range);
	return err;
}
