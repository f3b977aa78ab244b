// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - the page tree
 *
 * What user space cannot see: nodes and who owns them, share counts, exposed
 * marks, and that an operation which runs out of memory has changed nothing.
 * Rows are explained in rows.h. A leaf has 64 slots: indexes 0 to 63, 64 to 127,
 * and so on.
 */
#include "fixture.h"
#include "page.h"
#include "page_tree_node.h"
#include "rows.h"

static struct zvmo_tree clone_of(struct kunit *test,
				 const struct zvmo_tree *tree,
				 unsigned long first, unsigned long last)
{
	struct zvmo_tree clone;

	KUNIT_ASSERT_EQ(test, zvmo_tree_clone(&clone, tree, first, last), 0);
	return clone;
}

static struct zvmo_tree clone_whole(struct kunit *test,
				    const struct zvmo_tree *tree)
{
	return clone_of(test, tree, 0, ZVMO_INDEX_MAX);
}

static int erase(struct zvmo_tree *tree, unsigned long first,
		 unsigned long last)
{
	return zvmo_tree_erase(tree, first, last, NULL, NULL);
}

static struct zvmo_node *child_of(const struct zvmo_node *node, unsigned int i)
{
	return entry_node(node->slots[i]);
}

/* Growing and shrinking */

/* A tree without anything in it has no node. */
static void nothing_takes_no_node(struct kunit *test)
{
	struct zvmo_tree tree = {};

	KUNIT_EXPECT_EQ(test, zvmo_tree_lookup(&tree, 0), ZVMO_ENTRY_EMPTY);
	KUNIT_EXPECT_EQ(test, zvmo_tree_lookup(&tree, ZVMO_INDEX_MAX),
			ZVMO_ENTRY_EMPTY);
	KUNIT_EXPECT_EQ(test, zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 0UL);
	KUNIT_EXPECT_EQ(test, erase(&tree, 0, ZVMO_INDEX_MAX), 0);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	EXPECT_SOUND(&tree);
}

/*
 * A tree is as high as its largest index needs. Index 63 fits into a leaf; 64
 * needs a root above two leaves; the last index of all needs every level.
 */
static void a_tree_is_as_high_as_its_largest_index(struct kunit *test)
{
	struct zvmo_tree tree = {};

	STORE(&tree, 63, "a");
	KUNIT_EXPECT_EQ(test, NODES, 1L);
	KUNIT_EXPECT_EQ(test, tree.root->shift, 0);
	STORE(&tree, 64, "b");
	KUNIT_EXPECT_EQ(test, NODES, 3L);
	KUNIT_EXPECT_EQ(test, tree.root->shift, 6);
	STORE(&tree, ZVMO_INDEX_MAX, "z");
	KUNIT_EXPECT_EQ(test, shift_last(tree.root->shift) >= ZVMO_INDEX_MAX,
			true);
	/* Levels above the old root, and a path down to the new leaf. */
	KUNIT_EXPECT_EQ(test, NODES,
			3L + (ZVMO_TREE_LEVELS - 2) + (ZVMO_TREE_LEVELS - 1));
	EXPECT_ROW(&tree, 62, ".ab.");
	KUNIT_EXPECT_EQ(test, zvmo_tree_count(&tree, 0, ZVMO_INDEX_MAX), 3UL);
	EXPECT_SOUND(&tree);
	zvmo_tree_destroy(&tree);
}

/* Nodes that become empty go at once; the last one takes the root along. */
static void empty_nodes_go(struct kunit *test)
{
	struct zvmo_tree tree = {};

	STORE(&tree, 63, "ab");
	KUNIT_EXPECT_EQ(test, erase(&tree, 64, 64), 0);
	KUNIT_EXPECT_EQ(test, NODES, 2L);
	EXPECT_SOUND(&tree);
	KUNIT_EXPECT_EQ(test, erase(&tree, 63, 63), 0);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	KUNIT_EXPECT_PTR_EQ(test, tree.root, (struct zvmo_node *)NULL);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
}

