// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests - exact accounting of a family of trees
 *
 * Computes from nothing but the nodes what every count must be: who points at
 * what is tallied by walking all trees, then compared with what nodes and pages
 * say of themselves, and with what the allocator says exists.
 */
#include <stdlib.h>

#include "account.h"
#include "harness.h"
#include "page.h"

/* Everything reached in this walk, once. Grows, and stays for the next walk. */
struct list {
	void **items;
	unsigned long nr;
	unsigned long room;
};

static struct list nodes, pages;

static void list_add(struct list *list, void *item)
{
	if (list->nr == list->room) {
		list->room = 2 * list->room + 64;
		list->items =
			realloc(list->items, list->room * sizeof(*list->items));
	}
	list->items[list->nr++] = item;
}

static bool entry_is_node(zvmo_entry_t entry)
{
	return entry && (entry & ZVMO_ENTRY_KIND_MASK) == ZVMO_ENTRY_NODE;
}

static struct zvmo_node *entry_node(zvmo_entry_t entry)
{
	return (struct zvmo_node *)entry;
}

/* Count whoever points at @node; look into it the first time. */
static void node_tally(struct zvmo_node *node)
{
	unsigned int i;

	if ((*shim_object_tally(node))++)
		return;
	list_add(&nodes, node);
	for (i = 0; i < ZVMO_NODE_SLOTS; i++) {
		zvmo_entry_t entry = node->slots[i];

		if (entry_is_node(entry)) {
			CHECK_EQ(entry_node(entry)->shift + ZVMO_NODE_SHIFT,
				 node->shift);
			node_tally(entry_node(entry));
		} else if (zvmo_entry_is_page(entry)) {
			struct page *page = zvmo_entry_page(entry);

			CHECK_EQ(node->shift, 0);
			if (!page->tally++)
				list_add(&pages, page);
		}
	}
}

/* What a node says of itself follows from its slots and who points at it. */
static void node_check(struct zvmo_node *node)
{
	unsigned int *tally = shim_object_tally(node);
	unsigned int nr_slots = 0, i;
	unsigned long nr_pages = 0;

	for (i = 0; i < ZVMO_NODE_SLOTS; i++) {
		zvmo_entry_t entry = node->slots[i];
		bool exposed = node->exposed & BIT_ULL(i);

		nr_slots += !!entry;
		if (entry_is_node(entry)) {
			nr_pages += entry_node(entry)->nr_pages;
			CHECK_EQ(exposed, !!entry_node(entry)->exposed);
		} else if (zvmo_entry_is_page(entry)) {
			nr_pages++;
			if (exposed)
				CHECK_EQ(zvmo_entry_page(entry)->tally, 1);
		} else {
			CHECK(!entry || zvmo_entry_is_zero(entry));
			CHECK(!exposed);
		}
	}
	CHECK_EQ(node->nr_slots, nr_slots);
	CHECK(nr_slots);
	CHECK_EQ(node->nr_pages, nr_pages);
	CHECK_EQ(atomic_read(&node->refs), *tally);
	/* With the same check of its parent: all the way up. */
	CHECK(*tally == 1 || !node->exposed);
}

/* Below a root, what is all the same zero is one run, higher up. */
static void node_check_runs(const struct zvmo_node *node)
{
	unsigned int i, j;

	for (i = 0; node->shift && i < ZVMO_NODE_SLOTS; i++) {
		const struct zvmo_node *child = entry_node(node->slots[i]);

		if (!entry_is_node(node->slots[i]) ||
		    !zvmo_entry_is_zero(child->slots[0]))
			continue;
		for (j = 1; j < ZVMO_NODE_SLOTS; j++)
			if (child->slots[j] != child->slots[0])
				break;
		CHECK(j < ZVMO_NODE_SLOTS);
	}
}

/*
 * @trees are all that exist, and hold all there is but @nr_loose_pages. Checks
 * every count in them; ends the case if one is wrong.
 */
void account_check(const struct zvmo_tree *const *trees, unsigned int nr_trees,
		   unsigned long nr_loose_pages)
{
	unsigned long i;

	nodes.nr = 0;
	pages.nr = 0;
	for (i = 0; i < nr_trees; i++) {
		if (trees[i]->root)
			node_tally(trees[i]->root);
		CHECK_EQ(zvmo_tree_check(trees[i]), 0);
	}
	for (i = 0; i < nodes.nr; i++) {
		node_check(nodes.items[i]);
		node_check_runs(nodes.items[i]);
	}
	for (i = 0; i < pages.nr; i++) {
		struct page *page = pages.items[i];

		CHECK_EQ(page_private(page), page->tally - 1);
		CHECK_EQ(page_count(page), 1);
		page->tally = 0;
	}
	for (i = 0; i < nodes.nr; i++)
		*shim_object_tally(nodes.items[i]) = 0;
	CHECK_EQ(zvmo_tree_count_nodes(), nodes.nr);
	CHECK_EQ(shim_live_objects(), nodes.nr);
	CHECK_EQ(zvmo_page_count_all(), pages.nr + nr_loose_pages);
	CHECK_EQ(shim_live_pages(), pages.nr + nr_loose_pages);
}
