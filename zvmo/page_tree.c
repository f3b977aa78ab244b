// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: page tree - the content of one object as a persistent radix tree
 *
 * A node has 64 slots. Slots of a leaf (@shift 0) hold pages or zero markers;
 * slots of an inner node hold lower nodes or zero runs. A tree is as high as
 * its largest index ever needed. A clone shares nodes with its source, and
 * whoever changes a tree first makes the path to the change its own: *path
 * copying*. So a clone is one increment, and look-up never depends on how many
 * relatives there are.
 *
 * Words: an *entry* is what a slot holds. A node, or page, is *exclusive* to a
 * tree if every node on the way down has one owner (and the page is unshared).
 * A range is [first, last], @base is the index of a node's first slot.
 *
 * Invariants, verified by zvmo_tree_check():
 *
 * * A node with more than one owner is never changed. (An owner may only leave.)
 * * nr_slots and nr_pages are right; no node is empty.
 * * A zero run sits as high as it can: no node but a root has 64 equal zeros.
 * * Exposed marks are summarised upwards, and mark exclusive pages only.
 *
 * Whatever can fail happens before the first change: nodes that an operation
 * may need are allocated into a pool beforehand, as many as one walk down says.
 *
 * Locking: none here; see page_tree.h. The owners of a shared node race only in
 * its reference count: the last to leave frees it, and who finds itself alone
 * (acquire, pairs with the full barrier of atomic_dec_and_test() in
 * node_put()) sees that all others are done with it.
 */
#include "page.h"
#include "page_tree.h"

static struct kmem_cache *node_cache;
static DEFINE_PER_CPU(long, nr_nodes);

/* Nodes */

static struct zvmo_node *node_alloc(void)
{
	struct zvmo_node *node = kmem_cache_zalloc(node_cache, GFP_KERNEL);

	if (!node)
		return NULL;
	atomic_set(&node->refs, 1);
	this_cpu_inc(nr_nodes);
	return node;
}

static void node_free(struct zvmo_node *node)
{
	this_cpu_dec(nr_nodes);
	kmem_cache_free(node_cache, node);
}

static inline bool node_is_alone(const struct zvmo_node *node)
{
	return atomic_read_acquire(&node->refs) == 1;
}

static inline unsigned int node_slot(const struct zvmo_node *node,
				     unsigned long index)
{
	return (index >> node->shift) & ZVMO_NODE_MASK;
}

/* Last index, counted from the node's base. */
static inline unsigned long shift_last(unsigned int shift)
{
	return (1UL << (shift + ZVMO_NODE_SHIFT)) - 1;
}

/* Does the tree, as high as it is now, have a place for @index? */
static inline bool tree_spans(const struct zvmo_tree *tree, unsigned long index)
{
	return tree->root && index <= shift_last(tree->root->shift);
}

static unsigned int shift_for(unsigned long index)
{
	unsigned int shift = 0;

	while (index > shift_last(shift))
		shift += ZVMO_NODE_SHIFT;
	return shift;
}

static inline unsigned int shift_levels(unsigned int shift)
{
	return shift / ZVMO_NODE_SHIFT + 1;
}

/* Entries */

static inline bool entry_is_node(zvmo_entry_t entry)
{
	return entry && (entry & ZVMO_ENTRY_KIND_MASK) == ZVMO_ENTRY_NODE;
}

static inline struct zvmo_node *entry_node(zvmo_entry_t entry)
{
	return (struct zvmo_node *)entry;
}

static inline zvmo_entry_t node_entry(const struct zvmo_node *node)
{
	return (zvmo_entry_t)node;
}

static unsigned long entry_pages(zvmo_entry_t entry)
{
	if (entry_is_node(entry))
		return entry_node(entry)->nr_pages;
	return zvmo_entry_is_page(entry);
}

/* One more slot holds @entry. */
static void entry_get(zvmo_entry_t entry)
{
	if (entry_is_node(entry))
		atomic_inc(&entry_node(entry)->refs);
	else if (zvmo_entry_is_page(entry))
		zvmo_page_share(zvmo_entry_page(entry));
}

static void node_put(struct zvmo_node *node);

static void entry_put(zvmo_entry_t entry)
{
	if (entry_is_node(entry))
		node_put(entry_node(entry));
	else if (zvmo_entry_is_page(entry))
		zvmo_page_put(zvmo_entry_page(entry));
}

/* Drop an owner; the last one lets go of what is below. Recurses by level. */
static void node_put(struct zvmo_node *node)
{
	unsigned int i;

	if (!atomic_dec_and_test(&node->refs))
		return;
	for (i = 0; i < ZVMO_NODE_SLOTS; i++)
		entry_put(node->slots[i]);
	node_free(node);
	cond_resched();
}

static void slot_mark(struct zvmo_node *node, unsigned int i, bool exposed)
{
	if (exposed)
		node->exposed |= BIT_ULL(i);
	else
		node->exposed &= ~BIT_ULL(i);
}

