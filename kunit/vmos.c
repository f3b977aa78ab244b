// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - VMOs, their content as rows, and mapping them
 *
 * See vmos.h.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mmu_context.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "fixture.h"
#include "page.h"
#include "share.h"
#include "vmo_file.h"
#include "vmos.h"

static struct mm_struct *mm;

/**
 * zvmo_test_create() - Make a VMO as large as a row is long, with that content.
 * @test: The case; ends if there is no memory.
 * @row: The row.
 * @options: As zvmo_create() takes them.
 *
 * Return: The VMO.
 */
struct zvmo *zvmo_test_create(struct kunit *test, const char *row, u32 options)
{
	struct zvmo_create args = {
		.options = options,
		.size = strlen(row) * PAGE_SIZE,
	};
	struct zvmo *vmo = zvmo_create(&args);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vmo);
	STORE(&vmo->cow->tree, 0, row);
	return vmo;
}

/**
 * zvmo_test_child() - Make a child.
 * @test: The case; ends if it cannot be made.
 * @parent: The parent.
 * @kind: ZVMO_CHILD_*.
 * @pgoff: Where its window begins.
 * @pages: How long that is.
 *
 * Return: The child.
 */
struct zvmo *zvmo_test_child(struct kunit *test, struct zvmo *parent, u32 kind,
			     unsigned long pgoff, unsigned int pages)
{
	struct zvmo_create_child args = {
		.options = kind,
		.offset = pgoff * PAGE_SIZE,
		.size = pages * PAGE_SIZE,
	};
	struct zvmo *child = zvmo_create_child(parent, ZVMO_TEST_RIGHTS, &args);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, child);
	return child;
}

/**
 * zvmo_test_snapshot() - Make a snapshot of all.
 * @test: The case; ends if it cannot be made.
 * @parent: The parent.
 *
 * Return: The snapshot.
 */
struct zvmo *zvmo_test_snapshot(struct kunit *test, struct zvmo *parent)
{
	return zvmo_test_child(test, parent, ZVMO_CHILD_SNAPSHOT, 0,
			       zvmo_size(parent) >> PAGE_SHIFT);
}

/**
 * zvmo_test_create_nth() - Create a VMO while memory ends; see zvmo_test_nth_fn.
 * @test: The case.
 * @n: Which allocation fails.
 * @options: As zvmo_create() takes them.
 *
 * Return: Whether one failed.
 */
bool zvmo_test_create_nth(struct kunit *test, unsigned int n, u32 options)
{
	struct zvmo_create args = { .options = options, .size = PAGE_SIZE };
	struct zvmo *vmo;
	bool failed;

	zvmo_test_fail_nth(n);
	vmo = zvmo_create(&args);
	failed = zvmo_test_failed();
	if (IS_ERR(vmo))
		KUNIT_EXPECT_EQ(test, PTR_ERR(vmo), -ENOMEM);
	else
		zvmo_put(vmo);
	KUNIT_EXPECT_EQ(test, COWS, 0L);
	KUNIT_EXPECT_EQ(test, VMOS, 0L);
	return failed;
}

/**
 * zvmo_test_cow_page() - The page of a content object at a place.
 * @cow: The object.
 * @pgoff: Page number.
 *
 * Return: The page, or NULL.
 */
struct page *zvmo_test_cow_page(const struct zvmo_cow *cow, unsigned long pgoff)
{
	zvmo_entry_t entry =
		zvmo_tree_lookup(&cow->tree, zvmo_cow_index(cow, pgoff));

	return zvmo_entry_is_page(entry) ? zvmo_entry_page(entry) : NULL;
}

/**
 * zvmo_test_own() - Own a page as a write would, with a spare at hand.
 * @test: The case.
 * @cow: The object.
 * @pgoff: Page number.
 *
 * Return: The page; NULL if that failed, as does the case.
 */
struct page *zvmo_test_own(struct kunit *test, struct zvmo_cow *cow,
			   unsigned long pgoff)
{
	struct page *spare = zvmo_test_page(test, 0), *page = NULL;

	down_write(&cow->lock);
	KUNIT_EXPECT_EQ(test,
			zvmo_cow_own_page(cow, pgoff, NULL, &spare, &page), 0);
	up_write(&cow->lock);
	if (spare)
		zvmo_page_put(spare);
	return page;
}

/**
 * zvmo_test_cow_write() - Write what a row says, as calls would.
 * @test: The case.
 * @cow: The object.
 * @pgoff: Number of the page where the row begins.
 * @row: The row; '.' leaves what is there.
 */
void zvmo_test_cow_write(struct kunit *test, struct zvmo_cow *cow,
			 unsigned long pgoff, const char *row)
{
	struct page *page;

	for (; *row; row++, pgoff++) {
		if (*row == '.')
			continue;
		page = zvmo_test_own(test, cow, pgoff);
		if (page)
			memcpy_to_page(page, 0, row, 1);
	}
}

