// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - the machine around the cases
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"

#define CGROUP "/sys/fs/cgroup"
#define PARAMETERS "/sys/module/zvmo/parameters"
#define PAGEMAP_PRESENT (1ULL << 63)

bool guest_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 &&
		    write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

void guest_set_parameter(const char *name, const char *value)
{
	char path[160];

	snprintf(path, sizeof(path), PARAMETERS "/%s", name);
	if (!guest_write(path, value))
		FATAL("cannot write %s: %s", path, strerror(errno));
}

/**
 * guest_reclaim() - Have the kernel drop what shrinkers know of.
 */
void guest_reclaim(void)
{
	/* 4: do not tell in the log; 2: slab, and what counts as it. */
	ASSERT(guest_write("/proc/sys/vm/drop_caches", "4"));
	ASSERT(guest_write("/proc/sys/vm/drop_caches", "2"));
}

static void cgroup_path(char *path, size_t size, const char *group,
			const char *file)
{
	snprintf(path, size, CGROUP "/%s/%s", group, file);
}

bool cgroup_write(const char *group, const char *file, const char *text)
{
	char path[160];

	cgroup_path(path, sizeof(path), group, file);
	return guest_write(path, text);
}

/**
 * cgroup_read() - A number in a file of a group: the only one, or that of a key.
 */
uint64_t cgroup_read(const char *group, const char *file, const char *key)
{
	char path[160], name[64];
	uint64_t value = 0;
	FILE *stream;

	cgroup_path(path, sizeof(path), group, file);
	stream = fopen(path, "re");
	ASSERT(stream != NULL);
	if (!key)
		ASSERT_EQ(fscanf(stream, "%llu", (unsigned long long *)&value),
			  1);
	while (key &&
	       fscanf(stream, "%63s %llu", name,
		      (unsigned long long *)&value) == 2 &&
	       strcmp(name, key))
		;
	fclose(stream);
	return value;
}

/**
 * cgroup_create() - A new group, under a name of this case's own.
 */
void cgroup_create(const char *group, uint64_t max)
{
	char path[160], text[32];

	cgroup_path(path, sizeof(path), group, "");
	rmdir(path);
	if (!cgroup_write(".", "cgroup.subtree_control", "+memory"))
		SKIP("no memory controller");
	ASSERT_EQ(mkdir(path, 0700), 0);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)max);
	ASSERT(cgroup_write(group, "memory.max", text));
	cgroup_write(group, "memory.swap.max", "0");
}

void cgroup_enter(const char *group)
{
	ASSERT(cgroup_write(group, "cgroup.procs", "0"));
}

/**
 * cgroup_remove_all() - Remove what cases left, and give the controller back.
 */
void cgroup_remove_all(void)
{
	char path[300];
	struct dirent *entry;
	DIR *dir = opendir(CGROUP);

	ASSERT(dir != NULL);
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, "zvmo-", 5))
			continue;
		cgroup_path(path, sizeof(path), entry->d_name, "");
		rmdir(path);
	}
	closedir(dir);
	cgroup_write(".", "cgroup.subtree_control", "-memory");
}

/**
 * guest_mapped() - How many pages from there on are in the page tables.
 */
unsigned long guest_mapped(const void *address, uint64_t pages)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	unsigned long nr = 0;
	uint64_t page, entry;

	ASSERT_GE(fd, 0);
	for (page = 0; page < pages; page++) {
		ASSERT_EQ(pread(fd, &entry, sizeof(entry),
				((uintptr_t)address / PAGE + page) *
					sizeof(entry)),
			  sizeof(entry));
		nr += !!(entry & PAGEMAP_PRESENT);
	}
	close(fd);
	return nr;
}

bool guest_is_mapped(const void *address)
{
	return guest_mapped(address, 1);
}

static long faults(void)
{
	struct rusage usage;

	ASSERT_EQ(getrusage(RUSAGE_THREAD, &usage), 0);
	return usage.ru_minflt + usage.ru_majflt;
}

static long __attribute__((noinline))
faults_to_touch(char *map, uint64_t pages, bool write)
{
	long before = faults();
	uint64_t page;

	for (page = 0; page < pages; page++) {
		volatile uint64_t *word = (uint64_t *)(map + page * PAGE);

		if (write)
			*word = page;
		else
			(void)*word;
	}
	return faults() - before;
}

/* The first time, the code itself may fault. */
static long faults_to_touch_warm(void *map, uint64_t pages, bool write)
{
	static uint64_t word;

	faults_to_touch((char *)&word, 1, write);
	return faults_to_touch(map, pages, write);
}

/**
 * guest_faults_to_read() - How many faults it takes to read a word of each page.
 */
long guest_faults_to_read(void *map, uint64_t pages)
{
	return faults_to_touch_warm(map, pages, false);
}

/**
 * guest_faults_to_write() - Likewise, to write the page's number there.
 */
long guest_faults_to_write(void *map, uint64_t pages)
{
	return faults_to_touch_warm(map, pages, true);
}

/**
 * guest_kernel_is_before() - Is the kernel older than a version?
 */
bool guest_kernel_is_before(unsigned int major, unsigned int minor)
{
	unsigned int is_major, is_minor;
	struct utsname name;

	ASSERT_EQ(uname(&name), 0);
	ASSERT_EQ(sscanf(name.release, "%u.%u", &is_major, &is_minor), 2);
	return is_major < major || (is_major == major && is_minor < minor);
}
