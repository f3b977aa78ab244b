/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: selftests - the ioctls as functions, nothing between them and the module
 *
 * Each returns what the ioctl does, or an errno with its sign changed.
 */
#ifndef _ZVMO_OPS_H
#define _ZVMO_OPS_H

#include "harness.h"

int ioc(int fd, unsigned int command, void *argument);

int ioc_read(int fd, uint64_t offset, void *buffer, uint64_t length);
int ioc_write(int fd, uint64_t offset, const void *buffer, uint64_t length);
int ioc_set_stream_size(int fd, uint64_t size);
int ioc_op(int fd, uint32_t op, uint64_t offset, uint64_t length);
int ioc_set_cache_policy(int fd, uint32_t policy);
int ioc_transfer(int fd, uint64_t offset, uint64_t length, int source,
		 uint64_t source_offset);
int ioc_restore(int fd, int source, uint64_t offset, uint64_t end);
int ioc_map_range(int fd, uint32_t flags, const void *address, uint64_t length);
int ioc_set_priority(int fd, uint32_t priority, const void *address,
		     uint64_t length);
int ioc_duplicate(int fd, uint32_t flags, uint32_t rights);

/* Of the whole VMO, as they have to be. */
int ioc_lock(int fd, struct zvmo_lock_state *state);
int ioc_try_lock(int fd);
int ioc_unlock(int fd);

/* What is there, beyond the stream size too. */
bool ioc_holds_at(struct test_place place, int fd, uint64_t offset,
		  uint64_t size, uint8_t byte);
void ioc_fill_at(struct test_place place, int fd, uint64_t offset,
		 uint64_t size, uint8_t byte);
#define ioc_holds(...) ioc_holds_at(TEST_PLACE(ASSERT), __VA_ARGS__)
#define ioc_fill(...) ioc_fill_at(TEST_PLACE(ASSERT), __VA_ARGS__)

/* What operations that change no content are tried on. */
int half_filled(void);
void expect_half_filled(int fd);

#endif /* _ZVMO_OPS_H */
