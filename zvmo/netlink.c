// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the generic netlink family
 *
 * Documentation/netlink/specs/zvmo.yaml says what each operation does. The
 * policies below are those that ynl-gen-c.py makes of it, written by hand, since
 * 6.1 has one for both forms of an operation; a test compares them.
 *
 * What is still to be added is a row in a table: a counter (stats), a setting
 * (settings), an operation (nl_ops).
 *
 * Locking: none of its own. Each VMO is looked up and held by a reference while
 * it is described; no lock of zvmo's is held while a message waits for room or
 * for its reader. A dump keeps the koid to go on from and nothing else.
 */
#include <linux/file.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/sock.h>

#include "attribution.h"
#include "cache.h"
#include "compat.h"
#include "discard.h"
#include "event.h"
#include "fault.h"
#include "mapping.h"
#include "netlink.h"
#include "page.h"
#include "vmo_ioctl.h"

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

static const struct nla_policy config_set_policy[ZVMO_A_CONFIG_CACHE_INVALIDATE + 1] = {
	[ZVMO_A_CONFIG_DISCARD_AGE] = { .type = NLA_U32, },
	[ZVMO_A_CONFIG_FAULT_AROUND] = NLA_POLICY_RANGE(NLA_U32, 1, ZVMO_FAULT_AROUND_MAX),
	[ZVMO_A_CONFIG_AMBIENT_MARK_VMO_EXEC] = NLA_POLICY_MAX(NLA_U8, 1),
	[ZVMO_A_CONFIG_CACHE_INVALIDATE] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy reclaim_policy[ZVMO_A_RECLAIM_PAGES + 1] = {
	[ZVMO_A_RECLAIM_PAGES] = NLA_POLICY_MIN(NLA_U64, 1),
};

/* Who asks */

/**
 * struct viewer - Who reads an answer, and what may be in it.
 * @users: User namespace of the socket.
 * @pids: PID namespace of the reader.
 * @uid: User who asked.
 * @sees_all: May see every VMO.
 * @sees_mapped: May see the VMOs of users who are mapped in @users.
 */
struct viewer {
	struct user_namespace *users;
	struct pid_namespace *pids;
	kuid_t uid;
	bool sees_all;
	bool sees_mapped;
};

/* Of who opened the socket that a request came from; the file is open. */
static struct user_namespace *request_users(const struct sk_buff *request)
{
	return NETLINK_CB(request).sk->sk_socket->file->f_cred->user_ns;
}

static void viewer_init(struct viewer *viewer, struct sk_buff *request)
{
	viewer->users = request_users(request);
	viewer->pids = task_active_pid_ns(current);
	viewer->uid = NETLINK_CREDS(request)->uid;
	viewer->sees_all = netlink_capable(request, CAP_SYS_ADMIN);
	viewer->sees_mapped = netlink_ns_capable(request, viewer->users,
						 CAP_SYS_ADMIN);
}

static bool viewer_sees(const struct viewer *viewer, const struct zvmo *vmo)
{
	return viewer->sees_all || uid_eq(vmo->owner, viewer->uid) ||
	       (viewer->sees_mapped &&
		kuid_has_mapping(viewer->users, vmo->owner));
}

/* The VMO of this koid, with a reference, if the viewer may see it. */
static struct zvmo *viewer_find(const struct viewer *viewer,
				const struct nlattr *id,
				struct netlink_ext_ack *extack)
{
	struct zvmo *vmo;

	if (!id) {
		NL_SET_ERR_MSG(extack, "the id is missing");
		return ERR_PTR(-EINVAL);
	}
	vmo = zvmo_find(nla_get_u64(id));
	if (vmo && viewer_sees(viewer, vmo))
		return vmo;
	if (vmo)
		zvmo_put(vmo);
	NL_SET_ERR_MSG_ATTR(extack, id, "no such VMO");
	return ERR_PTR(-ENOENT);
}

static struct zvmo *find_for(struct sk_buff *request, const struct nlattr *id,
			     struct netlink_ext_ack *extack)
{
	struct viewer viewer;

	viewer_init(&viewer, request);
	return viewer_find(&viewer, id, extack);
}

/* GENL_ADMIN_PERM would be CAP_NET_ADMIN, which is about something else. */
static int check_may_change(struct sk_buff *request, struct genl_info *info)
{
	if (netlink_capable(request, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(info->extack, "needs CAP_SYS_ADMIN");
	return -EPERM;
}

/* Answers of one message */

static void *reply_begin(struct sk_buff **reply, struct genl_info *info)
{
	*reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!*reply)
		return NULL;
	return genlmsg_put_reply(*reply, info, &zvmo_nl_family, 0,
				 info->genlhdr->cmd);
}

/* Send the reply, or drop it if filling it failed. */
static int reply_end(struct sk_buff *reply, void *header,
		     struct genl_info *info, int err)
{
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

static int reply_u64(struct genl_info *info, int attribute, int pad, u64 value)
{
	struct sk_buff *reply;
	void *header = reply_begin(&reply, info);

	if (!header)
		return -ENOMEM;
	return reply_end(reply, header, info,
			 nla_put_u64_64bit(reply, attribute, value, pad));
}

/* VMOs */

/**
 * zvmo_netlink_flags() - The properties of a VMO.
 * @vmo: The VMO.
 *
 * Return: ZVMO_VMO_FLAGS_*.
 */
u32 zvmo_netlink_flags(const struct zvmo *vmo)
{
	u32 flags = 0;

	if (vmo->cow->resizable)
		flags |= ZVMO_VMO_FLAGS_RESIZABLE;
	if (vmo->cow->family->discard)
		flags |= ZVMO_VMO_FLAGS_DISCARDABLE;
	if (vmo->immutable)
		flags |= ZVMO_VMO_FLAGS_IMMUTABLE;
	if (READ_ONCE(vmo->cow->discarded))
		flags |= ZVMO_VMO_FLAGS_DISCARDED;
	return flags;
}

struct row_u64 {
	int attribute;
	u64 value;
};

static int put_rows(struct sk_buff *skb, const struct row_u64 *rows,
		    unsigned int nr, int pad)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (nla_put_u64_64bit(skb, rows[i].attribute, rows[i].value,
				      pad))
			return -EMSGSIZE;
	return 0;
}

static int put_numbers(struct sk_buff *skb, struct zvmo *vmo,
		       const struct zvmo_info *info, bool details)
{
	const struct row_u64 rows[] = {
		{ ZVMO_A_VMO_ID, info->koid },
		{ ZVMO_A_VMO_SIZE, info->size },
		{ ZVMO_A_VMO_STREAM_SIZE, info->stream_size },
		{ ZVMO_A_VMO_PARENT, info->parent_koid },
		{ ZVMO_A_VMO_FAMILY, vmo->cow->family->id },
		{ ZVMO_A_VMO_CHILDREN, info->num_children },
		{ ZVMO_A_VMO_MAPPINGS, info->num_mappings },
		/* Without the reference that we have. */
		{ ZVMO_A_VMO_HANDLE_COUNT, kref_read(&vmo->refs) - 1 },
		{ ZVMO_A_VMO_COMMITTED_BYTES, info->committed_bytes },
	};
	const struct row_u64 detail_rows[] = {
		{ ZVMO_A_VMO_SHARE_COUNT, info->share_count },
		{ ZVMO_A_VMO_PRIVATE_BYTES, info->committed_private_bytes },
		{ ZVMO_A_VMO_SCALED_BYTES, info->committed_scaled_bytes },
		{ ZVMO_A_VMO_METADATA_BYTES, info->metadata_bytes },
	};
	const struct row_u64 lock_row = { ZVMO_A_VMO_LOCK_COUNT,
					  info->lock_count };

	if (put_rows(skb, rows, ARRAY_SIZE(rows), ZVMO_A_VMO_PAD))
		return -EMSGSIZE;
	if (vmo->cow->family->discard && put_rows(skb, &lock_row, 1, ZVMO_A_VMO_PAD))
		return -EMSGSIZE;
	return details ? put_rows(skb, detail_rows, ARRAY_SIZE(detail_rows),
				  ZVMO_A_VMO_PAD) :
			 0;
}

/*
 * The number that a process has for the viewer, while it exists; then only the
 * initial namespace knows it.
 */
static u32 viewer_pid(const struct viewer *viewer, pid_t pid)
{
	u32 number;

	if (viewer->pids == &init_pid_ns)
		return pid;
	rcu_read_lock();
	number = pid_nr_ns(find_pid_ns(pid, &init_pid_ns), viewer->pids);
	rcu_read_unlock();
	return number;
}

/* Describe a VMO, of which the caller has one reference, or -EMSGSIZE. */
static int put_vmo(struct sk_buff *skb, struct zvmo *vmo,
		   const struct viewer *viewer, bool details)
{
	struct zvmo_info info = {};
	int err;

	zvmo_get_info(vmo, &info);
	if (details) {
		err = zvmo_attribute_vmo(vmo, &info);
		if (err)
			return err;
	}
	if (put_numbers(skb, vmo, &info, details) ||
	    nla_put_string(skb, ZVMO_A_VMO_NAME, info.name) ||
	    nla_put_u32(skb, ZVMO_A_VMO_KIND, vmo->kind) ||
	    nla_put_u32(skb, ZVMO_A_VMO_FLAGS, zvmo_netlink_flags(vmo)) ||
	    nla_put_u32(skb, ZVMO_A_VMO_CACHE_POLICY, info.cache_policy) ||
	    nla_put_u32(skb, ZVMO_A_VMO_OWNER_UID,
			from_kuid_munged(viewer->users, vmo->owner)) ||
	    nla_put_u32(skb, ZVMO_A_VMO_OWNER_PID,
			viewer_pid(viewer, vmo->owner_pid)))
		return -EMSGSIZE;
	return 0;
}

/* One policy serves both forms of vmo-get: what belongs to the other one? */
static int check_foreign(struct nlattr **attrs, const u16 *foreign,
			 unsigned int nr, struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!attrs[foreign[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attrs[foreign[i]],
				    "not for this form of the operation");
		return -EINVAL;
	}
	return 0;
}

static int nl_vmo_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const u16 filters[] = {
		ZVMO_A_VMO_PARENT,
		ZVMO_A_VMO_FAMILY,
		ZVMO_A_VMO_OWNER_UID,
		ZVMO_A_VMO_NAME_PREFIX,
	};
	struct viewer viewer;
	struct sk_buff *reply;
	struct zvmo *vmo;
	void *header;
	int err;

	err = check_foreign(info->attrs, filters, ARRAY_SIZE(filters),
			    info->extack);
	if (err)
		return err;
	viewer_init(&viewer, skb);
	vmo = viewer_find(&viewer, info->attrs[ZVMO_A_VMO_ID], info->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	err = -ENOMEM;
	header = reply_begin(&reply, info);
	if (header)
		err = reply_end(reply, header, info,
				put_vmo(reply, vmo, &viewer,
					info->attrs[ZVMO_A_VMO_DETAILS]));
	zvmo_put(vmo);
	return err;
}

/* Does a VMO pass the filters of a dump? */
static bool filter_passes(struct zvmo *vmo, struct nlattr **attrs, kuid_t owner)
{
	const struct nlattr *prefix = attrs[ZVMO_A_VMO_NAME_PREFIX];
	const struct nlattr *family = attrs[ZVMO_A_VMO_FAMILY];
	const struct nlattr *parent = attrs[ZVMO_A_VMO_PARENT];
	char name[ZVMO_NAME_LEN];

	if (family && nla_get_u64(family) != vmo->cow->family->id)
		return false;
	if (attrs[ZVMO_A_VMO_OWNER_UID] && !uid_eq(vmo->owner, owner))
		return false;
	if (parent && nla_get_u64(parent) != zvmo_parent_koid(vmo))
		return false;
	if (!prefix)
		return true;
	zvmo_get_name(vmo, name);
	return !strncmp(name, nla_data(prefix), strlen(nla_data(prefix)));
}

/* State of a dump, all that it keeps between messages. */
struct dump {
	u64 position;
	bool done;
};

static struct dump *dump_state(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump) > sizeof(cb->ctx));
	return (struct dump *)cb->ctx;
}

