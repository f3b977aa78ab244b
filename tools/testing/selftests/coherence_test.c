// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - coherence: who looks at a VMO sees what it holds now
 *
 * However it looks (read(2), one of many mappings, another process, a slice, a
 * reference) and however the change was made. What is mapped was looked at
 * before, so that a translation which should have gone would show.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "parallel.h"

#define PAGES 8UL
#define SPOT 3UL /* the page that changes */

/* Every way to look at, or change, the page SPOT of one VMO */

struct scene {
	int fd;
	int slice; /* begins at page SPOT - 1 */
	int reference;
	char *map;
	char *other_map;
	char *read_map; /* read-only */
	char *slice_map;
	char *reference_map;
	char *private_map; /* never written */
	int remote; /* socket to a process that has the same */
	int snapshot; /* -1 if there is none */
};

enum request { REMOTE_READ, REMOTE_WRITE, REMOTE_END };

struct message {
	enum request request;
	uint64_t value;
};

static void serve(struct scene *scene, int socket)
{
	struct message message;

	for (;;) {
		ASSERT_EQ(read(socket, &message, sizeof(message)),
			  sizeof(message));
		switch (message.request) {
		case REMOTE_READ:
			message.value = word_read(page_at(scene->map, SPOT));
			if (word_read(page_at(scene->private_map, SPOT)) !=
			    message.value)
				message.value = UINT64_MAX;
			break;
		case REMOTE_WRITE:
			word_write(page_at(scene->map, SPOT), message.value);
			break;
		default:
			_exit(EXIT_SUCCESS);
		}
		ASSERT_EQ(write(socket, &message, sizeof(message)),
			  sizeof(message));
	}
}

static uint64_t remote(struct scene *scene, enum request request,
		       uint64_t value)
{
	struct message message = { request, value };

	ASSERT_EQ(write(scene->remote, &message, sizeof(message)),
		  sizeof(message));
	if (request != REMOTE_END)
		ASSERT_EQ(read(scene->remote, &message, sizeof(message)),
			  sizeof(message));
	return message.value;
}

/* @fd has PAGES pages. */
static void scene_open(struct scene *scene, int fd)
{
	int sockets[2];

	scene->fd = fd;
	scene->snapshot = -1;
	scene->reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	scene->map = test_map(fd, 0, PAGES * PAGE, RW, 0);
	scene->other_map = test_map(fd, PAGE, (PAGES - 1) * PAGE, RW, 0);
	scene->other_map -= PAGE;
	scene->read_map = test_map(fd, 0, PAGES * PAGE, PROT_READ, 0);
	scene->reference_map =
		test_map(scene->reference, 0, PAGES * PAGE, RW, 0);
	scene->private_map = test_map(fd, 0, PAGES * PAGE, RW, MAP_PRIVATE);
	/* A resizable VMO has no slices; look twice at the reference. */
	scene->slice = -1;
	scene->slice_map = page_at(scene->reference_map, SPOT - 1);
	if (!(test_info(fd).flags & ZVMO_INFO_RESIZABLE)) {
		scene->slice = test_child(fd, ZVMO_CHILD_SLICE,
					  (SPOT - 1) * PAGE, 3 * PAGE);
		scene->slice_map = test_map(scene->slice, 0, 3 * PAGE, RW, 0);
	}
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
	scene->remote = sockets[0];
	if (!test_fork())
		serve(scene, sockets[1]);
	test_close(sockets[1]);
}

static void scene_close(struct scene *scene)
{
	remote(scene, REMOTE_END, 0);
}

