/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: the terminal, if the output is one: its width, and colours
 */
#ifndef _ZVMOCTL_TERMINAL_H
#define _ZVMOCTL_TERMINAL_H

#include <stdbool.h>

enum color {
	COLOR_NONE,
	COLOR_RED,
	COLOR_GREEN,
	COLOR_YELLOW,
	COLOR_BLUE,
	COLOR_MAGENTA,
	COLOR_CYAN,
};

/**
 * terminal_set_color() - When to use colours.
 * @when: "auto", "always" or "never".
 *
 * Return: whether @when is one of them.
 */
bool terminal_set_color(const char *when);

/**
 * terminal_columns() - How wide a line may be.
 * @otherwise: What to return if the output is no terminal.
 *
 * The environment's COLUMNS overrides what the terminal says.
 *
 * Return: a number of characters, at least 1.
 */
unsigned int terminal_columns(unsigned int otherwise);

/**
 * terminal_rows() - How many lines fit.
 *
 * Return: their number, at least 1; 24 if it is not known.
 */
unsigned int terminal_rows(void);

/**
 * terminal_on() - The sequence that begins a colour of text.
 * @color: The colour.
 *
 * Return: the sequence, empty if there are no colours.
 */
const char *terminal_on(enum color color);

/**
 * terminal_block() - The sequence that begins a colour of the background.
 * @color: The colour.
 *
 * Return: the sequence, empty if there are no colours.
 */
const char *terminal_block(enum color color);

/**
 * terminal_off() - The sequence that ends a colour.
 *
 * Return: the sequence, empty if there are no colours.
 */
const char *terminal_off(void);

#endif /* _ZVMOCTL_TERMINAL_H */
