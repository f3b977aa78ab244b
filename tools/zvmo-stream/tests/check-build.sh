#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# zvmo-stream: checks that what is installed can be used, and goes again. "make
# check" runs it, with CC and MAKE in the environment.
#
# shellcheck disable=SC2086 # compilers and flags are lists of words
set -eu
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root/opt/zvmo

not_ok()
{
	echo "not ok 1 - zvmo-stream $1"
	exit 1
}

# The pkg-config files are made again for this prefix, and at the end as they were.
install()
{
	for dir in ../libzvmo .; do
		$MAKE -s -C $dir "$1" DESTDIR="$work/root" PREFIX=/opt/zvmo > /dev/null
	done
}

cp libzvmo-stream.pc ../libzvmo/libzvmo.pc "$work"
install install
[ -x "$root/bin/zvmo-stream" ] || not_ok "the program is installed"
sed -n 's/.*ZVMO_STREAM_API.* \(zvmo_stream_[a-z_]*\)(.*/\1/p; s/^\(zvmo_stream_[a-z_]*\)(.*/\1/p' \
	include/zvmo_stream.h > "$work/calls"
[ -s "$work/calls" ] || not_ok "the header declares something"
while read -r call; do
	[ -f "$root/share/man/man3/$call.3" ] || not_ok "manual page of $call"
done < "$work/calls"

if command -v pkg-config > /dev/null; then
	flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/root \
		pkg-config --cflags --libs libzvmo-stream libzvmo)
	$CC -Wall -Wextra -Werror -o "$work/example" examples/zvmo_stream_save.c $flags \
		-Wl,-rpath-link,"$root/lib" || not_ok "the example builds by pkg-config"
	flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/root \
		pkg-config --static --cflags --libs libzvmo-stream)
	$CC -static -Wall -Wextra -Werror -o "$work/example" examples/zvmo_stream_save.c $flags ||
		not_ok "the example builds by pkg-config, static"
fi

install uninstall
mv "$work/libzvmo-stream.pc" .
mv "$work/libzvmo.pc" ../libzvmo
find "$work/root" ! -type d | grep . && not_ok "uninstall removes all that install made"
echo "ok 1 - zvmo-stream what is installed can be used, and goes again"
echo "1..1"
