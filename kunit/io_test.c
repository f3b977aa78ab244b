// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - reading, writing, seeking
 *
 * Through kernel memory, so that nothing needs to be faulted in. Rows are
 * explained in rows.h.
 */
#include <linux/uio.h>

#include "fixture.h"
#include "io.h"
#include "rows.h"

static struct zvmo *create(struct kunit *test, u64 size)
{
	struct zvmo_create args = { .options = ZVMO_RESIZABLE, .size = size };
	struct zvmo *vmo = zvmo_create(&args);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vmo);
	return vmo;
}

static ssize_t write_at(struct zvmo *vmo, bool may_grow, u64 offset,
			const char *text)
{
	struct kvec kvec = {
		.iov_base = (void *)text,
		.iov_len = strlen(text),
	};
	struct iov_iter iter;
	ssize_t ret;

	iov_iter_kvec(&iter, WRITE, &kvec, 1, kvec.iov_len);
	inode_lock(vmo->inode);
	ret = zvmo_write_iter(vmo, may_grow, &iter, offset);
	inode_unlock(vmo->inode);
	return ret;
}

static ssize_t read_at(struct zvmo *vmo, u64 offset, char *buffer, size_t size)
{
	struct kvec kvec = { .iov_base = buffer, .iov_len = size };
	struct iov_iter iter;

	iov_iter_kvec(&iter, READ, &kvec, 1, size);
	return zvmo_read_iter(vmo, &iter, offset);
}

/* What was written is read, over the edge of a page; two pages were needed. */
static void what_was_written_is_read(struct kunit *test)
{
	struct zvmo *vmo = create(test, 2 * PAGE_SIZE);
	char buffer[6] = "";

	KUNIT_EXPECT_EQ(test, write_at(vmo, false, PAGE_SIZE - 2, "abcd"), 4);
	KUNIT_EXPECT_EQ(test, PAGES, 2L);
	KUNIT_EXPECT_EQ(test, read_at(vmo, PAGE_SIZE - 2, buffer, 5), 5);
	KUNIT_EXPECT_STREQ(test, buffer, "abcd");
	zvmo_put(vmo);
}

/* Reading ends with the stream, and takes no page where there is none. */
static void reading_ends_with_the_stream(struct kunit *test)
{
	struct zvmo *vmo = create(test, PAGE_SIZE + 3);
	char buffer[8];

	KUNIT_EXPECT_EQ(test, read_at(vmo, PAGE_SIZE, buffer, 8), 3);
	KUNIT_EXPECT_EQ(test, read_at(vmo, PAGE_SIZE + 3, buffer, 8), 0);
	KUNIT_EXPECT_EQ(test, PAGES, 0L);
	zvmo_put(vmo);
}

/* Past the end a write may grow the VMO, or is too big. */
static void writing_past_the_end(struct kunit *test)
{
	struct zvmo *vmo = create(test, PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, write_at(vmo, false, PAGE_SIZE, "a"), -EFBIG);
	KUNIT_EXPECT_EQ(test, write_at(vmo, true, 2 * PAGE_SIZE, "abc"), 3);
	KUNIT_EXPECT_EQ(test, zvmo_size(vmo), 3 * (u64)PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, i_size_read(vmo->inode),
			(loff_t)(2 * PAGE_SIZE + 3));
	KUNIT_EXPECT_EQ(test, PAGES, 1L);
	zvmo_put(vmo);
}

/* Seeking tells pages from holes; the end counts as a hole. */
static void seeking_tells_pages_from_holes(struct kunit *test)
{
	struct zvmo *vmo = create(test, 4 * PAGE_SIZE);

	write_at(vmo, false, PAGE_SIZE, "a");
	write_at(vmo, false, 3 * PAGE_SIZE, "b");
	EXPECT_ROW(&vmo->cow->tree, 0, ".a.b");
	KUNIT_EXPECT_EQ(test, zvmo_seek(vmo, 0, true), (loff_t)PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, zvmo_seek(vmo, PAGE_SIZE + 5, true),
			(loff_t)PAGE_SIZE + 5);
	KUNIT_EXPECT_EQ(test, zvmo_seek(vmo, PAGE_SIZE, false),
			(loff_t)(2 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, zvmo_seek(vmo, 3 * PAGE_SIZE, false),
			(loff_t)(4 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, zvmo_seek(vmo, 4 * PAGE_SIZE, true),
			(loff_t)-ENXIO);
	zvmo_put(vmo);
}

/* A write that comes to nothing has not grown the VMO either. */
static bool write_nth(struct kunit *test, unsigned int n)
{
	struct zvmo *vmo = create(test, PAGE_SIZE);
	bool failed;
	ssize_t ret;

	write_at(vmo, false, 0, "a");
	zvmo_test_fail_nth(n);
	ret = write_at(vmo, true, 70 * PAGE_SIZE, "b");
	failed = zvmo_test_failed();
	if (ret < 0) {
		KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		KUNIT_EXPECT_EQ(test, zvmo_size(vmo), (u64)PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, i_size_read(vmo->inode),
				(loff_t)PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, PAGES, 1L);
		EXPECT_ROW(&vmo->cow->tree, 70, ".");
	} else {
		EXPECT_ROW(&vmo->cow->tree, 70, "b");
	}
	EXPECT_ROW(&vmo->cow->tree, 0, "a");
	EXPECT_SOUND(&vmo->cow->tree);
	zvmo_put(vmo);
	return failed;
}

static void a_write_that_fails_changed_nothing(struct kunit *test)
{
	zvmo_test_sweep(test, write_nth);
}

static struct kunit_case io_cases[] = {
	KUNIT_CASE(what_was_written_is_read),
	KUNIT_CASE(reading_ends_with_the_stream),
	KUNIT_CASE(writing_past_the_end),
	KUNIT_CASE(seeking_tells_pages_from_holes),
	KUNIT_CASE(a_write_that_fails_changed_nothing),
	{}
};

ZVMO_TEST_SUITE(io, io_cases);
