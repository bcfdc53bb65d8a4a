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

# A file system that the disk's own cache does not see: made through a partition, while somebody keeps
# the disk open that was blank
dd if=/dev/zero of=/dev/mmcblk0 bs=1M count=8 conv=fsync 2>/dev/null
exec 9</dev/mmcblk0
head -c 8M /dev/mmcblk0 >/dev/null
addpart /dev/mmcblk0 1 0 16384 && mkfs.ext4 -qF /dev/mmcblk0p1 >/dev/null 2>&1
sync /dev/mmcblk0p1
delpart /dev/mmcblk0 1
head -c 8M /dev/mmcblk0 | tr -d '\0' | wc -c >"$LAB_OUT/cached"
dd if=/dev/mmcblk0 bs=1M count=8 iflag=direct 2>/dev/null | tr -d '\0' | wc -c >"$LAB_OUT/medium"
xdmactl --exec bench /dev/mmcblk0 --confirm-cid "$cid" >"$LAB_OUT/behind.txt" 2>&1
echo $? >"$LAB_OUT/behind.status"
exec 9<&-
true
