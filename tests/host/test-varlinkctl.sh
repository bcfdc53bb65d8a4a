#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real varlinkctl, systemd's own: it is in Debian from 13 on, so its packages are unpacked into
# the build folder and it runs with the libraries that lie beside it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

tree=$top/build/tests/varlinkctl
if [ ! -d "$tree" ]; then
    rm -rf "$tree.part"
    mmdebstrap --quiet --variant=extract --include=systemd trixie "$tree.part" >&2 && mv "$tree.part" "$tree"
fi
libraries=$tree/usr/lib/x86_64-linux-gnu
varlinkctl() {
    "$tree/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/systemd" \
        "$tree/usr/bin/varlinkctl" "$@"
}
socket=$scratch/run/io.xdmad

check "varlinkctl is there" [ -x "$tree/usr/bin/varlinkctl" ]
start_daemon
varlinkctl --json=short info "$socket" >"$scratch/info" 2>&1
check_json "info: the service names itself and both interfaces" "$scratch/info" \
    '.product == "xdmad" and (.interfaces | index("io.xdmad") and index("org.varlink.service"))'
varlinkctl list-interfaces "$socket" >"$scratch/interfaces" 2>&1
check "list-interfaces" grep -q '^io.xdmad' "$scratch/interfaces"
varlinkctl introspect "$socket" io.xdmad >"$scratch/introspect" 2>&1
for method in GetStatus ListDevices Inspect Bench Watch Cancel Show ListRuns; do
    check "introspect shows $method" grep -q "method $method" "$scratch/introspect"
done
check "introspect shows the errors" grep -q 'error Refused' "$scratch/introspect"
varlinkctl --json=short call "$socket" io.xdmad.GetStatus '{}' >"$scratch/status" 2>"$scratch/status.err"
check_json "call: GetStatus" "$scratch/status" '.schema == 1'
varlinkctl --json=short call "$socket" io.xdmad.Bench '{"dry_run":true,"seed":7}' >"$scratch/plan" 2>&1
check_json "call with parameters: a dry run" "$scratch/plan" '.plan.seed == 7'
varlinkctl call "$socket" io.xdmad.Show '{"run":"none"}' >"$scratch/error" 2>&1
check "a typed error arrives by its name" grep -q 'io.xdmad.NoSuchRun' "$scratch/error"
# It sends SIGTERM to its child as soon as it is done, on which the leak check at exit may hang.
ASAN_OPTIONS=detect_leaks=0 varlinkctl --json=short call "exec:$build/xdmad" io.xdmad.ListDevices '{}' >"$scratch/exec" 2>"$scratch/exec.err"
check_json "exec: starts a private daemon" "$scratch/exec" '.schema == 1'
varlinkctl --json=short call --more "$socket" io.xdmad.Watch '{}' >"$scratch/watch" 2>&1 &
watcher=$!
# heard: once the watcher has heard a run to its end. A run that began before it had subscribed is
# not heard; then there is another one.
heard() {
    for _ in $(seq 60); do
        grep -q '"done"' "$scratch/watch" && return
        sleep 0.05
    done
    return 1
}
for _ in $(seq 10); do
    varlinkctl --json=short call "$socket" io.xdmad.Bench '{}' >"$scratch/bench" 2>&1
    heard && grep -q '"queued"' "$scratch/watch" && break
done
kill $watcher 2>/dev/null
wait $watcher 2>/dev/null
check "more: a watcher hears the run from its queueing to its end" sh -c \
    "grep -q '\"queued\"' '$scratch/watch' && grep -q '\"done\"' '$scratch/watch'"
tap_end
