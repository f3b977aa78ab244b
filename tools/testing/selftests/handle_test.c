// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - descriptors, rights, names, the hierarchy and its signal
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

#define ALL_RIGHTS (ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_RESIZE)

/* Duplicates */

TEST(duplicate)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE), copy;
	uint32_t right;

	copy = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);
	EXPECT_EQ(test_info(copy).rights, ALL_RIGHTS);
	EXPECT_EQ(test_info(copy).koid, test_info(fd).koid);
	EXPECT_EQ(fcntl(copy, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(test_info(test_duplicate(fd, 0)).rights, 0);
	for (right = 1; right; right <<= 1) {
		if (right == ZVMO_RIGHT_SAME_RIGHTS)
			continue;
		copy = zvmo_duplicate(fd, right);
		if (ALL_RIGHTS & right)
			EXPECT_EQ(test_info(copy).rights, right);
		else
			EXPECT_EQ(copy, -EINVAL);
		copy = zvmo_duplicate(fd, ALL_RIGHTS & ~right);
		EXPECT_EQ(test_info(copy).rights, ALL_RIGHTS & ~right);
	}
	EXPECT_EQ(zvmo_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS | ZVMO_RIGHT_READ),
		  -EINVAL);
	EXPECT_EQ(test_info(fd).num_children, 0);
	EXPECT_EQ(test_stats().vmos, 1);
}

TEST(duplicate_needs_duplicate)
{
	int fd = test_create(PAGE, 0);
	int copy = test_duplicate(fd, ALL_RIGHTS & ~ZVMO_RIGHT_DUPLICATE &
					      ~ZVMO_RIGHT_RESIZE);

	EXPECT_EQ(zvmo_duplicate(copy, ZVMO_RIGHT_SAME_RIGHTS), -EACCES);
	EXPECT_EQ(zvmo_duplicate(copy, 0), -EACCES);
	EXPECT_EQ(zvmo_duplicate(copy, UINT32_MAX), -EACCES);
	/* dup() is another name for the same handle. */
	EXPECT_EQ(test_info(dup(copy)).rights, test_info(copy).rights);
}

/* What was given up is gone. */
TEST(rights_do_not_come_back)
{
	int fd = test_create(PAGE, 0);
	int copy = test_duplicate(fd, ZVMO_RIGHT_DUPLICATE | ZVMO_RIGHT_READ);
	int again = test_duplicate(copy, ZVMO_RIGHT_SAME_RIGHTS);

	EXPECT_EQ(test_info(again).rights,
		  ZVMO_RIGHT_DUPLICATE | ZVMO_RIGHT_READ);
	EXPECT_EQ(zvmo_duplicate(copy, ZVMO_RIGHTS_DEFAULT), -EINVAL);
	EXPECT_EQ(zvmo_duplicate(copy, ZVMO_RIGHT_WRITE), -EINVAL);
}

TEST(replace)
{
	int fd = test_create(PAGE, 0), copy;
	unsigned int open = test_open_fds();
	uint64_t koid = test_info(fd).koid;

	test_fill(fd, 0, PAGE, 1);
	fd = zvmo_replace(fd, ZVMO_RIGHT_READ | ZVMO_RIGHT_TRANSFER);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(test_info(fd).rights, ZVMO_RIGHT_READ | ZVMO_RIGHT_TRANSFER);
	EXPECT_EQ(test_info(fd).koid, koid);
	/* No right is needed for that. */
	copy = zvmo_replace(fd, ZVMO_RIGHT_READ);
	ASSERT_GE(copy, 0);
	EXPECT_ERRNO(fcntl(fd, F_GETFD), EBADF);
	EXPECT(test_holds(copy, 0, PAGE, 1));
	EXPECT_EQ(test_open_fds(), open);
	EXPECT_EQ(zvmo_replace(copy, ZVMO_RIGHT_WRITE), -EINVAL);
	EXPECT_EQ(test_open_fds(), open - 1);
}

/* What each right is for */

static int do_read(int fd)
{
	char byte;

	return zvmo_read(fd, 0, &byte, 1);
}

