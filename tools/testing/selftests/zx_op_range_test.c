// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - zx_vmo_op_range(): each operation's rights, ranges, effects
 */
#include <string.h>

#include "zx.h"

static zx_status_t op(zx_handle_t vmo, uint32_t op, uint64_t offset,
		      uint64_t size)
{
	return zx_vmo_op_range(vmo, op, offset, size, NULL, 0);
}

static uint64_t committed(zx_handle_t vmo)
{
	return zx_test_info(vmo).committed_bytes;
}

/* All operations but those that exist for discardable VMOs only. */
static const struct {
	uint32_t op;
	zx_rights_t right;
	bool hint; /* of which nothing is checked */
	bool not_empty;
} ops[] = {
	{ ZX_VMO_OP_COMMIT, ZX_RIGHT_WRITE, false, false },
	{ ZX_VMO_OP_DECOMMIT, ZX_RIGHT_WRITE, false, false },
	{ ZX_VMO_OP_ZERO, ZX_RIGHT_WRITE, false, false },
	{ ZX_VMO_OP_CACHE_SYNC, ZX_RIGHT_READ, false, true },
	{ ZX_VMO_OP_CACHE_CLEAN, ZX_RIGHT_READ, false, true },
	{ ZX_VMO_OP_CACHE_CLEAN_INVALIDATE, ZX_RIGHT_READ, false, true },
	{ ZX_VMO_OP_PREFETCH, ZX_RIGHT_READ, false, false },
	{ ZX_VMO_OP_DONT_NEED, 0, true, false },
	{ ZX_VMO_OP_ALWAYS_NEED, 0, true, false },
};

TEST(unknown_operations)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	static const uint32_t unknown[] = {
		0, 5, 15, 16, 0x80000001, UINT32_MAX
	};
	unsigned int i;

	for (i = 0; i < COUNT(unknown); i++) {
		test_context("op %#x", unknown[i]);
		EXPECT_ZX(op(vmo, unknown[i], 0, PAGE), INVALID_ARGS);
		/* Beats rights, ranges and kinds. */
		EXPECT_ZX(op(zx_test_with(vmo, 0), unknown[i], PAGE, PAGE),
			  INVALID_ARGS);
		EXPECT_ZX(op(zx_test_create(0, ZX_VMO_DISCARDABLE), unknown[i],
			     0, PAGE),
			  INVALID_ARGS);
	}
}

TEST(rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(ops); i++) {
		test_context("op %u", ops[i].op);
		EXPECT_ZX(op(zx_test_with(vmo, ops[i].right), ops[i].op, 0,
			     PAGE),
			  OK);
		if (!ops[i].right)
			continue;
		EXPECT_ZX(op(zx_test_without(vmo, ops[i].right), ops[i].op, 0,
			     PAGE),
			  ACCESS_DENIED);
		/* Beats a range outside. */
		EXPECT_ZX(op(zx_test_without(vmo, ops[i].right), ops[i].op, 0,
			     2 * PAGE),
			  ACCESS_DENIED);
	}
}

TEST(ranges)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(ops); i++) {
		uint32_t nr = ops[i].op;

		test_context("op %u", nr);
		if (ops[i].hint) {
			EXPECT_ZX(op(vmo, nr, 0, 3 * PAGE), OK);
			EXPECT_ZX(op(vmo, nr, UINT64_MAX, UINT64_MAX), OK);
			continue;
		}
		EXPECT_ZX(op(vmo, nr, 0, 2 * PAGE), OK);
		EXPECT_ZX(op(vmo, nr, 0, 3 * PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(vmo, nr, PAGE, 2 * PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(vmo, nr, 2 * PAGE, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(vmo, nr, -PAGE, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(vmo, nr, -PAGE, 2 * PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(vmo, nr, PAGE, -PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(vmo, nr, 2 * PAGE, 1), OUT_OF_RANGE);
	}
}

TEST(empty_ranges)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(ops); i++) {
		uint32_t nr = ops[i].op;

		test_context("op %u", nr);
		if (ops[i].not_empty) {
			EXPECT_ZX(op(vmo, nr, 0, 0), INVALID_ARGS);
			EXPECT_ZX(op(vmo, nr, PAGE, 0), INVALID_ARGS);
			continue;
		}
		EXPECT_ZX(op(vmo, nr, 0, 0), OK);
		EXPECT_ZX(op(vmo, nr, PAGE, 0), OK);
		if (!ops[i].hint)
			EXPECT_ZX(op(vmo, nr, PAGE + 1, 0), OUT_OF_RANGE);
	}
}

/* The buffer is for LOCK alone. */
TEST(buffer_not_looked_at)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(ops); i++) {
		test_context("op %u", ops[i].op);
		EXPECT_ZX(zx_vmo_op_range(vmo, ops[i].op, 0, PAGE,
					  zx_test_no_memory(), 7),
			  OK);
	}
}

/* COMMIT */

TEST(commit_rounds_out)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);

	EXPECT_ZX(op(vmo, ZX_VMO_OP_COMMIT, PAGE - 1, 2), OK);
	EXPECT_EQ(committed(vmo), 2 * PAGE);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_COMMIT, 0, 4 * PAGE), OK);
	EXPECT_EQ(committed(vmo), 4 * PAGE);
	EXPECT(zx_test_holds(vmo, 0, 4 * PAGE, 0));
}

