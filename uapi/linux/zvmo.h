/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * zvmo: virtual memory objects for Linux - the user interface
 *
 * A virtual memory object (VMO) is a sized array of pages that is a handle: a
 * file descriptor which can be mapped, read, written, polled, passed over a
 * UNIX socket, and snapshotted in constant time. Open /dev/zvmo, create a VMO
 * with ZVMO_IOC_CREATE, and use the descriptor it returns; every other ioctl
 * below is for a VMO descriptor. The concepts are Zircon's; each entry names
 * the Zircon call it corresponds to.
 *
 * Every structure begins with @argsz, the size in bytes of the structure as
 * the caller knows it. A shorter known structure is accepted down to the size
 * of the first version; a longer one is accepted if what this module does not
 * know is zero. Reserved and unused members must be zero. Layouts are the same
 * for 32-bit and 64-bit callers. Sizes, offsets and lengths are in bytes. A
 * call that fails has changed nothing unless it says otherwise.
 *
 * What each errno means, wherever it is returned:
 *
 * ==========  ==============================================================
 * EINVAL      Malformed argument: @argsz shorter than the first version, an
 *             unknown flag or operation, a reserved member that is not zero,
 *             a wrong alignment, or a combination that makes no sense.
 * E2BIG       @argsz is longer than this module knows and the part that it
 *             does not know is not zero (ask for a newer module); or it is
 *             longer than a page.
 * EFAULT      A pointer argument is not accessible memory.
 * EFBIG       A size (or offset plus size) exceeds ZVMO_SIZE_MAX.
 * ERANGE      An offset or range lies outside the object.
 * EACCES      The descriptor lacks a right (ZVMO_RIGHT_*) that is needed.
 * EPERM       The VMO was not created resizable.
 * EOPNOTSUPP  This kind of VMO cannot do that.
 * EBUSY       The object is in a state that forbids it.
 * EBADF       A descriptor passed inside a structure is not open.
 * ENOTTY      Not an ioctl of this descriptor; or a descriptor passed inside
 *             a structure is not a VMO.
 * ENOMEM      Not enough memory, or the memory cgroup's limit was reached.
 * EINTR       A fatal signal arrived; the part done so far stays done.
 * EMFILE      No free descriptor in this process (ENFILE: in the system).
 * ==========  ==============================================================
 *
 * The file-like side of a VMO descriptor
 *
 * It behaves as a memfd does, with the *stream size* as file size:
 *
 * * fstat() reports the stream size; st_blocks counts the pages held (0 for a
 *   slice, which holds none itself).
 * * pread()/readv()/splice() end at the stream size. pwrite()/writev() past it
 *   extend it up to the VMO's size, and, on a resizable VMO with
 *   ZVMO_RIGHT_RESIZE, extend the VMO too; otherwise EFBIG at its end. Without
 *   ZVMO_RIGHT_READ or ZVMO_RIGHT_WRITE: EBADF, as for any file.
 * * lseek() knows SEEK_DATA and SEEK_HOLE (page granularity; ENXIO past the
 *   end).
 * * ftruncate() is ZVMO_IOC_SET_SIZE (EINVAL without ZVMO_RIGHT_WRITE; while
 *   another write is stuck it waits unkillably, which the ioctl does not).
 * * fallocate(): mode 0 and FALLOC_FL_KEEP_SIZE commit pages;
 *   FALLOC_FL_PUNCH_HOLE | KEEP_SIZE and FALLOC_FL_ZERO_RANGE zero bytes and
 *   free whole pages. Without KEEP_SIZE the stream size, and if need be the
 *   VMO, is extended first, as by pwrite(), and stays so if the rest fails.
 *   With KEEP_SIZE, committing past the VMO's end is EFBIG, zeroing there does
 *   nothing. Other modes: EOPNOTSUPP.
 * * mmap() needs ZVMO_RIGHT_MAP, ZVMO_RIGHT_READ, for MAP_SHARED with
 *   PROT_WRITE also ZVMO_RIGHT_WRITE, and for PROT_EXEC ZVMO_RIGHT_EXECUTE
 *   (EACCES). A mapping may extend past the VMO; touching that raises SIGBUS
 *   (until the VMO grows). Reading a hole takes no memory. A mapping keeps
 *   the VMO alive without any descriptor. Long-term pins (io_uring's fixed
 *   buffers, RDMA) are refused; a futex in a page that was never written
 *   through a mapping, waited on through a read-only mapping, is EFAULT; and
 *   personality(READ_IMPLIES_EXEC) asks for PROT_EXEC with every mapping.
 * * poll(): POLLPRI while the VMO has no living children (Zircon:
 *   ZX_VMO_ZERO_CHILDREN); never without ZVMO_RIGHT_WAIT. POLLIN and POLLOUT
 *   always.
 * * /proc/PID/fdinfo/FD shows koid, name, sizes, rights and relatives.
 *
 * Opening the descriptor anew through /proc/PID/fd is refused (ENXIO), so
 * rights cannot be regained.
 */
