# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Sourced by tests of runs on granted pages: what holds of every one that passed, on whatever board and
# suite. Needs lab-test.sh.

# check_foreign_proofs FILE N edge|frame: N legs on each path. "edge": a window leaves the frames of the
# bounce path out, so that the kernel shows none of them
check_foreign_proofs() {
    check_json "every leg is proved on the path it was planned for" "$1" \
        'all(.legs[]; .counts and .proof.state == "proved" and .proof.proved == .path)'
    check_json "granted pages out of the window bounced, every byte" "$1" \
        "[.legs[] | select(.path == \"foreign-bounce\")] | length == $2 and all(.[]; .proof.arena_bytes == .issued_bytes)"
    check_json "granted pages in it did not" "$1" \
        "[.legs[] | select(.path == \"foreign-direct\")] | length == $2 and all(.[]; .proof.arena_bytes == 0 and .proof.no_address_bytes == 0)"
    if [ "$3" = edge ]; then
        # shellcheck disable=SC2016 # jq's
        check_json "of those that bounced the trace shows no frame, and the proof says so" "$1" \
            'all(.legs[] | select(.path == "foreign-bounce"); .issued_bytes as $bytes | .proof.reason | endswith("; 0 of them are shown at the granted frames, \($bytes) at no address, being outside of every window"))'
    else
        # shellcheck disable=SC2016 # jq's
        check_json "of those that bounced the trace shows the frame of each byte" "$1" \
            'all(.legs[] | select(.path == "foreign-bounce"); .issued_bytes as $bytes | .proof.reason | endswith("; \($bytes) of them are shown at the granted frames"))'
    fi
}

# check_foreign_written FILE PLAN: by the kernel's own count
check_foreign_written() {
    # shellcheck disable=SC2016 # jq's
    check_json "it wrote no more than its plan said, the file's making and 1 MiB of the file system's own" \
        "$1" '$told[0].plan as $plan | .bytes |
            .planned_write == $plan.bytes_written and .kernel_written >= $plan.bytes_written and
            .kernel_written <= $plan.bytes_written + $plan.target_bytes + 1048576' --slurpfile told "$2"
}

# check_foreign_verify FILE PLAN edge|frame: a verify of the quick profile, and what it told before
check_foreign_verify() {
    check_json "the plan told before is the plan that was run" "$2" \
        '.plan | (.legs | length) == 64 and .foreign_direct and .foreign_bounce'
    check_json "both paths of granted pages were run" "$1" \
        'all(.paths[]; .state == "run") and (.paths | length) == 5 and .verdict == "pass" and (.legs | length) == 64'
    check_json "all sixteen cells are verified, and five of requests across the window's edge" "$1" \
        '(.matrix | length) == 21 and all(.matrix[]; .state == "verified" and .bad_blocks == 0 and
            .blocks >= (if .writer == "mixed" or .reader == "mixed" then 12 else 320 end))'
    check_foreign_proofs "$1" 10 "$3"
    check_json "the memory around every block was watched, and is as it was" "$1" \
        'all(.legs[]; .check.canaries.checked and .check.canaries.watched_bytes > 0 and .check.canaries.stray_bytes == 0)'
    check_foreign_written "$1" "$2"
}

# check_foreign_bench FILE PLAN edge|frame: the same of a bench
check_foreign_bench() {
    check_json "the plan has granted pages alone" "$2" \
        '.plan | .foreign and (.legs | length) == 48 and all(.legs[]; .path | startswith("foreign-"))'
    check_json "both paths of granted pages were run, and no other" "$1" \
        '.verdict == "pass" and (.paths | keys) == ["foreign-bounce", "foreign-direct"] and all(.paths[]; .state == "run")'
    check_json "every leg's engine is told" "$1" '(.legs | length) == 48 and all(.legs[]; .engine == "xdmad")'
    check_foreign_proofs "$1" 24 "$3"
    check_json "the disk's own count has every byte of each leg" "$1" \
        'all(.legs[]; .proof.disk_bytes >= .issued_bytes)'
    check_json "every workload has its ratio with an interval" "$1" \
        '(.workloads | length) == 4 and all(.workloads[]; .engine == "xdmad" and .ratio.n == 6 and .ratio.low > 0 and .ratio.low <= .ratio.high)'
    check_json "every latency was measured" "$1" \
        'all(.legs[].lat_ns; .min > 0 and .min <= .p50 and .p50 <= .p99 and .p99 <= .max)'
    # shellcheck disable=SC2016 # jq's
    check_json "a leg's rate is its blocks' bytes over its mean latency" "$1" \
        '([.workloads[] | {key: .name, value: .block_bytes}] | from_entries) as $block |
            all(.legs[]; ($block[.workload] * 1e9 / .lat_ns.mean / .bw_bytes_per_sec - 1 | fabs) < 0.001)'
    check_foreign_written "$1" "$2"
}
