#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A plain Debian machine under systemd, without Xen: the daemon is at home there as well.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

in_dom0 plain.sh --board bare --boot systemd
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "systemctl start" grep -qx active "$out/start"
check "status ends with 0" grep -qx 0 "$out/status.status"
check_json "mode is bare-metal" "$out/status.json" '.mode == "bare-metal"'
check_json "that there is no Xen is no missing evidence" "$out/inspect.json" \
    '(.xen.present | not) and .xen.unknown == [] and all(.findings[]; .id != "ENV-01")'
check "the doctor ends with 0" grep -qx 0 "$out/doctor.status"
check "it stops cleanly" grep -qx inactive "$out/stop"
check "the journal has no warning but of the RAM out of reach" \
    lacks -v '^finding MEM-01, warn, ' "$out/journal"
tap_end
