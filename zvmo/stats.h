/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: counters in debugfs
 */
#ifndef _ZVMO_STATS_H
#define _ZVMO_STATS_H

void zvmo_stats_init(void);
void zvmo_stats_exit(void);

#endif /* _ZVMO_STATS_H */
