#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What metrics show of a Dom0 while it is well, while its bounces are delayed and when that is over.
# Each bench is the smallest there is, with the runs that it asks for.
bench() {
    xdmactl --exec --json bench --profile smoke >"$LAB_OUT/bench-$1.json" 2>>"$LAB_OUT/progress"
    echo "$1: ended with $?" | tee -a "$LAB_OUT/ends"
}

# the instrument is there from the beginning, so that it is no difference
lab-fault arm delay delay_usec=0
lab-fault off
for n in $(seq 12); do
    bench "clean-$n"
done
xdmactl --exec metrics >"$LAB_OUT/metrics-clean.txt"

lab-fault arm delay delay_usec=20
bench slow
xdmactl --exec metrics >"$LAB_OUT/metrics-slow.txt"

lab-fault off
for n in $(seq 10); do
    bench "after-$n"
    xdmactl --exec metrics >"$LAB_OUT/metrics-recovered.txt"
    grep -q 'xdmad_series_regressed{.*} 1$' "$LAB_OUT/metrics-recovered.txt" || break
done
true
