// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl create: a new VMO of zeros
 */
#include <stddef.h>

#include "commands.h"
#include "kept.h"
#include "made.h"
#include "object.h"

static uint64_t size;
static bool resizable, discardable, unbounded;

static const struct option_row options[] = {
	{ 's', "size", OPTION_SIZE, &size, "SIZE", "its size (0)" },
	{ 'r', "resizable", OPTION_FLAG, &resizable, NULL,
	  "its size can change" },
	{ 'd', "discardable", OPTION_FLAG, &discardable, NULL,
	  "its content may be dropped while it is not locked" },
	{ 'u', "unbounded", OPTION_FLAG, &unbounded, NULL,
	  "as large as can be; SIZE is the stream size" },
	MADE_OPTIONS,
	{}
};

static enum status run(int count, char **arguments)
{
	uint32_t flags = (resizable ? ZVMO_RESIZABLE : 0) |
			 (discardable ? ZVMO_DISCARDABLE : 0) |
			 (unbounded ? ZVMO_UNBOUNDED : 0);

	if (resizable && unbounded)
		usage_error("--resizable and --unbounded exclude each other");
	made_check(arguments[0]);
	made_keep(object_check(zvmo_create_on(kept_device(), size, flags),
			       arguments[0]),
		  arguments[0]);
	return STATUS_DONE;
}

const struct command command_create = {
	.name = "create",
	.arguments = "NAME",
	.text = "Create a VMO of zeros and keep it as NAME",
	.examples = "  zvmoctl create --size 64M scratch\n"
		    "  zvmoctl create --size 1M --resizable --mode 0640 log\n",
	.options = options,
	.least = 1,
	.most = 1,
	.run = run,
};