static int do_write(int fd)
{
	return zvmo_write(fd, 0, "x", 1);
}

static int do_map(int fd, int prot, int flags)
{
	void *address;
	int err = zvmo_map(fd, 0, PAGE, prot, flags, &address);

	return err ? err : zvmo_unmap(address, PAGE);
}

static int do_map_read(int fd)
{
	return do_map(fd, PROT_READ, 0);
}

static int do_map_none(int fd)
{
	return do_map(fd, PROT_NONE, 0);
}

static int do_map_write(int fd)
{
	return do_map(fd, PROT_READ | PROT_WRITE, 0);
}

static int do_map_private(int fd)
{
	return do_map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static int do_map_execute(int fd)
{
	return do_map(fd, PROT_READ | PROT_EXEC, 0);
}

/* To make it executable later. */
static int do_protect_execute(int fd)
{
	void *address;
	int err = zvmo_map(fd, 0, PAGE, PROT_READ, 0, &address);

	if (err)
		return err;
	err = mprotect(address, PAGE, PROT_READ | PROT_EXEC) ? -errno : 0;
	zvmo_unmap(address, PAGE);
	return err;
}

static int do_protect_write(int fd)
{
	void *address;
	int err = zvmo_map(fd, 0, PAGE, PROT_READ, 0, &address);

	if (err)
		return err;
	err = mprotect(address, PAGE, PROT_READ | PROT_WRITE) ? -errno : 0;
	zvmo_unmap(address, PAGE);
	return err;
}

static int do_duplicate(int fd)
{
	int copy = zvmo_duplicate(fd, 0);

	return copy < 0 ? copy : close(copy);
}

static int do_child(int fd, uint32_t kind)
{
	int child = zvmo_create_child(fd, kind, 0, 0);

	return child < 0 ? child : close(child);
}

static int do_snapshot(int fd)
{
	return do_child(fd, ZVMO_CHILD_SNAPSHOT);
}

static int do_reference(int fd)
{
	return do_child(fd, ZVMO_CHILD_REFERENCE);
}

static int do_resizable_reference(int fd)
{
	return do_child(fd, ZVMO_CHILD_REFERENCE | ZVMO_CHILD_RESIZABLE);
}

static int do_set_size(int fd)
{
	return zvmo_set_size(fd, PAGE);
}

static int do_commit(int fd)
{
	return zvmo_commit(fd, 0, PAGE);
}

static int do_zero(int fd)
{
	return zvmo_zero(fd, 0, PAGE);
}

static int do_get_name(int fd)
{
	char name[ZVMO_NAME_LEN];

	return zvmo_get_name(fd, name);
}

static int do_set_name(int fd)
{
	return zvmo_set_name(fd, "name");
}

static int do_wait(int fd)
{
	return zvmo_wait_zero_children(fd, 0);
}

static int do_poll(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLPRI };

	return poll(&poll_fd, 1, 0) == 1 ? 0 : -EAGAIN;
}

static int do_info(int fd)
{
	struct zvmo_info info;

	return zvmo_get_info(fd, &info, sizeof(info));
}

static int do_send(int fd)
{
	int sockets[2], err;

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets), 0);
	err = zvmo_send(sockets[0], &fd, 1);
	close(sockets[0]);
	close(sockets[1]);
	return err;
}

static int do_diff(int fd)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;

	zvmo_diff_init(&iter, fd, fd, 0, PAGE);
	return zvmo_diff_next(&iter, &range);
}

#define R(right) ZVMO_RIGHT_##right

