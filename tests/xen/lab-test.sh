# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by the tests of this folder: boots a board and runs a script of guest/ in its Dom0. What
# the script leaves in $LAB_OUT is in $out afterwards; its status is in $lab_status.

# shellcheck source=../tap.sh
. "$top/tests/tap.sh"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# in_dom0 SCRIPT [LAB_OPTION]...
in_dom0() {
    local script=$1
    shift
    "$top/lab/run" --timeout "${LAB_TIMEOUT:-900}" --out "$out" --put "$top/tests/xen/guest" "$@" -- \
        bash "/lab/put/guest/$script" >"$out/console" 2>"$out/console.err"
    lab_status=$?
    sed 's/^/# /' "$out/console.err" | tail -n 5
}

# xen_programs SUITE: builds the programs of this folder for the Debian of that lab, among the objects
# of the lab's own build and under its lock; their folder is $programs.
xen_programs() {
    local o=build/lab-$1-arm64 sysroot
    sysroot=$("$top/lab/build" --suite "$1" --print-sysroot)
    programs=$top/$o/tests/xen
    mkdir -p "$top/build"
    check "the programs are built for $1" flock "$top/$o.lock" make -C "$top" -s -j2 xen-programs \
        "O=$o" CROSS_COMPILE=aarch64-linux-gnu- "SYSROOT=$sysroot"
}
