// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - want of memory, in every place
 *
 * Each call is made on a family of its own with its first, second, ... allocation
 * failing, until it comes through untouched. A call that fails says ENOMEM, and
 * the content is what it was; page faults are repeated by the kernel. Nothing is
 * left behind, whichever it was. The kernel lets copies from and to user memory
 * fail just so (EFAULT).
 *
 * Content is written as a row, a letter for a page that is full of it, a dot for
 * a page of zeros.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "nl.h"
#include "ops.h"

#define DEBUGFS "/sys/kernel/debug/"
#define ROW "abcd"
#define FAILURES_MAX 500

/*
 * A VMO that holds ROW, a snapshot of it, and a mapping of either. And one that a
 * call made for itself, or -1, with what it holds afterwards.
 */
struct scene {
	int parent;
	int child;
	int alone;
	const char *alone_row;
	uint8_t *parent_map;
	uint8_t *child_map;
};

/**
 * struct step - A call.
 * @call: Makes it: negative errno, or else all went well; a number greater than
 *	0 is a descriptor.
 * @parent: What the parent holds then.
 * @child: What the child holds then.
 * @piecemeal: A call that fails may have done some of the pages.
 */
struct step {
	int (*call)(struct scene *scene);
	const char *parent;
	const char *child;
	bool piecemeal;
};

/* Failing allocations */

static bool set_up(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	bool ok = fd >= 0 &&
		  write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return ok;
}

/*
 * The kernel kills who has registered restartable sequences if there is no memory
 * for the page to which it writes on which processor he is; after fork(), that
 * needs one. glibc registers them.
 */
