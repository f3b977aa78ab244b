// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - zx_vmar_*: mapping, protecting, unmapping, operations
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guest.h"
#include "zx.h"

#define ROOT zx_vmar_root_self()
#define READ ZX_VM_PERM_READ
#define WRITE ZX_VM_PERM_WRITE
#define EXECUTE ZX_VM_PERM_EXECUTE
#define SPECIFIC ZX_VM_SPECIFIC
#define OVERWRITE ZX_VM_SPECIFIC_OVERWRITE
#define LIMIT ZX_VM_OFFSET_IS_UPPER_LIMIT

/* What a mapping of one page, with these arguments, comes to. */
static zx_status_t map(zx_vm_option_t options, uint64_t at, zx_handle_t vmo,
		       uint64_t offset, uint64_t length)
{
	zx_vaddr_t address = 77;
	zx_status_t status;

	status = zx_vmar_map(ROOT, options, at, vmo, offset, length, &address);
	if (status != ZX_OK)
		EXPECT_EQ(address, 77);
	else
		EXPECT_ZX(zx_vmar_unmap(ROOT, address, PAGE), OK);
	return status;
}

/* Addresses that nothing is mapped at. */
static zx_vaddr_t free_range(size_t length)
{
	void *range = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	ASSERT(range != MAP_FAILED);
	munmap(range, length);
	return (zx_vaddr_t)range;
}

static int touch(zx_vaddr_t address)
{
	return test_probe_read((void *)address);
}

static int poke(zx_vaddr_t address, uint8_t byte)
{
	return test_probe_write((void *)address, byte);
}

static zx_handle_t executable(zx_handle_t vmo)
{
	zx_handle_t made = 0;

	ASSERT_ZX(zx_vmo_replace_as_executable(vmo, 0, &made), OK);
	return made;
}

/* Handles and rights */

TEST(map_region)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vaddr_t address;

	EXPECT_ZX(zx_vmar_map(0, READ, 0, vmo, 0, PAGE, &address), BAD_HANDLE);
	EXPECT_ZX(zx_vmar_map(zx_test_closed(), READ, 0, vmo, 0, PAGE,
			      &address),
		  BAD_HANDLE);
	EXPECT_ZX(zx_vmar_map(vmo, READ, 0, vmo, 0, PAGE, &address),
		  WRONG_TYPE);
	EXPECT_ZX(zx_vmar_map(zx_test_other(), READ, 0, vmo, 0, PAGE, &address),
		  WRONG_TYPE);
	EXPECT_ZX(zx_vmar_unmap(vmo, PAGE, PAGE), WRONG_TYPE);
	EXPECT_ZX(zx_vmar_unmap(0, PAGE, PAGE), BAD_HANDLE);
	EXPECT_ZX(zx_vmar_protect(vmo, READ, PAGE, PAGE), WRONG_TYPE);
	EXPECT_ZX(zx_vmar_protect(0, READ, PAGE, PAGE), BAD_HANDLE);
	EXPECT_ZX(zx_vmar_op_range(vmo, 1, PAGE, PAGE, NULL, 0), WRONG_TYPE);
	EXPECT_ZX(zx_vmar_op_range(0, 1, PAGE, PAGE, NULL, 0), BAD_HANDLE);
}

TEST(map_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(map(READ, 0, zx_test_without(vmo, ZX_RIGHT_MAP), 0, PAGE),
		  ACCESS_DENIED);
	EXPECT_ZX(map(READ, 0, zx_test_without(vmo, ZX_RIGHT_READ), 0, PAGE),
		  ACCESS_DENIED);
	EXPECT_ZX(map(READ | WRITE, 0, zx_test_without(vmo, ZX_RIGHT_WRITE), 0,
		      PAGE),
		  ACCESS_DENIED);
	EXPECT_ZX(map(READ | EXECUTE, 0, vmo, 0, PAGE), ACCESS_DENIED);
	/* A missing right beats malformed arguments. */
	EXPECT_ZX(map(READ, 1, zx_test_without(vmo, ZX_RIGHT_MAP), 1, 0),
		  ACCESS_DENIED);
	EXPECT_ZX(map(EXECUTE, 0, vmo, 0, PAGE), ACCESS_DENIED);
	EXPECT_ZX(map(READ, 0, zx_test_with(vmo, ZX_RIGHT_MAP | ZX_RIGHT_READ),
		      0, PAGE),
		  OK);
	EXPECT_ZX(map(READ | WRITE, 0, vmo, 0, PAGE), OK);
}

