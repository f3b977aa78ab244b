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
 * What each errno means, whichever ioctl returns it. EFAULT, EINVAL and E2BIG for
 * the structure itself, and ENOTTY for the descriptor, any may return; below they
 * are named where there are other reasons.
 *
 * ==========  ==============================================================
 * EINVAL      Malformed argument: @argsz shorter than the first version, an
 *             unknown flag or operation, a reserved member that is not zero,
 *             a wrong alignment, or a combination that makes no sense.
 * E2BIG       @argsz is longer than this module knows and the part that it
 *             does not know is not zero (ask for a newer module); or it is
 *             longer than a page.
 * EFAULT      A pointer argument is not accessible memory, or not a mapping of
 *             the VMO where one is asked for.
 * EFBIG       A size (or offset plus size) exceeds ZVMO_SIZE_MAX.
 * ERANGE      An offset or range lies outside the object.
 * EACCES      The descriptor lacks a right (ZVMO_RIGHT_*) that is needed, or
 *             the caller a privilege.
 * EPERM       The VMO was not created resizable.
 * ENOENT      No VMO is kept under that name.
 * EEXIST      One is already.
 * ENOSPC      The user keeps as many VMOs as a user can.
 * EOPNOTSUPP  This kind of VMO cannot do that.
 * EBUSY       The object is in a state that forbids it.
 * EBADFD      ZVMO_OP_UNLOCK of a VMO that is not locked.
 * ENODATA     The content was discarded (see ZVMO_OP_LOCK).
 * ESTALE      ZVMO_OP_TRY_LOCK: the content was discarded.
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
 *   ZVMO_RIGHT_READ or ZVMO_RIGHT_WRITE: EBADF, as for any file. EBUSY while
 *   the cache policy is not ZVMO_CACHE_POLICY_CACHED, ENODATA when the content
 *   was discarded.
 * * lseek() knows SEEK_DATA and SEEK_HOLE (page granularity; ENXIO past the
 *   end).
 * * ftruncate() is ZVMO_IOC_SET_SIZE (EINVAL without ZVMO_RIGHT_WRITE; while
 *   another write is stuck it waits unkillably, which the ioctl does not).
 * * As with any file, what would extend the stream size past RLIMIT_FSIZE is
 *   EFBIG and a SIGXFSZ; the ioctls do not know that limit.
 * * fallocate(): mode 0 and FALLOC_FL_KEEP_SIZE commit pages;
 *   FALLOC_FL_PUNCH_HOLE | KEEP_SIZE and FALLOC_FL_ZERO_RANGE zero bytes and
 *   free whole pages. Without KEEP_SIZE the stream size, and if need be the
 *   VMO, is extended first, as by pwrite(), and stays so if the rest fails.
 *   With KEEP_SIZE, committing past the VMO's end is EFBIG, zeroing there does
 *   nothing. Other modes: EOPNOTSUPP. Committing what was discarded: ENODATA;
 *   zeroing while the cache policy is not ZVMO_CACHE_POLICY_CACHED: EBUSY.
 * * mmap() needs ZVMO_RIGHT_MAP, ZVMO_RIGHT_READ, for MAP_SHARED with
 *   PROT_WRITE also ZVMO_RIGHT_WRITE, and for PROT_EXEC ZVMO_RIGHT_EXECUTE
 *   (EACCES). MAP_PRIVATE is EBUSY while the cache policy is not
 *   ZVMO_CACHE_POLICY_CACHED. A mapping may extend past the VMO; touching that
 *   raises SIGBUS (until the VMO grows), and so does touching discarded content
 *   (until it is locked again). Shrinking drops the copies that private mappings
 *   made of what is cut off; nothing else does. Reading a hole takes no memory but
 *   for page tables and at most as much again, unless the policy is not to
 *   cache. A mapping keeps the VMO alive without any
 *   descriptor. Long-term pins (io_uring's fixed buffers, RDMA) are refused; a
 *   futex in a page that was never written through a mapping, waited on through
 *   a read-only mapping, is EFAULT; and
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
#define ZVMO_ABI_VERSION 2

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
#define ZVMO_RIGHT_DUPLICATE	(1U << 0)	/* duplicate, keep, children */
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
#define ZVMO_DISCARDABLE	(1U << 2)	/* see ZVMO_OP_LOCK; has no children */
#define ZVMO_UNBOUNDED		(1U << 4)	/* VMO size ZVMO_SIZE_MAX; @size: of the stream */

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
 * Return:
 * * a descriptor with ZVMO_RIGHTS_DEFAULT, plus ZVMO_RIGHT_RESIZE if
 *   resizable.
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
 * Return:
 * * a descriptor.
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
 * * EBUSY - the parent's cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * ENOMEM, EINTR, EMFILE, ENFILE
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
 * @cache_policy: out: ZVMO_CACHE_POLICY_*.
 * @name: out: the name, padded with NULs.
 * @share_count: out: address spaces that have a mapping of this VMO.
 * @metadata_bytes: out: kernel memory of the tree nodes that hold the pages of
 *	the whole content object, shared ones in full.
 * @committed_change_events: out: how often reclaim changed @committed_bytes.
 * @populated_bytes: out: @committed_bytes, plus compressed pages in full.
 * @committed_private_bytes: out: committed pages that no relative holds too.
 * @populated_private_bytes: out: likewise, with compressed ones.
 * @committed_scaled_bytes: out: each page divided by the number of relatives
 *	that hold it; whole bytes of the sum.
 * @populated_scaled_bytes: out: likewise, with compressed ones.
 * @committed_fractional_scaled_bytes: out: the rest of the sum, in units of
 *	2^-63 byte, rounded down for each number of holders.
 * @populated_fractional_scaled_bytes: out: likewise, with compressed ones.
 * @lock_count: out: locks held on a discardable VMO.
 * @handle_count: out: open files that refer to this VMO (descriptors made by
 *	dup() or fork() share one; a mapping holds one), and names under which it
 *	is kept.
 *
 * Only @argsz is read. The members after @name are computed only if @argsz
 * covers all of them; it takes time in proportion to the nodes of the VMO's
 * family, each visited once, and holds up changes in the family for as long.
 * Slices and references tell of the pages that they show, as their parent would:
 * sums over a family leave them out. (Zircon: ZX_INFO_VMO.)
 *
 * Return:
 * * 0.
 * * EINVAL - @argsz shorter than ZVMO_INFO_SIZE_VER0
 * * EFAULT
 * * ENOMEM - only if more than the first version is asked for
 * * EINTR
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
	__aligned_u64 share_count;
	__aligned_u64 metadata_bytes;
	__aligned_u64 committed_change_events;
	__aligned_u64 populated_bytes;
	__aligned_u64 committed_private_bytes;
	__aligned_u64 populated_private_bytes;
	__aligned_u64 committed_scaled_bytes;
	__aligned_u64 populated_scaled_bytes;
	__aligned_u64 committed_fractional_scaled_bytes;
	__aligned_u64 populated_fractional_scaled_bytes;
	__u32 lock_count;
	__u32 handle_count;
};