TEST(commit_owns)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child;

	zx_test_fill(vmo, 0, 2 * PAGE, 1);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE);
	EXPECT_ZX(op(child, ZX_VMO_OP_COMMIT, 0, PAGE), OK);
	EXPECT_EQ(test_stats().pages, 3);
	EXPECT(zx_test_holds(child, 0, 2 * PAGE, 1));
	EXPECT_EQ(zx_test_info(child).committed_private_bytes, PAGE);
	EXPECT_EQ(zx_test_info(child).committed_scaled_bytes, PAGE + PAGE / 2);
}

TEST(commit_through_relatives)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0), child;

	child = zx_test_child(vmo, ZX_VMO_CHILD_SLICE, PAGE, 2 * PAGE);
	EXPECT_ZX(op(child, ZX_VMO_OP_COMMIT, 0, 3 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(child, ZX_VMO_OP_COMMIT, PAGE, PAGE), OK);
	EXPECT_EQ(committed(vmo), PAGE);
	child = zx_test_child(vmo, ZX_VMO_CHILD_REFERENCE, 0, 0);
	EXPECT_ZX(op(child, ZX_VMO_OP_COMMIT, 0, 4 * PAGE), OK);
	EXPECT_EQ(committed(vmo), 4 * PAGE);
}

TEST(commit_discarded)
{
	zx_handle_t vmo = zx_test_discarded(PAGE);

	EXPECT_ZX(op(vmo, ZX_VMO_OP_COMMIT, 0, PAGE), NOT_FOUND);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_COMMIT, 0, 2 * PAGE), OUT_OF_RANGE);
}

/* DECOMMIT */

TEST(decommit_frees)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);

	zx_test_fill(vmo, 0, 3 * PAGE, 1);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, PAGE, PAGE), OK);
	EXPECT_EQ(committed(vmo), 2 * PAGE);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 1));
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 2 * PAGE, PAGE, 1));
}

/* Range; empty; whose pages may be shared; alignment. */
TEST(decommit_order)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child;

	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 1, PAGE), INVALID_ARGS);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 0, 1), INVALID_ARGS);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 1, 2 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 1, 0), OK);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 1, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(op(child, ZX_VMO_OP_DECOMMIT, 1, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(op(child, ZX_VMO_OP_DECOMMIT, 1, 2 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(child, ZX_VMO_OP_DECOMMIT, 1, 0), OK);
}

TEST(decommit_where_shared)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child, slice;

	slice = zx_test_child(vmo, ZX_VMO_CHILD_SLICE, 0, PAGE);
	EXPECT_ZX(op(slice, ZX_VMO_OP_DECOMMIT, 0, PAGE), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE), OK);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, PAGE, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(op(slice, ZX_VMO_OP_DECOMMIT, 0, PAGE), NOT_SUPPORTED);
	/* No snapshot lives any more. */
	EXPECT_ZX(zx_handle_close(child), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, PAGE, PAGE), OK);
	/* A clone refuses, also when its parent is gone. */
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_handle_close(slice), OK);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_ZX(op(child, ZX_VMO_OP_DECOMMIT, 0, PAGE), NOT_SUPPORTED);
}

TEST(decommit_through_slice)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0), slice;

	zx_test_fill(vmo, 0, 3 * PAGE, 1);
	slice = zx_test_child(vmo, ZX_VMO_CHILD_SLICE, PAGE, PAGE);
	EXPECT_ZX(op(slice, ZX_VMO_OP_DECOMMIT, 0, PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 1));
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 2 * PAGE, PAGE, 1));
}

TEST(decommit_of_discardable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);
	zx_vmo_lock_state_t state;

	zx_test_fill(vmo, 0, PAGE, 1);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, PAGE, &state,
				  sizeof(state)),
		  OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 0));
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, PAGE), OK);
}

/* ZERO */

