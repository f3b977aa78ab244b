# SPDX-License-Identifier: GPL-2.0-only
"""A second implementation talks to the netlink family, inside a guest. TAP.

    python client.py LINUX SPEC HEADER

The client is that of the kernel (LINUX/tools/net/ynl), driven by SPEC alone; HEADER is
that of the ioctls. What it says has to agree with what the descriptors and debugfs say.
"""
import fcntl
import os
import re
import struct
import sys

LINUX, SPEC, HEADER = sys.argv[1:4]
sys.path.append(f"{LINUX}/tools/net/ynl")
from lib import NlError, YnlFamily  # pylint: disable=wrong-import-position

PAGE = os.sysconf("SC_PAGESIZE")
SNAPSHOT, SLICE = 1 << 0, 1 << 3
INFO = struct.Struct("=II7QII32s") # the first version of struct zvmo_info


def ioctl_numbers():
    """{name: number} of the ioctls, from their header."""
    with open(HEADER, encoding="utf-8") as stream:
        return {name: 0xd500 + int(number, 16) for name, number in re.findall(
            r"ZVMO_IOC_(\w+)\s+_IO\(ZVMO_IOC_TYPE, (0x[0-9a-f]+)\)",
            stream.read())}


def create(device, size, options=0):
    return fcntl.ioctl(device, NUMBERS["CREATE"],
                       bytearray(struct.pack("=IIQ", 16, options, size)))


def create_child(parent, options, offset, size):
    return fcntl.ioctl(parent, NUMBERS["CREATE_CHILD"],
                       bytearray(struct.pack("=IIQQ", 24, options, offset, size)))


def info(vmo):
    data = bytearray(INFO.size)
    struct.pack_into("=I", data, 0, INFO.size)
    fcntl.ioctl(vmo, NUMBERS["GET_INFO"], data)
    names = ("argsz", "flags", "id", "parent", "size", "stream-size",
             "children", "mappings", "committed-bytes", "rights",
             "cache-policy", "name")
    found = dict(zip(names, INFO.unpack(data)))
    found["name"] = found["name"].rstrip(b"\0").decode()
    return found


def debugfs():
    with open("/sys/kernel/debug/zvmo/stats", encoding="ascii") as stream:
        return {name: int(value) for name, value in map(str.split, stream)}


NUMBERS = ioctl_numbers()


class Case:
    number = 0

    @classmethod
    def equal(cls, found, expected, name):
        cls.number += 1
        if found != expected:
            print(f"# found {found}\n# expected {expected}")
        print(f"{'ok' if found == expected else 'not ok'} {cls.number} - client {name}")


def error_of(call, *arguments):
    try:
        call(*arguments)
    except NlError as error:
        return error.error
    return 0


def check_vmos(family, vmos):
    wanted = ("id", "name", "parent", "size", "stream-size", "children",
              "mappings", "committed-bytes")
    expected = [{name: info(vmo)[name] for name in wanted} for vmo in vmos]
    dumped = family.dump("vmo-get", {})
    Case.equal([{name: vmo[name] for name in wanted} for vmo in dumped],
               expected, "dump agrees with the descriptors")
    for row, vmo in zip(dumped, vmos):
        got = family.do("vmo-get", {"id": info(vmo)["id"]})
        Case.equal(got, row, f"get of {row['id']} agrees with the dump")
    Case.equal([vmo["kind"] for vmo in dumped],
               ["original", "snapshot", "slice"], "knows kinds")
    Case.equal([vmo["flags"] for vmo in dumped], [{"resizable"}, set(), set()],
               "knows flags")
    Case.equal({vmo["owner-pid"] for vmo in dumped}, {os.getpid()},
               "knows the owner")


def check_filters(family, vmos):
    root, snapshot = (info(vmo)["id"] for vmo in vmos[:2])
    Case.equal([vmo["id"] for vmo in family.dump("vmo-get", {"parent": root})],
               [snapshot], "filters by parent")
    Case.equal(len(family.dump("vmo-get", {"family": root})), 3,
               "filters by family")
    Case.equal(len(family.dump("vmo-get", {"name-prefix": "fir"})), 3,
               "filters by name")
    details = family.do("vmo-get", {"id": root, "details": True})
    Case.equal((details["private-bytes"], details["scaled-bytes"]),
               (PAGE, 2 * PAGE), "gets details")


def check_pages(family, vmos):
    runs = [run for message in
            family.dump("page-map-get", {"id": info(vmos[0])["id"]})
            for run in message["run"]]
    Case.equal([(run["state"], run["length"], run.get("holders"))
                for run in runs],
               [("private", PAGE, None), ("shared", 2 * PAGE, 2),
                ("absent", 5 * PAGE, None)], "gets a map of pages")


def check_whole(family):
    stats = family.do("stats-get", {})
    expected = debugfs()
    expected["contents"] = expected.pop("cows")
    Case.equal({name: stats[name] for name in expected}, expected,
               "counters agree with debugfs")
    family.do("config-set", {"discard-age": 4321, "fault-around": 8})
    config = family.do("config-get", {})
    Case.equal((config["discard-age"], config["fault-around"]), (4321, 8),
               "sets and gets settings")
    with open("/sys/module/zvmo/parameters/discard_age", encoding="ascii") as stream:
        Case.equal(int(stream.read()), 4321, "settings agree with sysfs")
    family.do("config-set", {"discard-age": 0, "fault-around": 16})


def check_errors(family):
    Case.equal(error_of(family.do, "vmo-get", {"id": 1}), 2, "ENOENT")
    Case.equal(error_of(family.do, "config-set", {"fault-around": 17}), 34,
               "ERANGE")


def check_events(device):
    family = YnlFamily(SPEC, "")
    family.ntf_subscribe("events")
    vmo = create(device, PAGE)
    koid = info(vmo)["id"]
    os.close(vmo)
    family.check_ntf()
    Case.equal([(event["name"], event["msg"]["id"])
                for event in family.async_msg_queue],
               [("create-ntf", koid), ("destroy-ntf", koid)], "gets events")


def main():
    family = YnlFamily(SPEC, "")
    device = os.open("/dev/zvmo", os.O_RDWR)
    root = create(device, 8 * PAGE, 1 << 1)
    fcntl.ioctl(root, NUMBERS["SET_NAME"],
                struct.pack("=II32s", 40, 0, b"first"))
    os.pwrite(root, b"x" * (3 * PAGE), 0)
    snapshot = create_child(root, SNAPSHOT, 0, 8 * PAGE)
    os.pwrite(root, b"y" * PAGE, 0)
    vmos = [root, snapshot, create_child(snapshot, SLICE, PAGE, PAGE)]
    check_vmos(family, vmos)
    check_filters(family, vmos)
    check_pages(family, vmos)
    check_whole(family)
    check_errors(family)
    for vmo in vmos:
        os.close(vmo)
    check_events(device)
    os.close(device)
    print(f"1..{Case.number}")


main()
