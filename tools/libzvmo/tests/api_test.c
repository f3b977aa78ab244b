// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: test of what the library does between its caller and the kernel
 *
 * There is no module here. The linker routes the library's ioctl(), open(),
 * pread(), pwrite() and poll() to the functions below, which record what they were
 * given and answer as @fake says; a VMO is an ordinary descriptor, and its
 * memory is a memfd. What the module makes of the calls is for the selftests.
 *
 * Prints TAP; the exit status is 0 if every case passed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <zvmo.h>

#include "../../testing/tap.h"

#define DEVICE 1000 /* descriptor number that stands for /dev/zvmo */
#define VMO 1001 /* ... and for a VMO, where none is really used */

static struct {
	/* what to answer */
	int result;
	int error; /* if not 0, ioctl() fails with it */
	uint32_t rights; /* GET_INFO */
	uint64_t size; /* GET_INFO */
	int not_vmo; /* GET_INFO on this descriptor fails */
	size_t part; /* most that pread() and pwrite() move at once */
	bool interrupt; /* they fail with EINTR every other time */
	uint32_t diff_batch; /* ranges per DIFF */
	uint32_t diff_total;
	/* what was seen */
	int fd;
	unsigned long command;
	int ioctls;
	uint32_t info_size; /* what GET_INFO was to fill */
	unsigned int moves;
	union {
		struct zvmo_create create;
		struct zvmo_create_child child;
		struct zvmo_set_size set_size;
		struct zvmo_op_range op_range;
		struct zvmo_name name;
		struct zvmo_duplicate duplicate;
		struct zvmo_diff diff;
		struct zvmo_set_cache_policy cache_policy;
		struct zvmo_transfer transfer;
		struct zvmo_restore restore;
		struct zvmo_map_range map_range;
		struct zvmo_set_priority priority;
		struct zvmo_range_info range_info;
		struct zvmo_rw rw;
		struct zvmo_keep keep;
		struct zvmo_open_kept open_kept;
		struct zvmo_kept_info kept_info;
	} seen;
} fake;

static void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.rights = ZVMO_RIGHTS_DEFAULT;
	fake.not_vmo = -1;
	fake.part = SIZE_MAX;
}

/* One range of one page for each even page, in batches. */
static int fake_diff(struct zvmo_diff *diff)
{
	struct zvmo_diff_range *range = (void *)(uintptr_t)diff->ranges;
	uint32_t count = 0;

	while (diff->offset < diff->end && count < diff->capacity &&
	       count < fake.diff_batch) {
		range[count++] = (struct zvmo_diff_range){
			.offset = diff->offset,
			.length = 4096,
			.what = ZVMO_DIFF_CHANGED,
		};
		diff->offset += 8192;
	}
	if (diff->offset > diff->end)
		diff->offset = diff->end;
	return (int)count;
}

static int fake_info(int fd, struct zvmo_info *info)
{
	if (fd == fake.not_vmo) {
		errno = ENOTTY;
		return -1;
	}
	fake.info_size = info->argsz;
	info->argsz = ZVMO_INFO_SIZE_VER0;
	info->rights = fake.rights;
	info->size = fake.size;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long command, ...);
int __wrap_ioctl(int fd, unsigned long command, ...)
{
	va_list list;
	void *argument;

	va_start(list, command);
	argument = va_arg(list, void *);
	va_end(list);

	fake.ioctls++;
	fake.fd = fd;
	fake.command = command;
	if (fake.error) {
		errno = fake.error;
		return -1;
	}
	if (command == ZVMO_IOC_GET_INFO)
		return fake_info(fd, argument);
	/* Every structure tells its size. */
	if (argument)
		memcpy(&fake.seen, argument, *(uint32_t *)argument);
	if (command == ZVMO_IOC_DIFF)
		return fake_diff(argument);
	if (command == ZVMO_IOC_GET_NAME)
		strcpy(((struct zvmo_name *)argument)->name, "a name");
	return fake.result;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	if (strcmp(path, "/dev/zvmo") == 0) {
		if (!(flags & O_CLOEXEC))
			abort();
		path = "/dev/null";
	}
	return __real_open(path, flags);
}

int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags);
}

/* Whether to be interrupted now; else cuts @length. */
static bool fake_interrupt(size_t *length)
{
	if (fake.interrupt && fake.moves++ % 2) {
		errno = EINTR;
		return true;
	}
	if (*length > fake.part)
		*length = fake.part;
	return false;
}

ssize_t __real_pread64(int fd, void *buffer, size_t length, off_t offset);
ssize_t __wrap_pread64(int fd, void *buffer, size_t length, off_t offset);
ssize_t __wrap_pread64(int fd, void *buffer, size_t length, off_t offset)
{
	if (fake_interrupt(&length))
		return -1;
	return __real_pread64(fd, buffer, length, offset);
}

ssize_t __real_pwrite64(int fd, const void *buffer, size_t length,
			off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *buffer, size_t length,
			off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *buffer, size_t length, off_t offset)
{
	if (fake_interrupt(&length))
		return -1;
	return __real_pwrite64(fd, buffer, length, offset);
}

