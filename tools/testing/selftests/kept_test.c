// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - VMOs that are kept under a name
 */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"
#include "parallel.h"

#define OWNER 1000
#define MEMBER 1001 /* of the owner's group */
#define OTHER 1002

static int device(void)
{
	int fd = zvmo_open();

	ASSERT_GE(fd, 0);
	return fd;
}

static int keep(int fd, const char *name, uint32_t mode)
{
	struct zvmo_keep args = { .argsz = sizeof(args), .mode = mode };

	strcpy(args.name, name);
	return ioc(fd, ZVMO_IOC_KEEP, &args);
}

static int open_with(const char *name, uint32_t rights)
{
	struct zvmo_open_kept args = { .argsz = sizeof(args),
				       .rights = rights };
	int dev = device(), fd;

	strcpy(args.name, name);
	fd = ioc(dev, ZVMO_IOC_OPEN_KEPT, &args);
	close(dev);
	return fd;
}

static int open_kept(const char *name)
{
	return open_with(name, ZVMO_RIGHT_SAME_RIGHTS);
}

static int drop(const char *name)
{
	struct zvmo_name args = { .argsz = sizeof(args) };
	int dev = device(), err;

	strcpy(args.name, name);
	err = ioc(dev, ZVMO_IOC_DROP, &args);
	close(dev);
	return err;
}

static int next_kept(struct zvmo_kept_info *info)
{
	int dev = device(), err;

	info->argsz = sizeof(*info);
	err = ioc(dev, ZVMO_IOC_NEXT_KEPT, info);
	close(dev);
	return err;
}

/* The rights with which a kept VMO opens, or an errno. */
static long rights_of(const char *name)
{
	int fd = open_kept(name);
	long rights;

	if (fd < 0)
		return fd;
	rights = test_info(fd).rights;
	close(fd);
	return rights;
}

static void become(uid_t uid, gid_t gid)
{
	ASSERT_EQ(setgroups(0, NULL), 0);
	ASSERT_EQ(setresgid(gid, gid, gid), 0);
	ASSERT_EQ(setresuid(uid, uid, uid), 0);
	/* As it was before, for the harness. */
	prctl(PR_SET_DUMPABLE, 1);
}

TEST(a_kept_vmo_outlives_who_made_it)
{
	pid_t process = test_fork();
	int fd;

	if (!process) {
		fd = test_create(2 * PAGE, 0);
		test_fill(fd, 0, 2 * PAGE, 0x5a);
		ASSERT_EQ(keep(fd, "outlives", 0600), 0);
		_exit(0);
	}
	test_wait_for(process);
	EXPECT_EQ(test_stats().vmos, 1);
	EXPECT_EQ(test_stats().pages, 2);
	fd = open_kept("outlives");
	ASSERT_GE(fd, 0);
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0x5a));
	ASSERT_EQ(drop("outlives"), 0);
	EXPECT_EQ(open_kept("outlives"), -ENOENT);
	/* In use, so still there. */
	EXPECT(test_holds(fd, 0, 2 * PAGE, 0x5a));
	test_close(fd);
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(a_name_is_the_same_vmo_each_time)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE), again;

	ASSERT_EQ(keep(fd, "one", 0600), 0);
	ASSERT_EQ(keep(fd, "two", 0600), 0);
	EXPECT_EQ(test_info(fd).handle_count, 3);
	again = open_kept("two");
	ASSERT_GE(again, 0);
	EXPECT_EQ(test_info(again).koid, test_info(fd).koid);
	EXPECT_EQ(test_info(again).rights, test_info(fd).rights);
	test_fill(again, 0, PAGE, 7);
	EXPECT_EQ(test_byte(fd, 0), 7);
	test_close(fd);
	test_close(again);
	ASSERT_EQ(drop("two"), 0);
	again = open_kept("one");
	ASSERT_GE(again, 0);
	EXPECT_EQ(test_byte(again, 0), 7);
	test_close(again);
	ASSERT_EQ(drop("one"), 0);
}