static void *dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &zvmo_nl_family,
				   NLM_F_MULTI, cmd);

	if (header)
		genl_dump_check_consistent(cb, header);
	return header;
}

static int dump_vmo(struct sk_buff *skb, struct netlink_callback *cb,
		    struct zvmo *vmo, const struct viewer *viewer)
{
	void *header = dump_put(skb, cb, ZVMO_CMD_VMO_GET);
	int err;

	if (!header)
		return -EMSGSIZE;
	err = put_vmo(skb, vmo, viewer,
		      zvmo_dump_attrs(cb)[ZVMO_A_VMO_DETAILS]);
	if (err)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

/* The user to filter by; if there is none, no VMO is his. */
static kuid_t filter_owner(struct nlattr **attrs, const struct viewer *viewer)
{
	if (!attrs[ZVMO_A_VMO_OWNER_UID])
		return INVALID_UID;
	return make_kuid(viewer->users,
			 nla_get_u32(attrs[ZVMO_A_VMO_OWNER_UID]));
}

static int nl_vmo_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const u16 foreign[] = { ZVMO_A_VMO_ID };
	struct nlattr **attrs = zvmo_dump_attrs(cb);
	struct dump *dump = dump_state(cb);
	struct viewer viewer;
	struct zvmo *vmo;
	kuid_t owner;
	int err;

