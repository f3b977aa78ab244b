// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ZVMO_IOC_READ and ZVMO_IOC_WRITE: bytes, to the VMO's size
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"
#include "parallel.h"

static void *memory(size_t size)
{
	void *address =
		mmap(NULL, size, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(address != MAP_FAILED);
	return address;
}

/* Three pages, of which the one in the middle is not accessible. */
static char *memory_with_gap(void)
{
	char *buffer = memory(3 * PAGE);

	ASSERT_EQ(mprotect(buffer + PAGE, PAGE, PROT_NONE), 0);
	return buffer;
}

static unsigned long committed(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* What is moved, and where */

TEST(reads_what_was_written)
{
	int fd = test_create(2 * PAGE, 0);
	char buffer[5] = "";

	EXPECT_EQ(ioc_write(fd, PAGE - 2, "abcd", 4), 0);
	EXPECT_EQ(ioc_read(fd, PAGE - 2, buffer, 4), 0);
	EXPECT_STREQ(buffer, "abcd");
	EXPECT_EQ(ioc_read(fd, PAGE - 1, buffer, 2), 0);
	EXPECT_STREQ(buffer, "bccd");
	EXPECT(ioc_holds(fd, 0, PAGE - 2, 0));
	EXPECT(ioc_holds(fd, PAGE + 2, PAGE - 2, 0));
}

TEST(every_length_around_a_page)
{
	int fd = test_create(3 * PAGE, 0);
	uint8_t *out = memory(3 * PAGE), *in = memory(3 * PAGE);
	const size_t ends[] = { 0,	  1,	7,	  8,
				PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1,
				2 * PAGE };
	unsigned int i, j;

	for (i = 0; i < COUNT(ends); i++) {
		for (j = 0; j < COUNT(ends); j++) {
			test_context("%zu bytes at %zu", ends[j], ends[i]);
			if (ends[i] + ends[j] > 3 * PAGE)
				continue;
			EXPECT_EQ(zvmo_zero(fd, 0, 3 * PAGE), 0);
			memset(in, 0, 3 * PAGE);
			memset(in + ends[i], i + j + 1, ends[j]);
			EXPECT_EQ(ioc_write(fd, ends[i], in + ends[i], ends[j]),
				  0);
			EXPECT_EQ(ioc_read(fd, 0, out, 3 * PAGE), 0);
			EXPECT_MEMEQ(out, in, 3 * PAGE);
		}
	}
}

TEST(a_large_range_of_several_nodes)
{
	size_t size = 8 * MIB, i;
	int fd = test_create(size, 0);
	uint32_t *in = memory(size), *out = memory(size);

	for (i = 0; i < size / 4; i++)
		in[i] = i * 2654435761U;
	EXPECT_EQ(ioc_write(fd, 0, in, size), 0);
	EXPECT_EQ(ioc_read(fd, 0, out, size), 0);
	EXPECT_MEMEQ(out, in, size);
	EXPECT_EQ(ioc_read(fd, PAGE + 12, out, size - PAGE - 12), 0);
	EXPECT_MEMEQ(out, (char *)in + PAGE + 12, size - PAGE - 12);
	EXPECT_EQ(test_stats().pages, size / PAGE);
}

/* All or nothing, also of more than read(2) would move in one call. */
TEST(more_than_two_gigabytes)
{
	uint64_t part = 64 * MIB, parts = 33, i;
	int fd = test_create(parts * part, 0), alias;
	char *buffer;

	alias = memfd_create("alias", 0);
	ASSERT_EQ(ftruncate(alias, part), 0);
	buffer = mmap(NULL, parts * part, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT(buffer != MAP_FAILED);
	for (i = 0; i < parts; i++)
		ASSERT(mmap(buffer + i * part, part, RW, MAP_SHARED | MAP_FIXED,
			    alias, 0) != MAP_FAILED);
	EXPECT_EQ(ioc_write(fd, parts * part - 1, "x", 1), 0);
	EXPECT_EQ(ioc_read(fd, 0, buffer, parts * part), 0);
	EXPECT_EQ(buffer[part - 1], 'x');
	EXPECT_EQ(test_stats().pages, 1);
}

TEST(the_file_position_stays)
{
	int fd = test_create(PAGE, 0);
	char buffer[10];

	ASSERT_EQ(lseek(fd, 7, SEEK_SET), 7);
	EXPECT_EQ(ioc_write(fd, 100, buffer, 10), 0);
	EXPECT_EQ(ioc_read(fd, 100, buffer, 10), 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 7);
}

/* Rights */

TEST(reading_needs_right_read)
{
	int fd = test_create(PAGE, 0);
	int blind = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_READ);
	int reader = test_duplicate(fd, ZVMO_RIGHT_READ);
	char byte = 'k';

	EXPECT_EQ(ioc_read(blind, 0, &byte, 1), -EACCES);
	EXPECT_EQ(byte, 'k');
	EXPECT_EQ(ioc_read(reader, 0, &byte, 1), 0);
	EXPECT_EQ(byte, 0);
}

TEST(writing_needs_right_write)
{
	int fd = test_create(PAGE, 0);
	int reader =
		test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	int writer = test_duplicate(fd, ZVMO_RIGHT_WRITE);

	EXPECT_EQ(ioc_write(reader, 0, "x", 1), -EACCES);
	EXPECT_EQ(test_byte(fd, 0), 0);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(ioc_write(writer, 0, "x", 1), 0);
	EXPECT_EQ(test_byte(fd, 0), 'x');
}

/* The right comes before the range, and before an empty one. */
TEST(the_right_is_looked_at_first)
{
	int none = test_duplicate(test_create(PAGE, 0), 0);

	EXPECT_EQ(ioc_read(none, 2 * PAGE, NULL, 1), -EACCES);
	EXPECT_EQ(ioc_write(none, 2 * PAGE, NULL, 1), -EACCES);
	EXPECT_EQ(ioc_read(none, 0, NULL, 0), -EACCES);
	EXPECT_EQ(ioc_write(none, 0, NULL, 0), -EACCES);
}

/* Range */

TEST(a_range_outside_moves_nothing)
{
	int fd = test_create(2 * PAGE, 0);
	char *buffer = memory(4 * PAGE);
	const uint64_t ranges[][2] = {
		{ 2 * PAGE, 1 },
		{ 2 * PAGE - 1, 2 },
		{ 0, 2 * PAGE + 1 },
		{ 3 * PAGE, 1 },
		{ PAGE, UINT64_MAX },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX, UINT64_MAX },
		{ 1ULL << 63, 1ULL << 63 },
		{ -PAGE, 2 * PAGE },
		{ 1, UINT64_MAX },
		{ 0, UINT64_MAX },
		{ ZVMO_SIZE_MAX, 1 },
	};
	unsigned int i;

	memset(buffer, 'k', 4 * PAGE);
	for (i = 0; i < COUNT(ranges); i++) {
		test_context("range %u", i);
		EXPECT_EQ(ioc_read(fd, ranges[i][0], buffer, ranges[i][1]),
			  -ERANGE);
		EXPECT_EQ(ioc_write(fd, ranges[i][0], buffer, ranges[i][1]),
			  -ERANGE);
	}
	EXPECT_EQ(*buffer, 'k');
	EXPECT_MEMEQ(buffer, buffer + 1, 4 * PAGE - 1);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(nothing_anywhere_up_to_the_end)
{
	int fd = test_create(2 * PAGE, 0);
	const uint64_t inside[] = { 0, 1, PAGE, 2 * PAGE };
	const uint64_t outside[] = { 2 * PAGE + 1, 3 * PAGE, ZVMO_SIZE_MAX,
				     UINT64_MAX };
	unsigned int i;

	for (i = 0; i < COUNT(inside); i++) {
		EXPECT_EQ(ioc_read(fd, inside[i], NULL, 0), 0);
		EXPECT_EQ(ioc_write(fd, inside[i], NULL, 0), 0);
	}
	for (i = 0; i < COUNT(outside); i++) {
		EXPECT_EQ(ioc_read(fd, outside[i], NULL, 0), -ERANGE);
		EXPECT_EQ(ioc_write(fd, outside[i], NULL, 0), -ERANGE);
	}
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(an_empty_vmo)
{
	int fd = test_create(0, ZVMO_RESIZABLE);
	char byte;

	EXPECT_EQ(ioc_read(fd, 0, &byte, 0), 0);
	EXPECT_EQ(ioc_write(fd, 0, &byte, 0), 0);
	EXPECT_EQ(ioc_read(fd, 0, &byte, 1), -ERANGE);
	EXPECT_EQ(ioc_write(fd, 0, &byte, 1), -ERANGE);
}

/* Unlike pwrite(), which grows a resizable VMO. */
TEST(a_write_never_grows_the_vmo)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);

	EXPECT_EQ(ioc_write(fd, PAGE, "x", 1), -ERANGE);
	EXPECT_EQ(test_info(fd).size, PAGE);
}

/* Stream size */

TEST(a_write_leaves_the_stream_size)
{
	int fd = test_create(100, ZVMO_RESIZABLE);

	EXPECT_EQ(ioc_write(fd, 50, "x", 1), 0);
	EXPECT_EQ(test_info(fd).stream_size, 100);
	EXPECT_EQ(ioc_write(fd, PAGE - 1, "x", 1), 0);
	EXPECT_EQ(test_info(fd).stream_size, 100);
}

TEST(beyond_the_stream_size_is_content_too)
{
	int fd = test_create(100, 0);
	char buffer[8] = "";

	EXPECT_EQ(ioc_write(fd, 98, "abcdef", 6), 0);
	EXPECT_EQ(ioc_read(fd, 98, buffer, 6), 0);
	EXPECT_STREQ(buffer, "abcdef");
	/* And read() still ends there. */
	EXPECT_EQ(pread(fd, buffer, 6, 98), 2);
	EXPECT_EQ(pread(fd, buffer, 6, 100), 0);
}

TEST(unbounded)
{
	int fd = test_create(PAGE, ZVMO_UNBOUNDED);
	uint64_t far = ZVMO_SIZE_MAX - 3;
	char buffer[4] = "";

	EXPECT_EQ(ioc_write(fd, far, "end", 3), 0);
	EXPECT_EQ(ioc_read(fd, far, buffer, 3), 0);
	EXPECT_STREQ(buffer, "end");
	EXPECT_EQ(ioc_write(fd, far, "ends", 4), -ERANGE);
	EXPECT_EQ(ioc_read(fd, 1ULL << 40, buffer, 4), 0);
	EXPECT_MEMEQ(buffer, "\0\0\0\0", 4);
	EXPECT_EQ(test_info(fd).stream_size, PAGE);
	EXPECT_EQ(test_stats().pages, 1);
}

/* Memory taken */

TEST(reading_holes_takes_no_page)
{
	int fd = test_create(100 * PAGE, 0);
	char *buffer = memory(100 * PAGE);

	memset(buffer, 'k', 100 * PAGE);
	EXPECT_EQ(ioc_read(fd, 0, buffer, 100 * PAGE), 0);
	EXPECT_EQ(*buffer, 0);
	EXPECT_MEMEQ(buffer, buffer + 1, 100 * PAGE - 1);
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(committed(fd), 0);
}

TEST(writing_commits_what_it_touches)
{
	int fd = test_create(8 * PAGE, 0);

	EXPECT_EQ(ioc_write(fd, 2 * PAGE - 1, "ab", 2), 0);
	EXPECT_EQ(committed(fd), 2);
	EXPECT_EQ(test_stats().pages, 2);
}

TEST(writing_zeros_commits)
{
	int fd = test_create(PAGE, 0);

	EXPECT_EQ(ioc_write(fd, 0, "", 1), 0);
	EXPECT_EQ(committed(fd), 1);
}

/* Buffers */

TEST(read_into_what_is_not_accessible)
{
	int fd = test_create(PAGE, 0);
	char *gap = memory_with_gap();

	test_fill(fd, 0, PAGE, 'd');
	EXPECT_EQ(ioc_read(fd, 0, NULL, PAGE), -EFAULT);
	EXPECT_EQ(ioc_read(fd, 0, gap + PAGE, PAGE), -EFAULT);
	EXPECT_EQ(ioc_read(fd, 0, (void *)-PAGE, PAGE), -EFAULT);
	EXPECT_EQ(ioc_read(fd, 0, (void *)(1ULL << 63), 1), -EFAULT);
	EXPECT_EQ(ioc_read(fd, 0, (void *)0xffffffff81000000, 8), -EFAULT);
	ASSERT_EQ(mprotect(gap, PAGE, PROT_READ), 0);
	EXPECT_EQ(ioc_read(fd, 0, gap, PAGE), -EFAULT);
	EXPECT_EQ(*gap, 0);
}

TEST(write_from_what_is_not_accessible)
{
	int fd = test_create(PAGE, 0);
	char *gap = memory_with_gap();

	EXPECT_EQ(ioc_write(fd, 0, NULL, PAGE), -EFAULT);
	EXPECT_EQ(ioc_write(fd, 0, gap + PAGE, PAGE), -EFAULT);
	EXPECT_EQ(ioc_write(fd, 0, (void *)-PAGE, PAGE), -EFAULT);
	EXPECT_EQ(ioc_write(fd, 0, (void *)(1ULL << 63), 1), -EFAULT);
	EXPECT_EQ(ioc_write(fd, 0, (void *)0xffffffff81000000, 8), -EFAULT);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	ASSERT_EQ(mprotect(gap, PAGE, PROT_READ), 0);
	EXPECT_EQ(ioc_write(fd, 0, gap, PAGE), 0);
}

/* From the front to the back, and nothing behind what cannot be accessed. */
TEST(read_into_a_buffer_with_a_gap)
{
	int fd = test_create(3 * PAGE, 0);
	char *gap = memory_with_gap();
	size_t i, end;

	test_fill(fd, 0, 3 * PAGE, 'd');
	EXPECT_EQ(ioc_read(fd, 0, gap, 3 * PAGE), -EFAULT);
	for (end = 0; end < PAGE && gap[end] == 'd';)
		end++;
	for (i = end; i < PAGE; i++)
		EXPECT_EQ(gap[i], 0);
	EXPECT_EQ(gap[2 * PAGE], 0);
	EXPECT_MEMEQ(gap + 2 * PAGE, gap + 2 * PAGE + 1, PAGE - 1);
}

TEST(write_from_a_buffer_with_a_gap)
{
	int fd = test_create(3 * PAGE, 0);
	char *gap = memory_with_gap(), *found = memory(PAGE);
	size_t i, end;

	memset(gap, 'n', PAGE);
	memset(gap + 2 * PAGE, 'n', PAGE);
	test_fill(fd, 0, 3 * PAGE, 'o');
	EXPECT_EQ(ioc_write(fd, 0, gap, 3 * PAGE), -EFAULT);
	EXPECT(test_holds(fd, PAGE, 2 * PAGE, 'o'));
	test_read(fd, 0, found, PAGE);
	for (end = 0; end < PAGE && found[end] == 'n';)
		end++;
	for (i = end; i < PAGE; i++)
		EXPECT_EQ(found[i], 'o');
}

/* What is left of a page that could not be filled reads as it did. */
TEST(a_failed_write_leaves_holes_zero)
{
	int fd = test_create(3 * PAGE, 0);
	char *gap = memory_with_gap();

	memset(gap, 'n', PAGE);
	EXPECT_EQ(ioc_write(fd, PAGE / 2, gap, 2 * PAGE), -EFAULT);
	EXPECT(test_holds(fd, 0, PAGE / 2, 0));
	EXPECT(test_holds(fd, PAGE + PAGE / 2, PAGE + PAGE / 2, 0));
}

TEST(an_odd_buffer_address)
{
	int fd = test_create(4 * PAGE, 0);
	char *in = memory(5 * PAGE), *out = memory(5 * PAGE);
	unsigned int shift;

	for (shift = 0; shift < 5 * PAGE; shift++)
		in[shift] = shift * 7 + shift / PAGE;
	for (shift = 1; shift < PAGE; shift = shift * 3 + 1) {
		test_context("shift %u", shift);
		EXPECT_EQ(ioc_write(fd, 0, in + shift, 4 * PAGE), 0);
		EXPECT_EQ(ioc_read(fd, 0, out + PAGE - shift, 4 * PAGE), 0);
		EXPECT_MEMEQ(out + PAGE - shift, in + shift, 4 * PAGE);
	}
}

/* The buffer is memory of the VMO itself */

TEST(read_into_itself)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	memset(map, 'a', PAGE);
	/* Into a hole; into the page that is read; out of a hole. */
	EXPECT_EQ(ioc_read(fd, 0, map + 2 * PAGE, PAGE), 0);
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'a'));
	EXPECT_EQ(ioc_read(fd, 0, map, PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE, 'a'));
	EXPECT_EQ(ioc_read(fd, PAGE, map, PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT_EQ(ioc_read(fd, 3 * PAGE, map + 3 * PAGE, PAGE), 0);
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
}

TEST(write_from_itself)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	memset(map, 'a', PAGE);
	EXPECT_EQ(ioc_write(fd, 2 * PAGE, map, PAGE), 0);
	EXPECT(test_holds(fd, 2 * PAGE, PAGE, 'a'));
	EXPECT_EQ(ioc_write(fd, 0, map, PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE, 'a'));
	EXPECT_EQ(ioc_write(fd, 0, map + PAGE, PAGE), 0);
	EXPECT(test_holds(fd, 0, PAGE, 0));
	EXPECT_EQ(ioc_write(fd, 3 * PAGE, map + 3 * PAGE, PAGE), 0);
	EXPECT(test_holds(fd, 3 * PAGE, PAGE, 0));
	/* Two pages at once, of which each is in the way of the other. */
	memset(map, 'b', 100);
	EXPECT_EQ(ioc_write(fd, PAGE, map, 2 * PAGE), 0);
	EXPECT(test_holds(fd, PAGE, 100, 'b'));
}

