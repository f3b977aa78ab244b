// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - VMOs that are kept under names
 *
 * Who may have which rights, what holds a VMO, and that what fails leaves no name
 * and no count behind.
 */
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/task_work.h>

#include "fixture.h"
#include "kept.h"
#include "vmos.h"

#define OWNER 1000
#define GROUP 2000
#define STRANGER 1001

static int keep_as(struct zvmo *vmo, u32 rights, const char *name, u32 mode)
{
	struct zvmo_handle handle = { .vmo = vmo, .rights = rights };
	struct zvmo_keep args = { .mode = mode };

	strscpy(args.name, name, sizeof(args.name));
	return zvmo_kept_add(&handle, &args);
}

static int keep(struct zvmo *vmo, const char *name)
{
	return keep_as(vmo, ZVMO_TEST_RIGHTS, name, 0600);
}

static int drop(const char *name)
{
	struct zvmo_name args = {};

	strscpy(args.name, name, sizeof(args.name));
	return zvmo_kept_drop(&args);
}

/* What opening with those rights comes to; the descriptor is closed again. */
static int try_open(const char *name, u32 rights)
{
	struct zvmo_open_kept args = { .rights = rights };
	int fd;

	strscpy(args.name, name, sizeof(args.name));
	fd = zvmo_kept_open(&args);
	if (fd < 0)
		return fd;
	close_fd(fd);
	/* Of a kernel thread, files are released later. */
	flush_delayed_fput();
	return 0;
}

/* Somebody without privileges, until become_oneself(). */
struct somebody {
	struct cred *cred;
	const struct cred *before;
};

static struct somebody become(struct kunit *test, uid_t uid, gid_t gid)
{
	struct somebody somebody = { .cred = prepare_creds() };

	KUNIT_ASSERT_NOT_NULL(test, somebody.cred);
	somebody.cred->fsuid = make_kuid(&init_user_ns, uid);
	somebody.cred->fsgid = make_kgid(&init_user_ns, gid);
	cap_clear(somebody.cred->cap_effective);
	somebody.before = override_creds(somebody.cred);
	return somebody;
}

static void become_oneself(struct somebody *somebody)
{
	revert_creds(somebody->before);
	put_cred(somebody->cred);
}

static int open_as(struct kunit *test, uid_t uid, gid_t gid, u32 rights)
{
	struct somebody somebody = become(test, uid, gid);
	int ret = try_open("heap", rights);

	become_oneself(&somebody);
	return ret;
}

static int drop_as(struct kunit *test, uid_t uid)
{
	struct somebody somebody = become(test, uid, GROUP);
	int ret = drop("heap");

	become_oneself(&somebody);
	return ret;
}

/* The owner keeps "heap" with that mode. */
static struct zvmo *create_kept(struct kunit *test, u32 mode)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	struct somebody owner = become(test, OWNER, GROUP);

	KUNIT_EXPECT_EQ(test, keep_as(vmo, ZVMO_TEST_RIGHTS, "heap", mode), 0);
	become_oneself(&owner);
	return vmo;
}

/* The table holds a VMO: it lives on without any handle. */
static void a_name_holds_a_vmo(struct kunit *test)
{
	unsigned long before = zvmo_kept_count_all();
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);

	KUNIT_EXPECT_EQ(test, keep(vmo, "heap"), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 2U);
	KUNIT_EXPECT_EQ(test, zvmo_kept_count_all(), before + 1);
	zvmo_put(vmo);
	KUNIT_EXPECT_EQ(test, VMOS, 1L);
	KUNIT_EXPECT_EQ(test, try_open("heap", ZVMO_RIGHT_SAME_RIGHTS), 0);
	KUNIT_EXPECT_EQ(test, VMOS, 1L);
	KUNIT_EXPECT_EQ(test, drop("heap"), 0);
	KUNIT_EXPECT_EQ(test, VMOS, 0L);
	KUNIT_EXPECT_EQ(test, zvmo_kept_count_all(), before);
	KUNIT_EXPECT_EQ(test, drop("heap"), -ENOENT);
	KUNIT_EXPECT_EQ(test, try_open("heap", ZVMO_RIGHT_READ), -ENOENT);
}

