/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmoctl: options by which commands choose VMOs of a list
 */
#ifndef _ZVMOCTL_FILTER_H
#define _ZVMOCTL_FILTER_H

#include "options.h"
#include "vmo.h"

#define FILTER_OPTIONS                                                           \
	{ 'F',	       "family",                                                 \
	  OPTION_TEXT, &filter_family,                                           \
	  "ID",	       "only relatives of this VMO" },                           \
		{ 'P',                                                           \
		  "parent",                                                      \
		  OPTION_TEXT,                                                   \
		  &filter_parent,                                                \
		  "ID",                                                          \
		  "only children of this VMO; 0: only those without a parent" }, \
		{ 'u',	       "uid", OPTION_NUMBER,                             \
		  &filter_uid, "UID", "only those that this user created" },     \
	{                                                                        \
		'N', "name", OPTION_TEXT, &filter_name, "PREFIX",                \
			"only those whose name begins like this"                 \
	}

extern const char *filter_family;
extern const char *filter_parent;
extern uint64_t filter_uid;
extern const char *filter_name;

/**
 * filter_read() - Read the chosen VMOs.
 * @list: out
 * @details: Ask for the members that take time.
 */
void filter_read(struct vmo_list *list, bool details);

#endif /* _ZVMOCTL_FILTER_H */
