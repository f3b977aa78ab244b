// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - VMOs as streams (libzvmo-stream)
 *
 * What damaged streams do to files, format_test.c of tools/zvmo-stream tests in
 * full; here, that VMOs come out as they went in, or stay as they were.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zvmo_stream.h>

#include "guest.h"

/* A stream in a file, at its beginning. */
static int save_with(int fd, int base, int compression,
		     struct zvmo_stream_info *info)
{
	const struct zvmo_stream_options options = {
		.size = sizeof(options),
		.compression = compression,
	};
	int stream = memfd_create("stream", MFD_CLOEXEC);

	ASSERT_GE(stream, 0);
	ASSERT_EQ(zvmo_stream_save(fd, base, stream, &options, info), 0);
	ASSERT_EQ(lseek(stream, 0, SEEK_SET), 0);
	return stream;
}

static int save(int fd, int base)
{
	return save_with(fd, base, 0, NULL);
}

static int apply(int fd, int stream)
{
	ASSERT_EQ(lseek(stream, 0, SEEK_SET), 0);
	return zvmo_stream_apply(fd, stream, NULL, NULL);
}

static int load_onto(int base, int stream)
{
	ASSERT_EQ(lseek(stream, 0, SEEK_SET), 0);
	return zvmo_stream_load(stream, base, NULL, NULL);
}

static int load(int stream)
{
	int fd = load_onto(-1, stream);

	ASSERT_GE(fd, 0);
	return fd;
}

/* All that a VMO contains, also past its stream size. */
static uint8_t *whole(int fd, size_t size)
{
	uint8_t *bytes = malloc(size);

	ASSERT(bytes);
	ASSERT_EQ(zvmo_read_memory(fd, 0, bytes, size), 0);
	return bytes;
}

static bool same(int fd, int other)
{
	struct zvmo_info info = test_info(fd), infos = test_info(other);
	uint8_t *bytes, *others;
	bool equal;

	if (!EXPECT_EQ(info.size, infos.size) ||
	    !EXPECT_EQ(info.stream_size, infos.stream_size))
		return false;
	bytes = whole(fd, info.size);
	others = whole(other, info.size);
	equal = memcmp(bytes, others, info.size) == 0;
	free(bytes);
	free(others);
	return equal;
}

static struct zvmo_stream_id identity(int fd)
{
	struct zvmo_stream_id id = { 0, 0 };

	ASSERT_EQ(zvmo_stream_identify(fd, &id), 0);
	return id;
}

static bool same_identity(struct zvmo_stream_id a, struct zvmo_stream_id b)
{
	return a.low == b.low && a.high == b.high;
}

TEST(round_trip)
{
	int fd = test_create(3000000, 0), stream, copy;
	struct zvmo_stream_info info;

	test_fill(fd, 5 * PAGE + 7, 3 * PAGE, 1);
	test_fill(fd, 2999999, 1, 2);
	stream = save_with(fd, -1, 0, &info);
	copy = load(stream);
	EXPECT(same(fd, copy));
	EXPECT(same_identity(info.id, identity(fd)));
	EXPECT(same_identity(info.id, identity(copy)));
	EXPECT_EQ(test_info(copy).committed_bytes, 5 * PAGE);
	EXPECT_EQ(test_info(copy).rights, ZVMO_RIGHTS_DEFAULT);
	/* What was loaded stands alone. */
	EXPECT_EQ(test_info(copy).parent_koid, 0);
	EXPECT_EQ(test_info(fd).num_children, 0);
}