TEST(into_itself_while_shared)
{
	int fd = test_create(2 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0), *child;

	memset(map, 'a', PAGE);
	memset(map + PAGE, 'b', PAGE);
	snapshot = test_snapshot(fd);
	child = test_map(snapshot, 0, 2 * PAGE, RW, 0);
	EXPECT_EQ(ioc_write(fd, 0, map + PAGE, PAGE), 0);
	EXPECT_EQ(ioc_read(snapshot, 0, child + PAGE, PAGE), 0);
	EXPECT_EQ(ioc_write(snapshot, 0, map, PAGE), 0);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 'b'));
	EXPECT(test_holds(snapshot, 0, PAGE, 'b'));
	EXPECT(test_holds(snapshot, PAGE, PAGE, 'a'));
	EXPECT_EQ(*map, 'b');
	EXPECT_EQ(*child, 'b');
	EXPECT_EQ(child[PAGE], 'a');
}

TEST(a_buffer_beyond_its_end)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);

	EXPECT_EQ(ioc_read(fd, 0, map + PAGE, PAGE), -EFAULT);
	EXPECT_EQ(ioc_write(fd, 0, map + PAGE, PAGE), -EFAULT);
	EXPECT(test_holds(fd, 0, PAGE, 0));
}

struct crossing {
	int fds[2];
	char *maps[2];
	atomic_bool stop;
};