/* A readable pipe stands for a VMO without children. */
int __real_poll(struct pollfd *pollfd, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *pollfd, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *pollfd, nfds_t count, int timeout)
{
	int ready;

	if (count != 1 || pollfd->events != POLLPRI)
		abort();
	pollfd->events = POLLIN;
	ready = __real_poll(pollfd, count, timeout);
	if (ready > 0 && pollfd->revents == POLLIN)
		pollfd->revents = POLLPRI;
	return ready;
}

static int memory(const char *content, off_t size)
{
	int fd = need(memfd_create("fake", MFD_CLOEXEC));

	need(ftruncate(fd, size));
	need(pwrite(fd, content, strlen(content), 0));
	return fd;
}

static int open_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void structures_are_filled(void)
{
	fake.result = 42;
	EXPECT(zvmo_create_on(DEVICE, 5000, ZVMO_RESIZABLE), 42);
	CHECK(fake.fd == DEVICE && fake.command == ZVMO_IOC_CREATE);
	CHECK(fake.seen.create.argsz == sizeof(struct zvmo_create));
	CHECK(fake.seen.create.options == ZVMO_RESIZABLE);
	CHECK(fake.seen.create.size == 5000);

	EXPECT(zvmo_version(DEVICE), 42);
	CHECK(fake.fd == DEVICE && fake.command == ZVMO_IOC_VERSION);

	fake.result = 0;
	EXPECT(zvmo_set_size(VMO, 1), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_SET_SIZE);
	CHECK(fake.seen.set_size.argsz == sizeof(struct zvmo_set_size));
	CHECK(fake.seen.set_size.reserved == 0 && fake.seen.set_size.size == 1);
}

static void every_kind_of_child(void)
{
	struct zvmo_create_child *child = &fake.seen.child;
	int fd = memory("", 12345);

	fake.result = 42;
	EXPECT(zvmo_create_child(VMO, 3, 4096, 100), 42);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_CREATE_CHILD);
	CHECK(child->argsz == sizeof(*child) && child->options == 3);
	CHECK(child->offset == 4096 && child->size == 100);

	EXPECT(zvmo_snapshot_range(VMO, 4096, 100), 42);
	CHECK(child->options == ZVMO_CHILD_SNAPSHOT);
	CHECK(child->offset == 4096 && child->size == 100);

	EXPECT(zvmo_slice(VMO, 8192, 200), 42);
	CHECK(child->options == ZVMO_CHILD_SLICE);
	CHECK(child->offset == 8192 && child->size == 200);

	EXPECT(zvmo_reference(VMO), 42);
	CHECK(child->options == ZVMO_CHILD_REFERENCE);
	CHECK(child->offset == 0 && child->size == 0);

	/* The whole is what fstat() reports, the stream size. */
	EXPECT(zvmo_snapshot(fd), 42);
	CHECK(child->options == ZVMO_CHILD_SNAPSHOT);
	CHECK(child->offset == 0 && child->size == 12345);
	close(fd);
	EXPECT(zvmo_snapshot(fd), -EBADF);
}

static void every_range_operation(void)
{
	struct zvmo_op_range *range = &fake.seen.op_range;

	EXPECT(zvmo_commit(VMO, 1, 2), 0);
	CHECK(range->op == ZVMO_OP_COMMIT);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_OP_RANGE);
	CHECK(range->argsz == sizeof(*range));
	CHECK(range->offset == 1 && range->length == 2);
	EXPECT(zvmo_decommit(VMO, 3, 4), 0);
	CHECK(range->op == ZVMO_OP_DECOMMIT);
	CHECK(range->offset == 3 && range->length == 4);
	EXPECT(zvmo_zero(VMO, 5, 6), 0);
	CHECK(range->op == ZVMO_OP_ZERO);
	CHECK(range->offset == 5 && range->length == 6);
	EXPECT(zvmo_op_range(VMO, 99, 7, 8), 0);
	CHECK(range->op == 99);
	CHECK(range->offset == 7 && range->length == 8);
	CHECK(range->buffer == 0 && range->buffer_size == 0);
}

/* Each is one ioctl for the whole VMO. */
static void locks(void)
{
	struct zvmo_op_range *range = &fake.seen.op_range;
	struct zvmo_lock_state state;

	EXPECT(zvmo_lock(VMO, 8192, &state), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_OP_RANGE);
	CHECK(range->argsz == sizeof(*range) && range->op == ZVMO_OP_LOCK);
	CHECK(range->offset == 0 && range->length == 8192);
	CHECK(range->buffer == (uintptr_t)&state);
	CHECK(range->buffer_size == sizeof(state));
	EXPECT(zvmo_lock(VMO, 8192, NULL), 0);
	CHECK(range->buffer != 0 && range->buffer_size == sizeof(state));
	EXPECT(zvmo_try_lock(VMO, 4096), 0);
	CHECK(range->op == ZVMO_OP_TRY_LOCK);
	CHECK(range->offset == 0 && range->length == 4096);
	EXPECT(zvmo_unlock(VMO, 4096), 0);
	CHECK(range->op == ZVMO_OP_UNLOCK);
	CHECK(range->offset == 0 && range->length == 4096);
	EXPECT(fake.ioctls, 4);
}

