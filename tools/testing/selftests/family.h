/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - a family of VMOs, and a model of it
 *
 * Random operations are done on the VMOs and on the model; whatever user space
 * can see has to agree at any time. The model is plain arrays of bytes, copied
 * whole for every snapshot. To each page belongs a number, its identity: a copy
 * has the same one until either is written; so the model also knows how many
 * pages the module may have, and which of them two relatives share.
 */
#ifndef _ZVMO_FAMILY_H
#define _ZVMO_FAMILY_H

#include "harness.h"

#define FAMILY_PAGES 24 /* of a VMO, at most */
#define FAMILY_MEMBERS 64

/* Operations that family_step() does too, if asked. */
#define FAMILY_STREAM_SIZE (1U << 0)
#define FAMILY_TRANSFER (1U << 1)
#define FAMILY_RESTORE (1U << 2)
#define FAMILY_MAP (1U << 3) /* and look through what was mapped, always */

/**
 * struct family_content - What one or more members contain.
 * @bytes: FAMILY_PAGES pages.
 * @ids: Identity of each page; 0: a hole.
 * @base: Distance of page 0 from the first ancestor's.
 * @size: Size in bytes, whole pages.
 * @stream_size: Stream size.
 * @resizable: As created.
 * @is_clone: It is a snapshot's.
 * @members: How many members have it.
 */
struct family_content {
	uint8_t *bytes;
	uint32_t ids[FAMILY_PAGES];
	uint64_t base;
	uint64_t size;
	uint64_t stream_size;
	bool resizable;
	bool is_clone;
	unsigned int members;
};

/**
 * struct family_member - A VMO.
 * @fd: Its descriptor; negative: this place is free.
 * @kind: 0 or one of ZVMO_CHILD_*.
 * @koid: Its koid.
 * @parent: Its parent, or NULL.
 * @content: What it contains.
 * @offset: Where a slice begins in it.
 * @size: Size of a slice.
 * @stream_size: Stream size of a slice.
 * @map: A mapping of FAMILY_PAGES pages, or NULL.
 */
struct family_member {
	int fd;
	uint32_t kind;
	uint64_t koid;
	struct family_member *parent;
	struct family_content *content;
	uint64_t offset;
	uint64_t size;
	uint64_t stream_size;
	uint8_t *map;
};

/**
 * struct family - The VMOs and the model.
 * @members: Places for VMOs.
 * @holders: How many contents hold a page, by identity.
 * @nr_ids: Identities given so far.
 * @nr_pages: Pages that exist.
 * @nr_copies: Pages there would be if every snapshot had been a copy.
 * @random: State of the random numbers.
 * @also: FAMILY_* operations to do.
 * @pages_before: Pages that the module had before.
 * @trace: Print each operation.
 */
struct family {
	struct family_member members[FAMILY_MEMBERS];
	uint32_t *holders;
	uint32_t nr_ids;
	long nr_pages;
	long nr_copies;
	uint64_t random;
	unsigned int also;
	long pages_before;
	bool trace;
};

void family_begin(struct family *family, uint64_t seed);
void family_step(struct family *family);
void family_check(const struct family *family);
void family_end(struct family *family);

/* From begin to end. */
void family_run(uint64_t seed, unsigned int also, unsigned int steps);
void family_run_many(unsigned int also, unsigned int steps);

const uint8_t *family_bytes(const struct family_member *member);
uint64_t family_size(const struct family_member *member);
uint32_t family_id(const struct family_member *member, uint64_t page);
uint64_t family_base(const struct family_member *member);

#endif /* _ZVMO_FAMILY_H */
