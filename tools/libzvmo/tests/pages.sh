# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Checks of manual pages in mdoc(7), read by the check-docs.sh of a directory
# with man/, examples/ and include/. CC is in the environment; $headers are what
# a program includes, $flags where the compiler finds these, and $libraries what
# it is linked to.
#
# shellcheck disable=SC2086,SC2154 # lists of words, set by the reader
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
: > "$work/documented"

ok()
{
	number=$((number + 1))
	echo "ok $number - $1"
}

not_ok()
{
	echo "not ok $((number + 1)) - $1"
	exit 1
}

section()
{
	sed -n "/^\.Sh $2\$/,/^\.Sh /p" "$1" | sed '1d;/^\.Sh /d'
}

compile()
{
	$CC -Wall -Wextra -Werror $flags "$@"
}

includes()
{
	for header in $headers "$@"; do
		echo "#include <$header>"
	done
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

# What a page calls by the macro $2: ".Dv A , B", and ".It Bq Er A".
named_by()
{
	grep '^\.' "$1" | grep -o "\<$2 [A-Z][A-Z0-9_]*\>\( , [A-Z][A-Z0-9_]\{2,\}\)*" |
		sed "s/^$2 //; s/ , /\n/g" | sort -u
}

# A page that names a constant or an error that does not exist is stale. Rights
# may be named without ZVMO_RIGHT_.
check_constants()
{
	{
		echo '#define _GNU_SOURCE'
		includes errno.h fcntl.h poll.h signal.h stddef.h stdint.h sys/mman.h \
			sys/socket.h sys/stat.h unistd.h linux/capability.h
		{
			named_by "$1" Dv
			grep -v '^\.Dt ' "$1" | grep -o '\<ZVMO_[A-Z0-9_]*[A-Z0-9]\>'
		} | sort -u | grep -v '_$' | while read -r name; do
			echo "#if !defined($name) && !defined(ZVMO_RIGHT_$name)"
			echo "#error there is no $name"
			echo "#endif"
		done
		named_by "$1" Er | while read -r name; do
			echo "#ifndef $name"
			echo "#error there is no $name"
			echo "#endif"
		done
	} > "$work/constants.c"
	compile -fsyntax-only "$work/constants.c" || not_ok "$1: names constants that exist"
}

# Both formatters, where they are installed: they complain of different things.
check_format()
{
	if command -v groff > /dev/null; then
		groff -mdoc -ww -Tascii "$1" 2> "$work/complaints" > /dev/null
		[ ! -s "$work/complaints" ] || { cat "$work/complaints"; not_ok "$1: groff formats it"; }
	fi
	if command -v mandoc > /dev/null; then
		mandoc -T lint -W warning "$1" || not_ok "$1: mandoc formats it"
	fi
}

# check_page PAGE: of any section.
check_page()
{
	section "$1" NAME | sed -n 's/^\.Nm \([a-z_-]*\).*/\1/p' > "$work/names"
	name=$(basename "$1")
	[ "$(head -n 1 "$work/names")" = "${name%.*}" ] || not_ok "$1: is named for the first in its NAME"
	sed "s/\$/ ${name##*.}/" "$work/names" >> "$work/documented"
	check_constants "$1"
	check_format "$1"
	ok "$1: is named well, formats, and names constants that exist"
}

# check_example PAGE: its EXAMPLES is examples/PAGE.c (but for the licence line),
# which compiles.
check_example()
{
	example=$(basename "$1")
	example=examples/${example%.*}.c
	section "$1" EXAMPLES | sed '1d;$d; s/\\e/\\/g' > "$work/example.c"
	sed 1d "$example" | diff -u - "$work/example.c" || not_ok "$1: EXAMPLES is $example"
	compile -o "$work/example" "$work/example.c" $libraries || not_ok "$1: EXAMPLES compiles"
	ok "$1: EXAMPLES is $example and compiles"
}

# check_call_page PAGE: of section 3; its SYNOPSIS agrees with the header.
check_call_page()
{
	check_page "$1"
	# Two declarations that disagree do not compile.
	{ includes; prototypes "$1"; } > "$work/synopsis.c"
	compile -fsyntax-only "$work/synopsis.c" || not_ok "$1: SYNOPSIS agrees with the header"
	prototypes "$1" | sed 's/(.*//; s/.* //' > "$work/prototypes"
	diff -u "$work/names" "$work/prototypes" || not_ok "$1: NAME agrees with SYNOPSIS"
	section "$1" ERRORS | grep -q '^\.It Bq Er E' || not_ok "$1: has ERRORS"
	ok "$1: NAME, SYNOPSIS and header agree"
	check_example "$1"
}

# check_references PAGE...: each page that these refer to, of those whose names
# begin with zvmo, is one of those checked so far or in $elsewhere (a pattern).
check_references()
{
	sort -u "$work/documented" > "$work/pages"
	sed -n 's/.*\.Xr \(zvmo[a-z_-]* [0-9]\).*/\1/p' "$@" | sort -u |
		comm -23 - "$work/pages" | while read -r name section; do
		grep -qsw "Nm $name" ${elsewhere:+$elsewhere/*."$section"} ||
			echo "$name $section"
	done | grep . && not_ok "pages refer to pages that exist"
	ok "pages refer to pages that exist"
}

# check_calls MAP: every call that a version map exports is in exactly one page.
check_calls()
{
	sed -n 's/ 3$//p' "$work/documented" | sort > "$work/calls"
	sed -n '/global:/,/local:/s/^\t\(zvmo_.*\);$/\1/p' "$1" | sort | diff -u - "$work/calls" ||
		not_ok "every call is in exactly one manual page"
	ok "every call is in exactly one manual page"
}
