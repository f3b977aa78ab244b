// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - what a VMO costs: private, scaled, and the sums
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"
#include "parallel.h"

/* One byte in units of the fraction. */
#define BYTE (1ULL << 63)

/* What a VMO is told, in pages and, if @scaled is one, in bytes. */
#define EXPECT_COST(fd, plain, private, scaled)                             \
	expect_cost(TEST_PLACE(EXPECT), fd, (plain)*PAGE, (private) * PAGE, \
		    scaled)

/* Checks */

/* What always holds. */
static void check_order(const struct zvmo_info *info)
{
	EXPECT_LE(info->committed_private_bytes, info->committed_scaled_bytes);
	EXPECT_LE(info->committed_scaled_bytes +
			  !!info->committed_fractional_scaled_bytes,
		  info->committed_bytes);
	EXPECT(info->committed_fractional_scaled_bytes < BYTE);
	/* Nothing is compressed. */
	EXPECT_EQ(info->populated_bytes, info->committed_bytes);
	EXPECT_EQ(info->populated_private_bytes, info->committed_private_bytes);
	EXPECT_EQ(info->populated_scaled_bytes, info->committed_scaled_bytes);
	EXPECT(info->populated_fractional_scaled_bytes ==
	       info->committed_fractional_scaled_bytes);
}

static void expect_cost(struct test_place place, int fd, uint64_t plain,
			uint64_t private, uint64_t scaled)
{
	struct zvmo_info info = test_info_at(place, fd);

	check_order(&info);
	test_compare(place, info.committed_bytes, plain, "==", "plain",
		     "plain");
	test_compare(place, info.committed_private_bytes, private,
		     "==", "private", "private");
	test_compare(place, info.committed_scaled_bytes, scaled, "==", "scaled",
		     "scaled");
	test_compare(place, info.committed_fractional_scaled_bytes, 0,
		     "==", "fraction", "0");
}

/*
 * Together the relatives are told of all there is, but for the roundings: one
 * unit for each of them and each number of holders.
 */
static void check_sum(const int *fds, unsigned int nr)
{
	uint64_t whole = 0, fraction = 0, missing;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct zvmo_info info = test_info(fds[i]);

		check_order(&info);
		fraction += info.committed_fractional_scaled_bytes;
		whole += info.committed_scaled_bytes + fraction / BYTE;
		fraction %= BYTE;
	}
	missing = test_stats().pages * PAGE - whole;
	EXPECT(missing <= 1);
	EXPECT(missing * BYTE - fraction <= nr * nr);
}

/* The table, line by line */

TEST(snapshot_halves)
{
	int fds[2];

	fds[0] = test_create(2 * PAGE, 0);
	EXPECT_COST(fds[0], 0, 0, 0);
	test_fill(fds[0], 0, 2 * PAGE, 1);
	EXPECT_COST(fds[0], 2, 2, 2 * PAGE);
	fds[1] = test_snapshot(fds[0]);
	EXPECT_COST(fds[0], 2, 0, PAGE);
	EXPECT_COST(fds[1], 2, 0, PAGE);
	test_fill(fds[0], 0, PAGE, 2);
	EXPECT_COST(fds[0], 2, 1, PAGE * 3 / 2);
	EXPECT_COST(fds[1], 2, 1, PAGE * 3 / 2);
	check_sum(fds, 2);
	test_close(fds[1]);
	EXPECT_COST(fds[0], 2, 2, 2 * PAGE);
}

TEST(zero_gives_up_a_share)
{
	int fd = test_create(2 * PAGE, 0), child;

	test_fill(fd, 0, 2 * PAGE, 1);
	child = test_snapshot(fd);
	EXPECT_EQ(zvmo_zero(child, 0, PAGE), 0);
	EXPECT_COST(fd, 2, 1, PAGE * 3 / 2);
	EXPECT_COST(child, 1, 0, PAGE / 2);
}

TEST(three_levels_share_a_third)
{
	int fds[3], i;

	fds[0] = test_create(PAGE, 0);
	test_fill(fds[0], 0, PAGE, 1);
	fds[1] = test_snapshot(fds[0]);
	fds[2] = test_snapshot(fds[1]);
	for (i = 0; i < 3; i++) {
		struct zvmo_info info = test_info(fds[i]);

		EXPECT_EQ(info.committed_bytes, PAGE);
		EXPECT_EQ(info.committed_private_bytes, 0);
		EXPECT_EQ(info.committed_scaled_bytes, PAGE / 3);
		/* PAGE is 1 more than a multiple of 3: a third of a byte. */
		EXPECT_EQ(info.committed_fractional_scaled_bytes,
			  0x2aaaaaaaaaaaaaaa);
	}
	check_sum(fds, 3);
}

