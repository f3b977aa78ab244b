// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - the generic netlink family
 *
 * Rules are those of Documentation/netlink/specs/zvmo.yaml.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "nl.h"
#include "ops.h"
#include "parallel.h"

#define OTHER_USER 1000
#define HEADER_SIZE (NLMSG_HDRLEN + GENL_HDRLEN)

static uint64_t koid_of(int fd)
{
	return test_info(fd).koid;
}

static void name(int fd, const char *text)
{
	struct zvmo_name args = { .argsz = sizeof(args) };

	strncpy(args.name, text, sizeof(args.name) - 1);
	ASSERT_EQ(ioc(fd, ZVMO_IOC_SET_NAME, &args), 0);
}

/* vmo-get of one, with its attributes in the reply */
static int get(struct nl *nl, uint64_t koid)
{
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_ID, koid);
	return nl_do(nl);
}

static int get_details(struct nl *nl, uint64_t koid)
{
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_ID, koid);
	nl_put(nl, ZVMO_A_VMO_DETAILS, NULL, 0);
	return nl_do(nl);
}

static uint64_t number(struct nl *nl, uint16_t type)
{
	return nl_number(nl_reply(nl), type);
}

/* Describing */

TEST(get_tells_what_get_info_tells)
{
	struct nl *nl = nl_open();
	int fd = test_create(5 * PAGE + 1, ZVMO_RESIZABLE);
	int child;
	char *map;

	name(fd, "one");
	test_fill(fd, 0, 2 * PAGE, 'x');
	child = test_snapshot(fd);
	map = test_map(fd, 0, PAGE, RW, MAP_SHARED);
	ASSERT_EQ(get(nl, koid_of(fd)), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_ID), koid_of(fd));
	EXPECT_STREQ(nl_text(nl_reply(nl), ZVMO_A_VMO_NAME), "one");
	EXPECT_EQ(number(nl, ZVMO_A_VMO_KIND), ZVMO_KIND_ORIGINAL);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FLAGS), ZVMO_VMO_FLAGS_RESIZABLE);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_SIZE), 6 * PAGE);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_STREAM_SIZE), 5 * PAGE + 1);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PARENT), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FAMILY), koid_of(fd));
	EXPECT_EQ(number(nl, ZVMO_A_VMO_CHILDREN), 1);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_MAPPINGS), 1);
	/* The mapping holds the file of the descriptor. */
	EXPECT_EQ(number(nl, ZVMO_A_VMO_HANDLE_COUNT), 1);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_LOCK_COUNT), UINT64_MAX);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_CACHE_POLICY), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_OWNER_UID), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_OWNER_PID), getpid());
	EXPECT_EQ(number(nl, ZVMO_A_VMO_COMMITTED_BYTES), 2 * PAGE);
	EXPECT(!nl_find(nl_reply(nl), ZVMO_A_VMO_PRIVATE_BYTES));
	EXPECT(!nl_find(nl_reply(nl), ZVMO_A_VMO_SHARE_COUNT));

	ASSERT_EQ(get(nl, koid_of(child)), 0);
	EXPECT_STREQ(nl_text(nl_reply(nl), ZVMO_A_VMO_NAME), "one");
	EXPECT_EQ(number(nl, ZVMO_A_VMO_KIND), ZVMO_KIND_SNAPSHOT);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PARENT), koid_of(fd));
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FAMILY), koid_of(fd));
	test_unmap(map, PAGE);
	test_close(child);
	test_close(fd);
	nl_close(nl);
}

TEST(details_only_when_asked_for)
{
	struct nl *nl = nl_open();
	int fd = test_create(4 * PAGE, 0), child;

	test_fill(fd, 0, 3 * PAGE, 'x');
	child = test_snapshot(fd);
	test_fill(fd, 0, PAGE, 'y');
	ASSERT_EQ(get_details(nl, koid_of(fd)), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_COMMITTED_BYTES), 3 * PAGE);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PRIVATE_BYTES), PAGE);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_SCALED_BYTES), 2 * PAGE);
	EXPECT_NE(number(nl, ZVMO_A_VMO_METADATA_BYTES), UINT64_MAX);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_SHARE_COUNT), 0);
	test_close(child);
	test_close(fd);
	nl_close(nl);
}

TEST(one_that_is_not_there)
{
	struct nl *nl = nl_open();
	int fd = test_create(PAGE, 0);
	uint64_t koid = koid_of(fd);

	test_close(fd);
	EXPECT_EQ(get(nl, koid), -ENOENT);
	EXPECT_EQ(get(nl, koid + 1000), -ENOENT);
	EXPECT_EQ(get(nl, UINT64_MAX), -ENOENT);
	nl_close(nl);
}

/* Wrong arguments */

TEST(arguments_that_the_policy_rejects)
{
	struct nl *nl = nl_open();
	char bytes[64];

	memset(bytes, 'x', sizeof(bytes));
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* no id */
	EXPECT_EQ(get(nl, 0), -ERANGE);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_u32(nl, ZVMO_A_VMO_ID, 1024);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* too short */
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put(nl, ZVMO_A_VMO_ID, bytes, 16);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* too long */
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_u64(nl, ZVMO_A_VMO_ID, 1024);
	nl_put_u64(nl, ZVMO_A_VMO_PARENT, 1024);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* a filter */
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_u64(nl, ZVMO_A_VMO_ID, 1024);
	nl_put_u64(nl, ZVMO_A_VMO_SIZE, 1024);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* not to be asked with */
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, 200, 1024);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* unknown */
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_ID, 1024);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -EINVAL); /* one, in a dump */
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put(nl, ZVMO_A_VMO_NAME_PREFIX, bytes, 33);
	EXPECT_NE(nl_dump(nl, NULL, NULL), 0); /* without NUL, too long */
	nl_begin_u64(nl, ZVMO_CMD_STATS_GET, 1, 1);
	EXPECT_EQ(nl_do(nl), -EINVAL); /* knows none */
	nl_begin(nl, ZVMO_CMD_MAX + 1);
	EXPECT_EQ(nl_do(nl), -EOPNOTSUPP);
	nl_begin(nl, ZVMO_CMD_CREATE_NTF);
	EXPECT_EQ(nl_do(nl), -EOPNOTSUPP); /* an event */
	nl_begin_u64(nl, ZVMO_CMD_PAGE_MAP_GET, ZVMO_A_PAGE_MAP_ID, 1024);
	EXPECT_EQ(nl_do(nl), -EOPNOTSUPP); /* a dump only */
	nl_begin(nl, ZVMO_CMD_PAGE_MAP_GET);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -EINVAL);
	nl_begin(nl, ZVMO_CMD_MAPPING_GET);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -EINVAL);
	nl_begin(nl, ZVMO_CMD_RECLAIM);
	EXPECT_EQ(nl_do(nl), -EINVAL);
	nl_begin(nl, ZVMO_CMD_VMO_DISCARD);
	EXPECT_EQ(nl_do(nl), -EINVAL);
	nl_close(nl);
}

