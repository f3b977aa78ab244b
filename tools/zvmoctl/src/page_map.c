// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: what the pages of a VMO are
 */
#include "genl.h"
#include "page_map.h"
#include "status.h"

/* The run that may go on in the next message. */
struct walk {
	struct page_run now;
	void (*run)(const struct page_run *run, void *data);
	void *data;
};

static void take_run(struct nlattr *const *attrs, void *data)
{
	struct walk *walk = data;
	struct page_run *now = &walk->now;
	struct page_run next = {
		.offset = genl_u64(attrs[ZVMO_A_PAGE_RUN_OFFSET]),
		.length = genl_u64(attrs[ZVMO_A_PAGE_RUN_LENGTH]),
		.state = genl_u32(attrs[ZVMO_A_PAGE_RUN_STATE]),
		.holders = genl_u32(attrs[ZVMO_A_PAGE_RUN_HOLDERS]),
	};

	if (now->length && now->offset + now->length == next.offset &&
	    now->state == next.state && now->holders == next.holders) {
		now->length += next.length;
		return;
	}
	if (now->length)
		walk->run(now, walk->data);
	*now = next;
}

static void take_message(struct nlattr *const *attrs, struct nlmsghdr *header,
			 void *data)
{
	genl_each(header, ZVMO_A_PAGE_MAP_RUN, take_run, data);
}

void page_map_read(uint64_t id, uint64_t offset, uint64_t length,
		   void (*run)(const struct page_run *run, void *data),
		   void *data)
{
	struct nl_msg *msg = genl_new(ZVMO_CMD_PAGE_MAP_GET, NLM_F_DUMP);
	struct walk walk = { .run = run, .data = data };

	genl_put_u64(msg, ZVMO_A_PAGE_MAP_ID, id);
	genl_put_u64(msg, ZVMO_A_PAGE_MAP_OFFSET, offset);
	genl_put_u64(msg, ZVMO_A_PAGE_MAP_LENGTH, length);
	if (!genl_request(msg, "pages", take_message, &walk))
		warn_about("the VMO changes: the map may not be consistent");
	if (walk.now.length)
		run(&walk.now, data);
}
