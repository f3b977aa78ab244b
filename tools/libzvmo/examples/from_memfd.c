// SPDX-License-Identifier: GPL-2.0-only
/* What is done with memfd and fork(), and the same with VMOs. */
#define _GNU_SOURCE 1
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zvmo.h>

#define SIZE (1UL << 20)

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

/* Stands for writing a state to a disk. */
static void save(const char *how, const char *state)
{
	printf("%s: %s\n", how, state);
	fflush(stdout);
}

/* (1) a snapshot, with fork() */
static void snapshot_by_fork(void)
{
	char *heap = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (heap == MAP_FAILED)
		err(1, "mmap");
	strcpy(heap, "state 1");
	if (fork() == 0) {
		save("fork", heap);
		_exit(0);
	}
	strcpy(heap, "state 2");
	wait(NULL);
	munmap(heap, SIZE);
}

/* (2) the same, with a VMO */
static void snapshot_by_vmo(void)
{
	int vmo = check(zvmo_create(SIZE, 0), "zvmo_create"), snapshot;
	char saved[16];
	void *heap;

	check(zvmo_map(vmo, 0, SIZE, PROT_READ | PROT_WRITE, 0, &heap),
	      "zvmo_map");
	strcpy(heap, "state 1");
	snapshot = check(zvmo_snapshot(vmo), "zvmo_snapshot");
	strcpy(heap, "state 2");
	check(zvmo_read(snapshot, 0, saved, sizeof(saved)), "zvmo_read");
	save("VMO", saved);
	close(snapshot);
	zvmo_unmap(heap, SIZE);
	close(vmo);
}

/* (3) fan-out, with a memfd that is mapped privately */
static void fan_out_by_memfd(void)
{
	int file = memfd_create("template", MFD_CLOEXEC);
	char *mine;

	if (file < 0 || ftruncate(file, SIZE) ||
	    pwrite(file, "template", 9, 0) != 9)
		err(1, "memfd");
	mine = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	if (mine == MAP_FAILED)
		err(1, "mmap");
	strcpy(mine, "changed");
	/* Back to the template. */
	if (madvise(mine, SIZE, MADV_DONTNEED))
		err(1, "madvise");
	save("memfd", mine);
	munmap(mine, SIZE);
	close(file);
}

/* (4) the same, with VMOs */
static void fan_out_by_vmo(void)
{
	int template = check(zvmo_create(SIZE, 0), "zvmo_create"), worker;
	void *mine;

	check(zvmo_write(template, 0, "template", 9), "zvmo_write");
	worker = check(zvmo_snapshot(template), "zvmo_snapshot");
	check(zvmo_map(worker, 0, SIZE, PROT_READ | PROT_WRITE, 0, &mine),
	      "zvmo_map");
	strcpy(mine, "changed");
	/* Back to the template. */
	check(zvmo_restore(worker, template), "zvmo_restore");
	save("VMO", mine);
	zvmo_unmap(mine, SIZE);
	close(worker);
	close(template);
}

/* (5) all */
int main(void)
{
	snapshot_by_fork();
	snapshot_by_vmo();
	fan_out_by_memfd();
	fan_out_by_vmo();
	return 0;
}
