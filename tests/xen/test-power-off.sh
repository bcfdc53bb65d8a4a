#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The power goes in the middle of a verify, and the same card starts again: its run is interrupted,
# never a pass, no record is torn, and nothing outside the target has changed: of a file system what
# lies beside the file, of a raw card every byte behind the region.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
image=$(mktemp)
trap 'rm -rf "$out" "$image"' EXIT

rm -f "$image"
in_dom0 power-off.sh --board wide --card-file "$image"
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "fio was at work when the power went" [ -s "$out/fio" ]
check "the run was not over" lacks -qi -e pass -e verdict "$out/verify.err"
before=$(cat "$out/before.sha256")

in_dom0 power-on.sh --board wide --card-file "$image"
check "the card starts again" [ "$lab_status" -eq 0 ]
check_json "its run is interrupted, without a verdict" "$out/history.json" \
    '(.runs | length) == 1 and (.runs[0] | .kind == "verify" and .state == "interrupted" and .verdict == null)'
check_json "what it may have written is charged" "$out/status.json" '.written_bytes_today > 25427968'
check_json "no card is called corrupt" "$out/status.json" '(.corrupt_cards | length) == 0'
check "no record is torn, no database damaged" is_empty "$out/torn"
check "it has left no evidence that could be taken for whole" is_empty "$out/evidence"
check "show says interrupted" grep -q interrupted "$out/show.txt"
check "what lies beside the target is as it was" [ "$(cat "$out/after.sha256")" = "$before" ]
check "the file system has found no error" is_empty "$out/ext4"
check "the next verify passes" grep -qx 0 "$out/again.status"
check "and leaves it as it was, too" [ "$(cat "$out/again.sha256")" = "$before" ]

head -c 67108864 /dev/urandom >"$image"
cp "$image" "$image.before"
trap 'rm -rf "$out" "$image" "$image.before"' EXIT
rm -f "$out"/fio "$out"/verify.err
in_dom0 power-off.sh --board wide --card blank --card-size 64M --card-file "$image"
check "raw: the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "raw: fio was at work when the power went" [ -s "$out/fio" ]
check "raw: the region was written" sh -c "! cmp -s -n 6291456 '$image' '$image.before'"
check "raw: every byte behind it is as it was" cmp -i 6291456 "$image" "$image.before"
tap_end
