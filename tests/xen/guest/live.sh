#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Watch a card that works, while it is read directly.
xdmactl --exec --json inspect --live 3 >"$LAB_OUT/live.json" 2>"$LAB_OUT/live.err" &
watch=$!
# shellcheck source=until-watched.sh
. /lab/put/guest/until-watched.sh
dd if=/dev/mmcblk0 of=/dev/null bs=64k count=64 iflag=direct status=none
wait $watch
echo $? >"$LAB_OUT/live.status"
xdmactl --exec inspect --live 1 >"$LAB_OUT/live.txt" 2>/dev/null
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
true
