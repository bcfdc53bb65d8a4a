# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced: waits until an instance of ours records, or a program of ours in the kernel does: then a
# link of BPF is among the files of an xdmad.
watched() {
    grep -qsx 1 /sys/kernel/tracing/instances/xdmad-*/tracing_on && return
    for pid in $(pidof xdmad); do
        grep -qs '^link_type:' "/proc/$pid"/fdinfo/* && return
    done
    return 1
}
for _ in $(seq 600); do
    watched && break
    sleep 0.05
done