TEST(a_bad_attribute_changes_nothing)
{
	struct nl *nl = nl_open();

	nl_begin(nl, ZVMO_CMD_CONFIG_SET);
	nl_put_u32(nl, ZVMO_A_CONFIG_DISCARD_AGE, 77);
	nl_put_u32(nl, ZVMO_A_CONFIG_FAULT_AROUND, 17);
	EXPECT_EQ(nl_do(nl), -ERANGE);
	nl_begin(nl, ZVMO_CMD_CONFIG_SET);
	nl_put_u32(nl, ZVMO_A_CONFIG_DISCARD_AGE, 77);
	nl_put_u8(nl, ZVMO_A_CONFIG_CACHE_INVALIDATE, 2);
	EXPECT_EQ(nl_do(nl), -ERANGE);
	nl_begin(nl, ZVMO_CMD_CONFIG_GET);
	ASSERT_EQ(nl_do(nl), 0);
	EXPECT_NE(number(nl, ZVMO_A_CONFIG_DISCARD_AGE), 77);
	nl_close(nl);
}

/* Settings, counters, names */

TEST(settings_can_be_set_one_by_one)
{
	struct nl *nl = nl_open();

	nl_begin(nl, ZVMO_CMD_CONFIG_SET);
	nl_put_u32(nl, ZVMO_A_CONFIG_DISCARD_AGE, 1234);
	ASSERT_EQ(nl_do(nl), 0);
	nl_begin(nl, ZVMO_CMD_CONFIG_SET);
	nl_put_u32(nl, ZVMO_A_CONFIG_FAULT_AROUND, 4);
	nl_put_u8(nl, ZVMO_A_CONFIG_CACHE_INVALIDATE, 1);
	ASSERT_EQ(nl_do(nl), 0);
	nl_begin(nl, ZVMO_CMD_CONFIG_GET);
	ASSERT_EQ(nl_do(nl), 0);
	EXPECT_EQ(number(nl, ZVMO_A_CONFIG_DISCARD_AGE), 1234);
	EXPECT_EQ(number(nl, ZVMO_A_CONFIG_FAULT_AROUND), 4);
	EXPECT_EQ(number(nl, ZVMO_A_CONFIG_AMBIENT_MARK_VMO_EXEC), 0);
	EXPECT_EQ(number(nl, ZVMO_A_CONFIG_CACHE_INVALIDATE), 1);
	nl_begin(nl, ZVMO_CMD_CONFIG_SET);
	nl_put_u32(nl, ZVMO_A_CONFIG_DISCARD_AGE, 0);
	nl_put_u32(nl, ZVMO_A_CONFIG_FAULT_AROUND, 16);
	nl_put_u8(nl, ZVMO_A_CONFIG_CACHE_INVALIDATE, 0);
	ASSERT_EQ(nl_do(nl), 0);
	nl_close(nl);
}

TEST(counters_are_those_of_debugfs)
{
	struct nl *nl = nl_open();
	int fd = test_create(3 * PAGE, 0);
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 0, PAGE);
	struct test_stats stats;

	test_fill(fd, 0, 2 * PAGE, 'x');
	stats = test_stats();
	nl_begin(nl, ZVMO_CMD_STATS_GET);
	ASSERT_EQ(nl_do(nl), 0);
	EXPECT_EQ(number(nl, ZVMO_A_STATS_PAGES), stats.pages);
	EXPECT_EQ(number(nl, ZVMO_A_STATS_NODES), stats.nodes);
	EXPECT_EQ(number(nl, ZVMO_A_STATS_CONTENTS), stats.cows);
	EXPECT_EQ(number(nl, ZVMO_A_STATS_VMOS), stats.vmos);
	EXPECT_EQ(stats.vmos, 2);
	EXPECT_NE(number(nl, ZVMO_A_STATS_RECLAIMABLE), UINT64_MAX);
	EXPECT_NE(number(nl, ZVMO_A_STATS_DISCARDED), UINT64_MAX);
	EXPECT_NE(number(nl, ZVMO_A_STATS_EVENTS_LOST), UINT64_MAX);
	test_close(slice);
	test_close(fd);
	nl_close(nl);
}

TEST(a_name_can_be_set)
{
	struct nl *nl = nl_open();
	int fd = test_create(PAGE, 0);

	nl_begin_u64(nl, ZVMO_CMD_VMO_SET, ZVMO_A_VMO_ID, koid_of(fd));
	EXPECT_EQ(nl_do(nl), -EINVAL);
	nl_begin_u64(nl, ZVMO_CMD_VMO_SET, ZVMO_A_VMO_ID, koid_of(fd));
	nl_put_text(nl, ZVMO_A_VMO_NAME, "0123456789012345678901234567890");
	EXPECT_EQ(nl_do(nl), 0);
	EXPECT_STREQ(test_info(fd).name, "0123456789012345678901234567890");
	nl_begin_u64(nl, ZVMO_CMD_VMO_SET, ZVMO_A_VMO_ID, koid_of(fd));
	nl_put_text(nl, ZVMO_A_VMO_NAME, "01234567890123456789012345678901");
	EXPECT_NE(nl_do(nl), 0);
	nl_begin_u64(nl, ZVMO_CMD_VMO_SET, ZVMO_A_VMO_ID, koid_of(fd));
	nl_put_text(nl, ZVMO_A_VMO_NAME, "");
	EXPECT_EQ(nl_do(nl), 0);
	EXPECT_STREQ(test_info(fd).name, "");
	nl_begin_u64(nl, ZVMO_CMD_VMO_SET, ZVMO_A_VMO_ID, koid_of(fd) + 1);
	nl_put_text(nl, ZVMO_A_VMO_NAME, "nobody's");
	EXPECT_EQ(nl_do(nl), -ENOENT);
	test_close(fd);
	nl_close(nl);
}

