// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: how much memory is used
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <unistd.h>

#include "memory.h"

/* Find "@name NUMBER" or "@name: NUMBER" in @path. */
static bool read_field(const char *path, const char *name, int64_t *value)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(name);
	char line[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, name, length) &&
			sscanf(line + length, "%*[: ]%" SCNd64, value) == 1;
	if (file)
		fclose(file);
	return found;
}

static int64_t read_meminfo(const char *name)
{
	int64_t kib = 0;

	read_field("/proc/meminfo", name, &kib);
	return kib * 1024;
}

/*
 * Free pages that a processor keeps for itself: up to tens of MiB, which
 * MemAvailable leaves out.
 */
static int64_t read_cpu_lists(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	int64_t pages = 0, count;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %" SCNd64, &count) == 1)
			pages += count;
	if (file)
		fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static bool read_counter(const char *name, int64_t *value)
{
	return read_field("/sys/kernel/debug/zvmo/stats", name, value);
}

/**
 * memory_read() - Get the figures of now.
 * @memory: Filled.
 */
void memory_read(struct memory *memory)
{
	*memory = (struct memory){ .counted = false };
	memory->available = read_meminfo("MemAvailable") + read_cpu_lists();
	memory->page_tables = read_meminfo("PageTables");
	memory->counted = read_counter("pages", &memory->pages) &&
			  read_counter("nodes", &memory->nodes) &&
			  read_counter("vmos", &memory->vmos);
}
