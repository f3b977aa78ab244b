// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: what an object tells about itself, and its properties
 */
#include <string.h>

#include "zx.h"

#define LENGTH(type, member) \
	(offsetof(type, member) + sizeof(((type *)0)->member))

_Static_assert(offsetof(zx_info_vmo_t, name) == 8, "layout");
_Static_assert(offsetof(zx_info_vmo_t, size_bytes) == 40, "layout");
_Static_assert(offsetof(zx_info_vmo_t, parent_koid) == 48, "layout");
_Static_assert(offsetof(zx_info_vmo_t, num_children) == 56, "layout");
_Static_assert(offsetof(zx_info_vmo_t, num_mappings) == 64, "layout");
_Static_assert(offsetof(zx_info_vmo_t, share_count) == 72, "layout");
_Static_assert(offsetof(zx_info_vmo_t, flags) == 80, "layout");
_Static_assert(offsetof(zx_info_vmo_t, padding1) == 84, "layout");
_Static_assert(offsetof(zx_info_vmo_t, committed_bytes) == 88, "layout");
_Static_assert(offsetof(zx_info_vmo_t, handle_rights) == 96, "layout");
_Static_assert(offsetof(zx_info_vmo_t, cache_policy) == 100, "layout");
_Static_assert(offsetof(zx_info_vmo_t, metadata_bytes) == 104, "layout");
_Static_assert(offsetof(zx_info_vmo_t, committed_change_events) == 112,
	       "layout");
_Static_assert(offsetof(zx_info_vmo_t, populated_bytes) == 120, "layout");
_Static_assert(offsetof(zx_info_vmo_t, committed_private_bytes) == 128,
	       "layout");
_Static_assert(offsetof(zx_info_vmo_t, populated_private_bytes) == 136,
	       "layout");
_Static_assert(offsetof(zx_info_vmo_t, committed_scaled_bytes) == 144,
	       "layout");
_Static_assert(offsetof(zx_info_vmo_t, populated_scaled_bytes) == 152,
	       "layout");
_Static_assert(offsetof(zx_info_vmo_t, committed_fractional_scaled_bytes) ==
		       160,
	       "layout");
_Static_assert(offsetof(zx_info_vmo_t, populated_fractional_scaled_bytes) ==
		       168,
	       "layout");
_Static_assert(sizeof(zx_info_vmo_t) == 176, "layout");
_Static_assert(sizeof(zx_info_handle_basic_t) == 32, "layout");
_Static_assert(sizeof(zx_info_handle_count_t) == 4, "layout");
_Static_assert(sizeof(zx_vmo_lock_state_t) == sizeof(struct zvmo_lock_state),
	       "layout");

/* How much of the record each version of ZX_INFO_VMO has. */
static const size_t vmo_length[] = {
	LENGTH(zx_info_vmo_t, cache_policy),
	LENGTH(zx_info_vmo_t, committed_change_events),
	LENGTH(zx_info_vmo_t, populated_bytes),
	sizeof(zx_info_vmo_t),
};

/* Every record that there is. */
union record {
	zx_info_vmo_t vmo;
	zx_info_handle_basic_t basic;
	zx_info_handle_count_t count;
};

/* All of it takes the module longer than what zvmo_zx_info() asks for. */
static zx_status_t full_info(zx_handle_t handle, struct zvmo_info *info)
{
	int fd = zvmo_zx_fd(handle);

	if (fd >= 0)
		fd = zvmo_get_info(fd, info, sizeof(*info));
	return zvmo_zx_status(fd, NULL);
}

static zx_status_t fill_vmo(zx_handle_t handle, zx_info_vmo_t *vmo)
{
	struct zvmo_info info;
	zx_status_t status = full_info(handle, &info);

	if (status != ZX_OK)
		return status;
	vmo->koid = info.koid;
	memcpy(vmo->name, info.name, sizeof(vmo->name));
	vmo->size_bytes = info.size;
	vmo->parent_koid = info.parent_koid;
	vmo->num_children = info.num_children;
	vmo->num_mappings = info.num_mappings;
	vmo->share_count = info.share_count;
	vmo->flags = info.flags;
	vmo->committed_bytes = info.committed_bytes;
	vmo->handle_rights = info.rights;
	vmo->cache_policy = info.cache_policy;
	vmo->metadata_bytes = info.metadata_bytes;
	vmo->committed_change_events = info.committed_change_events;
	vmo->populated_bytes = info.populated_bytes;
	vmo->committed_private_bytes = info.committed_private_bytes;
	vmo->populated_private_bytes = info.populated_private_bytes;
	vmo->committed_scaled_bytes = info.committed_scaled_bytes;
	vmo->populated_scaled_bytes = info.populated_scaled_bytes;
	vmo->committed_fractional_scaled_bytes =
		info.committed_fractional_scaled_bytes;
	vmo->populated_fractional_scaled_bytes =
		info.populated_fractional_scaled_bytes;
	return ZX_OK;
}

static zx_status_t fill_basic(zx_handle_t handle, zx_info_handle_basic_t *basic)
{
	struct zvmo_info info;
	zx_status_t status;

	if (handle == ZX_ROOT_VMAR) {
		basic->rights = ZX_DEFAULT_VMAR_RIGHTS;
		basic->type = ZX_OBJ_TYPE_VMAR;
		return ZX_OK;
	}
	status = zvmo_zx_info(handle, &info);
	if (status != ZX_OK)
		return status;
	basic->koid = info.koid;
	basic->rights = info.rights;
	basic->type = ZX_OBJ_TYPE_VMO;
	return ZX_OK;
}

