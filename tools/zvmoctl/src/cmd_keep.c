// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl keep, drop, kept: VMOs that outlive who made them
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "commands.h"
#include "kept.h"
#include "made.h"
#include "object.h"
#include "output.h"

static const struct option_row keep_options[] = { MADE_OPTIONS, {} };

static enum status run_keep(int count, char **arguments)
{
	int fd, err;

	made_check(arguments[1]);
	fd = object_open(arguments[0]);
	if (made_label)
		object_check(zvmo_set_name(fd, made_label), "--label");
	err = zvmo_keep(fd, arguments[1], made_mode);
	object_check(err, arguments[1]);
	made_output(fd);
	return STATUS_DONE;
}

const struct command command_keep = {
	.name = "keep",
	.arguments = "OBJECT NAME",
	.text = "Keep a VMO as NAME: it lives on until it is dropped",
	.details =
		"\n"
		"Names are those of the machine. While any VMO is kept the module cannot be\n"
		"unloaded.",
	.examples = "  zvmoctl keep 4711:5 result\n"
		    "  zvmoctl keep --mode 0644 golden public\n",
	.options = keep_options,
	.least = 2,
	.most = 2,
	.run = run_keep,
};

static bool drop_all;

static const struct option_row drop_options[] = {
	{ 'a', "all", OPTION_FLAG, &drop_all, NULL,
	  "all that the caller may drop" },
	{}
};

static void output_dropped(const char *name)
{
	if (!output_json)
		return;
	output_record_begin();
	output_string("dropped", name);
	output_record_end();
}

static void drop_every(void)
{
	struct zvmo_kept_info info = {};

	/* Those of others stay; and somebody else may have been faster. */
	while (kept_next(&info))
		if (!kept_drop(info.name))
			output_dropped(info.name);
}

static enum status run_drop(int count, char **arguments)
{
	int i;

	if (drop_all == !!count)
		usage_error("give names, or --all");
	if (output_json)
		output_list_begin(NULL);
	if (drop_all)
		drop_every();
	for (i = 0; i < count; i++) {
		object_check(kept_drop(arguments[i]), arguments[i]);
		output_dropped(arguments[i]);
	}
	if (output_json)
		output_list_end();
	return STATUS_DONE;
}

const struct command command_drop = {
	.name = "drop",
	.arguments = "NAME...",
	.text = "Keep VMOs no longer; they go when nobody uses them",
	.examples = "  zvmoctl drop test golden\n"
		    "  zvmoctl drop --all\n",
	.options = drop_options,
	.most = -1,
	.run = run_drop,
};

static const struct output_column name_column = { "name", "NAME", -16 };
static const struct output_column id_column = { "id", "ID", 8 };
static const struct output_column mode_column = { "mode", "MODE", 4 };
static const struct output_column uid_column = { "uid", "UID", 6 };
static const struct output_column gid_column = { "gid", "GID", 6 };
static const struct output_column *const kept_columns[] = {
	&id_column, &mode_column, &uid_column, &gid_column, &name_column, NULL
};

static enum status run_kept(int count, char **arguments)
{
	struct zvmo_kept_info info = {};

	kept_device();
	output_list_begin(kept_columns);
	while (kept_next(&info)) {
		output_record_begin();
		output_string("name", info.name);
		output_number("id", info.koid);
		output_octal("mode", info.mode);
		output_number("uid", info.uid);
		output_number("gid", info.gid);
		output_record_end();
	}
	output_list_end();
	return STATUS_DONE;
}

const struct command command_kept = {
	.name = "kept",
	.arguments = "",
	.text = "List the kept VMOs that the caller owns or may open",
	.examples = "  zvmoctl kept\n"
		    "  zvmoctl kept --json | jq -r '.[].name'\n",
	.run = run_kept,
};
