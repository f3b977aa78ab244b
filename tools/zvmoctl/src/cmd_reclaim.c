// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl reclaim, discard: free memory now
 */
#include <stddef.h>

#include "commands.h"
#include "genl.h"
#include "number.h"
#include "object.h"
#include "output.h"

static void take_pages(struct nlattr *const *attrs, struct nlmsghdr *header,
		       void *data)
{
	output_record_begin();
	output_number("pages", genl_u64(attrs[*(const int *)data]));
	output_record_end();
}

static enum status run_reclaim(int count, char **arguments)
{
	int attr = ZVMO_A_RECLAIM_PAGES;
	struct nl_msg *msg;
	uint64_t pages;

	if (!number_parse(arguments[0], UINT64_MAX, &pages) || !pages)
		usage_error("%s is no number of pages", arguments[0]);
	msg = genl_new(ZVMO_CMD_RECLAIM, 0);
	genl_put_u64(msg, ZVMO_A_RECLAIM_PAGES, pages);
	genl_request(msg, "pages", take_pages, &attr);
	return STATUS_DONE;
}

const struct command command_reclaim = {
	.name = "reclaim",
	.arguments = "PAGES",
	.text = "Free pages as if memory were short; say how many were freed",
	.details = "\nNeeds CAP_SYS_ADMIN.",
	.examples = "  zvmoctl reclaim 1000\n",
	.least = 1,
	.most = 1,
	.run = run_reclaim,
};

static enum status run_discard(int count, char **arguments)
{
	uint64_t id = object_id(arguments[0]);
	struct nl_msg *msg = genl_new(ZVMO_CMD_VMO_DISCARD, 0);
	int attr = ZVMO_A_VMO_PAGES;

	genl_put_u64(msg, ZVMO_A_VMO_ID, id);
	genl_request(msg, arguments[0], take_pages, &attr);
	return STATUS_DONE;
}

const struct command command_discard = {
	.name = "discard",
	.arguments = "ID",
	.text = "Discard the content of a discardable VMO that is not locked",
	.details = "\nNeeds CAP_SYS_ADMIN.",
	.examples = "  zvmoctl discard cache\n",
	.least = 1,
	.most = 1,
	.run = run_discard,
};
