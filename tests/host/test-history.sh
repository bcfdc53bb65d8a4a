#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a daemon tells of past runs: history, compare, metrics as promtool takes them, the node
# exporter's file; and that an idle one writes nothing. The runs are put into its store beforehand.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

mkdir -p "$scratch/state" "$scratch/textfile"
"$build/tests/bench/store-append" "$scratch/state" "$top/tests/golden/bench/report-pass.json" 12 >/dev/null
printf '[metrics]\ntextfile_directory = %s\n' "$scratch/textfile" >"$scratch/xdmad.conf"
daemon_options=(--config "$scratch/xdmad.conf")
start_daemon

ctl history --json history
ends history 0
check_json "12 runs with their figures" "$scratch/history.out" \
    '.schema == 1 and (.runs | length) == 12 and all(.runs[]; (.figures | length) == 28 and .environment.card != null)'
check_json "newest first, and nothing changed between them" "$scratch/history.out" \
    'all(.runs[0:11][]; .changed == []) and (.runs[11] | has("changed") | not)'
ctl text history
check "as text with the rates of the first workload" grep -q 'Figures of seq-read-64k-qd4' "$scratch/text.out"
ctl workload history rand-read-4k-qd1 --limit 3
check "or of another one" grep -q 'Figures of rand-read-4k-qd1' "$scratch/workload.out"
ctl none history seq-read-1k
ends none 2

ctl compare --json compare
ends compare 0
check_json "the last run is compared with the one before" "$scratch/compare.out" \
    '.comparable and .verdict == "pass" and (.sides | length) == 2 and (.rows | length) == 12'
first=$(jq -r '.runs[11].id' "$scratch/history.out")
ctl prefix --json compare "${first:0:8}" last
check_json "a run is named by the beginning of its id" "$scratch/prefix.out" ".sides[0].run.id == \"$first\""
ctl short compare "${first:0:3}" last
ends short 2
ctl kernel compare --by kernel
ends kernel 4
check "one kernel alone is nothing to compare" grep -q 'nothing to compare with' "$scratch/kernel.err"
ctl weather compare --by weather
ends weather 2
ctl show --json show "${first:0:8}"
ends show 0

ctl metrics metrics
ends metrics 0
check "promtool takes the metrics" sh -c "promtool check metrics <'$scratch/metrics.out'"
check "no more than 200 samples" sh -c "[ \$(grep -vc '^#' '$scratch/metrics.out') -le 200 ]"
check "the last run is there" grep -q 'xdmad_last_run_verdict{kind="bench",verdict="pass"} 1' "$scratch/metrics.out"
check "and its rates" grep -q 'xdmad_bench_throughput_bytes_per_second{workload="rand-write-4k-qd1",path="bounce"}' "$scratch/metrics.out"
for _ in $(seq 100); do
    [ -s "$scratch/textfile/xdmad.prom" ] && break
    sleep 0.1
done
check "the node exporter's file is written when findings are new" \
    sh -c "promtool check metrics <'$scratch/textfile/xdmad.prom'"
check "for anybody to read, and nothing beside it" \
    sh -c "[ \"\$(stat -c %a '$scratch/textfile/xdmad.prom')\" = 644 ] && [ \"\$(ls -A '$scratch/textfile')\" = xdmad.prom ]"

# every file of the daemon's with its size and time, and what it has sent to a disk
written() {
    find "$scratch/state" "$scratch/textfile" -printf '%p %s %T@\n' | sort
    grep -E '^(cancelled_)?write_bytes' "/proc/$daemon/io"
}
written >"$scratch/before"
for n in $(seq 10); do
    ctl "again-$n" metrics
    ctl "status-$n" --json status
done
sleep 3
written >"$scratch/after"
check "an idle daemon that is asked writes nothing" cmp "$scratch/before" "$scratch/after"
end_daemon
check "it ends cleanly, with nothing leaked" [ "$daemon_status" -eq 0 ]
check "it said nothing of an internal fault" lacks -E 'Sanitizer|runtime error' "$scratch/daemon.err"

printf '[metrics]\ntextfile_directory = %s\ntextfile_refresh_sec = 1\n' "$scratch/textfile" >"$scratch/xdmad.conf"
rm -f "$scratch/textfile/xdmad.prom"
start_daemon
# of new findings it is written once; the other times only time brings it back
for _ in 1 2 3; do
    for _ in $(seq 200); do
        [ -s "$scratch/textfile/xdmad.prom" ] && break
        sleep 0.1
    done
    mv "$scratch/textfile/xdmad.prom" "$scratch/refreshed" || break
    renewed=$((${renewed:-0} + 1))
done
check "a daemon that has no news writes it all the same, in its time" [ "${renewed:-0}" -eq 3 ]
end_daemon
printf '[metrics]\ntextfile_directory = relative\n' >"$scratch/xdmad.conf"
"$build/xdmad" --config "$scratch/xdmad.conf" 2>"$scratch/relative.err"
check "a directory that is no absolute path is refused" grep -q 'an absolute path' "$scratch/relative.err"
for golden in metrics metrics-hostile; do
    check "promtool takes $golden" sh -c "promtool check metrics <'$top/tests/golden/daemon/$golden.prom'"
done
tap_end
