// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl map: a picture of what the pages of a VMO are
 *
 * A character stands for so many pages, a power of two, that the picture has a
 * given number of lines. It shows the state that most of the pages in memory
 * have, and is a capital letter if all of its pages have it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "number.h"
#include "object.h"
#include "output.h"
#include "page_map.h"
#include "range.h"
#include "terminal.h"
#include "vmo.h"
#include "words.h"

static uint64_t lines = 16;

static const struct option_row options[] = {
	RANGE_OPTIONS,
	{ 'L', "lines", OPTION_NUMBER, &lines, "N",
	  "how high the picture may be (16)" },
	{}
};

/* In the order of enum zvmo_page_state; one more for what a newer module has. */
#define NR_STATES 10

static const struct {
	char letter;
	enum color color;
} looks[NR_STATES] = {
	{ '.', COLOR_NONE },	{ 'P', COLOR_GREEN }, { 'S', COLOR_YELLOW },
	{ 'Z', COLOR_BLUE },	{ 'C', COLOR_CYAN },  { 'D', COLOR_RED },
	{ 'W', COLOR_MAGENTA }, { 'I', COLOR_RED },   { 'L', COLOR_MAGENTA },
	{ '?', COLOR_RED },
};

/**
 * struct picture - What is drawn.
 * @offset: Where the part begins.
 * @end: Where it ends.
 * @width: Characters of a line.
 * @unit: Bytes that a character stands for.
 * @count: Number of characters.
 * @bytes: For each how many bytes have which state.
 * @total: Of the whole part.
 */
struct picture {
	uint64_t offset;
	uint64_t end;
	unsigned int width;
	uint64_t unit;
	size_t count;
	uint64_t (*bytes)[NR_STATES];
	uint64_t total[NR_STATES];
};

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void add_run(const struct page_run *run, void *data)
{
	uint64_t at = run->offset, end = run->offset + run->length, next;
	uint32_t state = run->state < NR_STATES ? run->state : NR_STATES - 1;
	struct picture *picture = data;
	size_t i;

	if (at < picture->offset)
		at = picture->offset;
	end = min(end, picture->end);
	for (; at < end; at = next) {
		i = (size_t)((at - picture->offset) / picture->unit);
		next = min(end, picture->offset + (i + 1) * picture->unit);
		picture->bytes[i][state] += next - at;
		picture->total[state] += next - at;
	}
}

/* The largest that is in memory; or absent. */
static unsigned int state_of(const uint64_t bytes[NR_STATES])
{
	unsigned int i, state = 0;

	for (i = 1; i < NR_STATES; i++)
		if (bytes[i] && (!state || bytes[i] > bytes[state]))
			state = i;
	return state;
}

static void draw_unit(const struct picture *picture, size_t i)
{
	const uint64_t *bytes = picture->bytes[i];
	unsigned int state = state_of(bytes), j, kinds = 0;
	char letter = looks[state].letter;

	for (j = 0; j < NR_STATES; j++)
		kinds += bytes[j] != 0;
	if (kinds > 1)
		letter = (char)tolower(letter);
	printf("%s%c%s", state ? terminal_block(looks[state].color) : "",
	       letter, state ? terminal_off() : "");
}

static void draw_legend(const struct picture *picture)
{
	char size[NUMBER_LEN];
	unsigned int i;

	size_format(size, picture->unit);
	printf("\n1 character: %s\nsmall letters: mixed\n", size);
	for (i = 0; i < NR_STATES; i++) {
		if (!picture->total[i])
			continue;
		size_format(size, picture->total[i]);
		printf("%s%c%s %s %s\n",
		       i ? terminal_block(looks[i].color) : "", looks[i].letter,
		       i ? terminal_off() : "", words_of(words_page_states, i),
		       size);
	}
}

static void draw(const struct picture *picture)
{
	char size[NUMBER_LEN];
	size_t i;

	for (i = 0; i < picture->count; i++) {
		if (i % picture->width == 0) {
			size_format(size, picture->offset + i * picture->unit);
			printf("%s%7s ", i ? "\n" : "", size);
		}
		draw_unit(picture, i);
	}
	putchar('\n');
	draw_legend(picture);
}

static void plan(struct picture *picture, struct range range)
{
	unsigned int columns = terminal_columns(80);
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	picture->offset = range.offset / page * page;
	picture->end = range.offset + range.length;
	picture->width = columns > 12 ? columns - 8 : 4;
	picture->unit = page;
	while ((picture->end - picture->offset - 1) / picture->unit >=
	       picture->width * lines)
		picture->unit *= 2;
	picture->count =
		(size_t)((picture->end - picture->offset + picture->unit - 1) /
			 picture->unit);
	picture->bytes = calloc(picture->count, sizeof(*picture->bytes));
	if (!picture->bytes)
		fail(ENOMEM, "picture");
}

/* The part that was asked for, as far as it is inside. */
static struct range choose(const struct vmo *vmo)
{
	struct range range = { .length = vmo->size };

	/* Of an unbounded one hardly anything is used. */
	if (vmo->size == ZVMO_SIZE_MAX)
		range.length = vmo->stream_size;
	if (range_offset != UINT64_MAX)
		range.offset = min(range_offset, vmo->size);
	range.length -= min(range.offset, range.length);
	if (range_length != UINT64_MAX)
		range.length = min(range_length, vmo->size - range.offset);
	return range;
}

static void output_run(const struct page_run *run, void *data)
{
	output_record_begin();
	output_number("offset", run->offset);
	output_number("length", run->length);
	output_string("state", words_of(words_page_states, run->state));
	if (run->holders)
		output_number("holders", run->holders);
	output_record_end();
}

static enum status run(int count, char **arguments)
{
	struct picture picture = { 0 };
	struct range range;
	struct vmo vmo;

	if (!lines || lines > 10000)
		usage_error("--lines: 1 to 10000");
	vmo_read(&vmo, arguments[0]);
	range = choose(&vmo);
	if (output_json) {
		output_list_begin(NULL);
		if (range.length)
			page_map_read(vmo.id, range.offset, range.length,
				      output_run, NULL);
		output_list_end();
		return STATUS_DONE;
	}
	if (!range.length) {
		output_text("nothing there\n");
		return STATUS_DONE;
	}
	plan(&picture, range);
	page_map_read(vmo.id, range.offset, range.length, add_run, &picture);
	draw(&picture);
	free(picture.bytes);
	return STATUS_DONE;
}

const struct command command_map = {
	.name = "map",
	.arguments = "ID",
	.text = "Draw what the pages of a VMO are: its own, shared, not there",
	.details =
		"\nJSON has the exact runs of pages, with how many relatives hold them.",
	.examples =
		"  zvmoctl map golden\n"
		"  zvmoctl map --offset 1M --length 256K 1042\n"
		"  zvmoctl map --json work | jq '.[] | select(.state==\"private\")'\n",
	.options = options,
	.least = 1,
	.most = 1,
	.run = run,
};
