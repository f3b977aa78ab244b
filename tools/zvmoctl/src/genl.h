/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: requests to the netlink family
 *
 * A call that fails ends the program with what the kernel said, in its words if
 * it gave some, and with STATUS_NO_MODULE if there is no such family.
 */
#ifndef _ZVMOCTL_GENL_H
#define _ZVMOCTL_GENL_H

#include <stdbool.h>
#include <stdint.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include <linux/zvmo_netlink.h>

/* No attribute has a larger number. */
#define GENL_MAX_ATTRS 63

/**
 * genl_reply_fn - Called for each message of a reply.
 * @attrs: Its attributes by number, GENL_MAX_ATTRS + 1; NULL those it has not;
 *	the last of several.
 * @header: The message, for genl_each().
 * @data: As given.
 */
typedef void genl_reply_fn(struct nlattr *const *attrs, struct nlmsghdr *header,
			   void *data);

/**
 * genl_event_fn - Called for each event.
 * @command: ZVMO_CMD_*.
 * @attrs: As for genl_reply_fn.
 * @data: As given.
 *
 * Return: whether to go on.
 */
typedef bool genl_event_fn(uint8_t command, struct nlattr *const *attrs,
			   void *data);

/**
 * genl_new() - Begin a request.
 * @command: ZVMO_CMD_*.
 * @flags: NLM_F_DUMP or 0.
 *
 * Return: a message, to which attributes can be added with genl_put().
 */
struct nl_msg *genl_new(uint8_t command, int flags);

/* Attributes. */
void genl_put_u64(struct nl_msg *msg, int attr, uint64_t value);
void genl_put_u32(struct nl_msg *msg, int attr, uint32_t value);
void genl_put_u8(struct nl_msg *msg, int attr, uint8_t value);
void genl_put_string(struct nl_msg *msg, int attr, const char *value);
void genl_put_flag(struct nl_msg *msg, int attr);
uint64_t genl_u64(const struct nlattr *attr);
uint32_t genl_u32(const struct nlattr *attr);

/**
 * genl_request() - Send a request and wait for the end of the reply.
 * @msg: The request; it is freed.
 * @what: What it is about, for messages.
 * @reply: Called for each message of the reply, or NULL.
 * @data: Passed to it.
 *
 * Return: whether a dump is consistent; if not, what it told of changed
 * meanwhile.
 */
bool genl_request(struct nl_msg *msg, const char *what, genl_reply_fn *reply,
		  void *data);

/**
 * genl_each() - Go through an attribute that a message has several times.
 * @header: The message.
 * @attr: The attribute, a nest.
 * @nested: Called with the attributes in each.
 * @data: Passed to it.
 */
void genl_each(struct nlmsghdr *header, int attr,
	       void (*nested)(struct nlattr *const *attrs, void *data),
	       void *data);

/**
 * genl_listen() - Listen to events until the callback has enough.
 * @ready: Called when events will be seen from now on.
 * @event: Called for each.
 * @lost: Called when the kernel had to drop some.
 * @data: Passed to @event.
 */
void genl_listen(void (*ready)(void), genl_event_fn *event, void (*lost)(void),
		 void *data);

#endif /* _ZVMOCTL_GENL_H */
