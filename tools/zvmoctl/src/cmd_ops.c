// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl zero, commit, decommit, resize, lock, unlock, name: change a VMO
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "commands.h"
#include "genl.h"
#include "made.h"
#include "number.h"
#include "object.h"
#include "output.h"
#include "range.h"

static const struct option_row range_options[] = { RANGE_OPTIONS, {} };

static enum status run_range(uint32_t op, const char *object)
{
	int fd = object_open(object);
	struct range range = range_of(fd, false);

	object_check(zvmo_op_range(fd, op, range.offset, range.length), object);
	made_output(fd);
	return STATUS_DONE;
}

static enum status run_zero(int count, char **arguments)
{
	return run_range(ZVMO_OP_ZERO, arguments[0]);
}

const struct command command_zero = {
	.name = "zero",
	.arguments = "OBJECT",
	.text = "Make a part of a VMO zero, and free its pages",
	.examples = "  zvmoctl zero --offset 4K --length 8K scratch\n",
	.options = range_options,
	.least = 1,
	.most = 1,
	.run = run_zero,
};

static enum status run_commit(int count, char **arguments)
{
	return run_range(ZVMO_OP_COMMIT, arguments[0]);
}

const struct command command_commit = {
	.name = "commit",
	.arguments = "OBJECT",
	.text = "Give a part of a VMO pages of its own",
	.examples = "  zvmoctl commit scratch\n",
	.options = range_options,
	.least = 1,
	.most = 1,
	.run = run_commit,
};

static enum status run_decommit(int count, char **arguments)
{
	return run_range(ZVMO_OP_DECOMMIT, arguments[0]);
}

const struct command command_decommit = {
	.name = "decommit",
	.arguments = "OBJECT",
	.text = "Free the pages of a part of a VMO that has no snapshots",
	.examples = "  zvmoctl decommit --offset 4K --length 8K scratch\n",
	.options = range_options,
	.least = 1,
	.most = 1,
	.run = run_decommit,
};

static bool of_stream;

static const struct option_row resize_options[] = {
	{ 's', "stream", OPTION_FLAG, &of_stream, NULL,
	  "the stream size only, not the size" },
	{}
};

static enum status run_resize(int count, char **arguments)
{
	int fd = object_open(arguments[0]);
	uint64_t size;
	int err;

	if (!size_parse(arguments[1], &size))
		usage_error("%s is no size", arguments[1]);
	err = of_stream ? zvmo_set_stream_size(fd, size) :
			  zvmo_set_size(fd, size);
	/* Not a matter of permission. */
	if (err == -EPERM)
		fail_with(STATUS_FAILED, "%s: not resizable", arguments[0]);
	object_check(err, arguments[0]);
	made_output(fd);
	return STATUS_DONE;
}

const struct command command_resize = {
	.name = "resize",
	.arguments = "OBJECT SIZE",
	.text = "Change the size of a resizable VMO",
	.examples = "  zvmoctl resize log 2M\n"
		    "  zvmoctl resize --stream scratch 100\n",
	.options = resize_options,
	.least = 2,
	.most = 2,
	.run = run_resize,
};

/* Locks are those of the VMO, so they outlive the command. */

static bool only_try;

static const struct option_row lock_options[] = {
	{ 't', "try", OPTION_FLAG, &only_try, NULL,
	  "fail if the content was discarded" },
	{}
};

/* Elsewhere ESTALE is of streams. */
static void try_lock(int fd, uint64_t size, const char *object)
{
	int err = zvmo_try_lock(fd, size);

	object_check(err == -ESTALE ? -ENODATA : err, object);
}

static enum status run_lock(int count, char **arguments)
{
	int fd = object_open(arguments[0]);
	uint64_t size = object_info(fd).size;
	struct zvmo_lock_state state = {};

	if (only_try)
		try_lock(fd, size, arguments[0]);
	else
		object_check(zvmo_lock(fd, size, &state), arguments[0]);
	output_record_begin();
	output_bool("discarded", state.discarded_size);
	output_number("lock-count", object_info(fd).lock_count);
	output_record_end();
	return STATUS_DONE;
}

const struct command command_lock = {
	.name = "lock",
	.arguments = "OBJECT",
	.text = "Lock a discardable VMO, and say whether its content was discarded",
	.examples = "  zvmoctl lock cache\n"
		    "  zvmoctl lock --try cache || refill cache\n",
	.options = lock_options,
	.least = 1,
	.most = 1,
	.run = run_lock,
};

static enum status run_unlock(int count, char **arguments)
{
	int fd = object_open(arguments[0]);

	object_check(zvmo_unlock(fd, object_info(fd).size), arguments[0]);
	made_output(fd);
	return STATUS_DONE;
}

const struct command command_unlock = {
	.name = "unlock",
	.arguments = "OBJECT",
	.text = "Unlock a discardable VMO: its content may be dropped",
	.examples = "  zvmoctl unlock cache\n",
	.least = 1,
	.most = 1,
	.run = run_unlock,
};

static void name_by_id(const char *id, const char *name)
{
	struct nl_msg *msg = genl_new(ZVMO_CMD_VMO_SET, 0);

	genl_put_u64(msg, ZVMO_A_VMO_ID, object_id(id));
	genl_put_string(msg, ZVMO_A_VMO_NAME, name);
	genl_request(msg, id, NULL, NULL);
}

static enum status run_name(int count, char **arguments)
{
	const char *object = arguments[0];
	int fd;

	if (strlen(arguments[1]) >= ZVMO_NAME_LEN)
		usage_error("a name has at most %d bytes", ZVMO_NAME_LEN - 1);
	if (strspn(object, "0123456789") == strlen(object)) {
		name_by_id(object, arguments[1]);
		return STATUS_DONE;
	}
	fd = object_open(object);
	object_check(zvmo_set_name(fd, arguments[1]), object);
	made_output(fd);
	return STATUS_DONE;
}

const struct command command_name = {
	.name = "name",
	.arguments = "ID TEXT",
	.text = "Change the name of a VMO, which list shows",
	.details = "\nBy number this needs CAP_SYS_ADMIN.",
	.examples = "  zvmoctl name golden 'disk of Monday'\n"
		    "  zvmoctl name 1042 lost\n",
	.least = 2,
	.most = 2,
	.run = run_name,
};