static void look(struct scene *scene, uint64_t expected)
{
	EXPECT_EQ(page_read(scene->fd, SPOT), expected);
	EXPECT_EQ(page_read(scene->reference, SPOT), expected);
	if (scene->slice >= 0)
		EXPECT_EQ(page_read(scene->slice, 1), expected);
	EXPECT_EQ(word_read(page_at(scene->map, SPOT)), expected);
	EXPECT_EQ(word_read(page_at(scene->other_map, SPOT)), expected);
	EXPECT_EQ(word_read(page_at(scene->read_map, SPOT)), expected);
	EXPECT_EQ(word_read(page_at(scene->slice_map, 1)), expected);
	EXPECT_EQ(word_read(page_at(scene->reference_map, SPOT)), expected);
	EXPECT_EQ(word_read(page_at(scene->private_map, SPOT)), expected);
	EXPECT_EQ(remote(scene, REMOTE_READ, 0), expected);
}

/* Changes. Each returns what the page's first word is then. */

typedef uint64_t (*change_fn)(struct scene *scene, uint64_t value);

static uint64_t by_write(struct scene *scene, uint64_t value)
{
	page_write(scene->fd, SPOT, value);
	return value;
}

static uint64_t by_writing_a_slice(struct scene *scene, uint64_t value)
{
	if (scene->slice >= 0)
		page_write(scene->slice, 1, value);
	else
		page_write(scene->reference, SPOT, value);
	return value;
}

static uint64_t by_map(struct scene *scene, uint64_t value)
{
	word_write(page_at(scene->map, SPOT), value);
	return value;
}

static uint64_t by_other_map(struct scene *scene, uint64_t value)
{
	word_write(page_at(scene->other_map, SPOT), value);
	return value;
}

static uint64_t by_slice_map(struct scene *scene, uint64_t value)
{
	word_write(page_at(scene->slice_map, 1), value);
	return value;
}

static uint64_t by_reference_map(struct scene *scene, uint64_t value)
{
	word_write(page_at(scene->reference_map, SPOT), value);
	return value;
}

static uint64_t by_other_process(struct scene *scene, uint64_t value)
{
	remote(scene, REMOTE_WRITE, value);
	return value;
}

static uint64_t by_zero(struct scene *scene, uint64_t value)
{
	(void)value;
	ASSERT_EQ(zvmo_zero(scene->fd, SPOT * PAGE, PAGE), 0);
	return 0;
}

static uint64_t by_zeroing_a_part(struct scene *scene, uint64_t value)
{
	(void)value;
	ASSERT_EQ(zvmo_zero(scene->reference, SPOT * PAGE, 8), 0);
	return 0;
}

static uint64_t by_punching(struct scene *scene, uint64_t value)
{
	(void)value;
	ASSERT_EQ(fallocate(scene->fd,
			    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			    SPOT * PAGE, PAGE),
		  0);
	return 0;
}

static uint64_t by_remove(struct scene *scene, uint64_t value)
{
	(void)value;
	ASSERT_EQ(madvise(page_at(scene->slice_map, 1), PAGE, MADV_REMOVE), 0);
	return 0;
}

static uint64_t by_commit(struct scene *scene, uint64_t value)
{
	value = page_read(scene->fd, SPOT);
	ASSERT_EQ(zvmo_commit(scene->fd, 0, PAGES * PAGE), 0);
	return value;
}

static uint64_t by_a_snapshot(struct scene *scene, uint64_t value)
{
	value = page_read(scene->fd, SPOT);
	test_close(test_snapshot(scene->fd));
	return value;
}

static const struct {
	const char *name;
	change_fn change;
} changes[] = {
	{ "write()", by_write },
	{ "write() of a slice", by_writing_a_slice },
	{ "a mapping", by_map },
	{ "another mapping", by_other_map },
	{ "a slice's mapping", by_slice_map },
	{ "a reference's mapping", by_reference_map },
	{ "another process", by_other_process },
	{ "ZERO", by_zero },
	{ "ZERO of a part", by_zeroing_a_part },
	{ "punching", by_punching },
	{ "MADV_REMOVE", by_remove },
	{ "COMMIT", by_commit },
	{ "a snapshot", by_a_snapshot },
};

#define NR_CHANGES (sizeof(changes) / sizeof(*changes))

