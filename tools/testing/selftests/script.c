// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - sequences of random steps: made, repeated, made shorter
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kcov.h"
#include "parallel.h"
#include "script.h"

#define MINIMISE_SECONDS 60
#define CORPUS 1024
#define BLIND "ZVMO_FUZZ_BLIND" /* keep nothing: to compare with */

/* The number that belongs to a seed and a place. */
uint64_t script_mix(uint64_t seed, uint64_t number)
{
	uint64_t random = seed * 0x9e3779b97f4a7c15 + number;

	return test_random(&random);
}

/* Has enough been done? The first one is to be done in any case. */
bool script_go_on(double start, unsigned int nr, unsigned int wanted)
{
	if (test_duration)
		return test_seconds() < start + test_duration;
	return nr < (test_steps ? 1 : wanted);
}

/* What the kernel says */

static int kernel_log = -1;

/* Has it complained since the last time? */
static bool kernel_complained(void)
{
	static const char *const words[] = { "BUG: ",
					     "WARNING: ",
					     "KASAN",
					     "KCSAN",
					     "UBSAN",
					     "refcount_t: ",
					     "list_add corruption",
					     "list_del corruption" };
	bool found = false;
	char record[8192];
	ssize_t length;
	size_t i;

	if (kernel_log < 0) {
		kernel_log = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
		ASSERT(kernel_log >= 0);
		lseek(kernel_log, 0, SEEK_END);
	}
	/* EPIPE: some records are gone. */
	while ((length = read(kernel_log, record, sizeof(record) - 1)) > 0 ||
	       (length < 0 && errno == EPIPE)) {
		if (length < 0)
			continue;
		record[length] = '\0';
		/* A data race of others, see tools/testing/vm/splats.awk. */
		if (strstr(record, "KCSAN") && !strstr(record, "[zvmo]"))
			continue;
		for (i = 0; i < sizeof(words) / sizeof(*words); i++)
			found |= strstr(record, words[i]) != NULL;
	}
	return found;
}

/* How a sequence is named; for the log if it is the kernel's last one. */
static const char *options_of(const struct script *script)
{
	static char text[1024];
	int length = snprintf(text, sizeof(text), "-s %llu",
			      (unsigned long long)script->seed);
	unsigned int i;

	for (i = 0; i < script->nr_changes; i++)
		length += snprintf(text + length, sizeof(text) - length,
				   ".%llu",
				   (unsigned long long)script->changes[i]);
	return text;
}

static void announce(const struct script *script)
{
	dprintf(kernel_log, "zvmo-vm: test %s: %s -n %zu\n", script->name,
		options_of(script), script->nr);
}

/* Playing */

/**
 * script_begin_step() - The next step begins.
 * @script: The sequence.
 * @i: Its place there.
 *
 * Return: Its number.
 */
uint64_t script_begin_step(const struct script *script, size_t i)
{
	script->progress->nr_new += kcov_take();
	script->progress->reached = i + 1;
	return script->steps[i];
}

static void play(void *arg)
{
	const struct script *script = arg;
	struct test_stats before = test_stats(), after;

	script->progress->nr_new = 0;
	script->progress->reached = 0;
	kcov_begin_thread();
	script->play(script);
	script->progress->nr_new += kcov_take();
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
	bool passed = test_passes_quietly(play, script);

	if (!kernel_complained() && passed)
		return false;
	renew_module();
	kernel_complained();
	return true;
}

/* Making them shorter */

/* Try it without some of its steps. If it still fails, they are gone. */
static bool drop(struct script *script, size_t first, size_t nr)
{
	uint64_t steps[script->nr];
	struct script shorter = *script;

	shorter.steps = steps;
	shorter.nr = script->nr - nr;
	memcpy(steps, script->steps, first * sizeof(*steps));
	memcpy(steps + first, script->steps + first + nr,
	       (shorter.nr - first) * sizeof(*steps));
	if (!fails(&shorter))
		return false;
	script->nr = script->progress->reached;
	memcpy(script->steps, steps, script->nr * sizeof(*steps));
	return true;
}

/**
 * script_minimise() - Drop steps without which it still fails.
 * @script: The sequence.
 *
 * Halves, quarters, ..., single steps: until none can be dropped.
 */
void script_minimise(struct script *script)
{
	double deadline = test_seconds() + test_patience(MINIMISE_SECONDS);
	size_t part = (script->nr + 1) / 2, first, nr;
	bool dropped;

	while (script->nr > 1) {
		dropped = false;
		for (first = 0; first < script->nr && script->nr > 1;) {
			if (test_seconds() > deadline)
				return;
			nr = script->nr - first;
			if (nr > part)
				nr = part;
			if (drop(script, first, nr))
				dropped = true;
			else
				first += nr;
		}
		if (part > 1)
			part = (part + 1) / 2;
		else if (!dropped)
			return;
	}
}

/* What is left of it, as options and as what it does. */
static void show(struct script *script)
{
	size_t i;

	printf("# -s %llu -r ", (unsigned long long)script->seed);
	for (i = 0; i < script->nr; i++)
		printf("%s%#llx", i ? "," : "",
		       (unsigned long long)script->steps[i]);
	printf(" %s\n", script->name);
	fflush(stdout);
	script->trace = true;
	play(script);
	FATAL("the kernel complained, or it fails not each time");
}