TEST(window_of_one_page)
{
	int fd = test_create(3 * PAGE, 0), child;

	test_fill(fd, 0, 3 * PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, PAGE);
	EXPECT_COST(fd, 3, 2, PAGE * 5 / 2);
	EXPECT_COST(child, 1, 0, PAGE / 2);
	test_fill(fd, 0, PAGE, 2);
	test_fill(fd, 2 * PAGE, PAGE, 2);
	EXPECT_COST(fd, 3, 2, PAGE * 5 / 2);
	EXPECT_COST(child, 1, 0, PAGE / 2);
	test_close(fd);
	EXPECT_COST(child, 1, 1, PAGE);
	EXPECT_EQ(test_stats().pages, 1);
}

TEST(window_beyond_the_parent)
{
	int fd = test_create(PAGE, 0), child, grandchild;

	test_fill(fd, 0, PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, 2 * PAGE);
	EXPECT_COST(fd, 1, 1, PAGE);
	EXPECT_COST(child, 0, 0, 0);
	test_fill(child, PAGE, PAGE, 1);
	grandchild = test_child(child, ZVMO_CHILD_SNAPSHOT, 0, 3 * PAGE);
	EXPECT_COST(fd, 1, 1, PAGE);
	EXPECT_COST(child, 1, 0, PAGE / 2);
	EXPECT_COST(grandchild, 1, 0, PAGE / 2);
}

TEST(writes_shrinking_and_growing)
{
	int fd = test_create(4 * PAGE, ZVMO_RESIZABLE), child;

	test_fill(fd, 0, 4 * PAGE, 1);
	child = test_snapshot(fd);
	test_fill(fd, PAGE, PAGE, 2);
	test_fill(child, 2 * PAGE, PAGE, 3);
	EXPECT_COST(fd, 4, 2, 3 * PAGE);
	EXPECT_COST(child, 4, 2, 3 * PAGE);
	EXPECT_EQ(zvmo_set_size(fd, PAGE), 0);
	EXPECT_COST(fd, 1, 0, PAGE / 2);
	EXPECT_COST(child, 4, 3, PAGE * 7 / 2);
	EXPECT_EQ(zvmo_set_size(fd, 4 * PAGE), 0);
	EXPECT_EQ(test_byte(fd, PAGE), 0);
	EXPECT_COST(fd, 1, 0, PAGE / 2);
	test_fill(child, 3 * PAGE, PAGE, 3);
	EXPECT_COST(child, 4, 3, PAGE * 7 / 2);
	test_close(child);
	EXPECT_COST(fd, 1, 1, PAGE);
}

TEST(parent_that_shrinks_to_nothing)
{
	int fd = test_create(3 * PAGE, ZVMO_RESIZABLE), children[3], i;

	test_fill(fd, 0, 3 * PAGE, 1);
	for (i = 0; i < 3; i++)
		children[i] = test_child(
			fd, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
			i * PAGE, PAGE);
	EXPECT_COST(fd, 3, 0, PAGE * 3 / 2);
	EXPECT_EQ(zvmo_set_size(children[0], 0), 0);
	EXPECT_EQ(zvmo_set_size(children[2], 0), 0);
	EXPECT_EQ(zvmo_set_size(fd, 0), 0);
	EXPECT_COST(fd, 0, 0, 0);
	EXPECT_COST(children[0], 0, 0, 0);
	EXPECT_COST(children[1], 1, 1, PAGE);
	EXPECT_COST(children[2], 0, 0, 0);
}

TEST(commit_takes_a_page_of_its_own)
{
	int fd = test_create(2 * PAGE, 0), child;

	test_fill(fd, 0, 2 * PAGE, 1);
	child = test_snapshot(fd);
	EXPECT_EQ(zvmo_commit(child, 0, PAGE), 0);
	EXPECT_COST(fd, 2, 1, PAGE * 3 / 2);
	EXPECT_COST(child, 2, 1, PAGE * 3 / 2);
}

TEST(written_through_a_mapping)
{
	int fd = test_create(4 * PAGE, 0), child;
	char *map = test_map(fd, 0, 4 * PAGE, RW, MAP_SHARED);

	memset(map, 1, 3 * PAGE);
	EXPECT_EQ(test_probe_read(map + 3 * PAGE), 0);
	EXPECT_COST(fd, 3, 3, 3 * PAGE);
	child = test_snapshot(fd);
	EXPECT_COST(fd, 3, 0, PAGE * 3 / 2);
	map[PAGE] = 2;
	EXPECT_COST(fd, 3, 1, 2 * PAGE);
	EXPECT_COST(child, 3, 1, 2 * PAGE);
}

/* Slices and references tell what their parent would */

