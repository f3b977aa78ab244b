// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - mappings and faults
 *
 * What faults do to the pages behind a mapping, and operations on the VMO to
 * what is mapped. The cases borrow the address space of whoever loads the tests
 * and map VMOs there. Between map() and unmap() no case may end. Rows are
 * explained in rows.h.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mmu_context.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "fixture.h"
#include "page.h"
#include "rows.h"
#include "vmo_file.h"

#define RIGHTS ZVMO_RIGHTS_DEFAULT
#define MAP_PAGES 4

static struct mm_struct *mm;

static int borrow_mm(struct kunit_suite *suite)
{
	mm = get_task_mm(current);
	return 0;
}

static void return_mm(struct kunit_suite *suite)
{
	if (mm)
		mmput(mm);
}

static struct zvmo *create(struct kunit *test, const char *row)
{
	struct zvmo_create args = { .size = strlen(row) * PAGE_SIZE };
	struct zvmo *vmo = zvmo_create(&args);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vmo);
	STORE(&vmo->cow->tree, 0, row);
	return vmo;
}

static struct zvmo *child_of(struct kunit *test, struct zvmo *parent, u32 kind,
			     unsigned long pgoff, unsigned int pages)
{
	struct zvmo_create_child args = {
		.options = kind,
		.offset = pgoff * PAGE_SIZE,
		.size = pages * PAGE_SIZE,
	};
	struct zvmo *child = zvmo_create_child(parent, RIGHTS, &args);

	KUNIT_EXPECT_FALSE(test, IS_ERR(child));
	return child;
}

/* Enter the address space, and map a VMO there, shared and writable. */
static char __user *map(struct kunit *test, struct zvmo *vmo)
{
	unsigned long address;
	struct file *file;
	int fd;

	if (!mm)
		kunit_skip(test, "there is no address space to borrow");
	fd = zvmo_file_install(vmo, RIGHTS);
	KUNIT_ASSERT_GE(test, fd, 0);
	file = fget(fd);
	close_fd(fd);
	kthread_use_mm(mm);
	address = vm_mmap(file, 0, MAP_PAGES * PAGE_SIZE,
			  PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	KUNIT_EXPECT_FALSE(test, IS_ERR_VALUE(address));
	fput(file);
	return (char __user *)address;
}

static void unmap(struct kunit *test, char __user *address)
{
	KUNIT_EXPECT_EQ(
		test, vm_munmap((unsigned long)address, MAP_PAGES * PAGE_SIZE),
		0);
	kthread_unuse_mm(mm);
	/* Of a kernel thread, files are released later. */
	flush_delayed_fput();
}

static void poke(struct kunit *test, char __user *address, unsigned long page,
		 char letter)
{
	KUNIT_EXPECT_EQ(test, put_user(letter, address + page * PAGE_SIZE), 0);
}

static char peek(struct kunit *test, char __user *address, unsigned long page)
{
	char letter = '?';

	KUNIT_EXPECT_EQ(test, get_user(letter, address + page * PAGE_SIZE), 0);
	return letter;
}

static struct page *page_at(struct zvmo *vmo, unsigned long index)
{
	return zvmo_entry_page(zvmo_tree_lookup(&vmo->cow->tree, index));
}

/* Every mapping counts, as long as it is there. */
static void mappings_are_counted(struct kunit *test)
{
	struct zvmo *vmo = create(test, "....");
	char __user *address = map(test, vmo);

	KUNIT_EXPECT_EQ(test, atomic_long_read(&vmo->nr_mappings), 1L);
	unmap(test, address);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&vmo->nr_mappings), 0L);
	zvmo_put(vmo);
}

