#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Corruption reaches watchers and metrics within a second of being known, while the run goes on, and
# outlives the daemon, whether that is restarted or killed.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# within_a_second NAME: the moment in $out/NAME, in seconds since the boot, against what the event says
within_a_second() {
    local known
    known=$(jq .known_boottime_usec "$out/${1%.*}.event.json")
    awk -v known="$known" '{ usec = $1 * 1e6 - known; printf "%.0f ms\n", usec / 1000; exit !(usec > -20000 && usec < 1000000) }' \
        "$out/$1"
}

# said FILE LINE...: metrics have these lines
# shellcheck disable=SC2317 # check calls it
said() {
    local file=$1 line
    shift
    for line; do
        grep -qxF "$line" "$out/$file" || { echo "no line: $line"; grep -i corrupt "$out/$file"; return 1; }
    done
}

in_dom0 verify-told.sh --board wide --boot systemd --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
device=$(jq -r .target.device "$out/report.json")
corrupt="xdmad_card_corrupt{device=\"$device\",block=\"mmcblk0\"}"
check "before: no corruption" said before.prom "xdmad_corruption 0" "xdmad_corruptions_total 0" "$corrupt 0"
check "verify ends with 3" grep -qx 3 "$out/verify.status"
for run in told killed; do
    check_json "$run: the watcher hears the finding" "$out/$run.event.json" \
        '.event == "finding" and .finding.id == "CMP-02" and .verdict == "corruption" and .known_boottime_usec > 0'
    for where in watcher metrics textfile; do
        echo "# $run: known to $where: $(within_a_second "$run.$where")"
        check "$run: in $where within a second of being known" within_a_second "$run.$where"
    done
    check_json "$run: while the run goes on" "$out/$run.running.json" \
        '.running.kind == "verify" and .running.legs_done < .running.legs_total'
done
check "the metrics tell of it then" said told.prom "xdmad_run_in_progress 1" "xdmad_corruption 1" \
    "xdmad_corruptions_total 1" "xdmad_latched_cards 1" "$corrupt 1"
check "the next is counted" said killed.prom "xdmad_run_in_progress 1" "xdmad_corruptions_total 2" "$corrupt 1"

for name in restarted after; do
    check "$name: metrics still tell of it" said $name.prom "xdmad_run_in_progress 0" "xdmad_corruption 1" \
        "xdmad_latched_cards 1" "$corrupt 1" 'xdmad_last_run_verdict{kind="verify",verdict="corruption"} 1'
    check_json "$name: status tells of the card" "$out/$name.status.json" \
        '(.corrupt_cards | length) == 1 and .running == null and .last.verdict == "corruption"'
    check "$name: a bench on it is refused" grep -qx 5 "$out/$name.bench.status"
    check "$name: show tells of it" grep -qi corruption "$out/$name.show.txt"
done
check_json "restarted: history tells of it" "$out/restarted.history.json" \
    '.runs[0] | .state == "done" and .verdict == "corruption" and (.evidence | length) > 0'
check "restarted: show ends with 3" grep -qx 3 "$out/restarted.show.status"
check "the client of the killed daemon is told: unreachable" grep -qx 6 "$out/killed.status"
check_json "after kill -9 the run is interrupted, and a corruption" "$out/after.history.json" \
    '.runs[0] | .state == "interrupted" and .verdict == "corruption" and (.reason | test("not as they were written"))'
check "and both are counted" said after.prom "xdmad_corruptions_total 2"
tap_end
