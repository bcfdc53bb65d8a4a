#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board bare: the same machine without Xen, the control group.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"
# shellcheck source=verify-checks.sh
. "$top/tests/xen/verify-checks.sh"

in_dom0 bench.sh --board bare
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check_json "mode is bare-metal, without Xen" "$out/inspect.json" '.mode == "bare-metal" and (.xen.present | not)'
check "the doctor ends with 0" grep -qx 0 "$out/doctor.status"
check_json "it finds the RAM out of reach, and nothing worse" "$out/doctor.json" \
    '(.findings | any(.id == "MEM-01" and .severity == "warn")) and all(.findings[]; .severity == "warn" or .severity == "info")'
check "bench ends with 0" grep -qx 0 "$out/bench.status"
check_bench_report "$out/report.json"
check_json "the bounced bytes of the arena equal fio's bytes on every bounce leg" "$out/report.json" \
    'all(.legs[] | select(.path == "bounce"); .proof.arena_bytes == .issued_bytes and .issued_bytes > 0)'

verify_in_dom0 --board bare
check_verify edge
tap_end
