/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: what clients write
 *
 * Write number i of a client is the same in every process that works it out:
 * so what a save has to contain follows from how many writes of each client are
 * in it. A client has keys of its own; it first writes each once, then some at
 * random for ever.
 */
#ifndef DEMO_SAVE_WORKLOAD_H
#define DEMO_SAVE_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#define KEY_MAX 32
/* From 1 to twice this many bytes less 1, all lengths equally often. */
#define VALUE_MEAN 1024
#define VALUE_MAX (2 * VALUE_MEAN)

/**
 * struct workload - What all writes follow from.
 * @seed: Of random numbers.
 * @keys: Number of keys of a client.
 */
struct workload {
	uint64_t seed;
	uint32_t keys;
};

uint32_t workload_key(const struct workload *workload, unsigned int client,
		      uint64_t write);
uint32_t workload_key_text(char text[KEY_MAX], unsigned int client,
			   uint32_t key);
uint32_t workload_value(const struct workload *workload, unsigned int client,
			uint64_t write, char value[VALUE_MAX]);

#endif /* DEMO_SAVE_WORKLOAD_H */
