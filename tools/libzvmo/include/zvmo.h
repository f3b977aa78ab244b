/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libzvmo: virtual memory objects (VMOs) from C and C++
 *
 * A VMO is a file descriptor: close() it, dup() it, poll() it, lseek() it for
 * SEEK_DATA and SEEK_HOLE, fallocate() it, see it in /proc/PID/fdinfo. This
 * library has the calls that need an ioctl and those that are tedious without
 * help. <linux/zvmo.h>, which it includes, has the constants and structures and
 * says what a VMO is.
 *
 * For every call:
 *
 * - The result is 0, a count or a new descriptor; or, if negative, an errno
 *   with its sign changed. The variable errno means nothing afterwards.
 * - Sizes, offsets and lengths are in bytes. New descriptors are close-on-exec.
 * - Where no flags argument says otherwise, a call that fails has changed
 *   nothing.
 * - A descriptor argument that is not open gives -EBADF, one that is no VMO
 *   -ENOTTY; these two are not listed again below. (zvmo_read(), zvmo_write()
 *   and zvmo_map() accept every file that pread(), pwrite() and mmap() accept.)
 * - Any thread may call, at any time, also after fork(). The library keeps no
 *   state, allocates no memory and takes no lock.
 * - Only zvmo_wait_zero_children(), zvmo_send() and zvmo_receive() wait for
 *   somebody else; a signal handler makes them return -EINTR. The others finish
 *   what they began, unless the signal is fatal.
 */
#ifndef _ZVMO_H
#define _ZVMO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/zvmo.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZVMO_API __attribute__((visibility("default")))

/**
 * zvmo_open() - Open /dev/zvmo.
 *
 * Return: a descriptor of the device, for zvmo_create_on() and zvmo_version().
 * * -ENOENT, -ENXIO - the module is not loaded
 * * -EACCES - no permission to open /dev/zvmo
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_open(void);

/**
 * zvmo_version() - Ask which interface the module has.
 * @device: Descriptor of /dev/zvmo.
 *
 * Return: the version; ZVMO_ABI_VERSION is the one that this header describes.
 */
ZVMO_API int zvmo_version(int device);

/**
 * zvmo_create() - Create a VMO of zeros.
 * @size: Size, 0 allowed; the VMO's size is @size rounded up to pages, its
 *	stream size is @size.
 * @options: Any of ZVMO_RESIZABLE, ZVMO_DISCARDABLE, ZVMO_UNBOUNDED.
 *
 * Return: a descriptor with ZVMO_RIGHTS_DEFAULT, and ZVMO_RIGHT_RESIZE if
 * resizable.
 * * -EINVAL - unknown option; ZVMO_RESIZABLE with ZVMO_UNBOUNDED
 * * -EFBIG - @size exceeds ZVMO_SIZE_MAX
 * * -ENOENT, -ENXIO, -EACCES - as zvmo_open()
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_create(uint64_t size, uint32_t options);

/**
 * zvmo_create_on() - Create a VMO of zeros through an open device.
 * @device: Descriptor of /dev/zvmo.
 * @size: As zvmo_create().
 * @options: As zvmo_create().
 *
 * For callers that create many VMOs, or that drop the permission to open the
 * device.
 *
 * Return: as zvmo_create().
 */
ZVMO_API int zvmo_create_on(int device, uint64_t size, uint32_t options);

/**
 * zvmo_create_from_file() - Create a VMO that holds a copy of a file.
 * @file: Descriptor of a regular file, open for reading. Its position does not
 *	move.
 * @options: As zvmo_create().
 *
 * The stream size is the size of the file. Of a file that shrinks during the
 * call the lost part reads zero; what a file gains during the call is left out.
 *
 * Return: a descriptor, as zvmo_create().
 * * -EINVAL - @file is not a regular file; @options as zvmo_create()
 * * -EBADF - @file is not open for reading
 * * -EIO and others - what reading @file gives
 * * else as zvmo_create()
 */
ZVMO_API int zvmo_create_from_file(int file, uint32_t options);

