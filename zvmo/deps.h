/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: what the core (page_tree.c, splice.c, page.c) needs from outside
 *
 * The one door through which the core sees the kernel, so that the same source
 * builds in user space with tools/testing/host/shim.h and can be model-checked,
 * fuzzed and sanitised there. A core file includes nothing else of the kernel.
 */
#ifndef _ZVMO_DEPS_H
#define _ZVMO_DEPS_H

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kcsan-checks.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

#include "event.h"
#include "memory_type.h" /* of the architecture */
#else
#include "shim.h"
#endif

#endif /* _ZVMO_DEPS_H */
