#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bench on granted pages, beside one on Dom0's own: the modules are what it takes.
rmmod xen-gntalloc 2>/dev/null
xdmactl --exec --json bench --profile smoke --seed 1 >"$LAB_OUT/own.json" 2>"$LAB_OUT/own.err"
echo $? >"$LAB_OUT/own.status"
xdmactl --exec metrics >"$LAB_OUT/own.metrics"
# from here on there is none to be had, and none is wanted
chmod a-x "$(command -v fio)"
xdmactl --exec bench --seed 1 >"$LAB_OUT/nofio.txt" 2>&1
echo $? >"$LAB_OUT/nofio.status"
xdmactl --exec --json bench --paths foreign --seed 1 >"$LAB_OUT/without.json" 2>"$LAB_OUT/without.err"
echo $? >"$LAB_OUT/without.status"
modprobe xen-gntdev
modprobe xen-gntalloc
xdmactl --exec --json bench --paths foreign --dry-run --seed 1 >"$LAB_OUT/plan.json"
xdmactl --exec --json bench --paths foreign --seed 1 >"$LAB_OUT/with.json" 2>"$LAB_OUT/with.err"
echo $? >"$LAB_OUT/with.status"
xdmactl --exec show >"$LAB_OUT/with.txt"
xdmactl --exec --json history >"$LAB_OUT/history.json"
xdmactl --exec metrics >"$LAB_OUT/with.metrics"
xdmactl --exec --json compare "$(jq -r .run "$LAB_OUT/own.json")" last >"$LAB_OUT/compare.json"
echo $? >"$LAB_OUT/compare.status"
xdmactl --exec compare --by fio >"$LAB_OUT/by.txt" 2>&1
echo $? >"$LAB_OUT/by.status"
(cd "$(jq -r .evidence "$LAB_OUT/with.json")" && sha256sum --quiet -c SHA256SUMS) >"$LAB_OUT/seal" 2>&1
echo $? >"$LAB_OUT/seal.status"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
# what is still granted keeps the module from leaving
rmmod xen-gntalloc
echo $? >"$LAB_OUT/rmmod.status"
true
