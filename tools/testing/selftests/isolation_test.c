// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - isolation: a snapshot is what its parent was, for ever
 *
 * First every way by which a translation might stay writable across a snapshot,
 * one at a time; then all at once, with eight threads that never stop writing.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "parallel.h"

/* One step at a time */

#define PAGES 64UL

/* A VMO, its mapping, and what its pages hold: generation in every word. */
struct subject {
	int fd;
	char *map;
	size_t size;
};

static void subject_open(struct subject *subject)
{
	subject->size = PAGES * PAGE;
	subject->fd = test_create(subject->size, 0);
	subject->map = test_map(subject->fd, 0, subject->size, RW, 0);
}

static void fill_map(char *map, uint64_t value)
{
	uint64_t i;

	for (i = 0; i < PAGES * PAGE / 8; i++)
		word_write(map + i * 8, value);
}

/* Does the whole VMO hold this value? Both as read and as mapped. */
static void expect_filled(int fd, uint64_t value)
{
	char *map = test_map(fd, 0, PAGES * PAGE, PROT_READ, 0);
	uint64_t i, found[512];

	for (i = 0; i < PAGES * PAGE / 8; i++) {
		if (i % 512 == 0)
			test_read(fd, i * 8, found, sizeof(found));
		if (word_read(map + i * 8) != value || found[i % 512] != value)
			break;
	}
	if (i < PAGES * PAGE / 8)
		FAIL("word %llu is %llu, read(2) says %llu, expected %llu",
		     (unsigned long long)i,
		     (unsigned long long)word_read(map + i * 8),
		     (unsigned long long)found[i % 512],
		     (unsigned long long)value);
	test_unmap(map, PAGES * PAGE);
}

/* What may come between writing, snapshot and writing again. */

typedef void (*step_fn)(struct subject *subject);

static void nothing(struct subject *subject)
{
	(void)subject;
}

static void protect_and_back(struct subject *subject)
{
	ASSERT_EQ(mprotect(subject->map, subject->size, PROT_READ), 0);
	ASSERT_EQ(mprotect(subject->map, subject->size, RW), 0);
}

static void protect_none_and_back(struct subject *subject)
{
	ASSERT_EQ(mprotect(subject->map, subject->size, PROT_NONE), 0);
	ASSERT_EQ(mprotect(subject->map, subject->size, RW), 0);
}

static void protect(struct subject *subject)
{
	ASSERT_EQ(mprotect(subject->map, subject->size, PROT_READ), 0);
}

static void protect_none(struct subject *subject)
{
	ASSERT_EQ(mprotect(subject->map, subject->size, PROT_NONE), 0);
}

static void read_all(struct subject *subject)
{
	uint64_t i;

	ASSERT_EQ(mprotect(subject->map, subject->size, RW), 0);
	for (i = 0; i < PAGES; i++)
		word_read(page_at(subject->map, i));
}

