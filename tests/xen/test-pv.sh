#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board pv: an x86 PV Dom0, where a page number is not a frame: Dom0's p2m translates. The path that
# is predicted through it is the path that the kernel's trace shows; without it nothing is made up.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"
# shellcheck source=verify-checks.sh
. "$top/tests/xen/verify-checks.sh"

in_dom0 pv.sh --board pv
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "the kernel calls itself a PV guest" grep -qx PV "$out/guest_type"
for verb in status list inspect bench; do
    check "$verb ends with 0" grep -qx 0 "$out/$verb.status"
done
check_json "status: the mode is xen-dom0" "$out/status.json" '.schema == 1 and .mode == "xen-dom0"'
check_json "Xen answers every question" "$out/inspect.json" \
    '.mode == "xen-dom0" and .xen.present and (.xen.version | test("^4[.]17")) and (.xen.capabilities | test("x86_64")) and (.xen.unknown | length) == 0'
check_json "the scheduler and the one NUMA node are known; of banks x86 says nothing" "$out/inspect.json" \
    '.xen | .scheduler == "credit2" and (.numa | length) == 1 and (has("dom0_banks") | not)'
check_json "Dom0's record is a PV guest's" "$out/inspect.json" '.xen.domain | .id == 0 and (.hvm | not)'
# shellcheck disable=SC2016 # $low is jq's
check_json "Xen has little left above 4 GiB and less than all below: Dom0 has frames on both sides" "$out/inspect.json" \
    '.xen.physinfo | .heap_free_below_32_bits_bytes as $low | .free_pages * .page_bytes - $low < 268435456 and $low < 2684354560'
check_json "list: the card is ready" "$out/list.json" \
    '.devices | length == 1 and .[0].state == "ready" and .[0].block == "mmcblk0"'
check_json "the SD host is known with its 32-bit mask and no window" "$out/inspect.json" \
    '.devices[0] | .dma_mask == "0xffffffff" and .window == [] and .driver == "sdhci-pci"'
check_json "of direct mapping nothing is said, though the feature bit is set" "$out/inspect.json" \
    '.xen | has("direct_mapped") | not'
check_json "the p2m tells that RAM is about evenly on both paths" "$out/inspect.json" \
    '.devices[0].share | .direct > 0.25 and .bounce > 0.25 and .unknown == 0 and (.direct + .bounce - 1 | fabs) < 1e-9'
check_json "the pool is seen, and its machine frames are within reach" "$out/inspect.json" \
    '.pool.present and .pool.bytes == 67108864 and .devices[0].pool_in_window'
check "doctor ends with 0: nothing is above a warning" grep -qx 0 "$out/doctor.status"
check_json "doctor: half of Dom0's frames are out of reach, the pool is not" "$out/doctor.json" \
    '[.findings[] | select(.id == "MEM-01")] | length == 1 and .[0].severity == "warn" and any(.[0].evidence[]; test("machine frames out of reach: 0[.][2-7]"))'
check_json "doctor: nothing is said against the pool" "$out/doctor.json" \
    'all(.findings[]; .id | startswith("POOL") | not)'
check_json "without privilege the p2m is not to be had, which is said, and nothing is made up" "$out/nobody.json" \
    '(.xen.unknown | length) > 0 and (.xen | has("direct_mapped") | not) and (.devices[0] | .share.unknown == 1 and (has("pool_in_window") | not))'
check_bench_report "$out/bench.json"
check_json "the bounced bytes of the arena equal fio's bytes on every bounce leg" "$out/bench.json" \
    'all(.legs[] | select(.path == "bounce"); .proof.arena_bytes == .issued_bytes and .issued_bytes > 0)'
check "the text shows the verdict" grep -q 'Verdict: pass' "$out/report.txt"
check "no trace instance is left behind" is_empty "$out/instances"

verify_in_dom0 --board pv
check_verify no-edge
tap_end