TEST(slice_tells_of_its_window)
{
	int fd = test_create(8 * PAGE, 0), slice, part, reference;

	test_fill(fd, 0, 6 * PAGE, 1);
	test_snapshot(fd);
	test_fill(fd, 5 * PAGE, PAGE, 2);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 4 * PAGE, 4 * PAGE);
	part = test_child(slice, ZVMO_CHILD_SLICE, PAGE, PAGE);
	reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	EXPECT_COST(fd, 6, 1, PAGE * 7 / 2);
	EXPECT_COST(slice, 2, 1, PAGE * 3 / 2);
	EXPECT_COST(part, 1, 1, PAGE);
	EXPECT_COST(reference, 6, 1, PAGE * 7 / 2);
	/* Of the whole object, whatever the window. */
	EXPECT_EQ(test_info(part).metadata_bytes, test_info(fd).metadata_bytes);
}

TEST(slice_of_a_window_elsewhere)
{
	int fd = test_create(200 * PAGE, 0), child, slice;

	test_fill(fd, 0, 200 * PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 70 * PAGE, 100 * PAGE);
	test_fill(child, 10 * PAGE, PAGE, 2);
	slice = test_child(child, ZVMO_CHILD_SLICE, 9 * PAGE, 3 * PAGE);
	EXPECT_COST(child, 100, 1, 99 * PAGE / 2 + PAGE);
	EXPECT_COST(slice, 3, 1, 2 * PAGE);
	EXPECT_COST(fd, 200, 101, 101 * PAGE + 99 * PAGE / 2);
}

/* Random relatives */

#define RELATIVES 200
#define MAX_PAGES 100
#define STEPS 4000

static uint64_t some_size(uint64_t *random)
{
	return test_random_below(random, MAX_PAGES + 1) * PAGE;
}

static void relative_step(int *fds, unsigned int *nr, uint64_t *random)
{
	unsigned int i = test_random_below(random, *nr), j;
	uint64_t size = test_info(fds[i]).size;
	uint64_t offset = size ? test_random_below(random, size / PAGE) * PAGE :
				 0;

	switch (test_random_below(random, 8)) {
	case 0:
		EXPECT_EQ(zvmo_zero(fds[i], offset, size - offset), 0);
		break;
	case 1:
		EXPECT_EQ(zvmo_set_size(fds[i], some_size(random)), 0);
		break;
	case 2:
	case 3:
	case 4:
		j = *nr;
		if (j < RELATIVES) {
			++*nr;
		} else {
			j = test_random_below(random, *nr);
			if (i == j)
				break;
			test_close(fds[j]);
		}
		/* Near the root's place, or they all move away from it. */
		fds[j] = test_child(fds[i],
				    ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
				    test_random_below(random, 4) ? 0 : PAGE,
				    some_size(random));
		break;
	default:
		if (size)
			test_fill(fds[i], offset, PAGE, *nr);
	}
}

TEST_WITHIN(sum_over_random_relatives_is_what_is_in_use, 300)
{
	uint64_t random = test_seed;
	unsigned int nr = 1, step, steps = test_rounds(STEPS);
	int fds[RELATIVES];

	fds[0] = test_create(MAX_PAGES * PAGE, ZVMO_RESIZABLE);
	test_fill(fds[0], 0, MAX_PAGES * PAGE, 1);
	for (step = 1; step <= steps; step++) {
		test_context("step %u", step);
		relative_step(fds, &nr, &random);
		if (step % 200 == 0)
			check_sum(fds, nr);
	}
	/* Three steps in eight make one, until these are all. */
	EXPECT_GE(nr, steps / 4 < RELATIVES ? steps / 4 : RELATIVES);
	while (nr) {
		test_close(fds[--nr]);
		if (nr % 50 == 0)
			check_sum(fds, nr);
	}
}

/* With slices and references; family_check() compares every number. */
TEST(random_family_tells_what_the_model_says)
{
	struct family family;
	unsigned int step, steps = test_rounds(1000);

	family_begin(&family, test_seed + 1);
	for (step = 0; step < steps; step++) {
		test_context("step %u", step);
		family_step(&family);
		if (step % 50 == 0)
			family_check(&family);
	}
	family_end(&family);
}

/* Metadata */

TEST(metadata_is_the_memory_of_nodes)
{
	int fd = test_create(200 * PAGE, 0), child;
	uint64_t node;

	EXPECT_EQ(test_info(fd).metadata_bytes, 0);
	test_fill(fd, 0, PAGE, 1);
	EXPECT_EQ(test_stats().nodes, 1);
	node = test_info(fd).metadata_bytes;
	/* 64 words, and some. */
	EXPECT_GE(node, 512);
	EXPECT_LE(node, 1024);
	test_fill(fd, PAGE, 199 * PAGE, 1);
	EXPECT_EQ(test_info(fd).metadata_bytes, test_stats().nodes * node);
	EXPECT_EQ(test_info(fd).metadata_bytes, 5 * node);
	child = test_snapshot(fd);
	EXPECT_EQ(test_info(child).metadata_bytes, 5 * node);
	test_fill(child, 0, PAGE, 1);
	EXPECT_EQ(test_info(child).metadata_bytes, 5 * node);
	EXPECT_EQ(test_stats().nodes, 7);
}

/* Address spaces */

