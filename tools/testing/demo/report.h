/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo demo: tables of what was measured
 */
#ifndef DEMO_REPORT_H
#define DEMO_REPORT_H

#include "family.h"
#include "memory.h"
#include "peers.h"

void report_heading(const char *text);
void report_times(const struct family *family, const struct peers *peers);
void report_memory(const struct family *family, const struct memory *before,
		   const struct memory *after);

#endif /* DEMO_REPORT_H */
