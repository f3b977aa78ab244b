// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-preload: the arena
 *
 * One VMO for all private anonymous memory that is redirected to it, mapped
 * shared: what is written is the VMO's. A region of addresses is set aside for
 * it, as large as the VMO; the byte at an offset is mapped at that offset in the
 * region or nowhere. Places are taken one after the other and used once, except
 * by MAP_FIXED.
 *
 * fork() must give the child memory of its own. Right before, a snapshot is taken
 * of the arena; the child maps that where the arena was mapped, and has it for its
 * arena from then on. The handlers are registered before any memory of the arena
 * is handed out, so the child's comes before those of an allocator in it.
 *
 * The descriptor is put high, where programs that close what they did not open
 * seldom look; and it is checked to be the arena's whenever it is used.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <zvmo.h>

#include "preload.h"

#define FD_AT_LEAST 500
#define REGION_MAX (1UL << 44)
#define REGION_MIN (1UL << 32)

/* The region is somewhere else. */
#ifdef MAP_32BIT
#define FLAGS_REFUSED MAP_32BIT
#else
#define FLAGS_REFUSED 0
#endif

static struct {
	uintptr_t start; /* of the region; 0: there is none */
	size_t size;
	int fd;
	dev_t device; /* of the VMO that the descriptor must be */
	ino_t inode;
	int snapshot; /* while a fork() is in progress */
} arena;

static _Atomic size_t arena_next; /* offset of what was not yet handed out */
static pthread_once_t arena_once = PTHREAD_ONCE_INIT;

static bool remember_fd(int fd)
{
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat))
		return false;
	arena.fd = fd;
	arena.device = stat.st_dev;
	arena.inode = stat.st_ino;
	return true;
}

static bool fd_is_ours(void)
{
	struct stat stat;

	return !fstat(arena.fd, &stat) && stat.st_dev == arena.device &&
	       stat.st_ino == arena.inode;
}

/* Nothing is mapped there, and nothing else will be. */
static void *reserve(uintptr_t start, size_t size, int flags)
{
	return preload_mmap((void *)start, size, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags,
			    -1, 0);
}

static void before_fork(void)
{
	arena.snapshot = -EBADF;
	if (fd_is_ours())
		arena.snapshot = zvmo_snapshot_range(arena.fd, 0, arena.size);
}

static void after_fork_in_parent(void)
{
	if (arena.snapshot >= 0)
		close(arena.snapshot);
}

/* One line of /proc/self/maps: if it maps the arena, map the snapshot instead. */
static void remap_line(const char *line)
{
	unsigned long start, end, offset, inode;
	unsigned int major, minor;
	int prot = 0;
	char perms[5];

	if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu", &start, &end, perms,
		   &offset, &major, &minor, &inode) != 7 ||
	    inode != arena.inode || makedev(major, minor) != arena.device ||
	    perms[3] != 's')
		return;
	prot |= perms[0] == 'r' ? PROT_READ : 0;
	prot |= perms[1] == 'w' ? PROT_WRITE : 0;
	if (preload_mmap((void *)start, end - start, prot,
			 MAP_SHARED | MAP_FIXED, arena.snapshot,
			 (off_t)offset) == MAP_FAILED)
		preload_say_and_die("cannot map the arena after fork()");
}

/* Call @take for each line of a file; only the first 255 bytes of each. */
static void for_each_line(int fd, void (*take)(const char *line))
{
	char buffer[4096], line[256];
	size_t length = 0;
	ssize_t got, i;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		for (i = 0; i < got; i++) {
			if (buffer[i] != '\n') {
				if (length < sizeof(line) - 1)
					line[length++] = buffer[i];
				continue;
			}
			line[length] = '\0';
			take(line);
			length = 0;
		}
	}
}

static void after_fork_in_child(void)
{
	int maps;

	if (arena.snapshot < 0)
		preload_say_and_die(
			"fork(): no snapshot of the arena; was its descriptor closed?");
	maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	if (maps < 0)
		preload_say_and_die("fork(): cannot read /proc/self/maps");
	for_each_line(maps, remap_line);
	close(maps);
	if (dup3(arena.snapshot, arena.fd, O_CLOEXEC) < 0 ||
	    !remember_fd(arena.fd))
		preload_say_and_die("fork(): cannot keep the snapshot");
	close(arena.snapshot);
}

static bool register_handlers(void)
{
	return !pthread_atfork(before_fork, after_fork_in_parent,
			       after_fork_in_child);
}

