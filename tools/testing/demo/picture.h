/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: a picture of which pages are shared and which are private
 */
#ifndef DEMO_PICTURE_H
#define DEMO_PICTURE_H

#include "family.h"

void picture_draw(const struct family *family);

#endif /* DEMO_PICTURE_H */
