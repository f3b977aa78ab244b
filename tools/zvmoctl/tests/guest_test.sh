#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every command of zvmoctl in a guest, for people and as JSON, and what goes
# wrong. Prints TAP. Runs as root with zvmo loaded and leaves it loaded;
# zvmoctl, the helper and the manual page are in /zvmoctl.

# shellcheck shell=dash disable=SC2016,SC2034 # commands are evaluated later
PATH=/zvmoctl:$PATH
export PATH
number=0 failed=0
work=$(mktemp -d /tmp/zvmoctl.XXXXXX)
cd "$work" || exit 1

# t NAME COMMAND...: evaluate it, in a shell of its own; whether it succeeds.
t() {
	name=$1
	shift
	number=$((number + 1))
	if (eval "$*") >out 2>err; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		failed=$((failed + 1))
		{ echo "$*"; cat out err; } | head -n 40 | sed 's/^/# /'
	fi
}

# exits STATUS COMMAND...: whether it ends with it; and says why on stderr only.
exits() {
	want=$1
	shift
	"$@" >stdout 2>stderr
	got=$?
	[ $got -eq "$want" ] || { echo "status $got"; cat stdout stderr; return 1; }
	[ "$want" -le 1 ] || [ -s stderr ] || { echo "nothing on stderr"; return 1; }
}

# is TEXT COMMAND...: whether that is what it prints.
is() {
	want=$1
	shift
	got=$("$@") || { echo "failed: $*"; return 1; }
	[ "$got" = "$want" ] || { echo "got:  $got"; echo "want: $want"; return 1; }
}

# has REGEX COMMAND...: whether it prints a line like that.
has() {
	want=$1
	shift
	"$@" >stdout 2>stderr || { cat stdout stderr; return 1; }
	grep -q "$want" stdout || { cat stdout stderr; return 1; }
}

# at PATH COMMAND...: what its JSON has there.
at() {
	path=$1
	shift
	"$@" >json.new && mv json.new json && helper json "$path" <json
}

id_of() {
	at .id zvmoctl show --json "$1"
}