/* Set slot @i of an owned node; the counts of the node follow. */
static void slot_set(struct zvmo_node *node, unsigned int i, zvmo_entry_t entry)
{
	zvmo_entry_t old = node->slots[i];

	node->nr_slots += !!entry - !!old;
	node->nr_pages += entry_pages(entry) - entry_pages(old);
	node->slots[i] = entry;
	slot_mark(node, i, entry_is_node(entry) && entry_node(entry)->exposed);
}

/*
 * Put @child, which replaces @was_pages pages, into slot @i; or what it boils
 * down to: nothing if it is empty, one run if it is all the same zero. What the
 * slot points to may be gone already. (@child may be shared, if it is a root
 * that comes to lie lower.)
 */
static void slot_settle(struct zvmo_node *node, unsigned int i,
			struct zvmo_node *child, unsigned long was_pages)
{
	zvmo_entry_t entry = node_entry(child);
	unsigned int j;

	node->nr_slots += !node->slots[i];
	node->nr_pages += child->nr_pages - was_pages;
	node->slots[i] = entry;
	if (!child->nr_slots) {
		entry = ZVMO_ENTRY_EMPTY;
	} else if (zvmo_entry_is_zero(child->slots[0])) {
		for (j = 1; j < ZVMO_NODE_SLOTS; j++)
			if (child->slots[j] != child->slots[0])
				break;
		if (j == ZVMO_NODE_SLOTS)
			entry = child->slots[0];
	}
	slot_set(node, i, entry);
	if (entry != node_entry(child))
		node_put(child);
}

/* Pools of nodes, chained through their first slot */

struct node_pool {
	struct zvmo_node *first;
};

static void pool_release(struct node_pool *pool)
{
	struct zvmo_node *node;

	while ((node = pool->first)) {
		pool->first = entry_node(node->slots[0]);
		node_free(node);
	}
}

static int pool_fill(struct node_pool *pool, unsigned int nr)
{
	struct zvmo_node *node;

	while (nr--) {
		node = node_alloc();
		if (!node) {
			pool_release(pool);
			return -ENOMEM;
		}
		node->slots[0] = node_entry(pool->first);
		pool->first = node;
	}
	return 0;
}

/* A node with @shift, all slots @fill. The pool was filled for it. */
static struct zvmo_node *pool_take(struct node_pool *pool, unsigned int shift,
				   zvmo_entry_t fill)
{
	struct zvmo_node *node = pool->first;
	unsigned int i;

	pool->first = entry_node(node->slots[0]);
	node->slots[0] = ZVMO_ENTRY_EMPTY;
	node->shift = shift;
	if (fill) {
		node->nr_slots = ZVMO_NODE_SLOTS;
		for (i = 0; i < ZVMO_NODE_SLOTS; i++)
			node->slots[i] = fill;
	}
	return node;
}

/* The node itself if it is alone, else a copy in its place. */
static struct zvmo_node *node_own(struct zvmo_node *node,
				  struct node_pool *pool)
{
	struct zvmo_node *copy;
	unsigned int i;

	if (node_is_alone(node))
		return node;
	copy = pool_take(pool, node->shift, ZVMO_ENTRY_EMPTY);
	copy->nr_slots = node->nr_slots;
	copy->nr_pages = node->nr_pages;
	for (i = 0; i < ZVMO_NODE_SLOTS; i++) {
		copy->slots[i] = node->slots[i];
		entry_get(copy->slots[i]);
	}
	node_put(node);
	return copy;
}

/* What slot @i holds as a node of ours: owned, or made from what was there. */
static struct zvmo_node *slot_own(struct zvmo_node *node, unsigned int i,
				  struct node_pool *pool)
{
	zvmo_entry_t entry = node->slots[i];
	struct zvmo_node *child;

	if (entry_is_node(entry))
		child = node_own(entry_node(entry), pool);
	else
		child = pool_take(pool, node->shift - ZVMO_NODE_SHIFT, entry);
	return child;
}

/*
 * How many nodes the pool needs so that every node from the root to the leaf of
 * @index can be ours, in a tree grown to span @top as well. With @create, nodes
 * that are missing count.
 */
static unsigned int path_needs(const struct zvmo_tree *tree,
			       unsigned long index, unsigned long top,
			       bool create)
{
	const struct zvmo_node *node = tree->root;
	unsigned int levels = shift_levels(shift_for(top)), grow = 0;
	zvmo_entry_t entry;

	if (!node)
		return levels;
	if (!tree_spans(tree, top))
		grow = levels - shift_levels(node->shift);
	if (!tree_spans(tree, index))
		return grow + levels - 1;
	for (levels = shift_levels(node->shift); node_is_alone(node);
	     levels--) {
		if (!node->shift)
			return grow;
		entry = node->slots[node_slot(node, index)];
		if (!entry && !create)
			return grow;
		if (!entry_is_node(entry))
			return grow + levels - 1;
		node = entry_node(entry);
	}
	return grow + levels;
}

/* Make the tree high enough for @index, and its root ours. */
static void tree_grow(struct zvmo_tree *tree, unsigned long index,
		      struct node_pool *pool)
{
	struct zvmo_node *top;