/* Who stores over a page gets it handed back, and becomes its holder. */
static void store_hands_back_what_was_there(struct kunit *test)
{
	struct zvmo_tree tree = {};
	struct page *a = zvmo_test_page(test, 'a');
	struct page *b = zvmo_test_page(test, 'b');
	zvmo_entry_t old;

	KUNIT_ASSERT_EQ(test,
			zvmo_tree_store(&tree, 5, zvmo_page_entry(a), &old), 0);
	KUNIT_EXPECT_EQ(test, old, ZVMO_ENTRY_EMPTY);
	KUNIT_ASSERT_EQ(test,
			zvmo_tree_store(&tree, 5, zvmo_page_entry(b), &old), 0);
	KUNIT_EXPECT_EQ(test, old, zvmo_page_entry(a));
	KUNIT_EXPECT_EQ(test, PAGES, 2L);
	zvmo_page_put(a);
	EXPECT_ROW(&tree, 4, ".b.");
	zvmo_tree_destroy(&tree);
}

/* Zero runs */

/*
 * 64 explicit zeros in one leaf are one run in the slot above, without a leaf.
 * A page among them spells the leaf out again, and zero in its place makes it
 * one run once more.
 */
static void a_leaf_of_zeros_is_one_run(struct kunit *test)
{
	struct zvmo_tree tree = {};

	STORE(&tree, 0, "a");
	KUNIT_ASSERT_EQ(
		test, zvmo_tree_store_zero(&tree, 64, 127, ZVMO_ENTRY_ZERO), 0);
	KUNIT_EXPECT_EQ(test, NODES, 2L);
	KUNIT_EXPECT_EQ(test, tree.root->slots[1], ZVMO_ENTRY_ZERO);
	STORE(&tree, 70, "b");
	KUNIT_EXPECT_EQ(test, NODES, 3L);
	EXPECT_ROW(&tree, 69, "0b0");
	EXPECT_ROW(&tree, 126, "00.");
	STORE(&tree, 70, "0");
	KUNIT_EXPECT_EQ(test, NODES, 2L);
	KUNIT_EXPECT_EQ(test, tree.root->slots[1], ZVMO_ENTRY_ZERO);
	EXPECT_SOUND(&tree);
	zvmo_tree_destroy(&tree);
}

/* Zero over pages lets go of them; in a clone, of the clone's hold only. */
static void zero_lets_go_of_pages(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 0, "abc");
	clone = clone_whole(test, &tree);
	KUNIT_ASSERT_EQ(test,
			zvmo_tree_store_zero(&clone, 1, 4, ZVMO_ENTRY_ZERO), 0);
	EXPECT_ROW(&clone, 0, "a0000.");
	EXPECT_ROW(&tree, 0, "abc...");
	EXPECT_SHARES(&tree, 0, "100");
	zvmo_tree_destroy(&tree);
	KUNIT_EXPECT_EQ(test, PAGES, 1L);
	zvmo_tree_destroy(&clone);
}

/* Sharing */

/* A clone of everything is one reference to the root: no node, no page. */
static void a_clone_is_one_reference(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 63, "ab");
	clone = clone_whole(test, &tree);
	KUNIT_EXPECT_PTR_EQ(test, clone.root, tree.root);
	KUNIT_EXPECT_EQ(test, atomic_read(&tree.root->refs), 2);
	KUNIT_EXPECT_EQ(test, NODES, 3L);
	KUNIT_EXPECT_EQ(test, PAGES, 2L);
	zvmo_tree_destroy(&clone);
	KUNIT_EXPECT_EQ(test, atomic_read(&tree.root->refs), 1);
	zvmo_tree_destroy(&tree);
}

/*
 * The share count alone does not say that a page is shared: below a shared node
 * it is 0, and yet the page has two trees.
 */
