// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host test - relatives changed by several threads at once
 *
 * Trees that share nodes need no common lock. Here each thread owns some trees;
 * only a *parcel* has a lock: threads leave clones in it and take those of
 * others, so that all threads always have relatives of each other's trees. Built
 * with the thread sanitizer, which knows nothing but the counts' own ordering
 * that could keep a thread's accesses to a node, or to a page's content, apart
 * from those of the thread that changes it in place afterwards.
 */
#include <pthread.h>
#include <stdlib.h>

#include "harness.h"
#include "page.h"
#include "page_tree.h"
#include "random.h"

#define NR_THREADS 4
#define NR_OWN_TREES 3

/* Two leaves and a bit, so that the root has a node between. */
#define FIRST_INDEX 4090
#define NR_INDEXES 140

/* Steps here are quick. */
#define STEPS_FACTOR 5

/* A tree and what it must read: 0 where it has no page. */
struct owned {
	struct zvmo_tree tree;
	u64 values[NR_INDEXES];
};

struct worker {
	pthread_t thread;
	struct random random;
	u64 last_value;
	struct owned own[NR_OWN_TREES];
};

static pthread_mutex_t parcel_lock = PTHREAD_MUTEX_INITIALIZER;
static struct owned parcel;

static void write_one(struct worker *worker, struct owned *o, unsigned int i)
{
	struct zvmo_slot slot = zvmo_tree_find(&o->tree, FIRST_INDEX + i);
	zvmo_entry_t old;
	struct page *page;

	o->values[i] = ++worker->last_value;
	if (slot.exclusive) {
		zvmo_entry_page(slot.entry)->content = o->values[i];
		return;
	}
	page = zvmo_page_alloc();
	page->content = o->values[i];
	CHECK_EQ(zvmo_tree_store(&o->tree, FIRST_INDEX + i,
				 zvmo_page_entry(page), &old),
		 0);
	if (zvmo_entry_is_page(old))
		zvmo_page_put(zvmo_entry_page(old));
}

static void read_one(const struct owned *o, unsigned int i)
{
	zvmo_entry_t entry = zvmo_tree_lookup(&o->tree, FIRST_INDEX + i);

	CHECK_EQ(zvmo_entry_is_page(entry), !!o->values[i]);
	if (o->values[i])
		CHECK_EQ(zvmo_entry_page(entry)->content, o->values[i]);
}

static void erase_some(struct owned *o, unsigned int first, unsigned int last)
{
	CHECK_EQ(zvmo_tree_erase(&o->tree, FIRST_INDEX + first,
				 FIRST_INDEX + last, NULL, NULL),
		 0);
	for (; first <= last; first++)
		o->values[first] = 0;
}

static void clone_part(struct owned *dst, const struct owned *src,
		       unsigned int first, unsigned int last)
{
	zvmo_tree_destroy(&dst->tree);
	CHECK_EQ(zvmo_tree_clone(&dst->tree, &src->tree, FIRST_INDEX + first,
				 FIRST_INDEX + last),
		 0);
	memset(dst->values, 0, sizeof(dst->values));
	memcpy(dst->values + first, src->values + first,
	       (last - first + 1) * sizeof(dst->values[0]));
}

static void clone_all(struct owned *dst, const struct owned *src)
{
	zvmo_tree_destroy(&dst->tree);
	CHECK_EQ(zvmo_tree_clone(&dst->tree, &src->tree, 0, ZVMO_INDEX_MAX), 0);
	memcpy(dst->values, src->values, sizeof(dst->values));
}

/* What is in the parcel becomes ours, what is ours goes in. */
static void exchange(struct owned *o)
{
	pthread_mutex_lock(&parcel_lock);
	swap(*o, parcel);
	pthread_mutex_unlock(&parcel_lock);
}

static void take_step(struct worker *worker)
{
	struct random *random = &worker->random;
	struct owned *o = &worker->own[random_below(random, NR_OWN_TREES)];
	struct owned *other = &worker->own[random_below(random, NR_OWN_TREES)];
	unsigned int i = random_below(random, NR_INDEXES);
	unsigned int j = i + random_below(random, NR_INDEXES - i);

	switch (random_below(random, 16)) {
	case 0:
		if (o != other)
			clone_all(other, o);
		break;
	case 1:
		if (o != other)
			clone_part(other, o, i, j);
		break;
	case 2:
		erase_some(o, i, j);
		break;
	case 3:
	case 4:
		exchange(o);
		break;
	case 5:
		/* Leave a relative of what we keep. */
		if (o != other) {
			clone_all(other, o);
			exchange(other);
		}
		break;
	case 6:
	case 7:
	case 8:
		read_one(o, i);
		break;
	default:
		write_one(worker, o, i);
	}
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	unsigned long step;
	unsigned int i;

	for (step = 0; step < STEPS_FACTOR * harness_options.steps; step++)
		take_step(worker);
	for (i = 0; i < NR_OWN_TREES; i++) {
		CHECK_EQ(zvmo_tree_check(&worker->own[i].tree), 0);
		zvmo_tree_destroy(&worker->own[i].tree);
	}
	return NULL;
}

static void relatives_of_other_threads_need_no_lock(void)
{
	static struct worker workers[NR_THREADS];
	unsigned int i;

	for (i = 0; i < NR_THREADS; i++) {
		workers[i].random.state = harness_options.seed + i;
		workers[i].last_value = (u64)(i + 1) << 32;
		CHECK_EQ(pthread_create(&workers[i].thread, NULL, work,
					&workers[i]),
			 0);
	}
	for (i = 0; i < NR_THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	zvmo_tree_destroy(&parcel.tree);
}

int main(int argc, char **argv)
{
	static const struct harness_case cases[] = {
		{ "relatives_of_other_threads_need_no_lock",
		  relatives_of_other_threads_need_no_lock },
	};

	harness_parse_options(argc, argv);
	return harness_run(cases, ARRAY_SIZE(cases));
}
