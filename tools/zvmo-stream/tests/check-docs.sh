#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# zvmo-stream: checks the manual pages, the program's help and the description of
# the format. "make check" runs it, with CC and LIBS in the environment.
#
# shellcheck disable=SC2034 # used by pages.sh
set -eu
headers='zvmo.h zvmo_stream.h'
flags='-Iinclude -I../libzvmo/include -I../../uapi'
libraries="libzvmo-stream.a ../libzvmo/libzvmo.a $LIBS"
# shellcheck source=../libzvmo/tests/pages.sh
. ../libzvmo/tests/pages.sh

check_call_page man/zvmo_stream_save.3
check_page man/zvmo-stream.1
check_calls libzvmo-stream.map
elsewhere=../libzvmo/man
check_references man/*

# The header, the map and the library agree.
grep -v '^#define' include/zvmo_stream.h | tr '\n' ' ' | grep -o 'ZVMO_STREAM_API [^(;]*(' |
	sed 's/ *($//; s/.*[ *]//' | sort > "$work/header"
sed -n 's/ 3$//p' "$work/documented" | sort | diff -u "$work/header" - ||
	not_ok "every call of the header is in a manual page"
nm -D --defined-only libzvmo-stream.so | sed -n 's/.* T \([^@]*\)@@ZVMO_.*/\1/p' |
	sort | diff -u "$work/header" - || not_ok "libzvmo-stream.so exports what the header declares"
for language in 'c -std=c11' 'c++ -std=c++11'; do
	# shellcheck disable=SC2086
	echo '#include <zvmo_stream.h>' |
		compile -Wpedantic -x $language -fsyntax-only - || not_ok "header alone: $language"
done
ok "header, library and manual page agree; the header stands alone"

# The program's options: those of the help are those of the page.
options() { grep -o -e '--[a-z][a-z-]*' | sort -u; }
./zvmo-stream --help | options > "$work/help"
sed 's/Fl -/--/g' man/zvmo-stream.1 | options | diff -u "$work/help" - ||
	not_ok "zvmo-stream(1) and --help name the same options"
sed -n 's/^\t{ "\([a-z-]*\)", [a-z]*_argument.*/--\1/p' zvmo-stream.c | sort |
	diff -u "$work/help" - || not_ok "--help names the options that there are"
ok "zvmo-stream(1), --help and the program have the same options"
echo "1..$number"
