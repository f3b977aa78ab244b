// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - snapshots: what relatives see, and what that costs
 *
 * P is a parent, S its snapshot. Pages hold one byte all over; "OLD" is what P
 * held when S was made.
 */
#include <sys/resource.h>
#include <unistd.h>

#include "family.h"

#define OLD 1
#define NEW 2

/* A parent of 3 pages of OLD, resizable, and a snapshot of all. */
struct pair {
	int p;
	int s;
};

static struct pair pair_create(void)
{
	struct pair pair;

	pair.p = test_create(3 * PAGE, ZVMO_RESIZABLE);
	test_fill(pair.p, 0, 3 * PAGE, OLD);
	pair.s = test_child(pair.p, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
			    0, 3 * PAGE);
	EXPECT_EQ(test_stats().pages, 3);
	return pair;
}

/* What is on page 1 of both, and how many pages there are. */
#define EXPECT_PAIR(pair, p_byte, s_byte, nr_pages)               \
	do {                                                      \
		EXPECT(test_holds((pair).p, PAGE, PAGE, p_byte)); \
		EXPECT(test_holds((pair).s, PAGE, PAGE, s_byte)); \
		EXPECT_EQ(test_stats().pages, nr_pages);          \
	} while (0)

static long committed_pages(int fd)
{
	return test_info(fd).committed_bytes / PAGE;
}

/* The table of events */

TEST(parent_writes)
{
	struct pair pair = pair_create();

	test_fill(pair.p, PAGE, PAGE, NEW);
	EXPECT_PAIR(pair, NEW, OLD, 4);
	test_fill(pair.p, PAGE, PAGE, 3);
	EXPECT_PAIR(pair, 3, OLD, 4);
}

TEST(child_writes)
{
	struct pair pair = pair_create();

	test_fill(pair.s, PAGE, PAGE, NEW);
	EXPECT_PAIR(pair, OLD, NEW, 4);
	test_fill(pair.s, PAGE, PAGE, 3);
	EXPECT_PAIR(pair, OLD, 3, 4);
}

TEST(parent_writes_after_child)
{
	struct pair pair = pair_create();

	test_fill(pair.s, PAGE, PAGE, NEW);
	test_fill(pair.p, PAGE, PAGE, 3);
	EXPECT_PAIR(pair, 3, NEW, 4);
}

TEST(parent_zeroes)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_zero(pair.p, PAGE, PAGE), 0);
	EXPECT_PAIR(pair, 0, OLD, 3);
	EXPECT_EQ(committed_pages(pair.p), 2);
	/* Nobody shares the page now: it is written where it is. */
	test_fill(pair.s, PAGE, PAGE, NEW);
	EXPECT_PAIR(pair, 0, NEW, 3);
}

TEST(child_zeroes)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_zero(pair.s, PAGE, PAGE), 0);
	EXPECT_PAIR(pair, OLD, 0, 3);
	EXPECT_EQ(committed_pages(pair.s), 2);
	test_fill(pair.p, PAGE, PAGE, NEW);
	EXPECT_PAIR(pair, NEW, 0, 3);
}

TEST(both_zero)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_zero(pair.s, PAGE, PAGE), 0);
	EXPECT_EQ(zvmo_zero(pair.p, PAGE, PAGE), 0);
	EXPECT_PAIR(pair, 0, 0, 2);
}

TEST(part_of_a_page_is_zeroed)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_zero(pair.s, PAGE + 10, 20), 0);
	EXPECT(test_holds(pair.p, PAGE, PAGE, OLD));
	EXPECT(test_holds(pair.s, PAGE, 10, OLD));
	EXPECT(test_holds(pair.s, PAGE + 10, 20, 0));
	EXPECT(test_holds(pair.s, PAGE + 30, PAGE - 30, OLD));
	EXPECT_EQ(test_stats().pages, 4);
}

