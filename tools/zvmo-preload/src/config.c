// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-preload: configuration and log
 *
 * The program zvmo-preload puts words into the environment, in ZVMO_PRELOAD:
 * "memfd", "seals", "shm", "strict", "shared=BYTES", "private=BYTES",
 * "arena=BYTES", "log=FILE" (the last word: the name may have spaces). What it
 * does not know it ignores.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

_Static_assert(sizeof(long) == 8, "SYS_mmap takes bytes and 64-bit offsets");

static struct preload_config config;
static pthread_once_t config_once = PTHREAD_ONCE_INIT;
static char log_name[4096];

/* Is the next word this one? If it ends with '=', what follows is its value. */
static const char *word_is(const char *words, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(words, word, length))
		return NULL;
	if (word[length - 1] == '=' || !words[length] || words[length] == ' ')
		return words + length;
	return NULL;
}

static void take_word(const char *words)
{
	const char *value;

	if (word_is(words, "memfd"))
		config.memfd = true;
	else if (word_is(words, "seals"))
		config.seals = true;
	else if (word_is(words, "shm"))
		config.shm = true;
	else if (word_is(words, "strict"))
		config.strict = true;
	else if ((value = word_is(words, "shared=")))
		config.shared = strtoull(value, NULL, 0);
	else if ((value = word_is(words, "private=")))
		config.private = strtoull(value, NULL, 0);
	else if ((value = word_is(words, "arena=")))
		config.arena = strtoull(value, NULL, 0);
}

static void read_config(void)
{
	const char *words = getenv("ZVMO_PRELOAD");
	const char *value;

	while (words && *words) {
		value = word_is(words, "log=");
		if (value) {
			/* The environment may change. */
			strncpy(log_name, value, sizeof(log_name) - 1);
			config.log = log_name;
			return;
		}
		take_word(words);
		words += strcspn(words, " ");
		words += strspn(words, " ");
	}
}

const struct preload_config *preload_config(void)
{
	pthread_once(&config_once, read_config);
	return &config;
}

void preload_log(const char *what, const char *detail)
{
	const char *name = preload_config()->log;
	int fd, length, saved = errno;
	char line[256];
	ssize_t written;

	if (!name || !what)
		return;
	fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	length = snprintf(line, sizeof(line), "%d %s %s\n", getpid(), what,
			  detail);
	if (length > (int)sizeof(line) - 1)
		length = sizeof(line) - 1;
	if (fd >= 0) {
		/* A log that is full says no more. */
		written = write(fd, line, (size_t)length);
		(void)written;
		close(fd);
	}
	errno = saved;
}

void preload_say_and_die(const char *message)
{
	static const char name[] = "zvmo-preload: ";

	if (write(STDERR_FILENO, name, sizeof(name) - 1) < 0 ||
	    write(STDERR_FILENO, message, strlen(message)) < 0 ||
	    write(STDERR_FILENO, "\n", 1) < 0)
		_exit(126);
	_exit(127);
}

void *preload_mmap(void *addr, size_t length, int prot, int flags, int fd,
		   off_t offset)
{
	return (void *)syscall(SYS_mmap, addr, length, prot, flags, fd, offset);
}

size_t preload_page_up(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}
