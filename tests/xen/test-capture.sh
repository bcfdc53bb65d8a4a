#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A captured Dom0 answers as the Dom0 did, Xen's hypercalls included: board wide, and board offset,
# whose card is dead and whose log and device tree say why.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# same NAME JQ_EXPRESSION: it gives the same of NAME.json and of NAME-captured.json
same() {
    check "$1 is the same of host and capture: $2" sh -c "
        jq -S '$2' '$out/$1.json' >'$out/here' && jq -S '$2' '$out/$1-captured.json' | diff '$out/here' -"
}

for board in wide offset; do
    in_dom0 capture.sh --board "$board"
    check "$board: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "capture ends with 0" grep -qx 0 "$out/capture.status"
    check_json "nothing is missing" "$out/capture.json" '.schema == 1 and .bytes > 40000 and .missing == []'
    check "tar unpacks it" grep -qx 0 "$out/tar.status"
    check_json "the host is a Dom0" "$out/inspect.json" '.mode == "xen-dom0" and (.devices | length) == 1'
    # what moves on while two commands run: the pool's fill, Xen's free heap, Dom0's used time
    same inspect 'del(.seen_boottime_usec, .devices[].card.reread.seen_boottime_usec, .pool.used_slots, .xen.physinfo, .xen.numa, .xen.domain, .findings)'
    same inspect '.xen.physinfo | keys'
    same inspect '.xen.domain | keys'
    same doctor '[.findings[] | {id, severity, device, explanation, remedy}]'
    check "doctor ends alike" cmp "$out/doctor.status" "$out/doctor-captured.status"
    check "nothing of the kernel's command line is in it but swiotlb=" \
        sh -c "! tar -xOf '$out/host.tar' proc/cmdline | tr ' ' '\n' | grep -v '^swiotlb=' | grep ."
    check "bugreport ends with 0" grep -qx 0 "$out/bugreport.status"
    check "bugreport stays under 80 columns" lacks -nE '.{80}' "$out/bugreport.txt"
    check "bugreport names board, kernel and Xen" \
        sh -c "grep -q '^board' '$out/bugreport.txt' && grep -q '^kernel  *Linux version' '$out/bugreport.txt' && grep -q '^Xen  *4[.]' '$out/bugreport.txt'"
done
tap_end
