#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same card after the power was gone.
card=/media/card
export XDMAD_STATE_DIRECTORY=$card/state
sha256sum $card/precious >"$LAB_OUT/after.sha256"
dmesg | grep -i 'EXT4-fs.*error' >"$LAB_OUT/ext4"
xdmactl --exec --json history >"$LAB_OUT/history.json"
echo $? >"$LAB_OUT/history.status"
xdmactl --exec --json status >"$LAB_OUT/status.json"
xdmactl --exec show >"$LAB_OUT/show.txt" 2>&1
find $card/state -name '*.half*' -o -name '.half*' -o -name '*damaged*' >"$LAB_OUT/torn"
ls -A $card/state/runs >"$LAB_OUT/evidence" 2>/dev/null
xdmactl --exec --json verify >"$LAB_OUT/again.json" 2>"$LAB_OUT/again.err"
echo $? >"$LAB_OUT/again.status"
sha256sum $card/precious >"$LAB_OUT/again.sha256"
true
