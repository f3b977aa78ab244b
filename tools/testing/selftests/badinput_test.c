// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - wrong arguments: the documented error, and nothing changes
 *
 * "Nothing" is what the VMOs contain and tell about themselves, the module's
 * counters, and the descriptors of this process.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

#define PAGES 3 /* of the VMOs here */

/* Every structure; each begins with its size. */
union argument {
	uint32_t argsz;
	struct zvmo_create create;
	struct zvmo_create_child create_child;
	struct zvmo_info info;
	struct zvmo_set_size set_size;
	struct zvmo_op_range op_range;
	struct zvmo_name name;
	struct zvmo_duplicate duplicate;
	struct zvmo_diff diff;
	struct zvmo_set_cache_policy set_cache_policy;
	struct zvmo_transfer transfer;
	struct zvmo_restore restore;
	struct zvmo_map_range map_range;
	struct zvmo_set_priority set_priority;
	struct zvmo_range_info range_info;
	struct zvmo_rw rw;
};

/* VMOs to do things to, and how they were. */
struct scene {
	int device;
	int fd;
	int child;
	int plain; /* one without relatives */
	char *map; /* of fd */
	struct zvmo_info info[2];
	struct test_stats stats;
	unsigned int open_fds;
	struct zvmo_diff_range ranges[4];
	uint8_t buffer[64];
};

static struct scene scene;

static void scene_begin(void)
{
	scene.device = zvmo_open();
	ASSERT_GE(scene.device, 0);
	scene.fd = test_create(PAGES * PAGE, ZVMO_RESIZABLE);
	test_fill(scene.fd, PAGE, 2 * PAGE, 0x5a);
	ASSERT_EQ(zvmo_set_name(scene.fd, "scene"), 0);
	scene.child = test_snapshot(scene.fd);
	test_fill(scene.child, PAGE, PAGE, 0xa5);
	scene.plain = test_create(PAGE, 0);
	scene.map =
		test_map(scene.fd, 0, PAGES * PAGE, PROT_READ | PROT_WRITE, 0);
	memset(scene.buffer, 0x5a, sizeof(scene.buffer));
	scene.info[0] = test_info(scene.fd);
	scene.info[1] = test_info(scene.child);
	scene.stats = test_stats();
	scene.open_fds = test_open_fds();
}

/* Nothing has changed. */
static void scene_check(void)
{
	struct zvmo_info info = test_info(scene.fd);
	struct test_stats stats = test_stats();

	EXPECT_MEMEQ(&info, &scene.info[0], sizeof(info));
	info = test_info(scene.child);
	EXPECT_MEMEQ(&info, &scene.info[1], sizeof(info));
	EXPECT_MEMEQ(&stats, &scene.stats, sizeof(stats));
	EXPECT(test_holds(scene.fd, 0, PAGE, 0));
	EXPECT(test_holds(scene.fd, PAGE, 2 * PAGE, 0x5a));
	EXPECT(test_holds(scene.child, 0, PAGE, 0));
	EXPECT(test_holds(scene.child, PAGE, PAGE, 0xa5));
	EXPECT(test_holds(scene.child, 2 * PAGE, PAGE, 0x5a));
	EXPECT(test_holds(scene.plain, 0, PAGE, 0));
	EXPECT_EQ(test_open_fds(), scene.open_fds);
}

static long call(int fd, unsigned long command, const void *argument)
{
	long result = ioctl(fd, command, argument);

	return result < 0 ? -errno : result;
}

/* Arguments that work, as a base for those that do not */

static void make_create(union argument *argument)
{
	argument->create.size = PAGE;
}

static void make_create_child(union argument *argument)
{
	argument->create_child.options = ZVMO_CHILD_SNAPSHOT;
	argument->create_child.size = PAGE;
}

static void make_nothing(union argument *argument)
{
	(void)argument;
}

static void make_set_size(union argument *argument)
{
	argument->set_size.size = PAGES * PAGE;
}

static void make_op_range(union argument *argument)
{
	argument->op_range.op = ZVMO_OP_COMMIT;
	argument->op_range.offset = PAGE;
	argument->op_range.length = PAGE;
}

static void make_name(union argument *argument)
{
	strcpy(argument->name.name, "scene");
}

static void make_duplicate(union argument *argument)
{
	argument->duplicate.rights = ZVMO_RIGHT_SAME_RIGHTS;
}

static void make_diff(union argument *argument)
{
	argument->diff.other = scene.child;
	argument->diff.end = PAGES * PAGE;
	argument->diff.ranges = (uintptr_t)scene.ranges;
	argument->diff.capacity = COUNT(scene.ranges);
}

static void make_set_cache_policy(union argument *argument)
{
	argument->set_cache_policy.policy = ZVMO_CACHE_POLICY_CACHED;
}

/* A range onto itself, and back to itself: nothing changes. */
static void make_transfer(union argument *argument)
{
	argument->transfer.source = scene.fd;
	argument->transfer.length = PAGES * PAGE;
}

static void make_restore(union argument *argument)
{
	argument->restore.source = scene.fd;
	argument->restore.end = PAGES * PAGE;
}

static void make_map_range(union argument *argument)
{
	argument->map_range.address = (uintptr_t)scene.map;
	argument->map_range.length = PAGES * PAGE;
}

static void make_set_priority(union argument *argument)
{
	argument->set_priority.priority = ZVMO_PRIORITY_DEFAULT;
	argument->set_priority.address = (uintptr_t)scene.map;
	argument->set_priority.length = PAGES * PAGE;
}

