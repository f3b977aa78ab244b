// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - discardable content
 *
 * Which states an object can be in, what leads from one to another, and whom the
 * shrinker leaves alone. Rows are explained in rows.h.
 */
#include <linux/pagemap.h>

#include "discard.h"
#include "fixture.h"
#include "vmos.h"

#define SIZE (4 * PAGE_SIZE)

/* A discardable VMO "abcd", in the state unset. */
static struct zvmo *create(struct kunit *test)
{
	return zvmo_test_create(test, "abcd", ZVMO_DISCARDABLE);
}

static int lock(struct zvmo *vmo)
{
	return zvmo_discard_try_lock(vmo->cow, 0, SIZE);
}

static int unlock(struct zvmo *vmo)
{
	return zvmo_discard_unlock(vmo->cow, 0, SIZE);
}

static struct zvmo *create_reclaimable(struct kunit *test)
{
	struct zvmo *vmo = create(test);

	KUNIT_EXPECT_EQ(test, lock(vmo), 0);
	KUNIT_EXPECT_EQ(test, unlock(vmo), 0);
	return vmo;
}

/* ZVMO_OP_LOCK by somebody who cannot be told what was found. */
static int lock_untold(struct zvmo *vmo)
{
	return zvmo_discard_lock(vmo->cow, 0, SIZE, NULL);
}

/* What was never locked is not dropped, neither when asked nor by reclaim. */
static void what_was_never_locked_stays(struct kunit *test)
{
	struct zvmo *vmo = create(test);

	KUNIT_EXPECT_EQ(test, zvmo_discard_now(vmo->cow), (long)-EBUSY);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 0UL);
	EXPECT_VMO(vmo, "abcd");
	zvmo_put(vmo);
}

/* Locks count: after as many unlocks it is reclaimable, and one that can go. */
static void the_last_unlock_makes_it_reclaimable(struct kunit *test)
{
	unsigned long before = zvmo_discard_count_reclaimable();
	struct zvmo *vmo = create(test);

	KUNIT_EXPECT_EQ(test, lock(vmo), 0);
	KUNIT_EXPECT_EQ(test, lock(vmo), 0);
	KUNIT_EXPECT_EQ(test, zvmo_discard_lock_count(vmo->cow), 2UL);
	KUNIT_EXPECT_EQ(test, unlock(vmo), 0);
	KUNIT_EXPECT_EQ(test, zvmo_discard_count_reclaimable(), before);
	KUNIT_EXPECT_EQ(test, unlock(vmo), 0);
	KUNIT_EXPECT_EQ(test, zvmo_discard_count_reclaimable(), before + 1);
	KUNIT_EXPECT_EQ(test, unlock(vmo), -EBADFD);
	zvmo_put(vmo);
	KUNIT_EXPECT_EQ(test, zvmo_discard_count_reclaimable(), before);
}

/* It goes as a whole; the object notes that, and how often. */
static void it_is_dropped_as_a_whole(struct kunit *test)
{
	unsigned long events = zvmo_discard_count_events();
	struct zvmo *vmo = create_reclaimable(test);

	KUNIT_EXPECT_EQ(test, zvmo_discard_now(vmo->cow), 4L);
	KUNIT_EXPECT_TRUE(test, vmo->cow->discarded);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	KUNIT_EXPECT_EQ(test, NODES, 0L);
	KUNIT_EXPECT_EQ(test, zvmo_discard_events(vmo->cow), 1UL);
	KUNIT_EXPECT_EQ(test, zvmo_discard_count_events(), events + 1);
	/* Once more there is nothing. */
	KUNIT_EXPECT_EQ(test, zvmo_discard_now(vmo->cow), 0L);
	KUNIT_EXPECT_EQ(test, zvmo_discard_events(vmo->cow), 1UL);
	zvmo_put(vmo);
}

/* What is discarded cannot be locked without being told. */
static void what_is_lost_is_told(struct kunit *test)
{
	struct zvmo *vmo = create_reclaimable(test);

	zvmo_discard_now(vmo->cow);
	KUNIT_EXPECT_EQ(test, lock(vmo), -ESTALE);
	KUNIT_EXPECT_EQ(test, zvmo_discard_lock_count(vmo->cow), 0UL);
	KUNIT_EXPECT_TRUE(test, vmo->cow->discarded);
	zvmo_put(vmo);
}

/* A lock whose caller could not be told is none, and the loss is still one. */
static void a_lock_that_nobody_was_told_of_is_none(struct kunit *test)
{
	struct zvmo *vmo = create_reclaimable(test);

	KUNIT_EXPECT_EQ(test, lock_untold(vmo), -EFAULT);
	KUNIT_EXPECT_EQ(test, zvmo_discard_lock_count(vmo->cow), 0UL);
	EXPECT_VMO(vmo, "abcd");
	/* It is reclaimable as before. */
	KUNIT_EXPECT_EQ(test, zvmo_discard_now(vmo->cow), 4L);
	KUNIT_EXPECT_EQ(test, lock_untold(vmo), -EFAULT);
	KUNIT_EXPECT_TRUE(test, vmo->cow->discarded);
	KUNIT_EXPECT_EQ(test, lock(vmo), -ESTALE);
	zvmo_put(vmo);
}

