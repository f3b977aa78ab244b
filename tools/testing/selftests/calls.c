// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - ioctls made of random members
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define ARGUMENT_MAX 256

/* What members mean; those of 4 bytes, those of 8, and a name. */
enum meaning {
	END,
	ARGSZ,
	RESERVED,
	OPTIONS,
	OP,
	KIND,
	RIGHTS,
	FD,
	CAPACITY,
	OFFSET,
	LENGTH_,
	SIZE,
	BUFFER,
	BUFFER_SIZE,
	ADDRESS,
	OUT,
	NAME,
};

/**
 * struct grammar - An ioctl.
 * @nr: Its number.
 * @least: Size of the first version of its argument.
 * @only_argsz: Nothing else of the argument is read.
 * @on_device: Of /dev/zvmo, not of VMOs.
 * @makes_fd: Returns a descriptor.
 * @members: Of its argument.
 */
struct grammar {
	unsigned int nr;
	size_t least;
	bool only_argsz;
	bool on_device;
	bool makes_fd;
	uint8_t members[12];
};

static const struct grammar grammars[] = {
	{ .nr = 0x01,
	  .least = ZVMO_CREATE_SIZE_VER0,
	  .on_device = true,
	  .makes_fd = true,
	  .members = { ARGSZ, OPTIONS, SIZE } },
	{ .nr = 0x02,
	  .least = ZVMO_CREATE_CHILD_SIZE_VER0,
	  .makes_fd = true,
	  .members = { ARGSZ, KIND, OFFSET, SIZE } },
	{ .nr = 0x03,
	  .least = ZVMO_INFO_SIZE_VER0,
	  .only_argsz = true,
	  .members = { ARGSZ, OUT } },
	{ .nr = 0x04,
	  .least = ZVMO_SET_SIZE_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, SIZE } },
	{ .nr = 0x05,
	  .least = ZVMO_OP_RANGE_SIZE_VER0,
	  .members = { ARGSZ, OP, OFFSET, LENGTH_, BUFFER, BUFFER_SIZE } },
	{ .nr = 0x06,
	  .least = ZVMO_NAME_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, NAME } },
	{ .nr = 0x07,
	  .least = ZVMO_NAME_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, NAME } },
	{ .nr = 0x08,
	  .least = ZVMO_DUPLICATE_SIZE_VER0,
	  .makes_fd = true,
	  .members = { ARGSZ, OPTIONS, RIGHTS, RESERVED } },
	{ .nr = 0x09,
	  .least = ZVMO_DIFF_SIZE_VER0,
	  .members = { ARGSZ, FD, OFFSET, SIZE, BUFFER, CAPACITY, RESERVED } },
	{ .nr = 0x0a,
	  .least = ZVMO_SET_SIZE_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, SIZE } },
	{ .nr = 0x0b,
	  .least = ZVMO_SET_CACHE_POLICY_SIZE_VER0,
	  .members = { ARGSZ, OPTIONS } },
	{ .nr = 0x0c,
	  .least = ZVMO_TRANSFER_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, OFFSET, LENGTH_, FD, RESERVED,
		       OFFSET } },
	{ .nr = 0x0d,
	  .least = ZVMO_RESTORE_SIZE_VER0,
	  .members = { ARGSZ, FD, OFFSET, SIZE } },
	{ .nr = 0x0e,
	  .least = ZVMO_MAP_RANGE_SIZE_VER0,
	  .members = { ARGSZ, OPTIONS, ADDRESS, LENGTH_ } },
	{ .nr = 0x0f,
	  .least = ZVMO_SET_PRIORITY_SIZE_VER0,
	  .members = { ARGSZ, OPTIONS, ADDRESS, LENGTH_ } },
	{ .nr = 0x10,
	  .least = ZVMO_RANGE_INFO_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, OFFSET, LENGTH_, OUT } },
	{ .nr = 0x11,
	  .least = ZVMO_RW_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, OFFSET, LENGTH_, BUFFER } },
	{ .nr = 0x12,
	  .least = ZVMO_RW_SIZE_VER0,
	  .members = { ARGSZ, RESERVED, OFFSET, LENGTH_, BUFFER } },
	{ .nr = 0x13,
	  .least = ZVMO_KEEP_SIZE_VER0,
	  .members = { ARGSZ, OPTIONS, NAME } },
	{ .nr = 0x14,
	  .least = ZVMO_OPEN_KEPT_SIZE_VER0,
	  .on_device = true,
	  .makes_fd = true,
	  .members = { ARGSZ, RIGHTS, NAME } },
	{ .nr = 0x15,
	  .least = ZVMO_NAME_SIZE_VER0,
	  .on_device = true,
	  .members = { ARGSZ, RESERVED, NAME } },
	{ .nr = 0x16,
	  .least = ZVMO_KEPT_INFO_SIZE_VER0,
	  .on_device = true,
	  .only_argsz = true,
	  .members = { ARGSZ, OUT } },
};