TEST(map_executable)
{
	zx_handle_t vmo = executable(zx_test_create(PAGE, 0));

	EXPECT_ZX(map(READ | EXECUTE, 0, vmo, 0, PAGE), OK);
	EXPECT_ZX(map(READ | WRITE | EXECUTE, 0, vmo, 0, PAGE), OK);
	/* Memory that cannot be read there is not. */
	EXPECT_ZX(map(EXECUTE, 0, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(EXECUTE | ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED, 0, vmo, 0,
		      PAGE),
		  OK);
}

/* Options */

TEST(map_options)
{
	static const zx_vm_option_t wrong[] = {
		ZX_VM_CAN_MAP_SPECIFIC,
		ZX_VM_CAN_MAP_READ,
		ZX_VM_CAN_MAP_WRITE,
		ZX_VM_CAN_MAP_EXECUTE,
		1U << 16,
		1U << 17,
		1U << 18,
		1U << 19,
		1U << 20,
		1U << 21,
		1U << 22,
		1U << 23,
	};
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int i;

	for (i = 0; i < COUNT(wrong); i++) {
		test_context("option %#x", wrong[i]);
		EXPECT_ZX(map(READ | wrong[i], 0, vmo, 0, PAGE), INVALID_ARGS);
	}
	test_context("%s", "");
	EXPECT_ZX(map(WRITE, 0, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(READ | OVERWRITE | ZX_VM_MAP_RANGE, free_range(PAGE), vmo,
		      0, PAGE),
		  INVALID_ARGS);
	EXPECT_ZX(map(READ | SPECIFIC | LIMIT, free_range(PAGE), vmo, 0, PAGE),
		  INVALID_ARGS);
	EXPECT_ZX(map(0, 0, vmo, 0, PAGE), OK);
	EXPECT_ZX(map(READ | ZX_VM_COMPACT, 0, vmo, 0, PAGE), OK);
	EXPECT_ZX(map(READ | ZX_VM_ALLOW_FAULTS, 0, vmo, 0, PAGE), OK);
}

TEST(map_offsets)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vaddr_t at = free_range(2 * PAGE);

	zx_test_needs_64_bits();
	EXPECT_ZX(map(READ | SPECIFIC, at + 1, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(READ | OVERWRITE, at + 1, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(READ | LIMIT, at + 1, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(READ, at, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(READ, 0, vmo, 1, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(READ, 0, vmo, 0, 0), INVALID_ARGS);
	/* The VMO's part. */
	EXPECT_ZX(map(READ, 0, vmo, -PAGE, PAGE), OUT_OF_RANGE);
	EXPECT_ZX(map(READ, 0, vmo, -PAGE, 2 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(map(READ, 0, vmo, 0, UINT64_MAX), OUT_OF_RANGE);
	EXPECT_ZX(map(READ, 0, vmo, ZVMO_SIZE_MAX, PAGE), OUT_OF_RANGE);
	/* Both beyond its end. */
	EXPECT_ZX(map(READ, 0, vmo, 5 * PAGE, PAGE), OK);
	EXPECT_ZX(map(READ, 0, vmo, ZVMO_SIZE_MAX - PAGE, PAGE), OK);
	/* The region's. */
	EXPECT_ZX(map(READ | SPECIFIC, 0, vmo, 0, PAGE), OUT_OF_RANGE);
	EXPECT_ZX(map(READ | SPECIFIC, 1ULL << 48, vmo, 0, PAGE), OUT_OF_RANGE);
	EXPECT_ZX(map(READ | SPECIFIC, -PAGE, vmo, 0, PAGE), OUT_OF_RANGE);
	EXPECT_ZX(map(READ | OVERWRITE, at, vmo, 0, 1ULL << 48), OUT_OF_RANGE);
	EXPECT_ZX(map(READ, 0, vmo, 0, 1ULL << 48), OUT_OF_RANGE);
	/* Malformed beats outside. */
	EXPECT_ZX(map(READ | SPECIFIC, 1, vmo, 0, UINT64_MAX), INVALID_ARGS);
	EXPECT_ZX(map(READ, 0, vmo, 1, UINT64_MAX), INVALID_ARGS);
}

TEST(map_needs_a_place)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(zx_vmar_map(ROOT, READ, 0, vmo, 0, PAGE, NULL), INVALID_ARGS);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 0);
}

TEST(map_alignment)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vm_option_t options;
	unsigned int log2;
	zx_vaddr_t at;

	zx_test_needs_64_bits();
	for (log2 = 1; log2 < 256; log2++) {
		zx_vaddr_t address = 0;

		options = READ | log2 << ZX_VM_ALIGN_BASE;
		test_context("alignment %u", log2);
		if (log2 < 10 || log2 > 32) {
			EXPECT_ZX(map(options, 0, vmo, 0, PAGE), INVALID_ARGS);
			continue;
		}
		EXPECT_ZX(zx_vmar_map(ROOT, options, 0, vmo, 0, PAGE, &address),
			  OK);
		EXPECT_EQ(address & ((1ULL << log2) - 1), 0);
	}
	test_context("%s", "");
	/* What is specific is aligned, too. */
	options = READ | SPECIFIC |
		  (zx_vm_option_t)__builtin_ctzl(2 * PAGE) << ZX_VM_ALIGN_BASE;
	at = free_range(4 * PAGE) & -(2 * PAGE);
	EXPECT_ZX(map(options, at + PAGE, vmo, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(map(options, at + 2 * PAGE, vmo, 0, PAGE), OK);
}

/* What was reserved for alignment is given back. */
TEST(map_alignment_leaves_nothing)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	struct rlimit all, little;
	unsigned int i;

	getrlimit(RLIMIT_AS, &all);
	little = all;
	little.rlim_cur = 8ULL << 30;
	ASSERT_EQ(setrlimit(RLIMIT_AS, &little), 0);
	for (i = 0; i < 10; i++)
		EXPECT_ZX(map(READ | ZX_VM_ALIGN_2GB, 0, vmo, 0, PAGE), OK);
}

TEST(map_upper_limit)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);
	static const uint64_t limits[] = { 1ULL << 32, 1ULL << 24, 1ULL << 40,
					   1ULL << 46 };
	zx_vaddr_t address = 0;
	unsigned int i;

	for (i = 0; i < COUNT(limits); i++) {
		test_context("limit %#llx", (unsigned long long)limits[i]);
		EXPECT_ZX(zx_vmar_map(ROOT, READ | WRITE | LIMIT, limits[i],
				      vmo, 0, 4 * PAGE, &address),
			  OK);
		EXPECT_LE(address + 4 * PAGE, limits[i]);
		EXPECT_EQ(poke(address, 1), 0);
		EXPECT_ZX(zx_vmar_map(ROOT, READ | LIMIT | ZX_VM_ALIGN_1MB,
				      limits[i], vmo, 0, 4 * PAGE, &address),
			  OK);
		EXPECT_LE(address + 4 * PAGE, limits[i]);
		EXPECT_EQ(address & 0xfffff, 0);
	}
	/* Nothing lies below the region. */
	EXPECT_ZX(map(READ | LIMIT, 0, vmo, 0, PAGE), NO_RESOURCES);
	EXPECT_ZX(map(READ | LIMIT, 1 << 16, vmo, 0, PAGE), NO_RESOURCES);
}

/* Kinds */

TEST(map_resizable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);

	EXPECT_ZX(map(READ | ZX_VM_REQUIRE_NON_RESIZABLE, 0, vmo, 0, PAGE),
		  NOT_SUPPORTED);
	EXPECT_ZX(map(READ, 0, vmo, 0, PAGE), OK);
	vmo = zx_test_create(PAGE, 0);
	EXPECT_ZX(map(READ | ZX_VM_REQUIRE_NON_RESIZABLE, 0, vmo, 0, PAGE), OK);
}

TEST(map_discardable)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_DISCARDABLE);

	EXPECT_ZX(map(READ, 0, vmo, 0, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(map(READ | ZX_VM_ALLOW_FAULTS, 0, vmo, 0, PAGE), OK);
	/* Malformed arguments beat the kind. */
	EXPECT_ZX(map(READ, 0, vmo, 1, PAGE), INVALID_ARGS);
}

TEST(map_discarded)
{
	zx_handle_t vmo = zx_test_discarded(PAGE);
	zx_vaddr_t address;

	address = zx_test_map(READ | WRITE | ZX_VM_ALLOW_FAULTS, vmo, 0, PAGE);
	EXPECT_EQ(touch(address), SIGBUS);
	EXPECT_EQ(poke(address, 1), SIGBUS);
}

TEST(map_to_the_stream_size)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(map(READ | ZX_VM_FAULT_BEYOND_STREAM_SIZE, 0, vmo, 0, PAGE),
		  INVALID_ARGS);
	EXPECT_ZX(map(READ | ZX_VM_FAULT_BEYOND_STREAM_SIZE |
			      ZX_VM_ALLOW_FAULTS,
		      0, vmo, 0, PAGE),
		  NOT_SUPPORTED);
}

/* Effects */

TEST(map_is_the_vmo)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);
	zx_vaddr_t address;

	address = zx_test_map(READ | WRITE, vmo, PAGE, 2 * PAGE);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 0);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 1);
	zx_test_fill(vmo, PAGE, PAGE, 5);
	EXPECT_EQ(*(uint8_t *)address, 5);
	EXPECT_EQ(poke(address + PAGE, 6), 0);
	EXPECT(zx_test_holds(vmo, 2 * PAGE, 1, 6));
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 2 * PAGE);
}

