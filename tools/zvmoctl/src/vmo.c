// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: VMOs as the netlink family tells of them
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "output.h"
#include "status.h"
#include "vmo.h"
#include "words.h"

/* How often a list that changes while it is read is read anew. */
#define ATTEMPTS 5

void vmo_from_attrs(struct vmo *vmo, struct nlattr *const *attrs)
{
	memset(vmo, 0, sizeof(*vmo));
	if (attrs[ZVMO_A_VMO_NAME])
		nla_strlcpy(vmo->name, attrs[ZVMO_A_VMO_NAME],
			    sizeof(vmo->name));
	vmo->id = genl_u64(attrs[ZVMO_A_VMO_ID]);
	vmo->kind = genl_u32(attrs[ZVMO_A_VMO_KIND]);
	vmo->flags = genl_u32(attrs[ZVMO_A_VMO_FLAGS]);
	vmo->size = genl_u64(attrs[ZVMO_A_VMO_SIZE]);
	vmo->stream_size = genl_u64(attrs[ZVMO_A_VMO_STREAM_SIZE]);
	vmo->parent = genl_u64(attrs[ZVMO_A_VMO_PARENT]);
	vmo->family = genl_u64(attrs[ZVMO_A_VMO_FAMILY]);
	vmo->children = genl_u64(attrs[ZVMO_A_VMO_CHILDREN]);
	vmo->mappings = genl_u64(attrs[ZVMO_A_VMO_MAPPINGS]);
	vmo->share_count = genl_u64(attrs[ZVMO_A_VMO_SHARE_COUNT]);
	vmo->handle_count = genl_u64(attrs[ZVMO_A_VMO_HANDLE_COUNT]);
	vmo->lock_count = genl_u64(attrs[ZVMO_A_VMO_LOCK_COUNT]);
	vmo->has_locks = attrs[ZVMO_A_VMO_LOCK_COUNT];
	vmo->cache_policy = genl_u32(attrs[ZVMO_A_VMO_CACHE_POLICY]);
	vmo->owner_uid = genl_u32(attrs[ZVMO_A_VMO_OWNER_UID]);
	vmo->owner_pid = genl_u32(attrs[ZVMO_A_VMO_OWNER_PID]);
	vmo->committed_bytes = genl_u64(attrs[ZVMO_A_VMO_COMMITTED_BYTES]);
	vmo->private_bytes = genl_u64(attrs[ZVMO_A_VMO_PRIVATE_BYTES]);
	vmo->scaled_bytes = genl_u64(attrs[ZVMO_A_VMO_SCALED_BYTES]);
	vmo->metadata_bytes = genl_u64(attrs[ZVMO_A_VMO_METADATA_BYTES]);
	vmo->cgroup = genl_u64(attrs[ZVMO_A_VMO_CGROUP]);
	vmo->has_details = attrs[ZVMO_A_VMO_PRIVATE_BYTES];
}

static void append(struct nlattr *const *attrs, struct nlmsghdr *header,
		   void *data)
{
	struct vmo_list *list = data;

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->vmos = reallocarray(list->vmos, list->room,
					  sizeof(*list->vmos));
		if (!list->vmos)
			fail(ENOMEM, "list");
	}
	vmo_from_attrs(&list->vmos[list->count++], attrs);
}

static bool read_once(struct vmo_list *list, const struct vmo_filter *filter)
{
	struct nl_msg *msg = genl_new(ZVMO_CMD_VMO_GET, NLM_F_DUMP);

	if (filter->by_parent)
		genl_put_u64(msg, ZVMO_A_VMO_PARENT, filter->parent);
	if (filter->by_family)
		genl_put_u64(msg, ZVMO_A_VMO_FAMILY, filter->family);
	if (filter->by_uid)
		genl_put_u32(msg, ZVMO_A_VMO_OWNER_UID, filter->uid);
	if (filter->prefix)
		genl_put_string(msg, ZVMO_A_VMO_NAME_PREFIX, filter->prefix);
	if (filter->details)
		genl_put_flag(msg, ZVMO_A_VMO_DETAILS);
	list->count = 0;
	return genl_request(msg, "VMOs", append, list);
}

void vmo_list_read(struct vmo_list *list, const struct vmo_filter *filter)
{
	unsigned int i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < ATTEMPTS; i++)
		if (read_once(list, filter))
			return;
	warn_about("VMOs come and go: the list may not be consistent");
}

void vmo_list_free(struct vmo_list *list)
{
	free(list->vmos);
	memset(list, 0, sizeof(*list));
}

struct vmo *vmo_list_find(const struct vmo_list *list, uint64_t id)
{
	size_t first = 0, end = list->count, middle;

	while (first < end) {
		middle = first + (end - first) / 2;
		if (list->vmos[middle].id == id)
			return &list->vmos[middle];
		if (list->vmos[middle].id < id)
			first = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

static void take_one(struct nlattr *const *attrs, struct nlmsghdr *header,
		     void *data)
{
	vmo_from_attrs(data, attrs);
}

void vmo_read(struct vmo *vmo, const char *object)
{
	uint64_t id = object_id(object);
	struct nl_msg *msg = genl_new(ZVMO_CMD_VMO_GET, 0);

	genl_put_u64(msg, ZVMO_A_VMO_ID, id);
	genl_put_flag(msg, ZVMO_A_VMO_DETAILS);
	memset(vmo, 0, sizeof(*vmo));
	genl_request(msg, object, take_one, vmo);
}

void vmo_output(const struct vmo *vmo)
{
	output_number("id", vmo->id);
	output_string("name", vmo->name);
	output_string("kind", words_of(words_kinds, vmo->kind));
	output_flags("flags", vmo->flags, words_flags);
	output_size("size", vmo->size);
	output_size("stream-size", vmo->stream_size);
	output_number("parent", vmo->parent);
	output_number("family", vmo->family);
	output_number("children", vmo->children);
	output_number("mappings", vmo->mappings);
	output_number("share-count", vmo->share_count);
	output_number("handle-count", vmo->handle_count);
	if (vmo->has_locks)
		output_number("lock-count", vmo->lock_count);
	output_string("cache-policy",
		      words_of(words_cache_policies, vmo->cache_policy));
	output_number("owner-uid", vmo->owner_uid);
	output_number("owner-pid", vmo->owner_pid);
	output_size("committed-bytes", vmo->committed_bytes);
	if (!vmo->has_details)
		return;
	output_size("private-bytes", vmo->private_bytes);
	output_size("scaled-bytes", vmo->scaled_bytes);
	output_size("metadata-bytes", vmo->metadata_bytes);
	if (vmo->cgroup)
		output_number("cgroup", vmo->cgroup);
}
