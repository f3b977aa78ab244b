// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - taking write access away before pages are shared
 *
 * What a snapshot does to the page tables: which pages it unmaps, which it only
 * write-protects, where it cannot do that for many at once; and that in each case
 * the next write goes to a page of one's own. Rows are explained in rows.h.
 */
#include <linux/highmem.h>
#include <linux/mmu_notifier.h>

#include "compat.h"
#include "fixture.h"
#include "page.h"
#include "protect.h"
#include "vmos.h"

/* 'm': mapped, '-': not; one character for each page. */
static const char *mapped_row(struct kunit *test, struct zvmo *vmo, size_t nr)
{
	char *row = kunit_kzalloc(test, nr + 1, GFP_KERNEL);
	struct page *page;
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, row);
	for (i = 0; i < nr; i++) {
		page = zvmo_test_page_at(vmo, i);
		row[i] = page && page_mapped(page) ? 'm' : '-';
	}
	return row;
}

#define EXPECT_MAPPED(vmo, want) \
	KUNIT_EXPECT_STREQ(test, mapped_row(test, vmo, strlen(want)), want)

static void poke_row(struct kunit *test, char __user *address, const char *row)
{
	unsigned long i;

	for (i = 0; row[i]; i++)
		if (row[i] != '.')
			zvmo_test_poke(test, address, i, row[i]);
}

/* What a case ends with: a VMO that is mapped, and a snapshot of it. */
static void put_mapped(struct kunit *test, struct zvmo *vmo,
		       char __user *address, struct zvmo *child)
{
	zvmo_test_unmap(test, vmo, address);
	zvmo_put(child);
	zvmo_put(vmo);
}

/* Single pages stay mapped, to be read; the next write is to a copy. */
static void scattered_pages_are_write_protected(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcdef", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);

	poke_row(test, address, "u.w.y.");
	EXPECT_VMO_EXPOSED(vmo, "e-e-e-");
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_VMO_EXPOSED(vmo, "------");
	if (ZVMO_CAN_PROTECT_RANGES)
		KUNIT_EXPECT_TRUE(test, page_mapped(zvmo_test_page_at(vmo, 2)));
	poke_row(test, address, "U.W.Y.");
	EXPECT_VMO(child, "ubwdyf");
	EXPECT_VMO(vmo, "UbWdYf");
	EXPECT_VMO_EXPOSED(vmo, "e-e-e-");
	EXPECT_VMO_SOUND(vmo);
	put_mapped(test, vmo, address, child);
}

/* Eight in a row are unmapped, seven are not. */
static void long_runs_are_unmapped(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "................", 0),
		    *child;
	char __user *address = zvmo_test_map(test, vmo);

	poke_row(test, address, "aaaaaaa.bbbbbbbb");
	EXPECT_MAPPED(vmo, "mmmmmmm-mmmmmmmm");
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_MAPPED(vmo, "mmmmmmm---------");
	poke_row(test, address, "x.......y.......");
	EXPECT_VMO(child, "aaaaaaa.bbbbbbbb");
	EXPECT_VMO(vmo, "xaaaaaa.ybbbbbbb");
	put_mapped(test, vmo, address, child);
}

/* A page that two PTEs map has two references too many to be sure: unmapped. */
static void a_page_mapped_twice_is_unmapped(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);
	char __user *again = zvmo_test_map_again(test, vmo);

	zvmo_test_poke(test, address, 0, 'x');
	zvmo_test_poke(test, again, 0, 'y');
	KUNIT_EXPECT_EQ(test, zvmo_page_mapcount(zvmo_test_page_at(vmo, 0)), 2);
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_MAPPED(vmo, "--");
	zvmo_test_poke(test, again, 0, 'z');
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 0), 'z');
	EXPECT_VMO(child, "yb");
	zvmo_test_unmap_again(test, vmo, again);
	put_mapped(test, vmo, address, child);
}

/* What is mapped privately besides is left as it is: nobody writes it so. */
static void private_mappings_are_left_alone(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);
	char __user *private = zvmo_test_map_private(test, vmo);

	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, private, 1), 'b');
	poke_row(test, address, "w.y.");
	child = zvmo_test_snapshot(test, vmo);
	KUNIT_EXPECT_TRUE(test, page_mapped(zvmo_test_page_at(vmo, 1)));
	poke_row(test, address, "W.Y.");
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, private, 1), 'b');
	EXPECT_VMO(child, "wbyd");
	EXPECT_VMO(vmo, "WbYd");
	zvmo_test_unmap_again(test, vmo, private);
	put_mapped(test, vmo, address, child);
}