static void below_a_shared_node_nothing_is_exclusive(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 63, "ab");
	EXPECT_EXCLUSIVE(&tree, 63, "xx");
	clone = clone_whole(test, &tree);
	EXPECT_SHARES(&tree, 63, "00");
	EXPECT_EXCLUSIVE(&tree, 63, "ss");
	EXPECT_EXCLUSIVE(&clone, 63, "ss");
	zvmo_tree_destroy(&tree);
	EXPECT_EXCLUSIVE(&clone, 63, "xx");
	zvmo_tree_destroy(&clone);
}

/*
 * Who changes a shared tree copies the path to the change and no more. Leaves
 * ab and cd: storing over c in the clone copies the root and leaf cd. Leaf ab
 * has two owners now; page d two slots; and c is the first tree's again.
 */
static void a_change_copies_its_path(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 62, "abcd");
	clone = clone_whole(test, &tree);
	STORE(&clone, 64, "x");
	KUNIT_EXPECT_EQ(test, NODES, 5L);
	KUNIT_EXPECT_PTR_EQ(test, child_of(tree.root, 0),
			    child_of(clone.root, 0));
	KUNIT_EXPECT_EQ(test, atomic_read(&child_of(tree.root, 0)->refs), 2);
	EXPECT_ROW(&tree, 62, "abcd");
	EXPECT_ROW(&clone, 62, "abxd");
	EXPECT_SHARES(&tree, 62, "0001");
	EXPECT_EXCLUSIVE(&tree, 62, "ssxs");
	EXPECT_EXCLUSIVE(&clone, 62, "ssxs");
	EXPECT_SOUND(&tree);
	EXPECT_SOUND(&clone);
	zvmo_tree_destroy(&clone);
	EXPECT_EXCLUSIVE(&tree, 62, "xxxx");
	EXPECT_SHARES(&tree, 62, "0000");
	KUNIT_EXPECT_EQ(test, NODES, 3L);
	zvmo_tree_destroy(&tree);
}

/* Three trees of one leaf: each copy adds a slot to every page in it. */
static void every_copy_of_a_leaf_shares_its_pages(struct kunit *test)
{
	struct zvmo_tree tree = {}, one, two;

	STORE(&tree, 0, "abc");
	one = clone_whole(test, &tree);
	two = clone_whole(test, &tree);
	STORE(&one, 0, "x");
	STORE(&two, 1, "y");
	/* a: tree and two; b: tree and one; c: all three. */
	EXPECT_SHARES(&tree, 0, "112");
	zvmo_tree_destroy(&one);
	EXPECT_SHARES(&tree, 0, "101");
	zvmo_tree_destroy(&two);
	EXPECT_SHARES(&tree, 0, "000");
	zvmo_tree_destroy(&tree);
}

/* A tree that erases what it shares leaves its relatives theirs. */
static void erase_leaves_relatives_theirs(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 62, "abcd");
	clone = clone_whole(test, &tree);
	KUNIT_EXPECT_EQ(test, erase(&clone, 63, 64), 0);
	EXPECT_ROW(&clone, 62, "a..d");
	EXPECT_ROW(&tree, 62, "abcd");
	EXPECT_EXCLUSIVE(&tree, 62, "sxxs");
	EXPECT_SOUND(&clone);
	zvmo_tree_destroy(&tree);
	KUNIT_EXPECT_EQ(test, PAGES, 2L);
	zvmo_tree_destroy(&clone);
}

struct removed {
	char letters[16];
	unsigned int nr;
};

static void note_removed(unsigned long index, struct page *page, void *arg)
{
	struct removed *removed = arg;
	char letter;

	memcpy_from_page(&letter, page, 0, 1);
	removed->letters[removed->nr++] = letter;
	zvmo_page_put(page);
}

/* Erasing tells of pages in leaves that are the tree's own, and only these. */
static void erase_tells_of_its_own_pages(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;
	struct removed removed = {};

	STORE(&tree, 62, "abcd");
	clone = clone_of(test, &tree, 64, ZVMO_INDEX_MAX);
	KUNIT_EXPECT_EQ(test,
			zvmo_tree_erase(&tree, 0, 127, note_removed, &removed),
			0);
	KUNIT_EXPECT_STREQ(test, removed.letters, "ab");
	EXPECT_ROW(&clone, 62, "..cd");
	zvmo_tree_destroy(&clone);
}

