# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced: waits until an instance of ours records.
for _ in $(seq 600); do
    grep -qsx 1 /sys/kernel/tracing/instances/xdmad-*/tracing_on && break
    sleep 0.05
done