	if (!tree->root)
		tree->root =
			pool_take(pool, shift_for(index), ZVMO_ENTRY_EMPTY);
	while (!tree_spans(tree, index)) {
		top = pool_take(pool, tree->root->shift + ZVMO_NODE_SHIFT,
				ZVMO_ENTRY_EMPTY);
		slot_settle(top, 0, tree->root, 0);
		tree->root = top;
	}
	tree->root = node_own(tree->root, pool);
}

static void tree_drop_empty_root(struct zvmo_tree *tree)
{
	if (tree->root && !tree->root->nr_slots) {
		node_free(tree->root);
		tree->root = NULL;
	}
}

/* Part of a node's slots that a range covers. */
struct slot_range {
	unsigned int first;
	unsigned int last;
};

static struct slot_range slots_in(unsigned int shift, unsigned long base,
				  unsigned long first, unsigned long last)
{
	unsigned long end = base + shift_last(shift);
	struct slot_range range = {
		.first = first <= base ? 0 : (first - base) >> shift,
		.last = last >= end ? ZVMO_NODE_MASK : (last - base) >> shift,
	};

	return range;
}

/* Does [first, last] cover all of slot @i of a node at @base? */
static bool slot_covered(unsigned int shift, unsigned long base, unsigned int i,
			 unsigned long first, unsigned long last)
{
	unsigned long start = base + ((unsigned long)i << shift);

	return first <= start && start + ((1UL << shift) - 1) <= last;
}

static inline unsigned long slot_base(const struct zvmo_node *node,
				      unsigned long base, unsigned int i)
{
	return base + ((unsigned long)i << node->shift);
}

/* The interface */

/**
 * zvmo_tree_init_cache() - Set up the cache that nodes come from.
 *
 * Return: 0 or -ENOMEM.
 */
int zvmo_tree_init_cache(void)
{
	BUILD_BUG_ON(ZVMO_NODE_SLOTS != 64);
	node_cache = kmem_cache_create("zvmo_node", sizeof(struct zvmo_node), 0,
				       SLAB_ACCOUNT, NULL);
	return node_cache ? 0 : -ENOMEM;
}

/**
 * zvmo_tree_exit_cache() - Undo zvmo_tree_init_cache(). No node is left.
 */
void zvmo_tree_exit_cache(void)
{
	kmem_cache_destroy(node_cache);
}

/**
 * zvmo_tree_count_nodes() - How many nodes exist.
 *
 * Return: The number, exact when nothing changes meanwhile.
 */
unsigned long zvmo_tree_count_nodes(void)
{
	return zvmo_percpu_sum(nr_nodes);
}

/**
 * zvmo_tree_destroy() - Let go of everything that a tree holds.
 * @tree: The tree; empty afterwards.
 *
 * Takes time in proportion to what only this tree held.
 *
 * Context: May sleep.
 */
void zvmo_tree_destroy(struct zvmo_tree *tree)
{
	struct zvmo_node *root = tree->root;

	tree->root = NULL;
	if (root)
		node_put(root);
}

/**
 * zvmo_tree_find() - Look an index up.
 * @tree: The tree.
 * @index: Any index.
 *
 * Return: The entry that covers @index, whether it is a page that this tree
 * alone holds, and its exposed mark.
 */
struct zvmo_slot zvmo_tree_find(const struct zvmo_tree *tree,
				unsigned long index)
{
	const struct zvmo_node *node = tree->root;
	struct zvmo_slot slot = {};
	bool alone = true;
	unsigned int i;

	if (!tree_spans(tree, index))
		return slot;
	for (;;) {
		alone = alone && node_is_alone(node);
		i = node_slot(node, index);
		slot.entry = node->slots[i];
		if (!node->shift || !entry_is_node(slot.entry))
			break;
		node = entry_node(slot.entry);
	}
	if (zvmo_entry_is_page(slot.entry)) {
		slot.exclusive = alone && zvmo_page_is_unshared(
						  zvmo_entry_page(slot.entry));
		slot.exposed = node->exposed & BIT_ULL(i);
	}
	return slot;
}

/**
 * zvmo_tree_lookup() - Look an index up, the entry only.
 * @tree: The tree.
 * @index: Any index.
 *
 * Return: The entry that covers @index: empty, zero or page.
 */
zvmo_entry_t zvmo_tree_lookup(const struct zvmo_tree *tree, unsigned long index)
{
	const struct zvmo_node *node = tree->root;
	zvmo_entry_t entry;

	if (!tree_spans(tree, index))
		return ZVMO_ENTRY_EMPTY;
	for (;;) {
		entry = node->slots[node_slot(node, index)];
		if (!node->shift || !entry_is_node(entry))
			return entry;
		node = entry_node(entry);
	}
}

/**
 * zvmo_tree_gather() - Collect the pages that follow each other from an index.
 * @tree: The tree.
 * @index: First index.
 * @pages: Filled with pages.
 * @max: How many at most.
 *
 * Return: The number of pages at @index, @index + 1, ... up to the first index
 * that has none, or the end of a leaf.
 */
