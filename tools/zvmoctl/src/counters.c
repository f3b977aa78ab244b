// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: the counters of the module
 */
#include <string.h>

#include "counters.h"
#include "genl.h"

const struct counter counters[NR_COUNTERS] = {
	{ "vmos", ZVMO_A_STATS_VMOS, false },
	{ "contents", ZVMO_A_STATS_CONTENTS, false },
	{ "pages", ZVMO_A_STATS_PAGES, false },
	{ "nodes", ZVMO_A_STATS_NODES, false },
	{ "reclaimable", ZVMO_A_STATS_RECLAIMABLE, false },
	{ "discarded", ZVMO_A_STATS_DISCARDED, true },
	{ "events-lost", ZVMO_A_STATS_EVENTS_LOST, true },
	{ "kept", ZVMO_A_STATS_KEPT, false },
};

static void take(struct nlattr *const *attrs, struct nlmsghdr *header,
		 void *data)
{
	struct counter_values *values = data;
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		values->value[i] = genl_u64(attrs[counters[i].attr]);
}

void counters_read(struct counter_values *values)
{
	memset(values, 0, sizeof(*values));
	genl_request(genl_new(ZVMO_CMD_STATS_GET, 0), "counters", take, values);
}