static void move(struct subject *subject)
{
	char *room = mmap(NULL, subject->size, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	subject->map = mremap(subject->map, subject->size, subject->size,
			      MREMAP_MAYMOVE | MREMAP_FIXED, room);
	ASSERT(subject->map == room);
}

static void forget(struct subject *subject)
{
	ASSERT_EQ(madvise(subject->map, subject->size, MADV_DONTNEED), 0);
}

static void map_again(struct subject *subject)
{
	subject->map =
		test_map(subject->fd, 0, subject->size, RW, MAP_POPULATE);
}

static void populate(struct subject *subject)
{
	ASSERT_EQ(mprotect(subject->map, subject->size, RW), 0);
	ASSERT_EQ(madvise(subject->map, subject->size, MADV_POPULATE_WRITE), 0);
}

static void lock(struct subject *subject)
{
	ASSERT_EQ(mprotect(subject->map, subject->size, RW), 0);
	ASSERT_EQ(mlock(subject->map, subject->size), 0);
}

/* Makes translations read-only, to notice writes. */
static void clear_soft_dirty(struct subject *subject)
{
	int file = open("/proc/self/clear_refs", O_WRONLY);

	(void)subject;
	ASSERT_GE(file, 0);
	ASSERT_EQ(write(file, "4", 1), 1);
	test_close(file);
}

/* The process that goes on is a child; what it wrote must stay isolated too. */
static void fork_here(struct subject *subject)
{
	pid_t child = test_fork();

	(void)subject;
	if (child) {
		test_wait_for(child);
		_exit(EXIT_SUCCESS);
	}
}

static const struct {
	const char *name;
	step_fn step;
} steps[] = {
	{ "nothing", nothing },
	{ "mprotect(R), mprotect(RW)", protect_and_back },
	{ "mprotect(NONE), mprotect(RW)", protect_none_and_back },
	{ "mprotect(R)", protect },
	{ "mprotect(NONE)", protect_none },
	{ "reading", read_all },
	{ "mremap()", move },
	{ "MADV_DONTNEED", forget },
	{ "mmap()", map_again },
	{ "MADV_POPULATE_WRITE", populate },
	{ "mlock()", lock },
	{ "clear_refs", clear_soft_dirty },
	{ "fork()", fork_here },
};

#define NR_STEPS (sizeof(steps) / sizeof(*steps))

static const uint32_t snapshot_kinds[] = {
	ZVMO_CHILD_SNAPSHOT,
	ZVMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE,
	ZVMO_CHILD_SNAPSHOT_MODIFIED,
	ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_NO_WRITE,
};

#define NR_KINDS (sizeof(snapshot_kinds) / sizeof(*snapshot_kinds))

/* write; @before; snapshot; @after; write. In a process of its own. */
static void check_sequence(unsigned int before, unsigned int after)
{
	struct subject subject;
	int snapshot;

	test_context("%s before and %s after the snapshot", steps[before].name,
		     steps[after].name);
	subject_open(&subject);
	fill_map(subject.map, 1);
	steps[before].step(&subject);
	snapshot = test_child(subject.fd,
			      snapshot_kinds[(before + after / 4) % NR_KINDS],
			      0, subject.size);
	steps[after].step(&subject);
	ASSERT_EQ(mprotect(subject.map, subject.size, RW), 0);
	fill_map(subject.map, 2);
	expect_filled(snapshot, 1);
	expect_filled(subject.fd, 2);
	_exit(EXIT_SUCCESS);
}

TEST(whatever_comes_between)
{
	unsigned int before, after;

	for (before = 0; before < NR_STEPS; before++) {
		for (after = 0; after < NR_STEPS; after++) {
			pid_t child;

			/* On a slow machine some, but each before and after. */
			if ((before + after) % test_patience(1))
				continue;
			child = test_fork();
			if (!child)
				check_sequence(before, after);
			test_wait_for(child);
		}
	}
}

TEST(other_processes_keep_their_mapping)
{
	struct subject subject;
	int pipes[2][2], snapshot;
	pid_t child;
	char byte;

	subject_open(&subject);
	ASSERT_EQ(pipe(pipes[0]), 0);
	ASSERT_EQ(pipe(pipes[1]), 0);
	child = test_fork();
	if (!child) {
		fill_map(subject.map, 1);
		ASSERT_EQ(write(pipes[0][1], "w", 1), 1);
		ASSERT_EQ(read(pipes[1][0], &byte, 1), 1);
		fill_map(subject.map, 2);
		_exit(EXIT_SUCCESS);
	}
	ASSERT_EQ(read(pipes[0][0], &byte, 1), 1);
	snapshot = test_snapshot(subject.fd);
	ASSERT_EQ(write(pipes[1][1], "w", 1), 1);
	test_wait_for(child);
	expect_filled(snapshot, 1);
	expect_filled(subject.fd, 2);
}

/* Mapped through a slice and a reference, which the snapshot must reach. */
TEST(slices_and_references_keep_their_mappings)
{
	int fd = test_create(PAGES * PAGE, 0), snapshot;
	int slice = test_child(fd, ZVMO_CHILD_SLICE, 0, PAGES / 2 * PAGE);
	int inner = test_child(slice, ZVMO_CHILD_SLICE, 4 * PAGE, 8 * PAGE);
	int reference = test_child(fd, ZVMO_CHILD_REFERENCE, 0, 0);
	char *slice_map = test_map(slice, 0, PAGES / 2 * PAGE, RW, 0);
	char *inner_map = test_map(inner, 0, 8 * PAGE, RW, 0);
	char *reference_map = test_map(reference, 0, PAGES * PAGE, RW, 0);
	uint64_t i;

	for (i = 0; i < 10; i++) {
		fill_map(reference_map, i);
		word_write(page_at(slice_map, 1), i);
		word_write(page_at(inner_map, 1), i);
		snapshot = test_snapshot(i % 2 ? fd : reference);
		word_write(page_at(slice_map, 1), 100);
		word_write(page_at(inner_map, 1), 100);
		word_write(page_at(reference_map, PAGES - 1), 100);
		EXPECT_EQ(page_read(fd, 1), 100);
		EXPECT_EQ(page_read(fd, 5), 100);
		expect_filled(snapshot, i);
		test_close(snapshot);
	}
}

/* Nothing is copied, neither at once nor by looking. */
TEST(a_snapshot_takes_no_pages)
{
	struct subject subject;
	int snapshots[5];
	unsigned int i;

	subject_open(&subject);
	fill_map(subject.map, 1);
	for (i = 0; i < 5; i++) {
		snapshots[i] =
			test_snapshot(i % 2 ? snapshots[i - 1] : subject.fd);
		expect_filled(snapshots[i], 1);
		EXPECT_EQ(test_stats().pages, PAGES);
	}
	word_write(page_at(subject.map, 3), 2);
	EXPECT_EQ(test_stats().pages, PAGES + 1);
	for (i = 0; i < 5; i++)
		test_close(snapshots[i]);
	EXPECT(test_wait_pages(PAGES));
	/* Alone again, the pages are written where they are. */
	fill_map(subject.map, 3);
	EXPECT_EQ(test_stats().pages, PAGES);
}

TEST(a_window_of_the_parent)
{
	int fd = test_create(PAGES * PAGE, 0);
	char *map = test_map(fd, 0, PAGES * PAGE, RW, 0);
	uint64_t first, nr, i, round = 0;

	for (first = 0; first < PAGES; first += 5) {
		for (nr = 1; nr <= PAGES; nr += 13) {
			int snapshot;

			round += 1000;
			for (i = 0; i < PAGES; i++)
				word_write(page_at(map, i), round + i);
			snapshot = test_child(fd, ZVMO_CHILD_SNAPSHOT,
					      first * PAGE, nr * PAGE);
			for (i = 0; i < PAGES; i++)
				word_write(page_at(map, i), 1);
			for (i = 0; i < nr; i++)
				EXPECT_EQ(page_read(snapshot, i),
					  first + i < PAGES ?
						  round + first + i :
						  0);
			test_close(snapshot);
		}
	}
}

/* Only some pages are exposed, in many patterns; and some are holes. */
TEST(patterns_of_written_pages)
{
	uint64_t random = test_seed, model[PAGES], i;
	int fd = test_create(PAGES * PAGE, 0), rounds = test_rounds(200), round;
	char *map = test_map(fd, 0, PAGES * PAGE, RW, 0);

	memset(model, 0, sizeof(model));
	for (round = 1; round <= rounds; round++) {
		uint64_t dense = 1 + test_random_below(&random, 8);
		int snapshot;

		for (i = 0; i < PAGES; i++) {
			if (test_random_below(&random, dense))
				continue;
			if (test_random_below(&random, 5) == 0) {
				ASSERT_EQ(zvmo_zero(fd, i * PAGE, PAGE), 0);
				model[i] = 0;
			} else {
				word_write(page_at(map, i), round);
				model[i] = round;
			}
		}
		snapshot = test_snapshot(fd);
		for (i = 0; i < PAGES; i++)
			if (test_random_below(&random, 2))
				word_write(page_at(map, i), model[i] = 5000);
		for (i = 0; i < PAGES; i++) {
			uint64_t found = page_read(snapshot, i);

			EXPECT_EQ(page_read(fd, i), model[i]);
			if (model[i] != 5000)
				EXPECT_EQ(found, model[i]);
			else
				EXPECT_LE(found, round);
		}
		test_close(snapshot);
		for (i = 0; i < PAGES; i++)
			if (model[i] == 5000)
				page_write(fd, i, model[i] = round);
	}
}

TEST(a_child_is_written_through_mappings)
{
	struct subject subject;
	int snapshots[6];
	char *maps[6];
	unsigned int i;

	subject_open(&subject);
	fill_map(subject.map, 1);
	/* A chain, each the snapshot of the one before. */
	for (i = 0; i < 6; i++) {
		snapshots[i] = test_snapshot(i ? snapshots[i - 1] : subject.fd);
		maps[i] = test_map(snapshots[i], 0, subject.size, RW, 0);
		if (i % 2)
			fill_map(maps[i], 10 + i);
	}
	fill_map(subject.map, 2);
	expect_filled(subject.fd, 2);
	expect_filled(snapshots[0], 1);
	expect_filled(snapshots[1], 11);
	expect_filled(snapshots[2], 11);
	expect_filled(snapshots[3], 13);
	expect_filled(snapshots[4], 13);
	expect_filled(snapshots[5], 15);
	fill_map(maps[2], 20);
	fill_map(maps[0], 21);
	test_close(snapshots[1]);
	test_unmap(maps[1], subject.size);
	expect_filled(snapshots[0], 21);
	expect_filled(snapshots[2], 20);
	expect_filled(snapshots[3], 13);
	/* Alone with its pages now, it writes them in place. */
	test_close(snapshots[3]);
	test_unmap(maps[3], subject.size);
	fill_map(maps[4], 22);
	expect_filled(snapshots[4], 22);
	expect_filled(snapshots[5], 15);
	expect_filled(subject.fd, 2);
}

/* Read-only translations of both sides, from before one side writes. */
TEST(both_sides_had_looked)
{
	struct subject subject;
	char *map, *own;
	int snapshot;
	uint64_t i;

	subject_open(&subject);
	fill_map(subject.map, 1);
	snapshot = test_snapshot(subject.fd);
	map = test_map(snapshot, 0, subject.size, RW, 0);
	own = test_map(snapshot, 0, subject.size, RW, MAP_PRIVATE);
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(word_read(page_at(map, i)), 1);
		EXPECT_EQ(word_read(page_at(own, i)), 1);
		EXPECT_EQ(word_read(page_at(subject.map, i)), 1);
	}
	fill_map(subject.map, 2);
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(word_read(page_at(map, i)), 1);
		EXPECT_EQ(word_read(page_at(own, i)), 1);
	}
	fill_map(map, 3);
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(word_read(page_at(subject.map, i)), 2);
		EXPECT_EQ(word_read(page_at(own, i)), 3);
	}
	fill_map(own, 4);
	expect_filled(snapshot, 3);
	expect_filled(subject.fd, 2);
}

