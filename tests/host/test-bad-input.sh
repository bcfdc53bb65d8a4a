#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Foreign input at its worst, through the client, as a maintainer's desk would meet it: a tree that
# leads an older libfdt round for ever, a tree with a loop of phandles, and a capture with binary
# noise in its log, registers of all ones, a torn tree and links out of its root.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

# within NAME ARG...: as own, and it must not take long
within() {
    local name=$1
    shift
    timeout 30 "$build/xdmactl" --exec "$@" >"$scratch/$name.out" 2>"$scratch/$name.err"
    echo $? >"$scratch/$name.status"
}

# --- trees ---------------------------------------------------------------------------------------

looping=$top/tests/fuzz/corpus/device-tree/length-that-leads-back.dtb
within looping inspect --dtb "$looping"
ends looping 2
check "looping: says which file and why" grep -q "length-that-leads-back.dtb" "$scratch/looping.err"
dtc -q -O dtb -o "$scratch/bends.dtb" "$top/tests/golden/placement/bends.dts"
within phandles --json inspect --dtb "$scratch/bends.dtb"
ends phandles 0
check_json "phandles: a loop of DMA parents leaves its device unknown, and the others as they are" "$scratch/phandles.out" \
    '([.devices[] | select(.node == "/loop/mmc@7")] | length == 1 and (.[0] | has("dma_mask") | not) and .[0].window == []) and any(.devices[]; .node == "/far/mmc@6" and (.window | length) == 1)'
head -c 3000000 /dev/urandom >"$scratch/noise.dtb"
within noise inspect --dtb "$scratch/noise.dtb"
ends noise 2

# --- a capture -----------------------------------------------------------------------------------

capture=$scratch/capture
platform=$capture/sys/devices/platform
mkdir -p "$capture"/{proc,sys/class/mmc_host,sys/firmware} "$platform"/{fe340000.mmc/mmc_host/mmc1,fe300000.mmc/mmc_host/mmc0/mmc0:aaaa}
echo '00000000-3b3fffff : System RAM' >"$capture/proc/iomem"
ln -s /etc/passwd "$capture/proc/cmdline"
ln -s ../../../../../../../../../../../../etc/passwd "$capture/proc/version"
ln -s ../../devices/platform/fe340000.mmc/mmc_host/mmc1 "$capture/sys/class/mmc_host/mmc1"
ln -s ../../devices/platform/fe300000.mmc/mmc_host/mmc0 "$capture/sys/class/mmc_host/mmc0"
ln -s loop "$capture/sys/class/mmc_host/loop"
cp "$looping" "$capture/sys/firmware/fdt"
{
    printf '[    0.000000] Booting Linux on physical CPU 0x0\n'
    head -c 300000 /dev/urandom
    printf '\n\000\377\033]0;title\007\nmmc1: unrecognised SCR structure version 15\nmmc1: error -22 whilst initialising SD card\n'
    head -c 300000 /dev/urandom
} >"$capture/dmesg.txt"
card=$platform/fe300000.mmc/mmc_host/mmc0/mmc0:aaaa
echo SD >"$card/type"
echo 035344535530344780002fd87d00b5f1 >"$card/cid"
echo 400e00325b590000751f7f800a404013 >"$card/csd"
echo ffffffffffffffff >"$card/scr"
printf 'f%.0s' {1..128} >"$card/ssr"

within inspect --json inspect --root "$capture"
ends inspect 0
check_json "inspect: both controllers are there, and nothing is known of what they reach" "$scratch/inspect.out" \
    '([.devices[].host] | sort) == ["mmc0", "mmc1"] and all(.devices[]; .window == [] and (has("dma_mask") | not) and .share.unknown == 1)'
within doctor --json doctor --root "$capture"
ends doctor 1
check_json "doctor: registers of all ones are no card's, while those that come by response are good" "$scratch/doctor.out" \
    'any(.findings[]; .id == "REG-01" and .severity == "error" and any(.evidence[]; test("all ones")))'
check_json "doctor: the lines in the noise are found" "$scratch/doctor.out" \
    'any(.findings[]; .id == "REG-01" and any(.evidence[]; test("structure version 15")))'
check_json "doctor: what could not be read is said" "$scratch/doctor.out" \
    'any(.findings[]; .id == "ENV-01" and .severity == "unknown" and any(.evidence[]; test("device tree")))'
within one --json doctor mmc0 --root "$capture"
ends one 1
check_json "doctor of one device: its findings and the host's alone" "$scratch/one.out" \
    '([.findings[].device] | unique | . - [null] | length) == 1 and any(.findings[]; has("device") | not) and all(.findings[]; any(.evidence[]; test("structure version 15")) | not)'
within text doctor --root "$capture"
check "no link led out of the capture" lacks -rl 'root:x:0' "$scratch"/*.out
check "no control character reached the text" sh -c \
    "! LC_ALL=C grep -qP '[\\x00-\\x08\\x0b-\\x1f\\x7f]' '$scratch/text.out'"
tap_end
