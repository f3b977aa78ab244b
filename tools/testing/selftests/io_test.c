// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - reading and writing a VMO as a file
 *
 * Buffers that cannot be accessed, wholly or from some page on, and buffers
 * that are mappings of VMOs, also of the VMO that is read or written.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness.h"

/* Byte number @offset of what pattern_fill() writes. */
static uint8_t pattern(uint64_t offset, uint8_t seed)
{
	return offset * 7 + offset / 251 + seed;
}

static void pattern_make(uint8_t *data, uint64_t offset, size_t size,
			 uint8_t seed)
{
	size_t i;

	for (i = 0; i < size; i++)
		data[i] = pattern(offset + i, seed);
}

static void pattern_fill(int fd, size_t size, uint8_t seed)
{
	uint8_t *data = malloc(size);

	ASSERT(data != NULL);
	pattern_make(data, 0, size, seed);
	test_write(fd, 0, data, size);
	free(data);
}

static void pattern_check(const uint8_t *data, uint64_t offset, size_t size,
			  uint8_t seed)
{
	uint8_t *wanted = malloc(size + 1);

	ASSERT(wanted != NULL);
	pattern_make(wanted, offset, size, seed);
	EXPECT_MEMEQ(data, wanted, size);
	free(wanted);
}

static void pattern_check_vmo(int fd, uint64_t offset, size_t size,
			      uint8_t seed)
{
	uint8_t *data = malloc(size + 1);

	ASSERT(data != NULL);
	test_read(fd, offset, data, size);
	pattern_check(data, offset, size, seed);
	free(data);
}

/* @pages pages of memory, those in @missing (bits) with @prot. */
static char *buffer_with_gaps(unsigned int pages, unsigned int missing,
			      int prot)
{
	char *buffer = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	ASSERT(buffer != MAP_FAILED);
	memset(buffer, 0x55, pages * PAGE);
	for (i = 0; i < pages; i++) {
		if (missing & 1U << i)
			ASSERT_EQ(mprotect(buffer + i * PAGE, PAGE, prot), 0);
	}
	return buffer;
}

TEST(large_transfers)
{
	size_t size = 300 * PAGE + 123;
	int fd = test_create(size, 0);
	uint8_t *data = malloc(size);

	ASSERT(data != NULL);
	pattern_make(data, 0, size, 1);
	EXPECT_EQ(pwrite(fd, data, size, 0), size);
	memset(data, 0, size);
	EXPECT_EQ(pread(fd, data, size, 0), size);
	pattern_check(data, 0, size, 1);
	EXPECT_EQ(test_stats().pages, 301);
}

TEST(every_alignment)
{
	int fd = test_create(3 * PAGE, 0);
	uint8_t data[100];
	unsigned int i;

	for (i = 0; i < 100; i++) {
		uint64_t offset = PAGE - 50 + i;
		unsigned int size = 1 + i * 37 % 99;

		pattern_make(data, offset, size, i);
		test_write(fd, offset, data, size);
		pattern_check_vmo(fd, offset, size, i);
	}
}

TEST(end_of_file)
{
	int fd = test_create(PAGE + 10, 0);
	char buffer[100];

	memset(buffer, 1, sizeof(buffer));
	EXPECT_EQ(pread(fd, buffer, 100, PAGE), 10);
	EXPECT_EQ(buffer[9], 0);
	EXPECT_EQ(buffer[10], 1);
	EXPECT_EQ(pread(fd, buffer, 100, PAGE + 10), 0);
	EXPECT_EQ(pread(fd, buffer, 100, 2 * PAGE), 0);
	EXPECT_EQ(pread(fd, buffer, 100, INT64_MAX - 100), 0);
	EXPECT_EQ(pread(fd, buffer, 0, 0), 0);
	EXPECT_ERRNO(pread(fd, buffer, 100, -1), EINVAL);
	EXPECT_ERRNO(pwrite(fd, buffer, 100, -1), EINVAL);
	EXPECT_ERRNO(pwrite(fd, buffer, 100, 2 * PAGE), EFBIG);
	EXPECT_ERRNO(pwrite(fd, buffer, 100, INT64_MAX - 100), EFBIG);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(position)
{
	int fd = test_create(100, 0), copy, shared;
	char buffer[100];

	EXPECT_EQ(write(fd, "hello", 5), 5);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 5);
	EXPECT_EQ(lseek(fd, 1, SEEK_SET), 1);
	EXPECT_EQ(read(fd, buffer, 3), 3);
	EXPECT_MEMEQ(buffer, "ell", 3);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 4);
	EXPECT_EQ(lseek(fd, -10, SEEK_END), 90);
	EXPECT_EQ(read(fd, buffer, 100), 10);
	EXPECT_EQ(read(fd, buffer, 100), 0);
	copy = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);
	EXPECT_EQ(lseek(copy, 0, SEEK_CUR), 0);
	shared = dup(fd);
	EXPECT_EQ(lseek(shared, 7, SEEK_SET), 7);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 7);
	EXPECT_EQ(lseek(copy, 0, SEEK_CUR), 0);
}

