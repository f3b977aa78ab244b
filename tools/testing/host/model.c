// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - a family of trees beside a model that is plainly right
 *
 * See model.h. A page's value is kept in the page, too, and compared through
 * every tree: so a write in place to a page wrongly believed exclusive shows up
 * in the relatives.
 */
#include <stdlib.h>

#include "account.h"
#include "harness.h"
#include "model.h"
#include "page.h"

/* What mappings name pages after; never looked into. */
static struct address_space *const some_mapping = (void *)&some_mapping;

/*
 * Call something that allocates. When sweeping: with each of its allocations
 * failing in turn; each time it must say so and have changed nothing.
 */
#define ATTEMPT(model, call)                                         \
	({                                                           \
		unsigned long __nth = 0;                             \
		int __err;                                           \
                                                                     \
		do {                                                 \
			shim_fail_nth((model)->sweep ? ++__nth : 0); \
			__err = (call);                              \
		} while (attempt_failed((model), __err));            \
		__err;                                               \
	})

static bool attempt_failed(struct model *model, int err)
{
	bool failed = shim_failed();

	shim_fail_nth(0);
	CHECK_EQ(err, failed ? -ENOMEM : 0);
	if (failed) {
		model->nr_failed++;
		model_verify(model, false);
	}
	return failed;
}

/* Setting up */

/* The next cell begins at @start. */
static void add_cell(struct model *model, unsigned long start)
{
	if (!model->nr_cells || model->starts[model->nr_cells - 1] != start)
		model->starts[model->nr_cells++] = start;
}

static void init_cells(struct model *model, const struct model_island *islands,
		       unsigned int nr_islands)
{
	unsigned long room = 2, index;
	unsigned int i;

	for (i = 0; i < nr_islands; i++)
		room += islands[i].last - islands[i].first + 2;
	model->starts = calloc(room, sizeof(*model->starts));
	add_cell(model, 0);
	for (i = 0; i < nr_islands; i++)
		for (index = islands[i].first; index <= islands[i].last + 1;
		     index++)
			add_cell(model, index);
	if (model->starts[model->nr_cells - 1] == ZVMO_INDEX_MAX + 1)
		model->nr_cells--;
	model->starts[model->nr_cells] = ZVMO_INDEX_MAX + 1;
}

static struct model_cell *alloc_cells(const struct model *model)
{
	return calloc(model->nr_cells, sizeof(struct model_cell));
}

/* No tree is live yet. @islands ascend, and do not touch. */
void model_init(struct model *model, const struct model_island *islands,
		unsigned int nr_islands)
{
	unsigned int i;

	memset(model, 0, sizeof(*model));
	init_cells(model, islands, nr_islands);
	for (i = 0; i < MODEL_NR_TREES; i++)
		model->trees[i].cells = alloc_cells(model);
	model->splice.tree.cells = alloc_cells(model);
}

/* All trees and the splice list are destroyed. */
void model_exit(struct model *model)
{
	unsigned int i;

	CHECK_EQ(model->nr_pages, 0);
	for (i = 0; i < MODEL_NR_TREES; i++)
		free(model->trees[i].cells);
	free(model->splice.tree.cells);
	free(model->starts);
	free(model->holders);
}

/* Cells */

static unsigned int *holders(struct model *model, u64 id)
{
	u64 room = model->holders_room;

	if (id >= room) {
		model->holders_room = 2 * id + 64;
		model->holders =
			realloc(model->holders,
				model->holders_room * sizeof(*model->holders));
		memset(model->holders + room, 0,
		       (model->holders_room - room) * sizeof(*model->holders));
	}
	return &model->holders[id];
}

/* Does @t alone hold the page in @cell? */
static bool cell_is_exclusive(struct model *model,
			      const struct model_cell *cell)
{
	return zvmo_entry_is_page(cell->entry) &&
	       *holders(model, cell->id) == 1;
}

static void cell_set(struct model *model, struct model_cell *cell,
		     struct model_cell content)
{
	content.exposed = false;
	if (zvmo_entry_is_page(content.entry) &&
	    !(*holders(model, content.id))++)
		model->nr_pages++;
	if (zvmo_entry_is_page(cell->entry) && !--*holders(model, cell->id))
		model->nr_pages--;
	*cell = content;
}

