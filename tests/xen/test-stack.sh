#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A card beneath the device mapper is still that card where pages are handed down, and is left alone
# where they are not; a medium that is at fault there is told from both paths.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# says NAME STATUS TEXT
says() {
    check "$1: ends with $2" grep -qx "$2" "$out/$1.status"
    check "$1: says why" sh -c "tr -s ' \n' ' ' <'$out/$1.txt' | grep -qE \"$3\" || { cat '$out/$1.txt'; false; }"
}

in_dom0 stack.sh --board wide --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "linear: ends with 0" grep -qx 0 "$out/linear.status"
check_json "linear: the card is found beneath the mapping" "$out/linear.json" \
    '.verdict == "pass" and .target.kind == "file" and .target.block == "mmcblk0" and (.target.cid | test("^aa5859"))'
check_json "linear: each path is proved, also its bounced bytes" "$out/linear.json" \
    'all(.legs[]; .proof.state == "proved" and .proof.proved == .path)'
check "corrupt: faults were made" grep -qE '^[0-9]+ [1-9][0-9]*$' "$out/corrupt.counts"
check "corrupt: ends with 3" grep -qx 3 "$out/corrupt.status"
check_json "corrupt: it is the medium, and no path" "$out/corrupt.json" \
    '.verdict == "corruption" and .conclusion.direction == "medium" and .conclusion.path == "unknown"'
says raw 5 'mmcblk0 is mounted|held by dm-'
says crypt 4 "of kind 'crypt'"
says default 4 'no file system of mmcblk0 is mounted'
check "crypt: nothing was made there" lacks -v lost+found "$out/crypt.files"
tap_end