TEST(append)
{
	int fd = test_create(5, ZVMO_RESIZABLE), fixed = test_create(5, 0);
	char found[10];

	ASSERT_EQ(fcntl(fd, F_SETFL, O_APPEND), 0);
	EXPECT_EQ(write(fd, "abc", 3), 3);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 8);
	EXPECT_EQ(pwrite(fd, "de", 2, 0), 2);
	EXPECT_EQ(test_info(fd).stream_size, 10);
	test_read(fd, 0, found, 10);
	EXPECT_MEMEQ(found, "\0\0\0\0\0abcde", 10);
	ASSERT_EQ(fcntl(fixed, F_SETFL, O_APPEND), 0);
	EXPECT_EQ(zvmo_zero(fixed, 0, PAGE), 0);
	test_fill(fixed, 0, PAGE - 5, 1);
	EXPECT_EQ(test_info(fixed).stream_size, PAGE);
	EXPECT_ERRNO(write(fixed, "x", 1), EFBIG);
}

TEST(vectors)
{
	int fd = test_create(3 * PAGE, 0);
	char a[10], b[PAGE], c[1], d[PAGE];
	struct iovec iov[] = { { a, sizeof(a) },
			       { NULL, 0 },
			       { b, sizeof(b) },
			       { c, sizeof(c) },
			       { d, sizeof(d) } };
	char found[2 * PAGE + 11];

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	memset(c, 'c', sizeof(c));
	memset(d, 'd', sizeof(d));
	EXPECT_EQ(pwritev(fd, iov, 5, 7), sizeof(found));
	test_read(fd, 7, found, sizeof(found));
	EXPECT_MEMEQ(found, a, sizeof(a));
	EXPECT_MEMEQ(found + 10, b, sizeof(b));
	EXPECT_EQ(found[10 + PAGE], 'c');
	EXPECT_MEMEQ(found + 11 + PAGE, d, sizeof(d));
	memset(b, 0, sizeof(b));
	memset(d, 0, sizeof(d));
	EXPECT_EQ(preadv(fd, iov, 5, 7), sizeof(found));
	EXPECT_MEMEQ(b, found + 10, sizeof(b));
	EXPECT_MEMEQ(d, found + 11 + PAGE, sizeof(d));
	/* Short at the end. */
	EXPECT_EQ(preadv(fd, iov, 5, 3 * PAGE - 12), 12);
	EXPECT_EQ(pwritev(fd, iov, 5, 3 * PAGE - 12), 12);
}

TEST(no_rights)
{
	int fd = test_create(PAGE, 0);
	int reader = test_duplicate(fd, ZVMO_RIGHT_READ);
	int writer = test_duplicate(fd, ZVMO_RIGHT_WRITE);
	int neither = test_duplicate(fd, ZVMO_RIGHT_MAP);
	char byte = 'x';

	EXPECT_ERRNO(write(reader, &byte, 1), EBADF);
	EXPECT_ERRNO(pwrite(reader, &byte, 1, 0), EBADF);
	EXPECT_EQ(pread(reader, &byte, 1, 0), 1);
	EXPECT_ERRNO(read(writer, &byte, 1), EBADF);
	EXPECT_ERRNO(pread(writer, &byte, 1, 0), EBADF);
	EXPECT_EQ(pwrite(writer, &byte, 1, 0), 1);
	EXPECT_ERRNO(pread(neither, &byte, 1, 0), EBADF);
	EXPECT_ERRNO(pwrite(neither, &byte, 1, 0), EBADF);
	EXPECT_EQ(fcntl(reader, F_GETFL) & O_ACCMODE, O_RDONLY);
	EXPECT_EQ(fcntl(writer, F_GETFL) & O_ACCMODE, O_WRONLY);
}

