#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board offset: the tree claims a bus offset that the hardware does not have; the card dies in the
# read of its SCR, as in 2020. The daemon says what it sees, and nothing hangs.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 offset.sh --board offset
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "there is no block device" is_empty "$out/mmcblk"
for verb in status list inspect; do
    check "$verb ends with 0" grep -qx 0 "$out/$verb.status"
done
check_json "the controller is listed as dead" "$out/list.json" '.devices[0].state == "dead" and .devices[0].host == "mmc0"'
check_json "the window's offset is the device tree's" "$out/inspect.json" \
    '.devices[0].window == [{"cpu_start": "0x40000000", "cpu_end": "0x7fffffff", "bus_start": "0xc0000000"}] and .devices[0].offset == "0x80000000"'
check_json "status finds the dead card, from the kernel's own lines" "$out/status.json" \
    '.findings | any(.id == "REG-01" and .severity == "error" and (.evidence | any(test("ADMA error")) and any(test("error -5 whilst initialising SD card"))))'
check_json "the finding names the wrong bus address as the cause" "$out/inspect.json" \
    '.findings[] | select(.id == "REG-01") | .explanation | test("offset")'
check "the doctor ends with 1" grep -qx 1 "$out/doctor.status"
check_json "and names the wrong DMA address as the cause, first of all" "$out/doctor.json" \
    '.schema == 1 and (.findings[0] | .id == "REG-01" and (.explanation | test("0xf8000000")) and (.remedy | length) > 0)'
check "bench is inconclusive" grep -qx 4 "$out/bench.status"
check "and says which card is dead" grep -q 'mmc0' "$out/bench.txt"

# The controller is bound anew while the host is watched: by the kernel's events of mappings, and on
# a kernel that has none by the probe where they are given back.
# offset_live SUITE EVENT
offset_live() {
    in_dom0 offset-live.sh --suite "$1" --board offset
    check "suite $1: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "suite $1: inspect --live ends with 0" grep -qx 0 "$out/live.status"
    check_json "suite $1: the mapping of the SCR's 8 bytes is seen, and is what the tree's window demands" "$out/live.json" \
        '.live.devices[] | select(.name == "0000:00:01.0") | any(.recent[]; .event == "'"$2"'" and .bytes == 8 and .direction == "from-device" and (.translation == "bounced" or .translation == "direct")) and .wrong == []'
    # shellcheck disable=SC2016 # $seen is jq's
    check_json "suite $1: the hardware refused the very bus address that was mapped, and both are named" "$out/live.json" \
        '([.live.devices[0].recent[] | select(.bytes == 8) | .bus]) as $seen | .findings[] | select(.id == "PATH-05") | .severity == "error" and ($seen | length) > 0 and (.explanation | test($seen | join("|"))) and any(.evidence[]; test("'"$2"': CPU address 0x[0-9a-f]+, 8 bytes, from-device: bus address")) and any(.evidence[]; test("failed descriptor: mmc0: sdhci: [0-9a-f]+: DMA 0xf8"))'
    check_json "suite $1: no wrong translation is made up: the tree is wrong, not the kernel" "$out/live.json" \
        'all(.findings[]; .id != "PATH-04")'
}

offset_live trixie dma_map_sg
offset_live bookworm dma_unmap_sg
tap_end
