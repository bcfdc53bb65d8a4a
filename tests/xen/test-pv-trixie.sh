#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board pv on suite trixie: the kernel tells each mapping by page numbers, and Dom0's p2m says which
# frames those are: every leg is proved page by page where a page number is not a frame.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"
# shellcheck source=verify-checks.sh
. "$top/tests/xen/verify-checks.sh"

in_dom0 pv.sh --suite trixie --board pv
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "the kernel calls itself a PV guest" grep -qx PV "$out/guest_type"
check "bench ends with 0" grep -qx 0 "$out/bench.status"
check_json "24 legs were run on each path, and pass" "$out/bench.json" \
    '.verdict == "pass" and ([.legs[] | select(.path == "direct")] | length) == 24 and ([.legs[] | select(.path == "bounce")] | length) == 24'
check_mapping_proof "$out/bench.json" bpf
check "no trace instance is left behind" is_empty "$out/instances"

verify_in_dom0 --suite trixie --board pv
check_verify no-edge
check_mapping_proof "$out/report.json" bpf
tap_end
