// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: options of the command line
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "options.h"
#include "output.h"
#include "status.h"
#include "terminal.h"

#define MAX_OPTIONS 32
/* What getopt_long() returns for row N of the table. */
#define FIRST_CODE 256

bool options_want_help;
static const char *color;

const struct option_row options_common[] = {
	{ 'j', "json", OPTION_FLAG, &output_json, NULL, "JSON, for programs" },
	{ 'b', "bytes", OPTION_FLAG, &output_exact, NULL,
	  "sizes in bytes, not rounded" },
	{ 0, "color", OPTION_TEXT, &color, "auto|always|never",
	  "colours (auto: on a terminal)" },
	{ 'h', "help", OPTION_FLAG, &options_want_help, NULL, "help" },
	{}
};

static void parse_seconds(const struct option_row *row, const char *text)
{
	double *value = row->value;
	char *end;

	*value = strtod(text, &end);
	if (end == text || *end || !isfinite(*value) || *value < 0.01 ||
	    *value > 1e6)
		usage_error("--%s: %s is no number of seconds", row->name,
			    text);
}

static void parse_mode(const struct option_row *row, const char *text)
{
	unsigned long mode;
	char *end;

	mode = strtoul(text, &end, 8);
	if (end == text || *end || *text == '-' || (mode & ~0666UL))
		usage_error("--%s: %s is no mode of 0666", row->name, text);
	*(uint32_t *)row->value = (uint32_t)mode;
}

static void store(const struct option_row *row, const char *text)
{
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->value = true;
		break;
	case OPTION_TEXT:
	case OPTION_OPTIONAL:
		*(const char **)row->value = text ? text : "";
		break;
	case OPTION_SIZE:
		if (!size_parse(text, row->value))
			usage_error("--%s: %s is no size", row->name, text);
		break;
	case OPTION_NUMBER:
		if (!number_parse(text, UINT64_MAX, row->value))
			usage_error("--%s: %s is no number", row->name, text);
		break;
	case OPTION_SECONDS:
		parse_seconds(row, text);
		break;
	case OPTION_MODE:
		parse_mode(row, text);
		break;
	}
}

/* Tables as getopt_long() wants them. */
struct tables {
	const struct option_row *rows[MAX_OPTIONS];
	struct option longs[MAX_OPTIONS + 1];
	char shorts[3 * MAX_OPTIONS + 2];
	int count;
};

static void add_rows(struct tables *tables, const struct option_row *rows)
{
	struct option *option;
	int has_arg;

	for (; rows && rows->name && tables->count < MAX_OPTIONS; rows++) {
		has_arg = rows->kind == OPTION_FLAG	? no_argument :
			  rows->kind == OPTION_OPTIONAL ? optional_argument :
							  required_argument;
		option = &tables->longs[tables->count];
		option->name = rows->name;
		option->has_arg = has_arg;
		option->val = FIRST_CODE + tables->count;
		tables->rows[tables->count++] = rows;
		if (!rows->letter)
			continue;
		strncat(tables->shorts, &rows->letter, 1);
		strcat(tables->shorts, &"::"[2 - has_arg]);
	}
}

static const struct option_row *find_row(const struct tables *tables, int code)
{
	int i;

	if (code >= FIRST_CODE)
		return tables->rows[code - FIRST_CODE];
	for (i = 0; i < tables->count; i++)
		if (tables->rows[i]->letter == code)
			return tables->rows[i];
	return NULL;
}

int options_parse(const struct option_row *rows, int argc, char **argv,
		  bool in_order)
{
	struct tables tables = { .shorts = "" };
	int code, before;

	strcpy(tables.shorts, in_order ? "+:" : ":");
	add_rows(&tables, rows);
	add_rows(&tables, options_common);
	opterr = 0;
	optind = 0; /* begin anew */
	for (;;) {
		before = optind ? optind : 1;
		code = getopt_long(argc, argv, tables.shorts, tables.longs,
				   NULL);
		if (code == -1)
			break;
		if (code == ':')
			usage_error("%s needs an argument", argv[before]);
		if (code == '?')
			usage_error("wrong option %s", argv[before]);
		store(find_row(&tables, code), optarg);
	}
	if (color && !terminal_set_color(color))
		usage_error("--color: %s is not auto, always or never", color);
	return optind;
}

void options_help(const struct option_row *rows)
{
	char name[64];

	for (; rows && rows->name; rows++) {
		snprintf(name, sizeof(name), "--%s%s%s%s", rows->name,
			 rows->kind == OPTION_OPTIONAL ? "[=" :
			 rows->argument		       ? "=" :
							 "",
			 rows->argument ? rows->argument : "",
			 rows->kind == OPTION_OPTIONAL ? "]" : "");
		if (rows->letter)
			printf("  -%c, %-26s %s\n", rows->letter, name,
			       rows->text);
		else
			printf("      %-26s %s\n", name, rows->text);
	}
}

unsigned int option_choice(const char *name, const char *value,
			   const char *const *words)
{
	unsigned int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], value))
			return i;
	usage_error("--%s: there is no %s", name, value);
}
