// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - the generic netlink family, on a bare socket
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nl.h"

#define HEADERS (NLMSG_HDRLEN + GENL_HDRLEN)

/* Requests */

static struct nlmsghdr *request_header(struct nl *nl)
{
	return (struct nlmsghdr *)nl->request;
}

static void begin_for(struct nl *nl, uint16_t family, uint8_t command,
		      uint8_t version)
{
	struct nlmsghdr *header = request_header(nl);
	struct genlmsghdr *generic = NLMSG_DATA(header);

	memset(nl->request, 0, HEADERS);
	header->nlmsg_len = HEADERS;
	header->nlmsg_type = family;
	generic->cmd = command;
	generic->version = version;
}

void nl_begin(struct nl *nl, uint8_t command)
{
	begin_for(nl, nl->family, command, ZVMO_FAMILY_VERSION);
}

void nl_put(struct nl *nl, uint16_t type, const void *data, size_t size)
{
	struct nlmsghdr *header = request_header(nl);
	char *end = nl->request + NLMSG_ALIGN(header->nlmsg_len);
	struct nlattr attribute = {
		.nla_len = NLA_HDRLEN + size,
		.nla_type = type,
	};

	ASSERT(end + NLA_HDRLEN + NLA_ALIGN(size) <=
	       nl->request + sizeof(nl->request));
	memset(end, 0, NLA_HDRLEN + NLA_ALIGN(size));
	memcpy(end, &attribute, sizeof(attribute));
	if (size)
		memcpy(end + NLA_HDRLEN, data, size);
	header->nlmsg_len = end - nl->request + NLA_HDRLEN + NLA_ALIGN(size);
}

