// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: what every object is to hold
 */
#include "check.h"
#include "checksum.h"
#include "expect.h"

/**
 * expect_init() - Begin with FILE alone, as object 0.
 * @expect: Filled.
 * @file: The bytes of FILE, with zeros to the end of the last page.
 * @pages: Number of pages.
 * @page_size: Size of a page.
 * @seed: The run's seed.
 */
void expect_init(struct expect *expect, const void *file, uint64_t pages,
		 size_t page_size, uint64_t seed)
{
	uint64_t page;

	expect->seed = seed;
	expect->page_size = page_size;
	expect->pages = pages;
	expect->file = check_memory(calloc(pages, sizeof(*expect->file)));
	expect->written[0] =
		check_memory(calloc(pages, sizeof(*expect->written[0])));
	for (page = 0; page < pages; page++)
		expect->file[page] = checksum_page(
			(const char *)file + page * page_size, page_size, page);
}

/**
 * expect_snapshot() - A snapshot is taken.
 * @expect: The arrays.
 * @parent: Of which object.
 * @child: Number of the snapshot.
 */
void expect_snapshot(struct expect *expect, unsigned int parent,
		     unsigned int child)
{
	size_t size = expect->pages * sizeof(*expect->written[child]);

	expect->written[child] = check_memory(malloc(size));
	memcpy(expect->written[child], expect->written[parent], size);
}

/**
 * expect_wave() - An object is written.
 * @expect: The arrays.
 * @object: The object.
 * @count: How many pages are written.
 *
 * Return: the wave that is to be written.
 */
const struct wave *expect_wave(struct expect *expect, unsigned int object,
			       uint64_t count)
{
	unsigned int number = ++expect->wave_count;
	struct wave *wave = &expect->waves[number];
	struct wave_cursor cursor;
	uint64_t page;

	*wave = (struct wave){
		.seed = expect->seed,
		.number = number,
		.count = count,
		.pages = expect->pages,
	};
	expect->writer[number] = object;
	wave_begin(wave, &cursor);
	while (wave_next(wave, &cursor, &page))
		expect->written[object][page] = (uint16_t)number;
	return wave;
}

/**
 * expect_close() - An object ceases to exist.
 * @expect: The arrays.
 * @object: The object.
 */
void expect_close(struct expect *expect, unsigned int object)
{
	free(expect->written[object]);
	expect->written[object] = NULL;
}

/**
 * expect_page() - Checksum that a page is to have.
 * @expect: The arrays.
 * @object: The object.
 * @page: Number of the page.
 */
uint64_t expect_page(const struct expect *expect, unsigned int object,
		     uint64_t page)
{
	unsigned int number = expect->written[object][page];
	char buffer[expect->page_size] __attribute__((aligned(8)));

	if (!number)
		return expect->file[page];
	wave_fill(&expect->waves[number], page, buffer, expect->page_size);
	return checksum_page(buffer, expect->page_size, page);
}

/**
 * expect_object() - Checksum that an object is to have.
 * @expect: The arrays.
 * @object: The object.
 */
uint64_t expect_object(const struct expect *expect, unsigned int object)
{
	uint64_t sum = 0;
	uint64_t page;

	for (page = 0; page < expect->pages; page++)
		sum += expect_page(expect, object, page);
	return sum;
}

/* How many different waves wrote @page last, in the objects that exist. */
static uint64_t distinct_versions(const struct expect *expect, uint64_t page)
{
	bool seen[WAVES_MAX + 1] = { false };
	uint64_t count = 0;
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		bool *version;

		if (!expect->written[i])
			continue;
		version = &seen[expect->written[i][page]];
		count += !*version;
		*version = true;
	}
	return count;
}

/**
 * expect_distinct() - How many pages it takes to hold all objects, if none that
 *	one object inherited from another is held twice.
 * @expect: The arrays.
 */
uint64_t expect_distinct(const struct expect *expect)
{
	uint64_t count = 0;
	uint64_t page;

	for (page = 0; page < expect->pages; page++)
		count += distinct_versions(expect, page);
	return count;
}
