/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: one server, its clients, and its saves
 */
#ifndef DEMO_SAVE_TRIAL_H
#define DEMO_SAVE_TRIAL_H

#include "keeper.h"
#include "samples.h"

/**
 * struct trial - What is tried, and what came out.
 * @keeper: How the server keeps its heap.
 * @size: Size of the heap.
 * @saves: How many saves are to be made while clients write.
 * @cap: How many bytes the server's memory may grow in the second half of the
 *	saves; 0: any.
 * @verified: How many saves were made, loaded and found to be right.
 * @aborted: How many were given up because of @cap.
 * @first_stall_ns: What the save before all clients made the server wait: that
 *	of a heap all of which was just written.
 * @stalls: What the others did.
 * @times: How long they took.
 * @longest_ns: Longest time that a client waited for an answer.
 * @idle_ns: The same for a second in which nothing was saved: what the machine
 *	adds by itself.
 * @grown: Most bytes that the server's memory grew during a save.
 * @left: Bytes that it had more at the end than before the last save.
 * @writes: How many writes were acknowledged ...
 * @ns: ... in this time.
 */
struct trial {
	const struct keeper *keeper;
	uint64_t size;
	unsigned int saves;
	int64_t cap;
	unsigned int verified;
	unsigned int aborted;
	uint64_t first_stall_ns;
	struct samples stalls;
	struct samples times;
	uint64_t longest_ns;
	uint64_t idle_ns;
	int64_t grown;
	int64_t left;
	uint64_t writes;
	uint64_t ns;
};

void trial_run(struct trial *trial);

#endif /* DEMO_SAVE_TRIAL_H */