TEST(keep_refuses_what_is_malformed)
{
	union {
		struct zvmo_keep args;
		char bytes[sizeof(struct zvmo_keep) + 8];
	} u = { .args = { .mode = 0600, .name = "x" } };
	int fd = test_create(PAGE, 0), dev = device();

	u.args.argsz = ZVMO_KEEP_SIZE_VER0 - 1;
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -EINVAL);
	u.args.argsz = sizeof(u);
	u.bytes[sizeof(u) - 1] = 1;
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -E2BIG);
	u.args.argsz = sizeof(u.args);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_KEEP, &u), -ENOTTY);
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, NULL), -EFAULT);
	u.args.mode = 0700;
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -EINVAL);
	u.args.mode = 01600;
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -EINVAL);
	u.args.mode = 0600;
	u.args.name[0] = '\0';
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -EINVAL);
	strcpy(u.args.name, "x");
	u.args.name[31] = 'y';
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -EINVAL);
	memset(u.args.name, 'n', sizeof(u.args.name));
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), -EINVAL);
	/* The longest name. */
	u.args.name[31] = '\0';
	EXPECT_EQ(ioc(fd, ZVMO_IOC_KEEP, &u), 0);
	EXPECT_EQ(drop(u.args.name), 0);
	test_close(fd);
	close(dev);
}

TEST(keep_needs_the_right_to_duplicate_and_a_free_name)
{
	int fd = test_create(PAGE, 0);
	int weak = test_duplicate(fd, ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE);

	EXPECT_EQ(keep(weak, "weak", 0600), -EACCES);
	ASSERT_EQ(keep(fd, "taken", 0600), 0);
	EXPECT_EQ(keep(fd, "taken", 0600), -EEXIST);
	EXPECT_EQ(open_kept("weak"), -ENOENT);
	ASSERT_EQ(drop("taken"), 0);
	/* The refused ones left nothing. */
	test_close(weak);
	EXPECT_EQ(test_info(fd).handle_count, 1);
	test_close(fd);
}

TEST(open_and_drop_refuse_what_is_malformed)
{
	struct zvmo_open_kept open = { .argsz = sizeof(open),
				       .rights = ZVMO_RIGHT_SAME_RIGHTS };
	struct zvmo_name name = { .argsz = sizeof(name) };
	struct zvmo_kept_info info = { .argsz = sizeof(info) };
	int dev = device(), fd = test_create(PAGE, 0);

	ASSERT_EQ(keep(fd, "x", 0600), 0);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_OPEN_KEPT, &open), -EINVAL);
	strcpy(open.name, "x");
	open.reserved = 1;
	EXPECT_EQ(ioc(dev, ZVMO_IOC_OPEN_KEPT, &open), -EINVAL);
	open.reserved = 0;
	open.argsz--;
	EXPECT_EQ(ioc(dev, ZVMO_IOC_OPEN_KEPT, &open), -EINVAL);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_OPEN_KEPT, NULL), -EFAULT);
	EXPECT_EQ(ioc(fd, ZVMO_IOC_OPEN_KEPT, &open), -ENOTTY);
	EXPECT_EQ(open_kept("y"), -ENOENT);
	EXPECT_EQ(open_with("x", ZVMO_RIGHT_READ | ZVMO_RIGHT_RESIZE), -EACCES);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_DROP, &name), -EINVAL);
	strcpy(name.name, "x");
	name.reserved = 1;
	EXPECT_EQ(ioc(dev, ZVMO_IOC_DROP, &name), -EINVAL);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_DROP, NULL), -EFAULT);
	EXPECT_EQ(ioc(fd, ZVMO_IOC_DROP, &name), -ENOTTY);
	EXPECT_EQ(drop("y"), -ENOENT);
	memset(info.name, 'n', sizeof(info.name));
	EXPECT_EQ(ioc(dev, ZVMO_IOC_NEXT_KEPT, &info), -EINVAL);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_NEXT_KEPT, NULL), -EFAULT);
	EXPECT_EQ(ioc(fd, ZVMO_IOC_NEXT_KEPT, &info), -ENOTTY);
	EXPECT_EQ(drop("x"), 0);
	test_close(fd);
	close(dev);
}

TEST(a_full_descriptor_table_refuses_to_open)
{
	struct rlimit limit = { 0, 64 };
	struct zvmo_open_kept args = { .argsz = sizeof(args),
				       .rights = ZVMO_RIGHT_SAME_RIGHTS,
				       .name = "full" };
	int fd = test_create(PAGE, 0), dev = device();

	ASSERT_EQ(keep(fd, "full", 0600), 0);
	limit.rlim_cur = 0;
	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT_EQ(ioc(dev, ZVMO_IOC_OPEN_KEPT, &args), -EMFILE);
	limit.rlim_cur = 64;
	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT_EQ(test_info(fd).handle_count, 2);
	ASSERT_EQ(drop("full"), 0);
	close(dev);
	test_close(fd);
}