TEST(child_commits)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_commit(pair.s, PAGE, PAGE), 0);
	EXPECT_PAIR(pair, OLD, OLD, 4);
	EXPECT_EQ(zvmo_commit(pair.s, PAGE, PAGE), 0);
	EXPECT_PAIR(pair, OLD, OLD, 4);
	/* The parent has its page alone now. */
	test_fill(pair.p, PAGE, PAGE, NEW);
	EXPECT_PAIR(pair, NEW, OLD, 4);
}

TEST(decommit_is_refused)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_decommit(pair.p, PAGE, PAGE), -EOPNOTSUPP);
	EXPECT_EQ(zvmo_decommit(pair.s, PAGE, PAGE), -EOPNOTSUPP);
	EXPECT_PAIR(pair, OLD, OLD, 3);
	test_close(pair.s);
	EXPECT_EQ(zvmo_decommit(pair.p, PAGE, PAGE), 0);
	EXPECT(test_holds(pair.p, PAGE, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
}

/* Once a snapshot, always a snapshot. */
TEST(decommit_of_a_lone_snapshot)
{
	struct pair pair = pair_create();

	test_close(pair.p);
	EXPECT_EQ(zvmo_decommit(pair.s, PAGE, PAGE), -EOPNOTSUPP);
	EXPECT(test_holds(pair.s, PAGE, PAGE, OLD));
}

TEST(parent_shrinks_and_grows)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_set_size(pair.p, PAGE), 0);
	EXPECT(test_holds(pair.s, 0, 3 * PAGE, OLD));
	EXPECT_EQ(test_stats().pages, 3);
	EXPECT_EQ(zvmo_set_size(pair.p, 3 * PAGE), 0);
	EXPECT_PAIR(pair, 0, OLD, 3);
}

TEST(child_shrinks_and_grows)
{
	struct pair pair = pair_create();

	EXPECT_EQ(zvmo_set_size(pair.s, PAGE), 0);
	EXPECT_EQ(zvmo_set_size(pair.s, 3 * PAGE), 0);
	EXPECT_PAIR(pair, OLD, 0, 3);
	EXPECT_EQ(committed_pages(pair.s), 1);
	test_fill(pair.p, PAGE, PAGE, NEW);
	EXPECT_PAIR(pair, NEW, 0, 3);
}

TEST(parent_closes)
{
	struct pair pair = pair_create();

	test_fill(pair.p, 0, PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 4);
	test_close(pair.p);
	EXPECT(test_holds(pair.s, 0, 3 * PAGE, OLD));
	EXPECT_EQ(test_stats().pages, 3);
	test_fill(pair.s, 0, 3 * PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 3);
}

TEST(child_closes)
{
	struct pair pair = pair_create();

	test_fill(pair.s, 0, 2 * PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 5);
	test_close(pair.s);
	EXPECT(test_holds(pair.p, 0, 3 * PAGE, OLD));
	EXPECT_EQ(test_stats().pages, 3);
	test_fill(pair.p, 0, 3 * PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 3);
}

/* Limits only shrink */

TEST(child_grows_beyond_its_window)
{
	int p = test_create(4 * PAGE, 0), s;

	test_fill(p, 0, 4 * PAGE, OLD);
	s = test_child(p, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE, PAGE,
		       PAGE);
	EXPECT_EQ(zvmo_set_size(s, 3 * PAGE), 0);
	EXPECT(test_holds(s, 0, PAGE, OLD));
	EXPECT(test_holds(s, PAGE, 2 * PAGE, 0));
}