unsigned int zvmo_tree_gather(const struct zvmo_tree *tree, unsigned long index,
			      struct page **pages, unsigned int max)
{
	const struct zvmo_node *node = tree->root;
	unsigned int i, nr = 0;

	if (!tree_spans(tree, index))
		return 0;
	while (node->shift) {
		zvmo_entry_t entry = node->slots[node_slot(node, index)];

		if (!entry_is_node(entry))
			return 0;
		node = entry_node(entry);
	}
	for (i = node_slot(node, index); i < ZVMO_NODE_SLOTS && nr < max; i++) {
		if (!zvmo_entry_is_page(node->slots[i]))
			break;
		pages[nr++] = zvmo_entry_page(node->slots[i]);
	}
	return nr;
}

/* Set one index below @node, which is ours; returns the old entry. */
static zvmo_entry_t node_store(struct zvmo_node *node, unsigned long index,
			       zvmo_entry_t entry, struct node_pool *pool)
{
	unsigned int i = node_slot(node, index);
	struct zvmo_node *child;
	unsigned long was_pages;
	zvmo_entry_t old;

	if (!node->shift) {
		old = node->slots[i];
		slot_set(node, i, entry);
		return old;
	}
	was_pages = entry_pages(node->slots[i]);
	child = slot_own(node, i, pool);
	old = node_store(child, index, entry, pool);
	slot_settle(node, i, child, was_pages);
	return old;
}

/*
 * Replace or add a page where every node on the path is there and ours, and
 * nothing is exposed: most stores, and cheaper than node_store().
 */
static bool tree_store_page(struct zvmo_tree *tree, unsigned long index,
			    zvmo_entry_t entry, zvmo_entry_t *old)
{
	struct zvmo_node *path[ZVMO_TREE_LEVELS], *node = tree->root;
	unsigned int i, depth = 0;

	if (!zvmo_entry_is_page(entry) || !tree_spans(tree, index))
		return false;
	for (;;) {
		if (!node_is_alone(node))
			return false;
		path[depth++] = node;
		i = node_slot(node, index);
		*old = node->slots[i];
		if (!node->shift)
			break;
		if (!entry_is_node(*old))
			return false;
		node = entry_node(*old);
	}
	if (node->exposed & BIT_ULL(i))
		return false;
	node->slots[i] = entry;
	node->nr_slots += !*old;
	if (!zvmo_entry_is_page(*old))
		while (depth--)
			path[depth]->nr_pages++;
	return true;
}

/**
 * zvmo_tree_store() - Put an entry at one index.
 * @tree: The tree.
 * @index: At most ZVMO_INDEX_MAX.
 * @entry: A page, whose holder the slot becomes in the caller's place, or zero.
 * @old: Where to hand back what was there. The caller becomes the holder of an
 *	old page, and ends that, when nothing maps it any more, with
 *	zvmo_page_put().
 *
 * The slot's exposed mark is cleared.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_tree_store(struct zvmo_tree *tree, unsigned long index,
		    zvmo_entry_t entry, zvmo_entry_t *old)
{
	struct node_pool pool = {};

	if (tree_store_page(tree, index, entry, old))
		return 0;
	if (pool_fill(&pool, path_needs(tree, index, index, true)))
		return -ENOMEM;
	tree_grow(tree, index, &pool);
	*old = node_store(tree->root, index, entry, &pool);
	pool_release(&pool);
	return 0;
}

/* Make [first, last] below @node, which is ours, zero. */
static void node_store_zero(struct zvmo_node *node, unsigned long base,
			    unsigned long first, unsigned long last,
			    zvmo_entry_t entry, struct node_pool *pool)
{
	struct slot_range range = slots_in(node->shift, base, first, last);
	struct zvmo_node *child;
	unsigned long was_pages;
	zvmo_entry_t old;
	unsigned int i;

	for (i = range.first; i <= range.last; i++) {
		old = node->slots[i];
		if (slot_covered(node->shift, base, i, first, last)) {
			slot_set(node, i, entry);
			entry_put(old);
			continue;
		}
		if (old == entry)
			continue;
		was_pages = entry_pages(old);
		child = slot_own(node, i, pool);
		node_store_zero(child, slot_base(node, base, i), first, last,
				entry, pool);
		slot_settle(node, i, child, was_pages);
	}
}

