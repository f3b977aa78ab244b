// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - tracepoints
 *
 * In a trace buffer of their own, in which only events of the module are, and only
 * this process's. It stays: to make one takes long, as it has a directory for each
 * event of the kernel.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"
#include "harness.h"
#include "ops.h"

#define TRACING "/sys/kernel/tracing"
#define BUFFER TRACING "/instances/zvmo_test"
#define MAX_TEXT 65536

/* An event that is enabled holds the module. */
static void trace_end(void)
{
	ASSERT(guest_write(BUFFER "/events/zvmo/enable", "0"));
}

/* From now on, events of this process are kept. */
static void trace_begin(void)
{
	char pid[16];

	if (access(TRACING "/events", F_OK) &&
	    mount("tracefs", TRACING, "tracefs", 0, NULL))
		SKIP("this kernel has no tracefs");
	ASSERT(!mkdir(BUFFER, 0700) || errno == EEXIST);
	/* To truncate it is to empty it. */
	ASSERT_EQ(close(open(BUFFER "/trace", O_WRONLY | O_TRUNC)), 0);
	snprintf(pid, sizeof(pid), "%d", getpid());
	ASSERT(guest_write(BUFFER "/set_event_pid", pid));
	ASSERT(guest_write(BUFFER "/events/zvmo/enable", "1"));
}

/* What was kept, and no more is; an event a line, without what comes before. */
static const char *trace_text(void)
{
	static char text[MAX_TEXT];
	FILE *file = fopen(BUFFER "/trace", "r");
	char line[512], *event;
	size_t used = 0;

	trace_end();
	text[0] = '\0';
	ASSERT(file);
	while (fgets(line, sizeof(line), file)) {
		event = strstr(line, ": zvmo_");
		if (line[0] == '#' || !event)
			continue;
		used += snprintf(text + used, sizeof(text) - used, "%s",
				 event + 2);
		ASSERT(used < sizeof(text));
	}
	fclose(file);
	return text;
}