static zx_status_t fill_count(zx_handle_t handle, zx_info_handle_count_t *count)
{
	struct zvmo_info info;
	zx_status_t status;

	if (handle == ZX_ROOT_VMAR) {
		count->handle_count = 1;
		return ZX_OK;
	}
	status = zvmo_zx_require(handle, ZX_RIGHT_INSPECT);
	if (status == ZX_OK)
		status = full_info(handle, &info);
	if (status == ZX_OK)
		count->handle_count = info.handle_count;
	return status;
}

/* Fills @record, and returns in @length how much of it there is. */
static zx_status_t fill(zx_handle_t handle, zx_object_info_topic_t topic,
			union record *record, size_t *length)
{
	switch (topic) {
	case ZX_INFO_HANDLE_BASIC:
		*length = sizeof(record->basic);
		return fill_basic(handle, &record->basic);
	case ZX_INFO_HANDLE_COUNT:
		*length = sizeof(record->count);
		return fill_count(handle, &record->count);
	case ZX_INFO_VMO_V1:
	case ZX_INFO_VMO_V2:
	case ZX_INFO_VMO_V3:
	case ZX_INFO_VMO_V4:
		*length = vmo_length[topic >> 28];
		return fill_vmo(handle, &record->vmo);
	}
	return ZX_ERR_NOT_SUPPORTED;
}

static void store_counts(size_t *actual, size_t *avail, size_t count)
{
	if (actual)
		*actual = count;
	if (avail)
		*avail = 1;
}

zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void *buffer,
			       size_t buffer_size, size_t *actual,
			       size_t *avail)
{
	union record record = { 0 };
	zx_status_t status;
	size_t length;

	status = fill(handle, topic, &record, &length);
	if (status != ZX_OK)
		return status;
	if (buffer_size < length) {
		store_counts(actual, avail, 0);
		return ZX_ERR_BUFFER_TOO_SMALL;
	}
	if (!buffer)
		return ZX_ERR_INVALID_ARGS;
	memcpy(buffer, &record, length);
	store_counts(actual, avail, 1);
	return ZX_OK;
}

static zx_status_t get_name(zx_handle_t handle, void *value, size_t size)
{
	struct zvmo_name name = { .argsz = sizeof(name) };
	int error;

	if (size < sizeof(name.name))
		return ZX_ERR_BUFFER_TOO_SMALL;
	error = zvmo_zx_ioctl(handle, ZVMO_IOC_GET_NAME, &name);
	if (!error)
		memcpy(value, name.name, sizeof(name.name));
	return zvmo_zx_status(error, NULL);
}

static zx_status_t get_content_size(zx_handle_t handle, void *value,
				    size_t size)
{
	uint64_t content_size;
	zx_status_t status;

	if (size < sizeof(content_size))
		return ZX_ERR_BUFFER_TOO_SMALL;
	status = zx_vmo_get_stream_size(handle, &content_size);
	if (status == ZX_OK)
		memcpy(value, &content_size, sizeof(content_size));
	return status;
}

zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property,
				   void *value, size_t value_size)
{
	zx_status_t status;

	if (!value)
		return ZX_ERR_INVALID_ARGS;
	/* What is no VMO has no property, but the buffer is looked at first. */
	status = zvmo_zx_require(handle, ZX_RIGHT_GET_PROPERTY);
	if (status != ZX_OK && status != ZX_ERR_WRONG_TYPE)
		return status;
	switch (property) {
	case ZX_PROP_NAME:
		return get_name(handle, value, value_size);
	case ZX_PROP_VMO_CONTENT_SIZE:
		return get_content_size(handle, value, value_size);
	}
	return ZX_ERR_NOT_SUPPORTED;
}

static zx_status_t set_name(zx_handle_t handle, const void *value, size_t size)
{
	struct zvmo_name name = { .argsz = sizeof(name) };

	if (size > sizeof(name.name) - 1)
		size = sizeof(name.name) - 1;
	memcpy(name.name, value, strnlen(value, size));
	return zvmo_zx_status(zvmo_zx_ioctl(handle, ZVMO_IOC_SET_NAME, &name),
			      NULL);
}

static zx_status_t set_content_size(zx_handle_t handle, const void *value,
				    size_t size)
{
	zx_status_t status = zvmo_zx_require(handle, ZX_RIGHT_WRITE);
	uint64_t content_size;

	if (status == ZX_ERR_ACCESS_DENIED)
		return status;
	if (size < sizeof(content_size))
		return ZX_ERR_BUFFER_TOO_SMALL;
	memcpy(&content_size, value, sizeof(content_size));
	return zx_vmo_set_stream_size(handle, content_size);
}

zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property,
				   const void *value, size_t value_size)
{
	zx_status_t status;

	if (!value)
		return ZX_ERR_INVALID_ARGS;
	status = zvmo_zx_require(handle, ZX_RIGHT_SET_PROPERTY);
	if (status != ZX_OK && status != ZX_ERR_WRONG_TYPE)
		return status;
	switch (property) {
	case ZX_PROP_NAME:
		return set_name(handle, value, value_size);
	case ZX_PROP_VMO_CONTENT_SIZE:
		return set_content_size(handle, value, value_size);
	}
	return ZX_ERR_NOT_SUPPORTED;
}