static void make_range_info(union argument *argument)
{
	argument->range_info.length = PAGES * PAGE;
}

/* What is there already. */
static void make_rw(union argument *argument)
{
	argument->rw.offset = PAGE;
	argument->rw.length = sizeof(scene.buffer);
	argument->rw.buffer = (uintptr_t)scene.buffer;
}

enum command_of { DEVICE, RELATED, PLAIN };

/**
 * struct command - One ioctl.
 * @name: Its name.
 * @number: Its number.
 * @of: What it is done to: scene.device, scene.fd or scene.plain.
 * @returns_fd: It returns a descriptor.
 * @writes: It writes to its argument.
 * @needs_right: It asks for one.
 * @least: Size of the first version of its structure.
 * @size: Size of its structure.
 * @make: Fill in arguments that work.
 */
static const struct command {
	const char *name;
	unsigned int number;
	enum command_of of;
	bool returns_fd;
	bool writes;
	bool needs_right;
	size_t least;
	size_t size;
	void (*make)(union argument *argument);
} commands[] = {
	{
		.name = "CREATE",
		.number = ZVMO_IOC_CREATE,
		.of = DEVICE,
		.returns_fd = true,
		.needs_right = true,
		.least = ZVMO_CREATE_SIZE_VER0,
		.size = sizeof(struct zvmo_create),
		.make = make_create,
	},
	{
		.name = "CREATE_CHILD",
		.number = ZVMO_IOC_CREATE_CHILD,
		.of = RELATED,
		.returns_fd = true,
		.needs_right = true,
		.least = ZVMO_CREATE_CHILD_SIZE_VER0,
		.size = sizeof(struct zvmo_create_child),
		.make = make_create_child,
	},
	{
		.name = "GET_INFO",
		.number = ZVMO_IOC_GET_INFO,
		.of = RELATED,
		.writes = true,
		.least = ZVMO_INFO_SIZE_VER0,
		.size = sizeof(struct zvmo_info),
		.make = make_nothing,
	},
	{
		.name = "SET_SIZE",
		.number = ZVMO_IOC_SET_SIZE,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_SET_SIZE_SIZE_VER0,
		.size = sizeof(struct zvmo_set_size),
		.make = make_set_size,
	},
	{
		.name = "OP_RANGE",
		.number = ZVMO_IOC_OP_RANGE,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_OP_RANGE_SIZE_VER0,
		.size = sizeof(struct zvmo_op_range),
		.make = make_op_range,
	},
	{
		.name = "GET_NAME",
		.number = ZVMO_IOC_GET_NAME,
		.of = RELATED,
		.writes = true,
		.needs_right = true,
		.least = ZVMO_NAME_SIZE_VER0,
		.size = sizeof(struct zvmo_name),
		.make = make_nothing,
	},
	{
		.name = "SET_NAME",
		.number = ZVMO_IOC_SET_NAME,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_NAME_SIZE_VER0,
		.size = sizeof(struct zvmo_name),
		.make = make_name,
	},
	{
		.name = "DUPLICATE",
		.number = ZVMO_IOC_DUPLICATE,
		.of = RELATED,
		.returns_fd = true,
		.needs_right = true,
		.least = ZVMO_DUPLICATE_SIZE_VER0,
		.size = sizeof(struct zvmo_duplicate),
		.make = make_duplicate,
	},
	{
		.name = "DIFF",
		.number = ZVMO_IOC_DIFF,
		.of = RELATED,
		.writes = true,
		.needs_right = true,
		.least = ZVMO_DIFF_SIZE_VER0,
		.size = sizeof(struct zvmo_diff),
		.make = make_diff,
	},
	{
		.name = "SET_STREAM_SIZE",
		.number = ZVMO_IOC_SET_STREAM_SIZE,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_SET_SIZE_SIZE_VER0,
		.size = sizeof(struct zvmo_set_size),
		.make = make_set_size,
	},
	{
		.name = "SET_CACHE_POLICY",
		.number = ZVMO_IOC_SET_CACHE_POLICY,
		.of = PLAIN,
		.needs_right = true,
		.least = ZVMO_SET_CACHE_POLICY_SIZE_VER0,
		.size = sizeof(struct zvmo_set_cache_policy),
		.make = make_set_cache_policy,
	},
	{
		.name = "TRANSFER",
		.number = ZVMO_IOC_TRANSFER,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_TRANSFER_SIZE_VER0,
		.size = sizeof(struct zvmo_transfer),
		.make = make_transfer,
	},
	{
		.name = "RESTORE",
		.number = ZVMO_IOC_RESTORE,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_RESTORE_SIZE_VER0,
		.size = sizeof(struct zvmo_restore),
		.make = make_restore,
	},
	{
		.name = "MAP_RANGE",
		.number = ZVMO_IOC_MAP_RANGE,
		.of = RELATED,
		.least = ZVMO_MAP_RANGE_SIZE_VER0,
		.size = sizeof(struct zvmo_map_range),
		.make = make_map_range,
	},
	{
		.name = "SET_PRIORITY",
		.number = ZVMO_IOC_SET_PRIORITY,
		.of = RELATED,
		.least = ZVMO_SET_PRIORITY_SIZE_VER0,
		.size = sizeof(struct zvmo_set_priority),
		.make = make_set_priority,
	},
	{
		.name = "GET_RANGE_INFO",
		.number = ZVMO_IOC_GET_RANGE_INFO,
		.of = RELATED,
		.writes = true,
		.least = ZVMO_RANGE_INFO_SIZE_VER0,
		.size = sizeof(struct zvmo_range_info),
		.make = make_range_info,
	},
	{
		.name = "READ",
		.number = ZVMO_IOC_READ,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_RW_SIZE_VER0,
		.size = sizeof(struct zvmo_rw),
		.make = make_rw,
	},
	{
		.name = "WRITE",
		.number = ZVMO_IOC_WRITE,
		.of = RELATED,
		.needs_right = true,
		.least = ZVMO_RW_SIZE_VER0,
		.size = sizeof(struct zvmo_rw),
		.make = make_rw,
	},
};

