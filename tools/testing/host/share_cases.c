// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - how much of its pages a tree shares
 *
 * What zvmo_tree_share() says is compared with literal numbers, and with what
 * looking every index up in every tree says. In tables, one page is ONE.
 */
#include "harness.h"
#include "page.h"
#include "page_tree.h"
#include "page_tree_test.h"
#include "random.h"

#define ONE PAGE_SIZE
#define MAX_TREES 1001
#define ALL ZVMO_INDEX_MAX

/**
 * struct family - Trees that stem from one.
 * @trees: They.
 * @nr: How many. Those destroyed stay, empty.
 */
struct family {
	struct zvmo_tree trees[MAX_TREES];
	const struct zvmo_tree *list[MAX_TREES];
	unsigned int nr;
};

/* Changing them */

static struct zvmo_tree *family_grow(struct family *family)
{
	struct zvmo_tree *tree = &family->trees[family->nr];

	CHECK(family->nr < MAX_TREES);
	tree->root = NULL;
	family->list[family->nr++] = tree;
	return tree;
}

static void put(struct zvmo_tree *tree, unsigned long index)
{
	struct page *page = zvmo_page_alloc();
	zvmo_entry_t old;

	CHECK_EQ(zvmo_tree_store(tree, index, zvmo_page_entry(page), &old), 0);
	if (zvmo_entry_is_page(old))
		zvmo_page_put(zvmo_entry_page(old));
}

static void put_range(struct zvmo_tree *tree, unsigned long first,
		      unsigned long last)
{
	for (; first <= last; first++)
		put(tree, first);
}

static void erase(struct zvmo_tree *tree, unsigned long first,
		  unsigned long last)
{
	CHECK_EQ(zvmo_tree_erase(tree, first, last, NULL, NULL), 0);
}

static struct zvmo_tree *clone(struct family *family,
			       const struct zvmo_tree *src, unsigned long first,
			       unsigned long last)
{
	struct zvmo_tree *dst = family_grow(family);

	CHECK_EQ(zvmo_tree_clone(dst, src, first, last), 0);
	return dst;
}

static void family_destroy(struct family *family)
{
	while (family->nr)
		zvmo_tree_destroy(&family->trees[--family->nr]);
}

/* Looking at them */

static struct zvmo_share share_in(const struct family *family,
				  const struct zvmo_tree *tree,
				  unsigned long first, unsigned long last)
{
	struct zvmo_share share;

	CHECK_EQ(zvmo_tree_share(tree, family->list, family->nr, first, last,
				 &share),
		 0);
	CHECK(share.private_bytes <= share.scaled_bytes);
	CHECK(share.scaled_bytes + !!share.fraction <= share.bytes);
	CHECK(share.fraction < ZVMO_SHARE_BYTE);
	return share;
}

static struct zvmo_share share_of(const struct family *family,
				  const struct zvmo_tree *tree)
{
	return share_in(family, tree, 0, ALL);
}

#define CHECK_SHARE(family, tree, plain, private, scaled)               \
	do {                                                            \
		struct zvmo_share __share = share_of((family), (tree)); \
                                                                        \
		CHECK_EQ(__share.bytes, plain);                         \
		CHECK_EQ(__share.private_bytes, private);               \
		CHECK_EQ(__share.scaled_bytes, scaled);                 \
		CHECK_EQ(__share.fraction, 0);                          \
	} while (0)

/*
 * Nobody is told of memory that is not in use, or of less than there is: but
 * for the rounding, at most one unit for each of @nr_roundings.
 */
static void check_sum(const struct family *family, unsigned long nr_roundings)
{
	unsigned __int128 sum = 0, in_use = zvmo_page_count_all();
	unsigned int i;

	in_use = in_use * PAGE_SIZE * ZVMO_SHARE_BYTE;
	for (i = 0; i < family->nr; i++) {
		struct zvmo_share share = share_of(family, &family->trees[i]);

		sum += (unsigned __int128)share.scaled_bytes * ZVMO_SHARE_BYTE +
		       share.fraction;
		CHECK(share.nr_visits <= zvmo_tree_count_nodes());
	}
	CHECK(sum <= in_use);
	CHECK(in_use - sum <= nr_roundings);
}

/* The table: what each of two or three relatives is told */