#ifndef _UAPI_LINUX_ZVMO_H
#define _UAPI_LINUX_ZVMO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Version of this interface, as ZVMO_IOC_VERSION returns it. */
#define ZVMO_ABI_VERSION 1

/*
 * Largest size of a VMO and largest end of a window: the largest file offset,
 * rounded down to 64 KiB so that it is whole pages on every page size.
 */
#define ZVMO_SIZE_MAX 0x7fffffffffff0000ULL

/* Length of a name, with the terminating NUL. */
#define ZVMO_NAME_LEN 32

/**
 * DOC: rights
 *
 * Rights belong to the open file, travel with it over sockets, and can only be
 * removed, by ZVMO_IOC_DUPLICATE. The values are those of ZX_RIGHT_*.
 * A new VMO has ZVMO_RIGHTS_DEFAULT, plus RESIZE if it is resizable.
 */
#define ZVMO_RIGHT_DUPLICATE	(1U << 0)	/* ZVMO_IOC_DUPLICATE, children */
#define ZVMO_RIGHT_TRANSFER	(1U << 1)	/* informative on Linux */
#define ZVMO_RIGHT_READ		(1U << 2)	/* read, map readable, children */
#define ZVMO_RIGHT_WRITE	(1U << 3)	/* write, map writable, resize */
#define ZVMO_RIGHT_EXECUTE	(1U << 4)	/* map executable */
#define ZVMO_RIGHT_MAP		(1U << 5)	/* mmap at all */
#define ZVMO_RIGHT_GET_PROPERTY	(1U << 6)	/* ZVMO_IOC_GET_NAME */
#define ZVMO_RIGHT_SET_PROPERTY	(1U << 7)	/* ZVMO_IOC_SET_NAME */
#define ZVMO_RIGHT_SIGNAL	(1U << 12)	/* informative on Linux */
#define ZVMO_RIGHT_WAIT		(1U << 14)	/* poll for POLLPRI */
#define ZVMO_RIGHT_INSPECT	(1U << 15)	/* informative on Linux */
#define ZVMO_RIGHT_RESIZE	(1U << 22)	/* change the size */
#define ZVMO_RIGHT_SAME_RIGHTS	(1U << 31)	/* request value only */

#define ZVMO_RIGHTS_BASIC (ZVMO_RIGHT_TRANSFER | ZVMO_RIGHT_DUPLICATE | \
			   ZVMO_RIGHT_WAIT | ZVMO_RIGHT_INSPECT)
#define ZVMO_RIGHTS_DEFAULT (ZVMO_RIGHTS_BASIC | ZVMO_RIGHT_READ | \
			     ZVMO_RIGHT_WRITE | ZVMO_RIGHT_GET_PROPERTY | \
			     ZVMO_RIGHT_SET_PROPERTY | ZVMO_RIGHT_MAP | \
			     ZVMO_RIGHT_SIGNAL)

#define ZVMO_IOC_TYPE 0xd5

/**
 * ZVMO_IOC_VERSION - Which interface this is. On /dev/zvmo.
 *
 * Takes no argument. Return: ZVMO_ABI_VERSION of the module.
 */
