#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs by schedule in Dom0: two power cuts under a bench, then the timer and what its tries are
# answered. Three boots of one card.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

card=$(mktemp)
rm "$card" # made by the first boot
trap 'rm -rf "$out" "$card"' EXIT
for cut in first second; do
    in_dom0 schedule-cut.sh --board wide --card-file "$card"
    check "$cut boot: the power is cut under a bench" [ "$lab_status" -eq 0 ]
    cp "$out/before.json" "$out/$cut.json"
done
check_json "the first boot had no run before it" "$out/first.json" '.last == null and .schedule.unclean_boots == 0'
check_json "the second one knows that its host went down under a run" "$out/second.json" \
    '(.last.state == "interrupted" and (.last.reason | test("the host went down"))) and .schedule.unclean_boots == 1 and .schedule.latched == null'

in_dom0 schedule.sh --board wide --boot systemd --card-file "$card"
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "the timer is enabled" grep -qx enabled "$out/enabled"
check "and waits for its times" sh -c \
    "grep -qx ActiveState=active '$out/timer' && grep -q 'NextElapseUSecMonotonic=.' '$out/timer'"

# answers NAME CAUSE REGEX: a try that starts no run, and fails no unit
answers() {
    check "$1: the unit has not failed" sh -c \
        "grep -qx 0 '$out/$1.start' && grep -qx Result=success '$out/$1.unit' && grep -qx ExecMainStatus=5 '$out/$1.unit' || { cat '$out/$1.unit' '$out/$1.journal'; false; }"
    check "$1: why there was none" sh -c "grep -qE \"refused: .*$3\" '$out/$1.journal' || { cat '$out/$1.journal'; false; }"
    [ "$2" = interval ] || check_json "$1: is told by the status" "$out/$1.json" ".schedule.refused.cause == \"$2\""
}
answers off latched 'off, since the host went down 2 times in a row'
check_json "the doctor finds that" "$out/off-doctor.json" 'any(.findings[]; .id == "SCHED-01" and .severity == "warn")'
check "and the metrics tell it" grep -qx 'xdmad_schedule_off 1' "$out/off.prom"
check "it is released by hand" grep -q 'by schedule again' "$out/cleared"
answers boot boot 'the host has been up for .*, and for the first 10 min'
# shellcheck disable=SC2016
check "as it was" awk '{ exit !($1 < 600) }' "$out/uptime"
answers busy busy 'the host is not quiet: over 5 s mmcblk[0-9] was busy for'
check "the timer has a run made when the host is quiet" sh -c \
    "grep -qx Result=success '$out/ran.unit' && grep -qx ExecMainStatus=0 '$out/ran.unit' || { cat '$out/ran.unit'; tail -n 12 '$out/ran.journal'; false; }"
check_json "which went to its end, and is marked as one by schedule" "$out/ran.json" \
    '.runs[0] | .scheduled and .state == "done" and .verdict == "pass" and .legs_done == 48'
check_json "the runs before it are not" "$out/ran.json" '[.runs[1:][].scheduled] | length == 2 and all(. == null)'
check_json "nothing is told any more of tries before it" "$out/ran-status.json" \
    '.schedule.refused == null and .schedule.last.state == "done" and .schedule.unclean_boots == 0'
check "no two are decided on at a time" sh -c \
    "grep -qx 4 '$out/second.status' && grep -q 'another run by schedule is being decided on' '$out/second' || { cat '$out/second'; false; }"
answers spaced interval 'the last run ended .* ago, and runs by schedule are spaced 20 h apart'
answers budget budget 'MiB that the card.s wear may cost in 7 days'
check "budget: the journal has its cause, as of each other try" grep -q 'no bench by schedule now (budget): ' "$out/budget.journal"
tap_end
