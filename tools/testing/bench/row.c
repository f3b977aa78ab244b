// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: results
 *
 * The table is shared memory, so that forked children can add samples.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"

#define ROWS_MAX 512

static struct {
	int count;
	struct row rows[ROWS_MAX];
} * table;

void row_init(void)
{
	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (table == MAP_FAILED)
		fail("memory for results");
}

struct row *row_find(const char *name, const char *param, const char *backend)
{
	for (int i = 0; i < table->count; i++) {
		struct row *row = &table->rows[i];

		if (!strcmp(row->name, name) && !strcmp(row->param, param) &&
		    !strcmp(row->backend, backend))
			return row;
	}
	return NULL;
}

static struct row *row_new(const char *name, const char *param,
			   const char *backend, const char *unit)
{
	struct row *row = &table->rows[table->count];

	if (table->count == ROWS_MAX)
		fail("too many results");
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->param, sizeof(row->param), "%s", param);
	snprintf(row->backend, sizeof(row->backend), "%s", backend);
	snprintf(row->unit, sizeof(row->unit), "%s", unit);
	table->count++;
	return row;
}

void row_add(const char *name, const char *param, const char *backend,
	     const char *unit, double sample)
{
	struct row *row = row_find(name, param, backend) ?:
				  row_new(name, param, backend, unit);

	if (row->nr_samples == ROW_SAMPLES_MAX)
		fail("too many samples");
	row->samples[row->nr_samples++] = sample;
}

static int compare_samples(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of the samples. */
double row_value(const struct row *row)
{
	double sorted[ROW_SAMPLES_MAX];
	int n = row->nr_samples;

	memcpy(sorted, row->samples, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_samples);
	return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

/* "64MiB-what", valid until the next call. */
const char *param_of(size_t size, const char *what)
{
	static char param[32];

	snprintf(param, sizeof(param), "%zuMiB-%s", size / MIB, what);
	return param;
}

void row_print_all(FILE *out)
{
	fprintf(out, "case\tparam\tvalue\tunit\tbackend\n");
	for (int i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		double value = row_value(row);

		fprintf(out, "%s\t%s\t%.*f\t%s\t%s\n", row->name, row->param,
			value < 100 ? 2 : 0, value, row->unit, row->backend);
	}
}