#define EXPECT_MAPPED(fd, mappings, spaces)               \
	do {                                              \
		struct zvmo_info __info = test_info(fd);  \
                                                          \
		EXPECT_EQ(__info.num_mappings, mappings); \
		EXPECT_EQ(__info.share_count, spaces);    \
	} while (0)

TEST(share_count_counts_address_spaces)
{
	int fd = test_create(4 * PAGE, 0), other = test_snapshot(fd), slice;
	char *a, *b, *c;

	EXPECT_MAPPED(fd, 0, 0);
	a = test_map(fd, 0, 3 * PAGE, RW, MAP_SHARED);
	EXPECT_MAPPED(fd, 1, 1);
	b = test_map(fd, 0, 3 * PAGE, PROT_READ, MAP_PRIVATE);
	EXPECT_MAPPED(fd, 2, 1);
	/* One becomes two; then it moves. */
	test_unmap(a + PAGE, PAGE);
	EXPECT_MAPPED(fd, 3, 1);
	c = mremap(a, PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	ASSERT(c != MAP_FAILED);
	EXPECT_MAPPED(fd, 3, 1);
	test_unmap(c, 4 * PAGE);
	test_unmap(a + 2 * PAGE, PAGE);
	EXPECT_MAPPED(fd, 1, 1);
	/* Each VMO has its own. */
	slice = test_child(fd, ZVMO_CHILD_SLICE, 0, PAGE);
	test_map(slice, 0, PAGE, RW, MAP_SHARED);
	EXPECT_MAPPED(slice, 1, 1);
	EXPECT_MAPPED(other, 0, 0);
	EXPECT_MAPPED(fd, 1, 1);
	test_unmap(b, 3 * PAGE);
	EXPECT_MAPPED(fd, 0, 0);
	EXPECT_MAPPED(slice, 1, 1);
}

/* Wait, not for long, until the parent has set @word to @value. */
static void await(const _Atomic int *word, int value)
{
	while (atomic_load(word) != value)
		sleep_ms(1);
}

TEST(share_count_follows_fork)
{
	_Atomic int *step = shared_memory(sizeof(*step));
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, MAP_SHARED), *more;
	pid_t child;

	test_unmap(map + PAGE, PAGE);
	child = test_fork();
	if (!child) {
		/* Both parts were copied. */
		EXPECT_MAPPED(fd, 4, 2);
		more = test_map(fd, 0, PAGE, RW, MAP_SHARED);
		EXPECT_MAPPED(fd, 5, 2);
		test_unmap(more, PAGE);
		test_unmap(map, PAGE);
		EXPECT_MAPPED(fd, 3, 2);
		test_unmap(map + 2 * PAGE, 2 * PAGE);
		atomic_store(step, 1);
		await(step, 2);
		/* The parent has none any more: now a first one again. */
		EXPECT_MAPPED(fd, 0, 0);
		test_map(fd, 0, PAGE, RW, MAP_SHARED);
		EXPECT_MAPPED(fd, 1, 1);
		_exit(EXIT_SUCCESS);
	}
	await(step, 1);
	EXPECT_MAPPED(fd, 2, 1);
	test_unmap(map, 4 * PAGE);
	EXPECT_MAPPED(fd, 0, 0);
	atomic_store(step, 2);
	test_wait_for(child);
	EXPECT_MAPPED(fd, 0, 0);
}

TEST(share_count_of_many_processes)
{
	_Atomic int *go = shared_memory(sizeof(*go));
	int fd = test_create(4 * PAGE, 0), i;
	char *map = test_map(fd, 0, 4 * PAGE, RW, MAP_SHARED);
	pid_t children[20];

	for (i = 0; i < 20; i++) {
		children[i] = test_fork();
		if (!children[i]) {
			await(go, i + 1);
			_exit(EXIT_SUCCESS);
		}
		EXPECT_MAPPED(fd, i + 2, i + 2);
	}
	EXPECT_EQ(madvise(map, 4 * PAGE, MADV_DONTFORK), 0);
	test_wait_for(({
		pid_t child = test_fork();

		if (!child)
			_exit(EXIT_SUCCESS);
		EXPECT_MAPPED(fd, 21, 21);
		child;
	}));
	for (i = 0; i < 20; i++) {
		atomic_store(go, i + 1);
		test_wait_for(children[i]);
		EXPECT_MAPPED(fd, 20 - i, 20 - i);
	}
}

/* Descriptors */

