#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A verify finds a fault of each kind that one path can have, says whose it is and which way, and what
# became of the bytes; a few of those that `make bench-faults` makes.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

faults=(flip-to skip-from shift-to partial-from)
"$top/tests/bench/faults" --clean 1 "${faults[@]/#/--only=}" --out "$out/faults" >"$out/table" 2>"$out/table.err"
status=$?
tail -n 5 "$out/table.err" | sed 's/^/# /'
sed 's/^/# /' "$out/table"
for fault in "${faults[@]}"; do
    # columns: fault, how many were made, detected, pinned, classed
    check "$fault: made, found, placed, named" grep -qE "^$fault +[1-9][0-9]* +yes +yes +yes " "$out/table"
    check "$fault: ends with 3" grep -qx 3 "$out/faults/$fault.status"
    check_json "$fault: says in a sentence what is wrong, and what to do" "$out/faults/$fault.json" \
        '(.conclusion.sentence | length) > 40 and (.conclusion.remedy | length) > 40'
done
check "without a fault it ends with 0" grep -qx 0 "$out/faults/clean-1.status"
check "and the goals are met" [ "$status" -eq 0 ]
tap_end
