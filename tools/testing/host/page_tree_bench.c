// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host bench - what the page tree's operations cost by themselves
 *
 * Native times: no kernel, lock or allocation of real pages is in them. The
 * objects are of 1 GiB in pages of 4 KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "page.h"
#include "page_tree.h"

#define NR_PAGES (1UL << 18)
#define NR_CLONES 100000
#define NR_LOOKUPS 20000000UL
#define NR_CHANGED 4097
#define NR_DIFFS 100
#define DEPTH 1000

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void store_page(struct zvmo_tree *tree, unsigned long index)
{
	struct page *page = zvmo_page_alloc();
	zvmo_entry_t old;

	if (!page ||
	    zvmo_tree_store(tree, index, zvmo_page_entry(page), &old)) {
		fprintf(stderr, "out of memory\n");
		exit(EXIT_FAILURE);
	}
	if (zvmo_entry_is_page(old))
		zvmo_page_put(zvmo_entry_page(old));
}

static struct zvmo_tree full_tree(void)
{
	struct zvmo_tree tree = {};
	unsigned long index;

	for (index = 0; index < NR_PAGES; index++)
		store_page(&tree, index);
	return tree;
}

/* The whole, or all but the first and last page. */
static void bench_clone(const struct zvmo_tree *tree, const char *what,
			unsigned long first, unsigned long last)
{
	struct zvmo_tree *clones = calloc(NR_CLONES, sizeof(*clones));
	double begin = now_ns(), middle, end;
	unsigned int i;

	for (i = 0; i < NR_CLONES; i++)
		zvmo_tree_clone(&clones[i], tree, first, last);
	middle = now_ns();
	for (i = 0; i < NR_CLONES; i++)
		zvmo_tree_destroy(&clones[i]);
	end = now_ns();
	printf("clone of 1 GiB, %s: %.1f ns, destroyed in %.1f ns\n", what,
	       (middle - begin) / NR_CLONES, (end - middle) / NR_CLONES);
	free(clones);
}

static void bench_lookup(const struct zvmo_tree *tree, unsigned int depth)
{
	unsigned long index = 0, found = 0, i;
	double begin = now_ns();

	for (i = 0; i < NR_LOOKUPS; i++) {
		index = (index * 5 + 12345) % NR_PAGES;
		found += zvmo_entry_is_page(zvmo_tree_lookup(tree, index));
	}
	if (found != NR_LOOKUPS)
		exit(EXIT_FAILURE);
	printf("look-up in 1 GiB, depth %u: %.1f ns\n", depth,
	       (now_ns() - begin) / NR_LOOKUPS);
}

/* A chain of snapshots, each with a page of its own; the last is looked into. */
static void bench_depth(const struct zvmo_tree *tree)
{
	struct zvmo_tree *chain = calloc(DEPTH, sizeof(*chain));
	unsigned int i;

	for (i = 0; i < DEPTH; i++) {
		zvmo_tree_clone(&chain[i], i ? &chain[i - 1] : tree, 0,
				ZVMO_INDEX_MAX);
		store_page(&chain[i], i * 257 % NR_PAGES);
	}
	bench_lookup(&chain[0], 1);
	bench_lookup(&chain[DEPTH - 1], DEPTH);
	for (i = 0; i < DEPTH; i++)
		zvmo_tree_destroy(&chain[i]);
	free(chain);
}

static int count_changed(unsigned long first, unsigned long last,
			 enum zvmo_diff_what what, void *arg)
{
	unsigned long *nr = arg;

	*nr += what == ZVMO_TREE_CHANGED ? last - first + 1 : 0;
	return 0;
}

static void bench_diff(const struct zvmo_tree *tree)
{
	struct zvmo_tree relative;
	unsigned long nr = 0, i;
	double begin;

	zvmo_tree_clone(&relative, tree, 0, ZVMO_INDEX_MAX);
	for (i = 0; i < NR_CHANGED; i++)
		store_page(&relative, i * (NR_PAGES / NR_CHANGED));
	begin = now_ns();
	for (i = 0; i < NR_DIFFS; i++)
		zvmo_tree_diff(tree, &relative, 0, ZVMO_INDEX_MAX,
			       count_changed, &nr);
	if (nr != (unsigned long)NR_CHANGED * NR_DIFFS)
		exit(EXIT_FAILURE);
	printf("difference of two relatives of 1 GiB, %u pages changed: %.3f ms\n",
	       NR_CHANGED, (now_ns() - begin) / NR_DIFFS / 1e6);
	zvmo_tree_destroy(&relative);
}

int main(void)
{
	struct zvmo_tree tree;

	if (zvmo_tree_init_cache())
		return EXIT_FAILURE;
	tree = full_tree();
	bench_clone(&tree, "whole", 0, ZVMO_INDEX_MAX);
	bench_clone(&tree, "trimmed", 1, NR_PAGES - 2);
	bench_depth(&tree);
	bench_diff(&tree);
	zvmo_tree_destroy(&tree);
	zvmo_tree_exit_cache();
	return EXIT_SUCCESS;
}
