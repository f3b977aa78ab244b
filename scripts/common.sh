# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Read by the project's scripts (bash): where things are and how they speak.
# A failure is always two sentences: what went wrong, and what to do about it.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What is fetched once and kept: kernels, a static busybox.
# shellcheck disable=SC2034 # used by the scripts that read this
cache=${ZVMO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zvmo}

# A make that a script calls is not a sub-make of the one that called the script.
unset MAKEFLAGS MAKELEVEL MFLAGS

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die STATUS CAUSE CURE
die() {
	say "$2"
	say "  -> $3"
	exit "$1"
}

have() {
	command -v "$1" >/dev/null
}

# announce STEP: what takes long says so before it begins.
announce() {
	printf '==> %s\n' "$*"
}

# make_quietly STEP MAKE-ARGUMENT...: show the output only if it fails.
make_quietly() {
	local output
	announce "$1"
	shift
	output=$(make -j"$(nproc)" "$@" 2>&1) && return
	tail -n 40 <<<"$output" >&2
	return 1
}

# build_module RELEASE [MAKE-ARGUMENT]...: for a kernel in the cache, as strictly
# as tests want it.
build_module() {
	local release=$1 headers
	shift
	headers=$("$top/tools/testing/vm/kernel" --print headers "$release") &&
		make_quietly "building zvmo.ko for the kernel $release" -C "$top" \
			modules KDIR="$headers" W=1 KCFLAGS=-Werror "$@"
}

# usage_of FILE: the comment at its head, without the licence line.
usage_of() {
	awk 'NR <= 2 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$1"
}

# with_fresh_index COMMAND...: run it; if it fails, the package lists may be
# missing or name packages that are gone, so refresh them and run it again.
with_fresh_index() {
	"$@" && return
	say "the package lists look old or missing"
	"$top/scripts/setup" --refresh && "$@"
}

# unpack_packages DIR PACKAGE...: download Debian packages and unpack them
# below DIR without installing them.
unpack_packages() {
	local dir=$1 debs status=0
	shift
	debs=$(mktemp -d) || return
	say "downloading $*"
	(cd "$debs" && apt-get -qq -o APT::Sandbox::User=root download "$@") >&2 || status=1
	for deb in "$debs"/*.deb; do
		[ $status -ne 0 ] || dpkg-deb -x "$deb" "$dir" || status=1
	done
	rm -rf "$debs"
	return $status
}

# copy_sources DIR: what git would take, or without git, all but what was built.
# Files that git knows and that are gone are not missed.
copy_sources() {
	if [ -e "$top/.git" ] && have git; then
		git -C "$top" -c safe.directory='*' ls-files -z --cached --others --exclude-standard
	else
		(cd "$top" && find . -name build -prune -o -name obj -prune -o ! -type d -print0)
	fi | tar -C "$top" --null -T - --ignore-failed-read --warning=no-failed-read -cf - |
		tar -C "$1" -xf -
}
