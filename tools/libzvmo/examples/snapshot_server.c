// SPDX-License-Identifier: GPL-2.0-only
/* A server saves itself while it works: another process writes the snapshots. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zvmo.h>

#define KEYS 100000
#define SIZE (KEYS * sizeof(unsigned int))

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

/* A state is whole if all keys have the same value. */
static int save(int snapshot)
{
	static unsigned int table[KEYS];
	int i, torn = 0;

	check(zvmo_read(snapshot, 0, table, SIZE), "zvmo_read");
	for (i = 1; i < KEYS; i++)
		torn += table[i] != table[0];
	printf("saved state %u: %s\n", table[0], torn ? "torn" : "whole");
	return torn != 0;
}

/* The saver: gets snapshots until the server ends. */
static int saver(int socket)
{
	int snapshot, torn = 0;

	while (check(zvmo_receive(socket, &snapshot, 1), "zvmo_receive")) {
		torn |= save(snapshot);
		close(snapshot);
	}
	fflush(stdout);
	return torn;
}

static void server(int socket)
{
	int heap = check(zvmo_create(SIZE, 0), "zvmo_create");
	unsigned int *table, round, i;
	void *address;
	int snapshot;

	check(zvmo_map(heap, 0, SIZE, PROT_READ | PROT_WRITE, 0, &address),
	      "zvmo_map");
	table = address;
	for (round = 1; round <= 3; round++) {
		for (i = 0; i < KEYS; i++)
			table[i] = round;
		/* This is all that stops the server. */
		snapshot = check(zvmo_snapshot(heap), "zvmo_snapshot");
		check(zvmo_send(socket, &snapshot, 1), "zvmo_send");
		close(snapshot);
	}
	zvmo_unmap(address, SIZE);
	close(heap);
}

int main(void)
{
	int pair[2], status;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		err(1, "socketpair");
	fflush(stdout);
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(pair[0]);
		_exit(saver(pair[1]));
	}
	close(pair[1]);
	server(pair[0]);
	close(pair[0]);
	wait(&status);
	return status != 0;
}
