/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: the family
 *
 * Object 0 holds FILE and is written by the coordinator, which is this program
 * itself. Objects 1 to 100 are snapshots, each written by a process of its own
 * through a mapping. Most are of FILE; some are of other snapshots.
 */
#ifndef DEMO_FAMILY_H
#define DEMO_FAMILY_H

#include <zvmo.h>

#include "expect.h"
#include "process.h"
#include "samples.h"

/* The snapshot that is closed in the middle: it has relatives on all sides. */
#define FAMILY_MIDDLE 62

/**
 * struct member - One object.
 * @name: Its name.
 * @vmo: Its descriptor here, or -1.
 * @parent: Number of its parent.
 * @process: Who writes it; none for object 0.
 */
struct member {
	char name[ZVMO_NAME_LEN];
	int vmo;
	unsigned int parent;
	struct process process;
};

/**
 * struct family - All of them.
 * @members: The objects by number.
 * @expect: What they are to hold.
 * @size: Size of each in bytes, whole pages.
 * @few: How many pages of object 0 are rewritten before each snapshot.
 * @half: How many pages each process rewrites, twice: one per cent in all.
 * @file_mapping: Mapping of object 0.
 * @snapshots: How long it took to take each snapshot.
 */
struct family {
	struct member members[OBJECTS];
	struct expect expect;
	size_t size;
	uint64_t few;
	uint64_t half;
	void *file_mapping;
	struct samples snapshots;
};

void family_start(struct family *family, const char *name);
void family_load(struct family *family, int file);
void family_grow(struct family *family);
void family_write_together(struct family *family);
void family_close(struct family *family, unsigned int object);
void family_get_infos(const struct family *family,
		      struct zvmo_info infos[OBJECTS]);
unsigned int family_verify(struct family *family, unsigned int first,
			   unsigned int last);
void family_end(struct family *family);

#endif /* DEMO_FAMILY_H */
