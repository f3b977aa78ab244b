// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - sysfs: the version, and what this module knows
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../zvmo/version.h"
#include "harness.h"

#define VERSION "/sys/module/zvmo/version"
#define FEATURES "/sys/class/misc/zvmo/features"

static const struct {
	const char *name;
	unsigned int number;
} ioctls[] = {
	{ "version", ZVMO_IOC_VERSION },
	{ "create", ZVMO_IOC_CREATE },
	{ "create_child", ZVMO_IOC_CREATE_CHILD },
	{ "get_info", ZVMO_IOC_GET_INFO },
	{ "set_size", ZVMO_IOC_SET_SIZE },
	{ "op_range", ZVMO_IOC_OP_RANGE },
	{ "get_name", ZVMO_IOC_GET_NAME },
	{ "set_name", ZVMO_IOC_SET_NAME },
	{ "duplicate", ZVMO_IOC_DUPLICATE },
	{ "diff", ZVMO_IOC_DIFF },
	{ "set_stream_size", ZVMO_IOC_SET_STREAM_SIZE },
	{ "set_cache_policy", ZVMO_IOC_SET_CACHE_POLICY },
	{ "transfer", ZVMO_IOC_TRANSFER },
	{ "restore", ZVMO_IOC_RESTORE },
	{ "map_range", ZVMO_IOC_MAP_RANGE },
	{ "set_priority", ZVMO_IOC_SET_PRIORITY },
	{ "get_range_info", ZVMO_IOC_GET_RANGE_INFO },
	{ "read", ZVMO_IOC_READ },
	{ "write", ZVMO_IOC_WRITE },
	{ "keep", ZVMO_IOC_KEEP },
	{ "open_kept", ZVMO_IOC_OPEN_KEPT },
	{ "drop", ZVMO_IOC_DROP },
	{ "next_kept", ZVMO_IOC_NEXT_KEPT },
};

#define NR_IOCTLS (sizeof(ioctls) / sizeof(*ioctls))

/* The whole file, of a page at most, with a newline before it. */
static void read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t got;

	ASSERT_GE(fd, 0);
	text[0] = '\n';
	got = read(fd, text + 1, size - 2);
	ASSERT_GE(got, 0);
	text[1 + got] = '\0';
	close(fd);
}

static void expect_read_only(const char *path)
{
	struct stat stat_now;

	ASSERT_EQ(stat(path, &stat_now), 0);
	EXPECT_EQ(stat_now.st_mode & 0777, 0444);
}

static bool lists(const char *features, const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "\n%s\n", name);
	return strstr(features, line);
}

/* With a bad address: one that is there says anything but ENOTTY. */
static bool is_known(int fd, unsigned int number)
{
	return ioctl(fd, number, -1L) >= 0 || errno != ENOTTY;
}

TEST(version_is_that_of_the_source)
{
	char text[256];

	read_file(VERSION, text, sizeof(text));
	EXPECT_STREQ(text, "\n" ZVMO_VERSION "\n");
	expect_read_only(VERSION);
}

TEST(features_name_every_ioctl)
{
	char features[4096];
	unsigned int i;

	read_file(FEATURES, features, sizeof(features));
	for (i = 0; i < NR_IOCTLS; i++) {
		test_context("%s", ioctls[i].name);
		EXPECT(lists(features, ioctls[i].name));
	}
	expect_read_only(FEATURES);
}

TEST(features_are_what_the_module_does)
{
	int device = zvmo_open(), fd = test_create(PAGE, 0);
	unsigned int i, known = 0, lines = 0;
	char features[4096];
	const char *line;

	read_file(FEATURES, features, sizeof(features));
	for (line = features + 1; *line; line = strchr(line, '\n') + 1)
		lines++;
	for (i = 0; i < 256; i++) {
		unsigned int number = _IO(ZVMO_IOC_TYPE, i);

		known += is_known(device, number) || is_known(fd, number);
	}
	EXPECT_EQ(known, lines);
	for (i = 0; i < NR_IOCTLS; i++) {
		test_context("%s", ioctls[i].name);
		EXPECT_EQ(is_known(device, ioctls[i].number) ||
				  is_known(fd, ioctls[i].number),
			  lists(features, ioctls[i].name));
	}
}

/* Who may not open the device may ask all the same. */
TEST(features_need_no_access)
{
	char features[4096];
	pid_t child;

	ASSERT_EQ(chmod("/dev/zvmo", 0600), 0);
	child = test_fork();
	if (!child) {
		ASSERT_EQ(setuid(1000), 0);
		EXPECT_ERRNO(open("/dev/zvmo", O_RDWR), EACCES);
		read_file(FEATURES, features, sizeof(features));
		EXPECT(lists(features, "create"));
		_exit(0);
	}
	test_wait_for(child);
	ASSERT_EQ(chmod("/dev/zvmo", 0666), 0);
}

/* Without a rule of udev's that says otherwise. */
TEST(everybody_may_open_the_device)
{
	struct stat device;

	ASSERT_EQ(stat("/dev/zvmo", &device), 0);
	EXPECT_EQ(device.st_mode & 0777, 0666);
}
