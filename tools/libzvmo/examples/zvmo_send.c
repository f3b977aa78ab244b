// SPDX-License-Identifier: GPL-2.0-only
/* A child process makes a VMO and sends it, with a snapshot, to its parent. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zvmo.h>

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

static void child(int socket)
{
	int vmos[2];

	vmos[0] = check(zvmo_create(4096, 0), "zvmo_create");
	check(zvmo_write(vmos[0], 0, "from the child", 15), "zvmo_write");
	vmos[1] = check(zvmo_snapshot(vmos[0]), "zvmo_snapshot");
	check(zvmo_send(socket, vmos, 2), "zvmo_send");
}

int main(void)
{
	int pair[2], vmos[2], count;
	char text[16] = "";

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		err(1, "socketpair");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		child(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	count = check(zvmo_receive(pair[0], vmos, 2), "zvmo_receive");
	if (count == 2)
		check(zvmo_read(vmos[1], 0, text, 15), "zvmo_read");
	printf("%d VMOs: %s\n", count, text);
	wait(NULL);
	return strcmp(text, "from the child") != 0;
}
