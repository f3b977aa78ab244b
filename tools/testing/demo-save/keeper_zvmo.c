// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a heap in a VMO, saved from a snapshot
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zvmo.h>

#include "check.h"
#include "keeper.h"
#include "saver.h"
#include "task.h"

/* The server's end, and the saver's. */
static int sockets[2];
static pid_t saver;
static int vmo;

static void *map(int fd, size_t size, int prot)
{
	void *address;

	check(zvmo_map(fd, 0, size, prot, 0, &address), "zvmo_map");
	return address;
}

/* Each snapshot that comes is a heap to save; the mapping alone keeps it. */
static void run_saver(struct control *control)
{
	int snapshot;

	task_background();
	while (check(zvmo_receive(sockets[1], &snapshot, 1), "zvmo_receive")) {
		struct zvmo_info info;
		struct heap *heap;

		check(zvmo_get_info(snapshot, &info, sizeof(info)),
		      "zvmo_get_info");
		heap = map(snapshot, info.size, PROT_READ);
		close(snapshot);
		saver_run(control, heap, info.size);
	}
}

static void zvmo_prepare(struct control *control)
{
	check_errno(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			       sockets),
		    "socketpair");
	saver = task_fork();
	if (!saver) {
		close(sockets[0]);
		run_saver(control);
		_exit(EXIT_SUCCESS);
	}
	close(sockets[1]);
}

static struct heap *create_in_vmo(uint64_t size)
{
	vmo = check(zvmo_create(size, 0),
		    "zvmo_create (is the module loaded?)");
	return map(vmo, size, PROT_READ | PROT_WRITE);
}

static int take_snapshot(void)
{
	return check(zvmo_snapshot(vmo), "zvmo_snapshot");
}

static void settle(void)
{
	close(take_snapshot());
}

static void save_snapshot(struct control *control, struct heap *heap)
{
	int snapshot = take_snapshot();

	(void)control;
	(void)heap;
	check(zvmo_send(sockets[0], &snapshot, 1), "zvmo_send");
	close(snapshot);
}

static void zvmo_finish(void)
{
	close(sockets[0]);
	task_wait(saver, "the saver");
}

const struct keeper keeper_zvmo = {
	.name = "zvmo",
	.prepare = zvmo_prepare,
	.create = create_in_vmo,
	.save = save_snapshot,
	.settle = settle,
	.finish = zvmo_finish,
};
