# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced: a daemon of our own, and runs whose answers are kept.
: "${socket:=/run/xdmad/io.xdmad}"

start_daemon() {
    xdmad --state-directory /var/lib/xdmad --runtime-directory /run/xdmad 2>>"$LAB_OUT/daemon.log" &
    daemon=$!
    for _ in $(seq 200); do
        [ -S "$socket" ] && break
        sleep 0.05
    done
}

stop_daemon() {
    kill "$daemon"
    wait "$daemon"
    rm -f "$socket" "$socket.public" # what is left of it would look like the next one
}

# bench NAME: the smallest one, with the runs that it asks for; in the guest's time a few seconds
bench() {
    timeout 300 xdmactl --json bench --profile smoke >"$LAB_OUT/bench-$1.json" 2>>"$LAB_OUT/progress"
    echo $? >"$LAB_OUT/bench-$1.status"
    echo "$1: ended with $(cat "$LAB_OUT/bench-$1.status") after $(cut -d' ' -f1 /proc/uptime) s"
}

run_of() {
    jq -r .run "$LAB_OUT/bench-$1.json"
}

# metrics NAME: as the client prints them, and as the node exporter reads them
metrics() {
    xdmactl metrics >"$LAB_OUT/metrics-$1.txt"
    cp /var/lib/node-exporter/xdmad.prom "$LAB_OUT/textfile-$1.txt"
}

# compare NAME ARGUMENT...
compare() {
    local name=$1
    shift
    xdmactl compare "$@" >"$LAB_OUT/compare-$name.txt" 2>&1
    echo $? >"$LAB_OUT/compare-$name.status"
    xdmactl --json compare "$@" >"$LAB_OUT/compare-$name.json" 2>/dev/null
}
