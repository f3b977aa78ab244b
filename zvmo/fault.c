// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: page faults on mapped VMOs
 *
 * A read fault maps what is there, read-only, and up to 15 pages that follow;
 * over a hole, a zero page of the module's own (the kernel's is refused in such
 * mappings by later kernels). A write fault on a shared mapping makes the page
 * the object's own, marks it exposed and maps it writable, all under cow->lock:
 * so once a snapshot has concealed what is exposed, no writable PTE is left. A
 * write fault on a private mapping hands the page to the kernel to copy.
 *
 * The kernel makes a PTE that is read-only and dirty writable again without
 * asking. Only exposed pages have such (after mprotect()), never is one made
 * here.
 *
 * Locking: mmap_lock (or the VMA's lock) is held, cow->lock is taken: shared to
 * map for reading, exclusive to map for writing. Others may hold it for long, so
 * whoever waits for it can be killed.
 */
#include <linux/moduleparam.h>
#include <linux/pagemap.h>
#include <linux/zvmo_netlink.h>

#include "compat.h"
#include "fault.h"
#include "handle.h"
#include "page.h"
#include "share.h"
#include "trace.h"

#define FAULT_AROUND_MAX ((unsigned int)ZVMO_FAULT_AROUND_MAX)

unsigned int zvmo_fault_around = FAULT_AROUND_MAX;
module_param_named(fault_around, zvmo_fault_around, uint, 0644);
MODULE_PARM_DESC(fault_around,
		 "Pages that a read fault maps at most, 1 to 16 (default 16)");

/*
 * References after which a zero page is replaced. Each PTE has one, and fork()
 * copies PTEs unasked; so that no count can overflow, however many processes
 * there are, there have to be few PTEs of one page in each.
 */
#define ZERO_PAGE_REFS 512

/**
 * struct zero_page - A zero page; one for each processor, so that they do not
 *	share a count.
 * @lock: Protects @page, and that the page stays until there is a reference.
 * @page: The page.
 */
struct zero_page {
	spinlock_t lock;
	struct page *page;
};

static DEFINE_PER_CPU(struct zero_page, zero_page);

static struct page *zero_page_alloc(void)
{
	return alloc_page(GFP_HIGHUSER | __GFP_ZERO | __GFP_ACCOUNT |
			  __GFP_NOWARN);
}

/**
 * zvmo_fault_exit() - Undo zvmo_fault_init(). Nothing is mapped any more.
 */
void zvmo_fault_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(zero_page, cpu).page)
			put_page(per_cpu(zero_page, cpu).page);
}

/**
 * zvmo_fault_init() - Allocate the zero pages.
 *
 * Return: 0 or -ENOMEM.
 */
