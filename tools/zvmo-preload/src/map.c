// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-preload: anonymous mappings
 *
 * Shared: each is a mapping of a VMO of its own, which lives as long as a mapping
 * of it. Private: as a private mapping of such, so that memory written is the
 * kernel's; or in the arena, where it is the VMO's.
 *
 * The calls that change mappings do as they always did unless the arena is
 * concerned.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <zvmo.h>

#include "preload.h"

/* What a mapping of a VMO cannot be. */
#define FLAGS_REFUSED (MAP_HUGETLB | MAP_GROWSDOWN | MAP_STACK)

static bool big_enough(size_t length, size_t from)
{
	return from && length >= from;
}

/*
 * Map a new VMO. It is larger than the mapping: mremap() may make that longer.
 * MAP_FAILED and errno if it cannot be.
 */
static void *map_vmo(void *addr, size_t length, int prot, int flags)
{
	int fd = zvmo_create(length, ZVMO_UNBOUNDED);
	void *map;

	if (fd < 0) {
		errno = -fd;
		return MAP_FAILED;
	}
	map = preload_mmap(addr, length, prot, flags & ~MAP_ANONYMOUS, fd, 0);
	close(fd);
	return map;
}

/* Returns MAP_FAILED, and in @what what it should have been. */
static void *redirect(void *addr, size_t length, int prot, int flags,
		      const char **what)
{
	const struct preload_config *config = preload_config();

	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if (!big_enough(length, config->shared))
			break;
		*what = "shared";
		return map_vmo(addr, length, prot, flags);
	case MAP_PRIVATE:
		if (big_enough(length, config->arena)) {
			*what = "arena";
			return arena_map(addr, length, prot, flags);
		}
		if (big_enough(length, config->private)) {
			*what = "private";
			return map_vmo(addr, length, prot, flags);
		}
	}
	return MAP_FAILED;
}

static void log_mapping(const char *what, void *map, size_t length)
{
	char detail[64];

	if (!what || !preload_config()->log)
		return;
	snprintf(detail, sizeof(detail), "%s %zu %p", what, length, map);
	preload_log(map == MAP_FAILED ? "fallback map" : "map", detail);
}

PRELOAD_EXPORT void *mmap64(void *addr, size_t length, int prot, int flags,
			    int fd, off_t offset)
{
	const char *what = NULL;
	void *map = MAP_FAILED;
	int saved = errno;

	if ((flags & MAP_FIXED) && arena_overlaps(addr, length)) {
		if ((flags & MAP_ANONYMOUS) &&
		    (flags & MAP_TYPE) == MAP_PRIVATE)
			map = arena_map(addr, length, prot, flags);
		if (map != MAP_FAILED)
			return map;
		/* What lies there is given up, not only mapped over. */
		if (arena_unmap(addr, length))
			return MAP_FAILED;
		return preload_mmap(addr, length, prot, flags, fd, offset);
	}
	if (!(flags & MAP_ANONYMOUS) || (flags & FLAGS_REFUSED) ||
	    (prot & PROT_EXEC))
		return preload_mmap(addr, length, prot, flags, fd, offset);
	map = redirect(addr, length, prot, flags, &what);
	log_mapping(what, map, length);
	if (map != MAP_FAILED || (what && preload_config()->strict))
		return map;
	errno = saved;
	return preload_mmap(addr, length, prot, flags, fd, offset);
}

PRELOAD_EXPORT void *mmap(void *addr, size_t length, int prot, int flags,
			  int fd, off_t offset)
{
	return mmap64(addr, length, prot, flags, fd, offset);
}

PRELOAD_EXPORT int munmap(void *addr, size_t length)
{
	if (arena_overlaps(addr, length))
		return arena_unmap(addr, length);
	return (int)syscall(SYS_munmap, addr, length);
}

PRELOAD_EXPORT int madvise(void *addr, size_t length, int advice)
{
	if (!arena_overlaps(addr, length))
		return (int)syscall(SYS_madvise, addr, length, advice);
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_FREE:
		/* Of private anonymous memory both free it. */
		return arena_zero(addr, length);
	default:
		return (int)syscall(SYS_madvise, addr, length, advice);
	}
}

/*
 * No VMO of ours may be executed: what is to be, becomes ordinary memory where it
 * is. Returns false if that failed.
 */
static bool leave_arena(void *addr, size_t length)
{
	void *copy = preload_mmap(NULL, length, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return false;
	if (arena_read(addr, copy, length) || arena_unmap(addr, length) ||
	    (void *)syscall(SYS_mremap, copy, length, length,
			    MREMAP_MAYMOVE | MREMAP_FIXED,
			    addr) == MAP_FAILED) {
		syscall(SYS_munmap, copy, length);
		return false;
	}
	return true;
}

PRELOAD_EXPORT int mprotect(void *addr, size_t length, int prot)
{
	/* If it fails, so will the call, with a better reason. */
	if ((prot & PROT_EXEC) && arena_overlaps(addr, length))
		leave_arena(addr, preload_page_up(length));
	return (int)syscall(SYS_mprotect, addr, length, prot);
}

/* Move, by copying, to a place in the arena, or to @to. */
static void *move_from_arena(void *old, size_t old_size, void *to,
			     size_t new_size, bool fixed)
{
	void *new = mmap64(
		to, new_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | (fixed ? MAP_FIXED : 0), -1, 0);

	if (new == MAP_FAILED)
		return MAP_FAILED;
	if (arena_read(old, new, old_size < new_size ? old_size : new_size)) {
		munmap(new, new_size);
		return MAP_FAILED;
	}
	arena_unmap(old, old_size);
	return new;
}

static bool ranges_overlap(const char *a, size_t a_size, const char *b,
			   size_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* Of memory that the arena has, wholly. */
static void *mremap_arena(void *old, size_t old_size, void *to, size_t new_size,
			  int flags)
{
	bool fixed = flags & MREMAP_FIXED;

	old_size = preload_page_up(old_size);
	new_size = preload_page_up(new_size);
	if (!old_size || !new_size ||
	    flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED) ||
	    (fixed && (!(flags & MREMAP_MAYMOVE) ||
		       ranges_overlap(old, old_size, to, new_size)))) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	if (fixed)
		return move_from_arena(old, old_size, to, new_size, true);
	if (new_size > old_size && !(flags & MREMAP_MAYMOVE)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	if (new_size > old_size)
		return move_from_arena(old, old_size, NULL, new_size, false);
	if (new_size < old_size &&
	    arena_unmap((char *)old + new_size, old_size - new_size))
		return MAP_FAILED;
	return old;
}

PRELOAD_EXPORT void *mremap(void *old, size_t old_size, size_t new_size,
			    int flags, ...)
{
	void *new = NULL;
	va_list arguments;

	va_start(arguments, flags);
	if (flags & MREMAP_FIXED)
		new = va_arg(arguments, void *);
	va_end(arguments);
	if (arena_overlaps(old, old_size ?: 1))
		return mremap_arena(old, old_size, new, new_size, flags);
	/* What lies there is given up, not only mapped over. */
	if ((flags & MREMAP_FIXED) && arena_overlaps(new, new_size))
		arena_unmap(new, new_size);
	return (void *)syscall(SYS_mremap, old, old_size, new_size, flags, new);
}
