/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: what the processes of one server tell each other
 *
 * In shared memory, so that nobody waits for anybody. The state goes from IDLE
 * to WRITING by the server; to WRITTEN or ABORTED by the saver; and back to IDLE
 * by the coordinator, when it has read what stands here and removed the file.
 * Whoever sees a state may read what was stored before it was set.
 */
#ifndef DEMO_SAVE_CONTROL_H
#define DEMO_SAVE_CONTROL_H

#include <stdatomic.h>
#include <stdint.h>

#include "heap.h"

enum save_state { SAVE_IDLE, SAVE_WRITING, SAVE_WRITTEN, SAVE_ABORTED };

/**
 * struct client_account - What a client has seen.
 * @writes: How many writes were acknowledged.
 * @longest_ns: Longest time from sending a request to its answer, since the
 *	coordinator last set it to 0.
 */
struct client_account {
	_Atomic uint64_t writes;
	_Atomic uint64_t longest_ns;
};

/**
 * struct control - The shared memory.
 * @state: Where the save is.
 * @wanted: The coordinator wants a save.
 * @loaded: The server has its data and saves when that is wanted.
 * @open: Clients may begin.
 * @stop: The server is to end.
 * @cap: How many bytes the server's memory may grow during a save; 0: any.
 * @abort: The server wants the saver to give up.
 * @applied: How many writes of each client the server had applied when it took
 *	the snapshot.
 * @stall_ns: How long the server did nothing else to take it; 0 until it has.
 * @memory_before: What group_memory() said before that.
 * @memory_grown: What it said more at the end of the save, all of it there.
 * @save_ns: How long the save took.
 * @clients: What each client has seen.
 */
struct control {
	_Atomic enum save_state state;
	atomic_bool wanted;
	atomic_bool loaded;
	atomic_bool open;
	atomic_bool stop;
	_Atomic int64_t cap;
	atomic_bool abort;
	uint64_t applied[CLIENTS];
	_Atomic uint64_t stall_ns;
	int64_t memory_before;
	int64_t memory_grown;
	uint64_t save_ns;
	struct client_account clients[CLIENTS];
};

struct control *control_create(void);
void control_free(struct control *control);

#endif /* DEMO_SAVE_CONTROL_H */