/* A slice's mappings are not gone through: its pages are unmapped. */
static void what_a_slice_maps_is_unmapped(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *slice, *child;
	char __user *address;

	slice = zvmo_test_child(test, vmo, ZVMO_CHILD_SLICE, 1, 2);
	address = zvmo_test_map(test, slice);
	zvmo_test_poke(test, address, 1, 'x');
	EXPECT_VMO_EXPOSED(vmo, "--e-");
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_VMO_EXPOSED(vmo, "----");
	EXPECT_MAPPED(vmo, "----");
	zvmo_test_poke(test, address, 1, 'y');
	EXPECT_VMO(child, "abxd");
	EXPECT_VMO(vmo, "abyd");
	zvmo_test_unmap(test, slice, address);
	zvmo_put(child);
	zvmo_put(slice);
	zvmo_put(vmo);
}

/*
 * With a slice somewhere, a mapping of the whole is gone through page by page:
 * what one PTE maps is write-protected, what two map is unmapped.
 */
static void page_by_page_where_there_are_slices(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *slice, *child;
	char __user *address = zvmo_test_map(test, vmo);
	char __user *again = zvmo_test_map_again(test, vmo);

	slice = zvmo_test_child(test, vmo, ZVMO_CHILD_SLICE, 1, 2);
	poke_row(test, address, "w.y.");
	poke_row(test, again, "v...");
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_VMO_EXPOSED(vmo, "----");
	EXPECT_MAPPED(vmo, "--m-");
	poke_row(test, address, "W.Y.");
	EXPECT_VMO(child, "vbyd");
	EXPECT_VMO(vmo, "WbYd");
	zvmo_test_unmap_again(test, vmo, again);
	zvmo_put(slice);
	put_mapped(test, vmo, address, child);
}

#ifdef CONFIG_MMU_NOTIFIER
static const struct mmu_notifier_ops no_ops = {};

/* As where a virtual machine has the memory: a module cannot tell notifiers. */
static void page_by_page_where_there_are_notifiers(struct kunit *test)
{
	struct mmu_notifier notifier = { .ops = &no_ops };
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);
	int err = mmu_notifier_register(&notifier, current->mm);

	KUNIT_EXPECT_EQ(test, err, 0);
	poke_row(test, address, "w.y.");
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_VMO_EXPOSED(vmo, "----");
	poke_row(test, address, "W.Y.");
	EXPECT_VMO(child, "wbyd");
	EXPECT_VMO(vmo, "WbYd");
	if (!err)
		mmu_notifier_unregister(&notifier, current->mm);
	put_mapped(test, vmo, address, child);
}
#endif

/* More ranges than are collected at a time: each is protected. */
static void more_ranges_than_are_collected(struct kunit *test)
{
	unsigned int i, nr = 4 * ZVMO_PROTECT_RANGES;
	char row[4 * ZVMO_PROTECT_RANGES + 1] = "", want[sizeof(row)] = "";
	struct zvmo *vmo, *child;
	char __user *address;

	memset(row, '.', nr);
	vmo = zvmo_test_create(test, row, 0);
	address = zvmo_test_map(test, vmo);
	for (i = 0; i < nr; i += 2)
		row[i] = 'x';
	poke_row(test, address, row);
	child = zvmo_test_snapshot(test, vmo);
	memcpy(want, row, sizeof(want));
	for (i = 0; i < nr; i += 2)
		row[i] = 'y';
	poke_row(test, address, row);
	EXPECT_VMO(child, want);
	EXPECT_VMO(vmo, row);
	put_mapped(test, vmo, address, child);
}

/* Only what lies in the window loses its write access. */
static void a_window_takes_access_to_its_part(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);

	poke_row(test, address, "w.yz");
	child = zvmo_test_child(test, vmo, ZVMO_CHILD_SNAPSHOT, 2, 1);
	EXPECT_VMO_EXPOSED(vmo, "e--e");
	EXPECT_VMO_EXCLUSIVE(vmo, "xxsx");
	poke_row(test, address, "WXYZ");
	EXPECT_VMO(vmo, "WXYZ");
	EXPECT_VMO(child, "y");
	put_mapped(test, vmo, address, child);
}

