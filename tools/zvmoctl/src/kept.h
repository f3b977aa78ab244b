/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: kept VMOs
 *
 * Each call ends the program if /dev/zvmo cannot be opened.
 */
#ifndef _ZVMOCTL_KEPT_H
#define _ZVMOCTL_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include <zvmo.h>

/* Who may open what is kept if nobody says so. */
#define KEPT_MODE 0600

/**
 * kept_device() - The open /dev/zvmo.
 *
 * Return: its descriptor.
 */
int kept_device(void);

/**
 * kept_check_name() - End the program if a word cannot be the name of a kept VMO:
 *	because of its length, or because it would name something else.
 * @name: The word.
 */
void kept_check_name(const char *name);

/**
 * kept_exists() - Is there a kept VMO of this name that the caller can see?
 * @name: The name.
 *
 * Return: the answer.
 */
bool kept_exists(const char *name);

/**
 * kept_open() - Open a kept VMO with all rights that the caller may have.
 * @name: The name.
 *
 * Return: a descriptor or a negative errno of zvmo_open_kept(); -ENOENT for what
 * cannot be a name.
 */
int kept_open(const char *name);

/**
 * kept_drop() - Keep a VMO no longer.
 * @name: The name.
 *
 * Return: 0 or a negative errno of zvmo_drop(); -ENOENT likewise.
 */
int kept_drop(const char *name);

/**
 * kept_next() - Go on to the next kept VMO.
 * @info: The one before, or with an empty name; out: the next.
 *
 * Return: whether there is one.
 */
bool kept_next(struct zvmo_kept_info *info);

#endif /* _ZVMOCTL_KEPT_H */
