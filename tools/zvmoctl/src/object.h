/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: how the command line names a VMO
 *
 * NAME: a kept one. PID:FD: what that process has under that descriptor. :FD: an
 * inherited descriptor.
 */
#ifndef _ZVMOCTL_OBJECT_H
#define _ZVMOCTL_OBJECT_H

#include <stdint.h>

#include <zvmo.h>

/**
 * object_open() - Get a descriptor of a VMO.
 * @object: What names it.
 *
 * Ends the program if there is none.
 *
 * Return: a descriptor, close-on-exec.
 */
int object_open(const char *object);

/**
 * object_info() - Describe a VMO.
 * @fd: Its descriptor.
 *
 * Return: all that the module tells.
 */
struct zvmo_info object_info(int fd);

/**
 * object_id() - Find the number of a VMO, which may be given as such.
 * @object: What names it.
 *
 * Return: its koid.
 */
uint64_t object_id(const char *object);

/**
 * object_check() - End the program if a call of the library failed.
 * @result: What it returned.
 * @object: What names the VMO.
 *
 * Return: @result.
 */
int object_check(int result, const char *object);

#endif /* _ZVMOCTL_OBJECT_H */