static void share_of_two_that_diverge(void)
{
	struct family family = {};
	struct zvmo_tree *a = family_grow(&family), *b;

	put_range(a, 0, 1);
	CHECK_SHARE(&family, a, 2 * ONE, 2 * ONE, 2 * ONE);
	b = clone(&family, a, 0, 1);
	CHECK_SHARE(&family, a, 2 * ONE, 0, ONE);
	CHECK_SHARE(&family, b, 2 * ONE, 0, ONE);
	put(a, 0);
	CHECK_SHARE(&family, a, 2 * ONE, ONE, ONE * 3 / 2);
	CHECK_SHARE(&family, b, 2 * ONE, ONE, ONE * 3 / 2);
	check_sum(&family, 0);
	erase(b, 0, 0);
	CHECK_SHARE(&family, a, 2 * ONE, ONE, ONE * 3 / 2);
	CHECK_SHARE(&family, b, ONE, 0, ONE / 2);
	check_sum(&family, 0);
	family_destroy(&family);
}

static void share_of_three_is_a_third(void)
{
	/* 4096 = 3 * 1365 + 1; 2^63 = 3 * this + 2. */
	const u64 third = 0x2aaaaaaaaaaaaaaa;
	struct family family = {};
	struct zvmo_tree *a = family_grow(&family);
	unsigned int i;

	put(a, 0);
	clone(&family, clone(&family, a, 0, ALL), 0, ALL);
	for (i = 0; i < 3; i++) {
		struct zvmo_share share = share_of(&family, &family.trees[i]);

		CHECK_EQ(share.bytes, 4096);
		CHECK_EQ(share.private_bytes, 0);
		CHECK_EQ(share.scaled_bytes, 1365);
		CHECK_EQ(share.fraction, third);
	}
	check_sum(&family, 3);

	/* Four pages: 5461 and a third; the carry is in the bytes. */
	for (i = 0; i < 3; i++)
		erase(&family.trees[i], 0, 0);
	put_range(a, 1, 4);
	clone(&family, a, 0, ALL);
	clone(&family, a, 0, ALL);
	CHECK_EQ(share_of(&family, a).scaled_bytes, 5461);
	CHECK_EQ(share_of(&family, a).fraction, third);
	/* And two thirds with one third, not by the same number: 1/3 + 5/6. */
	erase(a, 2, 4);
	for (i = 0; i < 3; i++)
		clone(&family, a, 0, ALL);
	put(a, 2);
	clone(&family, clone(&family, a, 2, 2), 2, 2);
	CHECK_EQ(share_of(&family, a).scaled_bytes, 682 + 1365);
	CHECK_EQ(share_of(&family, a).fraction,
		 0x5555555555555555 + third); /* 4/6 and 1/3, rounded down */
	family_destroy(&family);
}

static void share_follows_windows_and_sizes(void)
{
	struct family family = {};
	struct zvmo_tree *a = family_grow(&family), *b, *c;

	/* Three pages, a clone of the one in the middle. */
	put_range(a, 0, 2);
	b = clone(&family, a, 1, 1);
	CHECK_SHARE(&family, a, 3 * ONE, 2 * ONE, ONE * 5 / 2);
	CHECK_SHARE(&family, b, ONE, 0, ONE / 2);
	put(a, 0);
	put(a, 2);
	CHECK_SHARE(&family, a, 3 * ONE, 2 * ONE, ONE * 5 / 2);
	CHECK_SHARE(&family, b, ONE, 0, ONE / 2);
	erase(a, 0, ALL);
	CHECK_SHARE(&family, a, 0, 0, 0);
	CHECK_SHARE(&family, b, ONE, ONE, ONE);
	CHECK_EQ(zvmo_page_count_all(), 1);
	family_destroy(&family);

	/* One page, a clone beyond it that has one of its own. */
	a = family_grow(&family);
	put(a, 0);
	b = clone(&family, a, 2, 3);
	CHECK_SHARE(&family, b, 0, 0, 0);
	put(b, 3);
	c = clone(&family, b, 2, 4);
	CHECK_SHARE(&family, a, ONE, ONE, ONE);
	CHECK_SHARE(&family, b, ONE, 0, ONE / 2);
	CHECK_SHARE(&family, c, ONE, 0, ONE / 2);
	family_destroy(&family);

	/* Four pages, each writes one, one shrinks. */
	a = family_grow(&family);
	put_range(a, 0, 3);
	b = clone(&family, a, 0, 3);
	put(a, 1);
	put(b, 2);
	CHECK_SHARE(&family, a, 4 * ONE, 2 * ONE, 3 * ONE);
	CHECK_SHARE(&family, b, 4 * ONE, 2 * ONE, 3 * ONE);
	erase(a, 1, ALL);
	CHECK_SHARE(&family, a, ONE, 0, ONE / 2);
	CHECK_SHARE(&family, b, 4 * ONE, 3 * ONE, ONE * 7 / 2);
	put(b, 3);
	CHECK_SHARE(&family, b, 4 * ONE, 3 * ONE, ONE * 7 / 2);
	check_sum(&family, 0);
	zvmo_tree_destroy(b);
	CHECK_SHARE(&family, a, ONE, ONE, ONE);
	family_destroy(&family);

	/* A clone for each page; all but one let go. */
	a = family_grow(&family);
	put_range(a, 0, 2);
	b = clone(&family, a, 0, 0);
	clone(&family, a, 1, 1);
	c = clone(&family, a, 2, 2);
	erase(a, 0, ALL);
	erase(b, 0, ALL);
	CHECK_SHARE(&family, a, 0, 0, 0);
	CHECK_SHARE(&family, b, 0, 0, 0);
	CHECK_SHARE(&family, c, ONE, ONE, ONE);
	family_destroy(&family);
}

