/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: numbers as people write them
 */
#ifndef _ZVMOCTL_NUMBER_H
#define _ZVMOCTL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for what the functions below write. */
#define NUMBER_LEN 32

/**
 * number_parse() - Read a whole number, decimal or 0x...
 * @text: The text, all of it.
 * @max: The largest that will do.
 * @value: out: the number.
 *
 * Return: whether it is one.
 */
bool number_parse(const char *text, uint64_t max, uint64_t *value);

/**
 * size_parse() - Read a size: a number, or one with K, M, G, T, P (powers of
 *	1024), or p for pages.
 * @text: The text, all of it.
 * @value: out: the size in bytes.
 *
 * Return: whether it is one.
 */
bool size_parse(const char *text, uint64_t *value);

/**
 * size_format() - Write a size with three digits or so: 512, 4.0K, 17M.
 * @text: Where to.
 * @value: The size in bytes.
 */
void size_format(char text[NUMBER_LEN], uint64_t value);

#endif /* _ZVMOCTL_NUMBER_H */