static void *cross(void *arg)
{
	struct crossing *crossing = arg;

	while (!atomic_load(&crossing->stop)) {
		EXPECT_EQ(ioc_write(crossing->fds[1], 0, crossing->maps[0],
				    4 * PAGE),
			  0);
		EXPECT_EQ(ioc_read(crossing->fds[1], 0, crossing->maps[0],
				   4 * PAGE),
			  0);
	}
	return NULL;
}

/* Two threads, each with the other's VMO as its buffer: no deadlock. */
TEST(each_into_the_other)
{
	struct crossing crossing = {
		.fds = { test_create(4 * PAGE, 0), test_create(4 * PAGE, 0) },
	};
	double deadline = test_seconds() + 1;
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < 2; i++)
		crossing.maps[i] =
			test_map(crossing.fds[i], 0, 4 * PAGE, RW, 0);
	thread = thread_start(cross, &crossing);
	while (test_seconds() < deadline) {
		EXPECT_EQ(ioc_write(crossing.fds[0], 0, crossing.maps[1],
				    4 * PAGE),
			  0);
		test_close(test_snapshot(crossing.fds[0]));
		EXPECT_EQ(ioc_read(crossing.fds[0], 0, crossing.maps[1],
				   4 * PAGE),
			  0);
	}
	atomic_store(&crossing.stop, true);
	thread_join(thread);
}

