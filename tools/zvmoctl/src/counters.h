/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: the counters of the module
 */
#ifndef _ZVMOCTL_COUNTERS_H
#define _ZVMOCTL_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#define NR_COUNTERS 8

/**
 * struct counter - A counter.
 * @name: Its name in the specification.
 * @attr: Its attribute.
 * @is_event: It counts what happened, not what there is.
 */
struct counter {
	const char *name;
	int attr;
	bool is_event;
};

extern const struct counter counters[NR_COUNTERS];

/* The values of all, in the order of the table. */
struct counter_values {
	uint64_t value[NR_COUNTERS];
};

/**
 * counters_read() - Read them.
 * @values: out
 */
void counters_read(struct counter_values *values);

#endif /* _ZVMOCTL_COUNTERS_H */