#define ZVMO_INFO_SIZE_VER0	104
#define ZVMO_INFO_SIZE_VER1	192
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
 * Return:
 * * 0.
 * * EACCES - no ZVMO_RIGHT_WRITE
 * * EPERM - not resizable (every slice is not)
 * * EACCES - no ZVMO_RIGHT_RESIZE
 * * EFBIG - @size rounded up exceeds ZVMO_SIZE_MAX
 * * EINVAL - the new end, seen from the first ancestor, exceeds it
 * * ENOMEM - nothing changed
 * * EINTR
 */
struct zvmo_set_size {
	__u32 argsz;
	__u32 reserved;
	__aligned_u64 size;
};

#define ZVMO_SET_SIZE_SIZE_VER0	16
#define ZVMO_IOC_SET_SIZE	_IO(ZVMO_IOC_TYPE, 0x04)

/* Operations of ZVMO_IOC_OP_RANGE; values of ZX_VMO_OP_*. */
#define ZVMO_OP_COMMIT			1
#define ZVMO_OP_DECOMMIT		2
#define ZVMO_OP_LOCK			3
#define ZVMO_OP_UNLOCK			4
#define ZVMO_OP_CACHE_SYNC		6
#define ZVMO_OP_CACHE_INVALIDATE	7
#define ZVMO_OP_CACHE_CLEAN		8
#define ZVMO_OP_CACHE_CLEAN_INVALIDATE	9
#define ZVMO_OP_ZERO			10
#define ZVMO_OP_TRY_LOCK		11
#define ZVMO_OP_DONT_NEED		12
#define ZVMO_OP_ALWAYS_NEED		13
#define ZVMO_OP_PREFETCH		14

