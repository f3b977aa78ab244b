// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo-stream: save and load the content of VMOs and files as streams
 *
 * A VMO is named by the number of an inherited descriptor. All that matters is
 * in the library; here are the arguments, the messages, and what makes a file
 * appear only when it is complete.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zvmo.h>
#include <zvmo_stream.h>

enum status {
	STATUS_DONE,
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_DAMAGED,
	STATUS_OTHER_BASE,
};

static const char help[] =
	"Usage: zvmo-stream save (--fd N | --from FILE) [--base-fd N | --base FILE]\n"
	"                        [--zstd[=LEVEL]] STREAM\n"
	"       zvmo-stream load (--fd N | --to FILE) STREAM...\n"
	"       zvmo-stream verify STREAM...\n"
	"       zvmo-stream show [--json] STREAM...\n"
	"\n"
	"Save the content of a VMO, an inherited descriptor, or of a file as a STREAM;\n"
	"load it elsewhere. With a base a stream holds only what differs from it. \"-\"\n"
	"is the standard output or input. Streams in one file or pipe follow each other.\n"
	"\n"
	"  --fd=N          the VMO with descriptor N\n"
	"  --from=FILE     the content of FILE\n"
	"  --base-fd=N     save what differs from the VMO with descriptor N, a relative\n"
	"  --base=FILE     save what differs from FILE\n"
	"  --zstd[=LEVEL]  compress, with a level from 1 to 19 (3)\n"
	"  --to=FILE       load into FILE: an increment applies to what is there; it is\n"
	"                  replaced when all streams were good\n"
	"  --json          one JSON object for each stream, on a line of its own\n"
	"  --help          this\n"
	"\n"
	"Examples:\n"
	"  zvmo-stream save --fd 5 --zstd full.zvmo 5<&$vmo\n"
	"  zvmo-stream save --from monday.img full.zvmo\n"
	"  zvmo-stream save --from tuesday.img --base monday.img - | ssh host \\\n"
	"      zvmo-stream load --to copy.img -\n"
	"  zvmo-stream load --to new.img full.zvmo increment.zvmo\n"
	"  zvmo-stream show --json full.zvmo\n"
	"\n"
	"Exit status: 0 done; 1 failed; 2 wrong usage; 3 a stream is cut off, damaged or\n"
	"none; 4 an increment applies to another content.\n";

/**
 * struct arguments - The command line.
 * @fd: Number of a descriptor, or -1.
 * @base_fd: Another one.
 * @file: The argument of --from or --to, or NULL.
 * @base: That of --base.
 * @level: That of --zstd, or 0.
 * @json: Whether --json was given.
 * @streams: What follows the options.
 * @count: How many.
 */
struct arguments {
	int fd;
	int base_fd;
	const char *file;
	const char *base;
	int level;
	bool json;
	char **streams;
	int count;
};

static void __attribute__((noreturn, format(printf, 1, 2)))
usage(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("zvmo-stream: ", stderr);
	vfprintf(stderr, format, list);
	va_end(list);
	fputs("\nTry: zvmo-stream --help\n", stderr);
	exit(STATUS_USAGE);
}

static void __attribute__((noreturn)) die(int error, const char *name)
{
	switch (error) {
	case -EBADMSG:
	case -ENODATA:
		errx(STATUS_DAMAGED, "%s: cut off, damaged, or not a stream",
		     name);
	case -ESTALE:
		errx(STATUS_OTHER_BASE,
		     "%s: an increment to another content than this", name);
	default:
		errx(STATUS_FAILED, "%s: %s", name, strerror(-error));
	}
}

static int number(const char *text, const char *option, int min, int max)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < min || value > max)
		usage("%s: not a number from %d to %d: %s", option, min, max,
		      text);
	return (int)value;
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0666);

	if (fd < 0)
		err(STATUS_FAILED, "%s", path);
	return fd;
}

static int stream_open(const char *path)
{
	return strcmp(path, "-") == 0 ? STDIN_FILENO :
					open_or_die(path, O_RDONLY);
}

static bool same_file(int fd, int other)
{
	struct stat stat, others;

	return fd >= 0 && !fstat(fd, &stat) && !fstat(other, &others) &&
	       stat.st_dev == others.st_dev && stat.st_ino == others.st_ino;
}

/* What is to be saved is not overwritten. */
static int stream_create(const char *path, int fd, int base)
{
	struct stat stat;
	int stream;

	if (strcmp(path, "-") == 0)
		return STDOUT_FILENO;
	stream = open_or_die(path, O_WRONLY | O_CREAT);
	if (same_file(fd, stream) || same_file(base, stream))
		usage("save: %s is what is to be saved, or its base", path);
	if (fstat(stream, &stat) ||
	    (S_ISREG(stat.st_mode) && ftruncate(stream, 0)))
		err(STATUS_FAILED, "%s", path);
	return stream;
}

static void stream_close(int fd, const char *path)
{
	if (fd > STDERR_FILENO && close(fd))
		err(STATUS_FAILED, "%s", path);
}

