#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The timer, and each answer to its tries, on a host that went down twice under a bench.
mkdir -p /var/lib/xdmad
cp -a /media/card/state/. /var/lib/xdmad/
dmesg -n 1

# try NAME: one try as the timer makes it: the unit's result, the journal of it, the status after it
try() {
    local since
    since=$(date +%s.%N)
    systemctl start xdmad-bench.service
    echo "$?" >"$LAB_OUT/$1.start"
    systemctl show -p Result -p ExecMainStatus -p ActiveState xdmad-bench.service >"$LAB_OUT/$1.unit"
    journalctl --sync
    journalctl -o cat --since "@$since" -u xdmad -u xdmad-bench >"$LAB_OUT/$1.journal"
    xdmactl --json status >"$LAB_OUT/$1.json"
}

# configure LINE...: [schedule] of the daemon
configure() {
    printf '%s\n' '[schedule]' "$@" >/etc/xdmad/xdmad.conf
    systemctl restart xdmad
}

systemctl enable --now xdmad-bench.timer 2>"$LAB_OUT/enable.err"
systemctl is-enabled xdmad-bench.timer >"$LAB_OUT/enabled"
systemctl show -p ActiveState -p NextElapseUSecRealtime -p NextElapseUSecMonotonic xdmad-bench.timer >"$LAB_OUT/timer"
systemctl is-active xdmad >"$LAB_OUT/idle" # nothing has asked for it yet

# off, and on again
try off
xdmactl --json doctor >"$LAB_OUT/off-doctor.json"
xdmactl metrics >"$LAB_OUT/off.prom"
xdmactl bench --clear >"$LAB_OUT/cleared"

# within ten minutes of boot, by the built-in rules
try boot
cat /proc/uptime >"$LAB_OUT/uptime"

# busy: somebody reads the card all the time
configure 'boot_wait_sec = 0' 'interval_hours = 0' 'quiet_window_sec = 5'
while dd if=/media/card/.xdmad-target of=/dev/null bs=64k iflag=direct 2>/dev/null; do :; done &
reader=$!
try busy
kill $reader
wait $reader 2>/dev/null

# quiet, and the timer itself asks; a second one beside it does not come in between
mkdir -p /etc/systemd/system/xdmad-bench.timer.d
printf '[Timer]\nOnCalendar=\nOnBootSec=\nOnActiveSec=1\nRandomizedDelaySec=0\nAccuracySec=1ms\n' \
    >/etc/systemd/system/xdmad-bench.timer.d/test.conf
systemctl daemon-reload
xdmactl watch >"$LAB_OUT/watch" 2>&1 &
watcher=$!
systemctl restart xdmad-bench.timer
# (whoever asks too often is no quiet host)
for _ in $(seq 30); do
    [ "$(systemctl show -P ActiveState xdmad-bench.service)" = activating ] && break
    sleep 1
done
xdmactl bench --scheduled >"$LAB_OUT/second" 2>&1
echo $? >"$LAB_OUT/second.status"
for _ in $(seq 6000); do
    [ "$(systemctl show -P ActiveState xdmad-bench.service)" != activating ] && break
    sleep 2
done
kill $watcher
systemctl show -p Result -p ExecMainStatus xdmad-bench.service >"$LAB_OUT/ran.unit"
journalctl -o cat -u xdmad -u xdmad-bench >"$LAB_OUT/ran.journal"
xdmactl --json history >"$LAB_OUT/ran.json"
xdmactl --json status >"$LAB_OUT/ran-status.json"
xdmactl metrics >"$LAB_OUT/ran.prom"

# spaced: the run that has just ended
configure 'boot_wait_sec = 0' 'quiet_window_sec = 5'
try spaced

# no room in the week
configure 'boot_wait_sec = 0' 'interval_hours = 0' 'quiet_window_sec = 1' 'write_budget_per_week = 130M'
try budget
true