TEST(rights_are_never_regained)
{
	int fd = test_create(PAGE, ZVMO_RESIZABLE);
	uint32_t all = test_info(fd).rights;
	int weak = test_duplicate(fd, all & ~ZVMO_RIGHT_WRITE);

	ASSERT_EQ(keep(weak, "weak", 0666), 0);
	/* Not by root either. */
	EXPECT_EQ(rights_of("weak"), all & ~ZVMO_RIGHT_WRITE);
	EXPECT_EQ(open_with("weak", all), -EACCES);
	test_close(weak);
	weak = open_with("weak", ZVMO_RIGHT_READ);
	ASSERT_GE(weak, 0);
	EXPECT_EQ(test_info(weak).rights, ZVMO_RIGHT_READ);
	test_close(weak);
	test_close(fd);
	ASSERT_EQ(drop("weak"), 0);
}

/* As each of three users: what they get; 0 if the list does not have it. */
struct permission {
	uint32_t mode;
	bool read[3];
	bool write[3];
};

static const struct permission permissions[] = {
	{ 0600, { true, false, false }, { true, false, false } },
	{ 0640, { true, true, false }, { true, false, false } },
	{ 0604, { true, false, true }, { true, false, false } },
	{ 0066, { false, true, true }, { false, true, true } },
	{ 0020, { false, false, false }, { false, true, false } },
	{ 0444, { true, true, true }, { false, false, false } },
	{ 0, { false, false, false }, { false, false, false } },
};

static void check_as(const struct permission *row, int who, uint32_t all)
{
	struct zvmo_kept_info info = {};
	bool read = row->read[who], write = row->write[who];
	long expected = all;

	if (!read)
		expected &= ~(ZVMO_RIGHT_READ | ZVMO_RIGHT_EXECUTE);
	if (!write)
		expected &= ~(ZVMO_RIGHT_WRITE | ZVMO_RIGHT_RESIZE |
			      ZVMO_RIGHT_SET_PROPERTY);
	test_context("mode %o, user %d", row->mode, who);
	if (!read && !write)
		expected = -EACCES;
	EXPECT_EQ(rights_of("permit"), expected);
	if (!write)
		EXPECT_EQ(open_with("permit", ZVMO_RIGHT_WRITE), -EACCES);
	/* Owners see theirs in any case. */
	EXPECT_EQ(next_kept(&info), read || write || !who ? 0 : -ENOENT);
	if (who)
		EXPECT_EQ(drop("permit"), -EACCES);
}

static void check_row(const struct permission *row)
{
	static const uid_t uids[] = { OWNER, MEMBER, OTHER };
	static const gid_t gids[] = { OWNER, OWNER, OTHER };
	uint32_t all;
	pid_t process;
	int fd, who;

	process = test_fork();
	if (!process) {
		become(OWNER, OWNER);
		fd = test_create(PAGE, ZVMO_RESIZABLE);
		ASSERT_EQ(keep(fd, "permit", row->mode), 0);
		_exit(0);
	}
	test_wait_for(process);
	/* Root passes. */
	all = ZVMO_RIGHTS_DEFAULT | ZVMO_RIGHT_RESIZE;
	EXPECT_EQ(rights_of("permit"), all);
	for (who = 0; who < 3; who++) {
		process = test_fork();
		if (!process) {
			become(uids[who], gids[who]);
			check_as(row, who, all);
			_exit(0);
		}
		test_wait_for(process);
	}
	process = test_fork();
	if (!process) {
		become(OWNER, OWNER);
		EXPECT_EQ(drop("permit"), 0);
		_exit(0);
	}
	test_wait_for(process);
}

TEST(permissions_are_those_of_a_file)
{
	size_t i;

	for (i = 0; i < sizeof(permissions) / sizeof(*permissions); i++)
		check_row(&permissions[i]);
}

TEST(root_drops_what_is_somebody_elses)
{
	pid_t process = test_fork();

	if (!process) {
		become(OWNER, OWNER);
		ASSERT_EQ(keep(test_create(PAGE, 0), "theirs", 0600), 0);
		_exit(0);
	}
	test_wait_for(process);
	EXPECT_EQ(drop("theirs"), 0);
}

