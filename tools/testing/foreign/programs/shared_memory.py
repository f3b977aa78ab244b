# SPDX-License-Identifier: GPL-2.0-only
"""multiprocessing.shared_memory, and arrays and a pool beside it."""
import multiprocessing
import sys
from multiprocessing import shared_memory

SIZE = 300000


def fill(name, start):
    block = shared_memory.SharedMemory(name)
    for at in range(start, SIZE, 4):
        block.buf[at] = at % 251
    block.close()


def total(values):
    return sum(values)


def main():
    block = shared_memory.SharedMemory(create=True, size=SIZE)
    workers = [multiprocessing.Process(target=fill, args=(block.name, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    right = bytes(block.buf[:SIZE]) == bytes(at % 251 for at in range(SIZE))
    block.close()
    block.unlink()
    if not right:
        sys.exit("the content is wrong")
    numbers = shared_memory.ShareableList(range(1000))
    other = shared_memory.ShareableList(name=numbers.shm.name)
    other[7] = 100007
    with multiprocessing.Pool(2) as pool:
        sums = pool.map(total, [range(n) for n in range(100)])
    if sums != [sum(range(n)) for n in range(100)] or sum(numbers) != 499500 + 100000:
        sys.exit("a sum is wrong")
    other.shm.close()
    numbers.shm.close()
    numbers.shm.unlink()


if __name__ == "__main__":
    main()
