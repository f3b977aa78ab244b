// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: iterating over what differs between two VMOs
 */
#include <string.h>

#include "internal.h"

void zvmo_diff_init(struct zvmo_diff_iter *iter, int fd, int other,
		    uint64_t offset, uint64_t length)
{
	memset(iter, 0, sizeof(*iter));
	iter->fd = fd;
	iter->other = other;
	iter->offset = offset;
	/* If this overflows, the end lies before the beginning: -ERANGE. */
	iter->end = offset + length;
}

/* Gets the next batch of ranges. Returns 0, or -errno. */
static int diff_fetch(struct zvmo_diff_iter *iter)
{
	struct zvmo_diff diff = {
		.argsz = sizeof(diff),
		.other = iter->other,
		.offset = iter->offset,
		.end = iter->end,
		.ranges = (uintptr_t)iter->ranges,
		.capacity = ZVMO_DIFF_ITER_RANGES,
	};
	int count = zvmo_ioctl(iter->fd, ZVMO_IOC_DIFF, &diff);

	if (count < 0)
		return count;
	iter->offset = diff.offset;
	iter->next = 0;
	iter->count = (uint32_t)count;
	return 0;
}

int zvmo_diff_next(struct zvmo_diff_iter *iter,
		   const struct zvmo_diff_range **range)
{
	while (iter->next == iter->count) {
		int error;

		if (iter->offset == iter->end)
			return 0;
		error = diff_fetch(iter);
		if (error)
			return error;
	}
	*range = &iter->ranges[iter->next++];
	return 1;
}
