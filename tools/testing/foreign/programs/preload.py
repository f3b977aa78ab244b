# SPDX-License-Identifier: GPL-2.0-only
"""What zvmo-preload promises (zvmo-preload(1)), seen by a program under it.

Run by it with --shm --shared=64K --arena=64K.
"""
import _posixshmem
import ctypes
import errno
import fcntl
import mmap
import os
import platform
import sys

SIZE = 1 << 20
PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
SHARED = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS


def check(what, found, expected=True):
    if found != expected:
        sys.exit(f"{what}: {found!r}, expected {expected!r}")


def error_of(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except OSError as error:
        return errno.errorcode[error.errno]
    return None


def info(fd):
    with open(f"/proc/self/fdinfo/{fd}") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)


def in_child(body):
    pid = os.fork()
    if not pid:
        try:
            body()
            os._exit(0)
        finally:
            os._exit(1)
    check("the child's status", os.waitpid(pid, 0)[1], 0)


def pages():
    with open("/sys/kernel/debug/zvmo/stats") as file:
        return int(dict(line.split() for line in file)["pages"])


def memfd():
    fd = os.memfd_create("some name", 0)
    check("its name", info(fd).get("zvmo-name"), "some name")
    check("close-on-exec", os.get_inheritable(fd))
    check("close-on-exec with MFD_CLOEXEC",
          os.get_inheritable(os.memfd_create("x", os.MFD_CLOEXEC)), False)
    check("its size", os.fstat(fd).st_size, 0)
    os.ftruncate(fd, 10000)
    check("its size", os.fstat(fd).st_size, 10000)
    check("written", os.pwrite(fd, b"end", 20000), 3)
    check("read", os.pread(fd, 10, 19998), b"\0\0end")
    check("data", os.lseek(fd, 0, os.SEEK_DATA), 16384)
    check("F_GET_SEALS", error_of(fcntl.fcntl, fd, fcntl.F_GET_SEALS), "EINVAL")
    check("F_ADD_SEALS", error_of(fcntl.fcntl, fd, fcntl.F_ADD_SEALS, 1), "EINVAL")
    check("again by name", error_of(os.open, f"/proc/self/fd/{fd}", os.O_RDWR), "ENXIO")
    check("executable", error_of(mmap.mmap, fd, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
          "EACCES")
    sealed = os.memfd_create("sealed", os.MFD_ALLOW_SEALING)
    check("with sealing it is a VMO", "zvmo-name" in info(sealed), False)
    fcntl.fcntl(sealed, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    check("name too long", error_of(os.memfd_create, "x" * 250, 0), "EINVAL")


def shm():
    opened = _posixshmem.shm_open
    new = os.O_CREAT | os.O_EXCL | os.O_RDWR
    check("none yet", error_of(opened, "/name", os.O_RDWR), "ENOENT")
    os.umask(0o027)
    fd = opened("/name", new, mode=0o666)
    check("its name", info(fd).get("zvmo-name"), "shm:name")
    check("close-on-exec", os.get_inheritable(fd), False)
    os.ftruncate(fd, 5000)
    os.pwrite(fd, b"here", 100)
    check("it is there", error_of(opened, "/name", new), "EEXIST")
    check("a path", error_of(opened, "/a/b", new), "EINVAL")
    other = opened("/name", os.O_RDONLY)
    check("read", os.pread(other, 4, 100), b"here")
    check("written", error_of(os.pwrite, other, b"x", 0), "EBADF")
    check("mapped for writing", error_of(mmap.mmap, other, 4096), "EACCES")

    def stranger():
        os.setgid(1)
        os.setuid(1)
        check("a stranger", error_of(opened, "/name", os.O_RDONLY), "EACCES")
        check("a stranger", error_of(_posixshmem.shm_unlink, "/name"), "EACCES")

    in_child(stranger)
    third = opened("/name", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    check("truncated", os.fstat(third).st_size, 0)
    _posixshmem.shm_unlink("/name")
    check("gone", error_of(_posixshmem.shm_unlink, "/name"), "ENOENT")
    long = "/" + "n" * 100
    opened(long, new)
    check("a long name is a file", os.path.exists("/dev/shm" + long))
    _posixshmem.shm_unlink(long)


def shared():
    area = mmap.mmap(-1, SIZE, flags=SHARED)
    area[5] = 1

    def child():
        check("the parent's", area[5], 1)
        area[6] = 2

    in_child(child)
    check("the child's", area[6], 2)


def arena():
    before = pages()
    area = mmap.mmap(-1, SIZE, flags=PRIVATE)
    area[:] = b"p" * SIZE
    check("pages of the arena", pages() - before, SIZE // mmap.PAGESIZE)
    readable = mmap.mmap(-1, SIZE, flags=PRIVATE, prot=mmap.PROT_READ)

    def grandchild():
        check("the child's", area[0:4], b"cppp")
        area[1] = ord("g")

    def child():
        check("the parent's", area[:] == b"p" * SIZE)
        area[0] = ord("c")
        in_child(grandchild)
        check("own", area[0:4], b"cppp")
        own = mmap.mmap(-1, SIZE, flags=PRIVATE)
        check("fresh", own[:] == bytes(SIZE))
        own[0] = 1
        check("read-only", readable[5], 0)

    in_child(child)
    check("own", area[:] == b"p" * SIZE)
    area.madvise(mmap.MADV_DONTNEED, mmap.PAGESIZE, mmap.PAGESIZE)
    check("given back", area[mmap.PAGESIZE - 1:mmap.PAGESIZE + 1], b"p\0")
    area.resize(2 * SIZE)
    check("grown", area[SIZE - 1:SIZE + 1], b"p\0")
    area.resize(SIZE // 2)
    check("shrunk", area[0:1] + area[SIZE // 2 - 1:], b"pp")
    area.close()
    check("pages when unmapped", pages(), before)


def through_holes():
    """Unmapping and mapping over parts, by addresses."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = libc.mremap.restype = ctypes.c_void_p
    size_t, ptr = ctypes.c_size_t, ctypes.c_void_p
    page = mmap.PAGESIZE

    def map_at(address, size, flags):
        return libc.mmap(ptr(address), size_t(size), 3, flags, -1, size_t(0))

    at = map_at(0, 64 * page, PRIVATE)
    ctypes.memset(at, 1, 64 * page)
    check("unmapped", libc.munmap(ptr(at + 8 * page), size_t(8 * page)), 0)
    fixed = PRIVATE | 0x10
    check("mapped there", map_at(at + 12 * page, 8 * page, fixed), at + 12 * page)
    check("fresh", ctypes.string_at(at + 12 * page, 8 * page), bytes(8 * page))
    check("kept", ctypes.string_at(at + 20 * page, 1), b"\1")
    check("other memory there", map_at(at, page, SHARED | 0x10), at)
    check("fresh", ctypes.string_at(at, page + 1), bytes(page) + b"\1")
    end = at + 32 * page
    check("moved", libc.mremap(ptr(at + 40 * page), size_t(4 * page), size_t(4 * page),
                               3, ptr(end)), end)
    check("moved", ctypes.string_at(end, 4 * page), b"\1" * 4 * page)
    check("onto itself", libc.mremap(ptr(end), size_t(4 * page), size_t(4 * page), 3,
                                     ptr(end + page)), 2**64 - 1)
    check("executable", libc.mprotect(ptr(at + 24 * page), size_t(2 * page), 7), 0)
    check("executable", ctypes.string_at(at + 23 * page, 4 * page), b"\1" * 4 * page)
    check("odd address", libc.munmap(ptr(at + 1), size_t(page)), -1)
    check("odd address", libc.madvise(ptr(at + 1), size_t(page), mmap.MADV_DONTNEED), -1)
    low = map_at(0, 64 * page, PRIVATE | 0x40)  # MAP_32BIT, of x86
    if platform.machine() == "x86_64":
        check("low", low < 1 << 32)

    def child():
        check("moved", ctypes.string_at(end, 4 * page), b"\1" * 4 * page)
        check("fresh", ctypes.string_at(at + 12 * page, 8 * page), bytes(8 * page))

    in_child(child)
    check("unmapped", libc.munmap(ptr(at), size_t(64 * page)), 0)


def without_descriptor():
    """A child must not share the arena: without its descriptor there is none."""
    area = mmap.mmap(-1, SIZE, flags=PRIVATE)
    area[0] = 1
    for name in os.listdir("/proc/self/fd"):
        path = f"/proc/self/fdinfo/{name}"  # that of the list is gone
        if os.path.exists(path) and info(name).get("zvmo-name") == "arena":
            os.close(int(name))
    pid = os.fork()
    if not pid:
        os._exit(0)
    check("the child's status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 127)
    more = mmap.mmap(-1, SIZE, flags=PRIVATE)
    more[0] = 1
    check("as ever", area[0], 1)


for test in (memfd, shm, shared, arena, through_holes, without_descriptor):
    test()
