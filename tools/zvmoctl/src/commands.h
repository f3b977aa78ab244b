/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: all commands by name
 */
#ifndef _ZVMOCTL_COMMANDS_H
#define _ZVMOCTL_COMMANDS_H

#include "command.h"

/* What there is */
extern const struct command command_list;
extern const struct command command_show;
extern const struct command command_tree;
extern const struct command command_graph;
extern const struct command command_map;
extern const struct command command_mappings;
extern const struct command command_diff;
extern const struct command command_stats;
extern const struct command command_top;
extern const struct command command_monitor;
/* Objects */
extern const struct command command_create;
extern const struct command command_load;
extern const struct command command_clone;
extern const struct command command_keep;
extern const struct command command_kept;
extern const struct command command_drop;
extern const struct command command_open;
extern const struct command command_run;
extern const struct command command_cat;
extern const struct command command_read;
extern const struct command command_write;
extern const struct command command_save;
extern const struct command command_apply;
extern const struct command command_restore;
extern const struct command command_zero;
extern const struct command command_commit;
extern const struct command command_decommit;
extern const struct command command_resize;
extern const struct command command_lock;
extern const struct command command_unlock;
extern const struct command command_name;
/* The module */
extern const struct command command_config;
extern const struct command command_reclaim;
extern const struct command command_discard;

#endif /* _ZVMOCTL_COMMANDS_H */