static void content_moves(void)
{
	const struct zvmo_transfer *transfer = &fake.seen.transfer;
	const struct zvmo_restore *restore = &fake.seen.restore;

	EXPECT(zvmo_transfer(VMO, 4096, 8192, 77, 12288), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_TRANSFER);
	CHECK(transfer->argsz == sizeof(*transfer) && transfer->options == 0);
	CHECK(transfer->offset == 4096 && transfer->length == 8192);
	CHECK(transfer->source == 77 && transfer->source_offset == 12288);
	CHECK(transfer->reserved == 0);

	EXPECT(zvmo_restore_range(VMO, 77, 4096, 8192), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_RESTORE);
	CHECK(restore->argsz == sizeof(*restore) && restore->source == 77);
	CHECK(restore->offset == 4096 && restore->end == 12288);

	/* The whole is the size, and asking for it is cheap. */
	fake.size = 40960;
	EXPECT(zvmo_restore(VMO, 77), 0);
	CHECK(fake.info_size == ZVMO_INFO_SIZE_VER0);
	CHECK(restore->source == 77);
	CHECK(restore->offset == 0 && restore->end == 40960);
	fake.not_vmo = VMO;
	EXPECT(zvmo_restore(VMO, 77), -ENOTTY);
}

static void sizes_and_policy(void)
{
	EXPECT(zvmo_set_stream_size(VMO, 5), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_SET_STREAM_SIZE);
	CHECK(fake.seen.set_size.argsz == sizeof(struct zvmo_set_size));
	CHECK(fake.seen.set_size.reserved == 0 && fake.seen.set_size.size == 5);

	EXPECT(zvmo_set_cache_policy(VMO, ZVMO_CACHE_POLICY_UNCACHED), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_SET_CACHE_POLICY);
	CHECK(fake.seen.cache_policy.argsz ==
	      sizeof(struct zvmo_set_cache_policy));
	CHECK(fake.seen.cache_policy.policy == ZVMO_CACHE_POLICY_UNCACHED);
}

static void as_memory(void)
{
	const struct zvmo_rw *rw = &fake.seen.rw;
	char buffer[16];

	EXPECT(zvmo_read_memory(VMO, 7, buffer, 9), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_READ);
	CHECK(rw->argsz == sizeof(*rw) && rw->reserved == 0);
	CHECK(rw->offset == 7 && rw->length == 9);
	CHECK(rw->buffer == (uintptr_t)buffer);
	EXPECT(zvmo_write_memory(VMO, 8, buffer + 1, 10), 0);
	CHECK(fake.command == ZVMO_IOC_WRITE);
	CHECK(rw->offset == 8 && rw->length == 10);
	CHECK(rw->buffer == (uintptr_t)buffer + 1);
}

static void by_address(void)
{
	const struct zvmo_map_range *map = &fake.seen.map_range;
	const struct zvmo_set_priority *priority = &fake.seen.priority;
	char *memory = (char *)0x10000;

	EXPECT(zvmo_map_range(VMO, memory, 8192, ZVMO_MAP_RANGE_WRITE), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_MAP_RANGE);
	CHECK(map->argsz == sizeof(*map));
	CHECK(map->flags == ZVMO_MAP_RANGE_WRITE);
	CHECK(map->address == 0x10000 && map->length == 8192);

	EXPECT(zvmo_set_priority(VMO, memory, 4096, ZVMO_PRIORITY_HIGH), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_SET_PRIORITY);
	CHECK(priority->argsz == sizeof(*priority));
	CHECK(priority->priority == ZVMO_PRIORITY_HIGH);
	CHECK(priority->address == 0x10000 && priority->length == 4096);
}

/* 0x10000 to 0x14000 shows the VMO from 0x100000 on. */
static void through_a_mapping(void)
{
	char *memory = (char *)0x10000;
	const struct zvmo_mapping mapping = {
		.fd = VMO,
		.offset = 0x100000,
		.address = memory,
		.length = 0x4000,
	};
	const struct zvmo_op_range *range = &fake.seen.op_range;
	struct zvmo_range_info info;

	EXPECT(zvmo_mapping_op(&mapping, ZVMO_OP_ZERO, memory + 5, 6), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_OP_RANGE);
	CHECK(range->op == ZVMO_OP_ZERO);
	CHECK(range->offset == 0x100005 && range->length == 6);
	EXPECT(zvmo_mapping_op(&mapping, ZVMO_OP_COMMIT, memory, 0x4000), 0);
	CHECK(range->offset == 0x100000 && range->length == 0x4000);

	EXPECT(zvmo_mapping_get_info(&mapping, memory + 0x1000, 0x2000, &info,
				     sizeof(info)),
	       0);
	CHECK(fake.command == ZVMO_IOC_GET_RANGE_INFO);
	CHECK(fake.seen.range_info.offset == 0x101000);
	CHECK(fake.seen.range_info.length == 0x2000);

	fake.ioctls = 0;
	EXPECT(zvmo_mapping_op(&mapping, ZVMO_OP_ZERO, memory - 1, 1), -ERANGE);
	EXPECT(zvmo_mapping_op(&mapping, ZVMO_OP_ZERO, memory, 0x4001),
	       -ERANGE);
	EXPECT(zvmo_mapping_op(&mapping, ZVMO_OP_ZERO, memory + 0x4000, 1),
	       -ERANGE);
	EXPECT(zvmo_mapping_op(&mapping, ZVMO_OP_ZERO, memory + 1, SIZE_MAX),
	       -ERANGE);
	EXPECT(zvmo_mapping_get_info(&mapping, memory, 0x5000, &info,
				     sizeof(info)),
	       -ERANGE);
	EXPECT(fake.ioctls, 0);
}

