# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Read by tests that are scripts (bash): results as TAP. $subject is what they
# test, $work a directory; $number says how many results there are, $failed how
# many of these are bad. check_with needs scripts/common.sh.
#
# shellcheck disable=SC2154 # set by the reader
# shellcheck disable=SC2034 # used by the reader

number=0 failed=0

# check NAME COMMAND...: what it prints is a diagnosis. Returns its status.
check() {
	local name=$1 result=ok
	shift
	"$@" >"$work/said" 2>&1 || {
		result='not ok' failed=$((failed + 1))
		tail -n 30 "$work/said" | sed 's/^/# /'
	}
	number=$((number + 1))
	echo "$result $number - $subject: $name"
	[ "$result" = ok ]
}

# check_first NAME COMMAND...: what follows has no sense without it.
check_first() {
	check "$@" && return
	echo "Bail out!"
	exit 1
}

# check_with TOOL NAME COMMAND...: not where there is no such tool.
check_with() {
	local tool=$1
	shift
	if have "$tool"; then
		check "$@"
		return
	fi
	number=$((number + 1))
	echo "ok $number - $subject: $1 # SKIP no $tool"
}

# is FOUND EXPECTED WHAT
is() {
	[ "$1" = "$2" ] || {
		echo "$3: '$1', expected '$2'"
		return 1
	}
}