TEST(what_is_past_the_stream_size_goes_along)
{
	int fd = test_create(10 * PAGE, 0), copy, increment, before;

	EXPECT_EQ(zvmo_set_stream_size(fd, 2 * PAGE + 5), 0);
	EXPECT_EQ(zvmo_write_memory(fd, 2 * PAGE + 6, "tail", 4), 0);
	EXPECT_EQ(zvmo_write_memory(fd, 7 * PAGE, "far", 3), 0);
	copy = load(save(fd, -1));
	EXPECT(same(fd, copy));

	before = test_snapshot(fd);
	EXPECT_EQ(test_info(before).stream_size, 2 * PAGE + 5);
	test_close(before);
	before = test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, 10 * PAGE);
	EXPECT_EQ(zvmo_set_stream_size(before, 2 * PAGE + 5), 0);
	EXPECT_EQ(zvmo_restore(before, fd), 0);
	EXPECT_EQ(zvmo_write_memory(fd, 8 * PAGE, "more", 4), 0);
	increment = save(fd, before);
	EXPECT_EQ(apply(copy, increment), 0);
	EXPECT(same(fd, copy));
	copy = load_onto(before, increment);
	ASSERT_GE(copy, 0);
	EXPECT(same(fd, copy));
}

TEST(holes_take_neither_time_nor_room)
{
	int fd = test_create(1ULL << 40, 0), unbounded, copy, stream, last;
	struct stat stat;

	test_fill(fd, 1ULL << 39, 10, 1);
	stream = save(fd, -1);
	ASSERT_EQ(fstat(stream, &stat), 0);
	EXPECT_LE(stat.st_size, 5000);
	copy = load(stream);
	EXPECT_EQ(test_info(copy).size, 1ULL << 40);
	EXPECT_EQ(test_byte(copy, (1ULL << 39) + 9), 1);

	unbounded = test_create(100, ZVMO_UNBOUNDED);
	test_fill(unbounded, 50, 50, 2);
	copy = load(save(unbounded, -1));
	EXPECT_EQ(test_info(copy).size, ZVMO_SIZE_MAX);
	EXPECT_EQ(test_info(copy).stream_size, 100);
	EXPECT_EQ(test_byte(copy, 99), 2);

	/* A hole that was not there before. */
	last = test_snapshot(fd);
	EXPECT_EQ(zvmo_zero(fd, 0, 1ULL << 40), 0);
	stream = save(fd, last);
	ASSERT_EQ(fstat(stream, &stat), 0);
	EXPECT_LE(stat.st_size, 1000);
	EXPECT_EQ(apply(last, stream), 0);
	EXPECT_EQ(test_info(last).committed_bytes, 0);
}

#define CHAIN 20
#define CHAIN_PAGES 64

/* The array that the VMO is compared with. */
struct model {
	uint8_t *bytes;
	size_t size;
	size_t stream_size;
	uint64_t random;
};

static void model_check(const struct model *model, int fd)
{
	struct zvmo_info info = test_info(fd);
	uint8_t *bytes;

	ASSERT_EQ(info.size, model->size);
	ASSERT_EQ(info.stream_size, model->stream_size);
	bytes = whole(fd, model->size);
	ASSERT_MEMEQ(bytes, model->bytes, model->size);
	free(bytes);
}

static void model_write(struct model *model, int fd)
{
	uint64_t offset = test_random_below(&model->random, model->size);
	uint64_t length =
		test_random_below(&model->random, model->size - offset + 1) / 8;
	uint8_t byte = (uint8_t)test_random(&model->random);
	uint8_t *bytes = malloc(length + 1);

	memset(bytes, byte, length);
	memset(model->bytes + offset, byte, length);
	ASSERT_EQ(zvmo_write_memory(fd, offset, bytes, length), 0);
	free(bytes);
}

static void model_zero(struct model *model, int fd)
{
	uint64_t offset = test_random_below(&model->random, model->size);
	uint64_t length =
		test_random_below(&model->random, model->size - offset + 1) / 4;

	memset(model->bytes + offset, 0, length);
	ASSERT_EQ(zvmo_zero(fd, offset, length), 0);
}

static void model_resize(struct model *model, int fd)
{
	size_t size =
		1 + test_random_below(&model->random, CHAIN_PAGES * PAGE - 1);

	memset(model->bytes + size, 0, CHAIN_PAGES * PAGE - size);
	model->stream_size = size;
	model->size = (size + PAGE - 1) / PAGE * PAGE;
	ASSERT_EQ(zvmo_set_size(fd, size), 0);
}