static const struct needs {
	const char *name;
	int (*call)(int fd);
	uint32_t rights;
	int error;
} needs[] = {
	{ "read", do_read, R(READ), -EBADF },
	{ "write", do_write, R(WRITE), -EBADF },
	{ "map", do_map_read, R(MAP) | R(READ), -EACCES },
	{ "map without access", do_map_none, R(MAP) | R(READ), -EACCES },
	{ "map writable", do_map_write, R(MAP) | R(READ) | R(WRITE), -EACCES },
	{ "map private", do_map_private, R(MAP) | R(READ), -EACCES },
	{ "map executable", do_map_execute, R(MAP) | R(READ) | R(EXECUTE),
	  -EACCES },
	{ "make executable", do_protect_execute, R(MAP) | R(READ) | R(EXECUTE),
	  -EACCES },
	{ "make writable", do_protect_write, R(MAP) | R(READ) | R(WRITE),
	  -EACCES },
	{ "duplicate", do_duplicate, R(DUPLICATE), -EACCES },
	{ "snapshot", do_snapshot, R(DUPLICATE) | R(READ), -EACCES },
	{ "reference", do_reference, R(DUPLICATE) | R(READ), -EACCES },
	{ "resizable reference", do_resizable_reference,
	  R(DUPLICATE) | R(READ) | R(RESIZE), -EACCES },
	{ "set_size", do_set_size, R(WRITE) | R(RESIZE), -EACCES },
	{ "commit", do_commit, R(WRITE), -EACCES },
	{ "zero", do_zero, R(WRITE), -EACCES },
	{ "get_name", do_get_name, R(GET_PROPERTY), -EACCES },
	{ "set_name", do_set_name, R(SET_PROPERTY), -EACCES },
	{ "wait", do_wait, R(WAIT), -EACCES },
	{ "poll", do_poll, R(WAIT), -EAGAIN },
	{ "get_info", do_info, 0, 0 },
	{ "send", do_send, R(TRANSFER), -EACCES },
	{ "diff", do_diff, R(READ), -EACCES },
};

static void check_needs(const struct needs *need, int fd, uint32_t rights)
{
	int copy = test_duplicate(fd, rights), result;

	test_context("%s with %#x", need->name, rights);
	result = need->call(copy);
	if ((need->rights & rights) == need->rights)
		EXPECT_GE(result, 0);
	else
		EXPECT_EQ(result, need->error);
	test_close(copy);
}

/* With every set of the rights that matter, each call does or does not work. */
TEST(what_rights_are_for)
{
	static const uint32_t bits[] = {
		R(DUPLICATE), R(TRANSFER),     R(READ),		R(WRITE),
		R(MAP),	      R(GET_PROPERTY), R(SET_PROPERTY), R(SIGNAL),
		R(WAIT),      R(INSPECT),      R(RESIZE)
	};
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	const struct needs *need;
	unsigned int i, j;

	for (need = needs; need < needs + sizeof(needs) / sizeof(*needs);
	     need++) {
		check_needs(need, fd, 0);
		check_needs(need, fd, ALL_RIGHTS);
		for (i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
			check_needs(need, fd, bits[i]);
			for (j = 0; j < i; j++)
				check_needs(need, fd,
					    ALL_RIGHTS & ~bits[i] & ~bits[j]);
			check_needs(need, fd, ALL_RIGHTS & ~bits[i]);
		}
		check_needs(need, fd, need->rights & ALL_RIGHTS);
	}
}

/* A private mapping of a VMO without WRITE may be written. */
TEST(private_mapping_of_a_reader)
{
	int fd = test_create(PAGE, 0), reader;
	char *map;

	test_fill(fd, 0, PAGE, 1);
	reader = test_duplicate(fd, R(READ) | R(MAP));
	map = test_map(reader, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	EXPECT_EQ(map[0], 1);
	map[0] = 2;
	EXPECT(test_holds(fd, 0, PAGE, 1));
}

/* Other ways to the VMO */

static void expect_no_open(const char *path)
{
	EXPECT_ERRNO(open(path, O_RDONLY), ENXIO);
	EXPECT_ERRNO(open(path, O_RDWR), ENXIO);
	EXPECT_ERRNO(open(path, O_WRONLY | O_TRUNC), ENXIO);
}

TEST(reopen_is_refused)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	int reader = test_duplicate(fd, R(READ) | R(MAP));
	char path[64];
	pid_t process;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", reader);
	expect_no_open(path);
	snprintf(path, sizeof(path), "/dev/fd/%d", reader);
	expect_no_open(path);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), reader);
	process = test_fork();
	if (!process) {
		close(reader);
		expect_no_open(path);
		_exit(0);
	}
	test_wait_for(process);
	EXPECT_EQ(test_info(fd).stream_size, PAGE);
}

