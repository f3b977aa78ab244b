// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - what each function promises, one by one
 *
 * In drawings a letter is a page, 0 a zero marker, and a dot an empty place.
 */
#include <sanitizer/asan_interface.h>

#include "account.h"
#include "model.h"
#include "page.h"
#include "page_tree_test.h"

#define ZERO ZVMO_ENTRY_ZERO
#define EMPTY ZVMO_ENTRY_EMPTY

/* Where nodes of each level begin and end. */
static const unsigned long boundaries[] = { 0,
					    1,
					    62,
					    63,
					    64,
					    65,
					    4095,
					    4096,
					    4097,
					    (1UL << 18) - 1,
					    1UL << 18,
					    (1UL << 24) - 1,
					    1UL << 24,
					    (1UL << 30) - 1,
					    1UL << 30,
					    1UL << 36,
					    1UL << 42,
					    (1UL << 48) - 1,
					    1UL << 48,
					    ZVMO_INDEX_MAX - 1,
					    ZVMO_INDEX_MAX };

/* Helpers */

/* The trees named are all that exist, and are right in every count. */
#define ACCOUNT(...)                                                 \
	do {                                                         \
		const struct zvmo_tree *__trees[] = { __VA_ARGS__ }; \
                                                                     \
		account_check(__trees, ARRAY_SIZE(__trees), 0);      \
	} while (0)

/* A walk of [first, last] finds the extents given, which follow each other. */
#define CHECK_WALK(tree, first, last, ...)                              \
	do {                                                            \
		static const struct step __steps[] = { __VA_ARGS__ };   \
                                                                        \
		check_walk(__FILE__, __LINE__, (tree), (first), (last), \
			   __steps, ARRAY_SIZE(__steps));               \
	} while (0)

enum kind { GAP, PAGE, RUN };

/* So many pages, zeros or gaps in a row. */
struct step {
	unsigned long length;
	enum kind kind;
};

static enum kind entry_kind(zvmo_entry_t entry)
{
	if (zvmo_entry_is_page(entry))
		return PAGE;
	return zvmo_entry_is_zero(entry) ? RUN : GAP;
}

static void check_walk(const char *file, int line, const struct zvmo_tree *tree,
		       unsigned long first, unsigned long last,
		       const struct step *steps, unsigned int nr_steps)
{
	struct zvmo_cursor cursor;
	struct zvmo_extent extent = { .last = first - 1 };
	unsigned int i;

	zvmo_cursor_init(&cursor, tree, first, last);
	for (i = 0; i < nr_steps; i++) {
		unsigned long end = first + steps[i].length - 1;

		/* Pages come one at a time, the others as one extent. */
		do {
			if (!zvmo_cursor_next(&cursor, &extent) ||
			    extent.first != first || extent.last > end ||
			    entry_kind(extent.entry) != steps[i].kind)
				harness_fail(file, line,
					     "step %u of the walk, at %#lx", i,
					     first);
			first = extent.last + 1;
		} while (steps[i].kind == PAGE && extent.last < end);
		if (extent.last != end)
			harness_fail(file, line,
				     "step %u of the walk ends at %#lx", i,
				     extent.last);
	}
	if (zvmo_cursor_next(&cursor, &extent))
		harness_fail(file, line, "the walk goes on at %#lx",
			     extent.first);
}

/* Store a new page; whatever was there is gone. */
static struct page *add(struct zvmo_tree *tree, unsigned long index)
{
	struct page *page = zvmo_page_alloc();
	zvmo_entry_t old;

	CHECK_EQ(zvmo_tree_store(tree, index, zvmo_page_entry(page), &old), 0);
	if (zvmo_entry_is_page(old))
		zvmo_page_put(zvmo_entry_page(old));
	return page;
}

static void add_range(struct zvmo_tree *tree, unsigned long first,
		      unsigned long last)
{
	for (; first <= last; first++)
		add(tree, first);
}

static void zero(struct zvmo_tree *tree, unsigned long first,
		 unsigned long last)
{
	CHECK_EQ(zvmo_tree_store_zero(tree, first, last, ZERO), 0);
}

static void erase(struct zvmo_tree *tree, unsigned long first,
		  unsigned long last)
{
	CHECK_EQ(zvmo_tree_erase(tree, first, last, NULL, NULL), 0);
}

static struct zvmo_tree clone(const struct zvmo_tree *src, unsigned long first,
			      unsigned long last)
{
	struct zvmo_tree dst = { .root = (void *)1 };

	CHECK_EQ(zvmo_tree_clone(&dst, src, first, last), 0);
	return dst;
}

static struct zvmo_tree clone_all(const struct zvmo_tree *src)
{
	return clone(src, 0, ZVMO_INDEX_MAX);
}

static struct page *page_at(const struct zvmo_tree *tree, unsigned long index)
{
	zvmo_entry_t entry = zvmo_tree_lookup(tree, index);

	return zvmo_entry_is_page(entry) ? zvmo_entry_page(entry) : NULL;
}

static bool exclusive_at(const struct zvmo_tree *tree, unsigned long index)
{
	return zvmo_tree_find(tree, index).exclusive;
}

static unsigned int levels_for(unsigned long index)
{
	unsigned int levels = 1;

	while (index >>= ZVMO_NODE_SHIFT)
		levels++;
	return levels;
}

/* Pages */

static void page_is_freed_by_its_last_holder(void)
{
	struct page *page = zvmo_page_alloc();

	CHECK(page);
	CHECK_EQ(page->content, 0);
	CHECK_EQ(zvmo_page_count_all(), 1);
	CHECK(zvmo_page_is_unshared(page));
	zvmo_page_share(page);
	CHECK(!zvmo_page_is_unshared(page));
	zvmo_page_share(page);
	zvmo_page_put(page);
	CHECK(!zvmo_page_is_unshared(page));
	zvmo_page_put(page);
	CHECK(zvmo_page_is_unshared(page));
	CHECK_EQ(page_count(page), 1);
	CHECK_EQ(zvmo_page_count_all(), 1);
	zvmo_page_put(page);
	CHECK_EQ(zvmo_page_count_all(), 0);
	CHECK_EQ(shim_live_pages(), 0);
}

static void page_that_others_reference_outlives_its_holder(void)
{
	struct page *page = zvmo_page_alloc();

	zvmo_page_set_identity(page, (void *)&page, 7);
	CHECK_EQ(page->folio.mapping, &page);
	CHECK_EQ(page->folio.index, 7);
	get_page(page);
	zvmo_page_put(page);
	CHECK_EQ(zvmo_page_count_all(), 0);
	/* Still there, but names nobody and has nothing of ours. */
	CHECK_EQ(page_count(page), 1);
	CHECK(!page->folio.mapping);
	CHECK_EQ(page_private(page), 0);
	put_page(page);
}

static void page_identity_is_cleared_on_demand(void)
{
	struct page *page = zvmo_page_alloc();

	zvmo_page_set_identity(page, (void *)&page, 7);
	zvmo_page_clear_identity(page);
	CHECK(!page->folio.mapping);
	CHECK_EQ(page->folio.index, 0);
	CHECK(!page->locked);
	zvmo_page_put(page);
}

static void page_alloc_and_cache_report_lack_of_memory(void)
{
	shim_fail_nth(1);
	CHECK(!zvmo_page_alloc());
	CHECK_EQ(zvmo_page_count_all(), 0);
	zvmo_tree_exit_cache();
	shim_fail_nth(1);
	CHECK_EQ(zvmo_tree_init_cache(), -ENOMEM);
	CHECK_EQ(zvmo_tree_init_cache(), 0);
}

/* Look-up and store */

