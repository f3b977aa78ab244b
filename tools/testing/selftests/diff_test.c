// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - where two relatives hold different pages
 */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "family.h"

#define MAX_PAGES FAMILY_PAGES

/* What differs, page by page: 0 or ZVMO_DIFF_*. */
struct map {
	uint8_t pages[MAX_PAGES];
};

/* One call; the offset moves on. Returns the number of ranges. */
static int diff_once(int fd, int other, uint64_t *offset, uint64_t end,
		     struct zvmo_diff_range *ranges, uint32_t capacity)
{
	struct zvmo_diff diff = {
		.argsz = sizeof(diff),
		.other = other,
		.offset = *offset,
		.end = end,
		.ranges = (uintptr_t)ranges,
		.capacity = capacity,
	};
	int nr = ioctl(fd, ZVMO_IOC_DIFF, &diff);

	ASSERT_GE(nr, 0);
	ASSERT_LE(nr, capacity);
	ASSERT_GE(diff.offset, *offset);
	ASSERT_LE(diff.offset, end);
	if (nr < (int)capacity)
		EXPECT_EQ(diff.offset, end);
	*offset = diff.offset;
	return nr;
}

static void map_add(struct map *map, const struct zvmo_diff_range *range,
		    uint64_t *last)
{
	uint64_t page = range->offset / PAGE;

	/* In order, not empty, nothing twice. */
	EXPECT_GE(range->offset, *last);
	EXPECT_NE(range->length, 0);
	EXPECT_EQ((range->offset | range->length) % PAGE, 0);
	EXPECT_EQ(range->reserved, 0);
	*last = range->offset + range->length;
	ASSERT_LE(*last, MAX_PAGES * PAGE);
	for (; page < *last / PAGE; page++)
		map->pages[page] = range->what;
}

/* All that differs in [offset, end), asked for in pieces. */
static struct map diff_map(int fd, int other, uint64_t offset, uint64_t end,
			   uint32_t capacity)
{
	struct zvmo_diff_range ranges[MAX_PAGES];
	struct map map = { { 0 } };
	uint64_t last = offset;
	unsigned int calls = 0;
	int nr, i;

	do {
		nr = diff_once(fd, other, &offset, end, ranges, capacity);
		for (i = 0; i < nr; i++)
			map_add(&map, &ranges[i], &last);
		ASSERT_LE(last, offset);
		ASSERT_LE(++calls, MAX_PAGES + 1);
	} while (offset < end);
	return map;
}

/* "c", "h", "t" or "." for each page, in words of the header. */
static void expect_diff(int fd, int other, const char *expected)
{
	uint64_t end = strlen(expected) * PAGE;
	struct map map = diff_map(fd, other, 0, end, MAX_PAGES);
	char found[MAX_PAGES + 1];
	unsigned int i;

	for (i = 0; i < strlen(expected); i++)
		found[i] = ".cht"[map.pages[i]];
	found[i] = 0;
	EXPECT_STREQ(found, expected);
	map = diff_map(fd, other, 0, end, 1);
	for (i = 0; i < strlen(expected); i++)
		found[i] = ".cht"[map.pages[i]];
	EXPECT_STREQ(found, expected);
}

TEST(nothing_differs)
{
	int fd = test_create(8 * PAGE, 0), child, copy;

	expect_diff(fd, fd, "........");
	test_fill(fd, 0, 4 * PAGE, 1);
	child = test_snapshot(fd);
	expect_diff(fd, child, "........");
	expect_diff(child, fd, "........");
	copy = test_duplicate(fd, ZVMO_RIGHT_READ);
	expect_diff(fd, copy, "........");
	expect_diff(fd, test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0), "........");
}

TEST(kinds_of_difference)
{
	int fd = test_create(8 * PAGE, 0), child;

	test_fill(fd, 0, 4 * PAGE, 1);
	child = test_snapshot(fd);
	test_fill(child, 0, PAGE, 2);
	test_fill(fd, PAGE, PAGE, 2);
	EXPECT_EQ(zvmo_zero(child, 2 * PAGE, PAGE), 0);
	EXPECT_EQ(zvmo_zero(fd, 3 * PAGE, PAGE), 0);
	test_fill(child, 4 * PAGE, PAGE, 2);
	test_fill(fd, 6 * PAGE, PAGE, 2);
	expect_diff(fd, child, "cchtt.h.");
	expect_diff(child, fd, "ccthh.t.");
}

/* Pages are compared, not bytes. */
TEST(equal_bytes_are_a_difference)
{
	int fd = test_create(2 * PAGE, 0), child;

	test_fill(fd, 0, PAGE, 1);
	child = test_snapshot(fd);
	test_fill(child, 0, PAGE, 1);
	EXPECT_EQ(zvmo_commit(child, PAGE, PAGE), 0);
	expect_diff(fd, child, "ct");
	/* Back to what it was: both are holes again. */
	EXPECT_EQ(zvmo_zero(child, PAGE, PAGE), 0);
	expect_diff(fd, child, "c.");
}

