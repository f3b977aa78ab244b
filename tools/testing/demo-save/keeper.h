/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: two ways to keep a heap in memory and to save it
 *
 * zvmo: the heap is a mapped VMO. A save is a snapshot, which goes over a socket
 * to the saver, a process that was there before and maps it. fork: the heap is
 * anonymous memory. A save is fork(); the child is the saver.
 *
 * What a snapshot takes is what was written since the one before, and no matter
 * how large the heap is. So the server takes one after every SETTLE_WRITES
 * writes and closes it at once, which copies nothing: that bounds the time that
 * a save makes it wait.
 */
#ifndef DEMO_SAVE_KEEPER_H
#define DEMO_SAVE_KEEPER_H

#include "control.h"
#include "heap.h"

#define SETTLE_WRITES 256

/**
 * struct keeper - One of them.
 * @name: Its name.
 * @prepare: Called before the server is started; starts the saver, if that is a
 *	process of its own.
 * @create: Called in the server: memory for a heap, which reads zero.
 * @save: Called in the server: let the saver begin.
 * @settle: Called in the server after every SETTLE_WRITES writes; or NULL.
 * @finish: Called when the server has ended.
 */
struct keeper {
	const char *name;
	void (*prepare)(struct control *control);
	struct heap *(*create)(uint64_t size);
	void (*save)(struct control *control, struct heap *heap);
	void (*settle)(void);
	void (*finish)(void);
};

extern const struct keeper keeper_zvmo, keeper_fork;

#endif /* DEMO_SAVE_KEEPER_H */
