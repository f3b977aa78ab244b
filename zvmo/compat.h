/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: every difference between kernel versions, and nothing else
 *
 * Each entry says since when, what changed, and why the replacement is right.
 * Supported: 6.1 and later.
 */
#ifndef _ZVMO_COMPAT_H
#define _ZVMO_COMPAT_H

#include <linux/fs.h>
#include <linux/list_lru.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/swap.h>
#include <linux/uio.h>
#include <linux/userfaultfd_k.h>
#include <linux/version.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "zvmo needs Linux 6.1 or later"
#endif
#ifndef CONFIG_64BIT
#error "zvmo needs a 64-bit kernel"
#endif

/* 6.3: vma->vm_flags is read-only, changed through vm_flags_set(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/*
 * 6.3: inode operations get a struct mnt_idmap instead of a user namespace.
 * 6.6: generic_fillattr() gets the request mask.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define zvmo_mnt_idmap user_namespace
#else
#define zvmo_mnt_idmap mnt_idmap
#endif

static inline void zvmo_fillattr(struct zvmo_mnt_idmap *idmap, u32 mask,
				 struct inode *inode, struct kstat *stat)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	generic_fillattr(idmap, inode, stat);
#else
	generic_fillattr(idmap, mask, inode, stat);
#endif
}

/* 6.4: who tells reclaim of pages outside of its lists has a call for it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline void mm_account_reclaimed_pages(unsigned long pages)
{
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
}
#endif

/*
 * 6.5: generic_file_splice_read() is gone. Both ways copy through ->read_iter,
 * so that no pipe holds pages of a VMO.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define zvmo_splice_read generic_file_splice_read
#else
#define zvmo_splice_read copy_splice_read
#endif

/* 6.12, at the latest: also for folios; later for nothing else. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define zvmo_copy_from_iter_atomic copy_page_from_iter_atomic
#else
#define zvmo_copy_from_iter_atomic(page, ...) \
	copy_folio_from_iter_atomic(page_folio(page), __VA_ARGS__)
#endif

/*
 * 6.4: faults can run under the lock of one VMA; they do only if there is a
 * ->map_pages to call first. A stub is enough.
 */
#ifdef CONFIG_PER_VMA_LOCK
#define ZVMO_NEEDS_MAP_PAGES 1
#else
#define ZVMO_NEEDS_MAP_PAGES 0
#endif

/* 6.11: page_mapcount() is gone; ours are folios of one page. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define zvmo_page_mapcount page_mapcount
#else
#define zvmo_page_mapcount(page) folio_mapcount(page_folio(page))
#endif

/* 6.6: pte_mkwrite() takes the VMA; the old one is pte_mkwrite_novma(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define zvmo_pte_mkwrite pte_mkwrite
#else
#define zvmo_pte_mkwrite pte_mkwrite_novma
#endif

/*
 * 6.7: shrinkers are allocated by the kernel, and visible only when registered.
 * A list_lru wants to know its shrinker's number; before, it has one only when
 * it is registered, so then it may be called before the list is there.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline void zvmo_shrinker_destroy(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}

static inline struct shrinker *
zvmo_shrinker_create(const char *name, unsigned int flags,
		     unsigned long (*count)(struct shrinker *,
					    struct shrink_control *),
		     unsigned long (*scan)(struct shrinker *,
					   struct shrink_control *))
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	if (!shrinker)
		return NULL;
	shrinker->flags = flags;
	shrinker->seeks = DEFAULT_SEEKS;
	shrinker->count_objects = count;
	shrinker->scan_objects = scan;
	if (!register_shrinker(shrinker, "%s", name))
		return shrinker;
	kfree(shrinker);
	return NULL;
}

static inline void zvmo_shrinker_enable(struct shrinker *shrinker)
{
}
#else
#define zvmo_shrinker_destroy shrinker_free
#define zvmo_shrinker_enable shrinker_register

static inline struct shrinker *
zvmo_shrinker_create(const char *name, unsigned int flags,
		     unsigned long (*count)(struct shrinker *,
					    struct shrink_control *),
		     unsigned long (*scan)(struct shrinker *,
					   struct shrink_control *))
{
	struct shrinker *shrinker = shrinker_alloc(flags, "%s", name);

	if (!shrinker)
		return NULL;
	shrinker->count_objects = count;
	shrinker->scan_objects = scan;
	return shrinker;
}
#endif

/* 6.8: list_lru_add() and _del() want node and cgroup; _obj find them. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define zvmo_list_lru_add list_lru_add
#define zvmo_list_lru_del list_lru_del
#else
#define zvmo_list_lru_add list_lru_add_obj
#define zvmo_list_lru_del list_lru_del_obj
#endif

/*
 * 6.13: each list has a lock of its own, which is no longer an argument; and who
 * drops it, to return LRU_REMOVED_RETRY, does not take it again.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define ZVMO_LIST_LRU_ISOLATE(name, item, list, lock, arg)           \
	enum lru_status name(struct list_head *item,                 \
			     struct list_lru_one *list,              \
			     spinlock_t *lock, void *arg)
#define zvmo_list_lru_relock(list, lock) spin_lock(lock)
#define zvmo_list_lru_unlock(list, lock) spin_unlock(lock)
#else
#define ZVMO_LIST_LRU_ISOLATE(name, item, list, lock, arg) \
	enum lru_status name(struct list_head *item,       \
			     struct list_lru_one *list, void *arg)
#define zvmo_list_lru_relock(list, unused)
#define zvmo_list_lru_unlock(list, unused) spin_unlock(&(list)->lock)
#endif

/* 6.6: the attributes of a dump's request are in a struct genl_info. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline struct nlattr **zvmo_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}
#else
static inline struct nlattr **zvmo_dump_attrs(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}
#endif

/*
 * The process that an address space belongs to, by its number in @ns, or 0. Only
 * kernels with memory cgroups know it.
 */
