/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the operations of the netlink family
 */
#ifndef _ZVMO_NETLINK_OPS_H
#define _ZVMO_NETLINK_OPS_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

int zvmo_nl_dump_start(struct netlink_callback *cb);
int zvmo_nl_vmo_get_doit(struct sk_buff *skb, struct genl_info *info);
int zvmo_nl_vmo_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int zvmo_nl_vmo_set_doit(struct sk_buff *skb, struct genl_info *info);
int zvmo_nl_vmo_discard_doit(struct sk_buff *skb, struct genl_info *info);
int zvmo_nl_page_map_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int zvmo_nl_mapping_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int zvmo_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int zvmo_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int zvmo_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int zvmo_nl_reclaim_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* _ZVMO_NETLINK_OPS_H */
