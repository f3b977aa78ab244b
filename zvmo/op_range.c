// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: operations on a range of a VMO (Zircon: zx_vmo_op_range)
 *
 * One table row for each ZVMO_OP_*: who may do it, on which ranges, and what it
 * calls. Checks come in the order that uapi/linux/zvmo.h documents.
 */
#include <linux/nospec.h>
#include <linux/overflow.h>

#include "cache.h"
#include "discard.h"
#include "op_range.h"

/* The arguments, and the range in the content object, in bytes. */
struct range_call {
	struct zvmo *vmo;
	const struct zvmo_op_range *args;
	u64 start;
	u64 end;
};

static int op_commit(const struct range_call *call)
{
	if (!call->args->length)
		return 0;
	return zvmo_cow_commit(call->vmo->cow, call->start, call->end);
}

static int op_decommit(const struct range_call *call)
{
	const struct zvmo_op_range *args = call->args;

	if (!args->length)
		return 0;
	if (zvmo_cow_may_share(call->vmo->cow))
		return -EOPNOTSUPP;
	if ((args->offset | args->length) % PAGE_SIZE)
		return -EINVAL;
	return zvmo_cow_decommit(call->vmo->cow, call->start, call->end);
}

static int op_zero(const struct range_call *call)
{
	return zvmo_cow_zero(call->vmo->cow, call->start, call->end);
}

static int op_lock(const struct range_call *call)
{
	const struct zvmo_op_range *args = call->args;

	if (call->vmo->cow->family->discard &&
	    args->buffer_size < sizeof(struct zvmo_lock_state))
		return -EINVAL;
	return zvmo_discard_lock(call->vmo->cow, args->offset, args->length,
				 u64_to_user_ptr(args->buffer));
}

static int op_try_lock(const struct range_call *call)
{
	return zvmo_discard_try_lock(call->vmo->cow, call->args->offset,
				     call->args->length);
}

static int op_unlock(const struct range_call *call)
{
	return zvmo_discard_unlock(call->vmo->cow, call->args->offset,
				   call->args->length);
}

static int op_cache(const struct range_call *call)
{
	return zvmo_cache_op(call->vmo->cow, call->args->op, call->start,
			     call->end);
}

/* Hints for content that can be fetched again; anonymous content cannot. */
static int op_nothing(const struct range_call *call)
{
	return 0;
}

enum range_check {
	RANGE_INSIDE, /* the VMO, else ERANGE */
	RANGE_NOT_EMPTY, /* else EINVAL; and inside */
	RANGE_ANY, /* or checked by the call */
};

/**
 * struct range_op - One ZVMO_OP_*.
 * @rights: Any of these is enough; 0: none is needed.
 * @range: Which ranges it takes.
 * @call: Does it.
 */
struct range_op {
	u32 rights;
	enum range_check range;
	int (*call)(const struct range_call *call);
};

#define RIGHTS_LOCK (ZVMO_RIGHT_READ | ZVMO_RIGHT_WRITE)

/* clang-format off */
static const struct range_op range_ops[] = {
	[ZVMO_OP_COMMIT] = { ZVMO_RIGHT_WRITE, RANGE_INSIDE, op_commit },
	[ZVMO_OP_DECOMMIT] = { ZVMO_RIGHT_WRITE, RANGE_INSIDE, op_decommit },
	[ZVMO_OP_LOCK] = { RIGHTS_LOCK, RANGE_ANY, op_lock },
	[ZVMO_OP_UNLOCK] = { RIGHTS_LOCK, RANGE_ANY, op_unlock },
	[ZVMO_OP_CACHE_SYNC] = { ZVMO_RIGHT_READ, RANGE_NOT_EMPTY, op_cache },
	[ZVMO_OP_CACHE_INVALIDATE] = { ZVMO_RIGHT_WRITE, RANGE_NOT_EMPTY, op_cache },
	[ZVMO_OP_CACHE_CLEAN] = { ZVMO_RIGHT_READ, RANGE_NOT_EMPTY, op_cache },
	[ZVMO_OP_CACHE_CLEAN_INVALIDATE] = { ZVMO_RIGHT_READ, RANGE_NOT_EMPTY, op_cache },
	[ZVMO_OP_ZERO] = { ZVMO_RIGHT_WRITE, RANGE_INSIDE, op_zero },
	[ZVMO_OP_TRY_LOCK] = { RIGHTS_LOCK, RANGE_ANY, op_try_lock },
	[ZVMO_OP_DONT_NEED] = { 0, RANGE_ANY, op_nothing },
	[ZVMO_OP_ALWAYS_NEED] = { 0, RANGE_ANY, op_nothing },
	[ZVMO_OP_PREFETCH] = { ZVMO_RIGHT_READ, RANGE_INSIDE, op_nothing },
};
/* clang-format on */

/**
 * zvmo_op_range() - Do something to a range of a VMO.
 * @vmo: The VMO.
 * @rights: Rights of the handle that was used.
 * @args: As ZVMO_IOC_OP_RANGE documents.
 *
 * Context: May sleep and fault. Takes and releases cow->lock.
 * Return: 0 or a negative errno as documented there.
 */
int zvmo_op_range(struct zvmo *vmo, u32 rights,
		  const struct zvmo_op_range *args)
{
	struct range_call call = {
		.vmo = vmo,
		.args = args,
		.start = ((u64)vmo->first << PAGE_SHIFT) + args->offset,
	};
	const struct range_op *op;
	u64 end;

	if (args->op >= ARRAY_SIZE(range_ops) || !range_ops[args->op].call)
		return -EINVAL;
	op = &range_ops[array_index_nospec(args->op, ARRAY_SIZE(range_ops))];
	if (args->op == ZVMO_OP_CACHE_INVALIDATE &&
	    !zvmo_cache_may_invalidate())
		return -EOPNOTSUPP;
	if (op->rights && !(rights & op->rights))
		return -EACCES;
	if (op->range == RANGE_NOT_EMPTY && !args->length)
		return -EINVAL;
	if (op->range != RANGE_ANY &&
	    (check_add_overflow(args->offset, args->length, &end) ||
	     end > zvmo_size(vmo)))
		return -ERANGE;
	call.end = call.start + args->length;
	return op->call(&call);
}
