/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: what operations of the netlink family have in common
 */
#ifndef _ZVMO_NETLINK_REPLY_H
#define _ZVMO_NETLINK_REPLY_H

#include "netlink.h"
#include "vmo.h"

/**
 * struct zvmo_viewer - Who reads an answer, and what may be in it.
 * @users: User namespace of the socket.
 * @pids: PID namespace of the reader.
 * @uid: User whose VMOs may be seen in any case, or INVALID_UID.
 * @sees_all: May see every VMO.
 * @sees_mapped: May see the VMOs of users who are mapped in @users.
 */
struct zvmo_viewer {
	struct user_namespace *users;
	struct pid_namespace *pids;
	kuid_t uid;
	bool sees_all;
	bool sees_mapped;
};

/**
 * struct zvmo_dump - State of a dump, all that it keeps between messages.
 * @position: Where to go on.
 * @done: Nothing is left.
 * @may_see_all: @sees_all of who asked for it.
 * @may_see_mapped: @sees_mapped of who asked for it.
 */
struct zvmo_dump {
	u64 position;
	bool done;
	bool may_see_all;
	bool may_see_mapped;
};

static inline struct zvmo_dump *zvmo_dump_state(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct zvmo_dump) > sizeof(cb->ctx));
	return (struct zvmo_dump *)cb->ctx;
}

void zvmo_viewer_init(struct zvmo_viewer *viewer, struct sk_buff *request);
bool zvmo_viewer_sees(const struct zvmo_viewer *viewer, const struct zvmo *vmo);
struct zvmo *zvmo_viewer_find(const struct zvmo_viewer *viewer,
			      const struct nlattr *id,
			      struct netlink_ext_ack *extack);
struct zvmo *zvmo_find_for(struct sk_buff *request, const struct nlattr *id,
			   struct netlink_ext_ack *extack);
struct zvmo *zvmo_dump_find(struct netlink_callback *cb,
			    const struct nlattr *id);
void zvmo_dump_viewer(struct zvmo_viewer *viewer, struct netlink_callback *cb);
int zvmo_check_may_change(struct sk_buff *request, struct genl_info *info);

void *zvmo_reply_begin(struct sk_buff **reply, struct genl_info *info);
int zvmo_reply_end(struct sk_buff *reply, void *header, struct genl_info *info,
		   int err);
int zvmo_reply_u64(struct genl_info *info, int attribute, int pad, u64 value);
void *zvmo_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

#endif /* _ZVMO_NETLINK_REPLY_H */
