#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What hypercalls, the console ring and xenstore tell, against what Xen's own tool says; and that
# nothing waits where xenstored is stopped, killed or started again, or privcmd is gone.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

for suite in bookworm trixie; do
    in_dom0 xen-facts.sh --suite "$suite" --board wide
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    for look in whole stopped continued killed restarted no-privcmd; do
        check "inspect ends with 0: $look" grep -qx 0 "$out/$look.status"
    done
    check_json "nothing is unknown" "$out/whole.json" '.xen.unknown == []'
    check "the scheduler is the one that xl names" \
        sh -c "grep -qE \"^xen_scheduler *: \$(jq -r .xen.scheduler '$out/whole.json')\$\" '$out/xl-info'"
    check_json "one node has all of the memory" "$out/whole.json" \
        '.xen.numa | length == 1 and .[0].node == 0 and .[0].memory_bytes == 4294967296 and .[0].free_bytes < 2147483648 and .[0].distances == [20]'
    check_json "Dom0's banks are the RAM that Linux sees" "$out/whole.json" \
        '.xen.dom0_banks == .ram and (.ram | length) == 2'
    check "they are the banks of Xen's console" [ "$(grep -c 'BANK\[' "$out/xl-dmesg")" -eq 2 ]
    check_json "a stopped xenstored is named" "$out/stopped.json" \
        '.xen.unknown | length == 1 and (.[0] | test("^xenstore: no answer within"))'
    check_json "and all else is known" "$out/stopped.json" \
        '.xen.scheduler != null and .xen.domain.total_pages > 0 and .xen.domain.name == null'
    check "it costs less than 10 seconds" \
        [ $(($(cat "$out/stopped-end") - $(cat "$out/stopped-begin"))) -lt 10 ]
    check_json "when it goes on it answers" "$out/continued.json" '.xen.unknown == [] and .xen.domain.name == "Domain-0"'
    check_json "a dead xenstored is named" "$out/killed.json" '.xen.unknown | length == 1 and (.[0] | test("^xenstore: "))'
    check_json "a new one answers" "$out/restarted.json" '.xen.unknown == [] and .xen.domain.name == "Domain-0"'
    check_json "without privcmd each piece is named" "$out/no-privcmd.json" \
        '.mode == "xen-dom0" and (.xen.unknown | any(test("^hypercalls .*scheduler, NUMA nodes, console"))) and .xen.scheduler == null and .xen.numa == null'
done
tap_end