/* A mapped page that somebody pins besides is copied for the snapshot. */
static void a_mapped_page_that_is_pinned(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);
	struct page *pinned;

	poke_row(test, address, "w.y.");
	pinned = zvmo_test_page_at(vmo, 2);
	get_page(pinned);
	child = zvmo_test_snapshot(test, vmo);
	EXPECT_VMO_EXPOSED(vmo, "--e-");
	memcpy_to_page(pinned, 0, "!", 1);
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 2), '!');
	zvmo_test_poke(test, address, 2, '?');
	KUNIT_EXPECT_PTR_EQ(test, zvmo_test_page_at(vmo, 2), pinned);
	put_page(pinned);
	EXPECT_VMO(child, "wbyd");
	EXPECT_VMO_SOUND(vmo);
	EXPECT_VMO_SOUND(child);
	put_mapped(test, vmo, address, child);
}

/* Pages that move to a relative's content leave the page tables first. */
static void a_range_that_changes_is_unmapped(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", ZVMO_RESIZABLE);
	char __user *address = zvmo_test_map(test, vmo);

	poke_row(test, address, "wxyz");
	KUNIT_EXPECT_EQ(test, zvmo_cow_zero(vmo->cow, PAGE_SIZE, 2 * PAGE_SIZE),
			0);
	EXPECT_MAPPED(vmo, "m-mm");
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 1), 0);
	KUNIT_EXPECT_EQ(test, zvmo_cow_decommit(vmo->cow, 0, 2 * PAGE_SIZE), 0);
	EXPECT_MAPPED(vmo, "--mm");
	EXPECT_VMO_EXPOSED(vmo, "..ee");
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 0), 0);
	zvmo_test_unmap(test, vmo, address);
	zvmo_put(vmo);
}

/* Whichever allocation fails: nothing is lost, and nothing is shared. */
static bool share_nth(struct kunit *test, unsigned int n)
{
	struct zvmo_create_child args = {
		.options = ZVMO_CHILD_SNAPSHOT,
		.size = 3 * PAGE_SIZE,
	};
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);
	struct page *pinned;
	bool failed;

	poke_row(test, address, "w.y.");
	pinned = zvmo_test_page_at(vmo, 2);
	get_page(pinned);
	zvmo_test_fail_nth(n);
	child = zvmo_create_child(vmo, ZVMO_TEST_RIGHTS, &args);
	failed = zvmo_test_failed();
	put_page(pinned);
	zvmo_test_poke(test, address, 2, 'Y');
	EXPECT_VMO(vmo, "wbYd");
	if (IS_ERR(child)) {
		KUNIT_EXPECT_EQ(test, PTR_ERR(child), -ENOMEM);
		EXPECT_VMO_EXCLUSIVE(vmo, "xxxx");
	} else {
		EXPECT_VMO(child, "wby");
		zvmo_put(child);
	}
	EXPECT_VMO_SOUND(vmo);
	zvmo_test_unmap(test, vmo, address);
	zvmo_put(vmo);
	return failed;
}

static void sharing_that_fails_loses_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, share_nth);
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE(scattered_pages_are_write_protected),
	KUNIT_CASE(long_runs_are_unmapped),
	KUNIT_CASE(a_page_mapped_twice_is_unmapped),
	KUNIT_CASE(private_mappings_are_left_alone),
	KUNIT_CASE(what_a_slice_maps_is_unmapped),
	KUNIT_CASE(page_by_page_where_there_are_slices),
#ifdef CONFIG_MMU_NOTIFIER
	KUNIT_CASE(page_by_page_where_there_are_notifiers),
#endif
	KUNIT_CASE(more_ranges_than_are_collected),
	KUNIT_CASE(a_window_takes_access_to_its_part),
	KUNIT_CASE(a_mapped_page_that_is_pinned),
	KUNIT_CASE(a_range_that_changes_is_unmapped),
	KUNIT_CASE(sharing_that_fails_loses_nothing),
	{}
};

ZVMO_TEST_SUITE_MAPPING(share, share_cases);
