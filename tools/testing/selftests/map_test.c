// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - mappings: what the memory system calls do to them
 *
 * Who sees whose writes is in coherence_test.c, snapshots are in
 * isolation_test.c, what the kernel does with mapped memory in gup_test.c.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "parallel.h"

static unsigned long nr_mappings(int fd)
{
	return test_info(fd).num_mappings;
}

static uint64_t nr_committed(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* A VMO whose page i begins with 1000 + i. */
static int create_numbered(uint64_t pages, uint32_t options)
{
	int fd = test_create(pages * PAGE, options);
	uint64_t i;

	for (i = 0; i < pages; i++)
		page_write(fd, i, 1000 + i);
	return fd;
}

static void expect_numbered(void *map, uint64_t first, uint64_t pages)
{
	uint64_t i;

	for (i = 0; i < pages; i++)
		EXPECT_EQ(word_read(page_at(map, i)), 1000 + first + i);
}

/* Mapping */

TEST(shared_mapping)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	EXPECT_EQ(nr_mappings(fd), 1);
	EXPECT_EQ(nr_committed(fd), 0);
	word_write(page_at(map, 2), 5);
	EXPECT_EQ(nr_committed(fd), 1);
	EXPECT_EQ(page_read(fd, 2), 5);
	page_write(fd, 2, 6);
	EXPECT_EQ(word_read(page_at(map, 2)), 6);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0));
	test_unmap(map, 4 * PAGE);
	EXPECT_EQ(nr_mappings(fd), 0);
	EXPECT_EQ(page_read(fd, 2), 6);
}

TEST(reading_a_hole_takes_no_page)
{
	int fd = test_create(64 * PAGE, 0);
	char *map = test_map(fd, 0, 64 * PAGE, RW, 0);
	unsigned int i;

	for (i = 0; i < 64; i++)
		EXPECT_EQ(word_read(page_at(map, i)), 0);
	EXPECT_EQ(nr_committed(fd), 0);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(private_mapping)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE);

	expect_numbered(map, 0, 4);
	word_write(page_at(map, 1), 7);
	EXPECT_EQ(page_read(fd, 1), 1001);
	page_write(fd, 1, 8);
	page_write(fd, 2, 9);
	EXPECT_EQ(word_read(page_at(map, 1)), 7);
	EXPECT_EQ(word_read(page_at(map, 2)), 9);
	EXPECT_EQ(nr_mappings(fd), 1);
	EXPECT_EQ(test_stats().pages, 4);
}

/* Nothing maps the pages yet: the first write copies all of each. */
TEST(private_mapping_that_is_written_first)
{
	int fd = create_numbered(4, 0), slice;
	char *map = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE), *part;
	unsigned int i;

	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	part = test_map(slice, 0, 2 * PAGE, RW, MAP_PRIVATE);
	for (i = 0; i < 4; i++)
		word_write(page_at(map, i) + 64, 7);
	word_write(page_at(part, 1) + 64, 8);
	expect_numbered(map, 0, 4);
	expect_numbered(part, 1, 2);
	EXPECT_EQ(word_read(page_at(map, 2) + 64), 7);
	EXPECT_EQ(word_read(page_at(part, 1) + 64), 8);
	EXPECT(test_holds(fd, 2 * PAGE + 64, PAGE - 64, 0));
}

/* As truncating any file does. */
TEST(private_copies_are_cut_off)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE), reference;
	unsigned int i;
	char *map, *other;

	reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	map = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE);
	other = test_map(reference, 2 * PAGE, 2 * PAGE, RW, MAP_PRIVATE);
	for (i = 0; i < 4; i++)
		word_write(page_at(map, i), i + 1);
	word_write(other, 5);
	word_write(page_at(other, 1), 6);
	EXPECT_EQ(zvmo_set_size(fd, 2 * PAGE + 1), 0);
	EXPECT_EQ(word_read(page_at(map, 1)), 2);
	EXPECT_EQ(word_read(page_at(map, 2)), 3);
	EXPECT_EQ(test_probe_read(page_at(map, 3)), SIGBUS);
	EXPECT_EQ(test_probe_read(page_at(other, 1)), SIGBUS);
	EXPECT_EQ(zvmo_set_size(fd, 4 * PAGE), 0);
	EXPECT_EQ(word_read(page_at(map, 2)), 3);
	EXPECT_EQ(word_read(page_at(map, 3)), 0);
	EXPECT_EQ(word_read(other), 5);
	EXPECT_EQ(word_read(page_at(other, 1)), 0);
}

TEST(private_mapping_without_write)
{
	int fd = create_numbered(1, 0), dup;
	char *map;

	dup = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	map = test_map(dup, 0, PAGE, RW, MAP_PRIVATE);
	word_write(map, 1);
	EXPECT_EQ(word_read(map), 1);
	EXPECT_EQ(page_read(fd, 0), 1000);
}

TEST(partial_mapping)
{
	int fd = create_numbered(8, 0);
	char *map = test_map(fd, 3 * PAGE, 2 * PAGE, RW, 0);

	expect_numbered(map, 3, 2);
	word_write(page_at(map, 1), 5);
	EXPECT_EQ(page_read(fd, 4), 5);
	EXPECT_EQ(page_read(fd, 3), 1003);
	EXPECT_EQ(page_read(fd, 5), 1005);
}

TEST(mapping_of_a_far_page)
{
	/* 32-bit programs have 32 bits of page numbers. */
	uint64_t far = 1ULL << (sizeof(long) < 8 ? 43 : 45);
	int fd = test_create(0, ZVMO_UNBOUNDED);
	char *map = test_map(fd, far, 4 * PAGE, RW, 0);

	word_write(page_at(map, 1), 5);
	EXPECT_EQ(nr_committed(fd), 1);
	/* Beyond the stream, which a mapping does not extend. */
	EXPECT_EQ(test_info(fd).stream_size, 0);
	test_write(fd, far + 2 * PAGE, "x", 1);
	EXPECT_EQ(*(char *)page_at(map, 2), 'x');
	EXPECT_EQ(page_read(fd, far / PAGE + 1), 5);
}

TEST(other_mappings_of_the_same_page)
{
	int fd = test_create(PAGE, 0);
	char *maps[20];
	unsigned int i, j;

	for (i = 0; i < 20; i++)
		maps[i] = test_map(fd, 0, PAGE, RW, 0);
	EXPECT_EQ(nr_mappings(fd), 20);
	for (i = 0; i < 20; i++) {
		word_write(maps[i], i + 1);
		for (j = 0; j < 20; j++)
			EXPECT_EQ(word_read(maps[j]), i + 1);
	}
	EXPECT_EQ(test_stats().pages, 1);
}

