#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Facts and last verdict in xenstore under /tool/xdmad, for Dom0 alone; a xenstored that is stopped
# holds nobody up, and one that is started again is told anew.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# shellcheck disable=SC2317 # called through check
# dom0_alone FILE: a listing of xenstore-ls -fp whose every node is Dom0's, with no right for others
dom0_alone() {
    [ -s "$1" ] && ! grep -vE '   \(n0\)$' "$1"
}

in_dom0 publish.sh --board wide --boot systemd
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "all that was waited for came" [ ! -e "$out/missed" ]
check "the running daemon says so" grep -q '^/tool/xdmad/state = "running"' "$out/started.ls"
check "mode, kernel and Xen are the host's" \
    sh -c "grep -qx xen-dom0 '$out/host-mode' && [ \"\$(jq -r .environment.kernel_release '$out/inspect.json')\" = \"\$(cat '$out/host-kernel')\" ] && [ \"\$(jq -r .xen.version '$out/inspect.json')\" = \"\$(cat '$out/host-xen')\" ]"
check "the share of RAM out of reach is inspect's" grep -qx 0.0833 "$out/device-mmc0-share_bounce"
check "the findings are counted and listed" \
    sh -c "grep -qx 1 '$out/findings-warn' && grep -q '^MEM-01 warn 0000:00:01.0, ' '$out/findings-list'"
check "the time is told" grep -qE '^[0-9]{10}$' "$out/published"
check "a refused run ends with 5" grep -qx 5 "$out/bench.status"
check "its verdict and reason are there" \
    sh -c "grep -q '^/tool/xdmad/run/verdict = \"refused\"' '$out/refused.ls' && grep -q '^/tool/xdmad/run/reason = ' '$out/refused.ls'"
for when in started refused stopped restarted; do
    check "Dom0 alone may read it: $when" dom0_alone "$out/$when.ls"
done
check "a stopped daemon says so, and leaves what it knew" \
    sh -c "grep -qx stopped '$out/stopped' && grep -q '^/tool/xdmad/run/verdict = \"refused\"' '$out/stopped.ls'"
check "the next daemon knows the last verdict" grep -qx refused "$out/verdict-again"
check "status answers while xenstored is stopped" grep -qx 0 "$out/wedged.status"
check "systemctl stop is clean while xenstored is stopped" grep -qx success "$out/wedged-stop"
check "all that takes less than 15 seconds" \
    [ $(($(cat "$out/wedged-end") - $(cat "$out/wedged-begin"))) -lt 15 ]
check "the journal names xenstored" grep -q 'xenstore under /tool/xdmad: xenstored does not answer' "$out/journal"
check "a new xenstored is told again" grep -q '^/tool/xdmad/state = "running"' "$out/restarted.ls"
tap_end
