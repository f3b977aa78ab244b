/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: a picture of who is whose child
 */
#ifndef DEMO_TREE_H
#define DEMO_TREE_H

#include <zvmo.h>

#include "expect.h"

void tree_draw(const struct zvmo_info infos[OBJECTS], unsigned int top);

#endif /* DEMO_TREE_H */
