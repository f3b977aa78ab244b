// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: the page size and the clock
 */
#include <time.h>
#include <unistd.h>

#include "zx.h"

uint32_t zx_system_get_page_size(void)
{
	return (uint32_t)sysconf(_SC_PAGESIZE);
}

bool zvmo_zx_page_aligned(uint64_t value)
{
	return value % zx_system_get_page_size() == 0;
}

zx_time_t zx_clock_get_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ZX_SEC(now.tv_sec) + now.tv_nsec;
}

zx_time_t zx_deadline_after(zx_duration_t duration)
{
	zx_time_t deadline;

	if (!__builtin_add_overflow(zx_clock_get_monotonic(), duration,
				    &deadline))
		return deadline;
	/* The clock is not negative, so neither is what overflows. */
	return ZX_TIME_INFINITE;
}
