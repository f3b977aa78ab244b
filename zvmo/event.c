// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: events, for tracepoints and for who listens to the netlink family
 *
 * What is told is said in Documentation/netlink/specs/zvmo.yaml. An event never
 * makes what it tells of fail or wait: a message for which there is no memory is
 * lost, and counted; one for which there is no room in a listener's queue is lost
 * too, and the socket tells the listener. While nobody listens no message is made.
 *
 * Only the initial network namespace is told, and only CAP_SYS_ADMIN may listen
 * there, since events tell of everybody's VMOs.
 *
 * Locking: none of its own. May be called under any lock that allows sleeping.
 */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/ratelimit.h>
#include <net/net_namespace.h>

#include "event.h"
#include "netlink.h"
#include "trace.h"
#include "vmo.h"

static atomic_long_t nr_lost;

static bool somebody_listens(void)
{
	return genl_has_listeners(&zvmo_nl_family, &init_net,
				  ZVMO_NLGRP_EVENTS);
}

/* A message under construction; @skb is NULL once something failed. */
struct event {
	struct sk_buff *skb;
	void *header;
};

static void event_begin(struct event *event, u8 cmd)
{
	event->skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_NOWAIT | __GFP_NOWARN);
	if (event->skb)
		event->header =
			genlmsg_put(event->skb, 0, 0, &zvmo_nl_family, 0, cmd);
}

/* Each message is far smaller than its buffer. */
static void event_put_u64(struct event *event, int attribute, u64 value)
{
	if (event->skb)
		WARN_ON_ONCE(nla_put_u64_64bit(event->skb, attribute, value,
					       ZVMO_A_VMO_PAD));
}

static void event_put_u32(struct event *event, int attribute, u32 value)
{
	if (event->skb)
		WARN_ON_ONCE(nla_put_u32(event->skb, attribute, value));
}

static void event_put_owner(struct event *event, kuid_t owner, pid_t pid)
{
	event_put_u32(event, ZVMO_A_VMO_OWNER_UID,
		      from_kuid_munged(&init_user_ns, owner));
	event_put_u32(event, ZVMO_A_VMO_OWNER_PID, pid);
}

/* What every event of the life of a VMO has. */
static void event_put_vmo(struct event *event, const struct zvmo *vmo)
{
	char name[ZVMO_NAME_LEN];

	zvmo_get_name((struct zvmo *)vmo, name);
	event_put_u64(event, ZVMO_A_VMO_ID, vmo->koid);
	if (event->skb)
		WARN_ON_ONCE(nla_put_string(event->skb, ZVMO_A_VMO_NAME, name));
	event_put_u32(event, ZVMO_A_VMO_KIND, vmo->kind);
	event_put_u64(event, ZVMO_A_VMO_FAMILY, vmo->cow->family->id);
	event_put_owner(event, vmo->owner, vmo->owner_pid);
}

static void event_send(struct event *event)
{
	int err = -ENOMEM;

	if (event->skb) {
		genlmsg_end(event->skb, event->header);
		err = genlmsg_multicast_netns(&zvmo_nl_family, &init_net,
					      event->skb, 0, ZVMO_NLGRP_EVENTS,
					      GFP_NOWAIT | __GFP_NOWARN);
	}
	/* ESRCH: those who listened have gone. */
	if (err && err != -ESRCH)
		atomic_long_inc(&nr_lost);
}

static void tell_created(u8 cmd, const struct zvmo *vmo, u64 parent)
{
	struct event event;

	event_begin(&event, cmd);
	event_put_vmo(&event, vmo);
	event_put_u32(&event, ZVMO_A_VMO_FLAGS, zvmo_netlink_flags(vmo));
	event_put_u64(&event, ZVMO_A_VMO_SIZE, zvmo_size(vmo));
	event_put_u64(&event, ZVMO_A_VMO_PARENT, parent);
	event_send(&event);
}

/**
 * zvmo_event_create() - Tell that a VMO was created on the device.
 * @vmo: The VMO.
 */