/* All three operations want the whole of what is discardable. */
static void only_the_whole_can_be_locked(struct kunit *test)
{
	struct zvmo *plain = zvmo_test_create(test, "abcd", 0);
	struct zvmo *vmo = create(test);

	KUNIT_EXPECT_EQ(test, zvmo_discard_try_lock(vmo->cow, PAGE_SIZE, SIZE),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, zvmo_discard_unlock(vmo->cow, 0, PAGE_SIZE),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, zvmo_discard_lock(vmo->cow, 0, 0, NULL), -ERANGE);
	KUNIT_EXPECT_EQ(test, lock(plain), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, unlock(plain), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, lock_untold(plain), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, zvmo_discard_now(plain->cow), (long)-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, zvmo_discard_lock_count(plain->cow), 0UL);
	KUNIT_EXPECT_EQ(test, zvmo_discard_events(plain->cow), 0UL);
	zvmo_put(plain);
	zvmo_put(vmo);
}

/* Reclaim takes what was unlocked longest ago, and no more than it needs. */
static void who_was_unlocked_first_goes_first(struct kunit *test)
{
	struct zvmo *first = create_reclaimable(test);
	struct zvmo *second = create_reclaimable(test);
	struct zvmo *third = create_reclaimable(test);

	KUNIT_EXPECT_EQ(test, lock(first), 0);
	KUNIT_EXPECT_EQ(test, unlock(first), 0);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(1), 4UL);
	KUNIT_EXPECT_TRUE(test, second->cow->discarded);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(4), 4UL);
	KUNIT_EXPECT_TRUE(test, third->cow->discarded);
	EXPECT_VMO(first, "abcd");
	zvmo_put(first);
	zvmo_put(second);
	zvmo_put(third);
}

/*
 * The shrinker may run in an allocation of somebody who holds the object's lock:
 * it does not wait for it.
 */
static void who_holds_the_lock_is_left_alone(struct kunit *test)
{
	struct zvmo *vmo = create_reclaimable(test);

	down_read(&vmo->cow->lock);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 0UL);
	up_read(&vmo->cow->lock);
	EXPECT_VMO(vmo, "abcd");
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 4UL);
	zvmo_put(vmo);
}

/* Nor for the lock of a page: a fault has it when it allocates a page table. */
static void who_holds_a_page_is_left_alone(struct kunit *test)
{
	struct zvmo *vmo = create_reclaimable(test);
	struct page *page = zvmo_test_page_at(vmo, 2);

	zvmo_test_expose(test, vmo, 2);
	lock_page(page);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 0UL);
	unlock_page(page);
	EXPECT_VMO(vmo, "abcd");
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 4UL);
	zvmo_put(vmo);
}

/* Nor are those taken that are young, or in use with high priority. */
static void the_young_and_the_important_stay(struct kunit *test)
{
	struct zvmo *vmo = create_reclaimable(test);
	unsigned int age = zvmo_discard_age;

	zvmo_discard_age = 3600 * 1000;
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 0UL);
	zvmo_discard_age = age;
	atomic_inc(&vmo->cow->high_priority);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 0UL);
	atomic_dec(&vmo->cow->high_priority);
	KUNIT_EXPECT_EQ(test, zvmo_discard_reclaim(100), 4UL);
	zvmo_put(vmo);
}

static bool create_nth(struct kunit *test, unsigned int n)
{
	return zvmo_test_create_nth(test, n, ZVMO_DISCARDABLE);
}

static void a_creation_that_fails_leaves_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, create_nth);
}

static struct kunit_case discard_cases[] = {
	KUNIT_CASE(what_was_never_locked_stays),
	KUNIT_CASE(the_last_unlock_makes_it_reclaimable),
	KUNIT_CASE(it_is_dropped_as_a_whole),
	KUNIT_CASE(what_is_lost_is_told),
	KUNIT_CASE(a_lock_that_nobody_was_told_of_is_none),
	KUNIT_CASE(only_the_whole_can_be_locked),
	KUNIT_CASE(who_was_unlocked_first_goes_first),
	KUNIT_CASE(who_holds_the_lock_is_left_alone),
	KUNIT_CASE(who_holds_a_page_is_left_alone),
	KUNIT_CASE(the_young_and_the_important_stay),
	KUNIT_CASE(a_creation_that_fails_leaves_nothing),
	{}
};

ZVMO_TEST_SUITE(discard, discard_cases);