TEST(handle_count_counts_open_files)
{
	int fd = test_create(2 * PAGE, 0), copy, same, child;
	char *map;
	pid_t process;

	EXPECT_EQ(test_info(fd).handle_count, 1);
	same = dup(fd);
	EXPECT_EQ(test_info(fd).handle_count, 1);
	copy = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);
	EXPECT_EQ(test_info(fd).handle_count, 2);
	child = test_snapshot(fd);
	EXPECT_EQ(test_info(child).handle_count, 1);
	EXPECT_EQ(test_info(fd).handle_count, 2);
	process = test_fork();
	if (!process) {
		EXPECT_EQ(test_info(fd).handle_count, 2);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	map = test_map(copy, 0, PAGE, RW, MAP_SHARED);
	EXPECT_EQ(test_info(fd).handle_count, 2);
	test_close(copy);
	/* The mapping keeps it. */
	EXPECT_EQ(test_info(fd).handle_count, 2);
	test_unmap(map, PAGE);
	EXPECT_EQ(test_info(fd).handle_count, 1);
	test_close(same);
	EXPECT_EQ(test_info(fd).handle_count, 1);
}

/* Ranges */

static int range_info(int fd, struct zvmo_range_info *info, uint64_t offset,
		      uint64_t length)
{
	memset(info, 0xa5, sizeof(*info));
	info->argsz = sizeof(*info);
	info->reserved = 0;
	info->offset = offset;
	info->length = length;
	return ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, info);
}

#define EXPECT_RANGE(fd, first, pages, plain, private, scaled)                 \
	do {                                                                   \
		struct zvmo_range_info __info;                                 \
                                                                               \
		EXPECT_EQ(range_info(fd, &__info, (first)*PAGE, (pages)*PAGE), \
			  0);                                                  \
		EXPECT_EQ(__info.argsz, sizeof(__info));                       \
		EXPECT_EQ(__info.reserved, 0);                                 \
		EXPECT_EQ(__info.offset, (first)*PAGE);                        \
		EXPECT_EQ(__info.length, (pages)*PAGE);                        \
		EXPECT_EQ(__info.committed_bytes, (plain)*PAGE);               \
		EXPECT_EQ(__info.populated_bytes, (plain)*PAGE);               \
		EXPECT_EQ(__info.committed_private_bytes, (private) * PAGE);   \
		EXPECT_EQ(__info.populated_private_bytes, (private) * PAGE);   \
		EXPECT_EQ(__info.committed_scaled_bytes, scaled);              \
		EXPECT_EQ(__info.populated_scaled_bytes, scaled);              \
		EXPECT_EQ(__info.committed_fractional_scaled_bytes, 0);        \
		EXPECT_EQ(__info.populated_fractional_scaled_bytes, 0);        \
	} while (0)

TEST(range_of_a_vmo)
{
	uint64_t most = ZVMO_SIZE_MAX / PAGE;
	int fd = test_create(300 * PAGE, 0), child, slice;

	test_fill(fd, 10 * PAGE, 200 * PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 5 * PAGE, 100 * PAGE);
	test_fill(fd, 20 * PAGE, PAGE, 2);
	EXPECT_RANGE(fd, 0, 0, 0, 0, 0);
	EXPECT_RANGE(fd, 0, 10, 0, 0, 0);
	EXPECT_RANGE(fd, 0, 11, 1, 0, PAGE / 2);
	EXPECT_RANGE(fd, 19, 3, 3, 1, 2 * PAGE);
	EXPECT_RANGE(fd, 20, 1, 1, 1, PAGE);
	EXPECT_RANGE(fd, 104, 2, 2, 1, PAGE * 3 / 2);
	/* To the end, past the end, beyond it. */
	EXPECT_RANGE(fd, 200, 100, 10, 10, 10 * PAGE);
	EXPECT_RANGE(fd, 200, most - 200, 10, 10, 10 * PAGE);
	EXPECT_RANGE(fd, 300, 1, 0, 0, 0);
	EXPECT_RANGE(fd, most, 1, 0, 0, 0);
	/* What it tells is in places of the VMO asked. */
	EXPECT_RANGE(child, 5, 1, 1, 0, PAGE / 2);
	EXPECT_RANGE(child, 14, 3, 3, 1, 2 * PAGE);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 19 * PAGE, 2 * PAGE);
	EXPECT_RANGE(slice, 1, 1, 1, 1, PAGE);
	EXPECT_RANGE(slice, 0, 10, 2, 1, PAGE * 3 / 2);
	/* Needs no right. */
	EXPECT_RANGE(test_duplicate(fd, 0), 20, 1, 1, 1, PAGE);
}

