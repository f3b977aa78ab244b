/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: words for the completion of a shell
 */
#ifndef _ZVMOCTL_COMPLETE_H
#define _ZVMOCTL_COMPLETE_H

/**
 * complete() - Print what can stand for the last word, one in a line.
 * @count: Number of words after zvmoctl, with the last, which may be empty.
 * @words: The words.
 *
 * A line "FILE" says that a file name can. Not all begin as the last word does.
 */
void complete(int count, char **words);

#endif /* _ZVMOCTL_COMPLETE_H */
