// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: processes
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "task.h"

/**
 * task_fork() - Start a process, which ends at the latest with this one.
 *
 * Return: as fork().
 */
pid_t task_fork(void)
{
	pid_t parent = getpid();
	pid_t pid = (pid_t)check_errno(fork(), "fork");

	if (!pid) {
		check_errno(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
		if (getppid() != parent)
			_exit(EXIT_FAILURE);
	}
	return pid;
}

/**
 * task_background() - Let this process run when others leave room.
 */
void task_background(void)
{
	check_errno(setpriority(PRIO_PROCESS, 0, 19), "setpriority");
}

/**
 * task_wait() - Wait until a process ends, and insist that it ends well.
 * @pid: The process.
 * @name: What it is, for the report.
 */
void task_wait(pid_t pid, const char *name)
{
	int status;

	check_errno(waitpid(pid, &status, 0), "waitpid");
	if (status)
		errx(EXIT_FAILURE, "%s ended with status %#x", name,
		     (unsigned int)status);
}