#define FOR_EACH_COMMAND(command)                                          \
	for ((command) = commands; (command) < commands + COUNT(commands); \
	     (command)++)

static int command_fd(const struct command *command)
{
	return command->of == DEVICE  ? scene.device :
	       command->of == RELATED ? scene.fd :
					scene.plain;
}

static union argument command_argument(const struct command *command)
{
	union argument argument;

	memset(&argument, 0, sizeof(argument));
	argument.argsz = command->size;
	command->make(&argument);
	return argument;
}

/* Expect that error, or success if 0; a new descriptor is closed again. */
static void expect_result(const struct command *command, const void *argument,
			  int expected)
{
	long result = call(command_fd(command), command->number, argument);

	if (expected)
		EXPECT_EQ(result, expected);
	else
		EXPECT_GE(result, 0);
	if (command->returns_fd && result >= 0)
		close(result);
}

/* Two pages, of which the second is not accessible. */
static char *edge_buffer(void)
{
	char *buffer = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(buffer != MAP_FAILED);
	ASSERT_EQ(mprotect(buffer + PAGE, PAGE, PROT_NONE), 0);
	return buffer;
}

TEST(layouts)
{
	const struct command *command;

	EXPECT_EQ(sizeof(struct zvmo_create), ZVMO_CREATE_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_create_child),
		  ZVMO_CREATE_CHILD_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_info), ZVMO_INFO_SIZE_VER1);
	EXPECT_EQ(sizeof(struct zvmo_set_size), ZVMO_SET_SIZE_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_op_range), ZVMO_OP_RANGE_SIZE_VER1);
	EXPECT_EQ(sizeof(struct zvmo_name), ZVMO_NAME_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_duplicate), ZVMO_DUPLICATE_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_diff), ZVMO_DIFF_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_set_cache_policy),
		  ZVMO_SET_CACHE_POLICY_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_transfer), ZVMO_TRANSFER_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_restore), ZVMO_RESTORE_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_map_range), ZVMO_MAP_RANGE_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_set_priority),
		  ZVMO_SET_PRIORITY_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_range_info), ZVMO_RANGE_INFO_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_rw), ZVMO_RW_SIZE_VER0);
	EXPECT_EQ(sizeof(struct zvmo_lock_state), 32);
	EXPECT_EQ(offsetof(struct zvmo_info, name), 72);
	EXPECT_EQ(offsetof(struct zvmo_info, share_count), ZVMO_INFO_SIZE_VER0);
	EXPECT_EQ(offsetof(struct zvmo_diff, ranges), 24);
	/* What is here for a base works. */
	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);

		test_context("%s", command->name);
		expect_result(command, &argument, 0);
	}
	scene_check();
}

TEST(size_too_small)
{
	const struct command *command;
	uint32_t size;

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		for (size = 0; size < command->size; size++) {
			union argument argument = command_argument(command);

			test_context("%s of %u", command->name, size);
			argument.argsz = size;
			expect_result(command, &argument,
				      size < command->least ? -EINVAL : 0);
		}
	}
	scene_check();
}

/* Of a later version: fine if it asks for nothing that is not known here. */
TEST(size_too_large)
{
	const struct command *command;
	char *buffer = edge_buffer();
	unsigned int more;

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);

		for (more = 1; more <= PAGE - command->size; more *= 3) {
			test_context("%s and %u", command->name, more);
			memset(buffer, 0, PAGE);
			argument.argsz = command->size + more;
			memcpy(buffer, &argument, command->size);
			expect_result(command, buffer, 0);
			if (command->number == ZVMO_IOC_GET_INFO)
				continue;
			memcpy(buffer, &argument, command->size);
			buffer[command->size + more - 1] = 1;
			expect_result(command, buffer, -E2BIG);
			memset(buffer + command->size, 0xff, more);
			expect_result(command, buffer, -E2BIG);
		}
	}
	scene_check();
}

/* A size that reaches into what is not accessible, or all around memory. */
TEST(size_huge)
{
	static const uint32_t sizes[] = { 0x2000,     0x10000,	  0x7fffffff,
					  0x80000000, 0xfffff000, 0xffffffff };
	const struct command *command;
	char *buffer = edge_buffer();
	unsigned int i;

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);

		if (command->number == ZVMO_IOC_GET_INFO)
			continue;
		for (i = 0; i < COUNT(sizes); i++) {
			test_context("%s of %#x", command->name, sizes[i]);
			argument.argsz = sizes[i];
			memset(buffer, 0, PAGE);
			memcpy(buffer, &argument, command->size);
			/* Not looked at: it is longer than a page. */
			expect_result(command, buffer, -E2BIG);
		}
	}
	scene_check();
}