/* Windows */

/*
 * A clone of a window holds nothing outside, not even where that shares a leaf
 * with what is inside: of abcd the window [1, 2] holds b and c.
 */
static void a_window_holds_nothing_outside(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 0, "abcd");
	clone = clone_of(test, &tree, 1, 2);
	EXPECT_ROW(&clone, 0, ".bc.");
	EXPECT_SHARES(&tree, 0, "0110");
	EXPECT_EXCLUSIVE(&tree, 0, "xssx");
	zvmo_tree_destroy(&tree);
	KUNIT_EXPECT_EQ(test, PAGES, 2L);
	EXPECT_EXCLUSIVE(&clone, 0, ".xx.");
	zvmo_tree_destroy(&clone);
}

/* Only the two edges are copied: the leaf between them is shared whole. */
static void a_window_copies_its_edges(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 62, "ab");
	STORE(&tree, 64, "c");
	STORE(&tree, 128, "de");
	KUNIT_EXPECT_EQ(test, NODES, 4L);
	clone = clone_of(test, &tree, 63, 128);
	KUNIT_EXPECT_EQ(test, NODES, 4L + 3L);
	EXPECT_ROW(&clone, 62, ".bc");
	EXPECT_ROW(&clone, 128, "d.");
	EXPECT_SHARES(&tree, 62, "010");
	EXPECT_SHARES(&tree, 128, "10");
	KUNIT_EXPECT_PTR_EQ(test, child_of(tree.root, 1),
			    child_of(clone.root, 1));
	EXPECT_SOUND(&clone);
	zvmo_tree_destroy(&clone);
	zvmo_tree_destroy(&tree);
}

/* Of a zero run a window takes its part. */
static void a_window_cuts_a_run(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	KUNIT_ASSERT_EQ(
		test, zvmo_tree_store_zero(&tree, 0, 255, ZVMO_ENTRY_ZERO), 0);
	clone = clone_of(test, &tree, 62, 65);
	EXPECT_ROW(&clone, 61, ".0000.");
	EXPECT_ROW(&tree, 61, "000000");
	EXPECT_SOUND(&clone);
	zvmo_tree_destroy(&clone);
	zvmo_tree_destroy(&tree);
}

/* A window over nothing is nothing. */
static void an_empty_window_takes_no_node(struct kunit *test)
{
	struct zvmo_tree tree = {}, clone;

	STORE(&tree, 0, "a");
	STORE(&tree, 200, "b");
	clone = clone_of(test, &tree, 10, 190);
	KUNIT_EXPECT_PTR_EQ(test, clone.root, (struct zvmo_node *)NULL);
	clone = clone_of(test, &tree, 1UL << 30, ZVMO_INDEX_MAX);
	KUNIT_EXPECT_PTR_EQ(test, clone.root, (struct zvmo_node *)NULL);
	zvmo_tree_destroy(&tree);
}

/* Exposed marks */

static u64 conceal_all(unsigned long base, const zvmo_entry_t *slots, u64 marks,
		       void *arg)
{
	*(unsigned long *)arg += hweight64(marks);
	return marks;
}

static u64 conceal_none(unsigned long base, const zvmo_entry_t *slots,
			u64 marks, void *arg)
{
	*(unsigned long *)arg += hweight64(marks);
	return 0;
}

static unsigned long conceal(struct zvmo_tree *tree, unsigned long first,
			     unsigned long last, zvmo_conceal_fn fn)
{
	unsigned long nr = 0;

	zvmo_tree_conceal(tree, first, last, fn, &nr);
	return nr;
}

