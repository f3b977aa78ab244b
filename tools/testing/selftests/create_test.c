// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - the device, and creating VMOs
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define ALL_OPTIONS (ZVMO_RESIZABLE | ZVMO_DISCARDABLE | ZVMO_UNBOUNDED)

TEST(version)
{
	int device = zvmo_open();

	ASSERT_GE(device, 0);
	EXPECT_EQ(zvmo_version(device), ZVMO_ABI_VERSION);
	EXPECT_EQ(fcntl(device, F_GETFD), FD_CLOEXEC);
}

TEST(new_vmo)
{
	int fd = test_create(3 * PAGE, 0);
	struct zvmo_info info = test_info(fd);
	static const char no_name[ZVMO_NAME_LEN];

	EXPECT_EQ(info.argsz, sizeof(info));
	EXPECT_EQ(info.flags, ZVMO_INFO_TYPE_PAGED | ZVMO_INFO_VIA_HANDLE);
	EXPECT_NE(info.koid, 0);
	EXPECT_EQ(info.parent_koid, 0);
	EXPECT_EQ(info.size, 3 * PAGE);
	EXPECT_EQ(info.stream_size, 3 * PAGE);
	EXPECT_EQ(info.num_children, 0);
	EXPECT_EQ(info.num_mappings, 0);
	EXPECT_EQ(info.committed_bytes, 0);
	EXPECT_EQ(info.rights, ZVMO_RIGHTS_DEFAULT);
	EXPECT_EQ(info.cache_policy, 0);
	EXPECT_MEMEQ(info.name, no_name, sizeof(no_name));
	EXPECT(test_holds(fd, 0, 3 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 0);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 0);
}

TEST(rights_are_those_of_the_contract)
{
	EXPECT_EQ(ZVMO_RIGHTS_DEFAULT, 0xd0ff & ~ZVMO_RIGHT_EXECUTE);
	EXPECT_EQ(test_info(test_create(0, 0)).rights, 0xd0ef);
	EXPECT_EQ(test_info(test_create(0, ZVMO_RESIZABLE)).rights,
		  0xd0ef | 1 << 22);
	EXPECT_EQ(test_info(test_create(0, ZVMO_UNBOUNDED)).rights, 0xd0ef);
	EXPECT_EQ(test_info(test_create(0, ZVMO_DISCARDABLE)).rights, 0xd0ef);
}

TEST(options)
{
	uint32_t options;

	for (options = 0; options <= ALL_OPTIONS; options++) {
		int fd = zvmo_create(PAGE, options);
		uint32_t flags;

		if (options & ~ALL_OPTIONS ||
		    (options & ZVMO_RESIZABLE && options & ZVMO_UNBOUNDED)) {
			EXPECT_EQ(fd, -EINVAL);
			continue;
		}
		ASSERT_GE(fd, 0);
		flags = test_info(fd).flags;
		EXPECT_EQ(!!(flags & ZVMO_INFO_RESIZABLE),
			  !!(options & ZVMO_RESIZABLE));
		EXPECT_EQ(!!(flags & ZVMO_INFO_DISCARDABLE),
			  !!(options & ZVMO_DISCARDABLE));
		test_close(fd);
	}
	for (options = 1; options; options <<= 1) {
		if (!(options & ALL_OPTIONS))
			EXPECT_EQ(zvmo_create(PAGE, options), -EINVAL);
	}
}

static void expect_size(uint64_t size, uint64_t vmo_size, uint32_t options)
{
	int fd = test_create(size, options);
	struct zvmo_info info = test_info(fd);
	struct stat stat;

	EXPECT_EQ(info.size, vmo_size);
	EXPECT_EQ(info.stream_size, size);
	ASSERT_EQ(fstat(fd, &stat), 0);
	EXPECT_EQ(stat.st_size, size);
	EXPECT_EQ(stat.st_blocks, 0);
	test_close(fd);
}

TEST(sizes)
{
	uint32_t options;

	for (options = 0; options <= ZVMO_RESIZABLE;
	     options += ZVMO_RESIZABLE) {
		expect_size(0, 0, options);
		expect_size(1, PAGE, options);
		expect_size(PAGE - 1, PAGE, options);
		expect_size(PAGE, PAGE, options);
		expect_size(PAGE + 1, 2 * PAGE, options);
		expect_size(1ULL << 45, 1ULL << 45, options);
		expect_size(ZVMO_SIZE_MAX - 1, ZVMO_SIZE_MAX, options);
		expect_size(ZVMO_SIZE_MAX, ZVMO_SIZE_MAX, options);
	}
}

TEST(unbounded)
{
	expect_size(0, ZVMO_SIZE_MAX, ZVMO_UNBOUNDED);
	expect_size(12345, ZVMO_SIZE_MAX, ZVMO_UNBOUNDED);
	expect_size(ZVMO_SIZE_MAX, ZVMO_SIZE_MAX, ZVMO_UNBOUNDED);
	EXPECT_EQ(zvmo_create(ZVMO_SIZE_MAX + 1, ZVMO_UNBOUNDED), -EFBIG);
}

