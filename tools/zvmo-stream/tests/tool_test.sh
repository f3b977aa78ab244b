#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# zvmo-stream: test of the program, with files. Prints TAP. "make check" runs it.
set -u
export LC_ALL=C

tool=$PWD/zvmo-stream
page=$PWD/man/zvmo-stream.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0
bad=0

# check NAME COMMAND...: COMMAND succeeds.
check()
{
	name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - zvmo-stream $name"
	else
		echo "not ok $number - zvmo-stream $name"
		bad=$((bad + 1))
	fi
}

# status N ARGUMENT...: the program ends with it, and says why it fails.
status()
{
	expected=$1
	shift
	"$tool" "$@" > out 2> complaint < /dev/null
	found=$?
	[ $found -eq "$expected" ] || { echo "# status $found: $(cat complaint)"; return 1; }
	[ $found -eq 0 ] || [ -s complaint ] || { echo "# says nothing"; return 1; }
}

nothing_left()
{
	for file in copy.img.*; do
		[ ! -e "$file" ] || { echo "# left: $file"; return 1; }
	done
}

round_trip()
{
	status 0 save --from monday full && status 0 load --to copy.img full &&
		cmp monday copy.img && nothing_left
}

increment()
{
	status 0 save --from tuesday --base monday part &&
		[ "$(stat -c %s part)" -lt 10000 ] &&
		status 0 load --to copy.img part && cmp tuesday copy.img
}

together()
{
	rm -f copy.img
	cat full part > all && status 0 load --to copy.img all && cmp tuesday copy.img &&
		rm copy.img && status 0 load --to copy.img full part && cmp tuesday copy.img
}

through_a_pipe()
{
	"$tool" save --from monday - | "$tool" load --to copy.img - && cmp monday copy.img
}

# What fails leaves the file as it was, and nothing else.
fails_whole()
{
	cp monday copy.img
	chmod 640 copy.img
	status "$@" && cmp monday copy.img && nothing_left
}

keeps_mode()
{
	cp monday copy.img
	chmod 640 copy.img
	status 0 load --to copy.img part && [ "$(stat -c %a copy.img)" = 640 ]
}

to_something_else()
{
	status 0 save --from monday --base tuesday back && fails_whole 4 load --to copy.img back
}

cut()
{
	head -c 3000 full > short
	fails_whole 3 load --to copy.img short && status 3 verify short && status 3 show short &&
		status 3 verify /dev/null && head -c 4000 part >> full.part &&
		cat full full.part > all && fails_whole 3 load --to copy.img all &&
		status 3 verify monday
}

shows()
{
	status 0 show full part && [ "$(grep -c ' kind ' out)" = 2 ] && grep -q increment out &&
		status 0 show --json full part && [ "$(grep -c '^{.*}$' out)" = 2 ] &&
		grep -q '"size":106496,"stream_size":104000' out
}

identities_meet()
{
	status 0 show --json full part
	id=$(sed -n '1s/.*"id":"\([0-9a-f]*\)".*/\1/p' out)
	base=$(sed -n '2s/.*"base":"\([0-9a-f]*\)".*/\1/p' out)
	[ ${#id} -eq 32 ] && [ "$id" = "$base" ]
}

compressed()
{
	"$tool" save --from monday --zstd=1 packed 2> complaint ||
		{ grep -q supported complaint && return; }
	[ "$(stat -c %s packed)" -lt "$(stat -c %s full)" ] &&
		status 0 load --to copy.img packed && cmp monday copy.img
}

not_onto_itself()
{
	cp monday copy.img
	status 2 save --from copy.img copy.img && cmp monday copy.img &&
		status 2 save --from tuesday --base copy.img copy.img && cmp monday copy.img &&
		status 0 load --to full full && cmp monday full &&
		status 0 save --from monday full
}

usage()
{
	status 2 && status 2 frobnicate && status 2 save full && status 2 save --from monday &&
		status 2 save --from monday --fd 1 full && status 2 save --from monday a b &&
		status 2 save --fd x full && status 2 save --from monday --zstd=20 full &&
		status 2 save --json --from monday full && status 2 load full &&
		status 2 load --to copy.img && status 2 load --to a --fd 1 full &&
		status 2 verify && status 2 verify --json full && status 2 show --what full &&
		status 0 --help && grep -q '^Exit status' out && status 0 show --help
}

fails()
{
	status 1 save --from nowhere full && status 1 save --fd 99 new &&
		status 1 load --to nowhere/copy.img full && status 1 verify nowhere &&
		status 1 save --from monday /dev/full && status 1 load --fd 99 full &&
		status 1 load --to . full
}

# Block N of the examples in the manual page, as it stands there.
example()
{
	awk -v wanted="$1" '
		/^\.Sh/ { examples = /EXAMPLES/ }
		/^\.Ed/ { inside = 0 }
		inside && number == wanted
		examples && /^\.Bd/ { inside = 1; number++ }
	' "$page" > example
	[ -s example ] || { echo "# no example $1"; return 1; }
	# Another machine is this one.
	PATH=${tool%/*}:$PATH sh -ec 'ssh() { shift; "$@"; }; . ./example' > out 2>&1 ||
		{ sed 's/^/# /' out; return 1; }
}

# The third needs VMOs; "program" of stream_test runs it.
examples()
{
	mkdir examples && cd examples && cp ../monday monday.img && cp ../tuesday tuesday.img &&
		cp ../monday copy.img && example 1 && cmp tuesday.img restored.img &&
		example 2 && cmp tuesday.img copy.img
	set -- $?
	cd "$work" && return "$1"
}

{ yes "on monday" | head -c 100000; head -c 4000 /dev/zero; } > monday
cp monday tuesday
printf tuesday | dd of=tuesday bs=1 seek=50000 conv=notrunc status=none

check "whole" round_trip
check "increment" increment
check "several streams" together
check "pipe" through_a_pipe
check "mode of the file" keeps_mode
check "an increment twice" fails_whole 4 load --to copy.img full part part
check "an increment to something else" to_something_else
check "cut off" cut
check "show" shows
check "identities" identities_meet
check "compressed" compressed
check "onto itself" not_onto_itself
check "usage" usage
check "failures" fails
check "the examples of the manual page" examples
echo "1..$number"
[ $bad -eq 0 ]
