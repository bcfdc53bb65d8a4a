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
# as if others held most of the grants that there are: enough for one path, not for two
pages=$(jq -r '.paths["foreign-direct"].pages' "$LAB_OUT/bench.json")
echo $((2 * pages - 1)) >/sys/module/xen_gntalloc/parameters/limit
xdmactl --exec --json bench --paths foreign --profile smoke --seed 1 >"$LAB_OUT/few.json" 2>"$LAB_OUT/few.err"
echo $? >"$LAB_OUT/few.status"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
# what is still granted keeps the module from leaving
rmmod xen-gntalloc
echo $? >"$LAB_OUT/rmmod.status"
true
