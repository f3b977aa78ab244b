/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: going through the mappings of an inode
 *
 * The kernel's own iterators over address_space.i_mmap are not for modules; these
 * are made from the same template. They visit mappings in the order of the tree,
 * where fork() puts the child's behind the parent's.
 *
 * Locking: mapping->i_mmap_rwsem.
 */
#ifndef _ZVMO_VMA_TREE_H
#define _ZVMO_VMA_TREE_H

#include <linux/fs.h>
#include <linux/interval_tree_generic.h>
#include <linux/mm.h>

/* First and last page of the file that a VMA maps. */
static inline unsigned long zvmo_vma_first(struct vm_area_struct *vma)
{
	return vma->vm_pgoff;
}

static inline unsigned long zvmo_vma_last(struct vm_area_struct *vma)
{
	return vma->vm_pgoff + vma_pages(vma) - 1;
}

INTERVAL_TREE_DEFINE(struct vm_area_struct, shared.rb, unsigned long,
		     shared.rb_subtree_last, zvmo_vma_first, zvmo_vma_last,
		     static inline, zvmo_vma_tree)

/* Each VMA that maps a page in [first, last]. */
#define zvmo_for_each_vma(vma, mapping, first, last)                     \
	for ((vma) = zvmo_vma_tree_iter_first(&(mapping)->i_mmap, first, \
					      last);                     \
	     vma; (vma) = zvmo_vma_tree_iter_next(vma, first, last))

#endif /* _ZVMO_VMA_TREE_H */
