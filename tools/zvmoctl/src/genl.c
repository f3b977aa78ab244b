// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: requests to the netlink family
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "genl.h"
#include "status.h"

/* Room for one message from the kernel, and for events that wait. */
#define MESSAGE_BYTES 65536
#define QUEUE_BYTES (4 << 20)

static struct nl_sock *sock;
static int family;

/* What the kernel says beside an errno; the length is as in the message. */
static char explanation[256];

static void open_family(void)
{
	int on = 1;

	if (sock)
		return;
	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock))
		fail_with(STATUS_FAILED, "no netlink socket");
	nl_socket_set_msg_buf_size(sock, MESSAGE_BYTES);
	family = genl_ctrl_resolve(sock, ZVMO_FAMILY_NAME);
	if (family < 0)
		fail_with(STATUS_NO_MODULE,
			  "zvmo is not loaded (there is no netlink family %s)",
			  ZVMO_FAMILY_NAME);
	/* Without it the kernel gives no explanations: no harm. */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
}

static void check_put(int result)
{
	if (result < 0)
		fail(ENOMEM, "netlink message");
}

struct nl_msg *genl_new(uint8_t command, int flags)
{
	struct nl_msg *msg;

	open_family();
	msg = nlmsg_alloc();
	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 flags, command, ZVMO_FAMILY_VERSION))
		fail(ENOMEM, "netlink message");
	return msg;
}

void genl_put_u64(struct nl_msg *msg, int attr, uint64_t value)
{
	check_put(nla_put_u64(msg, attr, value));
}

void genl_put_u32(struct nl_msg *msg, int attr, uint32_t value)
{
	check_put(nla_put_u32(msg, attr, value));
}

void genl_put_u8(struct nl_msg *msg, int attr, uint8_t value)
{
	check_put(nla_put_u8(msg, attr, value));
}

void genl_put_string(struct nl_msg *msg, int attr, const char *value)
{
	check_put(nla_put_string(msg, attr, value));
}

void genl_put_flag(struct nl_msg *msg, int attr)
{
	check_put(nla_put_flag(msg, attr));
}

uint64_t genl_u64(const struct nlattr *attr)
{
	return attr && nla_len(attr) >= 8 ? nla_get_u64(attr) : 0;
}

uint32_t genl_u32(const struct nlattr *attr)
{
	if (attr && nla_len(attr) == 1)
		return nla_get_u8(attr);
	return attr && nla_len(attr) >= 4 ? nla_get_u32(attr) : 0;
}

/**
 * struct request - A request whose reply is awaited.
 * @reply: Called for each message.
 * @data: Passed to it.
 * @error: A negative errno.
 * @pending: The end of the reply is yet to come.
 * @is_consistent: No dump message said that something changed.
 */
struct request {
	genl_reply_fn *reply;
	void *data;
	int error;
	bool pending;
	bool is_consistent;
};

static bool parse(struct nl_msg *msg, struct nlattr **attrs)
{
	return !genlmsg_parse(nlmsg_hdr(msg), 0, attrs, GENL_MAX_ATTRS, NULL);
}

static int take_reply(struct nl_msg *msg, void *data)
{
	struct nlattr *attrs[GENL_MAX_ATTRS + 1];
	struct request *request = data;

	if (nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP_INTR)
		request->is_consistent = false;
	if (request->reply && parse(msg, attrs))
		request->reply(attrs, nlmsg_hdr(msg), request->data);
	return NL_OK;
}

static int take_interrupted(struct nl_msg *msg, void *data)
{
	struct request *request = data;

	request->is_consistent = false;
	return NL_OK;
}

static int take_ack(struct nl_msg *msg, void *data)
{
	struct request *request = data;

	request->pending = false;
	return NL_STOP;
}

/* It is among the attributes that follow @skip bytes of the payload. */
static void take_explanation(const struct nlmsghdr *header, size_t skip)
{
	const char *payload = (const char *)header + NLMSG_HDRLEN;
	int left =
		(int)header->nlmsg_len - NLMSG_HDRLEN - (int)NLMSG_ALIGN(skip);
	const struct nlattr *attr;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) || left <= 0)
		return;
	attr = nla_find((const struct nlattr *)(payload + NLMSG_ALIGN(skip)),
			left, NLMSGERR_ATTR_MSG);
	if (attr)
		nla_strlcpy(explanation, attr, sizeof(explanation));
}