/* Buffers that cannot be accessed */

TEST(read_into_a_buffer_with_a_gap)
{
	int fd = test_create(4 * PAGE, 0);
	char *buffer;

	pattern_fill(fd, 4 * PAGE, 1);
	/* The page, and the page before its end. */
	buffer = buffer_with_gaps(4, 0x4, PROT_NONE);
	EXPECT_EQ(pread(fd, buffer, 4 * PAGE, 0), 2 * PAGE);
	pattern_check((uint8_t *)buffer, 0, 2 * PAGE, 1);
	EXPECT_EQ(buffer[3 * PAGE], 0x55);
	EXPECT_EQ(pread(fd, buffer + 100, 4 * PAGE - 100, 33), 2 * PAGE - 100);
	pattern_check((uint8_t *)buffer + 100, 33, 2 * PAGE - 100, 1);
	EXPECT_ERRNO(pread(fd, buffer + 2 * PAGE, PAGE, 0), EFAULT);
	ASSERT_EQ(munmap(buffer + 2 * PAGE, PAGE), 0);
	EXPECT_EQ(pread(fd, buffer + 5, 4 * PAGE - 5, 0), 2 * PAGE - 5);
	EXPECT_ERRNO(pread(fd, buffer + 2 * PAGE, PAGE, 0), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
}

TEST(read_into_a_read_only_buffer)
{
	int fd = test_create(4 * PAGE, 0);
	char *buffer = buffer_with_gaps(2, 0x2, PROT_READ);

	pattern_fill(fd, 4 * PAGE, 1);
	EXPECT_EQ(read(fd, buffer, 2 * PAGE), PAGE);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), PAGE);
	EXPECT_ERRNO(read(fd, buffer + PAGE, PAGE), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), PAGE);
	EXPECT_EQ(buffer[PAGE], 0x55);
	EXPECT_ERRNO(read(fd, NULL, PAGE), EFAULT);
	EXPECT_ERRNO(read(fd, (void *)-PAGE, PAGE), EFAULT);
	EXPECT_EQ(pread(fd, NULL, PAGE, 4 * PAGE), 0);
}

TEST(write_from_a_buffer_with_a_gap)
{
	int fd = test_create(4 * PAGE, 0);
	char *buffer = buffer_with_gaps(4, 0x4, PROT_NONE);

	pattern_fill(fd, 4 * PAGE, 1);
	EXPECT_EQ(pwrite(fd, buffer, 4 * PAGE, 0), 2 * PAGE);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0x55));
	pattern_check_vmo(fd, 2 * PAGE, 2 * PAGE, 1);
	pattern_fill(fd, 4 * PAGE, 1);
	EXPECT_EQ(pwrite(fd, buffer + PAGE + 10, 2 * PAGE, 20), PAGE - 10);
	pattern_check_vmo(fd, 0, 20, 1);
	EXPECT(test_holds(fd, 20, PAGE - 10, 0x55));
	pattern_check_vmo(fd, PAGE + 10, 3 * PAGE - 10, 1);
	EXPECT_ERRNO(pwrite(fd, buffer + 2 * PAGE, PAGE, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, NULL, PAGE, 0), EFAULT);
	pattern_check_vmo(fd, PAGE + 10, 3 * PAGE - 10, 1);
}

/* A write that fails takes no memory, nor copies what is shared. */
TEST(failed_write_costs_nothing)
{
	int fd = test_create(2 * PAGE, ZVMO_RESIZABLE), child;
	char *buffer = buffer_with_gaps(1, 0x1, PROT_NONE);

	test_fill(fd, PAGE, PAGE, 1);
	child = test_snapshot(fd);
	EXPECT_ERRNO(pwrite(fd, buffer, 10, 0), EFAULT);
	EXPECT_EQ(test_info(fd).committed_bytes, PAGE);
	EXPECT_ERRNO(pwrite(fd, buffer, 10, PAGE), EFAULT);
	EXPECT_ERRNO(pwrite(child, buffer, 10, PAGE + 10), EFAULT);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT_ERRNO(pwrite(fd, buffer, 10, 2 * PAGE), EFAULT);
	EXPECT_EQ(test_info(fd).size, 2 * PAGE);
	EXPECT_EQ(test_stats().pages, 1);
}

