#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A verify in which something dies or runs out: never a pass, never a torn record, never corruption
# that was none, and nothing but the target written.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 verify-deaths.sh --board wide
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "fio killed in a leg: inconclusive" grep -qx 4 "$out/fio.status"
check_json "the record says so" "$out/fio.json" '.runs[0] | .kind == "verify" and .verdict == "inconclusive"'
check "the daemon killed: no verdict" lacks -qx -e 0 -e 3 "$out/daemon.status"
check_json "its run is interrupted" "$out/daemon.json" '.runs[0] | .state == "interrupted" and .verdict == null'
check "no room for the evidence: no pass, no corruption" lacks -qx -e 0 -e 3 "$out/full.status"
check "and it says what is full" grep -qi -e 'full' -e 'no space' "$out/full.txt" "$out/full.err"
check "a pulled card: inconclusive" grep -qx 4 "$out/pulled.status"
check_json "and no corruption" "$out/pulled.json" '.runs[0] | .verdict == "inconclusive"'
for death in fio daemon full pulled; do
    check "$death: no fio is left" is_empty "$out/$death.fio"
    check "$death: no half evidence is left" is_empty "$out/$death.half"
done
check "a file beside the target is as it was" grep -qx precious "$out/precious"
tap_end
