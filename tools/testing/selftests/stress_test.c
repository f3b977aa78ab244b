// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - everything at random, by several processes, against a model
 *
 * The model is an array of what every word of every VMO should be, in memory
 * that all processes share. A VMO is cut into ranges; whoever changes or checks
 * a range of it holds that range's lock, and a snapshot holds all of the
 * parent's. So what is found must be just what the model says.
 *
 * Then the same kernel paths when a memory cgroup has no memory left.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"
#include "parallel.h"

#define RUN_SECONDS 10
#define NR_VMOS 6 /* at a time */
#define RANGES 8 /* of a VMO */
#define RANGE_PAGES 8UL
#define VMO_PAGES (RANGES * RANGE_PAGES)
#define PROCESSES 3
#define THREADS 3 /* of each process */

/* The words of a page that are used: its first, one inside, its last. */
#define WORDS 3

static size_t word_offset(unsigned int word)
{
	return word == 0 ? 0 : word == 1 ? PAGE / 2 + 8 : PAGE - 8;
}

/*
 * A VMO in the model. Descriptors are the same number in every process, since
 * all were opened before the first fork; VMOs made later stay in one process.
 */
struct model {
	pthread_mutex_t locks[RANGES];
	uint64_t words[VMO_PAGES][WORDS];
	uint64_t pages; /* those below are inside the VMO */
	int fd;
	bool resizable;
};

struct stress {
	struct model vmos[NR_VMOS];
	_Atomic uint64_t operations;
	_Atomic uint64_t next_value;
	atomic_bool stop;
};

static struct stress *stress;

/* What one thread has of a VMO that it may be the only one to know. */
struct worker {
	uint64_t random;
	char *maps[NR_VMOS];
	char *second_maps[NR_VMOS];
};

static void lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	ASSERT_EQ(pthread_mutex_init(lock, &attributes), 0);
}

static void lock_all(struct model *model)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++)
		pthread_mutex_lock(&model->locks[i]);
}

static void unlock_all(struct model *model)
{
	unsigned int i;

	for (i = 0; i < RANGES; i++)
		pthread_mutex_unlock(&model->locks[i]);
}

static uint64_t new_value(void)
{
	return atomic_fetch_add(&stress->next_value, 1) + 1;
}

/* Checks. The lock of what is checked is held. */

static void expect_word(uint64_t found, uint64_t expected, const char *how,
			uint64_t page, unsigned int word)
{
	if (found != expected)
		FATAL("page %llu, word %u, %s: %llu, expected %llu",
		      (unsigned long long)page, word, how,
		      (unsigned long long)found, (unsigned long long)expected);
}

/* Pages of a VMO that should be what @model says of it. */
static void check_pages(const struct model *model, int fd, const char *map,
			uint64_t first, uint64_t nr)
{
	uint64_t page, found;
	unsigned int word;

	for (page = first; page < first + nr && page < model->pages; page++) {
		for (word = 0; word < WORDS; word++) {
			size_t offset = page * PAGE + word_offset(word);
			uint64_t expected = model->words[page][word];

			test_read(fd, offset, &found, sizeof(found));
			expect_word(found, expected, "read", page, word);
			if (map)
				expect_word(word_read(map + offset), expected,
					    "mapped", page, word);
		}
	}
}

/* What may be done with one range; its lock is held. */

struct target {
	struct worker *worker;
	struct model *model;
	char *map; /* of the whole VMO */
	uint64_t first; /* first page */
	uint64_t nr; /* pages, not 0 */
};

static void set_model(struct target *target, uint64_t page, unsigned int word,
		      uint64_t value)
{
	target->model->words[page][word] = value;
}

static void op_map_write(struct target *target)
{
	uint64_t page, value;
	unsigned int word;

	for (page = target->first; page < target->first + target->nr; page++) {
		word = test_random_below(&target->worker->random, WORDS);
		value = new_value();
		word_write(target->map + page * PAGE + word_offset(word),
			   value);
		set_model(target, page, word, value);
	}
}

