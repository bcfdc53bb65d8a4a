#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Benches one after the other in one Dom0: twenty that are alike, some with a delay in the bounce path
# alone, some with the delay gone, one in another environment. Each leaves bench-NAME.json and
# bench-NAME.status; one daemon serves them all. What metrics showed in between is kept, and so is
# the state directory, for a boot in another environment.
socket=/run/xdmad/io.xdmad
mkdir -p /etc/xdmad /var/lib/node-exporter
printf '[metrics]\ntextfile_directory = /var/lib/node-exporter\n' >/etc/xdmad/xdmad.conf

# shellcheck source=history-daemon.sh
. "$(dirname "$0")/history-daemon.sh"

start_daemon
# the instrument is there from the beginning, so that it is no difference
lab-fault arm delay delay_usec=0
lab-fault off
xdmactl --json watch >"$LAB_OUT/watch.json" 2>/dev/null &
watch=$!
for n in $(seq 20); do
    bench "clean-$n"
done
metrics clean

lab-fault arm delay delay_usec=20
bench slow
lab-fault counts >"$LAB_OUT/fault.counts"
metrics slow

lab-fault off
for n in $(seq 10); do
    bench "after-$n"
    echo "$n" >"$LAB_OUT/after"
    # rate and ratio may not do it in the same run
    grep -q '"recovered":' "$LAB_OUT/watch.json" && grep -qx 0 "$LAB_OUT/bench-after-$n.status" && break
done
metrics recovered
kill $watch
wait $watch

# another environment: base pages, where it was huge ones
stop_daemon
printf '[arena]\npages = base\n' >>/etc/xdmad/xdmad.conf
start_daemon
bench base
xdmactl history >"$LAB_OUT/history.txt" 2>&1
xdmactl --json history >"$LAB_OUT/history.json"
xdmactl show >"$LAB_OUT/show.txt"
compare unlike previous last
compare like "$(run_of clean-1)" "$(run_of clean-2)"
compare slow "$(run_of clean-1)" "$(run_of slow)"
compare kernel --by kernel
stop_daemon
tar -C /var/lib -cf "$LAB_OUT/state.tar" xdmad
true
