/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: the processes, and what the coordinator tells them
 *
 * Each is this program, executed anew, so that it inherits no mapping and, as
 * VMOs are close-on-exec, no VMO: all that it has is a socket to the
 * coordinator. VMOs come to it over that. It obeys one order after another and
 * answers each; it ends when the coordinator closes the socket or ends.
 */
#ifndef DEMO_PROCESS_H
#define DEMO_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "wave.h"

/* The argument by which the program knows that it is such a process. */
#define PROCESS_ARGUMENT "--process"

/**
 * struct process - A process, as the coordinator knows it.
 * @pid: Its process id.
 * @socket: The coordinator's end of the socket.
 * @name: Name of the object that it writes.
 */
struct process {
	pid_t pid;
	int socket;
	const char *name;
};

void process_start(struct process *process, const char *name);
void process_end(struct process *process);

/* Give an order. What it has to say when done is fetched with process_wait(). */
void process_own(struct process *process, int vmo, const struct wave *wave);
void process_write(struct process *process, const struct wave *wave);
void process_read(struct process *process, int vmo);
void process_drop(struct process *process);

uint64_t process_wait(struct process *process);

int process_main(void);

#endif /* DEMO_PROCESS_H */