/* Structure */

static void share_compares_trees_of_different_height(void)
{
	static const unsigned long far[] = { 64, 4096, 1UL << 30, ALL };
	struct family family = {};
	struct zvmo_tree *low, *high, *mid;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(far); i++) {
		low = family_grow(&family);
		put_range(low, 0, 1);
		high = clone(&family, low, 0, ALL);
		put(high, far[i]); /* its old root comes to lie lower */
		mid = clone(&family, high, 0, ALL);
		put_range(mid, 0, 1);
		CHECK_SHARE(&family, low, 2 * ONE, 0, ONE);
		CHECK_SHARE(&family, high, 3 * ONE, 0, ONE * 3 / 2);
		CHECK_SHARE(&family, mid, 3 * ONE, 2 * ONE, ONE * 5 / 2);
		check_sum(&family, 0);
		family_destroy(&family);
	}
}

static void share_of_a_range(void)
{
	struct family family = {};
	struct zvmo_tree *a = family_grow(&family);
	struct zvmo_share share;

	put_range(a, 10, 5000);
	put(clone(&family, a, 0, ALL), 4100);
	share = share_in(&family, a, 0, 9);
	CHECK_EQ(share.bytes, 0);
	share = share_in(&family, a, 5001, ALL);
	CHECK_EQ(share.bytes, 0);
	share = share_in(&family, a, 1UL << 40, ALL);
	CHECK_EQ(share.bytes, 0);
	share = share_in(&family, a, 1, 0);
	CHECK_EQ(share.bytes, 0);
	share = share_in(&family, a, 0, 10);
	CHECK_EQ(share.bytes, ONE);
	CHECK_EQ(share.scaled_bytes, ONE / 2);
	share = share_in(&family, a, 4099, 4101);
	CHECK_EQ(share.bytes, 3 * ONE);
	CHECK_EQ(share.private_bytes, ONE);
	CHECK_EQ(share.scaled_bytes, 2 * ONE);
	family_destroy(&family);
}

static void share_visits_each_node_once(void)
{
	struct family *family = calloc(1, sizeof(*family));
	struct zvmo_tree *a = family_grow(family);
	struct zvmo_share share;
	unsigned int i;

	/* 1,000 clones with one root: one node tells it all. */
	put_range(a, 0, 4095);
	for (i = 0; i < 1000; i++)
		clone(family, a, 0, ALL);
	share = share_of(family, a);
	CHECK_EQ(share.bytes, 4096 * ONE);
	CHECK_EQ(share.private_bytes, 0);
	CHECK_EQ(share.scaled_bytes, 4096 * ONE / 1001);
	CHECK_EQ(share.nr_visits, 1);

	/* Each has a root and a first leaf of its own, the rest is shared. */
	for (i = 1; i <= 1000; i++)
		put(&family->trees[i], i % 63);
	CHECK_EQ(zvmo_tree_count_nodes(), 2 * 1001 + 63);
	share = share_of(family, a);
	CHECK_EQ(share.nr_visits, zvmo_tree_count_nodes());
	share = share_of(family, &family->trees[500]);
	CHECK_EQ(share.nr_visits, zvmo_tree_count_nodes());
	CHECK_EQ(share.private_bytes, ONE);
	/* In a range, only what lies there; the edges cost nothing more. */
	CHECK_EQ(share_in(family, a, 64, 127).nr_visits, 1001 + 1);
	CHECK_EQ(share_in(family, a, 65, 126).nr_visits, 1001 + 1);
	CHECK_EQ(share_in(family, a, 7, 7).nr_visits, 1001 + 1001);
	family_destroy(family);
	free(family);
}