/**
 * zvmo_tree_store_zero() - Make a range explicitly zero.
 * @tree: The tree.
 * @first: First index.
 * @last: Last index, at most ZVMO_INDEX_MAX.
 * @entry: ZVMO_ENTRY_ZERO with flags.
 *
 * Pages that were there lose a holder; nothing of the caller's may map them.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_tree_store_zero(struct zvmo_tree *tree, unsigned long first,
			 unsigned long last, zvmo_entry_t entry)
{
	struct node_pool pool = {};

	if (pool_fill(&pool, path_needs(tree, first, last, true) +
				     path_needs(tree, last, last, true)))
		return -ENOMEM;
	tree_grow(tree, last, &pool);
	node_store_zero(tree->root, 0, first, last, entry, &pool);
	pool_release(&pool);
	return 0;
}

struct erase {
	unsigned long first;
	unsigned long last;
	zvmo_removed_fn removed;
	void *arg;
	struct node_pool pool;
};

static void node_erase(struct zvmo_node *node, unsigned long base,
		       struct erase *erase);

/* An entry wholly inside the range leaves a node that is ours. */
static void entry_erase(zvmo_entry_t entry, unsigned long base,
			struct erase *erase)
{
	if (!erase->removed) {
		entry_put(entry);
	} else if (zvmo_entry_is_page(entry)) {
		erase->removed(base, zvmo_entry_page(entry), erase->arg);
	} else if (entry_is_node(entry) && node_is_alone(entry_node(entry))) {
		node_erase(entry_node(entry), base, erase);
		node_free(entry_node(entry));
	} else {
		entry_put(entry);
	}
}

/* Empty [first, last] below @node, which is ours. */
static void node_erase(struct zvmo_node *node, unsigned long base,
		       struct erase *erase)
{
	struct slot_range range =
		slots_in(node->shift, base, erase->first, erase->last);
	struct zvmo_node *child;
	unsigned long was_pages;
	zvmo_entry_t old;
	unsigned int i;

	for (i = range.first; i <= range.last; i++) {
		old = node->slots[i];
		if (!old)
			continue;
		if (slot_covered(node->shift, base, i, erase->first,
				 erase->last)) {
			slot_set(node, i, ZVMO_ENTRY_EMPTY);
			entry_erase(old, slot_base(node, base, i), erase);
			continue;
		}
		was_pages = entry_pages(old);
		child = slot_own(node, i, &erase->pool);
		node_erase(child, slot_base(node, base, i), erase);
		slot_settle(node, i, child, was_pages);
	}
}

/**
 * zvmo_tree_erase() - Remove what is in a range.
 * @tree: The tree.
 * @first: First index.
 * @last: Last index; may lie beyond anything in the tree.
 * @removed: If not NULL, called with each page that leaves a slot of a leaf
 *	that this tree alone owns, instead of zvmo_page_put(). (Subtrees that
 *	are shared are let go of as a whole.)
 * @arg: Argument of @removed.
 *
 * Nothing of the caller's may map the pages.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_tree_erase(struct zvmo_tree *tree, unsigned long first,
		    unsigned long last, zvmo_removed_fn removed, void *arg)
{
	struct erase erase = { .removed = removed, .arg = arg };
	struct zvmo_node *root = tree->root;

	if (!tree_spans(tree, first))
		return 0;
	erase.first = first;
	erase.last = min(last, shift_last(root->shift));
	if (!first && erase.last == shift_last(root->shift)) {
		tree->root = NULL;
		entry_erase(node_entry(root), 0, &erase);
		return 0;
	}
	if (pool_fill(&erase.pool,
		      path_needs(tree, first, first, false) +
			      path_needs(tree, erase.last, erase.last, false)))
		return -ENOMEM;
	tree->root = node_own(root, &erase.pool);
	node_erase(tree->root, 0, &erase);
	tree_drop_empty_root(tree);
	pool_release(&erase.pool);
	return 0;
}

/* Clones */

static zvmo_entry_t node_trim(zvmo_entry_t entry, unsigned int shift,
			      unsigned long base, unsigned long first,
			      unsigned long last, int *err);

/* The part of a slot's entry that [first, last] covers, with a holder added. */
static zvmo_entry_t slot_trim(const struct zvmo_node *node, unsigned int i,
			      unsigned long base, unsigned long first,
			      unsigned long last, int *err)
{
	zvmo_entry_t entry = node->slots[i];

	if (!entry)
		return ZVMO_ENTRY_EMPTY;
	if (slot_covered(node->shift, base, i, first, last)) {
		entry_get(entry);
		return entry;
	}
	return node_trim(entry, node->shift - ZVMO_NODE_SHIFT,
			 slot_base(node, base, i), first, last, err);
}

/*
 * A new node with @shift that has the part of @entry (a node, or a run) which
 * [first, last] covers; empty if there is none.
 */
static zvmo_entry_t node_trim(zvmo_entry_t entry, unsigned int shift,
			      unsigned long base, unsigned long first,
			      unsigned long last, int *err)
{
	struct slot_range range = slots_in(shift, base, first, last);
	struct node_pool pool = {};
	struct zvmo_node *copy, *run = NULL;
	unsigned int i;

	/* One for the copy; a run is spelled out first to be trimmed. */
	*err = pool_fill(&pool, 1 + !entry_is_node(entry));
	if (*err)
		return ZVMO_ENTRY_EMPTY;
	copy = pool_take(&pool, shift, ZVMO_ENTRY_EMPTY);
	if (!entry_is_node(entry))
		entry = node_entry(run = pool_take(&pool, shift, entry));
	for (i = range.first; i <= range.last && !*err; i++)
		slot_set(copy, i,
			 slot_trim(entry_node(entry), i, base, first, last,
				   err));
	if (run)
		node_free(run);
	if (!*err && copy->nr_slots)
		return node_entry(copy);
	node_put(copy);
	return ZVMO_ENTRY_EMPTY;
}