TEST(zero_to_the_byte)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);

	zx_test_fill(vmo, 0, 4 * PAGE, 1);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_ZERO, 5, 3 * PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, 5, 1));
	EXPECT(zx_test_holds(vmo, 5, 3 * PAGE, 0));
	EXPECT(zx_test_holds(vmo, 3 * PAGE + 5, PAGE - 5, 1));
	EXPECT_EQ(committed(vmo), 2 * PAGE);
}

TEST(zero_commits_nothing)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);

	EXPECT_ZX(op(vmo, ZX_VMO_OP_ZERO, 5, 2 * PAGE), OK);
	EXPECT_EQ(committed(vmo), 0);
}

TEST(zero_of_relatives)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), child, slice;

	zx_test_fill(vmo, 0, 2 * PAGE, 1);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE);
	/* The parent never shows through, and never changes. */
	EXPECT_ZX(op(child, ZX_VMO_OP_ZERO, 0, PAGE), OK);
	EXPECT(zx_test_holds(child, 0, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 0, 2 * PAGE, 1));
	EXPECT_ZX(op(vmo, ZX_VMO_OP_ZERO, PAGE, PAGE), OK);
	EXPECT(zx_test_holds(child, PAGE, PAGE, 1));
	EXPECT_EQ(test_stats().pages, 2);
	slice = zx_test_child(vmo, ZX_VMO_CHILD_SLICE, 0, PAGE);
	EXPECT_ZX(op(slice, ZX_VMO_OP_ZERO, 0, PAGE), OK);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 0));
}

TEST(zero_not_cached)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	ASSERT_ZX(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_ZERO, 0, PAGE), BAD_STATE);
}

/* LOCK, TRY_LOCK, UNLOCK */

static zx_status_t lock(zx_handle_t vmo, uint64_t offset, uint64_t size,
			zx_vmo_lock_state_t *state)
{
	memset(state, 0xee, sizeof(*state));
	return zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, offset, size, state,
			       sizeof(*state));
}

static const uint32_t lock_ops[] = { ZX_VMO_OP_LOCK, ZX_VMO_OP_TRY_LOCK,
				     ZX_VMO_OP_UNLOCK };

/* LOCK has a buffer, the others may have one. */
static zx_status_t lock_op(zx_handle_t vmo, uint32_t op, uint64_t offset,
			   uint64_t size)
{
	zx_vmo_lock_state_t state;

	return zx_vmo_op_range(vmo, op, offset, size, &state, sizeof(state));
}

TEST(lock_only_discardable)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(lock_ops); i++) {
		test_context("op %u", lock_ops[i]);
		EXPECT_ZX(lock_op(vmo, lock_ops[i], 0, PAGE), NOT_SUPPORTED);
		EXPECT_ZX(lock_op(zx_test_with(vmo, 0), lock_ops[i], 0, PAGE),
			  ACCESS_DENIED);
	}
}

TEST(lock_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);
	zx_handle_t reader = zx_test_with(vmo, ZX_RIGHT_READ);
	zx_handle_t writer = zx_test_with(vmo, ZX_RIGHT_WRITE);
	zx_handle_t neither = zx_test_without(vmo, ZX_RIGHTS_IO);
	unsigned int i;

	for (i = 0; i < COUNT(lock_ops); i++) {
		test_context("op %u", lock_ops[i]);
		EXPECT_ZX(lock_op(neither, lock_ops[i], 0, PAGE),
			  ACCESS_DENIED);
		EXPECT_ZX(lock_op(neither, lock_ops[i], 0, 1), ACCESS_DENIED);
		EXPECT_ZX(lock_op(reader, lock_ops[i], 0, PAGE), OK);
	}
	EXPECT_ZX(op(writer, ZX_VMO_OP_TRY_LOCK, 0, PAGE), OK);
	EXPECT_ZX(op(writer, ZX_VMO_OP_UNLOCK, 0, PAGE), OK);
}

TEST(lock_whole)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, ZX_VMO_DISCARDABLE);
	unsigned int i;

	for (i = 0; i < COUNT(lock_ops); i++) {
		uint32_t nr = lock_ops[i];

		test_context("op %u", nr);
		EXPECT_ZX(lock_op(vmo, nr, 0, 0), OUT_OF_RANGE);
		EXPECT_ZX(lock_op(vmo, nr, 0, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(lock_op(vmo, nr, PAGE, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(lock_op(vmo, nr, 0, 3 * PAGE), OUT_OF_RANGE);
		EXPECT_ZX(lock_op(vmo, nr, 1, 2 * PAGE), OUT_OF_RANGE);
		EXPECT_ZX(lock_op(vmo, nr, 0, UINT64_MAX), OUT_OF_RANGE);
	}
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, 2 * PAGE), BAD_STATE);
}

TEST(lock_counts)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE), copy;
	zx_vmo_lock_state_t state;

	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, PAGE), BAD_STATE);
	/* In the VMO, not in the handle. */
	copy = zx_test_with(vmo, ZX_RIGHT_SAME_RIGHTS);
	EXPECT_ZX(lock(copy, 0, PAGE, &state), OK);
	EXPECT_ZX(op(copy, ZX_VMO_OP_TRY_LOCK, 0, PAGE), OK);
	EXPECT_ZX(zx_handle_close(copy), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, PAGE), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, PAGE), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, PAGE), BAD_STATE);
}

