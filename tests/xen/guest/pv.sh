#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What can be said and proved where a page number is not a frame, and what without the right to see.
for verb in status list inspect doctor bench; do
    xdmactl --exec --json "$verb" >"$LAB_OUT/$verb.json"
    echo $? >"$LAB_OUT/$verb.status"
done
xdmactl --exec show >"$LAB_OUT/report.txt"
HOME=/tmp setpriv --reuid 65534 --regid 65534 --clear-groups \
    xdmactl --exec --json inspect >"$LAB_OUT/nobody.json"
cat /sys/hypervisor/guest_type >"$LAB_OUT/guest_type"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
true
