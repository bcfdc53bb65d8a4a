#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything that must work where the card is dead.
for verb in status list inspect doctor; do
    timeout 60 xdmactl --exec --json "$verb" >"$LAB_OUT/$verb.json"
    echo $? >"$LAB_OUT/$verb.status"
done
timeout 60 xdmactl --exec bench >"$LAB_OUT/bench.txt" 2>&1
echo $? >"$LAB_OUT/bench.status"
ls /dev/mmcblk* >"$LAB_OUT/mmcblk" 2>/dev/null
true
