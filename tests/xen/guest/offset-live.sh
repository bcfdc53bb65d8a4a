#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The card that dies, made to die once more while it is watched: its controller is bound anew, so
# that the kernel reads the card's SCR again.
driver=/sys/bus/pci/drivers/sdhci-pci
device=$(cd "$driver" && ls -d 0000:*)
xdmactl --exec --json inspect --live 6 >"$LAB_OUT/live.json" 2>"$LAB_OUT/live.err" &
watch=$!
# shellcheck source=until-watched.sh
. /lab/put/guest/until-watched.sh
echo "$device" >"$driver/unbind"
echo "$device" >"$driver/bind"
wait $watch
echo $? >"$LAB_OUT/live.status"
dmesg >"$LAB_OUT/dmesg"
true
