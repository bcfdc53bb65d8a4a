#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A verdict of corruption judged again where there is nothing but its evidence directory: no store,
# no daemon, no card, no Xen. What was touched since it was sealed is refused. The evidence is that of
# the fixture of tests/unit/daemon/test-replay.c; what a real Dom0 leaves is replayed by
# tests/xen/test-verify-corrupt.sh.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

tar -C "$scratch" -xf "$top/tests/golden/daemon/evidence-corruption.tar.xz"
evidence=$scratch/evidence
export XDMAD_STATE_DIRECTORY=/proc/nowhere HOME=$scratch/nobody

own json --json verify --replay "$evidence"
ends json 3
# shellcheck disable=SC2016 # jq's
check_json "the same verdict, place and sentence as were told" "$scratch/json.out" \
    '.verdict == "corruption" and .replay.identical and .replay.kept_verdict == "corruption" and
        .conclusion.path == "bounce" and .conclusion.direction == "from-device" and
        .conclusion.sentence == $told[0].conclusion.sentence and .matrix == $told[0].matrix' --slurpfile told "$evidence/report.json"
own text verify --replay "$evidence"
ends text 3
check "the text says where" grep -q 'the bounce path damages bytes on their way from the device' "$scratch/text.out"
check "nothing was kept of it" [ ! -e "$scratch/nobody" ]

# once more for each way to touch it
tamper() {
    rm -rf "$scratch/touched"
    cp -r "$evidence" "$scratch/touched"
    (cd "$scratch/touched" && eval "$2")
    own "$1" --json verify --replay "$scratch/touched"
    check "$1: no verdict, and why" sh -c \
        "! grep -qx -e 0 -e 3 '$scratch/$1.status' && [ -s '$scratch/$1.err' ] && [ ! -s '$scratch/$1.out' ]"
}
tamper "a verdict rewritten" "sed -i s/corruption/pass/ report.json"
tamper "a leg taken away" "rm leg-007.json"
tamper "bad blocks made none" "sed -i 's/\"bad_blocks\": *3/\"bad_blocks\":0/' leg-*.json"
tamper "no seal" "rm SHA256SUMS"
tamper "nothing at all" "rm -r ./*"
tap_end
