// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: the processes, and what the coordinator tells them
 */
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zvmo.h>

#include "check.h"
#include "checksum.h"
#include "process.h"

enum order_what {
	ORDER_OWN = 1, /* a VMO follows: map it, close it, write the wave */
	ORDER_WRITE, /* write the wave */
	ORDER_READ, /* a VMO follows: read all of it, answer its checksum */
	ORDER_DROP, /* unmap what it owns */
};

/* One message of a SOCK_SEQPACKET socket. The answer is the checksum, or 0. */
struct order {
	enum order_what what;
	struct wave wave;
};

/* The coordinator's side */

/**
 * process_start() - Start a process.
 * @process: Filled.
 * @name: Name of the object that it will write; is kept.
 */
void process_start(struct process *process, const char *name)
{
	char *argv[] = { "demo", PROCESS_ARGUMENT, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2];
	int error;

	check_errno(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
		    "socketpair");
	error = posix_spawn_file_actions_init(&actions);
	/* The copy that this makes stays open over exec, the only one to do so. */
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, ends[1],
							 STDIN_FILENO);
	if (!error)
		error = posix_spawn(&process->pid, "/proc/self/exe", &actions,
				    NULL, argv, environ);
	check(-error, "starting a process");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	process->socket = ends[0];
	process->name = name;
	process_wait(process);
}

/**
 * process_end() - Let a process end, and see it end well.
 * @process: The process.
 */
void process_end(struct process *process)
{
	int status;

	close(process->socket);
	check_errno(waitpid(process->pid, &status, 0), "waitpid");
	if (status)
		errx(EXIT_FAILURE, "the process of %s ended with status %#x",
		     process->name, (unsigned int)status);
}

static void give_order(struct process *process, enum order_what what, int vmo,
		       const struct wave *wave)
{
	struct order order = { .what = what };

	if (wave)
		order.wave = *wave;
	if (send(process->socket, &order, sizeof(order), MSG_NOSIGNAL) < 0)
		err(EXIT_FAILURE, "telling the process of %s", process->name);
	if (vmo >= 0)
		check(zvmo_send(process->socket, &vmo, 1), "zvmo_send");
}

/**
 * process_own() - Send a process the VMO that it is to map and write.
 * @process: The process.
 * @vmo: The VMO.
 * @wave: What to write at once.
 */
void process_own(struct process *process, int vmo, const struct wave *wave)
{
	give_order(process, ORDER_OWN, vmo, wave);
}

/**
 * process_write() - Let a process write more into what it has mapped.
 * @process: The process.
 * @wave: What to write.
 */
void process_write(struct process *process, const struct wave *wave)
{
	give_order(process, ORDER_WRITE, -1, wave);
}

/**
 * process_read() - Send a process a VMO to read from end to end.
 * @process: The process. process_wait() returns the checksum.
 * @vmo: The VMO.
 */
void process_read(struct process *process, int vmo)
{
	give_order(process, ORDER_READ, vmo, NULL);
}

/**
 * process_drop() - Let a process give up what it has mapped.
 * @process: The process.
 */
void process_drop(struct process *process)
{
	give_order(process, ORDER_DROP, -1, NULL);
}

/**
 * process_wait() - Wait until a process has obeyed its oldest open order.
 * @process: The process.
 *
 * Return: its answer.
 */
uint64_t process_wait(struct process *process)
{
	uint64_t answer;
	ssize_t n = recv(process->socket, &answer, sizeof(answer), 0);

	if (n < 0)
		err(EXIT_FAILURE, "hearing from the process of %s",
		    process->name);
	if (n != sizeof(answer))
		errx(EXIT_FAILURE, "the process of %s ended too early",
		     process->name);
	return answer;
}

/* The process's side; the socket is its standard input. */

static void *map_received(int prot, size_t *size)
{
	struct zvmo_info info;
	void *object;
	int vmo;

	if (!check(zvmo_receive(STDIN_FILENO, &vmo, 1), "zvmo_receive"))
		errx(EXIT_FAILURE, "the coordinator ended too early");
	check(zvmo_get_info(vmo, &info, sizeof(info)), "zvmo_get_info");
	check(zvmo_map(vmo, 0, info.size, prot, 0, &object), "zvmo_map");
	/* From here on the mapping alone keeps it. */
	close(vmo);
	*size = info.size;
	return object;
}

static uint64_t read_received(size_t page_size)
{
	uint64_t checksum;
	size_t size;
	void *object = map_received(PROT_READ, &size);

	checksum = checksum_object(object, page_size, size / page_size);
	check(zvmo_unmap(object, size), "zvmo_unmap");
	return checksum;
}

static uint64_t obey(const struct order *order)
{
	static void *object;
	static size_t size;
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);

	switch (order->what) {
	case ORDER_OWN:
		object = map_received(PROT_READ | PROT_WRITE, &size);
		/* fallthrough */
	case ORDER_WRITE:
		wave_write(&order->wave, object, page_size);
		return 0;
	case ORDER_READ:
		return read_received(page_size);
	case ORDER_DROP:
		check(zvmo_unmap(object, size), "zvmo_unmap");
		return 0;
	}
	errx(EXIT_FAILURE, "order %u is unknown", order->what);
}

static void answer(uint64_t checksum)
{
	check_errno(send(STDIN_FILENO, &checksum, sizeof(checksum),
			 MSG_NOSIGNAL),
		    "answering");
}

/**
 * process_main() - Be such a process.
 *
 * Return: exit status.
 */
int process_main(void)
{
	struct order order;

	/* Says that it is there. */
	answer(0);
	while (check_errno(recv(STDIN_FILENO, &order, sizeof(order), 0),
			   "recv"))
		answer(obey(&order));
	return EXIT_SUCCESS;
}
