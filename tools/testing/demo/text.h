/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: figures as text
 */
#ifndef DEMO_TEXT_H
#define DEMO_TEXT_H

#include <stdint.h>

/**
 * struct text - A short text, to be used at once: text_size(n).s.
 */
struct text {
	char s[24];
};

struct text text_size(int64_t bytes);
struct text text_time(uint64_t ns);

#endif /* DEMO_TEXT_H */