TEST(what_nobody_can_write_is_immutable)
{
	struct nl *nl = nl_open();
	int fd = test_create(PAGE, 0);
	int child = test_child(fd, ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_NO_WRITE, 0,
			       PAGE);

	ASSERT_EQ(get(nl, koid_of(child)), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FLAGS), ZVMO_VMO_FLAGS_IMMUTABLE);
	test_close(child);
	test_close(fd);
	nl_close(nl);
}

/* Whose process has no number for the viewer has 0. */
TEST(pids_are_the_viewers)
{
	int fd = test_create(PAGE, 0), own;
	struct nl *nl;
	pid_t child;

	if (unshare(CLONE_NEWPID))
		SKIP("no pid namespaces");
	child = test_fork();
	if (!child) {
		own = test_create(PAGE, 0);
		nl = nl_open();
		ASSERT_EQ(get(nl, koid_of(own)), 0);
		EXPECT_EQ(number(nl, ZVMO_A_VMO_OWNER_PID), 1);
		ASSERT_EQ(get(nl, koid_of(fd)), 0);
		EXPECT_EQ(number(nl, ZVMO_A_VMO_OWNER_PID), 0);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(child);
	test_close(fd);
}

/* Dumps */

struct seen {
	unsigned int nr;
	uint64_t last; /* koid */
	bool ascending;
};

static void count_one(struct nl_attributes in, void *arg)
{
	struct seen *seen = arg;
	uint64_t koid = nl_number(in, ZVMO_A_VMO_ID);

	if (seen->nr++ && koid <= seen->last)
		FAIL("%llu after %llu", (unsigned long long)koid,
		     (unsigned long long)seen->last);
	seen->last = koid;
}

static unsigned int count(struct nl *nl)
{
	struct seen seen = {};

	EXPECT_EQ(nl_dump(nl, count_one, &seen), 0);
	return seen.nr;
}

TEST(filters)
{
	struct nl *nl = nl_open();
	int root = test_create(4 * PAGE, 0), other = test_create(PAGE, 0);
	int child = test_snapshot(root), grandchild = test_snapshot(child);
	int slice = test_child(child, ZVMO_CHILD_SLICE, 0, PAGE);

	name(child, "apple");
	name(grandchild, "apricot");
	name(other, "banana");
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(count(nl), 5);
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_FAMILY, koid_of(root));
	EXPECT_EQ(count(nl), 4);
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_PARENT, koid_of(child));
	EXPECT_EQ(count(nl), 2);
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_PARENT, 0);
	EXPECT_EQ(count(nl), 2);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_text(nl, ZVMO_A_VMO_NAME_PREFIX, "ap");
	EXPECT_EQ(count(nl), 2);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_text(nl, ZVMO_A_VMO_NAME_PREFIX, "");
	EXPECT_EQ(count(nl), 5);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_text(nl, ZVMO_A_VMO_NAME_PREFIX, "ap");
	nl_put_u64(nl, ZVMO_A_VMO_PARENT, koid_of(root));
	EXPECT_EQ(count(nl), 1);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_u32(nl, ZVMO_A_VMO_OWNER_UID, 0);
	EXPECT_EQ(count(nl), 5);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_u32(nl, ZVMO_A_VMO_OWNER_UID, OTHER_USER);
	EXPECT_EQ(count(nl), 0);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	nl_put_u32(nl, ZVMO_A_VMO_OWNER_UID, UINT32_MAX);
	EXPECT_EQ(count(nl), 0);
	/* The family stays when its first VMO goes; the children move up. */
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_FAMILY, koid_of(root));
	test_close(root);
	EXPECT_EQ(count(nl), 3);
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_PARENT, 0);
	EXPECT_EQ(count(nl), 2);
	test_close(slice);
	test_close(grandchild);
	test_close(child);
	test_close(other);
	nl_close(nl);
}

#define MANY ((int)test_rounds(10000))

