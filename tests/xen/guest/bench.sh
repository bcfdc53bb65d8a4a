#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One whole bench, and what is to be seen beside it.
xdmactl --exec --json inspect >"$LAB_OUT/inspect.json"
echo $? >"$LAB_OUT/inspect.status"
xdmactl --exec --json doctor >"$LAB_OUT/doctor.json"
echo $? >"$LAB_OUT/doctor.status"
xdmactl --exec --json bench >"$LAB_OUT/report.json"
echo $? >"$LAB_OUT/bench.status"
xdmactl --exec show >"$LAB_OUT/report.txt"
evidence=$(ls -d "$HOME"/.local/state/xdmad/runs/*)
(cd "$evidence" && sha256sum --quiet -c SHA256SUMS) >"$LAB_OUT/seal" 2>&1
echo $? >"$LAB_OUT/seal.status"
ls "$evidence" >"$LAB_OUT/evidence.list"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
cat /proc/sys/vm/nr_hugepages >"$LAB_OUT/nr_hugepages"