/**
 * zvmo_tree_clone() - Share a window of a tree.
 * @dst: An empty tree; gets the entries at the same indexes.
 * @src: The source. Nothing in the window is exposed.
 * @first: First index of the window.
 * @last: Last index; ZVMO_INDEX_MAX if nothing needs to be cut off.
 *
 * A window that covers the whole tree takes one increment, others copy the two
 * edge paths. Nothing outside the window is held by @dst.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_tree_clone(struct zvmo_tree *dst, const struct zvmo_tree *src,
		    unsigned long first, unsigned long last)
{
	struct zvmo_node *root = src->root;
	int err;

	dst->root = NULL;
	if (!tree_spans(src, first))
		return 0;
	if (!first && last >= shift_last(root->shift)) {
		atomic_inc(&root->refs);
		dst->root = root;
		return 0;
	}
	dst->root = entry_node(
		node_trim(node_entry(root), root->shift, 0, first, last, &err));
	return err;
}

static unsigned long node_count(const struct zvmo_node *node,
				unsigned long base, unsigned long first,
				unsigned long last)
{
	struct slot_range range = slots_in(node->shift, base, first, last);
	unsigned long count = 0;
	unsigned int i;

	if (first <= base && last >= base + shift_last(node->shift))
		return node->nr_pages;
	for (i = range.first; i <= range.last; i++) {
		zvmo_entry_t entry = node->slots[i];

		if (entry_is_node(entry) &&
		    !slot_covered(node->shift, base, i, first, last))
			count += node_count(entry_node(entry),
					    slot_base(node, base, i), first,
					    last);
		else
			count += entry_pages(entry);
	}
	return count;
}

/**
 * zvmo_tree_count() - Count the pages in a range.
 * @tree: The tree.
 * @first: First index.
 * @last: Last index.
 *
 * Takes time in proportion to the height only.
 *
 * Return: The number of pages, shared or not.
 */
unsigned long zvmo_tree_count(const struct zvmo_tree *tree, unsigned long first,
			      unsigned long last)
{
	if (!tree_spans(tree, first))
		return 0;
	return node_count(tree->root, 0, first, last);
}

/* Exposed marks */

/**
 * zvmo_tree_expose() - Mark the page at an index as exposed.
 * @tree: The tree.
 * @index: Where the tree holds a page exclusively.
 */
void zvmo_tree_expose(struct zvmo_tree *tree, unsigned long index)
{
	struct zvmo_node *node = tree->root;
	unsigned int i;

	for (;;) {
		i = node_slot(node, index);
		node->exposed |= BIT_ULL(i);
		if (!node->shift)
			break;
		node = entry_node(node->slots[i]);
	}
}

static void node_conceal(struct zvmo_node *node, unsigned long base,
			 unsigned long first, unsigned long last,
			 zvmo_conceal_fn fn, void *arg)
{
	struct slot_range range = slots_in(node->shift, base, first, last);
	u64 marks = node->exposed & (~0ULL << range.first) &
		    (~0ULL >> (ZVMO_NODE_MASK - range.last));
	struct zvmo_node *child;
	unsigned int i;

	if (!node->shift) {
		if (marks)
			node->exposed &= ~fn(base, node->slots, marks, arg);
		return;
	}
	for (; marks; marks &= marks - 1) {
		i = __ffs64(marks);
		child = entry_node(node->slots[i]);
		node_conceal(child, slot_base(node, base, i), first, last, fn,
			     arg);
		if (!child->exposed)
			node->exposed &= ~BIT_ULL(i);
	}
	cond_resched();
}

/**
 * zvmo_tree_conceal() - Visit the exposed pages in a range, and clear marks.
 * @tree: The tree.
 * @first: First index.
 * @last: Last index.
 * @fn: Called for each leaf that has marks, ascending; says which to clear.
 * @arg: Argument of @fn.
 *
 * Takes time in proportion to the number of marks.
 */
void zvmo_tree_conceal(struct zvmo_tree *tree, unsigned long first,
		       unsigned long last, zvmo_conceal_fn fn, void *arg)
{
	if (tree_spans(tree, first))
		node_conceal(tree->root, 0, first, last, fn, arg);
}

/* Walks */

/* The entry at @index, and the last index of what is visibly the same. */
static zvmo_entry_t tree_stretch(const struct zvmo_tree *tree,
				 unsigned long index, unsigned long *last)
{
	const struct zvmo_node *node = tree->root;
	zvmo_entry_t entry;
	unsigned int i;

	*last = ZVMO_INDEX_MAX;
	if (!tree_spans(tree, index))
		return ZVMO_ENTRY_EMPTY;
	for (;;) {
		i = node_slot(node, index);
		entry = node->slots[i];
		if (!node->shift || !entry_is_node(entry))
			break;
		node = entry_node(entry);
	}
	if (!zvmo_entry_is_page(entry))
		while (i < ZVMO_NODE_MASK && node->slots[i + 1] == entry)
			i++;
	*last = (index & ~shift_last(node->shift)) +
		((unsigned long)i << node->shift) + ((1UL << node->shift) - 1);
	return entry;
}