TEST(reopen_of_a_mapping_is_refused)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, PAGE, PROT_READ, 0);
	char path[128];

	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx",
		 (unsigned long)map, (unsigned long)map + PAGE);
	expect_no_open(path);
}

TEST(no_name_in_the_file_system)
{
	int fd = test_create(PAGE, 0);
	char *arguments[] = { "vmo", NULL };

	EXPECT_EQ(linkat(fd, "", AT_FDCWD, "/tmp/vmo", AT_EMPTY_PATH), -1);
	EXPECT_ERRNO(access("/tmp/vmo", F_OK), ENOENT);
	EXPECT_ERRNO(fexecve(fd, arguments, arguments + 1), EACCES);
}

/* An open path is no handle. */
TEST(path_descriptor)
{
	int fd = test_create(PAGE, 0), path_fd;
	char path[64], byte;
	struct zvmo_info info;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	path_fd = open(path, O_PATH);
	ASSERT_GE(path_fd, 0);
	EXPECT_EQ(zvmo_get_info(path_fd, &info, sizeof(info)), -EBADF);
	EXPECT_ERRNO(pread(path_fd, &byte, 1, 0), EBADF);
	EXPECT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, path_fd, 0) ==
				     MAP_FAILED ?
			     -1 :
			     0,
		     EBADF);
}

/* Sending */

TEST(rights_travel)
{
	int fd = test_create(PAGE, 0), sockets[2], received[3], sent[2];
	pid_t process;

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	test_fill(fd, 0, PAGE, 1);
	sent[0] = test_duplicate(fd, R(READ) | R(TRANSFER));
	sent[1] = fd;
	process = test_fork();
	if (!process) {
		close(fd);
		close(sent[0]);
		ASSERT_EQ(zvmo_receive(sockets[1], received, 3), 2);
		EXPECT_EQ(test_info(received[0]).rights, R(READ) | R(TRANSFER));
		EXPECT_EQ(test_info(received[1]).rights, ZVMO_RIGHTS_DEFAULT);
		EXPECT_EQ(test_info(received[0]).koid,
			  test_info(received[1]).koid);
		EXPECT_EQ(zvmo_write(received[0], 0, "x", 1), -EBADF);
		EXPECT(test_holds(received[0], 0, PAGE, 1));
		test_fill(received[1], 0, PAGE, 2);
		_exit(0);
	}
	ASSERT_EQ(zvmo_send(sockets[0], sent, 2), 0);
	test_wait_for(process);
	EXPECT(test_holds(fd, 0, PAGE, 2));
}

/* A message that nobody has taken yet keeps the VMO. */
TEST(alive_while_in_flight)
{
	int fd = test_create(PAGE, 0), sockets[2], received;

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets), 0);
	test_fill(fd, 0, PAGE, 1);
	ASSERT_EQ(zvmo_send(sockets[0], &fd, 1), 0);
	test_close(fd);
	EXPECT_EQ(test_stats().vmos, 1);
	ASSERT_EQ(zvmo_receive(sockets[1], &received, 1), 1);
	EXPECT(test_holds(received, 0, PAGE, 1));
	ASSERT_EQ(zvmo_send(sockets[0], &received, 1), 0);
	test_close(received);
	test_close(sockets[0]);
	test_close(sockets[1]);
	EXPECT(test_wait_pages(0));
}

TEST(closed_on_exec)
{
	int fd = test_create(PAGE, 0), child = test_snapshot(fd);
	pid_t process = test_fork();

	if (!process) {
		close(fd);
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	test_close(child);
	test_wait_for(process);
	EXPECT_EQ(zvmo_wait_zero_children(fd, 2000), 0);
}

/* fdinfo */

/* The value of a line of fdinfo. */
static bool fdinfo(int fd, const char *key, char *value)
{
	char path[64], line[512];
	size_t length = strlen(key);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	ASSERT(file != NULL);
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, length) || line[length] != ':')
			continue;
		fclose(file);
		line[strcspn(line, "\n")] = 0;
		strcpy(value,
		       line + length + 1 + strspn(line + length + 1, "\t "));
		return true;
	}
	fclose(file);
	return false;
}