TEST(vectors_with_a_gap)
{
	int fd = test_create(2 * PAGE, 0);
	char good[10] = "abcdefghi", *bad = buffer_with_gaps(1, 1, PROT_NONE);
	struct iovec iov[] = { { good, 10 }, { bad, 10 }, { good, 10 } };

	EXPECT_EQ(pwritev(fd, iov, 3, PAGE - 5), 10);
	EXPECT_EQ(preadv(fd, iov, 3, PAGE - 5), 10);
	EXPECT_MEMEQ(good, "abcdefghi", 10);
	EXPECT(test_holds(fd, PAGE + 5, PAGE - 5, 0));
	EXPECT_ERRNO(preadv(fd, iov + 1, 2, 0), EFAULT);
}

/* Buffers that are mappings of VMOs */

TEST(read_into_itself)
{
	int fd = test_create(4 * PAGE, 0);
	uint8_t *map = test_map(fd, 0, 4 * PAGE, PROT_READ | PROT_WRITE, 0);

	pattern_fill(fd, PAGE, 1);
	/* To another page, which is a hole; within the page; then a hole. */
	EXPECT_EQ(pread(fd, map + 2 * PAGE, PAGE, 0), PAGE);
	pattern_check(map + 2 * PAGE, 0, PAGE, 1);
	EXPECT_EQ(pread(fd, map + PAGE / 2, 100, 0), 100);
	pattern_check(map + PAGE / 2, 0, 100, 1);
	EXPECT_EQ(pread(fd, map, PAGE, 3 * PAGE), PAGE);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
}

TEST(write_from_itself)
{
	int fd = test_create(4 * PAGE, 0);
	uint8_t *map = test_map(fd, 0, 4 * PAGE, PROT_READ | PROT_WRITE, 0);

	pattern_fill(fd, PAGE, 1);
	EXPECT_EQ(pwrite(fd, map, PAGE, 2 * PAGE), PAGE);
	pattern_check(map + 2 * PAGE, 0, PAGE, 1);
	EXPECT_EQ(pwrite(fd, map, 100, PAGE / 2), 100);
	pattern_check(map + PAGE / 2, 0, 100, 1);
	/* From a hole that is not mapped yet. */
	EXPECT_EQ(pwrite(fd, map + 3 * PAGE, PAGE, 0), PAGE);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT_EQ(test_info(fd).committed_bytes, 2 * PAGE);
}

/* The page that is read moves, by being written, to another. */
TEST(write_from_itself_while_shared)
{
	int fd = test_create(2 * PAGE, 0), child, i;
	uint8_t *map = test_map(fd, 0, 2 * PAGE, PROT_READ | PROT_WRITE, 0);

	pattern_fill(fd, 2 * PAGE, 1);
	for (i = 0; i < 20; i++) {
		child = test_snapshot(fd);
		if (i % 2)
			test_probe_read(map);
		EXPECT_EQ(pwrite(fd, map, 64, 128 * i), 64);
		pattern_check(map + 128 * i, 0, 64, 1);
		pattern_check_vmo(child, 128 * i, 64, 1);
		test_close(child);
	}
	EXPECT_EQ(test_stats().pages, 2);
}

/* A buffer that lies beyond its VMO is not accessible. */
TEST(buffer_beyond_the_end)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, 2 * PAGE, PROT_READ | PROT_WRITE, 0);

	EXPECT_ERRNO(pread(fd, map + PAGE, 10, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, map + PAGE, 10, 0), EFAULT);
	EXPECT_EQ(pread(fd, map + PAGE - 10, 20, 0), 10);
}

struct crossing {
	int fd;
	char *buffer;
	bool writes;
};

/* Transfer all of a VMO to or from the other's mapping, again and again. */
static void *crossing_thread(void *arg)
{
	const struct crossing *crossing = arg;
	double end = test_seconds() + 0.5;

	while (test_seconds() < end) {
		ssize_t size = crossing->writes ?
				       pwrite(crossing->fd, crossing->buffer,
					      20 * PAGE, 0) :
				       pread(crossing->fd, crossing->buffer,
					     20 * PAGE, 0);

		EXPECT_EQ(size, 20 * PAGE);
		EXPECT_EQ(zvmo_zero(crossing->fd, 3 * PAGE, 9 * PAGE), 0);
	}
	return NULL;
}