TEST(parent_grows_into_a_window)
{
	int p = test_create(PAGE, ZVMO_RESIZABLE), s, t;

	test_fill(p, 0, PAGE, OLD);
	s = test_child(p, ZVMO_CHILD_SNAPSHOT, 0, 3 * PAGE);
	t = test_child(p, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, PAGE);
	EXPECT_EQ(zvmo_set_size(p, 3 * PAGE), 0);
	test_fill(p, 0, 3 * PAGE, NEW);
	EXPECT(test_holds(s, 0, PAGE, OLD));
	EXPECT(test_holds(s, PAGE, 2 * PAGE, 0));
	EXPECT(test_holds(t, 0, PAGE, 0));
	test_close(p);
	EXPECT(test_holds(s, PAGE, 2 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 1);
}

/* What a write costs */

/* Whoever is left alone with a page writes it where it is. */
TEST(last_holder_writes_in_place)
{
	int p = test_create(PAGE, 0), s[8];
	unsigned int i;

	test_fill(p, 0, PAGE, OLD);
	for (i = 0; i < 8; i++)
		s[i] = test_snapshot(p);
	for (i = 0; i < 7; i++) {
		test_fill(s[i], 0, PAGE, NEW + i);
		EXPECT_EQ(test_stats().pages, 2 + i);
	}
	test_close(p);
	test_fill(s[7], 0, PAGE, NEW + 7);
	EXPECT_EQ(test_stats().pages, 8);
	for (i = 0; i < 8; i++) {
		EXPECT(test_holds(s[i], 0, PAGE, NEW + i));
		test_close(s[i]);
		EXPECT_EQ(test_stats().pages, 7 - i);
	}
}

TEST(write_outside_every_window)
{
	int p = test_create(8 * PAGE, 0), s, t;

	test_fill(p, 0, 8 * PAGE, OLD);
	s = test_child(p, ZVMO_CHILD_SNAPSHOT, PAGE, 2 * PAGE);
	t = test_child(p, ZVMO_CHILD_SNAPSHOT, 6 * PAGE, PAGE);
	test_fill(p, 0, PAGE, NEW);
	test_fill(p, 3 * PAGE, 3 * PAGE, NEW);
	test_fill(p, 7 * PAGE, PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 8);
	test_fill(p, 2 * PAGE, PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 9);
	EXPECT(test_holds(s, 0, 2 * PAGE, OLD));
	EXPECT(test_holds(t, 0, PAGE, OLD));
}

TEST(write_to_a_hole)
{
	int p = test_create(4 * PAGE, 0), s = test_snapshot(p);

	test_fill(p, PAGE, PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT(test_holds(s, 0, 4 * PAGE, 0));
	test_fill(s, 2 * PAGE, PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT(test_holds(p, 2 * PAGE, PAGE, 0));
	/* Zeros are written like anything else. */
	test_fill(s, 3 * PAGE, PAGE, 0);
	EXPECT_EQ(test_stats().pages, 3);
}

/* A part of a page keeps the rest of it. */
TEST(write_of_one_byte_copies_the_page)
{
	struct pair pair = pair_create();

	test_write(pair.s, PAGE + 100, "x", 1);
	EXPECT(test_holds(pair.s, PAGE, 100, OLD));
	EXPECT_EQ(test_byte(pair.s, PAGE + 100), 'x');
	EXPECT(test_holds(pair.s, PAGE + 101, PAGE - 101, OLD));
	EXPECT(test_holds(pair.p, PAGE, PAGE, OLD));
	EXPECT_EQ(test_stats().pages, 4);
}

TEST(window_outside_is_freed_with_the_parent)
{
	int p = test_create(600 * PAGE, 0), s, t;

	test_fill(p, 0, 600 * PAGE, OLD);
	s = test_child(p, ZVMO_CHILD_SNAPSHOT, 100 * PAGE, 3 * PAGE);
	t = test_child(s, ZVMO_CHILD_SNAPSHOT, PAGE, PAGE);
	EXPECT_EQ(test_stats().pages, 600);
	test_close(p);
	EXPECT_EQ(test_stats().pages, 3);
	test_close(s);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT(test_holds(t, 0, PAGE, OLD));
}

TEST(shrinking_frees_what_nobody_sees)
{
	int p = test_create(3 * PAGE, ZVMO_RESIZABLE), s[3];
	unsigned int i;

	test_fill(p, 0, 3 * PAGE, OLD);
	for (i = 0; i < 3; i++)
		s[i] = test_child(p, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE,
				  i * PAGE, PAGE);
	EXPECT_EQ(zvmo_set_size(s[0], 0), 0);
	EXPECT_EQ(zvmo_set_size(s[1], 0), 0);
	EXPECT_EQ(test_stats().pages, 3);
	EXPECT_EQ(zvmo_set_size(p, 0), 0);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT_EQ(committed_pages(s[2]), 1);
	EXPECT(test_holds(s[2], 0, PAGE, OLD));
}

TEST(shrinking_to_nothing_keeps_the_childs)
{
	int p = test_create(3 * PAGE, ZVMO_RESIZABLE), s;

	test_fill(p, 0, 3 * PAGE, OLD);
	s = test_child(p, ZVMO_CHILD_SNAPSHOT, PAGE, PAGE);
	EXPECT_EQ(zvmo_set_size(p, 0), 0);
	EXPECT_EQ(committed_pages(p), 0);
	EXPECT_EQ(committed_pages(s), 1);
	EXPECT_EQ(test_stats().pages, 1);
}

TEST(both_write_then_one_shrinks)
{
	int p = test_create(4 * PAGE, ZVMO_RESIZABLE), s;

	test_fill(p, 0, 4 * PAGE, OLD);
	s = test_snapshot(p);
	test_fill(p, PAGE, PAGE, NEW);
	test_fill(s, 2 * PAGE, PAGE, NEW);
	EXPECT_EQ(test_stats().pages, 6);
	EXPECT_EQ(zvmo_set_size(p, PAGE), 0);
	EXPECT_EQ(committed_pages(p), 1);
	EXPECT_EQ(committed_pages(s), 4);
	EXPECT_EQ(test_stats().pages, 4);
	EXPECT_EQ(zvmo_set_size(p, 4 * PAGE), 0);
	EXPECT(test_holds(p, PAGE, 3 * PAGE, 0));
	test_fill(s, 3 * PAGE, PAGE, 3);
	EXPECT_EQ(test_stats().pages, 4);
	test_close(s);
	EXPECT_EQ(test_stats().pages, 1);
	EXPECT(test_holds(p, 0, PAGE, OLD));
}

TEST(window_beyond_the_parent)
{
	int p = test_create(PAGE, 0), s, t;

	test_fill(p, 0, PAGE, OLD);
	s = test_child(p, ZVMO_CHILD_SNAPSHOT, 2 * PAGE, 2 * PAGE);
	test_fill(s, PAGE, PAGE, NEW);
	t = test_child(s, ZVMO_CHILD_SNAPSHOT, 0, 3 * PAGE);
	EXPECT(test_holds(t, 0, PAGE, 0));
	EXPECT(test_holds(t, PAGE, PAGE, NEW));
	EXPECT(test_holds(t, 2 * PAGE, PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(committed_pages(s), 1);
	EXPECT_EQ(committed_pages(t), 1);
}

/* Taking it from here to there and back */
TEST(siblings_and_cousins)
{
	int p = test_create(2 * PAGE, 0), a, b, c;

	test_fill(p, 0, 2 * PAGE, OLD);
	a = test_snapshot(p);
	b = test_snapshot(a);
	test_fill(p, 0, PAGE, NEW);
	c = test_snapshot(p);
	test_fill(a, PAGE, PAGE, 3);
	EXPECT(test_holds(b, 0, 2 * PAGE, OLD));
	EXPECT(test_holds(c, 0, PAGE, NEW));
	EXPECT(test_holds(c, PAGE, PAGE, OLD));
	EXPECT_EQ(test_stats().pages, 4);
	test_close(p);
	test_close(a);
	EXPECT(test_holds(b, 0, 2 * PAGE, OLD));
	EXPECT(test_holds(c, 0, PAGE, NEW));
	EXPECT(test_holds(c, PAGE, PAGE, OLD));
	EXPECT_EQ(test_stats().pages, 3);
}

/* Every order of closing four relatives leaves the others alone. */
static void close_in_order(unsigned int order)
{
	int fd[4];
	unsigned int left = 4, open = 15;

	fd[0] = test_create(2 * PAGE, 0);
	test_fill(fd[0], 0, 2 * PAGE, OLD);
	fd[1] = test_snapshot(fd[0]);
	fd[2] = test_snapshot(fd[1]);
	fd[3] = test_snapshot(fd[0]);
	for (unsigned int i = 0; i < 4; i++)
		test_fill(fd[i], 0, PAGE, 10 + i);
	EXPECT_EQ(test_stats().pages, 5);
	for (; left; order /= left--) {
		unsigned int nr = order % left, i = 0;

		while (!(open & 1 << i) || nr--)
			i++;
		test_close(fd[i]);
		open &= ~(1 << i);
		for (i = 0; i < 4; i++) {
			if (!(open & 1 << i))
				continue;
			EXPECT(test_holds(fd[i], 0, PAGE, 10 + i));
			EXPECT(test_holds(fd[i], PAGE, PAGE, OLD));
		}
		EXPECT_EQ(test_stats().pages, left > 1 ? left : 0);
	}
}

TEST(every_order_of_closing)
{
	unsigned int order;

	for (order = 0; order < 24; order++) {
		test_context("order %u", order);
		close_in_order(order);
	}
}

/* Depth and width */

static void allow_descriptors(unsigned int nr)
{
	struct rlimit limit = { nr, nr };

	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

#define MANY 1000 /* at most */

/* Each is a snapshot of the one before, and changes one of 16 pages. */
static void chain_create(int *fds, unsigned int many)
{
	unsigned int i;

	fds[0] = test_create(16 * PAGE, 0);
	test_fill(fds[0], 0, 16 * PAGE, 1);
	for (i = 1; i < many; i++) {
		fds[i] = test_snapshot(fds[i - 1]);
		test_fill(fds[i], i % 16 * PAGE, 8, 1 + i % 250);
	}
}

/* Page @page of link @i was last changed by the link found here. */
static uint8_t chain_byte(int i, int page)
{
	while (i > 0 && i % 16 != page)
		i--;
	return i > 0 ? 1 + i % 250 : 1;
}

static void chain_check(const int *fds, int i)
{
	int page;

	test_context("link %d", i);
	for (page = 0; page < 16; page++) {
		EXPECT(test_holds(fds[i], page * PAGE, 8, chain_byte(i, page)));
		EXPECT(test_holds(fds[i], page * PAGE + 8, 8, 1));
	}
}

TEST(chain_closed_from_the_first)
{
	int fds[MANY], many = test_rounds(MANY), i;

	allow_descriptors(many + 16);
	chain_create(fds, many);
	EXPECT_EQ(test_stats().pages, 16 + many - 1);
	for (i = 0; i < many; i++) {
		if (i % 50 == 49)
			chain_check(fds, i);
		test_close(fds[i]);
	}
}

TEST(chain_closed_from_the_last)
{
	int fds[MANY], many = test_rounds(MANY), i;

	allow_descriptors(many + 16);
	chain_create(fds, many);
	for (i = many - 1; i >= 0; i--) {
		if (i % 50 == 49)
			chain_check(fds, i);
		test_close(fds[i]);
		EXPECT_EQ(test_stats().pages, i ? 16 + i - 1 : 0);
	}
}

TEST(chain_closed_at_random)
{
	uint64_t random = test_seed;
	int fds[MANY], many = test_rounds(MANY), i;

	allow_descriptors(many + 16);
	chain_create(fds, many);
	for (i = many; i > 0; i--) {
		int nr = test_random_below(&random, i);

		test_close(fds[nr]);
		fds[nr] = fds[i - 1];
	}
}

/* Only the last link of the chain is ever open; it must not grow. */
TEST(chain_of_replaced_parents)
{
	int fd = test_create(16 * PAGE, 0), many = test_rounds(MANY), next, i;
	struct test_stats stats;
	long nodes;

	test_fill(fd, 0, 16 * PAGE, 1);
	nodes = test_stats().nodes;
	for (i = 0; i < 3 * many; i++) {
		next = test_snapshot(fd);
		test_close(fd);
		test_fill(next, i % 16 * PAGE, 1, 2);
		fd = next;
	}
	stats = test_stats();
	EXPECT_EQ(stats.pages, 16);
	EXPECT_EQ(stats.nodes, nodes);
	EXPECT_EQ(stats.cows, 1);
	EXPECT_EQ(stats.vmos, 1);
	EXPECT_EQ(test_info(fd).parent_koid, 0);
	for (i = 0; i < 16; i++) {
		EXPECT_EQ(test_byte(fd, i * PAGE), 2);
		EXPECT_EQ(test_byte(fd, i * PAGE + 1), 1);
	}
}

TEST(fan_out)
{
	int fds[MANY] = { -1 }, many = test_rounds(MANY), i;
	int p = test_create(16 * PAGE, 0);

	allow_descriptors(many + 16);
	test_fill(p, 0, 16 * PAGE, OLD);
	for (i = 0; i < many; i++)
		fds[i] = test_snapshot(p);
	EXPECT_EQ(test_info(p).num_children, many);
	EXPECT_EQ(test_stats().pages, 16);
	for (i = 0; i < many; i++)
		test_fill(fds[i], i % 16 * PAGE, PAGE, 3);
	EXPECT_EQ(test_stats().pages, 16 + many);
	test_fill(p, 0, PAGE, NEW);
	for (i = 0; i < many; i += 37) {
		EXPECT(test_holds(fds[i], i % 16 * PAGE, PAGE, 3));
		EXPECT(test_holds(fds[i], (i + 1) % 16 * PAGE, PAGE, OLD));
	}
	test_close(p);
	EXPECT_EQ(test_info(fds[0]).parent_koid, 0);
	for (i = 0; i < many; i++)
		test_close(fds[i]);
}

/* Far apart, so that the trees are high: at every eighth of the one above. */
static uint64_t sparse_offset(unsigned int nr)
{
	return (uint64_t)PAGE << (3 * nr);
}

#define SPARSE 16

TEST(sparse)
{
	int p = test_create(ZVMO_SIZE_MAX, 0), s;
	unsigned int i;

	for (i = 0; i < SPARSE; i++)
		test_write(p, sparse_offset(i), "p", 1);
	s = test_snapshot(p);
	for (i = 0; i < SPARSE; i += 2)
		test_write(s, sparse_offset(i), "s", 1);
	for (i = 0; i < SPARSE; i++) {
		EXPECT_EQ(test_byte(p, sparse_offset(i)), 'p');
		EXPECT_EQ(test_byte(s, sparse_offset(i)), i % 2 ? 'p' : 's');
	}
	EXPECT_EQ(test_stats().pages, SPARSE + SPARSE / 2);
	EXPECT_EQ(zvmo_zero(p, 0, ZVMO_SIZE_MAX), 0);
	EXPECT_EQ(committed_pages(p), 0);
	EXPECT_EQ(test_byte(s, sparse_offset(1)), 'p');
	EXPECT_EQ(committed_pages(s), SPARSE);
	EXPECT_EQ(test_stats().pages, SPARSE);
}

/* Random families */

TEST(random_families)
{
	family_run_many(0, 50);
}

TEST(random_large_family)
{
	family_run(test_seed + 100, 0, test_rounds(5000));
}