TEST(argument_not_accessible)
{
	const struct command *command;
	char *buffer = edge_buffer();

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		const void *bad[] = { NULL,
				      (void *)8,
				      buffer + PAGE,
				      buffer + PAGE - 3,
				      (void *)-PAGE,
				      (void *)(1ULL << 63),
				      (void *)0xffffffff81000000,
				      (void *)0x800000000000 };
		unsigned int i;

		for (i = 0; i < COUNT(bad); i++) {
			test_context("%s at %p", command->name, bad[i]);
			expect_result(command, bad[i], -EFAULT);
		}
	}
	scene_check();
}

/* The size can be read, some of the rest cannot. */
TEST(argument_partly_accessible)
{
	const struct command *command;
	char *buffer = edge_buffer();

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);
		unsigned int part;

		for (part = 4; part < command->size; part += 4) {
			test_context("%u bytes of %s", part, command->name);
			memcpy(buffer + PAGE - part, &argument, part);
			expect_result(command, buffer + PAGE - part, -EFAULT);
		}
		memcpy(buffer + PAGE - command->size, &argument, command->size);
		expect_result(command, buffer + PAGE - command->size, 0);
	}
	scene_check();
}

TEST(argument_read_only)
{
	const struct command *command;
	char *buffer = edge_buffer();

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);

		test_context("%s", command->name);
		memcpy(buffer, &argument, command->size);
		ASSERT_EQ(mprotect(buffer, PAGE, PROT_READ), 0);
		expect_result(command, buffer, command->writes ? -EFAULT : 0);
		ASSERT_EQ(mprotect(buffer, PAGE, PROT_READ | PROT_WRITE), 0);
	}
	scene_check();
}

/* Of GET_INFO only the size is read, and no more than it says is written. */
TEST(info_sizes)
{
	struct {
		struct zvmo_info info;
		uint8_t more[64];
	} got;
	unsigned int more, i;

	scene_begin();
	for (more = 0; more <= sizeof(got.more); more += 8) {
		test_context("and %u", more);
		memset(&got, 0xee, sizeof(got));
		got.info.argsz = sizeof(got.info) + more;
		EXPECT_EQ(call(scene.fd, ZVMO_IOC_GET_INFO, &got), 0);
		EXPECT_MEMEQ(&got.info, &scene.info[0], sizeof(got.info));
		for (i = 0; i < sizeof(got.more); i++)
			EXPECT_EQ(got.more[i], 0xee);
	}
	scene_check();
}

/* Reserved members, bit by bit */

static void expect_reserved(const struct command *command, size_t offset)
{
	union argument argument;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		uint32_t value = 1U << bit;

		test_context("%s, bit %u at %zu", command->name, bit, offset);
		argument = command_argument(command);
		memcpy((char *)&argument + offset, &value, sizeof(value));
		expect_result(command, &argument, -EINVAL);
	}
}

TEST(reserved_members)
{
	const struct command *command;

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		switch (command->number) {
		case ZVMO_IOC_SET_SIZE:
		case ZVMO_IOC_SET_STREAM_SIZE:
			expect_reserved(command, offsetof(struct zvmo_set_size,
							  reserved));
			break;
		case ZVMO_IOC_GET_NAME:
		case ZVMO_IOC_SET_NAME:
			expect_reserved(command,
					offsetof(struct zvmo_name, reserved));
			break;
		case ZVMO_IOC_DUPLICATE:
			expect_reserved(command, offsetof(struct zvmo_duplicate,
							  reserved));
			break;
		case ZVMO_IOC_DIFF:
			expect_reserved(command,
					offsetof(struct zvmo_diff, reserved));
			break;
		case ZVMO_IOC_TRANSFER:
			expect_reserved(command, offsetof(struct zvmo_transfer,
							  reserved));
			break;
		case ZVMO_IOC_GET_RANGE_INFO:
			expect_reserved(command,
					offsetof(struct zvmo_range_info,
						 reserved));
			break;
		case ZVMO_IOC_READ:
		case ZVMO_IOC_WRITE:
			expect_reserved(command,
					offsetof(struct zvmo_rw, reserved));
			break;
		}
	}
	scene_check();
}

TEST(unknown_flags)
{
	const struct command *command;
	uint32_t bit;

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		for (bit = 1; bit; bit <<= 1) {
			union argument argument = command_argument(command);

			test_context("%s, bit %#x", command->name, bit);
			switch (command->number) {
			case ZVMO_IOC_CREATE:
				if (bit & (ZVMO_RESIZABLE | ZVMO_DISCARDABLE |
					   ZVMO_UNBOUNDED))
					continue;
				argument.create.options |= bit;
				break;
			case ZVMO_IOC_CREATE_CHILD:
				if (bit & 0xfd)
					continue;
				argument.create_child.options |= bit;
				break;
			case ZVMO_IOC_OP_RANGE:
				if (bit <= ZVMO_OP_PREFETCH)
					continue;
				argument.op_range.op = bit;
				break;
			case ZVMO_IOC_DUPLICATE:
				if (bit <= ZVMO_DUPLICATE_EXECUTABLE)
					continue;
				argument.duplicate.flags = bit;
				break;
			case ZVMO_IOC_SET_CACHE_POLICY:
				if (bit <= ZVMO_CACHE_POLICY_WRITE_COMBINING)
					continue;
				argument.set_cache_policy.policy = bit;
				break;
			case ZVMO_IOC_TRANSFER:
				argument.transfer.options = bit;
				break;
			case ZVMO_IOC_MAP_RANGE:
				if (bit == ZVMO_MAP_RANGE_WRITE)
					continue;
				argument.map_range.flags = bit;
				break;
			case ZVMO_IOC_SET_PRIORITY:
				if (bit == ZVMO_PRIORITY_HIGH)
					continue;
				argument.set_priority.priority = bit;
				break;
			default:
				continue;
			}
			expect_result(command, &argument, -EINVAL);
		}
	}
	scene_check();
}