static void cells_clear(struct model *model, struct model_cell *cells,
			unsigned int first, unsigned int last,
			zvmo_entry_t entry)
{
	struct model_cell content = { .entry = entry };
	unsigned int i;

	for (i = first; i <= last; i++)
		cell_set(model, &cells[i], content);
}

/* The cell that covers @index. */
static unsigned int cell_of(const struct model *model, unsigned long index)
{
	unsigned int low = 0, high = model->nr_cells;

	while (high - low > 1) {
		unsigned int middle = (low + high) / 2;

		if (model->starts[middle] <= index)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Verification */

static void page_verify(const struct model_cell *cell)
{
	const struct page *page = zvmo_entry_page(cell->entry);

	CHECK_EQ(page->id, cell->id);
	CHECK_EQ(page->content, cell->value);
	CHECK_EQ(!!page->folio.mapping, cell->exposed);
}

/* An index of @cell_nr reads as the model says. */
static void index_verify(struct model *model, const struct model_tree *t,
			 const struct zvmo_tree *tree, unsigned int cell_nr,
			 unsigned long index)
{
	const struct model_cell *cell = &t->cells[cell_nr];
	struct zvmo_slot slot = zvmo_tree_find(tree, index);

	CHECK_EQ(zvmo_tree_lookup(tree, index), cell->entry);
	CHECK_EQ(slot.entry, cell->entry);
	CHECK_EQ(slot.exposed, cell->exposed);
	CHECK_EQ(slot.exclusive, cell_is_exclusive(model, cell));
}

static void lookups_verify(struct model *model, const struct model_tree *t,
			   const struct zvmo_tree *tree)
{
	unsigned int i;

	for (i = 0; i < model->nr_cells; i++) {
		unsigned long first = model_cell_first(model, i);
		unsigned long last = model_cell_last(model, i);

		index_verify(model, t, tree, i, first);
		if (first == last)
			continue;
		index_verify(model, t, tree, i, first + (last - first) / 2);
		index_verify(model, t, tree, i, last);
	}
}

/* What a walk found is the model's, from @cell on; returns the cell after. */
static unsigned int extent_verify(const struct model *model,
				  const struct model_tree *t, unsigned int cell,
				  const struct zvmo_extent *extent)
{
	if (zvmo_entry_is_page(extent->entry)) {
		CHECK_EQ(extent->first, extent->last);
		CHECK_EQ(extent->entry, t->cells[cell].entry);
		page_verify(&t->cells[cell]);
		return cell + 1;
	}
	for (; cell < model->nr_cells &&
	       model_cell_first(model, cell) <= extent->last;
	     cell++)
		CHECK_EQ(extent->entry, t->cells[cell].entry);
	return cell;
}

/* @extent, clipped to end at @end or before, is not longer for no reason. */
static void extent_verify_maximal(const struct model *model,
				  const struct model_tree *t, unsigned int next,
				  const struct zvmo_extent *extent,
				  unsigned long end)
{
	if (extent->last == end)
		return;
	CHECK_EQ(extent->last, model_cell_last(model, next - 1));
	if (!zvmo_entry_is_page(extent->entry))
		CHECK(extent->entry != t->cells[next].entry);
}

static void walk_verify(const struct model *model, const struct model_tree *t,
			const struct zvmo_tree *tree)
{
	unsigned long index = 0, nr_pages = 0;
	struct zvmo_cursor cursor;
	struct zvmo_extent extent;
	unsigned int cell = 0;

	zvmo_cursor_init(&cursor, tree, 0, ZVMO_INDEX_MAX);
	while (zvmo_cursor_next(&cursor, &extent)) {
		CHECK_EQ(extent.first, index);
		CHECK(extent.last >= extent.first);
		cell = extent_verify(model, t, cell, &extent);
		extent_verify_maximal(model, t, cell, &extent, ZVMO_INDEX_MAX);
		nr_pages += zvmo_entry_is_page(extent.entry);
		index = extent.last + 1;
	}
	CHECK_EQ(index, ZVMO_INDEX_MAX + 1);
	CHECK_EQ(cell, model->nr_cells);
	CHECK_EQ(zvmo_tree_count(tree, 0, ZVMO_INDEX_MAX), nr_pages);
}

/* The first run of exposed cells from @cell on: of one leaf, maximal. */
/* The first run of exposed pages that a visit comes upon. */
struct first_run {
	unsigned long first;
	unsigned long last;
	bool found;
};

static u64 find_run(unsigned long base, const zvmo_entry_t *slots, u64 marks,
		    void *arg)
{
	struct first_run *run = arg;
	unsigned int i;

	(void)slots;
	/* It ends with a leaf. */
	for (i = run->found ? ZVMO_NODE_SLOTS : 0; i < ZVMO_NODE_SLOTS; i++) {
		if (!(marks & BIT_ULL(i)))
			continue;
		if (!run->found) {
			run->first = base + i;
			run->found = true;
		} else if (run->last + 1 != base + i) {
			break;
		}
		run->last = base + i;
	}
	return 0;
}

/*
 * Find the next run of exposed pages in [*@first, *@last] by visiting them; it
 * is returned there.
 */
bool tree_next_exposed(const struct zvmo_tree *tree, unsigned long *first,
		       unsigned long *last)
{
	struct first_run run = {};

	zvmo_tree_conceal((struct zvmo_tree *)tree, *first, *last, find_run,
			  &run);
	if (run.found) {
		*first = run.first;
		*last = run.last;
	}
	return run.found;
}

static bool next_exposed(const struct model *model, const struct model_tree *t,
			 unsigned int cell, struct zvmo_extent *run)
{
	while (cell < model->nr_cells && !t->cells[cell].exposed)
		cell++;
	if (cell == model->nr_cells)
		return false;
	run->first = model_cell_first(model, cell);
	while ((model_cell_last(model, cell) & ZVMO_NODE_MASK) !=
		       ZVMO_NODE_MASK &&
	       t->cells[cell + 1].exposed)
		cell++;
	run->last = model_cell_last(model, cell);
	return true;
}

static void exposed_verify(const struct model *model,
			   const struct model_tree *t,
			   const struct zvmo_tree *tree)
{
	unsigned long first = 0, last = ZVMO_INDEX_MAX;
	struct zvmo_extent run;
	unsigned int cell = 0;

	while (next_exposed(model, t, cell, &run)) {
		CHECK(tree_next_exposed(tree, &first, &last));
		CHECK_EQ(first, run.first);
		CHECK_EQ(last, run.last);
		first = last + 1;
		last = ZVMO_INDEX_MAX;
		cell = cell_of(model, run.last) + 1;
	}
	if (cell < model->nr_cells)
		CHECK(!tree_next_exposed(tree, &first, &last));
}

static void tree_verify(struct model *model, const struct model_tree *t,
			const struct zvmo_tree *tree, bool thorough)
{
	walk_verify(model, t, tree);
	exposed_verify(model, t, tree);
	if (thorough)
		lookups_verify(model, t, tree);
}

/* Everything is as it must be. Thorough: looks every index up, too. */
void model_verify(struct model *model, bool thorough)
{
	const struct zvmo_tree *all[MODEL_NR_TREES + 1];
	unsigned int i, nr = 0;

	for (i = 0; i < MODEL_NR_TREES; i++) {
		const struct model_tree *t = &model->trees[i];

		if (!t->live)
			continue;
		tree_verify(model, t, &t->tree, thorough);
		all[nr++] = &t->tree;
	}
	if (model->splice.live) {
		tree_verify(model, &model->splice.tree,
			    &model->splice.list.tree, thorough);
		all[nr++] = &model->splice.list.tree;
	}
	account_check(all, nr, model->nr_loose_pages);
	/* No page is kept for nobody: never more than eager copies would take. */
	CHECK_EQ(zvmo_page_count_all(),
		 model->nr_pages + model->nr_loose_pages);
}

/* Changes of one tree */

void model_create(struct model *model, struct model_tree *t)
{
	CHECK(!t->live);
	memset(t->cells, 0, model->nr_cells * sizeof(*t->cells));
	t->tree.root = NULL;
	t->live = true;
}

void model_destroy(struct model *model, struct model_tree *t)
{
	zvmo_tree_destroy(&t->tree);
	CHECK(!t->tree.root);
	cells_clear(model, t->cells, 0, model->nr_cells - 1, ZVMO_ENTRY_EMPTY);
	t->live = false;
}

static struct page *page_alloc(struct model *model)
{
	struct page *page;
	int err;

	err = ATTEMPT(model, (page = zvmo_page_alloc()) ? 0 : -ENOMEM);
	CHECK_EQ(err, 0);
	CHECK_EQ(page->content, 0);
	CHECK(zvmo_page_is_unshared(page));
	model->nr_loose_pages++;
	return page;
}

/* Put a new page, with a new value, in @cell_nr, whatever is there. */
void model_replace(struct model *model, struct model_tree *t,
		   unsigned int cell_nr, zvmo_entry_t flags)
{
	struct model_cell *cell = &t->cells[cell_nr];
	struct page *page = page_alloc(model);
	zvmo_entry_t old = ~0UL;
	struct model_cell content = {
		.entry = zvmo_page_entry(page) | flags,
		.id = page->id,
		.value = ++model->last_value,
	};

	page->content = content.value;
	ATTEMPT(model,
		zvmo_tree_store(&t->tree, model_cell_first(model, cell_nr),
				content.entry, &old));
	model->nr_loose_pages--;
	CHECK_EQ(old, cell->entry);
	if (zvmo_entry_is_page(old))
		zvmo_page_put(zvmo_entry_page(old));
	cell_set(model, cell, content);
}

/*
 * Write to @cell_nr as the module would: in place if the tree alone holds a
 * page there, else to a copy. If @mapped, through a mapping that stays.
 */
void model_write(struct model *model, struct model_tree *t,
		 unsigned int cell_nr, zvmo_entry_t flags, bool mapped)
{
	unsigned long index = model_cell_first(model, cell_nr);
	struct model_cell *cell = &t->cells[cell_nr];
	struct zvmo_slot slot = zvmo_tree_find(&t->tree, index);

	if (slot.exclusive) {
		cell->value = ++model->last_value;
		zvmo_entry_page(slot.entry)->content = cell->value;
	} else {
		model_replace(model, t, cell_nr, flags);
	}
	if (!mapped || cell->exposed)
		return;
	zvmo_page_set_identity(zvmo_entry_page(cell->entry), some_mapping,
			       index);
	zvmo_tree_expose(&t->tree, index);
	cell->exposed = true;
}

/* Store a single zero marker. */
void model_mark_zero(struct model *model, struct model_tree *t,
		     unsigned int cell_nr, zvmo_entry_t flags)
{
	struct model_cell *cell = &t->cells[cell_nr];
	struct model_cell content = { .entry = ZVMO_ENTRY_ZERO | flags };
	zvmo_entry_t old = ~0UL;

	ATTEMPT(model,
		zvmo_tree_store(&t->tree, model_cell_first(model, cell_nr),
				content.entry, &old));
	CHECK_EQ(old, cell->entry);
	if (zvmo_entry_is_page(old))
		zvmo_page_put(zvmo_entry_page(old));
	cell_set(model, cell, content);
}

void model_store_zero(struct model *model, struct model_tree *t,
		      unsigned int first, unsigned int last, zvmo_entry_t flags)
{
	ATTEMPT(model,
		zvmo_tree_store_zero(&t->tree, model_cell_first(model, first),
				     model_cell_last(model, last),
				     ZVMO_ENTRY_ZERO | flags));
	cells_clear(model, t->cells, first, last, ZVMO_ENTRY_ZERO | flags);
}

/* What an erase must say, and has said. */
struct collected {
	struct model *model;
	struct model_tree *t;
	unsigned int first;
	unsigned int last;
	unsigned long next_index;
	unsigned long nr_exclusive;
};

static void collect(unsigned long index, struct page *page, void *arg)
{
	struct collected *collected = arg;
	unsigned int cell_nr = cell_of(collected->model, index);
	const struct model_cell *cell = &collected->t->cells[cell_nr];

	CHECK(collected->first <= cell_nr && cell_nr <= collected->last);
	CHECK(index >= collected->next_index);
	CHECK(zvmo_entry_is_page(cell->entry));
	CHECK_EQ(zvmo_entry_page(cell->entry), page);
	CHECK_EQ(page->id, cell->id);
	collected->next_index = index + 1;
	collected->nr_exclusive += cell_is_exclusive(collected->model, cell);
	zvmo_page_put(page);
}

/* Erase; if @collect_pages, with a callback that sees what only @t held. */
void model_erase(struct model *model, struct model_tree *t, unsigned int first,
		 unsigned int last, bool collect_pages)
{
	struct collected collected = { model, t, first, last, 0, 0 };
	unsigned long nr_exclusive = 0;
	unsigned int i;

	for (i = first; collect_pages && i <= last; i++)
		nr_exclusive += cell_is_exclusive(model, &t->cells[i]);
	ATTEMPT(model,
		zvmo_tree_erase(&t->tree, model_cell_first(model, first),
				model_cell_last(model, last),
				collect_pages ? collect : NULL, &collected));
	CHECK_EQ(collected.nr_exclusive, nr_exclusive);
	cells_clear(model, t->cells, first, last, ZVMO_ENTRY_EMPTY);
}

/* What a concealment goes over. */
struct concealed {
	struct model *model;
	struct model_tree *t;
	unsigned int next;
	u64 keep;
};

/* One exposed page; says whether its mark goes. */
static bool conceal(struct concealed *concealed, unsigned long index,
		    struct page *page)
{
	unsigned int cell_nr = cell_of(concealed->model, index);
	struct model_cell *cell = &concealed->t->cells[cell_nr];

	for (; concealed->next < cell_nr; concealed->next++)
		CHECK(!concealed->t->cells[concealed->next].exposed);
	CHECK_EQ(concealed->next, cell_nr);
	CHECK(cell->exposed);
	CHECK_EQ(zvmo_entry_page(cell->entry), page);
	concealed->next = cell_nr + 1;
	if (concealed->keep & BIT_ULL(index & ZVMO_NODE_MASK))
		return false;
	zvmo_page_clear_identity(page);
	cell->exposed = false;
	return true;
}

static u64 conceal_leaf(unsigned long base, const zvmo_entry_t *slots,
			u64 marks, void *arg)
{
	u64 done = 0;
	unsigned int i;

	CHECK(marks);
	for (i = 0; i < ZVMO_NODE_SLOTS; i++)
		if ((marks & BIT_ULL(i)) &&
		    conceal(arg, base + i, zvmo_entry_page(slots[i])))
			done |= BIT_ULL(i);
	return done;
}

/*
 * Unmap what is exposed, as a snapshot does before it shares; but leave the
 * pages exposed whose place in the leaf is set in @keep.
 */
void model_conceal(struct model *model, struct model_tree *t,
		   unsigned int first, unsigned int last, u64 keep)
{
	struct concealed concealed = { model, t, first, keep };

	zvmo_tree_conceal(&t->tree, model_cell_first(model, first),
			  model_cell_last(model, last), conceal_leaf, &concealed);
	for (; concealed.next <= last; concealed.next++)
		CHECK(!t->cells[concealed.next].exposed);
}

static void cells_share(struct model *model, struct model_cell *dst,
			const struct model_cell *src, unsigned int first,
			unsigned int last)
{
	unsigned int i;

	for (i = first; i <= last; i++)
		cell_set(model, &dst[i], src[i]);
}

void model_clone(struct model *model, struct model_tree *dst,
		 struct model_tree *src, unsigned int first, unsigned int last)
{
	model_create(model, dst);
	model_conceal(model, src, first, last, 0);
	ATTEMPT(model, zvmo_tree_clone(&dst->tree, &src->tree,
				       model_cell_first(model, first),
				       model_cell_last(model, last)));
	cells_share(model, dst->cells, src->cells, first, last);
}

void model_adopt(struct model *model, struct model_tree *t,
		 struct model_tree *src, unsigned int first, unsigned int last)
{
	model_conceal(model, src, first, last, 0);
	ATTEMPT(model, zvmo_tree_adopt(&t->tree, &src->tree,
				       model_cell_first(model, first),
				       model_cell_last(model, last)));
	cells_share(model, t->cells, src->cells, first, last);
}

/* Differences */

/* Ranges found; the diff is stopped after some, if @stop_after is not 0. */
struct differences {
	const struct model *model;
	const struct model_cell *a;
	const struct model_cell *b;
	unsigned int cell;
	unsigned int last;
	unsigned long nr;
	unsigned long stop_after;
};

/* How the two cells differ; 0 if they do not. */
static enum zvmo_diff_what cells_differ(const struct differences *d,
					unsigned int cell)
{
	if (d->a[cell].entry == d->b[cell].entry)
		return 0;
	if (!d->b[cell].entry)
		return ZVMO_TREE_ONLY_A;
	return d->a[cell].entry ? ZVMO_TREE_CHANGED : ZVMO_TREE_ONLY_B;
}

/* Skip what does not differ. Returns whether something is left. */
static bool differences_advance(struct differences *d)
{
	while (d->cell <= d->last && !cells_differ(d, d->cell))
		d->cell++;
	return d->cell <= d->last;
}

#define STOPPED 77

static int difference_verify(unsigned long first, unsigned long last,
			     enum zvmo_diff_what what, void *arg)
{
	struct differences *d = arg;

	CHECK(!d->stop_after || d->nr < d->stop_after);
	CHECK(differences_advance(d));
	CHECK_EQ(first, model_cell_first(d->model, d->cell));
	CHECK_EQ(what, cells_differ(d, d->cell));
	while (d->cell <= d->last && cells_differ(d, d->cell) == what)
		d->cell++;
	CHECK_EQ(last, model_cell_last(d->model, d->cell - 1));
	return ++d->nr == d->stop_after ? STOPPED : 0;
}

void model_diff(struct model *model, struct model_tree *a, struct model_tree *b,
		unsigned int first, unsigned int last, unsigned long stop_after)
{
	struct differences d = { .model = model,
				 .a = a->cells,
				 .b = b->cells,
				 .cell = first,
				 .last = last,
				 .stop_after = stop_after };
	int result = zvmo_tree_diff(&a->tree, &b->tree,
				    model_cell_first(model, first),
				    model_cell_last(model, last),
				    difference_verify, &d);

	if (stop_after && d.nr == stop_after) {
		CHECK_EQ(result, STOPPED);
		return;
	}
	CHECK_EQ(result, 0);
	CHECK(!differences_advance(&d));
}

/* Counts and walks */

void model_count(struct model *model, struct model_tree *t, unsigned int first,
		 unsigned int last)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = first; i <= last; i++)
		nr += zvmo_entry_is_page(t->cells[i].entry);
	CHECK_EQ(zvmo_tree_count(&t->tree, model_cell_first(model, first),
				 model_cell_last(model, last)),
		 nr);
}

