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
#include "page_tree_node.h"

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
 * What a node boils down to where it is not the root: nothing if it is empty, one
 * run if it is all the same zero, else itself.
 */
static zvmo_entry_t node_settled(struct zvmo_node *node)
{
	unsigned int i;

	if (!node->nr_slots)
		return ZVMO_ENTRY_EMPTY;
	if (!zvmo_entry_is_zero(node->slots[0]))
		return node_entry(node);
	for (i = 1; i < ZVMO_NODE_SLOTS; i++)
		if (node->slots[i] != node->slots[0])
			return node_entry(node);
	return node->slots[0];
}

/*
 * Put @child, which replaces @was_pages pages, into slot @i; or what it boils
 * down to. What the slot points to may be gone already. (@child may be shared, if
 * it is a root that comes to lie lower.)
 */
static void slot_settle(struct zvmo_node *node, unsigned int i,
			struct zvmo_node *child, unsigned long was_pages)
{
	zvmo_entry_t entry = node_settled(child);

	node->nr_slots += !node->slots[i];
	node->nr_pages += child->nr_pages - was_pages;
	node->slots[i] = node_entry(child);
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

/* Adoption */

/*
 * @side as an entry that spans 2^@shift indexes, with a holder added: a lower
 * tree gets nodes on top whose first slot leads to what its root boils down to.
 */
static zvmo_entry_t side_lift(struct tree_side side, unsigned int shift,
			      struct node_pool *pool)
{
	zvmo_entry_t entry = side.entry;
	struct zvmo_node *node;

	if (!entry_is_node(entry) || side.shift == shift) {
		if (entry_is_node(entry))
			entry = node_settled(entry_node(entry));
		entry_get(entry);
		return entry;
	}
	node = pool_take(pool, shift - ZVMO_NODE_SHIFT, ZVMO_ENTRY_EMPTY);
	slot_set(node, 0, side_lift(side, shift - ZVMO_NODE_SHIFT, pool));
	return node_entry(node);
}

static bool node_adopt(struct zvmo_node *node, unsigned long base,
		       struct tree_side src, unsigned long first,
		       unsigned long last, struct node_pool *pool);

/*
 * Make all of slot @i what @part is. Where both are nodes, and ours is nobody
 * else's, only what differs below is changed: who writes there again need not
 * copy the node again, with a share of each of its pages. A node below which
 * nothing differs is given up for that of @part. Returns if anything differed.
 */
static bool slot_adopt(struct zvmo_node *node, unsigned int i,
		       unsigned long base, struct tree_side part,
		       struct node_pool *pool)
{
	zvmo_entry_t old = node->slots[i];
	unsigned long was_pages = entry_pages(old);
	struct zvmo_node *child = entry_node(old);
	bool differs = true;