void zvmo_event_create(const struct zvmo *vmo)
{
	trace_zvmo_create(vmo);
	if (somebody_listens())
		tell_created(ZVMO_CMD_CREATE_NTF, vmo, 0);
}

/**
 * zvmo_event_clone() - Tell that a child was created.
 * @vmo: The child.
 * @parent: Its parent.
 */
void zvmo_event_clone(const struct zvmo *vmo, const struct zvmo *parent)
{
	trace_zvmo_clone(vmo, parent);
	if (somebody_listens())
		tell_created(ZVMO_CMD_CLONE_NTF, vmo, parent->koid);
}

/**
 * zvmo_event_destroy() - Tell that a VMO dies.
 * @vmo: The VMO, still whole.
 */
void zvmo_event_destroy(const struct zvmo *vmo)
{
	struct event event;

	trace_zvmo_destroy(vmo);
	if (!somebody_listens())
		return;
	event_begin(&event, ZVMO_CMD_DESTROY_NTF);
	event_put_vmo(&event, vmo);
	event_send(&event);
}

/**
 * zvmo_event_restore() - Tell that a VMO went back to a relative's content.
 * @vmo: The VMO.
 * @source: The relative.
 */
void zvmo_event_restore(const struct zvmo *vmo, const struct zvmo *source)
{
	struct event event;

	if (!somebody_listens())
		return;
	event_begin(&event, ZVMO_CMD_RESTORE_NTF);
	event_put_u64(&event, ZVMO_A_VMO_ID, vmo->koid);
	event_put_u64(&event, ZVMO_A_VMO_SOURCE, source->koid);
	event_send(&event);
}

/**
 * zvmo_event_discard() - Tell that discardable content was discarded.
 * @cow: The content object. It has one VMO, whose koid is the family's id.
 * @pages: How many pages it had.
 *
 * Context: May be called by reclaim.
 */
void zvmo_event_discard(const struct zvmo_cow *cow, unsigned long pages)
{
	struct event event;

	trace_zvmo_discard(cow, pages);
	if (!somebody_listens())
		return;
	event_begin(&event, ZVMO_CMD_DISCARD_NTF);
	event_put_u64(&event, ZVMO_A_VMO_ID, cow->family->id);
	event_put_u64(&event, ZVMO_A_VMO_PAGES, pages);
	event_send(&event);
}

/*
 * Is something that may happen at a high rate to be told? If it is, the event has
 * begun, and says whom it happened to.
 */
static bool event_begin_limited(struct event *event, u8 cmd,
				struct ratelimit_state *rate)
{
	ratelimit_set_flags(rate, RATELIMIT_MSG_ON_RELEASE);
	if (!somebody_listens() || !__ratelimit(rate))
		return false;
	event_begin(event, cmd);
	event_put_owner(event, current_euid(), task_tgid_nr(current));
	return true;
}

/**
 * zvmo_event_out_of_memory() - Tell that the current process got no page.
 *
 * Told now and then only.
 */
void zvmo_event_out_of_memory(void)
{
	static DEFINE_RATELIMIT_STATE(rate, HZ, 10);
	struct event event;

	if (event_begin_limited(&event, ZVMO_CMD_OUT_OF_MEMORY_NTF, &rate))
		event_send(&event);
}

/**
 * zvmo_event_limit_hit() - Tell that a limit stopped the current process.
 * @limit: ZVMO_LIMIT_*.
 *
 * Told now and then only.
 */
void zvmo_event_limit_hit(u32 limit)
{
	static DEFINE_RATELIMIT_STATE(rate, HZ, 10);
	struct event event;

	if (!event_begin_limited(&event, ZVMO_CMD_LIMIT_HIT_NTF, &rate))
		return;
	event_put_u32(&event, ZVMO_A_VMO_LIMIT, limit);
	event_send(&event);
}

/**
 * zvmo_event_count_lost() - For how many events there was no memory.
 *
 * Return: The number.
 */
unsigned long zvmo_event_count_lost(void)
{
	return atomic_long_read(&nr_lost);
}