/**
 * zvmo_create_child() - Create a snapshot, slice or reference of a VMO.
 * @fd: The parent. Rights: DUPLICATE and READ.
 * @options: One of ZVMO_CHILD_SNAPSHOT, ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE,
 *	ZVMO_CHILD_SNAPSHOT_MODIFIED, ZVMO_CHILD_SLICE, ZVMO_CHILD_REFERENCE;
 *	with ZVMO_CHILD_RESIZABLE or ZVMO_CHILD_NO_WRITE if wanted.
 * @offset: Where the child begins in the parent, a multiple of the page size; 0
 *	for a reference.
 * @size: Size of the child, rounded up to pages; 0 for a reference.
 *
 * struct zvmo_create_child in <linux/zvmo.h> says what each kind is, which
 * rights the child has, and in which order errors are found.
 *
 * Return: a descriptor.
 * * -EFBIG - @size, or @offset + @size, exceeds ZVMO_SIZE_MAX
 * * -EINVAL - not exactly one kind, unknown option, forbidden combination,
 *   @offset not page aligned, a slice not wholly inside the parent, a reference
 *   with @offset or @size, a snapshot whose end exceeds ZVMO_SIZE_MAX when seen
 *   from its first ancestor
 * * -EACCES - a right is missing; a resizable reference also needs RESIZE
 * * -EOPNOTSUPP - the parent cannot have such a child: it is discardable; a
 *   slice of a resizable VMO; a snapshot or reference of a slice; a resizable
 *   reference to a VMO that is not
 * * -EBUSY - the parent's cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_create_child(int fd, uint32_t options, uint64_t offset,
			       uint64_t size);

/**
 * zvmo_snapshot() - Create a snapshot of a whole VMO.
 * @fd: The parent. Rights: DUPLICATE and READ.
 *
 * The snapshot reaches to the parent's stream size, as found at the beginning
 * of the call.
 *
 * Return: as zvmo_create_child() with ZVMO_CHILD_SNAPSHOT.
 */
ZVMO_API int zvmo_snapshot(int fd);

/**
 * zvmo_snapshot_range() - Create a snapshot of a part of a VMO.
 * @fd: The parent. Rights: DUPLICATE and READ.
 * @offset: Where the part begins, a multiple of the page size.
 * @size: Size of the part. What lies beyond the parent's end reads zero.
 *
 * Return: as zvmo_create_child() with ZVMO_CHILD_SNAPSHOT.
 */
ZVMO_API int zvmo_snapshot_range(int fd, uint64_t offset, uint64_t size);

/**
 * zvmo_slice() - Create a VMO that is a window onto another.
 * @fd: The parent, not resizable. Rights: DUPLICATE and READ.
 * @offset: Where the window begins, a multiple of the page size.
 * @size: Size of the window, wholly inside the parent.
 *
 * Return: as zvmo_create_child() with ZVMO_CHILD_SLICE.
 */
ZVMO_API int zvmo_slice(int fd, uint64_t offset, uint64_t size);

/**
 * zvmo_reference() - Create a second VMO over the pages of another.
 * @fd: The parent. Rights: DUPLICATE and READ.
 *
 * Return: as zvmo_create_child() with ZVMO_CHILD_REFERENCE.
 */
ZVMO_API int zvmo_reference(int fd);

/**
 * zvmo_wait_zero_children() - Wait until a VMO has no living children.
 * @fd: The VMO. Right: WAIT.
 * @timeout_ms: How long to wait, in milliseconds; 0 only looks, a negative
 *	value waits forever.
 *
 * A child lives until its last descriptor and mapping are gone.
 *
 * Context: Waits.
 * Return: 0.
 * * -ETIMEDOUT - there still are children
 * * -EACCES - no WAIT
 * * -EINTR - a signal handler ran
 * * -ENOMEM
 */
ZVMO_API int zvmo_wait_zero_children(int fd, int timeout_ms);

/**
 * zvmo_get_info() - Describe a VMO.
 * @fd: The VMO. No right is needed.
 * @info: What to fill; what the module does not know is zeroed.
 * @size: sizeof(\*info), by which the library knows the caller's header; or
 *	ZVMO_INFO_SIZE_VER0 for the members up to @info->name only, which take
 *	constant time. Those after it are found by a walk over the VMO's family.
 *
 * Return: 0.
 * * -EINVAL - @size is shorter than ZVMO_INFO_SIZE_VER0
 * * -EFAULT
 * * -ENOMEM, -EINTR - only if more than the first members are asked for
 */
ZVMO_API int zvmo_get_info(int fd, struct zvmo_info *info, size_t size);

/**
 * zvmo_get_range_info() - Say what a part of a VMO costs.
 * @fd: The VMO. No right is needed.
 * @offset: Where the part begins, a multiple of the page size.
 * @length: Length of the part, a multiple of the page size. What lies beyond
 *	the VMO counts nothing.
 * @info: What to fill; what the module does not know is zeroed.
 * @size: sizeof(\*info), by which the library knows the caller's header.
 *
 * Return: 0.
 * * -EINVAL - @offset or @length is not page aligned; @size is shorter than
 *   ZVMO_RANGE_INFO_SIZE_VER0
 * * -ERANGE - @offset + @length overflows
 * * -EFAULT, -ENOMEM, -EINTR
 */