static void errors_are_negative_errnos(void)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	struct zvmo_info info;
	char name[ZVMO_NAME_LEN];

	fake.error = EACCES;
	EXPECT(zvmo_version(DEVICE), -EACCES);
	EXPECT(zvmo_create(1, 0), -EACCES);
	EXPECT(zvmo_create_on(DEVICE, 1, 0), -EACCES);
	EXPECT(zvmo_create_child(VMO, 1, 0, 0), -EACCES);
	EXPECT(zvmo_reference(VMO), -EACCES);
	EXPECT(zvmo_get_info(VMO, &info, sizeof(info)), -EACCES);
	EXPECT(zvmo_get_name(VMO, name), -EACCES);
	EXPECT(zvmo_set_name(VMO, ""), -EACCES);
	EXPECT(zvmo_set_size(VMO, 0), -EACCES);
	EXPECT(zvmo_zero(VMO, 0, 0), -EACCES);
	EXPECT(zvmo_duplicate(VMO, 0), -EACCES);
	EXPECT(zvmo_lock(VMO, 4096, NULL), -EACCES);
	EXPECT(zvmo_try_lock(VMO, 4096), -EACCES);
	EXPECT(zvmo_unlock(VMO, 4096), -EACCES);
	EXPECT(zvmo_set_stream_size(VMO, 0), -EACCES);
	EXPECT(zvmo_set_cache_policy(VMO, 0), -EACCES);
	EXPECT(zvmo_transfer(VMO, 0, 0, VMO, 0), -EACCES);
	EXPECT(zvmo_restore(VMO, VMO), -EACCES);
	EXPECT(zvmo_restore_range(VMO, VMO, 0, 0), -EACCES);
	EXPECT(zvmo_map_range(VMO, name, 1, 0), -EACCES);
	EXPECT(zvmo_set_priority(VMO, name, 1, 0), -EACCES);
	EXPECT(zvmo_read_memory(VMO, 0, name, 1), -EACCES);
	EXPECT(zvmo_write_memory(VMO, 0, name, 1), -EACCES);
	EXPECT(zvmo_keep(VMO, "", 0), -EACCES);
	EXPECT(zvmo_open_kept(DEVICE, "", 0), -EACCES);
	EXPECT(zvmo_drop(DEVICE, ""), -EACCES);
	EXPECT(zvmo_wait_zero_children(VMO, 0), -EACCES);
	zvmo_diff_init(&iter, VMO, VMO, 0, 4096);
	EXPECT(zvmo_diff_next(&iter, &range), -EACCES);
}

static void create_closes_the_device(void)
{
	int before = open_descriptors();

	fake.result = 42;
	EXPECT(zvmo_create(4096, ZVMO_DISCARDABLE), 42);
	CHECK(fake.seen.create.size == 4096);
	CHECK(fake.seen.create.options == ZVMO_DISCARDABLE);
	fake.error = ENOMEM;
	EXPECT(zvmo_create(4096, 0), -ENOMEM);
	EXPECT(open_descriptors(), before);
}

static void info_is_as_long_as_the_caller_says(void)
{
	struct {
		struct zvmo_info info;
		char later[8];
		char guard;
	} longer;

	memset(&longer, 'x', sizeof(longer));
	EXPECT(zvmo_get_info(VMO, &longer.info,
			     offsetof(typeof(longer), guard)),
	       0);
	CHECK(longer.info.rights == ZVMO_RIGHTS_DEFAULT);
	CHECK(longer.info.argsz == ZVMO_INFO_SIZE_VER0);
	CHECK(longer.later[0] == 0 && longer.later[7] == 0);
	CHECK(longer.guard == 'x');
	fake.ioctls = 0;
	EXPECT(zvmo_get_info(VMO, &longer.info, ZVMO_INFO_SIZE_VER0 - 1),
	       -EINVAL);
	EXPECT(fake.ioctls, 0);
}

static void range_info_is_as_long_as_the_caller_says(void)
{
	const struct zvmo_range_info *seen = &fake.seen.range_info;
	struct {
		struct zvmo_range_info info;
		char guard;
	} longer;

	memset(&longer, 'x', sizeof(longer));
	EXPECT(zvmo_get_range_info(VMO, 4096, 8192, &longer.info,
				   sizeof(longer.info)),
	       0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_GET_RANGE_INFO);
	CHECK(seen->argsz == sizeof(longer.info) && seen->reserved == 0);
	CHECK(seen->offset == 4096 && seen->length == 8192);
	CHECK(longer.info.committed_bytes == 0 && longer.guard == 'x');
	fake.ioctls = 0;
	EXPECT(zvmo_get_range_info(VMO, 0, 0, &longer.info,
				   ZVMO_RANGE_INFO_SIZE_VER0 - 1),
	       -EINVAL);
	EXPECT(fake.ioctls, 0);
}

