/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: files that bytes come from and go to
 *
 * Every call ends the program if something fails.
 */
#ifndef _ZVMOCTL_FILE_H
#define _ZVMOCTL_FILE_H

#include <stdint.h>

/**
 * file_open() - Open a file to read.
 * @name: Its name; "-" is the standard input.
 *
 * Return: a descriptor.
 */
int file_open(const char *name);

/**
 * file_to_vmo() - Write the rest of a file into a VMO.
 * @file: The file; a pipe will do.
 * @name: Its name, for messages.
 * @vmo: The VMO.
 * @offset: Where to.
 *
 * Return: how many bytes.
 */
uint64_t file_to_vmo(int file, const char *name, int vmo, uint64_t offset);

/**
 * file_from_vmo() - Write a part of a VMO to the standard output.
 * @vmo: The VMO.
 * @name: Its name, for messages.
 * @offset: Where the part begins.
 * @length: How long it is; it ends at the stream size at the latest.
 *
 * As JSON: records of a list, with the bytes in Base64.
 */
void file_from_vmo(int vmo, const char *name, uint64_t offset, uint64_t length);

#endif /* _ZVMOCTL_FILE_H */
