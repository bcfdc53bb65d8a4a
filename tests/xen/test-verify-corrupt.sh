#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verify where the bounce path flips a bit of every eighth copy from the device: the verdict, where it
# says the fault is, what becomes of the card, and the verdict again from the evidence alone.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 verify-corrupt.sh --board wide --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
# shellcheck disable=SC2016
check "the fault was made" awk '{ exit !($2 > 100) }' "$out/counts"
check "verify ends with 3" grep -qx 3 "$out/verify.status"
check_json "the verdict is corruption, and its first reason says where" "$out/report.json" \
    '.verdict == "corruption" and .reasons[0].rule == "bytes"'
check_json "pinned to the bounce path, from the device" "$out/report.json" \
    '.conclusion | .path == "bounce" and .direction == "from-device"'
check_json "what direct reads is right, what bounce reads is not, whoever wrote it" "$out/report.json" \
    '[.matrix[:4][].state] == ["verified", "corrupt", "verified", "corrupt"]'
check_json "requests across the window's edge have it in the pages that bounce, and in no other" "$out/report.json" \
    '[.legs[] | select(.path == "mixed") | .check.mixed_bad_pages // empty] | length > 0 and all(.direct == 0 and .bounce > 0)'
check_json "every bad page is a flipped bit" "$out/report.json" \
    '.conclusion.bad_pages_by_class | keys == ["bit-flips"]'
check_json "the same bit of every eighth page" "$out/report.json" \
    '.conclusion.pattern | test("every 8th") and test("bit 3 of byte 100")'
check_json "read again, the medium is right" "$out/report.json" \
    '[.legs[].check.blocks[]?.medium] | length > 0 and all(. == "right")'
check_json "nothing was written beside the blocks" "$out/report.json" \
    'all(.legs[]; .check.canaries.checked and .check.canaries.stray_bytes == 0)'
check_json "it wrote what its plan said, the making of the file, and little more" "$out/report.json" \
    '.bytes | .kernel_written >= .planned_write and .kernel_written < .planned_write + 8388608'
check "the evidence is as it was sealed" grep -qx 0 "$out/seal.status"
check "bytes received and expected are kept" sh -c \
    "grep -q '[.]received\$' '$out/evidence.list' && grep -q '[.]expected\$' '$out/evidence.list'"
check "damage is told while the run goes on" grep -q 'not as they were written' "$out/verify.err"
check "the evidence alone gives the same verdict" grep -qx 3 "$out/replayed.status"
check_json "and the same place" "$out/replayed.json" \
    '.verdict == "corruption" and .conclusion.path == "bounce" and .conclusion.direction == "from-device"'
# on another machine: this one, another architecture, without any store, and the evidence alone
another=$(mktemp -d)
trap 'rm -rf "$out" "$another"' EXIT
tar -C "$another" -xf "$out/evidence.tar"
make -C "$top" -s -j2 all >"$out/make" 2>&1 || cat "$out/make"
HOME=$another/home XDMAD_STATE_DIRECTORY=$another/none XDMAD_RUNTIME_DIRECTORY=$another/run \
    XDMAD_BINARY=$top/build/xdmad "$top/build/xdmactl" --exec --json verify --replay "$another/evidence" \
    >"$out/another.json" 2>"$out/another.err"
echo $? >"$out/another.status"
check "on another machine the evidence gives the same verdict" grep -qx 3 "$out/another.status"
# shellcheck disable=SC2016 # jq's
check_json "word for word" "$out/another.json" \
    '.replay.identical and .conclusion == $there[0].conclusion and .matrix == $there[0].matrix' --slurpfile there "$out/report.json"
check "a bench on the card is refused" grep -qx 5 "$out/bench.status"
check "and says how it is released" grep -q 'verify --clear' "$out/bench.txt"
check_json "status tells of the card" "$out/status.json" '(.corrupt_cards | length) == 1'
check "the card is released" grep -qx 0 "$out/cleared.status"
check_json "by its CID" "$out/cleared.json" '(.cleared | length) == 1'
check "without the fault verify ends with 0" grep -qx 0 "$out/healed.status"
tap_end
