/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - discardable VMOs: their states, and reclaim
 *
 * Reclaim is asked for through /proc/sys/vm/drop_caches, which scans all there
 * is.
 */
#ifndef _ZVMO_DISCARD_H
#define _ZVMO_DISCARD_H

#include "guest.h"
#include "harness.h"
#include "ops.h"

/* From now on nothing is too young to be taken. */
static inline void any_age(void)
{
	guest_set_parameter("discard_age", "0");
}

static inline void reclaim(void)
{
	any_age();
	guest_reclaim();
}

static inline void lock(int fd)
{
	struct zvmo_lock_state state;

	ASSERT_EQ(ioc_lock(fd, &state), 0);
}

static inline void unlock(int fd)
{
	ASSERT_EQ(ioc_unlock(fd), 0);
}

/* Told by reading, which changes nothing. */
static inline bool is_discarded(int fd)
{
	int result;
	char byte;

	result = ioc_read(fd, 0, &byte, 1);
	EXPECT(result == 0 || result == -ENODATA);
	return result == -ENODATA;
}

static inline bool reclaim_takes(int fd)
{
	reclaim();
	return is_discarded(fd);
}

enum state { UNSET, LOCKED, LOCKED_TWICE, RECLAIMABLE, DISCARDED, NR_STATES };

/* A VMO in that state, which held 'd' all over. */
static inline int vmo_in_size(enum state state, uint64_t size, uint32_t options)
{
	int fd = test_create(size, ZVMO_DISCARDABLE | options);

	ioc_fill(fd, 0, size, 'd');
	if (state == UNSET)
		return fd;
	lock(fd);
	if (state == LOCKED_TWICE)
		lock(fd);
	if (state >= RECLAIMABLE)
		unlock(fd);
	if (state == DISCARDED)
		ASSERT(reclaim_takes(fd));
	return fd;
}

#endif /* _ZVMO_DISCARD_H */
