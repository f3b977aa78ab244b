/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the generic netlink family
 */
#ifndef _ZVMO_NETLINK_H
#define _ZVMO_NETLINK_H

#include <net/genetlink.h>

struct zvmo;

/* Multicast groups, by their place in the family. */
enum {
	ZVMO_NLGRP_EVENTS,
};

extern struct genl_family zvmo_nl_family;

u32 zvmo_netlink_flags(const struct zvmo *vmo);
int zvmo_netlink_init(void);
void zvmo_netlink_exit(void);

#endif /* _ZVMO_NETLINK_H */
