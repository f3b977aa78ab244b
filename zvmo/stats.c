// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: counters in debugfs
 *
 * /sys/kernel/debug/zvmo/stats has one "name value" a line: what exists now.
 * All are zero when every VMO is closed and unmapped. "events" beside it has what
 * happened since the module was loaded.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "discard.h"
#include "page.h"
#include "stats.h"
#include "vmo.h"

static struct dentry *stats_dir;

static int stats_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "pages %lu\n", zvmo_page_count_all());
	seq_printf(m, "nodes %lu\n", zvmo_tree_count_nodes());
	seq_printf(m, "cows %lu\n", zvmo_cow_count_all());
	seq_printf(m, "vmos %lu\n", zvmo_count_all());
	seq_printf(m, "reclaimable %lu\n", zvmo_discard_count_reclaimable());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int events_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "discarded %lu\n", zvmo_discard_count_events());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(events);

/**
 * zvmo_stats_init() - Create the file. Nothing depends on it.
 */
void zvmo_stats_init(void)
{
	stats_dir = debugfs_create_dir("zvmo", NULL);
	debugfs_create_file("stats", 0444, stats_dir, NULL, &stats_fops);
	debugfs_create_file("events", 0444, stats_dir, NULL, &events_fops);
}

/**
 * zvmo_stats_exit() - Remove it; and say so if anything is left.
 */
void zvmo_stats_exit(void)
{
	debugfs_remove_recursive(stats_dir);
	WARN_ONCE(zvmo_page_count_all() || zvmo_tree_count_nodes() ||
			  zvmo_cow_count_all() || zvmo_count_all(),
		  "zvmo: left over: %lu pages, %lu nodes, %lu cows, %lu vmos\n",
		  zvmo_page_count_all(), zvmo_tree_count_nodes(),
		  zvmo_cow_count_all(), zvmo_count_all());
}
