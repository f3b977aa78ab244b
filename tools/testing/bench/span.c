// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: the clock
 *
 * A *span* is the time between span_begin() and span_end(); it becomes a sample
 * of the row that span_begin() names. Spans do not nest.
 */
#include <string.h>
#include <time.h>

#include "bench.h"

static struct {
	const char *name, *param, *backend;
	uint64_t begin;
	bool profiled;
} span;

/* The row to profile, as "case/param/backend"; empty: none. */
static const char *profiled_row = "";

/*
 * The profiler (profile_plugin.c) counts from the one to the other; it knows
 * them by their addresses.
 */
static __attribute__((noipa)) void profile_begin(void)
{
}

static __attribute__((noipa)) void profile_end(void)
{
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void span_init(const char *profiled)
{
	profiled_row = profiled;
}

/* The strings are kept until span_end(). */
void span_begin(const char *name, const char *param, const char *backend)
{
	char key[96];

	snprintf(key, sizeof(key), "%s/%s/%s", name, param, backend);
	span.name = name;
	span.param = param;
	span.backend = backend;
	span.profiled = !strcmp(key, profiled_row);
	if (span.profiled)
		profile_begin();
	span.begin = now_ns();
}

/* @count: how many operations the span contained. */
void span_end(const char *unit, unsigned long count)
{
	uint64_t end = now_ns();

	if (span.profiled)
		profile_end();
	row_add(span.name, span.param, span.backend, unit,
		(double)(end - span.begin) / (double)count);
}
