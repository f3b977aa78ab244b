// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl clone: a snapshot, slice or reference
 */
#include <stddef.h>

#include "commands.h"
#include "made.h"
#include "object.h"
#include "range.h"

static const char *const kinds[] = { "snapshot",  "slice",
				     "reference", "at-least-on-write",
				     "modified",  NULL };
static const uint32_t kind_options[] = { ZVMO_CHILD_SNAPSHOT, ZVMO_CHILD_SLICE,
					 ZVMO_CHILD_REFERENCE,
					 ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE,
					 ZVMO_CHILD_SNAPSHOT_MODIFIED };

static const char *kind = "snapshot";
static bool read_only, resizable;

static const struct option_row options[] = {
	{ 'k', "kind", OPTION_TEXT, &kind,
	  "snapshot|slice|reference|at-least-on-write|modified",
	  "what to make (snapshot)" },
	RANGE_OPTIONS,
	{ 'R', "read-only", OPTION_FLAG, &read_only, NULL,
	  "nobody can write it" },
	{ 'r', "resizable", OPTION_FLAG, &resizable, NULL,
	  "its size can change" },
	MADE_OPTIONS,
	{}
};

static enum status run(int count, char **arguments)
{
	uint32_t flags = kind_options[option_choice("kind", kind, kinds)] |
			 (read_only ? ZVMO_CHILD_NO_WRITE : 0) |
			 (resizable ? ZVMO_CHILD_RESIZABLE : 0);
	struct range range = { 0 };
	int parent, child;

	made_check(arguments[1]);
	parent = object_open(arguments[0]);
	/* A reference is to the whole, and says so with zeros. */
	if (!(flags & ZVMO_CHILD_REFERENCE) || range_is_given())
		range = range_of(parent, true);
	child = zvmo_create_child(parent, flags, range.offset, range.length);
	made_keep(object_check(child, arguments[0]), arguments[1]);
	return STATUS_DONE;
}

const struct command command_clone = {
	.name = "clone",
	.arguments = "OBJECT NAME",
	.text = "Snapshot a VMO, and keep the snapshot as NAME",
	.details =
		"\n"
		"A snapshot holds what the VMO holds now, takes constant time and shares its\n"
		"pages; a slice is a window of it, a reference a second VMO with its pages.",
	.examples = "  zvmoctl clone golden test\n"
		    "  zvmoctl clone --read-only 4711:5 evidence\n"
		    "  zvmoctl clone --kind slice --length 64K golden head\n",
	.options = options,
	.least = 2,
	.most = 2,
	.run = run,
};
