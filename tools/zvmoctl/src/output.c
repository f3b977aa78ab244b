// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: output, for people or as JSON
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "output.h"
#include "status.h"
#include "terminal.h"

/* Room for a value of a table; what is longer is cut. */
#define CELL_LEN 160
#define MAX_COLUMNS 32
#define MAX_LINE 10000

bool output_json;
bool output_exact;

/* The list, if there is one; and the record. */
static const struct output_column *const *columns;
static enum { ALONE, LIST, STREAM } shape;
static bool is_first;
static unsigned int line_width;
static char cells[MAX_COLUMNS][CELL_LEN];
static struct json_object *record;

static void check_memory(const void *pointer)
{
	if (!pointer)
		fail(ENOMEM, "output");
}

/* Lines of a table: not wider than the terminal */

static void print_row(const char *(*cell)(unsigned int column))
{
	unsigned int left = line_width, i;
	int width, written;

	for (i = 0; columns[i] && left > 1; i++) {
		width = columns[i]->width;
		/* No spaces at the end of a line. */
		if (!columns[i + 1] && width < 0)
			width = 0;
		if (i) {
			putchar(' ');
			left--;
		}
		written = abs(width);
		if ((unsigned int)written > left)
			written = (int)left;
		written = printf("%*.*s", width < 0 ? -written : written,
				 (int)left, cell(i));
		if (written < 0)
			return;
		left -= (unsigned int)written;
	}
	putchar('\n');
}

static const char *title_of(unsigned int column)
{
	return columns[column]->title;
}

static const char *value_of(unsigned int column)
{
	return cells[column];
}

/* Lists */

static void list_begin(const struct output_column *const *table)
{
	columns = table;
	is_first = true;
	line_width = terminal_columns(MAX_LINE);
	if (!output_json)
		print_row(title_of);
}

void output_list_begin(const struct output_column *const *table)
{
	shape = LIST;
	list_begin(table);
	if (output_json)
		putchar('[');
}

void output_list_end(void)
{
	if (output_json)
		puts(is_first ? "]" : "\n]");
	shape = ALONE;
	columns = NULL;
}

void output_stream_begin(const struct output_column *const *table)
{
	shape = STREAM;
	list_begin(table);
	output_end();
}

void output_stream_end(void)
{
	shape = ALONE;
	columns = NULL;
}

/* Records */

void output_record_begin(void)
{
	unsigned int i;

	if (output_json) {
		record = json_object_new_object();
		check_memory(record);
		return;
	}
	for (i = 0; columns && columns[i]; i++)
		strcpy(cells[i], "-");
}

static void print_object(void)
{
	static const char *const before[] = {
		[ALONE] = "", [LIST] = "\n ", [STREAM] = ""
	};
	int flags = shape == ALONE ?
			    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
			    JSON_C_TO_STRING_SPACED;
	const char *text = json_object_to_json_string_ext(
		record, flags | JSON_C_TO_STRING_NOSLASHESCAPE);

	check_memory(text);
	if (shape == LIST && !is_first)
		putchar(',');
	printf("%s%s%s", before[shape], text, shape == LIST ? "" : "\n");
	json_object_put(record);
	record = NULL;
}

void output_record_end(void)
{
	if (output_json)
		print_object();
	else if (columns)
		print_row(value_of);
	is_first = false;
	if (shape == STREAM)
		output_end();
}

/* Values */

static void add_json(const char *key, struct json_object *value)
{
	check_memory(value);
	if (json_object_object_add(record, key, value))
		fail(ENOMEM, "output");
}

/* "stream-size" is shown as "stream size". */
static void print_line(const char *key, const char *text)
{
	char name[64];
	size_t i;

	snprintf(name, sizeof(name), "%s:", key);
	for (i = 0; name[i]; i++)
		if (name[i] == '-')
			name[i] = ' ';
	printf("%s%-22s%s %s\n", terminal_on(COLOR_CYAN), name, terminal_off(),
	       text);
}

static void add_text(const char *key, const char *text)
{
	unsigned int i;

	if (!columns) {
		print_line(key, text);
		return;
	}
	for (i = 0; columns[i]; i++)
		if (!strcmp(columns[i]->key, key))
			snprintf(cells[i], sizeof(cells[i]), "%s", text);
}