static void allow_many(void)
{
	struct rlimit limit = { MANY + 100, MANY + 100 };

	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int *create_many(void)
{
	int *fds = malloc(MANY * sizeof(*fds)), i;

	ASSERT(fds);
	allow_many();
	for (i = 0; i < MANY; i++)
		fds[i] = test_create(PAGE, 0);
	return fds;
}

static void close_many(int *fds)
{
	int i;

	for (i = 0; i < MANY; i++)
		test_close(fds[i]);
	free(fds);
}

/* Seconds that it takes to list many. */
static double list_many(struct nl *nl)
{
	double start = test_seconds();

	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(count(nl), MANY);
	EXPECT(!nl->is_interrupted);
	return test_seconds() - start;
}

TEST_WITHIN(ten_thousand, 300)
{
	struct nl *nl = nl_open();
	int *fds = create_many(), i;
	double seconds;

	/* The machine itself may stop for a while: not each time. */
	for (i = 0; i < 5; i++) {
		seconds = list_many(nl);
		test_note("%d VMOs in %.2f s", MANY, seconds);
		if (seconds < test_patience(2))
			break;
	}
	EXPECT(i < 5);
	close_many(fds);
	nl_close(nl);
}

/* Each message: one VMO goes and another one comes. */
static void change_one(struct nl_attributes in, void *arg)
{
	int *fds = arg;
	static int next;

	(void)in;
	if (next == MANY)
		return;
	test_close(fds[next]);
	fds[next++] = test_create(PAGE, 0);
}

TEST_WITHIN(a_dump_tells_that_vmos_came_or_went, 300)
{
	struct nl *nl = nl_open();
	int *fds = create_many();

	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(nl_dump(nl, change_one, fds), 0);
	EXPECT(nl->is_interrupted);
	EXPECT_GE(nl->nr_messages, MANY / 2);
	close_many(fds);
	nl_close(nl);
}

/* With the first message, and then no more. */
static void create_one(struct nl_attributes in, void *arg)
{
	int *fd = arg;

	(void)in;
	if (*fd < 0)
		*fd = test_create(PAGE, 0);
}

static void close_one(struct nl_attributes in, void *arg)
{
	int *fd = arg;

	(void)in;
	if (*fd >= 0)
		test_close(*fd);
	*fd = -1;
}

TEST_WITHIN(one_that_only_comes_or_only_goes_is_told_of, 300)
{
	struct nl *nl = nl_open();
	int *fds = create_many(), fd = -1;

	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(nl_dump(nl, create_one, &fd), 0);
	EXPECT(nl->is_interrupted);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(nl_dump(nl, close_one, &fd), 0);
	EXPECT(nl->is_interrupted);
	close_many(fds);
	nl_close(nl);
}

struct churn {
	_Atomic bool stop;
	uint64_t seed;
};

static void *churn(void *arg)
{
	struct churn *churn = arg;
	int fd, child;

	while (!atomic_load(&churn->stop)) {
		fd = test_create(4 * PAGE, 0);
		test_fill(fd, 0, 2 * PAGE, 'x');
		child = test_snapshot(fd);
		test_close(fd);
		test_close(child);
	}
	return NULL;
}

TEST(everything_while_vmos_come_and_go)
{
	struct churn state = {};
	pthread_t threads[2];
	struct nl *nl = nl_open();
	int fd = test_create(4 * PAGE, 0), i;
	uint64_t koid = koid_of(fd);

	for (i = 0; i < 2; i++)
		threads[i] = thread_start(churn, &state);
	for (i = 0; i < 200; i++) {
		nl_begin(nl, ZVMO_CMD_VMO_GET);
		nl_put(nl, ZVMO_A_VMO_DETAILS, NULL, 0);
		EXPECT_GE(count(nl), 1);
		koid += 1 + i % 3;
		get(nl, koid);
		nl_begin_u64(nl, ZVMO_CMD_PAGE_MAP_GET, ZVMO_A_PAGE_MAP_ID,
			     koid);
		nl_dump(nl, NULL, NULL);
	}
	atomic_store(&state.stop, true);
	for (i = 0; i < 2; i++)
		thread_join(threads[i]);
	test_close(fd);
	nl_close(nl);
}

/* Page maps */

struct map {
	char text[256]; /* a letter a page */
	uint64_t next;
	unsigned int holders;
};

static void add_runs(struct nl_attributes in, void *arg)
{
	static const char letters[] = "-psz";
	const struct nlattr *run = NULL;
	struct map *map = arg;
	struct nl_attributes nest;
	uint64_t length;

	while ((run = nl_find_next(in, ZVMO_A_PAGE_MAP_RUN, run))) {
		nest = nl_nest(run);
		EXPECT_EQ(nl_number(nest, ZVMO_A_PAGE_RUN_OFFSET), map->next);
		length = nl_number(nest, ZVMO_A_PAGE_RUN_LENGTH);
		ASSERT_LE(nl_number(nest, ZVMO_A_PAGE_RUN_STATE), 3);
		if (nl_find(nest, ZVMO_A_PAGE_RUN_HOLDERS))
			map->holders = nl_number(nest, ZVMO_A_PAGE_RUN_HOLDERS);
		map->next += length;
		for (; length && strlen(map->text) < 255; length -= PAGE)
			strncat(map->text,
				&letters[nl_number(nest, ZVMO_A_PAGE_RUN_STATE)],
				1);
	}
}

static struct map map_of(struct nl *nl, int fd, uint64_t offset,
			 uint64_t length)
{
	struct map map = { .next = offset };

	nl_begin(nl, ZVMO_CMD_PAGE_MAP_GET);
	nl_put_u64(nl, ZVMO_A_PAGE_MAP_ID, koid_of(fd));
	nl_put_u64(nl, ZVMO_A_PAGE_MAP_OFFSET, offset);
	nl_put_u64(nl, ZVMO_A_PAGE_MAP_LENGTH, length);
	EXPECT_EQ(nl_dump(nl, add_runs, &map), 0);
	return map;
}

TEST(page_map)
{
	struct nl *nl = nl_open();
	int fd = test_create(8 * PAGE, 0), child, second;
	struct map map;

	EXPECT_STREQ(map_of(nl, fd, 0, UINT64_MAX).text, "--------");
	test_fill(fd, PAGE, 3 * PAGE, 'x');
	EXPECT_STREQ(map_of(nl, fd, 0, UINT64_MAX).text, "-ppp----");
	child = test_snapshot(fd);
	second = test_snapshot(child);
	test_fill(fd, 2 * PAGE, PAGE, 'y');
	map = map_of(nl, fd, 0, UINT64_MAX);
	EXPECT_STREQ(map.text, "-sps----");
	EXPECT_EQ(map.holders, 3);
	map = map_of(nl, child, 0, UINT64_MAX);
	EXPECT_STREQ(map.text, "-sss----");
	EXPECT_STREQ(map_of(nl, fd, 2 * PAGE, 2 * PAGE).text, "ps");
	EXPECT_STREQ(map_of(nl, fd, 7 * PAGE, UINT64_MAX).text, "-");
	EXPECT_STREQ(map_of(nl, fd, 8 * PAGE, UINT64_MAX).text, "");
	EXPECT_STREQ(map_of(nl, fd, UINT64_MAX - 5, 3).text, "");
	EXPECT_STREQ(map_of(nl, fd, 0, 0).text, "");
	test_close(second);
	test_close(child);
	test_close(fd);
	nl_close(nl);
}

TEST(page_map_of_a_slice_begins_where_it_does)
{
	struct nl *nl = nl_open();
	int fd = test_create(8 * PAGE, 0), slice;

	test_fill(fd, 3 * PAGE, PAGE, 'x');
	slice = test_child(fd, ZVMO_CHILD_SLICE, 2 * PAGE, 3 * PAGE);
	EXPECT_STREQ(map_of(nl, slice, 0, UINT64_MAX).text, "-p-");
	test_close(slice);
	test_close(fd);
	nl_close(nl);
}

TEST(page_map_in_many_messages)
{
	const unsigned int nr = 1000;
	struct nl *nl = nl_open();
	int fd = test_create(2 * nr * PAGE, 0);
	struct map map;
	unsigned int i;

	for (i = 0; i < nr; i++)
		test_fill(fd, 2 * i * PAGE, PAGE, 'x');
	map = map_of(nl, fd, 0, UINT64_MAX);
	EXPECT_EQ(map.next, 2 * nr * PAGE);
	EXPECT_GE(nl->nr_messages, 2);
	EXPECT(!strncmp(map.text, "p-p-p-p-", 8));
	test_close(fd);
	/* The largest there is, with one page at its end. */
	fd = test_create(PAGE, ZVMO_UNBOUNDED);
	ASSERT_EQ(ioc_op(fd, ZVMO_OP_COMMIT, ZVMO_SIZE_MAX - PAGE, PAGE), 0);
	map = map_of(nl, fd, ZVMO_SIZE_MAX - 3 * PAGE, UINT64_MAX);
	EXPECT_STREQ(map.text, "--p");
	test_close(fd);
	nl_close(nl);
}

/* Mappings */

struct mappings {
	unsigned int nr;
	unsigned int mine; /* mappings of this process */
	unsigned int child;
	pid_t child_pid;
};

static void add_mapping(struct nl_attributes in, void *arg)
{
	struct mappings *mappings = arg;
	uint64_t pid = nl_number(in, ZVMO_A_MAPPING_PID);
	uint64_t nr = nl_number(in, ZVMO_A_MAPPING_COUNT);

	mappings->nr++;
	if (pid == (uint64_t)getpid())
		mappings->mine = nr;
	else if (pid == (uint64_t)mappings->child_pid)
		mappings->child = nr;
	else
		FAIL("process %llu", (unsigned long long)pid);
}

TEST(mappings_by_process)
{
	struct mappings mappings = {};
	struct nl *nl = nl_open();
	int fd = test_create(4 * PAGE, 0), pipes[2];
	char *one, *two, byte;
	pid_t child;

	ASSERT_EQ(pipe(pipes), 0);
	one = test_map(fd, 0, PAGE, RW, MAP_SHARED);
	two = test_map(fd, 2 * PAGE, PAGE, RW, MAP_SHARED);
	child = test_fork();
	if (!child) {
		close(pipes[1]);
		munmap(two, PAGE);
		(void)!read(pipes[0], &byte, 1);
		_exit(0);
	}
	close(pipes[0]);
	mappings.child_pid = child;
	/* Until the child has unmapped one. */
	while (mappings.child != 1) {
		mappings.nr = 0;
		nl_begin_u64(nl, ZVMO_CMD_MAPPING_GET, ZVMO_A_MAPPING_ID,
			     koid_of(fd));
		ASSERT_EQ(nl_dump(nl, add_mapping, &mappings), 0);
		EXPECT_EQ(mappings.mine, 2);
	}
	EXPECT_EQ(mappings.nr, 2);
	close(pipes[1]);
	test_wait_for(child);
	test_unmap(one, PAGE);
	test_unmap(two, PAGE);
	mappings = (struct mappings){};
	nl_begin_u64(nl, ZVMO_CMD_MAPPING_GET, ZVMO_A_MAPPING_ID, koid_of(fd));
	EXPECT_EQ(nl_dump(nl, add_mapping, &mappings), 0);
	EXPECT_EQ(mappings.nr, 0);
	nl_begin_u64(nl, ZVMO_CMD_MAPPING_GET, ZVMO_A_MAPPING_ID, UINT64_MAX);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -ENOENT);
	test_close(fd);
	nl_close(nl);
}

