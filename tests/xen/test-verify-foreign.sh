#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Granted pages in verify's matrix, on both suites: sixteen cells, each leg proved on its path, every
# address translated; without the module the reason, and the matrix of Dom0's own pages.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

for suite in bookworm trixie; do
    rm -rf "${out:?}"/*
    in_dom0 verify-foreign.sh --suite $suite --board wide
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    echo "# $suite: $(jq -c .bytes "$out/with.json") bytes"
    check "without the module verify ends with 0" grep -qx 0 "$out/without.status"
    check_json "the plan has none, the report says why and how to have them" "$out/without.json" \
        '(.legs | length) == 36 and (.matrix | length) == 9 and
            all(.paths["foreign-direct", "foreign-bounce"]; .state == "unreachable" and (.reason | test("modprobe xen-gntalloc")))'
    check "with it verify ends with 0" grep -qx 0 "$out/with.status"
    check_json "the plan told before is the plan that was run" "$out/with.plan.json" \
        '.plan | (.legs | length) == 64 and .foreign_direct and .foreign_bounce'
    check_json "both paths of granted pages were run" "$out/with.json" \
        'all(.paths[]; .state == "run") and (.paths | length) == 5 and .verdict == "pass" and (.legs | length) == 64'
    check_json "all sixteen cells are verified, and five of requests across the window's edge" "$out/with.json" \
        '(.matrix | length) == 21 and all(.matrix[]; .state == "verified" and .bad_blocks == 0 and
            .blocks >= (if .writer == "mixed" or .reader == "mixed" then 12 else 320 end))'
    check_json "every leg is proved on the path it was planned for" "$out/with.json" \
        'all(.legs[]; .counts and .proof.state == "proved" and .proof.proved == .path)'
    check_json "granted pages out of the window bounced, every byte, and no other did" "$out/with.json" \
        '[.legs[] | select(.path == "foreign-bounce")] | length == 10 and all(.[]; .proof.arena_bytes == .issued_bytes)'
    check_json "granted pages in it did not" "$out/with.json" \
        '[.legs[] | select(.path == "foreign-direct")] | length == 10 and all(.[]; .proof.arena_bytes == 0 and .proof.no_address_bytes == 0)'
    source=swiotlb:swiotlb_bounced
    [ $suite = bookworm ] || source=dma:dma_map_sg
    check_json "by the kernel's own events of what it has: $source" "$out/with.json" \
        "all(.legs[] | select(.path == \"foreign-direct\"); .proof.source == \"$source\")"
    check_json "the memory around every block was watched, and is as it was" "$out/with.json" \
        'all(.legs[]; .check.canaries.checked and .check.canaries.watched_bytes > 0 and .check.canaries.stray_bytes == 0)'
    # shellcheck disable=SC2016 # jq's
    check_json "it wrote no more than its plan said, the file's making and 1 MiB of the file system's own" \
        "$out/with.json" '$told[0].plan as $plan | .bytes |
            .planned_write == $plan.bytes_written and .kernel_written >= $plan.bytes_written and
            .kernel_written <= $plan.bytes_written + $plan.target_bytes + 1048576' --slurpfile told "$out/with.plan.json"
    check "the evidence alone gives the same verdict" grep -qx 0 "$out/replayed.status"
    check_json "and the same report" "$out/replayed.json" '.replay.identical'
    check "the text shows the cells" grep -q 'foreign-bounce  foreign-direct' "$out/with.txt"
    check "no trace instance is left behind" is_empty "$out/instances"
    check "no page is left granted" grep -qx 0 "$out/rmmod.status"
done
tap_end
