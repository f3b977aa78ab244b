/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: what goes wrong ends the program, in one sentence
 *
 * When the coordinator ends, its sockets close, and so every process ends too.
 */
#ifndef DEMO_CHECK_H
#define DEMO_CHECK_H

#include <err.h>
#include <stdlib.h>
#include <string.h>

/**
 * check() - Insist that a call of libzvmo succeeded.
 * @result: What it returned.
 * @doing: What was being done, for the report.
 *
 * Return: @result.
 */
static inline int check(int result, const char *doing)
{
	if (result < 0)
		errx(EXIT_FAILURE, "%s: %s", doing, strerror(-result));
	return result;
}

/**
 * check_errno() - Insist that a call of the C library succeeded.
 * @result: What it returned; less than 0 is failure.
 * @doing: What was being done, for the report.
 *
 * Return: @result.
 */
static inline long check_errno(long result, const char *doing)
{
	if (result < 0)
		err(EXIT_FAILURE, "%s", doing);
	return result;
}

/**
 * check_memory() - Insist that there was memory.
 * @pointer: What an allocation returned.
 *
 * Return: @pointer.
 */
static inline void *check_memory(void *pointer)
{
	if (!pointer)
		err(EXIT_FAILURE, "allocating memory");
	return pointer;
}

#endif /* DEMO_CHECK_H */
