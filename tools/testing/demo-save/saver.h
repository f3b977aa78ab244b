/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: the saver, which has a heap that does not change
 */
#ifndef DEMO_SAVE_SAVER_H
#define DEMO_SAVE_SAVER_H

#include <stddef.h>

#include "control.h"

/* Where saves go. */
#define SAVE_PATH "/tmp/demo-save.image"

void saver_run(struct control *control, struct heap *heap, size_t size);

#endif /* DEMO_SAVE_SAVER_H */