/* Mappings, snapshots, slices, references */

TEST(mappings_are_coherent)
{
	int fd = test_create(2 * PAGE, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0), byte;

	/* A hole that is mapped becomes a page. */
	EXPECT_EQ(map[PAGE], 0);
	EXPECT_EQ(ioc_write(fd, PAGE, "x", 1), 0);
	EXPECT_EQ(map[PAGE], 'x');
	map[PAGE] = 'y';
	EXPECT_EQ(ioc_read(fd, PAGE, &byte, 1), 0);
	EXPECT_EQ(byte, 'y');
}

TEST(a_write_copies_what_a_snapshot_shares)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	char *map;

	test_fill(fd, 0, 4 * PAGE, 'o');
	snapshot = test_snapshot(fd);
	map = test_map(snapshot, 0, 4 * PAGE, PROT_READ, 0);
	EXPECT_EQ(map[PAGE], 'o');
	EXPECT_EQ(ioc_write(fd, PAGE, "n", 1), 0);
	EXPECT_EQ(test_stats().pages, 5);
	EXPECT(ioc_holds(snapshot, 0, 4 * PAGE, 'o'));
	EXPECT_EQ(map[PAGE], 'o');
	EXPECT_EQ(ioc_write(snapshot, 2 * PAGE, "c", 1), 0);
	EXPECT_EQ(test_byte(fd, 2 * PAGE), 'o');
	EXPECT_EQ(map[2 * PAGE], 'c');
	EXPECT_EQ(test_stats().pages, 6);
}

