/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: KUnit - what every suite stands on
 *
 * Each case must leave no page, node, content object or VMO behind: the suites
 * compare the module's counters before and after. So nothing else may use the
 * module meanwhile.
 */
#ifndef _ZVMO_KUNIT_FIXTURE_H
#define _ZVMO_KUNIT_FIXTURE_H

#include <kunit/test.h>
#include <linux/sched.h>

/**
 * struct zvmo_test_counts - What exists.
 * @pages: Pages that trees hold.
 * @nodes: Nodes of trees.
 * @cows: Content objects.
 * @vmos: VMOs.
 */
struct zvmo_test_counts {
	long pages;
	long nodes;
	long cows;
	long vmos;
};

int zvmo_test_init(struct kunit *test);
void zvmo_test_exit(struct kunit *test);
struct zvmo_test_counts zvmo_test_counts(struct kunit *test);

/* What the case has made so far. */
#define PAGES (zvmo_test_counts(test).pages)
#define NODES (zvmo_test_counts(test).nodes)
#define COWS (zvmo_test_counts(test).cows)
#define VMOS (zvmo_test_counts(test).vmos)

#define ZVMO_TEST_SUITE(room, table)               \
	static struct kunit_suite room##_suite = { \
		.name = "zvmo_" #room,             \
		.init = zvmo_test_init,            \
		.exit = zvmo_test_exit,            \
		.test_cases = table,               \
	};                                         \
	kunit_test_suite(room##_suite)

#ifdef CONFIG_FAULT_INJECTION
/* The @n-th allocation of this thread from here on fails. */
static inline void zvmo_test_fail_nth(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* No more failures. Says whether there was one. */
static inline bool zvmo_test_failed(void)
{
	bool failed = !READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return failed;
}
#else
static inline void zvmo_test_fail_nth(unsigned int n)
{
}

static inline bool zvmo_test_failed(void)
{
	return false;
}
#endif

/*
 * One call whose @n-th allocation fails, with a set-up of its own and all of
 * that undone again: zvmo_test_fail_nth(), the call, zvmo_test_failed(), what is
 * expected if it failed and if it did not (some allocations can be done
 * without). Returns what zvmo_test_failed() said.
 */
typedef bool (*zvmo_test_nth_fn)(struct kunit *test, unsigned int n);

void zvmo_test_sweep(struct kunit *test, zvmo_test_nth_fn fn);

#endif /* _ZVMO_KUNIT_FIXTURE_H */