static void save(const struct arguments *arguments)
{
	const struct zvmo_stream_options options = {
		.size = sizeof(options),
		.compression = arguments->level,
	};
	const char *path = arguments->streams[0];
	int fd = arguments->fd, base = arguments->base_fd, stream, error;

	if (arguments->count != 1)
		usage("save: one STREAM, please");
	if ((fd >= 0) == !!arguments->file)
		usage("save: either --fd or --from, please");
	if (base >= 0 && arguments->base)
		usage("save: either --base-fd or --base, please");
	if (arguments->file)
		fd = open_or_die(arguments->file, O_RDONLY);
	if (arguments->base)
		base = open_or_die(arguments->base, O_RDONLY);
	stream = stream_create(path, fd, base);
	error = zvmo_stream_save(fd, base, stream, &options, NULL);
	if (error)
		die(error, path);
	stream_close(stream, path);
}

/* What is done with each stream; returns 0 or -errno. */
typedef int (*action)(int stream, const struct arguments *arguments,
		      const char *path);

/* All streams of all files; there is one at least in each. */
static void for_each_stream(const struct arguments *arguments, action act)
{
	int i;

	if (!arguments->count)
		usage("no STREAM");
	for (i = 0; i < arguments->count; i++) {
		const char *path = arguments->streams[i];
		int stream = stream_open(path), error;

		error = act(stream, arguments, path);
		if (error)
			die(error, path);
		do {
			error = act(stream, arguments, path);
		} while (!error);
		if (error != -ENODATA)
			die(error, path);
		stream_close(stream, path);
	}
}

static int load_vmo(int stream, const struct arguments *arguments,
		    const char *path)
{
	(void)path;
	return zvmo_stream_apply(arguments->fd, stream, NULL, NULL);
}

/* The file being made, removed if the program ends before it has its name. */
static char *unfinished;
static int unfinished_fd;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

static int load_file(int stream, const struct arguments *arguments,
		     const char *path)
{
	(void)arguments;
	(void)path;
	return zvmo_stream_load_file(unfinished_fd, stream, NULL, NULL);
}

static void copy_range(int from, int to, off_t start, off_t end,
		       const char *name)
{
	while (start < end) {
		off_t there = start;
		ssize_t n = copy_file_range(from, &start, to, &there,
					    (size_t)(end - start), 0);

		if (n < 0)
			err(STATUS_FAILED, "copying %s", name);
		if (n == 0)
			return;
	}
}

/* Begins with what the file holds, holes as holes. */
static void copy_present(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	off_t start = 0, end = 0;

	if (from < 0 && errno == ENOENT)
		return;
	if (from < 0 || fstat(from, &stat) ||
	    fchmod(unfinished_fd, stat.st_mode))
		err(STATUS_FAILED, "%s", path);
	if (!S_ISREG(stat.st_mode))
		errx(STATUS_FAILED, "%s: not a regular file", path);
	if (ftruncate(unfinished_fd, stat.st_size))
		err(STATUS_FAILED, "copying %s", path);
	while ((start = lseek(from, end, SEEK_DATA)) >= 0) {
		end = lseek(from, start, SEEK_HOLE);
		copy_range(from, unfinished_fd, start, end, path);
	}
	close(from);
}

static void begin_file(const char *path)
{
	mode_t mask = umask(0);

	umask(mask);
	if (asprintf(&unfinished, "%s.XXXXXX", path) < 0)
		err(STATUS_FAILED, "%s", path);
	unfinished_fd = mkostemp(unfinished, O_CLOEXEC);
	if (unfinished_fd < 0) {
		unfinished = NULL;
		err(STATUS_FAILED, "%s", path);
	}
	atexit(remove_unfinished);
	if (fchmod(unfinished_fd, 0666 & ~mask))
		err(STATUS_FAILED, "%s", path);
	copy_present(path);
}

static void finish_file(const char *path)
{
	if (fsync(unfinished_fd) || close(unfinished_fd) ||
	    rename(unfinished, path))
		err(STATUS_FAILED, "%s", path);
	unfinished = NULL;
}

static void load(const struct arguments *arguments)
{
	if ((arguments->fd >= 0) == !!arguments->file)
		usage("load: either --fd or --to, please");
	if (!arguments->count)
		usage("load: no STREAM");
	if (arguments->fd >= 0) {
		for_each_stream(arguments, load_vmo);
		return;
	}
	begin_file(arguments->file);
	for_each_stream(arguments, load_file);
	finish_file(arguments->file);
}

static int verify_one(int stream, const struct arguments *arguments,
		      const char *path)
{
	(void)arguments;
	(void)path;
	return zvmo_stream_verify(stream, NULL);
}

static void verify(const struct arguments *arguments)
{
	for_each_stream(arguments, verify_one);
}