static void op_write(struct target *target)
{
	uint64_t page, value;
	unsigned int word;

	for (page = target->first; page < target->first + target->nr; page++) {
		word = test_random_below(&target->worker->random, WORDS);
		value = new_value();
		test_write(target->model->fd, page * PAGE + word_offset(word),
			   &value, sizeof(value));
		set_model(target, page, word, value);
	}
}

static void op_write_range(struct target *target)
{
	uint64_t *buffer = calloc(target->nr, PAGE), page;
	unsigned int word;

	ASSERT(buffer != NULL);
	for (page = 0; page < target->nr; page++) {
		for (word = 0; word < WORDS; word++) {
			uint64_t value = new_value();

			buffer[(page * PAGE + word_offset(word)) / 8] = value;
			set_model(target, target->first + page, word, value);
		}
	}
	test_write(target->model->fd, target->first * PAGE, buffer,
		   target->nr * PAGE);
	free(buffer);
}

static void model_zero(struct target *target)
{
	memset(target->model->words[target->first], 0,
	       target->nr * sizeof(target->model->words[0]));
}

static void op_zero(struct target *target)
{
	ASSERT_EQ(zvmo_zero(target->model->fd, target->first * PAGE,
			    target->nr * PAGE),
		  0);
	model_zero(target);
}

/* From the middle of the first page to the middle of the last one. */
static void op_zero_parts(struct target *target)
{
	uint64_t last = target->first + target->nr - 1, page;

	ASSERT_EQ(zvmo_zero(target->model->fd, target->first * PAGE + PAGE / 2,
			    (target->nr - 1) * PAGE + 100),
		  0);
	for (page = target->first; page <= last; page++) {
		if (page > target->first)
			set_model(target, page, 0, 0);
		set_model(target, page, 1, 0);
		if (page < last)
			set_model(target, page, 2, 0);
	}
}

static void op_punch(struct target *target)
{
	ASSERT_EQ(fallocate(target->model->fd,
			    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			    target->first * PAGE, target->nr * PAGE),
		  0);
	model_zero(target);
}

static void op_remove(struct target *target)
{
	ASSERT_EQ(madvise(page_at(target->map, target->first),
			  target->nr * PAGE, MADV_REMOVE),
		  0);
	model_zero(target);
}

static void op_commit(struct target *target)
{
	ASSERT_EQ(zvmo_commit(target->model->fd, target->first * PAGE,
			      target->nr * PAGE),
		  0);
}

static void op_forget(struct target *target)
{
	ASSERT_EQ(madvise(page_at(target->map, target->first),
			  target->nr * PAGE, MADV_DONTNEED),
		  0);
}

static void op_private(struct target *target)
{
	size_t size = target->nr * PAGE;
	char *map = test_map(target->model->fd, target->first * PAGE, size, RW,
			     MAP_PRIVATE);

	word_write(map, 1);
	expect_word(word_read(map + size - 8),
		    target->model->words[target->first + target->nr - 1][2],
		    "private mapping", target->first, 2);
	test_unmap(map, size);
}

/* Another mapping of the range, moved about, and used. */
static void op_mmap(struct target *target)
{
	size_t size = target->nr * PAGE;
	char *map =
		test_map(target->model->fd, target->first * PAGE, size, RW, 0);
	uint64_t value = new_value();

	expect_word(word_read(map), target->model->words[target->first][0],
		    "new mapping", target->first, 0);
	map = mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	ASSERT(map != MAP_FAILED);
	word_write(map, value);
	set_model(target, target->first, 0, value);
	ASSERT_EQ(mprotect(map, size, PROT_READ), 0);
	expect_word(word_read(map), value, "moved mapping", target->first, 0);
	test_unmap(map, size);
}

/* A child process writes. */
static void op_fork(struct target *target)
{
	uint64_t value = new_value();
	pid_t child = fork();

	if (!child) {
		word_write(page_at(target->map, target->first), value);
		_exit(EXIT_SUCCESS);
	}
	ASSERT_GE(child, 0);
	test_wait_for(child);
	set_model(target, target->first, 0, value);
}