static void cross(bool first_writes, bool second_writes)
{
	int a = test_create(20 * PAGE, 0), b = test_create(20 * PAGE, 0);
	int prot = PROT_READ | PROT_WRITE;
	struct crossing one = { a, test_map(b, 0, 20 * PAGE, prot, 0),
				first_writes };
	struct crossing other = { b, test_map(a, 0, 20 * PAGE, prot, 0),
				  second_writes };
	pthread_t thread;

	test_fill(a, 0, 20 * PAGE, 1);
	test_fill(b, 0, 20 * PAGE, 1);
	ASSERT_EQ(pthread_create(&thread, NULL, crossing_thread, &other), 0);
	crossing_thread(&one);
	pthread_join(thread, NULL);
	EXPECT(test_holds(a, 0, 3 * PAGE, 1));
	EXPECT(test_holds(b, 12 * PAGE, 8 * PAGE, 1));
	test_unmap(one.buffer, 20 * PAGE);
	test_unmap(other.buffer, 20 * PAGE);
	test_close(a);
	test_close(b);
}

TEST(each_into_the_other)
{
	cross(false, false);
	cross(true, true);
	cross(true, false);
}

/* Pipes and sockets */

TEST(splice_out)
{
	int fd = test_create(4 * PAGE, 0), pipes[2];
	uint8_t *found = malloc(4 * PAGE);
	loff_t offset = 100;
	size_t size = 2 * PAGE;

	ASSERT(found != NULL);
	pattern_fill(fd, 3 * PAGE, 1);
	ASSERT_EQ(pipe(pipes), 0);
	EXPECT_EQ(splice(fd, &offset, pipes[1], NULL, size, 0), size);
	EXPECT_EQ(offset, 100 + size);
	/* What is in the pipe is what was there then. */
	test_fill(fd, 0, 4 * PAGE, 9);
	EXPECT_EQ(read(pipes[0], found, 4 * PAGE), size);
	pattern_check(found, 100, size, 1);
	offset = 4 * PAGE;
	EXPECT_EQ(splice(fd, &offset, pipes[1], NULL, size, 0), 0);
	free(found);
}

TEST(splice_in)
{
	int fd = test_create(4 * PAGE, 0), pipes[2];
	uint8_t data[3000];
	loff_t offset = PAGE - 1000;

	ASSERT_EQ(pipe(pipes), 0);
	pattern_make(data, offset, sizeof(data), 3);
	ASSERT_EQ(write(pipes[1], data, sizeof(data)), sizeof(data));
	EXPECT_EQ(splice(pipes[0], NULL, fd, &offset, sizeof(data), 0),
		  sizeof(data));
	EXPECT_EQ(offset, PAGE + 2000);
	pattern_check_vmo(fd, PAGE - 1000, sizeof(data), 3);
	EXPECT(test_holds(fd, 0, PAGE - 1000, 0));
	ASSERT_EQ(write(pipes[1], data, sizeof(data)), sizeof(data));
	offset = 4 * PAGE;
	EXPECT_ERRNO(splice(pipes[0], NULL, fd, &offset, sizeof(data), 0),
		     EFBIG);
}

TEST(sendfile_to_a_vmo)
{
	int from = test_create(5 * PAGE, 0), to = test_create(5 * PAGE, 0);
	off_t offset = 0;

	pattern_fill(from, 5 * PAGE, 4);
	while (offset < (off_t)(5 * PAGE))
		ASSERT_GE(sendfile(to, from, &offset, 5 * PAGE), 1);
	pattern_check_vmo(to, 0, 5 * PAGE, 4);
	test_fill(from, 0, 5 * PAGE, 1);
	pattern_check_vmo(to, 0, 5 * PAGE, 4);
	EXPECT_EQ(test_stats().pages, 10);
}

