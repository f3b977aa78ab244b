/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: what else makes a copy of the same bytes, and how long it takes
 */
#ifndef DEMO_PEERS_H
#define DEMO_PEERS_H

#include <stddef.h>

#include "samples.h"

/**
 * struct peers - The times of the others.
 * @fork: fork() of a process that has the bytes in anonymous memory.
 * @fork_huge: The same with huge pages; none where the kernel has none.
 * @copy: memcpy() of the bytes to new memory.
 */
struct peers {
	struct samples fork;
	struct samples fork_huge;
	struct samples copy;
};

void peers_measure(struct peers *peers, const void *bytes, size_t size);

#endif /* DEMO_PEERS_H */