/* A mark in a leaf is summarised in every node above, and goes from there too. */
static void marks_are_summarised_upwards(struct kunit *test)
{
	struct zvmo_tree tree = {};

	STORE(&tree, 62, "abcd");
	zvmo_tree_expose(&tree, 64);
	zvmo_tree_expose(&tree, 65);
	EXPECT_EXPOSED(&tree, 62, "--ee");
	KUNIT_EXPECT_EQ(test, tree.root->exposed, BIT_ULL(1));
	EXPECT_SOUND(&tree);
	KUNIT_EXPECT_EQ(test, conceal(&tree, 64, 64, conceal_all), 1UL);
	KUNIT_EXPECT_EQ(test, tree.root->exposed, BIT_ULL(1));
	EXPECT_EXPOSED(&tree, 62, "---e");
	KUNIT_EXPECT_EQ(test, conceal(&tree, 0, 127, conceal_all), 1UL);
	KUNIT_EXPECT_EQ(test, tree.root->exposed, 0ULL);
	EXPECT_SOUND(&tree);
	zvmo_tree_destroy(&tree);
}

/* A mark that the visitor does not give up stays. */
static void a_mark_may_stay(struct kunit *test)
{
	struct zvmo_tree tree = {};

	STORE(&tree, 64, "a");
	zvmo_tree_expose(&tree, 64);
	KUNIT_EXPECT_EQ(test, conceal(&tree, 0, 127, conceal_none), 1UL);
	EXPECT_EXPOSED(&tree, 64, "e");
	EXPECT_SOUND(&tree);
	zvmo_tree_destroy(&tree);
}

/* A page that leaves takes its mark along, whichever way it goes. */
static void a_mark_goes_with_its_page(struct kunit *test)
{
	struct zvmo_tree tree = {};
	unsigned long index;

	STORE(&tree, 64, "abc");
	for (index = 64; index <= 66; index++)
		zvmo_tree_expose(&tree, index);
	STORE(&tree, 64, "x");
	EXPECT_EXPOSED(&tree, 64, "-ee");
	KUNIT_EXPECT_EQ(test, erase(&tree, 65, 65), 0);
	EXPECT_EXPOSED(&tree, 64, "-.e");
	KUNIT_EXPECT_EQ(
		test, zvmo_tree_store_zero(&tree, 66, 66, ZVMO_ENTRY_ZERO), 0);
	EXPECT_EXPOSED(&tree, 64, "-..");
	KUNIT_EXPECT_EQ(test, tree.root->exposed, 0ULL);
	EXPECT_SOUND(&tree);
	zvmo_tree_destroy(&tree);
}

/* Looking */

/* Of ab..00 a walk tells: page, page, a gap of two, zeros to the end. */
static void a_walk_tells_stretches(struct kunit *test)
{
	static const struct {
		unsigned long first, last;
		char what;
	} want[] = {
		{ 62, 62, 'a' }, { 63, 63, 'b' }, { 64, 65, '.' },
		{ 66, 67, '0' }, { 68, 99, '.' },
	};
	struct zvmo_tree tree = {};
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;
	unsigned int i;

	STORE(&tree, 62, "ab..00");
	zvmo_cursor_init(&cursor, &tree, 62, 99);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_ASSERT_TRUE(test, zvmo_cursor_next(&cursor, &extent));
		KUNIT_EXPECT_EQ(test, extent.first, want[i].first);
		KUNIT_EXPECT_EQ(test, extent.last, want[i].last);
		KUNIT_EXPECT_EQ(test, zvmo_entry_is_page(extent.entry),
				want[i].what >= 'a');
		KUNIT_EXPECT_EQ(test, zvmo_entry_is_zero(extent.entry),
				want[i].what == '0');
	}
	KUNIT_EXPECT_FALSE(test, zvmo_cursor_next(&cursor, &extent));
	zvmo_tree_destroy(&tree);
}

