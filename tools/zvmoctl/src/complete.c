// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: words for the completion of a shell
 *
 * Made from the tables of commands and options, and the names of kept VMOs.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complete.h"
#include "kept.h"

static void print_commands(void)
{
	const struct command *const *command;

	for (command = commands; *command; command++)
		puts((*command)->name);
}

static const struct command *find_command(const char *name)
{
	const struct command *const *command;

	for (command = commands; *command; command++)
		if (!strcmp((*command)->name, name))
			return *command;
	return NULL;
}

static void print_options(const struct option_row *rows)
{
	for (; rows && rows->name; rows++)
		printf("--%s\n", rows->name);
}

static const struct option_row *find_option(const struct option_row *rows,
					    const char *word)
{
	for (; rows && rows->name; rows++)
		if ((!strncmp(word, "--", 2) &&
		     !strcmp(word + 2, rows->name)) ||
		    (word[0] == '-' && word[1] && word[1] == rows->letter &&
		     !word[2]))
			return rows;
	return NULL;
}

static bool takes_argument(const struct option_row *row)
{
	return row && row->kind != OPTION_FLAG && row->kind != OPTION_OPTIONAL;
}

/* "a|b|c" */
static void print_choices(const char *choices)
{
	size_t length;

	for (; *choices; choices += length) {
		length = strcspn(choices, "|");
		printf("%.*s\n", (int)length, choices);
		if (choices[length])
			length++;
	}
}

/* If zvmo is not loaded, or the terminal not the user's: none, in silence. */
static void print_kept(void)
{
	struct zvmo_kept_info info = {};

	if (access("/dev/zvmo", R_OK))
		return;
	while (kept_next(&info))
		puts(info.name);
}

static void print_what(const char *what)
{
	if (strstr(what, "FILE"))
		puts("FILE");
	else if (strstr(what, "OBJECT") || strstr(what, "ID") ||
		 strstr(what, "NAME"))
		print_kept();
	else if (strchr(what, '|') && !strchr(what, '['))
		print_choices(what);
}

/* The name of an argument, by its number; the last one may be repeated. */
static void name_of_argument(const char *arguments, int number, char *name,
			     size_t size)
{
	size_t length;

	*name = '\0';
	for (;; number--) {
		length = strcspn(arguments, " ");
		snprintf(name, size, "%.*s", (int)length, arguments);
		if (!number || (strstr(name, "...") && !arguments[length]))
			return;
		arguments += length;
		if (!*arguments) {
			*name = '\0';
			return;
		}
		arguments++;
	}
}

static void complete_argument(const struct command *command, int count,
			      char **words)
{
	int number = 0, i;
	char name[64];

	for (i = 1; i < count - 1; i++) {
		if (takes_argument(find_option(command->options, words[i])))
			i++;
		else if (words[i][0] != '-')
			number++;
	}
	name_of_argument(command->arguments, number, name, sizeof(name));
	print_what(name);
}

void complete(int count, char **words)
{
	const struct option_row *option = NULL;
	const struct command *command;

	if (count < 2) {
		print_commands();
		return;
	}
	command = find_command(words[0]);
	if (!command)
		return;
	if (count > 2)
		option = find_option(command->options, words[count - 2]);
	if (count > 2 && !option)
		option = find_option(options_common, words[count - 2]);
	if (takes_argument(option)) {
		print_what(option->argument);
	} else if (words[count - 1][0] == '-') {
		print_options(command->options);
		print_options(options_common);
	} else {
		complete_argument(command, count, words);
	}
}