static void expect_fdinfo(int fd, const char *key, unsigned long long expected)
{
	char value[512];

	test_context("%s", key);
	if (EXPECT(fdinfo(fd, key, value)))
		EXPECT_EQ(strtoull(value, NULL, 0), expected);
}

TEST(fdinfo_numbers)
{
	int fd = test_create(3 * PAGE - 5, 0), child;
	struct zvmo_info info;

	test_fill(fd, 0, 2 * PAGE, 1);
	child = test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, 3 * PAGE);
	test_map(fd, 0, PAGE, PROT_READ, 0);
	info = test_info(fd);
	expect_fdinfo(fd, "zvmo-koid", info.koid);
	expect_fdinfo(fd, "zvmo-parent", 0);
	expect_fdinfo(fd, "zvmo-size", 3 * PAGE);
	expect_fdinfo(fd, "zvmo-stream-size", 3 * PAGE - 5);
	expect_fdinfo(fd, "zvmo-committed", 2 * PAGE);
	expect_fdinfo(fd, "zvmo-children", 1);
	expect_fdinfo(fd, "zvmo-mappings", 1);
	expect_fdinfo(fd, "zvmo-rights", ZVMO_RIGHTS_DEFAULT);
	expect_fdinfo(fd, "zvmo-flags", info.flags);
	expect_fdinfo(child, "zvmo-parent", info.koid);
	expect_fdinfo(child, "zvmo-flags", test_info(child).flags);
	child = test_duplicate(fd, R(READ));
	expect_fdinfo(child, "zvmo-rights", R(READ));
}

TEST(fdinfo_name)
{
	static const char *const names[] = {
		"", "simple", "with space", "0123456789012345678901234567890"
	};
	int fd = test_create(PAGE, 0);
	char value[512], odd[ZVMO_NAME_LEN];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(zvmo_set_name(fd, names[i]), 0);
		ASSERT(fdinfo(fd, "zvmo-name", value));
		EXPECT_STREQ(value, names[i]);
	}
	/* Nothing in a name makes a line of its own, or breaks one. */
	memset(odd, '\n', sizeof(odd));
	odd[ZVMO_NAME_LEN - 1] = 0;
	ASSERT_EQ(zvmo_set_name(fd, odd), 0);
	ASSERT(fdinfo(fd, "zvmo-name", value));
	EXPECT_EQ(strspn(value, "\\n012"), strlen(value));
	memset(odd, 0x81, ZVMO_NAME_LEN - 1);
	ASSERT_EQ(zvmo_set_name(fd, odd), 0);
	ASSERT(fdinfo(fd, "zvmo-name", value));
	EXPECT_EQ(strspn(value, "\\201"), strlen(value));
	EXPECT_EQ(strlen(value), 4 * (ZVMO_NAME_LEN - 1));
	expect_fdinfo(fd, "zvmo-size", PAGE);
}