	err = check_foreign(attrs, foreign, ARRAY_SIZE(foreign), cb->extack);
	if (err)
		return err;
	viewer_init(&viewer, cb->skb);
	owner = filter_owner(attrs, &viewer);
	cb->seq = zvmo_generation();
	while (!err && (vmo = zvmo_find_next(&dump->position))) {
		if (viewer_sees(&viewer, vmo) &&
		    filter_passes(vmo, attrs, owner))
			err = dump_vmo(skb, cb, vmo, &viewer);
		zvmo_put(vmo);
		dump->position += !err;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	/* No room is an error only if there is nothing in the message. */
	return skb->len ?: err;
}

static int nl_vmo_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	char name[ZVMO_NAME_LEN] = {};
	struct zvmo *vmo;
	int err;

	err = check_may_change(skb, info);
	if (err)
		return err;
	if (!info->attrs[ZVMO_A_VMO_NAME]) {
		NL_SET_ERR_MSG(info->extack, "the name is missing");
		return -EINVAL;
	}
	vmo = find_for(skb, info->attrs[ZVMO_A_VMO_ID], info->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	nla_strscpy(name, info->attrs[ZVMO_A_VMO_NAME], sizeof(name));
	zvmo_set_name(vmo, name);
	zvmo_put(vmo);
	return 0;
}

static int nl_vmo_discard_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct zvmo *vmo;
	long ret;

