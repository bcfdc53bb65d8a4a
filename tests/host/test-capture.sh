#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xdmactl capture and bugreport on a machine without Xen: the tar answers as the machine does.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

own capture --json capture "$scratch/host.tar"
ends capture 0
check_json "capture tells what it wrote" "$scratch/capture.out" \
    ".schema == 1 and .file == \"$scratch/host.tar\" and .bytes == $(stat -c %s "$scratch/host.tar") and (.missing | type) == \"array\""
check "its file is for its owner alone" [ "$(stat -c %a "$scratch/host.tar")" = 600 ]
mkdir "$scratch/tree"
check "the real tar unpacks it" tar -xf "$scratch/host.tar" -C "$scratch/tree"
own live --json inspect
own captured --json inspect --root "$scratch/tree"
ends captured 0
# a pool's fill and the log go on; what cannot be read here is unknown there for another reason
check "inspect gives the same answer" sh -c "
    for each in live captured; do
        jq -S 'del(.seen_boottime_usec, .pool.used_slots, .findings)' '$scratch'/\$each.out >'$scratch'/\$each.json
    done
    diff '$scratch/live.json' '$scratch/captured.json'"
own doctor --json doctor
own doctor-captured --json doctor --root "$scratch/tree"
check "doctor ends alike" cmp "$scratch/doctor.status" "$scratch/doctor-captured.status"
check "and finds the same" sh -c "
    jq -S '[.findings[] | {id, severity, device}]' '$scratch/doctor.out' >'$scratch/doctor.json'
    jq -S '[.findings[] | {id, severity, device}]' '$scratch/doctor-captured.out' | diff '$scratch/doctor.json' -"

echo precious >"$scratch/old"
ln -s "$scratch/old" "$scratch/link"
ln -s "$scratch/nowhere" "$scratch/dangling"
for name in old link dangling none/there; do
    own refused capture "$scratch/$name"
    ends refused 2
done
check "a file that is there is left alone" grep -qx precious "$scratch/old"
check "no link is followed" [ ! -e "$scratch/nowhere" ]
own full capture /dev/full
ends full 2
own noargument capture
ends noargument 2
"$build/xdmactl" --socket "$scratch/none" capture "$scratch/unreachable.tar" >"$scratch/unreachable.out" 2>&1
check "without a daemon: ends with 6" [ $? -eq 6 ]
check "and leaves no file" [ ! -e "$scratch/unreachable.tar" ]

own bugreport bugreport
ends bugreport 0
check "bugreport stays under 80 columns" lacks -nE '.{80}' "$scratch/bugreport.out"
check "facts first, then findings, then evidence" sh -c "
    grep -nE '^(kernel|Findings|Evidence)' '$scratch/bugreport.out' | cut -d: -f2 | cut -d' ' -f1 | tr '\n' ' ' | grep -qx 'kernel Findings Evidence '"
own bugreport-json --json bugreport
check_json "as JSON it has its schema" "$scratch/bugreport-json.out" '.schema == 1 and .inspection.schema == 1'

# peer NAME REPLY...: capture from a peer that answers every call so
peer() {
    local name=$1 server
    shift
    printf '%s\0' "$@" >"$scratch/$name.reply"
    socat "UNIX-LISTEN:$scratch/$name.socket" "SYSTEM:cat $scratch/$name.reply; cat >/dev/null" 2>/dev/null &
    server=$!
    for _ in $(seq 100); do
        [ -S "$scratch/$name.socket" ] && break
        sleep 0.05
    done
    "$build/xdmactl" --socket "$scratch/$name.socket" capture "$scratch/$name.tar" \
        >"$scratch/$name.out" 2>"$scratch/$name.err"
    echo $? >"$scratch/$name.status"
    wait "$server"
}
piece='{"parameters":{"data":"Zm9v"},"continues":true}'
peer sound "$piece" "$piece" '{"parameters":{"bytes":6,"missing":["/a: \u001b[31m",7]}}'
ends sound 0
check "the pieces are put together" grep -qx foofoo "$scratch/sound.tar"
check "what is missing is told, fit for a terminal" grep -q 'not captured: /a: ?' "$scratch/sound.err"
peer short "$piece" '{"parameters":{"bytes":6}}'
peer noend "$piece" '{"parameters":{}}'
peer nobase64 '{"parameters":{"data":"Zm9"},"continues":true}'
peer nostring '{"parameters":{"data":7},"continues":true}'
peer error "$piece" '{"error":"io.xdmad.Unavailable","parameters":{"reason":"a run measures"}}'
for name in short noend nobase64 nostring error; do
    ends "$name" 4
    check "$name: says so, and leaves no file" sh -c "[ -s '$scratch/$name.err' ] && [ ! -e '$scratch/$name.tar' ]"
done

start_daemon
ctl service capture "$scratch/service.tar"
ends service 0
check "the service's capture unpacks" tar -tf "$scratch/service.tar"
printf '{"method":"io.xdmad.Capture"}\0' >"$scratch/call"
check "without more it is refused" sh -c "
    socat -t 5 - 'UNIX-CONNECT:$scratch/run/io.xdmad' <'$scratch/call' | tr '\\0' '\\n' | grep -q ExpectedMore"
"$build/xdmactl" --socket "$scratch/run/io.xdmad.public" capture "$scratch/public.tar" >"$scratch/public.out" 2>&1
check "the public socket gives none" [ $? -eq 5 ]
check "and leaves no file behind" [ ! -e "$scratch/public.tar" ]
end_daemon
check "the daemon ended well" [ "$daemon_status" -eq 0 ]
tap_end
