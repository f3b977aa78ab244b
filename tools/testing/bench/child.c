// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: a forked process that does what it is told
 *
 * fork() is the peer of a snapshot; the child's address space is the copy.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static _Noreturn void child_loop(child_job *job, void *context, int order,
				 int done)
{
	int what;

	while (read(order, &what, sizeof(what)) == sizeof(what)) {
		job(context, what);
		if (write(done, &what, sizeof(what)) != sizeof(what))
			break;
	}
	_exit(0);
}

/* The job of a child that is only there. */
void child_idle(void *context, int what)
{
	(void)context;
	(void)what;
}

struct child child_fork(child_job *job, void *context)
{
	int order[2], done[2];
	struct child child;

	check(pipe(order), "pipe");
	check(pipe(done), "pipe");
	child.pid = check(fork(), "fork");
	if (!child.pid) {
		close(order[1]);
		close(done[0]);
		child_loop(job, context, order[0], done[1]);
	}
	close(order[0]);
	close(done[1]);
	child.order = order[1];
	child.done = done[0];
	return child;
}

/* Have the child do something, and wait until it is done. */
void child_do(const struct child *child, int what)
{
	if (write(child->order, &what, sizeof(what)) != sizeof(what) ||
	    read(child->done, &what, sizeof(what)) != sizeof(what))
		fail("child");
}

void child_end(const struct child *child)
{
	close(child->order);
	close(child->done);
	check(waitpid(child->pid, NULL, 0), "waitpid");
}