/* What the page is when the change comes. */
enum state {
	HOLE,
	WRITTEN, /* by write(2) */
	MAPPED, /* written through a mapping */
	SHARED, /* with a snapshot */
	ALONE_AGAIN, /* was shared */
	NR_STATES,
};

static uint64_t prepare(struct scene *scene, enum state state, uint64_t value)
{
	if (scene->snapshot >= 0)
		test_close(scene->snapshot);
	scene->snapshot = -1;
	switch (state) {
	case HOLE:
		return by_punching(scene, 0);
	case WRITTEN:
		by_punching(scene, 0);
		return by_write(scene, value);
	case MAPPED:
		return by_map(scene, value);
	case SHARED:
		by_other_map(scene, value);
		scene->snapshot = test_snapshot(scene->fd);
		return value;
	default:
		by_other_map(scene, value);
		test_close(test_snapshot(scene->fd));
		return value;
	}
}

/* All states, all changes, all viewers; looked at before or not. */
static void every_change(struct scene *scene)
{
	uint64_t value = 0, expected;
	enum state state;
	unsigned int i, looked;

	for (looked = 0; looked < 2; looked++) {
		for (state = HOLE; state < NR_STATES; state++) {
			for (i = 0; i < NR_CHANGES; i++) {
				test_context("state %d, changed by %s%s", state,
					     changes[i].name,
					     looked ? ", looked at" : "");
				expected = prepare(scene, state, ++value);
				if (looked)
					look(scene, expected);
				expected = changes[i].change(scene, ++value);
				look(scene, expected);
			}
		}
	}
}

TEST(every_change_is_seen_by_all)
{
	struct scene scene;

	scene_open(&scene, test_create(PAGES * PAGE, 0));
	every_change(&scene);
	scene_close(&scene);
}

TEST(every_change_of_a_snapshot_is_seen_by_all)
{
	int parent = test_create(PAGES * PAGE, 0);
	struct scene scene;

	test_fill(parent, 0, PAGES * PAGE, 'p');
	scene_open(&scene, test_snapshot(parent));
	/* As every_change() expects to find it. */
	test_fill(scene.fd, SPOT * PAGE, PAGE, 0);
	every_change(&scene);
	scene_close(&scene);
	EXPECT(test_holds(parent, 0, PAGES * PAGE, 'p'));
}

TEST(resizing_is_seen_by_all)
{
	struct scene scene;
	uint64_t value;

	scene_open(&scene, test_create(PAGES * PAGE, ZVMO_RESIZABLE));
	for (value = 1; value < 20; value++) {
		by_other_process(&scene, value);
		look(&scene, value);
		ASSERT_EQ(zvmo_set_size(scene.fd, SPOT * PAGE), 0);
		EXPECT_EQ(test_probe_read(page_at(scene.map, SPOT)), SIGBUS);
		EXPECT_EQ(test_probe_read(page_at(scene.slice_map, 1)), SIGBUS);
		ASSERT_EQ(zvmo_set_size(scene.fd, PAGES * PAGE), 0);
		if (value % 2)
			look(&scene, 0);
		if (value % 3)
			look(&scene, by_write(&scene, 100 + value));
		/* The end moves up to the middle of a page. */
		ASSERT_EQ(zvmo_set_size(scene.fd, SPOT * PAGE + 4), 0);
		ASSERT_EQ(zvmo_set_size(scene.fd, PAGES * PAGE), 0);
		look(&scene, value % 3 ? 100 + value : 0);
	}
	scene_close(&scene);
}

TEST(growing_by_write_is_seen_by_all)
{
	struct scene scene;

	scene_open(&scene, test_create(PAGES * PAGE, ZVMO_RESIZABLE));
	ASSERT_EQ(zvmo_set_size(scene.fd, 0), 0);
	EXPECT_EQ(test_probe_read(page_at(scene.map, SPOT)), SIGBUS);
	page_write(scene.fd, SPOT, 5);
	look(&scene, 5);
	EXPECT_EQ(word_read(page_at(scene.map, 0)), 0);
	scene_close(&scene);
}

