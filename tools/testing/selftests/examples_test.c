// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - the examples of the manual pages and of README, as they are
 *
 * Each is linked in with its main() renamed, and must end with status 0.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

/* Run an example's main() with its output in a file, which is read back. */
static int run(int (*example)(int argc, char **argv), char *output, size_t size)
{
	char name[] = "example", *argv[] = { name, NULL };
	char path[] = "/tmp/example.XXXXXX";
	int file = mkstemp(path), out = dup(STDOUT_FILENO), status;
	ssize_t length;

	ASSERT_GE(file, 0);
	unlink(path);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	status = example(1, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	length = pread(file, output, size - 1, 0);
	output[length > 0 ? length : 0] = '\0';
	close(file);
	close(out);
	return status;
}

#define EXAMPLE(name)                                                      \
	int example_##name(int argc, char **argv);                         \
	TEST(runs_##name)                                                  \
	{                                                                  \
		char output[1024];                                         \
                                                                           \
		EXPECT_EQ(run(example_##name, output, sizeof(output)), 0); \
		EXPECT_NE(strlen(output), 0);                              \
	}

int example_hello(int argc, char **argv);
int example_zircon(int argc, char **argv);

TEST(runs_hello)
{
	char output[256];

	EXPECT_EQ(run(example_hello, output, sizeof(output)), 0);
	EXPECT_STREQ(output, "parent: after\nsnapshot: before\n");
}

TEST(runs_zircon)
{
	char output[256];

	EXPECT_EQ(run(example_zircon, output, sizeof(output)), 0);
	EXPECT_STREQ(output, "parent: after\nsnapshot: before\n");
}

EXAMPLE(fan_out)
EXAMPLE(from_memfd)
EXAMPLE(restore_worker)
EXAMPLE(snapshot_server)
EXAMPLE(zircon_port)
EXAMPLE(zvmo_create)
EXAMPLE(zvmo_create_child)
EXAMPLE(zvmo_diff_init)
EXAMPLE(zvmo_duplicate)
EXAMPLE(zvmo_get_info)
EXAMPLE(zvmo_keep)
EXAMPLE(zvmo_lock)
EXAMPLE(zvmo_map_range)
EXAMPLE(zvmo_op_range)
EXAMPLE(zvmo_read)
EXAMPLE(zvmo_restore)
EXAMPLE(zvmo_send)
EXAMPLE(zvmo_set_cache_policy)
EXAMPLE(zvmo_stream_save)
