#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One whole verify of a healthy card, and what is to be seen beside it.
xdmactl --exec --json verify --dry-run >"$LAB_OUT/plan.json"
disk_written_sectors() {
    awk '{ print $7 }' /sys/block/mmcblk0/stat
}
disk_written_sectors >"$LAB_OUT/sectors.before"
echo "verify begins"
xdmactl --exec --json verify >"$LAB_OUT/report.json" 2>"$LAB_OUT/verify.err"
echo $? >"$LAB_OUT/verify.status"
echo "verify ends"
sync
disk_written_sectors >"$LAB_OUT/sectors.after"
xdmactl --exec show >"$LAB_OUT/report.txt"
xdmactl --exec --json history >"$LAB_OUT/history.json"
evidence=$(ls -d "$HOME"/.local/state/xdmad/runs/*)
(cd "$evidence" && sha256sum --quiet -c SHA256SUMS) >"$LAB_OUT/seal" 2>&1
echo $? >"$LAB_OUT/seal.status"
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
true
