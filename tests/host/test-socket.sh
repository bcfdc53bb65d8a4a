#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon on its two sockets: who may do what, hostile peers, a second daemon, its end.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

# raw SOCKET: sends its standard input to the socket and prints what comes back, NULs as newlines
raw() {
    timeout 20 socat -t 2 - "UNIX-CONNECT:$scratch/run/$1" 2>/dev/null | tr '\0' '\n'
}

start_daemon
check "a socket for everything is there" [ -S "$scratch/run/io.xdmad" ]
check "and a public one" [ -S "$scratch/run/io.xdmad.public" ]
check "their modes are 660 and 666" sh -c \
    "[ \"\$(stat -c %a '$scratch/run/io.xdmad' '$scratch/run/io.xdmad.public' | tr '\n' ' ')\" = '660 666 ' ]"
ctl status --json status
ends status 0

printf '{"method":"io.xdmad.Bench","parameters":{}}\0' | raw io.xdmad.public >"$scratch/public"
check "the public socket starts no run" grep -q '"error":"io.xdmad.ReadOnly"' "$scratch/public"
printf '{"method":"io.xdmad.Inspect","parameters":{"dtb":"/etc/shadow"}}\0' | raw io.xdmad >"$scratch/files"
check "a shared daemon reads no file that a client names" grep -q '"error":"io.xdmad.Refused"' "$scratch/files"
printf '{"method":"io.xdmad.Inspect","parameters":{"live_usec":1000000}}\0' | raw io.xdmad.public >"$scratch/live"
check "the public socket watches nothing" grep -q '"error":"io.xdmad.ReadOnly"' "$scratch/live"
printf '{"method":"io.xdmad.Inspect","parameters":{"live_usec":60000001}}\0' | raw io.xdmad >"$scratch/long"
check "a watch is bounded" grep -q '"parameter":"live_usec"' "$scratch/long"
ctl watched inspect --live 1 --json
ends watched 0
check_json "what was seen live, or why nothing was, is told" "$scratch/watched.out" \
    '.live | .usec >= 1000000 and (.sources | length) + (.unseen // "" | length) > 0'
timeout 1 "$build/xdmactl" --socket "$scratch/run/io.xdmad" inspect --live 50 >/dev/null 2>&1
check "a watch ends with its client" sh -c \
    "for _ in \$(seq 100); do pgrep -P $daemon >/dev/null || exit 0; sleep 0.1; done; exit 1"
printf '{"method":"io.xdmad.Bench","parameters":{"profile":7}}\0' | raw io.xdmad >"$scratch/field"
check "a wrong field is named" grep -q '"parameter":"profile"' "$scratch/field"
printf '{"method":"io.xdmad.None"}\0{"method":"org.varlink.service.GetInfo"}\0' | raw io.xdmad >"$scratch/two"
check "two calls in one packet are answered in order" sh -c \
    "head -1 '$scratch/two' | grep -q MethodNotFound && tail -1 '$scratch/two' | grep -q '\"vendor\"'"
printf '{"method":"io.xdmad.Watch","parameters":{"run":"none"}}\0' | raw io.xdmad >"$scratch/watch"
check "watching what never was is an error" grep -q '"error":"io.xdmad.NoSuchRun"' "$scratch/watch"
printf '{"method":"io.xdmad.Watch"}\0' | raw io.xdmad >"$scratch/more"
check "watching everything wants more" grep -q 'ExpectedMore' "$scratch/more"

printf 'GET / HTTP/1.1\r\n\r\n\0' | raw io.xdmad >"$scratch/http"
check "what is no Varlink is dropped without an answer" is_empty "$scratch/http"
head -c 6000000 /dev/zero | tr '\0' ' ' | raw io.xdmad >"$scratch/flood"
check "an unending message is dropped" is_empty "$scratch/flood"
{ head -c 100000 /dev/zero | tr '\0' '['; printf '\0'; } | raw io.xdmad >"$scratch/deep"
check "a deep nest is dropped" is_empty "$scratch/deep"
for _ in $(seq 80); do
    sleep 3 | socat - "UNIX-CONNECT:$scratch/run/io.xdmad.public" >/dev/null 2>&1 &
done
ctl crowd --json status
pkill -P $$ socat
ctl after --json status
ends after 0

"$build/xdmad" 2>"$scratch/second.err"
check "a second daemon on the same sockets is refused" grep -q 'by another xdmad' "$scratch/second.err"
check "and the first one still answers" sh -c "'$build/xdmactl' --socket '$scratch/run/io.xdmad' status"
end_daemon
check "SIGTERM ends it cleanly, with nothing leaked" [ "$daemon_status" -eq 0 ]
check "it said nothing of an internal fault" lacks -E 'Sanitizer|runtime error' "$scratch/daemon.err"
tap_end