/* Whole size of an argument; the longest version that this test knows. */
static size_t argument_size(const struct grammar *grammar)
{
	switch (grammar->nr) {
	case 0x03:
		return ZVMO_INFO_SIZE_VER1;
	case 0x05:
		return ZVMO_OP_RANGE_SIZE_VER1;
	default:
		return grammar->least;
	}
}

static size_t member_size(enum meaning meaning, const struct grammar *grammar)
{
	switch (meaning) {
	case NAME:
		return ZVMO_NAME_LEN;
	case OUT:
		/* All the rest. */
		return argument_size(grammar);
	default:
		return meaning >= OFFSET ? 8 : 4;
	}
}

/* What is done, for the checks and for who wants to see it. */
#define doing(calls, ...)                       \
	do {                                    \
		test_context(__VA_ARGS__);      \
		if ((calls)->trace)             \
			test_note(__VA_ARGS__); \
	} while (0)

/* Choosing */

static uint64_t below(struct calls *calls, uint64_t limit)
{
	return test_random_below(&calls->random, limit);
}

static uint64_t one_of(struct calls *calls, const uint64_t *values, size_t nr)
{
	return values[below(calls, nr)];
}

#define ONE_OF(calls, ...)                               \
	one_of(calls, (const uint64_t[]){ __VA_ARGS__ }, \
	       LENGTH(((const uint64_t[]){ __VA_ARGS__ })))

/* Numbers where things end. */
static uint64_t edge(struct calls *calls)
{
	uint64_t value = ONE_OF(calls, 0, 1, PAGE, CALLS_PAGES * PAGE,
				1ULL << 31, 1ULL << 32, 1ULL << 63, ZVMO_SIZE_MAX,
				UINT64_MAX);

	return value + below(calls, 3) - 1;
}

static uint64_t anything(struct calls *calls)
{
	switch (below(calls, 3)) {
	case 0:
		return edge(calls);
	case 1:
		return 1ULL << below(calls, 64);
	default:
		return test_random(&calls->random);
	}
}

static uint64_t some_bytes(struct calls *calls)
{
	uint64_t bytes = below(calls, CALLS_PAGES + 1) * PAGE;

	return below(calls, 4) ? bytes : bytes + below(calls, PAGE);
}

/* Nothing of this program's own is there. */
static uint64_t bad_pointer(struct calls *calls)
{
	return ONE_OF(calls, 0, 1, (uintptr_t)calls->argument,
		      (uintptr_t)calls->argument - 7, 0x7ffffffff000,
		      0xffff888000000000, 0xffffffff81000000, UINT64_MAX - 7);
}

static int some_fd(struct calls *calls)
{
	return calls->fds[below(calls, CALLS_FDS)];
}

static uint64_t some_kind(struct calls *calls)
{
	uint64_t kind = ONE_OF(calls, ZVMO_CHILD_SNAPSHOT, ZVMO_CHILD_SNAPSHOT,
			       ZVMO_CHILD_SNAPSHOT_MODIFIED,
			       ZVMO_CHILD_REFERENCE, ZVMO_CHILD_SLICE);

	return kind |
	       ONE_OF(calls, 0, 0, ZVMO_CHILD_RESIZABLE, ZVMO_CHILD_NO_WRITE);
}

