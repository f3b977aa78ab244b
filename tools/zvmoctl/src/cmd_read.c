// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl read, cat: the content of VMOs on the standard output
 */
#include <stddef.h>
#include <unistd.h>

#include "commands.h"
#include "file.h"
#include "object.h"
#include "output.h"
#include "range.h"

static const struct option_row options[] = { RANGE_OPTIONS, {} };

static void read_one(const char *object)
{
	int fd = object_open(object);
	struct range range = range_of(fd, true);

	file_from_vmo(fd, object, range.offset, range.length);
	close(fd);
}

static enum status run(int count, char **arguments)
{
	int i;

	if (output_json)
		output_list_begin(NULL);
	for (i = 0; i < count; i++)
		read_one(arguments[i]);
	if (output_json)
		output_list_end();
	return STATUS_DONE;
}

const struct command command_read = {
	.name = "read",
	.arguments = "OBJECT",
	.text = "Write a part of a VMO to the standard output",
	.details =
		"\nIt ends at the stream size. JSON has the bytes in Base64.",
	.examples = "  zvmoctl read --offset 0x1000 --length 512 golden | xxd\n"
		    "  zvmoctl read -o 4p -n 1p golden >page\n",
	.options = options,
	.least = 1,
	.most = 1,
	.run = run,
};

const struct command command_cat = {
	.name = "cat",
	.arguments = "OBJECT...",
	.text = "Write VMOs to the standard output, one after the other",
	.examples = "  zvmoctl cat golden >disk.img\n"
		    "  zvmoctl cat part1 part2 | sha256sum\n",
	.least = 1,
	.most = -1,
	.run = run,
};
