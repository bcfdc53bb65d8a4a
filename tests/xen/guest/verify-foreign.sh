#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A verify that has granted pages, and one that has not: the module is what it takes.
look() {
    xdmactl --exec --json verify --dry-run --seed 1 >"$LAB_OUT/$1.plan.json"
    xdmactl --exec --json verify --seed 1 >"$LAB_OUT/$1.json" 2>"$LAB_OUT/$1.err"
    echo $? >"$LAB_OUT/$1.status"
}

rmmod xen-gntalloc 2>/dev/null
look without
modprobe xen-gntdev
modprobe xen-gntalloc
echo "with granted pages"
look with
xdmactl --exec show >"$LAB_OUT/with.txt"
xdmactl --exec --json verify --replay "$(jq -r .evidence "$LAB_OUT/with.json")" >"$LAB_OUT/replayed.json"
echo $? >"$LAB_OUT/replayed.status"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
# what is still granted keeps the module from leaving
rmmod xen-gntalloc
echo $? >"$LAB_OUT/rmmod.status"
true