/* Pages are gathered up to the first index without one, or a leaf's end. */
static void gathering_ends_at_a_hole_or_a_leaf(struct kunit *test)
{
	struct zvmo_tree tree = {};
	struct page *pages[8];

	STORE(&tree, 60, "ab.cde");
	KUNIT_EXPECT_EQ(test, zvmo_tree_gather(&tree, 60, pages, 8), 2U);
	KUNIT_EXPECT_EQ(test, zvmo_tree_gather(&tree, 60, pages, 1), 1U);
	KUNIT_EXPECT_EQ(test, zvmo_tree_gather(&tree, 62, pages, 8), 0U);
	KUNIT_EXPECT_EQ(test, zvmo_tree_gather(&tree, 63, pages, 8), 1U);
	KUNIT_EXPECT_EQ(test, zvmo_tree_gather(&tree, 64, pages, 8), 2U);
	KUNIT_EXPECT_EQ(test, zvmo_tree_gather(&tree, 128, pages, 8), 0U);
	zvmo_tree_destroy(&tree);
}

/* Zeros are holes to who seeks pages. */
static void seeking_skips_what_is_not_sought(struct kunit *test)
{
	struct zvmo_tree tree = {};
	unsigned long index = 0;

	STORE(&tree, 62, "0ab0c");
	KUNIT_EXPECT_TRUE(test, zvmo_tree_next_page(&tree, &index, 99));
	KUNIT_EXPECT_EQ(test, index, 63UL);
	KUNIT_EXPECT_TRUE(test, zvmo_tree_next_hole(&tree, &index, 99));
	KUNIT_EXPECT_EQ(test, index, 65UL);
	KUNIT_EXPECT_TRUE(test, zvmo_tree_next_page(&tree, &index, 99));
	KUNIT_EXPECT_EQ(test, index, 66UL);
	index = 67;
	KUNIT_EXPECT_FALSE(test, zvmo_tree_next_page(&tree, &index, 99));
	index = 63;
	KUNIT_EXPECT_FALSE(test, zvmo_tree_next_hole(&tree, &index, 64));
	zvmo_tree_destroy(&tree);
}

/* Want of memory: nothing has changed */

/* A tree of two leaves, and a clone that shares all of it. */
struct pair {
	struct zvmo_tree tree;
	struct zvmo_tree clone;
};

#define PAIR_ROW "abcd"
#define PAIR_NODES 3L

static struct pair make_pair(struct kunit *test)
{
	struct pair pair = {};

	STORE(&pair.tree, 62, PAIR_ROW);
	pair.clone = clone_whole(test, &pair.tree);
	return pair;
}

static void expect_unchanged(struct kunit *test, const struct pair *pair,
			     int err)
{
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	EXPECT_ROW(&pair->tree, 62, PAIR_ROW);
	EXPECT_ROW(&pair->clone, 62, PAIR_ROW);
	EXPECT_SHARES(&pair->tree, 62, "0000");
	KUNIT_EXPECT_PTR_EQ(test, pair->tree.root, pair->clone.root);
	KUNIT_EXPECT_EQ(test, NODES, PAIR_NODES);
}

static void destroy_pair(struct kunit *test, struct pair *pair)
{
	EXPECT_SOUND(&pair->tree);
	EXPECT_SOUND(&pair->clone);
	zvmo_tree_destroy(&pair->clone);
	EXPECT_ROW(&pair->tree, 62, PAIR_ROW);
	EXPECT_EXCLUSIVE(&pair->tree, 62, "xxxx");
	KUNIT_EXPECT_EQ(test, NODES, PAIR_NODES);
	zvmo_tree_destroy(&pair->tree);
}

/* The page is still the caller's. */
static bool store_nth(struct kunit *test, unsigned int n)
{
	struct pair pair = make_pair(test);
	struct page *page = zvmo_test_page(test, 'x');
	bool failed;
	zvmo_entry_t old;
	int err;

	zvmo_test_fail_nth(n);
	err = zvmo_tree_store(&pair.clone, 1UL << 20, zvmo_page_entry(page),
			      &old);
	failed = zvmo_test_failed();
	if (err) {
		expect_unchanged(test, &pair, err);
		KUNIT_EXPECT_TRUE(test, zvmo_page_is_unshared(page));
		zvmo_page_put(page);
	} else {
		EXPECT_ROW(&pair.clone, 62, PAIR_ROW);
		EXPECT_ROW(&pair.clone, 1UL << 20, "x");
	}
	destroy_pair(test, &pair);
	return failed;
}

