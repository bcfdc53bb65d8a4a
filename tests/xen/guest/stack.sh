#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The card beneath a mapping: one that hands pages down, the same with a faulty medium, and one that
# encrypts. Each leaves NAME.json or NAME.txt, and NAME.status.
export DM_DISABLE_UDEV=1
lab-medium begin || exit 1
HOME=/tmp/linear xdmactl --exec --json verify >"$LAB_OUT/linear.json" 2>"$LAB_OUT/linear.err"
echo $? >"$LAB_OUT/linear.status"
lab-medium arm corrupt-write /media/card/.xdmad-target || exit 1
HOME=/tmp/corrupt xdmactl --exec --json verify >"$LAB_OUT/corrupt.json" 2>"$LAB_OUT/corrupt.err"
echo $? >"$LAB_OUT/corrupt.status"
lab-medium counts >"$LAB_OUT/corrupt.counts"
lab-medium off
xdmactl --exec verify /dev/mmcblk0 --confirm-cid "$(cat /sys/block/mmcblk0/device/cid)" >"$LAB_OUT/raw.txt" 2>&1
echo $? >"$LAB_OUT/raw.status"

lab-medium end || exit 1
modprobe -a dm-crypt xts 2>/dev/null
dmsetup create secret --table "0 $(blockdev --getsz /dev/mmcblk0) crypt aes-xts-plain64 $(printf '%064d' 7) 0 /dev/mmcblk0 0" || exit 1
mkfs.ext4 -q -F /dev/mapper/secret || exit 1
mount /dev/mapper/secret /media/card || exit 1
xdmactl --exec verify /media/card >"$LAB_OUT/crypt.txt" 2>&1
echo $? >"$LAB_OUT/crypt.status"
xdmactl --exec verify >"$LAB_OUT/default.txt" 2>&1
echo $? >"$LAB_OUT/default.status"
ls -A /media/card >"$LAB_OUT/crypt.files"
true