static void op_ioctl_write(struct target *target)
{
	uint64_t page, value, found;

	for (page = target->first; page < target->first + target->nr; page++) {
		value = new_value();
		ASSERT_EQ(ioc_write(target->model->fd,
				    page * PAGE + word_offset(1), &value,
				    sizeof(value)),
			  0);
		set_model(target, page, 1, value);
		ASSERT_EQ(ioc_read(target->model->fd,
				   page * PAGE + word_offset(1), &found,
				   sizeof(found)),
			  0);
		expect_word(found, value, "ioctl", page, 1);
	}
}

/* One page further, over itself. */
static void op_move_up(struct target *target)
{
	uint64_t(*words)[WORDS] = &target->model->words[target->first];

	ASSERT_EQ(ioc_transfer(target->model->fd, (target->first + 1) * PAGE,
			       (target->nr - 1) * PAGE, target->model->fd,
			       target->first * PAGE),
		  0);
	if (target->nr == 1)
		return;
	memmove(words + 1, words, (target->nr - 1) * sizeof(*words));
	memset(words, 0, sizeof(*words));
}

/* Out into another VMO, and back. */
static void op_move_away(struct target *target)
{
	uint64_t size = target->nr * PAGE, from = target->first * PAGE;
	int fd = target->model->fd, other = test_create(size, 0);

	ASSERT_EQ(ioc_transfer(other, 0, size, fd, from), 0);
	expect_word(page_read(other, 0), target->model->words[target->first][0],
		    "moved", target->first, 0);
	ASSERT(ioc_holds(fd, from, size, 0));
	ASSERT_EQ(ioc_transfer(fd, from, size, other, 0), 0);
	test_close(other);
}

/* Write, and go back to what it was before. */
static void op_restore(struct target *target)
{
	int fd = target->model->fd, old;
	uint64_t page;

	old = test_child(fd, ZVMO_CHILD_SNAPSHOT, 0, VMO_PAGES * PAGE);
	for (page = target->first; page < target->first + target->nr; page++)
		word_write(page_at(target->map, page), new_value());
	ASSERT_EQ(ioc_restore(fd, old, target->first * PAGE,
			      (target->first + target->nr) * PAGE),
		  0);
	test_close(old);
}

static void op_map_range(struct target *target)
{
	ASSERT_EQ(ioc_map_range(target->model->fd,
				test_random_below(&target->worker->random, 2) ?
					ZVMO_MAP_RANGE_WRITE :
					0,
				page_at(target->map, target->first),
				target->nr * PAGE),
		  0);
}

static void op_priority(struct target *target)
{
	ASSERT_EQ(
		ioc_set_priority(target->model->fd,
				 test_random_below(&target->worker->random, 2),
				 page_at(target->map, target->first),
				 target->nr * PAGE),
		0);
}

static void op_clean(struct target *target)
{
	ASSERT_EQ(ioc_op(target->model->fd, ZVMO_OP_CACHE_CLEAN_INVALIDATE,
			 target->first * PAGE, target->nr * PAGE),
		  0);
}

static void (*const operations[])(struct target *target) = {
	op_map_write,	op_map_write,  op_map_write, op_write,	 op_write,
	op_zero,	op_zero_parts, op_punch,     op_remove,	 op_commit,
	op_forget,	op_private,    op_mmap,	     op_fork,	 op_write_range,
	op_ioctl_write, op_move_up,    op_move_away, op_restore, op_map_range,
	op_priority,	op_clean,
};

#define NR_OPERATIONS (sizeof(operations) / sizeof(*operations))

static void work_on_range(struct worker *worker, unsigned int vmo)
{
	struct model *model = &stress->vmos[vmo];
	uint64_t *random = &worker->random;
	unsigned int range = test_random_below(random, RANGES), op;
	struct target target = { .worker = worker, .model = model };

	target.map = test_random_below(random, 2) ? worker->maps[vmo] :
						    worker->second_maps[vmo];
	target.first =
		range * RANGE_PAGES + test_random_below(random, RANGE_PAGES);
	target.nr = 1 + test_random_below(random, (range + 1) * RANGE_PAGES -
							  target.first);
	op = test_random_below(random, NR_OPERATIONS);
	pthread_mutex_lock(&model->locks[range]);
	test_context("VMO %u, operation %u", vmo, op);
	if (target.first + target.nr <= model->pages)
		operations[op](&target);
	check_pages(model, model->fd, target.map, target.first, target.nr);
	pthread_mutex_unlock(&model->locks[range]);
}

