/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - random requests of the generic netlink family
 *
 * A grammar says what each operation takes: that of
 * Documentation/netlink/specs/zvmo.yaml. Requests are sent by two users, the one
 * privileged, through sockets that either opened, while VMOs of both come and go.
 * Of a request that is wrong beyond doubt it is known that it must fail; and of
 * every answer, what must not be in it.
 */
#ifndef _ZVMO_REQUESTS_H
#define _ZVMO_REQUESTS_H

#include "harness.h"

#define REQUESTS_SOCKETS 4
#define REQUESTS_VMOS 96
#define REQUESTS_SETTINGS 5
#define REQUESTS_USER 1000 /* who has no privileges */

/**
 * struct requests_socket - A socket.
 * @fd: It.
 * @is_root: It was opened with privileges.
 */
struct requests_socket {
	int fd;
	bool is_root;
};

/**
 * struct requests_vmo - A VMO.
 * @fd: Its descriptor; negative: this place is free.
 * @koid: Its koid.
 * @is_root: It is the privileged user's.
 * @is_discardable: It is.
 * @name: Its name.
 */
struct requests_vmo {
	int fd;
	uint64_t koid;
	bool is_root;
	bool is_discardable;
	char name[ZVMO_NAME_LEN];
};

/**
 * struct requests - Who asks, and what there is.
 * @random: State of the random numbers.
 * @trace: Print each step.
 * @is_root: The privileges that this process has now.
 * @is_alone: Nobody else changes anything: the model is right.
 * @can_become_root: It can change them.
 * @sockets: To ask through.
 * @listener: A socket for events with a short queue, or -1.
 * @vmos: The VMOs.
 * @settings: The configuration.
 * @sequence: Of the last request.
 * @nr: Requests sent.
 * @nr_good: Those that did not fail.
 * @nr_messages: Messages received.
 */
struct requests {
	uint64_t random;
	bool trace;
	bool is_root;
	bool is_alone;
	bool can_become_root;
	struct requests_socket sockets[REQUESTS_SOCKETS];
	int listener;
	struct requests_vmo vmos[REQUESTS_VMOS];
	uint32_t settings[REQUESTS_SETTINGS];
	uint32_t sequence;
	unsigned long nr;
	unsigned long nr_good;
	unsigned long nr_messages;
};

void requests_begin(struct requests *requests, uint64_t seed, bool is_alone);
void requests_step(struct requests *requests);
void requests_end(struct requests *requests);
void requests_reset_settings(void);

#endif /* _ZVMO_REQUESTS_H */