#define ZVMO_IOC_VERSION	_IO(ZVMO_IOC_TYPE, 0x00)

/* Options of ZVMO_IOC_CREATE; values of ZX_VMO_*. */
#define ZVMO_RESIZABLE		(1U << 1)	/* the size may change */
#define ZVMO_DISCARDABLE	(1U << 2)	/* has no children; never discarded before it was locked once */
#define ZVMO_UNBOUNDED		(1U << 4)	/* VMO size ZVMO_SIZE_MAX; @size is the stream size */

/**
 * struct zvmo_create - ZVMO_IOC_CREATE: create an anonymous VMO. On /dev/zvmo.
 * @argsz: sizeof(struct zvmo_create).
 * @options: Any of ZVMO_RESIZABLE, ZVMO_DISCARDABLE, ZVMO_UNBOUNDED;
 *	RESIZABLE and UNBOUNDED exclude each other.
 * @size: Size in bytes, 0 allowed. The VMO's size is @size rounded up to
 *	pages; its stream size is @size as given.
 *
 * The new VMO reads as zeros, holds no memory and has no name. The descriptor
 * is close-on-exec. (Zircon: zx_vmo_create.)
 *
 * Return: a descriptor with ZVMO_RIGHTS_DEFAULT, plus ZVMO_RIGHT_RESIZE if
 * resizable.
 * * EINVAL - unknown option; RESIZABLE with UNBOUNDED
 * * EFBIG - @size rounded up exceeds ZVMO_SIZE_MAX
 * * ENOMEM, EMFILE, ENFILE
 */
struct zvmo_create {
	__u32 argsz;
	__u32 options;
	__aligned_u64 size;
};
#define ZVMO_CREATE_SIZE_VER0	16
#define ZVMO_IOC_CREATE		_IO(ZVMO_IOC_TYPE, 0x01)

/* Options of ZVMO_IOC_CREATE_CHILD: one kind ... ; values of ZX_VMO_CHILD_*. */
#define ZVMO_CHILD_SNAPSHOT			(1U << 0)
#define ZVMO_CHILD_SLICE			(1U << 3)
#define ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE	(1U << 4)
#define ZVMO_CHILD_REFERENCE			(1U << 6)
#define ZVMO_CHILD_SNAPSHOT_MODIFIED		(1U << 7)
/* ... and any of these. */
#define ZVMO_CHILD_RESIZABLE			(1U << 2)
#define ZVMO_CHILD_NO_WRITE			(1U << 5)

/**
 * struct zvmo_create_child - ZVMO_IOC_CREATE_CHILD: snapshot, slice, reference.
 * @argsz: sizeof(struct zvmo_create_child).
 * @options: Exactly one kind. ZVMO_CHILD_NO_WRITE goes with every kind.
 *	ZVMO_CHILD_RESIZABLE goes with snapshots and REFERENCE, not with
 *	SLICE, and not with NO_WRITE.
 * @offset: Where the child's window begins in the parent. A multiple of the
 *	page size; 0 for REFERENCE.
 * @size: Size of the window; the child's size is @size rounded up, its stream
 *	size is @size as given. 0 for REFERENCE, which has its parent's.
 *
 * SNAPSHOT: what the parent holds in the window now; from then on neither sees
 * what the other does. Takes constant time and no page, whatever the size. The
 * window may reach beyond the parent; that part reads zero. For anonymous
 * memory SNAPSHOT_AT_LEAST_ON_WRITE and SNAPSHOT_MODIFIED are the same.
 *
 * SLICE: the same pages as the parent's window; wholly inside the parent.
 *
 * REFERENCE: a second VMO over the whole parent, sharing pages and sizes.
 *
 * The child's rights are the parent descriptor's without RESIZE, with
 * GET_PROPERTY and SET_PROPERTY, and with RESIZE if RESIZABLE; then NO_WRITE
 * removes WRITE, otherwise a snapshot gains WRITE and loses EXECUTE. The name
 * is copied if the parent descriptor has GET_PROPERTY. The parent's POLLPRI is
 * cleared before the child can be seen. Errors are checked in this order
 * (Zircon: zx_vmo_create_child).
 *
 * Return: a descriptor.
 * * EFBIG - @size cannot be rounded up to pages
 * * EINVAL - RESIZABLE together with NO_WRITE
 * * EACCES - the parent descriptor lacks DUPLICATE or READ
 * * EOPNOTSUPP - the parent is discardable
 * * EINVAL - no kind, two kinds, or an unknown option; SLICE with RESIZABLE;
 *   @offset not a multiple of the page size; REFERENCE with @offset or @size
 * * Snapshots: EFBIG - @size or @offset + @size exceeds ZVMO_SIZE_MAX; EINVAL -
 *   the window, seen from the first ancestor, does; EOPNOTSUPP - of a slice
 * * SLICE: EFBIG - @size exceeds ZVMO_SIZE_MAX; EINVAL - not wholly inside the
 *   parent; EOPNOTSUPP - the parent is resizable
 * * REFERENCE: EOPNOTSUPP - of a slice, or RESIZABLE and the parent is not;
 *   EACCES - RESIZABLE and the parent descriptor lacks RESIZE
 * * ENOMEM, EMFILE, ENFILE
 */
