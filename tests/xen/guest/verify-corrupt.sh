#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A path that damages bytes: found, told, kept from the card, released, and gone again.
# of base pages each is a copy of its own, so that every eighth copy is every eighth page
printf '[arena]\npages = base\n' >/etc/xdmad/xdmad.conf
xdmactl --exec --json verify --dry-run --seed 1 >"$LAB_OUT/plan.json"
lab-fault arm flip direction=from-device every=8 offset=100 bit=3
xdmactl --exec --json verify --seed 1 >"$LAB_OUT/report.json" 2>"$LAB_OUT/verify.err"
echo $? >"$LAB_OUT/verify.status"
lab-fault counts >"$LAB_OUT/counts"
lab-fault off
evidence=$(ls -d "$HOME"/.local/state/xdmad/runs/*)
(cd "$evidence" && sha256sum --quiet -c SHA256SUMS) >"$LAB_OUT/seal" 2>&1
echo $? >"$LAB_OUT/seal.status"
ls "$evidence" >"$LAB_OUT/evidence.list"
tar -C "${evidence%/*}" --transform 's,^[^/]*,evidence,' -cf "$LAB_OUT/evidence.tar" "${evidence##*/}"
xdmactl --exec --json verify --replay "$evidence" >"$LAB_OUT/replayed.json"
echo $? >"$LAB_OUT/replayed.status"
xdmactl --exec bench >"$LAB_OUT/bench.txt" 2>&1
echo $? >"$LAB_OUT/bench.status"
xdmactl --exec --json status >"$LAB_OUT/status.json"
cid=$(cat /sys/block/mmcblk0/device/cid)
xdmactl --exec --json verify --clear --confirm-cid "$cid" >"$LAB_OUT/cleared.json"
echo $? >"$LAB_OUT/cleared.status"
xdmactl --exec --json verify --seed 1 >"$LAB_OUT/healed.json" 2>"$LAB_OUT/healed.err"
echo $? >"$LAB_OUT/healed.status"
true