static void names_are_cut(void)
{
	char name[ZVMO_NAME_LEN];

	EXPECT(zvmo_set_name(VMO, "short"), 0);
	CHECK(strcmp(fake.seen.name.name, "short") == 0);
	CHECK(fake.seen.name.argsz == sizeof(struct zvmo_name));
	CHECK(fake.seen.name.reserved == 0);
	EXPECT(zvmo_set_name(VMO, "0123456789012345678901234567890123456789"),
	       0);
	CHECK(strcmp(fake.seen.name.name, "0123456789012345678901234567890") ==
	      0);
	EXPECT(zvmo_get_name(VMO, name), 0);
	CHECK(strcmp(name, "a name") == 0);
}

static void kept_by_name(void)
{
	const struct zvmo_open_kept *open = &fake.seen.open_kept;
	const struct zvmo_keep *keep = &fake.seen.keep;
	char longest[ZVMO_NAME_LEN + 1];

	memset(longest, 'x', sizeof(longest));
	longest[ZVMO_NAME_LEN - 1] = '\0';
	EXPECT(zvmo_keep(VMO, longest, 0640), 0);
	CHECK(fake.fd == VMO && fake.command == ZVMO_IOC_KEEP);
	CHECK(keep->argsz == sizeof(*keep) && keep->mode == 0640);
	CHECK(strcmp(keep->name, longest) == 0);

	fake.result = 42;
	EXPECT(zvmo_open_kept(DEVICE, "a", ZVMO_RIGHT_READ), 42);
	CHECK(fake.fd == DEVICE && fake.command == ZVMO_IOC_OPEN_KEPT);
	CHECK(open->argsz == sizeof(*open) && open->rights == ZVMO_RIGHT_READ);
	CHECK(strcmp(open->name, "a") == 0 && open->reserved == 0);

	fake.result = 0;
	EXPECT(zvmo_drop(DEVICE, "b"), 0);
	CHECK(fake.fd == DEVICE && fake.command == ZVMO_IOC_DROP);
	CHECK(fake.seen.name.argsz == sizeof(struct zvmo_name));
	CHECK(fake.seen.name.reserved == 0);
	CHECK(strcmp(fake.seen.name.name, "b") == 0);

	/* A name that would be cut is none. */
	memset(longest, 'x', sizeof(longest));
	longest[ZVMO_NAME_LEN] = '\0';
	fake.ioctls = 0;
	EXPECT(zvmo_keep(VMO, longest, 0), -EINVAL);
	EXPECT(zvmo_open_kept(DEVICE, longest, 0), -EINVAL);
	EXPECT(zvmo_drop(DEVICE, longest), -EINVAL);
	EXPECT(fake.ioctls, 0);
}

static void kept_one_after_the_other(void)
{
	const struct zvmo_kept_info *seen = &fake.seen.kept_info;
	struct {
		struct zvmo_kept_info info;
		char guard;
	} longer;

	memset(&longer, 'x', sizeof(longer));
	strcpy(longer.info.name, "b");
	EXPECT(zvmo_next_kept(DEVICE, &longer.info, sizeof(longer.info)), 1);
	CHECK(fake.fd == DEVICE && fake.command == ZVMO_IOC_NEXT_KEPT);
	CHECK(seen->argsz == sizeof(longer.info) && seen->reserved == 0);
	CHECK(strcmp(seen->name, "b") == 0 && longer.guard == 'x');
	CHECK(longer.info.koid == 0);

	fake.error = ENOENT;
	EXPECT(zvmo_next_kept(DEVICE, &longer.info, sizeof(longer.info)), 0);
	CHECK(strcmp(longer.info.name, "b") == 0);
	fake.error = EINVAL;
	EXPECT(zvmo_next_kept(DEVICE, &longer.info, sizeof(longer.info)),
	       -EINVAL);
	fake.ioctls = 0;
	EXPECT(zvmo_next_kept(DEVICE, &longer.info,
			      ZVMO_KEPT_INFO_SIZE_VER0 - 1),
	       -EINVAL);
	EXPECT(fake.ioctls, 0);
}

static void replace_always_closes(void)
{
	struct zvmo_duplicate *duplicate = &fake.seen.duplicate;
	int fd = memory("", 0);

	fake.result = 42;
	EXPECT(zvmo_duplicate(fd, ZVMO_RIGHT_READ), 42);
	CHECK(duplicate->argsz == sizeof(*duplicate));
	CHECK(duplicate->flags == 0 && duplicate->rights == ZVMO_RIGHT_READ);
	CHECK(fcntl(fd, F_GETFD) >= 0);

	EXPECT(zvmo_replace(fd, ZVMO_RIGHT_SAME_RIGHTS), 42);
	CHECK(duplicate->flags == ZVMO_DUPLICATE_REPLACE);
	CHECK(duplicate->rights == ZVMO_RIGHT_SAME_RIGHTS);
	CHECK(fcntl(fd, F_GETFD) < 0);

	fd = memory("", 0);
	EXPECT(zvmo_replace_as_executable(fd), 42);
	CHECK(duplicate->flags == ZVMO_DUPLICATE_EXECUTABLE);
	CHECK(duplicate->rights == ZVMO_RIGHT_SAME_RIGHTS);
	CHECK(fcntl(fd, F_GETFD) < 0);

	fd = memory("", 0);
	fake.error = EINVAL;
	EXPECT(zvmo_replace(fd, 0), -EINVAL);
	CHECK(fcntl(fd, F_GETFD) < 0);
	fd = memory("", 0);
	EXPECT(zvmo_replace_as_executable(fd), -EINVAL);
	CHECK(fcntl(fd, F_GETFD) < 0);
}

