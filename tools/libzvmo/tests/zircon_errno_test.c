// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: which status each of Zircon's calls makes of which errno
 *
 * The linker routes the library's ioctl(), open() and mmap() to the functions
 * below, which fail with the errno that is asked for. Standard input has lines
 * "CALL ERRNO STATUS", which check-zircon.sh makes of zircon(7). Prints what
 * differs, and how many lines there were; the exit status is 0 if all is well.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <linux/zvmo.h>
#include <zircon/syscalls.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A handle that looks open to the library, and can be no descriptor here. */
#define VMO 100000

static int error;
static bool describe; /* GET_INFO works: the error comes later */

int __wrap_ioctl(int fd, unsigned long command, ...);
int __wrap_ioctl(int fd, unsigned long command, ...)
{
	struct zvmo_info *info;
	va_list list;

	(void)fd;
	if (describe && command == ZVMO_IOC_GET_INFO) {
		va_start(list, command);
		info = va_arg(list, struct zvmo_info *);
		va_end(list);
		info->rights = ZX_DEFAULT_VMO_RIGHTS;
		return 0;
	}
	errno = error;
	return -1;
}

int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
	(void)path;
	(void)flags;
	errno = error;
	return -1;
}

void *__wrap_mmap64(void *address, size_t length, int prot, int flags, int fd,
		    off_t offset);
void *__wrap_mmap64(void *address, size_t length, int prot, int flags, int fd,
		    off_t offset)
{
	(void)address, (void)length, (void)prot, (void)flags, (void)fd;
	(void)offset;
	errno = error;
	return (void *)-1;
}

/* The mapping's descriptor, which the registry wants. */
int __wrap_fcntl64(int fd, int command, ...);
int __wrap_fcntl64(int fd, int command, ...)
{
	(void)command;
	return fd;
}

static zx_handle_t handle;
static uint64_t value;

static zx_status_t call_close(void)
{
	return zx_handle_close(VMO);
}

static zx_status_t call_close_many(void)
{
	handle = VMO;
	return zx_handle_close_many(&handle, 1);
}

static zx_status_t call_duplicate(void)
{
	return zx_handle_duplicate(VMO, ZX_RIGHT_SAME_RIGHTS, &handle);
}

static zx_status_t call_replace(void)
{
	return zx_handle_replace(VMO, ZX_RIGHT_SAME_RIGHTS, &handle);
}

static zx_status_t call_get_info(void)
{
	zx_info_vmo_t info;

	return zx_object_get_info(VMO, ZX_INFO_VMO, &info, sizeof(info), NULL,
				  NULL);
}

static zx_status_t call_get_property(void)
{
	return zx_object_get_property(VMO, ZX_PROP_VMO_CONTENT_SIZE, &value,
				      sizeof(value));
}

static zx_status_t call_set_property(void)
{
	return zx_object_set_property(VMO, ZX_PROP_VMO_CONTENT_SIZE, &value,
				      sizeof(value));
}

static zx_status_t call_wait_one(void)
{
	return zx_object_wait_one(VMO, ZX_VMO_ZERO_CHILDREN, 0, NULL);
}

static zx_status_t call_create(void)
{
	return zx_vmo_create(0, 0, &handle);
}

static zx_status_t call_create_child(void)
{
	return zx_vmo_create_child(VMO, ZX_VMO_CHILD_SNAPSHOT, 0, 0, &handle);
}

static zx_status_t call_read(void)
{
	return zx_vmo_read(VMO, &value, 0, sizeof(value));
}

static zx_status_t call_write(void)
{
	return zx_vmo_write(VMO, &value, 0, sizeof(value));
}

static zx_status_t call_set_size(void)
{
	return zx_vmo_set_size(VMO, 0);
}

static zx_status_t call_set_stream_size(void)
{
	return zx_vmo_set_stream_size(VMO, 0);
}

static zx_status_t call_op_range(void)
{
	return zx_vmo_op_range(VMO, ZX_VMO_OP_COMMIT, 0, 0, NULL, 0);
}

static zx_status_t call_set_cache_policy(void)
{
	return zx_vmo_set_cache_policy(VMO, 0);
}

static zx_status_t call_replace_as_executable(void)
{
	return zx_vmo_replace_as_executable(VMO, 0, &handle);
}

static zx_status_t call_transfer_data(void)
{
	return zx_vmo_transfer_data(VMO, 0, 0, 0, VMO, 0);
}

static zx_status_t call_map(void)
{
	zx_status_t status;
	zx_vaddr_t address;

	describe = true;
	status = zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ, 0, VMO, 0, 1,
			     &address);
	describe = false;
	return status;
}

static const struct {
	const char *name;
	zx_status_t (*call)(void);
} calls[] = {
	{ "zx_handle_close", call_close },
	{ "zx_handle_close_many", call_close_many },
	{ "zx_handle_duplicate", call_duplicate },
	{ "zx_handle_replace", call_replace },
	{ "zx_object_get_info", call_get_info },
	{ "zx_object_get_property", call_get_property },
	{ "zx_object_set_property", call_set_property },
	{ "zx_object_wait_one", call_wait_one },
	{ "zx_vmo_create", call_create },
	{ "zx_vmo_create_child", call_create_child },
	{ "zx_vmo_read", call_read },
	{ "zx_vmo_write", call_write },
	{ "zx_vmo_set_size", call_set_size },
	{ "zx_vmo_set_stream_size", call_set_stream_size },
	{ "zx_vmo_op_range", call_op_range },
	{ "zx_vmo_set_cache_policy", call_set_cache_policy },
	{ "zx_vmo_replace_as_executable", call_replace_as_executable },
	{ "zx_vmo_transfer_data", call_transfer_data },
	{ "zx_vmar_map", call_map },
};

/* The errno of that name. */
static int errno_named(const char *name)
{
	int number;

	for (number = 1; number < 200; number++) {
		const char *found = strerrorname_np(number);

		if (found && !strcmp(found, name))
			return number;
	}
	return 0;
}

static bool line_holds(const char *name, const char *errno_name,
		       const char *expected)
{
	const char *found;
	size_t i = 0;

	while (i < COUNT(calls) && strcmp(calls[i].name, name))
		i++;
	error = errno_named(errno_name);
	if (i == COUNT(calls) || !error) {
		printf("cannot test %s with %s\n", name, errno_name);
		return false;
	}
	found = zx_status_get_string(calls[i].call());
	if (!strcmp(found + strlen("ZX_ERR_"), expected))
		return true;
	printf("%s makes %s of %s, not %s\n", name, found, errno_name,
	       expected);
	return false;
}

int main(void)
{
	char name[64], errno_name[32], expected[32];
	unsigned int lines = 0, wrong = 0;

	while (scanf("%63s %31s %31s", name, errno_name, expected) == 3) {
		lines++;
		wrong += !line_holds(name, errno_name, expected);
	}
	printf("%u lines, %u wrong\n", lines, wrong);
	return !lines || wrong;
}
