#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A verify and a bench on granted pages, and where the verify's pages were had.
modprobe xen-gntdev
modprobe xen-gntalloc
for verb in verify "bench --paths foreign"; do
    name=${verb%% *}
    # shellcheck disable=SC2086 # words of it
    xdmactl --exec --json $verb --dry-run --seed 1 >"$LAB_OUT/$name.plan.json"
    # shellcheck disable=SC2086
    xdmactl --exec --json $verb --seed 1 >"$LAB_OUT/$name.json" 2>"$LAB_OUT/$name.err"
    echo $? >"$LAB_OUT/$name.status"
done
cp "$(jq -r .evidence "$LAB_OUT/verify.json")/places.json" "$LAB_OUT"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
# what is still granted keeps the module from leaving
rmmod xen-gntalloc
echo $? >"$LAB_OUT/rmmod.status"
true
