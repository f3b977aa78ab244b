// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: what clients write
 */
#include <stdio.h>
#include <string.h>

#include "random.h"
#include "workload.h"

static uint64_t random_of(const struct workload *workload, unsigned int client,
			  uint64_t write)
{
	return random_mix(random_mix(workload->seed + client) + write);
}

/**
 * workload_key() - Which of its keys a client writes.
 * @workload: The workload.
 * @client: Number of the client.
 * @write: Number of the write.
 */
uint32_t workload_key(const struct workload *workload, unsigned int client,
		      uint64_t write)
{
	if (write < workload->keys)
		return (uint32_t)write;
	return (uint32_t)(random_of(workload, client, write) % workload->keys);
}

/**
 * workload_key_text() - Spell a key.
 * @text: Filled.
 * @client: Number of the client.
 * @key: Number of the key.
 *
 * Return: its length.
 */
uint32_t workload_key_text(char text[KEY_MAX], unsigned int client,
			   uint32_t key)
{
	return (uint32_t)snprintf(text, KEY_MAX, "user:%u:%u", client, key);
}

/**
 * workload_value() - What a client writes.
 * @workload: The workload.
 * @client: Number of the client.
 * @write: Number of the write.
 * @value: Filled with letters.
 *
 * Return: its length.
 */
uint32_t workload_value(const struct workload *workload, unsigned int client,
			uint64_t write, char value[VALUE_MAX])
{
	uint64_t random = random_of(workload, client, ~write);
	uint32_t length = (uint32_t)(random % (VALUE_MAX - 1)) + 1;

	for (uint32_t at = 0; at < length; at += sizeof(random)) {
		uint64_t letters =
			(random & 0x0f0f0f0f0f0f0f0f) + 0x6161616161616161;

		memcpy(value + at, &letters, sizeof(letters));
		random = random * 0x5851f42d4c957f2d + 0x14057b7ef767814f;
		random ^= random >> 29;
	}
	return length;
}
