// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - runs the cases, and what they have in common
 *
 * The runner forks each case, as leader of a process group, and adopts what
 * that leaves behind; so a case ends with all its processes. What a case has
 * to tell the runner is in a page that all its processes share.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define STATS_PATH "/sys/kernel/debug/zvmo/stats"
#define SETTLE_SECONDS 10 /* how long what was closed may live on */
#define KILL_SECONDS 60 /* how long a killed process may live on */
#define SLOW "ZVMO_SLOW" /* by what factor this machine is slow */
#define MAX_REPORTS 5 /* failures that one case prints */

/**
 * struct case_state - What the processes of the case tell the runner.
 * @failures: Checks that failed.
 * @skipped: It was skipped.
 * @reason: Why.
 */
struct case_state {
	atomic_uint failures;
	atomic_bool skipped;
	char reason[256];
};

static struct case_state *state;
static __thread char context[256];
static struct test_case *first_case;
static struct test_case **last_case = &first_case;
static bool show_times;

uint64_t test_seed = 1;
const char *test_seed_changes = "";
const char *test_replay;
unsigned long test_steps;
unsigned int test_duration;

void test_register(struct test_case *test)
{
	*last_case = test;
	last_case = &test->next;
}

/* Checks */

static void print_line(const char *format, va_list args)
{
	char line[1024];
	int length;

	strcpy(line, "# ");
	length = vsnprintf(line + 2, sizeof(line) - 3, format, args) + 2;
	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	/* One write, so that lines of several processes do not mix. */
	if (write(STDOUT_FILENO, line, length) < 0)
		_exit(EXIT_FAILURE);
}

/**
 * test_note() - Print something for people.
 */
void test_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
}

void test_context(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(context, sizeof(context), format, args);
	va_end(args);
}

void test_fail(struct test_place place, const char *format, ...)
{
	unsigned int nr = atomic_fetch_add(&state->failures, 1);
	char text[768];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (nr < MAX_REPORTS)
		test_note("%s:%d: %s%s%s", place.file, place.line, text,
			  *context ? "; while: " : "", context);
	else if (nr == MAX_REPORTS)
		test_note("further failures are not shown");
	if (place.mode == TEST_ASSERT)
		_exit(EXIT_FAILURE);
}

void test_skip(const char *reason)
{
	snprintf(state->reason, sizeof(state->reason), "%s", reason);
	atomic_store(&state->skipped, true);
	_exit(EXIT_SUCCESS);
}

bool test_true(struct test_place place, bool value, const char *text)
{
	if (!value)
		test_fail(place, "%s: false", text);
	return value;
}

static const char *number_text(char *text, size_t size, long long number)
{
	if (number < 0 && number > -4096)
		snprintf(text, size, "%lld (%s)", number,
			 strerror((int)-number));
	else if (number > 4096 || number < 0)
		snprintf(text, size, "%lld (%#llx)", number, number);
	else
		snprintf(text, size, "%lld", number);
	return text;
}

bool test_compare(struct test_place place, long long found, long long expected,
		  const char *relation, const char *found_text,
		  const char *expected_text)
{
	char text[2][128];
	bool holds;

	switch (*relation) {
	case '=':
		holds = found == expected;
		break;
	case '!':
		holds = found != expected;
		break;
	case '<':
		holds = found <= expected;
		break;
	default:
		holds = found >= expected;
	}
	if (!holds)
		test_fail(place, "%s is %s, expected %s %s = %s", found_text,
			  number_text(text[0], sizeof(text[0]), found),
			  relation, expected_text,
			  number_text(text[1], sizeof(text[1]), expected));
	return holds;
}

bool test_error(struct test_place place, long long result, int error,
		const char *text)
{
	int found = errno;

	if (result == -1 && found == error)
		return true;
	if (result == -1)
		test_fail(place, "%s: errno %d (%s), expected %d (%s)", text,
			  found, strerror(found), error, strerror(error));
	else
		test_fail(place, "%s: returned %lld, expected errno %d (%s)",
			  text, result, error, strerror(error));
	return false;
}

bool test_string(struct test_place place, const char *found,
		 const char *expected, const char *text)
{
	if (!strcmp(found, expected))
		return true;
	test_fail(place, "%s is \"%s\", expected \"%s\"", text, found,
		  expected);
	return false;
}

bool test_memory(struct test_place place, const void *found,
		 const void *expected, size_t size, const char *text)
{
	const uint8_t *a = found, *b = expected;
	size_t i;

	if (!memcmp(a, b, size))
		return true;
	for (i = 0; a[i] == b[i];)
		i++;
	test_fail(place, "%s: byte %zu of %zu is %#x, expected %#x", text, i,
		  size, a[i], b[i]);
	return false;
}

