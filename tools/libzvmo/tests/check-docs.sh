#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# libzvmo: checks the manual pages, and other documents, against the headers, the
# examples and the sources. "make check-docs" in the directory of the library
# runs it, with CC in the environment.
#
# shellcheck disable=SC2013,SC2034 # names without spaces; used by pages.sh
set -eu
headers='zvmo.h zircon/syscalls.h'
flags='-Iinclude -I../../uapi'
libraries=libzvmo.a
# shellcheck source=tests/pages.sh
. tests/pages.sh
uapi=../../uapi/linux/zvmo.h

for page in man/*.3; do
	check_call_page "$page"
done
for page in man/*.[!3]; do
	check_page "$page"
done
check_calls libzvmo.map
elsewhere='../zvmo*/man'
check_references man/*

# zvmo(4) lists each ioctl with its structure; operations may be on any page.
sed -n 's/^#define \(ZVMO_IOC_[A-Z_]*\)\t.*_IO(.*/\1/p' "$uapi" | sort > "$work/ioctls"
sed -n 's/^\.It Dv \(ZVMO_IOC_[A-Z_]*\).*/\1/p' man/zvmo.4 | sort | diff -u "$work/ioctls" - ||
	not_ok "zvmo(4) lists every ioctl"
for name in $(sed -n 's/^\.It Dv ZVMO_IOC_.* Vt struct //p' man/zvmo.4); do
	grep -q "^struct $name {" "$uapi" || not_ok "zvmo(4): there is a struct $name"
done
ok "zvmo(4) lists every ioctl, with structures that exist"
for name in $(sed -n 's/^#define \(ZVMO_[A-Z_]*\)\t.*/\1/p' "$uapi"); do
	case $name in
	*_SIZE_VER[0-9] | ZVMO_IOC_TYPE) ;;
	ZVMO_RIGHT_*) grep -qEw "$name|${name#ZVMO_RIGHT_}" man/* ||
		not_ok "$name is in a manual page" ;;
	*) grep -qw "$name" man/* || not_ok "$name is in a manual page" ;;
	esac
done
ok "every constant of the interface is in a manual page"

# README shows the body of the first example, indented.
sed -n '/^    int main(void)/,/^    }/p' ../../README.rst | sed 's/^    //' > "$work/readme"
sed -n '/^int main(void)/,/^}/p' examples/hello.c | diff -u - "$work/readme" ||
	not_ok "README shows examples/hello.c"
ok "README shows examples/hello.c"

# Every function and test that the design names is there.
design=../../Documentation/design.rst
sed -n 's/.*  \([a-z]*\/[a-z_]*\.c\): \([a-z_]*\)$/\1 \2/p' "$design" > "$work/tests"
[ -s "$work/tests" ] || not_ok "design.rst names tests"
while read -r file test; do
	grep -Eq "[( ]${test}[(),]" "../testing/$file" || not_ok "design.rst: $file has $test"
done < "$work/tests"
# shellcheck disable=SC2016
grep -o '``[a-z_]*()``' "$design" | tr -d '`()' | sort -u > "$work/functions"
while read -r function; do
	case $function in
	*_*) grep -rqw "$function" ../../zvmo include || not_ok "design.rst: there is a $function()" ;;
	esac
done < "$work/functions"
ok "design.rst names functions and tests that exist"
echo "1..$number"