/**
 * struct zvmo_lock_state - What ZVMO_OP_LOCK found (zx_vmo_lock_state_t).
 * @offset: 0.
 * @size: Size of the VMO in bytes.
 * @discarded_offset: 0.
 * @discarded_size: Size of the VMO if its content was discarded since it was
 *	last locked, and so reads zero; else 0.
 */
struct zvmo_lock_state {
	__aligned_u64 offset;
	__aligned_u64 size;
	__aligned_u64 discarded_offset;
	__aligned_u64 discarded_size;
};

/**
 * struct zvmo_op_range - ZVMO_IOC_OP_RANGE: act on a range.
 * @argsz: sizeof(struct zvmo_op_range).
 * @op: One of ZVMO_OP_*.
 * @offset: Start of the range in this VMO.
 * @length: Length of the range.
 * @buffer: LOCK: pointer to a struct zvmo_lock_state to fill; else not looked
 *	at.
 * @buffer_size: LOCK: size of what @buffer points to; else not looked at.
 *
 * Unless said otherwise: a range that is not inside the VMO is ERANGE, an empty
 * one does nothing. Rights are checked before ranges.
 *
 * COMMIT (WRITE): the range, rounded out to pages, becomes pages that this VMO
 * alone owns: holes are filled with zero pages, shared pages copied. Stops at
 * the first failure; what was committed stays. Skips what a concurrent shrink
 * removed. ENODATA - the content was discarded.
 *
 * DECOMMIT (WRITE): frees the pages; the range reads zero. Both ends page
 * aligned. Refused where pages may be shared: EOPNOTSUPP for every snapshot, and
 * while the VMO's content has living snapshots, or these have (use ZERO).
 *
 * ZERO (WRITE): the range, to the byte, reads zero afterwards. Whole pages are
 * freed. EBUSY - the cache policy is not ZVMO_CACHE_POLICY_CACHED.
 *
 * LOCK, TRY_LOCK, UNLOCK (READ or WRITE): of a discardable VMO, whose content
 * the kernel may drop as a whole, under memory pressure, while it is not locked.
 * It is never dropped before it was locked once; what was unlocked longest ago
 * goes first, and what was unlocked less than the module's parameter
 * discard_age ago stays. The range is the whole VMO, else ERANGE; another kind
 * of VMO is EOPNOTSUPP. Each takes constant time. Locks are counted in the VMO,
 * not in descriptors: closing one unlocks nothing. While the content is dropped,
 * read, write and COMMIT are ENODATA and touching a mapping raises SIGBUS;
 * DECOMMIT, ZERO and resizing do nothing to that state.
 *
 * * LOCK always succeeds, and says in @buffer whether the content was dropped.
 *   EINVAL - @buffer_size is too small; EFAULT - @buffer cannot be written;
 *   neither leaves the VMO locked.
 * * TRY_LOCK locks if the content is there. ESTALE - it was dropped.
 * * UNLOCK: EBADFD - no lock is held.
 *
 * CACHE_SYNC, CACHE_CLEAN, CACHE_CLEAN_INVALIDATE (READ), CACHE_INVALIDATE
 * (WRITE): on the pages of the range that are present, to the cache line. SYNC
 * lets instructions be fetched as they were written; CLEAN writes back to
 * memory; INVALIDATE drops from caches (zvmo always writes back first).
 * EINVAL - an empty range. CACHE_INVALIDATE is EOPNOTSUPP, before the right is
 * looked at, unless the module's parameter cache_invalidate allows it.
 *
 * DONT_NEED, ALWAYS_NEED (no right): hints. For anonymous memory they do
 * nothing and always succeed, whatever the range.
 *
 * PREFETCH (READ): brings back what is not in memory but could be. Anonymous
 * memory has nothing of the kind.
 *
 * (Zircon: zx_vmo_op_range.)
 *
 * Return:
 * * 0.
 * * EINVAL - unknown @op
 * * EACCES - a right is missing
 * * ERANGE - the range is not inside the VMO
 * * DECOMMIT of a non-empty range, then: EOPNOTSUPP - see above; EINVAL - not
 *   page aligned
 * * ENOMEM, EINTR, and what is said above
 */