static void a_store_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, store_nth);
}

static bool zero_nth(struct kunit *test, unsigned int n)
{
	struct pair pair = make_pair(test);
	bool failed;
	int err;

	zvmo_test_fail_nth(n);
	err = zvmo_tree_store_zero(&pair.clone, 63, 64, ZVMO_ENTRY_ZERO);
	failed = zvmo_test_failed();
	if (err)
		expect_unchanged(test, &pair, err);
	else
		EXPECT_ROW(&pair.clone, 62, "a00d");
	destroy_pair(test, &pair);
	return failed;
}

static void a_zeroing_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, zero_nth);
}

static bool erase_nth(struct kunit *test, unsigned int n)
{
	struct pair pair = make_pair(test);
	bool failed;
	int err;

	zvmo_test_fail_nth(n);
	err = erase(&pair.clone, 63, 64);
	failed = zvmo_test_failed();
	if (err)
		expect_unchanged(test, &pair, err);
	else
		EXPECT_ROW(&pair.clone, 62, "a..d");
	destroy_pair(test, &pair);
	return failed;
}

static void an_erasure_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, erase_nth);
}

static bool window_nth(struct kunit *test, unsigned int n)
{
	struct pair pair = make_pair(test);
	struct zvmo_tree window;
	bool failed;
	int err;

	zvmo_test_fail_nth(n);
	err = zvmo_tree_clone(&window, &pair.tree, 63, 64);
	failed = zvmo_test_failed();
	if (err) {
		expect_unchanged(test, &pair, err);
		KUNIT_EXPECT_PTR_EQ(test, window.root,
				    (struct zvmo_node *)NULL);
	} else {
		EXPECT_ROW(&window, 62, ".bc.");
		EXPECT_SHARES(&pair.tree, 62, "0110");
	}
	zvmo_tree_destroy(&window);
	destroy_pair(test, &pair);
	return failed;
}

/* One that fails half-way lets go of what it had shared by then. */
static void a_window_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, window_nth);
}

static struct kunit_case page_tree_cases[] = {
	KUNIT_CASE(nothing_takes_no_node),
	KUNIT_CASE(a_tree_is_as_high_as_its_largest_index),
	KUNIT_CASE(empty_nodes_go),
	KUNIT_CASE(store_hands_back_what_was_there),
	KUNIT_CASE(a_leaf_of_zeros_is_one_run),
	KUNIT_CASE(zero_lets_go_of_pages),
	KUNIT_CASE(a_clone_is_one_reference),
	KUNIT_CASE(below_a_shared_node_nothing_is_exclusive),
	KUNIT_CASE(a_change_copies_its_path),
	KUNIT_CASE(every_copy_of_a_leaf_shares_its_pages),
	KUNIT_CASE(erase_leaves_relatives_theirs),
	KUNIT_CASE(erase_tells_of_its_own_pages),
	KUNIT_CASE(a_window_holds_nothing_outside),
	KUNIT_CASE(a_window_copies_its_edges),
	KUNIT_CASE(a_window_cuts_a_run),
	KUNIT_CASE(an_empty_window_takes_no_node),
	KUNIT_CASE(marks_are_summarised_upwards),
	KUNIT_CASE(a_mark_may_stay),
	KUNIT_CASE(a_mark_goes_with_its_page),
	KUNIT_CASE(a_walk_tells_stretches),
	KUNIT_CASE(gathering_ends_at_a_hole_or_a_leaf),
	KUNIT_CASE(seeking_skips_what_is_not_sought),
	KUNIT_CASE(a_store_that_fails_changed_nothing),
	KUNIT_CASE(a_zeroing_that_fails_changed_nothing),
	KUNIT_CASE(an_erasure_that_fails_changed_nothing),
	KUNIT_CASE(a_window_that_fails_changed_nothing),
	{}
};

ZVMO_TEST_SUITE(page_tree, page_tree_cases);