static void model_change(struct model *model, int fd)
{
	unsigned int i;

	if (test_random_below(&model->random, 4) == 0)
		model_resize(model, fd);
	for (i = 0; i < 6; i++) {
		if (test_random_below(&model->random, 3))
			model_write(model, fd);
		else
			model_zero(model, fd);
	}
}

/* One VMO changes; another follows it through streams. */
static void follow(int compression)
{
	struct model model = {
		.bytes = calloc(CHAIN_PAGES, PAGE),
		.size = CHAIN_PAGES * PAGE,
		.stream_size = CHAIN_PAGES * PAGE,
		.random = test_seed + (uint64_t)compression,
	};
	int fd = test_create(model.size, ZVMO_RESIZABLE), last = -1, now;
	int follower = test_create(PAGE, ZVMO_RESIZABLE), stream, i;

	for (i = 0; i <= CHAIN; i++) {
		test_context("increment %d", i);
		model_change(&model, fd);
		now = test_snapshot(fd);
		stream = save_with(now, last, compression, NULL);
		ASSERT_EQ(apply(follower, stream), 0);
		model_check(&model, follower);
		close(stream);
		if (last >= 0)
			close(last);
		last = now;
	}
	model_check(&model, fd);
	free(model.bytes);
}

TEST(chain_of_increments)
{
	follow(0);
}

TEST(chain_of_compressed_increments)
{
	follow(3);
}

/* Each increment to a VMO of its own, which shares what did not change. */
TEST(chain_of_new_vmos)
{
	struct model model = {
		.bytes = calloc(CHAIN_PAGES, PAGE),
		.size = CHAIN_PAGES * PAGE,
		.stream_size = CHAIN_PAGES * PAGE,
		.random = test_seed,
	};
	int fd = test_create(model.size, 0), last = -1, now, copy = -1, i;

	for (i = 0; i <= CHAIN; i++) {
		int base = copy;

		test_context("increment %d", i);
		model_write(&model, fd);
		model_zero(&model, fd);
		now = test_snapshot(fd);
		copy = load_onto(base, save(now, last));
		ASSERT_GE(copy, 0);
		model_check(&model, copy);
		close(last);
		close(base);
		last = now;
	}
	free(model.bytes);
}

TEST(loaded_increment_shares_pages)
{
	int fd = test_create(100 * PAGE, 0), last, copy, next;
	long before;

	test_fill(fd, 0, 100 * PAGE, 1);
	last = test_snapshot(fd);
	copy = load(save(last, -1));
	test_fill(fd, 50 * PAGE, PAGE, 2);
	before = test_stats().pages;
	next = load_onto(copy, save(fd, last));
	ASSERT_GE(next, 0);
	EXPECT_EQ(test_stats().pages, before + 1);
	EXPECT(same(fd, next));
	EXPECT(same(last, copy));
}

/* states[i + 1] is states[i] with another page written. */
static void make_states(int states[4], int streams[4])
{
	int fd = test_create(16 * PAGE, 0), i;

	for (i = 0; i < 4; i++) {
		test_fill(fd, (uint64_t)i * 2 * PAGE, 3 * PAGE,
			  (uint8_t)(i + 1));
		states[i] = test_snapshot(fd);
		streams[i] = save(states[i], i ? states[i - 1] : -1);
	}
}

TEST(increments_in_the_wrong_order)
{
	int states[4], streams[4], i, j;

	make_states(states, streams);
	for (i = 0; i < 4; i++) {
		int fd = load(save(states[i], -1));

		for (j = 1; j < 4; j++) {
			if (j == i + 1)
				continue;
			EXPECT_EQ(apply(fd, streams[j]), -ESTALE);
			EXPECT(same(fd, states[i]));
			EXPECT_EQ(load_onto(fd, streams[j]), -ESTALE);
		}
		EXPECT_EQ(load_onto(-1, streams[1]), -EINVAL);
		if (i == 3)
			break;
		EXPECT_EQ(apply(fd, streams[i + 1]), 0);
		EXPECT(same(fd, states[i + 1]));
	}
}

