// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the netlink family's operations on the module as a whole
 *
 * A counter is a row in counters, a setting one in settings.
 *
 * Locking: none of its own.
 */
#include "cache.h"
#include "discard.h"
#include "event.h"
#include "fault.h"
#include "kept.h"
#include "netlink_ops.h"
#include "netlink_reply.h"
#include "page.h"
#include "vmo_ioctl.h"

/* Counters */

struct counter {
	int attribute;
	unsigned long (*count)(void);
};

static const struct counter counters[] = {
	{ ZVMO_A_STATS_PAGES, zvmo_page_count_all },
	{ ZVMO_A_STATS_NODES, zvmo_tree_count_nodes },
	{ ZVMO_A_STATS_CONTENTS, zvmo_cow_count_all },
	{ ZVMO_A_STATS_VMOS, zvmo_count_all },
	{ ZVMO_A_STATS_RECLAIMABLE, zvmo_discard_count_reclaimable },
	{ ZVMO_A_STATS_DISCARDED, zvmo_discard_count_events },
	{ ZVMO_A_STATS_EVENTS_LOST, zvmo_event_count_lost },
	{ ZVMO_A_STATS_KEPT, zvmo_kept_count_all },
};

/**
 * zvmo_nl_stats_get_doit() - Operation stats-get.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header = zvmo_reply_begin(&reply, info);
	unsigned int i;
	int err = 0;

	if (!header)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(counters) && !err; i++)
		err = nla_put_u64_64bit(reply, counters[i].attribute,
					counters[i].count(), ZVMO_A_STATS_PAD);
	return zvmo_reply_end(reply, header, info, err);
}

/* Settings */

/* A setting: a number or a truth value. */
struct setting {
	int attribute;
	unsigned int *number;
	bool *truth;
};

static const struct setting settings[] = {
	{ ZVMO_A_CONFIG_DISCARD_AGE, .number = &zvmo_discard_age },
	{ ZVMO_A_CONFIG_FAULT_AROUND, .number = &zvmo_fault_around },
	{ ZVMO_A_CONFIG_AMBIENT_MARK_VMO_EXEC,
	  .truth = &zvmo_ambient_mark_vmo_exec },
	{ ZVMO_A_CONFIG_CACHE_INVALIDATE, .truth = &zvmo_cache_invalidate },
	{ ZVMO_A_CONFIG_KEPT_MAX, .number = &zvmo_kept_max },
};

static int put_setting(struct sk_buff *skb, const struct setting *setting)
{
	if (setting->number)
		return nla_put_u32(skb, setting->attribute,
				   READ_ONCE(*setting->number));
	return nla_put_u8(skb, setting->attribute, READ_ONCE(*setting->truth));
}

/**
 * zvmo_nl_config_get_doit() - Operation config-get.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header = zvmo_reply_begin(&reply, info);
	unsigned int i;
	int err = 0;

	if (!header)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(settings) && !err; i++)
		err = put_setting(reply, &settings[i]);
	return zvmo_reply_end(reply, header, info, err);
}

/**
 * zvmo_nl_config_set_doit() - Operation config-set.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *value;
	unsigned int i;
	int err;

	err = zvmo_check_may_change(skb, info);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		value = info->attrs[settings[i].attribute];
		if (value && settings[i].number)
			WRITE_ONCE(*settings[i].number, nla_get_u32(value));
		else if (value)
			WRITE_ONCE(*settings[i].truth, nla_get_u8(value));
	}
	return 0;
}

/* Actions */

/**
 * zvmo_nl_reclaim_doit() - Operation reclaim.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_reclaim_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *pages = info->attrs[ZVMO_A_RECLAIM_PAGES];
	int err;

	err = zvmo_check_may_change(skb, info);
	if (err)
		return err;
	if (!pages) {
		NL_SET_ERR_MSG(info->extack, "the number of pages is missing");
		return -EINVAL;
	}
	return zvmo_reply_u64(info, ZVMO_A_RECLAIM_PAGES, ZVMO_A_RECLAIM_PAD,
			      zvmo_discard_reclaim(nla_get_u64(pages)));
}
