/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - cases, checks and helpers; results as TAP on stdout
 *
 * Each case runs in a process of its own, with a time-out, and must leave no
 * page, node, cow or VMO behind: the harness compares the module's counters
 * before and after. So nothing else may use the module meanwhile.
 *
 * A check may stand anywhere in a case, its threads and its child processes. A
 * failed EXPECT goes on; a failed ASSERT ends the process.
 */
#ifndef _ZVMO_HARNESS_H
#define _ZVMO_HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <zvmo.h>

#define TEST_SECONDS 180

/**
 * struct test_case - One case; TEST() makes it.
 * @name: Its name.
 * @run: Its body.
 * @seconds: How long it may take.
 * @next: The one defined after it.
 */
struct test_case {
	const char *name;
	void (*run)(void);
	unsigned int seconds;
	struct test_case *next;
};

void test_register(struct test_case *test);

/* TEST(name) { ... } defines a case; TEST_WITHIN sets another time-out. */
#define TEST(case_name) TEST_WITHIN(case_name, TEST_SECONDS)
#define TEST_WITHIN(case_name, max_seconds)                                 \
	static void case_name(void);                                        \
	static void __attribute__((constructor)) register_##case_name(void) \
	{                                                                   \
		static struct test_case test = {                            \
			.name = #case_name,                                 \
			.run = case_name,                                   \
			.seconds = max_seconds,                             \
		};                                                          \
                                                                            \
		test_register(&test);                                       \
	}                                                                   \
	static void case_name(void)

/* What is to happen when a check fails. */
enum test_mode { TEST_EXPECT, TEST_ASSERT };

/* Where a check stands. */
struct test_place {
	const char *file;
	int line;
	enum test_mode mode;
};