ZVMO_API int zvmo_get_range_info(int fd, uint64_t offset, uint64_t length,
				 struct zvmo_range_info *info, size_t size);

/**
 * zvmo_get_name() - Get the name of a VMO.
 * @fd: The VMO. Right: GET_PROPERTY.
 * @name: Where to store it, with NULs up to ZVMO_NAME_LEN.
 *
 * Return: 0.
 * * -EACCES - no GET_PROPERTY
 */
ZVMO_API int zvmo_get_name(int fd, char name[ZVMO_NAME_LEN]);

/**
 * zvmo_set_name() - Name a VMO.
 * @fd: The VMO. Right: SET_PROPERTY.
 * @name: The name; bytes from number ZVMO_NAME_LEN - 1 on are left out.
 *
 * Return: 0.
 * * -EACCES - no SET_PROPERTY
 */
ZVMO_API int zvmo_set_name(int fd, const char *name);

/**
 * zvmo_set_size() - Change the size of a VMO.
 * @fd: A resizable VMO. Rights: WRITE and RESIZE.
 * @size: New size; the VMO's size is @size rounded up to pages, its stream size
 *	is @size.
 *
 * What is cut off is freed; touching it through a mapping raises SIGBUS. What
 * is added reads zero.
 *
 * Return: 0.
 * * -EACCES - no WRITE or no RESIZE
 * * -EPERM - not resizable
 * * -EFBIG - @size exceeds ZVMO_SIZE_MAX
 * * -EINVAL - the new end, seen from the first ancestor, exceeds ZVMO_SIZE_MAX
 * * -ENOMEM
 */
ZVMO_API int zvmo_set_size(int fd, uint64_t size);

/**
 * zvmo_set_stream_size() - Change the stream size of a VMO, not its size.
 * @fd: The VMO. Right: WRITE.
 * @size: New stream size, at most the VMO's size.
 *
 * The bytes from the smaller of the old and the new stream size to the end of
 * the VMO become zero. Equal to the present one, @size changes nothing.
 *
 * Return: 0.
 * * -EACCES - no WRITE
 * * -ERANGE - @size exceeds the VMO's size
 * * -EBUSY - the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENOMEM, -EINTR - the stream size is as before, but bytes may be zero
 */
ZVMO_API int zvmo_set_stream_size(int fd, uint64_t size);

/**
 * zvmo_set_cache_policy() - Set the memory type of a VMO's mappings.
 * @fd: The VMO. Right: MAP.
 * @policy: ZVMO_CACHE_POLICY_CACHED, ZVMO_CACHE_POLICY_UNCACHED,
 *	ZVMO_CACHE_POLICY_UNCACHED_DEVICE, ZVMO_CACHE_POLICY_WRITE_COMBINING.
 *
 * While it is not CACHED, the VMO can be mapped, but neither read, written,
 * zeroed, restored nor have children.
 *
 * Return: 0.
 * * -EACCES - no MAP
 * * -EINVAL - @policy is none of them
 * * -EBUSY - the VMO has mappings, children or references, or is a child; or it
 *   is discardable and @policy is not CACHED
 * * -ENOMEM, -EINTR (a fatal signal) - the policy is as before
 */
ZVMO_API int zvmo_set_cache_policy(int fd, uint32_t policy);

/**
 * zvmo_op_range() - Act on a range of a VMO.
 * @fd: The VMO. Right: by @op.
 * @op: ZVMO_OP_COMMIT, ZVMO_OP_DECOMMIT or ZVMO_OP_ZERO (right: WRITE);
 *	ZVMO_OP_PREFETCH (READ); ZVMO_OP_ALWAYS_NEED or ZVMO_OP_DONT_NEED (none);
 *	ZVMO_OP_CACHE_SYNC, ZVMO_OP_CACHE_CLEAN or
 *	ZVMO_OP_CACHE_CLEAN_INVALIDATE (READ); ZVMO_OP_CACHE_INVALIDATE (WRITE);
 *	ZVMO_OP_TRY_LOCK or ZVMO_OP_UNLOCK (READ or WRITE). ZVMO_OP_LOCK has
 *	zvmo_lock().
 * @offset: Where the range begins.
 * @length: Length of the range; 0 does nothing.
 *
 * struct zvmo_op_range in <linux/zvmo.h> says what each does.
 *
 * Return: 0.
 * * -EINVAL - unknown @op, or ZVMO_OP_LOCK; DECOMMIT of a range that is not
 *   whole pages; a cache operation on an empty range
 * * -EACCES - a right is missing
 * * -ERANGE - the range is not inside the VMO
 * * -EOPNOTSUPP - DECOMMIT of a snapshot, or of a VMO with living snapshots;
 *   CACHE_INVALIDATE unless the module allows it
 * * -EBUSY - ZERO: the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENODATA - COMMIT: the content was discarded
 * * -ENOMEM, -EINTR - the first part of the range may be done
 */