static uint64_t sensible(struct calls *calls, const struct grammar *grammar,
			 enum meaning meaning)
{
	switch (meaning) {
	case ARGSZ:
		return argument_size(grammar);
	case OPTIONS:
		return below(calls, 3) ? 0 : 1ULL << below(calls, 5);
	case OP:
		return 1 + below(calls, 14);
	case NAME:
		/* Few, for what is kept under one is kept until the end. */
		return ONE_OF(calls, 0, 'a', 'b', 'c');
	case KIND:
		return some_kind(calls);
	case RIGHTS:
		return ONE_OF(calls, ZVMO_RIGHT_SAME_RIGHTS,
			      ZVMO_RIGHTS_DEFAULT,
			      ZVMO_RIGHTS_BASIC | ZVMO_RIGHT_READ);
	case FD:
		return some_fd(calls);
	case CAPACITY:
		return 1 + below(calls, 100);
	case OFFSET:
		return below(calls, 2) ? 0 : some_bytes(calls);
	case LENGTH_:
	case SIZE:
		return below(calls, 3) ? some_bytes(calls) : CALLS_PAGES * PAGE;
	case BUFFER:
		return (uintptr_t)calls->memory;
	case BUFFER_SIZE:
		return sizeof(struct zvmo_lock_state);
	case ADDRESS:
		return (uintptr_t)calls->map + below(calls, 4) * PAGE;
	default:
		return 0;
	}
}

static uint64_t some_value(struct calls *calls, const struct grammar *grammar,
			   enum meaning meaning)
{
	if (!calls->wild || below(calls, calls->wild))
		return sensible(calls, grammar, meaning);
	if (meaning == BUFFER || meaning == ADDRESS)
		return bad_pointer(calls);
	if (meaning == ARGSZ && below(calls, 2))
		return below(calls, 2 * argument_size(grammar));
	return anything(calls);
}

/* Arguments */

/* Of any size, so that COMMIT does not take all the memory there is. */
static void tame(unsigned int nr, uint8_t *bytes, size_t size)
{
	struct zvmo_op_range *args = (void *)bytes;
	uint64_t limit = CALLS_PAGES * PAGE;

	if (nr == 0x05 && size >= ZVMO_OP_RANGE_SIZE_VER0 &&
	    args->op == ZVMO_OP_COMMIT && args->length > limit)
		args->length %= limit;
}

/**
 * struct argument - An argument, and what is known to be wrong with it.
 * @bytes: The bytes.
 * @size: How many of them.
 * @reserved: Something reserved is not zero.
 */
struct argument {
	_Alignas(8) uint8_t bytes[ARGUMENT_MAX];
	size_t size;
	bool reserved;
};

static void compose(struct calls *calls, const struct grammar *grammar,
		    struct argument *argument)
{
	const uint8_t *meaning;
	uint64_t value;
	size_t size;

	memset(argument, 0, sizeof(*argument));
	for (meaning = grammar->members; *meaning; meaning++) {
		size = member_size(*meaning, grammar);
		if (*meaning == OUT)
			size -= argument->size;
		value = some_value(calls, grammar, *meaning);
		memcpy(argument->bytes + argument->size, &value,
		       size < 8 ? size : 8);
		if (*meaning == RESERVED && (uint32_t)value)
			argument->reserved = true;
		argument->size += size;
	}
}

/* What must come of it; 0 if that cannot be told, 1 if it must fail. */
static int verdict(const struct grammar *grammar,
		   const struct argument *argument, size_t there)
{
	uint32_t argsz;

	if (there < sizeof(argsz))
		return -EFAULT;
	memcpy(&argsz, argument->bytes, sizeof(argsz));
	if (argsz < grammar->least)
		return -EINVAL;
	if (argument->reserved && !grammar->only_argsz)
		return 1;
	return 0;
}

static bool is_documented(int result)
{
	static const int known[] = {
		EINVAL, E2BIG,	 EFAULT, EFBIG,	 ERANGE, EACCES,
		EPERM,	EBUSY,	 EBADFD, ESTALE, EBADF,	 ENOTTY,
		ENOMEM, ENODATA, EINTR,	 EMFILE, ENFILE, EOPNOTSUPP,
		ENOENT, EEXIST,	 ENOSPC,
	};
	size_t i;

	for (i = 0; result < 0 && i < LENGTH(known); i++)
		if (known[i] == -result)
			return true;
	return result >= 0;
}

