// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: how much memory the server takes, by its memory cgroup
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "group.h"

#define ROOT "/sys/fs/cgroup"
#define GROUP ROOT "/demo-save"

/* Of memory.current, which is asked often; every process inherits it. */
static int memory = -1;

static void write_text(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);

	if (file < 0 ||
	    write(file, text, strlen(text)) != (ssize_t)strlen(text))
		err(EXIT_FAILURE,
		    "%s (needs root and cgroup2 with the memory controller: run make demo-save)",
		    path);
	close(file);
}

/**
 * group_create() - Make the cgroup.
 */
void group_create(void)
{
	write_text(ROOT "/cgroup.subtree_control", "+memory");
	check_errno(mkdir(GROUP, 0755), GROUP);
	memory = (int)check_errno(open(GROUP "/memory.current",
				       O_RDONLY | O_CLOEXEC),
				  "memory.current");
}

/**
 * group_remove() - Remove it, when nobody is in it.
 */
void group_remove(void)
{
	close(memory);
	check_errno(rmdir(GROUP), GROUP);
}

/**
 * group_enter() - Have the memory that this process takes from now on counted.
 */
void group_enter(void)
{
	write_text(GROUP "/cgroup.procs", "0");
}

/**
 * group_leave() - No longer have it counted. What was, stays so.
 */
void group_leave(void)
{
	write_text(ROOT "/cgroup.procs", "0");
}

/**
 * group_memory() - How many bytes were counted and are not free again.
 */
int64_t group_memory(void)
{
	char text[32] = "";

	if (pread(memory, text, sizeof(text) - 1, 0) <= 0)
		err(EXIT_FAILURE, "reading memory.current");
	return strtoll(text, NULL, 10);
}