/* The end of the VMO */

static void expect_beyond(void *map, uint64_t page)
{
	EXPECT_EQ(test_probe_read(page_at(map, page)), SIGBUS);
	EXPECT_EQ(test_probe_write(page_at(map, page), 1), SIGBUS);
}

static void beyond_the_end_of(int flags)
{
	int fd = create_numbered(2, 0);
	char *map = test_map(fd, 0, 5 * PAGE, RW, flags);
	char *far = test_map(fd, 100 * PAGE, PAGE, RW, flags);

	expect_beyond(map, 2);
	expect_beyond(map, 4);
	expect_beyond(far, 0);
	expect_numbered(map, 0, 2);
	EXPECT_EQ(test_info(fd).size, 2 * PAGE);
	EXPECT_EQ(nr_committed(fd), 2);
}

TEST(beyond_the_end)
{
	beyond_the_end_of(0);
	beyond_the_end_of(MAP_PRIVATE);
}

TEST(the_whole_last_page_is_there)
{
	int fd = test_create(PAGE + 10, 0);
	char *map = test_map(fd, 0, 3 * PAGE, RW, 0);

	EXPECT_EQ(test_probe_write(map + 2 * PAGE - 1, 'x'), 0);
	EXPECT_EQ(map[2 * PAGE - 1], 'x');
	EXPECT_EQ(test_probe_read(map + 2 * PAGE), SIGBUS);
	EXPECT_EQ(test_info(fd).stream_size, PAGE + 10);
}

TEST(growing_ends_sigbus)
{
	int fd = test_create(0, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);
	char *own = test_map(fd, 0, 8 * PAGE, RW, MAP_PRIVATE);

	expect_beyond(map, 0);
	ASSERT_EQ(zvmo_set_size(fd, PAGE), 0);
	EXPECT_EQ(test_probe_write(page_at(map, 0), 1), 0);
	EXPECT_EQ(test_probe_write(page_at(own, 0), 2), 0);
	EXPECT_EQ(test_byte(fd, 0), 1);
	expect_beyond(map, 1);
	ASSERT_EQ(ftruncate(fd, PAGE + 1), 0);
	EXPECT_EQ(test_probe_read(page_at(map, 1)), 0);
	expect_beyond(map, 2);
	expect_beyond(own, 2);
	test_write(fd, 2 * PAGE, "abc", 3);
	EXPECT_EQ(*(char *)page_at(map, 2), 'a');
	EXPECT_EQ(*(char *)page_at(own, 2), 'a');
	expect_beyond(map, 3);
	ASSERT_EQ(fallocate(fd, 0, 0, 4 * PAGE), 0);
	EXPECT_EQ(test_probe_write(page_at(map, 3), 1), 0);
	expect_beyond(map, 4);
}

TEST(shrinking_unmaps)
{
	int fd = create_numbered(8, ZVMO_RESIZABLE);
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);
	char *own = test_map(fd, 0, 8 * PAGE, RW, MAP_PRIVATE);
	char *other = test_map(reference, 0, 8 * PAGE, PROT_READ, 0);
	unsigned int i;

	expect_numbered(map, 0, 8);
	expect_numbered(own, 0, 8);
	expect_numbered(other, 0, 8);
	word_write(page_at(map, 5), 1005);
	word_write(page_at(own, 6), 1);
	ASSERT_EQ(zvmo_set_size(fd, 4 * PAGE + 8), 0);
	expect_numbered(map, 0, 5);
	for (i = 5; i < 8; i++) {
		expect_beyond(map, i);
		EXPECT_EQ(test_probe_read(page_at(other, i)), SIGBUS);
	}
	EXPECT_EQ(test_probe_read(page_at(own, 5)), SIGBUS);
	/* A private copy too, as of any file. */
	EXPECT_EQ(test_probe_read(page_at(own, 6)), SIGBUS);
	EXPECT_EQ(nr_committed(fd), 5);
	ASSERT_EQ(zvmo_set_size(fd, 8 * PAGE), 0);
	for (i = 5; i < 8; i++) {
		EXPECT_EQ(word_read(page_at(map, i)), 0);
		EXPECT_EQ(word_read(page_at(other, i)), 0);
	}
	EXPECT_EQ(word_read(page_at(own, 5)), 0);
	EXPECT_EQ(word_read(page_at(own, 6)), 0);
}