/* Actions */

static int discard(struct nl *nl, int fd)
{
	nl_begin_u64(nl, ZVMO_CMD_VMO_DISCARD, ZVMO_A_VMO_ID, koid_of(fd));
	return nl_do(nl);
}

static int discardable(uint64_t size)
{
	struct zvmo_lock_state state;
	int fd = test_create(size, ZVMO_DISCARDABLE);

	test_fill(fd, 0, size, 'd');
	ASSERT_EQ(ioc_lock(fd, &state), 0);
	return fd;
}

TEST(discard_one)
{
	struct nl *nl = nl_open();
	int fd = test_create(4 * PAGE, ZVMO_DISCARDABLE);
	int plain = test_create(PAGE, 0);

	guest_set_parameter("discard_age", "1000000");
	EXPECT_EQ(discard(nl, plain), -EOPNOTSUPP);
	EXPECT_EQ(discard(nl, fd), -EBUSY); /* never locked */
	test_close(fd);
	fd = discardable(4 * PAGE);
	EXPECT_EQ(discard(nl, fd), -EBUSY); /* locked */
	ASSERT_EQ(get(nl, koid_of(fd)), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_LOCK_COUNT), 1);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FLAGS), ZVMO_VMO_FLAGS_DISCARDABLE);
	ASSERT_EQ(ioc_unlock(fd), 0);
	EXPECT_EQ(discard(nl, fd), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PAGES), 4);
	EXPECT_EQ(ioc_try_lock(fd), -ESTALE);
	ASSERT_EQ(get(nl, koid_of(fd)), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FLAGS),
		  ZVMO_VMO_FLAGS_DISCARDABLE | ZVMO_VMO_FLAGS_DISCARDED);
	EXPECT_EQ(discard(nl, fd), 0); /* again */
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PAGES), 0);
	guest_set_parameter("discard_age", "0");
	test_close(plain);
	test_close(fd);
	nl_close(nl);
}