/* Collect at most @max pages. */
void model_gather(struct model *model, struct model_tree *t, unsigned int cell,
		  unsigned int max)
{
	unsigned long index = model_cell_first(model, cell);
	struct page *pages[ZVMO_NODE_SLOTS + 1] = {};
	unsigned int nr, i;

	nr = zvmo_tree_gather(&t->tree, index, pages, max);
	CHECK(nr <= max);
	for (i = 0; i < nr; i++) {
		CHECK(zvmo_entry_is_page(t->cells[cell + i].entry));
		CHECK_EQ(pages[i], zvmo_entry_page(t->cells[cell + i].entry));
	}
	/* It ends for a reason. */
	CHECK(nr == max || (nr && !((index + nr) & ZVMO_NODE_MASK)) ||
	      !zvmo_entry_is_page(t->cells[cell + nr].entry));
	CHECK(!nr || (index & ZVMO_NODE_MASK) + nr <= ZVMO_NODE_SLOTS);
	CHECK(!pages[nr]);
}

/* The first index in the cells that has a page, or has none. */
static bool cells_seek(const struct model *model, const struct model_tree *t,
		       unsigned int first, unsigned int last, bool page,
		       unsigned long *index)
{
	for (; first <= last; first++) {
		if (zvmo_entry_is_page(t->cells[first].entry) != page)
			continue;
		*index = model_cell_first(model, first);
		return true;
	}
	return false;
}

