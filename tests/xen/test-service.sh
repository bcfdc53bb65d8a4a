#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xdmad under systemd in Dom0: unit, sockets, rights, cancel, and its death in the middle of a leg.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 service.sh --board wide --boot systemd
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "systemctl start" grep -qx active "$out/start"
check "systemctl restart" grep -qx active "$out/restart"
check "systemctl stop" grep -qx inactive "$out/stop"
check "a call on the socket starts it" grep -qx active "$out/activated"
check_json "status tells mode and state directory" "$out/status.json" \
    '.mode == "xen-dom0" and .state_directory == "/var/lib/xdmad"'
check "the socket for everything is 0660 root:xdmad" grep -qx '660 root xdmad' "$out/sockets"
check "the public socket is 0666" grep -q '^666 root ' "$out/sockets"
check_json "anybody may read the status" "$out/public.json" '.schema == 1'
check "nobody but root and the group may start a run" grep -qx 5 "$out/public-bench.status"
check "systemd feeds on the watchdog" grep -qx 'WatchdogUSec=30s' "$out/show"
# shellcheck disable=SC2016
check "an idle daemon holds less than 12 MiB" awk '{ exit !($2 < 12288) }' "$out/rss"
check "a detached run is named" grep -qE '^[0-9a-f]{32}$' "$out/detached"
check_json "it runs without its client" "$out/running.json" '.running.state == "running"'
check_json "a cancelled run is shown as cancelled, without verdict" "$out/cancelled.json" \
    '.runs[0] | .state == "cancelled" and .verdict == null'
check "fio was at work when the daemon was killed" [ -s "$out/fio-before" ]
check "one second after kill -9 no fio is left" is_empty "$out/fio-after"
check "the client that waited is told: unreachable" grep -qx 6 "$out/killed.status"
check_json "after the restart the run is shown as interrupted, without verdict" "$out/interrupted.json" \
    '.runs[0] | .state == "interrupted" and .verdict == null and (.reason | test("ended"))'
check_json "a run that systemctl stop ended is interrupted as well" "$out/stopped.json" \
    '.runs[0] | .state == "interrupted" and .verdict == null'
check "no fio is left behind by it" is_empty "$out/fio-stopped"
check "no trace instance is left behind" is_empty "$out/instances"
check "the journal tells the end of the cancelled run once" \
    sh -c "[ \$(grep -c \"run \$(cat '$out/detached'): cancelled\" '$out/journal') -eq 1 ] || { cat '$out/journal'; false; }"
tap_end
