// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: files that bytes come from and go to
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zvmo.h>

#include "file.h"
#include "object.h"
#include "output.h"
#include "status.h"

/* Bytes at a time; a multiple of 3, for Base64. */
#define CHUNK (3 * 65536)

static char chunk[CHUNK];

int file_open(const char *name)
{
	int fd;

	if (!strcmp(name, "-"))
		return STDIN_FILENO;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(errno, "%s", name);
	return fd;
}

static size_t read_chunk(int file, const char *name)
{
	ssize_t got;

	do {
		got = read(file, chunk, sizeof(chunk));
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		fail_with(STATUS_FAILED, "%s: %s", name, strerror(errno));
	return (size_t)got;
}

uint64_t file_to_vmo(int file, const char *name, int vmo, uint64_t offset)
{
	uint64_t total = 0;
	size_t got;

	for (;;) {
		got = read_chunk(file, name);
		if (!got)
			return total;
		object_check(zvmo_write(vmo, offset + total, chunk, got),
			     "write");
		total += got;
	}
}

static void output_base64(uint64_t offset, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	static char text[CHUNK / 3 * 4 + 1];
	const unsigned char *from = (const unsigned char *)chunk;
	uint32_t bits;
	char *to = text;
	size_t i;

	memset(chunk + length, 0, CHUNK - length);
	for (i = 0; i < length; i += 3) {
		bits = (uint32_t)from[i] << 16 | (uint32_t)from[i + 1] << 8 |
		       from[i + 2];
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = i + 1 < length ? digits[bits >> 6 & 63] : '=';
		*to++ = i + 2 < length ? digits[bits & 63] : '=';
	}
	*to = '\0';
	output_record_begin();
	output_number("offset", offset);
	output_number("length", length);
	output_string("base64", text);
	output_record_end();
}

void file_from_vmo(int vmo, const char *name, uint64_t offset, uint64_t length)
{
	ssize_t got;
	size_t want;

	while (length) {
		want = length < CHUNK ? (size_t)length : CHUNK;
		got = zvmo_read(vmo, offset, chunk, want);
		if (got < 0)
			fail((int)got, "%s", name);
		if (got && output_json)
			output_base64(offset, (size_t)got);
		else if (fwrite(chunk, 1, (size_t)got, stdout) != (size_t)got)
			output_end();
		if ((size_t)got < want)
			return;
		offset += (uint64_t)got;
		length -= (uint64_t)got;
	}
}