TEST(unbounded_stream_extends)
{
	int fd = test_create(5, ZVMO_UNBOUNDED);

	test_write(fd, 10 * PAGE, "x", 1);
	EXPECT_EQ(test_info(fd).stream_size, 10 * PAGE + 1);
	EXPECT_EQ(test_info(fd).size, ZVMO_SIZE_MAX);
	test_write(fd, ZVMO_SIZE_MAX - 1, "y", 1);
	EXPECT_EQ(test_info(fd).stream_size, ZVMO_SIZE_MAX);
	EXPECT_EQ(test_byte(fd, ZVMO_SIZE_MAX - 1), 'y');
	EXPECT_EQ(test_byte(fd, 10 * PAGE), 'x');
	EXPECT(test_holds(fd, 0, 10 * PAGE, 0));
	EXPECT_EQ(test_stats().pages, 2);
	EXPECT_EQ(zvmo_write(fd, ZVMO_SIZE_MAX, "z", 1), -EFBIG);
	EXPECT_EQ(zvmo_set_size(fd, PAGE), -EPERM);
}

TEST(too_big)
{
	static const uint64_t sizes[] = {
		ZVMO_SIZE_MAX + 1,  INT64_MAX,	       1ULL << 63,
		UINT64_MAX - 65536, UINT64_MAX - 4095, UINT64_MAX - 1,
		UINT64_MAX,
	};
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		EXPECT_EQ(zvmo_create(sizes[i], 0), -EFBIG);
		EXPECT_EQ(zvmo_create(sizes[i], ZVMO_RESIZABLE), -EFBIG);
		EXPECT_EQ(zvmo_create(sizes[i], ZVMO_UNBOUNDED), -EFBIG);
		/* Options are looked at first. */
		EXPECT_EQ(zvmo_create(sizes[i], 1), -EINVAL);
		EXPECT_EQ(zvmo_create(sizes[i],
				      ZVMO_RESIZABLE | ZVMO_UNBOUNDED),
			  -EINVAL);
	}
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(koids_are_unique)
{
	uint64_t last = 0;
	int i;

	for (i = 0; i < 100; i++) {
		int fd = test_create(0, 0);
		uint64_t koid = test_info(fd).koid;

		EXPECT(koid > last);
		EXPECT(koid >= 1024 && koid < 1ULL << 63);
		last = koid;
		test_close(fd);
	}
}

TEST(device_outlives_nothing)
{
	int device = zvmo_open();
	int fd = zvmo_create_on(device, PAGE, 0);

	ASSERT_GE(fd, 0);
	test_close(device);
	test_fill(fd, 0, PAGE, 7);
	EXPECT(test_holds(fd, 0, PAGE, 7));
}

TEST(a_vmo_is_no_device)
{
	int fd = test_create(PAGE, 0), device = zvmo_open();

	EXPECT_EQ(zvmo_create_on(fd, PAGE, 0), -ENOTTY);
	EXPECT_EQ(zvmo_version(fd), -ENOTTY);
	EXPECT_EQ(zvmo_set_size(device, 0), -ENOTTY);
	EXPECT_EQ(zvmo_snapshot_range(device, 0, 0), -ENOTTY);
	EXPECT_EQ(zvmo_create_on(-1, PAGE, 0), -EBADF);
}

TEST(no_free_descriptor)
{
	struct rlimit limit;
	int device = zvmo_open(), fd = test_create(PAGE, 0);
	int free_fd = test_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS);

	ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	test_close(free_fd);
	limit.rlim_cur = free_fd;
	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT_EQ(zvmo_create_on(device, PAGE, 0), -EMFILE);
	EXPECT_EQ(zvmo_create_child(fd, ZVMO_CHILD_SNAPSHOT, 0, PAGE), -EMFILE);
	EXPECT_EQ(zvmo_create_child(fd, ZVMO_CHILD_SLICE, 0, PAGE), -EMFILE);
	EXPECT_EQ(zvmo_create_child(fd, ZVMO_CHILD_REFERENCE, 0, 0), -EMFILE);
	EXPECT_EQ(zvmo_duplicate(fd, ZVMO_RIGHT_SAME_RIGHTS), -EMFILE);
	EXPECT_EQ(test_info(fd).num_children, 0);
	limit.rlim_cur = free_fd + 1;
	ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT_EQ(zvmo_create_on(device, PAGE, 0), free_fd);
}

TEST(from_file)
{
	int file = open("/proc/self/exe", O_RDONLY), fd, pipes[2];
	char found[4096], expected[4096];
	struct stat stat;
	off_t offset;

	ASSERT_GE(file, 0);
	ASSERT_EQ(fstat(file, &stat), 0);
	ASSERT_EQ(lseek(file, 100, SEEK_SET), 100);
	fd = zvmo_create_from_file(file, ZVMO_RESIZABLE);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(test_info(fd).stream_size, stat.st_size);
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 100);
	for (offset = 0; offset < stat.st_size; offset += sizeof(found)) {
		ssize_t size = pread(file, expected, sizeof(expected), offset);

		ASSERT_EQ(pread(fd, found, sizeof(found), offset), size);
		ASSERT_MEMEQ(found, expected, size);
	}
	ASSERT_EQ(pipe(pipes), 0);
	EXPECT_EQ(zvmo_create_from_file(pipes[0], 0), -EINVAL);
	EXPECT_EQ(zvmo_create_from_file(file, 1), -EINVAL);
	EXPECT_EQ(test_stats().vmos, 1);
}
