// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - fuzzing: random calls, beside a model and without one
 *
 * A few seconds of each, always the same ones; with -d SECONDS, for so long, and
 * with -s SEED and -n STEPS those that a failure names.
 *
 * calls: sequences of operations on a family of VMOs and its model. A step
 * depends on the seed, its number and what is there; so a sequence that fails is
 * repeated with ever fewer of its steps, and what is left of it is printed.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "family.h"
#include "parallel.h"

#define SEQUENCES 4 /* if nothing is asked for */
#define SEQUENCE_STEPS 300
#define MINIMISE_SECONDS 60
#define CHECK_INTERVAL 50

/**
 * struct script - A sequence of operations.
 * @seed: Of all steps.
 * @steps: Their numbers.
 * @nr: How many.
 * @trace: Print them.
 * @reached: How many have begun; in memory that processes share.
 */
struct script {
	uint64_t seed;
	unsigned int *steps;
	size_t nr;
	bool trace;
	size_t *reached;
};

static uint64_t mix(uint64_t seed, uint64_t number)
{
	uint64_t random = seed * 0x9e3779b97f4a7c15 + number;

	return test_random(&random);
}

/* What others left behind, who failed, may be freed a little later. */
static struct test_stats settled_stats(void)
{
	struct test_stats before, now = test_stats();
	unsigned int tries = 50;

	do {
		before = now;
		sleep_ms(20);
		now = test_stats();
	} while (memcmp(&before, &now, sizeof(now)) && --tries);
	return now;
}

static void play(void *arg)
{
	const struct script *script = arg;
	struct test_stats before = settled_stats(), after;
	struct family family;
	size_t i;

	family_begin(&family, script->seed);
	family.also = FAMILY_STREAM_SIZE | FAMILY_TRANSFER | FAMILY_RESTORE |
		      FAMILY_MAP;
	family.trace = script->trace;
	for (i = 0; i < script->nr; i++) {
		*script->reached = i + 1;
		family.random = mix(script->seed, script->steps[i]);
		family_step(&family);
		if (i % CHECK_INTERVAL == 0 || i + 1 == script->nr)
			family_check(&family);
	}
	family.random = script->seed;
	family_end(&family);
	test_wait_pages(before.pages);
	after = test_stats();
	EXPECT_EQ(after.pages, before.pages);
	EXPECT_EQ(after.nodes, before.nodes);
	EXPECT_EQ(after.cows, before.cows);
	EXPECT_EQ(after.vmos, before.vmos);
}

/* A module that one attempt broke would spoil the next: have a new one. */
static void renew_module(void)
{
	unsigned int tries = 20;

	while (system("rmmod zvmo 2>/dev/null && zvmo-load") && --tries)
		sleep_ms(50);
	if (!tries)
		test_note("the module cannot be loaded anew");
}

/* Does it fail? Leaves the module as good as new. */
static bool fails(struct script *script)
{
	if (test_passes_quietly(play, script))
		return false;
	renew_module();
	return true;
}

/* Try it without some of its steps. If it still fails, they are gone. */
static bool drop(struct script *script, size_t first, size_t nr)
{
	unsigned int steps[script->nr];
	struct script shorter = *script;

	shorter.steps = steps;
	shorter.nr = script->nr - nr;
	memcpy(steps, script->steps, first * sizeof(*steps));
	memcpy(steps + first, script->steps + first + nr,
	       (shorter.nr - first) * sizeof(*steps));
	if (!fails(&shorter))
		return false;
	script->nr = *script->reached;
	memcpy(script->steps, steps, script->nr * sizeof(*steps));
	return true;
}

/* Halves, quarters, ..., single steps: until none can be dropped. */
static void minimise(struct script *script)
{
	double deadline = test_seconds() + MINIMISE_SECONDS;
	size_t part = (script->nr + 1) / 2, first;
	bool dropped;

	while (script->nr > 1) {
		dropped = false;
		for (first = 0; first < script->nr;) {
			if (test_seconds() > deadline)
				return;
			if (part > script->nr - first)
				part = script->nr - first;
			if (drop(script, first, part))
				dropped = true;
			else
				first += part;
		}
		if (part > 1)
			part = (part + 1) / 2;
		else if (!dropped)
			return;
	}
}

static void explain(struct script *script)
{
	test_note("-s %llu -n %zu calls: step %zu fails; minimising",
		  (unsigned long long)script->seed, script->nr,
		  *script->reached);
	script->nr = *script->reached;
	minimise(script);
	test_note("%zu steps are left:", script->nr);
	script->trace = true;
	play(script);
	FATAL("it fails not each time");
}

/* Has enough been done? The first one is to be done in any case. */
static bool go_on(double start, unsigned int nr, unsigned int wanted)
{
	if (test_duration)
		return test_seconds() < start + test_duration;
	return nr < (test_steps ? 1 : wanted);
}