/* A name is one VMO's, a VMO may have many; nothing is held in vain. */
static void a_name_is_one_vmos(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);

	KUNIT_EXPECT_EQ(test, keep(vmo, "heap"), 0);
	KUNIT_EXPECT_EQ(test, keep(vmo, "heap"), -EEXIST);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 2U);
	KUNIT_EXPECT_EQ(test, keep(vmo, "stack"), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 3U);
	KUNIT_EXPECT_EQ(test, drop("stack"), 0);
	KUNIT_EXPECT_EQ(test, drop("heap"), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 1U);
	zvmo_put(vmo);
}

/* What is no name, no mode, or no handle that may be duplicated. */
static void what_cannot_be_kept(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	struct zvmo_handle handle = {
		.vmo = vmo,
		.rights = ZVMO_TEST_RIGHTS,
	};
	struct zvmo_keep odd = { .name = "a\0b" }, full = {};

	memset(full.name, 'a', sizeof(full.name));
	KUNIT_EXPECT_EQ(test, keep(vmo, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, zvmo_kept_add(&handle, &odd), -EINVAL);
	KUNIT_EXPECT_EQ(test, zvmo_kept_add(&handle, &full), -EINVAL);
	KUNIT_EXPECT_EQ(test, keep_as(vmo, ZVMO_TEST_RIGHTS, "heap", 0700),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			keep_as(vmo, ZVMO_TEST_RIGHTS & ~ZVMO_RIGHT_DUPLICATE,
				"heap", 0600),
			-EACCES);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 1U);
	zvmo_put(vmo);
}

/* Who may not read has no right to read nor to execute; who may not write, ... */
static void the_mode_decides_on_rights(struct kunit *test)
{
	struct zvmo *vmo = create_kept(test, 0640);

	KUNIT_EXPECT_EQ(test, open_as(test, OWNER, GROUP, ZVMO_TEST_RIGHTS), 0);
	KUNIT_EXPECT_EQ(test, open_as(test, STRANGER, GROUP, ZVMO_RIGHT_READ),
			0);
	KUNIT_EXPECT_EQ(test, open_as(test, STRANGER, GROUP, ZVMO_RIGHT_WRITE),
			-EACCES);
	KUNIT_EXPECT_EQ(test, open_as(test, STRANGER, GROUP, ZVMO_RIGHT_RESIZE),
			-EACCES);
	KUNIT_EXPECT_EQ(test,
			open_as(test, STRANGER, 1, ZVMO_RIGHT_SAME_RIGHTS),
			-EACCES);
	/* It does not matter to who may do everything. */
	KUNIT_EXPECT_EQ(test, try_open("heap", ZVMO_TEST_RIGHTS), 0);
	KUNIT_EXPECT_EQ(test, drop("heap"), 0);
	zvmo_put(vmo);
}

/* The first class that fits decides: here others may more than the owner. */
static void the_first_class_decides(struct kunit *test)
{
	struct zvmo *vmo = create_kept(test, 0046);

	KUNIT_EXPECT_EQ(test, open_as(test, OWNER, 1, ZVMO_RIGHT_SAME_RIGHTS),
			-EACCES);
	KUNIT_EXPECT_EQ(test, open_as(test, STRANGER, GROUP, ZVMO_RIGHT_WRITE),
			-EACCES);
	KUNIT_EXPECT_EQ(test, open_as(test, STRANGER, 1, ZVMO_RIGHT_WRITE), 0);
	KUNIT_EXPECT_EQ(test, drop("heap"), 0);
	zvmo_put(vmo);
}

/* Nobody gets a right that the handle did not have by which it was kept. */
static void never_more_than_was_kept(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	u32 rights = ZVMO_RIGHT_DUPLICATE | ZVMO_RIGHT_READ;

	KUNIT_EXPECT_EQ(test, keep_as(vmo, rights, "heap", 0666), 0);
	KUNIT_EXPECT_EQ(test, try_open("heap", rights), 0);
	KUNIT_EXPECT_EQ(test, try_open("heap", ZVMO_RIGHT_WRITE), -EACCES);
	KUNIT_EXPECT_EQ(test, drop("heap"), 0);
	zvmo_put(vmo);
}

/* Only the owner drops it, or who may act as one. */
static void only_the_owner_drops_it(struct kunit *test)
{
	struct zvmo *vmo = create_kept(test, 0666);

	KUNIT_EXPECT_EQ(test, drop_as(test, STRANGER), -EACCES);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 2U);
	KUNIT_EXPECT_EQ(test, drop_as(test, OWNER), 0);
	zvmo_put(vmo);
}

