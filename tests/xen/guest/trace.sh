#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The card read past the page cache, its buffers anywhere in Dom0's memory, under all sources of
# bounces at once, and under all of mappings.
device=$(basename "$(readlink -f /sys/class/mmc_host/mmc0/device)")
read_card=(dd if=/dev/mmcblk0 of=/dev/null bs=512k count=32 iflag=direct status=none)
/lab/put/two-sources "$device" "${read_card[@]}" >"$LAB_OUT/sources.json"
/lab/put/mapping-sources "$device" "${read_card[@]}" >"$LAB_OUT/mappings.json"
# more than the program's memory holds, in pieces as small as can be; only where there are events
[ -e /sys/kernel/tracing/events/dma/dma_map_sg ] &&
    /lab/put/mapping-sources "$device" dd if=/dev/mmcblk0 of=/dev/null bs=512 count=160000 \
        iflag=direct status=none >"$LAB_OUT/flood.json"
# a kernel that would interpret the program: it is not for us then
echo 0 >/proc/sys/net/core/bpf_jit_enable
/lab/put/two-sources "$device" true 2>"$LAB_OUT/interpreted" >&2
find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 >"$LAB_OUT/instances"