TEST(shown_with_its_koid)
{
	int fd = test_create(PAGE, 0);
	char path[64], link[64], expected[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	length = readlink(path, link, sizeof(link) - 1);
	ASSERT_GE(length, 1);
	link[length] = 0;
	snprintf(expected, sizeof(expected), "zvmo:%llu",
		 (unsigned long long)test_info(fd).koid);
	EXPECT(strstr(link, expected) != NULL);
}

/* Names */

TEST(names)
{
	char name[ZVMO_NAME_LEN], expected[ZVMO_NAME_LEN] = "";
	int fd = test_create(PAGE, 0), copy;

	ASSERT_EQ(zvmo_get_name(fd, name), 0);
	EXPECT_MEMEQ(name, expected, sizeof(name));
	ASSERT_EQ(zvmo_set_name(fd, "0123456789012345678901234567890123"), 0);
	ASSERT_EQ(zvmo_get_name(fd, name), 0);
	EXPECT_STREQ(name, "0123456789012345678901234567890");
	/* A shorter one leaves nothing of the longer one behind. */
	ASSERT_EQ(zvmo_set_name(fd, "ab"), 0);
	ASSERT_EQ(zvmo_get_name(fd, name), 0);
	strcpy(expected, "ab");
	EXPECT_MEMEQ(name, expected, sizeof(name));
	copy = test_duplicate(fd, R(GET_PROPERTY));
	ASSERT_EQ(zvmo_get_name(copy, name), 0);
	EXPECT_STREQ(name, "ab");
	EXPECT_EQ(zvmo_set_name(copy, "x"), -EACCES);
	EXPECT_STREQ(test_info(fd).name, "ab");
}

/* The hierarchy */

static bool no_children(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLPRI };

	return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLPRI);
}

TEST(children_are_counted)
{
	int fd = test_create(PAGE, 0), a, b, c, d;

	a = test_snapshot(fd);
	b = test_child(fd, ZVMO_CHILD_SLICE, 0, PAGE);
	c = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	EXPECT_EQ(test_info(fd).num_children, 3);
	d = test_snapshot(c);
	EXPECT_EQ(test_info(fd).num_children, 3);
	EXPECT_EQ(test_info(c).num_children, 1);
	EXPECT_EQ(test_info(d).parent_koid, test_info(c).koid);
	/* Another descriptor of a child is not another child. */
	test_duplicate(a, ZVMO_RIGHT_SAME_RIGHTS);
	EXPECT_EQ(test_info(fd).num_children, 3);
	test_close(b);
	EXPECT_EQ(test_info(fd).num_children, 2);
	test_close(a);
	EXPECT_EQ(test_info(fd).num_children, 2);
}

TEST(children_move_up)
{
	int fd = test_create(PAGE, 0), middle = test_snapshot(fd);
	int a = test_snapshot(middle), b = test_snapshot(middle);
	int c = test_snapshot(a);
	uint64_t koid = test_info(fd).koid;

	EXPECT_EQ(test_info(fd).num_children, 1);
	test_close(middle);
	EXPECT_EQ(test_info(fd).num_children, 2);
	EXPECT_EQ(test_info(a).parent_koid, koid);
	EXPECT_EQ(test_info(b).parent_koid, koid);
	EXPECT_EQ(test_info(c).parent_koid, test_info(a).koid);
	EXPECT(!no_children(fd));
	test_close(a);
	EXPECT_EQ(test_info(fd).num_children, 2);
	EXPECT_EQ(test_info(c).parent_koid, koid);
	test_close(b);
	EXPECT(!no_children(fd));
	test_close(fd);
	EXPECT_EQ(test_info(c).parent_koid, 0);
	EXPECT_EQ(test_stats().vmos, 1);
}

/* A dead parent's koid is not given to another. */
TEST(koids_stay_unique)
{
	int fd = test_create(PAGE, 0), child, i;
	uint64_t koid = test_info(fd).koid, last = koid;

	child = test_snapshot(fd);
	test_close(fd);
	for (i = 0; i < 20; i++) {
		fd = test_create(PAGE, 0);
		EXPECT(test_info(fd).koid > last);
		last = test_info(fd).koid;
		test_close(fd);
	}
	EXPECT_NE(test_info(child).koid, koid);
}

