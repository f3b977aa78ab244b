/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - the generic netlink family, on a bare socket
 *
 * A request is built with nl_begin() and nl_put_*(), then sent with nl_do(),
 * which waits for the answer, or nl_dump(), which hands out one message after
 * the other.
 */
#ifndef _ZVMO_NL_H
#define _ZVMO_NL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/zvmo_netlink.h>

#include "harness.h"

#define NL_BUFFER 65536

/**
 * struct nl - A socket and what was last sent and received.
 * @fd: The socket.
 * @sequence: Number of the last request.
 * @family: Number of the family.
 * @group: Number of its group of events.
 * @is_interrupted: The last dump was told to be inconsistent.
 * @nr_messages: Messages that the last dump had.
 * @request: What is to be sent next.
 * @reply: The message last received, @reply_size bytes; 0: none.
 */
struct nl {
	int fd;
	uint32_t sequence;
	uint16_t family;
	uint32_t group;
	bool is_interrupted;
	unsigned int nr_messages;
	char request[8192] __attribute__((aligned(4)));
	char reply[NL_BUFFER] __attribute__((aligned(4)));
	size_t reply_size;
};

/* Attributes of a message or nest. */
struct nl_attributes {
	const char *data;
	size_t size;
};

typedef void (*nl_each_fn)(struct nl_attributes message, void *arg);

struct nl *nl_open(void);
void nl_close(struct nl *nl);
int nl_listen(struct nl *nl);

void nl_begin(struct nl *nl, uint8_t command);
void nl_begin_u64(struct nl *nl, uint8_t command, uint16_t type,
		  uint64_t value);
void nl_put(struct nl *nl, uint16_t type, const void *data, size_t size);
void nl_put_u64(struct nl *nl, uint16_t type, uint64_t value);
void nl_put_u32(struct nl *nl, uint16_t type, uint32_t value);
void nl_put_u8(struct nl *nl, uint16_t type, uint8_t value);
void nl_put_text(struct nl *nl, uint16_t type, const char *text);

/* 0 or a negative errno. */
int nl_do(struct nl *nl);
int nl_dump(struct nl *nl, nl_each_fn each, void *arg);

/* The next event: its command, or 0 if there is none. */
int nl_event(struct nl *nl);

/* What was received. A number that is not there is ~0, a text is NULL. */
struct nl_attributes nl_reply(const struct nl *nl);
const struct nlattr *nl_find(struct nl_attributes in, uint16_t type);
const struct nlattr *nl_find_next(struct nl_attributes in, uint16_t type,
				  const struct nlattr *after);
struct nl_attributes nl_nest(const struct nlattr *nest);
uint64_t nl_number(struct nl_attributes in, uint16_t type);
const char *nl_text(struct nl_attributes in, uint16_t type);

#endif /* _ZVMO_NL_H */
