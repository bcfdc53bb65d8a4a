#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verifies with a fault each, in one Dom0. usage: fault-runs.sh NAME:HOW...
#   HOW: "none", "medium [late] KIND", or what `lab-fault arm` takes
# Leaves NAME.json, NAME.err, NAME.status, and NAME.made, the number of faults that were made. On a
# card without a file system the target is the whole card: no I/O but ours is there to be hit.
target=()
if mountpoint -q /media/card; then
    HOME=/tmp/first xdmactl --exec --json verify >"$LAB_OUT/first.json" 2>&1
    echo $? >"$LAB_OUT/first.status"
else
    target=(/dev/mmcblk0 --confirm-cid "$(cat /sys/block/mmcblk0/device/cid)")
fi

# one run; a state of its own for each: after a corruption no other would be let near the card
run_verify() {
    HOME=/tmp/$name xdmactl --exec --json verify "${target[@]}" >"$LAB_OUT/$name.json" 2>"$LAB_OUT/$name.err"
    echo $? >"$LAB_OUT/$name.status"
}

for run; do
    name=${run%%:*} how=${run#*:}
    : >"$LAB_OUT/$name.err"
    # shellcheck disable=SC2086 # words of it
    case $how in
    none) ;;
    medium\ *)
        [ -e /dev/mapper/lab-card ] || lab-medium begin || exit 1
        [[ $how == *" late "* ]] || lab-medium arm "${how##* }" /media/card/.xdmad-target || exit 1
        ;;
    *) lab-fault arm $how || exit 1 ;;
    esac
    run_verify &
    if [[ $how == *" late "* ]]; then
        until grep -q '^leg 12 of' "$LAB_OUT/$name.err" || ! kill -0 $! 2>/dev/null; do sleep 0.1; done
        lab-medium arm "${how##* }" /media/card/.xdmad-target || exit 1
    fi
    wait
    case $how in
    none) echo 0 ;;
    medium\ error) lab-medium counts | awk '{ print $1 + $2 }' ;;
    medium\ *) lab-medium counts | cut -d' ' -f2 ;;
    *) lab-fault counts | cut -d' ' -f2 ;;
    esac >"$LAB_OUT/$name.made"
    case $how in
    none) ;;
    medium\ *) lab-medium off ;;
    *) lab-fault off ;;
    esac
    rm -rf "/tmp/$name"
done
true