/**
 * zvmo_cursor_init() - Begin a walk.
 * @cursor: The cursor.
 * @tree: The tree.
 * @first: First index of interest.
 * @last: Last index of interest, at most ZVMO_INDEX_MAX.
 */
void zvmo_cursor_init(struct zvmo_cursor *cursor, const struct zvmo_tree *tree,
		      unsigned long first, unsigned long last)
{
	cursor->tree = tree;
	cursor->next = first;
	cursor->last = last;
	cursor->done = first > last;
}

/**
 * zvmo_cursor_next() - Go to the next page, zero run or gap.
 * @cursor: The cursor. The tree may change between calls; what changed behind
 *	the cursor is not seen.
 * @extent: Filled: clipped to the range of interest, maximal within it.
 *
 * Return: False when nothing is left.
 */
bool zvmo_cursor_next(struct zvmo_cursor *cursor, struct zvmo_extent *extent)
{
	unsigned long last;

	if (cursor->done)
		return false;
	extent->first = cursor->next;
	extent->entry = tree_stretch(cursor->tree, cursor->next, &last);
	while (!zvmo_entry_is_page(extent->entry) && last < cursor->last) {
		unsigned long more;

		if (tree_stretch(cursor->tree, last + 1, &more) !=
		    extent->entry)
			break;
		last = more;
	}
	extent->last = min(last, cursor->last);
	cursor->done = extent->last == cursor->last;
	cursor->next = extent->last + 1;
	return true;
}

/*
 * Find the first index from *@index on that holds a page, or holds none, below
 * @node. Subtrees that have only what is not sought are skipped.
 */
static bool node_seek(const struct zvmo_node *node, unsigned long base,
		      bool page, unsigned long *index)
{
	unsigned int i = *index <= base ? 0 : (*index - base) >> node->shift;

	for (; i < ZVMO_NODE_SLOTS; i++) {
		unsigned long start = slot_base(node, base, i);
		zvmo_entry_t entry = node->slots[i];
		unsigned long pages = entry_pages(entry);

		if (page ? !pages : pages == 1UL << node->shift)
			continue;
		if (!entry_is_node(entry)) {
			*index = max(*index, start);
			return true;
		}
		if (node_seek(entry_node(entry), start, page, index))
			return true;
	}
	return false;
}

/**
 * zvmo_tree_next_page() - Find the next page.
 * @tree: The tree.
 * @index: In: where to begin; out: where it is.
 * @last: Last index of interest.
 *
 * Takes time in proportion to the height.
 *
 * Return: True if there is one.
 */
bool zvmo_tree_next_page(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long last)
{
	return tree_spans(tree, *index) &&
	       node_seek(tree->root, 0, true, index) && *index <= last;
}

/**
 * zvmo_tree_next_hole() - Find the next index that holds no page.
 * @tree: The tree.
 * @index: In: where to begin; out: where it is.
 * @last: Last index of interest.
 *
 * Takes time in proportion to the height.
 *
 * Return: True if there is one.
 */
bool zvmo_tree_next_hole(const struct zvmo_tree *tree, unsigned long *index,
			 unsigned long last)
{
	if (tree_spans(tree, *index) && !node_seek(tree->root, 0, false, index))
		*index = shift_last(tree->root->shift) + 1;
	return *index <= last;
}

/* Differences */

/* One side of a comparison: an entry that spans 2^@shift indexes. */
struct diff_side {
	zvmo_entry_t entry;
	unsigned int shift;
};

struct diff {
	unsigned long first;
	unsigned long last;
	zvmo_diff_fn fn;
	void *arg;
	/* Range found, not yet reported: the next one may continue it. */
	unsigned long run_first;
	unsigned long run_last;
	enum zvmo_diff_what run_what;
};

static int diff_flush(struct diff *diff)
{
	enum zvmo_diff_what what = diff->run_what;

	diff->run_what = 0;
	return what ? diff->fn(diff->run_first, diff->run_last, what,
			       diff->arg) :
		      0;
}

static int diff_found(struct diff *diff, unsigned long first,
		      unsigned long last, zvmo_entry_t a, zvmo_entry_t b)
{
	enum zvmo_diff_what what = !b ? ZVMO_TREE_ONLY_A :
				   !a ? ZVMO_TREE_ONLY_B :
					ZVMO_TREE_CHANGED;
	int err;

	first = max(first, diff->first);
	last = min(last, diff->last);
	if (diff->run_what == what && diff->run_last + 1 == first) {
		diff->run_last = last;
		return 0;
	}
	err = diff_flush(diff);
	diff->run_first = first;
	diff->run_last = last;
	diff->run_what = what;
	return err;
}