/* A descriptor that came takes another one's place, never the first ones'. */
static void keep(struct calls *calls, int fd)
{
	int *place =
		&calls->fds[CALLS_KEPT + below(calls, CALLS_FDS - CALLS_KEPT)];
	int old = __atomic_exchange_n(place, fd, __ATOMIC_RELAXED);

	if (old >= 0)
		close(old);
}

/* The argument so that nothing is behind it. */
static int make(struct calls *calls, int fd, unsigned long command,
		const struct argument *argument, size_t there)
{
	uint8_t *place = calls->argument - there;
	int result;

	memcpy(place, argument->bytes, there);
	result = ioctl(fd, command, place);
	calls->nr++;
	calls->nr_good += result >= 0;
	return result < 0 ? -errno : result;
}

/**
 * calls_random() - One ioctl.
 */
void calls_random(struct calls *calls)
{
	const struct grammar *grammar =
		&grammars[below(calls, LENGTH(grammars))];
	int fd = grammar->on_device ? calls->device : some_fd(calls);
	int expected, result;
	struct argument argument;
	size_t there;

	compose(calls, grammar, &argument);
	tame(grammar->nr, argument.bytes, argument.size);
	there = argument.size;
	if (calls->wild && !below(calls, 4 * calls->wild))
		there = below(calls, there);
	expected = verdict(grammar, &argument, there);
	doing(calls, "ioctl(%d, %#x), argsz %u, %zu bytes", fd, grammar->nr,
	      *(uint32_t *)argument.bytes, there);
	result = make(calls, fd, _IO(ZVMO_IOC_TYPE, grammar->nr), &argument,
		      there);
	if (fd < 0)
		return;
	if (expected < 0)
		EXPECT_EQ(result, expected);
	else if (expected)
		EXPECT_LE(result, -1);
	EXPECT(is_documented(result));
	if (grammar->makes_fd && result >= 0)
		keep(calls, result);
}

static const struct grammar *find(unsigned int nr, bool on_device)
{
	size_t i;

	for (i = 0; i < LENGTH(grammars); i++)
		if (grammars[i].nr == nr && grammars[i].on_device == on_device)
			return &grammars[i];
	return NULL;
}

/**
 * calls_random_bytes() - An ioctl of a random number, whose argument is any.
 */
void calls_random_bytes(struct calls *calls)
{
	unsigned int nr = below(calls, 0x20);
	bool on_device = !below(calls, 8);
	int fd = on_device ? calls->device : some_fd(calls);
	const struct grammar *grammar = find(nr, on_device);
	struct argument argument = { .size = below(calls, ARGUMENT_MAX + 1) };
	uint32_t argsz = below(calls, 2) ? argument.size : anything(calls);
	unsigned long command = _IO(ZVMO_IOC_TYPE, nr);
	size_t i;
	int result;

	for (i = 0; i < argument.size; i++)
		argument.bytes[i] = below(calls, 4) ? 0 : below(calls, 256);
	memcpy(argument.bytes, &argsz, sizeof(argsz));
	tame(nr, argument.bytes, argument.size);
	if (!below(calls, 16)) {
		command ^= 1UL << below(calls, 32);
		grammar = NULL;
	}
	doing(calls, "ioctl(%d, %#lx), argsz %u, %zu bytes", fd, command, argsz,
	      argument.size);
	result = make(calls, fd, command, &argument, argument.size);
	if (fd < 0)
		return;
	if (grammar)
		EXPECT(is_documented(result));
	else if (_IOC_TYPE(command) == ZVMO_IOC_TYPE &&
		 !find(_IOC_NR(command), on_device) && _IOC_NR(command))
		EXPECT_EQ(result, -ENOTTY);
	if (grammar && verdict(grammar, &argument, argument.size) < 0)
		EXPECT_EQ(result, verdict(grammar, &argument, argument.size));
	if (grammar && grammar->makes_fd && result >= 0)
		keep(calls, result);
}