/* Clones of three kinds that lie mixed: what is equal is found. */
static void share_finds_equal_nodes_in_any_order(void)
{
	struct family *family = calloc(1, sizeof(*family));
	struct zvmo_tree *a = family_grow(family), *b, *c;
	struct zvmo_share share;
	unsigned int i;

	put_range(a, 0, 127);
	b = clone(family, a, 0, ALL);
	c = clone(family, a, 0, ALL);
	put(b, 0);
	put(c, 64);
	for (i = 0; i < 300; i++) {
		clone(family, a, 0, ALL);
		clone(family, b, 0, ALL);
		clone(family, c, 0, ALL);
	}
	share = share_of(family, a);
	/* Three roots, two kinds of either leaf. */
	CHECK_EQ(share.nr_visits, 7);
	CHECK_EQ(share.scaled_bytes, (126 * ONE + 2 * ONE * 903 / 602) / 903);
	CHECK_EQ(share_of(family, b).nr_visits, 7);
	CHECK_EQ(share_of(family, &family->trees[600]).nr_visits, 7);
	check_sum(family, 2 * family->nr);
	family_destroy(family);
	free(family);
}

static void share_looks_only_where_the_tree_has_pages(void)
{
	struct family family = {};
	struct zvmo_tree *a = family_grow(&family), *b;

	put(a, 5);
	b = clone(&family, a, 0, ALL);
	put_range(b, 64, 64 * 64 - 1);
	CHECK_EQ(share_of(&family, a).nr_visits, 1);
	CHECK_EQ(zvmo_tree_store_zero(a, 64, 1UL << 20, ZVMO_ENTRY_ZERO), 0);
	put(b, 6);
	/* The roots and nodes down to the leaf; none below the zeros. */
	CHECK_EQ(share_of(&family, a).nr_visits, 4 + 2);
	CHECK_SHARE(&family, a, ONE, 0, ONE / 2);
	family_destroy(&family);
}

static void share_reports_lack_of_memory_and_signals(void)
{
	struct family family = {};
	struct zvmo_tree *a = family_grow(&family);
	struct zvmo_share share;
	unsigned int nth;

	put_range(a, 0, 200);
	put(clone(&family, a, 0, ALL), 100);
	for (nth = 1;; nth++) {
		int err;

		shim_fail_nth(nth);
		err = zvmo_tree_share(a, family.list, family.nr, 0, ALL,
				      &share);
		if (!shim_failed())
			break;
		CHECK_EQ(err, -ENOMEM);
	}
	shim_fail_nth(0);
	CHECK_EQ(nth, 3);
	shim_killed = true;
	CHECK_EQ(zvmo_tree_share(a, family.list, family.nr, 0, ALL, &share),
		 -EINTR);
	shim_killed = false;
	CHECK_SHARE(&family, a, 201 * ONE, ONE, 101 * ONE);
	family_destroy(&family);
}

static void tree_bytes_counts_nodes(void)
{
	struct zvmo_tree tree = {};

	CHECK_EQ(zvmo_tree_bytes(&tree), 0);
	put(&tree, 1);
	CHECK_EQ(zvmo_tree_bytes(&tree), sizeof(struct zvmo_node));
	put_range(&tree, 0, 64 * 70);
	put(&tree, 1UL << 40);
	CHECK_EQ(zvmo_tree_bytes(&tree),
		 zvmo_tree_count_nodes() * sizeof(struct zvmo_node));
	zvmo_tree_destroy(&tree);
}

/* Random families */

/* Where pages are: leaves, edges of nodes, and what makes a tree high. */
static const struct {
	unsigned long first;
	unsigned long last;
} islands[] = {
	{ 0, 40 },
	{ 60, 70 },
	{ 4090, 4100 },
	{ 1UL << 30, (1UL << 30) + 5 },
};

static unsigned long random_index(struct random *random)
{
	/* The far one seldom, so that trees differ in height. */
	unsigned int i = random_one_in(random, 10) ? 3 :
						     random_below(random, 3);

	return islands[i].first +
	       random_below(random, islands[i].last - islands[i].first + 1);
}

static struct zvmo_tree *random_tree(struct family *family,
				     struct random *random)
{
	return &family->trees[random_below(random, family->nr)];
}

