#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A raw device: only with its CID typed back, nothing on it, and nobody else getting at it meanwhile.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"

in_dom0 raw.sh --board wide --card blank
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "without the CID it is refused" grep -qx 5 "$out/unconfirmed.status"
check "and says which CID to type" grep -qE -- '--confirm-cid' "$out/unconfirmed.txt"
check "another CID is refused" grep -qx 5 "$out/other.status"
check "while it is claimed nobody makes a file system on it" lacks -qx 0 "$out/claimed.status"
check "bench ends with 0" grep -qx 0 "$out/bench.status"
check_bench_report "$out/report.json"
check_json "the target is the device" "$out/report.json" '.target.kind == "raw" and .target.path == "/dev/mmcblk0"'
check_json "nothing but the arena bounced: there is no file system" "$out/report.json" \
    'all(.legs[]; .proof.other_bytes == 0)'
check "a card with a file system on it is refused" grep -qx 5 "$out/signature.status"
check "and says what lies there" grep -q 'ext4' "$out/signature.txt"
check "the disk's cache knows nothing of a file system" grep -qx 0 "$out/cached"
check "that lies on the card" lacks -qx 0 "$out/medium"
check "it is refused all the same" grep -qx 5 "$out/behind.status"
check "and that is said" grep -q 'holds ext4' "$out/behind.txt"
tap_end