static void read_and_write_finish(void)
{
	char in[] = "0123456789", out[16] = "";
	int fd = memory("", 0);

	fake.part = 3;
	fake.interrupt = true;
	EXPECT(zvmo_write(fd, 5, in, 10), 0);
	EXPECT(zvmo_read(fd, 5, out, 10), 10);
	CHECK(memcmp(in, out, 10) == 0);
	/* Short exactly at the end. */
	EXPECT(zvmo_read(fd, 12, out, sizeof(out)), 3);
	CHECK(memcmp(out, "789", 3) == 0);
	EXPECT(zvmo_read(fd, 15, out, 1), 0);
	EXPECT(zvmo_read(fd, 0, out, 0), 0);
	EXPECT(zvmo_read(fd, UINT64_MAX, out, 1), -EINVAL);
	fake.part = 0;
	EXPECT(zvmo_write(fd, 0, in, 10), -EIO);
	close(fd);
	EXPECT(zvmo_read(fd, 0, out, 1), -EBADF);
	EXPECT(zvmo_write(fd, 0, out, 1), -EBADF);
}

static void write_past_the_end_fails(void)
{
	struct rlimit old, limit;
	int fd = memory("", 0);
	char out[4] = "";

	/* The file size limit stands in for the end of the VMO. */
	signal(SIGXFSZ, SIG_IGN);
	need(getrlimit(RLIMIT_FSIZE, &old));
	limit = old;
	limit.rlim_cur = 4;
	need(setrlimit(RLIMIT_FSIZE, &limit));
	EXPECT(zvmo_write(fd, 2, "abc", 3), -EFBIG);
	need(setrlimit(RLIMIT_FSIZE, &old));
	/* What fitted is there. */
	EXPECT(zvmo_read(fd, 2, out, 4), 2);
	CHECK(memcmp(out, "ab", 2) == 0);
	close(fd);
}

static void file_is_copied(void)
{
	const off_t size = 100001;
	int file = memory("first", size);
	char word[4] = "";

	need(pwrite(file, "last", 4, size - 4));
	need(lseek(file, 7, SEEK_SET));
	fake.interrupt = true;
	fake.result = memory("", size);
	EXPECT(zvmo_create_from_file(file, ZVMO_RESIZABLE), fake.result);
	CHECK(fake.seen.create.size == 100001);
	CHECK(fake.seen.create.options == ZVMO_RESIZABLE);
	EXPECT(zvmo_read(fake.result, 0, word, 4), 4);
	CHECK(memcmp(word, "firs", 4) == 0);
	EXPECT(zvmo_read(fake.result, 100001 - 4, word, 4), 4);
	CHECK(memcmp(word, "last", 4) == 0);
	EXPECT(lseek(file, 0, SEEK_CUR), 7);
	close(fake.result);

	/* A copy that fails leaves no VMO behind. */
	fake.result = need(open("/dev/full", O_RDONLY | O_CLOEXEC));
	EXPECT(zvmo_create_from_file(file, 0), -EBADF);
	CHECK(fcntl(fake.result, F_GETFD) < 0);
	close(file);

	file = need(open("/dev/null", O_RDONLY | O_CLOEXEC));
	EXPECT(zvmo_create_from_file(file, 0), -EINVAL);
	close(file);
	EXPECT(zvmo_create_from_file(file, 0), -EBADF);
}

static void mappings(void)
{
	int fd = memory("parent", 8192);
	void *shared, *private, *fixed;
	char seen[8] = "";

	EXPECT(zvmo_map(fd, 0, 8192, PROT_READ | PROT_WRITE, 0, &shared), 0);
	EXPECT(zvmo_map(fd, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			&private),
	       0);
	strcpy(private, "mine");
	EXPECT(zvmo_read(fd, 0, seen, 6), 6);
	CHECK(strcmp(seen, "parent") == 0);
	strcpy(shared, "shared");
	EXPECT(zvmo_read(fd, 0, seen, 6), 6);
	CHECK(strcmp(seen, "shared") == 0);

	fixed = private;
	EXPECT(zvmo_map(fd, 0, 4096, PROT_READ, MAP_FIXED_NOREPLACE, &fixed),
	       -EEXIST);
	EXPECT(zvmo_unmap(private, 8192), 0);
	EXPECT(zvmo_map(fd, 0, 4096, PROT_READ, MAP_FIXED_NOREPLACE, &fixed),
	       0);
	CHECK(fixed == private);
	EXPECT(zvmo_unmap(fixed, 4096), 0);
	EXPECT(zvmo_unmap(shared, 8192), 0);
	EXPECT(zvmo_unmap((char *)shared + 1, 1), -EINVAL);
	EXPECT(zvmo_map(fd, 1, 4096, PROT_READ, 0, &shared), -EINVAL);
	close(fd);
	EXPECT(zvmo_map(fd, 0, 4096, PROT_READ, 0, &shared), -EBADF);
}