TEST(mappings_are_counted)
{
	int fd = test_create(4 * PAGE, 0), prot = PROT_READ, slice;
	char *map = test_map(fd, 0, 3 * PAGE, prot, 0), *other;
	pid_t process;

	EXPECT_EQ(test_info(fd).num_mappings, 1);
	other = test_map(test_duplicate(fd, R(READ) | R(MAP)), 0, PAGE, prot,
			 MAP_PRIVATE);
	EXPECT_EQ(test_info(fd).num_mappings, 2);
	test_unmap(map + PAGE, PAGE);
	EXPECT_EQ(test_info(fd).num_mappings, 3);
	process = test_fork();
	if (!process) {
		EXPECT_EQ(test_info(fd).num_mappings, 6);
		test_unmap(other, PAGE);
		EXPECT_EQ(test_info(fd).num_mappings, 5);
		_exit(0);
	}
	test_wait_for(process);
	EXPECT_EQ(test_info(fd).num_mappings, 3);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 0, PAGE);
	test_map(slice, 0, PAGE, prot, 0);
	EXPECT_EQ(test_info(slice).num_mappings, 1);
	EXPECT_EQ(test_info(fd).num_mappings, 3);
	test_unmap(map, 3 * PAGE);
	test_unmap(other, PAGE);
	EXPECT_EQ(test_info(fd).num_mappings, 0);
}

/* The signal */

TEST(signal_is_a_level)
{
	int fd = test_create(PAGE, 0), child;
	struct pollfd poll_fd = { .fd = fd,
				  .events = POLLPRI | POLLIN | POLLOUT };

	EXPECT_EQ(poll(&poll_fd, 1, 0), 1);
	EXPECT_EQ(poll_fd.revents, POLLPRI | POLLIN | POLLOUT);
	child = test_snapshot(fd);
	EXPECT_EQ(poll(&poll_fd, 1, 0), 1);
	EXPECT_EQ(poll_fd.revents, POLLIN | POLLOUT);
	test_close(child);
	EXPECT_EQ(poll(&poll_fd, 1, 0), 1);
	EXPECT_EQ(poll_fd.revents, POLLPRI | POLLIN | POLLOUT);
	poll_fd.fd = test_duplicate(fd, ALL_RIGHTS & ~R(WAIT) & ~R(RESIZE));
	EXPECT_EQ(poll(&poll_fd, 1, 0), 1);
	EXPECT_EQ(poll_fd.revents, POLLIN | POLLOUT);
}

TEST(signal_of_a_grandchild)
{
	int fd = test_create(PAGE, 0), child = test_snapshot(fd);
	int grandchild = test_snapshot(child);

	EXPECT(no_children(grandchild));
	test_close(child);
	EXPECT(!no_children(fd));
	EXPECT_EQ(zvmo_wait_zero_children(fd, 0), -ETIMEDOUT);
	EXPECT_EQ(zvmo_wait_zero_children(fd, 20), -ETIMEDOUT);
	test_close(grandchild);
	EXPECT_EQ(zvmo_wait_zero_children(fd, 2000), 0);
}

/* Every descriptor and every mapping keeps a child alive. */
TEST(signal_waits_for_mappings)
{
	int fd = test_create(2 * PAGE, 0), child = test_snapshot(fd), copy;
	char *map = test_map(child, 0, 2 * PAGE, PROT_READ | PROT_WRITE, 0);
	char *other = test_map(child, 0, PAGE, PROT_READ, MAP_PRIVATE);

	copy = test_duplicate(child, ZVMO_RIGHT_SAME_RIGHTS);
	test_close(child);
	EXPECT(!no_children(fd));
	test_close(copy);
	EXPECT(!no_children(fd));
	test_unmap(map, PAGE);
	EXPECT(!no_children(fd));
	map[PAGE] = 1;
	EXPECT_EQ(map[PAGE], 1);
	test_unmap(map + PAGE, PAGE);
	EXPECT(!no_children(fd));
	test_unmap(other, PAGE);
	EXPECT(no_children(fd));
	EXPECT_EQ(test_info(fd).num_children, 0);
}

