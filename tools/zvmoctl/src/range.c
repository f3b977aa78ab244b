// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: the part of a VMO that a command is about
 */
#include "object.h"
#include "range.h"

uint64_t range_offset = UINT64_MAX;
uint64_t range_length = UINT64_MAX;

bool range_is_given(void)
{
	return range_offset != UINT64_MAX || range_length != UINT64_MAX;
}

struct range range_of(int fd, bool of_stream)
{
	struct range range = { .length = range_length };
	struct zvmo_info info;
	uint64_t end;

	if (range_offset != UINT64_MAX)
		range.offset = range_offset;
	if (range_length != UINT64_MAX)
		return range;
	info = object_info(fd);
	end = of_stream ? info.stream_size : info.size;
	range.length = range.offset < end ? end - range.offset : 0;
	return range;
}
