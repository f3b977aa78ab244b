#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be tested of zvmoctl without the module. Prints TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
subject=zvmoctl
# shellcheck source=tools/testing/tap.sh
. ../testing/tap.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

commands=$(./zvmoctl --complete '')

page_is_well_formed() {
	local complaints
	complaints=$(mandoc -T lint -W warning man/zvmoctl.8 | grep -v 'referenced manual not found')
	[ -z "$complaints" ] || { echo "$complaints"; return 1; }
}

page_has_every_command() {
	local command
	for command in $commands; do
		grep -q "^\.It Cm.*\<$command\>" man/zvmoctl.8 ||
			{ echo "$command"; return 1; }
	done
}

help_lists_every_command() {
	local command
	for command in $commands; do
		./zvmoctl --help | grep -q "^  $command " || { echo "$command"; return 1; }
	done
}

# An option in an example of a help is one that the command has.
help_examples_are_right() {
	local command option
	for command in $commands; do
		for option in $(./zvmoctl "$command" --help | sed -n "/^Examples/,\$s/.*zvmoctl $command \([^|]*\).*/\1/p" |
			sed 's/ -- .*//' | grep -o -- ' --[a-z-]*'); do
			./zvmoctl --complete "$command" -- | grep -qx -- "$option" ||
				{ echo "$command $option"; return 1; }
		done
	done
}

widths_of_help() {
	local command
	for command in $commands; do
		./zvmoctl "$command" --help | awk 'length > 90 { print; bad = 1 } END { exit bad }' || return 1
	done
}

# complete_in_bash WORD...: what bash would offer for the last.
complete_in_bash() {
	bash -c 'PATH=$PWD:$PATH; . completions/zvmoctl; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		 _zvmoctl 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' complete "$@"
}

completion_in_bash() {
	[ "$(complete_in_bash zvmoctl cl)" = clone ] &&
		[ "$(complete_in_bash zvmoctl clone --kind s | sort | xargs)" = 'slice snapshot' ] &&
		[ "$(complete_in_bash zvmoctl clone --read)" = --read-only ] &&
		[ "$(complete_in_bash zvmoctl load Makef)" = Makefile ] &&
		[ -z "$(complete_in_bash zvmoctl frob x)" ]
}

# What the shell would read if the only candidate was taken.
completed_word() {
	bash -c '. completions/zvmoctl; zvmoctl() { echo "$name"; }; COMP_WORDS=(zvmoctl drop ""); COMP_CWORD=2
		 _zvmoctl 2>/dev/null; eval "printf %s ${COMPREPLY[*]}"' complete
}

names_mean_nothing_to_the_shell() {
	local name
	for name in 'a;echo evil' 'a$(echo evil)' 'a`echo evil`' 'two words' "it's" '*' 'a>evil' '~' plain; do
		export name
		[ "$(completed_word)" = "$name" ] || { echo "$name: $(completed_word)"; return 1; }
	done
}

install_and_uninstall() {
	local root
	root=$(mktemp -d)
	make -s install DESTDIR="$root" PREFIX=/usr >/dev/null &&
		[ -x "$root/usr/bin/zvmoctl" ] && [ -r "$root/usr/share/man/man8/zvmoctl.8" ] &&
		[ -r "$root/usr/share/bash-completion/completions/zvmoctl" ] &&
		make -s uninstall DESTDIR="$root" PREFIX=/usr >/dev/null &&
		[ -z "$(find "$root" -type f)" ]
	local status=$?
	rm -rf "$root"
	return $status
}

without() {
	local status
	./zvmoctl "$@" >/dev/null 2>&1
	status=$?
	# A machine may have it.
	[ $status -eq 3 ] || [ -e /dev/zvmo ]
}

check 'the manual page is well formed' page_is_well_formed
check 'the manual page has every command' page_has_every_command
check 'the help lists every command' help_lists_every_command
check 'the examples of the help have options that there are' help_examples_are_right
check 'the help is not too wide' widths_of_help
check 'completion in bash' completion_in_bash
check 'names that are completed mean nothing to the shell' names_mean_nothing_to_the_shell
check 'install and uninstall' install_and_uninstall
check 'list without the module' without list
check 'create without the module' without create x
echo "1..$number"
[ $failed -eq 0 ]