static void explain(struct script *script)
{
	test_note("%s -n %zu %s: step %zu fails; minimising",
		  options_of(script), script->nr, script->name,
		  script->progress->reached);
	if (script->progress->reached)
		script->nr = script->progress->reached;
	script_minimise(script);
	test_note("%zu steps are left:", script->nr);
	show(script);
}

/* Making them */

static void change(struct script *script, uint64_t seed)
{
	uint64_t random = seed;
	size_t nr = 1 + test_random_below(&random, (script->nr + 3) / 4);
	size_t from = test_random_below(&random, script->nr - nr + 1);
	size_t to = test_random_below(&random, script->nr - nr + 1), i;

	switch (test_random_below(&random, 3)) {
	case 0:
		for (i = 0; i < nr; i++)
			script->steps[to + i] = test_random(&random);
		break;
	case 1:
		memmove(script->steps + to, script->steps + from,
			nr * sizeof(*script->steps));
		break;
	default:
		for (i = 0; i < 1 + nr / 8; i++)
			script->steps[test_random_below(&random, script->nr)] =
				test_random(&random);
	}
}

static void make(struct script *script, size_t nr)
{
	size_t i;

	script->nr = nr;
	for (i = 0; i < nr; i++)
		script->steps[i] = script_mix(script->seed, i);
	for (i = 0; i < script->nr_changes; i++)
		change(script, script->changes[i]);
}

/* Sequences that reached something, by their names. */
static struct corpus {
	struct script scripts[CORPUS];
	unsigned int nr;
	bool is_enough; /* the last one of a seed of its own reached nothing */
} corpus;

static void keep(const struct script *script)
{
	bool is_new = script->progress->nr_new;

	if (!script->nr_changes)
		corpus.is_enough = !is_new;
	if (is_new && corpus.nr < CORPUS && !getenv(BLIND))
		corpus.scripts[corpus.nr++] = *script;
}

/* Another seed, while these reach something; then mostly changes. */
static void choose(struct script *script, unsigned int number)
{
	uint64_t random = script_mix(~test_seed, number);
	unsigned int i;

	script->nr_changes = 0;
	script->seed = test_seed + number;
	if (!corpus.nr || !corpus.is_enough || !test_random_below(&random, 4))
		return;
	/* Half of the time one of the last. */
	i = test_random_below(&random, corpus.nr);
	if (test_random_below(&random, 2))
		i = corpus.nr - 1 - i / 4;
	if (corpus.scripts[i].nr_changes == SCRIPT_CHANGES)
		return;
	script->seed = corpus.scripts[i].seed;
	script->nr_changes = corpus.scripts[i].nr_changes;
	memcpy(script->changes, corpus.scripts[i].changes,
	       sizeof(script->changes));
	script->changes[script->nr_changes++] =
		test_random_below(&random, 1000000);
}

/* The first one: as the options say. */
static void choose_asked(struct script *script)
{
	const char *text = test_seed_changes;

	script->seed = test_seed;
	while (*text == '.' && script->nr_changes < SCRIPT_CHANGES)
		script->changes[script->nr_changes++] =
			strtoull(text + 1, (char **)&text, 10);
}

static void replay(struct script *script)
{
	const char *text = test_replay;

	script->seed = test_seed;
	script->steps = calloc(strlen(text) + 1, sizeof(*script->steps));
	ASSERT(script->steps != NULL);
	script->nr = 0;
	do {
		script->steps[script->nr++] = strtoull(text, (char **)&text, 0);
	} while (*text++ == ',');
	if (fails(script))
		show(script);
	test_note("%zu steps, which do not fail", script->nr);
}

/**
 * script_fuzz() - Play sequences, until one fails or there were enough.
 * @name: The case.
 * @play: Plays one.
 * @steps: Of one, if nothing else is asked for.
 * @sequences: How many, likewise.
 */
void script_fuzz(const char *name, script_play_fn play, size_t steps,
		 unsigned int sequences)
{
	struct script script = { .name = name, .play = play };
	bool has_kcov = kcov_prepare();
	double start = test_seconds();
	unsigned int nr;

	script.progress = shared_memory(sizeof(*script.progress));
	kernel_complained();
	if (test_replay) {
		replay(&script);
		return;
	}
	if (test_steps)
		steps = test_steps;
	script.steps = calloc(steps, sizeof(*script.steps));
	ASSERT(script.steps != NULL);
	for (nr = 0; !nr || script_go_on(start, nr, test_rounds(sequences));
	     nr++) {
		if (nr)
			choose(&script, nr);
		else
			choose_asked(&script);
		make(&script, steps);
		announce(&script);
		if (fails(&script))
			explain(&script);
		keep(&script);
	}
	test_note("%u sequences of %zu steps from seed %llu", nr, steps,
		  (unsigned long long)test_seed);
	if (has_kcov)
		test_note("%lu places of the module reached, %u sequences kept",
			  kcov_count(), corpus.nr);
	free(script.steps);
}
