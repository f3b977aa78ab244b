// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: passing VMOs over UNIX sockets
 *
 * A message is one byte 0 that carries the descriptors. It always is received
 * with room for the most that the kernel sends at once, so that too many
 * descriptors are seen, and closed, rather than dropped or leaked.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/* What a socket may be told to attach besides (SO_PASSCRED, SO_PASSSEC). */
#define OTHER_ANCILLARY 512

struct message {
	struct msghdr header;
	struct iovec iov;
	char byte;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(ZVMO_SEND_MAX * sizeof(int)) +
			   OTHER_ANCILLARY];
	} control;
};

static void message_init(struct message *message, size_t control_length)
{
	memset(message, 0, sizeof(*message));
	message->iov.iov_base = &message->byte;
	message->iov.iov_len = 1;
	message->header.msg_iov = &message->iov;
	message->header.msg_iovlen = 1;
	message->header.msg_control = &message->control;
	message->header.msg_controllen = control_length;
}

int zvmo_send(int socket, const int *fds, unsigned int count)
{
	struct message message;
	struct cmsghdr *cmsg;
	unsigned int i;

	if (count < 1 || count > ZVMO_SEND_MAX)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		int error = zvmo_require(fds[i], ZVMO_RIGHT_TRANSFER);

		if (error)
			return error;
	}

	message_init(&message, CMSG_SPACE(count * sizeof(int)));
	cmsg = CMSG_FIRSTHDR(&message.header);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
	return sendmsg(socket, &message.header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Copies the descriptors in @header to @fds, and returns how many there are. */
static unsigned int message_fds(struct msghdr *header, int fds[ZVMO_SEND_MAX])
{
	struct cmsghdr *cmsg;
	size_t length;

	for (cmsg = CMSG_FIRSTHDR(header); cmsg;
	     cmsg = CMSG_NXTHDR(header, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		length = cmsg->cmsg_len - CMSG_LEN(0);
		memcpy(fds, CMSG_DATA(cmsg), length);
		return (unsigned int)(length / sizeof(int));
	}
	return 0;
}

static int message_check(const struct message *message, const int *fds,
			 unsigned int count, unsigned int capacity)
{
	unsigned int i;
	int error;

	if (message->header.msg_flags & MSG_CTRUNC)
		return -EMFILE;
	if (message->header.msg_flags & MSG_TRUNC || message->byte || !count)
		return -EBADMSG;
	if (count > capacity)
		return -EMSGSIZE;
	for (i = 0; i < count; i++) {
		error = zvmo_require(fds[i], 0);
		if (error)
			return error;
	}
	return 0;
}

int zvmo_receive(int socket, int *fds, unsigned int capacity)
{
	int received[ZVMO_SEND_MAX];
	struct message message;
	unsigned int count;
	ssize_t n;
	int error;

	message_init(&message, sizeof(message.control));
	n = recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	count = message_fds(&message.header, received);
	if (n == 0 && !count)
		return 0;
	error = message_check(&message, received, count, capacity);
	if (error) {
		while (count)
			close(received[--count]);
		return error;
	}
	memcpy(fds, received, count * sizeof(int));
	return (int)count;
}