static void empty_tree_has_nothing(void)
{
	struct zvmo_tree tree = {}, other = {};
	unsigned long first = 0, last = ZVMO_INDEX_MAX;
	struct page *page;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boundaries); i++) {
		struct zvmo_slot slot = zvmo_tree_find(&tree, boundaries[i]);

		CHECK_EQ(zvmo_tree_lookup(&tree, boundaries[i]), EMPTY);
		CHECK_EQ(slot.entry, EMPTY);
		CHECK(!slot.exclusive && !slot.exposed);
		CHECK_EQ(zvmo_tree_gather(&tree, boundaries[i], &page, 1), 0);
	}
	CHECK_EQ(zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 0);
	CHECK(!tree_next_exposed(&tree, &first, &last));
	zvmo_tree_conceal(&tree, 0, ZVMO_INDEX_MAX, NULL, NULL);
	CHECK_WALK(&tree, 0, ZVMO_INDEX_MAX, { ZVMO_INDEX_MAX + 1, GAP });
	erase(&tree, 0, ZVMO_INDEX_MAX);
	other = clone_all(&tree);
	CHECK(!other.root);
	CHECK_EQ(zvmo_tree_diff(&tree, &other, 0, ZVMO_INDEX_MAX, NULL, NULL),
		 0);
	ACCOUNT(&tree, &other);
	zvmo_tree_destroy(&tree);
}

static void store_makes_the_tree_as_high_as_needed(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boundaries); i++) {
		unsigned long index = boundaries[i];
		struct zvmo_tree tree = {};
		struct page *page = add(&tree, index);
		struct zvmo_slot slot = zvmo_tree_find(&tree, index);

		CHECK_EQ(slot.entry, zvmo_page_entry(page));
		CHECK(slot.exclusive && !slot.exposed);
		CHECK_EQ(zvmo_tree_count_nodes(), levels_for(index));
		CHECK_EQ(zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 1);
		if (index)
			CHECK_EQ(zvmo_tree_lookup(&tree, index - 1), EMPTY);
		if (index < ZVMO_INDEX_MAX)
			CHECK_EQ(zvmo_tree_lookup(&tree, index + 1), EMPTY);
		ACCOUNT(&tree);
		zvmo_tree_destroy(&tree);
		CHECK(!tree.root);
	}
}

/* Up: the tree grows by each. Down: it has its height from the beginning. */
static void store_at_all_boundaries_in_one_tree(void)
{
	struct page *pages[ARRAY_SIZE(boundaries)];
	struct zvmo_tree up = {}, down = {};
	unsigned int nr = ARRAY_SIZE(boundaries), i;

	for (i = 0; i < nr; i++) {
		pages[i] = add(&up, boundaries[i]);
		add(&down, boundaries[nr - 1 - i]);
		ACCOUNT(&up, &down);
	}
	for (i = 0; i < nr; i++) {
		CHECK_EQ(page_at(&up, boundaries[i]), pages[i]);
		CHECK(page_at(&down, boundaries[i]));
		CHECK_EQ(zvmo_tree_count(&up, 0, boundaries[i]), i + 1);
		CHECK_EQ(zvmo_tree_count(&down, boundaries[i], ZVMO_INDEX_MAX),
			 nr - i);
	}
	zvmo_tree_destroy(&up);
	zvmo_tree_destroy(&down);
}

static void store_over_page_hands_back_the_old_page(void)
{
	struct zvmo_tree tree = {}, relative;
	struct page *a = add(&tree, 5), *b = zvmo_page_alloc();
	struct page *c = zvmo_page_alloc();
	zvmo_entry_t old = EMPTY;

	/* Only holder: it comes back unshared. */
	CHECK_EQ(zvmo_tree_store(&tree, 5, zvmo_page_entry(b), &old), 0);
	CHECK_EQ(old, zvmo_page_entry(a));
	CHECK(zvmo_page_is_unshared(a));
	zvmo_page_put(a);
	CHECK(zvmo_page_is_unshared(b));

	/* A relative holds it, too: two holders until the old one is put. */
	relative = clone_all(&tree);
	CHECK_EQ(zvmo_tree_store(&tree, 5, zvmo_page_entry(c), &old), 0);
	CHECK_EQ(old, zvmo_page_entry(b));
	CHECK(!zvmo_page_is_unshared(b));
	zvmo_page_put(b);
	CHECK(exclusive_at(&relative, 5) && exclusive_at(&tree, 5));
	CHECK_EQ(page_at(&relative, 5), b);
	CHECK_EQ(page_at(&tree, 5), c);
	ACCOUNT(&tree, &relative);
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&relative);
}

static void store_keeps_the_flags_of_an_entry(void)
{
	struct page *page = zvmo_page_alloc();
	zvmo_entry_t entry = zvmo_page_entry(page) | ZVMO_ENTRY_DIRTY_MASK |
			     ZVMO_ENTRY_ALWAYS_NEED;
	struct zvmo_tree tree = {};
	zvmo_entry_t old;

	CHECK_EQ(zvmo_tree_store(&tree, 9, entry, &old), 0);
	CHECK_EQ(zvmo_tree_lookup(&tree, 9), entry);
	CHECK_EQ(page_at(&tree, 9), page);
	CHECK_EQ(zvmo_tree_store(&tree, 9, ZERO | ZVMO_ENTRY_LOANED, &old), 0);
	CHECK_EQ(old, entry);
	CHECK_EQ(zvmo_tree_lookup(&tree, 9), ZERO | ZVMO_ENTRY_LOANED);
	zvmo_page_put(page);
	zvmo_tree_destroy(&tree);
}

/* Zero runs */

/* 0000...0 over one slot of each level, a page into the middle: 00..0a0..00 */
static void store_into_zero_run_splits_it_at_each_level(void)
{
	unsigned int shift;

	for (shift = 6; shift <= 48; shift += 6) {
		unsigned long span = 1UL << shift, middle = span / 2 + 1;
		struct zvmo_tree tree = {};
		unsigned int nodes;

		/* The second slot of its level, so that it is not a root. */
		zero(&tree, span, 2 * span - 1);
		nodes = zvmo_tree_count_nodes();
		CHECK_EQ(nodes, 1);
		add(&tree, span + middle);
		CHECK_EQ(zvmo_tree_count_nodes(), nodes + shift / 6);
		CHECK_EQ(zvmo_tree_lookup(&tree, span - 1), EMPTY);
		CHECK_EQ(zvmo_tree_lookup(&tree, span), ZERO);
		CHECK_EQ(zvmo_tree_lookup(&tree, span + middle - 1), ZERO);
		CHECK(page_at(&tree, span + middle));
		CHECK_EQ(zvmo_tree_lookup(&tree, span + middle + 1), ZERO);
		CHECK_EQ(zvmo_tree_lookup(&tree, 2 * span - 1), ZERO);
		CHECK_EQ(zvmo_tree_lookup(&tree, 2 * span), EMPTY);
		ACCOUNT(&tree);

		/* Zero again: one run again. */
		zero(&tree, span + middle, span + middle);
		CHECK_EQ(zvmo_tree_count_nodes(), nodes);
		ACCOUNT(&tree);
		zvmo_tree_destroy(&tree);
	}
}