TEST(shrinking_unmaps_holes)
{
	int fd = test_create(8 * PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	EXPECT_EQ(word_read(page_at(map, 6)), 0);
	ASSERT_EQ(zvmo_set_size(fd, 4 * PAGE), 0);
	expect_beyond(map, 6);
	ASSERT_EQ(zvmo_set_size(fd, 8 * PAGE), 0);
	word_write(page_at(map, 6), 3);
	EXPECT_EQ(page_read(fd, 6), 3);
}

TEST(shrinking_zeroes_the_tail)
{
	int fd = test_create(2 * PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);

	memset(map, 'x', 2 * PAGE);
	ASSERT_EQ(zvmo_set_size(fd, 100), 0);
	EXPECT_EQ(map[99], 'x');
	EXPECT_EQ(map[100], 0);
	EXPECT_EQ(map[PAGE - 1], 0);
}

TEST(a_slice_ends_where_it_ends)
{
	int fd = create_numbered(32, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 3 * PAGE);
	char *map = test_map(slice, 0, 32 * PAGE, RW, 0);
	unsigned char present[32];

	expect_numbered(map, 2, 3);
	expect_beyond(map, 3);
	/* Nor did faulting around map what follows. */
	ASSERT_EQ(mincore(map, 32 * PAGE, present), 0);
	EXPECT_EQ(present[2] & 1, 1);
	EXPECT_EQ(present[3] & 1, 0);
}

TEST(faulting_around_stays_inside)
{
	int fd = create_numbered(20, 0);
	char *map = test_map(fd, 4 * PAGE, 5 * PAGE, PROT_READ, 0);
	unsigned char present[5];

	expect_numbered(map, 4, 1);
	ASSERT_EQ(mincore(map, 5 * PAGE, present), 0);
	EXPECT_EQ(present[0] & 1, 1);
	/* What follows the mapping is somebody else's. */
	test_unmap(map, 5 * PAGE);
	map = test_map(fd, 0, 20 * PAGE, PROT_READ, 0);
	test_unmap(page_at(map, 5), PAGE);
	expect_numbered(map, 0, 5);
	EXPECT_EQ(test_probe_read(page_at(map, 5)), SIGSEGV);
	expect_numbered(page_at(map, 6), 6, 14);
}

/* Protection */

TEST(mprotect_sequences)
{
	static const int sequences[][4] = {
		{ PROT_READ, RW, PROT_NONE, RW },
		{ PROT_NONE, PROT_READ, PROT_NONE, RW },
		{ PROT_READ, PROT_READ, RW, PROT_READ },
		{ RW, PROT_NONE, PROT_READ, PROT_NONE },
	};
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	unsigned int i, j;

	for (i = 0; i < 4; i++) {
		for (j = 0; j < 4; j++) {
			int prot = sequences[i][j];
			char *page = page_at(map, j);

			ASSERT_EQ(mprotect(map, 4 * PAGE, prot), 0);
			EXPECT_EQ(test_probe_read(page),
				  prot & PROT_READ ? 0 : SIGSEGV);
			EXPECT_EQ(test_probe_write(page + 9, i + 1),
				  prot & PROT_WRITE ? 0 : SIGSEGV);
			if (prot & PROT_WRITE)
				EXPECT_EQ(test_byte(fd, j * PAGE + 9), i + 1);
			EXPECT_EQ(page_read(fd, j), 1000 + j);
		}
	}
}

TEST(mprotect_of_a_part)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	ASSERT_EQ(mprotect(page_at(map, 1), PAGE, PROT_READ), 0);
	EXPECT_EQ(nr_mappings(fd), 3);
	EXPECT_EQ(test_probe_write(page_at(map, 0), 1), 0);
	EXPECT_EQ(test_probe_write(page_at(map, 1), 1), SIGSEGV);
	EXPECT_EQ(test_probe_write(page_at(map, 2), 1), 0);
	EXPECT_EQ(word_read(page_at(map, 1)), 1001);
	ASSERT_EQ(mprotect(page_at(map, 1), PAGE, RW), 0);
	EXPECT_EQ(test_probe_write(page_at(map, 1), 1), 0);
	test_unmap(map, 4 * PAGE);
	EXPECT_EQ(nr_mappings(fd), 0);
}

/* Rights */

static int map_errno(int fd, int prot, int flags)
{
	void *map = NULL;

	return zvmo_map(fd, 0, PAGE, prot, flags, &map);
}

TEST(right_to_map)
{
	int fd = test_create(PAGE, 0);
	int dup = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_MAP);

	EXPECT_EQ(map_errno(dup, PROT_READ, 0), -EACCES);
	EXPECT_EQ(map_errno(dup, PROT_READ, MAP_PRIVATE), -EACCES);
	EXPECT_EQ(map_errno(dup, PROT_NONE, 0), -EACCES);
	EXPECT_EQ(nr_mappings(fd), 0);
}

TEST(right_to_read)
{
	int fd = test_create(PAGE, 0);
	int dup = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_READ);

	EXPECT_EQ(map_errno(dup, PROT_READ, 0), -EACCES);
	EXPECT_EQ(map_errno(dup, PROT_WRITE, 0), -EACCES);
	EXPECT_EQ(map_errno(dup, PROT_READ, MAP_PRIVATE), -EACCES);
}

TEST(right_to_write)
{
	int fd = test_create(PAGE, 0);
	int dup = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	char *map = test_map(dup, 0, PAGE, PROT_READ, 0);

	EXPECT_EQ(map_errno(dup, RW, 0), -EACCES);
	EXPECT_EQ(map_errno(dup, PROT_WRITE, 0), -EACCES);
	EXPECT_ERRNO(mprotect(map, PAGE, RW), EACCES);
	EXPECT_EQ(test_probe_write(map, 1), SIGSEGV);
	EXPECT_EQ(madvise(map, PAGE, MADV_POPULATE_READ), 0);
	EXPECT_ERRNO(madvise(map, PAGE, MADV_REMOVE), EACCES);
	EXPECT_EQ(nr_committed(fd), 0);
}

TEST(right_to_execute)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	char *own = test_map(fd, 0, PAGE, RW, MAP_PRIVATE);

	EXPECT_EQ(test_info(fd).rights & ZVMO_RIGHT_EXECUTE, 0);
	EXPECT_EQ(map_errno(fd, PROT_READ | PROT_EXEC, 0), -EACCES);
	EXPECT_EQ(map_errno(fd, PROT_EXEC, 0), -EACCES);
	EXPECT_EQ(map_errno(fd, PROT_READ | PROT_EXEC, MAP_PRIVATE), -EACCES);
	EXPECT_ERRNO(mprotect(map, PAGE, PROT_READ | PROT_EXEC), EACCES);
	EXPECT_ERRNO(mprotect(own, PAGE, PROT_READ | PROT_EXEC), EACCES);
}

TEST(a_lost_right_does_not_revoke)
{
	int fd = test_create(PAGE, 0), dup;
	char *map = test_map(fd, 0, PAGE, RW, 0);

	dup = zvmo_replace(fd, ZVMO_RIGHTS_BASIC | ZVMO_RIGHT_READ);
	ASSERT_GE(dup, 0);
	EXPECT_EQ(test_probe_write(map, 3), 0);
	EXPECT_EQ(test_byte(dup, 0), 3);
	EXPECT_EQ(nr_mappings(dup), 1);
}

/* Moving and cutting */

TEST(mremap_moves)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *room = mmap(NULL, 8 * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	word_write(page_at(map, 1), 1001);
	ASSERT(mremap(map, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		      room) == room);
	EXPECT_EQ(test_probe_read(map), SIGSEGV);
	expect_numbered(room, 0, 4);
	word_write(page_at(room, 2), 5);
	EXPECT_EQ(page_read(fd, 2), 5);
	page_write(fd, 1, 6);
	EXPECT_EQ(word_read(page_at(room, 1)), 6);
	EXPECT_EQ(nr_mappings(fd), 1);
}

