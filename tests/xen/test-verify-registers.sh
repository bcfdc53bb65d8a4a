#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Small transfers: registers that are read again between the legs of a run, and come wrong without an
# error while every block is right, are corruption, in a verify and in a bench.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 verify-registers.sh --board wide --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
for kind in verify bench; do
    # shellcheck disable=SC2016 # awk's
    check "$kind: faults were made" awk '{ exit !($2 > 10) }' "$out/$kind.counts"
    check "$kind: ends with 3" grep -qx 3 "$out/$kind.status"
    check_json "$kind: for the registers" "$out/$kind.json" \
        '.verdict == "corruption" and .reasons[0].rule == "registers" and (.reasons[0].observed | test("the card.s scr"))'
    check_json "$kind: the section tells of each register" "$out/$kind.json" \
        '.registers | .state == "different" and ([.read[].register] == ["scr", "ssr", "status"]) and
            all(.read[]; .reads > 90) and any(.read[]; .different > 10 and (.kinds | keys == ["flips"]))'
    check_json "$kind: it is a finding" "$out/$kind.json" 'any(.findings[]; .id == "REG-01" and .severity == "critical")'
    check_json "$kind: every leg counts all the same" "$out/$kind.json" 'all(.legs[]; .counts)'
    check "$kind: it was told while the run went on" grep -q 'small transfers are damaged' "$out/$kind.err"
    check_json "$kind: nothing is written to the card" "$out/$kind.latched.json" '(.corrupt_cards | length) == 1'
done
check_json "verify: every cell is verified" "$out/verify.json" 'all(.matrix[]; .state == "verified")'
check "the evidence alone gives the same verdict" grep -qx 3 "$out/replayed.status"
check_json "and the same report" "$out/replayed.json" '.replay.identical and .registers.state == "different"'
tap_end