TEST(map_lengths_round_up)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);
	zx_vaddr_t address = zx_test_map(READ | WRITE, vmo, 0, PAGE + 1);

	EXPECT_EQ(poke(address + 2 * PAGE - 1, 1), 0);
	EXPECT(zx_test_holds(vmo, 2 * PAGE - 1, 1, 1));
	EXPECT_ZX(zx_vmar_unmap(ROOT, address, PAGE + 1), OK);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 0);
}

TEST(map_past_the_end)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	zx_vaddr_t address = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE);

	EXPECT_EQ(touch(address), 0);
	EXPECT_EQ(touch(address + PAGE), SIGBUS);
	EXPECT_ZX(zx_vmo_set_size(vmo, 2 * PAGE), OK);
	EXPECT_EQ(poke(address + PAGE, 1), 0);
	EXPECT_ZX(zx_vmo_set_size(vmo, 0), OK);
	EXPECT_EQ(touch(address), SIGBUS);
}

TEST(map_perms)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_EQ(poke(zx_test_map(READ, vmo, 0, PAGE), 1), SIGSEGV);
	EXPECT_EQ(touch(zx_test_map(0, vmo, 0, PAGE)), SIGSEGV);
	EXPECT_EQ(poke(zx_test_map(READ | WRITE, vmo, 0, PAGE), 1), 0);
}

