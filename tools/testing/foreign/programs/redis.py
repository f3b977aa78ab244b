# SPDX-License-Identifier: GPL-2.0-only
"""A Redis whose memory is an arena: BGSAVE while it is written, and SAVE.

redis.py KEYS LOG. What BGSAVE wrote must be what there was when it began, by the
server's own digest.
"""
import os
import subprocess
import sys
import time

SOCKET = "/tmp/redis.sock"
KEYS, LOG = sys.argv[1:]


def cli(*args):
    command = ["redis-cli", "-s", SOCKET, *args]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def start():
    server = subprocess.Popen(
        ["zvmo-preload", "--arena=4K", "--shared=4K", "--log=" + LOG, "redis-server",
         "--port", "0", "--unixsocket", SOCKET, "--dir", "/tmp", "--save", "",
         "--enable-debug-command", "yes"], stdout=subprocess.DEVNULL)
    for _ in range(200):
        if os.path.exists(SOCKET) and cli("ping") == "PONG":
            return server
        time.sleep(0.2)
    sys.exit("the server did not start")


def stop(server):
    cli("shutdown", "nosave")
    if server.wait():
        sys.exit(f"the server ended with {server.returncode}")


def fill(text, step):
    done = cli("eval", f"for i=1,{KEYS},{step} do "
               f"redis.call('set','k'..i,string.rep('{text}'..i,20)) end return 'filled'", "0")
    check("filling", done, "filled")


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r}, expected {expected!r}")


def save_in_background():
    check("BGSAVE", cli("bgsave"), "Background saving started")
    fill("new", 2)
    for _ in range(300):
        state = cli("info", "persistence")
        if "rdb_bgsave_in_progress:0" in state:
            check("BGSAVE", "rdb_last_bgsave_status:ok" in state, True)
            return
        time.sleep(0.2)
    sys.exit("BGSAVE did not end")


server = start()
fill("old", 1)
before = cli("debug", "digest")
save_in_background()
after = cli("debug", "digest")
stop(server)
server = start()
check("what BGSAVE saved", cli("debug", "digest"), before)
fill("new", 2)
check("the same again", cli("debug", "digest"), after)
check("SAVE", cli("save"), "OK")
stop(server)
server = start()
check("what SAVE saved", cli("debug", "digest"), after)
check("different", before != after, True)
stop(server)