TEST(sendfile_to_a_socket)
{
	int fd = test_create(4 * PAGE, 0), sockets[2];
	uint8_t *found = malloc(4 * PAGE);
	off_t offset = 10;

	ASSERT(found != NULL);
	pattern_fill(fd, 4 * PAGE, 5);
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	EXPECT_EQ(sendfile(sockets[0], fd, &offset, 2 * PAGE), 2 * PAGE);
	EXPECT_EQ(zvmo_zero(fd, 0, 4 * PAGE), 0);
	EXPECT_EQ(recv(sockets[1], found, 2 * PAGE, MSG_WAITALL), 2 * PAGE);
	pattern_check(found, 10, 2 * PAGE, 5);
	EXPECT_EQ(test_stats().pages, 0);
	free(found);
}

TEST(copy_between_vmos)
{
	int from = test_create(5 * PAGE, 0), to = test_create(5 * PAGE, 0);
	off_t in = 100, out = PAGE + 7;
	ssize_t size;

	pattern_fill(from, 5 * PAGE, 8);
	while (in < (off_t)(2 * PAGE)) {
		size = copy_file_range(from, &in, to, &out, 2 * PAGE - in, 0);
		ASSERT_GE(size, 1);
	}
	EXPECT_EQ(out - in, PAGE + 7 - 100);
	EXPECT(test_holds(to, 0, PAGE + 7, 0));
	for (in = 100; in < (off_t)(2 * PAGE); in += 211)
		EXPECT_EQ(test_byte(to, in + PAGE + 7 - 100), pattern(in, 8));
	EXPECT(test_holds(to, 3 * PAGE - 93, 2 * PAGE + 93, 0));
}

/* A pipe that was filled and is full. */
TEST(splice_to_a_full_pipe)
{
	int fd = test_create(100 * PAGE, 0), pipes[2];
	loff_t offset = 0;
	ssize_t size;
	char byte;

	pattern_fill(fd, 100 * PAGE, 6);
	ASSERT_EQ(pipe2(pipes, O_NONBLOCK), 0);
	size = splice(fd, &offset, pipes[1], NULL, 100 * PAGE,
		      SPLICE_F_NONBLOCK);
	EXPECT_GE(size, PAGE);
	EXPECT_EQ(offset, size);
	EXPECT_ERRNO(splice(fd, &offset, pipes[1], NULL, PAGE,
			    SPLICE_F_NONBLOCK),
		     EAGAIN);
	EXPECT_EQ(offset, size);
	EXPECT_EQ(read(pipes[0], &byte, 1), 1);
	EXPECT_EQ((uint8_t)byte, pattern(0, 6));
}

/* What other calls for files do: nothing bad. */
TEST(other_calls)
{
	int fd = test_create(4 * PAGE, 0), advice;
	struct iovec iov = { (char[1]){ 0 }, 1 };

	pattern_fill(fd, 4 * PAGE, 7);
	EXPECT_EQ(fsync(fd), 0);
	EXPECT_EQ(fdatasync(fd), 0);
	for (advice = 0; advice <= POSIX_FADV_NOREUSE; advice++)
		posix_fadvise(fd, 0, 0, advice);
	readahead(fd, 0, 4 * PAGE);
	EXPECT_ERRNO(fcntl(fd, F_SETFL, O_DIRECT), EINVAL);
	EXPECT_ERRNO(preadv2(fd, &iov, 1, 0, RWF_NOWAIT), EOPNOTSUPP);
	EXPECT_EQ(sync_file_range(fd, 0, PAGE, SYNC_FILE_RANGE_WRITE), 0);
	EXPECT_EQ(syncfs(fd), 0);
	pattern_check_vmo(fd, 0, 4 * PAGE, 7);
}

/* Two writers of whole blocks, and what a reader finds in between. */
TEST(writers_and_reader)
{
	int fd = test_create(8 * PAGE, 0);
	double end = test_seconds() + 0.5;
	pid_t writers[2];
	uint8_t data[PAGE];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		writers[i] = test_fork();
		if (writers[i])
			continue;
		memset(data, 1 + i, PAGE);
		while (test_seconds() < end)
			test_write(fd, PAGE * (i + 2), data, PAGE);
		_exit(0);
	}
	while (test_seconds() < end) {
		test_read(fd, 0, data, PAGE);
		EXPECT_EQ(data[PAGE - 1], 0);
		test_read(fd, 2 * PAGE, data, PAGE);
		/* One writer: a page is written under one lock. */
		for (i = 1; i < PAGE; i++)
			ASSERT_EQ(data[i], data[0]);
	}
	test_wait_for(writers[0]);
	test_wait_for(writers[1]);
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 1));
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 2));
}
