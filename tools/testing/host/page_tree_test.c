// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: host tests of the page tree, of pages' shares and of splice lists
 */
#include <stdlib.h>

#include "page_tree_test.h"

int main(int argc, char **argv)
{
	unsigned int nr_cases =
		nr_unit_cases + nr_share_cases + nr_random_cases;
	struct harness_case *cases = calloc(nr_cases, sizeof(*cases));
	int status;

	harness_parse_options(argc, argv);
	memcpy(cases, unit_cases, nr_unit_cases * sizeof(*cases));
	memcpy(cases + nr_unit_cases, share_cases,
	       nr_share_cases * sizeof(*cases));
	memcpy(cases + nr_unit_cases + nr_share_cases, random_cases,
	       nr_random_cases * sizeof(*cases));
	status = harness_run(cases, nr_cases);
	free(cases);
	return status;
}
