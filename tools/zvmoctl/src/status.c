// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: exit statuses, and how a command ends without success
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

const char *status_command;

static void message(const char *format, va_list list, const char *reason)
{
	fflush(stdout);
	fprintf(stderr, "zvmoctl%s%s: ", status_command ? " " : "",
		status_command ? status_command : "");
	vfprintf(stderr, format, list);
	fprintf(stderr, "%s%s\n", reason ? ": " : "", reason ? reason : "");
}

void warn_about(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	message(format, list, NULL);
	va_end(list);
}

void usage_error(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	message(format, list, NULL);
	va_end(list);
	fprintf(stderr, "Try: zvmoctl %s%s--help\n",
		status_command ? status_command : "",
		status_command ? " " : "");
	exit(STATUS_USAGE);
}

enum status status_of(int error)
{
	switch (abs(error)) {
	case ENOENT:
	case ESRCH:
	case EBADF:
	case ENOTTY:
		return STATUS_NOT_FOUND;
	case EACCES:
	case EPERM:
		return STATUS_NOT_PERMITTED;
	default:
		return STATUS_FAILED;
	}
}

/* What strerror() would say of a file and not of a VMO. */
static const char *reason_of(int error)
{
	switch (error) {
	case ENOTTY:
		return "not a VMO";
	case ENODATA:
		return "the content was discarded";
	case EBADFD:
		return "not locked";
	case ESTALE:
		return "the content is not the one that was expected";
	case EBADMSG:
		return "not a stream, cut off, or damaged";
	case ENOSPC:
		return "no more VMOs of this user can be kept";
	case EFBIG:
		return "too big, or past the end";
	case ERANGE:
		return "not inside the VMO";
	default:
		return strerror(error);
	}
}

void fail(int error, const char *format, ...)
{
	va_list list;

	error = abs(error);
	va_start(list, format);
	message(format, list, reason_of(error));
	va_end(list);
	exit(status_of(error));
}

void fail_with(enum status status, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	message(format, list, NULL);
	va_end(list);
	exit((int)status);
}