int zvmo_fault_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct zero_page *zero = per_cpu_ptr(&zero_page, cpu);

		spin_lock_init(&zero->lock);
		zero->page = zero_page_alloc();
		if (!zero->page) {
			zvmo_fault_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

static struct zvmo *fault_vmo(const struct vm_fault *vmf)
{
	const struct zvmo_handle *handle = vmf->vma->vm_file->private_data;

	return handle->vmo;
}

/* Is there anything to map: inside the VMO, not discarded? cow->lock is held. */
static bool fault_is_inside(const struct vm_fault *vmf, const struct zvmo *vmo)
{
	return vmf->pgoff < zvmo_size(vmo) >> PAGE_SHIFT &&
	       likely(!vmo->cow->discarded);
}

/* What is at the faulting page: a page, or NULL for a hole. */
static struct page *fault_lookup(const struct vm_fault *vmf,
				 const struct zvmo *vmo)
{
	zvmo_entry_t entry = zvmo_tree_lookup(
		&vmo->cow->tree, vmo->cow->base + vmo->first + vmf->pgoff);

	return zvmo_entry_is_page(entry) ? zvmo_entry_page(entry) : NULL;
}

/* A zero page with a reference, or NULL. */
static struct page *fault_zero_page(void)
{
	struct zero_page *zero = raw_cpu_ptr(&zero_page);
	struct page *page, *other = NULL;

	spin_lock(&zero->lock);
	if (unlikely(page_ref_count(zero->page) > ZERO_PAGE_REFS)) {
		spin_unlock(&zero->lock);
		other = zero_page_alloc();
		if (!other)
			return NULL;
		spin_lock(&zero->lock);
		swap(zero->page, other);
	}
	page = zero->page;
	get_page(page);
	spin_unlock(&zero->lock);
	if (unlikely(other))
		put_page(other); /* the old one: it lives on in page tables */
	return page;
}

static vm_fault_t fault_result(int err)
{
	switch (err) {
	case 0:
	case -EBUSY: /* another thread was faster; or the access repeats */
		return VM_FAULT_NOPAGE;
	case -ENOMEM:
		return VM_FAULT_OOM;
	default:
		return VM_FAULT_SIGBUS;
	}
}

/* How many pages from the faulting one on may be mapped in one go. */
static unsigned int fault_window(const struct vm_fault *vmf,
				 const struct zvmo *vmo)
{
	unsigned long address = vmf->address & PAGE_MASK;
	unsigned long end = pmd_addr_end(address, vmf->vma->vm_end);
	unsigned long pages =
		min((end - address) >> PAGE_SHIFT,
		    (unsigned long)(zvmo_size(vmo) >> PAGE_SHIFT) - vmf->pgoff);

	return clamp_t(unsigned long, pages, 1,
		       clamp(READ_ONCE(zvmo_fault_around), 1U,
			     FAULT_AROUND_MAX));
}

static vm_fault_t map_zero_page(struct vm_fault *vmf, struct zvmo_cow *cow)
{
	struct page *zero = fault_zero_page();
	int err;

	if (!zero)
		return VM_FAULT_OOM;
	if (!READ_ONCE(cow->zero_mapped))
		WRITE_ONCE(cow->zero_mapped, true);
	err = vm_insert_page(vmf->vma, vmf->address & PAGE_MASK, zero);
	put_page(zero);
	return fault_result(err);
}

/* Map for reading; cow->lock is held shared. VM_FAULT_RETRY: commit a page. */
static vm_fault_t fault_read_locked(struct vm_fault *vmf, struct zvmo *vmo)
{
	struct page *pages[FAULT_AROUND_MAX];
	struct zvmo_cow *cow = vmo->cow;
	unsigned long nr;

	if (!fault_is_inside(vmf, vmo))
		return VM_FAULT_SIGBUS;
	nr = zvmo_tree_gather(&cow->tree, cow->base + vmo->first + vmf->pgoff,
			      pages, fault_window(vmf, vmo));
	/* The zero page is cached: a hole that must not be wants a page. */
	if (!nr)
		return unlikely(cow->cache_policy) ? VM_FAULT_RETRY :
						     map_zero_page(vmf, cow);
	return fault_result(zvmo_insert_pages(
		vmf->vma, vmf->address & PAGE_MASK, pages, &nr));
}

static vm_fault_t fault_read(struct vm_fault *vmf, struct zvmo *vmo)
{
	u64 start = (u64)(vmo->first + vmf->pgoff) << PAGE_SHIFT;
	vm_fault_t ret;
	int err;

	zvmo_clear_marker(vmf);
	if (down_read_killable(&vmo->cow->lock))
		return fault_result(-EINTR);
	ret = fault_read_locked(vmf, vmo);
	up_read(&vmo->cow->lock);
	if (likely(ret != VM_FAULT_RETRY))
		return ret;
	/*
	 * Once there is a page the access repeats. When somebody is dying it must
	 * not: it may be the kernel's, which would repeat it for ever.
	 */
	err = zvmo_cow_commit(vmo->cow, start, start + PAGE_SIZE);
	return fault_result(err);
}

/*
 * A write to a private mapping: the kernel copies the page, to which it gets a
 * reference, so nothing is mapped here.
 */
static vm_fault_t fault_private(struct vm_fault *vmf, struct zvmo *vmo)
{
	struct zvmo_cow *cow = vmo->cow;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	struct page *page;

	if (down_read_killable(&cow->lock))
		return fault_result(-EINTR);
	if (fault_is_inside(vmf, vmo)) {
		page = fault_lookup(vmf, vmo);
		if (page)
			get_page(page);
		else
			page = fault_zero_page();
		vmf->page = page;
		ret = page ? 0 : VM_FAULT_OOM;
	}
	up_read(&cow->lock);
	return ret;
}

/* Map a page that is the object's own; cow->lock is held exclusive. */
static int map_writable(struct vm_fault *vmf, struct zvmo *vmo,
			struct page *page)
{
	if (!zvmo_page_folio(page)->mapping)
		zvmo_cow_expose(vmo->cow, vmo->first + vmf->pgoff, page);
	return zvmo_insert_page_writable(vmf, page, vmo->cow->cache_policy);
}

/*
 * Make the page that is mapped read-only writable where it is. Returns false if
 * that cannot be done here: it is not ours alone, or has foreign references.
 */
static bool upgrade_writable(struct vm_fault *vmf, struct zvmo *vmo)
{
	struct zvmo_cow *cow = vmo->cow;
	unsigned long pgoff = vmo->first + vmf->pgoff;
	struct zvmo_slot slot = zvmo_tree_find(&cow->tree, cow->base + pgoff);

	if (!slot.exclusive || zvmo_entry_page(slot.entry) != vmf->page)
		return false;
	if (slot.exposed) {
		if (zvmo_upgrade_page(vmf, vmf->page, 0))
			return true;
		zvmo_cow_unmap(cow, pgoff, 1);
		return false;
	}
	/* A futex may look at the page as soon as the PTE is writable. */
	zvmo_page_set_identity(vmf->page, cow->inode->i_mapping, pgoff);
	/* References: the tree's, this PTE's, and the fault's on the page. */
	if (!zvmo_upgrade_page(vmf, vmf->page, 3)) {
		zvmo_page_clear_identity(vmf->page);
		return false;
	}
	zvmo_tree_expose(&cow->tree, cow->base + pgoff);
	return true;
}

/*
 * One attempt at a write fault; @mapped: on a page mapped read-only. -EAGAIN
 * asks for a spare page.
 */
static int fault_write_once(struct vm_fault *vmf, struct zvmo *vmo, bool mapped,
			    struct page **spare)
{
	unsigned long pgoff = vmo->first + vmf->pgoff;
	struct zvmo_cow *cow = vmo->cow;
	struct page *page;
	int err = 0;

	if (down_write_killable(&cow->lock))
		return -EINTR;
	if (!fault_is_inside(vmf, vmo)) {
		err = -EFAULT;
	} else if (!mapped || !upgrade_writable(vmf, vmo)) {
		err = zvmo_cow_own_page(cow, pgoff, mapped ? vmf->page : NULL,
					spare, &page);
		if (!err)
			err = map_writable(vmf, vmo, page);
	}
	up_write(&cow->lock);
	return err;
}

static vm_fault_t fault_write(struct vm_fault *vmf, struct zvmo *vmo,
			      bool mapped)
{
	bool *guess = &vmo->cow->faults_need_page, had, needed;
	struct page *spare = NULL;
	int err;

	if (!mapped)
		zvmo_clear_marker(vmf);
	/* If the last fault needed a page, so may this one: save an attempt. */
	if (READ_ONCE(*guess))
		spare = zvmo_page_alloc();
	had = spare;
	err = fault_write_once(vmf, vmo, mapped, &spare);
	if (err == -EAGAIN) {
		spare = zvmo_page_alloc();
		had = spare;
		err = spare ? fault_write_once(vmf, vmo, mapped, &spare) :
			      -ENOMEM;
	}
	needed = had && !spare;
	if (READ_ONCE(*guess) != needed)
		WRITE_ONCE(*guess, needed);
	if (spare)
		zvmo_page_put(spare);
	return fault_result(err);
}

/**
 * zvmo_fault() - vm_operations_struct.fault: nothing is mapped at an address.
 * @vmf: The fault.
 *
 * Context: mmap_lock or the VMA's lock held. May sleep.
 * Return: VM_FAULT_NOPAGE - mapped; 0 - @vmf->page is to be copied;
 * VM_FAULT_SIGBUS - beyond the end of the VMO; VM_FAULT_OOM.
 */
vm_fault_t zvmo_fault(struct vm_fault *vmf)
{
	struct zvmo *vmo = fault_vmo(vmf);
	vm_fault_t ret;

	trace_zvmo_fault_enter(vmo, vmf);
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		ret = fault_read(vmf, vmo);
	else if (!(vmf->vma->vm_flags & VM_SHARED))
		ret = fault_private(vmf, vmo);
	else
		ret = fault_write(vmf, vmo, false);
	trace_zvmo_fault_exit(vmo, vmf, ret);
	return ret;
}

/**
 * zvmo_page_mkwrite() - vm_operations_struct.page_mkwrite: a write to a page
 * that a shared mapping maps read-only.
 * @vmf: The fault; holds a reference to @vmf->page.
 *
 * Context: As zvmo_fault().
 * Return: As zvmo_fault(), but for 0.
 */
vm_fault_t zvmo_page_mkwrite(struct vm_fault *vmf)
{
	struct zvmo *vmo = fault_vmo(vmf);
	vm_fault_t ret;

	trace_zvmo_fault_enter(vmo, vmf);
	ret = fault_write(vmf, vmo, true);
	trace_zvmo_fault_exit(vmo, vmf, ret);
	return ret;
}

/**
 * zvmo_map_pages() - vm_operations_struct.map_pages: maps nothing.
 * @vmf: The fault.
 * @start: First page.
 * @end: Last page.
 *
 * It runs under RCU and so cannot take cow->lock. That it exists lets
 * zvmo_fault() run under the VMA's lock.
 *
 * Return: 0.
 */
vm_fault_t zvmo_map_pages(struct vm_fault *vmf, unsigned long start,
			  unsigned long end)
{
	return 0;
}
