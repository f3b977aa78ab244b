/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: the server, one thread that does one thing after another
 */
#ifndef DEMO_SAVE_SERVER_H
#define DEMO_SAVE_SERVER_H

#include "keeper.h"
#include "workload.h"

/**
 * struct server - What a server needs.
 * @keeper: How it keeps its heap.
 * @size: Size of the heap.
 * @workload: What to load at the beginning.
 * @control: Shared with the coordinator and the saver.
 * @sockets: To the clients.
 */
struct server {
	const struct keeper *keeper;
	uint64_t size;
	struct workload workload;
	struct control *control;
	int sockets[CLIENTS];
};

void server_run(const struct server *server);

#endif /* DEMO_SAVE_SERVER_H */
