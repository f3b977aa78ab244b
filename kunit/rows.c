// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - the content of a tree as a row of characters
 *
 * See rows.h.
 */
#include <linux/highmem.h>

#include "page.h"
#include "rows.h"

/**
 * zvmo_test_page() - Make a page that holds a letter.
 * @test: The case; ends if there is no memory.
 * @letter: The letter.
 *
 * Return: The page, held by the caller.
 */
struct page *zvmo_test_page(struct kunit *test, char letter)
{
	struct page *page = zvmo_page_alloc();

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy_to_page(page, 0, &letter, 1);
	return page;
}

/**
 * zvmo_test_store() - Store what a row says.
 * @test: The case; ends if there is no memory.
 * @tree: The tree. What it held at these indexes is let go of, where the row
 *	has something.
 * @first: Index of the first character.
 * @row: The row.
 */
void zvmo_test_store(struct kunit *test, struct zvmo_tree *tree,
		     unsigned long first, const char *row)
{
	zvmo_entry_t entry, old;

	for (; *row; row++, first++) {
		if (*row == '.')
			continue;
		entry = ZVMO_ENTRY_ZERO;
		if (*row != '0')
			entry = zvmo_page_entry(zvmo_test_page(test, *row));
		KUNIT_ASSERT_EQ(test, zvmo_tree_store(tree, first, entry, &old),
				0);
		if (zvmo_entry_is_page(old))
			zvmo_page_put(zvmo_entry_page(old));
	}
}

/* A row that has for each index what @tell says. */
static const char *make_row(struct kunit *test, const struct zvmo_tree *tree,
			    unsigned long first, size_t nr,
			    char (*tell)(const struct zvmo_slot *slot))
{
	char *row = kunit_kzalloc(test, nr + 1, GFP_KERNEL);
	struct zvmo_slot slot;
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, row);
	for (i = 0; i < nr; i++) {
		slot = zvmo_tree_find(tree, first + i);
		row[i] = slot.entry ? tell(&slot) : '.';
	}
	return row;
}

static char tell_content(const struct zvmo_slot *slot)
{
	char letter;

	if (!zvmo_entry_is_page(slot->entry))
		return '0';
	memcpy_from_page(&letter, zvmo_entry_page(slot->entry), 0, 1);
	return letter;
}

static char tell_shares(const struct zvmo_slot *slot)
{
	if (!zvmo_entry_is_page(slot->entry))
		return '.';
	return '0' +
	       atomic_long_read(zvmo_page_shares(zvmo_entry_page(slot->entry)));
}

static char tell_exclusive(const struct zvmo_slot *slot)
{
	if (!zvmo_entry_is_page(slot->entry))
		return '.';
	return slot->exclusive ? 'x' : 's';
}

static char tell_exposed(const struct zvmo_slot *slot)
{
	if (!zvmo_entry_is_page(slot->entry))
		return '.';
	return slot->exposed ? 'e' : '-';
}

/**
 * zvmo_test_row() - What a tree holds.
 * @test: The case; owns the row.
 * @tree: The tree.
 * @first: First index.
 * @nr: How many.
 *
 * Return: The row.
 */
const char *zvmo_test_row(struct kunit *test, const struct zvmo_tree *tree,
			  unsigned long first, size_t nr)
{
	return make_row(test, tree, first, nr, tell_content);
}

/**
 * zvmo_test_shares() - The share counts of a tree's pages.
 * @test: The case; owns the row.
 * @tree: The tree.
 * @first: First index.
 * @nr: How many.
 *
 * Return: The row.
 */
const char *zvmo_test_shares(struct kunit *test, const struct zvmo_tree *tree,
			     unsigned long first, size_t nr)
{
	return make_row(test, tree, first, nr, tell_shares);
}

/**
 * zvmo_test_exclusive() - Which pages only one tree holds.
 * @test: The case; owns the row.
 * @tree: The tree.
 * @first: First index.
 * @nr: How many.
 *
 * Return: The row.
 */
const char *zvmo_test_exclusive(struct kunit *test,
				const struct zvmo_tree *tree,
				unsigned long first, size_t nr)
{
	return make_row(test, tree, first, nr, tell_exclusive);
}

/**
 * zvmo_test_exposed() - Which pages bear the exposed mark.
 * @test: The case; owns the row.
 * @tree: The tree.
 * @first: First index.
 * @nr: How many.
 *
 * Return: The row.
 */
const char *zvmo_test_exposed(struct kunit *test, const struct zvmo_tree *tree,
			      unsigned long first, size_t nr)
{
	return make_row(test, tree, first, nr, tell_exposed);
}
