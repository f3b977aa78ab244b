// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: waiting for signals
 *
 * A VMO has one signal, ZX_VMO_ZERO_CHILDREN, which is POLLPRI of its
 * descriptor. Whoever waits for another one waits until the deadline.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "zx.h"

/* ppoll() until the deadline, whatever signals arrive. */
static int poll_until(struct pollfd *fds, size_t count, zx_time_t deadline)
{
	int ready;

	do {
		struct timespec timeout = { 0 }, *wait = &timeout;
		zx_time_t now = zx_clock_get_monotonic();

		if (deadline == ZX_TIME_INFINITE) {
			wait = NULL;
		} else if (deadline > now) {
			timeout.tv_sec = (deadline - now) / ZX_SEC(1);
			timeout.tv_nsec = (deadline - now) % ZX_SEC(1);
		}
		ready = ppoll(fds, count, wait, NULL);
	} while (ready < 0 && errno == EINTR);
	return ready < 0 ? -errno : ready;
}

static zx_status_t prepare(struct pollfd *fds, const zx_wait_item_t *items,
			   size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		zx_status_t status =
			zvmo_zx_require(items[i].handle, ZX_RIGHT_WAIT);

		if (status != ZX_OK)
			return status;
		/* A negative descriptor is left out. */
		fds[i].fd = items[i].waitfor & ZX_VMO_ZERO_CHILDREN ?
				    zvmo_zx_fd(items[i].handle) :
				    -1;
		fds[i].events = POLLPRI;
		fds[i].revents = 0;
	}
	return ZX_OK;
}

/* Add to .pending what is asserted. Returns an error if a handle is gone. */
static zx_status_t collect(const struct pollfd *fds, zx_wait_item_t *items,
			   size_t count)
{
	zx_status_t status = ZX_OK;
	size_t i;

	for (i = 0; i < count; i++) {
		if (fds[i].revents & POLLNVAL)
			status = ZX_ERR_BAD_HANDLE;
		if (fds[i].revents & POLLPRI)
			items[i].pending |= ZX_VMO_ZERO_CHILDREN;
	}
	return status;
}

zx_status_t zx_object_wait_many(zx_wait_item_t *items, size_t num_items,
				zx_time_t deadline)
{
	struct pollfd fds[ZX_WAIT_MANY_MAX_ITEMS];
	zx_status_t status;
	int ready;
	size_t i;

	if (num_items > ZX_WAIT_MANY_MAX_ITEMS)
		return ZX_ERR_OUT_OF_RANGE;
	if (num_items && !items)
		return ZX_ERR_INVALID_ARGS;
	status = prepare(fds, items, num_items);
	if (status != ZX_OK)
		return status;
	ready = poll_until(fds, num_items, deadline);
	if (ready < 0)
		return zvmo_zx_status(ready, NULL);
	for (i = 0; i < num_items; i++)
		items[i].pending = 0;
	status = collect(fds, items, num_items);
	if (status != ZX_OK)
		return status;
	/* Others may be pending that were not waited for. */
	for (i = 0; i < num_items; i++)
		fds[i].fd = zvmo_zx_fd(items[i].handle);
	if (poll_until(fds, num_items, 0) > 0)
		collect(fds, items, num_items);
	return ready ? ZX_OK : ZX_ERR_TIMED_OUT;
}

zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals,
			       zx_time_t deadline, zx_signals_t *observed)
{
	zx_wait_item_t item = { .handle = handle, .waitfor = signals };
	zx_status_t status = zx_object_wait_many(&item, 1, deadline);

	if (observed && (status == ZX_OK || status == ZX_ERR_TIMED_OUT))
		*observed = item.pending;
	return status;
}