ZVMO_API int zvmo_op_range(int fd, uint32_t op, uint64_t offset,
			   uint64_t length);

/**
 * zvmo_commit() - Give a VMO pages of its own, so that writes need no memory.
 * @fd: The VMO. Right: WRITE.
 * @offset: Where the range begins; it is rounded out to pages.
 * @length: Length of the range.
 *
 * Return: as zvmo_op_range() with ZVMO_OP_COMMIT.
 */
ZVMO_API int zvmo_commit(int fd, uint64_t offset, uint64_t length);

/**
 * zvmo_decommit() - Free pages that no snapshot can share; they read zero.
 * @fd: The VMO. Right: WRITE.
 * @offset: Where the range begins, a multiple of the page size.
 * @length: Length of the range, a multiple of the page size.
 *
 * Return: as zvmo_op_range() with ZVMO_OP_DECOMMIT.
 */
ZVMO_API int zvmo_decommit(int fd, uint64_t offset, uint64_t length);

/**
 * zvmo_zero() - Make a range read zero, to the byte, and free whole pages.
 * @fd: The VMO. Right: WRITE.
 * @offset: Where the range begins.
 * @length: Length of the range.
 *
 * Return: as zvmo_op_range() with ZVMO_OP_ZERO.
 */
ZVMO_API int zvmo_zero(int fd, uint64_t offset, uint64_t length);

/**
 * zvmo_lock() - Lock the content of a discardable VMO.
 * @fd: A VMO created with ZVMO_DISCARDABLE. Right: READ or WRITE.
 * @size: Its size, whole pages.
 * @state: out: whether the content was discarded since the last lock, and so
 *	reads zero now: then @state->discarded_size is not 0. NULL if it does not
 *	matter.
 *
 * While a lock is held, the content stays. Locks are counted in the VMO:
 * closing a descriptor unlocks nothing.
 *
 * Return: 0.
 * * -EOPNOTSUPP - not discardable
 * * -EACCES - neither READ nor WRITE
 * * -ERANGE - @size is not the VMO's size
 * * -EFAULT - the VMO is not locked
 */
ZVMO_API int zvmo_lock(int fd, uint64_t size, struct zvmo_lock_state *state);

/**
 * zvmo_try_lock() - Lock the content of a discardable VMO if it is there.
 * @fd: As zvmo_lock().
 * @size: As zvmo_lock().
 *
 * Return: 0.
 * * -ESTALE - the content was discarded; the VMO is not locked
 * * else as zvmo_lock()
 */
ZVMO_API int zvmo_try_lock(int fd, uint64_t size);

/**
 * zvmo_unlock() - Undo one zvmo_lock() or zvmo_try_lock().
 * @fd: As zvmo_lock().
 * @size: As zvmo_lock().
 *
 * After the last one the kernel may discard the content when memory is short.
 *
 * Return: 0.
 * * -EBADFD - no lock is held
 * * else as zvmo_lock()
 */
ZVMO_API int zvmo_unlock(int fd, uint64_t size);

/**
 * zvmo_transfer() - Move content from one VMO to another.
 * @fd: Where to. Right: WRITE.
 * @offset: Where the range begins there, a multiple of the page size.
 * @length: Length of the range, a multiple of the page size.
 * @source: Where from; may be the same VMO. Rights: READ and WRITE.
 * @source_offset: Where the range begins there, a multiple of the page size.
 *
 * The range gets the source's content, and the source's range reads zero.
 * Pages that the source alone owns move without being copied. Ranges of one VMO
 * may overlap.
 *
 * Return: 0.
 * * -EINVAL - something is not page aligned
 * * -EACCES - a right is missing
 * * -ERANGE - a range is not inside its VMO
 * * -EBUSY - a cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENODATA - the content of one was discarded
 * * -ENOMEM, -EINTR - a part may have moved; nothing is lost or doubled
 */
ZVMO_API int zvmo_transfer(int fd, uint64_t offset, uint64_t length, int source,
			   uint64_t source_offset);