	if (entry_is_node(old) && entry_is_node(part.entry) &&
	    part.shift == node->shift && node_is_alone(child)) {
		differs =
			node_adopt(child, base, part, 0, ZVMO_INDEX_MAX, pool);
		if (differs) {
			slot_settle(node, i, child, was_pages);
			return true;
		}
	}
	slot_set(node, i, side_lift(part, node->shift, pool));
	entry_put(old);
	return differs;
}

/*
 * Make [first, last] below @node, which is ours, what @src has there. Returns if
 * anything differed.
 */
static bool node_adopt(struct zvmo_node *node, unsigned long base,
		       struct tree_side src, unsigned long first,
		       unsigned long last, struct node_pool *pool)
{
	unsigned int span = node->shift + ZVMO_NODE_SHIFT;
	struct slot_range range = slots_in(node->shift, base, first, last);
	struct zvmo_node *child;
	struct tree_side part;
	unsigned long was_pages;
	bool differs = false;
	zvmo_entry_t old;
	unsigned int i;

	for (i = range.first; i <= range.last; i++) {
		part = side_part(src, span, i);
		old = node->slots[i];
		if (old == part.entry)
			continue;
		if (slot_covered(node->shift, base, i, first, last)) {
			differs |= slot_adopt(node, i, slot_base(node, base, i),
					      part, pool);
			continue;
		}
		was_pages = entry_pages(old);
		child = slot_own(node, i, pool);
		differs |= node_adopt(child, slot_base(node, base, i), part,
				      first, last, pool);
		slot_settle(node, i, child, was_pages);
	}
	return differs;
}

/* Likewise for all that either tree spans. */
static void tree_adopt_all(struct zvmo_tree *tree, const struct zvmo_tree *src)
{
	struct zvmo_node *old = tree->root;
	struct node_pool none = {};

	if (old && src->root && old->shift == src->root->shift &&
	    node_is_alone(old) &&
	    node_adopt(old, 0, side_of_tree(src), 0, ZVMO_INDEX_MAX, &none)) {
		tree_drop_empty_root(tree);
		return;
	}
	if (src->root)
		atomic_inc(&src->root->refs);
	tree->root = src->root;
	if (old)
		node_put(old);
}

/**
 * zvmo_tree_adopt() - Make a range of a tree what another tree has there.
 * @tree: The tree.
 * @src: The other tree, sharing its entries. Nothing in the range is exposed.
 * @first: First index.
 * @last: Last index; ZVMO_INDEX_MAX if nothing lies beyond.
 *
 * Takes time in proportion to what @tree alone held in the range, and to the
 * height. What @tree alone had and differed it still has alone: nodes, with
 * @src's pages. Nothing of the caller's may map the pages that differ.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM (nothing changed).
 */
int zvmo_tree_adopt(struct zvmo_tree *tree, const struct zvmo_tree *src,
		    unsigned long first, unsigned long last)
{
	struct tree_side sides[] = { side_of_tree(tree), side_of_tree(src) };
	unsigned int span = max(sides[0].shift, sides[1].shift);
	struct node_pool pool = {};

	if (!span || first >> span)
		return 0;
	last = min(last, (1UL << span) - 1);
	if (!first && last == (1UL << span) - 1) {
		tree_adopt_all(tree, src);
		return 0;
	}
	if (pool_fill(&pool, path_needs(tree, first, last, true) +
				     path_needs(tree, last, last, true) +
				     ZVMO_TREE_LEVELS))
		return -ENOMEM;
	tree_grow(tree, last, &pool);
	span = tree->root->shift + ZVMO_NODE_SHIFT;
	while (sides[1].shift > span)
		sides[1] = side_part(sides[1], sides[1].shift, 0);
	node_adopt(tree->root, 0, sides[1], first, last, &pool);
	tree_drop_empty_root(tree);
	pool_release(&pool);
	return 0;
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

/* What a concealment goes over. */
struct conceal {
	unsigned long first;
	unsigned long last;
	bool all; /* no mark lies outside */
	zvmo_conceal_fn fn;
	void *arg;
};

/* The marks of a node that a concealment goes over. */
static u64 marks_in(const struct zvmo_node *node, unsigned long base,
		    const struct conceal *conceal)
{
	struct slot_range range;

	if (conceal->all)
		return node->exposed;
	range = slots_in(node->shift, base, conceal->first, conceal->last);
	return node->exposed & (~0ULL << range.first) &
	       (~0ULL >> (ZVMO_NODE_MASK - range.last));
}

static void node_conceal(struct zvmo_node *node, unsigned long base,
			 const struct conceal *conceal)
{
	u64 marks = marks_in(node, base, conceal);
	struct zvmo_node *child;
	unsigned int i;

	if (!node->shift) {
		if (marks)
			node->exposed &= ~conceal->fn(base, node->slots, marks,
						      conceal->arg);
		return;
	}
	for (; marks; marks &= marks - 1) {
		i = __ffs64(marks);
		child = entry_node(node->slots[i]);
		node_conceal(child, slot_base(node, base, i), conceal);
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
	struct conceal conceal = {
		.first = first, .last = last, .fn = fn, .arg = arg
	};

	if (!tree_spans(tree, first))
		return;
	conceal.all = !first && last >= shift_last(tree->root->shift);
	node_conceal(tree->root, 0, &conceal);
}