TEST(through_a_slice)
{
	int fd = test_create(4 * PAGE, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	char byte;

	EXPECT_EQ(ioc_write(slice, PAGE, "s", 1), 0);
	EXPECT_EQ(test_byte(fd, 2 * PAGE), 's');
	EXPECT_EQ(ioc_write(fd, PAGE, "p", 1), 0);
	EXPECT_EQ(ioc_read(slice, 0, &byte, 1), 0);
	EXPECT_EQ(byte, 'p');
	EXPECT_EQ(ioc_read(slice, 2 * PAGE, &byte, 1), -ERANGE);
	EXPECT_EQ(ioc_write(slice, 2 * PAGE - 1, "xx", 2), -ERANGE);
	EXPECT_EQ(ioc_read(slice, 2 * PAGE, &byte, 0), 0);
}

TEST(through_a_reference)
{
	int fd = test_create(2 * PAGE, ZVMO_RESIZABLE);
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);

	EXPECT_EQ(ioc_write(reference, PAGE, "r", 1), 0);
	EXPECT_EQ(test_byte(fd, PAGE), 'r');
	ASSERT_EQ(zvmo_set_size(fd, PAGE), 0);
	EXPECT_EQ(ioc_write(reference, PAGE, "r", 1), -ERANGE);
}

