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

# arch_of RELEASE: the architecture of a kernel, as Debian names it.
arch_of() {
	case $1 in
	*-amd64 | *-arm64) echo "${1##*-}" ;;
	*) machine_arch ;;
	esac
}

machine_arch() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) die 120 "no guest is known for $(uname -m)" "use an x86_64 or arm64 machine" ;;
	esac
}

# cross_prefix ARCH: what the names of its compiler and binutils begin with here.
cross_prefix() {
	[ "$1" = "$(machine_arch)" ] || case $1 in
	amd64) echo x86_64-linux-gnu- ;;
	arm64) echo aarch64-linux-gnu- ;;
	i386) echo i686-linux-gnu- ;;
	esac
}

# build_module RELEASE [MAKE-ARGUMENT]...: for a kernel in the cache, as strictly
# as tests want it.
build_module() {
	local release=$1 kernel=$top/tools/testing/vm/kernel headers tools arch cross
	shift
	headers=$("$kernel" --print headers "$release") &&
		tools=$("$kernel" --print tools "$release") || return
	arch=$(arch_of "$release")
	cross=$(cross_prefix "$arch")
	PATH=${tools:+$tools:}$PATH make_quietly "building zvmo.ko for the kernel $release" \
		-C "$top" modules KDIR="$headers" W=1 KCFLAGS=-Werror \
		${cross:+ARCH="${arch/amd64/x86_64}" CROSS_COMPILE="$cross"} "$@"
}

# The arguments for a module that counts how often its lines run; for tests of any
# kind.
# shellcheck disable=SC2034 # used by the scripts that read this
coverage_build=(VARIANT=-coverage ZVMO_GCOV=y ZVMO_KUNIT=m)

# build_dir RELEASE [MAKE-ARGUMENT]...: where build_module puts what it builds.
build_dir() {
	local release=$1 argument variant=''
	shift
	for argument; do
		case $argument in
		VARIANT=*) variant=${argument#*=} ;;
		esac
	done
	echo "$top/build/$release$variant"
}

# usage_of FILE: the comment at its head, without the licence line.
usage_of() {
	awk 'NR <= 2 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$1"
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

# sum_of FILE: the three numbers of its last line, "N passed, N failed, N skipped".
sum_of() {
	tail -n 1 "$1" |
		sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p'
}

# tally COMMAND...: run what ends with a line "N passed, N failed, N skipped", and
# add these to passed, failed and skipped. An end without that line counts as a
# failure, as does a status other than 0 that it does not explain.
tally() {
	local output status p='' f='' s=''
	output=$(mktemp) || die 1 "no room in ${TMPDIR:-/tmp}" "set TMPDIR"
	"$@" | tee "$output"
	status=${PIPESTATUS[0]}
	read -r p f s < <(sum_of "$output")
	rm -f "$output"
	[ -n "$f" ] && { [ "$status" -eq 0 ] || [ "$f" -gt 0 ]; } || f=$((f + 1))
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# end_tally: the sums as the last line, and status 0 if all is well.
end_tally() {
	printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
