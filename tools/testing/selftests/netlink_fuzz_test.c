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

TEST(requests)
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

static void be_somebody(unsigned int number, uint64_t seed)
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

TEST(requests_at_once)
{
	unsigned int nr_killed;

	done = shared_memory(sizeof(*done));
	nr_killed = processes_at_once(PROCESSES, be_somebody);
	requests_reset_settings();
	tell_count();
	test_note("%u processes killed, from seed %llu", nr_killed,
		  (unsigned long long)test_seed);
}
