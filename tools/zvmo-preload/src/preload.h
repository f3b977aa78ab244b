/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo-preload: what its files share
 *
 * The library stands between a program and the C library. It may be called
 * before that has begun, and inside malloc(): it allocates no memory and asks
 * the kernel itself.
 */
#ifndef _ZVMO_PRELOAD_H
#define _ZVMO_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PRELOAD_EXPORT __attribute__((visibility("default")))

/**
 * struct preload_config - What to redirect, from the environment.
 * @memfd: memfd_create().
 * @seals: Also one that may be sealed.
 * @shm: shm_open() and shm_unlink().
 * @strict: Fail where a VMO cannot stand in, rather than fall back.
 * @shared: Anonymous shared mappings from this size on; 0: none.
 * @private: Anonymous private mappings, likewise, as private ones of a VMO.
 * @arena: Anonymous private mappings, likewise, in the arena; before @private.
 * @log: File to which to append what was redirected, or NULL.
 */
struct preload_config {
	bool memfd;
	bool seals;
	bool shm;
	bool strict;
	size_t shared;
	size_t private;
	size_t arena;
	const char *log;
};

/**
 * preload_config() - The configuration, read when first asked for.
 *
 * Return: it; the same for as long as the process lives.
 */
const struct preload_config *preload_config(void);

/**
 * preload_log() - Append a line to the log, if there is one.
 * @what: What was done, or NULL for nothing.
 * @detail: More of it.
 *
 * Keeps errno.
 */
void preload_log(const char *what, const char *detail);

/**
 * preload_say_and_die() - End the process where going on would corrupt memory.
 * @message: Why.
 */
_Noreturn void preload_say_and_die(const char *message);

/**
 * preload_mmap() - mmap(2), from the kernel.
 * @addr: As for mmap(), as are the others.
 * @length: In bytes.
 * @prot: PROT_*.
 * @flags: MAP_*.
 * @fd: Descriptor.
 * @offset: In bytes.
 *
 * Return: the address; or MAP_FAILED and errno.
 */
void *preload_mmap(void *addr, size_t length, int prot, int flags, int fd,
		   off_t offset);

/**
 * preload_page_up() - Round up to pages.
 * @size: In bytes.
 *
 * Return: the next multiple; 0 if there is none.
 */
size_t preload_page_up(size_t size);

/**
 * arena_map() - Map fresh zeros of the arena.
 * @addr: Address asked for; looked at only with MAP_FIXED.
 * @length: In bytes, not 0.
 * @prot: PROT_*.
 * @flags: MAP_*, of an anonymous private mapping.
 *
 * Return: the address; or MAP_FAILED and errno if the arena cannot do that.
 */
void *arena_map(void *addr, size_t length, int prot, int flags);

/**
 * arena_overlaps() - Is any of a range in the arena?
 * @addr: Its start.
 * @length: Its length in bytes.
 */
bool arena_overlaps(const void *addr, size_t length);

/**
 * arena_unmap() - Give up what a range has of the arena, and unmap the rest.
 * @addr: Its start, page aligned.
 * @length: Its length in bytes.
 *
 * Return: 0; or -1 and errno, as munmap().
 */
int arena_unmap(void *addr, size_t length);

/**
 * arena_zero() - Make a range in the arena read zero, and free its memory.
 * @addr: Its start, page aligned.
 * @length: Its length in bytes.
 *
 * Return: 0; or -1 and errno. -1 and EINVAL if it is not wholly in the arena.
 */
int arena_zero(void *addr, size_t length);

/**
 * arena_read() - Read what the arena has, however it is mapped.
 * @addr: Its start.
 * @to: Where to.
 * @length: In bytes.
 *
 * Return: 0; or -1 and errno. -1 and EINVAL if it is not wholly in the arena.
 */
int arena_read(const void *addr, void *to, size_t length);

#endif /* _ZVMO_PRELOAD_H */
