/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: commands
 */
#ifndef _ZVMOCTL_COMMAND_H
#define _ZVMOCTL_COMMAND_H

#include "options.h"
#include "status.h"

/**
 * struct command - A command.
 * @name: What it is called.
 * @arguments: What follows the options, for people. Words that name a VMO have
 *	the form OBJECT or ID, one that names a file FILE: completion knows them.
 * @text: What it does, a line.
 * @details: More, or NULL.
 * @examples: Lines to try.
 * @options: Table of its options, or NULL.
 * @least: Least number of arguments.
 * @most: Largest number; negative: any.
 * @runs_program: Options end at the first argument; a program follows.
 * @run: Do it. @count and @arguments are what follows the options.
 */
struct command {
	const char *name;
	const char *arguments;
	const char *text;
	const char *details;
	const char *examples;
	const struct option_row *options;
	int least;
	int most;
	bool runs_program;
	enum status (*run)(int count, char **arguments);
};

/* All commands, in the order of the help; NULL ends them. */
extern const struct command *const commands[];

#endif /* _ZVMOCTL_COMMAND_H */
