// SPDX-License-Identifier: GPL-2.0-only
/* A cache that the kernel may drop when memory is short. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zvmo.h>

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

static const uint64_t size = 1 << 20;

/* Fills the cache if its content is gone; leaves it locked. */
static void cache_lock(int cache)
{
	struct zvmo_lock_state state;
	int error = zvmo_try_lock(cache, size);

	if (error != -ESTALE) {
		check(error, "zvmo_try_lock");
		return;
	}
	check(zvmo_lock(cache, size, &state), "zvmo_lock");
	printf("%llu bytes were discarded\n",
	       (unsigned long long)state.discarded_size);
	check(zvmo_write(cache, 0, "tile", 5), "zvmo_write");
}

int main(void)
{
	int cache = check(zvmo_create(size, ZVMO_DISCARDABLE), "zvmo_create");
	char text[8] = "";

	check(zvmo_lock(cache, size, NULL), "zvmo_lock");
	check(zvmo_write(cache, 0, "tile", 5), "zvmo_write");
	check(zvmo_unlock(cache, size), "zvmo_unlock");

	cache_lock(cache);
	check(zvmo_read(cache, 0, text, 5), "zvmo_read");
	check(zvmo_unlock(cache, size), "zvmo_unlock");
	printf("cached: %s\n", text);
	return strcmp(text, "tile") != 0 || zvmo_unlock(cache, size) != -EBADFD;
}