# wait_until COMMAND...: it succeeds, or a minute is over.
wait_until() {
	tries=0
	until "$@" || [ $tries -eq 600 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
}

# begin_hold WHAT...: a helper that holds VMOs, until end_hold; and what it said.
begin_hold() {
	mkfifo hold
	helper "$@" <hold >said &
	holder=$!
	exec 9>hold
	wait_until [ -s said ]
}

end_hold() {
	exec 9>&-
	wait "$holder"
	rm -f hold said
}

# Objects

head -c 100000 /dev/urandom >file
printf 'hello, world\n' >hello

t 'create keeps an empty VMO' 'zvmoctl create --size 1M scratch && has "scratch$" zvmoctl kept'
t 'create as JSON' 'is 65536 at .size zvmoctl create --json -s 64K other && is other at "[0].name" zvmoctl kept --json'
t 'create a resizable and a discardable one' 'zvmoctl create -r -s 1p -m 0644 grows && zvmoctl create --discardable -s 64K cache'
t 'create an unbounded one' 'zvmoctl create -u -s 100 huge && is 100 at .stream-size zvmoctl show --json huge && has "nothing there\|absent" zvmoctl map huge'
t 'create refuses a name that is taken' 'exits 6 zvmoctl create scratch'
t 'create refuses names that would name something else' 'exits 2 zvmoctl create 123 && exits 2 zvmoctl create a:b && exits 2 zvmoctl create ""'
t 'create refuses a name that is too long' 'exits 2 zvmoctl create aaaaaaaaaabbbbbbbbbbccccccccccdd'
t 'create refuses wrong sizes' 'exits 2 zvmoctl create -s 1X n && exits 2 zvmoctl create -s -1 n && exits 2 zvmoctl create -s 99999E n && exits 6 zvmoctl create -s 15E n'
t 'create refuses a wrong mode' 'exits 2 zvmoctl create -m 0755 n && exits 2 zvmoctl create -m rw n'
t 'create excludes options' 'exits 2 zvmoctl create -r -u n'

t 'load a file and cat it' 'zvmoctl load file golden && zvmoctl cat golden | cmp - file'
t 'load as JSON' 'is 13 at .stream-size zvmoctl load --json hello hello && is hello at .kept cat json'
t 'load a pipe' 'cat file | zvmoctl load - piped && zvmoctl cat piped | cmp - file'
t 'load what is not there' 'exits 4 zvmoctl load nothing n && exits 6 zvmoctl load / n && exits 4 zvmoctl cat n'

t 'clone has the content' 'zvmoctl clone golden work && zvmoctl cat work | cmp - file'
t 'clone as JSON' 'is 100000 at .stream-size zvmoctl clone --json golden work2'
t 'clone kinds' 'zvmoctl clone -k slice -n 8K golden head && zvmoctl clone -k reference golden alias && is slice at .kind zvmoctl show --json head && is reference at .kind zvmoctl show --json alias'
t 'clone a part, for reading only' 'zvmoctl clone -R -o 4K -n 4K golden frozen && is 4096 at .size zvmoctl show --json frozen && is immutable at ".flags[0]" zvmoctl show --json frozen'
t 'clone refuses' 'exits 2 zvmoctl clone -k twin golden n && exits 4 zvmoctl clone nothing n && exits 6 zvmoctl clone cache n && exits 6 zvmoctl clone -k slice -n 1G golden n && exits 6 zvmoctl clone golden work'

t 'write and read back' 'printf abcdef | zvmoctl write -o 5000 work && is abcdef zvmoctl read -o 5000 -n 6 work'
t 'write a file, and cut' 'zvmoctl write --truncate scratch hello && is "hello, world" zvmoctl cat scratch'
t 'write as JSON' 'is 13 at .stream-size zvmoctl write --json scratch hello'
t 'a clone does not see it' 'zvmoctl cat golden | cmp - file'
t 'read as JSON' 'is aGVsbG8= at "[0].base64" zvmoctl read --json -n 5 hello && is 5 at "[0].length" zvmoctl read --json -n 5 hello'
t 'cat as JSON, of several and of much' 'is 2 at .length zvmoctl cat --json hello hello && zvmoctl cat --json golden | helper json'
t 'read past the end' 'is "" zvmoctl read -o 1M -n 5 golden && is 0 at .length zvmoctl read -j -o 1M golden'
t 'write past the end' 'exits 6 zvmoctl write -o 1M other hello'

t 'diff finds the page' 'exits 1 zvmoctl diff work golden && grep -q "^ *4096 *4096 changed$" stdout'
t 'diff as JSON' 'zvmoctl diff --json work golden >json; [ $? -eq 1 ] && is 4096 helper json "[0].offset" <json && is changed helper json "[0].what" <json'
t 'diff of what is the same' 'exits 0 zvmoctl diff work2 golden && exits 0 zvmoctl diff -q work2 golden && exits 1 zvmoctl diff -q work golden && [ ! -s stdout ]'
t 'diff of strangers' 'exits 6 zvmoctl diff golden scratch && exits 4 zvmoctl diff golden nothing'

t 'save and load' 'zvmoctl save golden full.zvmo && zvmoctl load --stream full.zvmo copy && zvmoctl cat copy | cmp - file'
t 'save as JSON' 'is 100000 at .stream-size zvmoctl save --json golden full.zvmo && is false at .increment cat json'
t 'save an increment, and apply it' 'zvmoctl save --base golden --zstd work inc.zvmo && [ $(stat -c %s inc.zvmo) -lt 8192 ] && zvmoctl apply copy inc.zvmo && zvmoctl cat work >a && zvmoctl cat copy | cmp - a'
t 'apply it a second time' 'exits 6 zvmoctl apply copy inc.zvmo'
t 'apply as JSON' 'is true at .increment zvmoctl apply --json work2 inc.zvmo'
t 'load an increment onto a base' 'zvmoctl load --base golden inc.zvmo copy2 && zvmoctl cat copy2 | cmp - a'
t 'save to a pipe' 'zvmoctl save golden | zvmoctl load -S - copy3 && zvmoctl cat copy3 | cmp - file'
t 'save to what is no regular file leaves that there' 'mkfifo fifo && { timeout 60 zvmoctl load -S - copy4 <fifo & zvmoctl save golden fifo && wait $! && [ -p fifo ] && zvmoctl cat copy4 | cmp - file; } && mknod null c 1 3 && zvmoctl save golden null && [ -c null ] && : >target && ln -s target link && zvmoctl save golden link && [ -h link ] && cmp target full.zvmo'
t 'save writes into no file that others put there' 'mkdir sticky && echo mine >mine && ln -s ../mine sticky/x.part && zvmoctl save golden sticky/x && is mine cat mine && cmp sticky/x full.zvmo'
t 'save where there is no room' 'exits 7 zvmoctl save golden /nowhere/x && ! zvmoctl save golden >/dev/full && exits 2 zvmoctl save -z99 golden x'
t 'load what is no stream' 'exits 6 zvmoctl load -S file n && exits 6 zvmoctl load -S inc.zvmo n'

t 'restore' 'zvmoctl restore work golden && zvmoctl cat work | cmp - file && exits 0 zvmoctl diff -q work golden'
t 'restore a part, as JSON' 'echo x | zvmoctl write work && echo x | zvmoctl write -o 8K work && is 100000 at .stream-size zvmoctl restore --json -n 4K work golden && exits 1 zvmoctl diff -q work golden'
t 'restore from a stranger' 'exits 6 zvmoctl restore work scratch && exits 6 zvmoctl restore -o 1 work golden'

t 'commit, decommit and zero' 'zvmoctl commit other && is 65536 at .committed-bytes zvmoctl show -j other && zvmoctl decommit -n 8K other && is 57344 at .committed-bytes zvmoctl show -j other && is 49152 at .committed-bytes zvmoctl zero -j -o 8K -n 8K other'
t 'they as JSON' 'is 65536 at .committed-bytes zvmoctl commit -j other && is 0 at .committed-bytes zvmoctl decommit -j other'
t 'they refuse' 'exits 6 zvmoctl commit -n 1G other && exits 6 zvmoctl decommit work && exits 6 zvmoctl zero -o 1G -n 1 other'
t 'resize' 'zvmoctl resize grows 3p && is 12288 at .size zvmoctl show -j grows && is 5 at .stream-size zvmoctl resize -j -s grows 5'
t 'resize refuses' 'exits 6 zvmoctl resize other 1 && exits 2 zvmoctl resize grows big && exits 2 zvmoctl resize grows'
t 'lock and unlock' 'has "discarded: *no" zvmoctl lock cache && is 2 at .lock-count zvmoctl lock -j -t cache && zvmoctl unlock cache && is 65536 at .size zvmoctl unlock -j cache && exits 6 zvmoctl unlock cache && exits 6 zvmoctl lock other'
t 'name' 'zvmoctl name other "new name" && is "new name" at .name zvmoctl show -j other && is x at .name zvmoctl name -j other x && zvmoctl name "$(id_of other)" by-id && is by-id at .name zvmoctl show -j other && exits 2 zvmoctl name other aaaaaaaaaabbbbbbbbbbccccccccccdd'
t 'a name that is no text stays readable' 'zvmoctl name other "$(printf "a\\033[31m\\377\\\\")" && has "a.x1b\[31m.xff" zvmoctl show other && zvmoctl list --json | helper json && zvmoctl tree | grep -q "x1b" && zvmoctl graph | grep -q "x1b"'

t 'keep under a second name' 'zvmoctl keep -m 0644 golden public && is 0644 at "[8].mode" zvmoctl kept -j || has "0644 .*public" zvmoctl kept'
t 'keep as JSON, by a descriptor' 'is "$(id_of golden)" at .id zvmoctl run golden -- zvmoctl keep --json :3 again'
t 'keep refuses' 'exits 6 zvmoctl keep golden work && exits 4 zvmoctl keep nothing n && exits 4 zvmoctl keep :77 n && exits 4 zvmoctl keep 1:0 n && exits 4 zvmoctl keep 99999:3 n && exits 2 zvmoctl keep x:y n'
t 'drop' 'zvmoctl drop again public && exits 4 zvmoctl drop again && exits 2 zvmoctl drop && exits 2 zvmoctl drop --all x'
t 'drop as JSON' 'zvmoctl keep golden g2 && is g2 at "[0].dropped" zvmoctl drop --json g2'

t 'run hands over descriptors' 'is "3 4" zvmoctl run golden h=hello -- sh -c "echo \$ZVMO_FDS" && is "4 hello, world" zvmoctl run golden h=hello -- sh -c "echo \$ZVMO_FD_h; cat <&{h}" | xargs >/dev/null; zvmoctl run g=golden -- sh -c "cat <&{g}" | cmp - file'
t 'run prints them' 'has "^ *3 .*golden$" zvmoctl run --print golden -- true && is 3 at "[0].fd" zvmoctl run --json golden -- true'
t 'run with snapshots' 'zvmoctl run --clone h=hello -- sh -c "echo JELLO >&3" && is "hello, world" zvmoctl cat hello'
t 'run tells the status' 'exits 42 zvmoctl run hello -- sh -c "echo x >&2; exit 42" && exits 127 zvmoctl run hello -- no-such-program && exits 126 zvmoctl run hello -- ./file && exits 2 zvmoctl run hello && exits 4 zvmoctl run nothing -- true'
t 'run leaves no other descriptor open' 'is "0 1 2 3" sh -c "zvmoctl run hello -- sh -c \"ls /proc/\\\$\\\$/fd; true\" 9>&- 10>&- | sort -n | xargs"'
t 'open' 'is "hello, world" zvmoctl open hello -- sh -c "cat <&3" && is 3 at "[0].fd" zvmoctl open -j hello -- true && exits 2 zvmoctl open hello cat'

# What there is

t 'list' 'has "^ *[0-9]* *0 original .* golden$" zvmoctl list && is golden at "[0].name" zvmoctl list --json -N golden'
t 'list sorts' 'zvmoctl list -o name,size --sort=-size | sed -n 2p | grep -q huge && is huge at "[0].name" zvmoctl list -j --sort=-size && zvmoctl list -o id --sort=-id >o && sed 1d o | sort -rn >s && sed 1d o | cmp - s'
t 'list chooses columns' 'has "^FLAGS  *CACHE$" zvmoctl list -o flags,cache-policy && has "PRIVATE.*SCALED" zvmoctl list -o all && has "^[0-9 ]*$" zvmoctl list -b -o size'
t 'list filters' 'is 0 at .length zvmoctl list -j -N nosuch && is 0 at .length zvmoctl list -j -u 12345 && is golden at "[0].name" zvmoctl list -j -F golden && is work at "[0].name" zvmoctl list -j -P golden && is 0 at "[0].parent" zvmoctl list -j -P 0'
t 'list refuses' 'exits 2 zvmoctl list -o nothing && exits 2 zvmoctl list -s nothing && exits 2 zvmoctl list -o "" && exits 2 zvmoctl list x && exits 2 zvmoctl list -N aaaaaaaaaabbbbbbbbbbccccccccccddd && exits 4 zvmoctl list -F 99999 && exits 2 zvmoctl list -u -1'
t 'show' 'has "^name: *golden$" zvmoctl show golden && is golden at .name zvmoctl show --json "$(id_of golden)" && exits 4 zvmoctl show 99999 && exits 4 zvmoctl show nothing && exits 2 zvmoctl show'
t 'show tells of sharing' 'is 102400 at .committed-bytes zvmoctl show -j work && is 4096 at .private-bytes zvmoctl show -j work'
t 'tree' 'has "golden original" zvmoctl tree && has "^|- .* work snapshot\|^.- .* work snapshot" zvmoctl tree golden && is 1 at "[1].depth" zvmoctl tree -j golden && exits 4 zvmoctl tree 99999'
t 'tree with lines as the locale has them' 'LC_ALL=C.UTF-8 zvmoctl tree golden | grep -q "└─" && ! zvmoctl tree golden | grep -q "└─"'
t 'graph' 'has "v$(id_of golden) -> v$(id_of work)" zvmoctl graph --dot golden && is golden at "[0].name" zvmoctl graph --json golden && exits 2 zvmoctl graph --dot --svg && exits 6 zvmoctl graph --svg'
t 'graph through a dot' 'mkdir -p bin && printf "#!/bin/sh\necho svg; cat\n" >bin/dot && chmod 755 bin/dot && PATH=$PWD/bin:$PATH has "^svg" zvmoctl graph --svg golden && printf "#!/bin/sh\nexit 1\n" >bin/dot && PATH=$PWD/bin:$PATH exits 7 zvmoctl graph --svg'
t 'map' 'has "^      0 SSPS\{22\}$" zvmoctl map work && grep -q "^P private 4.0K$" stdout'
t 'map as JSON' 'is 0 at "[0].offset" zvmoctl map --json work && grep -q "\"offset\": 8192, \"length\": 4096, \"state\": \"private\"" json && [ "$(helper json "[0].holders" <json)" -ge 2 ]'
t 'map a part' 'is 8192 at "[0].length" zvmoctl map -j -o 16K -n 8K work && exits 2 zvmoctl map -L 0 work && exits 2 zvmoctl map -n x work && exits 4 zvmoctl map 99999'
t 'map scales' 'zvmoctl map huge >/dev/null && zvmoctl create -s 1G big && printf x | zvmoctl write -o 512M big && COLUMNS=48 zvmoctl map -L 4 big >m && [ $(grep -c "^ *[0-9.]*[KMG]* [.pP]*$" m) -le 4 ] && grep -q p m && [ $(awk "{ if (length > n) n = length } END { print n }" m) -le 48 ]'

begin_hold hold
read -r fd <said
t 'mappings' 'has "^ *$holder *1 helper$" zvmoctl mappings "$holder:$fd" && is "$holder" at "[0].pid" zvmoctl mappings --json "$holder:$fd" && is 0 at .length zvmoctl mappings -j golden && exits 4 zvmoctl mappings 99999'
t 'the VMO of another process' 'is "$holder" at .owner-pid zvmoctl show -j "$holder:$fd" && zvmoctl clone "$holder:$fd" taken && is ZZZ zvmoctl read -n 3 taken && is 12288 at .committed-bytes zvmoctl show -j taken'
t 'keep it' 'zvmoctl keep "$holder:$fd" held'
end_hold
t 'it outlives the process' 'is ZZZ zvmoctl read -n 3 held'

t 'stats' 'has "^vmos: *[1-9]" zvmoctl stats && [ "$(at .vmos zvmoctl stats --json)" -ge 10 ] && exits 2 zvmoctl stats -i 0'
t 'stats with rates' 'is 3 sh -c "zvmoctl stats -i 0.05 -c 2 | wc -l | xargs" && is 0.0 at .discarded-rate zvmoctl stats -i 0.05 -c 2 --json'
t 'config' 'has "^fault around: *[0-9]" zvmoctl config && has "^discard age:" zvmoctl config get discard-age && ! grep -q fault stdout && exits 2 zvmoctl config get nothing && exits 2 zvmoctl config sing'
t 'config set' 'zvmoctl config set fault-around=4 cache-invalidate=yes && is 4 at .fault-around zvmoctl config -j && is true at .cache-invalidate zvmoctl config -j get cache-invalidate && is 16 at .fault-around zvmoctl config -j set fault-around=16 cache-invalidate=no'
t 'config set: all or nothing' 'exits 2 zvmoctl config set fault-around && exits 2 zvmoctl config set cache-invalidate=3 && exits 6 zvmoctl config set discard-age=77 fault-around=99 && [ "$(at .discard-age zvmoctl config -j)" != 77 ]'
t 'discard' 'zvmoctl commit cache && zvmoctl lock cache >/dev/null && exits 6 zvmoctl discard cache && zvmoctl unlock cache && has "^pages: *16$" zvmoctl discard cache && is true at .discarded zvmoctl lock --json cache && zvmoctl unlock cache && is 0 at .pages zvmoctl discard -j cache && exits 6 zvmoctl discard golden'
t 'a discarded VMO cannot be read' 'exits 6 zvmoctl cat cache && exits 6 zvmoctl lock --try cache'
t 'reclaim' 'has "^pages: *[0-9]" zvmoctl reclaim 1 && zvmoctl reclaim -j 1 | helper json && exits 2 zvmoctl reclaim 0 && exits 2 zvmoctl reclaim x'
t 'top, without a terminal' 'has golden zvmoctl top -c 1 && is huge at "[0].name" zvmoctl top -c 1 --json -s -size && exits 2 zvmoctl top -s nothing'
t 'top on a terminal' 'helper pty 60 nmrrsicaufq zvmoctl top -d 0.2 >o && grep -q "sorted by name" o && grep -q "sorted by -mappings" o && grep -q "1049l" o'

# Both have a socket of generic netlink with a group.
monitors_listen() {
	[ "$(awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink | wc -l)" -ge 2 ]
}

monitors_ended() {
	! kill -0 "$monitor" && ! kill -0 "$monitor_json"
}

zvmoctl monitor -c 5 >m 2>&1 &
monitor=$!
zvmoctl monitor --json -c 4 -e create,clone,restore,destroy >mj 2>&1 &
monitor_json=$!
wait_until monitors_listen
zvmoctl create -d -s 4K ev1
zvmoctl clone golden ev2
zvmoctl restore ev2 golden
ev1=$(id_of ev1)
zvmoctl commit ev1
zvmoctl lock ev1 >/dev/null
zvmoctl unlock ev1
zvmoctl discard ev1 >/dev/null
zvmoctl drop ev1 ev2
wait_until monitors_ended 2>/dev/null
kill $monitor $monitor_json 2>/dev/null
wait $monitor $monitor_json 2>/dev/null
t 'monitor' 'has "T..:..:..\.[0-9]* create *$ev1 " cat m && has "clone .* snapshot" cat m && has restore cat m && has "discard *$ev1 .* 1 " cat m && has destroy cat m'
t 'monitor as JSON' 'helper json .event <mj && is 4 grep -c . mj && is "$ev1" helper json .id <mj && ! grep -q "\"event\": \"discard\"" mj'
t 'monitor refuses' 'exits 2 zvmoctl monitor -e sunrise'

# Every command

commands=$(zvmoctl --complete '')
t 'there are many commands' '[ $(echo "$commands" | wc -l) -ge 32 ]'
t 'each explains itself, with examples and options' 'for c in $commands; do zvmoctl $c --help >h || exit 1; grep -q "^Usage: zvmoctl $c" h && grep -q "^  zvmoctl $c" h && grep -q -- "--json" h || { echo $c; exit 1; }; done'
t 'each refuses an option that it has not' 'for c in $commands; do exits 2 zvmoctl $c --nonsense || { echo $c; exit 1; }; done'
t 'each refuses too many arguments, if it takes not any number' 'for c in $commands; do case $c in cat|drop|run|open|config) continue ;; esac; exits 2 zvmoctl $c a b c d || { echo $c; exit 1; }; done'
t 'wrong commands' 'exits 2 zvmoctl && exits 2 zvmoctl frobnicate && exits 2 zvmoctl -x && exits 2 zvmoctl list --color=pink && exits 0 zvmoctl --help && exits 0 zvmoctl help && exits 0 zvmoctl --version'
t 'common options stand before the command too' 'is 13 at .stream-size zvmoctl --json show hello'

# Where the output goes

printing='list show:golden tree graph map:golden mappings:golden diff:golden:work stats config kept lock:cache reclaim:1 top:-c:1 read:hello cat:hello'
t 'closed' 'for c in $printing; do exits 7 eval "zvmoctl $(echo $c | tr : " ") >&-" || { echo $c; exit 1; }; done'
t 'full' 'for c in $printing; do exits 7 eval "zvmoctl $(echo $c | tr : " ") >/dev/full" || { echo $c; exit 1; }; done'
t 'full, as JSON' 'for c in $printing; do exits 7 eval "zvmoctl --json $(echo $c | tr : " ") >/dev/full" || { echo $c; exit 1; }; done'
t 'a closed output becomes nothing else' 'exits 0 sh -c "zvmoctl create quiet >&- <&- 2>&-" && zvmoctl drop quiet && exits 7 sh -c "zvmoctl run hello -- true >&-; zvmoctl list >&-"'
t 'a closed input' 'exits 6 sh -c "zvmoctl write other <&-"'
t 'a reader that goes away' 'zvmoctl list | head -n 1 >/dev/null && zvmoctl cat golden golden golden | head -c 1 >/dev/null'
t 'no colour without a terminal' '! zvmoctl map golden | grep -q "$(printf "\\033")" && zvmoctl map --color=always golden | grep -q "$(printf "\\033\\[30;4")"'
t 'colour on a terminal, unless told otherwise' 'helper pty 80 "" zvmoctl map golden | grep -q "$(printf "\\033")" && ! NO_COLOR=1 helper pty 80 "" zvmoctl map golden | grep -q "$(printf "\\033")"'
widest() {
	tr -d '\r' | awk '{ if (length > n) n = length } END { print n + 0 }'
}
t 'a narrow terminal' 'for c in list "list -o all" tree "map golden" kept "mappings golden" "top -c 1"; do for w in 20 33; do n=$(NO_COLOR=1 COLUMNS=$w zvmoctl $c | widest); [ $n -le $w ] || { echo "$c: $n"; exit 1; }; done; done'
t 'a narrow terminal, by its own word' '[ $(NO_COLOR=1 helper pty 40 "" zvmoctl list -o all | widest) -le 40 ] && [ $(NO_COLOR=1 helper pty 40 "" zvmoctl map golden | grep "^ *[0-9.]*K* [SP]" | widest) -le 40 ]'
t 'a very narrow terminal' 'for c in list tree "map golden" kept; do COLUMNS=1 zvmoctl $c >/dev/null || exit 1; done'

# Completion

t 'completion' 'zvmoctl --complete cl | grep -q "^clone$" && zvmoctl --complete clone "" | grep -q "^golden$" && zvmoctl --complete load "" | grep -q "^FILE$" && zvmoctl --complete clone --kind "" | grep -q "^slice$" && zvmoctl --complete clone -- | grep -q "^--read-only$" && zvmoctl --complete --complete nothing "" && zvmoctl --complete'

# Without privileges

zvmoctl create -m 0644 -s 4K readable
t 'a user: own VMOs only' 'is 0 at .length helper as 1000 zvmoctl list -j && helper as 1000 zvmoctl create -s 4K mine && is mine at "[0].name" helper as 1000 zvmoctl list -j && is 1 at .length cat json && exits 4 helper as 1000 zvmoctl show "$(id_of golden)" && is 1000 at .owner-uid zvmoctl show -j mine'
t 'a user: kept VMOs by their modes' 'exits 5 helper as 1000 zvmoctl cat golden && exits 0 helper as 1000 zvmoctl cat readable && exits 5 helper as 1000 zvmoctl drop readable && exits 5 helper as 1000 zvmoctl write readable hello && exits 5 helper as 1001 zvmoctl cat mine && is 3 at .length helper as 1000 zvmoctl kept -j'
t 'a user: nothing that needs privileges' 'exits 5 helper as 1000 zvmoctl monitor && exits 5 helper as 1000 zvmoctl config set fault-around=2 && exits 5 helper as 1000 zvmoctl reclaim 1 && exits 5 helper as 1000 zvmoctl discard mine && exits 5 helper as 1000 zvmoctl name "$(id_of mine)" x && exits 0 helper as 1000 zvmoctl config && exits 0 helper as 1000 zvmoctl stats'
t 'a user: descriptors of other users' 'exits 5 helper as 1000 zvmoctl keep "$$:0" n'
t 'a user: so many kept VMOs' 'echo 1 >/sys/module/zvmo/parameters/kept_max && exits 6 helper as 1000 zvmoctl create n; r=$?; echo 256 >/sys/module/zvmo/parameters/kept_max; exit $r'
t 'a user: drop --all drops their own' 'is 1 at .length helper as 1000 zvmoctl drop --all -j && exits 0 zvmoctl cat readable'

# The examples of the manual page

t 'drop --all' 'zvmoctl drop --all && is 0 at .length zvmoctl kept -j && is 0 at .length zvmoctl list -j'
awk '/^\.Sh /{ on = /EXAMPLES/ } on && /^\.Ed/{ inside = 0; print "--" } inside { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print } on && /^\.Bd/{ inside = 1 }' \
	/zvmoctl/zvmoctl.8 | sed 's/^\$ //' >all-examples
head -c 1000000 /dev/urandom >disk.img
printf '#!/bin/sh\ncat >/dev/null\n' >bin/dot
printf 'x' >increment
PATH=$PWD/bin:$PATH
i=0
: >example
while IFS= read -r line <&8; do
	if [ "$line" != -- ]; then
		echo "$line" >>example
		continue
	fi
	i=$((i + 1))
	t "example $i of the manual page" 'sh -e ./example'
	: >example
done 8<all-examples
t 'the manual page has examples' '[ $i -ge 5 ]'
zvmoctl drop --all

# Many

# within SECONDS MEASURED: on a machine as slow as ZVMO_SLOW says.
within() {
	[ "${2%.*}" -lt $(($1 * ${ZVMO_SLOW:-1})) ]
}

begin_hold many 10000
t '10,000 VMOs are there' 'is 10000 at .vmos zvmoctl stats -j'
# measure COMMAND...: what it prints is in l, its seconds and KiB in "measured". The
# best of some: the machine may have more to do.
measure() {
	for i in 1 2 3 4 5; do
		busybox time -f "%e %M" "$@" >l 2>time.$i || return
	done
	sort -n time.? >measured
}
t '10,000 VMOs: list' 'measure zvmoctl list && [ $(wc -l <l) -eq 10001 ]'
read -r seconds kib <measured
echo "# list: $seconds s, $kib KiB"
t '10,000 VMOs: list within 2 s' 'within 2 "$seconds"'
t '10,000 VMOs: list in little memory' '[ "$kib" -lt 16384 ]'
t '10,000 VMOs: list as JSON' 'measure zvmoctl list --json && is 10000 helper json .length <l'
read -r seconds kib <measured
echo "# list --json: $seconds s, $kib KiB"
t '10,000 VMOs: list as JSON within 4 s, in little memory' 'within 4 "$seconds" && [ "$kib" -lt 16384 ]'
t '10,000 VMOs: sort and tree' 'zvmoctl list -s name -o name >l && is many-00001 sed -n 2p l && measure zvmoctl tree'
read -r seconds kib <measured
echo "# tree: $seconds s, $kib KiB"
t '10,000 VMOs: tree within 10 s' 'within 10 "$seconds"'
end_hold

# Without the module

t 'the module goes' 'zvmoctl drop --all; rmmod zvmo'
t 'without it every command says so' 'for c in $commands; do case $c in config|list|tree|graph|stats|top|monitor|kept) set -- ;; run|open) set -- a -- true ;; drop|show|map|mappings|create|cat|read|write|save|apply|lock|unlock|zero|commit|decommit|discard) set -- a ;; reclaim) set -- 1 ;; load) set -- hello a ;; resize) set -- a 1 ;; *) set -- a b ;; esac; exits 3 zvmoctl $c "$@" || { echo $c; exit 1; }; done'
t 'and completion is silent' '[ -z "$(zvmoctl --complete clone "" 2>&1)" ]'
t 'the module comes' 'zvmo-load && exits 0 zvmoctl list'

echo "1..$number"
cd /
rm -rf "$work"
[ $failed -eq 0 ]
