#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board window: the bus gives devices 1 GiB, as on a Pi 4. The kernel's event loses the address of
# what lies outside, so the proof of a bounce rests on sums.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"
# shellcheck source=verify-checks.sh
. "$top/tests/xen/verify-checks.sh"
# shellcheck source=live-checks.sh
. "$top/tests/xen/live-checks.sh"
# shellcheck source=foreign-checks.sh
. "$top/tests/xen/foreign-checks.sh"

in_dom0 bench.sh --board window
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check_json "the window is the device tree's" "$out/inspect.json" \
    '.devices[0].window == [{"cpu_start": "0x40000000", "cpu_end": "0x7fffffff", "bus_start": "0x40000000"}]'
check_json "limit and offset follow from it" "$out/inspect.json" \
    '.devices[0] | .limit == "0x7fffffff" and .offset == "0x0" and .dma_mask == "0x7fffffff"'
check_json "the pool lies within it" "$out/inspect.json" '.devices[0].pool_in_window'
check_json "most of RAM is out of reach, and that is said" "$out/inspect.json" \
    '.devices[0].share.bounce > 0.5 and any(.findings[]; .id == "MEM-01")'
check "the doctor ends with 0" grep -qx 0 "$out/doctor.status"
check_json "it finds the RAM out of reach, and nothing worse" "$out/doctor.json" \
    '(.findings | any(.id == "MEM-01" and .severity == "warn")) and all(.findings[]; .severity == "warn" or .severity == "info")'
check "bench ends with 0" grep -qx 0 "$out/bench.status"
check_bench_report "$out/report.json"
check_json "as many bytes bounced from outside of the window as fio issued, or the disk moved" "$out/report.json" \
    'all(.legs[] | select(.path == "bounce"); .proof.no_address_bytes >= .issued_bytes and .proof.no_address_bytes <= .proof.disk_bytes)'

verify_in_dom0 --board window
check_verify edge

# Granted pages: the frames of both paths are to be had, though three quarters of RAM lie beyond the edge.
in_dom0 granted.sh --board window
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
echo "# placing: $(jq -c '[to_entries[] | {key, value: (.value.usec / 1000 | round)}] | from_entries' "$out/places.json") ms"
check "verify with granted pages ends with 0" grep -qx 0 "$out/verify.status"
check_foreign_verify "$out/verify.json" "$out/verify.plan.json" edge
check "a bench on granted pages ends with 0" grep -qx 0 "$out/bench.status"
check_foreign_bench "$out/bench.json" "$out/bench.plan.json" edge
check "with too few grants for two paths it ends with 4" grep -qx 4 "$out/few.status"
check_json "one was run and proved, of the other it says what is short" "$out/few.json" \
    '.paths["foreign-direct"].state == "run" and all(.legs[]; .proof.state == "proved") and (.legs | length) > 0 and
        (.paths["foreign-bounce"] | .state == "unreachable" and (.reason | test("not all of them were granted; .*/xen_gntalloc/parameters/limit")))'
check "no trace instance is left behind" is_empty "$out/instances"
check "no page is left granted" grep -qx 0 "$out/rmmod.status"

# This kernel has no events of mappings: a probe where they are given back takes their place.
in_dom0 live.sh --board window
check_live kprobe:dma_unmap_sg_attrs
tap_end
