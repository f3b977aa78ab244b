// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: options by which commands choose VMOs of a list
 */
#include <string.h>

#include "filter.h"
#include "object.h"
#include "status.h"

const char *filter_family;
const char *filter_parent;
uint64_t filter_uid = UINT64_MAX;
const char *filter_name;

void filter_read(struct vmo_list *list, bool details)
{
	struct vmo_filter filter = { .prefix = filter_name,
				     .details = details };
	struct vmo vmo;

	if (filter_name && strlen(filter_name) > ZVMO_NAME_MAX)
		usage_error("--name: longer than a name can be");
	if (filter_family) {
		vmo_read(&vmo, filter_family);
		filter.by_family = true;
		filter.family = vmo.family;
	}
	if (filter_parent) {
		filter.by_parent = true;
		if (strcmp(filter_parent, "0"))
			filter.parent = object_id(filter_parent);
	}
	if (filter_uid != UINT64_MAX) {
		if (filter_uid > UINT32_MAX)
			usage_error("--uid: too large");
		filter.by_uid = true;
		filter.uid = (uint32_t)filter_uid;
	}
	vmo_list_read(list, &filter);
}
