// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a heap in anonymous memory, saved by a forked child
 */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "group.h"
#include "keeper.h"
#include "saver.h"
#include "task.h"

static void fork_prepare(struct control *control)
{
	(void)control;
}

/* Huge pages are off, as servers that save by fork() want them: each write
 * after it would copy 2 MiB, or split them. */
static struct heap *create_in_memory(uint64_t size)
{
	struct heap *heap = mmap(NULL, size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (heap == MAP_FAILED)
		err(EXIT_FAILURE, "mapping the heap");
	check_errno(madvise(heap, size, MADV_NOHUGEPAGE), "madvise");
	/* Savers need not be waited for. */
	signal(SIGCHLD, SIG_IGN);
	return heap;
}

static void save_child(struct control *control, struct heap *heap)
{
	if (task_fork())
		return;
	task_background();
	group_leave();
	saver_run(control, heap, heap->size);
	_exit(EXIT_SUCCESS);
}

static void fork_finish(void)
{
}

const struct keeper keeper_fork = {
	.name = "fork()",
	.prepare = fork_prepare,
	.create = create_in_memory,
	.save = save_child,
	.finish = fork_finish,
};
