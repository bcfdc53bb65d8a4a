#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# I/O on granted pages: without the module, then with it.
/lab/put/foreign /dev/mmcblk0 >"$LAB_OUT/without.json"
echo $? >"$LAB_OUT/without.status"
modprobe xen-gntalloc
/lab/put/foreign /dev/mmcblk0 >"$LAB_OUT/foreign.json"
echo $? >"$LAB_OUT/foreign.status"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
# what is still granted keeps the module from leaving
rmmod xen-gntalloc
echo $? >"$LAB_OUT/rmmod.status"
true