static void zero_markers_become_a_run_when_a_leaf_is_full(void)
{
	struct zvmo_tree tree = {};
	unsigned long index;
	zvmo_entry_t old;

	add(&tree, 200);
	CHECK_EQ(zvmo_tree_count_nodes(), 2);
	for (index = 64; index < 128; index++) {
		CHECK_EQ(zvmo_tree_store(&tree, index, ZERO, &old), 0);
		CHECK_EQ(zvmo_tree_count_nodes(), index == 127 ? 2 : 3);
		ACCOUNT(&tree);
	}
	CHECK_WALK(&tree, 0, 255, { 64, GAP }, { 64, RUN }, { 72, GAP },
		   { 1, PAGE }, { 55, GAP });

	/* Zeros that differ in a flag are not one run. */
	CHECK_EQ(zvmo_tree_store(&tree, 100, ZERO | ZVMO_ENTRY_ALWAYS_NEED,
				 &old),
		 0);
	CHECK_EQ(old, ZERO);
	CHECK_EQ(zvmo_tree_count_nodes(), 3);
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

/* Also where a lower tree's root, which may be all zero, becomes a slot. */
static void zero_run_of_a_root_stays_maximal_when_a_higher_tree_adopts_it(void)
{
	struct zvmo_tree tree = {}, lower = {};

	add(&tree, 4096);
	zero(&lower, 0, 63);
	CHECK_EQ(zvmo_tree_adopt(&tree, &lower, 0, 1000), 0);
	CHECK_WALK(&tree, 0, 4096, { 64, RUN }, { 4032, GAP }, { 1, PAGE });
	ACCOUNT(&tree, &lower);
	zvmo_tree_destroy(&lower);
	zvmo_tree_destroy(&tree);
}

static void zero_run_of_a_root_stays_maximal_when_the_tree_grows(void)
{
	struct zvmo_tree tree = {}, relative;
	unsigned int shift;

	for (shift = 6; shift <= 30; shift += 6) {
		zero(&tree, 0, (1UL << shift) - 1);
		relative = clone_all(&tree);
		add(&tree, 1UL << shift);
		CHECK_EQ(zvmo_tree_lookup(&tree, 0), ZERO);
		CHECK_EQ(zvmo_tree_lookup(&tree, (1UL << shift) - 1), ZERO);
		CHECK(page_at(&tree, 1UL << shift));
		ACCOUNT(&tree, &relative);
		zvmo_tree_destroy(&relative);
		zvmo_tree_destroy(&tree);
	}
}

static void terabyte_of_zeros_costs_a_few_slots(void)
{
	/* In pages of 4 KiB. */
	const unsigned long terabyte = 1UL << 28;
	struct zvmo_tree tree = {};

	/* Aligned: 16 slots of one node. */
	zero(&tree, 0, terabyte - 1);
	CHECK_EQ(zvmo_tree_count_nodes(), 1);
	CHECK_EQ(tree.root->nr_slots, 16);
	CHECK_EQ(zvmo_tree_lookup(&tree, terabyte - 1), ZERO);
	CHECK_EQ(zvmo_tree_lookup(&tree, terabyte), EMPTY);
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);

	/* Not aligned at all: the two edge paths and no more. */
	zero(&tree, 4097, 4097 + terabyte - 1);
	CHECK(zvmo_tree_count_nodes() <= 2 * levels_for(terabyte) - 1);
	CHECK_EQ(zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 0);
	CHECK_WALK(&tree, 0, ZVMO_INDEX_MAX, { 4097, GAP }, { 1UL << 28, RUN },
		   { ZVMO_INDEX_MAX + 1 - (1UL << 28) - 4097, GAP });
	ACCOUNT(&tree);

	/* All there is. */
	zero(&tree, 0, ZVMO_INDEX_MAX);
	CHECK_EQ(zvmo_tree_count_nodes(), 1);
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

static void store_zero_between_any_two_boundaries(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(boundaries); i++) {
		for (j = i; j < ARRAY_SIZE(boundaries); j++) {
			unsigned long first = boundaries[i];
			unsigned long last = boundaries[j];
			struct zvmo_tree tree = {};

			zero(&tree, first, last);
			CHECK_EQ(zvmo_tree_lookup(&tree, first), ZERO);
			CHECK_EQ(zvmo_tree_lookup(&tree, last), ZERO);
			CHECK_EQ(zvmo_tree_lookup(&tree,
						  first + (last - first) / 2),
				 ZERO);
			if (first)
				CHECK_EQ(zvmo_tree_lookup(&tree, first - 1),
					 EMPTY);
			if (last < ZVMO_INDEX_MAX)
				CHECK_EQ(zvmo_tree_lookup(&tree, last + 1),
					 EMPTY);
			ACCOUNT(&tree);
			zvmo_tree_destroy(&tree);
		}
	}
}