struct zvmo_op_range {
	__u32 argsz;
	__u32 op;
	__aligned_u64 offset;
	__aligned_u64 length;
	__aligned_u64 buffer;
	__aligned_u64 buffer_size;
};

#define ZVMO_OP_RANGE_SIZE_VER0	24
#define ZVMO_OP_RANGE_SIZE_VER1	40
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
 * Return:
 * * 0.
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
 * Flags of ZVMO_IOC_DUPLICATE. REPLACE: the new descriptor stands for the old
 * one, which the caller closes; so ZVMO_RIGHT_DUPLICATE is not needed
 * (zx_handle_replace). EXECUTABLE: likewise, and ZVMO_RIGHT_EXECUTE may be added
 * (zx_vmo_replace_as_executable).
 */
#define ZVMO_DUPLICATE_REPLACE		(1U << 0)
#define ZVMO_DUPLICATE_EXECUTABLE	(1U << 1)

/**
 * struct zvmo_duplicate - ZVMO_IOC_DUPLICATE: same VMO, same or fewer rights.
 * @argsz: sizeof(struct zvmo_duplicate).
 * @flags: 0, ZVMO_DUPLICATE_REPLACE or ZVMO_DUPLICATE_EXECUTABLE.
 * @rights: A subset of the descriptor's rights (with EXECUTABLE: and of
 *	ZVMO_RIGHT_EXECUTE), or ZVMO_RIGHT_SAME_RIGHTS (with EXECUTABLE: and
 *	ZVMO_RIGHT_EXECUTE besides).
 * @reserved: 0.
 *
 * The new descriptor is close-on-exec and has a file position of its own.
 * EXECUTABLE needs CAP_SYS_ADMIN in the initial user namespace, unless the
 * module's parameter ambient_mark_vmo_exec lets everybody.
 * (Zircon: zx_handle_duplicate.)
 *
 * Return:
 * * a descriptor.
 * * EINVAL - both flags
 * * EACCES - neither flag and no ZVMO_RIGHT_DUPLICATE; EXECUTABLE and no
 *   privilege
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
 * Return:
 * * the number of entries filled; @offset is where the next call should
 *   begin, and equals @end when all was compared. Fewer entries than @capacity
 *   (of which the module uses 1024 at most a call) mean that all was.
 * * EACCES - no ZVMO_RIGHT_READ on one of them
 * * EBADF, ENOTTY - @other is no descriptor; is not a VMO
 * * EINVAL - @offset or @end not page aligned, @capacity 0, or the two are not
 *   relatives
 * * ERANGE - @offset > @end, or @end beyond the VMO's size
 * * EFAULT, ENOMEM, EINTR
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

/**
 * ZVMO_IOC_SET_STREAM_SIZE - Change the stream size; struct zvmo_set_size.
 *
 * The VMO's size stays. The bytes from the smaller of the old and the new stream
 * size to the end of the VMO become zero, and whole pages there are freed. A
 * stream size equal to the present one changes nothing. A reference sets that of
 * the shared object, a slice has its own. Errors are checked in this order
 * (Zircon: zx_vmo_set_stream_size, ZX_PROP_VMO_CONTENT_SIZE).
 *
 * Return:
 * * 0.
 * * EACCES - no ZVMO_RIGHT_WRITE
 * * ERANGE - @size exceeds the VMO's size
 * * EBUSY - the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * ENOMEM - the stream size is as before, but bytes may have become zero
 * * EINTR
 */
#define ZVMO_IOC_SET_STREAM_SIZE	_IO(ZVMO_IOC_TYPE, 0x0a)