/* Values that are misaligned, overflow or lie outside */

TEST(create_child_values)
{
	const struct {
		uint32_t options;
		uint64_t offset;
		uint64_t size;
		int error;
	} cases[] = {
		{ ZVMO_CHILD_SNAPSHOT, 1, PAGE, -EINVAL },
		{ ZVMO_CHILD_SNAPSHOT, PAGE - 1, PAGE, -EINVAL },
		{ ZVMO_CHILD_SNAPSHOT, PAGE / 2, PAGE, -EINVAL },
		{ ZVMO_CHILD_SNAPSHOT, 0, UINT64_MAX, -EFBIG },
		{ ZVMO_CHILD_SNAPSHOT, 0, ZVMO_SIZE_MAX + 1, -EFBIG },
		{ ZVMO_CHILD_SNAPSHOT, -(uint64_t)PAGE, PAGE, -EFBIG },
		{ ZVMO_CHILD_SNAPSHOT, -(uint64_t)PAGE, 2 * PAGE, -EFBIG },
		{ ZVMO_CHILD_SNAPSHOT, ZVMO_SIZE_MAX, 1, -EFBIG },
		{ ZVMO_CHILD_SLICE, 0, PAGE, -EOPNOTSUPP },
		{ ZVMO_CHILD_SLICE, 0, (PAGES + 1) * PAGE, -EINVAL },
		{ ZVMO_CHILD_SLICE, -(uint64_t)PAGE, 2 * PAGE, -EINVAL },
		{ ZVMO_CHILD_REFERENCE, PAGE, 0, -EINVAL },
		{ ZVMO_CHILD_REFERENCE, 0, 1, -EINVAL },
		{ ZVMO_CHILD_SNAPSHOT | ZVMO_CHILD_SLICE, 0, PAGE, -EINVAL },
		{ 0, 0, PAGE, -EINVAL },
	};
	unsigned int i;

	scene_begin();
	for (i = 0; i < COUNT(cases); i++) {
		test_context("case %u", i);
		EXPECT_EQ(zvmo_create_child(scene.fd, cases[i].options,
					    cases[i].offset, cases[i].size),
			  cases[i].error);
	}
	scene_check();
}

TEST(op_range_values)
{
	static const uint32_t ops[] = { ZVMO_OP_COMMIT, ZVMO_OP_DECOMMIT,
					ZVMO_OP_ZERO };
	const uint64_t ranges[][2] = {
		{ 0, PAGES * PAGE + 1 },    { PAGES * PAGE, 1 },
		{ PAGES * PAGE + 1, 0 },    { PAGE, UINT64_MAX },
		{ UINT64_MAX, 1 },	    { UINT64_MAX, 0 },
		{ UINT64_MAX, UINT64_MAX }, { -PAGE, 2 * PAGE },
		{ 1ULL << 63, 1ULL << 63 }, { PAGE, -PAGE },
		{ ZVMO_SIZE_MAX, PAGE },
	};
	unsigned int i, j;

	scene_begin();
	for (i = 0; i < COUNT(ops); i++) {
		for (j = 0; j < COUNT(ranges); j++) {
			test_context("op %u, range %u", ops[i], j);
			EXPECT_EQ(zvmo_op_range(scene.fd, ops[i], ranges[j][0],
						ranges[j][1]),
				  -ERANGE);
			EXPECT_EQ(zvmo_op_range(scene.child, ops[i],
						ranges[j][0], ranges[j][1]),
				  -ERANGE);
		}
	}
	/* Of a parent and a snapshot: refused before the alignment is seen. */
	EXPECT_EQ(zvmo_decommit(scene.fd, 1, 1), -EOPNOTSUPP);
	EXPECT_EQ(zvmo_decommit(scene.child, 0, PAGE), -EOPNOTSUPP);
	scene_check();
}

TEST(set_size_values)
{
	static const uint64_t sizes[] = { ZVMO_SIZE_MAX + 1, INT64_MAX,
					  1ULL << 63, UINT64_MAX - 4096,
					  UINT64_MAX };
	unsigned int i;

	scene_begin();
	for (i = 0; i < COUNT(sizes); i++)
		EXPECT_EQ(zvmo_set_size(scene.fd, sizes[i]), -EFBIG);
	EXPECT_EQ(zvmo_set_size(scene.child, PAGE), -EPERM);
	scene_check();
}

TEST(diff_values)
{
	const struct {
		uint64_t offset;
		uint64_t end;
		int error;
	} cases[] = {
		{ 1, PAGE, -EINVAL },
		{ 0, PAGE - 1, -EINVAL },
		{ 0, UINT64_MAX, -EINVAL },
		{ PAGE, 0, -ERANGE },
		{ 0, (PAGES + 1) * PAGE, -ERANGE },
		{ (PAGES + 1) * PAGE, (PAGES + 1) * PAGE, -ERANGE },
		{ -PAGE, 0, -ERANGE },
		{ 0, -PAGE, -ERANGE },
		{ -PAGE, -PAGE, -ERANGE },
	};
	struct zvmo_diff_range unchanged[COUNT(scene.ranges)];
	union argument argument;
	unsigned int i;

	scene_begin();
	memset(unchanged, 0x77, sizeof(unchanged));
	memset(scene.ranges, 0x77, sizeof(scene.ranges));
	for (i = 0; i < COUNT(cases); i++) {
		test_context("case %u", i);
		memset(&argument, 0, sizeof(argument));
		make_diff(&argument);
		argument.argsz = sizeof(argument.diff);
		argument.diff.offset = cases[i].offset;
		argument.diff.end = cases[i].end;
		EXPECT_EQ(call(scene.fd, ZVMO_IOC_DIFF, &argument),
			  cases[i].error);
		EXPECT_EQ(argument.diff.offset, cases[i].offset);
	}
	EXPECT_MEMEQ(scene.ranges, unchanged, sizeof(unchanged));
	scene_check();
}

