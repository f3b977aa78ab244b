/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: the words for flags, kinds and states; NULL ends each list
 *
 * Those of the netlink specification, in its order.
 */
#ifndef _ZVMOCTL_WORDS_H
#define _ZVMOCTL_WORDS_H

extern const char *const words_kinds[];
extern const char *const words_flags[];
extern const char *const words_cache_policies[];
extern const char *const words_limits[];
extern const char *const words_page_states[];

/**
 * words_of() - The word for a number.
 * @words: The list.
 * @value: The number.
 *
 * Return: the word, or "unknown": a newer module may have more.
 */
const char *words_of(const char *const *words, unsigned int value);

#endif /* _ZVMOCTL_WORDS_H */
