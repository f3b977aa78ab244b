// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl restore: go back to the content of a relative
 */
#include <stddef.h>

#include "commands.h"
#include "made.h"
#include "object.h"
#include "range.h"

static const struct option_row options[] = { RANGE_OPTIONS, {} };

static enum status run(int count, char **arguments)
{
	int fd = object_open(arguments[0]);
	int source = object_open(arguments[1]);
	struct range range = range_of(fd, false);

	object_check(zvmo_restore_range(fd, source, range.offset, range.length),
		     arguments[0]);
	made_output(fd);
	return STATUS_DONE;
}

const struct command command_restore = {
	.name = "restore",
	.arguments = "OBJECT SOURCE-OBJECT",
	.text = "Give a VMO the content of a relative, in one step",
	.examples = "  zvmoctl restore work golden\n"
		    "  zvmoctl restore --offset 1M --length 64K work golden\n",
	.options = options,
	.least = 2,
	.most = 2,
	.run = run,
};