static void on_alarm(int number)
{
	(void)number;
}

/*
 * On: every 20 ms a signal handler interrupts what waits. Off: a case that
 * hangs ends the program.
 */
static void alarm_set(bool on)
{
	const struct sigaction action = {
		.sa_handler = on ? on_alarm : SIG_DFL,
	};
	const struct timeval often = { .tv_usec = 20000 };
	const struct itimerval timer = { .it_interval = often,
					 .it_value = often };

	need(sigaction(SIGALRM, &action, NULL));
	if (on)
		need(setitimer(ITIMER_REAL, &timer, NULL));
	else
		alarm(120);
}

static void waiting(void)
{
	int ends[2];

	need(pipe(ends));
	EXPECT(zvmo_wait_zero_children(ends[0], 0), -ETIMEDOUT);
	EXPECT(zvmo_wait_zero_children(ends[0], 20), -ETIMEDOUT);
	alarm_set(true);
	EXPECT(zvmo_wait_zero_children(ends[0], -1), -EINTR);
	alarm_set(false);
	need(write(ends[1], "", 1));
	EXPECT(zvmo_wait_zero_children(ends[0], -1), 0);
	fake.rights &= ~ZVMO_RIGHT_WAIT;
	EXPECT(zvmo_wait_zero_children(ends[0], -1), -EACCES);
	fake.rights |= ZVMO_RIGHT_WAIT;
	fake.not_vmo = ends[0];
	EXPECT(zvmo_wait_zero_children(ends[0], -1), -ENOTTY);
	fake.not_vmo = -1;
	close(ends[0]);
	close(ends[1]);
	EXPECT(zvmo_wait_zero_children(ends[0], -1), -EBADF);
}

static void send_over(int type)
{
	int pair[2], out[3], in[4], i;
	struct stat a, b;

	need(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
	for (i = 0; i < 3; i++)
		out[i] = memory("", i);
	/* Two messages do not run together. */
	EXPECT(zvmo_send(pair[0], out, 3), 0);
	EXPECT(zvmo_send(pair[0], out, 1), 0);
	EXPECT(zvmo_receive(pair[1], in, 4), 3);
	for (i = 0; i < 3; i++) {
		need(fstat(out[i], &a));
		need(fstat(in[i], &b));
		CHECK(a.st_ino == b.st_ino && in[i] != out[i]);
		EXPECT(fcntl(in[i], F_GETFD), FD_CLOEXEC);
		close(in[i]);
	}
	EXPECT(zvmo_receive(pair[1], in, 4), 1);
	close(in[0]);
	for (i = 0; i < 3; i++)
		close(out[i]);
	close(pair[0]);
	if (type != SOCK_DGRAM)
		EXPECT(zvmo_receive(pair[1], in, 4), 0);
	i = zvmo_send(pair[1], &pair[1], 1);
	CHECK(i == -EPIPE || i == -ECONNREFUSED);
	close(pair[1]);
}

static void send_over_every_socket_type(void)
{
	int before = open_descriptors();

	send_over(SOCK_STREAM);
	send_over(SOCK_SEQPACKET);
	send_over(SOCK_DGRAM);
	EXPECT(open_descriptors(), before);
}

static void send_the_most(void)
{
	int pair[2], out[ZVMO_SEND_MAX + 1], in[ZVMO_SEND_MAX], i;
	int on = 1;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	/* The credentials need room beside the descriptors. */
	need(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	for (i = 0; i <= ZVMO_SEND_MAX; i++)
		out[i] = pair[0];
	EXPECT(zvmo_send(pair[0], out, 0), -EINVAL);
	EXPECT(zvmo_send(pair[0], out, ZVMO_SEND_MAX + 1), -EINVAL);
	EXPECT(zvmo_send(pair[0], out, ZVMO_SEND_MAX), 0);
	EXPECT(zvmo_receive(pair[1], in, ZVMO_SEND_MAX), ZVMO_SEND_MAX);
	for (i = 0; i < ZVMO_SEND_MAX; i++)
		close(in[i]);
	close(pair[0]);
	close(pair[1]);
}

static void send_checks(void)
{
	int pair[2], in[2];

	need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	fake.rights &= ~ZVMO_RIGHT_TRANSFER;
	EXPECT(zvmo_send(pair[0], pair, 2), -EACCES);
	fake.rights |= ZVMO_RIGHT_TRANSFER;
	fake.not_vmo = pair[1];
	EXPECT(zvmo_send(pair[0], pair, 2), -ENOTTY);
	/* None of these sent anything. */
	EXPECT(zvmo_receive(pair[1], in, 2), -EAGAIN);
	close(pair[0]);
	close(pair[1]);
}

/* A message with a descriptor, but with text that zvmo_send() does not send. */
static void send_text(int socket, const char *text, size_t length)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)text,
			     .iov_len = length };
	struct msghdr header = { .msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &socket, sizeof(int));
	need(sendmsg(socket, &header, 0));
}