TEST(what_the_parent_no_longer_reaches)
{
	int fd = test_create(2 * PAGE, ZVMO_RESIZABLE), snapshot;

	test_fill(fd, 0, 2 * PAGE, 'o');
	snapshot = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, 3 * PAGE);
	ASSERT_EQ(zvmo_set_size(fd, 0), 0);
	EXPECT(ioc_holds(snapshot, 0, PAGE, 'o'));
	EXPECT(ioc_holds(snapshot, PAGE, 2 * PAGE, 0));
}

/* A write that waits: for a page of its buffer, which somebody else provides */

struct waiting {
	int userfault;
	int fd;
	char *buffer;
	int result;
};

/* The last of the pages is not there until waiting_provide(). */
static void waiting_open(struct waiting *waiting, int fd, uint64_t pages)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	waiting->fd = fd;
	waiting->buffer = memory(pages * PAGE);
	waiting->userfault = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (waiting->userfault < 0 ||
	    ioctl(waiting->userfault, UFFDIO_API, &api))
		SKIP("no userfaultfd");
	memset(waiting->buffer, 'n', (pages - 1) * PAGE);
	range.range.start = (uintptr_t)waiting->buffer + (pages - 1) * PAGE;
	range.range.len = PAGE;
	ASSERT_EQ(ioctl(waiting->userfault, UFFDIO_REGISTER, &range), 0);
}

