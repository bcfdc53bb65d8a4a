#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bench on granted pages, on both suites: pairs of foreign-direct and foreign-bounce, each leg proved
# on its path, figures that are never taken for fio's; without the module the reason.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

for suite in bookworm trixie; do
    rm -rf "${out:?}"/*
    in_dom0 bench-foreign.sh --suite $suite --board wide
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "fio cannot be run" grep -q 'no fio in' "$out/nofio.txt"
    check "without the module it is inconclusive" grep -qx 4 "$out/without.status"
    check_json "and says why, of both paths, and how to have them" "$out/without.json" \
        '.run.reason | test("^no granted pages on either path. Foreign-direct: .*modprobe xen-gntalloc.* Foreign-bounce: .*modprobe xen-gntalloc")'
    check_json "the plan has granted pages alone" "$out/plan.json" \
        '.plan | .foreign and (.legs | length) == 48 and all(.legs[]; .path | startswith("foreign-"))'
    check "with it the bench ends with 0" grep -qx 0 "$out/with.status"
    check_json "both paths of granted pages were run, and no other" "$out/with.json" \
        '.verdict == "pass" and (.paths | keys) == ["foreign-bounce", "foreign-direct"] and all(.paths[]; .state == "run")'
    check_json "every leg is proved on the path it was planned for, and its engine is told" "$out/with.json" \
        '(.legs | length) == 48 and all(.legs[]; .counts and .proof.state == "proved" and .proof.proved == .path and .engine == "xdmad")'
    check_json "granted pages out of the window bounced, every byte" "$out/with.json" \
        '[.legs[] | select(.path == "foreign-bounce")] | length == 24 and all(.[]; .proof.arena_bytes == .issued_bytes)'
    check_json "granted pages in it did not" "$out/with.json" \
        '[.legs[] | select(.path == "foreign-direct")] | length == 24 and all(.[]; .proof.arena_bytes == 0 and .proof.no_address_bytes == 0)'
    check_json "the disk's own count has every byte of each leg" "$out/with.json" \
        'all(.legs[]; .proof.disk_bytes >= .issued_bytes)'
    check_json "every workload has its ratio with an interval" "$out/with.json" \
        '(.workloads | length) == 4 and all(.workloads[]; .engine == "xdmad" and .ratio.n == 6 and .ratio.low > 0 and .ratio.low <= .ratio.high)'
    check_json "every latency was measured" "$out/with.json" \
        'all(.legs[].lat_ns; .min > 0 and .min <= .p50 and .p50 <= .p99 and .p99 <= .max)'
    # shellcheck disable=SC2016 # jq's
    check_json "a leg's rate is its blocks' bytes over its mean latency" "$out/with.json" \
        '([.workloads[] | {key: .name, value: .block_bytes}] | from_entries) as $block |
            all(.legs[]; ($block[.workload] * 1e9 / .lat_ns.mean / .bw_bytes_per_sec - 1 | fabs) < 0.001)'
    # shellcheck disable=SC2016 # jq's
    check_json "it wrote no more than its plan said, the file's making and 1 MiB of the file system's own" \
        "$out/with.json" '$told[0].plan as $plan | .bytes |
            .planned_write == $plan.bytes_written and .kernel_written >= $plan.bytes_written and
            .kernel_written <= $plan.bytes_written + $plan.target_bytes + 1048576' --slurpfile told "$out/plan.json"
    check_json "its series are its own: no figure of another run has its workloads" "$out/history.json" \
        '[.runs[] | select(.figures) | [.figures[].workload | startswith("granted-")] | unique] == [[true], [false]]'
    check_json "a run of fio's engine told that" "$out/own.json" 'all(.legs[]; .engine == "fio")'
    check "the metrics keep the figures of Dom0's own pages" \
        grep -q '^xdmad_bench_ratio{workload="seq-read-64k-qd4"' "$out/with.metrics"
    check "and have none of granted ones" lacks granted- "$out/with.metrics"
    check_json "no fio was wanted, and its environment tells none" "$out/with.json" \
        '.environment | has("kernel_release") and (has("fio") | not)'
    check_json "where fio did the I/O it is told" "$out/own.json" '.environment.fio | startswith("fio-")'
    check "compared with fio's run nothing is judged" grep -qx 4 "$out/compare.status"
    check_json "and that one of them used none is no difference of theirs" "$out/compare.json" \
        '(.differences | type) == "array" and all(.differences[]; .fact != "fio")'
    check "no run of fio's is chosen to compare with" grep -qx 4 "$out/by.status"
    check "and that none pairs is said" grep -q 'no run with another value of that has a figure' "$out/by.txt"
    check "the text says whose I/O it was" grep -q "xdmad's own I/O" "$out/with.txt"
    check "the evidence is sealed" grep -qx 0 "$out/seal.status"
    check "no trace instance is left behind" is_empty "$out/instances"
    check "no page is left granted" grep -qx 0 "$out/rmmod.status"
    echo "# $suite: $(jq -c '[.workloads[] | {name, ratio: .ratio.estimate}]' "$out/with.json")"
done
tap_end
