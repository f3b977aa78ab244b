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
 * @size: sizeof(\*info), by which the library knows the caller's header.
 *
 * Return: 0.
 * * -EINVAL - @size is shorter than ZVMO_INFO_SIZE_VER0
 * * -EFAULT
 */
ZVMO_API int zvmo_get_info(int fd, struct zvmo_info *info, size_t size);

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
 * zvmo_op_range() - Commit, decommit or zero a range.
 * @fd: The VMO. Right: WRITE.
 * @op: ZVMO_OP_COMMIT, ZVMO_OP_DECOMMIT or ZVMO_OP_ZERO.
 * @offset: Where the range begins.
 * @length: Length of the range; 0 does nothing.
 *
 * Return: 0.
 * * -EINVAL - unknown @op; DECOMMIT of a range that is not whole pages
 * * -EACCES - no WRITE
 * * -ERANGE - the range is not inside the VMO
 * * -EOPNOTSUPP - DECOMMIT of a snapshot, or of a VMO with living snapshots
 * * -ENOMEM, -EINTR - COMMIT and ZERO: the first part of the range may be done
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
 * * -EFAULT, -ENOMEM
 */
ZVMO_API int zvmo_write(int fd, uint64_t offset, const void *buffer,
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
