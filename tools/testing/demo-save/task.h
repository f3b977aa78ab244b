/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: processes
 */
#ifndef DEMO_SAVE_TASK_H
#define DEMO_SAVE_TASK_H

#include <sys/types.h>

pid_t task_fork(void);
void task_background(void);
void task_wait(pid_t pid, const char *name);

#endif /* DEMO_SAVE_TASK_H */
