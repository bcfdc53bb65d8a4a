# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by a test that has metrics of one Dom0 in $out: metrics-clean.txt, metrics-slow.txt (while its
# bounces are delayed) and metrics-recovered.txt, as xdmactl metrics printed them there. A real
# Prometheus with the rules that are installed scrapes them one after the other.
scratch=$(mktemp -d)
mkdir "$scratch/hosts"
# shellcheck source=../fleet/prometheus.sh
. "$top/tests/fleet/prometheus.sh"
trap 'end_prometheus; rm -rf "$scratch" "$out"' EXIT

# scrape STATE: what fires then is in $scratch/STATE.alerts
scrape() {
    cp "$out/metrics-$1.txt" "$scratch/hosts/next" && mv "$scratch/hosts/next" "$scratch/hosts/dom0.prom"
    check "Prometheus scrapes the Dom0's metrics and judges them: $1" ask settle
    ask alerts firing >"$scratch/$1.alerts"
}

# same_alerts NAME EXPECTED FOUND
same_alerts() {
    check "$1" diff -u --label expected --label found "$2" "$3"
}

check_alerts() {
    start_prometheus dom0
    check "a real Prometheus takes the rules" ask ready
    scrape clean
    check "no regression fires while all is well" lacks -E 'XdmadRegression|no answer' "$scratch/clean.alerts"
    scrape slow
    check "the regression of bounce fires" grep -qx 'XdmadRegression dom0 bounce' "$scratch/slow.alerts"
    check "and none of direct" lacks -x 'XdmadRegression dom0 direct' "$scratch/slow.alerts"
    grep -v XdmadRegression "$scratch/slow.alerts" >"$scratch/others.alerts"
    same_alerts "nothing else fires that did not before" "$scratch/clean.alerts" "$scratch/others.alerts"
    scrape recovered
    same_alerts "the alert has ended with the recovery" "$scratch/clean.alerts" "$scratch/recovered.alerts"
    end_prometheus
}
