#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# libzvmo: checks the manual pages, and other documents, against the headers, the
# examples and the sources. "make check-docs" in the directory of the library
# runs it, with CC in the environment.
#
# shellcheck disable=SC2013,SC2034,SC2086 # names without spaces; used by pages.sh
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

# The header's table of errors, the list in zvmo(4), and what the module returns.
# EAGAIN is between its functions; ENXIO is of a file, not of an ioctl; netlink has
# a header of its own.
sed -n '/^ \* What each errno/,/^ \* The file-like/p' "$uapi" | grep -ow 'E[A-Z0-9]\{3,\}' |
	sort -u > "$work/table"
section man/zvmo.4 ERRORS | grep -ow 'E[A-Z0-9]\{3,\}' | sort -u | diff -u "$work/table" - ||
	not_ok "zvmo(4) explains the errors that the header does"
grep -rhow --exclude='*netlink*' --exclude='event.[ch]' -- '-E[A-Z0-9]\{3,\}' ../../zvmo | sed 's/^-//' | sort -u |
	grep -vx 'EAGAIN\|ENXIO' | diff -u - "$work/table" ||
	not_ok "the header explains the errors that the module returns"
ok "header, zvmo(4) and module have the same errors"

# For each ioctl: those in the comment before it, those in its entry. READ and
# WRITE have one comment.
awk -v table="$work/table" '
	BEGIN { while ((getline name < table) > 0) known[name] }
	/^\/\*\*/ { delete found }
	/^ \*/ {
		gsub(/[^A-Z0-9_]+/, " ")
		for (i = 1; i <= NF; i++)
			if ($i in known) found[$i]
	}
	/^#define ZVMO_IOC_[A-Z_]*[ \t]+_IO/ { for (name in found) print $2, name }
' "$uapi" | sed 's/IOC_WRITE /IOC_READ /' | sort -u > "$work/errors"
awk '
	/^\.(It|El|Sh)/ { ioctl = $3; errors = 0 }
	/^Errors:$/ { errors = 1 }
	errors && /^\.Er / { for (i = 2; i < NF; i += 2) print ioctl, $i }
' man/zvmo.4 | sed 's/IOC_WRITE /IOC_READ /' | sort -u | diff -u "$work/errors" - ||
	not_ok "zvmo(4) lists the errors of each ioctl"
ok "zvmo(4) lists the errors of each ioctl, as the header does"

# What the documents tell readers to run, open or look at is there.
top=../..
documents="$top/README.rst $top/Documentation/*.rst"
for target in $(grep -oh '\(``\|^    \|sudo \)make [a-z-]*[a-z]' $documents | sed 's/.*make //' |
	sort -u); do
	grep -q "^$target:" $top/Makefile || not_ok "make $target is in a document, not in Makefile"
done
ok "every make target in the documents exists"
# shellcheck disable=SC2016
for path in $(grep -oh '``\(tools\|zvmo\|uapi\|kunit\|scripts\|Documentation\)/[a-zA-Z0-9_./*-]*``' $documents |
	tr -d '`' | sort -u); do
	ls -d $top/$path > /dev/null || not_ok "$path is in a document"
done
ok "every path in the documents exists"
for dir in $(cd $top && printf '%s\n' */ tools/*/ tools/testing/*/); do
	case $dir in
	build/ | tools/ | tools/testing/) ;;
	*) grep -qF "\`\`$dir" $top/README.rst || not_ok "README.rst says what $dir is" ;;
	esac
done
for page in ../../Documentation/*.rst; do
	name=$(basename "$page" .rst)
	[ "$name" = index ] || grep -qx "   $name" $top/Documentation/index.rst ||
		not_ok "index.rst lists $name"
done
ok "README.rst has every directory, index.rst every page"
sed -n 's/^    \(zvmo-[a-z-]*:\) .*/\1/p' $top/Documentation/quickstart.rst > "$work/lines"
[ -s "$work/lines" ] || not_ok "quickstart.rst shows fdinfo"
while read -r line; do
	grep -qF "\"$line\\t" $top/zvmo/vmo_file.c || not_ok "fdinfo has a line $line"
done < "$work/lines"
ok "quickstart.rst shows lines that fdinfo has"

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
