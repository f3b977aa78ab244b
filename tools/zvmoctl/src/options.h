/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: options of the command line
 *
 * Each command has a table of them; a value is stored where the table says. The
 * help and the completion of a shell are made from the same table.
 */
#ifndef _ZVMOCTL_OPTIONS_H
#define _ZVMOCTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_TEXT, /* const char * */
	OPTION_SIZE, /* uint64_t, bytes */
	OPTION_NUMBER, /* uint64_t */
	OPTION_SECONDS, /* double, at least 0.01 */
	OPTION_MODE, /* uint32_t, octal */
	OPTION_OPTIONAL, /* const char *, empty if there is no argument */
};

/**
 * struct option_row - An option.
 * @letter: Its short form, or 0.
 * @name: Its long form.
 * @kind: What it is, and so what type @value has.
 * @value: Where to store it.
 * @argument: What its argument is called, or its possible values as a|b|c.
 * @text: What it does.
 */
struct option_row {
	char letter;
	const char *name;
	enum option_kind kind;
	void *value;
	const char *argument;
	const char *text;
};

/* Whether --help was given. */
extern bool options_want_help;

/* Options that all commands have; a table as the others, with an empty row. */
extern const struct option_row options_common[];

/**
 * options_parse() - Parse the options of a command.
 * @rows: Its table, ended by a row without a name; NULL if it has none.
 * @argc: Number of arguments, with the command's name.
 * @argv: The arguments.
 * @in_order: Stop at the first that is no option.
 *
 * Ends the program if something is wrong.
 *
 * Return: index of the first that is no option.
 */
int options_parse(const struct option_row *rows, int argc, char **argv,
		  bool in_order);

/**
 * options_help() - Print a table for people.
 * @rows: The table, or NULL.
 */
void options_help(const struct option_row *rows);

/**
 * option_choice() - Find which of several words an option was given.
 * @name: The option.
 * @value: Its value.
 * @words: The words; NULL ends them.
 *
 * Ends the program if it is none of them.
 *
 * Return: index of the word.
 */
unsigned int option_choice(const char *name, const char *value,
			   const char *const *words);

#endif /* _ZVMOCTL_OPTIONS_H */