/* One byte in fifty is changed in turn, then the stream cut there. */
TEST(damaged_streams_change_nothing)
{
	int states[4], streams[4], fd, before;
	struct stat stat;
	uint8_t byte;
	off_t at;

	make_states(states, streams);
	ASSERT_EQ(fstat(streams[1], &stat), 0);
	fd = load(streams[0]);
	before = test_snapshot(fd);
	for (at = stat.st_size - 1; at >= 0; at -= at > 200 ? 397 : 7) {
		test_context("byte %lld", (long long)at);
		ASSERT_EQ(pread(streams[1], &byte, 1, at), 1);
		byte ^= 0x10;
		ASSERT_EQ(pwrite(streams[1], &byte, 1, at), 1);
		EXPECT_EQ(apply(fd, streams[1]), -EBADMSG);
		EXPECT_EQ(load_onto(fd, streams[1]), -EBADMSG);
		byte ^= 0x10;
		ASSERT_EQ(pwrite(streams[1], &byte, 1, at), 1);
		ASSERT_EQ(ftruncate(streams[1], at), 0);
		EXPECT_EQ(apply(fd, streams[1]), at ? -EBADMSG : -ENODATA);
	}
	EXPECT(same(fd, before));
	/* Not even a page was exchanged for an equal one. */
	{
		const struct zvmo_diff_range *range;
		struct zvmo_diff_iter iter;

		zvmo_diff_init(&iter, fd, before, 0, 16 * PAGE);
		EXPECT_EQ(zvmo_diff_next(&iter, &range), 0);
	}
	EXPECT_EQ(test_info(fd).num_children, 1);
}

TEST(through_a_pipe)
{
	int fd = test_create(1000 * PAGE, 0), last, copy, ends[2];
	pid_t process;

	test_fill(fd, 100 * PAGE, 500 * PAGE, 1);
	last = test_snapshot(fd);
	test_fill(fd, 300 * PAGE, 100 * PAGE, 2);
	ASSERT_EQ(pipe(ends), 0);
	process = test_fork();
	if (!process) {
		close(ends[0]);
		ASSERT_EQ(zvmo_stream_save(last, -1, ends[1], NULL, NULL), 0);
		ASSERT_EQ(zvmo_stream_save(fd, last, ends[1], NULL, NULL), 0);
		_exit(0);
	}
	close(ends[1]);
	copy = zvmo_stream_load(ends[0], -1, NULL, NULL);
	ASSERT_GE(copy, 0);
	EXPECT(same(copy, last));
	EXPECT_EQ(zvmo_stream_apply(copy, ends[0], NULL, NULL), 0);
	EXPECT(same(copy, fd));
	EXPECT_EQ(zvmo_stream_apply(copy, ends[0], NULL, NULL), -ENODATA);
	test_wait_for(process);
}

TEST(output_fails)
{
	int fd = test_create(100 * PAGE, 0), full;

	test_fill(fd, 0, 100 * PAGE, 1);
	full = open("/dev/full", O_WRONLY);
	ASSERT_GE(full, 0);
	EXPECT_EQ(zvmo_stream_save(fd, -1, full, NULL, NULL), -ENOSPC);
	EXPECT_EQ(test_info(fd).num_children, 0);
}

/* No memory for the library; and, in the end, none of a VMO's is missing. */
TEST(no_memory)
{
	int fd = test_create(100 * PAGE, 0), stream, copy;
	struct rlimit old, limit;

	test_fill(fd, 0, 100 * PAGE, 1);
	stream = save(fd, -1);
	copy = test_create(100 * PAGE, 0);
	ASSERT_EQ(getrlimit(RLIMIT_AS, &old), 0);
	limit = old;
	limit.rlim_cur = 1 << 20;
	ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
	EXPECT_EQ(zvmo_stream_save(fd, -1, stream, NULL, NULL), -ENOMEM);
	EXPECT_EQ(apply(copy, stream), -ENOMEM);
	EXPECT_EQ(load_onto(-1, stream), -ENOMEM);
	ASSERT_EQ(setrlimit(RLIMIT_AS, &old), 0);
	EXPECT_EQ(test_info(copy).committed_bytes, 0);
	EXPECT_EQ(apply(copy, stream), 0);
	EXPECT(same(fd, copy));
}

