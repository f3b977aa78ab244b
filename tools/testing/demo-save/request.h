/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: what clients and the server say to each other
 *
 * Over a SOCK_SEQPACKET socket. A request is one message with some writes, each
 * a struct set with the key and the value behind it. The answer, a uint64_t, is
 * how many writes of this client the server has applied.
 */
#ifndef DEMO_SAVE_REQUEST_H
#define DEMO_SAVE_REQUEST_H

#include <stdint.h>

#include "workload.h"

#define REQUEST_SETS 8
#define REQUEST_MAX (REQUEST_SETS * (sizeof(struct set) + KEY_MAX + VALUE_MAX))

/**
 * struct set - SET key value.
 * @key_length: Length of the key.
 * @value_length: Length of the value.
 */
struct set {
	uint32_t key_length;
	uint32_t value_length;
};

#endif /* DEMO_SAVE_REQUEST_H */