TEST(windows)
{
	int fd = test_create(8 * PAGE, 0), child, slice, inner;

	test_fill(fd, 0, 8 * PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, 3 * PAGE);
	expect_diff(fd, child, "hh...hhh");
	expect_diff(child, fd, "...");
	test_fill(child, PAGE, PAGE, 2);
	expect_diff(fd, child, "hh.c.hhh");
	expect_diff(child, fd, ".c.");
	slice = test_child(fd, ZVMO_CHILD_SLICE, 3 * PAGE, 4 * PAGE);
	expect_diff(slice, child, "c.hh");
	expect_diff(child, slice, "hc.");
	expect_diff(fd, slice, "hhh....h");
	inner = test_child(slice, ZVMO_CHILD_SLICE, PAGE, PAGE);
	expect_diff(slice, inner, "h.hh");
	expect_diff(inner, child, ".");
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 20 * PAGE, 3 * PAGE);
	test_fill(child, 0, PAGE, 2);
	expect_diff(child, fd, "h..");
	expect_diff(fd, child, "hhhhhhhh");
}

TEST(cousins)
{
	int fd = test_create(4 * PAGE, 0), a, b, c;

	test_fill(fd, 0, 4 * PAGE, 1);
	a = test_snapshot(fd);
	b = test_snapshot(fd);
	c = test_child(a, ZVMO_CHILD_SNAPSHOT, PAGE, 3 * PAGE);
	test_fill(fd, 0, 4 * PAGE, 9);
	test_fill(b, 2 * PAGE, PAGE, 2);
	test_fill(c, 2 * PAGE, PAGE, 3);
	expect_diff(b, c, "h.cc");
	expect_diff(c, b, ".cc");
	expect_diff(c, fd, "ccc");
	/* Also after those between them are gone. */
	test_close(fd);
	test_close(a);
	expect_diff(b, c, "h.cc");
	expect_diff(c, b, ".cc");
}

TEST(no_relatives)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	int a = test_create(PAGE, 0), b = test_create(PAGE, 0);

	zvmo_diff_init(&iter, a, test_snapshot(b), 0, PAGE);
	EXPECT_EQ(zvmo_diff_next(&iter, &range), -EINVAL);
	zvmo_diff_init(&iter, a, b, 0, PAGE);
	EXPECT_EQ(zvmo_diff_next(&iter, &range), -EINVAL);
}

TEST(parts)
{
	int fd = test_create(8 * PAGE, 0), child;
	unsigned int first, last, i;
	struct map all, map;

	test_fill(fd, 0, 5 * PAGE, 1);
	child = test_snapshot(fd);
	test_fill(child, PAGE, 2 * PAGE, 2);
	test_fill(child, 5 * PAGE, 2 * PAGE, 2);
	all = diff_map(fd, child, 0, 8 * PAGE, MAX_PAGES);
	for (first = 0; first <= 8; first++) {
		for (last = first; last <= 8; last++) {
			test_context("from %u to %u", first, last);
			map = diff_map(fd, child, first * PAGE, last * PAGE, 2);
			for (i = 0; i < 8; i++)
				EXPECT_EQ(map.pages[i], i >= first && i < last ?
								all.pages[i] :
								0);
		}
	}
}

/* What lies together comes together, and each call goes on where one ended. */
TEST(ranges_are_long)
{
	struct zvmo_diff_range ranges[8];
	int fd = test_create(3000 * PAGE, 0), child;
	uint64_t offset = 0;

	test_fill(fd, 0, 1500 * PAGE, 1);
	child = test_snapshot(fd);
	EXPECT_EQ(zvmo_commit(child, 100 * PAGE, 1000 * PAGE), 0);
	EXPECT_EQ(diff_once(fd, child, &offset, 3000 * PAGE, ranges, 8), 1);
	EXPECT_EQ(ranges[0].offset, 100 * PAGE);
	EXPECT_EQ(ranges[0].length, 1000 * PAGE);
	EXPECT_EQ(ranges[0].what, ZVMO_DIFF_CHANGED);
	EXPECT_EQ(zvmo_zero(child, 0, 50 * PAGE), 0);
	offset = 0;
	EXPECT_EQ(diff_once(fd, child, &offset, 3000 * PAGE, ranges, 1), 1);
	EXPECT_EQ(ranges[0].length, 50 * PAGE);
	EXPECT_GE(offset, 50 * PAGE);
	EXPECT_EQ(diff_once(fd, child, &offset, 3000 * PAGE, ranges, 1), 1);
	EXPECT_EQ(ranges[0].length, 1000 * PAGE);
}

