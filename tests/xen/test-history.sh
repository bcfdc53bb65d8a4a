#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a real Dom0: twenty clean runs raise nothing; a delay in the bounce path alone is a regression of
# bounce and not of direct, by exit code, event, metrics, and an alert of a real Prometheus; its end is a
# recovery; another environment is said, not compared: in the same boot, and in another one.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=history-alerts.sh
. "$top/tests/xen/history-alerts.sh"

LAB_TIMEOUT=${LAB_TIMEOUT:-1100} in_dom0 history.sh --board wide --fault
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]

passed=0
for n in $(seq 20); do
    grep -qsx 0 "$out/bench-clean-$n.status" && passed=$((passed + 1))
done
check "twenty clean runs pass" [ "$passed" -eq 20 ]
check_json "the last of them was compared with all before" "$out/bench-clean-20.json" \
    '.verdict == "pass" and .history.like_runs == 19 and .history.changed == [] and (.history.series | length) == 3 and all(.history.series[]; .state == "no_change")'
check_json "with what each verdict is worth" "$out/bench-clean-20.json" \
    'all(.history.series[].verdict; .n == 20 and .noise > 0 and .autocorrelation >= 0 and .false_alarms_per_year >= 0 and .smallest_step > 0)'
check "no regression in metrics then" lacks 'xdmad_series_regressed{.*} 1$' "$out/metrics-clean.txt"
check "but series" grep -q 'xdmad_series_regressed{.*} 0$' "$out/metrics-clean.txt"

check "faults were made" sh -c "[ \"\$(cut -d' ' -f2 '$out/fault.counts')\" -gt 0 ]"
check "a delay in the bounce path ends with 1" grep -qx 1 "$out/bench-slow.status"
check_json "as a regression of bounce" "$out/bench-slow.json" \
    '.verdict == "regression" and any(.reasons[]; .rule == "regression" and (.observed | test("bounce: .*-")))'
check_json "and of the ratio" "$out/bench-slow.json" \
    'any(.history.series[]; .metric == "ratio" and .state == "regressed")'
check_json "and of nothing direct" "$out/bench-slow.json" \
    '(.history.series | map(select(.path == "direct")) | length) == 1 and all(.history.series[] | select(.path == "direct"); .state == "no_change") and all(.reasons[]; .observed | test(", direct") | not)'
check_json "each reason has its threshold, where that came from, and evidence" "$out/bench-slow.json" \
    'all(.reasons[]; .threshold != null and .threshold_source != null and (.evidence | length) >= 3)'
clean=$(jq -r .run "$out/bench-clean-20.json")
check "watchers hear nothing of a series while all is well" \
    sh -c "jq -se --arg last '$clean' '.[:([.[].run] | rindex(\$last)) + 1] | (map(select(.event == \"done\")) | length) >= 19 and all(.[]; (.series // []) == [] and (.recovered // []) == [])' '$out/watch.json'"
check "then a suspicion, with the run that is to decide it" \
    sh -c "jq -se 'any(.[]; .event == \"done\" and .verdict == \"inconclusive\" and .next != null)' '$out/watch.json'"
check "and the regression" \
    sh -c "jq -se 'any(.[]; .event == \"done\" and .verdict == \"regression\" and any(.series[]; .path == \"bounce\" and .state == \"regressed\"))' '$out/watch.json'"
check "of direct they hear nothing at all" \
    sh -c "jq -se 'all(.[]; all((.series // [])[]; .path != \"direct\"))' '$out/watch.json'"
check "and of the recovery" \
    sh -c "jq -se 'any(.[]; any((.recovered // [])[]; test(\"bounce\")))' '$out/watch.json'"
check "the log has both" sh -c "grep -q 'verdict regression: regression: ' '$out/daemon.log' && grep -q 'bounce: .* recovered\$' '$out/daemon.log'"
check "what has recovered passes" grep -qx 0 "$out/bench-after-$(cat "$out/after").status"

for state in clean slow recovered; do
    check "promtool takes the metrics: $state" sh -c "promtool check metrics <'$out/metrics-$state.txt'"
done
check "metrics show the regression of bounce" \
    grep -q 'xdmad_series_regressed{metric="throughput",workload="seq-read-64k-qd4",path="bounce"} 1' "$out/metrics-slow.txt"
check "and none of direct" \
    sh -c "! grep 'path=\"direct\"} 1\$' '$out/metrics-slow.txt' | grep -q xdmad_series_regressed"
check "in the node exporter's file as well" grep -q 'xdmad_last_run_verdict{kind="bench",verdict="regression"} 1' "$out/textfile-slow.txt"
check "and no more after the recovery" lacks 'xdmad_series_regressed{.*} 1$' "$out/metrics-recovered.txt"

check_alerts

check "another environment passes as a baseline of its own" grep -qx 0 "$out/bench-base.status"
check_json "and says so" "$out/bench-base.json" \
    '.history.like_runs == 0 and any(.history.changed[]; .fact == "pages") and (.history.notes[0] | test("CMP-01"))'
check "to a reader, too" grep -q 'CMP-01' "$out/show.txt"
check_json "history tells the change with that run" "$out/history.json" \
    '.runs[0].changed | any(.fact == "pages")'
check "comparing across it ends with 4" grep -qx 4 "$out/compare-unlike.status"
check "and tells what differs" sh -c "grep -q pages '$out/compare-unlike.txt' && grep -q CMP-01 '$out/compare-unlike.txt'"
check "like runs compare as the same" grep -qx 0 "$out/compare-like.status"
check "the slow run compares as worse" grep -qx 1 "$out/compare-slow.status"
check_json "in bounce, not in direct" "$out/compare-slow.json" \
    '.comparable and all(.rows[] | select(.path == "direct"); .changes[0].state == "same") and any(.rows[] | select(.path == "bounce"); .changes[0].state == "worse")'
check "one kernel alone is nothing to compare" grep -qx 4 "$out/compare-kernel.status"

# the same machine without Xen, with the state directory of the first boot
in_dom0 history-elsewhere.sh --board bare --put "$out/state.tar" --put "$out/bench-clean-20.json"
check "the second boot ran to its end" [ "$lab_status" -eq 0 ]
check "without Xen a run begins a baseline of its own" grep -qx 0 "$out/bench-elsewhere.status"
check_json "and names why" "$out/bench-elsewhere.json" \
    '.history.runs >= 20 and .history.like_runs == 0 and any(.history.changed[]; .fact == "boot_mode") and any(.history.changed[]; .fact == "memory_bytes") and (.history.notes[0] | test("CMP-01")) and all(.history.series[]; .state == "not_enough_data")'
check "only on purpose are both put side by side" grep -qx 0 "$out/compare-boot-mode.status"
check_json "by boot mode, with all that goes with it" "$out/compare-boot-mode.json" \
    '.comparable and .by == "boot-mode" and (.rows | length) == 3'
check "for a reader, too" grep -q 'compare by boot-mode' "$out/compare-boot-mode.txt"
tap_end