TEST(reclaim_takes_what_was_unlocked_first)
{
	struct nl *nl = nl_open();
	int fds[3], i;

	guest_set_parameter("discard_age", "0");
	for (i = 0; i < 3; i++)
		fds[i] = discardable(4 * PAGE);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(ioc_unlock(fds[i]), 0);
	nl_begin_u64(nl, ZVMO_CMD_RECLAIM, ZVMO_A_RECLAIM_PAGES, 5);
	ASSERT_EQ(nl_do(nl), 0);
	EXPECT_EQ(number(nl, ZVMO_A_RECLAIM_PAGES), 8);
	EXPECT_EQ(ioc_try_lock(fds[0]), -ESTALE);
	EXPECT_EQ(ioc_try_lock(fds[1]), -ESTALE);
	EXPECT_EQ(ioc_try_lock(fds[2]), 0);
	nl_begin_u64(nl, ZVMO_CMD_RECLAIM, ZVMO_A_RECLAIM_PAGES, UINT64_MAX);
	ASSERT_EQ(nl_do(nl), 0);
	EXPECT_EQ(number(nl, ZVMO_A_RECLAIM_PAGES), 0); /* it is locked */
	for (i = 0; i < 3; i++)
		test_close(fds[i]);
	nl_close(nl);
}

/* Privileges */

static void become_other_user(void)
{
	ASSERT_EQ(setgid(OTHER_USER), 0);
	ASSERT_EQ(setuid(OTHER_USER), 0);
}

static const struct {
	uint8_t command;
	uint16_t attribute;
	uint8_t size;
} changes[] = {
	{ ZVMO_CMD_VMO_DISCARD, ZVMO_A_VMO_ID, 8 },
	{ ZVMO_CMD_CONFIG_SET, ZVMO_A_CONFIG_DISCARD_AGE, 4 },
	{ ZVMO_CMD_RECLAIM, ZVMO_A_RECLAIM_PAGES, 8 },
	{ ZVMO_CMD_VMO_SET, ZVMO_A_VMO_ID, 8 },
};

static void try_as_other_user(uint64_t hidden)
{
	struct nl *nl = nl_open();
	int fd = test_create(PAGE, 0);
	uint64_t own = koid_of(fd);
	unsigned int i;

	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(count(nl), 1);
	EXPECT_EQ(get(nl, own), 0);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_OWNER_UID), OTHER_USER);
	EXPECT_EQ(get(nl, hidden), -ENOENT);
	nl_begin_u64(nl, ZVMO_CMD_PAGE_MAP_GET, ZVMO_A_PAGE_MAP_ID, hidden);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -ENOENT);
	nl_begin_u64(nl, ZVMO_CMD_MAPPING_GET, ZVMO_A_MAPPING_ID, hidden);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -ENOENT);
	for (i = 0; i < COUNT(changes); i++) {
		test_context("command %d", changes[i].command);
		nl_begin(nl, changes[i].command);
		nl_put(nl, changes[i].attribute, &own, changes[i].size);
		EXPECT_EQ(nl_do(nl), -EPERM);
	}
	EXPECT_EQ(nl_listen(nl), -EPERM);
	nl_begin(nl, ZVMO_CMD_CONFIG_GET);
	EXPECT_EQ(nl_do(nl), 0);
	nl_begin(nl, ZVMO_CMD_STATS_GET);
	EXPECT_EQ(nl_do(nl), 0);
	test_close(fd);
	nl_close(nl);
}

TEST(others_see_their_own_and_change_nothing)
{
	int fd = test_create(PAGE, 0);
	uint64_t koid = koid_of(fd);
	pid_t child = test_fork();

	if (!child) {
		become_other_user();
		try_as_other_user(koid);
		_exit(0);
	}
	test_wait_for(child);
	test_close(fd);
}

TEST(a_privileged_socket_given_away_shows_no_more)
{
	int fd = test_create(PAGE, 0);
	uint64_t koid = koid_of(fd);
	struct nl *nl = nl_open();
	pid_t child = test_fork();

	if (!child) {
		become_other_user();
		EXPECT_EQ(get(nl, koid), -ENOENT);
		nl_begin(nl, ZVMO_CMD_VMO_GET);
		EXPECT_EQ(count(nl), 0);
		nl_begin(nl, ZVMO_CMD_CONFIG_SET);
		nl_put_u32(nl, ZVMO_A_CONFIG_DISCARD_AGE, 1);
		EXPECT_EQ(nl_do(nl), -EPERM);
		_exit(0);
	}
	test_wait_for(child);
	nl_close(nl);
	test_close(fd);
}

/*
 * Messages of a dump are made when the socket is read. Here a privileged process
 * reads (as a program with the setuid bit does that is given it as its stdin) what
 * another user asked for; the address makes the kernel look at the reader alone.
 */
#define OWN_VMOS 300

static void ask_for_all(struct nl *nl)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *header = (void *)nl->request;

	nl_begin(nl, ZVMO_CMD_VMO_GET);
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	ASSERT_EQ(sendto(nl->fd, header, header->nlmsg_len, 0,
			 (struct sockaddr *)&kernel, sizeof(kernel)),
		  header->nlmsg_len);
}