/* Each user has a count of his own; one that is at its limit keeps no more. */
static void each_user_has_a_limit(struct kunit *test)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	unsigned int max = zvmo_kept_max;
	struct somebody owner = become(test, OWNER, GROUP);

	zvmo_kept_max = 1;
	KUNIT_EXPECT_EQ(test, keep(vmo, "a"), 0);
	KUNIT_EXPECT_EQ(test, keep(vmo, "b"), -ENOSPC);
	KUNIT_EXPECT_EQ(test, drop("a"), 0);
	KUNIT_EXPECT_EQ(test, keep(vmo, "b"), 0);
	become_oneself(&owner);
	/* Others do not count, nor do those whose resources have no limit. */
	KUNIT_EXPECT_EQ(test, keep(vmo, "c"), 0);
	KUNIT_EXPECT_EQ(test, keep(vmo, "d"), 0);
	zvmo_kept_max = max;
	KUNIT_EXPECT_EQ(test, drop("b"), 0);
	KUNIT_EXPECT_EQ(test, drop("c"), 0);
	KUNIT_EXPECT_EQ(test, drop("d"), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 1U);
	zvmo_put(vmo);
}

/* Listing goes by name, and leaves out what one may neither read nor write. */
static void listing_goes_by_name(struct kunit *test)
{
	struct zvmo *vmo = create_kept(test, 0600);
	struct zvmo_kept_info info = {};
	struct somebody stranger;

	KUNIT_EXPECT_EQ(test, keep_as(vmo, ZVMO_TEST_RIGHTS, "stack", 0606), 0);
	KUNIT_EXPECT_EQ(test, keep_as(vmo, ZVMO_TEST_RIGHTS, "bss", 0600), 0);
	KUNIT_EXPECT_EQ(test, zvmo_kept_next(&info), 0);
	KUNIT_EXPECT_STREQ(test, info.name, "bss");
	KUNIT_EXPECT_EQ(test, (u64)info.koid, vmo->koid);
	KUNIT_EXPECT_EQ(test, zvmo_kept_next(&info), 0);
	KUNIT_EXPECT_STREQ(test, info.name, "heap");
	KUNIT_EXPECT_EQ(test, info.uid, (u32)OWNER);
	stranger = become(test, STRANGER, 1);
	memset(&info, 0, sizeof(info));
	KUNIT_EXPECT_EQ(test, zvmo_kept_next(&info), 0);
	KUNIT_EXPECT_STREQ(test, info.name, "stack");
	KUNIT_EXPECT_EQ(test, zvmo_kept_next(&info), -ENOENT);
	become_oneself(&stranger);
	KUNIT_EXPECT_EQ(test, drop("bss"), 0);
	KUNIT_EXPECT_EQ(test, drop("heap"), 0);
	KUNIT_EXPECT_EQ(test, drop("stack"), 0);
	zvmo_put(vmo);
}

/* By a user whose first it is: then the count needs memory too. */
static bool keep_nth(struct kunit *test, unsigned int n)
{
	struct zvmo *vmo = zvmo_test_create(test, "ab", 0);
	struct somebody somebody = become(test, 70000, GROUP);
	bool failed;
	int err;

	zvmo_test_fail_nth(n);
	err = keep(vmo, "heap");
	failed = zvmo_test_failed();
	if (err)
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	KUNIT_EXPECT_EQ(test, kref_read(&vmo->refs), 1U + !err);
	KUNIT_EXPECT_EQ(test, drop("heap"), err ? -ENOENT : 0);
	become_oneself(&somebody);
	zvmo_put(vmo);
	return failed;
}

static void what_fails_keeps_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, keep_nth);
}

static struct kunit_case kept_cases[] = { KUNIT_CASE(a_name_holds_a_vmo),
					  KUNIT_CASE(a_name_is_one_vmos),
					  KUNIT_CASE(what_cannot_be_kept),
					  KUNIT_CASE(
						  the_mode_decides_on_rights),
					  KUNIT_CASE(the_first_class_decides),
					  KUNIT_CASE(never_more_than_was_kept),
					  KUNIT_CASE(only_the_owner_drops_it),
					  KUNIT_CASE(each_user_has_a_limit),
					  KUNIT_CASE(listing_goes_by_name),
					  KUNIT_CASE(what_fails_keeps_nothing),
					  {} };

ZVMO_TEST_SUITE(kept, kept_cases);