struct zvmo_create_child {
	__u32 argsz;
	__u32 options;
	__aligned_u64 offset;
	__aligned_u64 size;
};
#define ZVMO_CREATE_CHILD_SIZE_VER0	24
#define ZVMO_IOC_CREATE_CHILD		_IO(ZVMO_IOC_TYPE, 0x02)

/* Flags in struct zvmo_info; values of ZX_INFO_VMO_*, the last two zvmo's. */
#define ZVMO_INFO_TYPE_PAGED	(1U << 0)	/* pages owned by the object */
#define ZVMO_INFO_RESIZABLE	(1U << 1)
#define ZVMO_INFO_IS_COW_CLONE	(1U << 2)	/* created by a snapshot */
#define ZVMO_INFO_VIA_HANDLE	(1U << 3)	/* always set here */
#define ZVMO_INFO_DISCARDABLE	(1U << 7)
#define ZVMO_INFO_IMMUTABLE	(1U << 8)	/* SNAPSHOT with NO_WRITE */
#define ZVMO_INFO_IS_REFERENCE	(1U << 10)
#define ZVMO_INFO_IS_SLICE	(1U << 11)

/**
 * struct zvmo_info - ZVMO_IOC_GET_INFO: describe a VMO. Needs no right.
 * @argsz: in: sizeof(struct zvmo_info); out: how many bytes were filled, the
 *	smaller of what the caller and the module know.
 * @flags: out: ZVMO_INFO_*.
 * @koid: out: the VMO's id, unique as long as the module is loaded.
 * @parent_koid: out: koid of the parent, or 0. When a parent dies its children
 *	move to its own parent.
 * @size: out: VMO size in bytes, whole pages.
 * @stream_size: out: stream size in bytes.
 * @num_children: out: living direct children of every kind.
 * @num_mappings: out: mappings of this VMO, in every process.
 * @committed_bytes: out: page memory visible in this VMO's range; a page shared
 *	by n relatives counts in full for each.
 * @rights: out: rights of the descriptor asked.
 * @cache_policy: out: 0 (cached).
 * @name: out: the name, padded with NULs.
 *
 * Only @argsz is read. (Zircon: ZX_INFO_VMO.)
 *
 * Return: 0.
 * * EINVAL - @argsz shorter than ZVMO_INFO_SIZE_VER0
 * * EFAULT
 */
struct zvmo_info {
	__u32 argsz;
	__u32 flags;
	__aligned_u64 koid;
	__aligned_u64 parent_koid;
	__aligned_u64 size;
	__aligned_u64 stream_size;
	__aligned_u64 num_children;
	__aligned_u64 num_mappings;
	__aligned_u64 committed_bytes;
	__u32 rights;
	__u32 cache_policy;
	char name[ZVMO_NAME_LEN];
};
#define ZVMO_INFO_SIZE_VER0	104
#define ZVMO_IOC_GET_INFO	_IO(ZVMO_IOC_TYPE, 0x03)