/* Part @i of @side when 2^@shift indexes are cut into 64 parts. */
static struct diff_side diff_part(struct diff_side side, unsigned int shift,
				  unsigned int i)
{
	struct diff_side part = { side.entry, shift - ZVMO_NODE_SHIFT };

	if (!entry_is_node(side.entry))
		return part;
	if (side.shift == shift)
		part.entry = entry_node(side.entry)->slots[i];
	else if (!i)
		part = side; /* a lower tree is the first part of all */
	else
		part.entry = ZVMO_ENTRY_EMPTY;
	return part;
}

static int diff_sides(struct diff *diff, struct diff_side a, struct diff_side b,
		      unsigned int shift, unsigned long base)
{
	unsigned int node_shift = shift - ZVMO_NODE_SHIFT;
	struct slot_range range;
	unsigned int i;
	int err = 0;

	if (a.entry == b.entry)
		return 0;
	if (!entry_is_node(a.entry) && !entry_is_node(b.entry))
		return diff_found(diff, base, base + ((1UL << shift) - 1),
				  a.entry, b.entry);
	cond_resched();
	range = slots_in(node_shift, base, diff->first, diff->last);
	for (i = range.first; i <= range.last && !err; i++)
		err = diff_sides(diff, diff_part(a, shift, i),
				 diff_part(b, shift, i), node_shift,
				 base + ((unsigned long)i << node_shift));
	return err;
}

static struct diff_side diff_root(const struct zvmo_tree *tree)
{
	struct diff_side side = { node_entry(tree->root), 0 };

	if (tree->root)
		side.shift = tree->root->shift + ZVMO_NODE_SHIFT;
	return side;
}

/**
 * zvmo_tree_diff() - Find where two trees hold different entries.
 * @a: One tree.
 * @b: Another tree.
 * @first: First index of interest.
 * @last: Last index of interest.
 * @fn: Called with each range that differs, ascending and maximal.
 * @arg: Argument of @fn.
 *
 * Takes time in proportion to what differs: shared subtrees are skipped.
 *
 * Return: 0, or what @fn returned to stop.
 */
int zvmo_tree_diff(const struct zvmo_tree *a, const struct zvmo_tree *b,
		   unsigned long first, unsigned long last, zvmo_diff_fn fn,
		   void *arg)
{
	struct diff diff = {
		.first = first, .last = last, .fn = fn, .arg = arg
	};
	struct diff_side side_a = diff_root(a), side_b = diff_root(b);
	unsigned int shift = max(side_a.shift, side_b.shift);
	int err;

	if (first > last || !shift || first >> shift)
		return 0;
	err = diff_sides(&diff, side_a, side_b, shift, 0);
	return err ?: diff_flush(&diff);
}

/* Self-check */

#define CHECK(cond)                                                    \
	do {                                                           \
		if (!(cond)) {                                         \
			pr_err("zvmo: page tree broken: %s\n", #cond); \
			return -EINVAL;                                \
		}                                                      \
	} while (0)

static int leaf_slot_check(const struct zvmo_node *leaf, unsigned int i,
			   bool alone)
{
	zvmo_entry_t entry = leaf->slots[i];
	bool exposed = leaf->exposed & BIT_ULL(i);

	CHECK(!entry || zvmo_entry_is_page(entry) || zvmo_entry_is_zero(entry));
	CHECK(!exposed || (alone && zvmo_entry_is_page(entry) &&
			   zvmo_page_is_unshared(zvmo_entry_page(entry))));
	return 0;
}

static int node_check(const struct zvmo_node *node, bool is_root, bool alone)
{
	unsigned long nr_pages = 0;
	unsigned int i, nr_slots = 0, nr_same = 0;

	CHECK(atomic_read(&node->refs) >= 1);
	alone = alone && node_is_alone(node);
	for (i = 0; i < ZVMO_NODE_SLOTS; i++) {
		zvmo_entry_t entry = node->slots[i];
		bool exposed = node->exposed & BIT_ULL(i);

		nr_slots += !!entry;
		nr_pages += entry_pages(entry);
		nr_same += entry == node->slots[0];
		if (!node->shift) {
			if (leaf_slot_check(node, i, alone))
				return -EINVAL;
		} else if (entry_is_node(entry)) {
			CHECK(entry_node(entry)->shift + ZVMO_NODE_SHIFT ==
			      node->shift);
			CHECK(exposed == !!entry_node(entry)->exposed);
			if (node_check(entry_node(entry), false, alone))
				return -EINVAL;
		} else {
			CHECK(!entry || zvmo_entry_is_zero(entry));
			CHECK(!exposed);
		}
	}
	CHECK(nr_slots > 0 && nr_slots == node->nr_slots);
	CHECK(nr_pages == node->nr_pages);
	CHECK(is_root || nr_same < ZVMO_NODE_SLOTS ||
	      !zvmo_entry_is_zero(node->slots[0]));
	return 0;
}

/**
 * zvmo_tree_check() - Verify every invariant of one tree. For tests.
 * @tree: The tree.
 *
 * Return: 0, or -EINVAL after a message that names what is broken.
 */
int zvmo_tree_check(const struct zvmo_tree *tree)
{
	return tree->root ? node_check(tree->root, true, true) : 0;
}
