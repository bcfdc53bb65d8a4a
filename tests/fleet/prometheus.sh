# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced: a real Prometheus with the rules that are installed, which scrapes files. $top and $scratch
# are set; what lies in $scratch/hosts/NAME.prom is what host NAME tells.

rules=$top/conf/prometheus/xdmad.rules.yml
mkdir -p "$scratch/hosts"
helpers=()
end_prometheus() {
    [ ${#helpers[@]} -eq 0 ] || kill "${helpers[@]}" 2>/dev/null
    [ ${#helpers[@]} -eq 0 ] || wait "${helpers[@]}" 2>/dev/null
    helpers=()
}

# start_prometheus HOST...: begun; `ask ready` waits for it
start_prometheus() {
    local host files port
    : >"$scratch/files"
    python3 -u -m http.server --bind 127.0.0.1 --directory "$scratch/hosts" 0 >"$scratch/files" 2>/dev/null &
    helpers+=($!)
    for _ in $(seq 200); do
        files=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$scratch/files")
        [ -n "$files" ] && break
        sleep 0.05
    done
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    {
        printf 'global: {scrape_interval: 4s, scrape_timeout: 4s, evaluation_interval: 1s}\nrule_files: ["%s"]\n' "$rules"
        printf 'scrape_configs:\n  - job_name: node\n    static_configs:\n'
        for host in "$@"; do
            printf '      - targets: ["127.0.0.1:%s"]\n        labels: {__metrics_path__: "/%s.prom", instance: "%s"}\n' \
                "$files" "$host" "$host"
        done
    } >"$scratch/prometheus.yml"
    prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/tsdb" \
        --web.listen-address="127.0.0.1:$port" --log.level=warn >"$scratch/prometheus.log" 2>&1 &
    helpers+=($!)
    url=http://127.0.0.1:$port
}

# ask COMMAND...: see ask.py; where there is no answer that is said, and is not taken for an empty one
ask() {
    python3 "$top/tests/fleet/ask.py" "$url" "$@" || {
        echo "no answer to: $*"
        return 1
    }
}
