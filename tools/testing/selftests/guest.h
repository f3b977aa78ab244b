/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - the machine around the cases: kernel files, memory, tables
 *
 * What is set here is set for the whole machine and stays. A case that needs a
 * parameter sets it first.
 */
#ifndef _ZVMO_GUEST_H
#define _ZVMO_GUEST_H

#include "harness.h"

#define MIB (1024UL * 1024)

/* Whether the text could be written to an existing file. */
bool guest_write(const char *path, const char *text);

/* Whether the kernel is older than that version. */
bool guest_kernel_is_before(unsigned int major, unsigned int minor);

/* Parameters of the module. */
void guest_set_parameter(const char *name, const char *value);

/* Have the kernel drop what it can of caches that shrinkers know of. */
void guest_reclaim(void);

/* Memory cgroups, by name, below the root of cgroup2. */
bool cgroup_write(const char *group, const char *file, const char *text);
uint64_t cgroup_read(const char *group, const char *file, const char *key);
void cgroup_create(const char *group, uint64_t max);
void cgroup_enter(const char *group);
void cgroup_remove_all(void);

/* This process's page tables and faults. */
bool guest_is_mapped(const void *address);
unsigned long guest_mapped(const void *address, uint64_t pages);
long guest_faults_to_read(void *map, uint64_t pages);
long guest_faults_to_write(void *map, uint64_t pages);

#endif /* _ZVMO_GUEST_H */