/* MAP_PRIVATE: follows the VMO page by page, until it is written. */

TEST(private_mapping_before_and_after_copying)
{
	struct scene scene;
	char *own, *untouched;
	unsigned int i;
	uint64_t value = 0;
	enum state state;

	scene_open(&scene, test_create(PAGES * PAGE, 0));
	for (state = HOLE; state < NR_STATES; state++) {
		for (i = 0; i < NR_CHANGES; i++) {
			uint64_t before, after;

			test_context("state %d, changed by %s", state,
				     changes[i].name);
			own = test_map(scene.fd, 0, PAGES * PAGE, RW,
				       MAP_PRIVATE);
			untouched = test_map(scene.fd, 0, PAGES * PAGE, RW,
					     MAP_PRIVATE);
			before = prepare(&scene, state, ++value);
			if (i % 2)
				EXPECT_EQ(word_read(page_at(own, SPOT)),
					  before);
			/* Another word of the page, so the rest is copied. */
			word_write((char *)page_at(own, SPOT) + 64, 77);
			EXPECT_EQ(word_read(page_at(own, SPOT)), before);
			after = changes[i].change(&scene, ++value);
			look(&scene, after);
			EXPECT_EQ(word_read(page_at(own, SPOT)), before);
			EXPECT_EQ(word_read(page_at(untouched, SPOT)), after);
			EXPECT_EQ(word_read((char *)page_at(untouched, SPOT) +
					    64),
				  0);
			ASSERT_EQ(madvise(own, PAGES * PAGE, MADV_DONTNEED), 0);
			EXPECT_EQ(word_read(page_at(own, SPOT)), after);
			test_unmap(own, PAGES * PAGE);
			test_unmap(untouched, PAGES * PAGE);
		}
	}
	scene_close(&scene);
}

/*
 * Readers that look all the time while the page changes. The writer counts
 * epochs: odd while it changes the page, even when that is done; the page then
 * holds what is in @expected. A reader that finds the same even epoch before
 * and after it looked must have seen just that.
 */

#define RUN_SECONDS 1.5
#define RANGE_PAGES 2048UL /* around the page, for MADV_DONTNEED */

struct race {
	_Atomic uint64_t epoch;
	_Atomic uint64_t expected;
	_Atomic uint64_t looks;
	atomic_bool stop;
	int fd;
	char *map;
};

static struct race *race;

static void watch(const void *address)
{
	while (!atomic_load(&race->stop)) {
		uint64_t epoch = atomic_load(&race->epoch), found, expected;

		if (epoch % 2)
			continue;
		expected = atomic_load(&race->expected);
		found = word_read(address);
		if (atomic_load(&race->epoch) != epoch)
			continue;
		atomic_fetch_add(&race->looks, 1);
		if (found != expected)
			FATAL("found %llu in epoch %llu, expected %llu",
			      (unsigned long long)found,
			      (unsigned long long)epoch,
			      (unsigned long long)expected);
	}
}

static void *watch_in_thread(void *address)
{
	watch(address);
	return NULL;
}

static void race_change(change_fn change, struct scene *scene, uint64_t value)
{
	atomic_fetch_add(&race->epoch, 1);
	atomic_store(&race->expected, change(scene, value));
	atomic_fetch_add(&race->epoch, 1);
}

/* Takes the range out of the page tables, over and over. */
static void *forget(void *unused)
{
	(void)unused;
	while (!atomic_load(&race->stop)) {
		madvise(race->map, RANGE_PAGES * PAGE, MADV_POPULATE_READ);
		madvise(race->map, RANGE_PAGES * PAGE, MADV_DONTNEED);
	}
	return NULL;
}

static void *move(void *unused)
{
	size_t size = PAGES * PAGE;
	char *map = test_map(race->fd, 0, size, RW, 0);

	(void)unused;
	while (!atomic_load(&race->stop)) {
		word_read(page_at(map, SPOT));
		map = mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
			     NULL);
		ASSERT(map != MAP_FAILED);
		word_read(page_at(map, SPOT));
		test_unmap(map, size);
		map = test_map(race->fd, 0, size, RW, 0);
	}
	return NULL;
}