TEST(map_specific)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), second;
	zx_vaddr_t at = free_range(4 * PAGE), address = 0;

	EXPECT_ZX(zx_vmar_map(ROOT, READ | WRITE | SPECIFIC, at, vmo, 0,
			      2 * PAGE, &address),
		  OK);
	EXPECT_EQ(address, at);
	EXPECT_ZX(map(READ | SPECIFIC, at, vmo, 0, PAGE), ALREADY_EXISTS);
	EXPECT_ZX(map(READ | SPECIFIC, at + PAGE, vmo, 0, PAGE),
		  ALREADY_EXISTS);
	/* Overwriting takes what is there, and what is free. */
	second = zx_test_create(2 * PAGE, 0);
	zx_test_fill(second, 0, 2 * PAGE, 2);
	EXPECT_ZX(zx_vmar_map(ROOT, READ | OVERWRITE, at + PAGE, second, 0,
			      2 * PAGE, &address),
		  OK);
	EXPECT_EQ(*(uint8_t *)at, 0);
	EXPECT_EQ(*(uint8_t *)(at + PAGE), 2);
	EXPECT_EQ(*(uint8_t *)(at + 2 * PAGE), 2);
	/* Operations by address know which is which. */
	EXPECT_ZX(zx_vmar_op_range(ROOT, ZX_VMAR_OP_ZERO, at, PAGE, NULL, 0),
		  OK);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, PAGE), OK);
	EXPECT_EQ(test_stats().vmos, 1);
}

/* In the middle of a mapping: both ends stay what they were. */
TEST(map_overwrites_the_middle)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0), second;
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE), address;
	zx_status_t status;

	second = zx_test_create(PAGE, 0);
	status = zx_vmar_map(ROOT, READ | OVERWRITE, at + PAGE, second, 0, PAGE,
			     &address);
	EXPECT_EQ(status, ZX_OK);
	EXPECT_ZX(zx_vmar_op_range(ROOT, ZX_VMAR_OP_COMMIT, at, PAGE, NULL, 0),
		  OK);
	EXPECT_ZX(zx_vmar_op_range(ROOT, ZX_VMAR_OP_COMMIT, at + 2 * PAGE, PAGE,
				   NULL, 0),
		  OK);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 2 * PAGE);
	zx_test_fill(vmo, 2 * PAGE, PAGE, 7);
	EXPECT_EQ(*(uint8_t *)(at + 2 * PAGE), 7);
	EXPECT_ZX(zx_vmar_op_range(ROOT, ZX_VMAR_OP_ZERO, at + 2 * PAGE, PAGE,
				   NULL, 0),
		  OK);
	EXPECT(zx_test_holds(vmo, 2 * PAGE, PAGE, 0));
}

TEST(map_no_room)
{
	zx_handle_t vmo = zx_test_create(0, ZX_VMO_UNBOUNDED);
	zx_vaddr_t address;
	uint64_t up_to_the_stack = (uintptr_t)&address & -PAGE;

	EXPECT_ZX(zx_vmar_map(ROOT, READ, 0, vmo, 0,
			      up_to_the_stack - (1 << 20), &address),
		  NO_RESOURCES);
}

TEST(map_enters_pages)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);
	zx_vaddr_t address;

	zx_test_fill(vmo, PAGE, PAGE, 1);
	address = zx_test_map(READ, vmo, 0, 8 * PAGE);
	EXPECT_EQ(guest_mapped((void *)address, 8), 0);
	address = zx_test_map(READ | ZX_VM_MAP_RANGE, vmo, 0, 8 * PAGE);
	EXPECT_EQ(guest_mapped((void *)address, 8), 1);
	EXPECT(guest_is_mapped((void *)(address + PAGE)));
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, PAGE);
}

/* Mappings last without handles, and one descriptor serves all of a VMO. */
TEST(map_takes_few_descriptors)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int fds = test_open_fds(), i;
	zx_vaddr_t addresses[50];

	for (i = 0; i < COUNT(addresses); i++)
		addresses[i] = zx_test_map(READ | WRITE, vmo, 0, PAGE);
	EXPECT_EQ(test_open_fds(), fds + 1);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_EQ(poke(addresses[49], 3), 0);
	EXPECT_EQ(*(uint8_t *)addresses[0], 3);
	for (i = 0; i < COUNT(addresses); i++)
		EXPECT_ZX(zx_vmar_unmap(ROOT, addresses[i], PAGE), OK);
	EXPECT_EQ(test_open_fds(), fds - 1);
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(map_out_of_descriptors)
{
	struct rlimit limit = { .rlim_cur = 9, .rlim_max = 9 };
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT_ZX(map(READ, 0, vmo, 0, PAGE), NO_MEMORY);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 0);
}

TEST(map_that_fails_keeps_nothing)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	unsigned int fds = test_open_fds();

	EXPECT_ZX(map(READ | LIMIT, 1 << 16, vmo, 0, PAGE), NO_RESOURCES);
	EXPECT_EQ(test_open_fds(), fds);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_EQ(test_stats().vmos, 0);
}

