/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: how much memory is used
 */
#ifndef DEMO_MEMORY_H
#define DEMO_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct memory - Figures of one moment.
 * @available: Bytes that programs could have: MemAvailable and the lists of
 *	free pages of each processor.
 * @page_tables: Bytes of page tables of all processes.
 * @counted: Whether the rest could be read; that takes root and debugfs.
 * @pages: Pages that zvmo holds.
 * @nodes: Nodes of zvmo's page trees.
 * @vmos: VMOs.
 */
struct memory {
	int64_t available;
	int64_t page_tables;
	bool counted;
	int64_t pages;
	int64_t nodes;
	int64_t vmos;
};

void memory_read(struct memory *memory);

#endif /* DEMO_MEMORY_H */
