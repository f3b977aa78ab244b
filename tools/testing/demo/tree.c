// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: a picture of who is whose child
 *
 * Drawn from nothing but what the kernel says about each object. Siblings
 * without children share a line.
 */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "tree.h"

/* Where the figures begin, and how far a generation is set in. */
#define NAME_COLUMNS 44
#define INDENT_COLUMNS 3

/*
 * struct line - What precedes the name: a bar for each elder generation that
 * goes on below. Each takes up to 8 bytes but INDENT_COLUMNS on the screen.
 */
struct line {
	char lead[OBJECTS * 8];
	int columns;
};

static struct line line_extend(const struct line *line, const char *by)
{
	struct line longer = { .columns = line->columns + INDENT_COLUMNS };

	stpcpy(stpcpy(longer.lead, line->lead), by);
	return longer;
}

/* One object, or @first to @last, of which there are @count. */
static void draw_line(const struct line *line, const struct zvmo_info *first,
		      const struct zvmo_info *last, unsigned int count)
{
	int columns = line->columns + (int)strlen(first->name);
	char koid[48];

	printf("  %s%s", line->lead, first->name);
	if (count > 1) {
		printf(" %s %s", count > 2 ? "…" : "+", last->name);
		columns += 3 + (int)strlen(last->name);
		snprintf(koid, sizeof(koid), "%llu-%llu", first->koid,
			 last->koid);
	} else {
		snprintf(koid, sizeof(koid), "%llu", first->koid);
	}
	printf("%*s koid %-9s %11s",
	       columns < NAME_COLUMNS ? NAME_COLUMNS - columns : 0, "", koid,
	       text_size((int64_t)first->size).s);
	if (first->num_children)
		printf("  %llu child%s", first->num_children,
		       first->num_children > 1 ? "ren" : "");
	if (count > 1)
		printf("  (%u objects)", count);
	printf("\n");
}

static unsigned int find_children(const struct zvmo_info infos[OBJECTS],
				  uint64_t koid,
				  const struct zvmo_info *children[OBJECTS])
{
	unsigned int count = 0;
	unsigned int i;

	for (i = 1; i < OBJECTS; i++)
		if (infos[i].koid && infos[i].parent_koid == koid)
			children[count++] = &infos[i];
	return count;
}

static void draw_children(const struct zvmo_info infos[OBJECTS], uint64_t koid,
			  const struct line *line)
{
	const struct zvmo_info *children[OBJECTS];
	unsigned int count = find_children(infos, koid, children);
	unsigned int i, next;

	for (i = 0; i < count; i = next) {
		struct line name, below;

		for (next = i + 1;
		     next < count && !children[next]->num_children; next++)
			if (children[i]->num_children)
				break;
		name = line_extend(line, next == count ? "└─ " : "├─ ");
		below = line_extend(line, next == count ? "   " : "│  ");
		draw_line(&name, children[i], children[next - 1], next - i);
		draw_children(infos, children[i]->koid, &below);
	}
}

/**
 * tree_draw() - Draw an object and all that descend from it.
 * @infos: What the kernel says about the objects.
 * @top: Number of the object.
 */
void tree_draw(const struct zvmo_info infos[OBJECTS], unsigned int top)
{
	struct line line = { .columns = 0 };

	draw_line(&line, &infos[top], &infos[top], 1);
	draw_children(infos, infos[top].koid, &line);
}
