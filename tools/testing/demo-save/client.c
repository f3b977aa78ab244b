// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a client, which writes as fast as the server lets it
 */
#include <sys/socket.h>

#include "check.h"
#include "client.h"
#include "request.h"
#include "samples.h"

/* Append a write to a request. Return: the new length. */
static size_t add_set(char *request, size_t length,
		      const struct workload *workload, unsigned int client,
		      uint64_t write)
{
	char *bytes = request + length + sizeof(struct set);
	struct set set;

	set.key_length = workload_key_text(
		bytes, client, workload_key(workload, client, write));
	set.value_length =
		workload_value(workload, client, write, bytes + set.key_length);
	memcpy(request + length, &set, sizeof(set));
	return length + sizeof(set) + set.key_length + set.value_length;
}

/* Return: whether the server is still there. */
static bool ask(int socket, const char *request, size_t length,
		uint64_t *applied)
{
	if (send(socket, request, length, MSG_NOSIGNAL) < 0)
		return false;
	return recv(socket, applied, sizeof(*applied), 0) == sizeof(*applied);
}

static void note_time(struct client_account *account, uint64_t ns)
{
	if (ns > account->longest_ns)
		account->longest_ns = ns;
}

/**
 * client_run() - Be a client until the server ends.
 * @socket: To the server, which has loaded the first write of each key.
 * @client: Number of the client.
 * @workload: What to write.
 * @account: Where to note what was seen.
 */
void client_run(int socket, unsigned int client,
		const struct workload *workload, struct client_account *account)
{
	static char request[REQUEST_MAX];
	uint64_t write = workload->keys, applied = 0, start;

	for (;;) {
		size_t length = 0;

		for (int i = 0; i < REQUEST_SETS; i++)
			length = add_set(request, length, workload, client,
					 write++);
		start = clock_now();
		if (!ask(socket, request, length, &applied))
			return;
		note_time(account, clock_now() - start);
		if (applied != write)
			errx(EXIT_FAILURE, "client %u: the server lost a write",
			     client);
		account->writes = write;
	}
}
