#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a real Dom0: a delay in the bounce path alone makes the alert of a real Prometheus fire, for bounce
# and not for direct, and its end ends it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=history-alerts.sh
. "$top/tests/xen/history-alerts.sh"

in_dom0 alerts.sh --board wide --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
for state in clean slow recovered; do
    check "promtool takes the metrics: $state" sh -c "promtool check metrics <'$out/metrics-$state.txt'"
done
check_alerts
tap_end
