/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: tracepoints
 *
 * What happens inside, for perf, trace-cmd, bpftrace and the kernel's own trace
 * files. Documentation/tracing.rst says what each field means; no field tells
 * where in the kernel's memory anything is. One that is off costs a jump that
 * the kernel patches out.
 *
 * VMOs are named by koid. Where an object of content is meant, which several
 * VMOs may use, it is named by the koid of the first of its family and by its
 * inode, the one that /proc/PID/maps and fstat() show.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zvmo

#if !defined(_ZVMO_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _ZVMO_TRACE_H

#include <linux/mm.h>
#include <linux/tracepoint.h>

#include "vmo.h"

#ifndef ZVMO_TRACE_KINDS
#define ZVMO_TRACE_KINDS                    \
	{ ZVMO_KIND_ORIGINAL, "original" }, \
	{ ZVMO_KIND_SNAPSHOT, "snapshot" }, \
	{ ZVMO_KIND_SLICE, "slice" },       \
	{ ZVMO_KIND_REFERENCE, "reference" }
/* Those that zvmo_fault() returns. */
#define ZVMO_TRACE_RESULTS                                      \
	{ (__force unsigned int)VM_FAULT_OOM, "OOM" },          \
	{ (__force unsigned int)VM_FAULT_SIGBUS, "SIGBUS" },    \
	{ (__force unsigned int)VM_FAULT_NOPAGE, "NOPAGE" }
#endif

/* A thread touched a page of a mapping that its page tables do not allow it. */
TRACE_EVENT(zvmo_fault_enter,
	TP_PROTO(const struct zvmo *vmo, const struct vm_fault *vmf),
	TP_ARGS(vmo, vmf),
	TP_STRUCT__entry(
		__field(u64, koid)
		__field(unsigned long, address)
		__field(unsigned long, page)
		__field(bool, write)
		__field(bool, shared)
	),
	TP_fast_assign(
		__entry->koid = vmo->koid;
		__entry->address = vmf->address;
		__entry->page = vmf->pgoff;
		__entry->write = vmf->flags & FAULT_FLAG_WRITE;
		__entry->shared = vmf->vma->vm_flags & VM_SHARED;
	),
	TP_printk("koid=%llu address=0x%lx page=%lu write=%d shared=%d",
		  __entry->koid, __entry->address, __entry->page,
		  __entry->write, __entry->shared)
);

/* The same thread's fault is done; the next event of a fault is another one. */
TRACE_EVENT(zvmo_fault_exit,
	TP_PROTO(const struct zvmo *vmo, const struct vm_fault *vmf,
		 vm_fault_t result),
	TP_ARGS(vmo, vmf, result),
	TP_STRUCT__entry(
		__field(u64, koid)
		__field(unsigned long, page)
		__field(unsigned int, result)
	),
	TP_fast_assign(
		__entry->koid = vmo->koid;
		__entry->page = vmf->pgoff;
		__entry->result = (__force unsigned int)result;
	),
	TP_printk("koid=%llu page=%lu result=%s", __entry->koid, __entry->page,
		  __print_flags(__entry->result, "|", ZVMO_TRACE_RESULTS))
);

/* A page that is shared, or that somebody outside refers to, was copied. */
TRACE_EVENT(zvmo_fork_page,
	TP_PROTO(const struct zvmo_cow *cow, unsigned long page),
	TP_ARGS(cow, page),
	TP_STRUCT__entry(
		__field(u64, family)
		__field(unsigned long, ino)
		__field(unsigned long, page)
	),
	TP_fast_assign(
		__entry->family = cow->family->id;
		__entry->ino = cow->inode->i_ino;
		__entry->page = page;
	),
	TP_printk("family=%llu ino=%lu page=%lu", __entry->family,
		  __entry->ino, __entry->page)
);