static void store_zero_drops_the_pages_it_covers(void)
{
	struct zvmo_tree tree = {}, relative;

	add_range(&tree, 60, 200);
	relative = clone_all(&tree);
	zero(&tree, 62, 198);
	CHECK_WALK(&tree, 0, 300, { 60, GAP }, { 2, PAGE }, { 137, RUN },
		   { 2, PAGE }, { 100, GAP });
	CHECK_EQ(zvmo_tree_count(&relative, 0, ZVMO_INDEX_MAX), 141);
	CHECK_EQ(zvmo_page_count_all(), 141);
	CHECK(exclusive_at(&relative, 62) && !exclusive_at(&relative, 61));
	ACCOUNT(&tree, &relative);
	zvmo_tree_destroy(&relative);
	CHECK_EQ(zvmo_page_count_all(), 4);
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

/* Erase */

static void erase_cuts_zero_runs_anywhere(void)
{
	const unsigned long end = 1UL << 28;
	unsigned int i, j;

	for (i = 0; boundaries[i] < end; i++) {
		for (j = i; boundaries[j] < end; j++) {
			unsigned long first = boundaries[i];
			unsigned long last = boundaries[j];
			struct zvmo_tree tree = {};

			zero(&tree, 0, end - 1);
			erase(&tree, first, last);
			CHECK_EQ(zvmo_tree_lookup(&tree, first), EMPTY);
			CHECK_EQ(zvmo_tree_lookup(&tree, last), EMPTY);
			CHECK_EQ(zvmo_tree_lookup(&tree, last + 1), ZERO);
			CHECK_EQ(zvmo_tree_lookup(&tree, end - 1), ZERO);
			if (first) {
				CHECK_EQ(zvmo_tree_lookup(&tree, 0), ZERO);
				CHECK_EQ(zvmo_tree_lookup(&tree, first - 1),
					 ZERO);
			}
			ACCOUNT(&tree);
			/* Filled in again, it is the run it was. */
			zero(&tree, first, last);
			CHECK_EQ(zvmo_tree_count_nodes(), 1);
			zvmo_tree_destroy(&tree);
		}
	}
}

static void erase_leaves_no_empty_nodes(void)
{
	struct zvmo_tree tree = {};

	add(&tree, 0);
	add(&tree, 1UL << 30);
	erase(&tree, 1, ZVMO_INDEX_MAX);
	ACCOUNT(&tree);
	erase(&tree, 1UL << 35, ZVMO_INDEX_MAX);
	erase(&tree, 0, 0);
	CHECK(!tree.root);
	add_range(&tree, 0, 63);
	erase(&tree, 0, 62);
	CHECK_EQ(zvmo_tree_count(&tree, 63, 63), 1);
	erase(&tree, 63, 63);
	CHECK(!tree.root);
}

/* Where pages were removed, in order. */
struct removed {
	unsigned long indexes[8];
	unsigned int nr;
};

static void note_removed(unsigned long index, struct page *page, void *arg)
{
	struct removed *removed = arg;

	CHECK(removed->nr < ARRAY_SIZE(removed->indexes));
	removed->indexes[removed->nr++] = index;
	zvmo_page_put(page);
}

static void erase_hands_out_pages_of_its_own_leaves(void)
{
	struct zvmo_tree tree = {}, relative;
	struct removed removed = {};

	/* Leaf 0 is shared as a whole, leaf 1 in part, leaf 2 is our own. */
	add(&tree, 3);
	add(&tree, 64);
	add(&tree, 66);
	relative = clone(&tree, 0, 64);
	add(&tree, 130);
	add(&tree, 131);
	zero(&tree, 132, 135);

	CHECK_EQ(zvmo_tree_erase(&tree, 0, 130, note_removed, &removed), 0);
	CHECK_EQ(removed.nr, 3);
	CHECK_EQ(removed.indexes[0], 64);
	CHECK_EQ(removed.indexes[1], 66);
	CHECK_EQ(removed.indexes[2], 130);
	CHECK(exclusive_at(&relative, 3) && exclusive_at(&relative, 64));
	CHECK_EQ(zvmo_page_count_all(), 3);
	ACCOUNT(&tree, &relative);

	/* The whole of a tree, too. */
	removed.nr = 0;
	CHECK_EQ(zvmo_tree_erase(&tree, 0, ZVMO_INDEX_MAX, note_removed,
				 &removed),
		 0);
	CHECK_EQ(removed.nr, 1);
	CHECK_EQ(removed.indexes[0], 131);
	CHECK(!tree.root);
	ACCOUNT(&tree, &relative);
	zvmo_tree_destroy(&relative);
}

/* Clones */

static void clone_of_everything_is_one_increment(void)
{
	struct zvmo_tree tree = {}, relatives[1000];
	unsigned long allocs;
	struct page *page;
	unsigned int i;

	add_range(&tree, 100, 300);
	page = page_at(&tree, 200);
	CHECK(exclusive_at(&tree, 200));
	allocs = shim_allocs();
	for (i = 0; i < ARRAY_SIZE(relatives); i++)
		relatives[i] = clone_all(i ? &relatives[i - 1] : &tree);
	CHECK_EQ(shim_allocs(), allocs);
	CHECK_EQ(atomic_read(&tree.root->refs), 1001);
	/* Unshared, in a leaf with one owner; the root has more. */
	CHECK(zvmo_page_is_unshared(page));
	CHECK(!exclusive_at(&tree, 200));
	for (i = 0; i < ARRAY_SIZE(relatives); i++) {
		CHECK_EQ(page_at(&relatives[i], 200), page);
		CHECK(!exclusive_at(&relatives[i], 200));
		zvmo_tree_destroy(&relatives[i]);
	}
	CHECK(exclusive_at(&tree, 200));
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

/* [first, last] of 192 pages: each trim of three leaves there is. */
static void clone_trims_edges_at_every_alignment(void)
{
	struct zvmo_tree tree = {}, dst;
	unsigned long first, last;

	add_range(&tree, 64, 255);
	for (first = 60; first < 260; first++) {
		for (last = first; last < 260; last++) {
			unsigned long low = max(first, 64UL);
			unsigned long high = min(last, 255UL);
			unsigned long nr = low <= high ? high - low + 1 : 0;

			dst = clone(&tree, first, last);
			CHECK_EQ(zvmo_tree_count(&dst, 0, ZVMO_INDEX_MAX), nr);
			CHECK_EQ(zvmo_tree_count(&dst, first, last), nr);
			CHECK_EQ(!dst.root, !nr);
			if (nr) {
				CHECK_EQ(page_at(&dst, low),
					 page_at(&tree, low));
				CHECK_EQ(page_at(&dst, high),
					 page_at(&tree, high));
				CHECK(!exclusive_at(&tree, low));
			}
			if ((first + last) % 16 == 0)
				ACCOUNT(&tree, &dst);
			zvmo_tree_destroy(&dst);
		}
	}
	CHECK(exclusive_at(&tree, 128));
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

static void clone_trims_zero_runs_at_any_two_boundaries(void)
{
	struct zvmo_tree tree = {}, dst, expected = {};
	unsigned int i, j;

	zero(&tree, 0, ZVMO_INDEX_MAX);
	for (i = 0; i < ARRAY_SIZE(boundaries); i++) {
		for (j = i; j < ARRAY_SIZE(boundaries); j++) {
			dst = clone(&tree, boundaries[i], boundaries[j]);
			zero(&expected, boundaries[i], boundaries[j]);
			CHECK_EQ(zvmo_tree_diff(&dst, &expected, 0,
						ZVMO_INDEX_MAX, NULL, NULL),
				 0);
			CHECK_EQ(zvmo_tree_lookup(&dst, boundaries[i]), ZERO);
			CHECK_EQ(zvmo_tree_lookup(&dst, boundaries[j]), ZERO);
			ACCOUNT(&tree, &dst, &expected);
			zvmo_tree_destroy(&dst);
			zvmo_tree_destroy(&expected);
		}
	}
	zvmo_tree_destroy(&tree);
}

/* abc: two of them fill the tree up to the cut, the third is cut off. */
static void clone_cuts_off_a_single_page(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boundaries); i++) {
		unsigned long index = boundaries[i];
		struct zvmo_tree tree = {}, dst;

		if (!index)
			continue;
		add(&tree, 0);
		add(&tree, index - 1);
		add(&tree, index);
		dst = clone(&tree, 0, index - 1);
		CHECK_EQ(zvmo_tree_lookup(&dst, index), EMPTY);
		CHECK_EQ(page_at(&dst, index - 1), page_at(&tree, index - 1));
		ACCOUNT(&tree, &dst);
		zvmo_tree_destroy(&dst);
		dst = clone(&tree, 1, index);
		CHECK_EQ(zvmo_tree_lookup(&dst, 0), EMPTY);
		CHECK_EQ(page_at(&dst, index), page_at(&tree, index));
		ACCOUNT(&tree, &dst);
		zvmo_tree_destroy(&dst);
		zvmo_tree_destroy(&tree);
	}
}

static void clone_of_nothing_is_empty(void)
{
	struct zvmo_tree tree = {}, dst;

	add(&tree, 10);
	add(&tree, 5000);
	dst = clone(&tree, 11, 4999);
	CHECK(!dst.root);
	dst = clone(&tree, 5001, ZVMO_INDEX_MAX);
	CHECK(!dst.root);
	dst = clone(&tree, 1UL << 40, ZVMO_INDEX_MAX);
	CHECK(!dst.root);
	CHECK(exclusive_at(&tree, 10) && exclusive_at(&tree, 5000));
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

static void clone_holds_nothing_outside_its_window(void)
{
	struct zvmo_tree tree = {}, dst;

	add_range(&tree, 0, 999);
	dst = clone(&tree, 100, 899);
	/* Wholly covered leaves are shared, edge leaves are not. */
	CHECK(exclusive_at(&tree, 99) && !exclusive_at(&tree, 100));
	zvmo_tree_destroy(&tree);
	CHECK_EQ(zvmo_page_count_all(), 800);
	CHECK(exclusive_at(&dst, 100) && exclusive_at(&dst, 899));
	ACCOUNT(&dst);
	zvmo_tree_destroy(&dst);
}

static void clones_diverge_one_path_at_a_time(void)
{
	struct zvmo_tree tree = {}, dst;
	struct page *page;

	/* Three levels: a root, 2 inner nodes, 128 leaves. */
	add_range(&tree, 0, 8191);
	CHECK_EQ(zvmo_tree_count_nodes(), 131);
	dst = clone_all(&tree);
	page = add(&dst, 4100);
	CHECK_EQ(zvmo_tree_count_nodes(), 131 + 3);
	CHECK_EQ(zvmo_page_count_all(), 8193);
	CHECK_EQ(page_at(&dst, 4100), page);
	CHECK(page_at(&tree, 4100) != page);
	CHECK(exclusive_at(&tree, 4100) && exclusive_at(&dst, 4100));
	CHECK(!exclusive_at(&tree, 4101) && !exclusive_at(&dst, 4101));
	CHECK_EQ(page_at(&tree, 4101), page_at(&dst, 4101));
	ACCOUNT(&tree, &dst);

	/* The same path is not copied again. */
	add(&dst, 4101);
	CHECK_EQ(zvmo_tree_count_nodes(), 131 + 3);
	zvmo_tree_destroy(&tree);
	CHECK_EQ(zvmo_page_count_all(), 8192);
	CHECK_EQ(zvmo_tree_count_nodes(), 131);
	CHECK(exclusive_at(&dst, 0) && exclusive_at(&dst, 4102));
	ACCOUNT(&dst);
	zvmo_tree_destroy(&dst);
}

/* Exposed marks */

static u64 conceal_all(unsigned long base, const zvmo_entry_t *slots, u64 marks,
		       void *arg)
{
	unsigned int *nr = arg;

	(void)base;
	(void)slots;
	*nr += __builtin_popcountll(marks);
	return marks;
}

static u64 conceal_even(unsigned long base, const zvmo_entry_t *slots,
			u64 marks, void *arg)
{
	return conceal_all(base, slots, marks, arg) & 0x5555555555555555ULL;
}

/* The next run of exposed pages in [first, last] is [run_first, run_last]. */
static bool next_run_is(const struct zvmo_tree *tree, unsigned long first,
			unsigned long last, unsigned long run_first,
			unsigned long run_last)
{
	return tree_next_exposed(tree, &first, &last) &&
	       first == run_first && last == run_last;
}

static bool none_exposed(const struct zvmo_tree *tree, unsigned long first,
			 unsigned long last)
{
	return !tree_next_exposed(tree, &first, &last);
}

static void exposed_marks_are_found_from_any_height(void)
{
	struct zvmo_tree tree = {};
	unsigned int i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(boundaries); i++) {
		add(&tree, boundaries[i]);
		zvmo_tree_expose(&tree, boundaries[i]);
		CHECK(zvmo_tree_find(&tree, boundaries[i]).exposed);
		ACCOUNT(&tree);
	}
	CHECK(next_run_is(&tree, 0, ZVMO_INDEX_MAX, 0, 1));
	CHECK(next_run_is(&tree, 1, ZVMO_INDEX_MAX, 1, 1));
	CHECK(next_run_is(&tree, 2, ZVMO_INDEX_MAX, 62, 63));
	CHECK(next_run_is(&tree, 2, 62, 62, 62));
	CHECK(none_exposed(&tree, 2, 61));
	CHECK(next_run_is(&tree, 64, ZVMO_INDEX_MAX, 64, 65));
	CHECK(next_run_is(&tree, 66, ZVMO_INDEX_MAX, 4095, 4095));
	CHECK(next_run_is(&tree, (1UL << 48) + 1, ZVMO_INDEX_MAX,
			  ZVMO_INDEX_MAX - 1, ZVMO_INDEX_MAX));
	CHECK(none_exposed(&tree, (1UL << 48) + 1, ZVMO_INDEX_MAX - 2));

	/* Part by part; the marks above a leaf go with its last one. */
	zvmo_tree_conceal(&tree, 1, 63, conceal_all, &nr);
	CHECK_EQ(nr, 3);
	ACCOUNT(&tree);
	CHECK(next_run_is(&tree, 0, ZVMO_INDEX_MAX, 0, 0));
	CHECK(next_run_is(&tree, 1, ZVMO_INDEX_MAX, 64, 65));
	zvmo_tree_conceal(&tree, 0, ZVMO_INDEX_MAX, conceal_all, &nr);
	CHECK_EQ(nr, ARRAY_SIZE(boundaries));
	CHECK(none_exposed(&tree, 0, ZVMO_INDEX_MAX));
	CHECK_EQ(tree.root->exposed, 0);
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

static void exposed_marks_stay_where_the_callback_says(void)
{
	struct zvmo_tree tree = {};
	unsigned long index;
	unsigned int nr = 0;

	add_range(&tree, 0, 127);
	for (index = 60; index < 70; index++)
		zvmo_tree_expose(&tree, index);
	CHECK(next_run_is(&tree, 0, ZVMO_INDEX_MAX, 60, 63));
	zvmo_tree_conceal(&tree, 62, 66, conceal_even, &nr);
	CHECK_EQ(nr, 5);
	CHECK(next_run_is(&tree, 0, ZVMO_INDEX_MAX, 60, 61));
	CHECK(next_run_is(&tree, 62, ZVMO_INDEX_MAX, 63, 63));
	CHECK(next_run_is(&tree, 64, ZVMO_INDEX_MAX, 65, 65));
	CHECK(next_run_is(&tree, 66, ZVMO_INDEX_MAX, 67, 69));
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

static void exposed_mark_goes_with_the_page(void)
{
	struct zvmo_tree tree = {};
	unsigned long index;

	add_range(&tree, 0, 200);
	for (index = 0; index <= 200; index++)
		zvmo_tree_expose(&tree, index);
	add(&tree, 64);
	CHECK(!zvmo_tree_find(&tree, 64).exposed);
	ACCOUNT(&tree);
	zero(&tree, 65, 65);
	ACCOUNT(&tree);
	erase(&tree, 66, 200);
	CHECK(none_exposed(&tree, 64, ZVMO_INDEX_MAX));
	CHECK(next_run_is(&tree, 0, ZVMO_INDEX_MAX, 0, 63));
	ACCOUNT(&tree);

	/* And stays when the tree grows above it. */
	add(&tree, 1UL << 40);
	CHECK(next_run_is(&tree, 10, ZVMO_INDEX_MAX, 10, 63));
	ACCOUNT(&tree);
	erase(&tree, 0, 63);
	CHECK(none_exposed(&tree, 0, ZVMO_INDEX_MAX));
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

/* What is exposed beside the window does not hinder a clone of the window. */
static void clone_beside_exposed_pages(void)
{
	struct zvmo_tree tree = {}, dst;

	add_range(&tree, 0, 200);
	zvmo_tree_expose(&tree, 99);
	zvmo_tree_expose(&tree, 151);
	dst = clone(&tree, 100, 150);
	ACCOUNT(&tree, &dst);
	CHECK(next_run_is(&tree, 0, ZVMO_INDEX_MAX, 99, 99));
	CHECK(next_run_is(&tree, 100, ZVMO_INDEX_MAX, 151, 151));
	CHECK(none_exposed(&dst, 0, ZVMO_INDEX_MAX));
	zvmo_tree_destroy(&tree);
	zvmo_tree_destroy(&dst);
}

/* Walks and counts */

static void walk_finds_pages_runs_and_gaps(void)
{
	struct zvmo_tree tree = {};

	/* ..ab0000...c */
	add(&tree, 2);
	add(&tree, 3);
	zero(&tree, 4, 70);
	add(&tree, 4100);
	CHECK_WALK(&tree, 0, ZVMO_INDEX_MAX, { 2, GAP }, { 2, PAGE },
		   { 67, RUN }, { 4029, GAP }, { 1, PAGE },
		   { ZVMO_INDEX_MAX - 4100, GAP });
	CHECK_WALK(&tree, 3, 3, { 1, PAGE });
	CHECK_WALK(&tree, 10, 20, { 11, RUN });
	CHECK_WALK(&tree, 63, 71, { 8, RUN }, { 1, GAP });
	CHECK_WALK(&tree, 4101, 4101, { 1, GAP });
	CHECK_WALK(&tree, ZVMO_INDEX_MAX, ZVMO_INDEX_MAX, { 1, GAP });
	CHECK_WALK(&tree, 5, 4, );
	zvmo_tree_destroy(&tree);
}

static void walk_goes_on_after_the_tree_changed(void)
{
	struct zvmo_tree tree = {};
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;

	add_range(&tree, 0, 9);
	zvmo_cursor_init(&cursor, &tree, 0, 999);
	CHECK(zvmo_cursor_next(&cursor, &extent));
	CHECK(zvmo_cursor_next(&cursor, &extent));
	CHECK_EQ(extent.first, 1);
	/* Behind: not seen. Ahead: seen. */
	erase(&tree, 0, 5);
	zero(&tree, 8, 100000);
	CHECK(zvmo_cursor_next(&cursor, &extent));
	CHECK_EQ(extent.first, 2);
	CHECK_EQ(extent.last, 5);
	CHECK_EQ(extent.entry, EMPTY);
	zvmo_tree_destroy(&tree);
	add(&tree, 6);
	CHECK(zvmo_cursor_next(&cursor, &extent));
	CHECK_EQ(extent.entry, zvmo_page_entry(page_at(&tree, 6)));
	CHECK(zvmo_cursor_next(&cursor, &extent));
	CHECK_EQ(extent.last, 999);
	CHECK(!zvmo_cursor_next(&cursor, &extent));
	CHECK(!zvmo_cursor_next(&cursor, &extent));
	zvmo_tree_destroy(&tree);
}

static void count_counts_pages_only(void)
{
	struct zvmo_tree tree = {};
	unsigned long first, last;

	add_range(&tree, 50, 149);
	zero(&tree, 150, 9999);
	for (first = 40; first < 160; first++) {
		for (last = first; last < 160; last++) {
			unsigned long low = max(first, 50UL);
			unsigned long high = min(last, 149UL);

			CHECK_EQ(zvmo_tree_count(&tree, first, last),
				 low <= high ? high - low + 1 : 0);
		}
	}
	CHECK_EQ(zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 100);
	CHECK_EQ(zvmo_tree_count(&tree, 200, ZVMO_INDEX_MAX), 0);
	zvmo_tree_destroy(&tree);
}

static void gather_stops_at_holes_and_at_the_end_of_a_leaf(void)
{
	struct page *pages[200] = {};
	struct zvmo_tree tree = {};

	add_range(&tree, 10, 200);
	erase(&tree, 20, 20);
	zero(&tree, 30, 30);
	CHECK_EQ(zvmo_tree_gather(&tree, 9, pages, 200), 0);
	CHECK_EQ(zvmo_tree_gather(&tree, 10, pages, 200), 10);
	CHECK_EQ(pages[0], page_at(&tree, 10));
	CHECK_EQ(pages[9], page_at(&tree, 19));
	CHECK(!pages[10]);
	CHECK_EQ(zvmo_tree_gather(&tree, 20, pages, 200), 0);
	CHECK_EQ(zvmo_tree_gather(&tree, 21, pages, 200), 9);
	CHECK_EQ(zvmo_tree_gather(&tree, 31, pages, 200), 33);
	CHECK_EQ(zvmo_tree_gather(&tree, 31, pages, 7), 7);
	CHECK_EQ(zvmo_tree_gather(&tree, 31, pages, 0), 0);
	CHECK_EQ(zvmo_tree_gather(&tree, 63, pages, 200), 1);
	CHECK_EQ(zvmo_tree_gather(&tree, 64, pages, 200), 64);
	CHECK_EQ(zvmo_tree_gather(&tree, 5000, pages, 200), 0);
	zvmo_tree_destroy(&tree);
}

/* The first page, or index without one, from @index up to @last. */
static bool seek_finds(const struct zvmo_tree *tree, bool page,
		       unsigned long index, unsigned long last,
		       unsigned long expected)
{
	bool (*seek)(const struct zvmo_tree *tree, unsigned long *index,
		     unsigned long last) = page ? zvmo_tree_next_page :
						  zvmo_tree_next_hole;

	return seek(tree, &index, last) && index == expected;
}

static bool seek_fails(const struct zvmo_tree *tree, bool page,
		       unsigned long index, unsigned long last)
{
	return !(page ? zvmo_tree_next_page(tree, &index, last) :
			zvmo_tree_next_hole(tree, &index, last));
}

/* Zero runs hold no page. */
static void seek_finds_pages_and_places_without(void)
{
	struct zvmo_tree tree = {};

	CHECK(seek_fails(&tree, true, 0, ZVMO_INDEX_MAX));
	CHECK(seek_finds(&tree, false, 0, ZVMO_INDEX_MAX, 0));
	CHECK(seek_finds(&tree, false, 77, 77, 77));

	add_range(&tree, 0, 127);
	zero(&tree, 100, 105);
	add(&tree, 5000);
	CHECK(seek_finds(&tree, true, 0, ZVMO_INDEX_MAX, 0));
	CHECK(seek_finds(&tree, true, 100, ZVMO_INDEX_MAX, 106));
	CHECK(seek_finds(&tree, true, 103, 106, 106));
	CHECK(seek_fails(&tree, true, 103, 105));
	CHECK(seek_finds(&tree, true, 128, ZVMO_INDEX_MAX, 5000));
	CHECK(seek_fails(&tree, true, 5001, ZVMO_INDEX_MAX));
	CHECK(seek_fails(&tree, true, 1UL << 40, ZVMO_INDEX_MAX));

	CHECK(seek_finds(&tree, false, 0, ZVMO_INDEX_MAX, 100));
	CHECK(seek_fails(&tree, false, 0, 99));
	CHECK(seek_finds(&tree, false, 104, 104, 104));
	CHECK(seek_finds(&tree, false, 106, ZVMO_INDEX_MAX, 128));
	CHECK(seek_finds(&tree, false, 5000, ZVMO_INDEX_MAX, 5001));
	CHECK(seek_finds(&tree, false, 1UL << 40, ZVMO_INDEX_MAX, 1UL << 40));

	/* Beyond a tree that is full to its end. */
	zvmo_tree_destroy(&tree);
	add_range(&tree, 0, 63);
	CHECK(seek_finds(&tree, false, 0, ZVMO_INDEX_MAX, 64));
	CHECK(seek_fails(&tree, false, 10, 63));
	add(&tree, ZVMO_INDEX_MAX);
	CHECK(seek_finds(&tree, true, 64, ZVMO_INDEX_MAX, ZVMO_INDEX_MAX));
	CHECK(seek_fails(&tree, false, ZVMO_INDEX_MAX, ZVMO_INDEX_MAX));
	zvmo_tree_destroy(&tree);
}

/* Differences */

/* A difference that must be found. */
struct difference {
	unsigned long first;
	unsigned long last;
	enum zvmo_diff_what what;
};

struct expected_differences {
	const struct difference *list;
	unsigned int nr;
	unsigned int found;
};

static int expect_difference(unsigned long first, unsigned long last,
			     enum zvmo_diff_what what, void *arg)
{
	struct expected_differences *expected = arg;
	const struct difference *next = &expected->list[expected->found++];

	CHECK(expected->found <= expected->nr);
	CHECK_EQ(first, next->first);
	CHECK_EQ(last, next->last);
	CHECK_EQ(what, next->what);
	return 0;
}

#define CHECK_DIFF(a, b, first, last, ...)                                  \
	do {                                                                \
		static const struct difference __list[] = { __VA_ARGS__ };  \
		struct expected_differences __differences = {               \
			.list = __list,                                     \
			.nr = ARRAY_SIZE(__list),                           \
		};                                                          \
                                                                            \
		CHECK_EQ(zvmo_tree_diff((a), (b), (first), (last),          \
					expect_difference, &__differences), \
			 0);                                                \
		CHECK_EQ(__differences.found, __differences.nr);            \
	} while (0)

static void diff_tells_changed_from_added_and_removed(void)
{
	struct zvmo_tree a = {}, b;

	add_range(&a, 0, 300);
	b = clone_all(&a);
	CHECK_DIFF(&a, &b, 0, ZVMO_INDEX_MAX, );
	/* Across a leaf's end: one range. */
	add(&b, 63);
	add(&b, 64);
	zero(&b, 65, 65);
	erase(&b, 100, 110);
	add(&b, 301);
	add(&b, 302);
	CHECK_DIFF(&a, &b, 0, ZVMO_INDEX_MAX, { 63, 65, ZVMO_TREE_CHANGED },
		   { 100, 110, ZVMO_TREE_ONLY_A },
		   { 301, 302, ZVMO_TREE_ONLY_B });
	CHECK_DIFF(&b, &a, 0, ZVMO_INDEX_MAX, { 63, 65, ZVMO_TREE_CHANGED },
		   { 100, 110, ZVMO_TREE_ONLY_B },
		   { 301, 302, ZVMO_TREE_ONLY_A });
	CHECK_DIFF(&a, &b, 64, 105, { 64, 65, ZVMO_TREE_CHANGED },
		   { 100, 105, ZVMO_TREE_ONLY_A });
	CHECK_DIFF(&a, &b, 66, 99, );
	CHECK_DIFF(&a, &b, 302, 302, { 302, 302, ZVMO_TREE_ONLY_B });
	CHECK_DIFF(&a, &b, 1UL << 40, ZVMO_INDEX_MAX, );
	zvmo_tree_destroy(&a);
	zvmo_tree_destroy(&b);
}

static void diff_compares_trees_of_different_height(void)
{
	struct zvmo_tree empty = {}, low = {}, high;

	add(&low, 5);
	zero(&low, 6, 63);
	high = clone_all(&low);
	add(&high, 1UL << 40);
	CHECK_DIFF(&low, &high, 0, ZVMO_INDEX_MAX,
		   { 1UL << 40, 1UL << 40, ZVMO_TREE_ONLY_B });
	CHECK_DIFF(&high, &low, 0, ZVMO_INDEX_MAX,
		   { 1UL << 40, 1UL << 40, ZVMO_TREE_ONLY_A });
	CHECK_DIFF(&empty, &high, 0, ZVMO_INDEX_MAX,
		   { 5, 63, ZVMO_TREE_ONLY_B },
		   { 1UL << 40, 1UL << 40, ZVMO_TREE_ONLY_B });
	CHECK_DIFF(&low, &empty, 0, ZVMO_INDEX_MAX,
		   { 5, 63, ZVMO_TREE_ONLY_A });
	zvmo_tree_destroy(&low);
	zvmo_tree_destroy(&high);
}

static void diff_compares_runs_by_what_they_say(void)
{
	struct zvmo_tree a = {}, b = {};

	/* The same zeros in roots of different height are no difference. */
	zero(&a, 0, 63);
	zero(&b, 0, 4095);
	erase(&b, 64, 4095);
	CHECK_DIFF(&a, &b, 0, ZVMO_INDEX_MAX, );
	/* A run against pages inside; against nothing beyond. */
	zero(&a, 0, 1UL << 20);
	add(&b, 10);
	CHECK_DIFF(&a, &b, 0, ZVMO_INDEX_MAX, { 10, 10, ZVMO_TREE_CHANGED },
		   { 64, 1UL << 20, ZVMO_TREE_ONLY_A });
	/* Zeros with other flags are other entries. */
	CHECK_EQ(zvmo_tree_store_zero(&b, 64, 1UL << 20,
				      ZERO | ZVMO_ENTRY_ALWAYS_NEED),
		 0);
	CHECK_DIFF(&a, &b, 11, ZVMO_INDEX_MAX,
		   { 64, 1UL << 20, ZVMO_TREE_CHANGED });
	zvmo_tree_destroy(&a);
	zvmo_tree_destroy(&b);
}

static int stop_at_second(unsigned long first, unsigned long last,
			  enum zvmo_diff_what what, void *arg)
{
	unsigned int *nr = arg;

	(void)first;
	(void)last;
	(void)what;
	return ++*nr == 2 ? -77 : 0;
}

static void diff_stops_when_told(void)
{
	struct zvmo_tree a = {}, b = {};
	unsigned int nr = 0;

	add(&a, 1);
	add(&a, 3);
	add(&a, 500);
	CHECK_EQ(zvmo_tree_diff(&a, &b, 0, ZVMO_INDEX_MAX, stop_at_second, &nr),
		 -77);
	CHECK_EQ(nr, 2);
	/* At the very last range, too. */
	nr = 0;
	CHECK_EQ(zvmo_tree_diff(&a, &b, 0, 3, stop_at_second, &nr), -77);
	CHECK_EQ(nr, 2);
	zvmo_tree_destroy(&a);
}

/* Shared leaves may not be looked at: the sanitizer would tell. */
static void diff_skips_what_is_shared(void)
{
	struct zvmo_tree a = {}, b;
	unsigned int i, nr_shared = 0;

	add_range(&a, 0, 4095);
	b = clone_all(&a);
	add(&b, 1000);
	CHECK(a.root->shift == ZVMO_NODE_SHIFT);
	for (i = 0; i < ZVMO_NODE_SLOTS; i++) {
		if (a.root->slots[i] != b.root->slots[i])
			continue;
		nr_shared++;
		ASAN_POISON_MEMORY_REGION((void *)a.root->slots[i],
					  sizeof(struct zvmo_node));
	}
	CHECK_EQ(nr_shared, 63);
	CHECK_DIFF(&a, &b, 0, ZVMO_INDEX_MAX,
		   { 1000, 1000, ZVMO_TREE_CHANGED });
	for (i = 0; i < ZVMO_NODE_SLOTS; i++)
		ASAN_UNPOISON_MEMORY_REGION((void *)a.root->slots[i],
					    sizeof(struct zvmo_node));
	zvmo_tree_destroy(&a);
	zvmo_tree_destroy(&b);
}

/* Splice lists */

static void splice_moves_entries_and_gaps(void)
{
	/* From the same leaf place to another, and from tree to tree. */
	static const unsigned long places[] = {
		100,	    101,       64,
		164,	    0,	       4095,
		4096 + 100, 1UL << 30, ZVMO_INDEX_MAX - 99,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct zvmo_tree src = {}, dst = {};
		unsigned long to = places[i];
		struct zvmo_splice splice;
		struct page *a, *b;

		/* At 100: a b . . 0 0 0 ... (93 more) and one beyond. */
		a = add(&src, 100);
		b = add(&src, 101);
		zero(&src, 104, 106);
		add(&src, 99);
		add(&src, 200);
		CHECK_EQ(zvmo_splice_take(&splice, &src, 100, 199), 0);
		ACCOUNT(&src, &splice.tree);
		CHECK_WALK(&src, 0, 200, { 99, GAP }, { 1, PAGE }, { 100, GAP },
			   { 1, PAGE });
		CHECK_EQ(zvmo_splice_put(&splice, &dst, to), 0);
		CHECK(splice.done);
		ACCOUNT(&src, &splice.tree, &dst);
		zvmo_splice_destroy(&splice);
		ACCOUNT(&src, &dst);
		CHECK_WALK(&dst, to, to + 99, { 2, PAGE }, { 2, GAP },
			   { 3, RUN }, { 93, GAP });
		CHECK_EQ(page_at(&dst, to), a);
		CHECK_EQ(page_at(&dst, to + 1), b);
		CHECK(exclusive_at(&dst, to));
		CHECK_EQ(zvmo_tree_count(&dst, 0, ZVMO_INDEX_MAX), 2);
		zvmo_tree_destroy(&src);
		zvmo_tree_destroy(&dst);
	}
}

static void splice_put_keeps_what_is_there(void)
{
	struct zvmo_tree src = {}, dst = {};
	struct zvmo_splice splice;
	struct page *kept;

	/* src: a b c 0 0 0 d   dst: . X 0 . X . .   then: a X 0 0 X 0 d */
	add_range(&src, 0, 2);
	zero(&src, 3, 5);
	add(&src, 6);
	kept = add(&dst, 1);
	zero(&dst, 2, 2);
	add(&dst, 4);
	CHECK_EQ(zvmo_splice_take(&splice, &src, 0, 6), 0);
	CHECK(!src.root);
	CHECK_EQ(zvmo_splice_put(&splice, &dst, 0), 0);
	zvmo_splice_destroy(&splice);
	CHECK_WALK(&dst, 0, 7, { 2, PAGE }, { 2, RUN }, { 1, PAGE }, { 1, RUN },
		   { 1, PAGE }, { 1, GAP });
	CHECK_EQ(page_at(&dst, 1), kept);
	/* b and c are gone. */
	CHECK_EQ(zvmo_page_count_all(), 4);
	ACCOUNT(&dst);
	zvmo_tree_destroy(&dst);
}

static void splice_take_leaves_relatives_alone(void)
{
	struct zvmo_tree tree = {}, relative;
	struct zvmo_splice splice;

	add_range(&tree, 0, 999);
	relative = clone_all(&tree);
	CHECK_EQ(zvmo_splice_take(&splice, &tree, 10, 989), 0);
	CHECK_EQ(zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 20);
	CHECK_EQ(zvmo_tree_count(&relative, 0, ZVMO_INDEX_MAX), 1000);
	CHECK_EQ(zvmo_page_count_all(), 1000);
	ACCOUNT(&tree, &relative, &splice.tree);
	/* What is not put is freed; relatives keep theirs. */
	zvmo_tree_destroy(&relative);
	zvmo_splice_destroy(&splice);
	CHECK_EQ(zvmo_page_count_all(), 20);
	ACCOUNT(&tree);
	zvmo_tree_destroy(&tree);
}

static void splice_take_of_a_subtree_costs_its_edges(void)
{
	struct zvmo_tree tree = {};
	struct zvmo_splice splice;
	unsigned long allocs;

	add_range(&tree, 0, 3 * 4096 - 1);
	allocs = shim_allocs();
	CHECK_EQ(zvmo_splice_take(&splice, &tree, 4096 - 64, 2 * 4096 + 63), 0);
	/* A root and two inner nodes of the list; nothing a page. */
	CHECK(shim_allocs() - allocs < 10);
	CHECK_EQ(zvmo_tree_count(&splice.tree, 0, ZVMO_INDEX_MAX), 4096 + 128);
	ACCOUNT(&tree, &splice.tree);
	zvmo_splice_destroy(&splice);
	zvmo_tree_destroy(&tree);
}

static void splice_of_nothing(void)
{
	struct zvmo_tree src = {}, dst = {};
	struct zvmo_splice splice;

	add(&src, 0);
	add(&dst, 100);
	CHECK_EQ(zvmo_splice_take(&splice, &src, 10, 1UL << 40), 0);
	CHECK_EQ(zvmo_splice_put(&splice, &dst, 0), 0);
	CHECK(splice.done);
	CHECK_EQ(zvmo_splice_put(&splice, &dst, 0), 0);
	zvmo_splice_destroy(&splice);
	CHECK_EQ(zvmo_tree_count(&dst, 0, ZVMO_INDEX_MAX), 1);
	ACCOUNT(&src, &dst);
	zvmo_tree_destroy(&src);
	zvmo_tree_destroy(&dst);
}

static void splice_put_goes_on_where_memory_ran_out(void)
{
	struct zvmo_tree src = {}, dst = {};
	struct zvmo_splice splice;
	unsigned int nr_failed = 0;

	add_range(&src, 0, 199);
	CHECK_EQ(zvmo_splice_take(&splice, &src, 0, 199), 0);
	add(&dst, 2000);
	for (;;) {
		unsigned long before = splice.next;

		/* Each of the leaves is one allocation. */
		shim_fail_nth(2);
		if (!zvmo_splice_put(&splice, &dst, 1000 + splice.next))
			break;
		nr_failed++;
		CHECK(splice.next > before && !splice.done);
		CHECK_EQ(zvmo_tree_count(&dst, 1000, 1199), splice.next);
		CHECK(!page_at(&dst, 1000 + splice.next));
		ACCOUNT(&dst, &splice.tree);
	}
	CHECK_EQ(nr_failed, 3);
	CHECK(splice.done);
	shim_fail_nth(0);
	zvmo_splice_destroy(&splice);
	CHECK_EQ(zvmo_tree_count(&dst, 1000, 1199), 200);
	CHECK(exclusive_at(&dst, 1000) && exclusive_at(&dst, 1199));
	ACCOUNT(&dst);
	zvmo_tree_destroy(&dst);
}

/* Lack of memory */

/*
 * Each operation in a state in which it needs memory: fails at each of its
 * allocations, has changed nothing then, and succeeds in the end. (That is
 * what model->sweep does; here we see that it is done.)
 */
static void operations_that_fail_change_nothing(void)
{
	static const struct model_island island = { 4000, 4200 };
	const unsigned int low = 1 + 10, high = 1 + 190;
	struct model_tree *a, *b, *c;
	struct model model;
	unsigned long nr;

	model_init(&model, &island, 1);
	a = &model.trees[0];
	b = &model.trees[1];
	c = &model.trees[2];
	model.sweep = true;

#define CHECK_FAILED()                       \
	do {                                 \
		CHECK(model.nr_failed > nr); \
		model_verify(&model, true);  \
		nr = model.nr_failed;        \
	} while (0)

	nr = 0;
	model_create(&model, a);
	model_write(&model, a, low, 0, false);
	CHECK_FAILED();
	model_write(&model, a, high, 0, true);
	CHECK_FAILED();
	/* Into a run that spans all. */
	model_store_zero(&model, a, 0, model.nr_cells - 1, 0);
	model_erase(&model, a, low, high, true);
	CHECK_FAILED();
	model_clone(&model, b, a, low - 5, high + 5);
	CHECK_FAILED();
	/* In leaves that are shared. */
	model_clone(&model, c, b, 0, model.nr_cells - 1);
	nr = model.nr_failed;
	model_mark_zero(&model, c, low, 0);
	CHECK_FAILED();
	model_store_zero(&model, b, low + 1, high - 1, 0);
	CHECK_FAILED();
	model_write(&model, c, low + 70, 0, false);
	model_clone(&model, &model.trees[3], c, 0, model.nr_cells - 1);
	nr = model.nr_failed;
	model_erase(&model, c, low + 30, high - 20, false);
	CHECK_FAILED();
	model_splice_take(&model, &model.trees[3], low - 2, high - 3);
	CHECK_FAILED();
	model_splice_put(&model, c, low + 7);
	CHECK_FAILED();
	model_splice_destroy(&model);
#undef CHECK_FAILED

	model_destroy(&model, a);
	model_destroy(&model, b);
	model_destroy(&model, c);
	model_destroy(&model, &model.trees[3]);
	model_exit(&model);
}

#define CASE(name)          \
	{                   \
#name, name \
	}

const struct harness_case unit_cases[] = {
	CASE(page_is_freed_by_its_last_holder),
	CASE(page_that_others_reference_outlives_its_holder),
	CASE(page_identity_is_cleared_on_demand),
	CASE(page_alloc_and_cache_report_lack_of_memory),
	CASE(empty_tree_has_nothing),
	CASE(store_makes_the_tree_as_high_as_needed),
	CASE(store_at_all_boundaries_in_one_tree),
	CASE(store_over_page_hands_back_the_old_page),
	CASE(store_keeps_the_flags_of_an_entry),
	CASE(store_into_zero_run_splits_it_at_each_level),
	CASE(zero_markers_become_a_run_when_a_leaf_is_full),
	CASE(zero_run_of_a_root_stays_maximal_when_a_higher_tree_adopts_it),
	CASE(zero_run_of_a_root_stays_maximal_when_the_tree_grows),
	CASE(terabyte_of_zeros_costs_a_few_slots),
	CASE(store_zero_between_any_two_boundaries),
	CASE(store_zero_drops_the_pages_it_covers),
	CASE(erase_cuts_zero_runs_anywhere),
	CASE(erase_leaves_no_empty_nodes),
	CASE(erase_hands_out_pages_of_its_own_leaves),
	CASE(clone_of_everything_is_one_increment),
	CASE(clone_trims_edges_at_every_alignment),
	CASE(clone_trims_zero_runs_at_any_two_boundaries),
	CASE(clone_cuts_off_a_single_page),
	CASE(clone_of_nothing_is_empty),
	CASE(clone_holds_nothing_outside_its_window),
	CASE(clones_diverge_one_path_at_a_time),
	CASE(exposed_marks_are_found_from_any_height),
	CASE(exposed_marks_stay_where_the_callback_says),
	CASE(exposed_mark_goes_with_the_page),
	CASE(clone_beside_exposed_pages),
	CASE(walk_finds_pages_runs_and_gaps),
	CASE(walk_goes_on_after_the_tree_changed),
	CASE(count_counts_pages_only),
	CASE(gather_stops_at_holes_and_at_the_end_of_a_leaf),
	CASE(seek_finds_pages_and_places_without),
	CASE(diff_tells_changed_from_added_and_removed),
	CASE(diff_compares_trees_of_different_height),
	CASE(diff_compares_runs_by_what_they_say),
	CASE(diff_stops_when_told),
	CASE(diff_skips_what_is_shared),
	CASE(splice_moves_entries_and_gaps),
	CASE(splice_put_keeps_what_is_there),
	CASE(splice_take_leaves_relatives_alone),
	CASE(splice_take_of_a_subtree_costs_its_edges),
	CASE(splice_of_nothing),
	CASE(splice_put_goes_on_where_memory_ran_out),
	CASE(operations_that_fail_change_nothing),
};

const unsigned int nr_unit_cases = ARRAY_SIZE(unit_cases);
