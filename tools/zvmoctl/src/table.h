/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: tables of VMOs: which columns, in which order, sorted by what
 */
#ifndef _ZVMOCTL_TABLE_H
#define _ZVMOCTL_TABLE_H

#include "output.h"
#include "vmo.h"

#define TABLE_MAX_COLUMNS 24

/**
 * table_choose() - Choose columns.
 * @names: Their keys with commas between; "all"; NULL: the usual ones.
 *
 * Ends the program if there is none of that name.
 *
 * Return: the columns, ended by NULL; valid until the next call.
 */
const struct output_column *const *table_choose(const char *names);

/**
 * table_needs_details() - Must details be asked for?
 * @columns: The columns.
 * @sort: What to sort by, or NULL.
 *
 * Return: the answer.
 */
bool table_needs_details(const struct output_column *const *columns,
			 const char *sort);

/**
 * table_check_sort() - End the program if nothing can be sorted by this.
 * @sort: Key of a column; with "-" before it from high to low.
 */
void table_check_sort(const char *sort);

/**
 * table_sort() - Sort VMOs.
 * @list: The VMOs. vmo_list_find() works no longer.
 * @sort: As for table_check_sort(); equal ones by id.
 */
void table_sort(struct vmo_list *list, const char *sort);

/**
 * table_output() - Say a list of VMOs.
 * @list: The VMOs.
 * @columns: The columns.
 * @rows: How many at most.
 */
void table_output(const struct vmo_list *list,
		  const struct output_column *const *columns, size_t rows);

#endif /* _ZVMOCTL_TABLE_H */