/* Reading maps what is there, and pages that follow, and exposes nothing. */
static void reading_exposes_nothing(struct kunit *test)
{
	struct zvmo *vmo = create(test, "ab.d");
	char __user *address = map(test, vmo);

	KUNIT_EXPECT_EQ(test, peek(test, address, 0), 'a');
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "--.-");
	KUNIT_EXPECT_TRUE(test, page_mapped(page_at(vmo, 0)));
	KUNIT_EXPECT_TRUE(test, page_mapped(page_at(vmo, 1)));
	KUNIT_EXPECT_FALSE(test, page_mapped(page_at(vmo, 3)));
	unmap(test, address);
	KUNIT_EXPECT_FALSE(test, page_mapped(page_at(vmo, 0)));
	zvmo_put(vmo);
}

/* Reading a hole takes no page; the object notes that zero may be mapped. */
static void reading_a_hole_takes_no_page(struct kunit *test)
{
	struct zvmo *vmo = create(test, "....");
	char __user *address = map(test, vmo);

	KUNIT_EXPECT_EQ(test, peek(test, address, 2), 0);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	KUNIT_EXPECT_TRUE(test, vmo->cow->zero_mapped);
	/* A page that comes there takes the zero's place. */
	poke(test, address, 2, 'x');
	KUNIT_EXPECT_EQ(test, peek(test, address, 2), 'x');
	EXPECT_ROW(&vmo->cow->tree, 0, "..x.");
	unmap(test, address);
	zvmo_put(vmo);
}

/* Writing exposes: mark and identity. Only the page that is written. */
static void writing_exposes_the_page(struct kunit *test)
{
	struct zvmo *vmo = create(test, "abcd");
	char __user *address = map(test, vmo);

	poke(test, address, 1, 'x');
	EXPECT_ROW(&vmo->cow->tree, 0, "axcd");
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "-e--");
	KUNIT_EXPECT_PTR_EQ(test, zvmo_page_folio(page_at(vmo, 1))->mapping,
			    vmo->cow->inode->i_mapping);
	/* One that is mapped for reading already, where it is. */
	KUNIT_EXPECT_EQ(test, peek(test, address, 2), 'c');
	poke(test, address, 2, 'y');
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "-ee-");
	KUNIT_EXPECT_EQ(test, PAGES, 4L);
	EXPECT_SOUND(&vmo->cow->tree);
	unmap(test, address);
	zvmo_put(vmo);
}

/* After a snapshot the next write faults again, and copies. */
static void a_snapshot_takes_write_access_away(struct kunit *test)
{
	struct zvmo *vmo = create(test, "abcd"), *child;
	char __user *address = map(test, vmo);

	poke(test, address, 0, 'x');
	child = child_of(test, vmo, ZVMO_CHILD_SNAPSHOT, 0, 4);
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "----");
	poke(test, address, 0, 'y');
	EXPECT_ROW(&vmo->cow->tree, 0, "ybcd");
	EXPECT_ROW(&child->cow->tree, 0, "xbcd");
	EXPECT_EXPOSED(&vmo->cow->tree, 0, "e---");
	unmap(test, address);
	zvmo_put(child);
	zvmo_put(vmo);
}

/* What is freed is unmapped first, in a slice's mapping too. */
static void what_is_freed_is_mapped_nowhere(struct kunit *test)
{
	struct zvmo *vmo = create(test, ".bcd."), *slice;
	char __user *address;

	slice = child_of(test, vmo, ZVMO_CHILD_SLICE, 1, 4);
	address = map(test, slice);
	poke(test, address, 0, 'x');
	KUNIT_EXPECT_EQ(test, peek(test, address, 1), 'c');
	KUNIT_EXPECT_EQ(
		test, zvmo_cow_decommit(vmo->cow, PAGE_SIZE, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, PAGES, 1L);
	KUNIT_EXPECT_EQ(test, peek(test, address, 0), 0);
	KUNIT_EXPECT_EQ(test, peek(test, address, 1), 0);
	KUNIT_EXPECT_EQ(test, peek(test, address, 2), 'd');
	unmap(test, address);
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

static struct kunit_suite mapping_suite = {
	.name = "zvmo_mapping",
	.suite_init = borrow_mm,
	.suite_exit = return_mm,
	.init = zvmo_test_init,
	.exit = zvmo_test_exit,
	.test_cases = mapping_cases,
};
kunit_test_suite(mapping_suite);
