/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - random operations on a family of trees
 *
 * Operations are chosen by random numbers; or by bytes, if the run's random
 * numbers are made of bytes.
 */
#ifndef _ZVMO_HOST_RANDOM_STEPS_H
#define _ZVMO_HOST_RANDOM_STEPS_H

#include "model.h"
#include "random.h"

/**
 * struct run - A family to which random things happen.
 * @model: The family. model_init() begins the run.
 * @random: What to do next.
 * @walker: The tree that @cursor walks, or NULL.
 * @cursor: A walk that goes on while the tree changes.
 */
struct run {
	struct model model;
	struct random random;
	struct model_tree *walker;
	struct zvmo_cursor cursor;
};

void run_step(struct run *run, unsigned long number);
void run_end(struct run *run);

#endif /* _ZVMO_HOST_RANDOM_STEPS_H */