static void show_text(const struct zvmo_stream_info *info)
{
	bool increment = info->flags & ZVMO_STREAM_INCREMENT;

	printf("  kind         %s%s\n", increment ? "increment" : "whole",
	       info->flags & ZVMO_STREAM_ZSTD ? ", zstd" : "");
	printf("  size         %" PRIu64 "\n", info->size);
	printf("  stream size  %" PRIu64 "\n", info->stream_size);
	printf("  page size    %" PRIu32 "\n", info->page_size);
	if (increment)
		printf("  base         %016" PRIx64 "%016" PRIx64 "\n",
		       info->base.high, info->base.low);
	printf("  id           %016" PRIx64 "%016" PRIx64 "\n", info->id.high,
	       info->id.low);
	printf("  data         %" PRIu64 " bytes in %" PRIu64
	       " records, stored in %" PRIu64 "\n",
	       info->data_bytes, info->data_records, info->stored_bytes);
	printf("  zeros        %" PRIu64 " bytes in %" PRIu64 " records\n",
	       info->zero_bytes, info->zero_records);
	printf("  length       %" PRIu64 " bytes\n", info->stream_bytes);
}

/* As a JSON string; what is not ASCII stays as it is. */
static void show_json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if ((unsigned char)*text < ' ')
			printf("\\u%04x", (unsigned int)*text);
		else
			putchar(*text);
	}
	putchar('"');
}

static void show_json(const struct zvmo_stream_info *info, const char *path)
{
	bool increment = info->flags & ZVMO_STREAM_INCREMENT;

	printf("{\"file\":");
	show_json_string(path);
	printf(",\"version\":%" PRIu32 ",\"increment\":%s,\"zstd\":%s"
	       ",\"page_size\":%" PRIu32 ",\"size\":%" PRIu64
	       ",\"stream_size\":%" PRIu64,
	       info->version, increment ? "true" : "false",
	       info->flags & ZVMO_STREAM_ZSTD ? "true" : "false",
	       info->page_size, info->size, info->stream_size);
	if (increment)
		printf(",\"base\":\"%016" PRIx64 "%016" PRIx64 "\"",
		       info->base.high, info->base.low);
	printf(",\"id\":\"%016" PRIx64 "%016" PRIx64 "\"", info->id.high,
	       info->id.low);
	printf(",\"data_records\":%" PRIu64 ",\"zero_records\":%" PRIu64
	       ",\"data_bytes\":%" PRIu64 ",\"zero_bytes\":%" PRIu64
	       ",\"stored_bytes\":%" PRIu64 ",\"stream_bytes\":%" PRIu64 "}\n",
	       info->data_records, info->zero_records, info->data_bytes,
	       info->zero_bytes, info->stored_bytes, info->stream_bytes);
}

static int show_one(int stream, const struct arguments *arguments,
		    const char *path)
{
	struct zvmo_stream_info info;
	int error = zvmo_stream_verify(stream, &info);

	if (error)
		return error;
	if (arguments->json) {
		show_json(&info, path);
		return 0;
	}
	printf("%s:\n", path);
	show_text(&info);
	return 0;
}

static void show(const struct arguments *arguments)
{
	for_each_stream(arguments, show_one);
}

/* Which command takes which option, by the short form of getopt_long(). */
static const struct command {
	const char *name;
	const char *options;
	void (*run)(const struct arguments *arguments);
} commands[] = {
	{ "save", "fFbBz", save },
	{ "load", "fT", load },
	{ "verify", "", verify },
	{ "show", "j", show },
};

static const struct option options[] = {
	{ "fd", required_argument, NULL, 'f' },
	{ "from", required_argument, NULL, 'F' },
	{ "to", required_argument, NULL, 'T' },
	{ "base-fd", required_argument, NULL, 'b' },
	{ "base", required_argument, NULL, 'B' },
	{ "zstd", optional_argument, NULL, 'z' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	usage("no such command: %s", name);
}

static void take_option(struct arguments *arguments, int option)
{
	switch (option) {
	case 'f':
		arguments->fd = number(optarg, "--fd", 0, INT32_MAX);
		break;
	case 'b':
		arguments->base_fd = number(optarg, "--base-fd", 0, INT32_MAX);
		break;
	case 'F':
	case 'T':
		arguments->file = optarg;
		break;
	case 'B':
		arguments->base = optarg;
		break;
	case 'z':
		arguments->level = optarg ? number(optarg, "--zstd", 1, 19) : 3;
		break;
	case 'j':
		arguments->json = true;
		break;
	}
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .fd = -1, .base_fd = -1 };
	const struct command *command;
	int option, index;

	if (argc < 2)
		usage("no command");
	if (strcmp(argv[1], "--help") == 0) {
		fputs(help, stdout);
		return STATUS_DONE;
	}
	command = find_command(argv[1]);
	argc--;
	argv++;
	while ((option = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return STATUS_DONE;
		}
		if (option == '?')
			usage("%s: see above", command->name);
		if (!strchr(command->options, option))
			usage("%s: takes no --%s", command->name,
			      options[index].name);
		take_option(&arguments, option);
	}
	arguments.streams = argv + optind;
	arguments.count = argc - optind;
	command->run(&arguments);
	if (fflush(stdout) || ferror(stdout))
		err(STATUS_FAILED, "standard output");
	return STATUS_DONE;
}
