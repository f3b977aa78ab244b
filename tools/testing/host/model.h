/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - a family of trees beside a model that is plainly right
 *
 * The model of a tree is an array of cells. A cell covers one index, or a gap
 * between the *islands* that the test looks at closely: a stretch that only ever
 * is empty or zero as a whole. So the index space of a tree is covered to the
 * last index by an array of moderate size.
 *
 * Each function model_<verb>() does one thing to a tree as the module would, the
 * same thing to the model, and checks what it can see of the result;
 * model_verify() checks everything else. With @sweep set every allocation of the
 * operation is made to fail once before it succeeds.
 *
 * Cells are numbered; ranges of cells, [first, last], are inclusive.
 */
#ifndef _ZVMO_HOST_MODEL_H
#define _ZVMO_HOST_MODEL_H

#include "page_tree.h"
#include "splice.h"

#define MODEL_NR_TREES 24

/* A range of indexes of which each one has a cell. */
struct model_island {
	unsigned long first;
	unsigned long last;
};

/**
 * struct model_cell - What a tree must hold at an index, or a gap.
 * @entry: The entry.
 * @id: If a page: which one.
 * @value: If a page: what this tree must read there.
 * @exposed: The exposed mark.
 */
struct model_cell {
	zvmo_entry_t entry;
	u64 id;
	u64 value;
	bool exposed;
};

/**
 * struct model_tree - A tree and its model.
 * @tree: The tree.
 * @cells: What it must hold.
 * @live: Was created and not destroyed yet.
 */
struct model_tree {
	struct zvmo_tree tree;
	struct model_cell *cells;
	bool live;
};

/**
 * struct model_splice - A splice list and its model.
 * @list: The list.
 * @tree: What it must hold, at the old places. (The tree is @list's.)
 * @first: First cell.
 * @last: Last cell.
 * @live: Was taken and not destroyed yet.
 */
struct model_splice {
	struct zvmo_splice list;
	struct model_tree tree;
	unsigned int first;
	unsigned int last;
	bool live;
};

/**
 * struct model - A family of trees.
 * @nr_cells: Cells of each tree.
 * @starts: First index of each cell, and one past the last index of all.
 * @trees: The trees.
 * @splice: The splice list on its way, if one is.
 * @holders: For each page id so far: how many cells hold the page.
 * @holders_room: Length of @holders.
 * @nr_pages: Pages with holders.
 * @nr_loose_pages: Pages allocated that no tree holds yet.
 * @last_value: Last value written; each write has its own.
 * @sweep: Make every allocation fail once.
 * @nr_failed: How many did.
 */
struct model {
	unsigned int nr_cells;
	unsigned long *starts;
	struct model_tree trees[MODEL_NR_TREES];
	struct model_splice splice;
	unsigned int *holders;
	u64 holders_room;
	unsigned long nr_pages;
	unsigned long nr_loose_pages;
	u64 last_value;
	bool sweep;
	unsigned long nr_failed;
};

static inline unsigned long model_cell_first(const struct model *model,
					     unsigned int cell)
{
	return model->starts[cell];
}

static inline unsigned long model_cell_last(const struct model *model,
					    unsigned int cell)
{
	return model->starts[cell + 1] - 1;
}

/* Pages can be in this cell. */
static inline bool model_cell_is_single(const struct model *model,
					unsigned int cell)
{
	return model_cell_first(model, cell) == model_cell_last(model, cell);
}

void model_init(struct model *model, const struct model_island *islands,
		unsigned int nr_islands);
void model_exit(struct model *model);
void model_verify(struct model *model, bool thorough);

void model_create(struct model *model, struct model_tree *t);
void model_destroy(struct model *model, struct model_tree *t);
void model_write(struct model *model, struct model_tree *t, unsigned int cell,
		 zvmo_entry_t flags, bool mapped);
void model_replace(struct model *model, struct model_tree *t, unsigned int cell,
		   zvmo_entry_t flags);
void model_mark_zero(struct model *model, struct model_tree *t,
		     unsigned int cell, zvmo_entry_t flags);
void model_store_zero(struct model *model, struct model_tree *t,
		      unsigned int first, unsigned int last,
		      zvmo_entry_t flags);
void model_erase(struct model *model, struct model_tree *t, unsigned int first,
		 unsigned int last, bool collect);
bool tree_next_exposed(const struct zvmo_tree *tree, unsigned long *first,
		       unsigned long *last);
void model_conceal(struct model *model, struct model_tree *t,
		   unsigned int first, unsigned int last, u64 keep);
void model_clone(struct model *model, struct model_tree *dst,
		 struct model_tree *src, unsigned int first, unsigned int last);
void model_adopt(struct model *model, struct model_tree *t,
		 struct model_tree *src, unsigned int first, unsigned int last);
void model_diff(struct model *model, struct model_tree *a, struct model_tree *b,
		unsigned int first, unsigned int last,
		unsigned long stop_after);
void model_count(struct model *model, struct model_tree *t, unsigned int first,
		 unsigned int last);
void model_gather(struct model *model, struct model_tree *t, unsigned int cell,
		  unsigned int max);
void model_seek(struct model *model, struct model_tree *t, unsigned int first,
		unsigned int last);
void model_walk(struct model *model, struct model_tree *t,
		struct zvmo_cursor *cursor);
void model_splice_take(struct model *model, struct model_tree *t,
		       unsigned int first, unsigned int last);
bool model_splice_fits(const struct model *model, unsigned int first);
void model_splice_put(struct model *model, struct model_tree *t,
		      unsigned int first);
void model_splice_destroy(struct model *model);

#endif /* _ZVMO_HOST_MODEL_H */
