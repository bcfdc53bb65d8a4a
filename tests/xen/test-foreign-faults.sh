#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Legs on granted pages on a medium at fault: an I/O that fails, and an fsync that fails behind writes
# that did not. Neither is ever a pass, each is named, and no page is left granted.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# ends NAME: what holds of each
ends() {
    check "$1: ends with 4" grep -qx 4 "$out/$1.status"
    check_json "$1: it is inconclusive, and every leg was run" "$out/$1.json" \
        '.verdict == "inconclusive" and (.legs | length) > 0 and all(.legs[]; .ran)'
}

# verifies NAME: and of a verify
verifies() {
    ends "$1"
    check "$1: the evidence alone gives the same verdict" grep -qx 4 "$out/$1.replayed.status"
    check_json "$1: and the same report" "$out/$1.replayed" '.replay.identical'
    check "$1: faults were made" grep -qE '^[0-9]+ [1-9]' "$out/$1.counts"
}

left_behind() {
    check "no trace instance is left behind" is_empty "$out/instances"
    check "no page is left granted" grep -qx 0 "$out/rmmod.status"
}

# the legs that the rule of results names
gate='[.reasons[] | select(.rule == "fio-gate") | .evidence[]]'
fsync='foreign-(direct|bounce): all blocks were written, but the flush behind them failed .fsync.: Input/output error; what of them is on the card is not known$'

in_dom0 foreign-faults.sh --board wide --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "the bench before the faults ends with 0" grep -qx 0 "$out/first.status"

ends data
check "data: faults were made" grep -qE '[1-9]' "$out/data.counts"
check_json "data: each leg that failed says where" "$out/data.json" \
    "$gate | length > 0 and all(.[]; test(\"foreign-(direct|bounce): the I/O at offset [0-9]+ failed: Input/output error$\"))"

verifies journal
check_json "journal: the fsync behind the first leg failed, and is named" "$out/journal.json" \
    "$gate | length > 0 and (.[0] | startswith(\"leg 0, \")) and all(.[]; test(\"$fsync\"))"

verifies inode
check "inode: somebody else's fsync fails as well" grep -qx 1 "$out/inode.sync"
check_json "inode: every leg that writes from granted pages failed so, and no other" "$out/inode.json" \
    "([.legs[] | select(.gate.passed | not)] | length == 4 and all(.[]; .writes and (.path | startswith(\"foreign-\")))) and
        ($gate | length == 4 and all(.[]; test(\"$fsync\")))"
check_json "inode: no block that one of them wrote is taken for verified, none for damaged" "$out/inode.json" \
    '[.matrix[] | select(.writer | startswith("foreign-"))] | length == 8 and all(.[]; .state == "incomplete" and .legs_counted == 0 and .bad_blocks == 0)'
check_json "inode: what others wrote is" "$out/inode.json" \
    '[.matrix[] | select(.writer | startswith("foreign-") | not)] | length == 13 and all(.[]; .state == "verified")'
check "inode: the text says it" sh -c "tr -s ' \n' ' ' <'$out/inode.txt' | grep -q 'the flush behind them failed (fsync): Input/output error'"

left_behind

# Linux 6.12 shuts the file system down, so that the target cannot be opened again.
rm -rf "${out:?}"/*
in_dom0 foreign-journal.sh --board wide --fault --suite trixie
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
verifies journal
check_json "journal: the fsync behind the first leg failed, and is named" "$out/journal.json" "$gate | .[0] | test(\"^leg 0, .*$fsync\")"
check_json "journal: so is that legs on granted pages were let in no more" "$out/journal.json" \
    '[.legs[] | select((.path | startswith("foreign-")) and .gate.passed == false and .index > 0) | .gate.reasons[0]] |
        ([.[] | select(. == "the target could not be opened again, so nothing was moved: Input/output error")] | length) > 8 and
        all(.[]; test("^(the target could not be opened again|the I/O at offset [0-9]+ failed|all blocks were written, but the flush)"))'
left_behind
tap_end