/* zx_vmar_unmap() */

TEST(unmap_arguments)
{
	zx_vaddr_t at = free_range(PAGE);

	EXPECT_ZX(zx_vmar_unmap(ROOT, at + 1, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, 0), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, UINT64_MAX), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_unmap(ROOT, 0, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_unmap(ROOT, -PAGE, PAGE), INVALID_ARGS);
	/* A hole is tolerated. */
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, PAGE), OK);
}

TEST(unmap_splits)
{
	zx_handle_t vmo = zx_test_create(5 * PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 5 * PAGE);
	unsigned int i;

	for (i = 0; i < 5; i++)
		zx_test_fill(vmo, i * PAGE, PAGE, i + 1);
	/* The middle, an end, the other end, with holes. */
	EXPECT_ZX(zx_vmar_unmap(ROOT, at + 2 * PAGE, PAGE), OK);
	EXPECT_EQ(touch(at + 2 * PAGE), SIGSEGV);
	EXPECT_EQ(*(uint8_t *)(at + PAGE), 2);
	EXPECT_EQ(*(uint8_t *)(at + 3 * PAGE), 4);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 2);
	EXPECT_ZX(zx_vmar_unmap(ROOT, at + 4 * PAGE, PAGE), OK);
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, PAGE), OK);
	/* Each rest still knows where in the VMO it is. */
	EXPECT_ZX(zx_vmar_op_range(ROOT, ZX_VMAR_OP_ZERO, at + 3 * PAGE, PAGE,
				   NULL, 0),
		  OK);
	EXPECT(zx_test_holds(vmo, 3 * PAGE, PAGE, 0));
	EXPECT_ZX(zx_vmar_op_range(ROOT, ZX_VMAR_OP_ZERO, at + PAGE, PAGE, NULL,
				   0),
		  OK);
	EXPECT(zx_test_holds(vmo, PAGE, PAGE, 0));
	EXPECT(zx_test_holds(vmo, 2 * PAGE, PAGE, 3));
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, 5 * PAGE), OK);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 0);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_EQ(test_stats().vmos, 0);
}

/* zx_vmar_protect() */

TEST(protect_arguments)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, PAGE);

	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at + 1, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at, 0), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at, UINT64_MAX), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, WRITE, at, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, EXECUTE, at, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | SPECIFIC, at, PAGE),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | ZX_VM_ALIGN_4KB, at, PAGE),
		  INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | ZX_VM_MAP_RANGE, at, PAGE),
		  INVALID_ARGS);
	EXPECT_EQ(poke(at, 1), 0);
}

TEST(protect_holes)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE);

	EXPECT_ZX(zx_vmar_unmap(ROOT, at + PAGE, PAGE), OK);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at, 3 * PAGE), NOT_FOUND);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at + PAGE, PAGE), NOT_FOUND);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at + 2 * PAGE, 2 * PAGE),
		  NOT_FOUND);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, 0, PAGE), NOT_FOUND);
	/* Nothing changed. */
	EXPECT_EQ(poke(at, 1), 0);
	EXPECT_EQ(poke(at + 2 * PAGE, 1), 0);
}

TEST(protect_ceiling)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0), reader;
	zx_vaddr_t at = free_range(2 * PAGE), address;

	reader = zx_test_without(vmo, ZX_RIGHT_WRITE);
	EXPECT_ZX(zx_vmar_map(ROOT, READ | SPECIFIC, at, vmo, 0, PAGE,
			      &address),
		  OK);
	EXPECT_ZX(zx_vmar_map(ROOT, READ | SPECIFIC, at + PAGE, reader, 0, PAGE,
			      &address),
		  OK);
	/* The whole range is checked before anything changes. */
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | WRITE, at, 2 * PAGE),
		  ACCESS_DENIED);
	EXPECT_EQ(poke(at, 1), SIGSEGV);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | EXECUTE, at, PAGE),
		  ACCESS_DENIED);
	/* It was settled when it was mapped: the handle does not matter. */
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | WRITE, at, PAGE), OK);
	EXPECT_EQ(poke(at, 1), 0);
	/* A hole beats the ceiling. */
	EXPECT_ZX(zx_vmar_unmap(ROOT, at, PAGE), OK);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | WRITE, at, 2 * PAGE), NOT_FOUND);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | WRITE, at + PAGE, PAGE),
		  ACCESS_DENIED);
}

TEST(protect_changes)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE);

	EXPECT_EQ(poke(at + PAGE, 1), 0);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at + PAGE, 1), OK);
	EXPECT_EQ(poke(at + PAGE, 2), SIGSEGV);
	EXPECT_EQ(touch(at + PAGE), 0);
	EXPECT_EQ(poke(at, 1), 0);
	EXPECT_EQ(poke(at + 2 * PAGE, 1), 0);
	EXPECT_ZX(zx_vmar_protect(ROOT, 0, at, 3 * PAGE), OK);
	EXPECT_EQ(touch(at), SIGSEGV);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | WRITE, at, 3 * PAGE), OK);
	EXPECT_EQ(poke(at + PAGE, 3), 0);
	EXPECT(zx_test_holds(vmo, PAGE, 1, 3));
}