static inline u32 zvmo_mm_pid(const struct mm_struct *mm,
			      struct pid_namespace *ns)
{
	u32 pid = 0;

#ifdef CONFIG_MEMCG
	struct task_struct *task;

	rcu_read_lock();
	task = rcu_dereference(mm->owner);
	if (task)
		pid = task_tgid_nr_ns(task, ns);
	rcu_read_unlock();
#endif
	return pid;
}

/* The number of the memory cgroup to which a page is charged, or 0. */
static inline u64 zvmo_page_cgroup(struct page *page)
{
	u64 number = 0;

#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg;

	rcu_read_lock();
	memcg = page_memcg_check(page);
	if (memcg)
		number = cgroup_ino(memcg->css.cgroup);
	rcu_read_unlock();
#endif
	return number;
}

#include "memory_type.h" /* of the architecture */
#include "pte.h" /* likewise */

/*
 * 6.14: a page table that is empty may go at any time (CONFIG_PT_RECLAIM), as when
 * another thread gives the memory up. If it goes while pages are being inserted
 * the kernel says EFAULT; but nothing is wrong, and the access repeats.
 */
static inline int zvmo_insert_pages(struct vm_area_struct *vma,
				    unsigned long address, struct page **pages,
				    unsigned long *nr)
{
	int err = vm_insert_pages(vma, address, pages, nr);

	return IS_ENABLED(CONFIG_PT_RECLAIM) && err == -EFAULT ? -EBUSY : err;
}

/*
 * 6.7: userfaultfd can track writes to mappings of any kind (WP_ASYNC), and leaves
 * markers in PTEs that map nothing. vm_insert_page() and the like take a marker
 * for a page that is there already, and the access would repeat for ever. So
 * before, the marker of the fault goes, and its page counts as written: what a
 * fault that gets here finds in a PTE is nothing or a marker. (Later kernels
 * do not track VM_MIXEDMAP.)
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline void zvmo_clear_marker(struct vm_fault *vmf)
{
}

#define zvmo_pte_is_tracked(pte) false
#else
/*
 * A PTE that is present is marked, too. The kernel removes the mark before it asks
 * the module to let a page be written; there may be another one since.
 */
#define zvmo_pte_is_tracked pte_uffd_wp

/* Runs under the page-table lock. */
static inline int zvmo_clear_marker_pte(pte_t *ptep, unsigned long address,
					void *arg)
{
	struct vm_fault *vmf = arg;

	if (pte_same(ptep_get(ptep), vmf->orig_pte))
		pte_clear(vmf->vma->vm_mm, address, ptep);
	return 0;
}

