// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the generic netlink family
 *
 * Documentation/netlink/specs/zvmo.yaml says what each operation does. The
 * policies below are those that ynl-gen-c.py makes of it, written by hand, since
 * 6.1 has one for both forms of an operation; a test compares them.
 *
 * An operation that is still to be added is a row in nl_ops.
 *
 * Locking: none of its own.
 */
#include <linux/module.h>
#include <linux/zvmo_netlink.h>

#include "netlink.h"
#include "netlink_ops.h"

/* Policies */

static const struct nla_policy vmo_get_policy[ZVMO_A_VMO_NAME_PREFIX + 1] = {
	[ZVMO_A_VMO_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[ZVMO_A_VMO_PARENT] = { .type = NLA_U64, },
	[ZVMO_A_VMO_FAMILY] = { .type = NLA_U64, },
	[ZVMO_A_VMO_OWNER_UID] = { .type = NLA_U32, },
	[ZVMO_A_VMO_DETAILS] = { .type = NLA_FLAG, },
	[ZVMO_A_VMO_NAME_PREFIX] = { .type = NLA_NUL_STRING, .len = ZVMO_NAME_MAX, },
};

static const struct nla_policy vmo_set_policy[ZVMO_A_VMO_NAME + 1] = {
	[ZVMO_A_VMO_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[ZVMO_A_VMO_NAME] = { .type = NLA_NUL_STRING, .len = ZVMO_NAME_MAX, },
};

static const struct nla_policy vmo_discard_policy[ZVMO_A_VMO_ID + 1] = {
	[ZVMO_A_VMO_ID] = NLA_POLICY_MIN(NLA_U64, 1),
};

static const struct nla_policy page_map_get_policy[ZVMO_A_PAGE_MAP_LENGTH + 1] = {
	[ZVMO_A_PAGE_MAP_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[ZVMO_A_PAGE_MAP_OFFSET] = { .type = NLA_U64, },
	[ZVMO_A_PAGE_MAP_LENGTH] = { .type = NLA_U64, },
};

static const struct nla_policy mapping_get_policy[ZVMO_A_MAPPING_ID + 1] = {
	[ZVMO_A_MAPPING_ID] = NLA_POLICY_MIN(NLA_U64, 1),
};

static const struct nla_policy config_set_policy[ZVMO_A_CONFIG_KEPT_MAX + 1] = {
	[ZVMO_A_CONFIG_DISCARD_AGE] = { .type = NLA_U32, },
	[ZVMO_A_CONFIG_FAULT_AROUND] = NLA_POLICY_RANGE(NLA_U32, 1, ZVMO_FAULT_AROUND_MAX),
	[ZVMO_A_CONFIG_AMBIENT_MARK_VMO_EXEC] = NLA_POLICY_MAX(NLA_U8, 1),
	[ZVMO_A_CONFIG_CACHE_INVALIDATE] = NLA_POLICY_MAX(NLA_U8, 1),
	[ZVMO_A_CONFIG_KEPT_MAX] = { .type = NLA_U32, },
};

static const struct nla_policy reclaim_policy[ZVMO_A_RECLAIM_PAGES + 1] = {
	[ZVMO_A_RECLAIM_PAGES] = NLA_POLICY_MIN(NLA_U64, 1),
};

/* The family */

#define NL_POLICY(table) .policy = (table), .maxattr = ARRAY_SIZE(table) - 1

static const struct genl_ops nl_ops[] = {
	{
		.cmd = ZVMO_CMD_VMO_GET,
		.doit = zvmo_nl_vmo_get_doit,
		.start = zvmo_nl_dump_start,
		.dumpit = zvmo_nl_vmo_get_dumpit,
		NL_POLICY(vmo_get_policy),
	},
	{
		.cmd = ZVMO_CMD_VMO_SET,
		.doit = zvmo_nl_vmo_set_doit,
		NL_POLICY(vmo_set_policy),
	},
	{
		.cmd = ZVMO_CMD_VMO_DISCARD,
		.doit = zvmo_nl_vmo_discard_doit,
		NL_POLICY(vmo_discard_policy),
	},
	{
		.cmd = ZVMO_CMD_PAGE_MAP_GET,
		.start = zvmo_nl_dump_start,
		.dumpit = zvmo_nl_page_map_get_dumpit,
		NL_POLICY(page_map_get_policy),
	},
	{
		.cmd = ZVMO_CMD_MAPPING_GET,
		.start = zvmo_nl_dump_start,
		.dumpit = zvmo_nl_mapping_get_dumpit,
		NL_POLICY(mapping_get_policy),
	},
	{
		.cmd = ZVMO_CMD_STATS_GET,
		.doit = zvmo_nl_stats_get_doit,
	},
	{
		.cmd = ZVMO_CMD_CONFIG_GET,
		.doit = zvmo_nl_config_get_doit,
	},
	{
		.cmd = ZVMO_CMD_CONFIG_SET,
		.doit = zvmo_nl_config_set_doit,
		NL_POLICY(config_set_policy),
	},
	{
		.cmd = ZVMO_CMD_RECLAIM,
		.doit = zvmo_nl_reclaim_doit,
		NL_POLICY(reclaim_policy),
	},
};

static const struct genl_multicast_group nl_groups[] = {
	[ZVMO_NLGRP_EVENTS] = {
		.name = ZVMO_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

struct genl_family zvmo_nl_family __ro_after_init = {
	.name = ZVMO_FAMILY_NAME,
	.version = ZVMO_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = nl_ops,
	.n_ops = ARRAY_SIZE(nl_ops),
	.mcgrps = nl_groups,
	.n_mcgrps = ARRAY_SIZE(nl_groups),
};

/**
 * zvmo_netlink_init() - Register the family. All else is ready.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_netlink_init(void)
{
	return genl_register_family(&zvmo_nl_family);
}

/**
 * zvmo_netlink_exit() - Unregister the family; waits until it is not in use.
 */
void zvmo_netlink_exit(void)
{
	genl_unregister_family(&zvmo_nl_family);
}
