// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl top: VMOs, live
 *
 * On a terminal a screen that is drawn anew, steered by keys; else, and as JSON,
 * one table after the other.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "commands.h"
#include "counters.h"
#include "filter.h"
#include "output.h"
#include "table.h"
#include "terminal.h"
#include "timing.h"

static double delay = 2;
static uint64_t times;
static const char *sort = "-committed-bytes", *columns_wanted;

static const struct option_row options[] = {
	{ 'd', "delay", OPTION_SECONDS, &delay, "SECONDS",
	  "between two pictures (2)" },
	{ 'c', "count", OPTION_NUMBER, &times, "N",
	  "so many pictures, then end (for ever)" },
	{ 's', "sort", OPTION_TEXT, &sort, "[-]KEY",
	  "sort by a column (-committed-bytes)" },
	{ 'o', "columns", OPTION_TEXT, &columns_wanted, "KEY,...",
	  "what to show" },
	FILTER_OPTIONS,
	{}
};

/* Keys that choose what to sort by. */
static const struct {
	char key;
	const char *sort;
} keys[] = {
	{ 'm', "-committed-bytes" },
	{ 's', "-size" },
	{ 'i', "id" },
	{ 'n', "name" },
	{ 'c', "-children" },
	{ 'a', "-mappings" },
	{ 'u', "owner-uid" },
	{ 'f', "family" },
};

static struct termios saved;
static bool is_live;

static void restore_terminal(void)
{
	static const char sequence[] = "\033[?25h\033[?1049l";

	if (!is_live)
		return;
	is_live = false;
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	if (write(STDOUT_FILENO, sequence, sizeof(sequence) - 1) < 0)
		return;
}

static void on_signal(int signal)
{
	restore_terminal();
	_exit(128 + signal);
}

static void take_terminal(void)
{
	struct termios raw;

	if (output_json || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &saved))
		return;
	raw = saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw))
		return;
	is_live = true;
	atexit(restore_terminal);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	printf("\033[?1049h\033[?25l");
}

static void draw_head(const struct vmo_list *list)
{
	struct counter_values now;
	char line[160];

	counters_read(&now);
	if (is_live)
		printf("\033[H\033[2J");
	snprintf(line, sizeof(line),
		 "%zu VMOs shown; %llu VMOs, %llu pages, %llu nodes in all",
		 list->count, (unsigned long long)now.value[0],
		 (unsigned long long)now.value[2],
		 (unsigned long long)now.value[3]);
	output_text("%.*s\n", (int)terminal_columns(160), line);
	snprintf(line, sizeof(line),
		 "sorted by %s; keys: m s i n c a u f sort, r turn, q end",
		 sort);
	if (is_live)
		output_text("%.*s\n", (int)terminal_columns(160), line);
}

static void draw(void)
{
	const struct output_column *const *columns =
		table_choose(columns_wanted);
	size_t rows = is_live ? (size_t)terminal_rows() : SIZE_MAX;
	struct vmo_list list;

	/* Two lines of the head, that of the table, and one that stays free. */
	if (is_live)
		rows = rows > 4 ? rows - 4 : 1;
	filter_read(&list, table_needs_details(columns, sort));
	table_sort(&list, sort);
	if (!output_json)
		draw_head(&list);
	table_output(&list, columns, rows);
	vmo_list_free(&list);
	output_end();
}

static void turn(void)
{
	static char text[64];
	const char *key = sort + (*sort == '-');
	char sign = *sort == '-' ? '+' : '-';

	/* The key may be in the text already. */
	memmove(text + 1, key, strlen(key) + 1);
	text[0] = sign;
	sort = sign == '-' ? text : text + 1;
}

/* Return: whether to end. */
static bool press(char key)
{
	size_t i;

	if (key == 'q')
		return true;
	if (key == 'r')
		turn();
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].key == key)
			sort = keys[i].sort;
	return false;
}

/* Wait for a key or for the next picture. Return: whether to end. */
static bool wait_for_key(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	char key;

	if (!is_live) {
		timing_sleep(delay);
		return false;
	}
	if (poll(&input, 1, (int)(delay * 1000)) <= 0)
		return false;
	/* The terminal is gone if there is nothing. */
	return read(STDIN_FILENO, &key, 1) != 1 || press(key);
}

static enum status run(int count, char **arguments)
{
	uint64_t i;

	table_check_sort(sort);
	table_choose(columns_wanted);
	if (delay > 3600)
		usage_error("--delay: at most 3600 seconds");
	take_terminal();
	for (i = 0; !times || i < times; i++) {
		if (i && wait_for_key())
			break;
		draw();
	}
	restore_terminal();
	return STATUS_DONE;
}

const struct command command_top = {
	.name = "top",
	.arguments = "",
	.text = "Watch VMOs live",
	.details =
		"\n"
		"Keys: m memory, s size, i id, n name, c children, a mappings, u user and f\n"
		"family sort; r turns the order round, q ends.",
	.examples = "  zvmoctl top\n"
		    "  zvmoctl top --delay 1 --sort=-mappings\n"
		    "  zvmoctl top --count 1 --json\n",
	.options = options,
	.run = run,
};
