// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: one server, its clients, and its saves
 *
 * This process, the coordinator, wants a save every second, or as soon as the
 * one before is verified. A process of its own verifies, which knows the file
 * and how many writes of each client have to be in it, and nothing else.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "client.h"
#include "group.h"
#include "saver.h"
#include "server.h"
#include "task.h"
#include "text.h"
#include "trial.h"
#include "verify.h"

#define PERIOD_NS 1000000000
#define SEED 1

/* What a key and its value take in the heap, with their part of the table. */
#define ENTRY_MEAN (VALUE_MEAN + 64)

struct crew {
	struct server server;
	pid_t server_pid;
	pid_t clients[CLIENTS];
};

static void start_client(struct crew *crew, unsigned int client)
{
	struct control *control = crew->server.control;
	int ends[2];

	check_errno(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
		    "socketpair");
	crew->server.sockets[client] = ends[0];
	crew->clients[client] = task_fork();
	if (crew->clients[client]) {
		close(ends[1]);
		return;
	}
	/* Lest it keep alive what it waits for the end of. */
	for (unsigned int i = 0; i <= client; i++)
		close(crew->server.sockets[i]);
	while (!control->open)
		usleep(1000);
	client_run(ends[1], client, &crew->server.workload,
		   &control->clients[client]);
	_exit(EXIT_SUCCESS);
}

static void start(struct crew *crew, const struct trial *trial)
{
	struct server *server = &crew->server;

	server->keeper = trial->keeper;
	server->size = trial->size;
	server->workload.seed = SEED;
	/* Three quarters full. */
	server->workload.keys =
		(uint32_t)(trial->size / 4 * 3 / ENTRY_MEAN / CLIENTS);
	server->control = control_create();
	group_create();
	/* First, so that the saver inherits no socket of a client. */
	server->keeper->prepare(server->control);
	for (unsigned int client = 0; client < CLIENTS; client++)
		start_client(crew, client);
	crew->server_pid = task_fork();
	if (!crew->server_pid) {
		server_run(server);
		_exit(EXIT_SUCCESS);
	}
	for (unsigned int client = 0; client < CLIENTS; client++)
		close(server->sockets[client]);
}

static void finish(struct crew *crew)
{
	struct server *server = &crew->server;

	server->control->stop = true;
	task_wait(crew->server_pid, "the server");
	for (unsigned int client = 0; client < CLIENTS; client++)
		task_wait(crew->clients[client], "a client");
	server->keeper->finish();
	group_remove();
	control_free(server->control);
}

/* Nothing is to be waited for from processes that have ended. */
static void check_alive(void)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid > 0)
		errx(EXIT_FAILURE, "a process ended too early (status %#x)",
		     (unsigned int)status);
	usleep(1000);
}

static bool verify(const struct server *server)
{
	pid_t pid = task_fork();
	int status;

	if (!pid) {
		task_background();
		_exit(verify_save(SAVE_PATH, &server->workload,
				  server->control->applied) ?
			      EXIT_SUCCESS :
			      EXIT_FAILURE);
	}
	check_errno(waitpid(pid, &status, 0), "waitpid");
	return !status;
}

/* Have the server save. Return: how that ended. */
static enum save_state save(struct control *control)
{
	enum save_state state;

	control->wanted = true;
	/* In this order: it has begun, has gone to the background, has ended. */
	while (control->wanted || !control->stall_ns ||
	       control->state == SAVE_WRITING)
		check_alive();
	state = control->state;
	return state;
}

static void note(struct trial *trial, const struct control *control)
{
	samples_add(&trial->stalls, control->stall_ns);
	samples_add(&trial->times, control->save_ns);
	if (control->memory_grown > trial->grown)
		trial->grown = control->memory_grown;
}

/* Judge what save() left behind, and allow the next. */
static void judge(struct trial *trial, const struct server *server,
		  enum save_state state)
{
	bool good = state == SAVE_WRITTEN && verify(server);

	if (state == SAVE_ABORTED) {
		trial->aborted++;
		printf(" aborted");
	} else {
		trial->verified += good;
		printf(good ? " verified" : " WRONG");
		check_errno(unlink(SAVE_PATH), SAVE_PATH);
	}
	fflush(stdout);
	server->control->state = SAVE_IDLE;
}

static uint64_t count_writes(const struct control *control)
{
	uint64_t writes = 0;

	for (unsigned int client = 0; client < CLIENTS; client++)
		writes += control->clients[client].writes;
	return writes;
}

static uint64_t longest_wait(const struct control *control)
{
	uint64_t longest = 0;

	for (unsigned int client = 0; client < CLIENTS; client++)
		if (control->clients[client].longest_ns > longest)
			longest = control->clients[client].longest_ns;
	return longest;
}

/* Let clients write for a second. Return: how long one waited at most. */
static uint64_t watch_clients(struct control *control)
{
	for (unsigned int client = 0; client < CLIENTS; client++)
		control->clients[client].longest_ns = 0;
	usleep(PERIOD_NS / 1000);
	check_alive();
	return longest_wait(control);
}

/* Clients begin; what they see at first is no part of the results. */
static void open_server(struct trial *trial, struct control *control)
{
	control->open = true;
	watch_clients(control);
	trial->idle_ns = watch_clients(control);
	for (unsigned int client = 0; client < CLIENTS; client++)
		control->clients[client].longest_ns = 0;
	trial->writes = count_writes(control);
	trial->ns = clock_now();
}

static void save_under_load(struct trial *trial, const struct server *server)
{
	struct control *control = server->control;

	for (unsigned int i = 0; i < trial->saves; i++) {
		uint64_t next = clock_now() + PERIOD_NS;
		enum save_state state;

		if (i >= trial->saves / 2)
			control->cap = trial->cap;
		state = save(control);
		note(trial, control);
		judge(trial, server, state);
		while (clock_now() < next)
			check_alive();
	}
}

/**
 * trial_run() - Run it.
 * @trial: What to try; filled with what came out.
 *
 * Says how it goes, in one line.
 */
void trial_run(struct trial *trial)
{
	struct crew crew = {};
	struct control *control;

	printf("  %s, %s: loading", text_size((int64_t)trial->size).s,
	       trial->keeper->name);
	fflush(stdout);
	start(&crew, trial);
	control = crew.server.control;
	while (!control->loaded)
		check_alive();
	printf("; saves:");
	fflush(stdout);
	judge(trial, &crew.server, save(control));
	trial->first_stall_ns = control->stall_ns;
	open_server(trial, control);
	save_under_load(trial, &crew.server);
	trial->ns = clock_now() - trial->ns;
	trial->writes = count_writes(control) - trial->writes;
	trial->longest_ns = longest_wait(control);
	trial->left = group_memory() - control->memory_before;
	printf("\n");
	finish(&crew);
}