/**
 * struct zvmo_set_size - ZVMO_IOC_SET_SIZE: change size and stream size.
 * @argsz: sizeof(struct zvmo_set_size).
 * @reserved: 0.
 * @size: New size; the VMO's size is @size rounded up to pages.
 *
 * Shrinking frees the pages beyond and makes mappings of them raise SIGBUS; the
 * bytes from @size to the end of its page become zero. What is grown reads
 * zero, also after shrinking before. A reference resizes the shared object.
 * Errors are checked in this order (Zircon: zx_vmo_set_size).
 *
 * Return: 0.
 * * EACCES - no ZVMO_RIGHT_WRITE
 * * EPERM - not resizable (every slice is not)
 * * EACCES - no ZVMO_RIGHT_RESIZE
 * * EFBIG - @size rounded up exceeds ZVMO_SIZE_MAX
 * * EINVAL - the new end, seen from the first ancestor, exceeds it
 * * ENOMEM
 */
struct zvmo_set_size {
	__u32 argsz;
	__u32 reserved;
	__aligned_u64 size;
};
#define ZVMO_SET_SIZE_SIZE_VER0	16
#define ZVMO_IOC_SET_SIZE	_IO(ZVMO_IOC_TYPE, 0x04)

/* Operations of ZVMO_IOC_OP_RANGE; values of ZX_VMO_OP_*. */
#define ZVMO_OP_COMMIT		1
#define ZVMO_OP_DECOMMIT	2
#define ZVMO_OP_ZERO		10

/**
 * struct zvmo_op_range - ZVMO_IOC_OP_RANGE: act on a range. Needs WRITE.
 * @argsz: sizeof(struct zvmo_op_range).
 * @op: One of ZVMO_OP_*.
 * @offset: Start of the range in this VMO.
 * @length: Length of the range; 0 does nothing.
 *
 * COMMIT: the range, rounded out to pages, becomes pages that this VMO alone
 * owns: holes are filled with zero pages, shared pages copied. Stops at the
 * first failure; what was committed stays. Skips what a concurrent shrink
 * removed.
 *
 * DECOMMIT: frees the pages; the range reads zero. Both ends page aligned.
 * Refused where pages may be shared: EOPNOTSUPP for every snapshot, and while
 * the VMO's content has living snapshots, or these have (use ZERO).
 *
 * ZERO: the range, to the byte, reads zero afterwards. Whole pages are freed.
 *
 * (Zircon: zx_vmo_op_range.)
 *
 * Return: 0.
 * * EINVAL - unknown @op
 * * EACCES - no ZVMO_RIGHT_WRITE
 * * ERANGE - the range is not inside the VMO
 * * DECOMMIT of a non-empty range, then: EOPNOTSUPP - see above; EINVAL - not
 *   page aligned
 * * ENOMEM, EINTR
 */
struct zvmo_op_range {
	__u32 argsz;
	__u32 op;
	__aligned_u64 offset;
	__aligned_u64 length;
};
#define ZVMO_OP_RANGE_SIZE_VER0	24
#define ZVMO_IOC_OP_RANGE	_IO(ZVMO_IOC_TYPE, 0x05)

/**
 * struct zvmo_name - ZVMO_IOC_GET_NAME and ZVMO_IOC_SET_NAME.
 * @argsz: sizeof(struct zvmo_name).
 * @reserved: 0.
 * @name: The name. Setting: ends at the first NUL, or is cut at 31 bytes.
 *	Getting: padded with NULs.
 *
 * (Zircon: ZX_PROP_NAME.)
 *
 * Return: 0.
 * * EACCES - no ZVMO_RIGHT_GET_PROPERTY, or no ZVMO_RIGHT_SET_PROPERTY
 */
struct zvmo_name {
	__u32 argsz;
	__u32 reserved;
	char name[ZVMO_NAME_LEN];
};
#define ZVMO_NAME_SIZE_VER0	40
#define ZVMO_IOC_GET_NAME	_IO(ZVMO_IOC_TYPE, 0x06)
#define ZVMO_IOC_SET_NAME	_IO(ZVMO_IOC_TYPE, 0x07)

