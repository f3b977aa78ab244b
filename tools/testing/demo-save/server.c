// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: the server, one thread that does one thing after another
 *
 * Between requests it looks whether a save is wanted, or whether one that goes
 * on has made it copy too much.
 */
#include <poll.h>
#include <sys/socket.h>

#include "check.h"
#include "group.h"
#include "request.h"
#include "samples.h"
#include "server.h"
#include "table.h"

#define IDLE_MS 10
#define WATCH_NS 1000000

static void set(struct heap *heap, struct string key, struct string value)
{
	check(table_set(heap, key, value), "SET");
}

/* The first write of each key, as if read from disk. */
static void load(struct heap *heap, const struct workload *workload)
{
	static char value[VALUE_MAX];
	char key[KEY_MAX];

	for (uint32_t i = 0; i < workload->keys; i++) {
		for (unsigned int client = 0; client < CLIENTS; client++) {
			struct string k = { key, 0 }, v = { value, 0 };

			k.length = workload_key_text(key, client, i);
			v.length = workload_value(workload, client, i, value);
			set(heap, k, v);
			heap->applied[client]++;
		}
	}
}

/* Take a write out of a request. Return: where the next one is; NULL: broken. */
static const char *apply(struct heap *heap, const char *at, const char *end)
{
	struct string key, value;
	struct set head;

	if ((size_t)(end - at) < sizeof(head))
		return NULL;
	memcpy(&head, at, sizeof(head));
	at += sizeof(head);
	if (head.key_length > KEY_MAX || head.value_length > VALUE_MAX ||
	    (size_t)(end - at) < head.key_length + head.value_length)
		return NULL;
	key = (struct string){ at, head.key_length };
	value = (struct string){ at + head.key_length, head.value_length };
	set(heap, key, value);
	return value.bytes + value.length;
}

static void answer(int socket, unsigned int client, struct heap *heap)
{
	static char request[REQUEST_MAX];
	ssize_t length = recv(socket, request, sizeof(request), 0);
	const char *at = request, *end = request + length;

	if (length <= 0)
		errx(EXIT_FAILURE, "client %u is gone", client);
	while (at < end) {
		at = apply(heap, at, end);
		if (!at)
			errx(EXIT_FAILURE, "client %u: bad request", client);
		heap->applied[client]++;
	}
	check_errno(send(socket, &heap->applied[client], sizeof(uint64_t),
			 MSG_NOSIGNAL),
		    "answering");
}

/* Before clients there is time: the first save takes all that was loaded. */
static void settle(const struct server *server, const struct heap *heap)
{
	static uint64_t settled;
	uint64_t writes = 0;

	for (unsigned int client = 0; client < CLIENTS; client++)
		writes += heap->applied[client];
	if (!server->keeper->settle || !server->control->open ||
	    writes - settled < SETTLE_WRITES)
		return;
	server->keeper->settle();
	settled = writes;
}

static void begin_save(const struct server *server, struct heap *heap)
{
	struct control *control = server->control;
	uint64_t start;

	control->abort = false;
	control->stall_ns = 0;
	control->wanted = false;
	memcpy(control->applied, heap->applied, sizeof(control->applied));
	control->memory_before = group_memory();
	control->state = SAVE_WRITING;
	start = clock_now();
	server->keeper->save(control, heap);
	control->stall_ns = clock_now() - start;
}

/* A save that costs more memory than there may be is given up. */
static void watch_save(struct control *control)
{
	static uint64_t watched;
	uint64_t now = clock_now();

	if (!control->cap || control->abort || now - watched < WATCH_NS)
		return;
	watched = now;
	if (group_memory() - control->memory_before > control->cap)
		control->abort = true;
}

static void serve(const struct server *server, struct heap *heap)
{
	struct pollfd polls[CLIENTS];

	for (unsigned int client = 0; client < CLIENTS; client++)
		polls[client] =
			(struct pollfd){ server->sockets[client], POLLIN, 0 };
	check_errno(poll(polls, CLIENTS, IDLE_MS), "poll");
	for (unsigned int client = 0; client < CLIENTS; client++)
		if (polls[client].revents)
			answer(server->sockets[client], client, heap);
}

/**
 * server_run() - Be a server until the coordinator wants no more.
 * @server: What it needs.
 */
void server_run(const struct server *server)
{
	struct control *control = server->control;
	struct heap *heap;

	group_enter();
	heap = server->keeper->create(server->size);
	heap_init(heap, server->size);
	check(table_init(heap, CLIENTS * server->workload.keys),
	      "making a table");
	load(heap, &server->workload);
	control->loaded = true;
	while (!control->stop) {
		if (control->state == SAVE_IDLE && control->wanted)
			begin_save(server, heap);
		else if (control->state == SAVE_WRITING)
			watch_save(control);
		serve(server, heap);
		settle(server, heap);
	}
}
