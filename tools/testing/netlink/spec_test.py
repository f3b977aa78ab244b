# SPDX-License-Identifier: GPL-2.0-only
"""Compare the netlink family's specification, header and tables. Prints TAP.

    python spec_test.py TOP LINUX

TOP is the directory of zvmo, LINUX has the kernel's netlink tools. Generated
from the specification by the kernel's generator are the header, which has to be
the one in uapi/, and policies, which have to be those in zvmo/netlink*.c. The
module has one policy where the generator makes two, for both forms of an
operation: it has to be the union.
"""
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

TOP, LINUX = sys.argv[1:3]
SPEC = f"{TOP}/Documentation/netlink/specs/zvmo.yaml"
HEADER = f"{TOP}/uapi/linux/zvmo_netlink.h"
MODULE = [f"{TOP}/zvmo/netlink.c", f"{TOP}/zvmo/netlink_module.c"]


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def generate(spec, mode, form):
    """What the generator makes of a specification inside a kernel tree."""
    with tempfile.TemporaryDirectory() as out:
        path = f"{out}/netlink_gen.c"
        subprocess.run([sys.executable, f"{LINUX}/tools/net/ynl/ynl-gen-c.py",
                        "--spec", spec, "--mode", mode, form, "-o", path],
                       check=True, timeout=120)
        return read(path)


def normalise(text):
    return re.sub(r",?\s*\}", " }", re.sub(r"\s+", " ", text)).strip()


def policies(text):
    """{name: {attribute: policy}} of all tables in a C source."""
    found = {}
    for name, body in re.findall(
            r"struct nla_policy (\w+)\[[^]]*\] = \{\n(.*?)\n\};", text, re.S):
        rows = re.findall(r"\[(\w+)\]\s*=\s*(.*?),\n", body + ",\n", re.S)
        found[name] = {attribute: normalise(policy)
                       for attribute, policy in rows}
    return found


def generated_policies(text):
    """The same by operation, both forms of it together."""
    merged = {}
    for name, rows in policies(text).items():
        operation = re.fullmatch(r"zvmo_(.*?)(_do|_dump)?_nl_policy", name)[1]
        merged.setdefault(operation, {}).update(rows)
    return merged


def module_operations(text):
    """{operation: its forms and policy} of the table of operations."""
    table = re.search(r"struct genl_ops nl_ops\[\] = \{\n(.*?)\n\};", text,
                      re.S)[1]
    operations = {}
    for row in re.findall(r"\{(.*?)\n\t\}", table, re.S):
        name = re.search(r"ZVMO_CMD_(\w+)", row)[1].lower()
        policy = re.search(r"NL_POLICY\((\w+)\)", row)
        forms = {form for form in ("do", "dump") if f".{form}it" in row}
        operations[name] = (forms, policy and policy[1])
    return operations


class Case:
    number = 0

    @classmethod
    def expect(cls, holds, name, found="", expected=""):
        cls.number += 1
        if not holds:
            print(f"# found {found}\n# expected {expected}")
        print(f"{'ok' if holds else 'not ok'} {cls.number} - spec {name}")

    @classmethod
    def equal(cls, found, expected, name):
        cls.expect(found == expected, name, found, expected)


def check_schema(spec):
    schema = yaml.safe_load(read(f"{LINUX}/Documentation/netlink/genetlink.yaml"))
    try:
        jsonschema.validate(spec, schema)
        Case.expect(True, "follows the kernel's schema")
    except jsonschema.ValidationError as error:
        Case.expect(False, "follows the kernel's schema", error.message)


def check_tables(spec, generated, module):
    operations = module_operations(module)
    tables = policies(module)
    expected = generated_policies(generated)
    listed = {op["name"].replace("-", "_"): set(op) & {"do", "dump"}
              for op in spec["operations"]["list"] if "event" not in op}
    Case.equal({name: forms for name, (forms, _) in operations.items()}, listed,
               "lists the module's operations")
    for name in sorted(listed):
        policy = operations.get(name, (None, None))[1]
        Case.equal(tables.get(policy, {}), expected.get(name, {}),
                   f"has the policy of {name}")


def check_attributes(spec, module):
    """Each counter and setting is in its table."""
    for kind, table in (("stats", "counters"), ("config", "settings")):
        rows = re.search(rf"struct \w+ {table}\[\] = \{{(.*?)\n\}};", module, re.S)[1]
        attributes = next(attributes["attributes"]
                          for attributes in spec["attribute-sets"]
                          if attributes["name"] == kind)
        expected = {f"ZVMO_A_{kind}_{attribute['name']}".upper().replace("-", "_")
                    for attribute in attributes if attribute["type"] != "pad"}
        Case.equal(set(re.findall(r"ZVMO_A_\w+", rows)), expected,
                   f"lists the module's {table}")


def main():
    # The tools want it where specifications are in a kernel.
    inside = f"{LINUX}/Documentation/netlink/specs/zvmo-{os.getpid()}.yaml"
    spec = yaml.safe_load(read(SPEC))
    check_schema(spec)
    try:
        with open(inside, "w", encoding="utf-8") as stream:
            stream.write(read(SPEC))
        header = generate(inside, "uapi", "--header")
        kernel = generate(inside, "kernel", "--source")
    finally:
        os.unlink(inside)
    header = header.replace(os.path.basename(inside), "zvmo.yaml")
    Case.expect(header == read(HEADER), "is what the header was made of",
                f"{HEADER} differs",
                "ynl-gen-c.py --mode uapi --header --spec zvmo.yaml")
    module = "".join(read(path) for path in MODULE)
    check_tables(spec, kernel, module)
    check_attributes(spec, module)
    print(f"1..{Case.number}")


main()
