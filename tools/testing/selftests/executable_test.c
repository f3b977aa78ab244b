// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ZVMO_DUPLICATE_EXECUTABLE: memory that may be executed
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"

#define RX (PROT_READ | PROT_EXEC)
#define ALL (ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_EXECUTE)

static void ambient(const char *value)
{
	guest_set_parameter("ambient_mark_vmo_exec", value);
}

static int executable(int fd)
{
	int made = ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				 ZVMO_RIGHT_SAME_RIGHTS);

	ASSERT_GE(made, 0);
	return made;
}

static uint32_t rights_of(int fd)
{
	return test_info(fd).rights;
}

/* Whether it can be mapped so. */
static int map_as(int fd, int prot)
{
	void *map = mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, PAGE);
	return 0;
}

/* Rights */

TEST(not_executable_by_default)
{
	int fd = test_create(PAGE, 0);
	void *map;

	EXPECT_EQ(rights_of(fd) & ZVMO_RIGHT_EXECUTE, 0);
	EXPECT_EQ(map_as(fd, RX), -EACCES);
	map = test_map(fd, 0, PAGE, PROT_READ, 0);
	EXPECT_ERRNO(mprotect(map, PAGE, RX), EACCES);
}

TEST(the_same_rights_and_execute)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE), made = executable(fd);

	EXPECT_EQ(rights_of(made), ALL | ZVMO_RIGHT_RESIZE);
	EXPECT_EQ(test_info(made).koid, test_info(fd).koid);
	EXPECT_EQ(map_as(made, RX), 0);
	EXPECT(fcntl(made, F_GETFD) & FD_CLOEXEC);
	/* What was there is as before. */
	EXPECT_EQ(rights_of(fd), ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_RESIZE);
	EXPECT_EQ(map_as(fd, RX), -EACCES);
}

TEST(any_subset_and_execute)
{
	int fd = test_create(PAGE, 0), made;
	uint32_t bit;

	for (bit = 1; bit < ZVMO_RIGHT_SAME_RIGHTS; bit <<= 1) {
		test_context("right %#x", bit);
		made = ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE, bit);
		if (!(bit & ALL)) {
			EXPECT_EQ(made, -EINVAL);
			continue;
		}
		ASSERT_GE(made, 0);
		EXPECT_EQ(rights_of(made), bit);
		test_close(made);
	}
	made = ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE, 0);
	EXPECT_EQ(rights_of(made), 0);
	made = ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE, ALL);
	EXPECT_EQ(rights_of(made), ALL);
}

TEST(no_other_right_is_gained)
{
	int fd = test_duplicate(test_create(PAGE, 0),
				ZVMO_RIGHT_READ | ZVMO_RIGHT_MAP);

	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE),
		  -EINVAL);
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_EXECUTE | ZVMO_RIGHT_RESIZE),
		  -EINVAL);
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_SAME_RIGHTS | ZVMO_RIGHT_READ),
		  -EINVAL);
}

/* Like REPLACE, it does not ask for DUPLICATE. */
TEST(needs_no_right)
{
	int fd = test_duplicate(test_create(PAGE, 0),
				ZVMO_RIGHT_READ | ZVMO_RIGHT_MAP);

	EXPECT_EQ(rights_of(executable(fd)),
		  ZVMO_RIGHT_READ | ZVMO_RIGHT_MAP | ZVMO_RIGHT_EXECUTE);
	EXPECT_EQ(ioc_duplicate(fd, 0, ZVMO_RIGHT_SAME_RIGHTS), -EACCES);
}

TEST(without_the_flag_execute_is_not_added)
{
	int fd = test_create(PAGE, 0);

	EXPECT_EQ(ioc_duplicate(fd, 0, ALL), -EINVAL);
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_REPLACE, ALL), -EINVAL);
}

TEST(execute_is_passed_on_like_any_right)
{
	int made = executable(test_create(PAGE, 0)), other;

	other = ioc_duplicate(made, 0, ZVMO_RIGHT_SAME_RIGHTS);
	EXPECT_EQ(rights_of(other), ALL);
	other = ioc_duplicate(made, 0, ZVMO_RIGHTS_DEFAULT);
	EXPECT_EQ(map_as(other, RX), -EACCES);
	/* Again is no error. */
	EXPECT_EQ(rights_of(executable(made)), ALL);
}

TEST(both_flags)
{
	int fd = test_create(PAGE, 0);

	EXPECT_EQ(ioc_duplicate(fd,
				ZVMO_DUPLICATE_REPLACE |
					ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_SAME_RIGHTS),
		  -EINVAL);
}

TEST(children)
{
	int made = executable(test_create(PAGE, 0));
	const uint32_t no_write = ZVMO_CHILD_NO_WRITE;

	EXPECT_EQ(map_as(test_child(made, ZVMO_CHILD_SNAPSHOT, 0, PAGE), RX),
		  -EACCES);
	EXPECT_EQ(map_as(test_child(made, ZVMO_CHILD_SNAPSHOT | no_write, 0,
				    PAGE),
			 RX),
		  0);
	EXPECT_EQ(map_as(test_child(made, ZVMO_CHILD_SLICE, 0, PAGE), RX), 0);
	EXPECT_EQ(map_as(test_child(made, ZVMO_CHILD_REFERENCE, 0, 0), RX), 0);
}

/* Privilege */

