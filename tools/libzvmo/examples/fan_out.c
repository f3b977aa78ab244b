// SPDX-License-Identifier: GPL-2.0-only
/* Eight workers start from one template; each pays for what it writes. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zvmo.h>

#define SIZE (16UL << 20)
#define WORKERS 8

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

/* Writes as many pages as its number says, and leaves. */
static void worker(int vmo, int number)
{
	void *address;
	char *memory;
	int i;

	check(zvmo_map(vmo, 0, SIZE, PROT_READ | PROT_WRITE, 0, &address),
	      "zvmo_map");
	memory = address;
	for (i = 0; i < number; i++)
		memory[i * 4096] = (char)number;
	_exit(memory[SIZE / 2] != 't');
}

int main(void)
{
	int template = check(zvmo_create(SIZE, 0), "zvmo_create");
	struct zvmo_info info;
	int vmos[WORKERS], i, status, bad = 0;
	void *address;

	check(zvmo_map(template, 0, SIZE, PROT_READ | PROT_WRITE, 0, &address),
	      "zvmo_map");
	memset(address, 't', SIZE);
	fflush(stdout);
	for (i = 0; i < WORKERS; i++) {
		vmos[i] = check(zvmo_snapshot(template), "zvmo_snapshot");
		if (fork() == 0)
			worker(vmos[i], i);
	}
	for (i = 0; i < WORKERS; i++) {
		wait(&status);
		bad |= status;
	}
	for (i = 0; i < WORKERS; i++) {
		check(zvmo_get_info(vmos[i], &info, sizeof(info)),
		      "zvmo_get_info");
		printf("worker %d sees %llu KiB, holds %llu of its own\n", i,
		       info.committed_bytes >> 10,
		       info.committed_private_bytes >> 10);
		close(vmos[i]);
	}
	zvmo_unmap(address, SIZE);
	close(template);
	return bad != 0;
}
