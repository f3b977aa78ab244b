/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: page faults on mapped VMOs
 */
#ifndef _ZVMO_FAULT_H
#define _ZVMO_FAULT_H

#include <linux/mm.h>

/* Pages that a read fault maps at most. */
extern unsigned int zvmo_fault_around;

int zvmo_fault_init(void);
void zvmo_fault_exit(void);
vm_fault_t zvmo_fault(struct vm_fault *vmf);
vm_fault_t zvmo_page_mkwrite(struct vm_fault *vmf);
vm_fault_t zvmo_map_pages(struct vm_fault *vmf, unsigned long start,
			  unsigned long end);

#endif /* _ZVMO_FAULT_H */