/* Memory type of a VMO's mappings; values of ZX_CACHE_POLICY_*. */
#define ZVMO_CACHE_POLICY_CACHED		0
#define ZVMO_CACHE_POLICY_UNCACHED		1
#define ZVMO_CACHE_POLICY_UNCACHED_DEVICE	2
#define ZVMO_CACHE_POLICY_WRITE_COMBINING	3

/**
 * struct zvmo_set_cache_policy - ZVMO_IOC_SET_CACHE_POLICY: memory type.
 * @argsz: sizeof(struct zvmo_set_cache_policy).
 * @policy: ZVMO_CACHE_POLICY_*.
 *
 * Mappings made afterwards have the memory type, and so has, on x86, the
 * kernel's own view of the pages; on arm64 pages are cleaned and invalidated
 * when they join, and the kernel does not touch them while they are there.
 * While the policy is not CACHED: reading, writing, ZERO, snapshots, references
 * and RESTORE are EBUSY. (Zircon: zx_vmo_set_cache_policy.)
 *
 * Return:
 * * 0.
 * * EACCES - no ZVMO_RIGHT_MAP
 * * EINVAL - @policy is none of them
 * * EBUSY - the VMO has mappings, children, a parent or references, or is a
 *   child itself; or it is discardable and @policy is not CACHED
 * * ENOMEM, EINTR - the policy is as before
 */
struct zvmo_set_cache_policy {
	__u32 argsz;
	__u32 policy;
};

#define ZVMO_SET_CACHE_POLICY_SIZE_VER0	8
#define ZVMO_IOC_SET_CACHE_POLICY	_IO(ZVMO_IOC_TYPE, 0x0b)

/**
 * struct zvmo_transfer - ZVMO_IOC_TRANSFER: move content into this VMO.
 * @argsz: sizeof(struct zvmo_transfer).
 * @options: 0.
 * @offset: Where to, in this VMO; page aligned.
 * @length: How much; page aligned.
 * @source: Descriptor of the VMO to take from.
 * @reserved: 0.
 * @source_offset: Where from; page aligned.
 *
 * This VMO's range gets the content of the source's, holes included; the
 * source's reads zero afterwards. Pages that the source alone owns move without
 * being copied, others are copied. Ranges of one VMO that overlap are treated as
 * by memmove(); moving a range onto itself does nothing. When it fails, a part
 * may have moved; nothing is lost or doubled. (Zircon: zx_vmo_transfer_data.)
 *
 * Return:
 * * 0.
 * * EINVAL - an unknown option, or something not page aligned
 * * EBADF, ENOTTY - @source is no descriptor; is not a VMO
 * * EACCES - no ZVMO_RIGHT_WRITE here, or not both ZVMO_RIGHT_READ and
 *   ZVMO_RIGHT_WRITE on the source
 * * ERANGE - a range is not inside its VMO
 * * EBUSY - the cache policy of either is not ZVMO_CACHE_POLICY_CACHED
 * * ENODATA - the content of either was discarded
 * * ENOMEM, EINTR
 */
struct zvmo_transfer {
	__u32 argsz;
	__u32 options;
	__aligned_u64 offset;
	__aligned_u64 length;
	__s32 source;
	__u32 reserved;
	__aligned_u64 source_offset;
};

#define ZVMO_TRANSFER_SIZE_VER0	40
#define ZVMO_IOC_TRANSFER	_IO(ZVMO_IOC_TYPE, 0x0c)

/**
 * struct zvmo_restore - ZVMO_IOC_RESTORE: go back to a relative's content.
 * @argsz: sizeof(struct zvmo_restore).
 * @source: Descriptor of the relative.
 * @offset: Start of the range to restore in this VMO, page aligned.
 * @end: End of the range, page aligned.
 *
 * The range gets the content that the relative has at the same place ("the same
 * place" as for ZVMO_IOC_DIFF; what the relative's window does not cover becomes
 * a hole), sharing the relative's pages, in one step. Takes time in proportion
 * to what differs; mappings of what does not stay in place. The sizes stay, and
 * so does the relative. A page with an access from outside in flight (direct
 * I/O) leaves the VMO; the access ends in the page that left.
 *
 * Return:
 * * 0; or with an errno nothing changed.
 * * EINVAL - @offset or @end not page aligned, or the two are not relatives
 * * EBADF, ENOTTY - @source is no descriptor; is not a VMO
 * * EACCES - no ZVMO_RIGHT_WRITE here, or no ZVMO_RIGHT_READ on the relative
 * * ERANGE - @offset > @end, or @end beyond the VMO's size
 * * EBUSY - the cache policy of either is not ZVMO_CACHE_POLICY_CACHED
 * * ENOMEM, EINTR
 */