TEST(mremap_moves_a_part)
{
	int fd = create_numbered(6, 0);
	char *map = test_map(fd, 0, 6 * PAGE, RW, 0);
	char *room = mmap(NULL, 2 * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect_numbered(map, 0, 6);
	word_write(page_at(map, 3), 1003);
	ASSERT(mremap(page_at(map, 2), 2 * PAGE, 2 * PAGE,
		      MREMAP_MAYMOVE | MREMAP_FIXED, room) == room);
	EXPECT_EQ(nr_mappings(fd), 3);
	expect_numbered(room, 2, 2);
	EXPECT_EQ(test_probe_read(page_at(map, 2)), SIGSEGV);
	expect_numbered(page_at(map, 4), 4, 2);
	page_write(fd, 3, 9);
	EXPECT_EQ(word_read(page_at(room, 1)), 9);
}

TEST(mremap_grows)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);

	map = mremap(map, 2 * PAGE, 6 * PAGE, MREMAP_MAYMOVE);
	ASSERT(map != MAP_FAILED);
	expect_numbered(map, 0, 4);
	expect_beyond(map, 4);
	map = mremap(map, 6 * PAGE, PAGE, 0);
	ASSERT(map != MAP_FAILED);
	expect_numbered(map, 0, 1);
	EXPECT_EQ(test_probe_read(page_at(map, 1)), SIGSEGV);
	EXPECT_EQ(nr_mappings(fd), 1);
}

TEST(mremap_doubles)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *other = mremap(map, 0, 4 * PAGE, MREMAP_MAYMOVE);

	ASSERT(other != MAP_FAILED);
	EXPECT_EQ(nr_mappings(fd), 2);
	expect_numbered(other, 0, 4);
	word_write(page_at(map, 1), 5);
	EXPECT_EQ(word_read(page_at(other, 1)), 5);
	word_write(page_at(other, 1), 6);
	EXPECT_EQ(word_read(page_at(map, 1)), 6);
}

TEST(mremap_without_unmapping)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *other;

	word_write(page_at(map, 1), 5);
	other = mremap(map, 4 * PAGE, 4 * PAGE,
		       MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	ASSERT(other != MAP_FAILED);
	EXPECT_EQ(nr_mappings(fd), 2);
	EXPECT_EQ(word_read(page_at(other, 1)), 5);
	EXPECT_EQ(word_read(page_at(map, 1)), 5);
	word_write(page_at(map, 1), 6);
	EXPECT_EQ(word_read(page_at(other, 1)), 6);
}

TEST(munmap_of_a_part)
{
	int fd = create_numbered(8, 0);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	expect_numbered(map, 0, 8);
	test_unmap(page_at(map, 3), 2 * PAGE);
	EXPECT_EQ(nr_mappings(fd), 2);
	EXPECT_EQ(test_probe_read(page_at(map, 3)), SIGSEGV);
	EXPECT_EQ(test_probe_read(page_at(map, 4)), SIGSEGV);
	expect_numbered(map, 0, 3);
	expect_numbered(page_at(map, 5), 5, 3);
	word_write(page_at(map, 6), 1);
	EXPECT_EQ(page_read(fd, 6), 1);
	page_write(fd, 7, 2);
	EXPECT_EQ(word_read(page_at(map, 7)), 2);
	test_unmap(map, PAGE);
	EXPECT_EQ(nr_mappings(fd), 2);
	test_unmap(map, 8 * PAGE);
	EXPECT_EQ(nr_mappings(fd), 0);
	EXPECT_EQ(nr_committed(fd), 8);
}

TEST(mapping_over_a_mapping)
{
	int fd = create_numbered(8, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	void *place = page_at(map, 1);

	expect_numbered(map, 0, 4);
	ASSERT_EQ(zvmo_map(fd, 6 * PAGE, PAGE, RW, MAP_FIXED, &place), 0);
	EXPECT_EQ(nr_mappings(fd), 3);
	expect_numbered(map, 0, 1);
	expect_numbered(place, 6, 1);
	expect_numbered(page_at(map, 2), 2, 2);
}

/* fork() */

TEST(fork_shares)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *own = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE);
	pid_t child;

	word_write(page_at(map, 1), 5);
	word_write(page_at(own, 2), 6);
	child = test_fork();
	if (!child) {
		EXPECT_EQ(nr_mappings(fd), 4);
		EXPECT_EQ(word_read(page_at(map, 1)), 5);
		word_write(page_at(map, 0), 7);
		word_write(page_at(map, 1), 8);
		EXPECT_EQ(word_read(page_at(own, 2)), 6);
		word_write(page_at(own, 2), 9);
		word_write(page_at(own, 3), 10);
		test_unmap(own, PAGE);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(child);
	EXPECT_EQ(nr_mappings(fd), 2);
	EXPECT_EQ(word_read(page_at(map, 0)), 7);
	EXPECT_EQ(word_read(page_at(map, 1)), 8);
	EXPECT_EQ(page_read(fd, 1), 8);
	EXPECT_EQ(word_read(page_at(own, 2)), 6);
	EXPECT_EQ(word_read(page_at(own, 3)), 1003);
	EXPECT_EQ(page_read(fd, 2), 1002);
}

