# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced: a real Prometheus with the rules that are installed. $top and $scratch are set. It is begun by
# one of the start functions, waited for by `ask ready`, ended by end_prometheus.

rules=$top/conf/prometheus/xdmad.rules.yml
helpers=()
end_prometheus() {
    [ ${#helpers[@]} -eq 0 ] || kill "${helpers[@]}" 2>/dev/null
    [ ${#helpers[@]} -eq 0 ] || wait "${helpers[@]}" 2>/dev/null
    helpers=()
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_prometheus_on ADDRESS HOST PATH [HOST PATH]...: each host is a path of that address
start_prometheus_on() {
    local address=$1 port
    shift
    port=$(free_port)
    {
        printf 'global: {scrape_interval: 4s, scrape_timeout: 4s, evaluation_interval: 1s}\nrule_files: ["%s"]\n' "$rules"
        printf 'scrape_configs:\n  - job_name: node\n    static_configs:\n'
        while [ $# -gt 0 ]; do
            printf '      - targets: ["%s"]\n        labels: {__metrics_path__: "%s", instance: "%s"}\n' \
                "$address" "$2" "$1"
            shift 2
        done
    } >"$scratch/prometheus.yml"
    prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/tsdb" \
        --web.listen-address="127.0.0.1:$port" --log.level=warn >"$scratch/prometheus.log" 2>&1 &
    helpers+=($!)
    url=http://127.0.0.1:$port
}

# start_prometheus HOST...: what lies in $scratch/hosts/HOST.prom is what a host tells
start_prometheus() {
    local host port='' targets=()
    mkdir -p "$scratch/hosts"
    : >"$scratch/files"
    python3 -u -m http.server --bind 127.0.0.1 --directory "$scratch/hosts" 0 >"$scratch/files" 2>/dev/null &
    helpers+=($!)
    for _ in $(seq 200); do
        port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$scratch/files")
        [ -n "$port" ] && break
        sleep 0.05
    done
    for host in "$@"; do
        targets+=("$host" "/$host.prom")
    done
    start_prometheus_on "127.0.0.1:$port" "${targets[@]}"
}

# ask COMMAND...: see ask.py; where there is no answer that is said, and is not taken for an empty one
ask() {
    python3 "$top/tests/fleet/ask.py" "$url" "$@" || {
        echo "no answer to: $*"
        return 1
    }
}