/* The end of a dump has an errno if the dump failed. */
static int take_finish(struct nl_msg *msg, void *data)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct request *request = data;

	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		request->is_consistent = false;
	if (nlmsg_datalen(header) >= (int)sizeof(int))
		request->error = *(const int *)nlmsg_data(header);
	if (request->error)
		take_explanation(header, sizeof(int));
	request->pending = false;
	return NL_STOP;
}

static int take_error(struct sockaddr_nl *address, struct nlmsgerr *error,
		      void *data)
{
	struct request *request = data;
	const struct nlmsghdr *header = (const struct nlmsghdr *)error - 1;
	size_t skip = sizeof(*error);

	/* The message that was wrong comes first, or only its header. */
	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		skip += error->msg.nlmsg_len - NLMSG_HDRLEN;
	take_explanation(header, skip);
	request->error = error->error;
	request->pending = false;
	return NL_STOP;
}

static struct nl_cb *new_callbacks(struct request *request)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		fail(ENOMEM, "netlink");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, take_reply, request);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, take_interrupted, request);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, take_finish, request);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, take_ack, request);
	nl_cb_err(cb, NL_CB_CUSTOM, take_error, request);
	return cb;
}

bool genl_request(struct nl_msg *msg, const char *what, genl_reply_fn *reply,
		  void *data)
{
	struct request request = {
		.reply = reply,
		.data = data,
		.pending = true,
		.is_consistent = true,
	};
	struct nl_cb *cb = new_callbacks(&request);
	int err = 0;

	explanation[0] = '\0';
	if (nl_send_auto(sock, msg) < 0)
		fail(EIO, "%s: netlink", what);
	nlmsg_free(msg);
	while (request.pending && err >= 0)
		err = nl_recvmsgs(sock, cb);
	nl_cb_put(cb);
	if (!request.error && err < 0)
		fail_with(STATUS_FAILED, "%s: netlink: %s", what,
			  nl_geterror(err));
	if (request.error && *explanation)
		fail_with(status_of(request.error), "%s: %s", what,
			  explanation);
	if (request.error)
		fail(request.error, "%s", what);
	return request.is_consistent;
}

void genl_each(struct nlmsghdr *header, int attr,
	       void (*nested)(struct nlattr *const *attrs, void *data),
	       void *data)
{
	struct nlattr *attrs[GENL_MAX_ATTRS + 1], *pos;
	struct genlmsghdr *message = nlmsg_data(header);
	int left;

	nla_for_each_attr(pos, genlmsg_attrdata(message, 0),
			  genlmsg_attrlen(message, 0), left)
		if (nla_type(pos) == attr &&
		    !nla_parse_nested(attrs, GENL_MAX_ATTRS, pos, NULL))
			nested(attrs, data);
}

/* Events */

struct listener {
	genl_event_fn *event;
	void *data;
	bool done;
};

static int take_event(struct nl_msg *msg, void *data)
{
	struct nlattr *attrs[GENL_MAX_ATTRS + 1];
	struct listener *listener = data;
	struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(msg));

	if (parse(msg, attrs) &&
	    !listener->event(header->cmd, attrs, listener->data))
		listener->done = true;
	return listener->done ? NL_STOP : NL_OK;
}

static void join_group(void)
{
	int group, err;

	group = genl_ctrl_resolve_grp(sock, ZVMO_FAMILY_NAME,
				      ZVMO_MCGRP_EVENTS);
	if (group < 0)
		fail_with(STATUS_FAILED, "the module knows no events");
	err = nl_socket_add_membership(sock, group);
	if (err == -NLE_PERM)
		fail(EPERM, "events");
	if (err)
		fail_with(STATUS_FAILED, "events: %s", nl_geterror(err));
}

void genl_listen(void (*ready)(void), genl_event_fn *event, void (*lost)(void),
		 void *data)
{
	struct listener listener = { .event = event, .data = data };
	int err;

	open_family();
	join_group();
	nl_socket_set_buffer_size(sock, QUEUE_BYTES, 0);
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, take_event,
			    &listener);
	ready();
	while (!listener.done) {
		err = nl_recvmsgs_default(sock);
		/* The queue ran over. */
		if (err == -NLE_NOMEM)
			lost();
		else if (err < 0 && err != -NLE_INTR)
			fail_with(STATUS_FAILED, "events: %s",
				  nl_geterror(err));
	}
}