/* Find the first page, and the first index without one. */
void model_seek(struct model *model, struct model_tree *t, unsigned int first,
		unsigned int last)
{
	unsigned long begin = model_cell_first(model, first);
	unsigned long end = model_cell_last(model, last);
	unsigned long index = begin, expected = 0;
	bool found = cells_seek(model, t, first, last, true, &expected);

	CHECK_EQ(zvmo_tree_next_page(&t->tree, &index, end), found);
	if (found)
		CHECK_EQ(index, expected);
	index = begin;
	found = cells_seek(model, t, first, last, false, &expected);
	CHECK_EQ(zvmo_tree_next_hole(&t->tree, &index, end), found);
	if (found)
		CHECK_EQ(index, expected);
}

/* One step of a walk that may have begun long ago. */
void model_walk(struct model *model, struct model_tree *t,
		struct zvmo_cursor *cursor)
{
	unsigned long begin = cursor->next, end = cursor->last;
	bool done = cursor->done;
	struct zvmo_extent extent;
	unsigned int next;

	CHECK_EQ(zvmo_cursor_next(cursor, &extent), !done);
	if (done)
		return;
	CHECK_EQ(extent.first, begin);
	CHECK(begin <= extent.last && extent.last <= end);
	next = extent_verify(model, t, cell_of(model, begin), &extent);
	extent_verify_maximal(model, t, next, &extent, end);
	CHECK_EQ(cursor->done, extent.last == end);
}

