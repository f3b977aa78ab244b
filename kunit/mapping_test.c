// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - mappings and faults
 *
 * What faults do to the pages behind a mapping, and operations on the VMO to
 * what is mapped.
 */
#include "fixture.h"
#include "page.h"
#include "vmos.h"

/* Every mapping counts, as long as it is there. */
static void mappings_are_counted(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	char __user *address = zvmo_test_map(test, vmo);

	KUNIT_EXPECT_EQ(test, atomic_long_read(&vmo->nr_mappings), 1L);
	zvmo_test_unmap(test, vmo, address);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&vmo->nr_mappings), 0L);
	zvmo_put(vmo);
}

/* Reading maps what is there, and pages that follow, and exposes nothing. */
static void reading_exposes_nothing(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab.d", 0);
	char __user *address = zvmo_test_map(test, vmo);

	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 0), 'a');
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "--.-");
	KUNIT_EXPECT_TRUE(test, page_mapped(zvmo_test_page_at(vmo, 0)));
	KUNIT_EXPECT_TRUE(test, page_mapped(zvmo_test_page_at(vmo, 1)));
	KUNIT_EXPECT_FALSE(test, page_mapped(zvmo_test_page_at(vmo, 3)));
	zvmo_test_unmap(test, vmo, address);
	KUNIT_EXPECT_FALSE(test, page_mapped(zvmo_test_page_at(vmo, 0)));
	zvmo_put(vmo);
}

/* Reading a hole takes no page; the object notes that zero may be mapped. */
static void reading_a_hole_takes_no_page(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "....", 0);
	char __user *address = zvmo_test_map(test, vmo);

	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 2), 0);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	KUNIT_EXPECT_TRUE(test, vmo->cow->zero_mapped);
	/* A page that comes there takes the zero's place. */
	zvmo_test_poke(test, address, 2, 'x');
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 2), 'x');
	EXPECT_ROW(&vmo->cow->tree, 0, "..x.");
	zvmo_test_unmap(test, vmo, address);
	zvmo_put(vmo);
}

/* Writing exposes: mark and identity. Only the page that is written. */
static void writing_exposes_the_page(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0);
	char __user *address = zvmo_test_map(test, vmo);

	zvmo_test_poke(test, address, 1, 'x');
	EXPECT_ROW(&vmo->cow->tree, 0, "axcd");
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "-e--");
	KUNIT_EXPECT_PTR_EQ(test,
			    zvmo_page_folio(zvmo_test_page_at(vmo, 1))->mapping,
			    vmo->cow->inode->i_mapping);
	/* One that is mapped for reading already, where it is. */
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 2), 'c');
	zvmo_test_poke(test, address, 2, 'y');
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "-ee-");
	KUNIT_EXPECT_EQ(test, PAGES, 4L);
	EXPECT_SOUND(&vmo->cow->tree);
	zvmo_test_unmap(test, vmo, address);
	zvmo_put(vmo);
}

/* After a snapshot the next write faults again, and copies. */
static void a_snapshot_takes_write_access_away(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "abcd", 0), *child;
	char __user *address = zvmo_test_map(test, vmo);

	zvmo_test_poke(test, address, 0, 'x');
	child = zvmo_test_child(test, vmo, ZVMO_CHILD_SNAPSHOT, 0, 4);
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "----");
	zvmo_test_poke(test, address, 0, 'y');
	EXPECT_ROW(&vmo->cow->tree, 0, "ybcd");
	EXPECT_ROW(&child->cow->tree, 0, "xbcd");
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "e---");
	zvmo_test_unmap(test, vmo, address);
	zvmo_put(child);
	zvmo_put(vmo);
}

/* What is freed is unmapped first, in a slice's mapping too. */
static void what_is_freed_is_mapped_nowhere(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, ".bcd.", 0), *slice;
	char __user *address;

	slice = zvmo_test_child(test, vmo, ZVMO_CHILD_SLICE, 1, 4);
	address = zvmo_test_map(test, slice);
	zvmo_test_poke(test, address, 0, 'x');
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 1), 'c');
	KUNIT_EXPECT_EQ(
		test, zvmo_cow_decommit(vmo->cow, PAGE_SIZE, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, PAGES, 1L);
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 0), 0);
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 1), 0);
	KUNIT_EXPECT_EQ(test, zvmo_test_peek(test, address, 2), 'd');
	zvmo_test_unmap(test, slice, address);
	zvmo_put(slice);
	zvmo_put(vmo);
}

static struct kunit_case mapping_cases[] = {
	KUNIT_CASE(mappings_are_counted),
	KUNIT_CASE(reading_exposes_nothing),
	KUNIT_CASE(reading_a_hole_takes_no_page),
	KUNIT_CASE(writing_exposes_the_page),
	KUNIT_CASE(a_snapshot_takes_write_access_away),
	KUNIT_CASE(what_is_freed_is_mapped_nowhere),
	{}
};

ZVMO_TEST_SUITE_MAPPING(mapping, mapping_cases);
