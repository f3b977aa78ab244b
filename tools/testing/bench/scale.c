// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: do two that go back to one template hinder each other?
 *
 * Each worker has a snapshot of the template, mapped; a round writes some pages
 * at random places and restores. How many rounds a second two workers make,
 * divided by what one makes, is the ratio; 2 is the most. What the machine has
 * to give is seen from work that does not enter the kernel ("spin"): the last
 * column is the ratio divided by that one's, and 1 there means that the workers
 * do not hinder each other. "private": MADV_DONTNEED of private memory.
 *
 * This is wall-clock time: see to it that nothing else runs. One ratio says
 * little, so medians of several are taken.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zvmo.h>

#define PAGE 4096UL
#define SIZE (64UL << 20)
#define DIRTIED 50
#define WORKERS 2
#define REPEATS 5
#define SPINS 200000

struct worker {
	int template;
	int fd;
	char *map;
	unsigned long rounds;
	unsigned int random;
};

struct work {
	const char *name;
	unsigned long rounds;
	void (*begin)(struct worker *worker);
	void (*round)(struct worker *worker);
};

static long check(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "scale: %s: %ld\n", what, result);
		exit(1);
	}
	return result;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void write_some(struct worker *worker)
{
	for (int i = 0; i < DIRTIED; i++)
		worker->map[rand_r(&worker->random) % (SIZE / PAGE) * PAGE]++;
}

static void restore_begin(struct worker *worker)
{
	void *map;

	worker->fd = check(zvmo_snapshot(worker->template), "snapshot");
	check(zvmo_map(worker->fd, 0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		       &map),
	      "map");
	worker->map = map;
}

static void restore_round(struct worker *worker)
{
	write_some(worker);
	check(zvmo_restore(worker->fd, worker->template), "restore");
}

static void private_begin(struct worker *worker)
{
	worker->map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(worker->map == MAP_FAILED ? -1 : 0, "mmap");
	check(madvise(worker->map, SIZE, MADV_NOHUGEPAGE), "madvise");
	worker->fd = -1;
}

static void private_round(struct worker *worker)
{
	write_some(worker);
	check(madvise(worker->map, SIZE, MADV_DONTNEED), "madvise");
}

static void spin_begin(struct worker *worker)
{
	worker->map = MAP_FAILED;
	worker->fd = -1;
}

static void spin_round(struct worker *worker)
{
	for (int i = 0; i < SPINS; i++)
		__asm__ volatile("" : "+r"(worker->random));
}

static const struct work works[] = {
	{ "spin", 200, spin_begin, spin_round },
	{ "restore", 200, restore_begin, restore_round },
	{ "private", 20, private_begin, private_round },
};

#define NR_WORKS (sizeof(works) / sizeof(*works))

static const struct work *running;

static void *run_worker(void *arg)
{
	struct worker *worker = arg;

	for (unsigned long i = 0; i < worker->rounds; i++)
		running->round(worker);
	return NULL;
}

static void run_threads(struct worker *workers, int nr)
{
	pthread_t threads[WORKERS];

	for (int i = 0; i < nr; i++)
		check(-pthread_create(&threads[i], NULL, run_worker,
				      &workers[i]),
		      "thread");
	for (int i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
}

static void run_processes(struct worker *workers, int nr)
{
	int status;

	for (int i = 0; i < nr; i++) {
		if (check(fork(), "fork"))
			continue;
		run_worker(&workers[i]);
		_exit(0);
	}
	while (nr--)
		if (wait(&status) < 0 || status)
			check(-1, "worker");
}

static int compare(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static double median(double *values)
{
	qsort(values, REPEATS, sizeof(*values), compare);
	return values[REPEATS / 2];
}

static void workers_begin(struct worker *workers, int template)
{
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .template = template,
					      .rounds = running->rounds,
					      .random = i + 1 };
		running->begin(&workers[i]);
	}
}

static void workers_end(struct worker *workers)
{
	for (int i = 0; i < WORKERS; i++) {
		if (workers[i].map != MAP_FAILED)
			munmap(workers[i].map, SIZE);
		if (workers[i].fd >= 0)
			close(workers[i].fd);
	}
}

/* How the workers run, and what the first of the works got from that. */
struct kind {
	const char *name;
	void (*run)(struct worker *workers, int nr);
	double spin;
};

static double run_time(const struct kind *kind, struct worker *workers, int nr)
{
	double start = now();

	kind->run(workers, nr);
	return now() - start;
}

/* One worker, then all, then again, so that what disturbs disturbs both. */
static void measure(struct kind *kind, int template)
{
	double alone[REPEATS], ratios[REPEATS], ratio;
	struct worker workers[WORKERS];

	workers_begin(workers, template);
	for (int i = 0; i < REPEATS; i++) {
		alone[i] = run_time(kind, workers, 1);
		ratios[i] =
			WORKERS * alone[i] / run_time(kind, workers, WORKERS);
	}
	workers_end(workers);
	ratio = median(ratios);
	if (running == works)
		kind->spin = ratio;
	printf("%-10s %-10s %12.1f %8.2f %8.2f\n", running->name, kind->name,
	       median(alone) / (double)running->rounds * 1e6, ratio,
	       ratio / kind->spin);
}

int main(void)
{
	struct kind kinds[] = { { "processes", run_processes, 0 },
				{ "threads", run_threads, 0 } };
	int template = check(zvmo_create(SIZE, 0), "create");
	static char page[PAGE];

	memset(page, 1, PAGE);
	for (unsigned long at = 0; at < SIZE; at += PAGE)
		check(zvmo_write(template, at, page, PAGE), "write");
	printf("%-10s %-10s %12s %8s %8s\n", "work", "workers", "us/round",
	       "ratio", "of spin");
	for (int kind = 0; kind < 2; kind++) {
		for (running = works; running < works + NR_WORKS; running++)
			measure(&kinds[kind], template);
	}
	close(template);
	return 0;
}
