# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced: runs with legs on granted pages on a medium at fault. By seed 1 the first leg writes from
# granted pages, before the kernel finds out about a journal by itself.
export DM_DISABLE_UDEV=1
target=/media/card/.xdmad-target

# a target without a fault, and fio's libraries read
HOME=/tmp/first xdmactl --exec bench --profile smoke >"$LAB_OUT/first.txt" 2>&1
echo $? >"$LAB_OUT/first.status"
modprobe xen-gntdev
modprobe xen-gntalloc

# run NAME KIND WHERE COMMAND...: with a fault of lab-medium. Leaves NAME.json, NAME.txt, NAME.status,
# NAME.counts, and NAME.sync, what an fsync of somebody else's ends with; of a verify NAME.replayed.
run() {
    local name=$1 kind=$2 where=$3
    shift 3
    lab-medium begin || exit 1
    lab-medium arm "$kind" $target "$where" || exit 1
    HOME=/tmp/$name xdmactl --exec --json "$@" --seed 1 >"$LAB_OUT/$name.json" 2>"$LAB_OUT/$name.err"
    echo $? >"$LAB_OUT/$name.status"
    lab-medium counts >"$LAB_OUT/$name.counts"
    HOME=/tmp/$name xdmactl --exec show >"$LAB_OUT/$name.txt" 2>&1
    if [ "$1" = verify ]; then
        xdmactl --exec --json verify --replay "$(jq -r .evidence "$LAB_OUT/$name.json")" >"$LAB_OUT/$name.replayed"
        echo $? >"$LAB_OUT/$name.replayed.status"
    fi
    touch $target 2>/dev/null
    sync $target 2>/dev/null
    echo $? >"$LAB_OUT/$name.sync"
    lab-medium off
    lab-medium end || exit 1
}

# look: at what they left behind
look() {
    find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
    # what is still granted keeps the module from leaving
    rmmod xen-gntalloc
    echo $? >"$LAB_OUT/rmmod.status"
}