TEST(fork_without_the_mapping)
{
	int fd = create_numbered(1, 0);
	char *map = test_map(fd, 0, PAGE, RW, 0);
	pid_t child;

	ASSERT_EQ(madvise(map, PAGE, MADV_DONTFORK), 0);
	child = test_fork();
	if (!child) {
		EXPECT_EQ(nr_mappings(fd), 1);
		EXPECT_EQ(test_probe_read(map), SIGSEGV);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(child);
}

TEST(processes_come_and_go)
{
	int fd = create_numbered(64, 0);
	char *map = test_map(fd, 0, 64 * PAGE, RW, 0);
	unsigned int i;

	for (i = 0; i < 30; i++) {
		pid_t child = test_fork();

		if (!child) {
			word_write(page_at(map, i), i);
			if (i % 3)
				test_unmap(page_at(map, i), 3 * PAGE);
			_exit(EXIT_SUCCESS);
		}
		test_wait_for(child);
		EXPECT_EQ(word_read(page_at(map, i)), i);
	}
	EXPECT_EQ(nr_mappings(fd), 1);
	EXPECT_EQ(test_stats().pages, 64);
}

/* madvise() and its like */

TEST(dontneed)
{
	int fd = create_numbered(4, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	char *own = test_map(fd, 0, 4 * PAGE, RW, MAP_PRIVATE);
	unsigned char present[4];

	word_write(page_at(map, 1), 5);
	word_write(page_at(own, 2), 6);
	ASSERT_EQ(madvise(map, 4 * PAGE, MADV_DONTNEED), 0);
	ASSERT_EQ(madvise(own, 4 * PAGE, MADV_DONTNEED), 0);
	ASSERT_EQ(mincore(map, 4 * PAGE, present), 0);
	EXPECT_EQ(present[1] & 1, 0);
	EXPECT_EQ(word_read(page_at(map, 1)), 5);
	EXPECT_EQ(word_read(page_at(own, 1)), 5);
	EXPECT_EQ(word_read(page_at(own, 2)), 1002);
	EXPECT_EQ(nr_committed(fd), 4);
}

TEST(remove_punches)
{
	int fd = create_numbered(8, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 4 * PAGE);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);
	char *part = test_map(slice, PAGE, 3 * PAGE, RW, 0);

	expect_numbered(map, 0, 8);
	expect_numbered(part, 3, 3);
	ASSERT_EQ(madvise(page_at(map, 6), PAGE, MADV_REMOVE), 0);
	EXPECT_EQ(word_read(page_at(map, 6)), 0);
	EXPECT_EQ(nr_committed(fd), 7);
	ASSERT_EQ(madvise(part, 2 * PAGE, MADV_REMOVE), 0);
	EXPECT_EQ(nr_committed(fd), 5);
	EXPECT_EQ(word_read(page_at(part, 0)), 0);
	EXPECT_EQ(word_read(page_at(map, 3)), 0);
	EXPECT_EQ(word_read(page_at(map, 4)), 0);
	expect_numbered(map, 0, 3);
	expect_numbered(page_at(map, 5), 5, 1);
	word_write(page_at(part, 1), 3);
	EXPECT_EQ(page_read(fd, 4), 3);
}

TEST(remove_through_a_private_mapping)
{
	int fd = create_numbered(2, 0);
	char *own = test_map(fd, 0, 2 * PAGE, RW, MAP_PRIVATE);

	EXPECT_ERRNO(madvise(own, PAGE, MADV_REMOVE), EACCES);
	EXPECT_EQ(nr_committed(fd), 2);
}

TEST(populate)
{
	int fd = test_create(8 * PAGE, 0);
	char *map = test_map(fd, 0, 10 * PAGE, RW, 0);
	unsigned char present[8];
	unsigned int i;

	ASSERT_EQ(madvise(map, 8 * PAGE, MADV_POPULATE_READ), 0);
	EXPECT_EQ(nr_committed(fd), 0);
	ASSERT_EQ(mincore(map, 8 * PAGE, present), 0);
	for (i = 0; i < 8; i++)
		EXPECT_EQ(present[i] & 1, 1);
	ASSERT_EQ(madvise(page_at(map, 2), 3 * PAGE, MADV_POPULATE_WRITE), 0);
	EXPECT_EQ(nr_committed(fd), 3);
	EXPECT_ERRNO(madvise(map, 9 * PAGE, MADV_POPULATE_READ), EFAULT);
	EXPECT_ERRNO(madvise(map, 9 * PAGE, MADV_POPULATE_WRITE), EFAULT);
	EXPECT_EQ(nr_committed(fd), 8);
	EXPECT(test_holds(fd, 0, 8 * PAGE, 0));
}

TEST(populate_while_mapping)
{
	int fd = create_numbered(4, 0);
	unsigned char present[6];
	char *map;

	ASSERT_EQ(zvmo_zero(fd, PAGE, PAGE), 0);
	/* What lies beyond the end is ignored, as by mmap(2). */
	map = test_map(fd, 0, 6 * PAGE, PROT_READ, MAP_POPULATE);
	ASSERT_EQ(mincore(map, 4 * PAGE, present), 0);
	EXPECT_EQ(present[0] & present[1] & present[2] & present[3] & 1, 1);
	EXPECT_EQ(nr_committed(fd), 3);
	map = test_map(fd, 0, 4 * PAGE, RW, MAP_POPULATE | MAP_PRIVATE);
	ASSERT_EQ(mincore(map, 4 * PAGE, present), 0);
	EXPECT_EQ(present[0] & present[1] & present[2] & present[3] & 1, 1);
	EXPECT_EQ(nr_committed(fd), 3);
}

TEST(locking)
{
	int fd = create_numbered(6, 0);
	char *map = test_map(fd, 0, 6 * PAGE, RW, 0);
	unsigned char present[6];

	ASSERT_EQ(mlock(page_at(map, 2), 2 * PAGE), 0);
	ASSERT_EQ(mincore(map, 6 * PAGE, present), 0);
	EXPECT_EQ(present[2] & present[3] & 1, 1);
	page_write(fd, 2, 5);
	EXPECT_EQ(word_read(page_at(map, 2)), 5);
	ASSERT_EQ(munlock(map, 6 * PAGE), 0);
	ASSERT_EQ(mlockall(MCL_CURRENT), 0);
	ASSERT_EQ(mincore(map, 6 * PAGE, present), 0);
	EXPECT_EQ(present[0] & present[5] & 1, 1);
	ASSERT_EQ(mlockall(MCL_FUTURE), 0);
	map = test_map(fd, 0, 6 * PAGE, RW, 0);
	ASSERT_EQ(mincore(map, 6 * PAGE, present), 0);
	EXPECT_EQ(present[0] & present[5] & 1, 1);
	word_write(map, 8);
	EXPECT_EQ(page_read(fd, 0), 8);
	ASSERT_EQ(munlockall(), 0);
}

TEST(locking_beyond_the_end)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);

	EXPECT_ERRNO(mlock(map, 2 * PAGE), ENOMEM);
	ASSERT_EQ(zvmo_set_size(fd, 2 * PAGE), 0);
	EXPECT_EQ(mlock(map, 2 * PAGE), 0);
	ASSERT_EQ(zvmo_set_size(fd, 0), 0);
	expect_beyond(map, 0);
}

TEST(incore)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	unsigned char present[4];

	ASSERT_EQ(mincore(map, 4 * PAGE, present), 0);
	EXPECT_EQ((present[0] | present[1] | present[2] | present[3]) & 1, 0);
	word_write(page_at(map, 1), 1);
	ASSERT_EQ(mincore(map, 4 * PAGE, present), 0);
	EXPECT_EQ(present[0] & 1, 0);
	EXPECT_EQ(present[1] & 1, 1);
	ASSERT_EQ(zvmo_zero(fd, 0, 4 * PAGE), 0);
	ASSERT_EQ(mincore(map, 4 * PAGE, present), 0);
	EXPECT_EQ(present[1] & 1, 0);
}