TEST(range_needs_good_arguments)
{
	int fd = test_create(4 * PAGE, 0);
	struct zvmo_range_info info;
	struct {
		struct zvmo_range_info info;
		uint8_t more[8192];
	} longer = { 0 };

	EXPECT_ERRNO(range_info(fd, &info, 1, PAGE), EINVAL);
	EXPECT_ERRNO(range_info(fd, &info, PAGE, PAGE / 2), EINVAL);
	EXPECT_ERRNO(range_info(fd, &info, -(uint64_t)PAGE, PAGE), ERANGE);
	EXPECT_ERRNO(range_info(fd, &info, 2 * PAGE, -(uint64_t)PAGE), ERANGE);
	EXPECT_ERRNO(range_info(STDIN_FILENO, &info, 0, PAGE), ENOTTY);
	memset(&info, 0, sizeof(info));
	info.argsz = sizeof(info);
	info.reserved = 1;
	EXPECT_ERRNO(ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, &info), EINVAL);
	info.reserved = 0;
	info.argsz = ZVMO_RANGE_INFO_SIZE_VER0 - 1;
	EXPECT_ERRNO(ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, &info), EINVAL);
	EXPECT_ERRNO(ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, NULL), EFAULT);

	longer.info.argsz = sizeof(info) + 8;
	longer.info.length = 4 * PAGE;
	EXPECT_EQ(ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, &longer), 0);
	longer.more[7] = 1;
	EXPECT_ERRNO(ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, &longer), E2BIG);
	longer.more[7] = 0;
	longer.info.argsz = PAGE + 1;
	EXPECT_ERRNO(ioctl(fd, ZVMO_IOC_GET_RANGE_INFO, &longer), E2BIG);
}

/* Versions of struct zvmo_info */

TEST(older_info_is_not_filled_further)
{
	int fd = test_create(4 * PAGE, 0);
	struct {
		struct zvmo_info info;
		uint8_t more[64];
	} longer;
	struct zvmo_info info;

	test_fill(fd, 0, 3 * PAGE, 1);
	memset(&info, 0xa5, sizeof(info));
	info.argsz = ZVMO_INFO_SIZE_VER0;
	EXPECT_EQ(ioctl(fd, ZVMO_IOC_GET_INFO, &info), 0);
	EXPECT_EQ(info.argsz, ZVMO_INFO_SIZE_VER0);
	EXPECT_EQ(info.committed_bytes, 3 * PAGE);
	EXPECT_EQ(info.share_count, (long long)0xa5a5a5a5a5a5a5a5);
	EXPECT_EQ(info.handle_count, 0xa5a5a5a5);

	/* Not all of the second version: none of it. */
	info.argsz = ZVMO_INFO_SIZE_VER1 - 8;
	EXPECT_EQ(ioctl(fd, ZVMO_IOC_GET_INFO, &info), 0);
	EXPECT_EQ(info.argsz, ZVMO_INFO_SIZE_VER1 - 8);
	EXPECT_EQ(info.committed_scaled_bytes, 0);
	EXPECT_EQ(info.handle_count, 0xa5a5a5a5);
	info.argsz = ZVMO_INFO_SIZE_VER0 - 1;
	EXPECT_ERRNO(ioctl(fd, ZVMO_IOC_GET_INFO, &info), EINVAL);

	memset(&longer, 0xa5, sizeof(longer));
	longer.info.argsz = sizeof(longer);
	EXPECT_EQ(ioctl(fd, ZVMO_IOC_GET_INFO, &longer), 0);
	EXPECT_EQ(longer.info.argsz, ZVMO_INFO_SIZE_VER1);
	EXPECT_EQ(longer.info.committed_scaled_bytes, 3 * PAGE);
	EXPECT_EQ(longer.info.handle_count, 1);
	EXPECT_EQ(longer.info.lock_count, 0);
	EXPECT_EQ(longer.more[0], 0xa5);
}

/* Seconds that the best of some calls takes. */
static double info_seconds(int fd, uint32_t argsz)
{
	struct zvmo_info info = { 0 };
	double best = 1e9, begin;
	int i;

	for (i = 0; i < 20; i++) {
		info.argsz = argsz;
		begin = test_seconds();
		ASSERT_EQ(ioctl(fd, ZVMO_IOC_GET_INFO, &info), 0);
		begin = test_seconds() - begin;
		if (begin < best)
			best = begin;
	}
	return best;
}

/* 400 relatives, each with nodes of its own: only who wants to knows. */
TEST(older_info_is_cheap)
{
	int fd = test_create(100 * PAGE, 0), child, i;
	double whole, old;

	test_fill(fd, 0, 100 * PAGE, 1);
	for (i = 0; i < 400; i++) {
		child = test_snapshot(fd);
		test_fill(child, 0, PAGE, 2);
		test_fill(child, 99 * PAGE, PAGE, 2);
	}
	whole = info_seconds(fd, ZVMO_INFO_SIZE_VER1);
	old = info_seconds(fd, ZVMO_INFO_SIZE_VER0);
	test_note("whole %.1f us, old %.1f us", whole * 1e6, old * 1e6);
	EXPECT(old * 5 < whole);
	EXPECT_EQ(test_info(fd).committed_private_bytes, 2 * PAGE);
	EXPECT_EQ(test_info(child).committed_private_bytes, 2 * PAGE);
}