static void *snapshots(void *unused)
{
	(void)unused;
	while (!atomic_load(&race->stop)) {
		int snapshot = test_snapshot(race->fd);

		sleep_ms(1);
		test_close(snapshot);
	}
	return NULL;
}

static void race_begin(struct scene *scene)
{
	race = shared_memory(sizeof(*race));
	scene_open(scene, test_create(PAGES * PAGE, 0));
	race->fd = scene->fd;
	race->map = scene->map;
}

static void race_end(pthread_t *threads, unsigned int nr, pid_t process)
{
	unsigned int i;

	while (!atomic_load(&race->looks))
		sleep_ms(1);
	atomic_store(&race->stop, true);
	for (i = 0; i < nr; i++)
		thread_join(threads[i]);
	test_wait_for(process);
}

/* Change the page in every way while readers watch and @other disturbs. */
static void race_run(void *(*other)(void *))
{
	uint64_t random = test_seed, value = 0;
	pthread_t threads[3];
	struct scene scene;
	double deadline;
	pid_t process;

	race_begin(&scene);
	process = test_fork();
	if (!process) {
		watch(page_at(scene.read_map, SPOT));
		_exit(EXIT_SUCCESS);
	}
	threads[0] = thread_start(watch_in_thread, page_at(scene.map, SPOT));
	threads[1] = thread_start(watch_in_thread, page_at(scene.slice_map, 1));
	threads[2] = thread_start(other, NULL);
	deadline = test_seconds() + RUN_SECONDS;
	while (test_seconds() < deadline) {
		unsigned int i = test_random_below(&random, NR_CHANGES);

		race_change(changes[i].change, &scene, ++value);
		if (value % 4 == 0)
			sleep_ms(1);
	}
	race_end(threads, 3, process);
	scene_close(&scene);
}

TEST(readers_while_snapshots_are_taken)
{
	race_run(snapshots);
}

TEST(readers_while_mappings_move)
{
	race_run(move);
}

/*
 * A page is replaced while another thread takes it out of the same page tables:
 * that thread has cleared the entry, but not yet told the processor.
 */
TEST(a_replaced_page_that_is_being_unmapped)
{
	int fd = test_create(RANGE_PAGES * PAGE, 0), snapshot;
	double deadline = test_seconds() + RUN_SECONDS;
	uint64_t value = 0, stale = 0;
	pthread_t thread;

	race = shared_memory(sizeof(*race));
	race->fd = fd;
	test_fill(fd, 0, RANGE_PAGES * PAGE, 1);
	race->map = test_map(fd, 0, RANGE_PAGES * PAGE, RW, 0);
	thread = thread_start(forget, NULL);
	while (test_seconds() < deadline) {
		snapshot = test_snapshot(fd);
		word_read(race->map);
		page_write(fd, 0, ++value);
		stale += word_read(race->map) != value;
		test_close(snapshot);
	}
	atomic_store(&race->stop, true);
	thread_join(thread);
	EXPECT_EQ(stale, 0);
}

static void *forget_only(void *unused)
{
	(void)unused;
	while (!atomic_load(&race->stop))
		madvise(race->map, RANGE_PAGES * PAGE, MADV_DONTNEED);
	return NULL;
}

/* Newer kernels free page tables that are empty: under those who fill them. */
TEST(reads_of_memory_that_is_given_up)
{
	int fd = test_create(RANGE_PAGES * PAGE, 0);
	double deadline = test_seconds() + RUN_SECONDS;
	pthread_t threads[2];
	uint64_t nr = 0;

	race = shared_memory(sizeof(*race));
	test_fill(fd, 0, RANGE_PAGES * PAGE, 1);
	race->map = test_map(fd, 0, RANGE_PAGES * PAGE, RW, 0);
	threads[0] = thread_start(forget_only, NULL);
	threads[1] = thread_start(forget_only, NULL);
	while (test_seconds() < deadline)
		word_read(page_at(race->map, nr++ * 7 % RANGE_PAGES));
	atomic_store(&race->stop, true);
	thread_join(threads[0]);
	thread_join(threads[1]);
	test_note("%llu reads", (unsigned long long)nr);
}

