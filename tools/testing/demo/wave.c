// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: waves of writes
 */
#include "random.h"
#include "wave.h"

/**
 * wave_begin() - Begin to enumerate the pages of a wave.
 * @wave: The wave.
 * @cursor: Set to the beginning.
 */
void wave_begin(const struct wave *wave, struct wave_cursor *cursor)
{
	cursor->state = random_mix(wave->seed ^ random_mix(wave->number));
	cursor->page = 0;
	cursor->left = wave->count;
}

/**
 * wave_next() - Get the next page, in ascending order.
 * @wave: The wave.
 * @cursor: The enumeration.
 * @page: out: Number of the page.
 *
 * Selection sampling: every set of @wave->count different pages is equally
 * likely, and no list is needed.
 *
 * Return: false after the last one.
 */
bool wave_next(const struct wave *wave, struct wave_cursor *cursor,
	       uint64_t *page)
{
	while (cursor->left) {
		uint64_t behind = wave->pages - cursor->page;

		*page = cursor->page++;
		if (random_next(&cursor->state) % behind < cursor->left) {
			cursor->left--;
			return true;
		}
	}
	return false;
}

/**
 * wave_fill() - Make what a wave writes into a page.
 * @wave: The wave.
 * @page: Number of the page.
 * @buffer: Filled.
 * @size: Size of a page.
 */
void wave_fill(const struct wave *wave, uint64_t page, void *buffer,
	       size_t size)
{
	uint64_t state =
		random_mix(random_mix(wave->seed ^ wave->number) ^ page);
	uint64_t *words = buffer;
	size_t i;

	for (i = 0; i < size / sizeof(*words); i++)
		words[i] = random_next(&state);
}

/**
 * wave_write() - Write all pages of a wave.
 * @wave: The wave.
 * @object: Mapping of the whole object.
 * @page_size: Size of a page.
 */
void wave_write(const struct wave *wave, void *object, size_t page_size)
{
	struct wave_cursor cursor;
	uint64_t page;

	wave_begin(wave, &cursor);
	while (wave_next(wave, &cursor, &page))
		wave_fill(wave, page, (char *)object + page * page_size,
			  page_size);
}