/* Splice lists */

void model_splice_take(struct model *model, struct model_tree *t,
		       unsigned int first, unsigned int last)
{
	struct model_splice *splice = &model->splice;

	model_conceal(model, t, first, last, 0);
	ATTEMPT(model, zvmo_splice_take(&splice->list, &t->tree,
					model_cell_first(model, first),
					model_cell_last(model, last)));
	splice->live = true;
	splice->first = first;
	splice->last = last;
	cells_share(model, splice->tree.cells, t->cells, first, last);
	cells_clear(model, t->cells, first, last, ZVMO_ENTRY_EMPTY);
}

/* Would the list's cells come to lie on cells as wide when put at @first? */
bool model_splice_fits(const struct model *model, unsigned int first)
{
	const struct model_splice *splice = &model->splice;
	unsigned int nr = splice->last - splice->first + 1, i;

	if (first + nr > model->nr_cells)
		return false;
	for (i = 0; i <= nr; i++)
		if (model->starts[first + i] - model->starts[first] !=
		    model->starts[splice->first + i] -
			    model->starts[splice->first])
			return false;
	return true;
}

/* The list's cells below index @end are put; the first of them goes to @first. */
static void splice_cells_put(struct model *model, struct model_tree *t,
			     unsigned int first, unsigned long end)
{
	const struct model_splice *splice = &model->splice;
	unsigned int i;

	for (i = splice->first; i <= splice->last; i++) {
		const struct model_cell *src = &splice->tree.cells[i];
		struct model_cell *dst = &t->cells[first + i - splice->first];

		if (model_cell_first(model, i) < end && src->entry &&
		    !dst->entry)
			cell_set(model, dst, *src);
	}
}