TEST(a_user_keeps_so_many)
{
	char name[ZVMO_NAME_LEN];
	pid_t process;
	int fd, i;

	guest_set_parameter("kept_max", "3");
	process = test_fork();
	if (!process) {
		become(OWNER, OWNER);
		fd = test_create(PAGE, 0);
		for (i = 0; i < 3; i++) {
			sprintf(name, "mine%d", i);
			EXPECT_EQ(keep(fd, name, 0600), 0);
		}
		EXPECT_EQ(keep(fd, "mine3", 0600), -ENOSPC);
		/* A name that is taken is the first thing said. */
		EXPECT_EQ(keep(fd, "mine2", 0600), -EEXIST);
		EXPECT_EQ(drop("mine0"), 0);
		EXPECT_EQ(keep(fd, "mine3", 0600), 0);
		EXPECT_EQ(keep(fd, "mine0", 0600), -ENOSPC);
		_exit(0);
	}
	test_wait_for(process);
	/* Another user is not concerned; and root may keep any number. */
	process = test_fork();
	if (!process) {
		become(OTHER, OTHER);
		ASSERT_EQ(keep(test_create(PAGE, 0), "other", 0600), 0);
		ASSERT_EQ(drop("other"), 0);
		_exit(0);
	}
	test_wait_for(process);
	fd = test_create(PAGE, 0);
	for (i = 0; i < 10; i++) {
		sprintf(name, "root%d", i);
		EXPECT_EQ(keep(fd, name, 0600), 0);
	}
	for (i = 0; i < 10; i++) {
		sprintf(name, "root%d", i);
		EXPECT_EQ(drop(name), 0);
	}
	for (i = 1; i < 4; i++) {
		sprintf(name, "mine%d", i);
		EXPECT_EQ(drop(name), 0);
	}
	test_close(fd);
	guest_set_parameter("kept_max", "0");
	process = test_fork();
	if (!process) {
		become(OWNER, OWNER);
		EXPECT_EQ(keep(test_create(PAGE, 0), "none", 0600), -ENOSPC);
		_exit(0);
	}
	test_wait_for(process);
	guest_set_parameter("kept_max", "256");
}

TEST(a_list_goes_through_the_names_in_order)
{
	static const char *const names[] = { "a", "aa", "b", "\xff" };
	static const int order[] = { 2, 0, 3, 1 };
	int fd = test_create(PAGE, 0), i;
	struct zvmo_kept_info info = {};

	EXPECT_EQ(next_kept(&info), -ENOENT);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(keep(fd, names[order[i]], 0640), 0);
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(next_kept(&info), 0);
		EXPECT_STREQ(info.name, names[i]);
		EXPECT_EQ(info.mode, 0640);
		EXPECT_EQ(info.uid, 0);
		EXPECT_EQ(info.gid, 0);
		EXPECT_EQ(info.koid, test_info(fd).koid);
		EXPECT_EQ(info.rights, test_info(fd).rights);
		EXPECT_EQ(info.argsz, sizeof(info));
	}
	EXPECT_EQ(next_kept(&info), -ENOENT);
	/* From a name that is gone it goes on. */
	strcpy(info.name, "aaa");
	ASSERT_EQ(next_kept(&info), 0);
	EXPECT_STREQ(info.name, "b");
	for (i = 0; i < 4; i++)
		ASSERT_EQ(drop(names[i]), 0);
	test_close(fd);
}

TEST(the_module_stays_while_something_is_kept)
{
	int fd = test_create(PAGE, 0);

	ASSERT_EQ(keep(fd, "stays", 0600), 0);
	test_close(fd);
	EXPECT_ERRNO(syscall(SYS_delete_module, "zvmo", O_NONBLOCK), EAGAIN);
	ASSERT_EQ(drop("stays"), 0);
}

/* Races */

static bool stop;

/* Errors that a race may give; others are wrong. */
static bool is_expected(int result)
{
	return result >= 0 || result == -ENOENT || result == -EEXIST;
}

static void *race(void *arg)
{
	uint64_t random = test_seed + (uintptr_t)arg;
	struct zvmo_kept_info info;
	char name[ZVMO_NAME_LEN];
	int fd, result;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		sprintf(name, "race%d", (int)test_random_below(&random, 4));
		switch (test_random_below(&random, 4)) {
		case 0:
			fd = test_create(PAGE, 0);
			test_fill(fd, 0, PAGE, 0x77);
			result = keep(fd, name, 0600);
			test_close(fd);
			break;
		case 1:
			result = drop(name);
			break;
		case 2:
			result = fd = open_kept(name);
			if (fd < 0)
				break;
			EXPECT(test_holds(fd, 0, PAGE, 0x77));
			test_close(fd);
			break;
		default:
			memset(&info, 0, sizeof(info));
			result = next_kept(&info);
			break;
		}
		EXPECT(is_expected(result));
	}
	return NULL;
}

TEST(keep_open_drop_and_list_race)
{
	pthread_t threads[4];
	char name[ZVMO_NAME_LEN];
	uintptr_t i;

	for (i = 0; i < 4; i++)
		threads[i] = thread_start(race, (void *)i);
	sleep_ms(3000);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 4; i++)
		thread_join(threads[i]);
	for (i = 0; i < 4; i++) {
		sprintf(name, "race%d", (int)i);
		EXPECT(is_expected(drop(name)));
	}
}