struct zvmo_restore {
	__u32 argsz;
	__s32 source;
	__aligned_u64 offset;
	__aligned_u64 end;
};

#define ZVMO_RESTORE_SIZE_VER0	24
#define ZVMO_IOC_RESTORE	_IO(ZVMO_IOC_TYPE, 0x0d)

/* Flag of ZVMO_IOC_MAP_RANGE: map for writing what may be written in place. */
#define ZVMO_MAP_RANGE_WRITE	(1U << 0)

/**
 * struct zvmo_map_range - ZVMO_IOC_MAP_RANGE: fill page tables ahead of use.
 * @argsz: sizeof(struct zvmo_map_range).
 * @flags: 0 or ZVMO_MAP_RANGE_WRITE.
 * @address: Start in the caller's address space, page aligned.
 * @length: Length in bytes, not 0; rounded up to pages.
 *
 * Enters pages of the VMO that exist already into the page tables of its shared
 * mappings in the range, so that touching them does not fault. Commits nothing,
 * copies nothing, skips holes; what lies beyond the VMO's end is skipped. Pages
 * are entered read-only, which costs later snapshots nothing; with WRITE, those
 * that only this VMO holds are entered writable where the mapping is, as if they
 * had been written. (Zircon: ZX_VMAR_OP_MAP_RANGE.)
 *
 * Return:
 * * 0.
 * * EINVAL - an unknown flag, @address not page aligned, @length 0
 * * ERANGE - the range leaves the address space
 * * EFAULT - a part of the range is no shared mapping of this VMO; the part
 *   before it may have been entered
 * * EACCES - WRITE, and no ZVMO_RIGHT_WRITE or a mapping that cannot be written
 * * ENODATA - the content was discarded
 * * ENOMEM, EINTR - a part may have been entered
 */
struct zvmo_map_range {
	__u32 argsz;
	__u32 flags;
	__aligned_u64 address;
	__aligned_u64 length;
};

#define ZVMO_MAP_RANGE_SIZE_VER0	24
#define ZVMO_IOC_MAP_RANGE		_IO(ZVMO_IOC_TYPE, 0x0e)

/* Memory priorities of a mapping. */
#define ZVMO_PRIORITY_DEFAULT	0
#define ZVMO_PRIORITY_HIGH	1

/**
 * struct zvmo_set_priority - ZVMO_IOC_SET_PRIORITY: keep a mapping in memory.
 * @argsz: sizeof(struct zvmo_set_priority).
 * @priority: ZVMO_PRIORITY_*.
 * @address: Start in the caller's address space, page aligned.
 * @length: Length in bytes, not 0; rounded up to pages.
 *
 * Sets the priority of each mapping of the VMO that the range touches, as a
 * whole. HIGH then commits the part of the VMO that the range maps, where the
 * descriptor and the mapping may write, and enters its pages as
 * ZVMO_IOC_MAP_RANGE does: as well as it can, for a failure of that step is not
 * reported. While a mapping of a VMO has HIGH priority nothing reclaims the
 * VMO's content: an unlocked discardable VMO is not discarded. The priority goes
 * with the mapping: it ends with munmap(), and a child process inherits it.
 * (Zircon: memory priority of an address region.)
 *
 * Return:
 * * 0; or with an errno nothing changed.
 * * EINVAL - unknown @priority, @address not page aligned, @length 0
 * * ERANGE - the range leaves the address space
 * * EFAULT - a part of the range is no mapping of this VMO
 * * EINTR
 */
struct zvmo_set_priority {
	__u32 argsz;
	__u32 priority;
	__aligned_u64 address;
	__aligned_u64 length;
};

