/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: how much memory the server takes, by its memory cgroup
 *
 * The server is in a cgroup of its own, so pages that it has to copy count, in
 * whichever way it saves; the files that savers write do not.
 */
#ifndef DEMO_SAVE_GROUP_H
#define DEMO_SAVE_GROUP_H

#include <stdint.h>

void group_create(void);
void group_remove(void);
void group_enter(void);
void group_leave(void);
int64_t group_memory(void);

#endif /* DEMO_SAVE_GROUP_H */
