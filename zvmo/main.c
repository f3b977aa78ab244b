// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: loading and unloading
 *
 * The device comes last: who opens it pins the module, but a module whose loading
 * fails goes all the same. Before it comes the netlink family, which finds only
 * what was made with it; both go first in reverse. So nobody can come in while
 * anything is missing. An open file pins the module, and everything there is
 * belongs to one.
 */
#include <linux/module.h>

#include "dev.h"
#include "discard.h"
#include "fault.h"
#include "netlink.h"
#include "page_tree.h"
#include "stats.h"
#include "version.h"

static int __init zvmo_init(void)
{
	int err;

	err = zvmo_tree_init_cache();
	if (err)
		return err;
	err = zvmo_fault_init();
	if (err)
		goto exit_cache;
	err = zvmo_discard_init();
	if (err)
		goto exit_fault;
	zvmo_stats_init();
	err = zvmo_netlink_init();
	if (err)
		goto exit_stats;
	err = zvmo_dev_init();
	if (err)
		goto exit_netlink;
	return 0;

exit_netlink:
	zvmo_netlink_exit();
exit_stats:
	zvmo_stats_exit();
	zvmo_discard_exit();
exit_fault:
	zvmo_fault_exit();
exit_cache:
	zvmo_tree_exit_cache();
	return err;
}

static void __exit zvmo_exit(void)
{
	zvmo_dev_exit();
	zvmo_netlink_exit();
	zvmo_stats_exit();
	zvmo_discard_exit();
	zvmo_fault_exit();
	zvmo_tree_exit_cache();
}

module_init(zvmo_init);
module_exit(zvmo_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The zvmo authors");
MODULE_DESCRIPTION("Virtual memory objects: memory as a handle");
MODULE_VERSION(ZVMO_VERSION);
