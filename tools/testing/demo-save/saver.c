// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: the saver, which has a heap that does not change
 */
#include <sys/mman.h>

#include "check.h"
#include "group.h"
#include "image.h"
#include "samples.h"
#include "saver.h"

static bool may_proceed(void *context)
{
	const struct control *control = context;

	return !control->abort;
}

/**
 * saver_run() - Save a heap, unless the server wants no more of it.
 * @control: The state is WRITING, and WRITTEN or ABORTED afterwards.
 * @heap: The heap, which is unmapped.
 * @size: Its size.
 */
void saver_run(struct control *control, struct heap *heap, size_t size)
{
	uint64_t start = clock_now();
	bool written = image_write(SAVE_PATH, heap, may_proceed, control);

	control->save_ns = clock_now() - start;
	control->memory_grown = group_memory() - control->memory_before;
	check_errno(munmap(heap, size), "munmap");
	control->state = written ? SAVE_WRITTEN : SAVE_ABORTED;
}
