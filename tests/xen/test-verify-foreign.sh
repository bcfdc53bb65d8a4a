#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Granted pages in verify's matrix, on both suites: sixteen cells, each leg proved on its path, every
# address translated; without the module the reason, and the matrix of Dom0's own pages.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=foreign-checks.sh
. "$top/tests/xen/foreign-checks.sh"

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
    check_foreign_verify "$out/with.json" "$out/with.plan.json" frame
    source=swiotlb:swiotlb_bounced
    [ $suite = bookworm ] || source=dma:dma_map_sg
    check_json "by the kernel's own events of what it has: $source" "$out/with.json" \
        "all(.legs[] | select(.path == \"foreign-direct\"); .proof.source == \"$source\")"
    check "the evidence alone gives the same verdict" grep -qx 0 "$out/replayed.status"
    check_json "and the same report" "$out/replayed.json" '.replay.identical'
    check "the text shows the cells" grep -q 'foreign-bounce  foreign-direct' "$out/with.txt"
    check "no trace instance is left behind" is_empty "$out/instances"
    check "no page is left granted" grep -qx 0 "$out/rmmod.status"
done
tap_end