TEST(syncing)
{
	int fd = create_numbered(2, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, 0);

	word_write(map, 5);
	EXPECT_EQ(msync(map, 2 * PAGE, MS_SYNC), 0);
	EXPECT_EQ(msync(map, 2 * PAGE, MS_ASYNC), 0);
	EXPECT_EQ(msync(map, 2 * PAGE, MS_SYNC | MS_INVALIDATE), 0);
	EXPECT_EQ(fsync(fd), 0);
	EXPECT_EQ(fdatasync(fd), 0);
	test_unmap(page_at(map, 1), PAGE);
	EXPECT_ERRNO(msync(map, 2 * PAGE, MS_SYNC), ENOMEM);
	EXPECT_EQ(page_read(fd, 0), 5);
}

/* Hints change nothing that can be read. */
TEST(hints)
{
	static const int hints[] = {
		MADV_NORMAL, MADV_RANDOM,  MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_COLD,   MADV_PAGEOUT, MADV_NORMAL,
	};
	int fd = create_numbered(16, 0);
	char *map = test_map(fd, 0, 16 * PAGE, RW, 0);
	char *own = test_map(fd, 0, 16 * PAGE, RW, MAP_PRIVATE);
	unsigned int i, j;

	for (i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		test_context("hint %d", hints[i]);
		for (j = 0; j < 16; j++)
			word_write(page_at(own, j), 1000 + j);
		EXPECT_EQ(madvise(map, 16 * PAGE, hints[i]), 0);
		EXPECT_EQ(madvise(own, 16 * PAGE, hints[i]), 0);
		expect_numbered(map, 0, 16);
		expect_numbered(own, 0, 16);
		/* Unmapping what was touched, twice, with this hint. */
		for (j = 0; j < 2; j++) {
			ASSERT_EQ(madvise(map, 16 * PAGE, MADV_DONTNEED), 0);
			expect_numbered(map, 0, 16);
			word_write(page_at(map, 3), 1003);
		}
	}
	EXPECT_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	EXPECT_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED), 0);
	expect_numbered(map, 0, 16);
	EXPECT_ERRNO(madvise(map, PAGE, MADV_FREE), EINVAL);
	EXPECT_EQ(nr_committed(fd), 16);
}

static void write_proc(const char *path, char what)
{
	int file = open(path, O_WRONLY);

	if (file < 0)
		return;
	EXPECT_EQ(write(file, &what, 1), 1);
	test_close(file);
}

/* Who moves or frees pages of memory leaves these alone. */
TEST(memory_management)
{
	unsigned long node = 1;
	int fd = create_numbered(64, 0);
	char *map = test_map(fd, 0, 64 * PAGE, RW, 0);
	char *own = test_map(fd, 0, 64 * PAGE, RW, MAP_PRIVATE);

	word_write(page_at(map, 1), 1001);
	expect_numbered(map, 0, 64);
	expect_numbered(own, 0, 64);
	write_proc("/proc/sys/vm/compact_memory", '1');
	write_proc("/proc/sys/vm/drop_caches", '3');
	/* MPOL_BIND to node 0, MPOL_MF_MOVE */
	syscall(SYS_mbind, map, 64 * PAGE, 2, &node, 64, 2);
	syscall(SYS_migrate_pages, 0, 64, &node, &node);
	expect_numbered(map, 0, 64);
	expect_numbered(own, 0, 64);
	word_write(page_at(map, 2), 5);
	EXPECT_EQ(page_read(fd, 2), 5);
	EXPECT_EQ(test_stats().pages, 64);
}

/* What /proc does to page tables when asked to. */
TEST(proc_files)
{
	int fd = create_numbered(16, 0), file;
	char *map = test_map(fd, 0, 16 * PAGE, RW, 0);
	static char buffer[65536];
	unsigned int i;
	char what;

	for (i = 0; i < 8; i++)
		word_write(page_at(map, i), 1000 + i);
	for (what = '1'; what <= '5'; what++) {
		write_proc("/proc/self/clear_refs", what);
		expect_numbered(map, 0, 16);
		word_write(page_at(map, what - '1'), 1000 + what - '1');
	}
	file = open("/proc/self/smaps", O_RDONLY);
	ASSERT_GE(file, 0);
	while (read(file, buffer, sizeof(buffer)) > 0)
		;
	test_close(file);
	expect_numbered(map, 0, 16);
}

/* Counting */

TEST(mappings_are_counted_for_each_vmo)
{
	int fd = create_numbered(4, 0);
	int dup = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, 2 * PAGE);
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	int snapshot = test_snapshot(fd);

	test_map(fd, 0, PAGE, RW, 0);
	test_map(dup, 0, PAGE, PROT_READ, 0);
	EXPECT_EQ(nr_mappings(fd), 2);
	EXPECT_EQ(nr_mappings(dup), 2);
	EXPECT_EQ(nr_mappings(slice), 0);
	test_map(slice, 0, PAGE, RW, 0);
	test_map(reference, 0, PAGE, RW, 0);
	test_map(reference, 0, PAGE, RW, MAP_PRIVATE);
	EXPECT_EQ(nr_mappings(slice), 1);
	EXPECT_EQ(nr_mappings(reference), 2);
	EXPECT_EQ(nr_mappings(snapshot), 0);
	EXPECT_EQ(nr_mappings(fd), 2);
}

TEST(mappings_of_other_processes_count)
{
	int fd = create_numbered(4, 0), pipes[2], i;
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0), byte;
	pid_t children[5];

	ASSERT_EQ(pipe(pipes), 0);
	for (i = 0; i < 5; i++) {
		children[i] = test_fork();
		if (!children[i]) {
			close(pipes[1]);
			/* Until the other end is closed. */
			_exit(read(pipes[0], &byte, 1));
		}
	}
	EXPECT_EQ(nr_mappings(fd), 6);
	test_unmap(map, 4 * PAGE);
	EXPECT_EQ(nr_mappings(fd), 5);
	close(pipes[1]);
	for (i = 0; i < 5; i++)
		test_wait_for(children[i]);
	EXPECT_EQ(nr_mappings(fd), 0);
}

/* Life */