	ret = check_may_change(skb, info);
	if (ret)
		return ret;
	vmo = find_for(skb, info->attrs[ZVMO_A_VMO_ID], info->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	ret = zvmo_discard_now(vmo->cow);
	zvmo_put(vmo);
	if (ret < 0)
		return ret;
	return reply_u64(info, ZVMO_A_VMO_PAGES, ZVMO_A_VMO_PAD, ret);
}

/* Pages */

static int put_run(struct sk_buff *skb, u64 offset,
		   const struct zvmo_page_run *run)
{
	struct nlattr *nest = nla_nest_start(skb, ZVMO_A_PAGE_MAP_RUN);

	if (!nest ||
	    nla_put_u64_64bit(skb, ZVMO_A_PAGE_RUN_OFFSET, offset,
			      ZVMO_A_PAGE_RUN_PAD) ||
	    nla_put_u64_64bit(skb, ZVMO_A_PAGE_RUN_LENGTH,
			      run->pages << PAGE_SHIFT, ZVMO_A_PAGE_RUN_PAD) ||
	    nla_put_u32(skb, ZVMO_A_PAGE_RUN_STATE, run->state))
		return -EMSGSIZE;
	if (run->state == ZVMO_PAGE_STATE_SHARED &&
	    nla_put_u32(skb, ZVMO_A_PAGE_RUN_HOLDERS, run->holders))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* A message with some runs; the buffer has room for all that there can be. */
static int put_runs(struct sk_buff *skb, struct netlink_callback *cb,
		    unsigned long first, const struct zvmo_page_runs *runs)
{
	void *header = dump_put(skb, cb, ZVMO_CMD_PAGE_MAP_GET);
	u64 offset = (u64)first << PAGE_SHIFT;
	unsigned int i;

	if (!header)
		return -EMSGSIZE;
	for (i = 0; i < runs->nr; i++) {
		if (put_run(skb, offset, &runs->runs[i]))
			return -EMSGSIZE;
		offset += runs->runs[i].pages << PAGE_SHIFT;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int dump_pages(struct sk_buff *skb, struct netlink_callback *cb,
		      struct zvmo *vmo, struct zvmo_page_runs *runs)
{
	struct nlattr **attrs = zvmo_dump_attrs(cb);
	struct dump *dump = dump_state(cb);
	u64 start = 0, length = ZVMO_SIZE_MAX, end;
	int err;

	if (attrs[ZVMO_A_PAGE_MAP_OFFSET])
		start = nla_get_u64(attrs[ZVMO_A_PAGE_MAP_OFFSET]);
	if (attrs[ZVMO_A_PAGE_MAP_LENGTH])
		length = nla_get_u64(attrs[ZVMO_A_PAGE_MAP_LENGTH]);
	if (check_add_overflow(start, length, &end) || end > ZVMO_SIZE_MAX)
		end = ZVMO_SIZE_MAX;
	start >>= PAGE_SHIFT;
	runs->next = max_t(u64, start, dump->position);
	start = runs->next;
	err = zvmo_attribute_pages(vmo, DIV_ROUND_UP_ULL(end, PAGE_SIZE), runs);
	if (err)
		return err;
	dump->position = runs->next;
	dump->done = runs->done;
	return runs->nr ? put_runs(skb, cb, start, runs) : 0;
}

static int nl_page_map_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct zvmo_page_runs *runs;
	struct zvmo *vmo;
	int err = -ENOMEM;

	if (dump_state(cb)->done)
		return 0;
	vmo = find_for(cb->skb, zvmo_dump_attrs(cb)[ZVMO_A_PAGE_MAP_ID],
		       cb->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	runs = kmalloc(sizeof(*runs), GFP_KERNEL);
	if (runs)
		err = dump_pages(skb, cb, vmo, runs);
	kfree(runs);
	zvmo_put(vmo);
	return err ?: skb->len;
}

/* Mappings */

static int put_mapping(struct sk_buff *skb, struct netlink_callback *cb,
			u32 pid, unsigned long count)
{
	void *header = dump_put(skb, cb, ZVMO_CMD_MAPPING_GET);

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(skb, ZVMO_A_MAPPING_PID, pid) ||
	    nla_put_u64_64bit(skb, ZVMO_A_MAPPING_COUNT, count,
			      ZVMO_A_MAPPING_PAD)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* The address spaces behind the one that the dump has got to. */
static void put_spaces(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct zvmo_space *spaces, u64 count)
{
	struct dump *dump = dump_state(cb);
	u64 i;

	for (i = 0; i < count; i++) {
		if ((unsigned long)spaces[i].mm <= dump->position)
			continue;
		if (put_mapping(skb, cb, spaces[i].pid, spaces[i].nr_mappings))
			return;
		dump->position = (unsigned long)spaces[i].mm;
	}
}

static int nl_mapping_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct zvmo_space *spaces;
	struct zvmo *vmo;
	u64 count;
	int err;

	vmo = find_for(cb->skb, zvmo_dump_attrs(cb)[ZVMO_A_MAPPING_ID],
		       cb->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	err = zvmo_list_spaces(vmo, task_active_pid_ns(current), &spaces,
			       &count);
	zvmo_put(vmo);
	if (err)
		return err;
	put_spaces(skb, cb, spaces, count);
	kvfree(spaces);
	return skb->len;
}

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
};

static int nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header = reply_begin(&reply, info);
	unsigned int i;
	int err = 0;

	if (!header)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(counters) && !err; i++)
		err = nla_put_u64_64bit(reply, counters[i].attribute,
					counters[i].count(), ZVMO_A_STATS_PAD);
	return reply_end(reply, header, info, err);
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
};

static int put_setting(struct sk_buff *skb, const struct setting *setting)
{
	if (setting->number)
		return nla_put_u32(skb, setting->attribute,
				   READ_ONCE(*setting->number));
	return nla_put_u8(skb, setting->attribute, READ_ONCE(*setting->truth));
}

static int nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header = reply_begin(&reply, info);
	unsigned int i;
	int err = 0;

	if (!header)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(settings) && !err; i++)
		err = put_setting(reply, &settings[i]);
	return reply_end(reply, header, info, err);
}

