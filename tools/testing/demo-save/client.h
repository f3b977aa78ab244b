/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: a client, which writes as fast as the server lets it
 */
#ifndef DEMO_SAVE_CLIENT_H
#define DEMO_SAVE_CLIENT_H

#include "control.h"
#include "workload.h"

void client_run(int socket, unsigned int client,
		const struct workload *workload,
		struct client_account *account);

#endif /* DEMO_SAVE_CLIENT_H */
