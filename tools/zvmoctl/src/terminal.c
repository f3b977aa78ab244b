// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: the terminal, if the output is one: its width, and colours
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "number.h"
#include "terminal.h"

static enum { AUTO, ALWAYS, NEVER } when_colored;

bool terminal_set_color(const char *when)
{
	if (!strcmp(when, "auto"))
		when_colored = AUTO;
	else if (!strcmp(when, "always"))
		when_colored = ALWAYS;
	else if (!strcmp(when, "never"))
		when_colored = NEVER;
	else
		return false;
	return true;
}

static bool is_colored(void)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (when_colored != AUTO)
		return when_colored == ALWAYS;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") &&
	       !(no_color && *no_color);
}

unsigned int terminal_columns(unsigned int otherwise)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t value;

	if (columns && number_parse(columns, 10000, &value) && value)
		return (unsigned int)value;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return otherwise;
}

unsigned int terminal_rows(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row)
		return size.ws_row;
	return 24;
}

static const char *const text_colors[] = {
	[COLOR_NONE] = "",	    [COLOR_RED] = "\033[31m",
	[COLOR_GREEN] = "\033[32m", [COLOR_YELLOW] = "\033[33m",
	[COLOR_BLUE] = "\033[34m",  [COLOR_MAGENTA] = "\033[35m",
	[COLOR_CYAN] = "\033[36m",
};

static const char *const block_colors[] = {
	[COLOR_NONE] = "",
	[COLOR_RED] = "\033[30;41m",
	[COLOR_GREEN] = "\033[30;42m",
	[COLOR_YELLOW] = "\033[30;43m",
	[COLOR_BLUE] = "\033[30;44m",
	[COLOR_MAGENTA] = "\033[30;45m",
	[COLOR_CYAN] = "\033[30;46m",
};

const char *terminal_on(enum color color)
{
	return is_colored() ? text_colors[color] : "";
}

const char *terminal_block(enum color color)
{
	return is_colored() ? block_colors[color] : "";
}

const char *terminal_off(void)
{
	return is_colored() ? "\033[0m" : "";
}
