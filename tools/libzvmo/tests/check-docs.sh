#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# libzvmo: checks the manual pages against the header and the examples. Each
# page is named for the first call in its NAME; its SYNOPSIS must agree with the
# header, and its EXAMPLES with examples/PAGE.c (but for the licence line), which
# must compile. "make check-docs" in the directory of the library runs it, with
# CC in the environment.
set -eu
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

ok()
{
	number=$((number + 1))
	echo "ok $number - libzvmo $1"
}

not_ok()
{
	echo "not ok $((number + 1)) - libzvmo $1"
	exit 1
}

section()
{
	sed -n "/^\.Sh $2\$/,/^\.Sh /p" "$1" | sed '1d;/^\.Sh /d'
}

# .Ft int, .Fn call "int a" "int b" become: int call(int a, int b);
prototypes()
{
	section "$1" SYNOPSIS | sed -n '
		/^\.Ft /{ s/^\.Ft //; h; }
		/^\.Fn /{
			s/^\.Fn //; s/" "/, /g; s/ "/(/; s/"$//
			/(/!s/ void$/(void/
			s/$/);/; H; x; s/\n/ /; p
		}'
}

compile()
{
	$CC -Wall -Wextra -Werror -Iinclude -I../../uapi "$@"
}

for page in man/*.3; do
	name=$(basename "$page" .3)
	section "$page" NAME | sed -n 's/^\.Nm \([a-z_]*\).*/\1/p' > "$work/names"
	[ "$(head -n 1 "$work/names")" = "$name" ] || not_ok "$page: is named for its first call"
	cat "$work/names" >> "$work/documented"

	# Two declarations that disagree do not compile.
	{ echo '#include <zvmo.h>'; prototypes "$page"; } > "$work/synopsis.c"
	compile -fsyntax-only "$work/synopsis.c" || not_ok "$page: SYNOPSIS agrees with the header"
	prototypes "$page" | sed 's/(.*//; s/.* //' > "$work/prototypes"
	diff -u "$work/names" "$work/prototypes" || not_ok "$page: NAME agrees with SYNOPSIS"
	ok "$page: NAME, SYNOPSIS and header agree"

	section "$page" EXAMPLES | sed '1d;$d; s/\\e/\\/g' > "$work/example.c"
	sed 1d "examples/$name.c" | diff -u - "$work/example.c" ||
		not_ok "$page: EXAMPLES is examples/$name.c"
	compile -o "$work/example" "$work/example.c" libzvmo.a || not_ok "$page: EXAMPLES compiles"
	ok "$page: EXAMPLES is examples/$name.c and compiles"

	section "$page" ERRORS | grep -q '^\.It Bq Er E' || not_ok "$page: has ERRORS"
	# groff has the mdoc macros; it complains on standard error.
	if command -v groff > /dev/null; then
		groff -mdoc -ww -Tascii "$page" 2> "$work/complaints" > /dev/null
		[ ! -s "$work/complaints" ] || { cat "$work/complaints"; not_ok "$page: formats"; }
	fi
done

sort "$work/documented" > "$work/calls"
sed -n '/global:/,/local:/s/^\t\(zvmo_.*\);$/\1/p' libzvmo.map | diff -u - "$work/calls" ||
	not_ok "every call is in exactly one manual page"
ok "every call is in exactly one manual page"
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
	grep -Eq "[( ]$test[(),]" "../testing/$file" || not_ok "design.rst: $file has $test"
done < "$work/tests"
grep -o '``[a-z_]*()``' "$design" | tr -d '`()' | sort -u > "$work/functions"
while read -r function; do
	case $function in
	*_*) grep -rqw "$function" ../../zvmo || not_ok "design.rst: there is a $function()" ;;
	esac
done < "$work/functions"
ok "design.rst names functions and tests that exist"
echo "1..$number"
