/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: output, for people or as JSON
 *
 * A command says each value once. What it says are records: one, or a list of
 * them. For people a list is a table, with a column for some of the values, and
 * a record alone is lines of "name: value". As JSON a record is an object and a
 * list an array of them, or, if it has no end, an object a line.
 *
 * Keys are lower-case words with dashes, those of the netlink specification
 * where it has them. Records are written as they come; nothing is stored.
 */
#ifndef _ZVMOCTL_OUTPUT_H
#define _ZVMOCTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct output_column - A column of a table.
 * @key: Key of the value.
 * @title: Its head.
 * @width: Least number of characters; negative to align to the left.
 */
struct output_column {
	const char *key;
	const char *title;
	int width;
};

/* How to write, set by options that all commands have. */
extern bool output_json;
extern bool output_exact; /* sizes as bytes, for people */

/* A list: its columns stand for the table; NULL ends them. */
void output_list_begin(const struct output_column *const *columns);
void output_list_end(void);

/* A list without an end: JSON is an object a line, and all is flushed. */
void output_stream_begin(const struct output_column *const *columns);
void output_stream_end(void);

void output_record_begin(void);
void output_record_end(void);

/* Values of the record. */
void output_number(const char *key, uint64_t value);
void output_size(const char *key, uint64_t value);
void output_string(const char *key, const char *value);
void output_real(const char *key, double value, int digits);
void output_octal(const char *key, uint32_t value);
void output_bool(const char *key, bool value);
/* Some of the words whose bit is set; NULL ends the words. */
void output_flags(const char *key, uint64_t flags, const char *const *words);

/* Text between the records, for people only. */
void __attribute__((format(printf, 1, 2))) output_text(const char *format, ...);

/**
 * output_escape() - Make a text printable: \xNN for what is not, \\ for \.
 * @to: Where to.
 * @size: Room there; 4 times the text and 1 hold all of it.
 * @from: The text.
 */
void output_escape(char *to, size_t size, const char *from);

/**
 * output_end() - Write out all; end if that fails.
 */
void output_end(void);

#endif /* _ZVMOCTL_OUTPUT_H */
