#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What dies or runs out under a verify: fio, the daemon, the room for evidence, the card.
card=/media/card
echo precious >$card/precious
sync

# verify_to NAME: a verify in the background, its exit status to be waited for
verify_to() {
    xdmactl --exec verify >"$LAB_OUT/$1.txt" 2>"$LAB_OUT/$1.err" &
    verify=$!
}

# at_leg NAME N: wait until leg N is under way, or the verify is over
at_leg() {
    for _ in $(seq 1200); do
        grep -q "leg $2 of" "$LAB_OUT/$1.err" && return
        kill -0 $verify 2>/dev/null || return
        sleep 0.05
    done
}

# end NAME: how it ended, and what it left
end() {
    wait $verify
    echo $? >"$LAB_OUT/$1.status"
    sleep 1
    pgrep -x fio >"$LAB_OUT/$1.fio"
    xdmactl --exec --json history --limit 1 >"$LAB_OUT/$1.json"
    find "$HOME/.local/state/xdmad/runs" -name ".half*" >"$LAB_OUT/$1.half"
}

verify_to fio
at_leg fio 3
for _ in $(seq 600); do
    pkill -9 -x fio && break
    sleep 0.02
done
end fio

verify_to daemon
at_leg daemon 3
pkill -9 -o -x xdmad
end daemon

mkdir -p /tmp/small
mount -t tmpfs -o size=300k tmpfs /tmp/small
export XDMAD_STATE_DIRECTORY=/tmp/small
verify_to full
end full
ls -AR /tmp/small/runs >"$LAB_OUT/full.left" 2>/dev/null
unset XDMAD_STATE_DIRECTORY

cat $card/precious >"$LAB_OUT/precious"
verify_to pulled
at_leg pulled 4
echo 0000:00:01.0 >/sys/bus/pci/drivers/sdhci-pci/unbind
end pulled
true