static long diff_with(int other, void *ranges, uint32_t capacity)
{
	struct zvmo_diff diff = {
		.argsz = sizeof(diff),
		.other = other,
		.end = PAGES * PAGE,
		.ranges = (uintptr_t)ranges,
		.capacity = capacity,
	};

	return call(scene.fd, ZVMO_IOC_DIFF, &diff);
}

TEST(diff_pointers_and_descriptors)
{
	char *buffer = edge_buffer();
	int null, stranger, blind;

	scene_begin();
	EXPECT_EQ(diff_with(scene.child, NULL, 1), -EFAULT);
	EXPECT_EQ(diff_with(scene.child, buffer + PAGE, 1), -EFAULT);
	EXPECT_EQ(diff_with(scene.child, buffer + PAGE - 8, 1), -EFAULT);
	EXPECT_EQ(diff_with(scene.child, (void *)-PAGE, 1), -EFAULT);
	EXPECT_EQ(diff_with(scene.child, (void *)0xffffffff81000000, 1),
		  -EFAULT);
	EXPECT_EQ(diff_with(scene.child, buffer, 0), -EINVAL);
	EXPECT_EQ(diff_with(scene.child, buffer, UINT32_MAX), 1);
	ASSERT_EQ(mprotect(buffer, PAGE, PROT_READ), 0);
	EXPECT_EQ(diff_with(scene.child, buffer, 1), -EFAULT);
	/* Nothing differs, nothing is written. */
	EXPECT_EQ(diff_with(scene.fd, NULL, 1), 0);
	EXPECT_EQ(diff_with(-1, buffer, 1), -EBADF);
	EXPECT_EQ(diff_with(12345, buffer, 1), -EBADF);
	EXPECT_EQ(diff_with(INT32_MIN, buffer, 1), -EBADF);
	EXPECT_EQ(diff_with(scene.device, buffer, 1), -ENOTTY);
	scene_check();

	null = open("/dev/null", O_RDWR);
	EXPECT_EQ(diff_with(null, buffer, 1), -ENOTTY);
	stranger = test_create(PAGES * PAGE, 0);
	EXPECT_EQ(diff_with(stranger, buffer, 1), -EINVAL);
	blind = test_duplicate(scene.child, ZVMO_RIGHT_WRITE);
	EXPECT_EQ(diff_with(blind, buffer, 1), -EACCES);
	close(null);
	close(stranger);
	close(blind);
	scene_check();
}

/* Wrong descriptors and numbers */

TEST(wrong_descriptor)
{
	const struct command *command;
	int others[5], sockets[2];
	unsigned int i;

	scene_begin();
	others[0] = open("/dev/null", O_RDWR);
	others[1] = open("/proc/self/exe", O_RDONLY);
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	others[2] = sockets[0];
	others[3] = memfd_create("other", 0);
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);

		test_context("%s", command->name);
		others[4] = command->of == DEVICE ? scene.fd : scene.device;
		for (i = 0; i < 5; i++) {
			long result =
				call(others[i], command->number, &argument);

			/* Some answer so to what they do not know. */
			if (others[i] == sockets[0] && result == -EINVAL)
				continue;
			EXPECT_EQ(result, -ENOTTY);
		}
		EXPECT_EQ(call(-1, command->number, &argument), -EBADF);
		EXPECT_EQ(call(99999, command->number, &argument), -EBADF);
	}
	for (i = 0; i < 4; i++)
		close(others[i]);
	close(sockets[1]);
	scene_check();
}

TEST(unknown_numbers)
{
	static char buffer[0x4000];
	unsigned int nr, size;

	scene_begin();
	for (nr = 0; nr < 256; nr++) {
		test_context("number %u", nr);
		if (nr > _IOC_NR(ZVMO_IOC_KEEP)) {
			EXPECT_EQ(call(scene.fd, _IO(ZVMO_IOC_TYPE, nr),
				       buffer),
				  -ENOTTY);
		}
		if (nr > _IOC_NR(ZVMO_IOC_CREATE) &&
		    (nr < _IOC_NR(ZVMO_IOC_OPEN_KEPT) ||
		     nr > _IOC_NR(ZVMO_IOC_NEXT_KEPT))) {
			EXPECT_EQ(call(scene.device, _IO(ZVMO_IOC_TYPE, nr),
				       buffer),
				  -ENOTTY);
		}
		/* Of another type, none is known. */
		EXPECT_EQ(call(scene.fd, _IO(ZVMO_IOC_TYPE ^ 1, nr), buffer),
			  -ENOTTY);
		EXPECT_EQ(call(scene.device, _IO(ZVMO_IOC_TYPE ^ 1, nr),
			       buffer),
			  -ENOTTY);
	}
	EXPECT_EQ(call(scene.fd, ZVMO_IOC_VERSION, buffer), -ENOTTY);
	/* Nor with a direction, or a size. */
	for (nr = 0; nr < 24; nr++) {
		for (size = 0; size < 0x4000; size = size * 2 + 1) {
			unsigned int direction = _IOC_NONE;

			for (; direction <= (_IOC_READ | _IOC_WRITE);
			     direction++) {
				unsigned int number = _IOC(
					direction, ZVMO_IOC_TYPE, nr, size);

				if (number == _IO(ZVMO_IOC_TYPE, nr))
					continue;
				test_context("number %#x", number);
				EXPECT_EQ(call(scene.fd, number, buffer),
					  -ENOTTY);
				EXPECT_EQ(call(scene.device, number, buffer),
					  -ENOTTY);
			}
		}
	}
	scene_check();
}

