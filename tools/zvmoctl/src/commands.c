// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: the table of commands
 */
#include <stddef.h>

#include "commands.h"

const struct command *const commands[] = {
	&command_list,
	&command_show,
	&command_tree,
	&command_graph,
	&command_map,
	&command_mappings,
	&command_diff,
	&command_stats,
	&command_top,
	&command_monitor,
	&command_create,
	&command_load,
	&command_clone,
	&command_keep,
	&command_kept,
	&command_drop,
	&command_open,
	&command_run,
	&command_cat,
	&command_read,
	&command_write,
	&command_save,
	&command_apply,
	&command_restore,
	&command_zero,
	&command_commit,
	&command_decommit,
	&command_resize,
	&command_lock,
	&command_unlock,
	&command_name,
	&command_config,
	&command_reclaim,
	&command_discard,
	NULL,
};