/* Until the write has come to the page that is not there. */
static void waiting_reached(struct waiting *waiting)
{
	struct uffd_msg message;

	ASSERT_EQ(read(waiting->userfault, &message, sizeof(message)),
		  sizeof(message));
	ASSERT_EQ(message.event, UFFD_EVENT_PAGEFAULT);
}

static void waiting_provide(struct waiting *waiting, uint64_t pages)
{
	void *page = memory(PAGE);
	struct uffdio_copy copy = {
		.dst = (uintptr_t)waiting->buffer + (pages - 1) * PAGE,
		.src = (uintptr_t)page,
		.len = PAGE,
	};

	memset(page, 'n', PAGE);
	ASSERT_EQ(ioctl(waiting->userfault, UFFDIO_COPY, &copy), 0);
}

static void *write_four(void *arg)
{
	struct waiting *waiting = arg;

	waiting->result = ioc_write(waiting->fd, 0, waiting->buffer, 4 * PAGE);
	return NULL;
}

TEST(a_snapshot_during_a_write)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	struct waiting waiting;
	pthread_t thread;
	char *map;

	test_fill(fd, 0, 4 * PAGE, 'o');
	waiting_open(&waiting, fd, 4);
	thread = thread_start(write_four, &waiting);
	waiting_reached(&waiting);
	snapshot = test_snapshot(fd);
	map = test_map(snapshot, 0, 4 * PAGE, PROT_READ, 0);
	EXPECT_EQ(map[3 * PAGE], 'o');
	waiting_provide(&waiting, 4);
	thread_join(thread);
	EXPECT_EQ(waiting.result, 0);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'n'));
	EXPECT(test_holds(snapshot, 3 * PAGE, PAGE, 'o'));
	EXPECT_EQ(map[3 * PAGE], 'o');
}

TEST(others_work_while_a_write_waits)
{
	int fd = test_create(8 * PAGE, ZVMO_RESIZABLE);
	struct waiting waiting;
	pthread_t thread;
	char byte;

	waiting_open(&waiting, fd, 4);
	thread = thread_start(write_four, &waiting);
	waiting_reached(&waiting);
	EXPECT_EQ(ioc_write(fd, 7 * PAGE, "x", 1), 0);
	EXPECT_EQ(ioc_read(fd, 7 * PAGE, &byte, 1), 0);
	EXPECT_EQ(zvmo_commit(fd, 5 * PAGE, PAGE), 0);
	EXPECT_EQ(zvmo_zero(fd, 5 * PAGE, PAGE), 0);
	test_close(test_snapshot(fd));
	waiting_provide(&waiting, 4);
	thread_join(thread);
	EXPECT_EQ(waiting.result, 0);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 'n'));
}

TEST(a_write_that_waits_can_be_killed)
{
	int fd = test_create(4 * PAGE, 0), status;
	struct waiting waiting;
	pid_t process;

	process = test_fork();
	if (!process) {
		waiting_open(&waiting, fd, 4);
		thread_start(write_four, &waiting);
		waiting_reached(&waiting);
		kill(getpid(), SIGKILL);
	}
	ASSERT_EQ(waitpid(process, &status, 0), process);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	EXPECT_EQ(ioc_write(fd, 0, "x", 1), 0);
}

