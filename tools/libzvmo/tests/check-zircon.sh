#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# libzvmo: checks that the headers of Zircon's calls, the version map, the
# libraries and zircon(7) agree, that each header is good by itself in C and C++,
# and what C++ makes of all that. Run by "make check-zircon" in the directory of
# the library, with CC and CXX in the environment.
#
# shellcheck disable=SC2034,SC2086 # used by pages.sh; flags are lists of words
set -eu
headers=$(cd include && echo zircon/*.h zircon/*/*.h)
flags='-Iinclude -I../../uapi'
libraries=libzvmo.a
# shellcheck source=tests/pages.sh
. tests/pages.sh
page=man/zircon.7
strict='-Wall -Wextra -Wpedantic -Werror -Iinclude'

# What is found is what is declared.
same()
{
	diff -u "$work/declared" "$work/found" || not_ok "$1"
	ok "$1"
}

# Declarations may span lines; the name is the first word before a bracket.
for header in $headers; do
	grep -v '^#define' "include/$header"
done | tr '\n' ' ' | grep -o 'ZX_API [^(;]*(' | sed 's/ *($//; s/.*[ *]//' |
	sort > "$work/declared"
[ -s "$work/declared" ] || not_ok "the headers declare something"

sed -n '/global:/,/local:/s/^\t\(zx_.*\);$/\1/p' libzvmo.map > "$work/found"
same "version map (sorted) lists what the headers declare"
nm -D --defined-only libzvmo.so | sed -n 's/.* T \(zx_[^@]*\)@@ZVMO_.*/\1/p' |
	sort > "$work/found"
same "libzvmo.so exports what the headers declare"
nm -g --defined-only libzvmo.a | sed -n 's/.* T \(zx_.*\)/\1/p' | sort > "$work/found"
same "libzvmo.a has what the headers declare, and no more of zx_"
sed -n '/^\.Sh CALLS/,/^\.Sh /s/^\.Fn \(zx_[a-z_]*\)$/\1/p' "$page" | sort > "$work/found"
same "zircon(7) lists the calls"

# Every status that exists is named there, and no other.
grep -ho 'ZX_ERR_[A-Z_]*' include/zircon/errors.h | sort -u > "$work/declared"
{
	grep -o 'ZX_ERR_[A-Z_]*[A-Z]' "$page"
	sed -n 's/^\.It Li \([A-Z_]*\) Ta .*/ZX_ERR_\1/p' "$page"
} | sort -u > "$work/found"
same "zircon(7) names the statuses"
check_example "$page"

# The status beside each errno is what the call makes of it: of calls that are
# documented together, the first.
awk '
	/^\.Sh / { calls = $2 == "CALLS" }
	/^\.(Pp|Ss)/ { name = "" }
	calls && /^\.Fn zx_/ && !name { name = $2 }
	calls && /^\.It Li / && $5 != "-" && name !~ /^zx_vmar_(unmap|protect|op_range)$/ {
		for (i = 5; $i != "Ta"; i++)
			print name, $i, $3
	}' "$page" > "$work/rules"
obj/zircon_errno_test < "$work/rules" > "$work/output" ||
	{ cat "$work/output"; not_ok "zircon(7) says what becomes of each errno"; }
ok "zircon(7) says what becomes of each errno ($(tail -n 1 "$work/output"))"

for header in $headers; do
	echo "#include <$header>" | $CC $strict -x c -std=c11 -fsyntax-only - ||
		not_ok "$header alone: C11"
done
ok "each header alone: C11"
if ! command -v "${CXX%% *}" > /dev/null; then
	ok "C++ # SKIP no $CXX"
	echo "1..$number"
	exit
fi
for header in $headers; do
	echo "#include <$header>" | $CXX $strict -x c++ -std=c++11 -fsyntax-only - ||
		not_ok "$header alone: C++11"
done
ok "each header alone: C++11"
$CXX $strict -std=c++11 -o "$work/test" tests/zircon_test.cc libzvmo.a ||
	not_ok "a C++ program builds"
"$work/test" > "$work/output" || { sed 's/^/# /' "$work/output"; not_ok "a C++ program runs"; }
ok "a C++ program builds and runs"
echo "1..$number"
