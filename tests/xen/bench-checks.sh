# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by tests of a whole bench: what holds of every report that passed. Needs lab-test.sh.

# check_bench_report FILE: 48 legs of the quick profile, each proved on its planned path
check_bench_report() {
    check_json "the verdict is pass" "$1" '.verdict == "pass" and (.reasons | length) == 0'
    check_json "48 legs were run, 24 on each path" "$1" \
        '(.legs | length) == 48 and ([.legs[] | select(.path == "direct")] | length) == 24'
    check_json "every leg is proved on the path it was planned for" "$1" \
        'all(.legs[]; .proof.state == "proved" and .proof.proved == .path)'
    check_json "no byte of the arena bounced on a direct leg" "$1" \
        'all(.legs[] | select(.path == "direct"); .proof.arena_bytes == 0 and .proof.no_address_bytes == 0)'
    check_json "no event was lost" "$1" 'all(.legs[]; .proof.lost == 0)'
    check_json "every workload has its ratio with an interval around it" "$1" \
        '(.workloads | length) == 4 and all(.workloads[].ratio; .low <= .estimate and .estimate <= .high and .n == 6 and .confidence >= 0.95)'
    check_json "the report says that an emulator's speed is no hardware's" "$1" \
        '.emulated and (.note | test("no hardware"))'
    check_json "the kernel counted what the plan wrote, and little more" "$1" \
        '.bytes.kernel_written >= .bytes.planned_write and .bytes.kernel_written < 1.3 * .bytes.planned_write'
    check_json "the card is named" "$1" '.target.cid | test("^aa5859")'
}
