#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sources of events tell the same of the same I/O: our programs in the kernel, which legs are
# measured with, and tracefs. Bounces on both suites, and with addresses that get lost (window);
# mappings where the kernel has events of them, and by the probe where it has none.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# sources_on BOARD SUITE: run there, and check what holds everywhere
sources_on() {
    xen_programs "$2"
    in_dom0 trace.sh --board "$1" --suite "$2" --put "$programs/two-sources" --put "$programs/mapping-sources"
    check "board $1, suite $2: it ran to its end" [ "$lab_status" -eq 0 ]
    check_json "board $1, suite $2: the same events from both, and some" "$out/sources.json" \
        '.same and .program == .tracefs and .program_of_every == .tracefs and .program.events > 100 and .program.lost == 0'
    check_json "board $1, suite $2: none was forced" "$out/sources.json" '.program.forced == 0'
    check "board $1, suite $2: a program that would be interpreted is refused, and why" \
        grep -q 'would interpret a BPF program' "$out/interpreted"
    check_json "board $1, suite $2: the probe hears every byte that was read, and where from" "$out/mappings.json" \
        '.probe | .events >= 32 and .bytes >= 16777216 and .segments >= .events and .truncated == 0 and .without_cpu == 0 and .lost == 0'
    check "board $1, suite $2: no trace instance is left behind" is_empty "$out/instances"
}

sources_on wide bookworm
check_json "board wide: each event has its address" "$out/sources.json" '.program.outside == 0'
sources_on window bookworm
check_json "board window: the events lost their addresses" "$out/sources.json" \
    '.program.outside == .program.events'
check_json "suite bookworm has no events of mappings" "$out/mappings.json" '.tracefs == null and .program == null'
sources_on wide trixie
check_json "suite trixie: the program hears all mappings that tracefs does" "$out/mappings.json" \
    '.program_same and .tracefs.events >= 32 and .tracefs.bytes >= 16777216 and .tracefs.lost == 0 and .program.lost == 0'
check_json "suite trixie: and so does the probe, when they are given back" "$out/mappings.json" '.probe_same'
check_json "suite trixie: what the program has no room for is counted as lost" "$out/flood.json" \
    '.program | .lost > 0 and .events > 100000 and .events + .lost >= 160000'
tap_end