/* A VMO was created on the device; or by another one, its parent. */
TRACE_EVENT(zvmo_create,
	TP_PROTO(const struct zvmo *vmo),
	TP_ARGS(vmo),
	TP_STRUCT__entry(
		__field(u64, koid)
		__field(u64, size)
		__field(u32, options)
	),
	TP_fast_assign(
		__entry->koid = vmo->koid;
		__entry->size = zvmo_size(vmo);
		__entry->options =
			(vmo->cow->resizable ? ZVMO_RESIZABLE : 0) |
			(vmo->cow->family->discard ? ZVMO_DISCARDABLE : 0);
	),
	TP_printk("koid=%llu size=%llu options=%s", __entry->koid,
		  __entry->size,
		  __print_flags(__entry->options, "|",
				{ ZVMO_RESIZABLE, "resizable" },
				{ ZVMO_DISCARDABLE, "discardable" }))
);

TRACE_EVENT(zvmo_clone,
	TP_PROTO(const struct zvmo *vmo, const struct zvmo *parent),
	TP_ARGS(vmo, parent),
	TP_STRUCT__entry(
		__field(u64, koid)
		__field(u64, parent)
		__field(u64, size)
		__field(unsigned int, kind)
	),
	TP_fast_assign(
		__entry->koid = vmo->koid;
		__entry->parent = parent->koid;
		__entry->size = zvmo_size(vmo);
		__entry->kind = vmo->kind;
	),
	TP_printk("koid=%llu parent=%llu size=%llu kind=%s", __entry->koid,
		  __entry->parent, __entry->size,
		  __print_symbolic(__entry->kind, ZVMO_TRACE_KINDS))
);

/* The last handle and mapping of a VMO are gone. */
TRACE_EVENT(zvmo_destroy,
	TP_PROTO(const struct zvmo *vmo),
	TP_ARGS(vmo),
	TP_STRUCT__entry(
		__field(u64, koid)
	),
	TP_fast_assign(
		__entry->koid = vmo->koid;
	),
	TP_printk("koid=%llu", __entry->koid)
);

/* A range of a VMO got the content of a relative; or did not. */
TRACE_EVENT(zvmo_restore,
	TP_PROTO(const struct zvmo *vmo, const struct zvmo *source, u64 offset,
		 u64 end, int error),
	TP_ARGS(vmo, source, offset, end, error),
	TP_STRUCT__entry(
		__field(u64, koid)
		__field(u64, source)
		__field(u64, offset)
		__field(u64, end)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->koid = vmo->koid;
		__entry->source = source->koid;
		__entry->offset = offset;
		__entry->end = end;
		__entry->error = error;
	),
	TP_printk("koid=%llu source=%llu offset=%llu end=%llu error=%d",
		  __entry->koid, __entry->source, __entry->offset,
		  __entry->end, __entry->error)
);

/* Discardable content was dropped. It has one VMO. */
TRACE_EVENT(zvmo_discard,
	TP_PROTO(const struct zvmo_cow *cow, unsigned long pages),
	TP_ARGS(cow, pages),
	TP_STRUCT__entry(
		__field(u64, koid)
		__field(unsigned long, pages)
	),
	TP_fast_assign(
		__entry->koid = cow->family->id;
		__entry->pages = pages;
	),
	TP_printk("koid=%llu pages=%lu", __entry->koid, __entry->pages)
);

/* Somebody wanted memory back: the kernel's reclaim, or an administrator. */
TRACE_EVENT(zvmo_reclaim,
	TP_PROTO(unsigned long wanted, unsigned long freed),
	TP_ARGS(wanted, freed),
	TP_STRUCT__entry(
		__field(unsigned long, wanted)
		__field(unsigned long, freed)
	),
	TP_fast_assign(
		__entry->wanted = wanted;
		__entry->freed = freed;
	),
	TP_printk("wanted=%lu freed=%lu", __entry->wanted, __entry->freed)
);

#endif /* _ZVMO_TRACE_H */

/* This part must be outside of the protection against double inclusion. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
