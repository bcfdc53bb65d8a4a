#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the service puts into xenstore, also while xenstored is stopped, and when it is started again.
now() {
    cut -d. -f1 /proc/uptime
}

# until_value PATH VALUE: waits for it, 30 seconds at most
until_value() {
    for _ in $(seq 300); do
        [ "$(xenstore-read "/tool/xdmad/$1" 2>/dev/null)" = "$2" ] && return
        sleep 0.1
    done
    echo "no $1 = $2" >>"$LAB_OUT/missed"
}

show() {
    xenstore-ls -fp /tool/xdmad >"$LAB_OUT/$1.ls" 2>&1
}

systemctl start xdmad
until_value state running
show started
xdmactl --json inspect >"$LAB_OUT/inspect.json"
for key in version host/mode host/kernel host/xen device/mmc0/share_bounce findings/warn findings/list published; do
    xenstore-read "/tool/xdmad/$key" >"$LAB_OUT/${key//\//-}"
done
xdmactl bench /dev/mmcblk0 >"$LAB_OUT/bench" 2>&1
echo $? >"$LAB_OUT/bench.status"
until_value run/verdict refused
show refused

systemctl stop xdmad
xenstore-read /tool/xdmad/state >"$LAB_OUT/stopped"
show stopped
systemctl start xdmad
until_value state running
xenstore-read /tool/xdmad/run/verdict >"$LAB_OUT/verdict-again"

# xenstored does not answer: everything else does
store=$(cat /run/xen/xenstored.pid)
kill -STOP "$store"
now >"$LAB_OUT/wedged-begin"
xdmactl --json status >"$LAB_OUT/wedged.json"
echo $? >"$LAB_OUT/wedged.status"
systemctl stop xdmad
systemctl show -P Result xdmad >"$LAB_OUT/wedged-stop"
now >"$LAB_OUT/wedged-end"
kill -CONT "$store"

# another xenstored knows nothing of it
systemctl start xdmad
until_value state running
systemctl stop lab-xenstored
rm -f /run/xenstored/* /var/lib/xenstored/tdb* /run/xen/xenstored.pid
systemctl start lab-xenstored
xenstore-exists /tool/xdmad && echo "an old tree" >>"$LAB_OUT/missed"
sleep 60 # as long as the same is not said again
xdmactl status >/dev/null
until_value state running
show restarted
journalctl -u xdmad -o cat >"$LAB_OUT/journal"
true