/**
 * zvmo_restore() - Give a whole VMO the content of a relative.
 * @fd: The VMO. Right: WRITE.
 * @source: The relative, such as a snapshot taken earlier. Right: READ.
 *
 * The VMO's size, as found at the beginning of the call, says what the whole
 * is. In one step, at the cost of what differs; pages are shared, not copied.
 * Sizes stay, and so does the relative, which can serve again.
 *
 * Return: 0.
 * * -EACCES - a right is missing
 * * -EINVAL - the two are not relatives
 * * -ERANGE - the VMO shrank meanwhile
 * * -EBUSY - a cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENOMEM
 */
ZVMO_API int zvmo_restore(int fd, int source);

/**
 * zvmo_restore_range() - Give a part of a VMO the content of a relative.
 * @fd: The VMO. Right: WRITE.
 * @source: The relative. Right: READ.
 * @offset: Where the part begins in @fd, a multiple of the page size.
 * @length: Length of the part, a multiple of the page size.
 *
 * Return: as zvmo_restore().
 * * -EINVAL - also if not page aligned
 * * -ERANGE - the part is not inside the VMO
 */
ZVMO_API int zvmo_restore_range(int fd, int source, uint64_t offset,
				uint64_t length);

/**
 * zvmo_read() - Read from a VMO until the buffer is full.
 * @fd: The VMO. Right: READ.
 * @offset: Where to begin.
 * @buffer: Where to store the bytes.
 * @length: How many to read.
 *
 * pread(2) in a loop: neither a signal nor the kernel's limit of 2 GiB for one
 * read shortens the result.
 *
 * Return: how many bytes were read; less than @length means exactly that the
 * stream size was reached, 0 that @offset is not below it. After an error the
 * content of @buffer is unspecified.
 * * -EBADF - no READ
 * * -EINVAL - @offset exceeds INT64_MAX
 * * -EBUSY - the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENODATA - the content was discarded
 * * -EFAULT, -ENOMEM
 */
ZVMO_API ssize_t zvmo_read(int fd, uint64_t offset, void *buffer,
			   size_t length);

/**
 * zvmo_write() - Write a whole buffer to a VMO.
 * @fd: The VMO. Right: WRITE.
 * @offset: Where to begin. Past the stream size, that grows; past the end of a
 *	resizable VMO, the VMO grows if the descriptor has RESIZE.
 * @buffer: The bytes.
 * @length: How many to write.
 *
 * pwrite(2) in a loop. There is no short result: all is written, or an error
 * is returned and an unspecified number of the first bytes is written.
 *
 * Return: 0.
 * * -EBADF - no WRITE
 * * -EFBIG - the end of the VMO, which cannot grow, was reached
 * * -EINVAL - @offset exceeds INT64_MAX
 * * -EBUSY, -ENODATA - as zvmo_read()
 * * -EFAULT, -ENOMEM
 */
ZVMO_API int zvmo_write(int fd, uint64_t offset, const void *buffer,
			size_t length);

/**
 * zvmo_read_memory() - Read from a VMO as from memory, whatever its stream size.
 * @fd: The VMO. Right: READ.
 * @offset: Where to begin.
 * @buffer: Where to store the bytes.
 * @length: How many to read; all of them inside the VMO.
 *
 * What a mapping shows. There is no short result.
 *
 * Return: 0. After an error the content of @buffer is unspecified.
 * * -EACCES - no READ
 * * -ERANGE - the range is not inside the VMO
 * * -EBUSY - the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -ENODATA - the content was discarded
 * * -EFAULT, -EINTR
 */
ZVMO_API int zvmo_read_memory(int fd, uint64_t offset, void *buffer,
			      size_t length);

/**
 * zvmo_write_memory() - Write to a VMO as to memory; the stream size stays.
 * @fd: The VMO. Right: WRITE.
 * @offset: Where to begin.
 * @buffer: The bytes.
 * @length: How many to write; all of them inside the VMO, which does not grow.
 *
 * Return: 0.
 * * -EACCES - no WRITE
 * * -ERANGE - the range is not inside the VMO; nothing was written
 * * -EBUSY, -ENODATA - as zvmo_read_memory()
 * * -EFAULT, -ENOMEM, -EINTR - an unspecified number of the first bytes is
 *   written
 */
ZVMO_API int zvmo_write_memory(int fd, uint64_t offset, const void *buffer,
			       size_t length);

