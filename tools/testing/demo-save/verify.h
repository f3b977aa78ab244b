/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * demo-save: is a save what it has to be?
 */
#ifndef DEMO_SAVE_VERIFY_H
#define DEMO_SAVE_VERIFY_H

#include <stdbool.h>

#include "heap.h"
#include "workload.h"

bool verify_save(const char *path, const struct workload *workload,
		 const uint64_t applied[CLIENTS]);

#endif /* DEMO_SAVE_VERIFY_H */
