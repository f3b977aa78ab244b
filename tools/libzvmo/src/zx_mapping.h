/* SPDX-License-Identifier: GPL-2.0-only */
/* libzvmo: the registry of what zx_vmar_map() has mapped */
#ifndef _LIBZVMO_ZX_MAPPING_H
#define _LIBZVMO_ZX_MAPPING_H

#include "zx.h"

/**
 * struct zvmo_zx_source - What mappings map: a VMO, through certain rights.
 * @fd: A descriptor of it, the registry's own.
 * @rights: Rights of @fd.
 * @koid: The VMO's koid.
 * @uses: Mappings that refer to it, and calls that use it now.
 * @next: Another one.
 */
struct zvmo_zx_source {
	int fd;
	zx_rights_t rights;
	zx_koid_t koid;
	size_t uses;
	struct zvmo_zx_source *next;
};

/**
 * struct zvmo_zx_mapping - Mapped addresses.
 * @start: First address.
 * @end: First address behind.
 * @offset: Offset in the VMO of @start.
 * @source: The VMO.
 */
struct zvmo_zx_mapping {
	zx_vaddr_t start;
	zx_vaddr_t end;
	uint64_t offset;
	struct zvmo_zx_source *source;
};

/**
 * zvmo_zx_mappings_lock() - Exclude others from registry and address space.
 *
 * To be held from before the address space changes until the registry has. The
 * functions below need it, unless they say otherwise.
 */
void zvmo_zx_mappings_lock(void);

/** zvmo_zx_mappings_unlock() - Let others in. */
void zvmo_zx_mappings_unlock(void);

/**
 * zvmo_zx_mappings_reserve() - Make sure that one removal and one addition work.
 *
 * Return: 0 or -ENOMEM.
 */
int zvmo_zx_mappings_reserve(void);

/**
 * zvmo_zx_mappings_remove() - Forget what is mapped in a range.
 * @start: First address.
 * @end: First address behind.
 *
 * What straddles an end is cut; what straddles both is split, for which
 * zvmo_zx_mappings_reserve() made room.
 */
void zvmo_zx_mappings_remove(zx_vaddr_t start, zx_vaddr_t end);

/**
 * zvmo_zx_mappings_add() - Remember a mapping.
 * @mapping: It; nothing else is in its range, and zvmo_zx_mappings_reserve() made
 *	room. A use of its source becomes the registry's.
 */
void zvmo_zx_mappings_add(const struct zvmo_zx_mapping *mapping);

/**
 * zvmo_zx_mappings_find() - Find the mapping of an address.
 * @address: The address.
 *
 * Return: the mapping, valid until the registry changes; or NULL.
 */
const struct zvmo_zx_mapping *zvmo_zx_mappings_find(zx_vaddr_t address);

/**
 * zvmo_zx_source_get() - Get, or make, the source for a descriptor.
 * @fd: The caller's descriptor.
 * @info: What it is.
 * @source: out: the source, with a use for the caller.
 *
 * Return: 0; -ENOMEM, -EMFILE, -EBADF.
 */
int zvmo_zx_source_get(int fd, const struct zvmo_info *info,
		       struct zvmo_zx_source **source);

/**
 * zvmo_zx_source_put() - Give a use back.
 * @source: The source.
 */
void zvmo_zx_source_put(struct zvmo_zx_source *source);

#endif /* _LIBZVMO_ZX_MAPPING_H */
