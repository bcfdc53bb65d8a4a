#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A verify under way when the power goes: with this script ends the machine. Its record lies on the
# card, beside what it must not touch; on a raw card there is nothing but the region.
card=/media/card
device=
if mountpoint -q $card; then
    mkdir -p $card/state
    head -c 8388608 /dev/urandom >$card/precious
    sha256sum $card/precious >$card/precious.sha256
    cp $card/precious.sha256 "$LAB_OUT/before.sha256"
    sync
    export XDMAD_STATE_DIRECTORY=$card/state
else
    device=/dev/mmcblk0
    set -- --confirm-cid "$(cat /sys/block/mmcblk0/device/cid)"
fi
# shellcheck disable=SC2086 # none, or one
xdmactl --exec verify $device "$@" >/tmp/verify.txt 2>/tmp/verify.err &
for _ in $(seq 2400); do
    grep -q 'leg 7 of' /tmp/verify.err && break
    sleep 0.05
done
for _ in $(seq 600); do
    pgrep -x fio >"$LAB_OUT/fio" && break
    sleep 0.01
done
cp /tmp/verify.err "$LAB_OUT/verify.err"
true
