// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl tree: families drawn, with what their members share
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "family.h"
#include "filter.h"
#include "number.h"
#include "object.h"
#include "output.h"
#include "terminal.h"
#include "words.h"

static const struct option_row options[] = { FILTER_OPTIONS, {} };

#define BAR 16

static bool is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < 3; i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strstr(value, "UTF-8") || strstr(value, "utf8");
	}
	return false;
}

/* The lines that lead to a VMO; as many as there is room for. */
static unsigned int draw_lines(const struct family_visit *visit,
			       unsigned int room)
{
	bool utf8 = is_utf8();
	unsigned int used = 0;
	size_t i;

	for (i = 1; i <= visit->depth && used + 3 <= room; i++, used += 3) {
		if (i == visit->depth)
			printf("%s", visit->is_last[i] ?
					     (utf8 ? "└─ " : "`- ") :
					     (utf8 ? "├─ " : "|- "));
		else
			printf("%s", visit->is_last[i] ?
					     "   " :
					     (utf8 ? "│  " : "|  "));
	}
	return used;
}

static unsigned int share_of(uint64_t part, uint64_t whole)
{
	unsigned int share;

	if (!part || !whole)
		return 0;
	share = (unsigned int)((double)part / (double)whole * BAR + 0.5);
	return share ? share : 1;
}

static void draw_run(enum color color, char character, unsigned int count)
{
	if (!count)
		return;
	printf("%s", terminal_on(color));
	while (count--)
		putchar(character);
	printf("%s", terminal_off());
}

/* Of its size: what it alone holds, what it shares, and what is not there. */
static void draw_bar(const struct vmo *vmo)
{
	uint64_t shared = vmo->committed_bytes > vmo->private_bytes ?
				  vmo->committed_bytes - vmo->private_bytes :
				  0;
	uint64_t whole = vmo->size > vmo->committed_bytes ?
				 vmo->size :
				 vmo->committed_bytes;
	unsigned int alone = share_of(vmo->private_bytes, whole);
	unsigned int both = share_of(shared, whole);

	if (alone > BAR)
		alone = BAR;
	if (both > BAR - alone)
		both = BAR - alone;
	printf(" [");
	draw_run(COLOR_GREEN, '#', alone);
	draw_run(COLOR_YELLOW, '=', both);
	draw_run(COLOR_NONE, '.', BAR - alone - both);
	printf("]");
}

static void describe(const struct vmo *vmo, char *text, size_t room)
{
	char name[4 * ZVMO_NAME_MAX + 1], size[NUMBER_LEN], alone[NUMBER_LEN],
		all[NUMBER_LEN];

	output_escape(name, sizeof(name), vmo->name);
	size_format(size, vmo->size);
	size_format(all, vmo->committed_bytes);
	size_format(alone, vmo->private_bytes);
	snprintf(text, room, "%llu %s%s%s, %s: %s in memory, %s its own",
		 (unsigned long long)vmo->id, name, *name ? " " : "",
		 words_of(words_kinds, vmo->kind), size, all, alone);
}

static void draw_vmo(const struct family_visit *visit)
{
	unsigned int width = terminal_columns(10000), used;
	char text[512];

	used = draw_lines(visit, width);
	describe(visit->vmo, text, sizeof(text));
	printf("%.*s", (int)(width - used), text);
	used += (unsigned int)strlen(text);
	if (used + BAR + 3 <= width)
		draw_bar(visit->vmo);
	putchar('\n');
}

/* JSON: a list in the order of the drawing, with the depth of each. */
static void output_vmo(const struct family_visit *visit)
{
	output_record_begin();
	output_number("depth", visit->depth);
	vmo_output(visit->vmo);
	output_record_end();
}

static enum status run(int count, char **arguments)
{
	struct vmo_list list;

	if (count)
		filter_family = arguments[0];
	filter_read(&list, true);
	if (output_json)
		output_list_begin(NULL);
	family_walk(&list, output_json ? output_vmo : draw_vmo);
	if (output_json)
		output_list_end();
	else if (list.count)
		printf("\n%.*s\n", (int)terminal_columns(10000),
		       "# its own  = shared  . not there");
	vmo_list_free(&list);
	return STATUS_DONE;
}

const struct command command_tree = {
	.name = "tree",
	.arguments = "[ID]",
	.text = "Draw families of VMOs, or that of one, and what they share",
	.examples = "  zvmoctl tree\n"
		    "  zvmoctl tree golden\n",
	.options = options,
	.most = 1,
	.run = run,
};
