#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who hears of damaged bytes, and when: watchers and metrics while the run goes on, and what is left
# of it after a restart, in order and by force.
now() {
    cut -d' ' -f1 /proc/uptime
}

# The text of the metrics, where a node exporter would look for it.
mkdir -p /tmp/textfile
printf '[metrics]\ntextfile_directory = /tmp/textfile\n[arena]\npages = base\n' >/etc/xdmad/xdmad.conf
lab-fault arm flip direction=from-device every=8 offset=100 bit=3
systemctl start xdmad

# hear NAME: waits for the finding of a run, then asks while that still runs
hear() {
    xdmactl --json watch | while read -r event; do
        case $event in *'"CMP-02"'*) ;; *) continue ;; esac
        now >"$LAB_OUT/$1.watcher"
        xdmactl metrics >"$LAB_OUT/$1.prom"
        now >"$LAB_OUT/$1.metrics"
        for _ in $(seq 200); do
            grep -qsx 'xdmad_corruption 1' /tmp/textfile/xdmad.prom && break
            sleep 0.01
        done
        now >"$LAB_OUT/$1.textfile"
        xdmactl --json status >"$LAB_OUT/$1.running.json"
        echo "$event" >"$LAB_OUT/$1.event.json"
        break
    done
}

# look NAME: what is known of it now
look() {
    xdmactl metrics >"$LAB_OUT/$1.prom"
    xdmactl --json status >"$LAB_OUT/$1.status.json"
    xdmactl --json history >"$LAB_OUT/$1.history.json"
    xdmactl show >"$LAB_OUT/$1.show.txt" 2>&1
    echo $? >"$LAB_OUT/$1.show.status"
    xdmactl bench >"$LAB_OUT/$1.bench.txt" 2>&1
    echo $? >"$LAB_OUT/$1.bench.status"
}

xdmactl metrics >"$LAB_OUT/before.prom"
hear told &
hearer=$!
xdmactl --json verify --seed 1 >"$LAB_OUT/report.json" 2>"$LAB_OUT/verify.err"
echo $? >"$LAB_OUT/verify.status"
wait $hearer
systemctl restart xdmad
look restarted

# again, and killed as soon as it is told
cid=$(cat /sys/block/mmcblk0/device/cid)
xdmactl verify --clear --confirm-cid "$cid" >"$LAB_OUT/cleared.txt"
hear killed &
hearer=$!
xdmactl verify --seed 1 >"$LAB_OUT/killed.txt" 2>&1 &
client=$!
wait $hearer
kill -9 "$(systemctl show -P MainPID xdmad)"
wait $client
echo $? >"$LAB_OUT/killed.status"
for _ in $(seq 100); do
    [ "$(systemctl is-active xdmad)" = active ] && break
    sleep 0.1
done
look after
true