TEST(slices)
{
	int fd = test_create(10 * PAGE, 0), slice, snapshot, stream, copy;

	test_fill(fd, 2 * PAGE, 6 * PAGE, 1);
	slice = test_child(fd, ZVMO_CHILD_SLICE, 4 * PAGE, 5 * PAGE - 9);
	stream = save(slice, -1);
	copy = load(stream);
	EXPECT(same(slice, copy));
	EXPECT(test_holds(copy, 0, 4 * PAGE, 1));
	EXPECT(test_holds(copy, 4 * PAGE, PAGE - 9, 0));
	EXPECT(same_identity(identity(slice), identity(copy)));

	snapshot = test_snapshot(fd);
	EXPECT_EQ(zvmo_stream_save(slice, snapshot, stream, NULL, NULL),
		  -EOPNOTSUPP);
	EXPECT_EQ(zvmo_stream_save(snapshot, slice, stream, NULL, NULL),
		  -EOPNOTSUPP);
	EXPECT_EQ(apply(slice, stream), -EOPNOTSUPP);
}

TEST(references)
{
	int fd = test_create(10 * PAGE, 0), reference, last, copy;

	test_fill(fd, 2 * PAGE, 6 * PAGE, 1);
	reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	last = test_snapshot(fd);
	copy = load(save(reference, -1));
	EXPECT(same(fd, copy));
	test_fill(reference, 0, PAGE, 2);
	EXPECT_EQ(apply(copy, save(reference, last)), 0);
	EXPECT(same(fd, copy));
}

/* What is at one offset of the one is at another of the other. */
TEST(windows_at_different_places)
{
	int fd = test_create(10 * PAGE, 0), window, longer, null;

	test_fill(fd, 0, 10 * PAGE, 1);
	null = open("/dev/null", O_WRONLY);
	window = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, 4 * PAGE);
	EXPECT_EQ(zvmo_stream_save(fd, window, null, NULL, NULL), -EINVAL);
	EXPECT_EQ(zvmo_stream_save(window, fd, null, NULL, NULL), -EINVAL);
	/* Two windows at the same place, of different sizes. */
	longer = test_child(fd, ZVMO_CHILD_SNAPSHOT, PAGE, 20 * PAGE);
	EXPECT_EQ(apply(load(save(window, -1)), save(longer, window)), -EPERM);
	EXPECT(same(load_onto(window, save(longer, window)), longer));
	EXPECT(same(load_onto(longer, save(window, longer)), window));
}

TEST(what_cannot_be_saved_or_applied)
{
	int fd = test_create(4 * PAGE, 0), other = test_create(4 * PAGE, 0);
	int discardable = test_create(4 * PAGE, ZVMO_DISCARDABLE), stream, less;

	test_fill(fd, 0, PAGE, 1);
	stream = save(fd, -1);
	EXPECT_EQ(zvmo_stream_save(fd, other, stream, NULL, NULL), -EINVAL);
	EXPECT_EQ(zvmo_stream_save(fd, stream, stream, NULL, NULL), -EINVAL);
	EXPECT_EQ(zvmo_stream_save(discardable, -1, stream, NULL, NULL),
		  -EOPNOTSUPP);
	EXPECT_EQ(apply(discardable, stream), -EOPNOTSUPP);
	EXPECT_EQ(zvmo_stream_save(999, -1, stream, NULL, NULL), -EBADF);
	less = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_READ);
	EXPECT_EQ(zvmo_stream_save(less, -1, stream, NULL, NULL), -EACCES);
	less = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_DUPLICATE);
	EXPECT_EQ(zvmo_stream_save(less, -1, stream, NULL, NULL), -EACCES);
	less = test_duplicate(fd, ZVMO_RIGHTS_DEFAULT & ~ZVMO_RIGHT_WRITE);
	EXPECT_EQ(apply(less, stream), -EACCES);
	EXPECT_EQ(zvmo_stream_save(less, -1, stream, NULL, NULL), 0);
	/* Nothing was written before. */
	EXPECT_EQ(zvmo_stream_verify(stream, NULL), -ENODATA);
}

