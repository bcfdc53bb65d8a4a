#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bench on granted pages, on both suites: pairs of foreign-direct and foreign-bounce, each leg proved
# on its path, figures that are never taken for fio's; without the module the reason.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=foreign-checks.sh
. "$top/tests/xen/foreign-checks.sh"

for suite in bookworm trixie; do
    rm -rf "${out:?}"/*
    in_dom0 bench-foreign.sh --suite $suite --board wide
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "fio cannot be run" grep -q 'no fio in' "$out/nofio.txt"
    check "without the module it is inconclusive" grep -qx 4 "$out/without.status"
    check_json "and says why, of both paths, and how to have them" "$out/without.json" \
        '.run.reason | test("^no granted pages on either path. Foreign-direct: .*modprobe xen-gntalloc.* Foreign-bounce: .*modprobe xen-gntalloc")'
    check "with it the bench ends with 0" grep -qx 0 "$out/with.status"
    check_foreign_bench "$out/with.json" "$out/plan.json" frame
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
