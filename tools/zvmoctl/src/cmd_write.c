// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl write: the standard input, or a file, into a VMO
 */
#include <stddef.h>

#include "commands.h"
#include "file.h"
#include "made.h"
#include "object.h"

static uint64_t offset;
static bool truncate;

static const struct option_row options[] = {
	{ 'o', "offset", OPTION_SIZE, &offset, "OFFSET", "where to (0)" },
	{ 't', "truncate", OPTION_FLAG, &truncate, NULL,
	  "the stream then ends where what was written ends" },
	{}
};

static enum status run(int count, char **arguments)
{
	int fd = object_open(arguments[0]);
	const char *name = count > 1 ? arguments[1] : "-";
	uint64_t written = file_to_vmo(file_open(name), name, fd, offset);

	if (truncate)
		object_check(zvmo_set_stream_size(fd, offset + written),
			     arguments[0]);
	made_output(fd);
	return STATUS_DONE;
}

const struct command command_write = {
	.name = "write",
	.arguments = "OBJECT [FILE]",
	.text = "Write the standard input, or a file, into a VMO",
	.examples = "  echo hello | zvmoctl write scratch\n"
		    "  zvmoctl write --offset 1M scratch block.bin\n",
	.options = options,
	.least = 1,
	.most = 2,
	.run = run,
};