/* Run in a process of its own that is nobody. */
static void as_nobody(void (*run)(int fd), int fd)
{
	pid_t process = test_fork();

	if (!process) {
		ASSERT_EQ(setgid(65534), 0);
		ASSERT_EQ(setuid(65534), 0);
		run(fd);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
}

static void refused(int fd)
{
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_SAME_RIGHTS),
		  -EACCES);
	/* Even if nothing is gained; and whatever the rights. */
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE, 0), -EACCES);
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_RESIZE),
		  -EACCES);
	/* What makes no sense is told first. */
	EXPECT_EQ(ioc_duplicate(fd, 3, ZVMO_RIGHT_SAME_RIGHTS), -EINVAL);
	EXPECT_GE(ioc_duplicate(fd, ZVMO_DUPLICATE_REPLACE,
				ZVMO_RIGHT_SAME_RIGHTS),
		  0);
}

static void allowed(int fd)
{
	EXPECT_EQ(rights_of(executable(fd)), ALL);
	EXPECT_EQ(ioc_duplicate(fd, ZVMO_DUPLICATE_EXECUTABLE,
				ZVMO_RIGHT_RESIZE),
		  -EINVAL);
}

TEST(nobody_may_not)
{
	ambient("0");
	as_nobody(refused, test_create(PAGE, 0));
}

TEST(root_of_another_user_namespace_may_not)
{
	int fd = test_create(PAGE, 0);
	pid_t process;

	ambient("0");
	process = test_fork();
	if (!process) {
		if (unshare(CLONE_NEWUSER))
			SKIP("no user namespaces");
		refused(fd);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
}

TEST(a_parameter_lets_everybody)
{
	int fd = test_create(PAGE, 0);

	ambient("1");
	as_nobody(allowed, fd);
	ambient("0");
	as_nobody(refused, fd);
}

/* What was made by root is usable by whoever gets it. */
TEST(the_right_is_the_descriptors)
{
	int made = executable(test_create(PAGE, 0));
	pid_t process = test_fork();

	if (!process) {
		ASSERT_EQ(setuid(65534), 0);
		EXPECT_EQ(map_as(made, RX), 0);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
}

/* Execution */

#if defined(__x86_64__)
static size_t make_code(uint8_t *code, uint8_t value)
{
	const uint8_t bytes[] = { 0xb8, value, 0, 0, 0, 0xc3 };

	memcpy(code, bytes, sizeof(bytes));
	return sizeof(bytes);
}
#elif defined(__aarch64__)
static size_t make_code(uint8_t *code, uint8_t value)
{
	const uint32_t words[] = { 0x52800000 | value << 5, 0xd65f03c0 };

	memcpy(code, words, sizeof(words));
	return sizeof(words);
}
#else
static size_t make_code(uint8_t *code, uint8_t value)
{
	(void)code;
	(void)value;
	SKIP("no code for this machine");
}
#endif

/* A function that returns the value, written by the ioctl. */
static void write_code(int fd, uint64_t offset, uint8_t value)
{
	uint8_t code[16];
	size_t size = make_code(code, value);

	ASSERT_EQ(ioc_write(fd, offset, code, size), 0);
	ASSERT_EQ(ioc_op(fd, ZVMO_OP_CACHE_SYNC, offset, size), 0);
}

static int call_code(const void *code)
{
	int (*function)(void);

	memcpy(&function, &code, sizeof(code));
	return function();
}

TEST(code_runs)
{
	int fd = test_create(2 * PAGE, 0), made = executable(fd);
	char *map;

	write_code(fd, 0, 42);
	write_code(fd, PAGE + 64, 43);
	map = test_map(made, 0, 2 * PAGE, RX, 0);
	EXPECT_EQ(call_code(map), 42);
	EXPECT_EQ(call_code(map + PAGE + 64), 43);
}

TEST(code_changes)
{
	int fd = test_create(PAGE, 0), made = executable(fd), value;
	char *map = test_map(made, 0, PAGE, RX, 0);
	uint8_t *writable;

	for (value = 1; value < 5; value++) {
		write_code(fd, 0, value);
		EXPECT_EQ(call_code(map), value);
	}
	/* Written through another mapping. */
	writable = test_map(fd, 0, PAGE, PROT_READ | PROT_WRITE, 0);
	make_code(writable, 77);
	EXPECT_EQ(ioc_op(fd, ZVMO_OP_CACHE_SYNC, 0, PAGE), 0);
	EXPECT_EQ(call_code(map), 77);
}

TEST(code_of_a_snapshot)
{
	int fd = test_create(PAGE, 0), snapshot;
	char *map, *old;

	write_code(fd, 0, 1);
	snapshot = executable(test_snapshot(fd));
	map = test_map(executable(fd), 0, PAGE, RX, 0);
	old = test_map(snapshot, 0, PAGE, RX, 0);
	EXPECT_EQ(call_code(old), 1);
	write_code(fd, 0, 2);
	EXPECT_EQ(call_code(map), 2);
	EXPECT_EQ(call_code(old), 1);
}

TEST(mprotect_to_executable)
{
	int fd = test_create(PAGE, 0);
	void *map = test_map(executable(fd), 0, PAGE, PROT_READ, 0);

	write_code(fd, 0, 9);
	ASSERT_EQ(mprotect(map, PAGE, RX), 0);
	EXPECT_EQ(call_code(map), 9);
}