/* Adding WRITE makes no page of a snapshot writable in place. */
TEST(protect_and_snapshots)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	zx_vaddr_t at = zx_test_map(READ, vmo, 0, PAGE);

	zx_test_fill(vmo, 0, PAGE, 1);
	EXPECT_EQ(touch(at), 0);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ | WRITE, at, PAGE), OK);
	EXPECT_EQ(poke(at, 2), 0);
	EXPECT(zx_test_holds(child, 0, PAGE, 1));
	EXPECT(zx_test_holds(vmo, 0, 1, 2));
}

TEST(protect_executable)
{
	zx_handle_t vmo = executable(zx_test_create(PAGE, 0));
	zx_vaddr_t at = zx_test_map(READ, vmo, 0, PAGE);

	EXPECT_ZX(zx_vmar_protect(ROOT, READ | EXECUTE, at, PAGE), OK);
	EXPECT_ZX(zx_vmar_protect(ROOT, EXECUTE, at, PAGE), INVALID_ARGS);
	EXPECT_ZX(zx_vmar_protect(ROOT,
				  EXECUTE | ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED,
				  at, PAGE),
		  OK);
}

/* zx_vmar_op_range() */

static const struct {
	uint32_t op;
	zx_rights_t right;
} ops[] = {
	{ ZX_VMAR_OP_COMMIT, ZX_RIGHT_WRITE },
	{ ZX_VMAR_OP_DECOMMIT, ZX_RIGHT_WRITE },
	{ ZX_VMAR_OP_ZERO, ZX_RIGHT_WRITE },
	{ ZX_VMAR_OP_MAP_RANGE, 0 },
	{ ZX_VMAR_OP_PREFETCH, 0 },
	{ ZX_VMAR_OP_ALWAYS_NEED, 0 },
	{ ZX_VMAR_OP_DONT_NEED, 0 },
};

static zx_status_t op(uint32_t op, zx_vaddr_t address, size_t size)
{
	return zx_vmar_op_range(ROOT, op, address, size, NULL, 0);
}

TEST(op_arguments)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, PAGE);
	unsigned int i;
	char byte;

	for (i = 0; i < COUNT(ops); i++) {
		uint32_t nr = ops[i].op;

		test_context("op %u", nr);
		EXPECT_ZX(zx_vmar_op_range(ROOT, nr, at, PAGE, &byte, 0),
			  INVALID_ARGS);
		EXPECT_ZX(zx_vmar_op_range(ROOT, nr, at, PAGE, NULL, 1),
			  INVALID_ARGS);
		EXPECT_ZX(op(nr, at, 0), INVALID_ARGS);
		EXPECT_ZX(op(nr, at + 1, PAGE), INVALID_ARGS);
		EXPECT_ZX(op(nr, at, SIZE_MAX), OUT_OF_RANGE);
		EXPECT_ZX(op(nr, 0, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(nr, -PAGE, PAGE), OUT_OF_RANGE);
		EXPECT_ZX(op(nr, at, PAGE), OK);
		EXPECT_ZX(op(nr, at, 1), OK);
	}
	for (i = 0; i < 64; i++) {
		if (i == 1 || i == 2 || i == 3 || i == 10 || i == 12 ||
		    i == 13 || i == 14)
			continue;
		test_context("op %u", i);
		EXPECT_ZX(op(i, at, PAGE), INVALID_ARGS);
	}
	EXPECT_ZX(op(UINT32_MAX, at, PAGE), INVALID_ARGS);
}

TEST(op_ceiling)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), reader;
	zx_vaddr_t at;
	unsigned int i;

	/* What it was mapped with counts, not what it may do now. */
	reader = zx_test_without(vmo, ZX_RIGHT_WRITE);
	at = zx_test_map(READ, reader, 0, PAGE);
	for (i = 0; i < COUNT(ops); i++) {
		test_context("op %u", ops[i].op);
		if (ops[i].right)
			EXPECT_ZX(op(ops[i].op, at, PAGE), ACCESS_DENIED);
		else
			EXPECT_ZX(op(ops[i].op, at, PAGE), OK);
	}
	at = zx_test_map(READ, vmo, 0, PAGE);
	for (i = 0; i < COUNT(ops); i++) {
		test_context("op %u", ops[i].op);
		EXPECT_ZX(op(ops[i].op, at, PAGE), OK);
	}
}

TEST(op_holes)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE);
	unsigned int i;

	EXPECT_ZX(zx_vmar_unmap(ROOT, at + PAGE, PAGE), OK);
	for (i = 0; i < COUNT(ops); i++) {
		test_context("op %u", ops[i].op);
		EXPECT_ZX(op(ops[i].op, at + PAGE, PAGE), BAD_STATE);
		EXPECT_ZX(op(ops[i].op, at, 2 * PAGE), BAD_STATE);
	}
	/* From low to high: the part before the hole was done. */
	EXPECT_ZX(op(ZX_VMAR_OP_COMMIT, at, 3 * PAGE), BAD_STATE);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, PAGE);
}