/**
 * zvmo_map() - Map a part of a VMO.
 * @fd: The VMO. Rights: MAP and READ; WRITE for PROT_WRITE unless MAP_PRIVATE;
 *	EXECUTE for PROT_EXEC.
 * @offset: Where the part begins, a multiple of the page size.
 * @length: Length of the part, not 0. It may reach beyond the VMO; touching
 *	that raises SIGBUS until the VMO has grown.
 * @prot: PROT_READ, PROT_WRITE, PROT_EXEC or PROT_NONE.
 * @flags: 0, or flags of mmap(2) such as MAP_POPULATE. Without MAP_PRIVATE the
 *	mapping is MAP_SHARED.
 * @address: out: where the mapping begins. in: with MAP_FIXED and
 *	MAP_FIXED_NOREPLACE where to put it, else not read.
 *
 * The mapping keeps the VMO alive when @fd is closed.
 *
 * Return: 0.
 * * -EACCES - a right is missing
 * * -EINVAL - @length is 0; @offset or a fixed @address is not page aligned
 * * -EEXIST - MAP_FIXED_NOREPLACE, and something is mapped there
 * * -EBUSY - MAP_PRIVATE, and the cache policy is not ZVMO_CACHE_POLICY_CACHED
 * * -EOVERFLOW - @offset + @length is too big
 * * -EAGAIN, -ENOMEM, -EPERM - as mmap(2)
 */
ZVMO_API int zvmo_map(int fd, uint64_t offset, size_t length, int prot,
		      int flags, void **address);

/**
 * zvmo_unmap() - Remove mappings.
 * @address: Where to begin, page aligned.
 * @length: How many bytes, not 0.
 *
 * Return: 0.
 * * -EINVAL - @address is not page aligned, or @length is 0
 * * -ENOMEM - a mapping would have to be split and there are too many
 */
ZVMO_API int zvmo_unmap(void *address, size_t length);

/**
 * zvmo_map_range() - Fill page tables ahead of use.
 * @fd: The VMO. Right: WRITE, with ZVMO_MAP_RANGE_WRITE.
 * @address: Where the range begins in the caller's memory, page aligned; inside
 *	shared mappings of this VMO.
 * @length: Length of the range, not 0.
 * @flags: 0; or ZVMO_MAP_RANGE_WRITE, to enter for writing what may be written
 *	in place.
 *
 * Pages that exist are entered, so that touching them does not fault. Nothing
 * is committed or copied; holes are skipped.
 *
 * Return: 0.
 * * -EINVAL - an unknown flag, @address not page aligned, @length 0
 * * -ERANGE - the range leaves the address space
 * * -EFAULT - a part of the range is no shared mapping of the VMO
 * * -EACCES - ZVMO_MAP_RANGE_WRITE, and no WRITE or a read-only mapping
 * * -ENODATA - the content was discarded
 * * -ENOMEM, -EINTR - a part may have been entered
 */
ZVMO_API int zvmo_map_range(int fd, void *address, size_t length,
			    uint32_t flags);

/**
 * zvmo_set_priority() - Keep what mappings show in memory, or no longer.
 * @fd: The VMO. No right is needed.
 * @address: Where the range begins in the caller's memory, page aligned; inside
 *	mappings of this VMO.
 * @length: Length of the range, not 0.
 * @priority: ZVMO_PRIORITY_DEFAULT or ZVMO_PRIORITY_HIGH.
 *
 * Each mapping that the range touches gets the priority, as a whole, until it
 * is unmapped. ZVMO_PRIORITY_HIGH also commits what the range maps and fills
 * the page tables, as well as it can; while a mapping has it, nothing reclaims
 * the VMO's content.
 *
 * Return: 0.
 * * -EINVAL - unknown @priority, @address not page aligned, @length 0
 * * -ERANGE - the range leaves the address space
 * * -EFAULT - a part of the range is no mapping of the VMO
 * * -EINTR
 */
ZVMO_API int zvmo_set_priority(int fd, void *address, size_t length,
			       uint32_t priority);

/**
 * struct zvmo_mapping - What the caller knows of one of its mappings.
 * @fd: The VMO; it is to stay open.
 * @offset: Where the mapping begins in the VMO.
 * @address: Where the mapping begins in memory.
 * @length: Length of the mapping.
 *
 * The caller fills it, as for zvmo_map(), and keeps it; the library remembers
 * no mapping.
 */
struct zvmo_mapping {
	int fd;
	uint64_t offset;
	void *address;
	size_t length;
};

/**
 * zvmo_mapping_op() - Act on the part of a VMO that a range of memory shows.
 * @mapping: The mapping.
 * @op: As zvmo_op_range().
 * @address: Where the range begins in the caller's memory.
 * @length: Length of the range.
 *
 * Return: as zvmo_op_range().
 * * -ERANGE - also if the range is not inside @mapping
 */
ZVMO_API int zvmo_mapping_op(const struct zvmo_mapping *mapping, uint32_t op,
			     void *address, size_t length);