/* How fast the machine is */

static unsigned int slowness(void)
{
	static unsigned int factor;
	const char *text = getenv(SLOW);

	if (!factor)
		factor = text ? strtoul(text, NULL, 10) : 1;
	if (!factor)
		factor = 1;
	return factor;
}

unsigned int test_patience(unsigned int seconds)
{
	return seconds * slowness();
}

unsigned long test_rounds(unsigned long nr)
{
	return (nr + slowness() - 1) / slowness();
}

/* The runner */

static bool read_stats(struct test_stats *stats)
{
	FILE *file = fopen(STATS_PATH, "re");
	bool ok;

	if (!file)
		return false;
	ok = fscanf(file, "pages %ld nodes %ld cows %ld vmos %ld",
		    &stats->pages, &stats->nodes, &stats->cows,
		    &stats->vmos) == 4;
	fclose(file);
	return ok;
}

static void nap(void)
{
	nanosleep(&(const struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static bool same_stats(const struct test_stats *a, const struct test_stats *b)
{
	return a->pages == b->pages && a->nodes == b->nodes &&
	       a->cows == b->cows && a->vmos == b->vmos;
}

/* What was closed may be freed a little later. */
static bool nothing_left(const struct test_stats *before)
{
	double deadline = test_seconds() + test_patience(SETTLE_SECONDS);
	struct test_stats now;

	for (;;) {
		if (read_stats(&now) && same_stats(&now, before))
			return true;
		if (test_seconds() > deadline)
			break;
		nap();
	}
	test_note("left behind: %ld pages, %ld nodes, %ld cows, %ld vmos",
		  now.pages - before->pages, now.nodes - before->nodes,
		  now.cows - before->cows, now.vmos - before->vmos);
	return false;
}

static void __attribute__((noreturn)) run_case(const struct test_case *test)
{
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	test->run();
	_exit(EXIT_SUCCESS);
}

/* Wait for process, or any if -1, until the deadline. */
static pid_t wait_until(pid_t process, int *status, double deadline)
{
	for (;;) {
		pid_t found = waitpid(process, status, WNOHANG);

		if (found)
			return found;
		if (test_seconds() > deadline)
			return 0;
		nap();
	}
}

/* End whatever the case started. */
static void kill_group(pid_t leader)
{
	double deadline = test_seconds() + test_patience(KILL_SECONDS);
	pid_t found;

	kill(-leader, SIGKILL);
	do {
		found = wait_until(-1, NULL, deadline);
	} while (found > 0);
	if (!found) {
		printf("Bail out! a killed process does not end\n");
		fflush(stdout);
		_exit(EXIT_FAILURE);
	}
}

static unsigned int seconds_of(const struct test_case *test)
{
	return test_patience(test->seconds) + test_duration;
}

static bool judge(const struct test_case *test, pid_t found, int status)
{
	if (found <= 0)
		test_note("no end after %u s; killed", seconds_of(test));
	else if (WIFSIGNALED(status))
		test_note("killed by signal %d (%s)", WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) && !state->failures)
		test_note("exit status %d", WEXITSTATUS(status));
	else
		return !state->failures;
	return false;
}

static bool case_passes(const struct test_case *test)
{
	struct test_stats before;
	int status = 0;
	pid_t child, found;
	bool passed;

	memset(state, 0, sizeof(*state));
	if (!read_stats(&before)) {
		printf("Bail out! cannot read " STATS_PATH ": %s\n",
		       strerror(errno));
		exit(EXIT_FAILURE);
	}
	fflush(stdout);
	child = fork();
	if (!child)
		run_case(test);
	if (child < 0) {
		test_note("fork: %s", strerror(errno));
		return false;
	}
	/* Here too, since it may not have come to it before it is killed. */
	setpgid(child, child);
	found = wait_until(child, &status, test_seconds() + seconds_of(test));
	passed = judge(test, found, status);
	kill_group(child);
	return nothing_left(&before) && passed;
}

static bool run_numbered(const struct test_case *test, unsigned int number)
{
	double start = test_seconds();
	bool passed = case_passes(test);

	if (show_times)
		test_note("%.3f s", test_seconds() - start);
	printf("%sok %u - %s", passed ? "" : "not ", number, test->name);
	if (passed && state->skipped)
		printf(" # SKIP %s", state->reason);
	printf("\n");
	fflush(stdout);
	return passed;
}

static bool is_selected(const struct test_case *test, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++) {
		if (!strcmp(*names, test->name))
			return true;
	}
	return false;
}

static void check_names(char **names)
{
	const struct test_case *test;

	for (; *names; names++) {
		for (test = first_case; test; test = test->next) {
			if (!strcmp(*names, test->name))
				break;
		}
		if (!test) {
			fprintf(stderr, "no case %s; -l lists them\n", *names);
			exit(2);
		}
	}
}

static bool run_selected(char **names)
{
	const struct test_case *test;
	unsigned int number = 0, failed = 0;

	for (test = first_case; test; test = test->next)
		number += is_selected(test, names);
	printf("1..%u\n", number);
	number = 0;
	for (test = first_case; test; test = test->next) {
		if (is_selected(test, names))
			failed += !run_numbered(test, ++number);
	}
	return !failed;
}

static void list_cases(void)
{
	const struct test_case *test;

	for (test = first_case; test; test = test->next)
		puts(test->name);
}

static void parse_options(int argc, char **argv)
{
	int option;
	char *end;

	while ((option = getopt(argc, argv, "lts:r:n:d:")) != -1) {
		switch (option) {
		case 'l':
			list_cases();
			exit(EXIT_SUCCESS);
		case 't':
			show_times = true;
			break;
		case 's':
			test_seed = strtoull(optarg, &end, 0);
			test_seed_changes = end;
			break;
		case 'r':
			test_replay = optarg;
			break;
		case 'n':
			test_steps = strtoul(optarg, NULL, 0);
			break;
		case 'd':
			test_duration = strtoul(optarg, NULL, 0);
			break;
		default:
			fprintf(stderr,
				"usage: %s [-l] [-t] [-s SEED] [-r STEP,...] [-n STEPS] [-d SECONDS] [CASE]...\n"
				"  -l  list the cases\n"
				"  -t  tell how long each took\n"
				"  -s  begin random numbers elsewhere\n"
				"  -r  do just these steps (fuzz tests)\n"
				"  -n  steps of a case that could go on\n"
				"  -d  how long such a case goes on\n",
				argv[0]);
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	parse_options(argc, argv);
	check_names(argv + optind);
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (state == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror(argv[0]);
		return EXIT_FAILURE;
	}
	return run_selected(argv + optind) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Helpers of the cases */

/**
 * test_passes_quietly() - Whether every check in a body would hold.
 */
bool test_passes_quietly(void (*body)(void *arg), void *arg)
{
	unsigned int before = atomic_load(&state->failures);
	int status = -1;
	pid_t child = fork();
	bool passed;

	if (!child) {
		int null = open("/dev/null", O_WRONLY);

		alarm(test_patience(TEST_SECONDS));
		if (dup2(null, STDOUT_FILENO) < 0)
			_exit(EXIT_FAILURE);
		body(arg);
		_exit(EXIT_SUCCESS);
	}
	ASSERT(child > 0 && waitpid(child, &status, 0) == child);
	passed = !status && atomic_load(&state->failures) == before;
	atomic_store(&state->failures, before);
	return passed;
}

/**
 * test_stats() - The module's counters now.
 */
struct test_stats test_stats(void)
{
	struct test_stats stats = { 0 };

	ASSERT(read_stats(&stats));
	return stats;
}

/**
 * test_wait_pages() - Wait until the module has that many pages, not for long.
 */
bool test_wait_pages(long pages)
{
	double deadline = test_seconds() + test_patience(SETTLE_SECONDS);

	while (test_stats().pages != pages) {
		if (test_seconds() > deadline)
			return false;
		nap();
	}
	return true;
}

/**
 * test_random() - A random number (splitmix64).
 */
uint64_t test_random(uint64_t *random)
{
	uint64_t z = *random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint64_t test_random_below(uint64_t *random, uint64_t limit)
{
	return test_random(random) % limit;
}

size_t test_page_size(void)
{
	static size_t size;

	if (!size)
		size = sysconf(_SC_PAGESIZE);
	return size;
}

/* The value of a call, whose errors are negative. */
static int checked(struct test_place place, int value, const char *call)
{
	test_compare(place, value, 0, ">=", call, "0");
	return value;
}

int test_create_at(struct test_place place, uint64_t size, uint32_t options)
{
	return checked(place, zvmo_create(size, options), "zvmo_create()");
}

int test_child_at(struct test_place place, int fd, uint32_t options,
		  uint64_t offset, uint64_t size)
{
	return checked(place, zvmo_create_child(fd, options, offset, size),
		       "zvmo_create_child()");
}

/**
 * test_snapshot() - Snapshot of a whole VMO.
 */
int test_snapshot_at(struct test_place place, int fd)
{
	return checked(place, zvmo_snapshot(fd), "zvmo_snapshot()");
}

int test_duplicate_at(struct test_place place, int fd, uint32_t rights)
{
	return checked(place, zvmo_duplicate(fd, rights), "zvmo_duplicate()");
}

struct zvmo_info test_info_at(struct test_place place, int fd)
{
	struct zvmo_info info;

	checked(place, zvmo_get_info(fd, &info, sizeof(info)),
		"zvmo_get_info()");
	return info;
}

void test_write_at(struct test_place place, int fd, uint64_t offset,
		   const void *data, size_t size)
{
	checked(place, zvmo_write(fd, offset, data, size), "zvmo_write()");
}

/**
 * test_read() - Read exactly that much.
 */
void test_read_at(struct test_place place, int fd, uint64_t offset, void *data,
		  size_t size)
{
	test_compare(place, zvmo_read(fd, offset, data, size), size,
		     "==", "zvmo_read()", "size");
}

void test_close_at(struct test_place place, int fd)
{
	checked(place, close(fd), "close()");
}

void *test_map_at(struct test_place place, int fd, uint64_t offset, size_t size,
		  int prot, int flags)
{
	void *address = NULL;

	checked(place, zvmo_map(fd, offset, size, prot, flags, &address),
		"zvmo_map()");
	return address;
}

void test_unmap_at(struct test_place place, void *address, size_t size)
{
	checked(place, munmap(address, size), "munmap()");
}

/**
 * test_fill() - Write the same byte everywhere in a range.
 */
void test_fill_at(struct test_place place, int fd, uint64_t offset,
		  uint64_t size, uint8_t byte)
{
	uint8_t buffer[16384];

	memset(buffer, byte, sizeof(buffer));
	while (size) {
		size_t part = size < sizeof(buffer) ? size : sizeof(buffer);

		test_write_at(place, fd, offset, buffer, part);
		offset += part;
		size -= part;
	}
}

/**
 * test_byte() - The byte there.
 */
int test_byte_at(struct test_place place, int fd, uint64_t offset)
{
	uint8_t byte = 0;

	test_read_at(place, fd, offset, &byte, 1);
	return byte;
}

/**
 * test_holds() - Whether every byte of a range is this one.
 */
bool test_holds_at(struct test_place place, int fd, uint64_t offset,
		   uint64_t size, uint8_t byte)
{
	uint8_t found[16384], wanted[16384];

	memset(wanted, byte, sizeof(wanted));
	while (size) {
		size_t part = size < sizeof(found) ? size : sizeof(found);

		test_read_at(place, fd, offset, found, part);
		if (memcmp(found, wanted, part))
			return false;
		offset += part;
		size -= part;
	}
	return true;
}

static __thread sigjmp_buf probe_escape;
static __thread volatile sig_atomic_t probing;

/* What did not come of the probe has the effect that it always has. */
static void probe_failed(int number)
{
	if (probing)
		siglongjmp(probe_escape, number);
	signal(number, SIG_DFL);
	raise(number);
}

/* The handlers stay: several threads may probe at once. */
static void probe_prepare(void)
{
	struct sigaction action = { .sa_handler = probe_failed,
				    .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

/* Run an access, and return the signal that it raised, or 0. */
#define PROBE(access)                                 \
	({                                            \
		int signal_;                          \
                                                      \
		probe_prepare();                      \
		signal_ = sigsetjmp(probe_escape, 1); \
		if (!signal_) {                       \
			probing = 1;                  \
			access;                       \
		}                                     \
		probing = 0;                          \
		signal_;                              \
	})

int test_probe_read(const volatile void *address)
{
	return PROBE((void)*(const volatile uint8_t *)address);
}

int test_probe_write(volatile void *address, uint8_t byte)
{
	return PROBE(*(volatile uint8_t *)address = byte);
}

pid_t test_fork_at(struct test_place place)
{
	return checked(place, fork(), "fork()");
}

void test_wait_for_at(struct test_place place, pid_t process)
{
	int status = -1;

	test_compare(place, waitpid(process, &status, 0), process,
		     "==", "waitpid()", "process");
	if (WIFSIGNALED(status))
		test_fail(place, "process %d was killed by signal %d", process,
			  WTERMSIG(status));
	else if (status)
		test_fail(place, "process %d ended with status %d", process,
			  WEXITSTATUS(status));
}

/**
 * test_open_fds() - How many descriptors this process has.
 */
unsigned int test_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int nr = 0;

	ASSERT(dir != NULL);
	while (readdir(dir))
		nr++;
	closedir(dir);
	/* Not ".", "..", and that of the directory. */
	return nr - 3;
}

double test_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}