/* Without memory, where the kernel can make the n-th allocation of a task fail */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		SKIP("the kernel has no fault injection");
	ASSERT_EQ(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int fail_fd;

/* Also what may wait, and without a report for each. */
static void fail_setup(void)
{
	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	/* Kept open: to open it, one needs memory. */
	fail_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_GE(fail_fd, 0);
}

static void fail_nth(unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	ASSERT_EQ(pwrite(fail_fd, text, length, 0), length);
}

/*
 * Nothing fails any more. Returns whether something did: an allocation or, since
 * the kernel counts them as well, a copy to user space.
 */
static bool fail_none(void)
{
	char text[16] = "";
	/* If this is what fails, nothing did before. */
	bool failed = pread(fail_fd, text, sizeof(text) - 1, 0) > 0 &&
		      !atoi(text);

	fail_nth(0);
	return failed;
}

TEST(info_without_memory)
{
	int fd = test_create(200 * PAGE, 0), nr_failed = 0, result, error;
	struct zvmo_info before, info = { 0 };
	unsigned int nth;
	bool failed;

	test_fill(fd, 0, 200 * PAGE, 1);
	test_fill(test_snapshot(fd), 0, PAGE, 2);
	before = test_info(fd);
	fail_setup();
	for (nth = 1;; nth++) {
		info.argsz = sizeof(info);
		fail_nth(nth);
		result = ioctl(fd, ZVMO_IOC_GET_INFO, &info);
		error = errno;
		failed = fail_none();
		if (!failed)
			break;
		/* Some allocations of the kernel's own may fail unnoticed. */
		if (result) {
			EXPECT(error == ENOMEM || error == EFAULT);
			nr_failed += error == ENOMEM;
		} else {
			EXPECT_MEMEQ(&info, &before, sizeof(info));
		}
		info = test_info(fd);
		EXPECT_MEMEQ(&info, &before, sizeof(info));
	}
	EXPECT_EQ(result, 0);
	EXPECT_MEMEQ(&info, &before, sizeof(info));
	/* The members, what the walk counts, and where it stands. */
	EXPECT_GE(nr_failed, 3);
}

TEST(mmap_without_memory)
{
	int fd = test_create(PAGE, 0), nr_failed = 0;
	unsigned int nth;
	bool failed;
	void *map;

	fail_setup();
	for (nth = 1;; nth++) {
		fail_nth(nth);
		map = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
		failed = fail_none();
		if (map != MAP_FAILED) {
			EXPECT_MAPPED(fd, 1, 1);
			test_unmap(map, PAGE);
		}
		EXPECT_MAPPED(fd, 0, 0);
		if (!failed)
			break;
		nr_failed += map == MAP_FAILED;
	}
	EXPECT_GE(nr_failed, 2);
}

/* At the same time */

#define SIBLINGS 4
#define BUSY_SECONDS 4

struct busy {
	int fd;
	int siblings[SIBLINGS];
	char *map;
	atomic_bool stop;
	atomic_ulong nr_infos;
	atomic_ulong nr_snapshots;
};

static void *busy_write(void *arg)
{
	struct busy *busy = arg;
	uint64_t random = 1;
	uint64_t page;

	while (!atomic_load(&busy->stop)) {
		page = test_random_below(&random, MAX_PAGES);
		busy->map[page * PAGE] = page;
		test_fill(busy->siblings[page % SIBLINGS], page * PAGE, PAGE,
			  page);
		if (page % 8 == 0)
			EXPECT_EQ(zvmo_zero(busy->fd, page * PAGE, 4 * PAGE),
				  0);
	}
	return NULL;
}

static void *busy_snapshot(void *arg)
{
	struct busy *busy = arg;
	struct zvmo_info info;
	unsigned long nr = 0;
	int child;

	while (!atomic_load(&busy->stop)) {
		child = test_child(nr % 2 ? busy->fd :
					    busy->siblings[nr % SIBLINGS],
				   ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
				   0, MAX_PAGES * PAGE);
		if (nr % 3 == 0) {
			info = test_info(child);
			check_order(&info);
		}
		EXPECT_EQ(zvmo_set_size(child, 10 * PAGE), 0);
		test_close(child);
		nr = atomic_fetch_add(&busy->nr_snapshots, 1);
	}
	return NULL;
}

static void *busy_info(void *arg)
{
	struct busy *busy = arg;
	struct zvmo_range_info range;
	struct zvmo_info info;
	unsigned long nr = 0;

	while (!atomic_load(&busy->stop)) {
		info = test_info(nr % 2 ? busy->fd :
					  busy->siblings[nr % SIBLINGS]);
		check_order(&info);
		EXPECT_LE(info.committed_bytes, MAX_PAGES * PAGE);
		EXPECT_EQ(range_info(busy->fd, &range, 3 * PAGE, 20 * PAGE), 0);
		EXPECT_LE(range.committed_bytes, 20 * PAGE);
		EXPECT_LE(range.committed_private_bytes,
			  range.committed_scaled_bytes);
		EXPECT_LE(range.committed_scaled_bytes, range.committed_bytes);
		nr = atomic_fetch_add(&busy->nr_infos, 1);
	}
	return NULL;
}

static void busy_begin(struct busy *busy)
{
	int i;

	busy->fd = test_create((MAX_PAGES + 4) * PAGE, 0);
	busy->map = test_map(busy->fd, 0, MAX_PAGES * PAGE, RW, MAP_SHARED);
	memset(busy->map, 1, MAX_PAGES * PAGE);
	for (i = 0; i < SIBLINGS; i++)
		busy->siblings[i] = test_child(busy->fd, ZVMO_CHILD_SNAPSHOT, 0,
					       MAX_PAGES * PAGE);
}

TEST(info_while_others_write_and_snapshot)
{
	static void *(*const what[])(void *) = { busy_write,	busy_write,
						 busy_snapshot, busy_snapshot,
						 busy_info,	busy_info };
	pthread_t threads[sizeof(what) / sizeof(*what)];
	int fds[SIBLINGS + 1];
	struct busy busy = { 0 };
	unsigned int i;

	busy_begin(&busy);
	for (i = 0; i < sizeof(what) / sizeof(*what); i++)
		threads[i] = thread_start(what[i], &busy);
	sleep_ms(BUSY_SECONDS * 1000);
	while (atomic_load(&busy.nr_infos) < 10 ||
	       atomic_load(&busy.nr_snapshots) < 10)
		sleep_ms(10);
	atomic_store(&busy.stop, true);
	for (i = 0; i < sizeof(what) / sizeof(*what); i++)
		thread_join(threads[i]);
	test_note("%lu infos, %lu snapshots", atomic_load(&busy.nr_infos),
		  atomic_load(&busy.nr_snapshots));
	/* And now that all is quiet, it adds up. */
	fds[0] = busy.fd;
	memcpy(fds + 1, busy.siblings, sizeof(busy.siblings));
	check_sum(fds, SIBLINGS + 1);
}

/* Processes that ask all the time, and one by one are killed. */
TEST(info_of_the_killed)
{
	struct busy busy = { 0 };
	pid_t children[8];
	int i, status;

	busy_begin(&busy);
	for (i = 0; i < 8; i++) {
		children[i] = test_fork();
		if (!children[i]) {
			busy_info(&busy);
			_exit(EXIT_SUCCESS);
		}
	}
	for (i = 0; i < 8; i++) {
		test_fill(busy.siblings[i % SIBLINGS], 0, 10 * PAGE, i);
		sleep_ms(100);
		EXPECT_EQ(kill(children[i], SIGKILL), 0);
		EXPECT_EQ(waitpid(children[i], &status, 0), children[i]);
		EXPECT(WIFSIGNALED(status));
	}
	test_unmap(busy.map, MAX_PAGES * PAGE);
	test_close(busy.fd);
	check_sum(busy.siblings, SIBLINGS);
}

/* Somebody who must run every millisecond, and the longest time that he could not. */
struct urgent {
	_Atomic bool stop;
	double longest;
};

static void *run_urgently(void *arg)
{
	struct sched_param param = { .sched_priority = 1 };
	struct urgent *urgent = arg;
	double last, now;

	ASSERT_EQ(sched_setscheduler(0, SCHED_FIFO, &param), 0);
	for (last = test_seconds(); !atomic_load(&urgent->stop); last = now) {
		sleep_ms(1);
		now = test_seconds();
		if (now - last > urgent->longest)
			urgent->longest = now - last;
	}
	return NULL;
}

#define MANY_MAPPINGS 60000
#define MANY_SPACES 8

/* Whether others could run while there was a long wait for @info. */
static bool others_run(int fd, struct zvmo_info *info)
{
	struct urgent urgent = { 0 };
	pthread_t thread = thread_start(run_urgently, &urgent);
	double start, seconds;

	sleep_ms(10);
	start = test_seconds();
	*info = test_info(fd);
	seconds = test_seconds() - start;
	atomic_store(&urgent.stop, true);
	thread_join(thread);
	test_note("%.0f ms, others waited %.0f ms at most", seconds * 1000,
		  urgent.longest * 1000);
	return urgent.longest < seconds / 3;
}

/* To go through many mappings takes long, but others run meanwhile. */
TEST_WITHIN(info_of_very_many_mappings, 300)
{
	unsigned int nr = test_rounds(MANY_MAPPINGS), i;
	int fd = test_create(PAGE, 0);
	struct zvmo_info info;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	ASSERT_EQ(sched_setaffinity(0, sizeof(cpu), &cpu), 0);
	for (i = 0; i < nr; i++)
		test_map(fd, 0, PAGE, PROT_READ, 0);
	for (i = 1; i < MANY_SPACES; i++)
		if (!test_fork())
			for (;;)
				pause();
	/* The machine itself may stop for a while: not each time. */
	for (i = 0; i < 10 && !others_run(fd, &info); i++)
		;
	EXPECT(i < 10);
	EXPECT_EQ(info.num_mappings, MANY_SPACES * nr);
	EXPECT_EQ(info.share_count, MANY_SPACES);
}
