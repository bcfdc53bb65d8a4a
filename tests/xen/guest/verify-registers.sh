#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bounce path that is right in every block, and wrong in every third small read: the registers of
# the card, read between the legs of a verify and of a bench.
printf '[arena]\npages = base\n' >/etc/xdmad/xdmad.conf
cid=$(cat /sys/block/mmcblk0/device/cid)
for kind in verify bench; do
    lab-fault arm flip direction=from-device min_bytes=0 max_bytes=64 every=3 offset=1 bit=3
    xdmactl --exec --json "$kind" --seed 1 >"$LAB_OUT/$kind.json" 2>"$LAB_OUT/$kind.err"
    echo $? >"$LAB_OUT/$kind.status"
    lab-fault counts >"$LAB_OUT/$kind.counts"
    lab-fault off
    xdmactl --exec --json status >"$LAB_OUT/$kind.latched.json"
    xdmactl --exec --json verify --clear --confirm-cid "$cid" >"$LAB_OUT/cleared.json"
done
evidence=$(jq -r .evidence "$LAB_OUT/verify.json")

xdmactl --exec --json verify --replay "$evidence" >"$LAB_OUT/replayed.json"
echo $? >"$LAB_OUT/replayed.status"
true
