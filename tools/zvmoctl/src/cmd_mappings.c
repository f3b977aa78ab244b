// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl mappings: which processes have a VMO mapped
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "genl.h"
#include "object.h"
#include "output.h"

static const struct output_column pid_column = { "pid", "PID", 8 };
static const struct output_column count_column = { "count", "MAPS", 5 };
static const struct output_column command_column = { "command", "COMMAND",
						     -16 };
static const struct output_column *const columns[] = { &pid_column,
						       &count_column,
						       &command_column, NULL };

/* What the process is called, if it is still there. */
static void read_command(uint32_t pid, char *command, int size)
{
	char path[64];
	FILE *file;

	*command = '\0';
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(command, size, file))
		*command = '\0';
	command[strcspn(command, "\n")] = '\0';
	fclose(file);
}

static void output_mapping(struct nlattr *const *attrs, struct nlmsghdr *header,
			   void *data)
{
	uint32_t pid = genl_u32(attrs[ZVMO_A_MAPPING_PID]);
	char command[64] = "";

	if (pid)
		read_command(pid, command, sizeof(command));
	output_record_begin();
	output_number("pid", pid);
	output_number("count", genl_u64(attrs[ZVMO_A_MAPPING_COUNT]));
	output_string("command", command);
	output_record_end();
}

static enum status run(int count, char **arguments)
{
	uint64_t id = object_id(arguments[0]);
	struct nl_msg *msg = genl_new(ZVMO_CMD_MAPPING_GET, NLM_F_DUMP);

	genl_put_u64(msg, ZVMO_A_MAPPING_ID, id);
	output_list_begin(columns);
	genl_request(msg, arguments[0], output_mapping, NULL);
	output_list_end();
	return STATUS_DONE;
}

const struct command command_mappings = {
	.name = "mappings",
	.arguments = "ID",
	.text = "List the processes that have a VMO mapped",
	.examples = "  zvmoctl mappings golden\n",
	.least = 1,
	.most = 1,
	.run = run,
};
