#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The alerts, recording rules and dashboard that are installed: each alert fires when it should and
# only then, and nothing asks for what xdmactl metrics does not tell. promtool evaluates all of it.
# shellcheck disable=SC2317 # functions are called by check
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../tap.sh
. "$top/tests/tap.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rules=$top/conf/prometheus/xdmad.rules.yml dashboard=$top/conf/grafana/xdmad.json
metrics=$top/tests/golden/daemon/metrics.prom

check "promtool takes the rules" promtool check rules "$rules"
for test in well host time fleet; do
    check "each alert fires when it should, and no other: $test" promtool test rules "$top/tests/rules/$test.yml"
done

# A copy of the tests beside rules in which one alert is broken: one of them must fail.
mkdir -p "$scratch/tests/rules" "$scratch/conf/prometheus"
cp "$top"/tests/rules/*.yml "$scratch/tests/rules/"
# seen ALERT HOW TEST...
seen() {
    python3 "$top/tests/rules/mutate.py" "$rules" "$1" "$2" "$scratch/conf/prometheus/xdmad.rules.yml" &&
        promtool check rules "$scratch/conf/prometheus/xdmad.rules.yml" &&
        promtool test rules "${@:3}" 2>&1 | grep FAILED
}
for alert in $(python3 "$top/tests/rules/mutate.py" "$rules"); do
    mapfile -t fires < <(grep -l "$alert" "$scratch"/tests/rules/*.yml)
    check "$alert: a test sees when it never fires" seen "$alert" never "${fires[@]}"
    check "$alert: a test sees when it always fires" seen "$alert" always "$scratch/tests/rules/host.yml"
done
cat >"$scratch/words.py" <<'END'
import sys, yaml
for group in yaml.safe_load(open(sys.argv[1]))["groups"]:
    for rule in group["rules"]:
        if "alert" in rule:
            words = rule["annotations"]
            assert "xdmactl" in words["description"] and words["summary"], rule["alert"]
            assert rule["labels"]["severity"] in ("critical", "warning", "info"), rule["alert"]
END
check "each alert says what it is about and which command goes on from there" python3 "$scratch/words.py" "$rules"

# asks RULES DASHBOARD NAME: what there is to be asked, asked
asks() {
    grep -rhoE '"[A-Z]+-[0-9]{2}"' "$top/placement" "$top/bench" --include='*.c' | tr -d '"' |
        python3 "$top/tests/rules/queries.py" "$1" "$2" "$metrics" "$scratch/$3.yml" &&
        promtool test rules "$scratch/$3.yml"
}
refused() {
    ! "$@"
}
check "rules and dashboard ask for nothing that is not told" asks "$rules" "$dashboard" all
check "the dashboard is JSON with panels, each with a title" \
    sh -c "[ \$(jq '[.panels[] | select(.title == null or .title == \"\")] | length' '$dashboard') = 0 ] && [ \$(jq '.panels | length' '$dashboard') -gt 10 ]"
for wrong in 's/xdmad_latched_cards/xdmad_latched_card/' 's/xdmad_bench_ratio_low/xdmad_bench_ratio_lowest/' \
    's/kernel:xdmad_bench_throughput:ratio/kernel:xdmad_bench_throughput:ration/' 's/workload=~/worklaod=~/' \
    's/inconclusive|refused/inconclusive|refusal/' 's/count(max by/count(max by by/'; do
    sed "$wrong" "$dashboard" >"$scratch/wrong.json"
    check "there is something to make wrong: $wrong" refused cmp -s "$scratch/wrong.json" "$dashboard"
    check "a dashboard that does is refused: $wrong" refused asks "$rules" "$scratch/wrong.json" wrong
done
tap_end
