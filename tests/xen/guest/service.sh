#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The service as systemd runs it.
state() {
    systemctl is-active xdmad
}
systemctl start xdmad && state >"$LAB_OUT/start"
systemctl restart xdmad && state >"$LAB_OUT/restart"
systemctl stop xdmad
state >"$LAB_OUT/stop"

# the socket starts it again
xdmactl --json status >"$LAB_OUT/status.json"
state >"$LAB_OUT/activated"
stat -c '%a %U %G' /run/xdmad/io.xdmad /run/xdmad/io.xdmad.public >"$LAB_OUT/sockets"
setpriv --reuid=65534 --regid=65534 --clear-groups xdmactl --json status >"$LAB_OUT/public.json"
setpriv --reuid=65534 --regid=65534 --clear-groups xdmactl bench >"$LAB_OUT/public-bench.txt" 2>&1
echo $? >"$LAB_OUT/public-bench.status"
systemctl show -p MemoryCurrent -p CPUUsageNSec -p StatusText -p WatchdogUSec xdmad >"$LAB_OUT/show"
grep VmRSS "/proc/$(systemctl show -P MainPID xdmad)/status" >"$LAB_OUT/rss"

# until REGEX FILE: waits for a line
until_line() {
    for _ in $(seq 1200); do
        grep -q "$1" "$2" && return
        sleep 0.05
    done
}

# a client leaves, its job goes on; it is cancelled by another
run=$(xdmactl bench --detach)
echo "$run" >"$LAB_OUT/detached"
xdmactl watch "$run" >"$LAB_OUT/watch" 2>&1 &
until_line 'leg 1 of' "$LAB_OUT/watch"
xdmactl --json status >"$LAB_OUT/running.json"
xdmactl cancel "$run"
wait $!
xdmactl --json history >"$LAB_OUT/cancelled.json"

# killed in a leg
xdmactl bench >"$LAB_OUT/killed" 2>&1 &
client=$!
until_line 'leg 2 of' "$LAB_OUT/killed"
pgrep -x fio >"$LAB_OUT/fio-before"
for _ in $(seq 200); do
    pgrep -x fio >"$LAB_OUT/fio-before" && break
    sleep 0.01
done
kill -9 "$(systemctl show -P MainPID xdmad)"
sleep 1
pgrep -x fio >"$LAB_OUT/fio-after"
wait $client
echo $? >"$LAB_OUT/killed.status"
for _ in $(seq 100); do
    [ "$(systemctl is-active xdmad)" = active ] && break
    sleep 0.1
done
xdmactl --json history >"$LAB_OUT/interrupted.json"

# stopped in a leg
xdmactl bench >"$LAB_OUT/stopped" 2>&1 &
client=$!
until_line 'leg 2 of' "$LAB_OUT/stopped"
systemctl stop xdmad
wait $client
xdmactl --json history >"$LAB_OUT/stopped.json"
pgrep -x fio >"$LAB_OUT/fio-stopped"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
journalctl -u xdmad -o cat >"$LAB_OUT/journal"
true
