/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: cases and checks of programs that test a library; results as TAP
 *
 * A case that fails a check goes on. For one source file of a program.
 */
#ifndef _ZVMO_TAP_H
#define _ZVMO_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static bool failed;

#define CHECK(condition)                                            \
	do {                                                        \
		if (!(condition)) {                                 \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, \
			       #condition);                         \
			failed = true;                              \
		}                                                   \
	} while (0)

#define EXPECT(call, value)                                                 \
	do {                                                                \
		long long got_ = (long long)(call),                         \
			  value_ = (long long)(value);                      \
		if (got_ != value_) {                                       \
			printf("# %s:%d: %s is %lld, not %lld\n", __FILE__, \
			       __LINE__, #call, got_, value_);              \
			failed = true;                                      \
		}                                                           \
	} while (0)

/* Set-up that has nothing to do with the library: what it returns. */
#define need(call)                          \
	({                                  \
		__typeof__(call) got_ = (call); \
		if (got_ < 0) {             \
			perror("# set-up"); \
			exit(1);            \
		}                           \
		got_;                       \
	})

struct tap_case {
	const char *name;
	void (*run)(void);
};

#define CASE(name) { #name, name }

/* Runs all, each after @begin if that is not NULL. Returns the exit status. */
static inline int tap_run(const struct tap_case *cases, size_t total,
			  const char *subject, void (*begin)(void))
{
	size_t i, bad = 0;

	setlinebuf(stdout);
	printf("1..%zu\n", total);
	for (i = 0; i < total; i++) {
		if (begin)
			begin();
		failed = false;
		cases[i].run();
		printf("%sok %zu - %s %s\n", failed ? "not " : "", i + 1,
		       subject, cases[i].name);
		bad += failed;
	}
	return bad != 0;
}

#endif /* _ZVMO_TAP_H */
