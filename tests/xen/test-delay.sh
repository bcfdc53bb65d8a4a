#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where only the copy through the pool gets slower, only the bounce path's figures do.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# shellcheck disable=SC2016 # jq's and the inner shell's own variables
# moved PATH LOW HIGH: each workload's median throughput, slowed over before, lies between the two
moved() {
    check "$1: throughput is $2 to $3 of what it was" jq -ne --arg path "$1" --argjson low "$2" --argjson high "$3" \
        --slurpfile before "$out/before.json" --slurpfile slowed "$out/slowed.json" '
            [$before[0].workloads, $slowed[0].workloads] | transpose
            | map(.[1][$path].bw_bytes_per_sec.median / .[0][$path].bw_bytes_per_sec.median)
            | debug | length == 4 and all(.[]; . >= $low and . <= $high)'
}

in_dom0 delay.sh --board wide --card blank --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "both ended with 0" grep -qx 0 "$out/before.status" "$out/slowed.status"
# shellcheck disable=SC2016
check "copies were slowed, all of them" sh -c 'read -r seen made untold <"$1" && [ "$made" -gt 1000 ] && [ "$seen" = "$made" ]' sh "$out/counts"
check_json "the slower ones are still proved on their path" "$out/slowed.json" \
    '(.legs | length) == 48 and all(.legs[]; .proof.state == "proved" and .proof.proved == .path)'
moved bounce 0 0.6
moved direct 0.97 1.03
tap_end
