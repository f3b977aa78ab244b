/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: what the pages of a VMO are
 */
#ifndef _ZVMOCTL_PAGE_MAP_H
#define _ZVMOCTL_PAGE_MAP_H

#include <stdint.h>

/**
 * struct page_run - Equal pages that follow each other.
 * @offset: Where they begin, in bytes.
 * @length: How long the run is, in bytes.
 * @state: enum zvmo_page_state.
 * @holders: How many relatives hold each, if they are shared; else 0.
 */
struct page_run {
	uint64_t offset;
	uint64_t length;
	uint32_t state;
	uint32_t holders;
};

/**
 * page_map_read() - Read a part of the map of a VMO, as long runs as can be.
 * @id: The VMO.
 * @offset: Where the part begins.
 * @length: How long it is.
 * @run: Called for each run, ascending.
 * @data: Passed to it.
 */
void page_map_read(uint64_t id, uint64_t offset, uint64_t length,
		   void (*run)(const struct page_run *run, void *data),
		   void *data);

#endif /* _ZVMOCTL_PAGE_MAP_H */
