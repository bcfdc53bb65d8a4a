#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board pv: an x86 PV Dom0, where a page number is not a frame. What is known is said, and nothing
# of the placement is made up.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 pv.sh --board pv
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "the kernel calls itself a PV guest" grep -qx PV "$out/guest_type"
for verb in status list inspect; do
    check "$verb ends with 0" grep -qx 0 "$out/$verb.status"
done
check_json "status: the mode is xen-dom0" "$out/status.json" '.schema == 1 and .mode == "xen-dom0"'
check_json "Xen answers every question" "$out/inspect.json" \
    '.mode == "xen-dom0" and .xen.present and (.xen.version | test("^4[.]17")) and (.xen.capabilities | test("x86_64")) and (.xen.unknown | length) == 0'
check_json "Dom0's record is a PV guest's" "$out/inspect.json" '.xen.domain | .id == 0 and (.hvm | not)'
# shellcheck disable=SC2016 # $low is jq's
check_json "Xen has little left above 4 GiB and less than all below: Dom0 has frames on both sides" "$out/inspect.json" \
    '.xen.physinfo | .heap_free_below_32_bits_bytes as $low | .free_pages * .page_bytes - $low < 268435456 and $low < 2684354560'
check_json "list: the card is ready" "$out/list.json" \
    '.devices | length == 1 and .[0].state == "ready" and .[0].block == "mmcblk0"'
check_json "the SD host is known with its 32-bit mask and no window" "$out/inspect.json" \
    '.devices[0] | .dma_mask == "0xffffffff" and .window == [] and .driver == "sdhci-pci"'
check_json "on which path RAM is, is unknown" "$out/inspect.json" \
    '.devices[0].share == {"direct": 0.0, "bounce": 0.0, "unknown": 1.0}'
check "and the text says so" grep -q '100.0 % unknown' "$out/inspect.txt"
check_json "the pool is seen" "$out/inspect.json" '.pool.present and .pool.bytes == 67108864'
tap_end
