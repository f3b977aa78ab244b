/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - pages that something outside holds: pipes, sockets, direct I/O
 *
 * Direct I/O needs a block device in memory, /dev/ram0 (module brd), and is
 * skipped without. Slow direct I/O is made by a cgroup of the process's own,
 * which lets so few bytes a second through that what is submitted waits for a
 * while, with the pages held.
 */
#ifndef _ZVMO_PINS_H
#define _ZVMO_PINS_H

#include <linux/aio_abi.h>

#include "harness.h"

/* vmsplice() puts the page itself into the pipe. */
struct pipe {
	int in, out;
};

struct pipe pipe_open(void);
void pipe_put(struct pipe *pipe, void *page);
int pipe_take(struct pipe *pipe);

/**
 * struct stalled - A TCP connection to oneself that moves on when it is read.
 * @in: Where to send; what is sent waits there, in its pages.
 * @out: Where to receive.
 * @ahead: How many bytes are before what is sent by socket_put().
 */
struct stalled {
	int in, out;
	size_t ahead;
};

struct stalled socket_open(void);
void socket_put(struct stalled *socket, void *page);
int socket_take(struct stalled *socket);

int device_open(void);
void device_fill(int device, uint64_t page, uint64_t pages, int byte);
bool device_holds(int device, uint64_t page, int byte);

/**
 * struct slow_io - A transfer of one page that waits.
 * @context: Where it was submitted.
 * @device: Descriptor of the device.
 */
struct slow_io {
	aio_context_t context;
	int device;
};

void slow_limit(void);
void slow_open(struct slow_io *io, int byte);
void slow_start(struct slow_io *io, int op, void *page, uint64_t at);
void slow_finish(struct slow_io *io);

#endif /* _ZVMO_PINS_H */
