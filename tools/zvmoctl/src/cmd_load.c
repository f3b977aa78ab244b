// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl load: a new VMO from a file, a pipe, or a stream
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zvmo_stream.h>

#include "commands.h"
#include "file.h"
#include "kept.h"
#include "made.h"
#include "object.h"

static bool stream, resizable;
static const char *base;

static const struct option_row options[] = {
	{ 'S', "stream", OPTION_FLAG, &stream, NULL,
	  "FILE is a stream, of save" },
	{ 'B', "base", OPTION_TEXT, &base, "OBJECT",
	  "what an increment applies to (implies --stream)" },
	{ 'r', "resizable", OPTION_FLAG, &resizable, NULL,
	  "its size can change; so always if FILE is a pipe" },
	MADE_OPTIONS,
	{}
};

/* From what has no size: grow as it comes. */
static int load_pipe(int file, const char *name)
{
	int fd = object_check(zvmo_create_on(kept_device(), 0, ZVMO_RESIZABLE),
			      name);

	file_to_vmo(file, name, fd, 0);
	return fd;
}

static int load_file(int file, const char *name)
{
	struct stat stat;

	if (fstat(file, &stat))
		fail(errno, "%s", name);
	if (S_ISDIR(stat.st_mode))
		fail(EISDIR, "%s", name);
	if (!S_ISREG(stat.st_mode))
		return load_pipe(file, name);
	return object_check(
		zvmo_create_from_file(file, resizable ? ZVMO_RESIZABLE : 0),
		name);
}

static int load_stream(int file, const char *name)
{
	struct zvmo_stream_options how = {
		.size = sizeof(how),
		.create_options = resizable ? ZVMO_RESIZABLE : 0,
	};
	int base_fd = base ? object_open(base) : -1;

	return object_check(zvmo_stream_load(file, base_fd, &how, NULL), name);
}

static enum status run(int count, char **arguments)
{
	int file, fd;

	made_check(arguments[1]);
	file = file_open(arguments[0]);
	if (stream || base)
		fd = load_stream(file, arguments[0]);
	else
		fd = load_file(file, arguments[0]);
	made_keep(fd, arguments[1]);
	return STATUS_DONE;
}

const struct command command_load = {
	.name = "load",
	.arguments = "FILE NAME",
	.text = "Load a file (- for the standard input) into a VMO kept as NAME",
	.examples = "  zvmoctl load disk.img golden\n"
		    "  curl -s https://example.org/data | zvmoctl load - data\n"
		    "  zvmoctl load --stream golden.zvmo copy\n"
		    "  zvmoctl load --base copy increment.zvmo copy2\n",
	.options = options,
	.least = 2,
	.most = 2,
	.run = run,
};
