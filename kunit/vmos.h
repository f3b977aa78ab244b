/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: KUnit - VMOs, their content as rows (rows.h), and mapping them
 *
 * Rows of a VMO begin at its first page, wherever that is in the tree.
 */
#ifndef _ZVMO_KUNIT_VMOS_H
#define _ZVMO_KUNIT_VMOS_H

#include "rows.h"
#include "vmo.h"

#define ZVMO_TEST_RIGHTS (ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_RESIZE)

struct zvmo *zvmo_test_create(struct kunit *test, const char *row, u32 options);
struct zvmo *zvmo_test_child(struct kunit *test, struct zvmo *parent, u32 kind,
			     unsigned long pgoff, unsigned int pages);
struct zvmo *zvmo_test_snapshot(struct kunit *test, struct zvmo *parent);
bool zvmo_test_create_nth(struct kunit *test, unsigned int n, u32 options);

/* Pages of a content object. */
struct page *zvmo_test_cow_page(const struct zvmo_cow *cow,
				unsigned long pgoff);
struct page *zvmo_test_own(struct kunit *test, struct zvmo_cow *cow,
			   unsigned long pgoff);
void zvmo_test_cow_write(struct kunit *test, struct zvmo_cow *cow,
			 unsigned long pgoff, const char *row);
void zvmo_test_cow_expose(struct kunit *test, struct zvmo_cow *cow,
			  unsigned long pgoff);

/* The same of a VMO's. */
static inline struct page *zvmo_test_page_at(const struct zvmo *vmo,
					     unsigned long pgoff)
{
	return zvmo_test_cow_page(vmo->cow, vmo->first + pgoff);
}

static inline void zvmo_test_write(struct kunit *test, struct zvmo *vmo,
				   const char *row)
{
	zvmo_test_cow_write(test, vmo->cow, vmo->first, row);
}

static inline void zvmo_test_expose(struct kunit *test, struct zvmo *vmo,
				    unsigned long pgoff)
{
	zvmo_test_cow_expose(test, vmo->cow, vmo->first + pgoff);
}

/* Index of a VMO's first page. */
static inline unsigned long zvmo_test_first(const struct zvmo *vmo)
{
	return zvmo_cow_index(vmo->cow, vmo->first);
}

#define EXPECT_VMO(vmo, want) \
	EXPECT_ROW(&(vmo)->cow->tree, zvmo_test_first(vmo), want)
#define EXPECT_VMO_SHARES(vmo, want) \
	EXPECT_SHARES(&(vmo)->cow->tree, zvmo_test_first(vmo), want)
#define EXPECT_VMO_EXCLUSIVE(vmo, want) \
	EXPECT_EXCLUSIVE(&(vmo)->cow->tree, zvmo_test_first(vmo), want)
#define EXPECT_VMO_EXPOSED(vmo, want) \
	EXPECT_EXPOSED(&(vmo)->cow->tree, zvmo_test_first(vmo), want)
#define EXPECT_VMO_SOUND(vmo) EXPECT_SOUND(&(vmo)->cow->tree)

/*
 * Mapping. The cases borrow the address space of whoever loads the tests, which
 * the suite gets and returns at its begin and end. Between map and unmap no case
 * may end.
 */
int zvmo_test_borrow_mm(struct kunit_suite *suite);
void zvmo_test_return_mm(struct kunit_suite *suite);
char __user *zvmo_test_map(struct kunit *test, struct zvmo *vmo);
char __user *zvmo_test_map_again(struct kunit *test, struct zvmo *vmo);
char __user *zvmo_test_map_private(struct kunit *test, struct zvmo *vmo);
void zvmo_test_unmap_again(struct kunit *test, struct zvmo *vmo,
			   char __user *address);
void zvmo_test_unmap(struct kunit *test, struct zvmo *vmo,
		     char __user *address);
void zvmo_test_poke(struct kunit *test, char __user *address,
		    unsigned long page, char letter);
char zvmo_test_peek(struct kunit *test, char __user *address,
		    unsigned long page);

#define ZVMO_TEST_SUITE_MAPPING(room, table)       \
	static struct kunit_suite room##_suite = { \
		.name = "zvmo_" #room,             \
		.suite_init = zvmo_test_borrow_mm, \
		.suite_exit = zvmo_test_return_mm, \
		.init = zvmo_test_init,            \
		.exit = zvmo_test_exit,            \
		.test_cases = table,               \
	};                                         \
	kunit_test_suite(room##_suite)

#endif /* _ZVMO_KUNIT_VMOS_H */