/* Missing rights, and right ones in wrong structures */

TEST(missing_rights)
{
	const struct command *command;
	int none = -1;

	scene_begin();
	FOR_EACH_COMMAND(command)
	{
		union argument argument = command_argument(command);
		long expected = command->needs_right ? -EACCES : 0;

		if (command->of == DEVICE)
			continue;
		none = test_duplicate(command_fd(command), 0);
		test_context("%s", command->name);
		EXPECT_EQ(call(none, command->number, &argument), expected);
		test_close(none);
	}
	scene_check();
}

/* Names are cut, never overrun, whatever follows them. */
TEST(name_without_end)
{
	struct {
		struct zvmo_name name;
		char more[64];
	} set, got;
	int fd = test_create(0, 0);

	memset(&set, 'n', sizeof(set));
	set.name.argsz = sizeof(set.name);
	set.name.reserved = 0;
	EXPECT_EQ(call(fd, ZVMO_IOC_SET_NAME, &set), 0);
	memset(&got, 0, sizeof(got));
	got.name.argsz = sizeof(got.name);
	EXPECT_EQ(call(fd, ZVMO_IOC_GET_NAME, &got), 0);
	EXPECT_MEMEQ(got.name.name, set.name.name, ZVMO_NAME_LEN - 1);
	EXPECT_EQ(got.name.name[ZVMO_NAME_LEN - 1], 0);
	EXPECT_EQ(got.more[0], 0);
	/* What follows a NUL does not come along. */
	memcpy(set.name.name, "ab\0cd", 6);
	EXPECT_EQ(call(fd, ZVMO_IOC_SET_NAME, &set), 0);
	EXPECT_EQ(call(fd, ZVMO_IOC_GET_NAME, &got), 0);
	EXPECT_MEMEQ(got.name.name, "ab\0\0\0\0", 6);
}

/* Random calls */

#define FUZZ_SECONDS 5
#define FUZZ_FDS 24

struct fuzz {
	uint64_t random;
	int fds[FUZZ_FDS];
	char *edge;
};

static uint64_t fuzz_below(struct fuzz *fuzz, uint64_t limit)
{
	return test_random_below(&fuzz->random, limit);
}

/* Numbers at which something may go wrong. */
static uint64_t fuzz_number(struct fuzz *fuzz)
{
	const uint64_t numbers[] = { 0,		 1,	     PAGE,
				     64 * PAGE,	 512 * PAGE, ZVMO_SIZE_MAX,
				     INT64_MAX,	 UINT64_MAX, 1ULL << 63,
				     1ULL << 32, UINT32_MAX };
	uint64_t number = numbers[fuzz_below(fuzz, COUNT(numbers))];

	switch (fuzz_below(fuzz, 6)) {
	case 0:
		return number + fuzz_below(fuzz, 3) - 1;
	case 1:
		return number - PAGE + fuzz_below(fuzz, 3) * PAGE;
	case 2:
		return test_random(&fuzz->random) >> fuzz_below(fuzz, 64);
	case 3:
		return number;
	default:
		return fuzz_below(fuzz, 40) * PAGE;
	}
}

static uint32_t fuzz_bits(struct fuzz *fuzz)
{
	switch (fuzz_below(fuzz, 4)) {
	case 0:
		return test_random(&fuzz->random);
	case 1:
		return 1U << fuzz_below(fuzz, 32);
	default:
		return fuzz_below(fuzz, 2) ? 1U << fuzz_below(fuzz, 8) :
					     fuzz_below(fuzz, 256);
	}
}

static int fuzz_fd(struct fuzz *fuzz)
{
	return fuzz->fds[fuzz_below(fuzz, FUZZ_FDS)];
}

static char *fuzz_buffer(struct fuzz *fuzz)
{
	return fuzz->edge + fuzz_below(fuzz, PAGE + 100);
}

/* Mostly a structure that could be right. */
static void fuzz_argument(struct fuzz *fuzz, const struct command *command,
			  union argument *argument)
{
	uint32_t *words = (uint32_t *)argument;
	uint64_t value;
	unsigned int i;

