# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by tests of a whole verify: what holds of every one that passed. Needs lab-test.sh.

# check_verify: the run of guest/verify.sh, on whatever board and suite
check_verify() {
    check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "verify ends with 0" grep -qx 0 "$out/verify.status"
    check_json "the verdict is pass" "$out/report.json" \
        '.kind == "verify" and .verdict == "pass" and (.reasons | length) == 0'
    check_json "all four cells are verified, of as many blocks each" "$out/report.json" \
        '[.matrix[] | .state == "verified" and .bad_blocks == 0 and .blocks == 844] == [true, true, true, true]'
    check_json "every leg is proved on the path it was planned for" "$out/report.json" \
        '(.legs | length) == 30 and all(.legs[]; .counts and .proof.state == "proved" and .proof.proved == .path)'
    check_json "it wrote what its plan said, the making of the file, and little more" "$out/report.json" \
        '.bytes | .kernel_written >= .planned_write and .kernel_written < .planned_write + 8388608'
    check_json "the plan told before is the plan that was run" "$out/plan.json" \
        '.plan.kind == "verify" and .plan.bytes_written == 25427968 and (.plan.legs | length) == 30'
    check_json "the run is kept as a verify that passed" "$out/history.json" \
        '.runs[0] | .kind == "verify" and .verdict == "pass"'
    check "the evidence is as it was sealed" grep -qx 0 "$out/seal.status"
}
