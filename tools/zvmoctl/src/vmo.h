/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: VMOs as the netlink family tells of them
 */
#ifndef _ZVMOCTL_VMO_H
#define _ZVMOCTL_VMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "genl.h"

/**
 * struct vmo - What is known of a VMO; members as the specification has them.
 * @has_details: The members that take time are known.
 * @has_locks: It can be locked.
 */
struct vmo {
	uint64_t id;
	char name[ZVMO_NAME_MAX + 1];
	uint32_t kind;
	uint32_t flags;
	uint64_t size;
	uint64_t stream_size;
	uint64_t parent;
	uint64_t family;
	uint64_t children;
	uint64_t mappings;
	uint64_t share_count;
	uint64_t handle_count;
	uint64_t lock_count;
	uint32_t cache_policy;
	uint32_t owner_uid;
	uint32_t owner_pid;
	uint64_t committed_bytes;
	uint64_t private_bytes;
	uint64_t scaled_bytes;
	uint64_t metadata_bytes;
	uint64_t cgroup;
	bool has_details;
	bool has_locks;
};

/**
 * struct vmo_filter - Which VMOs a list is to have.
 * @by_parent: Only children of @parent.
 * @by_family: Only members of @family.
 * @by_uid: Only those that the user @uid created.
 * @prefix: Only those whose name begins with this; NULL: any.
 * @details: Ask for the members that take time.
 */
struct vmo_filter {
	bool by_parent;
	bool by_family;
	bool by_uid;
	uint64_t parent;
	uint64_t family;
	uint32_t uid;
	const char *prefix;
	bool details;
};

/**
 * struct vmo_list - Some VMOs, by ascending id.
 * @vmos: An array; vmo_list_free() frees it.
 * @count: How many.
 * @room: For how many there is room.
 */
struct vmo_list {
	struct vmo *vmos;
	size_t count;
	size_t room;
};

/**
 * vmo_from_attrs() - Make a VMO from the attributes of a message.
 * @vmo: out
 * @attrs: The attributes; what is missing becomes zero.
 */
void vmo_from_attrs(struct vmo *vmo, struct nlattr *const *attrs);

/**
 * vmo_list_read() - Read a list from the kernel.
 * @list: out: the list, consistent if that can be had.
 * @filter: Which VMOs.
 */
void vmo_list_read(struct vmo_list *list, const struct vmo_filter *filter);

/**
 * vmo_list_free() - Free what vmo_list_read() allocated.
 * @list: The list.
 */
void vmo_list_free(struct vmo_list *list);

/**
 * vmo_list_find() - Find a VMO by its id.
 * @list: The list, sorted as vmo_list_read() left it.
 * @id: The id.
 *
 * Return: the VMO or NULL.
 */
struct vmo *vmo_list_find(const struct vmo_list *list, uint64_t id);

/**
 * vmo_read() - Read one VMO from the kernel, with details.
 * @vmo: out
 * @object: What names it, or its id.
 *
 * Ends the program if there is none.
 */
void vmo_read(struct vmo *vmo, const char *object);

/**
 * vmo_output() - Say all that is known as values of the present record.
 * @vmo: The VMO.
 */
void vmo_output(const struct vmo *vmo);

#endif /* _ZVMOCTL_VMO_H */