TEST_WITHIN(calls, 120)
{
	struct script script = { .reached = shared_memory(sizeof(size_t)) };
	size_t steps = test_steps ? test_steps : SEQUENCE_STEPS;
	double start = test_seconds();
	unsigned int nr, i;

	script.steps = calloc(steps, sizeof(*script.steps));
	ASSERT(script.steps != NULL);
	for (nr = 0; !nr || go_on(start, nr, test_rounds(SEQUENCES)); nr++) {
		script.seed = test_seed + nr;
		script.nr = steps;
		for (i = 0; i < steps; i++)
			script.steps[i] = i;
		if (fails(&script))
			explain(&script);
	}
	test_note("%u sequences of %zu steps from seed %llu", nr, steps,
		  (unsigned long long)test_seed);
	free(script.steps);
}

/* Malformed arguments; by one thread, so that a seed repeats it. */
#define BYTES_CALLS 20000
#define BYTES_WILD 8

TEST_WITHIN(bytes, 60)
{
	unsigned long steps = test_steps ?: test_rounds(BYTES_CALLS), i;
	unsigned long nr = 0, nr_good = 0;
	double start = test_seconds();
	unsigned int round;

	for (round = 0; !round || go_on(start, round, 1); round++) {
		int fds[CALLS_FDS];
		struct calls calls;

		calls_open(fds, CALLS_KEPT);
		calls_begin(&calls, mix(test_seed + round, 0), BYTES_WILD, fds);
		for (i = 0; i < steps; i++) {
			if (i % 2)
				calls_random_bytes(&calls);
			else
				calls_random(&calls);
		}
		nr += calls.nr;
		nr_good += calls.nr_good;
		calls_end(&calls);
		for (i = 0; i < CALLS_FDS; i++)
			if (fds[i] >= 0)
				close(fds[i]);
	}
	test_note("%lu ioctls, %lu of them good, from seed %llu", nr, nr_good,
		  (unsigned long long)test_seed);
}

/*
 * Processes of several threads, all at the same VMOs; processes are killed and
 * others begin. Nobody knows what is in the VMOs: the kernel must have nothing
 * to say, everything must end, and nothing may be left.
 */
#define PROCESSES 3
#define THREADS 3
#define STRESS_SECONDS 4
#define LIFE_MS 300 /* of a process, at most */

static int at_once_fds[CALLS_FDS];
static _Atomic unsigned long *at_once_calls;

static void *at_once_thread(void *arg)
{
	struct calls calls;

	calls_begin(&calls, (uintptr_t)arg, 0, at_once_fds);
	for (;;) {
		if (test_random_below(&calls.random, 2))
			calls_random(&calls);
		else
			calls_other(&calls);
		atomic_fetch_add(at_once_calls, 1);
	}
	return NULL;
}

static pid_t at_once_process(uint64_t seed)
{
	pid_t process = test_fork();
	unsigned int i;

	if (process)
		return process;
	for (i = 1; i < THREADS; i++)
		thread_start(at_once_thread, (void *)(uintptr_t)mix(seed, i));
	at_once_thread((void *)(uintptr_t)mix(seed, 0));
	_exit(EXIT_FAILURE);
}

static void kill_process(pid_t process)
{
	int status = 0;

	ASSERT_EQ(kill(process, SIGKILL), 0);
	ASSERT_EQ(waitpid(process, &status, 0), process);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		FAIL("a process ended with status %#x", status);
}

TEST_WITHIN(calls_at_once, 60)
{
	unsigned int seconds = test_duration ? test_duration : STRESS_SECONDS;
	double start = test_seconds();
	uint64_t random = test_seed;
	pid_t processes[PROCESSES];
	unsigned int i, nr_killed = 0;
	int device;

	at_once_calls = shared_memory(sizeof(*at_once_calls));
	calls_open(at_once_fds, CALLS_KEPT);
	for (i = 0; i < PROCESSES; i++)
		processes[i] = at_once_process(test_random(&random));
	while (test_seconds() < start + seconds) {
		sleep_ms(test_random_below(&random, LIFE_MS / PROCESSES));
		i = test_random_below(&random, PROCESSES);
		kill_process(processes[i]);
		nr_killed++;
		processes[i] = at_once_process(test_random(&random));
	}
	for (i = 0; i < PROCESSES; i++)
		kill_process(processes[i]);
	for (i = 0; i < CALLS_KEPT; i++)
		test_close(at_once_fds[i]);
	device = zvmo_open();
	calls_drop_kept(device);
	test_close(device);
	test_note("%lu calls, %u processes killed, from seed %llu",
		  *at_once_calls, nr_killed, (unsigned long long)test_seed);
}
