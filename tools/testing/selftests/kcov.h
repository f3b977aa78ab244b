/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - which places of the module a thread's system calls reach
 *
 * Where the kernel has KCOV (the debug kernel does); elsewhere nothing is
 * reached. The set of places is in memory that processes forked later share.
 */
#ifndef _ZVMO_KCOV_H
#define _ZVMO_KCOV_H

#include <stdbool.h>

bool kcov_prepare(void);
void kcov_begin_thread(void);
unsigned long kcov_take(void);
unsigned long kcov_count(void);

#endif /* _ZVMO_KCOV_H */