/* What concerns the whole VMO; all its locks are held. */

static void resize(struct worker *worker, struct model *model)
{
	uint64_t pages = test_random_below(&worker->random, VMO_PAGES + 1);

	ASSERT_EQ(zvmo_set_size(model->fd, pages * PAGE), 0);
	if (pages < model->pages)
		memset(model->words[pages], 0,
		       (model->pages - pages) * sizeof(model->words[0]));
	model->pages = pages;
}

/*
 * A snapshot, checked against the model as it was, and written to, while the
 * parent is let go of.
 */
static void snapshot(struct worker *worker, struct model *model, char *map)
{
	struct model *copy = malloc(sizeof(*copy));
	uint64_t page, value;
	char *child;
	int fd;

	ASSERT(copy != NULL);
	fd = test_child(model->fd, ZVMO_CHILD_SNAPSHOT, 0, VMO_PAGES * PAGE);
	memcpy(copy->words, model->words, sizeof(copy->words));
	copy->pages = VMO_PAGES;
	unlock_all(model);

	child = test_map(fd, 0, VMO_PAGES * PAGE, RW, 0);
	check_pages(copy, fd, child, 0, VMO_PAGES);
	for (page = 0; page < VMO_PAGES; page++) {
		if (test_random_below(&worker->random, 3))
			continue;
		value = new_value();
		word_write(page_at(child, page), value);
		copy->words[page][0] = value;
	}
	sched_yield();
	test_close(fd);
	for (page = 0; page < VMO_PAGES; page++)
		expect_word(word_read(page_at(child, page)),
			    copy->words[page][0], "snapshot, later", page, 0);
	test_unmap(child, VMO_PAGES * PAGE);
	free(copy);
	lock_all(model);
	check_pages(model, model->fd, map, 0, VMO_PAGES);
}

static void work_on_vmo(struct worker *worker, unsigned int vmo)
{
	struct model *model = &stress->vmos[vmo];

	lock_all(model);
	test_context("VMO %u as a whole", vmo);
	if (model->resizable && test_random_below(&worker->random, 2))
		resize(worker, model);
	else
		snapshot(worker, model, worker->maps[vmo]);
	unlock_all(model);
}

static void *work(void *arg)
{
	struct worker worker = { .random = *(uint64_t *)arg };
	unsigned int i;

	for (i = 0; i < NR_VMOS; i++) {
		worker.maps[i] = test_map(stress->vmos[i].fd, 0,
					  VMO_PAGES * PAGE, RW, 0);
		worker.second_maps[i] = test_map(stress->vmos[i].fd, 0,
						 VMO_PAGES * PAGE, RW, 0);
	}
	while (!atomic_load(&stress->stop)) {
		i = test_random_below(&worker.random, NR_VMOS);
		if (test_random_below(&worker.random, 12))
			work_on_range(&worker, i);
		else
			work_on_vmo(&worker, i);
		atomic_fetch_add(&stress->operations, 1);
	}
	return NULL;
}

static void run_process(unsigned int number)
{
	uint64_t seeds[THREADS];
	pthread_t threads[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		seeds[i] = test_seed * 1000 + number * THREADS + i;
		threads[i] = thread_start(work, &seeds[i]);
	}
	for (i = 0; i < THREADS; i++)
		thread_join(threads[i]);
}

/* Two families: a VMO, its snapshot, and the snapshot of that; one resizable. */
static void create_families(void)
{
	unsigned int i, j;

	for (i = 0; i < NR_VMOS; i++) {
		struct model *model = &stress->vmos[i];
		bool first = i % 3 == 0;

		model->resizable = i >= 3;
		model->pages = VMO_PAGES;
		if (first)
			model->fd = test_create(
				VMO_PAGES * PAGE,
				model->resizable ? ZVMO_RESIZABLE : 0);
		else
			model->fd = test_child(
				model[-1].fd,
				ZVMO_CHILD_SNAPSHOT |
					(model->resizable ?
						 ZVMO_CHILD_RESIZABLE :
						 0),
				0, VMO_PAGES * PAGE);
		for (j = 0; j < RANGES; j++)
			lock_init(&model->locks[j]);
		if (!first)
			memcpy(model->words, model[-1].words,
			       sizeof(model->words));
		for (j = 0; j < VMO_PAGES; j += i + 2) {
			page_write(model->fd, j, i + 1);
			model->words[j][0] = i + 1;
		}
	}
}

