/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: VMOs that a command has made, and that are to stay
 */
#ifndef _ZVMOCTL_MADE_H
#define _ZVMOCTL_MADE_H

#include "options.h"

/* Rows that tables of commands which make VMOs end with. */
#define MADE_OPTIONS                                                    \
	{ 'm',	      "mode", OPTION_MODE,                              \
	  &made_mode, "MODE", "who may open it, as of a file (0600)" }, \
	{                                                               \
		'l', "label", OPTION_TEXT, &made_label, "TEXT",         \
			"the VMO's own name, as list shows it (NAME)"   \
	}

extern uint32_t made_mode;
extern const char *made_label;

/**
 * made_check() - Before work is done for a VMO: can it be kept under this name?
 * @name: The name.
 *
 * Ends the program if not.
 */
void made_check(const char *name);

/**
 * made_keep() - Keep a VMO, and say so in JSON.
 * @fd: The VMO; it is closed.
 * @name: The name.
 */
void made_keep(int fd, const char *name);

/**
 * made_output() - Say, in JSON, how a VMO is now, which a command has changed.
 * @fd: The VMO.
 */
void made_output(int fd);

#endif /* _ZVMOCTL_MADE_H */