TEST(lock_state)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, ZX_VMO_DISCARDABLE);
	zx_vmo_lock_state_t state;

	ASSERT_EQ(sizeof(state), 32);
	EXPECT_ZX(lock(vmo, 0, 2 * PAGE, &state), OK);
	EXPECT_EQ(state.offset, 0);
	EXPECT_EQ(state.size, 2 * PAGE);
	EXPECT_EQ(state.discarded_offset, 0);
	EXPECT_EQ(state.discarded_size, 0);
}

/* What fails leaves the VMO unlocked. */
TEST(lock_buffer)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);
	zx_vmo_lock_state_t state[2];

	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, PAGE, state, 31),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, PAGE, state, 0),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, PAGE, NULL, 32),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, PAGE,
				  zx_test_no_memory(), 32),
		  INVALID_ARGS);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, PAGE), BAD_STATE);
	EXPECT_ZX(zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, PAGE, state,
				  sizeof(state)),
		  OK);
}

TEST(lock_of_discarded)
{
	zx_handle_t vmo = zx_test_discarded(2 * PAGE);
	zx_vmo_lock_state_t state;

	EXPECT_ZX(op(vmo, ZX_VMO_OP_TRY_LOCK, 0, 2 * PAGE), UNAVAILABLE);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_TRY_LOCK, 0, 2 * PAGE), UNAVAILABLE);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_UNLOCK, 0, 2 * PAGE), BAD_STATE);
	/* These do nothing to that state. */
	EXPECT_ZX(op(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_ZERO, 0, PAGE), OK);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_TRY_LOCK, 0, 2 * PAGE), UNAVAILABLE);
	EXPECT_EQ(committed(vmo), 0);
	/* Locking always works, and tells. */
	EXPECT_ZX(lock(vmo, 0, 2 * PAGE, &state), OK);
	EXPECT_EQ(state.offset, 0);
	EXPECT_EQ(state.size, 2 * PAGE);
	EXPECT_EQ(state.discarded_offset, 0);
	EXPECT_EQ(state.discarded_size, 2 * PAGE);
	EXPECT(zx_test_holds(vmo, 0, 2 * PAGE, 0));
	/* Once. */
	EXPECT_ZX(lock(vmo, 0, 2 * PAGE, &state), OK);
	EXPECT_EQ(state.discarded_size, 0);
}

/* Operations that change nothing */

static void expect_nothing_changes(uint32_t number)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);

	test_context("op %u", number);
	zx_test_fill(vmo, PAGE, PAGE, 1);
	EXPECT_ZX(op(vmo, number, 0, 3 * PAGE), OK);
	EXPECT_ZX(op(vmo, number, 1, 3 * PAGE - 2), OK);
	EXPECT_ZX(op(vmo, number, 1, 1), OK);
	EXPECT_EQ(committed(vmo), PAGE);
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 1));
}

TEST(cache_commits_nothing)
{
	expect_nothing_changes(ZX_VMO_OP_CACHE_SYNC);
	expect_nothing_changes(ZX_VMO_OP_CACHE_CLEAN);
	expect_nothing_changes(ZX_VMO_OP_CACHE_CLEAN_INVALIDATE);
}

TEST(hints_change_nothing)
{
	expect_nothing_changes(ZX_VMO_OP_DONT_NEED);
	expect_nothing_changes(ZX_VMO_OP_ALWAYS_NEED);
	expect_nothing_changes(ZX_VMO_OP_PREFETCH);
}

/* CACHE_INVALIDATE */

/* Unless the system allows it, which beats everything but an unknown op. */
TEST(cache_invalidate)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(op(vmo, ZX_VMO_OP_CACHE_INVALIDATE, 0, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(op(vmo, ZX_VMO_OP_CACHE_INVALIDATE, 0, 2 * PAGE),
		  NOT_SUPPORTED);
	EXPECT_ZX(op(zx_test_with(vmo, 0), ZX_VMO_OP_CACHE_INVALIDATE, 0, PAGE),
		  NOT_SUPPORTED);
}