static void unregister_rseq(void)
{
	uint8_t *area = (uint8_t *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size)
		syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

/* Any allocation may fail, silently. Returns the descriptor that says which. */
static int fail_begin(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		SKIP("this kernel has no fault injection");
	ASSERT(set_up(DEBUGFS "failslab/ignore-gfp-wait", "N"));
	ASSERT(set_up(DEBUGFS "failslab/verbose", "0"));
	ASSERT(set_up(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N"));
	ASSERT(set_up(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N"));
	ASSERT(set_up(DEBUGFS "fail_page_alloc/min-order", "0"));
	ASSERT(set_up(DEBUGFS "fail_page_alloc/verbose", "0"));
	set_up(DEBUGFS "fail_usercopy/verbose", "0");
	unregister_rseq();
	return fd;
}

static void fail_nth(int fd, unsigned int n)
{
	char text[12];
	int length = snprintf(text, sizeof(text), "%u", n);

	ASSERT_EQ(pwrite(fd, text, length, 0), length);
}

/*
 * No more failures. Says whether there was one. (To ask may be what fails: then
 * there was none before.)
 */
static bool fail_end(int fd)
{
	char text[12] = "";
	bool failed = pread(fd, text, sizeof(text) - 1, 0) > 0 &&
		      !strtoul(text, NULL, 10);

	while (pwrite(fd, "0", 1, 0) != 1)
		;
	return failed;
}

/* The scene */

static uint8_t letter_byte(char letter)
{
	return letter == '.' ? 0 : letter;
}

static struct scene scene_begin(void)
{
	struct scene scene = {
		.parent = test_create(strlen(ROW) * PAGE, ZVMO_RESIZABLE),
		.alone = -1,
	};
	unsigned int i;

	for (i = 0; ROW[i]; i++)
		test_fill(scene.parent, i * PAGE, PAGE, ROW[i]);
	scene.child = test_child(scene.parent,
				 ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_RESIZABLE, 0,
				 strlen(ROW) * PAGE);
	scene.parent_map = test_map(scene.parent, 0, strlen(ROW) * PAGE,
				    PROT_READ | PROT_WRITE, MAP_SHARED);
	scene.child_map = test_map(scene.child, 0, strlen(ROW) * PAGE,
				   PROT_READ | PROT_WRITE, MAP_SHARED);
	/* The parent's first page is its own, and exposed. */
	ASSERT_EQ(test_probe_write(scene.parent_map, ROW[0]), 0);
	return scene;
}

static void scene_end(struct scene *scene)
{
	struct test_stats stats;

	test_unmap(scene->parent_map, strlen(ROW) * PAGE);
	test_unmap(scene->child_map, strlen(ROW) * PAGE);
	test_close(scene->parent);
	test_close(scene->child);
	if (scene->alone >= 0)
		test_close(scene->alone);
	EXPECT(test_wait_pages(0));
	stats = test_stats();
	EXPECT_EQ(stats.nodes, 0);
	EXPECT_EQ(stats.cows, 0);
	EXPECT_EQ(stats.vmos, 0);
}

static bool page_is(int fd, unsigned int page, char letter)
{
	return ioc_holds(fd, page * PAGE, PAGE, letter_byte(letter));
}

static void expect_row(int fd, const char *row)
{
	unsigned int i;

	EXPECT_EQ(test_info(fd).size, strlen(row) * PAGE);
	for (i = 0; row[i]; i++)
		if (!page_is(fd, i, row[i]))
			FAIL("page %u does not hold %c", i, row[i]);
}

static void expect_either_row(int fd, const char *one, const char *other)
{
	unsigned int i;

	for (i = 0; one[i] && other[i]; i++)
		if (!page_is(fd, i, one[i]) && !page_is(fd, i, other[i]))
			FAIL("page %u holds neither %c nor %c", i, one[i],
			     other[i]);
}

static void expect_content(struct scene *scene, const struct step *step,
			   int result)
{
	if (scene->alone >= 0)
		expect_row(scene->alone, scene->alone_row);
	if (result >= 0) {
		expect_row(scene->parent, step->parent);
		expect_row(scene->child, step->child);
	} else if (step->piecemeal) {
		expect_either_row(scene->parent, ROW, step->parent);
		expect_either_row(scene->child, ROW, step->child);
	} else {
		expect_row(scene->parent, ROW);
		expect_row(scene->child, ROW);
	}
}

static void sweep(const struct step *step)
{
	int nth = fail_begin(), result;
	bool failed = true;
	unsigned int n, errors = 0;

	for (n = 1; failed && n < FAILURES_MAX; n++) {
		struct scene scene = scene_begin();

		test_context("n = %u", n);
		fail_nth(nth, n);
		result = step->call(&scene);
		failed = fail_end(nth);
		if (result < 0) {
			errors++;
			if (!failed)
				FAIL("error %d without a failure", result);
			if (result != -EFAULT)
				EXPECT_EQ(result, -ENOMEM);
		} else if (result > 0) {
			test_close(result);
		}
		expect_content(&scene, step, result);
		scene_end(&scene);
	}
	EXPECT(!failed);
	test_note("%u failures, %u errors", n - 2, errors);
	close(nth);
}

#define FAIL_TEST(name, ...)                                           \
	TEST_WITHIN(name, 300)                                         \
	{                                                              \
		static const struct step step = { .call = call_##name, \
						  __VA_ARGS__ };       \
                                                                       \
		sweep(&step);                                          \
	}

#define UNCHANGED .parent = ROW, .child = ROW

/* Making VMOs */

static int call_create(struct scene *scene)
{
	(void)scene;
	return zvmo_create(3 * PAGE, 0);
}
FAIL_TEST(create, UNCHANGED)

static int call_snapshot(struct scene *scene)
{
	return zvmo_snapshot(scene->child);
}
FAIL_TEST(snapshot, UNCHANGED)

static int call_snapshot_of_window(struct scene *scene)
{
	return zvmo_snapshot_range(scene->parent, PAGE, 2 * PAGE);
}
FAIL_TEST(snapshot_of_window, UNCHANGED)

static int call_reference(struct scene *scene)
{
	return zvmo_reference(scene->parent);
}
FAIL_TEST(reference, UNCHANGED)

static int call_duplicate(struct scene *scene)
{
	return zvmo_duplicate(scene->parent, ZVMO_RIGHT_SAME_RIGHTS);
}
FAIL_TEST(duplicate, UNCHANGED)

static int call_keep(struct scene *scene)
{
	struct zvmo_keep keep = { .argsz = sizeof(keep), .name = "nth" };
	struct zvmo_open_kept open = { .argsz = sizeof(open),
				       .rights = ZVMO_RIGHT_SAME_RIGHTS,
				       .name = "nth" };
	struct zvmo_name drop = { .argsz = sizeof(drop), .name = "nth" };
	int device = zvmo_open(), fd, err;

	if (device < 0)
		return device;
	fd = ioc(scene->parent, ZVMO_IOC_KEEP, &keep);
	if (!fd) {
		fd = ioc(device, ZVMO_IOC_OPEN_KEPT, &open);
		/* Takes no memory, but its argument is copied. */
		do {
			err = ioc(device, ZVMO_IOC_DROP, &drop);
		} while (err == -EFAULT);
		EXPECT_EQ(err, 0);
	}
	close(device);
	return fd;
}
FAIL_TEST(keep, UNCHANGED)

/* Slices, of a VMO that is not resizable. */
static int call_slice(struct scene *scene)
{
	int fd = zvmo_create(4 * PAGE, 0), slice;

	(void)scene;
	if (fd < 0)
		return fd;
	slice = zvmo_slice(fd, PAGE, PAGE);
	close(fd);
	return slice;
}
FAIL_TEST(slice, UNCHANGED)

/* Asking */

static int call_info(struct scene *scene)
{
	struct zvmo_info info;

	return zvmo_get_info(scene->child, &info, sizeof(info));
}
FAIL_TEST(info, UNCHANGED)

static int call_diff(struct scene *scene)
{
	struct zvmo_diff_range ranges[4];
	struct zvmo_diff diff = {
		.argsz = sizeof(diff),
		.other = scene->parent,
		.end = strlen(ROW) * PAGE,
		.ranges = (uintptr_t)ranges,
		.capacity = 4,
	};
	int result = ioc(scene->child, ZVMO_IOC_DIFF, &diff);

	return result < 0 ? result : 0;
}
FAIL_TEST(diff, UNCHANGED)

static int call_name(struct scene *scene)
{
	char name[ZVMO_NAME_LEN];
	int result = zvmo_set_name(scene->child, "name");

	return result < 0 ? result : zvmo_get_name(scene->child, name);
}
FAIL_TEST(name, UNCHANGED)

static int call_range_info(struct scene *scene)
{
	struct zvmo_range_info info = {
		.argsz = sizeof(info),
		.offset = PAGE,
		.length = 2 * PAGE,
	};

	return ioc(scene->child, ZVMO_IOC_GET_RANGE_INFO, &info);
}
FAIL_TEST(range_info, UNCHANGED)

static int call_executable(struct scene *scene)
{
	return ioc_duplicate(scene->child, ZVMO_DUPLICATE_EXECUTABLE,
			     ZVMO_RIGHT_SAME_RIGHTS);
}
FAIL_TEST(executable, UNCHANGED)

/* Changing content */

static int call_write_shared(struct scene *scene)
{
	static const uint8_t x[65536] = { [0 ... 65535] = 'x' };

	return zvmo_write(scene->child, PAGE, x, 2 * PAGE);
}
FAIL_TEST(write_shared, .parent = ROW, .child = "axxd", .piecemeal = true)

static int call_write_growing(struct scene *scene)
{
	static const uint8_t x[4096] = { [0 ... 4095] = 'x' };
	ssize_t written = pwrite(scene->child, x, sizeof(x), 4 * PAGE);

	return written < 0 ? -errno : 0;
}
FAIL_TEST(write_growing, .parent = ROW, .child = "abcdx")

static int call_read_shared(struct scene *scene)
{
	static uint8_t buffer[4096];
	ssize_t got = zvmo_read(scene->child, PAGE, buffer, sizeof(buffer));

	return got < 0 ? got : 0;
}
FAIL_TEST(read_shared, UNCHANGED)

static int call_ioctl_read(struct scene *scene)
{
	static uint8_t buffer[4096];

	return ioc_read(scene->child, PAGE, buffer, sizeof(buffer));
}
FAIL_TEST(ioctl_read, UNCHANGED)

static int call_ioctl_write(struct scene *scene)
{
	static const uint8_t x[4096] = { [0 ... 4095] = 'x' };

	return ioc_write(scene->child, PAGE, x, sizeof(x));
}
FAIL_TEST(ioctl_write, .parent = ROW, .child = "axcd")

static int call_shrink(struct scene *scene)
{
	return zvmo_set_size(scene->child, 2 * PAGE);
}
FAIL_TEST(shrink, .parent = ROW, .child = "ab")

static int call_grow(struct scene *scene)
{
	return zvmo_set_size(scene->child, 6 * PAGE);
}
FAIL_TEST(grow, .parent = ROW, .child = "abcd..")

static int call_set_stream_size(struct scene *scene)
{
	return ioc_set_stream_size(scene->child, PAGE);
}
FAIL_TEST(set_stream_size, .parent = ROW, .child = "a...")

static int call_commit(struct scene *scene)
{
	return zvmo_commit(scene->child, 0, 4 * PAGE);
}
FAIL_TEST(commit, UNCHANGED)

static int call_zero(struct scene *scene)
{
	return zvmo_zero(scene->child, PAGE, 2 * PAGE);
}
FAIL_TEST(zero, .parent = ROW, .child = "a..d", .piecemeal = true)

static int call_punch(struct scene *scene)
{
	return fallocate(scene->child,
			 FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE,
			 PAGE) ?
		       -errno :
		       0;
}
FAIL_TEST(punch, .parent = ROW, .child = "a.cd")

static int call_allocate(struct scene *scene)
{
	return fallocate(scene->child, FALLOC_FL_KEEP_SIZE, 0, 4 * PAGE) ?
		       -errno :
		       0;
}
FAIL_TEST(allocate, UNCHANGED)

static int call_transfer(struct scene *scene)
{
	int fd = zvmo_create(2 * PAGE, 0), result;

	if (fd < 0)
		return fd;
	result = ioc_transfer(fd, 0, 2 * PAGE, scene->child, PAGE);
	close(fd);
	return result;
}
FAIL_TEST(transfer, .parent = ROW, .child = "a..d", .piecemeal = true)

/* Does a futex see memory that another process can wait on, too? */
static bool has_futex(uint8_t *address)
{
	return syscall(SYS_futex, address, FUTEX_WAIT, ~*(int *)address, NULL,
		       NULL, 0) < 0 &&
	       errno == EAGAIN;
}

/* A page that may be written, and could not leave, is as it was. */
static int call_transfer_exposed(struct scene *scene)
{
	int fd = zvmo_create(PAGE, 0), result;

	if (fd < 0)
		return fd;
	result = ioc_transfer(fd, 0, PAGE, scene->parent, 0);
	close(fd);
	if (result < 0) {
		EXPECT_EQ(test_probe_read(scene->parent_map), 0);
		EXPECT_EQ(test_probe_write(scene->parent_map, ROW[0]), 0);
		EXPECT(has_futex(scene->parent_map));
	}
	return result;
}
FAIL_TEST(transfer_exposed, .parent = ".bcd", .child = ROW, .piecemeal = true)

/* Moved within the family: what is shared must be copied or shared anew. */
static int call_transfer_shared(struct scene *scene)
{
	return ioc_transfer(scene->child, 0, PAGE, scene->parent, 3 * PAGE);
}
FAIL_TEST(transfer_shared, .parent = "abc.", .child = "dbcd", .piecemeal = true)

static int call_restore(struct scene *scene)
{
	return ioc_restore(scene->child, scene->parent, PAGE, 3 * PAGE);
}
FAIL_TEST(restore, UNCHANGED)

static int call_clean_cache(struct scene *scene)
{
	static const uint32_t ops[] = {
		ZVMO_OP_CACHE_SYNC,
		ZVMO_OP_CACHE_CLEAN,
		ZVMO_OP_CACHE_CLEAN_INVALIDATE,
	};
	unsigned int i;
	int result = 0;

	for (i = 0; !result && i < sizeof(ops) / sizeof(*ops); i++)
		result = ioc_op(scene->child, ops[i], PAGE, 2 * PAGE);
	return result;
}
FAIL_TEST(clean_cache, UNCHANGED)

/* What a scene's VMOs cannot do, one does that has no relatives. */

#define ALONE_SIZE (2 * PAGE)

/* Its first page is full of a letter. Nothing of it is looked at but later. */
static int alone_begin(struct scene *scene, uint32_t options)
{
	static const uint8_t a[65536] = { [0 ... 65535] = 'a' };
	int fd = zvmo_create(ALONE_SIZE, options);
	int result = fd < 0 ? fd : ioc_write(fd, 0, a, PAGE);

	if (result && fd >= 0)
		close(fd);
	if (result)
		return result;
	scene->alone = fd;
	scene->alone_row = "a.";
	return 0;
}

static int call_decommit(struct scene *scene)
{
	int result = alone_begin(scene, 0);

	if (result)
		return result;
	result = zvmo_decommit(scene->alone, 0, ALONE_SIZE);
	if (!result)
		scene->alone_row = "..";
	return result;
}
FAIL_TEST(decommit, UNCHANGED)

/* A policy that fails is as it was; one failure is all there is. */
static int call_cache_policy(struct scene *scene)
{
	int result = alone_begin(scene, 0);

	if (result)
		return result;
	result = ioc_set_cache_policy(scene->alone, ZVMO_CACHE_POLICY_UNCACHED);
	if (result) {
		EXPECT_EQ(test_info(scene->alone).cache_policy,
			  ZVMO_CACHE_POLICY_CACHED);
		return result;
	}
	result = ioc_set_cache_policy(scene->alone, ZVMO_CACHE_POLICY_CACHED);
	if (!result)
		return 0;
	EXPECT_EQ(test_info(scene->alone).cache_policy,
		  ZVMO_CACHE_POLICY_UNCACHED);
	EXPECT_EQ(ioc_set_cache_policy(scene->alone, ZVMO_CACHE_POLICY_CACHED),
		  0);
	return result;
}
FAIL_TEST(cache_policy, UNCHANGED)

static int ioc_op_lock(int fd, struct zvmo_lock_state *lock_state)
{
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = ZVMO_OP_LOCK,
		.length = ALONE_SIZE,
		.buffer = (uintptr_t)lock_state,
		.buffer_size = sizeof(*lock_state),
	};

	return ioc(fd, ZVMO_IOC_OP_RANGE, &args);
}

/* A LOCK that fails leaves none held. */
static int lock_once(int fd)
{
	struct zvmo_lock_state lock_state;
	int result = ioc_op_lock(fd, &lock_state);

	if (result)
		EXPECT_EQ(ioc_op(fd, ZVMO_OP_UNLOCK, 0, ALONE_SIZE), -EBADFD);
	return result;
}

static int call_lock(struct scene *scene)
{
	int result = alone_begin(scene, ZVMO_DISCARDABLE);

	if (!result)
		result = lock_once(scene->alone);
	if (!result)
		result = ioc_op(scene->alone, ZVMO_OP_UNLOCK, 0, ALONE_SIZE);
	if (!result)
		result = ioc_op(scene->alone, ZVMO_OP_TRY_LOCK, 0, ALONE_SIZE);
	return result;
}
FAIL_TEST(lock, UNCHANGED)

/* What is unlocked may be dropped, as a whole or not at all. */
static int call_discard(struct scene *scene)
{
	int result = alone_begin(scene, ZVMO_DISCARDABLE);
	struct zvmo_lock_state lock_state;
	unsigned int i;

	if (!result)
		result = lock_once(scene->alone);
	if (!result)
		result = ioc_op(scene->alone, ZVMO_OP_UNLOCK, 0, ALONE_SIZE);
	if (result)
		return result;
	for (i = 0; i < 3; i++)
		set_up("/proc/sys/vm/drop_caches", "2");
	while ((result = ioc_op_lock(scene->alone, &lock_state)))
		EXPECT(result == -ENOMEM || result == -EFAULT);
	EXPECT_EQ(lock_state.discarded_size, ALONE_SIZE);
	scene->alone_row = "..";
	return 0;
}

TEST_WITHIN(discard, 300)
{
	static const struct step step = { .call = call_discard, UNCHANGED };

	guest_set_parameter("discard_age", "0");
	guest_reclaim();
	sweep(&step);
}

/* Mappings and faults. A fault that wants memory is repeated. */

static int touch(uint8_t *address, bool write)
{
	int error = write ? test_probe_write(address, 'x') :
			    test_probe_read(address);

	return error ? -EFAULT : 0;
}

static int call_write_fault(struct scene *scene)
{
	int result = touch(scene->child_map + PAGE, true);

	if (!result)
		memset(scene->child_map + PAGE, 'x', PAGE);
	return result;
}
FAIL_TEST(write_fault, .parent = ROW, .child = "axcd")

static int call_read_fault(struct scene *scene)
{
	return touch(scene->child_map + 2 * PAGE, false);
}
FAIL_TEST(read_fault, UNCHANGED)

static int call_private_fault(struct scene *scene)
{
	uint8_t *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			    scene->child, 0);
	int result;

	if (map == MAP_FAILED)
		return -errno;
	result = touch(map + PAGE, true);
	while (munmap(map, 4 * PAGE))
		;
	return result;
}
FAIL_TEST(private_fault, UNCHANGED)

static int call_map_range(struct scene *scene)
{
	return ioc_map_range(scene->child, 0, scene->child_map, 4 * PAGE);
}
FAIL_TEST(map_range, UNCHANGED)

static int call_map_range_to_write(struct scene *scene)
{
	return ioc_map_range(scene->parent, ZVMO_MAP_RANGE_WRITE,
			     scene->parent_map, 4 * PAGE);
}
FAIL_TEST(map_range_to_write, UNCHANGED)

/* HIGH commits what it can. */
static int call_set_priority(struct scene *scene)
{
	int result = ioc_set_priority(scene->child, ZVMO_PRIORITY_HIGH,
				      scene->child_map, 4 * PAGE);

	return result ? result :
			ioc_set_priority(scene->child, ZVMO_PRIORITY_DEFAULT,
					 scene->child_map, 4 * PAGE);
}
FAIL_TEST(set_priority, UNCHANGED)

static int call_map_and_split(struct scene *scene)
{
	uint8_t *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			    scene->child, 0);
	int result;

	if (map == MAP_FAILED)
		return -errno;
	result = munmap(map + PAGE, PAGE) ? -errno : 0;
	while (munmap(map, 4 * PAGE))
		;
	return result;
}
FAIL_TEST(map_and_split, UNCHANGED)

/* What is shared with the new process cannot be written by it afterwards. */
static int call_fork_mapped(struct scene *scene)
{
	pid_t child;

	if (touch(scene->child_map, false))
		return -EFAULT;
	child = fork();
	if (child < 0)
		return -errno;
	if (!child)
		_exit(scene->child_map[PAGE] != 'b');
	EXPECT_EQ(waitpid(child, NULL, 0), child);
	return 0;
}
FAIL_TEST(fork_mapped, UNCHANGED)

/* The netlink family: a request that fails says so, and the next one works. */

/* What @request comes to when the first, second, ... allocation fails. */
static void sweep_request(struct nl *nl,
			  int (*request)(struct nl *nl, uint64_t koid))
{
	int nth = fail_begin(), fd = test_create(4 * PAGE, 0), child, result;
	unsigned int n, errors = 0;
	bool failed = true;
	uint64_t koid;

	test_fill(fd, 0, 2 * PAGE, 'a');
	child = test_snapshot(fd);
	test_fill(child, 0, PAGE, 'b');
	koid = test_info(fd).koid;
	for (n = 1; failed && n < FAILURES_MAX; n++) {
		test_context("n = %u", n);
		fail_nth(nth, n);
		result = request(nl, koid);
		failed = fail_end(nth);
		errors += result < 0;
		/* ENOBUFS: the socket found no memory for a message. */
		EXPECT(!result ||
		       (failed && (result == -ENOMEM || result == -ENOBUFS ||
				   result == -EFAULT)));
		while (nl_event(nl))
			;
	}
	EXPECT(!failed);
	EXPECT_EQ(request(nl, koid), 0);
	test_note("%u failures, %u errors", n - 2, errors);
	close(nth);
	test_close(child);
	test_close(fd);
}

static void sweep_requests(int (*request)(struct nl *nl, uint64_t koid))
{
	struct nl *nl = nl_open();

	sweep_request(nl, request);
	nl_close(nl);
}

#define REQUEST_TEST(name)                      \
	TEST(netlink_##name)                    \
	{                                       \
		sweep_requests(request_##name); \
	}

static int request_get(struct nl *nl, uint64_t koid)
{
	nl_begin_u64(nl, ZVMO_CMD_VMO_GET, ZVMO_A_VMO_ID, koid);
	nl_put(nl, ZVMO_A_VMO_DETAILS, NULL, 0);
	return nl_do(nl);
}
REQUEST_TEST(get)

static int request_list(struct nl *nl, uint64_t koid)
{
	(void)koid;
	nl_begin(nl, ZVMO_CMD_VMO_GET);
	return nl_dump(nl, NULL, NULL);
}
REQUEST_TEST(list)

static int request_pages(struct nl *nl, uint64_t koid)
{
	nl_begin_u64(nl, ZVMO_CMD_PAGE_MAP_GET, ZVMO_A_PAGE_MAP_ID, koid);
	return nl_dump(nl, NULL, NULL);
}
REQUEST_TEST(pages)

static int request_maps(struct nl *nl, uint64_t koid)
{
	nl_begin_u64(nl, ZVMO_CMD_MAPPING_GET, ZVMO_A_MAPPING_ID, koid);
	return nl_dump(nl, NULL, NULL);
}
REQUEST_TEST(maps)

static int request_module(struct nl *nl, uint64_t koid)
{
	int result;

	(void)koid;
	nl_begin(nl, ZVMO_CMD_STATS_GET);
	result = nl_do(nl);
	if (result)
		return result;
	nl_begin(nl, ZVMO_CMD_CONFIG_GET);
	return nl_do(nl);
}
REQUEST_TEST(module)

/* An event for which there is no memory is lost, and what it tells of is done. */
static int request_event(struct nl *nl, uint64_t koid)
{
	int fd = zvmo_create(PAGE, 0);

	(void)nl;
	(void)koid;
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

TEST(netlink_events)
{
	struct nl *nl = nl_open();

	ASSERT_EQ(nl_listen(nl), 0);
	sweep_request(nl, request_event);
	nl_close(nl);
}

/* Loading the module, without the scene: what was set up is undone again. */

#define MODULE "/vm/zvmo.ko"
#define MODULE_INIT_MAX 300 /* allocations, at least, of its own */
#define MODULE_STEP 3 /* each takes a while */

static int load(int image)
{
	return syscall(SYS_finit_module, image, "", 0) ? -errno : 0;
}

static void unload(void)
{
	ASSERT_EQ(syscall(SYS_delete_module, "zvmo", O_NONBLOCK), 0);
}

/* Whether there is an n-th allocation, which failed. */
static bool load_nth(int image, int nth, unsigned int n)
{
	bool failed;
	int result;

	test_context("n = %u", n);
	fail_nth(nth, n);
	result = load(image);
	failed = fail_end(nth);
	if (result)
		EXPECT_EQ(result, -ENOMEM);
	else
		unload();
	EXPECT(failed || !result);
	return failed;
}

/* The last n for which there is one. */
static unsigned int load_last(int image, int nth)
{
	unsigned int some = 1, none = 1024, middle;

	while (load_nth(image, nth, none)) {
		some = none;
		none *= 2;
	}
	while (none - some > 1) {
		middle = (some + none) / 2;
		if (load_nth(image, nth, middle))
			some = middle;
		else
			none = middle;
	}
	return some;
}

/*
 * The kernel allocates a lot before it calls the module; so what fails are the
 * last allocations.
 */
TEST_WITHIN(module_load, 300)
{
	int nth = fail_begin(), image = open(MODULE, O_RDONLY | O_CLOEXEC);
	unsigned int n, last, failures = 0;

	if (image < 0)
		SKIP("there is no " MODULE);
	unload();
	last = load_last(image, nth);
	for (n = last; n && n + MODULE_INIT_MAX > last;
	     n -= n > MODULE_STEP ? MODULE_STEP : n)
		failures += load_nth(image, nth, n);
	test_note("%u allocations, %u failures", last, failures);
	EXPECT_GE(failures, 1);
	ASSERT_EQ(load(image), 0);
	close(nth);
}