/* A child that lives in another process only, in a mapping. */
TEST(signal_from_another_process)
{
	int fd = test_create(PAGE, 0), child = test_snapshot(fd);
	int mapped[2], looked[2];
	pid_t process;
	char byte;

	ASSERT_EQ(pipe(mapped), 0);
	ASSERT_EQ(pipe(looked), 0);
	process = test_fork();
	if (!process) {
		close(fd);
		test_map(child, 0, PAGE, PROT_READ, 0);
		close(child);
		ASSERT_EQ(write(mapped[1], "x", 1), 1);
		ASSERT_EQ(read(looked[0], &byte, 1), 1);
		usleep(100000);
		_exit(0);
	}
	ASSERT_EQ(read(mapped[0], &byte, 1), 1);
	test_close(child);
	EXPECT(!no_children(fd));
	ASSERT_EQ(write(looked[1], "x", 1), 1);
	/* Woken up, for it never times out. */
	EXPECT_EQ(zvmo_wait_zero_children(fd, -1), 0);
	EXPECT(no_children(fd));
	test_wait_for(process);
}

static void *wait_thread(void *arg)
{
	EXPECT_EQ(zvmo_wait_zero_children(*(int *)arg, 30000), 0);
	return NULL;
}

TEST(signal_wakes_all)
{
	int fd = test_create(PAGE, 0), child = test_snapshot(fd);
	pthread_t threads[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, wait_thread, &fd),
			  0);
	usleep(50000);
	test_close(child);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

TEST(signal_as_an_edge)
{
	int fd = test_create(PAGE, 0), epoll = epoll_create1(EPOLL_CLOEXEC), i;
	struct epoll_event event = { .events = EPOLLPRI | EPOLLET };

	ASSERT_GE(epoll, 0);
	ASSERT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 1);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	for (i = 0; i < 5; i++) {
		int a = test_snapshot(fd), b = test_snapshot(a);

		EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
		test_close(a);
		EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
		test_close(b);
		EXPECT_EQ(epoll_wait(epoll, &event, 1, 1000), 1);
		EXPECT_EQ(event.events, EPOLLPRI);
		EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	}
}

/* A VMO may be watched and die. */
TEST(watched_to_death)
{
	int fd = test_create(PAGE, 0), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLPRI };

	ASSERT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 1);
	test_close(fd);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	EXPECT_EQ(test_stats().vmos, 0);
}

/* Families that are made, watched and broken up by several threads at once. */
static void *family_thread(void *arg)
{
	double end = test_seconds() + 0.7;
	uint64_t random = (uintptr_t)arg;
	int first = (int)(uintptr_t)arg, fds[8], nr = 0;

	while (test_seconds() < end) {
		int parent = nr ? fds[test_random_below(&random, nr)] : first;
		int victim;

		if (nr < 8 && test_random_below(&random, 2)) {
			fds[nr++] = test_snapshot(parent);
		} else if (nr) {
			victim = test_random_below(&random, nr);
			test_close(fds[victim]);
			fds[victim] = fds[--nr];
		}
		test_info(parent == first ? first : nr ? fds[0] : first);
		no_children(first);
	}
	while (nr)
		test_close(fds[--nr]);
	return NULL;
}

TEST(hierarchy_under_threads)
{
	int fd = test_create(4 * PAGE, 0), i;
	pthread_t threads[4];

	test_fill(fd, 0, 4 * PAGE, 1);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, family_thread,
					 (void *)(uintptr_t)fd),
			  0);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	EXPECT(no_children(fd));
	EXPECT_EQ(test_info(fd).num_children, 0);
	EXPECT(test_holds(fd, 0, 4 * PAGE, 1));
	EXPECT_EQ(test_stats().pages, 4);
}

/* A path is no VMO: content dies with its last VMO. */
TEST(a_path_keeps_no_content)
{
	int original = test_create(4 * PAGE, 0), snapshot, path;
	char name[64];

	ASSERT_EQ(zvmo_commit(original, 0, 4 * PAGE), 0);
	snapshot = zvmo_snapshot(original);
	ASSERT_GE(snapshot, 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", snapshot);
	path = open(name, O_PATH | O_CLOEXEC);
	ASSERT_GE(path, 0);
	test_close(snapshot);
	EXPECT_EQ(test_stats().cows, 1);
	EXPECT_EQ(zvmo_decommit(original, 0, PAGE), 0);
	test_close(original);
	EXPECT_EQ(test_stats().pages, 0);
	test_close(path);
}