/**
 * zvmo_mapping_get_info() - Say what the part of a VMO that a range of memory
 *	shows costs.
 * @mapping: The mapping.
 * @address: Where the range begins in the caller's memory, page aligned.
 * @length: Length of the range, a multiple of the page size.
 * @info: As zvmo_get_range_info().
 * @size: As zvmo_get_range_info().
 *
 * Return: as zvmo_get_range_info().
 * * -ERANGE - also if the range is not inside @mapping
 */
ZVMO_API int zvmo_mapping_get_info(const struct zvmo_mapping *mapping,
				   const void *address, size_t length,
				   struct zvmo_range_info *info, size_t size);

/**
 * zvmo_duplicate() - Make a descriptor of the same VMO with the same or fewer
 *	rights.
 * @fd: The VMO. Right: DUPLICATE.
 * @rights: The rights of the new descriptor, a subset; or
 *	ZVMO_RIGHT_SAME_RIGHTS.
 *
 * Return: a descriptor, with a file position of its own.
 * * -EACCES - no DUPLICATE
 * * -EINVAL - @rights is not a subset
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_duplicate(int fd, uint32_t rights);

/**
 * zvmo_replace() - Exchange a descriptor for one with the same or fewer rights.
 * @fd: The VMO. No right is needed. It is closed in every case, also when the
 *	call fails.
 * @rights: As zvmo_duplicate().
 *
 * Return: a descriptor, whose number differs from @fd.
 * * -EINVAL - @rights is not a subset
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_replace(int fd, uint32_t rights);

/**
 * zvmo_replace_as_executable() - Exchange a descriptor for one that also has
 *	EXECUTE.
 * @fd: The VMO. No right is needed. It is closed in every case, also when the
 *	call fails.
 *
 * Needs CAP_SYS_ADMIN in the initial user namespace, unless the module's
 * parameter ambient_mark_vmo_exec lets everybody.
 *
 * Return: a descriptor, whose number differs from @fd.
 * * -EACCES - no privilege
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_replace_as_executable(int fd);

/**
 * zvmo_keep() - Let a VMO live on under a name, whoever closes it.
 * @fd: The VMO. Right: DUPLICATE.
 * @name: The name, 1 to ZVMO_NAME_LEN - 1 bytes; one of the whole machine, not
 *	that of zvmo_set_name().
 * @mode: Who may open it: of 0666, as a file's. The owner is the caller.
 *
 * The rights of @fd are kept with it. While any VMO is kept the module cannot
 * be unloaded.
 *
 * Return: 0.
 * * -EINVAL - @mode has other bits; @name is empty or too long
 * * -EACCES - no DUPLICATE
 * * -EEXIST - a VMO is kept under @name
 * * -ENOSPC - the user keeps as many as the module's parameter kept_max allows,
 *   and the caller has no CAP_SYS_RESOURCE
 * * -ENOMEM
 */
ZVMO_API int zvmo_keep(int fd, const char *name, uint32_t mode);

/**
 * zvmo_open_kept() - Open a VMO that is kept.
 * @device: Descriptor of /dev/zvmo.
 * @name: The name under which it is kept.
 * @rights: What the descriptor is to have, ZVMO_RIGHT_*; or
 *	ZVMO_RIGHT_SAME_RIGHTS for all that the caller may have.
 *
 * The caller may have the rights with which it was kept; without permission to
 * read not READ and EXECUTE, without permission to write not WRITE, RESIZE and
 * SET_PROPERTY.
 *
 * Return: a descriptor.
 * * -EINVAL - @name is empty or too long
 * * -ENOENT - no VMO is kept under @name
 * * -EACCES - no permission, or not for all of @rights
 * * -EMFILE, -ENFILE, -ENOMEM
 */
ZVMO_API int zvmo_open_kept(int device, const char *name, uint32_t rights);

/**
 * zvmo_drop() - Keep a VMO no longer.
 * @device: Descriptor of /dev/zvmo.
 * @name: The name under which it is kept. It is free at once.
 *
 * The VMO lives as long as it is in use, or has another name.
 *
 * Return: 0.
 * * -EINVAL - @name is empty or too long
 * * -ENOENT - no VMO is kept under @name
 * * -EACCES - somebody else keeps it, and the caller has no CAP_FOWNER
 */
ZVMO_API int zvmo_drop(int device, const char *name);

/**
 * zvmo_next_kept() - Go on to the next VMO that is kept.
 * @device: Descriptor of /dev/zvmo.
 * @info: in: @info->name, the name to go on from, empty to begin; out: the VMO
 *	whose name is the next, byte by byte. What the module does not know is
 *	zeroed. At the end, and after an error, only @info->name means something:
 *	it is as before.
 * @size: sizeof(\*info), by which the library knows the caller's header.
 *
 * VMOs that the caller neither owns nor may open are left out.
 *
 * Return: 1 with a VMO, 0 at the end.
 * * -EINVAL - @size is shorter than ZVMO_KEPT_INFO_SIZE_VER0; @info->name does
 *   not end
 * * -EFAULT
 */