/**
 * calls_other() - Something with a VMO that is no ioctl.
 */
void calls_other(struct calls *calls)
{
	uint64_t offset = some_bytes(calls), length = some_bytes(calls);
	uint8_t *page = calls->map + below(calls, CALLS_PAGES) * PAGE;
	int fd = some_fd(calls);
	int flags = below(calls, 4) ? MAP_SHARED : MAP_PRIVATE;
	unsigned int choice = below(calls, 8);
	void *map;

	doing(calls, "other call %u of %d, %#llx, %#llx", choice, fd,
	      (unsigned long long)offset, (unsigned long long)length);
	calls->nr++;
	switch (choice) {
	case 0:
		/*
		 * Not in the old one's place: if that fails, a hole may be
		 * left, and the next time what others put there is replaced.
		 */
		map = mmap(NULL, CALLS_PAGES * PAGE, PROT_READ | PROT_WRITE,
			   flags, fd, 0);
		if (map == MAP_FAILED)
			break;
		calls->nr_good++;
		test_unmap(calls->map, CALLS_PAGES * PAGE);
		calls->map = map;
		break;
	case 1:
	case 2:
		calls->nr_good += !test_probe_write(page, offset);
		break;
	case 3:
		calls->nr_good += !test_probe_read(page);
		break;
	case 4:
		calls->nr_good += pread(fd, calls->memory, length, offset) >= 0;
		break;
	case 5:
		calls->nr_good += pwrite(fd, calls->memory, length, offset) >=
				  0;
		break;
	case 6:
		calls->nr_good += !fallocate(
			fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
			length + 1);
		break;
	default:
		keep(calls, -1);
	}
}

/* Setting up */

/**
 * calls_open() - Make the first VMOs, of each sort.
 */
void calls_open(int *fds, unsigned int nr)
{
	static const uint32_t options[] = { ZVMO_RESIZABLE, 0,
					    ZVMO_DISCARDABLE };
	unsigned int i;

	for (i = 0; i < CALLS_FDS; i++)
		fds[i] = -1;
	for (i = 0; i < nr; i++) {
		if (i % 4 == 3)
			fds[i] = test_snapshot(fds[i - 3]);
		else
			fds[i] =
				test_create(CALLS_PAGES * PAGE, options[i % 4]);
	}
}

/**
 * calls_drop_kept() - Drop all VMOs that were kept under a name.
 */
void calls_drop_kept(int device)
{
	struct zvmo_kept_info info = { .argsz = sizeof(info) };
	struct zvmo_name drop = { .argsz = sizeof(drop) };

	while (!ioctl(device, ZVMO_IOC_NEXT_KEPT, &info)) {
		memcpy(drop.name, info.name, sizeof(drop.name));
		/* Others may be faster. */
		ASSERT(!ioctl(device, ZVMO_IOC_DROP, &drop) || errno == ENOENT);
	}
}

static uint8_t *pages(unsigned int nr)
{
	uint8_t *memory = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(memory != MAP_FAILED);
	return memory;
}

/* With one behind them that is not accessible. */
static uint8_t *guarded_pages(unsigned int nr)
{
	uint8_t *memory = pages(nr + 1);

	ASSERT_EQ(mprotect(memory + nr * PAGE, PAGE, PROT_NONE), 0);
	return memory;
}

void calls_begin(struct calls *calls, uint64_t seed, unsigned int wild,
		 int *fds)
{
	*calls = (struct calls){
		.random = seed,
		.wild = wild,
		.device = open("/dev/zvmo", O_RDWR | O_CLOEXEC),
		.fds = fds,
		.memory = guarded_pages(CALLS_PAGES),
		.argument = guarded_pages(1) + PAGE,
		.map = pages(CALLS_PAGES),
	};
	ASSERT(calls->device >= 0);
}

void calls_end(struct calls *calls)
{
	calls_drop_kept(calls->device);
	test_unmap(calls->memory, (CALLS_PAGES + 1) * PAGE);
	test_unmap(calls->argument - PAGE, 2 * PAGE);
	test_unmap(calls->map, CALLS_PAGES * PAGE);
	test_close(calls->device);
}
