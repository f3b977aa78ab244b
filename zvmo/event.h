/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: events for who listens to the netlink family
 */
#ifndef _ZVMO_EVENT_H
#define _ZVMO_EVENT_H

#include <linux/types.h>

struct zvmo;
struct zvmo_cow;

void zvmo_event_create(const struct zvmo *vmo);
void zvmo_event_clone(const struct zvmo *vmo, const struct zvmo *parent);
void zvmo_event_destroy(const struct zvmo *vmo);
void zvmo_event_restore(const struct zvmo *vmo, const struct zvmo *source);
void zvmo_event_discard(const struct zvmo_cow *cow, unsigned long pages);
void zvmo_event_out_of_memory(void);
void zvmo_event_limit_hit(u32 limit);
unsigned long zvmo_event_count_lost(void);

#endif /* _ZVMO_EVENT_H */
