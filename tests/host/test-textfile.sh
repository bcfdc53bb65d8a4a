#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The way from a daemon to an alert as docs/FLEET.md wires it: the daemon's textfile, a real node
# exporter that reads it, a real Prometheus that scrapes that one.
# shellcheck disable=SC2317 # functions are called by check
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"
# shellcheck source=../fleet/prometheus.sh
. "$top/tests/fleet/prometheus.sh"
exporter=
trap 'end_prometheus; [ -z "$exporter" ] || kill "$exporter"; end_daemon; rm -rf "$scratch"' EXIT

mkdir -p "$scratch/state" "$scratch/textfile"
"$build/tests/bench/store-append" "$scratch/state" "$top/tests/golden/bench/report-pass.json" 3 >/dev/null
printf '[metrics]\ntextfile_directory = %s\ntextfile_refresh_sec = 1\n' "$scratch/textfile" >"$scratch/xdmad.conf"
daemon_options=(--config "$scratch/xdmad.conf")
start_daemon
port=$(free_port)
prometheus-node-exporter --collector.disable-defaults --collector.textfile \
    --collector.textfile.directory="$scratch/textfile" --web.disable-exporter-metrics \
    --web.listen-address="127.0.0.1:$port" 2>"$scratch/exporter.log" &
exporter=$!
start_prometheus_on "127.0.0.1:$port" pi /metrics
check "a real Prometheus takes the rules" ask ready
check "it scrapes the node exporter, and judges" ask settle
# answers EXPR REGEX: a line of the answer is like that
answers() {
    ask query "$1" | grep -E "$2"
}
# quiet REGEX: it was answered, and no alert like that fires
quiet() {
    ask alerts firing >"$scratch/alerts" && ! grep -E "$1" "$scratch/alerts"
}
check "the host is there" answers 'count(xdmad_info)' '^1$'
check "with its last bench" answers \
    'xdmad_bench_throughput_bytes_per_second{workload="seq-read-64k-qd4", path="bounce"}' 'instance=pi'
check "the node exporter could read all of it" answers node_textfile_scrape_error ' 0$'
check "nothing fires of runs that passed" quiet 'Regression|Corruption|Latched|Behind|Slower'
check "Prometheus had nothing to complain of" lacks . "$scratch/prometheus.log"
check "nor had the node exporter" lacks -i error "$scratch/exporter.log"
end_daemon

# --- a card's release is told at once, and not when the file is next written by time ---
python3 - "$scratch/state/xdmad.db" <<'END'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("INSERT INTO latch VALUES ('aa5859', 'a-run', 'blocks are damaged', 5)")
END
printf '[metrics]\ntextfile_directory = %s\n' "$scratch/textfile" >"$scratch/xdmad.conf"
rm -f "$scratch"/run/io.xdmad* "$scratch/textfile/xdmad.prom"
# told NUMBER: so many cards are not written to, by the textfile
told() {
    for _ in $(seq 100); do
        grep -qx "xdmad_latched_cards $1" "$scratch/textfile/xdmad.prom" && return
        sleep 0.1
    done
    false
}
start_daemon
check "a card that is not to be written to is told" told 1
ctl release verify --clear
ends release 0
check "and so is its release" told 0
end_daemon
check "SIGTERM ends it cleanly, with nothing leaked" [ "$daemon_status" -eq 0 ]
tap_end