#define ZVMO_SET_PRIORITY_SIZE_VER0	24
#define ZVMO_IOC_SET_PRIORITY		_IO(ZVMO_IOC_TYPE, 0x0f)

/**
 * struct zvmo_range_info - ZVMO_IOC_GET_RANGE_INFO: what a range costs.
 * @argsz: sizeof(struct zvmo_range_info).
 * @reserved: 0.
 * @offset: in: start of the range, page aligned.
 * @length: in: length of the range, page aligned.
 * @committed_bytes: out: as in struct zvmo_info, of the range; and so on.
 * @populated_bytes: out
 * @committed_private_bytes: out
 * @populated_private_bytes: out
 * @committed_scaled_bytes: out
 * @populated_scaled_bytes: out
 * @committed_fractional_scaled_bytes: out
 * @populated_fractional_scaled_bytes: out
 *
 * Needs no right. What lies beyond the VMO counts nothing. (Zircon: the
 * attribution of a mapping, whose range this is.)
 *
 * Return:
 * * 0.
 * * EINVAL - not page aligned
 * * ERANGE - @offset + @length overflows
 * * EFAULT, ENOMEM, EINTR
 */
struct zvmo_range_info {
	__u32 argsz;
	__u32 reserved;
	__aligned_u64 offset;
	__aligned_u64 length;
	__aligned_u64 committed_bytes;
	__aligned_u64 populated_bytes;
	__aligned_u64 committed_private_bytes;
	__aligned_u64 populated_private_bytes;
	__aligned_u64 committed_scaled_bytes;
	__aligned_u64 populated_scaled_bytes;
	__aligned_u64 committed_fractional_scaled_bytes;
	__aligned_u64 populated_fractional_scaled_bytes;
};

#define ZVMO_RANGE_INFO_SIZE_VER0	88
#define ZVMO_IOC_GET_RANGE_INFO		_IO(ZVMO_IOC_TYPE, 0x10)

/**
 * struct zvmo_rw - ZVMO_IOC_READ, ZVMO_IOC_WRITE: copy bytes, to the VMO's size.
 * @argsz: sizeof(struct zvmo_rw).
 * @reserved: 0.
 * @offset: Start in this VMO.
 * @length: How many bytes.
 * @buffer: Pointer to the caller's memory.
 *
 * Unlike read() and write() these know nothing of the stream size, neither stop
 * at it nor change it, and move all or fail; when they fail a part from the
 * front may have been moved, unless said otherwise. Reading a hole takes no
 * memory. (Zircon: zx_vmo_read, zx_vmo_write.)
 *
 * Return:
 * * 0.
 * * EACCES - no ZVMO_RIGHT_READ, or no ZVMO_RIGHT_WRITE
 * * ERANGE - the range is not inside the VMO (nothing was moved, unless it
 *   shrank during the call)
 * * EBUSY - the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * ENODATA - the content was discarded
 * * EFAULT - @buffer is not accessible
 * * ENOMEM (write), EINTR
 */
struct zvmo_rw {
	__u32 argsz;
	__u32 reserved;
	__aligned_u64 offset;
	__aligned_u64 length;
	__aligned_u64 buffer;
};

#define ZVMO_RW_SIZE_VER0	32
#define ZVMO_IOC_READ		_IO(ZVMO_IOC_TYPE, 0x11)
#define ZVMO_IOC_WRITE		_IO(ZVMO_IOC_TYPE, 0x12)

/**
 * struct zvmo_keep - ZVMO_IOC_KEEP: let a VMO live on under a name.
 * @argsz: sizeof(struct zvmo_keep).
 * @mode: Who may open it: of 0666, as a file's.
 * @name: The name: 1 to 31 bytes, then NULs. Not that of ZVMO_IOC_SET_NAME.
 *
 * The VMO lives until ZVMO_IOC_DROP, whoever closes it. Names are those of the
 * whole machine, in every container; a VMO may have several. The owner is the
 * caller (its file system user and group id). The rights of the descriptor are
 * kept with it. While any VMO is kept the module cannot be unloaded. What is
 * kept takes memory as if it were in use: that stays charged to the memory
 * cgroup of who wrote it.
 *
 * Return:
 * * 0.
 * * EINVAL - @mode has other bits; @name is empty, does not end, or has bytes
 *   after its end
 * * EACCES - no ZVMO_RIGHT_DUPLICATE
 * * EEXIST - a VMO is kept under @name
 * * ENOSPC - the caller's user keeps as many as the module's parameter kept_max
 *   allows, and the caller has no CAP_SYS_RESOURCE
 * * ENOMEM
 */