static bool read_tells_of(struct nl *nl, const char *name)
{
	static char buffer[NL_BUFFER];
	bool found = false;
	ssize_t size;

	while ((size = recv(nl->fd, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0)
		found |= memmem(buffer, size, name, strlen(name)) != NULL;
	return found;
}

TEST(who_reads_a_dump_lends_it_no_privileges)
{
	struct nl *nl;
	int secret, i;

	for (i = 0; i < OWN_VMOS; i++) {
		ASSERT_EQ(seteuid(OTHER_USER), 0);
		test_create(PAGE, 0);
		ASSERT_EQ(seteuid(0), 0);
	}
	secret = test_create(PAGE, 0);
	name(secret, "secret");
	ASSERT_EQ(setresuid(OTHER_USER, OTHER_USER, 0), 0);
	nl = nl_open();
	ask_for_all(nl);
	ASSERT_EQ(setresuid(0, 0, 0), 0);
	EXPECT(!read_tells_of(nl, "secret"));
	nl_close(nl);
}

/* Somebody is made to ask through another user's socket, who has the answer. */
TEST(who_writes_to_a_socket_lends_it_nothing)
{
	int fd = test_create(PAGE, 0);
	uint64_t koid = koid_of(fd);
	struct nl *nl;

	ASSERT_EQ(setresuid(OTHER_USER, OTHER_USER, 0), 0);
	nl = nl_open();
	ASSERT_EQ(setresuid(0, 0, 0), 0);
	EXPECT_EQ(get(nl, koid), -ENOENT);
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	EXPECT_EQ(count(nl), 0);
	nl_begin_u64(nl, ZVMO_CMD_PAGE_MAP_GET, ZVMO_A_PAGE_MAP_ID, koid);
	EXPECT_EQ(nl_dump(nl, NULL, NULL), -ENOENT);
	nl_close(nl);
	test_close(fd);
}

TEST(root_of_a_user_namespace_sees_its_users_only)
{
	int fd = test_create(PAGE, 0), own;
	uint64_t koid = koid_of(fd);
	pid_t child = test_fork();
	struct nl *nl;

	if (!child) {
		become_other_user();
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			SKIP("no user namespaces");
		own = test_create(PAGE, 0);
		nl = nl_open();
		EXPECT_EQ(get(nl, koid), -ENOENT);
		nl_begin(nl, ZVMO_CMD_VMO_GET);
		EXPECT_EQ(count(nl), 1);
		nl_begin(nl, ZVMO_CMD_CONFIG_SET);
		nl_put_u32(nl, ZVMO_A_CONFIG_DISCARD_AGE, 1);
		EXPECT_EQ(nl_do(nl), -EPERM);
		/* It may listen, but not to us. */
		nl_listen(nl);
		test_close(test_create(PAGE, 0));
		EXPECT_EQ(nl_event(nl), 0);
		nl_close(nl);
		test_close(own);
		_exit(0);
	}
	test_wait_for(child);
	test_close(fd);
}

/* Events */

static void expect_event(struct nl *nl, int command, uint64_t koid)
{
	ASSERT_EQ(nl_event(nl), command);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_ID), koid);
}

TEST(events_of_a_life)
{
	struct nl *nl = nl_open(), *other = nl_open();
	uint64_t koids[3];
	int fd, child;

	ASSERT_EQ(nl_listen(nl), 0);
	fd = test_create(4 * PAGE, ZVMO_RESIZABLE);
	koids[0] = koid_of(fd);
	expect_event(nl, ZVMO_CMD_CREATE_NTF, koids[0]);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_SIZE), 4 * PAGE);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FLAGS), ZVMO_VMO_FLAGS_RESIZABLE);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_OWNER_PID), getpid());
	name(fd, "parent");
	child = test_snapshot(fd);
	koids[1] = koid_of(child);
	expect_event(nl, ZVMO_CMD_CLONE_NTF, koids[1]);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PARENT), koids[0]);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_FAMILY), koids[0]);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_KIND), ZVMO_KIND_SNAPSHOT);
	EXPECT_STREQ(nl_text(nl_reply(nl), ZVMO_A_VMO_NAME), "parent");
	ASSERT_EQ(ioc_restore(fd, child, 0, 4 * PAGE), 0);
	expect_event(nl, ZVMO_CMD_RESTORE_NTF, koids[0]);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_SOURCE), koids[1]);
	test_close(child);
	expect_event(nl, ZVMO_CMD_DESTROY_NTF, koids[1]);
	test_close(fd);
	expect_event(nl, ZVMO_CMD_DESTROY_NTF, koids[0]);
	fd = discardable(2 * PAGE);
	koids[2] = koid_of(fd);
	ASSERT_EQ(nl_event(nl), ZVMO_CMD_CREATE_NTF);
	ASSERT_EQ(ioc_unlock(fd), 0);
	ASSERT_EQ(discard(other, fd), 0);
	expect_event(nl, ZVMO_CMD_DISCARD_NTF, koids[2]);
	EXPECT_EQ(number(nl, ZVMO_A_VMO_PAGES), 2);
	test_close(fd);
	expect_event(nl, ZVMO_CMD_DESTROY_NTF, koids[2]);
	EXPECT_EQ(nl_event(nl), 0);
	/* What failed is not told. */
	EXPECT_EQ(zvmo_create(UINT64_MAX, 0), -EFBIG);
	EXPECT_EQ(nl_event(nl), 0);
	nl_close(other);
	nl_close(nl);
}

TEST(a_listener_that_does_not_read_holds_up_nobody)
{
	struct nl *nl = nl_open();
	int size = 1, i, event, nr = 0;

	ASSERT_EQ(setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &size,
			     sizeof(size)),
		  0);
	ASSERT_EQ(nl_listen(nl), 0);
	for (i = 0; i < 1000; i++)
		test_close(test_create(PAGE, 0));
	/* It is told that it missed something, once, and what it did not miss. */
	EXPECT_EQ(nl_event(nl), -ENOBUFS);
	while ((event = nl_event(nl)) > 0)
		nr++;
	EXPECT_EQ(event, 0);
	EXPECT_GE(nr, 1);
	EXPECT_LE(nr, 100);
	nl_close(nl);
}

TEST(out_of_memory_is_told)
{
	struct nl *nl = nl_open();
	unsigned int nr = 0, i;
	pid_t child;
	int event;

	cgroup_create("nl", 4 * MIB);
	ASSERT_EQ(nl_listen(nl), 0);
	child = test_fork();
	if (!child) {
		int fd;

		cgroup_enter("nl");
		cgroup_write("nl", "memory.oom.group", "0");
		fd = test_create(64 * MIB, 0);
		/* The page allocator fails or kills; either is fine here. */
		for (i = 0; i < 8; i++)
			ioc_op(fd, ZVMO_OP_COMMIT, 0, 64 * MIB);
		_exit(0);
	}
	(void)child;
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	while ((event = nl_event(nl)))
		nr += event == ZVMO_CMD_OUT_OF_MEMORY_NTF;
	EXPECT_GE(nr, 1);
	EXPECT_LE(nr, 20);
	nl_close(nl);
}