TEST(holes_of_both_sides)
{
	struct subject subject;
	uint64_t i;
	int snapshot;
	char *map;

	subject_open(&subject);
	word_write(page_at(subject.map, 7), 7);
	snapshot = test_snapshot(subject.fd);
	map = test_map(snapshot, 0, subject.size, RW, 0);
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(word_read(page_at(map, i)), i == 7 ? 7 : 0);
		EXPECT_EQ(word_read(page_at(subject.map, i)), i == 7 ? 7 : 0);
	}
	for (i = 0; i < PAGES; i++)
		word_write(page_at(i % 2 ? map : subject.map, i), 100 + i);
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(word_read(page_at(i % 2 ? map : subject.map, i)),
			  100 + i);
		EXPECT_EQ(word_read(page_at(i % 2 ? subject.map : map, i)),
			  i == 7 ? 7 : 0);
	}
}

/*
 * All at once
 *
 * Eight threads each write pages of their own, over and over: every word of a
 * page in turn, with a generation, and the pages in turn. A snapshot must find
 * the words of a page in generation g up to some word and in g - 1 from there
 * on, the same for the pages of a thread, and g within what the thread had
 * finished before and had begun after the snapshot. What it found stays.
 */

#define WRITERS 8
#define OWN_PAGES 8UL /* of each writer */
#define ALL_PAGES (WRITERS * OWN_PAGES)
#define WORDS (PAGE / 8)
#define STORM_SECONDS 4
#define MIN_ROUNDS 3 /* on a slow machine, if it takes longer */

