#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every arm64 device tree that Debian 12 and 13 ship: the MMC hosts, and what they and PCI devices
# reach, against a second reading of the same trees (tests/trees/oracle.py); then trees that no board
# has, the same way; then the Raspberry Pis, through the client, to the letter.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"
# the time is that of a build without sanitizers
plain=${PLAIN_BUILD:-$top/build}

bookworm=$("$top/tests/trees/kernel-trees" bookworm)
trixie=$("$top/tests/trees/kernel-trees" trixie)
check "the kernel packages of both suites are there" test -n "$bookworm" -a -n "$trixie"

# judge NAME N_TREES: the trees listed in NAME.list, read by both builds, against the second reading
judge() {
    check "$1: sanitizers find nothing" sh -c \
        "'$build/tests/trees/inspect-trees' <'$scratch/$1.list' >'$scratch/$1.sanitized'"
    # several times, since the time that counts is the fastest: this machine may be busy
    for _ in 1 2 3 4 5; do cat "$scratch/$1.list"; done | "$plain/tests/trees/inspect-trees" >"$scratch/$1.plain"
    jq -c 'del(.usec)' "$scratch/$1.sanitized" >"$scratch/$1.sanitized.bare"
    head -n "$(wc -l <"$scratch/$1.list")" "$scratch/$1.plain" | jq -c 'del(.usec)' >"$scratch/$1.plain.bare"
    check "$1: both builds say the same" cmp "$scratch/$1.sanitized.bare" "$scratch/$1.plain.bare"
    check "$1: the second reading runs to its end" sh -c \
        "python3 '$top/tests/trees/oracle.py' $2 '$bookworm' '$trixie' <'$scratch/$1.plain' >'$scratch/$1.oracle'"
    grep '^#' "$scratch/$1.oracle"
    while IFS= read -r line; do
        check "$1: ${line#*- }" test "${line%% *}" = ok
    done < <(grep -E '^(not )?ok ' "$scratch/$1.oracle")
}

find -L "$bookworm"/usr/lib/linux-image-* "$trixie"/usr/lib/linux-image-* -name '*.dtb' | sort >"$scratch/debian.list"
judge debian 1500
mkdir "$scratch/made"
python3 "$top/tests/trees/make-trees.py" 1 1200 "$scratch/made"
find "$scratch/made" -name '*.dtb' | sort >"$scratch/made.list"
judge made 1200

# board NAME FILE EXPRESSION: what the client says of one tree
board() {
    local file
    file=$(find -L "$trixie"/usr/lib/linux-image-*/broadcom -name "$2")
    own "$1" --json inspect --dtb "$file"
    ends "$1" 0
    check_json "$1: the window is the board's" "$scratch/$1.out" \
        ".schema == 1 and ([.devices[] | {key: .node, value: {window, limit, offset, dma_mask}}] | from_entries) == $3"
}

low_gib='{"window": [{"cpu_start": "0x0", "cpu_end": "0x3fffffff", "bus_start": "0xc0000000"}], "limit": "0xffffffff", "offset": "0xc0000000", "dma_mask": "0xffffffff"}'
bcm2711="{\"/emmc2bus/mmc@7e340000\": $low_gib, \"/soc/mmc@7e300000\": $low_gib, \"/soc/mmc@7e202000\": $low_gib}"
board pi-4b bcm2711-rpi-4-b.dtb "$bcm2711"
board cm4 bcm2711-rpi-cm4-io.dtb "$bcm2711"
board pi-5 bcm2712-rpi-5-b.dtb \
    '{"/soc@107c000000/mmc@fff000": {"window": [], "limit": null, "offset": "0x0", "dma_mask": "0xffffffff"}}'
tap_end
