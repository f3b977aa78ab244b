/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: exit statuses, and how a command ends without success
 *
 * The statuses are part of the interface; zvmoctl(8) lists them.
 */
#ifndef _ZVMOCTL_STATUS_H
#define _ZVMOCTL_STATUS_H

enum status {
	STATUS_DONE = 0,
	STATUS_DIFFERENT = 1, /* diff: the answer is yes */
	STATUS_USAGE = 2,
	STATUS_NO_MODULE = 3,
	STATUS_NOT_FOUND = 4,
	STATUS_NOT_PERMITTED = 5,
	STATUS_FAILED = 6,
	STATUS_OUTPUT = 7,
	STATUS_CANNOT_RUN = 126, /* as of env(1) */
	STATUS_NO_COMMAND = 127,
};

/* The name of the command, for messages. */
extern const char *status_command;

/**
 * warn_about() - Print a message on the standard error output.
 * @format: As printf().
 */
void __attribute__((format(printf, 1, 2))) warn_about(const char *format, ...);

/**
 * usage_error() - End: the command line is wrong.
 * @format: What is wrong with it, as printf().
 */
void __attribute__((noreturn, format(printf, 1, 2)))
usage_error(const char *format, ...);

/**
 * status_of() - The exit status that stands for an errno.
 * @error: An errno, or one with its sign changed.
 *
 * Return: the status.
 */
enum status status_of(int error);

/**
 * fail() - End: what was asked for cannot be done.
 * @error: An errno, or one with its sign changed.
 * @format: What could not be done, as printf().
 *
 * The errno is explained, and decides the exit status.
 */
void __attribute__((noreturn, format(printf, 2, 3)))
fail(int error, const char *format, ...);

/**
 * fail_with() - End with a status and a message of one's own.
 * @status: The exit status.
 * @format: As printf().
 */
void __attribute__((noreturn, format(printf, 2, 3)))
fail_with(enum status status, const char *format, ...);

#endif /* _ZVMOCTL_STATUS_H */