TEST(op_effects)
{
	zx_handle_t vmo = zx_test_create(4 * PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, PAGE, 3 * PAGE);

	/* Without a handle. */
	zx_handle_t keep = zx_test_with(vmo, ZX_RIGHT_READ);

	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_ZX(op(ZX_VMAR_OP_COMMIT, at + PAGE, PAGE), OK);
	EXPECT_EQ(zx_test_info(keep).committed_bytes, PAGE);
	EXPECT_EQ(poke(at + PAGE, 1), 0);
	EXPECT_EQ(poke(at + 2 * PAGE, 2), 0);
	EXPECT_ZX(op(ZX_VMAR_OP_ZERO, at + PAGE, PAGE), OK);
	EXPECT(zx_test_holds(keep, 2 * PAGE, PAGE, 0));
	EXPECT(zx_test_holds(keep, 3 * PAGE, 1, 2));
	EXPECT_ZX(op(ZX_VMAR_OP_DECOMMIT, at, 3 * PAGE), OK);
	EXPECT_EQ(zx_test_info(keep).committed_bytes, 0);
	EXPECT_EQ(*(uint8_t *)(at + 2 * PAGE), 0);
}

TEST(op_several_mappings)
{
	zx_handle_t first = zx_test_create(PAGE, 0);
	zx_handle_t second = zx_test_create(2 * PAGE, 0);
	zx_vaddr_t at = free_range(3 * PAGE), address;

	EXPECT_ZX(zx_vmar_map(ROOT, READ | WRITE | SPECIFIC, at, first, 0, PAGE,
			      &address),
		  OK);
	EXPECT_ZX(zx_vmar_map(ROOT, READ | WRITE | SPECIFIC, at + PAGE, second,
			      0, 2 * PAGE, &address),
		  OK);
	EXPECT_ZX(op(ZX_VMAR_OP_COMMIT, at, 2 * PAGE), OK);
	EXPECT_EQ(zx_test_info(first).committed_bytes, PAGE);
	EXPECT_EQ(zx_test_info(second).committed_bytes, PAGE);
	EXPECT_ZX(op(ZX_VMAR_OP_DECOMMIT, at, 3 * PAGE), OK);
	EXPECT_EQ(test_stats().pages, 0);
}

TEST(op_past_the_vmo)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 2 * PAGE);

	EXPECT_ZX(op(ZX_VMAR_OP_COMMIT, at, 2 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(ZX_VMAR_OP_ZERO, at + PAGE, PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(ZX_VMAR_OP_DECOMMIT, at, 2 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(ZX_VMAR_OP_PREFETCH, at, 2 * PAGE), OUT_OF_RANGE);
	EXPECT_ZX(op(ZX_VMAR_OP_MAP_RANGE, at, 2 * PAGE), OK);
	EXPECT_ZX(op(ZX_VMAR_OP_DONT_NEED, at, 2 * PAGE), OK);
	EXPECT_ZX(op(ZX_VMAR_OP_ALWAYS_NEED, at, 2 * PAGE), OK);
}

TEST(op_of_clones)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	zx_vaddr_t at;

	zx_test_fill(vmo, 0, PAGE, 1);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	at = zx_test_map(READ | WRITE, child, 0, PAGE);
	EXPECT_ZX(op(ZX_VMAR_OP_DECOMMIT, at, PAGE), NOT_SUPPORTED);
	EXPECT_ZX(op(ZX_VMAR_OP_ZERO, at, PAGE), OK);
	EXPECT_EQ(*(uint8_t *)at, 0);
	EXPECT(zx_test_holds(vmo, 0, PAGE, 1));
}

/* Which operations enter what exists into the page tables. */
TEST(op_enters_pages)
{
	static const struct {
		uint32_t op;
		unsigned int mapped;
		unsigned int committed;
	} effects[] = {
		{ ZX_VMAR_OP_DONT_NEED, 0, 1 },
		{ ZX_VMAR_OP_MAP_RANGE, 1, 1 },
		{ ZX_VMAR_OP_PREFETCH, 1, 1 },
		{ ZX_VMAR_OP_ALWAYS_NEED, 1, 1 },
		{ ZX_VMAR_OP_COMMIT, 3, 3 },
		{ ZX_VMAR_OP_ZERO, 0, 0 },
		{ ZX_VMAR_OP_DECOMMIT, 0, 0 },
	};
	unsigned int i;

	for (i = 0; i < COUNT(effects); i++) {
		zx_handle_t vmo = zx_test_create(3 * PAGE, 0);
		zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE);

		test_context("op %u", effects[i].op);
		zx_test_fill(vmo, PAGE, PAGE, 1);
		EXPECT_ZX(op(effects[i].op, at, 3 * PAGE), OK);
		EXPECT_EQ(guest_mapped((void *)at, 3), effects[i].mapped);
		EXPECT_EQ(zx_test_info(vmo).committed_bytes,
			  effects[i].committed * PAGE);
	}
}

/*
 * Random mapping and unmapping in a window, against a model: what each page
 * shows, which is told by zeroing it by its address.
 */
#define WINDOW 24
#define VMOS 3
#define VMO_PAGES 40

