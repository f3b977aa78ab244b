// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: the code of the tracepoints
 *
 * The kernel's headers make it of trace.h.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
