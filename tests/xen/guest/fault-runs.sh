#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verifies with a fault each, in one Dom0. usage: fault-runs.sh NAME:HOW...
#   HOW: "none", "medium [late] KIND", "pull late", or what `lab-fault arm` takes
# Leaves NAME.json, NAME.err, NAME.status, and NAME.made, the number of faults that were made. On a
# card without a file system the target is the whole card: no I/O but ours goes on beside it.

# so that the first run does not wait for its programs, with all the libraries that they bring
fio --version >/dev/null
mmc_host=$(readlink -f /sys/class/mmc_host/mmc0/device)
target=()
if mountpoint -q /media/card; then
    HOME=/tmp/first xdmactl --exec --json verify >"$LAB_OUT/first.json" 2>&1
    echo $? >"$LAB_OUT/first.status"
else
    target=(/dev/mmcblk0 --confirm-cid "$(cat /sys/block/mmcblk0/device/cid)")
fi

# arm HOW...: from now on
arm() {
    case $1 in
    none) ;;
    medium) lab-medium arm "${!#}" /media/card/.xdmad-target ;;
    pull) basename "$mmc_host" >"$mmc_host/driver/unbind" ;;
    # what verify itself moves, and nothing that the kernel reads for itself
    *) lab-fault arm "$@" memory=mapped ;;
    esac
}

# one run; a state of its own for each: after a corruption no other would be let near the card
run_verify() {
    HOME=/tmp/$name xdmactl --exec --json verify "${target[@]}" >"$LAB_OUT/$name.json" 2>"$LAB_OUT/$name.err"
    echo $? >"$LAB_OUT/$name.status"
}

for run; do
    name=${run%%:*} how=${run#*:}
    : >"$LAB_OUT/$name.err"
    [[ $how != medium* || -e /dev/mapper/lab-card ]] || lab-medium begin || exit 1
    # shellcheck disable=SC2086 # words of it
    [[ $how == *" late"* ]] || arm $how || exit 1
    run_verify &
    if [[ $how == *" late"* ]]; then
        until grep -q '^leg 12 of' "$LAB_OUT/$name.err" || ! kill -0 $! 2>/dev/null; do sleep 0.1; done
        # shellcheck disable=SC2086
        arm $how || exit 1
    fi
    wait
    case $how in
    none) echo 0 ;;
    pull*) [ -e "$mmc_host/driver" ]; echo $? ;;
    medium\ error) lab-medium counts | awk '{ print $1 + $2 }' ;;
    medium\ *) lab-medium counts | cut -d' ' -f2 ;;
    *) lab-fault counts | cut -d' ' -f2 ;;
    esac >"$LAB_OUT/$name.made"
    case $how in
    none | pull*) ;;
    medium\ *) lab-medium off ;;
    *) lab-fault off ;;
    esac
    rm -rf "/tmp/$name"
done
true
