// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - what every suite stands on
 *
 * See fixture.h.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "cow.h"
#include "fixture.h"
#include "fs.h"
#include "page.h"
#include "page_tree.h"
#include "vmo.h"

static struct zvmo_test_counts count_all(void)
{
	struct zvmo_test_counts counts = {
		.pages = zvmo_page_count_all(),
		.nodes = zvmo_tree_count_nodes(),
		.cows = zvmo_cow_count_all(),
		.vmos = zvmo_count_all(),
	};

	return counts;
}

/**
 * zvmo_test_init() - Before each case.
 * @test: The case.
 *
 * The file system stays mounted, as an open device keeps it.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_test_init(struct kunit *test)
{
	struct zvmo_test_counts *start =
		kunit_kzalloc(test, sizeof(*start), GFP_KERNEL);

	if (!start)
		return -ENOMEM;
	*start = count_all();
	test->priv = start;
	return zvmo_fs_pin();
}

/**
 * zvmo_test_counts() - What a case has made and not yet let go of.
 * @test: The case.
 *
 * Return: The numbers.
 */
struct zvmo_test_counts zvmo_test_counts(struct kunit *test)
{
	const struct zvmo_test_counts *start = test->priv;
	struct zvmo_test_counts counts = count_all();

	counts.pages -= start->pages;
	counts.nodes -= start->nodes;
	counts.cows -= start->cows;
	counts.vmos -= start->vmos;
	return counts;
}

/**
 * zvmo_test_exit() - After each case: nothing may be left of it.
 * @test: The case.
 */
void zvmo_test_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	KUNIT_EXPECT_EQ(test, COWS, 0L);
	KUNIT_EXPECT_EQ(test, VMOS, 0L);
	zvmo_fs_unpin();
}

/* Can allocations be failed, of objects and of pages, although they may wait? */
static bool failures_work(void)
{
	struct page *page;
	void *object;

	zvmo_test_fail_nth(1);
	object = kmalloc(8, GFP_KERNEL);
	zvmo_test_fail_nth(1);
	page = alloc_page(GFP_HIGHUSER);
	zvmo_test_failed();
	kfree(object);
	if (page)
		__free_page(page);
	return !object && !page;
}

/**
 * zvmo_test_sweep() - Let the first, second, ... allocation of a call fail.
 * @test: The case; skipped where allocations cannot be failed. That takes
 *	CONFIG_FAULT_INJECTION, and failslab and fail_page_alloc set up in
 *	debugfs not to spare those that may wait.
 * @fn: The call; repeated until it comes through without a failure.
 */
void zvmo_test_sweep(struct kunit *test, zvmo_test_nth_fn fn)
{
	unsigned int n = 1;

	if (!failures_work())
		kunit_skip(test, "this kernel does not fail allocations");
	while (fn(test, n))
		n++;
	kunit_info(test, "%u failures", n - 1);
	KUNIT_EXPECT_GT(test, n, 1U);
}

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The zvmo authors");
MODULE_DESCRIPTION("KUnit tests of zvmo");
MODULE_IMPORT_NS(ZVMO_KUNIT);