	*argument = command_argument(command);
	for (i = 1; i < command->size / 4; i++) {
		if (!fuzz_below(fuzz, 12))
			words[i] = fuzz_bits(fuzz);
	}
	for (i = 2; i + 1 < command->size / 4; i += 2) {
		if (fuzz_below(fuzz, 2))
			continue;
		value = fuzz_number(fuzz);
		memcpy(&words[i], &value, sizeof(value));
	}
	if (command->number == ZVMO_IOC_CREATE_CHILD && fuzz_below(fuzz, 8))
		argument->create_child.options = fuzz_bits(fuzz) & 0xff;
	if (command->number == ZVMO_IOC_DIFF) {
		argument->diff.other = fuzz_fd(fuzz);
		if (fuzz_below(fuzz, 4))
			argument->diff.reserved = 0;
		if (fuzz_below(fuzz, 4))
			argument->diff.ranges = (uintptr_t)scene.ranges;
		/* No more than there is room for. */
		argument->diff.capacity %= COUNT(scene.ranges) + 1;
	}
	/* Where it does no harm: before the end of what is accessible. */
	if (command->number == ZVMO_IOC_READ ||
	    command->number == ZVMO_IOC_WRITE)
		argument->rw.buffer = (uintptr_t)fuzz_buffer(fuzz);
	if (command->number == ZVMO_IOC_OP_RANGE)
		argument->op_range.buffer = (uintptr_t)fuzz_buffer(fuzz);
	if (command->number == ZVMO_IOC_TRANSFER)
		argument->transfer.source = fuzz_fd(fuzz);
	if (command->number == ZVMO_IOC_RESTORE)
		argument->restore.source = fuzz_fd(fuzz);
	if (!fuzz_below(fuzz, 16))
		argument->argsz = fuzz_bits(fuzz);
}

/* So much that it would only fill the machine. */
static bool fuzz_is_too_much(const struct command *command,
			     const union argument *argument)
{
	return command->number == ZVMO_IOC_OP_RANGE &&
	       argument->op_range.op == ZVMO_OP_COMMIT &&
	       argument->op_range.length > 64 * PAGE;
}

static void fuzz_ioctl(struct fuzz *fuzz)
{
	static const int errors[] = { 0,	  EINVAL, E2BIG,  EFAULT,
				      EFBIG,	  ERANGE, EACCES, EPERM,
				      EOPNOTSUPP, EBADF,  ENOTTY, EBUSY,
				      ENODATA,	  EBADFD, ESTALE };
	const struct command *command =
		&commands[fuzz_below(fuzz, COUNT(commands))];
	int fd = command->of == DEVICE ? scene.device : fuzz_fd(fuzz);
	unsigned int slot = fuzz_below(fuzz, FUZZ_FDS), i;
	union argument argument;
	void *pointer = &argument;
	long result;

	fuzz_argument(fuzz, command, &argument);
	if (fuzz_is_too_much(command, &argument))
		return;
	if (!fuzz_below(fuzz, 20)) {
		pointer = fuzz->edge + PAGE - 4 * fuzz_below(fuzz, 12);
		memcpy(pointer, &argument, fuzz->edge + PAGE - (char *)pointer);
	}
	result = call(fd, command->number, pointer);
	test_context("%s", command->name);
	if (result >= 0) {
		if (command->returns_fd) {
			close(fuzz->fds[slot]);
			fuzz->fds[slot] = result;
		}
		return;
	}
	for (i = 0; i < COUNT(errors); i++) {
		if (result == -errors[i])
			return;
	}
	FAIL("unexpected error %ld (%s)", result, strerror(-result));
}

/* The file-like side, with the same numbers. */
static void fuzz_file(struct fuzz *fuzz)
{
	char *buffer = fuzz_buffer(fuzz);
	uint64_t offset = fuzz_number(fuzz), length = fuzz_number(fuzz);
	int fd = fuzz_fd(fuzz), mode = fuzz_below(fuzz, 64);
	char *map;

	switch (fuzz_below(fuzz, 8)) {
	case 0:
		pread(fd, buffer, length % (2 * PAGE), offset);
		break;
	case 1:
		pwrite(fd, buffer, length % (2 * PAGE), offset);
		break;
	case 2:
		lseek(fd, offset, fuzz_below(fuzz, 7));
		break;
	case 3:
		ftruncate(fd, offset);
		break;
	case 4:
		if (mode & ~FALLOC_FL_KEEP_SIZE || length <= 64 * PAGE)
			fallocate(fd, mode, offset, length);
		break;
	case 5:
		map = mmap(NULL, length % (64 * PAGE), mode & 7,
			   mode & 8 ? MAP_PRIVATE : MAP_SHARED, fd, offset);
		if (map == MAP_FAILED)
			break;
		test_probe_read(map);
		test_probe_write(map, 1);
		if (length % (64 * PAGE))
			munmap(map, length % (64 * PAGE));
		break;
	default:
		pread(fd, buffer, length % (2 * PAGE), offset % (40 * PAGE));
		pwrite(fd, buffer, length % (2 * PAGE), offset % (40 * PAGE));
	}
}

TEST(random_calls)
{
	double end = test_seconds() + FUZZ_SECONDS;
	struct fuzz fuzz = { .random = test_seed, .edge = edge_buffer() };
	unsigned long calls = 0;
	unsigned int i;

	scene_begin();
	for (i = 0; i < FUZZ_FDS; i++)
		fuzz.fds[i] = test_create(i * PAGE, i % 3 ? ZVMO_RESIZABLE : 0);
	while (test_seconds() < end) {
		for (i = 0; i < 100; i++, calls++) {
			if (fuzz_below(&fuzz, 4))
				fuzz_ioctl(&fuzz);
			else
				fuzz_file(&fuzz);
		}
		/* Fresh ones, with all rights, in the place of old ones. */
		i = fuzz_below(&fuzz, FUZZ_FDS);
		close(fuzz.fds[i]);
		fuzz.fds[i] = test_create(PAGES * PAGE, ZVMO_RESIZABLE);
	}
	for (i = 0; i < FUZZ_FDS; i++)
		close(fuzz.fds[i]);
	test_note("%lu random calls from seed %llu", calls,
		  (unsigned long long)test_seed);
	scene_check();
}
