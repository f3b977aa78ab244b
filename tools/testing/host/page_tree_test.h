/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: host tests - the lists of cases
 */
#ifndef _ZVMO_HOST_PAGE_TREE_TEST_H
#define _ZVMO_HOST_PAGE_TREE_TEST_H

#include "harness.h"

extern const struct harness_case unit_cases[];
extern const unsigned int nr_unit_cases;
extern const struct harness_case share_cases[];
extern const unsigned int nr_share_cases;
extern const struct harness_case random_cases[];
extern const unsigned int nr_random_cases;

#endif /* _ZVMO_HOST_PAGE_TREE_TEST_H */
