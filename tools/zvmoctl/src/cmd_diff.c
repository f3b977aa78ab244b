// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl diff: where two relatives hold different pages
 */
#include <stddef.h>
#include <unistd.h>

#include "commands.h"
#include "object.h"
#include "output.h"
#include "range.h"

static bool quiet;

static const struct option_row options[] = {
	{ 'q', "quiet", OPTION_FLAG, &quiet, NULL,
	  "print nothing; the exit status tells" },
	RANGE_OPTIONS,
	{}
};

static const struct output_column offset_column = { "offset", "OFFSET", 16 };
static const struct output_column length_column = { "length", "LENGTH", 12 };
static const struct output_column what_column = { "what", "WHAT", -8 };
static const struct output_column *const columns[] = { &offset_column,
						       &length_column,
						       &what_column, NULL };

static const char *what_of(uint32_t what)
{
	switch (what) {
	case ZVMO_DIFF_CHANGED:
		return "changed";
	case ZVMO_DIFF_ONLY_HERE:
		return "only-a";
	case ZVMO_DIFF_ONLY_THERE:
		return "only-b";
	default:
		return "unknown";
	}
}

static void output_range(const struct zvmo_diff_range *range)
{
	output_record_begin();
	output_number("offset", range->offset);
	output_number("length", range->length);
	output_string("what", what_of(range->what));
	output_record_end();
}

static enum status run(int count, char **arguments)
{
	int a = object_open(arguments[0]), b = object_open(arguments[1]);
	const struct zvmo_diff_range *range;
	struct range part = range_of(a, false);
	enum status status = STATUS_DONE;
	struct zvmo_diff_iter iter;
	int more;

	zvmo_diff_init(&iter, a, b, part.offset, part.length);
	more = object_check(zvmo_diff_next(&iter, &range), arguments[0]);
	if (!quiet)
		output_list_begin(columns);
	for (; more;
	     more = object_check(zvmo_diff_next(&iter, &range), arguments[0])) {
		status = STATUS_DIFFERENT;
		if (quiet)
			break;
		output_range(range);
	}
	if (!quiet)
		output_list_end();
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.arguments = "OBJECT-A OBJECT-B",
	.text = "List where two relatives hold different pages",
	.details =
		"\n"
		"Exit status: 0 they hold the same pages, 1 they do not. Pages written anew\n"
		"with the same bytes are different pages.",
	.examples =
		"  zvmoctl diff work golden\n"
		"  zvmoctl diff --quiet work golden || zvmoctl restore work golden\n",
	.options = options,
	.least = 2,
	.most = 2,
	.run = run,
};
