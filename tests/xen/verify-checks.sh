# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by tests of a whole verify: what holds of every one that passed. Needs lab-test.sh.

# verify_in_dom0 [LAB_OPTION]...: guest/verify.sh on whatever board and suite; in $verify_wall_sec the
# wall time of its command, which is the verify's and a little more
verify_in_dom0() {
    in_dom0 verify.sh "$@"
    verify_wall_sec=$(sed -n 's/^lab: command ended with status .* after \([0-9]*\)[.].*/\1/p' "$out/console.err")
    echo "# verify: ${verify_wall_sec:=999} s of wall time; bytes: $(jq -c .bytes "$out/report.json");" \
        "of the disk's own count $((($(cat "$out/sectors.after") - $(cat "$out/sectors.before")) * 512)) written"
}

# check_verify edge|no-edge: the run of verify_in_dom0; "no-edge": where a page number is no frame, so that
# requests across the window's edge are planned, but not to be had
check_verify() {
    local legs=36 wrote=31719424
    [ "$1" != no-edge ] || legs=30 wrote=25427968
    check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "verify ends with 0" grep -qx 0 "$out/verify.status"
    check "in less than 3 minutes of wall time" [ "$verify_wall_sec" -lt 180 ]
    check_json "the verdict is pass" "$out/report.json" \
        '.kind == "verify" and .verdict == "pass" and (.reasons | length) == 0'
    check_json "all four cells are verified, of as many blocks each" "$out/report.json" \
        '[.matrix[] | select(.writer != "mixed" and .reader != "mixed") | .state == "verified" and .bad_blocks == 0 and .blocks == 844] == [true, true, true, true]'
    if [ "$1" = no-edge ]; then
        check_json "requests across the window's edge are not to be had, and the report says why" "$out/report.json" \
            '(.paths.mixed | .state == "unreachable" and (.reason | test("page number is no frame"))) and (.matrix | length) == 4'
    else
        check_json "so are five more, of requests across the window's edge" "$out/report.json" \
            '.paths.mixed.state == "run" and ([.matrix[] | select(.writer == "mixed" or .reader == "mixed") | .state == "verified" and .bad_blocks == 0 and .blocks == 12] == [true, true, true, true, true])'
        # shellcheck disable=SC2016 # jq's
        check_json "of those exactly the bytes in pages out of the window bounced" "$out/report.json" \
            '(.shapes[] | select(.mixed)) as $shape | ($shape.leg_bytes / $shape.block_bytes * $shape.mixed.bounce_bytes) as $bounce |
                [.legs[] | select(.path == "mixed") | .proof |
                    if .source == "swiotlb:swiotlb_bounced" then [.arena_bytes, .no_address_bytes] | max == $bounce or .no_address_bytes > $bounce
                    else .bounced_bytes == $bounce and .direct_bytes == $shape.leg_bytes - $bounce end] | length == 4 and all'
    fi
    # shellcheck disable=SC2016 # jq's
    check_json "every leg is proved on the path it was planned for" "$out/report.json" \
        '(.legs | length) == $legs and all(.legs[]; .counts and .proof.state == "proved" and .proof.proved == .path)' \
        --argjson legs "$legs"
    # shellcheck disable=SC2016 # jq's
    check_json "by fio's count it wrote what its plan said" "$out/report.json" \
        '.bytes.planned_write as $planned | $planned == $wrote and ([.legs[] | select(.writes) | .issued_bytes] | add == $planned)' \
        --argjson wrote "$wrote"
    # shellcheck disable=SC2016 # jq's
    check_json "by the kernel's no more than that, the making of the file, and 1 MiB of the file system's own" \
        "$out/report.json" '$told[0].plan as $plan | .bytes |
            .kernel_written >= .planned_write and
            .kernel_written <= .planned_write + $plan.target_bytes + 1048576' --slurpfile told "$out/plan.json"
    check "as the disk itself counted" [ $((($(cat "$out/sectors.after") - $(cat "$out/sectors.before")) * 512)) \
        -le $((wrote + 6291456 + 2097152)) ]
    check_json "the plan told before is the most that a verify runs" "$out/plan.json" \
        '.plan.kind == "verify" and .plan.bytes_written == 31719424 and (.plan.legs | length) == 36'
    check_json "the run is kept as a verify that passed" "$out/history.json" \
        '.runs[0] | .kind == "verify" and .verdict == "pass"'
    check "the evidence is as it was sealed" grep -qx 0 "$out/seal.status"
    check "verify leaves no trace instance behind" is_empty "$out/instances"
}