struct zvmo_keep {
	__u32 argsz;
	__u32 mode;
	char name[ZVMO_NAME_LEN];
};

#define ZVMO_KEEP_SIZE_VER0	40
#define ZVMO_IOC_KEEP		_IO(ZVMO_IOC_TYPE, 0x13)

/**
 * struct zvmo_open_kept - ZVMO_IOC_OPEN_KEPT: open a kept VMO. On /dev/zvmo.
 * @argsz: sizeof(struct zvmo_open_kept).
 * @rights: Rights of the new descriptor; or ZVMO_RIGHT_SAME_RIGHTS for all that
 *	the caller may have.
 * @name: Its name, as for ZVMO_IOC_KEEP.
 * @reserved: 0.
 *
 * The caller may have the rights with which it was kept; but without permission
 * to read not READ and EXECUTE, without permission to write not WRITE, RESIZE
 * and SET_PROPERTY, and without either nothing. The mode's bits for the owner,
 * for the group, or for others give permission, and so does CAP_DAC_OVERRIDE in
 * the initial user namespace.
 *
 * Return:
 * * a descriptor, close-on-exec.
 * * EINVAL - a malformed name
 * * ENOENT - no VMO is kept under @name
 * * EACCES - no permission, or not for all of @rights
 * * ENOMEM, EMFILE, ENFILE
 */
struct zvmo_open_kept {
	__u32 argsz;
	__u32 rights;
	char name[ZVMO_NAME_LEN];
	__aligned_u64 reserved;
};

#define ZVMO_OPEN_KEPT_SIZE_VER0	48
#define ZVMO_IOC_OPEN_KEPT		_IO(ZVMO_IOC_TYPE, 0x14)

/**
 * ZVMO_IOC_DROP - Keep a VMO no longer; struct zvmo_name. On /dev/zvmo.
 *
 * The name is free at once; the VMO lives as long as it is in use, or has
 * another name. Only the owner may, or who has CAP_FOWNER in the initial user
 * namespace.
 *
 * Return:
 * * 0.
 * * EINVAL - a malformed name, as for ZVMO_IOC_KEEP
 * * ENOENT - no VMO is kept under it
 * * EACCES - somebody else's
 */
#define ZVMO_IOC_DROP		_IO(ZVMO_IOC_TYPE, 0x15)

/**
 * struct zvmo_kept_info - ZVMO_IOC_NEXT_KEPT: list kept VMOs. On /dev/zvmo.
 * @argsz: sizeof(struct zvmo_kept_info).
 * @mode: out: as kept.
 * @uid: out: user id of the owner, as the caller's user namespace has it.
 * @gid: out: group id, likewise.
 * @rights: out: ZVMO_RIGHT_* with which it was kept.
 * @reserved: out: 0.
 * @koid: out: the VMO's koid.
 * @name: in: any name, or an empty one; out: the name.
 *
 * Describes the first kept VMO whose name comes after @name, byte by byte,
 * leaving out those that the caller neither owns nor may open.
 *
 * Return:
 * * 0.
 * * EINVAL - @name does not end
 * * ENOENT - there is none
 * * EFAULT
 */
struct zvmo_kept_info {
	__u32 argsz;
	__u32 mode;
	__u32 uid;
	__u32 gid;
	__u32 rights;
	__u32 reserved;
	__aligned_u64 koid;
	char name[ZVMO_NAME_LEN];
};

#define ZVMO_KEPT_INFO_SIZE_VER0	64
#define ZVMO_IOC_NEXT_KEPT		_IO(ZVMO_IOC_TYPE, 0x16)

#endif /* _UAPI_LINUX_ZVMO_H */
