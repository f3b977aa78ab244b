// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: what operations of the netlink family have in common
 *
 * Who asks, what VMOs he may see, and how an answer is made.
 */
#include <linux/file.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <net/sock.h>

#include "netlink_ops.h"
#include "netlink_reply.h"

/* Who asks */

/* Of who opened the socket that a request came from; the file is open. */
static struct user_namespace *request_users(const struct sk_buff *request)
{
	return NETLINK_CB(request).sk->sk_socket->file->f_cred->user_ns;
}

/*
 * The user whose VMOs may be seen: that of who asked. But somebody may have been
 * made to ask through a socket of another user, who reads the answer: then only if
 * that one could see all himself.
 */
static kuid_t request_uid(const struct sk_buff *request)
{
	const struct file *file = NETLINK_CB(request).sk->sk_socket->file;
	kuid_t uid = NETLINK_CREDS(request)->uid;

	if (uid_eq(file->f_cred->uid, uid) || uid_eq(file->f_cred->euid, uid) ||
	    file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN))
		return uid;
	return INVALID_UID;
}

/**
 * zvmo_viewer_init() - Find out who asks.
 * @viewer: Where to put it.
 * @request: The request.
 */
void zvmo_viewer_init(struct zvmo_viewer *viewer, struct sk_buff *request)
{
	viewer->users = request_users(request);
	viewer->pids = task_active_pid_ns(current);
	viewer->uid = request_uid(request);
	viewer->sees_all = netlink_capable(request, CAP_SYS_ADMIN);
	viewer->sees_mapped =
		netlink_ns_capable(request, viewer->users, CAP_SYS_ADMIN);
}

/**
 * zvmo_viewer_sees() - May somebody see a VMO?
 * @viewer: Who.
 * @vmo: The VMO.
 *
 * Return: The answer.
 */
bool zvmo_viewer_sees(const struct zvmo_viewer *viewer, const struct zvmo *vmo)
{
	return viewer->sees_all || uid_eq(vmo->owner, viewer->uid) ||
	       (viewer->sees_mapped &&
		kuid_has_mapping(viewer->users, vmo->owner));
}

/**
 * zvmo_viewer_find() - Find a VMO that somebody may see.
 * @viewer: Who.
 * @id: Its koid, or NULL, which is an error.
 * @extack: Where to say what is wrong.
 *
 * Return: The VMO with a reference, -EINVAL or -ENOENT.
 */
struct zvmo *zvmo_viewer_find(const struct zvmo_viewer *viewer,
			      const struct nlattr *id,
			      struct netlink_ext_ack *extack)
{
	struct zvmo *vmo;

	if (!id) {
		NL_SET_ERR_MSG(extack, "the id is missing");
		return ERR_PTR(-EINVAL);
	}
	vmo = zvmo_find(nla_get_u64(id));
	if (vmo && zvmo_viewer_sees(viewer, vmo))
		return vmo;
	if (vmo)
		zvmo_put(vmo);
	NL_SET_ERR_MSG_ATTR(extack, id, "no such VMO");
	return ERR_PTR(-ENOENT);
}

/**
 * zvmo_find_for() - Find a VMO that who sent a request may see.
 * @request: The request.
 * @id: As for zvmo_viewer_find().
 * @extack: As for zvmo_viewer_find().
 *
 * Return: As zvmo_viewer_find().
 */
struct zvmo *zvmo_find_for(struct sk_buff *request, const struct nlattr *id,
			   struct netlink_ext_ack *extack)
{
	struct zvmo_viewer viewer;

	zvmo_viewer_init(&viewer, request);
	return zvmo_viewer_find(&viewer, id, extack);
}

/**
 * zvmo_nl_dump_start() - Before the first message of every dump.
 * @cb: The dump.
 *
 * Messages are made by who reads the socket, who may be somebody else than who
 * asked; his privileges must not show the latter more.
 *
 * Return: 0.
 */
int zvmo_nl_dump_start(struct netlink_callback *cb)
{
	struct zvmo_dump *dump = zvmo_dump_state(cb);
	struct zvmo_viewer viewer;

	zvmo_viewer_init(&viewer, cb->skb);
	dump->may_see_all = viewer.sees_all;
	dump->may_see_mapped = viewer.sees_mapped;
	return 0;
}

/**
 * zvmo_dump_viewer() - Find out what may be in a message of a dump.
 * @viewer: Where to put it: what both who asked and who reads may see.
 * @cb: The dump.
 */
void zvmo_dump_viewer(struct zvmo_viewer *viewer, struct netlink_callback *cb)
{
	const struct zvmo_dump *dump = zvmo_dump_state(cb);

	zvmo_viewer_init(viewer, cb->skb);
	viewer->sees_all &= dump->may_see_all;
	viewer->sees_mapped &= dump->may_see_mapped;
}

/**
 * zvmo_dump_find() - Find the VMO that a dump is about.
 * @cb: The dump.
 * @id: As for zvmo_viewer_find().
 *
 * Return: As zvmo_viewer_find().
 */
struct zvmo *zvmo_dump_find(struct netlink_callback *cb,
			    const struct nlattr *id)
{
	struct zvmo_viewer viewer;

	zvmo_dump_viewer(&viewer, cb);
	return zvmo_viewer_find(&viewer, id, cb->extack);
}

/**
 * zvmo_check_may_change() - May who sent a request change something?
 * @request: The request.
 * @info: Of the request.
 *
 * GENL_ADMIN_PERM would be CAP_NET_ADMIN, which is about something else.
 *
 * Return: 0 or -EPERM.
 */
int zvmo_check_may_change(struct sk_buff *request, struct genl_info *info)
{
	if (netlink_capable(request, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(info->extack, "needs CAP_SYS_ADMIN");
	return -EPERM;
}

/**
 * zvmo_reply_begin() - Begin an answer of one message.
 * @reply: Where to return the message.
 * @info: Of the request.
 *
 * Return: Its header, or NULL (no memory).
 */
void *zvmo_reply_begin(struct sk_buff **reply, struct genl_info *info)
{
	*reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!*reply)
		return NULL;
	return genlmsg_put_reply(*reply, info, &zvmo_nl_family, 0,
				 info->genlhdr->cmd);
}

/**
 * zvmo_reply_end() - Send an answer, or drop it if filling it failed.
 * @reply: The message.
 * @header: Its header.
 * @info: Of the request.
 * @err: 0, or why it failed.
 *
 * Return: 0, @err, or why it could not be sent.
 */
int zvmo_reply_end(struct sk_buff *reply, void *header, struct genl_info *info,
		   int err)
{
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/**
 * zvmo_reply_u64() - Answer with a number.
 * @info: Of the request.
 * @attribute: Its attribute.
 * @pad: The attribute that pads.
 * @value: The number.
 *
 * Return: 0 or a negative errno.
 */
int zvmo_reply_u64(struct genl_info *info, int attribute, int pad, u64 value)
{
	struct sk_buff *reply;
	void *header = zvmo_reply_begin(&reply, info);

	if (!header)
		return -ENOMEM;
	return zvmo_reply_end(reply, header, info,
			      nla_put_u64_64bit(reply, attribute, value, pad));
}

/**
 * zvmo_dump_put() - Begin a message of a dump.
 * @skb: Where to.
 * @cb: The dump.
 * @cmd: ZVMO_CMD_*.
 *
 * Return: Its header, or NULL (no room).
 */
void *zvmo_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &zvmo_nl_family,
				   NLM_F_MULTI, cmd);

	if (header)
		genl_dump_check_consistent(cb, header);
	return header;
}