/* Two places: who sees the second change also sees the first. */

struct ordered {
	char *data; /* where the reader looks */
	char *flag;
	atomic_bool stop;
	_Atomic uint64_t looks;
};

static struct ordered *ordered;

static void read_in_order(void)
{
	while (!atomic_load(&ordered->stop)) {
		uint64_t flag = word_read(ordered->flag);
		uint64_t data = word_read(ordered->data);

		if (data < flag)
			FATAL("the flag says %llu, the data is %llu",
			      (unsigned long long)flag,
			      (unsigned long long)data);
		atomic_fetch_add(&ordered->looks, 1);
	}
}

TEST(changes_are_seen_in_order)
{
	int fd = test_create(4 * PAGE, 0);
	char *map = test_map(fd, 0, 4 * PAGE, RW, 0);
	uint64_t value = 0;
	double deadline;
	pid_t reader;

	ordered = shared_memory(sizeof(*ordered));
	ordered->data = test_map(fd, 0, PAGE, PROT_READ, 0);
	ordered->flag = test_map(fd, 2 * PAGE, PAGE, PROT_READ, 0);
	reader = test_fork();
	if (!reader) {
		read_in_order();
		_exit(EXIT_SUCCESS);
	}
	deadline = test_seconds() + RUN_SECONDS;
	while (test_seconds() < deadline) {
		value++;
		/* Alternate the ways; the pages are shared in between. */
		if (value % 2) {
			page_write(fd, 0, value);
			word_write(page_at(map, 2), value);
		} else {
			word_write(page_at(map, 0), value);
			page_write(fd, 2, value);
		}
		if (value % 8 == 0)
			test_close(test_snapshot(fd));
	}
	while (!atomic_load(&ordered->looks))
		sleep_ms(1);
	atomic_store(&ordered->stop, true);
	test_wait_for(reader);
}

/* Writers of one word, through different mappings: no addition is lost. */

#define ADDERS 4

struct adding {
	_Atomic uint64_t total;
	atomic_bool stop;
};

static struct adding *adding;

static void add(void *address)
{
	uint64_t added = 0;

	while (!atomic_load(&adding->stop)) {
		atomic_fetch_add((_Atomic uint64_t *)address, 1);
		added++;
	}
	atomic_fetch_add(&adding->total, added);
}

static void *add_in_thread(void *address)
{
	add(address);
	return NULL;
}

TEST(no_write_is_lost)
{
	int fd = test_create(PAGE, 0), snapshot;
	pthread_t threads[ADDERS - 1];
	int rounds = test_rounds(300), i;
	uint64_t last = 0, found;
	pid_t process;

	adding = shared_memory(sizeof(*adding));
	process = test_fork();
	if (!process) {
		add(test_map(fd, 0, PAGE, RW, 0));
		_exit(EXIT_SUCCESS);
	}
	for (i = 0; i < ADDERS - 1; i++)
		threads[i] = thread_start(add_in_thread,
					  test_map(fd, 0, PAGE, RW, 0));
	while (!page_read(fd, 0))
		sleep_ms(1);
	for (i = 0; i < rounds; i++) {
		snapshot = test_snapshot(fd);
		found = page_read(snapshot, 0);
		EXPECT_LE(last, found);
		last = found;
		test_close(snapshot);
	}
	atomic_store(&adding->stop, true);
	for (i = 0; i < ADDERS - 1; i++)
		thread_join(threads[i]);
	test_wait_for(process);
	EXPECT_GE(last, 1);
	EXPECT_EQ(page_read(fd, 0), atomic_load(&adding->total));
}
