// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - fuzzing the generic netlink family
 *
 * A few seconds of each, always the same ones; with -d SECONDS, for so long, and
 * with -s SEED, -n STEPS or -r STEP,... those that a failure names (script.h).
 *
 * requests: sequences of requests, beside a model of what who asks may see.
 */
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parallel.h"
#include "requests.h"
#include "script.h"

static struct {
	unsigned long nr;
	unsigned long nr_good;
	unsigned long nr_messages;
} *done;

static void count(const struct requests *requests)
{
	__atomic_fetch_add(&done->nr, requests->nr, __ATOMIC_RELAXED);
	__atomic_fetch_add(&done->nr_good, requests->nr_good, __ATOMIC_RELAXED);
	__atomic_fetch_add(&done->nr_messages, requests->nr_messages,
			   __ATOMIC_RELAXED);
}

static void tell_count(void)
{
	test_note("%lu requests, %lu of them good, %lu messages came", done->nr,
		  done->nr_good, done->nr_messages);
}

static void play_requests(const struct script *script)
{
	struct requests requests;
	size_t i;

	requests_reset_settings();
	requests_begin(&requests, script->seed, true);
	requests.trace = script->trace;
	for (i = 0; i < script->nr; i++) {
		requests.random = script_begin_step(script, i);
		requests_step(&requests);
	}
	requests_end(&requests);
	requests_reset_settings();
	count(&requests);
}

TEST_WITHIN(requests, 120)
{
	done = shared_memory(sizeof(*done));
	script_fuzz("requests", play_requests, 300, 20);
	tell_count();
	requests_reset_settings();
}

/*
 * Processes of users with and without privileges, and one in a user namespace of
 * its own, all at once; one or the other is killed now and then, and the next
 * takes its place.
 */
#define PROCESSES 4
#define STRESS_SECONDS 4
#define LIFE_MS 400 /* of a process, at most */

static void __attribute__((noreturn))
be_somebody(unsigned int number, uint64_t seed)
{
	struct requests requests;
	unsigned long nr;

	if (number) {
		ASSERT_EQ(setgid(REQUESTS_USER), 0);
		ASSERT_EQ(setuid(REQUESTS_USER), 0);
	}
	if (number == 3)
		(void)!unshare(CLONE_NEWUSER);
	requests_begin(&requests, seed, false);
	for (nr = 0;; nr++) {
		requests_step(&requests);
		if (nr % 16)
			continue;
		count(&requests);
		requests.nr = requests.nr_good = requests.nr_messages = 0;
	}
}

static pid_t start(unsigned int number, uint64_t seed)
{
	pid_t process = test_fork();

	if (!process)
		be_somebody(number, seed);
	return process;
}

TEST_WITHIN(requests_at_once, 60)
{
	unsigned int seconds = test_duration ? test_duration : STRESS_SECONDS;
	double begin = test_seconds();
	uint64_t random = test_seed;
	pid_t processes[PROCESSES];
	unsigned int i, nr_killed = 0;

	done = shared_memory(sizeof(*done));
	for (i = 0; i < PROCESSES; i++)
		processes[i] = start(i, test_random(&random));
	while (test_seconds() < begin + seconds) {
		sleep_ms(test_random_below(&random, LIFE_MS / PROCESSES));
		i = test_random_below(&random, PROCESSES);
		process_kill(processes[i]);
		nr_killed++;
		processes[i] = start(i, test_random(&random));
	}
	for (i = 0; i < PROCESSES; i++)
		process_kill(processes[i]);
	requests_reset_settings();
	tell_count();
	test_note("%u processes killed, from seed %llu", nr_killed,
		  (unsigned long long)test_seed);
}
