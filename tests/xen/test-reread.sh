#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The failure of 2020 on a running card: small reads whose data does not arrive, or not as it was
# sent, and no error. The doctor finds it, says of which kind it is, and that responses are sound.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 reread.sh --board wide --card blank --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
for look in before after; do
    check "doctor ends with 0: $look" grep -qx 0 "$out/$look.status"
    check_json "each read is right: $look" "$out/$look.json" \
        '.findings | any(.id == "REG-01" and .severity == "info" and (.evidence | index("scr, by data DMA: 32 reads, 0 different")))'
done
for kind in stale zeros ones flips garbage; do
    check "faults were made: $kind" grep -qE "^$kind [1-9]" "$out/counts"
    check "doctor ends with 1: $kind" grep -qx 1 "$out/$kind.status"
    check_json "it is found, by its kind" "$out/$kind.json" \
        ".findings[0] | .id == \"REG-01\" and .severity == \"error\" and (.evidence | any(test(\"^scr, $kind: [0-9]+ reads\")))"
    check_json "while every response came" "$out/$kind.json" \
        '.findings[0] | (.evidence | index("status, by response: 32 reads")) and (.explanation | test("data path alone"))'
done
check_json "stale is said to be what the buffer held before" "$out/stale.json" '.findings[0].explanation | test("still held")'
tap_end