TEST(other_sizes)
{
	int fd = test_create(8 * PAGE + 5, 0), stream, copy, before;

	test_fill(fd, 3 * PAGE, 5 * PAGE, 1);
	stream = save(fd, -1);
	/* One that cannot get the size stays what it is. */
	copy = test_create(4 * PAGE, 0);
	test_fill(copy, 0, 4 * PAGE, 9);
	before = test_snapshot(copy);
	EXPECT_EQ(apply(copy, stream), -EPERM);
	EXPECT(same(copy, before));
	/* Smaller and bigger ones that can; and one of another stream size. */
	copy = test_create(4 * PAGE, ZVMO_RESIZABLE);
	test_fill(copy, 0, 4 * PAGE, 9);
	EXPECT_EQ(apply(copy, stream), 0);
	EXPECT(same(copy, fd));
	copy = test_create(40 * PAGE, ZVMO_RESIZABLE);
	test_fill(copy, 0, 40 * PAGE, 9);
	EXPECT_EQ(apply(copy, stream), 0);
	EXPECT(same(copy, fd));
	copy = test_create(9 * PAGE, 0);
	test_fill(copy, 0, 9 * PAGE, 9);
	EXPECT_EQ(apply(copy, stream), 0);
	EXPECT(same(copy, fd));
}

/* How many calls that the library makes fail from now on. */
static unsigned int restores_fail;

int __real_zvmo_restore_range(int fd, int source, uint64_t offset,
			      uint64_t length);
int __wrap_zvmo_restore_range(int fd, int source, uint64_t offset,
			      uint64_t length);
int __wrap_zvmo_restore_range(int fd, int source, uint64_t offset,
			      uint64_t length)
{
	if (restores_fail) {
		restores_fail--;
		return -ENOMEM;
	}
	return __real_zvmo_restore_range(fd, source, offset, length);
}

/* A VMO of some size, with content past its stream size. */
static int nines(uint64_t size)
{
	int fd = test_create(size, ZVMO_RESIZABLE);

	EXPECT_EQ(zvmo_set_stream_size(fd, size - PAGE - 3), 0);
	EXPECT_EQ(zvmo_write_memory(fd, size - PAGE, "9999", 4), 0);
	return fd;
}

/* It cannot take over what it read: it is again as it was, or says it is not. */
static void fails_to_take_over(uint64_t size)
{
	int from = test_create(8 * PAGE + 5, 0), stream, fd, twin;

	test_context("%llu pages", (unsigned long long)(size / PAGE));
	test_fill(from, 3 * PAGE, 5 * PAGE, 1);
	stream = save(from, -1);
	fd = nines(size);
	twin = nines(size);
	restores_fail = 1;
	EXPECT_EQ(apply(fd, stream), -ENOMEM);
	EXPECT_EQ(restores_fail, 0);
	EXPECT(same(fd, twin));
	restores_fail = 2;
	EXPECT_EQ(apply(fd, stream), -ENOTRECOVERABLE);
	restores_fail = 0;
	EXPECT_EQ(apply(fd, stream), 0);
	EXPECT(same(fd, from));
}

TEST(goes_back_if_taking_over_fails)
{
	int fd = nines(9 * PAGE), twin = nines(9 * PAGE), last, stream;

	fails_to_take_over(4 * PAGE);
	fails_to_take_over(9 * PAGE);
	fails_to_take_over(40 * PAGE);
	/* Of the same sizes there is nothing to go back from. */
	last = test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, 9 * PAGE);
	EXPECT_EQ(zvmo_set_stream_size(last, 8 * PAGE - 3), 0);
	EXPECT_EQ(zvmo_restore(last, fd), 0);
	test_fill(last, 0, 1, 8);
	stream = save(last, fd);
	restores_fail = 9;
	EXPECT_EQ(apply(fd, stream), -ENOMEM);
	EXPECT_EQ(restores_fail, 8);
	restores_fail = 0;
	EXPECT(same(fd, twin));
}