/*
 * A put that failed has put what is before list->next, and possibly the
 * beginning of the zeros there: returns where it really stopped.
 */
static unsigned long splice_progress(const struct model *model,
				     const struct model_tree *t,
				     unsigned int first)
{
	const struct model_splice *splice = &model->splice;
	unsigned int i = cell_of(model, splice->list.next);
	zvmo_entry_t zero = splice->tree.cells[i].entry;

	CHECK(!splice->list.done);
	CHECK_EQ(splice->list.next, model_cell_first(model, i));
	for (; zvmo_entry_is_zero(zero) && i <= splice->last; i++) {
		unsigned int there = first + i - splice->first;

		if (splice->tree.cells[i].entry != zero ||
		    !zvmo_tree_lookup(&t->tree, model_cell_first(model, there)))
			break;
	}
	return model_cell_first(model, i);
}

/* Put the list where cell @first is; see model_splice_fits(). */
void model_splice_put(struct model *model, struct model_tree *t,
		      unsigned int first)
{
	struct zvmo_splice *list = &model->splice.list;
	unsigned long offset = model_cell_first(model, first) -
			       model_cell_first(model, model->splice.first);
	unsigned long nth = 0;
	bool failed;
	int err;

	/* Unlike others, a put that fails leaves done what it could do. */
	do {
		shim_fail_nth(model->sweep ? ++nth : 0);
		err = zvmo_splice_put(list, &t->tree, list->next + offset);
		failed = shim_failed();
		if (failed)
			splice_cells_put(model, t, first,
					 splice_progress(model, t, first));
		else
			splice_cells_put(model, t, first, ZVMO_INDEX_MAX + 1);
	} while (attempt_failed(model, err));
	CHECK(list->done);
	model_verify(model, false);
}

void model_splice_destroy(struct model *model)
{
	struct model_splice *splice = &model->splice;

	zvmo_splice_destroy(&splice->list);
	cells_clear(model, splice->tree.cells, splice->first, splice->last,
		    ZVMO_ENTRY_EMPTY);
	splice->live = false;
}