/* Each case: what is wrong with the message; everything in it gets closed. */
static void receive_rejects_and_closes(void)
{
	int pair[2], in[4], before, room[256], i, n = 0;
	struct rlimit old, limit;

	need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair));
	before = open_descriptors();

	EXPECT(zvmo_send(pair[0], pair, 2), 0);
	EXPECT(zvmo_receive(pair[1], in, 1), -EMSGSIZE);

	EXPECT(zvmo_send(pair[0], pair, 2), 0);
	fake.not_vmo = need(dup(0)); /* the number that arrives first */
	close(fake.not_vmo);
	EXPECT(zvmo_receive(pair[1], in, 2), -ENOTTY);
	fake.not_vmo = -1;

	need(send(pair[0], "", 1, 0));
	EXPECT(zvmo_receive(pair[1], in, 2), -EBADMSG);
	send_text(pair[0], "x", 1);
	EXPECT(zvmo_receive(pair[1], in, 2), -EBADMSG);
	send_text(pair[0], "\0longer", 7);
	EXPECT(zvmo_receive(pair[1], in, 2), -EBADMSG);

	/* Room for one of two. */
	need(getrlimit(RLIMIT_NOFILE, &old));
	limit = old;
	limit.rlim_cur = 64;
	need(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT(zvmo_send(pair[0], pair, 2), 0);
	while ((room[n] = dup(0)) >= 0)
		n++;
	close(room[--n]);
	EXPECT(zvmo_receive(pair[1], in, 2), -EMFILE);
	room[n] = need(dup(0));
	EXPECT(zvmo_send(pair[0], pair, 2), 0);
	EXPECT(zvmo_receive(pair[1], in, 2), -EMFILE);
	for (i = 0; i <= n; i++)
		close(room[i]);
	need(setrlimit(RLIMIT_NOFILE, &old));

	EXPECT(open_descriptors(), before);
	EXPECT(zvmo_receive(pair[1], in, 4), -EAGAIN);
	close(pair[0]);
	close(pair[1]);
	EXPECT(zvmo_receive(pair[1], in, 4), -EBADF);
	EXPECT(zvmo_receive(0, in, 4), -ENOTSOCK);
}

static void receive_is_interrupted(void)
{
	int pair[2], in;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	alarm_set(true);
	EXPECT(zvmo_receive(pair[1], &in, 1), -EINTR);
	alarm_set(false);
	close(pair[0]);
	close(pair[1]);
}

/* 100 pages of which every other differs, in batches of @batch. */
static void diff_in_batches(uint32_t batch)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	uint64_t expected = 4096;
	int result, count = 0;

	fake.diff_batch = batch;
	zvmo_diff_init(&iter, VMO, 77, 4096, 100 * 4096);
	while ((result = zvmo_diff_next(&iter, &range)) == 1) {
		CHECK(range->offset == expected);
		expected += 8192;
		count++;
	}
	EXPECT(result, 0);
	EXPECT(count, 50);
	EXPECT(zvmo_diff_next(&iter, &range), 0);
	CHECK(fake.fd == VMO && fake.seen.diff.other == 77);
	CHECK(fake.seen.diff.argsz == sizeof(struct zvmo_diff));
	CHECK(fake.seen.diff.end == 101 * 4096);
	CHECK(fake.seen.diff.capacity == ZVMO_DIFF_ITER_RANGES);
}

static void diff_gives_every_range_once(void)
{
	struct zvmo_diff_iter iter;
	const struct zvmo_diff_range *range;

	diff_in_batches(1);
	diff_in_batches(7);
	diff_in_batches(ZVMO_DIFF_ITER_RANGES);
	fake.ioctls = 0;
	zvmo_diff_init(&iter, VMO, 77, 4096, 0);
	EXPECT(zvmo_diff_next(&iter, &range), 0);
	EXPECT(fake.ioctls, 0);
}

static const struct tap_case cases[] = {
	CASE(structures_are_filled),
	CASE(every_kind_of_child),
	CASE(every_range_operation),
	CASE(locks),
	CASE(content_moves),
	CASE(sizes_and_policy),
	CASE(as_memory),
	CASE(by_address),
	CASE(through_a_mapping),
	CASE(errors_are_negative_errnos),
	CASE(create_closes_the_device),
	CASE(info_is_as_long_as_the_caller_says),
	CASE(range_info_is_as_long_as_the_caller_says),
	CASE(names_are_cut),
	CASE(kept_by_name),
	CASE(kept_one_after_the_other),
	CASE(replace_always_closes),
	CASE(read_and_write_finish),
	CASE(write_past_the_end_fails),
	CASE(file_is_copied),
	CASE(mappings),
	CASE(waiting),
	CASE(send_over_every_socket_type),
	CASE(send_the_most),
	CASE(send_checks),
	CASE(receive_rejects_and_closes),
	CASE(receive_is_interrupted),
	CASE(diff_gives_every_range_once),
};

static void begin(void)
{
	fake_reset();
	alarm_set(false);
}

int main(void)
{
	return tap_run(cases, sizeof(cases) / sizeof(cases[0]), "libzvmo",
		       begin);
}