TEST(a_mapping_keeps_the_vmo)
{
	int fd = create_numbered(8, 0);
	char *map = test_map(fd, 0, 8 * PAGE, RW, 0);

	test_close(fd);
	EXPECT_EQ(test_stats().vmos, 1);
	EXPECT_EQ(test_stats().pages, 8);
	expect_numbered(map, 0, 8);
	word_write(page_at(map, 3), 5);
	test_unmap(map, 7 * PAGE);
	EXPECT_EQ(test_stats().vmos, 1);
	expect_numbered(page_at(map, 7), 7, 1);
	test_unmap(page_at(map, 7), PAGE);
	EXPECT(test_wait_pages(0));
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(a_mapped_child_is_alive)
{
	int fd = create_numbered(8, 0), snapshot = test_snapshot(fd);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 0, 4 * PAGE);
	char *map = test_map(snapshot, 0, 8 * PAGE, RW, 0);
	char *part = test_map(slice, 0, 4 * PAGE, RW, 0);

	test_close(snapshot);
	test_close(slice);
	EXPECT_EQ(test_info(fd).num_children, 2);
	EXPECT_EQ(zvmo_wait_zero_children(fd, 0), -ETIMEDOUT);
	word_write(map, 1);
	test_unmap(part, 4 * PAGE);
	EXPECT_EQ(test_info(fd).num_children, 1);
	test_close(fd);
	word_write(page_at(map, 1), 5);
	expect_numbered(page_at(map, 2), 2, 6);
}

TEST(a_mapped_slice_keeps_the_content)
{
	int fd = create_numbered(8, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 4 * PAGE, 4 * PAGE);
	char *map = test_map(slice, 0, 4 * PAGE, RW, 0);

	test_close(fd);
	test_close(slice);
	expect_numbered(map, 4, 4);
	word_write(map, 1);
	EXPECT_EQ(test_stats().pages, 8);
}

/* Number of users that /proc/modules reports. */
static int module_users(void)
{
	FILE *file = fopen("/proc/modules", "re");
	char line[512];
	int users = -1;

	ASSERT(file != NULL);
	while (users < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "zvmo %*u %d", &users);
	fclose(file);
	return users;
}

/* O_PATH needs no permission, and what it opens holds no open file. */
TEST(a_path_descriptor_pins_the_module)
{
	int fd = create_numbered(1, 0), path;
	char name[64];

	EXPECT_GE(module_users(), 1);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	path = open(name, O_PATH);
	test_close(fd);
	if (path < 0)
		return;
	EXPECT_GE(module_users(), 1);
	EXPECT_ERRNO(openat(path, "", O_RDONLY), ENOENT);
	test_close(path);
	EXPECT_EQ(module_users(), 0);
}

/* Slices and references: several VMOs on the same pages */

#define NR_VIEWS 6

struct view {
	int fd;
	uint64_t first; /* page of the parent where it begins */
	char *map;
};

static void open_views(struct view *views)
{
	int fd = test_create(16 * PAGE, 0), slice, reference, i;

	slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 12 * PAGE);
	reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	views[0] = (struct view){ fd, 0, NULL };
	views[1] = (struct view){ slice, 2, NULL };
	views[2] = (struct view){ reference, 0, NULL };
	views[3].fd = test_child(slice, ZVMO_CHILD_SLICE, PAGE, 10 * PAGE);
	views[3].first = 3;
	views[4].fd =
		test_child(reference, ZVMO_CHILD_SLICE, 4 * PAGE, 4 * PAGE);
	views[4].first = 4;
	views[5].fd = test_child(reference, ZVMO_CHILD_REFERENCE, 0, 0);
	views[5].first = 0;
	for (i = 0; i < NR_VIEWS; i++)
		views[i].map = test_map(views[i].fd, 0,
					test_info(views[i].fd).size, RW, 0);
}

static void expect_views(struct view *views, uint64_t page, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < NR_VIEWS; i++) {
		uint64_t own = page - views[i].first;

		test_context("view %u, page %u", i, (unsigned int)page);
		EXPECT_EQ(word_read(page_at(views[i].map, own)), value);
		EXPECT_EQ(page_read(views[i].fd, own), value);
	}
	test_context("%s", "");
}

TEST(slices_and_references_agree)
{
	struct view views[NR_VIEWS];
	unsigned int i, value = 0;
	uint64_t page;

	open_views(views);
	for (page = 4; page < 8; page++) {
		expect_views(views, page, 0);
		for (i = 0; i < NR_VIEWS; i++) {
			uint64_t own = page - views[i].first;

			word_write(page_at(views[i].map, own), ++value);
			expect_views(views, page, value);
			page_write(views[i].fd, own, ++value);
			expect_views(views, page, value);
			ASSERT_EQ(zvmo_zero(views[i].fd, own * PAGE, PAGE), 0);
			expect_views(views, page, 0);
			page_write(views[i].fd, own, ++value);
			expect_views(views, page, value);
			ASSERT_EQ(madvise(page_at(views[i].map, own), PAGE,
					  MADV_REMOVE),
				  0);
			expect_views(views, page, 0);
		}
	}
	EXPECT_EQ(test_stats().cows, 1);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(views_after_a_snapshot)
{
	struct view views[NR_VIEWS];
	unsigned int i, j;
	int snapshots[NR_VIEWS];
	uint64_t page = 5;

	open_views(views);
	for (i = 0; i < NR_VIEWS; i++) {
		for (j = 0; j < NR_VIEWS; j++)
			word_write(page_at(views[j].map, page - views[j].first),
				   i);
		expect_views(views, page, i);
		snapshots[i] = test_snapshot(views[0].fd);
		word_write(page_at(views[i].map, page - views[i].first),
			   100 + i);
		expect_views(views, page, 100 + i);
	}
	for (i = 0; i < NR_VIEWS; i++)
		EXPECT_EQ(page_read(snapshots[i], page), i);
}

/* What the kernel says of the page at an address; 0: nothing. */
static uint64_t pagemap_entry(const char *address)
{
	int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (file < 0)
		return 0;
	if (pread(file, &entry, sizeof(entry),
		  (off_t)((uintptr_t)address / PAGE * sizeof(entry))) !=
	    sizeof(entry))
		entry = 0;
	test_close(file);
	return entry;
}

/* Is the page at an address soft-dirty? */
static int soft_dirty(const char *address)
{
	return pagemap_entry(address) >> 55 & 1;
}

static void clear_soft_dirty(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	ASSERT_GE(file, 0);
	ASSERT_EQ(write(file, "4", 1), 1);
	test_close(file);
}

/* Who tracks changes with soft-dirty bits sees first writes and later ones. */
TEST(written_pages_are_soft_dirty)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);

	word_write(page_at(map, 0), 1);
	if (soft_dirty(map) != 1)
		SKIP("no soft-dirty tracking");
	clear_soft_dirty();
	EXPECT_EQ(soft_dirty(map), 0);
	word_write(page_at(map, 1), 1);
	EXPECT_EQ(soft_dirty(page_at(map, 1)), 1);
	word_write(page_at(map, 0), 2);
	EXPECT_EQ(soft_dirty(map), 1);
	clear_soft_dirty();
	snapshot = zvmo_snapshot(fd);
	ASSERT_GE(snapshot, 0);
	word_write(page_at(map, 0), 3);
	EXPECT_EQ(soft_dirty(map), 1);
	test_unmap(map, 4 * PAGE);
	test_close(snapshot);
	test_close(fd);
}