/* Several at a time */

struct race {
	int fd;
	atomic_bool stop;
};

static void *resize(void *arg)
{
	struct race *race = arg;
	uint64_t random = 1;

	while (!atomic_load(&race->stop)) {
		EXPECT_EQ(zvmo_set_size(race->fd, PAGE), 0);
		EXPECT_EQ(zvmo_set_size(race->fd, 64 * PAGE), 0);
		/* A write may be done, or not. */
		sleep_ms(test_random_below(&random, 10));
	}
	return NULL;
}

TEST(while_it_shrinks)
{
	struct race race = { .fd = test_create(64 * PAGE, ZVMO_RESIZABLE) };
	double deadline = test_seconds() + 1.5;
	unsigned int moved = 0, refused = 0, i;
	uint8_t *buffer = memory(64 * PAGE);
	pthread_t thread;

	thread = thread_start(resize, &race);
	while (test_seconds() < deadline) {
		int result;

		memset(buffer, 'w', 64 * PAGE);
		result = ioc_write(race.fd, 0, buffer, 64 * PAGE);
		EXPECT(result == 0 || result == -ERANGE);
		moved += !result;
		refused += !!result;
		result = ioc_read(race.fd, 0, buffer, 64 * PAGE);
		EXPECT(result == 0 || result == -ERANGE);
		for (i = 0; i < 64; i++)
			EXPECT(buffer[i * PAGE] == 'w' || !buffer[i * PAGE]);
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
	EXPECT_EQ(ioc_write(race.fd, 0, buffer, 64 * PAGE), 0);
	test_note("%u writes, %u refused", moved, refused);
}

static void *keep_writing(void *arg)
{
	struct race *race = arg;
	uint64_t *words = memory(64 * PAGE), i, round = 0;

	while (!atomic_load(&race->stop)) {
		round++;
		for (i = 0; i < 64 * PAGE / 8; i++)
			words[i] = round;
		EXPECT_EQ(ioc_write(race->fd, 0, words, 64 * PAGE), 0);
	}
	return NULL;
}

/* Whatever a snapshot holds, it goes on holding. */
TEST(snapshots_of_a_write_in_progress)
{
	struct race race = { .fd = test_create(64 * PAGE, 0) };
	double deadline = test_seconds() + 1.5;
	char *first = memory(64 * PAGE), *later = memory(64 * PAGE);
	pthread_t thread;

	thread = thread_start(keep_writing, &race);
	while (test_seconds() < deadline) {
		int snapshot = test_snapshot(race.fd);

		EXPECT_EQ(ioc_read(snapshot, 0, first, 64 * PAGE), 0);
		sleep_ms(2);
		EXPECT_EQ(ioc_read(snapshot, 0, later, 64 * PAGE), 0);
		EXPECT_MEMEQ(later, first, 64 * PAGE);
		test_close(snapshot);
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
}

static void *zero_again(void *arg)
{
	struct race *race = arg;

	while (!atomic_load(&race->stop))
		EXPECT_EQ(zvmo_zero(race->fd, 0, 64 * PAGE), 0);
	return NULL;
}

TEST(while_pages_come_and_go)
{
	struct race race = { .fd = test_create(64 * PAGE, 0) };
	double deadline = test_seconds() + 1;
	uint8_t *in = memory(64 * PAGE), *out = memory(64 * PAGE);
	pthread_t thread;
	unsigned int i;

	memset(in, 'w', 64 * PAGE);
	thread = thread_start(zero_again, &race);
	while (test_seconds() < deadline) {
		EXPECT_EQ(ioc_write(race.fd, 0, in, 64 * PAGE), 0);
		EXPECT_EQ(ioc_read(race.fd, 0, out, 64 * PAGE), 0);
		for (i = 0; i < 64; i++)
			EXPECT(out[i * PAGE] == 'w' || !out[i * PAGE]);
	}
	atomic_store(&race.stop, true);
	thread_join(thread);
	EXPECT_EQ(zvmo_zero(race.fd, 0, 64 * PAGE), 0);
	EXPECT_EQ(test_stats().pages, 0);
}