static void random_step(struct family *family, struct random *random,
			unsigned int nr_trees)
{
	struct zvmo_tree *tree = random_tree(family, random), *from;
	unsigned long first = random_index(random), last = random_index(random);

	if (first > last)
		swap(first, last);
	switch (random_below(random, 12)) {
	case 0:
		erase(tree, first, last);
		break;
	case 1:
		erase(tree, first, first);
		break;
	case 2:
		CHECK_EQ(zvmo_tree_store_zero(tree, first, last,
					      ZVMO_ENTRY_ZERO),
			 0);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
		/* A new one; or when there are enough, one in another's place. */
		if (random_one_in(random, 2)) {
			first = 0;
			last = ALL;
		}
		if (family->nr < nr_trees) {
			clone(family, tree, first, last);
			break;
		}
		from = random_tree(family, random);
		if (from == tree)
			break;
		zvmo_tree_destroy(tree);
		CHECK_EQ(zvmo_tree_clone(tree, from, first, last), 0);
		break;
	default:
		put(tree, first);
	}
}

/* What share_in() must say, by looking everything up. Returns roundings. */
static unsigned int check_naively(const struct family *family,
				  const struct zvmo_tree *tree,
				  unsigned long first, unsigned long last)
{
	struct zvmo_share share = share_in(family, tree, first, last);
	unsigned long pages[MAX_TREES + 1] = {}, nr_pages = 0;
	unsigned __int128 exact = 0;
	unsigned int roundings = 0, n, t;
	unsigned long index = first;

	for (; zvmo_tree_next_page(tree, &index, last); index++) {
		zvmo_entry_t entry = zvmo_tree_lookup(tree, index);

		for (n = 0, t = 0; t < family->nr; t++)
			n += zvmo_tree_lookup(&family->trees[t], index) ==
			     entry;
		pages[n]++;
		nr_pages++;
	}
	CHECK_EQ(share.bytes, nr_pages * PAGE_SIZE);
	CHECK_EQ(share.private_bytes, pages[1] * PAGE_SIZE);
	for (n = 1; n <= family->nr; n++) {
		if (!pages[n])
			continue;
		exact += (unsigned __int128)pages[n] * PAGE_SIZE *
			 ZVMO_SHARE_BYTE / n;
		roundings++;
	}
	CHECK_EQ(share.scaled_bytes, exact / ZVMO_SHARE_BYTE);
	CHECK_EQ(share.fraction, exact % ZVMO_SHARE_BYTE);
	return roundings;
}

static void family_check_naively(const struct family *family,
				 struct random *random)
{
	unsigned long nr_roundings = 0;
	unsigned int i;

	for (i = 0; i < family->nr; i++) {
		unsigned long first = random_index(random);
		unsigned long last = random_index(random);

		nr_roundings +=
			check_naively(family, &family->trees[i], 0, ALL);
		check_naively(family, &family->trees[i], min(first, last),
			      max(first, last));
	}
	check_sum(family, nr_roundings);
}

static void random_families(unsigned int nr_trees, unsigned long nr_steps)
{
	struct family *family = calloc(1, sizeof(*family));
	struct random random = { .state = harness_options.seed };
	unsigned long i;

	family_grow(family);
	for (i = 1; i <= nr_steps; i++) {
		harness_context("seed %#lx step %lu", harness_options.seed, i);
		random_step(family, &random, nr_trees);
		if (i % (nr_steps / 20) == 0)
			family_check_naively(family, &random);
	}
	family_destroy(family);
	free(family);
}

static void share_in_random_families_of_6(void)
{
	random_families(6, harness_options.steps);
}

static void share_in_random_families_of_200(void)
{
	random_families(200, harness_options.steps / 2);
}

#define CASE(name)          \
	{                   \
#name, name \
	}

const struct harness_case share_cases[] = {
	CASE(share_of_two_that_diverge),
	CASE(share_of_three_is_a_third),
	CASE(share_follows_windows_and_sizes),
	CASE(share_compares_trees_of_different_height),
	CASE(share_of_a_range),
	CASE(share_visits_each_node_once),
	CASE(share_finds_equal_nodes_in_any_order),
	CASE(share_looks_only_where_the_tree_has_pages),
	CASE(share_reports_lack_of_memory_and_signals),
	CASE(tree_bytes_counts_nodes),
	CASE(share_in_random_families_of_6),
	CASE(share_in_random_families_of_200),
};

const unsigned int nr_share_cases = ARRAY_SIZE(share_cases);