#define TEST_PLACE(mode) \
	((const struct test_place){ __FILE__, __LINE__, TEST_##mode })

bool test_true(struct test_place place, bool value, const char *text);
bool test_compare(struct test_place place, long long found, long long expected,
		  const char *relation, const char *found_text,
		  const char *expected_text);
bool test_error(struct test_place place, long long result, int error,
		const char *text);
bool test_string(struct test_place place, const char *found,
		 const char *expected, const char *text);
bool test_memory(struct test_place place, const void *found,
		 const void *expected, size_t size, const char *text);
void __attribute__((format(printf, 2, 3)))
test_fail(struct test_place place, const char *format, ...);
void __attribute__((noreturn)) test_skip(const char *reason);

#define TEST_COMPARE(mode, found, relation, expected, texts...) \
	test_compare(TEST_PLACE(mode), (long long)(found),      \
		     (long long)(expected), relation, texts)

/* Each is true if the check holds. */
#define EXPECT(condition) test_true(TEST_PLACE(EXPECT), condition, #condition)
#define ASSERT(condition) test_true(TEST_PLACE(ASSERT), condition, #condition)

/* Integers. What is negative and an errno is printed with its meaning. */
#define EXPECT_EQ(found, expected) \
	TEST_COMPARE(EXPECT, found, "==", expected, #found, #expected)
#define ASSERT_EQ(found, expected) \
	TEST_COMPARE(ASSERT, found, "==", expected, #found, #expected)
#define EXPECT_NE(found, expected) \
	TEST_COMPARE(EXPECT, found, "!=", expected, #found, #expected)
#define ASSERT_NE(found, expected) \
	TEST_COMPARE(ASSERT, found, "!=", expected, #found, #expected)
#define EXPECT_LE(found, expected) \
	TEST_COMPARE(EXPECT, found, "<=", expected, #found, #expected)
#define ASSERT_LE(found, expected) \
	TEST_COMPARE(ASSERT, found, "<=", expected, #found, #expected)
#define EXPECT_GE(found, expected) \
	TEST_COMPARE(EXPECT, found, ">=", expected, #found, #expected)
#define ASSERT_GE(found, expected) \
	TEST_COMPARE(ASSERT, found, ">=", expected, #found, #expected)

/* A system call that returns -1 and sets errno to @error. */
#define EXPECT_ERRNO(call, error) \
	test_error(TEST_PLACE(EXPECT), (long long)(call), error, #call)
#define ASSERT_ERRNO(call, error) \
	test_error(TEST_PLACE(ASSERT), (long long)(call), error, #call)

#define EXPECT_STREQ(found, expected) \
	test_string(TEST_PLACE(EXPECT), found, expected, #found)
#define EXPECT_MEMEQ(found, expected, size) \
	test_memory(TEST_PLACE(EXPECT), found, expected, size, #found)
#define ASSERT_MEMEQ(found, expected, size) \
	test_memory(TEST_PLACE(ASSERT), found, expected, size, #found)

/* A check of one's own: FAIL("format", ...). */
#define FAIL(...) test_fail(TEST_PLACE(EXPECT), __VA_ARGS__)
#define FATAL(...) test_fail(TEST_PLACE(ASSERT), __VA_ARGS__)

/* End the case here, as neither passed nor failed. */
#define SKIP(reason) test_skip(reason)

void __attribute__((format(printf, 1, 2))) test_note(const char *format, ...);

/* What this thread is doing: printed with the checks that fail. */
void __attribute__((format(printf, 1, 2)))
test_context(const char *format, ...);

/**
 * struct test_stats - The module's counters: what exists now.
 */
struct test_stats {
	long pages;
	long nodes;
	long cows;
	long vmos;
};

struct test_stats test_stats(void);
bool test_wait_pages(long pages);

/* What a body does in a process of its own, and how that ended, is not told. */
bool test_passes_quietly(void (*body)(void *arg), void *arg);

/*
 * How much a case that could go on for ever is to do: the options -n and -d; 0:
 * as it likes.
 */
extern unsigned long test_steps;
extern unsigned int test_duration;

/*
 * On a machine that is slow by a factor of N (the environment says ZVMO_SLOW=N)
 * patience is N times what it is elsewhere, and what is done again and again is
 * done an N-th as often, once at least. How long a case goes on, and how much it
 * does, is a number that has gone through one of these.
 */
unsigned int test_patience(unsigned int seconds);
unsigned long test_rounds(unsigned long nr);

/* Random numbers. Every run has the same, unless the option -s gives a seed. */
extern uint64_t test_seed;
/* What follows the seed, ".CHANGE.CHANGE..."; and the option -r or NULL (script.h) */
extern const char *test_seed_changes;
extern const char *test_replay;
uint64_t test_random(uint64_t *random);
uint64_t test_random_below(uint64_t *random, uint64_t limit);

size_t test_page_size(void);
#define PAGE test_page_size()

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Of a mapping (sys/mman.h). */
#define RW (PROT_READ | PROT_WRITE)

/* Calls that end the case if they fail, and say who called. */
int test_create_at(struct test_place place, uint64_t size, uint32_t options);
int test_child_at(struct test_place place, int fd, uint32_t options,
		  uint64_t offset, uint64_t size);
int test_snapshot_at(struct test_place place, int fd);
int test_duplicate_at(struct test_place place, int fd, uint32_t rights);
struct zvmo_info test_info_at(struct test_place place, int fd);
void test_write_at(struct test_place place, int fd, uint64_t offset,
		   const void *data, size_t size);
void test_read_at(struct test_place place, int fd, uint64_t offset, void *data,
		  size_t size);
void test_close_at(struct test_place place, int fd);
void *test_map_at(struct test_place place, int fd, uint64_t offset, size_t size,
		  int prot, int flags);
void test_unmap_at(struct test_place place, void *address, size_t size);
#define test_create(...) test_create_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_child(...) test_child_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_snapshot(fd) test_snapshot_at(TEST_PLACE(ASSERT), fd)
#define test_duplicate(...) test_duplicate_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_info(fd) test_info_at(TEST_PLACE(ASSERT), fd)
#define test_write(...) test_write_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_read(...) test_read_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_close(fd) test_close_at(TEST_PLACE(ASSERT), fd)
#define test_map(...) test_map_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_unmap(...) test_unmap_at(TEST_PLACE(ASSERT), __VA_ARGS__)

/* Bytes, and whole ranges of them. */
void test_fill_at(struct test_place place, int fd, uint64_t offset,
		  uint64_t size, uint8_t byte);
int test_byte_at(struct test_place place, int fd, uint64_t offset);
bool test_holds_at(struct test_place place, int fd, uint64_t offset,
		   uint64_t size, uint8_t byte);
#define test_fill(...) test_fill_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_byte(...) test_byte_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define test_holds(...) test_holds_at(TEST_PLACE(ASSERT), __VA_ARGS__)

/* Touch memory: 0, or the signal that it raised. */
int test_probe_read(const volatile void *address);
int test_probe_write(volatile void *address, uint8_t byte);

/* Processes: test_fork() as fork(); the other expects it to end well. */
pid_t test_fork_at(struct test_place place);
void test_wait_for_at(struct test_place place, pid_t process);
#define test_fork() test_fork_at(TEST_PLACE(ASSERT))
#define test_wait_for(process) test_wait_for_at(TEST_PLACE(ASSERT), process)

unsigned int test_open_fds(void);
double test_seconds(void);

#endif /* _ZVMO_HARNESS_H */