static int keep(int fd, const char *name)
{
	struct zvmo_keep args = { .argsz = sizeof(args), .mode = 0600 };

	strncpy(args.name, name, sizeof(args.name) - 1);
	return ioc(fd, ZVMO_IOC_KEEP, &args);
}

static int drop(const char *name)
{
	struct zvmo_name args = { .argsz = sizeof(args) };
	int device = open("/dev/zvmo", O_RDWR), ret;

	strncpy(args.name, name, sizeof(args.name) - 1);
	ret = ioc(device, ZVMO_IOC_DROP, &args);
	close(device);
	return ret;
}

static uint64_t kept(struct nl *nl)
{
	nl_begin(nl, ZVMO_CMD_STATS_GET);
	ASSERT_EQ(nl_do(nl), 0);
	return number(nl, ZVMO_A_STATS_KEPT);
}

TEST(kept_vmos_are_counted_and_limited)
{
	struct nl *nl = nl_open(), *events = nl_open();
	int fd = test_create(PAGE, 0);
	uint64_t before = kept(nl);
	pid_t child;

	nl_begin(nl, ZVMO_CMD_CONFIG_SET);
	nl_put_u32(nl, ZVMO_A_CONFIG_KEPT_MAX, 1);
	ASSERT_EQ(nl_do(nl), 0);
	nl_begin(nl, ZVMO_CMD_CONFIG_GET);
	ASSERT_EQ(nl_do(nl), 0);
	EXPECT_EQ(number(nl, ZVMO_A_CONFIG_KEPT_MAX), 1);
	ASSERT_EQ(nl_listen(events), 0);
	child = test_fork();
	if (!child) {
		ASSERT_EQ(setresuid(OTHER_USER, OTHER_USER, OTHER_USER), 0);
		EXPECT_EQ(keep(fd, "nl1"), 0);
		EXPECT_EQ(nl_event(events), 0);
		EXPECT_EQ(keep(fd, "nl2"), -ENOSPC);
		_exit(0);
	}
	test_wait_for(child);
	EXPECT_EQ(kept(nl), before + 1);
	EXPECT_EQ(nl_event(events), ZVMO_CMD_LIMIT_HIT_NTF);
	EXPECT_EQ(number(events, ZVMO_A_VMO_LIMIT), ZVMO_LIMIT_KEPT);
	EXPECT_EQ(number(events, ZVMO_A_VMO_OWNER_UID), OTHER_USER);
	EXPECT_EQ(number(events, ZVMO_A_VMO_OWNER_PID), child);
	EXPECT_EQ(nl_event(events), 0);
	EXPECT_EQ(drop("nl1"), 0);
	EXPECT_EQ(kept(nl), before);
	guest_set_parameter("kept_max", "256");
	test_close(fd);
	nl_close(events);
	nl_close(nl);
}

static uint64_t cgroup_of(struct nl *nl, int fd)
{
	ASSERT_EQ(get_details(nl, koid_of(fd)), 0);
	return number(nl, ZVMO_A_VMO_CGROUP);
}

TEST(the_cgroup_is_that_of_who_wrote_first)
{
	struct nl *nl = nl_open();
	int fd = test_create(2 * PAGE, 0), slice;
	struct stat group;
	pid_t child;

	slice = test_child(fd, ZVMO_CHILD_SLICE, PAGE, PAGE);
	cgroup_create("nl-cg", 64 * MIB);
	ASSERT_EQ(stat("/sys/fs/cgroup/nl-cg", &group), 0);
	EXPECT_EQ(cgroup_of(nl, fd), UINT64_MAX);
	child = test_fork();
	if (!child) {
		cgroup_enter("nl-cg");
		test_fill(fd, 0, PAGE, 'x');
		_exit(0);
	}
	test_wait_for(child);
	EXPECT_EQ(cgroup_of(nl, fd), group.st_ino);
	EXPECT_EQ(cgroup_of(nl, slice), UINT64_MAX);
	test_close(slice);
	test_close(fd);
	nl_close(nl);
}

/* Bytes at random: no answer matters, only that there is one. */
TEST(random_bytes)
{
	struct nl *nl = nl_open();
	struct timeval timeout = { .tv_usec = 200000 };
	uint64_t random = test_seed;
	double start = test_seconds();
	int fd = test_create(4 * PAGE, 0);
	struct nlmsghdr *header = (void *)nl->request;
	size_t size, j;
	int i;

	test_fill(fd, 0, PAGE, 'x');
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	for (i = 0; i < 20000 && test_seconds() - start < 30; i++) {
		nl_begin(nl, 1 + test_random_below(&random, ZVMO_CMD_MAX + 1));
		for (j = test_random_below(&random, 4); j; j--)
			nl_put_u64(nl, test_random_below(&random, 28),
				   koid_of(fd));
		size = header->nlmsg_len;
		for (j = test_random_below(&random, 6); j && size > HEADER_SIZE;
		     j--)
			nl->request[HEADER_SIZE +
				    test_random_below(&random,
						      size - HEADER_SIZE)] =
				test_random(&random);
		if (test_random_below(&random, 2))
			nl_do(nl);
		else
			nl_dump(nl, NULL, NULL);
	}
	guest_set_parameter("discard_age", "0");
	guest_set_parameter("fault_around", "16");
	guest_set_parameter("ambient_mark_vmo_exec", "0");
	guest_set_parameter("cache_invalidate", "0");
	guest_set_parameter("kept_max", "256");
	nl_close(nl);
	nl = nl_open();
	EXPECT_EQ(get(nl, koid_of(fd)), 0);
	nl_close(nl);
	test_close(fd);
}