/*
 * Flag of ZVMO_IOC_DUPLICATE: the new descriptor stands for the old one, which
 * the caller closes; so ZVMO_RIGHT_DUPLICATE is not needed (zx_handle_replace).
 */
#define ZVMO_DUPLICATE_REPLACE	(1U << 0)

/**
 * struct zvmo_duplicate - ZVMO_IOC_DUPLICATE: same VMO, same or fewer rights.
 * @argsz: sizeof(struct zvmo_duplicate).
 * @flags: 0 or ZVMO_DUPLICATE_REPLACE.
 * @rights: A subset of the descriptor's rights, or ZVMO_RIGHT_SAME_RIGHTS.
 * @reserved: 0.
 *
 * The new descriptor is close-on-exec and has a file position of its own.
 * (Zircon: zx_handle_duplicate.)
 *
 * Return: a descriptor.
 * * EACCES - no ZVMO_RIGHT_DUPLICATE
 * * EINVAL - @rights is not a subset
 * * ENOMEM, EMFILE, ENFILE
 */
struct zvmo_duplicate {
	__u32 argsz;
	__u32 flags;
	__u32 rights;
	__u32 reserved;
};
#define ZVMO_DUPLICATE_SIZE_VER0	16
#define ZVMO_IOC_DUPLICATE	_IO(ZVMO_IOC_TYPE, 0x08)

/* How a range of struct zvmo_diff differs. */
#define ZVMO_DIFF_CHANGED	1	/* both hold pages, not the same ones */
#define ZVMO_DIFF_ONLY_HERE	2	/* a page here, a hole there */
#define ZVMO_DIFF_ONLY_THERE	3	/* a hole here, a page there */

/**
 * struct zvmo_diff_range - One range of pages that differs.
 * @offset: Start, in the VMO on which the ioctl was called.
 * @length: Length, whole pages.
 * @what: ZVMO_DIFF_*.
 * @reserved: 0.
 */
struct zvmo_diff_range {
	__aligned_u64 offset;
	__aligned_u64 length;
	__u32 what;
	__u32 reserved;
};

/**
 * struct zvmo_diff - ZVMO_IOC_DIFF: where two relatives hold different pages.
 * @argsz: sizeof(struct zvmo_diff).
 * @other: Descriptor of the other VMO.
 * @offset: in: where to start, page aligned; out: where to go on.
 * @end: Where to stop, page aligned.
 * @ranges: Pointer to an array of struct zvmo_diff_range to fill.
 * @capacity: Number of entries in @ranges, at least 1.
 * @reserved: 0.
 *
 * Compares page by page which pages the two hold at the same place, skipping
 * whole subtrees that they share, so that the cost is that of what differs.
 * Pages are compared by identity: pages that were written since with equal
 * bytes count as changed. Both VMOs must stem from one VMO; "the same place"
 * is the place that both inherited. @offset and @end are offsets in the VMO on
 * which the ioctl is called; a part that the other VMO's window does not cover
 * counts as a hole there. Needs ZVMO_RIGHT_READ on both.
 *
 * Return: the number of entries filled; @offset is where the next call should
 * begin, and equals @end when all was compared. Fewer entries than @capacity
 * (of which the module uses 1024 at most a call) mean that all was.
 * * EACCES - no ZVMO_RIGHT_READ on one of them
 * * EBADF, ENOTTY - @other is no descriptor; is not a VMO
 * * EINVAL - @offset or @end not page aligned, @capacity 0, or the two are not
 *   relatives
 * * ERANGE - @offset > @end, or @end beyond the VMO's size
 * * EFAULT, ENOMEM
 */
struct zvmo_diff {
	__u32 argsz;
	__s32 other;
	__aligned_u64 offset;
	__aligned_u64 end;
	__aligned_u64 ranges;
	__u32 capacity;
	__u32 reserved;
};
#define ZVMO_DIFF_SIZE_VER0	40
#define ZVMO_IOC_DIFF		_IO(ZVMO_IOC_TYPE, 0x09)

#endif /* _UAPI_LINUX_ZVMO_H */
