#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# libzvmo: checks that the header, the version map, the two libraries, the
# pkg-config file and the installed files agree, and that the header is good in
# C11 and C++. Run by "make check" in the directory of the library, with CC, CXX
# and MAKE in the environment.
#
# shellcheck disable=SC2086 # compilers and flags are lists of words
set -eu
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

# Ends the script at the first failure: a TAP line, and what diff(1) said.
ok()
{
	number=$((number + 1))
	echo "ok $number - libzvmo $1"
}

skip()
{
	ok "$1 # SKIP $2"
}

not_ok()
{
	echo "not ok $((number + 1)) - libzvmo $1"
	exit 1
}

same()
{
	diff -u "$work/$1" "$work/$2" || not_ok "$3"
	ok "$3"
}

# Declarations may span lines; the name is the first word before a bracket.
grep -v '^#define' include/zvmo.h | tr '\n' ' ' | grep -o 'ZVMO_API [^(;]*(' |
	sed 's/ *($//; s/.*[ *]//' | sort > "$work/header"
sed -n '/global:/,/local:/s/^\t\(zvmo_.*\);$/\1/p' libzvmo.map > "$work/map"
nm -D --defined-only libzvmo.so | sed -n 's/.* T \(zvmo_[^@]*\)@@ZVMO_.*/\1/p' |
	sort > "$work/shared"
nm -g --defined-only libzvmo.a | sed -n 's/.* [A-Z] //p' | sort > "$work/archive"

[ -s "$work/header" ] || not_ok "the header declares something"
same header map "version map (sorted) lists what the header declares"
same header shared "libzvmo.so exports what the header declares"
# The archive also has what its files share, all of it in the name space. What
# zx_ is, check-zircon.sh looks at.
if grep -v '^z\(vmo\|x\)_' "$work/archive" || comm -23 "$work/header" "$work/archive" | grep .; then
	not_ok "libzvmo.a has every call and no name outside zvmo_ and zx_"
fi
ok "libzvmo.a has every call and no name outside zvmo_ and zx_"

# But for what zx_vmar_map() has to remember, which no zvmo_ call needs.
if nm -A libzvmo.a | grep -v ':zx_mapping\.o:' |
	grep ' \([bBcCdD] \|U \(malloc\|calloc\|realloc\|pthread_.*\)$\)'; then
	not_ok "the library keeps no state and allocates nothing"
fi
if nm -A libzvmo.a | grep -v ':zx_[a-z]*\.o:' | grep ' U \(zvmo_\)\?zx_'; then
	not_ok "no zvmo_ call needs a zx_ call"
fi
ok "the library keeps no state and allocates nothing"

header_alone()
{
	echo '#include <zvmo.h>' |
		"$@" -Wall -Wextra -Wpedantic -Werror -Iinclude -I../../uapi -fsyntax-only - ||
		not_ok "header alone: $*"
	ok "header alone: $*"
}

header_alone $CC -x c -std=c11
if command -v "${CXX%% *}" > /dev/null; then
	header_alone $CXX -x c++ -std=c++11
	# The name of a structure and of a call are often the same.
	cat > "$work/use.cc" << 'END'
#include <zvmo.h>
int main()
{
	struct zvmo_info info;
	struct zvmo_create create = { sizeof(create), 0, 0 };
	int fd = zvmo_create(create.size, create.options);

	return zvmo_get_info(fd, &info, sizeof(info));
}
END
	$CXX -Wall -Wextra -Werror -Iinclude -I../../uapi -o "$work/use" "$work/use.cc" libzvmo.a ||
		not_ok "a C++ program links"
	ok "a C++ program links"
else
	skip "C++" "no $CXX"
fi

# The pkg-config file is made again for this prefix, and at the end as it was.
cp libzvmo.pc "$work/libzvmo.pc"
install() { $MAKE -s "$@" DESTDIR="$work/root" PREFIX=/opt/zvmo > /dev/null; }
install install
root=$work/root/opt/zvmo
if command -v pkg-config > /dev/null; then
	flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/root \
		pkg-config --cflags --libs libzvmo)
	for example in examples/*.c; do
		$CC -Wall -Wextra -Werror -o "$work/program" "$example" $flags ||
			not_ok "build by pkg-config: $example"
	done
	readelf -d "$work/program" | grep -q 'NEEDED.*\[libzvmo\.so\.0\]' ||
		not_ok "programs need libzvmo.so.0"
	ok "examples build by pkg-config from what is installed, and need libzvmo.so.0"
else
	skip "examples build by pkg-config" "no pkg-config"
fi

while read -r call; do
	[ -f "$root/share/man/man3/$call.3" ] || not_ok "manual page of $call"
done < "$work/header"
ok "every call has an installed manual page"

install uninstall
cp "$work/libzvmo.pc" libzvmo.pc
find "$work/root" ! -type d | grep . && not_ok "uninstall removes all that install made"
ok "uninstall removes all that install made"
echo "1..$number"
