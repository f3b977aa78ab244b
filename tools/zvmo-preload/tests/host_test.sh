#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be tested of zvmo-preload without the module. Prints TAP. How it behaves
# with it is tested in tools/testing/foreign.
#
# shellcheck disable=SC2001,SC2016,SC2317 # functions are called through variables
set -u
cd "$(dirname "$0")/.." || exit 1
subject=zvmo-preload
# shellcheck source=tools/testing/tap.sh
. ../testing/tap.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# ends_with STATUS COMMAND...
ends_with() {
	local wanted=$1 status
	shift
	"$@"
	status=$?
	[ "$status" -eq "$wanted" ] || { echo "status $status, expected $wanted"; return 1; }
}

page_is_well_formed() {
	local complaints
	complaints=$(mandoc -T lint -W warning man/zvmo-preload.1 | grep -v 'referenced manual not found'
		groff -mdoc -ww -Tascii man/zvmo-preload.1 2>&1 >/dev/null)
	[ -z "$complaints" ] || { echo "$complaints"; return 1; }
}

options() {
	grep -o -e '--[a-z][a-z-]*' | sort -u
}

# The program's, those of its help, and those of the page.
options_agree() {
	sed -n 's/^\t{ "\([a-z-]*\)", [a-z]*_argument.*/--\1/p' zvmo-preload.c | sort >"$work/program"
	./zvmo-preload --help | sed '/^Examples/,/^Exit/d' | options | diff -u "$work/program" - &&
		sed -n 's/^\.\(Op \|It \)Fl -\([a-z-]*\).*/--\2/p' man/zvmo-preload.1 | sort -u |
		diff -u "$work/program" -
}

help_is_narrow() {
	./zvmo-preload --help | awk 'length > 90 { print; bad = 1 } END { exit bad }'
}

# The library stands between the program and these, and nothing else.
library_exports() {
	nm -D --defined-only zvmo-preload.so | sed 's/.* T //' | sort |
		diff -u - <(printf '%s\n' madvise memfd_create mmap mmap64 mprotect mremap munmap \
			shm_open shm_unlink)
}

bad_sizes() {
	local size
	for size in '' 0 x 5X 5KK -1 -1K 99999999999999999999 99999999999G; do
		ends_with 125 ./zvmo-preload --arena="$size" true || { echo "SIZE '$size'"; return 1; }
	done
}

# Without the module everything is as it was.
falls_back() {
	[ ! -e /dev/zvmo ] || return 0
	./zvmo-preload --shm --shared=4K --private=4K --arena=4K --log="$work/log" \
		sh -c 'echo "$1"' sh works | grep -qx works
}

strict_needs_the_module() {
	[ ! -e /dev/zvmo ] || return 0
	ends_with 125 ./zvmo-preload --strict true
}

passes_on() {
	[ "$(LD_PRELOAD='' ./zvmo-preload --seals --log='/a b' sh -c 'echo "$ZVMO_PRELOAD"')" = \
		'seals memfd log=/a b' ] &&
		[[ $(LD_PRELOAD=libc.so.6 ./zvmo-preload --no-memfd sh -c 'echo "$LD_PRELOAD"') == \
			*/zvmo-preload.so:libc.so.6 ]]
}

check 'the page is well formed' page_is_well_formed
check 'program, help and page have the same options' options_agree
check 'the help fits a terminal' help_is_narrow
check 'the library exports what it stands for' library_exports
check 'its status is the command'\''s' ends_with 7 ./zvmo-preload sh -c 'exit 7'
check 'a command that is not there' ends_with 127 ./zvmo-preload ./none
check 'a command that cannot be run' ends_with 126 ./zvmo-preload ./Makefile
check 'no command' ends_with 125 ./zvmo-preload --shm
check 'an unknown option' ends_with 125 ./zvmo-preload --none true
check 'sizes that are none' bad_sizes
check 'options of the command are the command'\''s' ends_with 3 ./zvmo-preload sh -c 'exit 3' --help
check 'no module: as ever' falls_back
check 'no module: --strict' strict_needs_the_module
check 'what the library gets' passes_on
echo "1..$number"
exit $((failed > 0))
