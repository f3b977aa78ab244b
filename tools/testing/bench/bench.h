/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo benchmark: what its files share
 *
 * A *row* is one measured quantity: a case, a parameter and a backend. A case
 * function takes one sample of each of its rows; it is called once for each
 * repetition, and a row's value is the median of its samples.
 */
#ifndef _BENCH_H
#define _BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PAGE 4096UL
#define KIB (1UL << 10)
#define MIB (1UL << 20)

/* row.c: results */

#define ROW_SAMPLES_MAX 32

struct row {
	char name[32];
	char param[32];
	char backend[16];
	char unit[12];
	double samples[ROW_SAMPLES_MAX];
	int nr_samples;
};

void row_init(void);
struct row *row_find(const char *name, const char *param, const char *backend);
void row_add(const char *name, const char *param, const char *backend,
	     const char *unit, double sample);
double row_value(const struct row *row);
const char *param_of(size_t size, const char *what);
void row_print_all(FILE *out);

/* span.c: the clock */

void span_init(const char *profiled);
void span_begin(const char *name, const char *param, const char *backend);
void span_end(const char *unit, unsigned long count);

/* backend.c: what is measured */

struct backend {
	const char *name;
	int (*open)(size_t size); /* NULL: memory without a descriptor */
	int map_flags;
};

extern const struct backend anon, memfd, memfd_private, zvmo, zvmo_discardable;

void backend_init(void);
int backend_open(const struct backend *backend, size_t size);
int backend_open_full(const struct backend *backend, size_t size);
char *backend_map(const struct backend *backend, int fd, size_t size);
int zvmo_take_snapshot(int fd, size_t size);
int zvmo_call(int fd, unsigned long command, void *argument);

/* memory.c: touching and counting memory */

struct order {
	uint32_t *pages;
	size_t count;
};

struct order order_sequential(size_t size);
struct order order_scattered(size_t size, size_t count);
void order_free(struct order *order);

void touch_write(char *map, const struct order *order);
void touch_read(const char *map, const struct order *order);
void unmap(char *map, size_t size);
void pwrite_each(int fd, const struct order *order);
long memory_used_kib(void);
long fault_count(void);
uint64_t *frames_of(const char *map, const struct order *order);

/* child.c: a forked process that does what it is told */

struct child {
	int pid;
	int order;
	int done;
};

typedef void child_job(void *context, int what);

void child_idle(void *context, int what);
struct child child_fork(child_job *job, void *context);
void child_do(const struct child *child, int what);
void child_end(const struct child *child);

/* The cases, and what is asked of them */

void fault_cases(void);
void snapshot_cases(void);
void cow_cases(void);
void depth_cases(void);
void clone_cases(void);
void io_cases(void);
void punch_cases(void);
void rw_cases(void);
void restore_cases(void);
void resnapshot_cases(void);
void discard_cases(void);
void transfer_cases(void);
void diff_cases(void);
void info_cases(void);

int bar_print_all(FILE *out);

/* bench.c */

_Noreturn void fail(const char *what);
int check(int result, const char *what);

#endif /* _BENCH_H */