struct writer {
	_Atomic uint64_t begun; /* the generation it is writing */
	_Atomic uint64_t finished; /* the last one it wrote everywhere */
	char *map;
	unsigned int number;
};

struct storm {
	struct writer writers[WRITERS];
	_Atomic uint64_t disturbances;
	atomic_bool stop;
	int fd;
};

static struct storm *storm;

static uint64_t word_of(uint64_t page, uint64_t generation)
{
	return page << 48 | generation;
}

static void write_generation(struct writer *writer, char *map,
			     uint64_t generation)
{
	uint64_t first = writer->number * OWN_PAGES, i, j;

	atomic_store(&writer->begun, generation);
	for (i = first; i < first + OWN_PAGES; i++)
		for (j = 0; j < WORDS; j++)
			atomic_store_explicit(
				(_Atomic uint64_t *)((char *)page_at(map, i) +
						     j * 8),
				word_of(i, generation), memory_order_release);
	atomic_store(&writer->finished, generation);
}

/* Writes without end, through a mapping that nobody disturbs. */
static void *write_on(void *arg)
{
	struct writer *writer = arg;
	uint64_t generation = 0;

	while (!atomic_load(&storm->stop))
		write_generation(writer, writer->map, ++generation);
	return NULL;
}

/* Writes, and between two generations does something to its mapping. */
static void *write_and_disturb(void *arg)
{
	struct writer *writer = arg;
	size_t size = ALL_PAGES * PAGE;
	uint64_t random = test_seed + writer->number, generation = 0;
	char *map = test_map(storm->fd, 0, size, RW, 0), *fresh;

	while (!atomic_load(&storm->stop)) {
		write_generation(writer, map, ++generation);
		switch (test_random_below(&random, 6)) {
		case 0:
			ASSERT_EQ(mprotect(map, size, PROT_READ), 0);
			ASSERT_EQ(mprotect(map, size, RW), 0);
			break;
		case 1:
			fresh = mremap(map, size, size,
				       MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
			ASSERT(fresh != MAP_FAILED);
			test_unmap(map, size);
			map = fresh;
			break;
		case 2:
			ASSERT_EQ(madvise(map, size, MADV_DONTNEED), 0);
			break;
		case 3:
			fresh = test_map(storm->fd, 0, size, RW, MAP_POPULATE);
			test_unmap(map, size);
			map = fresh;
			break;
		case 4:
			ASSERT_EQ(madvise(map, size, MADV_POPULATE_WRITE), 0);
			break;
		default:
			/* Of the mapping that all writers use. */
			ASSERT_EQ(madvise(writer->map, size, MADV_DONTNEED), 0);
		}
		atomic_fetch_add(&storm->disturbances, 1);
	}
	return NULL;
}

/* Children that copy the page tables, and go. */
static void *fork_on(void *unused)
{
	(void)unused;
	while (!atomic_load(&storm->stop)) {
		pid_t child = fork();

		if (!child)
			_exit(EXIT_SUCCESS);
		ASSERT_GE(child, 0);
		test_wait_for(child);
		atomic_fetch_add(&storm->disturbances, 1);
	}
	return NULL;
}

/*
 * The words of one writer, in the order in which it writes them: generation g,
 * then g - 1. Returns g.
 */
static uint64_t check_writer(const uint64_t *content, unsigned int number)
{
	uint64_t first = number * OWN_PAGES, i, generation, now;
	bool dropped = false;

	generation = content[first * WORDS] & 0xffffffffffff;
	now = generation;
	for (i = first * WORDS; i < (first + OWN_PAGES) * WORDS; i++) {
		uint64_t page = i / WORDS;

		if (!dropped && generation &&
		    content[i] != word_of(page, now)) {
			now = generation - 1;
			dropped = true;
		}
		/* What was never written has no page number either. */
		if (content[i] != (now ? word_of(page, now) : 0)) {
			FAIL("page %llu, word %llu: %#llx, expected %#llx",
			     (unsigned long long)page,
			     (unsigned long long)(i % WORDS),
			     (unsigned long long)content[i],
			     (unsigned long long)word_of(page, now));
			break;
		}
	}
	return generation;
}

static void read_content(int fd, uint64_t *content)
{
	test_read(fd, 0, content, ALL_PAGES * PAGE);
}

static void check_snapshot(int fd, uint64_t *content, const uint64_t *finished,
			   const uint64_t *begun)
{
	unsigned int i;

	read_content(fd, content);
	for (i = 0; i < WRITERS; i++) {
		uint64_t generation = check_writer(content, i);

		test_context("writer %u", i);
		EXPECT_GE(generation, finished[i]);
		EXPECT_LE(generation, begun[i]);
	}
	test_context("%s", "");
}

/* The same as before, by read(2) and as mapped? */
static void check_unchanged(int fd, const uint64_t *content, const char *what)
{
	size_t size = ALL_PAGES * PAGE;
	char *map = test_map(fd, 0, size, PROT_READ, 0);
	uint64_t *again = malloc(size);

	ASSERT(again != NULL);
	read_content(fd, again);
	test_context("%s", what);
	EXPECT_MEMEQ(again, content, size);
	EXPECT_MEMEQ(map, content, size);
	test_context("%s", "");
	test_unmap(map, size);
	free(again);
}

/* A snapshot of the snapshot, written through a mapping, changes neither. */
static void check_child(int fd, const uint64_t *content)
{
	size_t size = ALL_PAGES * PAGE;
	int child = test_snapshot(fd);
	char *map = test_map(child, 0, size, RW, 0);

	check_unchanged(child, content, "the snapshot's snapshot");
	memset(map, 0x55, size / 2);
	EXPECT(test_holds(child, 0, size / 2, 0x55));
	check_unchanged(fd, content, "after its snapshot was written");
	test_unmap(map, size);
	test_close(child);
}

static void take_and_check(uint64_t *content, unsigned int round)
{
	uint64_t finished[WRITERS], begun[WRITERS];
	unsigned int i;
	int snapshot;

	for (i = 0; i < WRITERS; i++)
		finished[i] = atomic_load(&storm->writers[i].finished);
	snapshot = test_snapshot(storm->fd);
	for (i = 0; i < WRITERS; i++)
		begun[i] = atomic_load(&storm->writers[i].begun);
	check_snapshot(snapshot, content, finished, begun);
	if (round % 3 == 0)
		check_child(snapshot, content);
	sleep_ms(3);
	check_unchanged(snapshot, content, "some time later");
	test_close(snapshot);
}

static void storm_run(unsigned int disturbers, bool with_fork)
{
	uint64_t *content = malloc(ALL_PAGES * PAGE);
	unsigned int i, rounds = 0, nr = WRITERS;
	pthread_t threads[WRITERS + 1];
	double deadline;
	char *map;

	ASSERT(content != NULL);
	storm = shared_memory(sizeof(*storm));
	storm->fd = test_create(ALL_PAGES * PAGE, 0);
	map = test_map(storm->fd, 0, ALL_PAGES * PAGE, RW, 0);
	for (i = 0; i < WRITERS; i++) {
		storm->writers[i].number = i;
		storm->writers[i].map = map;
		threads[i] = thread_start(i < disturbers ? write_and_disturb :
							   write_on,
					  &storm->writers[i]);
	}
	if (with_fork)
		threads[nr++] = thread_start(fork_on, NULL);
	deadline = test_seconds() + STORM_SECONDS;
	while (test_seconds() < deadline || rounds < MIN_ROUNDS)
		take_and_check(content, rounds++);
	atomic_store(&storm->stop, true);
	for (i = 0; i < nr; i++)
		thread_join(threads[i]);
	/* And the parent lost nothing. */
	read_content(storm->fd, content);
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(check_writer(content, i),
			  atomic_load(&storm->writers[i].finished));
	test_note("%u snapshots, %llu disturbances", rounds,
		  (unsigned long long)atomic_load(&storm->disturbances));
}

TEST(snapshots_while_eight_threads_write)
{
	storm_run(0, false);
}

TEST(snapshots_while_mappings_are_disturbed)
{
	storm_run(3, false);
}

TEST(snapshots_while_processes_fork)
{
	storm_run(1, true);
}

/* Writers on both sides of many snapshots, each page with its owner's mark. */

#define FAMILY 4

struct relative {
	int fd;
	char *map;
	uint64_t mark;
	unsigned int member;
};

static void *write_marks(void *arg)
{
	struct relative *relative = arg;
	uint64_t round = 0, i;

	while (!atomic_load(&storm->stop)) {
		round++;
		for (i = 0; i < PAGES; i++)
			word_write(page_at(relative->map, i),
				   relative->mark | round);
		/* Only this thread writes here. */
		for (i = 0; i < PAGES; i++)
			if (word_read(page_at(relative->map, i)) !=
			    (relative->mark | round))
				FATAL("member %u, page %llu: %#llx",
				      relative->member, (unsigned long long)i,
				      (unsigned long long)word_read(
					      page_at(relative->map, i)));
	}
	return NULL;
}

/* Each member's only child, which comes and goes, has its parent's mark. */
static void check_member(struct relative *relative)
{
	int snapshot = test_snapshot(relative->fd);
	char *map = test_map(snapshot, 0, PAGES * PAGE, RW, 0);
	uint64_t i;

	for (i = 0; i < PAGES; i++) {
		uint64_t found = page_read(snapshot, i);

		if (found)
			EXPECT_EQ(found & 0xff00000000, relative->mark);
		if (i % 2)
			word_write(page_at(map, i), 1);
	}
	test_unmap(map, PAGES * PAGE);
	test_close(snapshot);
}

TEST(a_family_where_all_write)
{
	struct relative family[FAMILY];
	pthread_t threads[FAMILY];
	double deadline;
	unsigned int i;

	storm = shared_memory(sizeof(*storm));
	for (i = 0; i < FAMILY; i++) {
		family[i].fd = i ? test_snapshot(family[i / 2].fd) :
				   test_create(PAGES * PAGE, 0);
		family[i].map = test_map(family[i].fd, 0, PAGES * PAGE, RW, 0);
		family[i].mark = (i + 1ULL) << 32;
		family[i].member = i;
		/* So that the next one has something to share. */
		fill_map(family[i].map, family[i].mark);
	}
	for (i = 1; i < FAMILY; i++)
		fill_map(family[i].map, family[i].mark);
	for (i = 0; i < FAMILY; i++)
		threads[i] = thread_start(write_marks, &family[i]);
	deadline = test_seconds() + STORM_SECONDS / 2.0;
	while (test_seconds() < deadline)
		for (i = 0; i < FAMILY; i++)
			check_member(&family[i]);
	atomic_store(&storm->stop, true);
	for (i = 0; i < FAMILY; i++)
		thread_join(threads[i]);
}