static void expect_killed(pid_t process)
{
	int status;

	ASSERT_EQ(waitpid(process, &status, 0), process);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Memory ends while the stream is read: it is the reader that dies. */
TEST(killed_for_memory)
{
	const uint64_t size = 24 * MIB;
	int from = test_create(size, 0), fd = test_create(size, 0), stream;
	pid_t process;

	test_fill(fd, 0, PAGE, 9);
	test_fill(from, 0, size, 1);
	stream = save(from, -1);
	cgroup_create("zvmo-applies", 8 * MIB);
	process = test_fork();
	if (!process) {
		cgroup_enter("zvmo-applies");
		apply(fd, stream);
		_exit(EXIT_SUCCESS);
	}
	expect_killed(process);
	EXPECT(test_holds(fd, 0, PAGE, 9));
	EXPECT(test_holds(fd, PAGE, size - PAGE, 0));
	EXPECT_EQ(test_info(fd).committed_bytes, PAGE);
	EXPECT_EQ(test_info(fd).num_children, 0);
	EXPECT_EQ(apply(fd, stream), 0);
	EXPECT(same(fd, from));
}

/* At any time: the VMO has the one content or the other, nothing between. */
TEST(killed_at_any_time)
{
	const uint64_t size = 64 * PAGE;
	int fd = test_create(size, 0), states[2], streams[2], now, i;
	unsigned int times[2] = { 0, 0 };
	uint64_t random = test_seed;

	for (i = 0; i < 2; i++) {
		test_fill(fd, 0, size, (uint8_t)(i + 1));
		states[i] = test_snapshot(fd);
		streams[i] = save(states[i], -1);
	}
	/* Where that takes longer, until both were seen: later and later. */
	for (i = 0; i < 60 || !times[0] || !times[1]; i++) {
		pid_t process = test_fork();
		bool moved;

		if (!process) {
			for (now = i % 2;; now = 1 - now)
				ASSERT_EQ(apply(fd, streams[now]), 0);
		}
		usleep(1000 + test_random_below(&random, 20000 * (1 + i / 10)));
		kill(process, SIGKILL);
		expect_killed(process);
		test_context("kill %d", i);
		moved = test_byte(fd, 0) == 1;
		times[moved]++;
		ASSERT(same(fd, states[!moved]));
		ASSERT_EQ(test_info(fd).num_children, 2);
	}
}

TEST(resizable_when_asked)
{
	struct zvmo_stream_options options = {
		.size = sizeof(options),
		.create_options = ZVMO_RESIZABLE,
	};
	int fd = test_create(4 * PAGE, 0), last, stream, copy, next;

	stream = save(fd, -1);
	copy = zvmo_stream_load(stream, -1, &options, NULL);
	ASSERT_GE(copy, 0);
	EXPECT_EQ(zvmo_set_size(copy, 5 * PAGE), 0);
	EXPECT_EQ(zvmo_set_size(copy, 4 * PAGE), 0);
	last = test_snapshot(fd);
	test_fill(fd, 0, 1, 1);
	next = zvmo_stream_load(save(fd, last), copy, &options, NULL);
	ASSERT_GE(next, 0);
	EXPECT(same(fd, next));
	EXPECT_EQ(zvmo_set_size(next, 5 * PAGE), 0);
}

/* The program zvmo-stream, linked in. Returns its exit status. */
int zvmo_stream_main(int argc, char **argv);

static int run(const char *line)
{
	char words[128], *argv[10] = { NULL };
	int argc = 0, status;
	pid_t process = fork();

	ASSERT_GE(process, 0);
	if (process) {
		ASSERT_EQ(waitpid(process, &status, 0), process);
		ASSERT(WIFEXITED(status));
		return WEXITSTATUS(status);
	}
	snprintf(words, sizeof(words), "%s", line);
	for (argv[argc] = strtok(words, " "); argv[argc];
	     argv[argc] = strtok(NULL, " "))
		argc++;
	exit(zvmo_stream_main(argc, argv));
}

/* VMOs are descriptors that it inherits. */
TEST(program)
{
	int fd = test_create(16 * PAGE, 0), last, copy;

	test_fill(fd, 0, 5 * PAGE, 1);
	last = test_snapshot(fd);
	test_fill(fd, 2 * PAGE, PAGE, 2);
	copy = test_create(16 * PAGE, 0);
	ASSERT_EQ(dup2(fd, 20), 20);
	ASSERT_EQ(dup2(last, 21), 21);
	ASSERT_EQ(dup2(copy, 22), 22);
	EXPECT_EQ(run("zvmo-stream save --fd 21 --zstd /tmp/whole"), 0);
	EXPECT_EQ(run("zvmo-stream save --fd 20 --base-fd 21 /tmp/part"), 0);
	EXPECT_EQ(run("zvmo-stream load --fd 22 /tmp/part"), 4);
	EXPECT_EQ(test_info(copy).committed_bytes, 0);
	EXPECT_EQ(run("zvmo-stream load --fd 22 /tmp/whole"), 0);
	EXPECT(same(copy, last));
	EXPECT_EQ(run("zvmo-stream load --fd 22 /tmp/part"), 0);
	EXPECT(same(copy, fd));
	EXPECT_EQ(run("zvmo-stream load --fd 22 /tmp/part"), 4);
	EXPECT(same(copy, fd));
	/* What VMOs hold, files can; and the other way round. */
	EXPECT_EQ(run("zvmo-stream load --to /tmp/image /tmp/whole /tmp/part"),
		  0);
	EXPECT_EQ(run("zvmo-stream save --from /tmp/image /tmp/whole"), 0);
	EXPECT_EQ(zvmo_zero(copy, 0, 16 * PAGE), 0);
	EXPECT_EQ(run("zvmo-stream load --fd 22 /tmp/whole"), 0);
	EXPECT(same(copy, fd));
	EXPECT_EQ(run("zvmo-stream load --fd 0 /tmp/whole"), 1);
	unlink("/tmp/whole");
	unlink("/tmp/part");
	unlink("/tmp/image");
}

/* Who has it mapped sees the new content. */
TEST(applied_under_a_mapping)
{
	int fd = test_create(4 * PAGE, 0), last, copy;
	uint8_t *mapped;

	test_fill(fd, 0, 2 * PAGE, 1);
	last = test_snapshot(fd);
	copy = load(save(last, -1));
	mapped =
		test_map(copy, 0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	EXPECT_EQ(mapped[PAGE], 1);
	EXPECT_EQ(mapped[3 * PAGE], 0);
	test_fill(fd, PAGE, PAGE, 2);
	test_fill(fd, 3 * PAGE, PAGE, 3);
	EXPECT_EQ(apply(copy, save(fd, last)), 0);
	EXPECT_EQ(mapped[0], 1);
	EXPECT_EQ(mapped[PAGE], 2);
	EXPECT_EQ(mapped[3 * PAGE], 3);
	mapped[0] = 4;
	EXPECT_EQ(test_byte(copy, 0), 4);
	EXPECT_EQ(test_byte(fd, 0), 1);
}

/* What is known need not be read, and is believed. */
TEST(known_identity)
{
	struct zvmo_stream_options options = { .size = sizeof(options) };
	int fd = test_create(100 * PAGE, 0), last, copy, stream, i;
	struct zvmo_stream_info info;

	test_fill(fd, 0, 100 * PAGE, 1);
	last = test_snapshot(fd);
	stream = save_with(last, -1, 0, &info);
	copy = load(stream);
	for (i = 0; i < 3; i++) {
		const struct zvmo_stream_id base = info.id;

		test_fill(fd, (uint64_t)i * 7 * PAGE + 5, PAGE, 2);
		options.base = &base;
		ASSERT_EQ(ftruncate(stream, 0), 0);
		ASSERT_EQ(lseek(stream, 0, SEEK_SET), 0);
		ASSERT_EQ(zvmo_stream_save(fd, last, stream, &options, &info),
			  0);
		close(last);
		last = test_snapshot(fd);
		ASSERT_EQ(lseek(stream, 0, SEEK_SET), 0);
		EXPECT_EQ(zvmo_stream_apply(copy, stream, &options, NULL), 0);
		EXPECT(same(copy, fd));
		EXPECT(same_identity(info.id, identity(copy)));
	}
}
