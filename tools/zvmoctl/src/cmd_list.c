// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl list, show: which VMOs there are, and what they are
 */
#include <stddef.h>

#include "commands.h"
#include "filter.h"
#include "output.h"
#include "table.h"

static const char *columns, *sort;

static const struct option_row options[] = {
	{ 'o', "columns", OPTION_TEXT, &columns, "KEY,...|all",
	  "what to show" },
	{ 's', "sort", OPTION_TEXT, &sort, "[-]KEY",
	  "sort by a column; with - from high to low (id)" },
	FILTER_OPTIONS,
	{}
};

static enum status run_list(int count, char **arguments)
{
	const struct output_column *const *table = table_choose(columns);
	struct vmo_list list;

	if (sort)
		table_check_sort(sort);
	filter_read(&list, table_needs_details(table, sort));
	if (sort)
		table_sort(&list, sort);
	table_output(&list, table, SIZE_MAX);
	vmo_list_free(&list);
	return STATUS_DONE;
}

const struct command command_list = {
	.name = "list",
	.arguments = "",
	.text = "List VMOs: all for root, one's own for others",
	.details =
		"\n"
		"Columns: id parent family kind flags size stream-size committed-bytes\n"
		"private-bytes scaled-bytes metadata-bytes children mappings share-count\n"
		"handle-count lock-count cache-policy owner-uid owner-pid name. Lines are cut\n"
		"at the edge of the terminal; JSON has all but the three that take time\n"
		"(private, scaled, metadata), which are there if asked for.",
	.examples = "  zvmoctl list --sort=-committed-bytes\n"
		    "  zvmoctl list -o id,private-bytes,name --family golden\n"
		    "  zvmoctl list --json --uid 1000\n",
	.options = options,
	.run = run_list,
};

static enum status run_show(int count, char **arguments)
{
	struct vmo vmo;

	vmo_read(&vmo, arguments[0]);
	output_record_begin();
	vmo_output(&vmo);
	output_record_end();
	return STATUS_DONE;
}

const struct command command_show = {
	.name = "show",
	.arguments = "ID",
	.text = "Show all that is known of a VMO",
	.examples = "  zvmoctl show golden\n"
		    "  zvmoctl show --json 1042\n",
	.least = 1,
	.most = 1,
	.run = run_show,
};
