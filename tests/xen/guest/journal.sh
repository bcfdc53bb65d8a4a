#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# New findings and the ends of runs, in the journal and with a watcher. A line that the kernel's own
# driver would write brings a finding that was not there before.
until_line() {
    for _ in $(seq 300); do
        grep -q "$1" "$2" 2>/dev/null && return
        sleep 0.1
    done
    echo "no $1 in $2" >>"$LAB_OUT/missed"
}

# until_journal FIELD=VALUE
until_journal() {
    for _ in $(seq 300); do
        [ -n "$(journalctl -q -u xdmad -o cat "$1")" ] && return
        sleep 0.1
    done
    echo "no $1 in the journal" >>"$LAB_OUT/missed"
}

journalctl --update-catalog 2>"$LAB_OUT/catalog.err"
systemctl start xdmad
until_journal FINDING_ID=MEM-01
xdmactl --json watch >"$LAB_OUT/watch" 2>&1 &
watcher=$!
xdmactl watch >"$LAB_OUT/watch.txt" 2>&1 &
watcher_2=$!
xdmactl status >/dev/null
xdmactl status >/dev/null
journalctl -q -u xdmad -o cat FINDING_ID=MEM-01 >"$LAB_OUT/mem-01"
echo '<4>mmc0: ADMA error: 0x02000000' >/dev/kmsg
for _ in $(seq 100); do # the watchers may still be on their way
    xdmactl status >/dev/null
    grep -q REG-02 "$LAB_OUT/watch" && break
    echo '<4>mmc0: ADMA error: 0x02000000' >/dev/kmsg
    sleep 0.1
done
until_line REG-02 "$LAB_OUT/watch.txt"
kill "$watcher" "$watcher_2"
wait
xdmactl bench /dev/mmcblk0 >/dev/null 2>&1
run=$(xdmactl bench --detach)
xdmactl cancel "$run"
until_journal STATE=cancelled
xdmactl bench >/dev/null 2>&1 &
for _ in $(seq 300); do
    xdmactl --json status | grep -q '"state": "running"' && break
    sleep 0.1
done
kill -9 "$(systemctl show -P MainPID xdmad)"
wait
until_journal N_RUNS=1
journalctl -q -u xdmad -o json >"$LAB_OUT/journal.json"
journalctl -q -u xdmad -x FINDING_ID=REG-02 >"$LAB_OUT/explained"
journalctl -q -u xdmad -x VERDICT=refused >"$LAB_OUT/explained-run"
true