static const char *word(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Text, to be used once. */
static const char *word(const char *format, ...)
{
	static char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return text;
}

static unsigned long long koid(int fd)
{
	return test_info(fd).koid;
}

TEST(these_events)
{
	static const char *const events[] = {
		"zvmo_clone",	  "zvmo_create",      "zvmo_destroy",
		"zvmo_discard",	  "zvmo_fault_enter", "zvmo_fault_exit",
		"zvmo_fork_page", "zvmo_reclaim",     "zvmo_restore",
	};
	unsigned int i, nr = 0;
	struct dirent *entry;
	DIR *dir;

	trace_begin();
	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		EXPECT_EQ(access(word(TRACING "/events/zvmo/%s/format",
				      events[i]),
				 F_OK),
			  0);
	dir = opendir(TRACING "/events/zvmo");
	ASSERT(dir);
	while ((entry = readdir(dir)))
		nr += !strncmp(entry->d_name, "zvmo_", 5);
	closedir(dir);
	EXPECT_EQ(nr, i);
	trace_end();
}

TEST(life)
{
	unsigned long long parent, child, slice;
	int fd, snapshot, window;

	trace_begin();
	fd = test_create(3 * PAGE, ZVMO_RESIZABLE);
	snapshot = test_snapshot(fd);
	parent = koid(fd);
	child = koid(snapshot);
	test_close(snapshot);
	test_close(fd);
	EXPECT_STREQ(
		trace_text(),
		word("zvmo_create: koid=%llu size=%zu options=resizable\n"
		     "zvmo_clone: koid=%llu parent=%llu size=%zu kind=snapshot\n"
		     "zvmo_destroy: koid=%llu\n"
		     "zvmo_destroy: koid=%llu\n",
		     parent, 3 * PAGE, child, parent, 3 * PAGE, child, parent));

	trace_begin();
	fd = test_create(3 * PAGE, 0);
	window = test_child(fd, ZVMO_CHILD_SLICE, PAGE, PAGE);
	parent = koid(fd);
	slice = koid(window);
	EXPECT_STREQ(
		trace_text(),
		word("zvmo_create: koid=%llu size=%zu options=\n"
		     "zvmo_clone: koid=%llu parent=%llu size=%zu kind=slice\n",
		     parent, 3 * PAGE, slice, parent, PAGE));
	test_close(window);
	test_close(fd);
}

TEST(what_failed_was_not_created)
{
	struct zvmo_create args = {
		.argsz = sizeof(args),
		.size = PAGE,
		.options = ZVMO_RESIZABLE | ZVMO_UNBOUNDED,
	};
	int device = open("/dev/zvmo", O_RDWR);

	trace_begin();
	EXPECT_EQ(ioc(device, ZVMO_IOC_CREATE, &args), -EINVAL);
	EXPECT_STREQ(trace_text(), "");
	close(device);
}

/* What a fault on a mapping of a VMO looks like. */
static void expect_fault(int fd, const char *map, int write, int shared,
			 const char *more, const char *result)
{
	EXPECT_STREQ(
		trace_text(),
		word("zvmo_fault_enter: koid=%llu address=0x%lx page=1 write=%d shared=%d\n"
		     "%szvmo_fault_exit: koid=%llu page=1 result=%s\n",
		     koid(fd), (unsigned long)map + PAGE, write, shared, more,
		     koid(fd), result));
}

TEST(faults)
{
	int fd = test_create(2 * PAGE, 0);
	volatile char *map = test_map(fd, 0, 2 * PAGE, RW, MAP_SHARED);
	volatile char *own = test_map(fd, 0, 2 * PAGE, RW, MAP_PRIVATE);

	trace_begin();
	(void)map[PAGE];
	expect_fault(fd, (char *)map, 0, 1, "", "NOPAGE");
	trace_begin();
	map[PAGE] = 1;
	expect_fault(fd, (char *)map, 1, 1, "", "NOPAGE");
	trace_begin();
	map[PAGE] = 2;
	EXPECT_STREQ(trace_text(), "");
	trace_begin();
	own[PAGE] = 3;
	expect_fault(fd, (char *)own, 1, 0, "", "");
	test_unmap((void *)map, 2 * PAGE);
	test_unmap((void *)own, 2 * PAGE);
	test_close(fd);
}

TEST(a_fault_beyond_the_end)
{
	int fd = test_create(PAGE, 0);
	char *map = test_map(fd, 0, 2 * PAGE, RW, MAP_SHARED);

	trace_begin();
	EXPECT_EQ(test_probe_read(map + PAGE), SIGBUS);
	expect_fault(fd, map, 0, 1, "", "SIGBUS");
	test_unmap(map, 2 * PAGE);
	test_close(fd);
}

/* Only what is shared is copied; the event tells the VMO's inode. */
TEST(forks_of_pages)
{
	int fd = test_create(4 * PAGE, 0), snapshot;
	unsigned long long family = koid(fd);
	volatile char *map;
	struct stat stat;

	test_fill(fd, 0, 2 * PAGE, 'x');
	snapshot = test_snapshot(fd);
	ASSERT_EQ(fstat(snapshot, &stat), 0);
	trace_begin();
	test_fill(snapshot, 0, PAGE, 'y'); /* shared */
	test_fill(snapshot, 0, PAGE, 'z'); /* its own */
	test_fill(snapshot, 2 * PAGE, PAGE, 'z'); /* a hole */
	EXPECT_STREQ(trace_text(),
		     word("zvmo_fork_page: family=%llu ino=%lu page=0\n",
			  family, (unsigned long)stat.st_ino));

	map = test_map(snapshot, 0, 2 * PAGE, RW, MAP_SHARED);
	trace_begin();
	map[PAGE] = 'y';
	expect_fault(snapshot, (char *)map, 1, 1,
		     strdup(word("zvmo_fork_page: family=%llu ino=%lu page=1\n",
				 family, (unsigned long)stat.st_ino)),
		     "NOPAGE");
	test_unmap((void *)map, 2 * PAGE);
	test_close(snapshot);
	test_close(fd);
}

TEST(restoring)
{
	int fd = test_create(2 * PAGE, 0), stranger = test_create(PAGE, 0);
	unsigned long long source, vmo;
	int snapshot = test_snapshot(fd);

	source = koid(snapshot);
	vmo = koid(fd);
	trace_begin();
	EXPECT_EQ(ioc_restore(fd, snapshot, PAGE, 2 * PAGE), 0);
	EXPECT_EQ(ioc_restore(fd, snapshot, 0, 3 * PAGE), -ERANGE);
	/* No relative: nothing is tried. */
	EXPECT_EQ(ioc_restore(fd, stranger, 0, PAGE), -EINVAL);
	EXPECT_STREQ(
		trace_text(),
		word("zvmo_restore: koid=%llu source=%llu offset=%zu end=%zu error=0\n"
		     "zvmo_restore: koid=%llu source=%llu offset=0 end=%zu error=%d\n",
		     vmo, source, PAGE, 2 * PAGE, vmo, source, 3 * PAGE,
		     -ERANGE));
	test_close(stranger);
	test_close(snapshot);
	test_close(fd);
}

TEST(discarding_under_pressure)
{
	int fd = test_create(3 * PAGE, ZVMO_DISCARDABLE);
	const char *text;

	ASSERT_EQ(ioc_lock(fd, &(struct zvmo_lock_state){}), 0);
	test_fill(fd, 0, 3 * PAGE, 'x');
	ASSERT_EQ(ioc_unlock(fd), 0);
	trace_begin();
	guest_reclaim();
	text = trace_text();
	EXPECT(strstr(text,
		      word("zvmo_discard: koid=%llu pages=3\n", koid(fd))));
	EXPECT(strstr(text, "zvmo_reclaim: wanted="));
	EXPECT(strstr(text, " freed=3\n"));
	test_close(fd);
}