/**
 * zvmo_test_cow_expose() - Expose a page, as a fault that writes would.
 * @test: The case.
 * @cow: The object.
 * @pgoff: Page number.
 */
void zvmo_test_cow_expose(struct kunit *test, struct zvmo_cow *cow,
			  unsigned long pgoff)
{
	struct page *page = zvmo_test_own(test, cow, pgoff);

	if (!page)
		return;
	down_write(&cow->lock);
	zvmo_cow_expose(cow, pgoff, page);
	up_write(&cow->lock);
}

/* When the kernel boots, nobody has an address space yet. */
#ifdef MODULE
static struct mm_struct *make_mm(void)
{
	return NULL;
}
#else
static struct mm_struct *make_mm(void)
{
	struct mm_struct *made = mm_alloc();

	if (made) {
		made->task_size = TASK_SIZE;
		arch_pick_mmap_layout(made,
				      &current->signal->rlim[RLIMIT_STACK]);
	}
	return made;
}
#endif

/**
 * zvmo_test_borrow_mm() - Before a suite that maps.
 * @suite: The suite.
 *
 * Return: 0 or -ENOMEM.
 */
int zvmo_test_borrow_mm(struct kunit_suite *suite)
{
	mm = get_task_mm(current);
	if (!mm)
		mm = make_mm();
	return mm ? 0 : -ENOMEM;
}

/**
 * zvmo_test_return_mm() - After it.
 * @suite: The suite.
 */
void zvmo_test_return_mm(struct kunit_suite *suite)
{
	if (mm)
		mmput(mm);
	mm = NULL;
}

static char __user *map_all(struct kunit *test, struct zvmo *vmo,
			    unsigned long flags)
{
	int fd = zvmo_file_install(vmo, ZVMO_TEST_RIGHTS);
	unsigned long address;
	struct file *file;

	KUNIT_EXPECT_GE(test, fd, 0);
	if (fd < 0)
		return NULL;
	file = fget(fd);
	close_fd(fd);
	address = vm_mmap(file, 0, zvmo_size(vmo), PROT_READ | PROT_WRITE,
			  flags, 0);
	KUNIT_EXPECT_FALSE(test, IS_ERR_VALUE(address));
	fput(file);
	return (char __user *)address;
}

/**
 * zvmo_test_map_again() - Map a VMO once more, in the address space entered.
 * @test: The case.
 * @vmo: The VMO; all of it is mapped, shared and writable.
 *
 * Return: Where.
 */
char __user *zvmo_test_map_again(struct kunit *test, struct zvmo *vmo)
{
	return map_all(test, vmo, MAP_SHARED);
}

/**
 * zvmo_test_map_private() - Likewise, but privately.
 * @test: The case.
 * @vmo: The VMO; zvmo_test_unmap_again() undoes it.
 *
 * Return: Where.
 */
char __user *zvmo_test_map_private(struct kunit *test, struct zvmo *vmo)
{
	return map_all(test, vmo, MAP_PRIVATE);
}

/**
 * zvmo_test_map() - Enter the address space, and map a VMO there.
 * @test: The case.
 * @vmo: The VMO.
 *
 * Return: Where.
 */
char __user *zvmo_test_map(struct kunit *test, struct zvmo *vmo)
{
	kthread_use_mm(mm);
	return zvmo_test_map_again(test, vmo);
}

/**
 * zvmo_test_unmap_again() - Undo zvmo_test_map_again().
 * @test: The case.
 * @vmo: The VMO.
 * @address: Where it is mapped.
 */
void zvmo_test_unmap_again(struct kunit *test, struct zvmo *vmo,
			   char __user *address)
{
	KUNIT_EXPECT_EQ(test, vm_munmap((unsigned long)address, zvmo_size(vmo)),
			0);
}

/**
 * zvmo_test_unmap() - Unmap it, and leave the address space.
 * @test: The case.
 * @vmo: The VMO.
 * @address: Where it is mapped.
 */
void zvmo_test_unmap(struct kunit *test, struct zvmo *vmo, char __user *address)
{
	zvmo_test_unmap_again(test, vmo, address);
	kthread_unuse_mm(mm);
	/* Of a kernel thread, files are released later. */
	flush_delayed_fput();
}

/**
 * zvmo_test_poke() - Write through a mapping.
 * @test: The case.
 * @address: Where it begins.
 * @page: Page number in it.
 * @letter: What to write.
 */
void zvmo_test_poke(struct kunit *test, char __user *address,
		    unsigned long page, char letter)
{
	KUNIT_EXPECT_EQ(test, put_user(letter, address + page * PAGE_SIZE), 0);
}

/**
 * zvmo_test_peek() - Read through a mapping.
 * @test: The case.
 * @address: Where it begins.
 * @page: Page number in it.
 *
 * Return: What is there.
 */
char zvmo_test_peek(struct kunit *test, char __user *address,
		    unsigned long page)
{
	char letter = '?';

	KUNIT_EXPECT_EQ(test, get_user(letter, address + page * PAGE_SIZE), 0);
	return letter;
}
