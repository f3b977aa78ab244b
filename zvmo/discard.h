/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: discardable content - locked, unlocked, and dropped under pressure
 */
#ifndef _ZVMO_DISCARD_H
#define _ZVMO_DISCARD_H

#include <linux/zvmo.h>

#include "cow.h"

/* Milliseconds after unlocking in which content stays. */
extern unsigned int zvmo_discard_age;

int zvmo_discard_init(void);
void zvmo_discard_exit(void);
int zvmo_discard_create(struct zvmo_cow *cow);
void zvmo_discard_destroy(struct zvmo_cow *cow);
int zvmo_discard_lock(struct zvmo_cow *cow, u64 offset, u64 length,
		      struct zvmo_lock_state __user *state);
int zvmo_discard_try_lock(struct zvmo_cow *cow, u64 offset, u64 length);
int zvmo_discard_unlock(struct zvmo_cow *cow, u64 offset, u64 length);
long zvmo_discard_now(struct zvmo_cow *cow);
unsigned long zvmo_discard_reclaim(unsigned long want);
unsigned long zvmo_discard_lock_count(const struct zvmo_cow *cow);
unsigned long zvmo_discard_events(const struct zvmo_cow *cow);
unsigned long zvmo_discard_count_reclaimable(void);
unsigned long zvmo_discard_count_events(void);

#endif /* _ZVMO_DISCARD_H */