TEST(random_operations_by_many)
{
	pid_t processes[PROCESSES];
	unsigned int i;

	stress = shared_memory(sizeof(*stress));
	create_families();
	for (i = 0; i < PROCESSES; i++) {
		processes[i] = test_fork();
		if (!processes[i]) {
			run_process(i);
			_exit(EXIT_SUCCESS);
		}
	}
	for (i = 0; i < RUN_SECONDS || atomic_load(&stress->operations) < 100;
	     i++)
		sleep(1);
	atomic_store(&stress->stop, true);
	for (i = 0; i < PROCESSES; i++)
		test_wait_for(processes[i]);
	for (i = 0; i < NR_VMOS; i++) {
		test_context("VMO %u in the end", i);
		check_pages(&stress->vmos[i], stress->vmos[i].fd, NULL, 0,
			    VMO_PAGES);
	}
	test_note("%llu operations",
		  (unsigned long long)atomic_load(&stress->operations));
}

/* Memory cgroups */

/* What a call works on that finds no memory. */
struct victim {
	int fd;
	char *map;
	size_t size;
	const char *data;
};

static void victim_open(struct victim *victim, uint32_t options, int byte)
{
	victim->size = 8 * MIB;
	victim->fd = test_create(options ? 0 : victim->size, options);
	victim->map = test_map(victim->fd, 0, victim->size, RW, 0);
	victim->data = mmap(NULL, victim->size, RW, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	memset((char *)victim->data, 'n', victim->size);
	if (byte)
		test_fill(victim->fd, 0, victim->size, byte);
}

/*
 * No memory as an errno: in a group (of the old kind, which alone can do that)
 * whose members are not killed. The process must not fault while it is in. The
 * kernel has the controller in one hierarchy at a time, and what it charged in
 * one it does not uncharge rightly in the other ("page_counter underflow"): so
 * this works only where nothing has used groups of the new kind yet.
 */

#define OLD_CGROUPS "/tmp/zvmo-cgroups"
#define OLD_GROUP OLD_CGROUPS "/limited"

static bool mount_old_cgroups(void)
{
	mkdir(OLD_CGROUPS, 0700);
	return !mount("zvmo", OLD_CGROUPS, "cgroup", 0, "memory");
}

static bool controller_is_back(double seconds)
{
	double deadline = test_seconds() + seconds;

	while (!cgroup_write(".", "cgroup.subtree_control", "+memory")) {
		if (test_seconds() > deadline)
			return false;
		sleep_ms(20);
	}
	return true;
}

/* The controller goes back if the group was gone before: a while after rmdir. */
static void unmount_old_cgroups(void)
{
	int tries = 5;

	rmdir(OLD_GROUP);
	do {
		umount(OLD_CGROUPS);
	} while (!controller_is_back(1) && --tries && mount_old_cgroups());
	ASSERT_GE(tries, 1);
}

static void enter_old_cgroup(void)
{
	char stack[256 * 1024];

	ASSERT_EQ(mkdir(OLD_GROUP, 0700), 0);
	ASSERT(guest_write(OLD_GROUP "/memory.limit_in_bytes", "2M"));
	ASSERT(guest_write(OLD_GROUP "/memory.oom_control", "1"));
	memset(stack, 1, sizeof(stack));
	ASSERT_EQ(mlockall(MCL_CURRENT), 0);
	EXPECT_EQ(stack[PAGE], 1);
	ASSERT(guest_write(OLD_GROUP "/cgroup.procs", "0"));
}

struct results {
	long write, more, shrink, commit, populate, errno_value, zero, grown;
};

static void call_without_memory(struct victim *empty, struct victim *full,
				struct results *results)
{
	enter_old_cgroup();
	results->write = pwrite(empty->fd, empty->data, empty->size, 0);
	results->more = zvmo_write(empty->fd, MIB, empty->data, 4 * MIB);
	results->commit = zvmo_commit(full->fd, 0, full->size);
	results->populate = madvise(full->map, full->size, MADV_POPULATE_WRITE);
	results->errno_value = errno;
	results->zero = zvmo_zero(full->fd, full->size - 100, 50);
	results->grown = zvmo_set_size(empty->fd, 4 * MIB) ?:
				 zvmo_commit(empty->fd, 3 * MIB, PAGE);
	results->shrink = zvmo_set_size(empty->fd, 0);
	_exit(EXIT_SUCCESS);
}

TEST(no_memory_is_an_errno)
{
	struct results *results = shared_memory(sizeof(*results));
	struct victim empty, full;
	int snapshot;
	pid_t process;

	/* So that the group does not have to pay for it, and so live on. */
	memset(results, 0, sizeof(*results));
	victim_open(&empty, ZVMO_RESIZABLE, 0);
	victim_open(&full, 0, 'o');
	snapshot = test_snapshot(full.fd);
	if (!mount_old_cgroups())
		SKIP("no memory controller of cgroup version 1");
	process = test_fork();
	if (!process)
		call_without_memory(&empty, &full, results);
	test_wait_for(process);
	EXPECT_GE(results->write, MIB);
	EXPECT_LE(results->write, 2 * MIB);
	EXPECT_EQ(results->more, -ENOMEM);
	EXPECT_EQ(results->commit, -ENOMEM);
	EXPECT_EQ(results->populate, -1);
	EXPECT_EQ(results->errno_value, ENOMEM);
	EXPECT_EQ(results->zero, -ENOMEM);
	EXPECT_EQ(results->grown, -ENOMEM);
	EXPECT_EQ(results->shrink, 0);
	EXPECT(test_holds(full.fd, 0, full.size, 'o'));
	EXPECT(test_holds(snapshot, 0, full.size, 'o'));
	EXPECT_EQ(zvmo_set_size(empty.fd, 4 * MIB), 0);
	EXPECT(test_holds(empty.fd, 0, 4 * MIB, 0));
	EXPECT_EQ(zvmo_commit(full.fd, 0, full.size), 0);
	unmount_old_cgroups();
}

TEST(who_touches_a_page_pays)
{
	int fd = test_create(8 * MIB, 0);
	char *map = test_map(fd, 0, 8 * MIB, RW, 0);
	uint64_t before, after;
	pid_t process;

	cgroup_create("zvmo-toucher", 64 * MIB);
	cgroup_create("zvmo-reader", 64 * MIB);
	process = test_fork();
	if (!process) {
		cgroup_enter("zvmo-toucher");
		before = cgroup_read("zvmo-toucher", "memory.current", NULL);
		memset(map, 1, 4 * MIB);
		test_fill(fd, 4 * MIB, MIB, 1);
		ASSERT_EQ(zvmo_commit(fd, 5 * MIB, MIB), 0);
		after = cgroup_read("zvmo-toucher", "memory.current", NULL);
		EXPECT_GE(after - before, 6 * MIB);
		EXPECT_LE(after - before, 7 * MIB);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	/* It stays charged to who paid, though that process is gone. */
	EXPECT_GE(cgroup_read("zvmo-toucher", "memory.current", NULL), 6 * MIB);
	process = test_fork();
	if (!process) {
		cgroup_enter("zvmo-reader");
		EXPECT_EQ(madvise(map, 8 * MIB, MADV_POPULATE_READ), 0);
		EXPECT_LE(cgroup_read("zvmo-reader", "memory.current", NULL),
			  2 * MIB);
		/* Copying after a snapshot is paid by who writes. */
		test_snapshot(fd);
		memset(map, 2, 2 * MIB);
		EXPECT_GE(cgroup_read("zvmo-reader", "memory.current", NULL),
			  2 * MIB);
		_exit(EXIT_SUCCESS);
	}
	test_wait_for(process);
	test_unmap(map, 8 * MIB);
	test_close(fd);
	EXPECT(test_wait_pages(0));
	EXPECT_LE(cgroup_read("zvmo-toucher", "memory.current", NULL), 2 * MIB);
}

TEST(only_who_touches_too_much_is_killed)
{
	int fd = test_create(64 * MIB, 0), status;
	char *map = test_map(fd, 0, 64 * MIB, RW, 0);
	pid_t bystander, process;
	uint64_t page;

	cgroup_create("zvmo-killed", 8 * MIB);
	bystander = test_fork();
	if (!bystander) {
		/* Has the same mapping, in no group. */
		while (word_read(page_at(map, 1)) != 77)
			sleep_ms(10);
		_exit(EXIT_SUCCESS);
	}
	process = test_fork();
	if (!process) {
		cgroup_enter("zvmo-killed");
		memset(map, 5, 64 * MIB);
		_exit(EXIT_SUCCESS);
	}
	ASSERT_EQ(waitpid(process, &status, 0), process);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	EXPECT_EQ(cgroup_read("zvmo-killed", "memory.events", "oom_kill"), 1);
	/* What it wrote is there, and goes on to work. */
	EXPECT_GE(test_info(fd).committed_bytes, 4 * MIB);
	EXPECT_LE(test_info(fd).committed_bytes, 8 * MIB);
	for (page = 0; page < 4 * MIB / PAGE; page++)
		EXPECT_EQ(*(char *)page_at(map, page), 5);
	memset(page_at(map, 32 * MIB / PAGE), 6, MIB);
	word_write(page_at(map, 1), 77);
	test_wait_for(bystander);
}

/*
 * No memory in the middle of a call: who calls is killed, and what is there then
 * is right, page by page. The call is the only thing that takes memory.
 */

static void victim_commits(struct victim *victim)
{
	zvmo_commit(victim->fd, 0, victim->size);
}

static void victim_writes(struct victim *victim)
{
	if (pwrite(victim->fd, victim->data, victim->size, 0) < 0)
		pause();
}

static void victim_populates(struct victim *victim)
{
	madvise(victim->map, victim->size, MADV_POPULATE_WRITE);
}

static void victim_writes_memory(struct victim *victim)
{
	memset(victim->map, 'n', victim->size);
}

static void victim_zeroes_parts(struct victim *victim)
{
	size_t offset;

	for (offset = 0; offset < victim->size; offset += PAGE)
		zvmo_zero(victim->fd, offset + 8, PAGE - 8);
}

static void victim_snapshots(struct victim *victim)
{
	while (zvmo_snapshot(victim->fd) >= 0)
		memset(victim->map, 'n', victim->size);
}

static void kill_for_memory(const char *group, void (*call)(struct victim *),
			    struct victim *victim)
{
	int status;
	pid_t process;

	cgroup_create(group, 2 * MIB);
	process = test_fork();
	if (!process) {
		cgroup_enter(group);
		for (;;)
			call(victim);
	}
	ASSERT_EQ(waitpid(process, &status, 0), process);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* How many pages at the front hold @front; the others hold @rest. */
static uint64_t split_at(int fd, int front, int rest, size_t size)
{
	uint64_t page = 0, first;

	while (page < size / PAGE && test_holds(fd, page * PAGE, PAGE, front))
		page++;
	first = page;
	EXPECT(test_holds(fd, first * PAGE, size - first * PAGE, rest));
	return first;
}

TEST(killed_while_committing)
{
	struct victim victim;

	victim_open(&victim, 0, 0);
	kill_for_memory("zvmo-commit", victim_commits, &victim);
	EXPECT_GE(test_stats().pages, MIB / PAGE);
	EXPECT_LE(test_stats().pages, 3 * MIB / PAGE);
	EXPECT_EQ(test_info(victim.fd).committed_bytes,
		  test_stats().pages * PAGE);
	EXPECT(test_holds(victim.fd, 0, victim.size, 0));
	EXPECT_EQ(zvmo_commit(victim.fd, 0, victim.size), 0);
	EXPECT_EQ(test_stats().pages, victim.size / PAGE);
}

TEST(killed_while_writing)
{
	struct victim victim;
	uint64_t pages;

	victim_open(&victim, ZVMO_RESIZABLE, 0);
	kill_for_memory("zvmo-write", victim_writes, &victim);
	pages = test_stats().pages;
	EXPECT_GE(pages, MIB / PAGE);
	EXPECT_LE(pages, 3 * MIB / PAGE);
	EXPECT_EQ(test_info(victim.fd).stream_size, pages * PAGE);
	EXPECT_EQ(test_info(victim.fd).size, pages * PAGE);
	EXPECT(test_holds(victim.fd, 0, pages * PAGE, 'n'));
	EXPECT_EQ(zvmo_write(victim.fd, 0, victim.data, victim.size), 0);
	EXPECT(test_holds(victim.fd, 0, victim.size, 'n'));
}

TEST(killed_while_populating)
{
	struct victim victim;

	victim_open(&victim, 0, 0);
	kill_for_memory("zvmo-populate", victim_populates, &victim);
	EXPECT_GE(test_stats().pages, MIB / PAGE);
	EXPECT_EQ(test_info(victim.fd).committed_bytes,
		  test_stats().pages * PAGE);
	EXPECT(test_holds(victim.fd, 0, victim.size, 0));
	memset(victim.map, 'a', victim.size);
	EXPECT(test_holds(victim.fd, 0, victim.size, 'a'));
}

TEST(killed_while_copying)
{
	struct victim victim;
	uint64_t pages;
	int snapshot;

	victim_open(&victim, 0, 'o');
	snapshot = test_snapshot(victim.fd);
	kill_for_memory("zvmo-copy", victim_writes_memory, &victim);
	EXPECT(test_holds(snapshot, 0, victim.size, 'o'));
	pages = split_at(victim.fd, 'n', 'o', victim.size);
	EXPECT_GE(pages, MIB / PAGE);
	EXPECT_EQ(test_stats().pages, pages + victim.size / PAGE);
	test_close(snapshot);
	memset(victim.map, 'a', victim.size);
	EXPECT(test_holds(victim.fd, 0, victim.size, 'a'));
}

TEST(killed_while_zeroing_parts)
{
	struct victim victim;
	int snapshot, last = 1;
	uint64_t offset;

	victim_open(&victim, 0, 'o');
	snapshot = test_snapshot(victim.fd);
	kill_for_memory("zvmo-zero", victim_zeroes_parts, &victim);
	EXPECT(test_holds(snapshot, 0, victim.size, 'o'));
	for (offset = 0; offset < victim.size; offset += PAGE) {
		int zeroed = test_holds(victim.fd, offset + 8, PAGE - 8, 0);

		EXPECT(test_holds(victim.fd, offset, 8, 'o'));
		if (!zeroed)
			EXPECT(test_holds(victim.fd, offset, PAGE, 'o'));
		EXPECT_LE(zeroed, last);
		last = zeroed;
	}
	EXPECT_EQ(last, 0);
}

/* A pipe holds every page, so that a snapshot has to copy them all at once. */
TEST(killed_while_taking_a_snapshot)
{
	uint64_t pages, page;
	struct victim victim;
	int fds[2], snapshot;

	victim_open(&victim, 0, 'o');
	pages = victim.size / PAGE;
	memset(victim.map, 'n', victim.size);
	ASSERT_EQ(pipe(fds), 0);
	ASSERT_GE(fcntl(fds[1], F_SETPIPE_SZ, victim.size), 0);
	for (page = 0; page < pages; page++) {
		struct iovec iov = { page_at(victim.map, page), PAGE };

		ASSERT_EQ(vmsplice(fds[1], &iov, 1, 0), PAGE);
	}
	kill_for_memory("zvmo-snapshot", victim_snapshots, &victim);
	EXPECT_EQ(test_info(victim.fd).num_children, 0);
	EXPECT_EQ(test_stats().pages, pages);
	EXPECT_EQ(test_stats().cows, 1);
	EXPECT(test_holds(victim.fd, 0, victim.size, 'n'));
	/* Still isolated: what was unmapped, and what was not. */
	snapshot = test_snapshot(victim.fd);
	EXPECT_EQ(test_stats().pages, 2 * pages);
	memset(victim.map, 'a', victim.size);
	EXPECT(test_holds(snapshot, 0, victim.size, 'n'));
	EXPECT(test_holds(victim.fd, 0, victim.size, 'a'));
}
