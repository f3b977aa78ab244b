/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: time
 */
#ifndef _ZVMOCTL_TIMING_H
#define _ZVMOCTL_TIMING_H

/**
 * timing_now() - A clock that never jumps.
 *
 * Return: seconds since some moment.
 */
double timing_now(void);

/**
 * timing_sleep() - Wait.
 * @seconds: How long.
 */
void timing_sleep(double seconds);

#endif /* _ZVMOCTL_TIMING_H */