/* As large a region as the address space has room for. */
static void make_arena(void)
{
	size_t size = REGION_MAX;
	void *region;
	int low, fd;

	while ((region = reserve(0, size, 0)) == MAP_FAILED)
		if ((size /= 2) < REGION_MIN)
			return;
	low = zvmo_create(size, 0);
	fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FD_AT_LEAST);
	if (fd >= 0)
		close(low);
	else
		fd = low;
	if (remember_fd(fd) && register_handlers()) {
		zvmo_set_name(fd, "arena");
		arena.size = size;
		arena.start = (uintptr_t)region;
		return;
	}
	syscall(SYS_munmap, region, size);
	if (fd >= 0)
		close(fd);
}

bool arena_overlaps(const void *addr, size_t length)
{
	uintptr_t start = (uintptr_t)addr;

	return arena.start && length && start < arena.start + arena.size &&
	       (start >= arena.start || length > arena.start - start);
}

static bool is_inside(const void *addr, size_t length)
{
	uintptr_t start = (uintptr_t)addr;

	return arena.start && start >= arena.start &&
	       start - arena.start <= arena.size &&
	       length <= arena.size - (start - arena.start);
}

static bool is_aligned(uintptr_t start)
{
	return start == preload_page_up(start);
}

static int punch(uintptr_t start, size_t length)
{
	if (!fd_is_ours()) {
		errno = EBADF;
		return -1;
	}
	return fallocate(arena.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			 (off_t)(start - arena.start), (off_t)length);
}

int arena_zero(void *addr, size_t length)
{
	length = preload_page_up(length);
	if (!is_inside(addr, length) || !is_aligned((uintptr_t)addr)) {
		errno = EINVAL;
		return -1;
	}
	return length ? punch((uintptr_t)addr, length) : 0;
}

int arena_read(const void *addr, void *to, size_t length)
{
	size_t done = 0;
	ssize_t got;

	if (!is_inside(addr, length)) {
		errno = EINVAL;
		return -1;
	}
	if (!fd_is_ours()) {
		errno = EBADF;
		return -1;
	}
	while (done < length) {
		got = pread(arena.fd, (char *)to + done, length - done,
			    (off_t)((uintptr_t)addr - arena.start + done));
		if (got <= 0)
			return -1;
		done += (size_t)got;
	}
	return 0;
}

/* Where to map @length more bytes; 0 if there is no room. */
static uintptr_t take_place(size_t length)
{
	size_t place = atomic_load(&arena_next);

	do {
		if (length > arena.size - place)
			return 0;
	} while (!atomic_compare_exchange_weak(&arena_next, &place,
					       place + length));
	return arena.start + place;
}

void *arena_map(void *addr, size_t length, int prot, int flags)
{
	uintptr_t start;

	pthread_once(&arena_once, make_arena);
	length = preload_page_up(length);
	errno = ENOMEM;
	if (!arena.start || !length || (prot & PROT_EXEC) ||
	    (flags & FLAGS_REFUSED) || !fd_is_ours())
		return MAP_FAILED;
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		if (!(flags & MAP_FIXED) || !is_inside(addr, length) ||
		    arena_zero(addr, length))
			return MAP_FAILED;
		start = (uintptr_t)addr;
	} else {
		start = take_place(length);
		if (!start)
			return MAP_FAILED;
	}
	flags &= ~(MAP_TYPE | MAP_ANONYMOUS);
	return preload_mmap((void *)start, length, prot,
			    flags | MAP_SHARED | MAP_FIXED, arena.fd,
			    (off_t)(start - arena.start));
}

static uintptr_t max_of(uintptr_t a, uintptr_t b)
{
	return a > b ? a : b;
}

static uintptr_t min_of(uintptr_t a, uintptr_t b)
{
	return a < b ? a : b;
}

int arena_unmap(void *addr, size_t length)
{
	uintptr_t start = (uintptr_t)addr;
	uintptr_t end = start + preload_page_up(length);
	uintptr_t first = max_of(start, arena.start);
	uintptr_t last = min_of(end, arena.start + arena.size);

	if (!is_aligned(start)) {
		errno = EINVAL;
		return -1;
	}
	if (reserve(first, last - first, MAP_FIXED) == MAP_FAILED)
		return -1;
	/* It is unmapped; that its memory stays is no reason to fail. */
	(void)punch(first, last - first);
	if (start < first && syscall(SYS_munmap, start, first - start))
		return -1;
	return end > last ? (int)syscall(SYS_munmap, last, end - last) : 0;
}
