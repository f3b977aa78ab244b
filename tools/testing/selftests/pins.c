// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - pages that something outside holds
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guest.h"
#include "pins.h"

struct pipe pipe_open(void)
{
	int fds[2];

	ASSERT_EQ(pipe(fds), 0);
	return (struct pipe){ fds[1], fds[0] };
}

void pipe_put(struct pipe *pipe, void *page)
{
	struct iovec iov = { page, PAGE };

	ASSERT_EQ(vmsplice(pipe->in, &iov, 1, 0), PAGE);
}

/**
 * pipe_take() - The byte of the next page in the pipe; all of it is the same.
 */
int pipe_take(struct pipe *pipe)
{
	char page[65536], wanted[65536];

	ASSERT_EQ(read(pipe->out, page, PAGE), PAGE);
	memset(wanted, *page, PAGE);
	EXPECT_MEMEQ(page, wanted, PAGE);
	return (unsigned char)*page;
}

/* Sockets */

#define AHEAD (256 * 1024)

/* Of both ends: small for what is received, large for what is to be sent. */
static void set_buffers(int fd)
{
	int small = 4096, large = 4 * AHEAD, yes = 1;

	ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)),
		  0);
	ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &large,
			     sizeof(large)),
		  0);
	ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &yes, sizeof(yes)),
		  0);
}

/**
 * socket_open() - Connect to oneself; more is under way than is let through.
 */
struct stalled socket_open(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	static char ahead[AHEAD];
	struct stalled socket_;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	socket_.in = socket(AF_INET, SOCK_STREAM, 0);
	set_buffers(listener);
	set_buffers(socket_.in);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)))
		SKIP("no loopback network");
	ASSERT_EQ(getsockname(listener, (struct sockaddr *)&address, &length),
		  0);
	ASSERT_EQ(listen(listener, 1), 0);
	ASSERT_EQ(connect(socket_.in, (struct sockaddr *)&address, length), 0);
	socket_.out = accept(listener, NULL, NULL);
	ASSERT_GE(socket_.out, 0);
	close(listener);
	socket_.ahead = sizeof(ahead);
	ASSERT_EQ(send(socket_.in, ahead, sizeof(ahead), MSG_DONTWAIT),
		  sizeof(ahead));
	return socket_;
}

/**
 * socket_put() - Send a page without copying it.
 */
void socket_put(struct stalled *socket, void *page)
{
	ASSERT_EQ(send(socket->in, page, PAGE, MSG_ZEROCOPY | MSG_DONTWAIT),
		  PAGE);
}

/**
 * socket_take() - The byte of the next page received; all of it is the same.
 */
int socket_take(struct stalled *socket)
{
	char page[65536], wanted[65536];
	ssize_t got;

	for (; socket->ahead; socket->ahead -= got) {
		got = recv(socket->out, page, MIN(sizeof(page), socket->ahead),
			   0);
		ASSERT_GE(got, 1);
	}
	ASSERT_EQ(recv(socket->out, page, PAGE, MSG_WAITALL), PAGE);
	memset(wanted, *page, PAGE);
	EXPECT_MEMEQ(page, wanted, PAGE);
	return (unsigned char)*page;
}

/* Direct I/O */

#define DEVICE "/dev/ram0"

int device_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_DIRECT);

	if (fd < 0)
		SKIP("no " DEVICE " (module brd)");
	return fd;
}

/**
 * device_fill() - Fill pages of the device, from ordinary memory.
 */
void device_fill(int device, uint64_t page, uint64_t pages, int byte)
{
	void *buffer = mmap(NULL, pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	memset(buffer, byte, pages * PAGE);
	ASSERT_EQ(pwrite(device, buffer, pages * PAGE, page * PAGE),
		  pages * PAGE);
	munmap(buffer, pages * PAGE);
}

bool device_holds(int device, uint64_t page, int byte)
{
	char *buffer = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool holds;

	ASSERT_EQ(pread(device, buffer, PAGE, page * PAGE), PAGE);
	holds = *buffer == byte && !memcmp(buffer, buffer + 1, PAGE - 1);
	munmap(buffer, PAGE);
	return holds;
}

#define CGROUP "/sys/fs/cgroup"

/**
 * slow_limit() - What is submitted from now on waits: some seconds for a page.
 */
void slow_limit(void)
{
	char path[128], text[128];
	struct stat stat_buf;

	if (stat(DEVICE, &stat_buf))
		SKIP("no " DEVICE " (module brd)");
	snprintf(path, sizeof(path), CGROUP "/zvmo-io");
	mkdir(path, 0700);
	if (!guest_write(CGROUP "/cgroup.subtree_control", "+io"))
		SKIP("no io controller");
	snprintf(text, sizeof(text), "%u:%u rbps=512 wbps=512",
		 major(stat_buf.st_rdev), minor(stat_buf.st_rdev));
	if (!guest_write(CGROUP "/zvmo-io/io.max", text))
		SKIP("no io.max: the kernel cannot throttle");
	snprintf(text, sizeof(text), "%d", getpid());
	ASSERT(guest_write(CGROUP "/zvmo-io/cgroup.procs", text));
}

/* Let everything through again: what waits is done at once. */
static void make_fast(void)
{
	struct stat stat_buf;
	char text[128];

	ASSERT_EQ(stat(DEVICE, &stat_buf), 0);
	snprintf(text, sizeof(text), "%u:%u rbps=max wbps=max",
		 major(stat_buf.st_rdev), minor(stat_buf.st_rdev));
	ASSERT(guest_write(CGROUP "/zvmo-io/io.max", text));
}

void slow_open(struct slow_io *io, int byte)
{
	io->context = 0;
	io->device = device_open();
	device_fill(io->device, 0, 16, byte);
	ASSERT_EQ(syscall(SYS_io_setup, 4, &io->context), 0);
	slow_limit();
}

/**
 * slow_start() - Submit a transfer; it is under way when this returns.
 */
void slow_start(struct slow_io *io, int op, void *page, uint64_t at)
{
	struct iocb iocb = {
		.aio_lio_opcode = op,
		.aio_fildes = io->device,
		.aio_buf = (uintptr_t)page,
		.aio_nbytes = PAGE,
		.aio_offset = at * PAGE,
	}, *list = &iocb;
	struct timespec none = { 0, 0 };
	struct io_event event;

	ASSERT_EQ(syscall(SYS_io_submit, io->context, 1, &list), 1);
	ASSERT_EQ(syscall(SYS_io_getevents, io->context, 1, 1, &event, &none),
		  0);
}

void slow_finish(struct slow_io *io)
{
	struct io_event event;

	make_fast();
	ASSERT_EQ(syscall(SYS_io_getevents, io->context, 1, 1, &event, NULL),
		  1);
	EXPECT_EQ(event.res, PAGE);
}
