// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: see, script and steer virtual memory objects
 *
 * Here: find the command, parse its options, run it, and see that what it
 * printed arrived.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../zvmo/version.h"
#include "command.h"
#include "complete.h"
#include "output.h"

static bool want_version;

static const struct option_row main_options[] = {
	{ 'V', "version", OPTION_FLAG, &want_version, NULL, "the version" },
	{}
};

static void print_commands(void)
{
	const struct command *const *command;

	puts("Usage: zvmoctl COMMAND [OPTION]... [ARGUMENT]...\n"
	     "\n"
	     "See, script and steer virtual memory objects (VMOs).\n");
	for (command = commands; *command; command++)
		printf("  %-10s %s\n", (*command)->name, (*command)->text);
	puts("\n"
	     "A VMO is named by a NAME under which it is kept (see keep), by PID:FD, a\n"
	     "descriptor of a process, or by :FD, one that zvmoctl has inherited; where\n"
	     "the help says ID, also by its number, as list shows it.\n"
	     "\n"
	     "zvmoctl COMMAND --help explains a command, with examples. Every command\n"
	     "knows --json. Exit status: 0 done; 1 diff: they differ; 2 wrong usage; 3\n"
	     "zvmo is not loaded; 4 no such VMO; 5 not permitted; 6 failed; 7 the output\n"
	     "could not be written.\n"
	     "\n"
	     "Examples:\n"
	     "  zvmoctl load disk.img golden      load a file into a VMO kept as golden\n"
	     "  zvmoctl clone golden test         snapshot it, in no time\n"
	     "  zvmoctl tree                      see the family");
}

static void print_help(const struct command *command)
{
	printf("Usage: zvmoctl %s [OPTION]...%s%s\n\n%s.\n", command->name,
	       *command->arguments ? " " : "", command->arguments,
	       command->text);
	if (command->details)
		printf("%s\n", command->details);
	puts("");
	options_help(command->options);
	options_help(options_common);
	printf("\nExamples:\n%s", command->examples);
}

static const struct command *find_command(const char *name)
{
	const struct command *const *command;

	for (command = commands; *command; command++)
		if (!strcmp((*command)->name, name))
			return *command;
	usage_error("there is no command %s", name);
}

static enum status run(const struct command *command, int argc, char **argv)
{
	int first;

	status_command = command->name;
	first = options_parse(command->options, argc, argv,
			      command->runs_program);
	if (options_want_help) {
		print_help(command);
		return STATUS_DONE;
	}
	argc -= first;
	if (argc < command->least)
		usage_error("too few arguments: %s", command->arguments);
	if (command->most >= 0 && argc > command->most)
		usage_error("too many arguments");
	return command->run(argc, argv + first);
}

/*
 * A standard descriptor that is closed is not to become that of something else.
 * To use the one that stands for it fails, as to use it would.
 */
static void open_standard_fds(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDWR };
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", modes[fd]) != fd)
			exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	enum status status = STATUS_DONE;
	int first;

	open_standard_fds();
	if (argc > 1 && !strcmp(argv[1], "--complete")) {
		complete(argc - 2, argv + 2);
		output_end();
		return STATUS_DONE;
	}
	/* Options that all commands have may stand before the command. */
	first = options_parse(main_options, argc, argv, true);
	if (want_version)
		puts("zvmoctl " ZVMO_VERSION);
	else if (options_want_help ||
		 (argv[first] && !strcmp(argv[first], "help")))
		print_commands();
	else if (first == argc)
		usage_error("which command?");
	else
		status = run(find_command(argv[first]), argc - first,
			     argv + first);
	output_end();
	return (int)status;
}
