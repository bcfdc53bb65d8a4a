#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A raw card without anything on it: refused, confirmed, written.
cid=$(cat /sys/block/mmcblk0/device/cid)
xdmactl --exec bench /dev/mmcblk0 >"$LAB_OUT/unconfirmed.txt" 2>&1
echo $? >"$LAB_OUT/unconfirmed.status"
xdmactl --exec bench /dev/mmcblk0 --confirm-cid "${cid//a/b}" >"$LAB_OUT/other.txt" 2>&1
echo $? >"$LAB_OUT/other.status"
xdmactl --exec --json bench /dev/mmcblk0 --confirm-cid "$cid" >"$LAB_OUT/report.json" 2>"$LAB_OUT/bench.err" &
bench=$!
for _ in $(seq 600); do
    grep -q 'leg 2 of' "$LAB_OUT/bench.err" && break
    sleep 0.05
done
mkfs.ext4 -q /dev/mmcblk0 </dev/null >"$LAB_OUT/claimed.txt" 2>&1
echo $? >"$LAB_OUT/claimed.status"
wait $bench
echo $? >"$LAB_OUT/bench.status"
mkfs.ext4 -qF /dev/mmcblk0 >/dev/null 2>&1
xdmactl --exec bench /dev/mmcblk0 --confirm-cid "$cid" >"$LAB_OUT/signature.txt" 2>&1
echo $? >"$LAB_OUT/signature.status"
true
