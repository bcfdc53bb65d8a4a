#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one fuzz target over a copy of its corpus, and says so as TAP.
# usage: run-one.sh FUZZ_BUILD_DIR NAME SECONDS
set -u
build=$1 name=$2 seconds=$3
corpus=$(dirname "$0")/corpus/$name
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/found" "$work/corpus"
cp "$corpus"/* "$work/corpus/"
chmod -R a-w "$work/corpus"

echo 1..1
if "$build/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="$build/$name." "$work/found" "$work/corpus" \
    >"$work/log" 2>&1; then
    echo "ok 1 - fuzz-$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs"
    exit 0
fi
echo "not ok 1 - fuzz-$name"
grep -vE '^#[0-9]+.*(NEW|REDUCE|pulse|INITED|RELOAD)' "$work/log" | tail -60 | sed 's/^/# /'
exit 1
