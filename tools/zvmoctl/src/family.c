// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: a list of VMOs as a forest
 *
 * A family can be as deep as the list is long: the walk does not recurse.
 */
#include <errno.h>
#include <stdlib.h>

#include "family.h"
#include "status.h"

/* By parent, 0 for roots, then by id. */
struct child {
	uint64_t parent;
	const struct vmo *vmo;
};

static int compare(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->vmo->id < y->vmo->id ? -1 : 1;
}

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		fail(ENOMEM, "tree");
	return memory;
}

static struct child *sort_children(const struct vmo_list *list)
{
	struct child *children = allocate(list->count, sizeof(*children));
	const struct vmo *vmo;
	size_t i;

	for (i = 0; i < list->count; i++) {
		vmo = &list->vmos[i];
		children[i].vmo = vmo;
		if (vmo_list_find(list, vmo->parent))
			children[i].parent = vmo->parent;
	}
	if (list->count)
		qsort(children, list->count, sizeof(*children), compare);
	return children;
}

/* The first child of a VMO, or where it would be. */
static size_t first_child(const struct child *children, size_t count,
			  uint64_t parent)
{
	size_t first = 0, end = count, middle;

	while (first < end) {
		middle = first + (end - first) / 2;
		if (children[middle].parent < parent)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

void family_walk(const struct vmo_list *list,
		 void (*visit)(const struct family_visit *visit))
{
	struct child *children = sort_children(list);
	/* The next to visit at each depth. */
	size_t *next = allocate(list->count + 1, sizeof(*next));
	uint64_t *parents = allocate(list->count + 1, sizeof(*parents));
	bool *is_last = allocate(list->count + 1, sizeof(*is_last));
	size_t depth = 0, at, count = list->count;

	for (;;) {
		at = next[depth];
		if (at == count || children[at].parent != parents[depth]) {
			if (!depth--)
				break;
			continue;
		}
		next[depth]++;
		is_last[depth] = at + 1 == count ||
				 children[at + 1].parent != parents[depth];
		visit(&(struct family_visit){ children[at].vmo, depth,
					      is_last });
		depth++;
		parents[depth] = children[at].vmo->id;
		next[depth] = first_child(children, count, parents[depth]);
	}
	free(children);
	free(next);
	free(parents);
	free(is_last);
}
