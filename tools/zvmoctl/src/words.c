// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: the words for flags, kinds and states
 */
#include <stddef.h>

#include "words.h"

const char *const words_kinds[] = { "original", "snapshot", "slice",
				    "reference", NULL };

const char *const words_flags[] = { "resizable", "discardable", "immutable",
				    "discarded", NULL };

const char *const words_cache_policies[] = { "cached", "uncached",
					     "uncached-device",
					     "write-combining", NULL };

const char *const words_limits[] = { "kept", NULL };

const char *const words_page_states[] = {
	"absent", "private",	    "shared", "zero",	"compressed",
	"dirty",  "awaiting-clean", "pinned", "loaned", NULL
};

const char *words_of(const char *const *words, unsigned int value)
{
	while (value-- && *words)
		words++;
	return *words ? *words : "unknown";
}