void output_number(const char *key, uint64_t value)
{
	char text[NUMBER_LEN];

	if (output_json) {
		add_json(key, json_object_new_uint64(value));
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, value);
	add_text(key, text);
}

void output_size(const char *key, uint64_t value)
{
	char text[NUMBER_LEN];

	if (output_json || output_exact) {
		output_number(key, value);
		return;
	}
	size_format(text, value);
	add_text(key, text);
}

void output_octal(const char *key, uint32_t value)
{
	char text[NUMBER_LEN];

	snprintf(text, sizeof(text), "%04o", value);
	output_string(key, text);
}

void output_real(const char *key, double value, int digits)
{
	char text[NUMBER_LEN];

	snprintf(text, sizeof(text), "%.*f", digits, value);
	if (output_json)
		add_json(key, json_object_new_double_s(value, text));
	else
		add_text(key, text);
}

void output_bool(const char *key, bool value)
{
	if (output_json)
		add_json(key, json_object_new_boolean(value));
	else
		add_text(key, value ? "yes" : "no");
}

void output_flags(const char *key, uint64_t flags, const char *const *words)
{
	struct json_object *array = NULL;
	char text[CELL_LEN] = "";
	unsigned int i;

	if (output_json)
		array = json_object_new_array();
	for (i = 0; words[i]; i++) {
		if (!(flags & UINT64_C(1) << i))
			continue;
		if (array)
			json_object_array_add(array,
					      json_object_new_string(words[i]));
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", *text ? "," : "", words[i]);
	}
	if (array)
		add_json(key, array);
	else
		add_text(key, *text ? text : "-");
}

/* Length of the UTF-8 sequence at the beginning of a text; 0: it is none. */
static size_t utf8_length(const unsigned char *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *text < 0x80 ? 1 :
			*text < 0xc2 ? 0 :
			*text < 0xe0 ? 2 :
			*text < 0xf0 ? 3 :
			*text < 0xf5 ? 4 :
				       0;
	uint32_t value = *text & (0x7fu >> length);
	size_t i;

	for (i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (length > 1 && (value < least[length] || value > 0x10ffff ||
			   (value & ~0x7ffu) == 0xd800))
		return 0;
	return length;
}

void output_escape(char *to, size_t size, const char *from)
{
	const unsigned char *byte = (const unsigned char *)from;
	char *end = to + size - 1;
	size_t length;

	for (; *byte && to + 4 <= end; byte += length) {
		length = utf8_length(byte);
		/* 0x80 to 0x9f are control characters too. */
		if (*byte == '\\') {
			to += sprintf(to, "\\\\");
		} else if (!length || *byte < 0x20 || *byte == 0x7f ||
			   (*byte == 0xc2 && byte[1] < 0xa0)) {
			to += sprintf(to, "\\x%02x", *byte);
			length = 1;
		} else {
			memcpy(to, byte, length);
			to += length;
		}
	}
	*to = '\0';
}

/* JSON is UTF-8; it escapes itself what is not printable. */
static struct json_object *json_string(const char *value)
{
	const unsigned char *byte = (const unsigned char *)value;
	size_t length, size = 3 * strlen(value) + 1;
	char *text = malloc(size), *to = text;
	struct json_object *object;

	check_memory(text);
	while (*byte) {
		length = utf8_length(byte);
		if (length)
			to = mempcpy(to, byte, length);
		else
			to = mempcpy(to, "\xef\xbf\xbd", 3);
		byte += length ? length : 1;
	}
	object = json_object_new_string_len(text, (int)(to - text));
	free(text);
	return object;
}

void output_string(const char *key, const char *value)
{
	char text[CELL_LEN];

	if (output_json) {
		add_json(key, json_string(value));
		return;
	}
	output_escape(text, sizeof(text), value);
	add_text(key, text);
}

void output_text(const char *format, ...)
{
	va_list list;

	if (output_json)
		return;
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
}

void output_end(void)
{
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		fail_with(STATUS_OUTPUT, "standard output: %s",
			  strerror(errno ? errno : EIO));
}
