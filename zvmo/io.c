// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: reading, writing and seeking
 *
 * User memory is copied under cow->lock with page faults disabled, since
 * faulting it in takes mmap_lock, which comes before. When a copy stops short
 * the lock is dropped, the user's page faulted in, and the place looked up
 * again. (To copy after dropping the lock would let a write in progress reach a
 * snapshot taken meanwhile, or a page that has moved on.)
 *
 * The size is checked again each time the lock is taken.
 */
#include <linux/highmem.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "io.h"
#include "page.h"

/* Pages copied before the lock is let go of for others. */
#define IO_BATCH 16

/* Bytes on their way between a VMO and an iterator. */
struct io {
	struct zvmo *vmo;
	struct iov_iter *iter;
	u64 offset; /* where it stands, in the VMO */
	bool whole; /* to the VMO's size, whatever the stream size */
	bool may_grow; /* a write may raise the VMO's size */
	struct page *spare; /* for a write */
};

/* Page number in the content object. */
static inline unsigned long io_pgoff(const struct io *io)
{
	return io->vmo->first + (io->offset >> PAGE_SHIFT);
}

/* Bytes that lie in the present page and before @end. */
static size_t io_chunk(const struct io *io, u64 end)
{
	size_t chunk = PAGE_SIZE - offset_in_page(io->offset);

	chunk = min(chunk, iov_iter_count(io->iter));
	return min_t(u64, chunk, end - io->offset);
}

/* Where the stream ends. */
static u64 stream_end(const struct zvmo *vmo)
{
	return min_t(u64, i_size_read(vmo->inode), zvmo_size(vmo));
}

/* Where reading ends. */
static u64 read_end(const struct io *io)
{
	return io->whole ? zvmo_size(io->vmo) : stream_end(io->vmo);
}

static size_t read_page(struct io *io, size_t chunk)
{
	struct zvmo_cow *cow = io->vmo->cow;
	zvmo_entry_t entry =
		zvmo_tree_lookup(&cow->tree, cow->base + io_pgoff(io));
	struct page *page = zvmo_entry_is_page(entry) ? zvmo_entry_page(entry) :
							ZERO_PAGE(0);
	char *from = kmap_local_page(page);
	size_t copied = copy_to_iter(from + offset_in_page(io->offset), chunk,
				     io->iter);

	kunmap_local(from);
	return copied;
}

/*
 * Read a batch of pages. Returns 1 when all is read, 0 to go on, -EFAULT when
 * user memory must be faulted in first, or another errno.
 */
static int read_batch(struct io *io)
{
	struct zvmo_cow *cow = io->vmo->cow;
	size_t chunk, copied;
	int i, ret;
	u64 end;

	if (down_read_killable(&cow->lock))
		return -EINTR;
	end = read_end(io);
	ret = zvmo_cow_check(cow);
	pagefault_disable();
	for (i = 0; i < IO_BATCH && !ret; i++) {
		if (io->offset >= end || !iov_iter_count(io->iter)) {
			ret = 1;
			break;
		}
		chunk = io_chunk(io, end);
		copied = read_page(io, chunk);
		io->offset += copied;
		if (copied < chunk)
			ret = -EFAULT;
	}
	pagefault_enable();
	up_read(&cow->lock);
	return ret;
}

