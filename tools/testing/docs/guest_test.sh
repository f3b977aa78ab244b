#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the shell sessions that the documents show, in a guest, and compares what
# comes out with what they show.
#
#   docs_test [PAGE...]            test pages, or all; prints TAP
#   docs_test --update [PAGE...]   print an archive (tar, gzip, Base64) of the
#                                  pages, with what came out, and of the pictures
#
# A page is one session, from an empty directory and a fresh module to its end,
# at which nothing may be left. Commands run in one shell, as root. What they
# print, errors too, is what the page shows, but for what same.awk leaves out.
# Runs as root with zvmo loaded and leaves it loaded; pages and programs are in
# /docs, pictures in /docs/pictures. There is a user alice, and a "dot" that draws
# nothing: Graphviz is not here.

# shellcheck shell=dash
PATH=/docs:$PATH LANG=C.UTF-8
export PATH LANG
docs_update='' docs_number=0 docs_failed=0
if [ "${1:-}" = --update ]; then
	docs_update=yes
	shift
fi
[ $# -gt 0 ] || set -- /docs/*.rst
docs_tmp=$(mktemp -d /tmp/docs.XXXXXX) || exit 1
mkdir -p "$docs_tmp/new/pictures" /etc
chmod 755 "$docs_tmp"
printf '%s\n' root:x:0:0::/:/bin/sh alice:x:1000:1000::/tmp:/bin/sh >/etc/passwd
printf '#!/bin/sh\ncat\n' >/docs/dot
chmod 755 /docs/dot

# A page sleeps until a "zvmoctl monitor" listens. On a slow machine that may take
# longer than it says: until then one with a group of generic netlink is there.
sleep() {
	docs_tries=0
	command sleep "$@"
	# shellcheck disable=SC2009 # there is no pgrep here
	while [ $docs_tries -lt 60 ] && ps | grep -q '[z]vmoctl monitor' &&
		! awk '$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }' /proc/net/netlink; do
		docs_tries=$((docs_tries + 1))
		command sleep 0.5
	done
}

result() {
	[ -z "$docs_update" ] || return 0
	docs_number=$((docs_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $docs_number - $2"
	else
		echo "not ok $docs_number - $2"
		sed 's/^/# /' "$docs_tmp/why"
		docs_failed=$((docs_failed + 1))
	fi
}

# differs WANT GOT: whether they do; and why.
differs() {
	awk -f /docs/same.awk "$1" >"$docs_tmp/a"
	awk -f /docs/same.awk "$2" >"$docs_tmp/b"
	! diff -U 100 "$docs_tmp/a" "$docs_tmp/b" >"$docs_tmp/why"
}

# A block is done when the page goes on; then its last command is due.
run_command() {
	[ -n "$docs_command" ] || return 0
	eval "$docs_command" >"$docs_tmp/out" 2>&1 </dev/null 8<&-
	awk -v prefix="$docs_prefix" '{ sub(/[ \t]+$/, ""); print ($0 == "" ? "" : prefix) $0 }' \
		"$docs_tmp/out" >>"$docs_tmp/got"
	docs_command=''
}

# want TEXT, got TEXT: lines of the block, as the page has them and as they are.
want() {
	echo "$docs_prefix$1" | sed 's/[ 	]*$//' >>"$docs_tmp/want"
}

got() {
	echo "$docs_prefix$1" >>"$docs_tmp/got"
}

# What is the same but for the times in it stays as it was.
end_block() {
	if differs "$docs_tmp/want" "$docs_tmp/got"; then
		cat "$docs_tmp/got" >>"$docs_tmp/new/$docs_page"
		result 1 "$docs_where"
	else
		cat "$docs_tmp/want" >>"$docs_tmp/new/$docs_page"
		result 0 "$docs_where"
	fi
}

picture() {
	(eval "${1#* }") >"$docs_tmp/new/pictures/${1%% *}" 2>&1 </dev/null
	[ -z "$docs_update" ] || return 0
	touch "/docs/pictures/${1%% *}"
	! differs "/docs/pictures/${1%% *}" "$docs_tmp/new/pictures/${1%% *}"
	result $? "$docs_page: picture ${1%% *}"
}

run_page() {
	docs_command=''
	while IFS= read -r docs_line <&8; do
		docs_text=${docs_line#? }
		case $docs_line in
		B*)
			docs_prefix=${docs_text#* }
			docs_where="$docs_page:${docs_text%% *}"
			: >"$docs_tmp/want"
			: >"$docs_tmp/got"
			;;
		C*)
			run_command
			docs_command=$docs_text
			want "\$ $docs_text"
			got "\$ $docs_text"
			;;
		M*)
			docs_command="$docs_command
$docs_text"
			want "> $docs_text"
			got "> $docs_text"
			;;
		O*)
			want "$docs_text"
			;;
		E)
			run_command
			end_block
			;;
		X*)
			picture "$docs_text"
			;;
		*)
			echo "$docs_text" >>"$docs_tmp/new/$docs_page"
			;;
		esac
	done
}

for docs_page; do
	docs_page=${docs_page##*/}
	mkdir "$docs_tmp/work"
	cd "$docs_tmp/work" || exit 1
	awk -f /docs/session.awk "/docs/$docs_page" >"$docs_tmp/session"
	run_page 8<"$docs_tmp/session"
	cd /
	rm -rf "$docs_tmp/work"
	echo -memory >/sys/fs/cgroup/cgroup.subtree_control
	[ ! -e /dev/zvmo ] || zvmo-unload >"$docs_tmp/why" 2>&1
	result $? "$docs_page: leaves nothing behind"
	[ -e /dev/zvmo ] || zvmo-load
done

if [ -n "$docs_update" ]; then
	tar -C "$docs_tmp/new" -cz . | base64
else
	echo "1..$docs_number"
fi
rm -rf "$docs_tmp" /etc/passwd /docs/dot
[ $docs_failed -eq 0 ]
