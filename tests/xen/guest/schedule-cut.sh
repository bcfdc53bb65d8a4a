#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bench is under way when this ends, and with it the machine, like a power cut. The state directory
# is on the card, which is kept.
export XDMAD_STATE_DIRECTORY=/media/card/state
xdmactl --exec --json status >"$LAB_OUT/before.json" 2>"$LAB_OUT/before.err"
setsid xdmactl --exec bench </dev/null >"$LAB_OUT/bench" 2>&1 &
for _ in $(seq 2400); do
    grep -q 'leg 3 of' "$LAB_OUT/bench" && break
    sleep 0.05
done
grep -q 'leg 3 of' "$LAB_OUT/bench"