/* Read until all is read, or the end is met (0), or an error. */
static int read_all(struct io *io)
{
	size_t want;
	int ret = 0;

	while (!ret) {
		ret = read_batch(io);
		want = min_t(size_t, iov_iter_count(io->iter),
			     IO_BATCH * PAGE_SIZE);
		/* A pipe that is full stays full. */
		if (ret == -EFAULT && user_backed_iter(io->iter) &&
		    fault_in_iov_iter_writeable(io->iter, want) < want)
			ret = 0;
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	return min(ret, 0);
}

/**
 * zvmo_read_iter() - Read, up to the stream size.
 * @vmo: The VMO.
 * @to: Where to; its count says how much.
 * @offset: From where, in bytes.
 *
 * Context: May sleep and fault. Takes and releases cow->lock.
 * Return: Bytes read, fewer than asked at the end of the stream or if a fatal
 * signal arrived; or, if none:
 * * -EFAULT - the buffer is not accessible
 * * -EINTR - a fatal signal
 */
ssize_t zvmo_read_iter(struct zvmo *vmo, struct iov_iter *to, u64 offset)
{
	struct io io = { .vmo = vmo, .iter = to, .offset = offset };
	int err = read_all(&io);

	return io.offset > offset ? io.offset - offset : err;
}

/* Where writing ends; past it a write may only grow the VMO. */
static u64 write_end(const struct io *io)
{
	u64 base = (u64)io->vmo->cow->base << PAGE_SHIFT;

	return io->may_grow ? ZVMO_SIZE_MAX - base : zvmo_size(io->vmo);
}

/* Write into one page. Returns bytes written, or a negative errno. */
static ssize_t write_page(struct io *io)
{
	struct zvmo_cow *cow = io->vmo->cow;
	u64 old_size = cow->size;
	size_t chunk, copied = 0;
	struct page *page;
	int err;

	if (io->offset >= write_end(io))
		return io->whole ? -ERANGE : -EFBIG;
	chunk = io_chunk(io, write_end(io));
	if (io->may_grow)
		zvmo_cow_grow(cow, round_up(io->offset + 1, PAGE_SIZE));
	err = zvmo_cow_own_page(cow, io_pgoff(io), NULL, &io->spare, &page);
	if (!err) {
		pagefault_disable();
		copied = zvmo_copy_from_iter_atomic(
			page, offset_in_page(io->offset), chunk, io->iter);
		pagefault_enable();
		flush_dcache_page(page);
	}
	if (!copied) {
		zvmo_cow_ungrow(cow, old_size, io_pgoff(io));
		return err ?: -EFAULT;
	}
	io->offset += copied;
	if (!io->whole && io->offset > i_size_read(io->vmo->inode))
		i_size_write(io->vmo->inode, io->offset);
	return copied == chunk ? copied : -EFAULT;
}

/*
 * Write a batch of pages. Returns 1 when all is written, 0 to go on, -EAGAIN
 * for a spare page, -EFAULT when user memory must be faulted in first.
 */
static int write_batch(struct io *io)
{
	ssize_t ret;
	int i;

	if (down_write_killable(&io->vmo->cow->lock))
		return -EINTR;
	ret = zvmo_cow_check(io->vmo->cow);
	for (i = 0; i < IO_BATCH && ret >= 0; i++) {
		if (!iov_iter_count(io->iter)) {
			ret = 1;
			break;
		}
		ret = write_page(io);
	}
	up_write(&io->vmo->cow->lock);
	return ret < 0 ? ret : !iov_iter_count(io->iter);
}

/* Get what a batch stopped for. Returns 0 to go on. */
static int write_supply(struct io *io, int ret)
{
	size_t want =
		min_t(size_t, iov_iter_count(io->iter), IO_BATCH * PAGE_SIZE);

	if (ret == -EAGAIN) {
		/* No page is spent on a buffer that cannot be read. */
		want = min_t(size_t, want, PAGE_SIZE);
		if (user_backed_iter(io->iter) &&
		    fault_in_iov_iter_readable(io->iter, want) == want)
			return -EFAULT;
		io->spare = zvmo_page_alloc();
		return io->spare ? 0 : -ENOMEM;
	}
	if (ret == -EFAULT && user_backed_iter(io->iter) &&
	    fault_in_iov_iter_readable(io->iter, want) < want)
		return 0;
	return ret;
}

/* Write until all is written (0), or an error. */
static int write_all(struct io *io)
{
	int ret = 0;

	while (!ret) {
		ret = write_supply(io, write_batch(io));
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	if (io->spare)
		zvmo_page_put(io->spare);
	return min(ret, 0);
}

/**
 * zvmo_write_iter() - Write, extending the stream size as needed.
 * @vmo: The VMO.
 * @may_grow: Raise its size too. The VMO is resizable then.
 * @from: Where from; its count says how much.
 * @offset: Where to, in bytes.
 *
 * Context: May sleep and fault. The lock of @vmo->inode is held; takes and
 * releases cow->lock.
 * Return: Bytes written, fewer than asked if something was in the way; or, if
 * none:
 * * -EFAULT - the buffer is not accessible
 * * -EFBIG - @offset is not below the size
 * * -ENOMEM
 * * -EINTR - a fatal signal
 */
ssize_t zvmo_write_iter(struct zvmo *vmo, bool may_grow, struct iov_iter *from,
			u64 offset)
{
	struct io io = {
		.vmo = vmo, .may_grow = may_grow, .iter = from, .offset = offset
	};
	int err = write_all(&io);

	return io.offset > offset ? io.offset - offset : err;
}

/* Set up to move all of [@offset, +@length) to or from a user's buffer. */
static int io_init_whole(struct io *io, struct iov_iter *iter, int direction,
			 u64 length, void __user *buffer)
{
	u64 end;

	if (check_add_overflow(io->offset, length, &end) ||
	    end > zvmo_size(io->vmo))
		return -ERANGE;
	if (!access_ok(buffer, length))
		return -EFAULT;
	iov_iter_ubuf(iter, direction, buffer, length);
	io->iter = iter;
	io->whole = true;
	return 0;
}

/**
 * zvmo_read() - Read all of a range, to the VMO's size.
 * @vmo: The VMO.
 * @offset: From where, in bytes.
 * @length: How many bytes.
 * @buffer: Where to.
 *
 * Context: May sleep and fault. Takes and releases cow->lock.
 * Return: 0, or a negative errno as ZVMO_IOC_READ documents.
 */
int zvmo_read(struct zvmo *vmo, u64 offset, u64 length, void __user *buffer)
{
	struct io io = { .vmo = vmo, .offset = offset };
	struct iov_iter iter;
	int err;

	err = io_init_whole(&io, &iter, READ, length, buffer);
	if (!err)
		err = read_all(&io);
	/* It shrank meanwhile. */
	return err ?: iov_iter_count(&iter) ? -ERANGE : 0;
}

/**
 * zvmo_write() - Write all of a range, to the VMO's size.
 * @vmo: The VMO.
 * @offset: Where to, in bytes.
 * @length: How many bytes.
 * @buffer: Where from.
 *
 * The stream size stays.
 *
 * Context: May sleep and fault. Takes and releases cow->lock.
 * Return: 0, or a negative errno as ZVMO_IOC_WRITE documents.
 */
int zvmo_write(struct zvmo *vmo, u64 offset, u64 length,
	       const void __user *buffer)
{
	struct io io = { .vmo = vmo, .offset = offset };
	struct iov_iter iter;
	int err;

	err = io_init_whole(&io, &iter, WRITE, length, (void __user *)buffer);
	return err ?: write_all(&io);
}

/**
 * zvmo_seek() - Find the next page, or the next hole.
 * @vmo: The VMO.
 * @offset: Where to begin, in bytes, not negative.
 * @data: Find a page, else a hole.
 *
 * Context: May sleep. Takes and releases cow->lock.
 * Return: The offset where it begins, at least @offset; the end of the stream
 * counts as a hole. -ENXIO - nothing up to the end; -EINTR - a fatal signal.
 */
loff_t zvmo_seek(struct zvmo *vmo, loff_t offset, bool data)
{
	struct zvmo_cow *cow = vmo->cow;
	unsigned long index = cow->base + vmo->first, next, last;
	loff_t end, found = -ENXIO;
	bool there;

	if (down_read_killable(&cow->lock))
		return -EINTR;
	end = stream_end(vmo);
	if (offset >= end)
		goto out_unlock;
	next = index + (offset >> PAGE_SHIFT);
	last = index + ((end - 1) >> PAGE_SHIFT);
	there = data ? zvmo_tree_next_page(&cow->tree, &next, last) :
		       zvmo_tree_next_hole(&cow->tree, &next, last);
	if (there)
		found = max((loff_t)(next - index) << PAGE_SHIFT, offset);
	else if (!data)
		found = end;
out_unlock:
	up_read(&cow->lock);
	return found;
}
