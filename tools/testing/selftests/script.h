/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - sequences of random steps: made, repeated, made shorter
 *
 * What a step does depends on its number, 64 bits at random, and on what is
 * there. So a sequence is a list of numbers; each runs in a process of its own,
 * and fails if a check does or if the kernel complains. One that fails is
 * repeated with ever fewer of its steps, and what is left is printed so that it
 * can be repeated: -s SEED -r STEP,STEP...
 *
 * A whole sequence is named by the seed that all its steps come from, and by the
 * seeds of the changes that were then made to it: -s SEED.CHANGE.CHANGE...
 * Changed are, where the kernel has KCOV, those that reached what none had before.
 */
#ifndef _ZVMO_SCRIPT_H
#define _ZVMO_SCRIPT_H

#include "harness.h"

#define SCRIPT_CHANGES 32

struct script;
typedef void (*script_play_fn)(const struct script *script);

/* Set by the process that plays, for the one that waits. */
struct script_progress {
	size_t reached; /* steps that have begun */
	unsigned long nr_new; /* places reached for the first time */
};

/**
 * struct script - A sequence.
 * @name: The case.
 * @play: Does the steps from the first to the last: script_begin_step(), then
 *   what the number says; at the end nothing is left of what it made.
 * @seed: Of all steps.
 * @changes: Seeds of the changes.
 * @nr_changes: How many.
 * @steps: Their numbers.
 * @nr: How many.
 * @trace: Print what they do.
 * @progress: In memory that processes share.
 */
struct script {
	const char *name;
	script_play_fn play;
	uint64_t seed;
	uint64_t changes[SCRIPT_CHANGES];
	unsigned int nr_changes;
	uint64_t *steps;
	size_t nr;
	bool trace;
	struct script_progress *progress;
};

uint64_t script_begin_step(const struct script *script, size_t i);
void script_fuzz(const char *name, script_play_fn play, size_t steps,
		 unsigned int sequences);
void script_minimise(struct script *script);
uint64_t script_mix(uint64_t seed, uint64_t number);
bool script_go_on(double start, unsigned int nr, unsigned int wanted);

#endif /* _ZVMO_SCRIPT_H */
