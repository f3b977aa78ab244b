// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl save, apply: the content of a VMO, or how it differs from another's,
 * as a stream
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zvmo_stream.h>

#include "commands.h"
#include "file.h"
#include "number.h"
#include "object.h"
#include "output.h"

static const char *base, *zstd;

static const struct option_row save_options[] = {
	{ 'B', "base", OPTION_TEXT, &base, "OBJECT",
	  "an increment: only what differs from this relative" },
	{ 'z', "zstd", OPTION_OPTIONAL, &zstd, "LEVEL",
	  "compress, 1 to 19 (3)" },
	{}
};

static void output_id(const char *key, const struct zvmo_stream_id *id)
{
	char text[NUMBER_LEN + 8];

	snprintf(text, sizeof(text), "%016" PRIx64 "%016" PRIx64, id->high,
		 id->low);
	output_string(key, text);
}

static void output_stream(const struct zvmo_stream_info *info)
{
	bool is_increment = info->flags & ZVMO_STREAM_INCREMENT;

	output_record_begin();
	output_bool("increment", is_increment);
	output_bool("zstd", info->flags & ZVMO_STREAM_ZSTD);
	output_size("size", info->size);
	output_size("stream-size", info->stream_size);
	if (is_increment)
		output_id("base", &info->base);
	output_id("content", &info->id);
	output_size("data-bytes", info->data_bytes);
	output_size("zero-bytes", info->zero_bytes);
	output_size("stored-bytes", info->stored_bytes);
	output_size("stream-bytes", info->stream_bytes);
	output_record_end();
}

static int32_t level(void)
{
	uint64_t value = 3;

	if (zstd && *zstd && (!number_parse(zstd, 19, &value) || !value))
		usage_error("--zstd: %s is no level from 1 to 19", zstd);
	return zstd ? (int32_t)value : 0;
}

static void save_to(int out, int fd, int base_fd, const char *name)
{
	struct zvmo_stream_options how = {
		.size = sizeof(how),
		.compression = level(),
	};
	struct zvmo_stream_info info;
	int err = zvmo_stream_save(fd, base_fd, out, &how, &info);

	/* The kernel says it of no VMO here. */
	if (err == -ENOSPC || err == -EPIPE || err == -EIO)
		fail_with(STATUS_OUTPUT, "%s: %s", name, strerror(-err));
	object_check(err, name);
	if (out != STDOUT_FILENO && output_json)
		output_stream(&info);
}

static int open_out(const char *name, int flags)
{
	int out = open(name, O_WRONLY | O_CLOEXEC | flags, 0666);

	if (out < 0)
		fail_with(STATUS_OUTPUT, "%s: %s", name, strerror(errno));
	return out;
}

/* Not what a rename would replace: a device, a pipe, a link to something. */
static bool is_replaceable(const char *name)
{
	struct stat stat;

	return lstat(name, &stat) || S_ISREG(stat.st_mode);
}

static void save_in_place(const char *name, int fd, int base_fd)
{
	int out = open_out(name, O_CREAT | O_TRUNC);

	save_to(out, fd, base_fd, name);
	if (close(out))
		fail_with(STATUS_OUTPUT, "%s: %s", name, strerror(errno));
}

/* A file appears when it is complete. */
static void save_to_file(const char *name, int fd, int base_fd)
{
	char temporary[4096];
	int out;

	if (!is_replaceable(name)) {
		save_in_place(name, fd, base_fd);
		return;
	}
	if (snprintf(temporary, sizeof(temporary), "%s.part", name) >=
	    (int)sizeof(temporary))
		fail(ENAMETOOLONG, "%s", name);
	/* One that was left over goes; one that others put there is not used. */
	unlink(temporary);
	out = open_out(temporary, O_CREAT | O_EXCL);
	save_to(out, fd, base_fd, temporary);
	if (fsync(out) && errno != EINVAL)
		fail_with(STATUS_OUTPUT, "%s: %s", temporary, strerror(errno));
	if (close(out) || rename(temporary, name))
		fail_with(STATUS_OUTPUT, "%s: %s", name, strerror(errno));
}

static enum status run_save(int count, char **arguments)
{
	const char *name = count > 1 ? arguments[1] : "-";
	int fd = object_open(arguments[0]);
	int base_fd = base ? object_open(base) : -1;

	if (strcmp(name, "-"))
		save_to_file(name, fd, base_fd);
	else if (isatty(STDOUT_FILENO))
		usage_error("a stream is not for a terminal: name a file");
	else
		save_to(STDOUT_FILENO, fd, base_fd, "standard output");
	return STATUS_DONE;
}

const struct command command_save = {
	.name = "save",
	.arguments = "OBJECT [FILE]",
	.text = "Save a VMO, or how it differs from a relative, as a stream",
	.details =
		"\n"
		"Without FILE, or with -, it goes to the standard output. load and apply read\n"
		"it, here or on another machine; zvmo-stream(1) looks into it.",
	.examples =
		"  zvmoctl save golden golden.zvmo\n"
		"  zvmoctl save --base golden --zstd work increment.zvmo\n"
		"  zvmoctl save golden | ssh host zvmoctl load --stream - golden\n",
	.options = save_options,
	.least = 1,
	.most = 2,
	.run = run_save,
};

static enum status run_apply(int count, char **arguments)
{
	int fd = object_open(arguments[0]);
	const char *name = count > 1 ? arguments[1] : "-";
	struct zvmo_stream_info info;
	int err = zvmo_stream_apply(fd, file_open(name), NULL, &info);

	if (err == -EPERM)
		fail_with(STATUS_FAILED,
			  "%s: of another size, and not resizable",
			  arguments[0]);
	object_check(err, name);
	if (output_json)
		output_stream(&info);
	return STATUS_DONE;
}

const struct command command_apply = {
	.name = "apply",
	.arguments = "OBJECT [FILE]",
	.text = "Give a VMO the content of a stream; an increment applies to what it has",
	.examples = "  zvmoctl apply copy increment.zvmo\n",
	.least = 1,
	.most = 2,
	.run = run_apply,
};