struct shown {
	int vmo; /* -1: a hole */
	unsigned int page;
};

static void check_page(zx_vaddr_t address, const struct shown *shown,
		       const zx_handle_t *vmos)
{
	if (shown->vmo < 0) {
		EXPECT_ZX(zx_vmar_protect(ROOT, READ, address, PAGE),
			  NOT_FOUND);
		EXPECT_ZX(op(ZX_VMAR_OP_ZERO, address, PAGE), BAD_STATE);
		return;
	}
	zx_test_fill(vmos[shown->vmo], shown->page * PAGE, 1, 0xaa);
	EXPECT_EQ(*(uint8_t *)address, 0xaa);
	EXPECT_ZX(op(ZX_VMAR_OP_ZERO, address, PAGE), OK);
	EXPECT(zx_test_holds(vmos[shown->vmo], shown->page * PAGE, 1, 0));
}

TEST(random_mappings)
{
	zx_vaddr_t window = free_range(WINDOW * PAGE), address;
	struct shown shown[WINDOW];
	uint64_t random = test_seed;
	zx_handle_t vmos[VMOS];
	unsigned int round, i;

	for (i = 0; i < VMOS; i++)
		vmos[i] = zx_test_create(VMO_PAGES * PAGE, 0);
	for (i = 0; i < WINDOW; i++)
		shown[i].vmo = -1;
	for (round = 0; round < 300; round++) {
		unsigned int first = test_random_below(&random, WINDOW);
		unsigned int nr =
			1 + test_random_below(&random, WINDOW - first);
		int vmo = (int)test_random_below(&random, VMOS + 1) - 1;
		unsigned int page =
			test_random_below(&random, VMO_PAGES - WINDOW);
		zx_vaddr_t at = window + first * PAGE;

		test_context("round %u: pages %u+%u, VMO %d", round, first, nr,
			     vmo);
		if (vmo < 0)
			EXPECT_ZX(zx_vmar_unmap(ROOT, at, nr * PAGE), OK);
		else
			EXPECT_ZX(zx_vmar_map(ROOT, READ | OVERWRITE, at,
					      vmos[vmo], page * PAGE, nr * PAGE,
					      &address),
				  OK);
		for (i = first; i < first + nr; i++)
			shown[i] = (struct shown){ vmo, page + i - first };
		for (i = 0; i < WINDOW; i++)
			check_page(window + i * PAGE, shown + i, vmos);
	}
	EXPECT_ZX(zx_vmar_unmap(ROOT, window, WINDOW * PAGE), OK);
	EXPECT_ZX(zx_handle_close_many(vmos, VMOS), OK);
	EXPECT_EQ(test_stats().vmos, 0);
}

/* Processes and threads */

/* The child has the parent's mappings, and the registry. */
TEST(fork_inherits)
{
	zx_handle_t vmo = zx_test_create(2 * PAGE, 0);
	zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 2 * PAGE);
	pid_t process;

	process = test_fork();
	if (!process) {
		EXPECT_EQ(poke(at, 1), 0);
		EXPECT_ZX(op(ZX_VMAR_OP_COMMIT, at + PAGE, PAGE), OK);
		EXPECT_ZX(zx_vmar_unmap(ROOT, at, 2 * PAGE), OK);
		EXPECT_ZX(zx_vmar_protect(ROOT, READ, at, PAGE), NOT_FOUND);
		_exit(0);
	}
	test_wait_for(process);
	EXPECT_EQ(*(uint8_t *)at, 1);
	EXPECT_EQ(zx_test_info(vmo).committed_bytes, 2 * PAGE);
	EXPECT_ZX(zx_vmar_protect(ROOT, READ, at, 2 * PAGE), OK);
}

static void *map_and_unmap(void *argument)
{
	zx_handle_t vmo = *(zx_handle_t *)argument;
	unsigned int i;

	for (i = 0; i < 300; i++) {
		zx_vaddr_t at = zx_test_map(READ | WRITE, vmo, 0, 3 * PAGE);

		EXPECT_ZX(zx_vmar_unmap(ROOT, at + PAGE, PAGE), OK);
		EXPECT_ZX(zx_vmar_protect(ROOT, READ, at, PAGE), OK);
		EXPECT_ZX(op(ZX_VMAR_OP_ZERO, at + 2 * PAGE, PAGE), OK);
		EXPECT_ZX(zx_vmar_unmap(ROOT, at, 3 * PAGE), OK);
	}
	return NULL;
}

TEST(threads_and_forks)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, 0);
	pthread_t threads[3];
	unsigned int i;

	for (i = 0; i < COUNT(threads); i++)
		ASSERT_EQ(pthread_create(threads + i, NULL, map_and_unmap,
					 &vmo),
			  0);
	for (i = 0; i < 10; i++) {
		pid_t process = test_fork();

		/* Would hang on a lock that another thread held. */
		if (!process) {
			map(READ, 0, vmo, 0, PAGE);
			_exit(0);
		}
		test_wait_for(process);
	}
	for (i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(zx_test_info(vmo).num_mappings, 0);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_EQ(test_stats().vmos, 0);
}
