/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - cases and checks
 *
 * Each case runs in a process of its own: one that fails a check, warns or is
 * caught by a sanitizer is one "not ok", and the next begins with nothing
 * allocated. The case ends with nothing allocated, too: the harness checks it.
 */
#ifndef _ZVMO_HOST_HARNESS_H
#define _ZVMO_HOST_HARNESS_H

#include "shim.h"

/**
 * struct harness_case - One line of the plan.
 * @name: What holds if it passes.
 * @run: Returns if it does.
 */
struct harness_case {
	const char *name;
	void (*run)(void);
};

/**
 * struct harness_options - What the user asked for, on the command line:
 * [-s SEED] [-n STEPS] [-c PART-OF-CASE-NAME]
 * @seed: Where the random cases begin.
 * @steps: Steps that each of them takes.
 * @only: Run only cases whose name contains this, or NULL.
 */
struct harness_options {
	u64 seed;
	unsigned long steps;
	const char *only;
};

extern struct harness_options harness_options;

void __attribute__((__noreturn__, __format__(printf, 3, 4)))
harness_fail(const char *file, int line, const char *format, ...);
void __attribute__((__format__(printf, 1, 2)))
harness_context(const char *format, ...);
void harness_parse_options(int argc, char **argv);
int harness_run(const struct harness_case *cases, unsigned int nr_cases);

#define CHECK(condition)                                                    \
	do {                                                                \
		if (unlikely(!(condition)))                                 \
			harness_fail(__FILE__, __LINE__, "%s", #condition); \
	} while (0)

/* Two integers, or two pointers, which are printed when they differ. */
#define CHECK_EQ(found, expected)                                             \
	do {                                                                  \
		unsigned long __found = (unsigned long)(found);               \
		unsigned long __expected = (unsigned long)(expected);         \
                                                                              \
		if (unlikely(__found != __expected))                          \
			harness_fail(__FILE__, __LINE__,                      \
				     "%s is %#lx, expected %s, %#lx", #found, \
				     __found, #expected, __expected);         \
	} while (0)

#endif /* _ZVMO_HOST_HARNESS_H */
