// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the netlink family's operations on VMOs
 *
 * Each VMO is looked up and held by a reference while it is described; no lock of
 * zvmo's is held while a message waits for room or for its reader. A dump keeps
 * the koid to go on from and nothing else.
 *
 * Locking: none of its own.
 */
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "attribution.h"
#include "compat.h"
#include "discard.h"
#include "mapping.h"
#include "netlink_ops.h"
#include "netlink_reply.h"

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
	struct row_u64 cgroup_row = { ZVMO_A_VMO_CGROUP };

	if (put_rows(skb, rows, ARRAY_SIZE(rows), ZVMO_A_VMO_PAD))
		return -EMSGSIZE;
	if (vmo->cow->family->discard &&
	    put_rows(skb, &lock_row, 1, ZVMO_A_VMO_PAD))
		return -EMSGSIZE;
	if (!details)
		return 0;
	if (put_rows(skb, detail_rows, ARRAY_SIZE(detail_rows), ZVMO_A_VMO_PAD))
		return -EMSGSIZE;
	cgroup_row.value = zvmo_attribute_cgroup(vmo);
	return cgroup_row.value ?
		       put_rows(skb, &cgroup_row, 1, ZVMO_A_VMO_PAD) :
		       0;
}

/*
 * The number that a process has for the viewer, while it exists; then only the
 * initial namespace knows it.
 */
static u32 viewer_pid(const struct zvmo_viewer *viewer, pid_t pid)
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
		   const struct zvmo_viewer *viewer, bool details)
{
	struct zvmo_info info = {};
	int err;

	err = zvmo_get_info(vmo, &info);
	if (!err && details)
		err = zvmo_attribute_vmo(vmo, &info);
	if (err)
		return err;
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

/**
 * zvmo_nl_vmo_get_doit() - Operation vmo-get of one.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_vmo_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const u16 filters[] = {
		ZVMO_A_VMO_PARENT,
		ZVMO_A_VMO_FAMILY,
		ZVMO_A_VMO_OWNER_UID,
		ZVMO_A_VMO_NAME_PREFIX,
	};
	struct zvmo_viewer viewer;
	struct sk_buff *reply;
	struct zvmo *vmo;
	void *header;
	int err;

	err = check_foreign(info->attrs, filters, ARRAY_SIZE(filters),
			    info->extack);
	if (err)
		return err;
	zvmo_viewer_init(&viewer, skb);
	vmo = zvmo_viewer_find(&viewer, info->attrs[ZVMO_A_VMO_ID],
			       info->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	err = -ENOMEM;
	header = zvmo_reply_begin(&reply, info);
	if (header)
		err = zvmo_reply_end(reply, header, info,
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

static int dump_vmo(struct sk_buff *skb, struct netlink_callback *cb,
		    struct zvmo *vmo, const struct zvmo_viewer *viewer)
{
	void *header = zvmo_dump_put(skb, cb, ZVMO_CMD_VMO_GET);
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
static kuid_t filter_owner(struct nlattr **attrs,
			   const struct zvmo_viewer *viewer)
{
	if (!attrs[ZVMO_A_VMO_OWNER_UID])
		return INVALID_UID;
	return make_kuid(viewer->users,
			 nla_get_u32(attrs[ZVMO_A_VMO_OWNER_UID]));
}

/**
 * zvmo_nl_vmo_get_dumpit() - Operation vmo-get of all.
 * @skb: Where the answer goes.
 * @cb: The dump.
 *
 * Return: The length of the answer, 0 at the end, or a negative errno.
 */
int zvmo_nl_vmo_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const u16 foreign[] = { ZVMO_A_VMO_ID };
	struct nlattr **attrs = zvmo_dump_attrs(cb);
	struct zvmo_dump *dump = zvmo_dump_state(cb);
	struct zvmo_viewer viewer;
	struct zvmo *vmo;
	kuid_t owner;
	int err;

	err = check_foreign(attrs, foreign, ARRAY_SIZE(foreign), cb->extack);
	if (err)
		return err;
	zvmo_dump_viewer(&viewer, cb);
	owner = filter_owner(attrs, &viewer);
	cb->seq = zvmo_generation();
	while (!err && (vmo = zvmo_find_next(&dump->position))) {
		if (zvmo_viewer_sees(&viewer, vmo) &&
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

/**
 * zvmo_nl_vmo_set_doit() - Operation vmo-set.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_vmo_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	char name[ZVMO_NAME_LEN] = {};
	struct zvmo *vmo;
	int err;

	err = zvmo_check_may_change(skb, info);
	if (err)
		return err;
	if (!info->attrs[ZVMO_A_VMO_NAME]) {
		NL_SET_ERR_MSG(info->extack, "the name is missing");
		return -EINVAL;
	}
	vmo = zvmo_find_for(skb, info->attrs[ZVMO_A_VMO_ID], info->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	nla_strscpy(name, info->attrs[ZVMO_A_VMO_NAME], sizeof(name));
	zvmo_set_name(vmo, name);
	zvmo_put(vmo);
	return 0;
}

/**
 * zvmo_nl_vmo_discard_doit() - Operation vmo-discard.
 * @skb: The request.
 * @info: Of the request.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_nl_vmo_discard_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct zvmo *vmo;
	long ret;

	ret = zvmo_check_may_change(skb, info);
	if (ret)
		return ret;
	vmo = zvmo_find_for(skb, info->attrs[ZVMO_A_VMO_ID], info->extack);
	if (IS_ERR(vmo))
		return PTR_ERR(vmo);
	ret = zvmo_discard_now(vmo->cow);
	zvmo_put(vmo);
	if (ret < 0)
		return ret;
	return zvmo_reply_u64(info, ZVMO_A_VMO_PAGES, ZVMO_A_VMO_PAD, ret);
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
	void *header = zvmo_dump_put(skb, cb, ZVMO_CMD_PAGE_MAP_GET);
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
	struct zvmo_dump *dump = zvmo_dump_state(cb);
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

/**
 * zvmo_nl_page_map_get_dumpit() - Operation page-map-get.
 * @skb: Where the answer goes.
 * @cb: The dump.
 *
 * Return: The length of the answer, 0 at the end, or a negative errno.
 */
int zvmo_nl_page_map_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct zvmo_page_runs *runs;
	struct zvmo *vmo;
	int err = -ENOMEM;

	if (zvmo_dump_state(cb)->done)
		return 0;
	vmo = zvmo_dump_find(cb, zvmo_dump_attrs(cb)[ZVMO_A_PAGE_MAP_ID]);
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
	void *header = zvmo_dump_put(skb, cb, ZVMO_CMD_MAPPING_GET);

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
	struct zvmo_dump *dump = zvmo_dump_state(cb);
	u64 i;

	for (i = 0; i < count; i++) {
		if ((unsigned long)spaces[i].mm <= dump->position)
			continue;
		if (put_mapping(skb, cb, spaces[i].pid, spaces[i].nr_mappings))
			return;
		dump->position = (unsigned long)spaces[i].mm;
	}
}

/**
 * zvmo_nl_mapping_get_dumpit() - Operation mapping-get.
 * @skb: Where the answer goes.
 * @cb: The dump.
 *
 * Return: The length of the answer, 0 at the end, or a negative errno.
 */
int zvmo_nl_mapping_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct zvmo_space *spaces;
	struct zvmo *vmo;
	u64 count;
	int err;

	vmo = zvmo_dump_find(cb, zvmo_dump_attrs(cb)[ZVMO_A_MAPPING_ID]);
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
