#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One whole verify of a healthy card, and what is to be seen beside it.
xdmactl --exec --json verify --dry-run >"$LAB_OUT/plan.json"
xdmactl --exec --json verify >"$LAB_OUT/report.json" 2>"$LAB_OUT/verify.err"
echo $? >"$LAB_OUT/verify.status"
xdmactl --exec show >"$LAB_OUT/report.txt"
xdmactl --exec --json history >"$LAB_OUT/history.json"
evidence=$(ls -d "$HOME"/.local/state/xdmad/runs/*)
(cd "$evidence" && sha256sum --quiet -c SHA256SUMS) >"$LAB_OUT/seal" 2>&1
echo $? >"$LAB_OUT/seal.status"