void nl_put_u64(struct nl *nl, uint16_t type, uint64_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

/**
 * nl_begin_u64() - Begin a request about that number.
 */
void nl_begin_u64(struct nl *nl, uint8_t command, uint16_t type, uint64_t value)
{
	nl_begin(nl, command);
	nl_put_u64(nl, type, value);
}

void nl_put_u32(struct nl *nl, uint16_t type, uint32_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

void nl_put_u8(struct nl *nl, uint16_t type, uint8_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

void nl_put_text(struct nl *nl, uint16_t type, const char *text)
{
	nl_put(nl, type, text, strlen(text) + 1);
}

/* Answers */

static int request_send(struct nl *nl, uint16_t flags)
{
	struct nlmsghdr *header = request_header(nl);

	header->nlmsg_flags = NLM_F_REQUEST | flags;
	header->nlmsg_seq = ++nl->sequence;
	if (send(nl->fd, header, header->nlmsg_len, 0) < 0)
		return -errno;
	return 0;
}

static void keep_reply(struct nl *nl, const struct nlmsghdr *header)
{
	nl->reply_size = header->nlmsg_len;
	memcpy(nl->reply, header, header->nlmsg_len);
}

/* Take one message. True if it is the last one; @err is then the outcome. */
static bool take(struct nl *nl, const struct nlmsghdr *header, nl_each_fn each,
		 void *arg, int *err)
{
	if (header->nlmsg_seq != nl->sequence)
		return false;
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		nl->is_interrupted = true;
	if (header->nlmsg_type == NLMSG_ERROR ||
	    header->nlmsg_type == NLMSG_DONE) {
		memcpy(err, NLMSG_DATA(header), sizeof(*err));
		return true;
	}
	nl->nr_messages++;
	keep_reply(nl, header);
	if (each)
		each(nl_reply(nl), arg);
	return false;
}

static int receive(struct nl *nl, nl_each_fn each, void *arg)
{
	static __thread char buffer[NL_BUFFER] __attribute__((aligned(4)));
	const struct nlmsghdr *header;
	ssize_t size;
	int err;

	nl->reply_size = 0;
	nl->nr_messages = 0;
	nl->is_interrupted = false;
	for (;;) {
		size = recv(nl->fd, buffer, sizeof(buffer), 0);
		if (size < 0)
			return -errno;
		header = (const struct nlmsghdr *)buffer;
		for (; NLMSG_OK(header, size);
		     header = NLMSG_NEXT(header, size))
			if (take(nl, header, each, arg, &err))
				return err;
	}
}

int nl_do(struct nl *nl)
{
	return request_send(nl, NLM_F_ACK) ?: receive(nl, NULL, NULL);
}

int nl_dump(struct nl *nl, nl_each_fn each, void *arg)
{
	return request_send(nl, NLM_F_DUMP) ?: receive(nl, each, arg);
}

int nl_event(struct nl *nl)
{
	const struct nlmsghdr *header = (const void *)nl->reply;
	ssize_t size = recv(nl->fd, nl->reply, sizeof(nl->reply), MSG_DONTWAIT);

	if (size < 0)
		return errno == EAGAIN ? 0 : -errno;
	nl->reply_size = size;
	return ((const struct genlmsghdr *)NLMSG_DATA(header))->cmd;
}

/* Attributes */

struct nl_attributes nl_reply(const struct nl *nl)
{
	struct nl_attributes in = { NULL, 0 };

	if (nl->reply_size >= (size_t)HEADERS) {
		in.data = nl->reply + HEADERS;
		in.size = nl->reply_size - HEADERS;
	}
	return in;
}

const struct nlattr *nl_find_next(struct nl_attributes in, uint16_t type,
				  const struct nlattr *after)
{
	const char *end = in.data + in.size, *at = in.data;
	const struct nlattr *attribute;

	if (after)
		at = (const char *)after + NLA_ALIGN(after->nla_len);
	while (end - at >= NLA_HDRLEN) {
		attribute = (const struct nlattr *)at;
		if ((attribute->nla_type & NLA_TYPE_MASK) == type)
			return attribute;
		at += NLA_ALIGN(attribute->nla_len);
	}
	return NULL;
}

const struct nlattr *nl_find(struct nl_attributes in, uint16_t type)
{
	return nl_find_next(in, type, NULL);
}

struct nl_attributes nl_nest(const struct nlattr *nest)
{
	return (struct nl_attributes){ (const char *)nest + NLA_HDRLEN,
				       nest->nla_len - NLA_HDRLEN };
}

uint64_t nl_number(struct nl_attributes in, uint16_t type)
{
	const struct nlattr *attribute = nl_find(in, type);
	uint64_t value = 0;

	if (!attribute)
		return UINT64_MAX;
	memcpy(&value, (const char *)attribute + NLA_HDRLEN,
	       attribute->nla_len - NLA_HDRLEN);
	return value;
}

const char *nl_text(struct nl_attributes in, uint16_t type)
{
	const struct nlattr *attribute = nl_find(in, type);

	return attribute ? (const char *)attribute + NLA_HDRLEN : NULL;
}

/* Sockets */

/* Ask the kernel for the numbers of the family and its group. */
static void resolve(struct nl *nl)
{
	const struct nlattr *groups, *group;

	begin_for(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	nl_put_text(nl, CTRL_ATTR_FAMILY_NAME, ZVMO_FAMILY_NAME);
	ASSERT_EQ(nl_do(nl), 0);
	nl->family = nl_number(nl_reply(nl), CTRL_ATTR_FAMILY_ID);
	groups = nl_find(nl_reply(nl), CTRL_ATTR_MCAST_GROUPS);
	ASSERT(groups);
	group = nl_find(nl_nest(groups), 1);
	ASSERT(group);
	EXPECT_STREQ(nl_text(nl_nest(group), CTRL_ATTR_MCAST_GRP_NAME),
		     ZVMO_MCGRP_EVENTS);
	nl->group = nl_number(nl_nest(group), CTRL_ATTR_MCAST_GRP_ID);
}

struct nl *nl_open(void)
{
	struct nl *nl = calloc(1, sizeof(*nl));

	ASSERT(nl);
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	ASSERT_GE(nl->fd, 0);
	resolve(nl);
	return nl;
}

void nl_close(struct nl *nl)
{
	close(nl->fd);
	free(nl);
}

int nl_listen(struct nl *nl)
{
	return setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			  &nl->group, sizeof(nl->group)) ?
		       -errno :
		       0;
}