/* Headers older than Linux 6.7 do not have these. */
#define FEATURE_WP_UNPOPULATED (1 << 13)
#define FEATURE_WP_ASYNC (1 << 15)

/* Nothing counts as written from now on. */
static void track_again(int userfault, char *map, uint64_t pages)
{
	struct uffdio_writeprotect protect = {
		.range = { (uintptr_t)map, pages * PAGE },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};

	ASSERT_EQ(ioctl(userfault, UFFDIO_WRITEPROTECT, &protect), 0);
}

/* Have userfaultfd track writes to the pages of a mapping; 0: it does not. */
static int track_writes(char *map, uint64_t pages)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = FEATURE_WP_UNPOPULATED | FEATURE_WP_ASYNC,
	};
	struct uffdio_register range = {
		.range = { (uintptr_t)map, pages * PAGE },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		return 0;
	track_again(fd, map, pages);
	return fd;
}

/* Tracking leaves something in page tables where nothing is mapped. */
TEST(writes_are_tracked_by_userfaultfd)
{
	int fd = create_numbered(32, 0), other = test_create(16 * PAGE, 0);
	char *map = test_map(fd, 0, 32 * PAGE, RW, 0);
	char *copy = test_map(fd, 0, 32 * PAGE, RW, MAP_PRIVATE);
	int snapshot, i;

	for (i = 0; i < 16; i++)
		word_write(page_at(map, i), 2000 + i);
	if (!track_writes(map, 32) || !track_writes(copy, 32))
		SKIP("no tracking of mappings like these");
	/* Many in a row: they are unmapped. */
	snapshot = test_snapshot(fd);
	EXPECT_EQ(word_read(page_at(map, 0)), 2000);
	word_write(page_at(map, 0), 1);
	word_write(page_at(map, 1), 2);
	EXPECT_EQ(word_read(page_at(map, 16)), 1016);
	word_write(page_at(map, 17), 3);
	EXPECT_EQ(word_read(page_at(copy, 2)), 2002);
	word_write(page_at(copy, 2), 4);
	word_write(page_at(copy, 18), 5);
	/* The kernel's accesses. */
	ASSERT_EQ(pwrite(other, map, 16 * PAGE, 0), 16 * PAGE);
	EXPECT_EQ(page_read(other, 1), 2);
	EXPECT_EQ(page_read(other, 2), 2002);
	ASSERT_EQ(pread(other, page_at(map, 20), PAGE, 0), PAGE);
	EXPECT_EQ(page_read(fd, 17), 3);
	EXPECT_EQ(page_read(fd, 20), 1);
	EXPECT_EQ(page_read(snapshot, 0), 2000);
	EXPECT_EQ(page_read(snapshot, 17), 1017);
	EXPECT_EQ(word_read(page_at(copy, 18)), 5);
}

struct writer {
	char *map;
	_Atomic bool stop;
};

static void *write_always(void *arg)
{
	struct writer *writer = arg;

	while (!atomic_load(&writer->stop))
		word_write(writer->map, word_read(writer->map) + 1);
	return NULL;
}

/* What is written is not called unwritten. */
TEST(no_tracked_write_is_missed)
{
	int fd = test_create(PAGE, 0), userfault, i;
	char *map = test_map(fd, 0, PAGE, RW, 0);
	struct writer writer = { .map = map };
	unsigned int rounds = 0, missed = 0;
	uint64_t random = 1, value;
	pthread_t thread;
	double end;

	userfault = track_writes(map, 1);
	if (!userfault)
		SKIP("no tracking of mappings like these");
	thread = thread_start(write_always, &writer);
	end = test_seconds() + test_patience(10);
	while (test_seconds() < end) {
		/* Twice: while the writer handles the first. */
		track_again(userfault, map, 1);
		for (i = test_random_below(&random, 3000); i; i--)
			word_read(map);
		track_again(userfault, map, 1);
		value = word_read(map);
		for (i = 0; i < 1000000 && word_read(map) == value; i++)
			;
		if (word_read(map) == value)
			continue;
		rounds++;
		missed += pagemap_entry(map) >> 57 & 1;
	}
	test_note("%u rounds", rounds);
	EXPECT_EQ(missed, 0);
	atomic_store(&writer.stop, true);
	thread_join(thread);
}

#define HOLES 4096UL
/* Page tables of one process that may map a zero page so often, and then some. */
#define MOST_MAPPINGS_OF_A_PAGE 600

static int compare_words(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

/*
 * Over holes one page is mapped again and again, and fork() copies what is mapped:
 * its counts must not overflow, whatever is done.
 */
TEST(no_page_is_mapped_too_often)
{
	int fd = test_create(HOLES * PAGE, 0);
	char *map = test_map(fd, 0, HOLES * PAGE, PROT_READ, 0);
	uint64_t *frames = calloc(HOLES, sizeof(*frames));
	unsigned long i, run = 0, longest = 0;

	ASSERT(frames);
	for (i = 0; i < HOLES; i++) {
		EXPECT_EQ(word_read(page_at(map, i)), 0);
		frames[i] = pagemap_entry(page_at(map, i)) & ((1ULL << 55) - 1);
		if (!frames[i])
			SKIP("the kernel does not tell page frame numbers");
	}
	qsort(frames, HOLES, sizeof(*frames), compare_words);
	for (i = 0; i < HOLES; i++) {
		run = i && frames[i] == frames[i - 1] ? run + 1 : 1;
		if (run > longest)
			longest = run;
	}
	test_note("%lu times at most", longest);
	EXPECT_LE(longest, MOST_MAPPINGS_OF_A_PAGE);
	free(frames);
}
