// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - fuzzing: random calls, beside a model and without one
 *
 * A few seconds of each, always the same ones; with -d SECONDS, for so long, and
 * with -s SEED, -n STEPS or -r STEP,... those that a failure names (script.h).
 *
 * calls: sequences of operations on a family of VMOs and its model.
 * bytes: sequences of calls whose arguments are malformed now and then.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "family.h"
#include "kcov.h"
#include "parallel.h"
#include "script.h"

#define CHECK_INTERVAL 50

static void play_calls(const struct script *script)
{
	struct family family;
	size_t i;

	family_begin(&family, script->seed);
	family.also = FAMILY_STREAM_SIZE | FAMILY_TRANSFER | FAMILY_RESTORE |
		      FAMILY_MAP;
	family.trace = script->trace;
	for (i = 0; i < script->nr; i++) {
		family.random = script_begin_step(script, i);
		family_step(&family);
		if (i % CHECK_INTERVAL == 0 || i + 1 == script->nr)
			family_check(&family);
	}
	family.random = script->seed;
	family_end(&family);
}

TEST(calls)
{
	script_fuzz("calls", play_calls, 300, 4);
}

/* Malformed arguments; by one thread, so that a sequence repeats them. */
#define BYTES_WILD 8

static struct {
	unsigned long nr;
	unsigned long nr_good;
} *bytes_done;

static void play_bytes(const struct script *script)
{
	int fds[CALLS_FDS];
	struct calls calls;
	uint64_t choice;
	size_t i;

	calls_open(fds, CALLS_KEPT);
	calls_begin(&calls, script->seed, BYTES_WILD, fds);
	calls.trace = script->trace;
	for (i = 0; i < script->nr; i++) {
		calls.random = script_begin_step(script, i);
		choice = test_random_below(&calls.random, 8);
		if (choice < 3)
			calls_random_bytes(&calls);
		else if (choice < 6)
			calls_random(&calls);
		else
			calls_other(&calls);
	}
	calls_end(&calls);
	for (i = 0; i < CALLS_FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	bytes_done->nr += calls.nr;
	bytes_done->nr_good += calls.nr_good;
}

TEST(bytes)
{
	bytes_done = shared_memory(sizeof(*bytes_done));
	script_fuzz("bytes", play_bytes, 400, 50);
	test_note("%lu calls, %lu of them good", bytes_done->nr,
		  bytes_done->nr_good);
}

/* A sequence fails if a step is 51 and a later one is 50: two are enough. */
static void play_pair(const struct script *script)
{
	bool odd = false;
	size_t i;

	for (i = 0; i < script->nr; i++) {
		uint64_t number = script_begin_step(script, i) % 100;

		EXPECT(!odd || number != 50);
		odd |= number == 51;
	}
}

static void expect_pair_left(uint64_t *steps, size_t nr)
{
	struct script script = {
		.play = play_pair,
		.steps = steps,
		.nr = nr,
		.progress = shared_memory(sizeof(*script.progress)),
	};

	script_minimise(&script);
	ASSERT_EQ(script.nr, 2);
	EXPECT_EQ(steps[0], 51);
	EXPECT_EQ(steps[1], 50);
}

TEST(sequences_are_made_as_short_as_can_be)
{
	uint64_t many[200] = { [20] = 51, [90] = 51, [110] = 50, [190] = 50 };
	uint64_t few[3] = { 51, 0, 50 };

	expect_pair_left(many, 200);
	expect_pair_left(few, 3);
}

/*
 * Processes of several threads, all at the same VMOs; processes are killed and
 * others begin. Nobody knows what is in the VMOs: the kernel must have nothing
 * to say, everything must end, and nothing may be left.
 */
#define PROCESSES 3
#define THREADS 3

static int at_once_fds[CALLS_FDS];
static _Atomic unsigned long *at_once_calls;

static void *at_once_thread(void *arg)
{
	struct calls calls;

	calls_begin(&calls, (uintptr_t)arg, 0, at_once_fds);
	kcov_begin_thread();
	for (;;) {
		if (test_random_below(&calls.random, 2))
			calls_random(&calls);
		else
			calls_other(&calls);
		kcov_take();
		atomic_fetch_add(at_once_calls, 1);
	}
	return NULL;
}

static void at_once_process(unsigned int number, uint64_t seed)
{
	unsigned int i;

	(void)number;
	for (i = 1; i < THREADS; i++)
		thread_start(at_once_thread,
			     (void *)(uintptr_t)script_mix(seed, i));
	at_once_thread((void *)(uintptr_t)script_mix(seed, 0));
}

TEST(calls_at_once)
{
	unsigned int i, nr_killed;
	bool has_kcov;
	int device;

	at_once_calls = shared_memory(sizeof(*at_once_calls));
	has_kcov = kcov_prepare();
	calls_open(at_once_fds, CALLS_KEPT);
	nr_killed = processes_at_once(PROCESSES, at_once_process);
	for (i = 0; i < CALLS_KEPT; i++)
		test_close(at_once_fds[i]);
	device = zvmo_open();
	calls_drop_kept(device);
	test_close(device);
	test_note("%lu calls, %u processes killed, from seed %llu",
		  *at_once_calls, nr_killed, (unsigned long long)test_seed);
	if (has_kcov)
		test_note("%lu places of the module reached", kcov_count());
}
