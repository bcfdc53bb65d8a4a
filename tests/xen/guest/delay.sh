#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One bench as the host is, one with each copy through the pool slowed down; the same seed.
target=(/dev/mmcblk0 --confirm-cid "$(cat /sys/block/mmcblk0/device/cid)" --seed 7)
HOME=/tmp/before xdmactl --exec --json bench "${target[@]}" >"$LAB_OUT/before.json"
echo $? >"$LAB_OUT/before.status"
lab-fault arm delay delay_usec=200
HOME=/tmp/slowed xdmactl --exec --json bench "${target[@]}" >"$LAB_OUT/slowed.json"
echo $? >"$LAB_OUT/slowed.status"
lab-fault counts >"$LAB_OUT/counts"
true