static int nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *value;
	unsigned int i;
	int err;

	err = check_may_change(skb, info);
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

static int nl_reclaim_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *pages = info->attrs[ZVMO_A_RECLAIM_PAGES];
	int err;

	err = check_may_change(skb, info);
	if (err)
		return err;
	if (!pages) {
		NL_SET_ERR_MSG(info->extack, "the number of pages is missing");
		return -EINVAL;
	}
	return reply_u64(info, ZVMO_A_RECLAIM_PAGES, ZVMO_A_RECLAIM_PAD,
			 zvmo_discard_reclaim(nla_get_u64(pages)));
}

/* The family */

#define NL_POLICY(table) .policy = (table), .maxattr = ARRAY_SIZE(table) - 1

static const struct genl_ops nl_ops[] = {
	{
		.cmd = ZVMO_CMD_VMO_GET,
		.doit = nl_vmo_get_doit,
		.dumpit = nl_vmo_get_dumpit,
		NL_POLICY(vmo_get_policy),
	},
	{
		.cmd = ZVMO_CMD_VMO_SET,
		.doit = nl_vmo_set_doit,
		NL_POLICY(vmo_set_policy),
	},
	{
		.cmd = ZVMO_CMD_VMO_DISCARD,
		.doit = nl_vmo_discard_doit,
		NL_POLICY(vmo_discard_policy),
	},
	{
		.cmd = ZVMO_CMD_PAGE_MAP_GET,
		.dumpit = nl_page_map_get_dumpit,
		NL_POLICY(page_map_get_policy),
	},
	{
		.cmd = ZVMO_CMD_MAPPING_GET,
		.dumpit = nl_mapping_get_dumpit,
		NL_POLICY(mapping_get_policy),
	},
	{
		.cmd = ZVMO_CMD_STATS_GET,
		.doit = nl_stats_get_doit,
	},
	{
		.cmd = ZVMO_CMD_CONFIG_GET,
		.doit = nl_config_get_doit,
	},
	{
		.cmd = ZVMO_CMD_CONFIG_SET,
		.doit = nl_config_set_doit,
		NL_POLICY(config_set_policy),
	},
	{
		.cmd = ZVMO_CMD_RECLAIM,
		.doit = nl_reclaim_doit,
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
