/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: KUnit - the content of a tree as a row of characters
 *
 * One character for each index: a letter is a page that holds that letter, '0'
 * is explicitly zero, '.' is nothing. So cases can say what they mean by example:
 *
 *	STORE(&tree, 62, "ab.c");
 *	EXPECT_ROW(&tree, 62, "ab.c");
 *
 * Other rows tell of each index what is not content:
 *
 *	shares		how many more slots hold the page	"01.0"
 *	exclusive	'x': only this tree holds it, 's': not	"xs.x"
 *	exposed		'e': it bears the mark, '-': not	"e-.-"
 */
#ifndef _ZVMO_KUNIT_ROWS_H
#define _ZVMO_KUNIT_ROWS_H

#include <kunit/test.h>

#include "page_tree.h"

struct page *zvmo_test_page(struct kunit *test, char letter);
void zvmo_test_store(struct kunit *test, struct zvmo_tree *tree,
		     unsigned long first, const char *row);
const char *zvmo_test_row(struct kunit *test, const struct zvmo_tree *tree,
			  unsigned long first, size_t nr);
const char *zvmo_test_shares(struct kunit *test, const struct zvmo_tree *tree,
			     unsigned long first, size_t nr);
const char *zvmo_test_exclusive(struct kunit *test,
				const struct zvmo_tree *tree,
				unsigned long first, size_t nr);
const char *zvmo_test_exposed(struct kunit *test, const struct zvmo_tree *tree,
			      unsigned long first, size_t nr);

#define STORE(tree, first, row) zvmo_test_store(test, tree, first, row)

#define EXPECT_ROW(tree, first, want) \
	KUNIT_EXPECT_STREQ(           \
		test, zvmo_test_row(test, tree, first, strlen(want)), want)
#define EXPECT_SHARES(tree, first, want) \
	KUNIT_EXPECT_STREQ(              \
		test, zvmo_test_shares(test, tree, first, strlen(want)), want)
#define EXPECT_EXCLUSIVE(tree, first, want)                                 \
	KUNIT_EXPECT_STREQ(                                                 \
		test, zvmo_test_exclusive(test, tree, first, strlen(want)), \
		want)
#define EXPECT_EXPOSED(tree, first, want)                                      \
	KUNIT_EXPECT_STREQ(test,                                               \
			   zvmo_test_exposed(test, tree, first, strlen(want)), \
			   want)

#define EXPECT_SOUND(tree) KUNIT_EXPECT_EQ(test, zvmo_tree_check(tree), 0)

#endif /* _ZVMO_KUNIT_ROWS_H */
