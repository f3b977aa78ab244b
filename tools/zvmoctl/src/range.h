/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: the part of a VMO that a command is about
 */
#ifndef _ZVMOCTL_RANGE_H
#define _ZVMOCTL_RANGE_H

#include "options.h"

#define RANGE_OPTIONS                                                \
	{ 'o',		 "offset", OPTION_SIZE,                      \
	  &range_offset, "OFFSET", "where the part begins (0)" },    \
	{                                                            \
		'n', "length", OPTION_SIZE, &range_length, "LENGTH", \
			"how long it is (to the end)"                \
	}

/* UINT64_MAX: not given. */
extern uint64_t range_offset;
extern uint64_t range_length;

struct range {
	uint64_t offset;
	uint64_t length;
};

/**
 * range_is_given() - Did the command line name a part?
 *
 * Return: the answer.
 */
bool range_is_given(void);

/**
 * range_of() - The part of a VMO that the command line names.
 * @fd: The VMO.
 * @of_stream: Its end is the stream size, not the size.
 *
 * Return: the part; it is not checked that it is inside.
 */
struct range range_of(int fd, bool of_stream);

#endif /* _ZVMOCTL_RANGE_H */