static inline void zvmo_clear_marker(struct vm_fault *vmf)
{
	if (likely(!(vmf->flags & FAULT_FLAG_ORIG_PTE_VALID) ||
		   pte_none(vmf->orig_pte) || pte_present(vmf->orig_pte)))
		return;
	apply_to_page_range(vmf->vma->vm_mm, vmf->address & PAGE_MASK,
			    PAGE_SIZE, zvmo_clear_marker_pte, vmf);
}
#endif

/*
 * 6.15: vmf_insert_page_mkwrite() inserts a page writable. Before, there is
 * vm_insert_page() with the protection of the VMA, which lacks write permission
 * when the VMA wants to be told of writes. It reads that protection, the flags,
 * the bounds and the mm of the VMA that it is given, and keeps no pointer to
 * it; so it gets a copy with the full protection, and dirty, as the kernel's own
 * write faults make a PTE (soft-dirty tracking sees it so). Raising the protection in a
 * second step would cost another walk down the page tables in every fault.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
static inline int zvmo_insert_page_writable(struct vm_fault *vmf,
					    struct page *page, u32 policy)
{
	struct vm_area_struct vma = *vmf->vma;

	vma.vm_page_prot = zvmo_pgprot_dirty(
		zvmo_arch_pgprot(vm_get_page_prot(vma.vm_flags), policy));
	return vm_insert_page(&vma, vmf->address & PAGE_MASK, page);
}

struct zvmo_upgrade {
	struct vm_area_struct *vma;
	struct page *page;
	int refs;
	bool done;
};

/* Runs under the page-table lock. */
static inline int zvmo_upgrade_pte(pte_t *ptep, unsigned long address,
				   void *arg)
{
	struct zvmo_upgrade *upgrade = arg;
	pte_t pte = *ptep;

	if (!pte_present(pte) || pte_pfn(pte) != page_to_pfn(upgrade->page))
		return 0;
	if (zvmo_pte_is_tracked(pte))
		return 0;
	if (upgrade->refs && page_ref_count(upgrade->page) != upgrade->refs)
		return 0;
	zvmo_pte_set_writable(upgrade->vma, address, ptep, pte);
	upgrade->done = true;
	return 0;
}

/*
 * Make the PTE of the faulting address writable if it maps @page and if, @refs
 * not being 0, the page has just that many references. Says whether it did.
 * (While the PTE is there, under its lock, its own reference is among them.)
 */
static inline bool zvmo_upgrade_page(struct vm_fault *vmf, struct page *page,
				     int refs)
{
	struct zvmo_upgrade upgrade = {
		.vma = vmf->vma,
		.page = page,
		.refs = refs,
	};

	if (!zvmo_arch_may_upgrade(vmf->vma->vm_mm))
		return false;
	apply_to_existing_page_range(vmf->vma->vm_mm, vmf->address & PAGE_MASK,
				     PAGE_SIZE, zvmo_upgrade_pte, &upgrade);
	return upgrade.done;
}
#else
static inline int zvmo_insert_page_writable(struct vm_fault *vmf,
					    struct page *page, u32 policy)
{
	vm_fault_t ret = vmf_insert_page_mkwrite(vmf, page, true);

	if (ret & VM_FAULT_OOM)
		return -ENOMEM;
	return ret & VM_FAULT_ERROR ? -EFAULT : 0;
}

/*
 * It also raises the protection of a PTE that maps the page already; but cannot
 * look at the references at the same time, and forgets to make it soft-dirty,
 * which counts where soft-dirty bits were cleared, and the VMA's with them.
 */
static inline bool zvmo_upgrade_page(struct vm_fault *vmf, struct page *page,
				     int refs)
{
	if (refs)
		return false;
	if (IS_ENABLED(CONFIG_MEM_SOFT_DIRTY) &&
	    !(vmf->vma->vm_flags & VM_SOFTDIRTY))
		return false;
	return !zvmo_insert_page_writable(vmf, page, 0);
}
#endif

/*
 * 6.15: AMD's processors flush without interrupting each other, which needs to
 * know more than zvmo_flush_mm(); and apply_to_existing_page_range() leaves.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define ZVMO_CAN_PROTECT_RANGES ZVMO_ARCH_HAS_FLUSH_MM
#else
#define ZVMO_CAN_PROTECT_RANGES 0
#endif

#endif /* _ZVMO_COMPAT_H */
