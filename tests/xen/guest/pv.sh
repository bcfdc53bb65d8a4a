#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What can be said where a page number is not a frame.
for verb in status list inspect; do
    timeout 120 xdmactl --exec --json "$verb" >"$LAB_OUT/$verb.json"
    echo $? >"$LAB_OUT/$verb.status"
done
xdmactl --exec inspect >"$LAB_OUT/inspect.txt"
cat /sys/hypervisor/guest_type >"$LAB_OUT/guest_type"
true