/* Every second page: more ranges than one call returns. */
TEST(many_ranges)
{
	static struct zvmo_diff_range ranges[2000];
	int fd = test_create(3000 * PAGE, 0), child = test_snapshot(fd);
	uint64_t offset = 0, page;
	unsigned int total = 0, i;
	int nr;

	for (page = 0; page < 3000; page += 2)
		test_write(child, page * PAGE, "x", 1);
	do {
		nr = diff_once(fd, child, &offset, 3000 * PAGE, ranges, 1000);
		for (i = 0; i < (unsigned int)nr; i++, total++) {
			ASSERT_EQ(ranges[i].offset, 2 * total * PAGE);
			ASSERT_EQ(ranges[i].length, PAGE);
			ASSERT_EQ(ranges[i].what, ZVMO_DIFF_ONLY_THERE);
		}
	} while (offset < 3000 * PAGE);
	EXPECT_EQ(total, 1500);
}

/* What is shared is skipped, so this ends. */
TEST(far_apart)
{
	struct zvmo_diff_range ranges[4];
	int fd = test_create(ZVMO_SIZE_MAX, 0), child;
	uint64_t offset = 0, far = ZVMO_SIZE_MAX / 2 / PAGE * PAGE;

	test_fill(fd, 0, 2000 * PAGE, 1);
	test_write(fd, far, "x", 1);
	child = test_snapshot(fd);
	test_write(child, far, "y", 1);
	test_write(child, ZVMO_SIZE_MAX - 1, "z", 1);
	EXPECT_EQ(diff_once(fd, child, &offset, ZVMO_SIZE_MAX, ranges, 4), 2);
	EXPECT_EQ(ranges[0].offset, far);
	EXPECT_EQ(ranges[0].length, PAGE);
	EXPECT_EQ(ranges[0].what, ZVMO_DIFF_CHANGED);
	EXPECT_EQ(ranges[1].offset, ZVMO_SIZE_MAX - PAGE);
	EXPECT_EQ(ranges[1].what, ZVMO_DIFF_ONLY_THERE);
}

TEST(library_iterator)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	int fd = test_create(200 * PAGE, 0), child = test_snapshot(fd), result;
	uint64_t page, expected = 0;

	for (page = 0; page < 200; page += 2)
		test_write(fd, page * PAGE, "x", 1);
	zvmo_diff_init(&iter, fd, child, 0, 200 * PAGE);
	while ((result = zvmo_diff_next(&iter, &range)) == 1) {
		EXPECT_EQ(range->offset, expected);
		EXPECT_EQ(range->what, ZVMO_DIFF_ONLY_HERE);
		expected += 2 * PAGE;
	}
	EXPECT_EQ(result, 0);
	EXPECT_EQ(expected, 200 * PAGE);
}

/* Random families */

/* What is at the same place in the other: its identity, or 0. */
static uint32_t other_id(const struct family_member *member,
			 const struct family_member *other, uint64_t page)
{
	uint64_t at = family_base(member) / PAGE + page;

	if (at < family_base(other) / PAGE ||
	    at >= (family_base(other) + family_size(other)) / PAGE)
		return 0;
	return family_id(other, at - family_base(other) / PAGE);
}

static uint8_t expected_what(uint32_t here, uint32_t there)
{
	if (here == there)
		return 0;
	if (here && there)
		return ZVMO_DIFF_CHANGED;
	return here ? ZVMO_DIFF_ONLY_HERE : ZVMO_DIFF_ONLY_THERE;
}

static void compare(const struct family_member *member,
		    const struct family_member *other, uint32_t capacity)
{
	uint64_t size = family_size(member), page;
	struct map map = diff_map(member->fd, other->fd, 0, size, capacity);

	for (page = 0; page < size / PAGE; page++) {
		test_context("page %llu", (unsigned long long)page);
		ASSERT_EQ(map.pages[page],
			  expected_what(family_id(member, page),
					other_id(member, other, page)));
	}
}

TEST(random_families)
{
	static struct family family;
	unsigned int i, j, round, nr = test_rounds(5);
	uint64_t seed;

	for (seed = test_seed; seed < test_seed + nr; seed++) {
		family_begin(&family, seed);
		for (round = 0; round < 15; round++) {
			for (i = 0; i < 10; i++)
				family_step(&family);
			for (i = 0; i < FAMILY_MEMBERS; i++) {
				j = test_random_below(&family.random,
						      FAMILY_MEMBERS);
				if (family.members[i].fd < 0 ||
				    family.members[j].fd < 0)
					continue;
				compare(&family.members[i], &family.members[j],
					1 + i % 3);
			}
		}
		family_end(&family);
	}
}