ZVMO_API int zvmo_next_kept(int device, struct zvmo_kept_info *info,
			    size_t size);

/* How many VMOs one zvmo_send() can send. */
#define ZVMO_SEND_MAX 253

/**
 * zvmo_send() - Send VMOs over a UNIX socket.
 * @socket: A connected socket, of any type.
 * @fds: The VMOs. Right: TRANSFER. They stay open here, and arrive with the
 *	rights that they have here.
 * @count: How many, 1 to ZVMO_SEND_MAX.
 *
 * One message: a single byte 0 with the descriptors attached. A program that
 * has more to say attaches descriptors to its own messages with sendmsg(2).
 *
 * Context: Waits for room, unless the socket is non-blocking.
 * Return: 0.
 * * -EINVAL - @count is out of range
 * * -EACCES - a descriptor lacks TRANSFER; this library checks it, the kernel
 *   does not
 * * -EPIPE, -ECONNREFUSED - nobody is at the other end; SIGPIPE is not raised
 * * -ETOOMANYREFS - too many descriptors in flight
 * * -EAGAIN, -EINTR, -ENOTSOCK, -ENOTCONN, -ENOMEM and others of sendmsg(2)
 */
ZVMO_API int zvmo_send(int socket, const int *fds, unsigned int count);

/**
 * zvmo_receive() - Receive VMOs that were sent with zvmo_send().
 * @socket: The socket.
 * @fds: Where to store the descriptors.
 * @capacity: How many @fds can hold.
 *
 * Takes one message and hands over all of it or, on an error, none of it: the
 * descriptors in it are closed then. What is handed over is VMOs.
 *
 * Context: Waits for a message, unless the socket is non-blocking.
 * Return: how many descriptors were stored; 0 if the peer closed the socket.
 * * -EMSGSIZE - more than @capacity
 * * -EMFILE - no room in the descriptor table for all of them, or a security
 *   module refused one
 * * -ENOTTY - one was not a VMO
 * * -EBADMSG - a message that is not zvmo_send()'s
 * * -EAGAIN, -EINTR, -ECONNRESET, -ENOTSOCK, -ENOTCONN, -ENOMEM and others of
 *   recvmsg(2)
 */
ZVMO_API int zvmo_receive(int socket, int *fds, unsigned int capacity);

/* How many ranges a struct zvmo_diff_iter fetches at a time. */
#define ZVMO_DIFF_ITER_RANGES 32

/**
 * struct zvmo_diff_iter - State of a comparison; all members are private.
 */
struct zvmo_diff_iter {
	/* private: */
	int fd;
	int other;
	uint64_t offset;
	uint64_t end;
	uint32_t next;
	uint32_t count;
	struct zvmo_diff_range ranges[ZVMO_DIFF_ITER_RANGES];
};

/**
 * zvmo_diff_init() - Begin to compare the pages of two relatives.
 * @iter: The iterator. It holds no resource, so needs no end call.
 * @fd: The one VMO. Right: READ. It is to stay open.
 * @other: The other VMO. Right: READ. It is to stay open.
 * @offset: Where to begin in @fd, a multiple of the page size.
 * @length: How much to compare, a multiple of the page size.
 *
 * Cannot fail: what is wrong with the arguments, zvmo_diff_next() returns.
 */
ZVMO_API void zvmo_diff_init(struct zvmo_diff_iter *iter, int fd, int other,
			     uint64_t offset, uint64_t length);

/**
 * zvmo_diff_next() - Get the next range of pages that differ.
 * @iter: The iterator.
 * @range: out: the range; struct zvmo_diff_range in <linux/zvmo.h>. Valid until
 *	the next call for @iter.
 *
 * Ranges come in ascending order. Pages are compared by identity: equal bytes
 * in different pages count as a difference. A change made during the iteration
 * may be seen or not.
 *
 * Return: 1 with a range, 0 at the end.
 * * -EACCES - no READ on one of them
 * * -EBADF, -ENOTTY - also for the other VMO
 * * -EINVAL - not page aligned; the two are not relatives
 * * -ERANGE - the range is not inside the VMO
 * * -ENOMEM
 */
ZVMO_API int zvmo_diff_next(struct zvmo_diff_iter *iter,
			    const struct zvmo_diff_range **range);

#ifdef __cplusplus
}
#endif

#endif /* _ZVMO_H */
