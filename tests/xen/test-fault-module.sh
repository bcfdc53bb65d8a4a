#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's own instrument: a fault that it says it made is one that fio sees, the way that was asked
# for, on both suites' kernels.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# line KIND WAY AWK_CONDITION on made, bad, after
# shellcheck disable=SC2317 # called by check
line() {
    awk -v kind="$1" -v way="$2" "\$1 == kind && \$2 == way { found = 1; made = \$3; bad = \$4; after = \$5; print; if (!($3)) exit 1 }
        END { if (!found) exit 1 }" "$out/faults"
}

for suite in bookworm trixie; do
    in_dom0 fault-module.sh --suite $suite --card blank --fault --no-project
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "no write failed" is_empty "$out/errors"
    check "without a fault no block is bad" line none - 'after == 0'
    for kind in flip zeros ones garbage skip partial shift misplace; do
        check "$kind to the device is on the medium" line $kind to-device 'made > 0 && bad > 0 && bad <= made && after == bad'
        check "$kind from the device is not" line $kind from-device 'made > 0 && bad > 0 && bad <= made && after == 0'
    done
    check "what each mapping was for could be told" grep -qE '^[0-9]+ [0-9]+ 0$' "$out/counts"
    check "a fault that can hit nothing counts none" grep -qx 0 "$out/too-large"
    check "a limit is kept" grep -qx 3 "$out/limited"
    check "what the kernel reads for itself can be hit" grep -qxE '[1-9][0-9]*' "$out/kernel-any"
    check "and be let alone" grep -qx 0 "$out/kernel-mapped"
    check "where a program's own memory is still hit" grep -qxE '[1-9][0-9]*' "$out/program-mapped"
    check "a fault of no such kind is refused" grep -qx 1 "$out/nonsense.status"
    check "the module leaves as it came" grep -qx 0 "$out/rmmod.status"
done
tap_end
