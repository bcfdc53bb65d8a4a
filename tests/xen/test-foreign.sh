#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Granted pages, as a block backend maps them, do I/O on the path of the granted page's frame, and
# the trace shows the translation; on both suites.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

for suite in bookworm trixie; do
    xen_programs $suite
    in_dom0 foreign.sh --suite $suite --card blank --no-project --put "$programs/foreign"
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check_json "without the module it is unreachable, and says how to have it" "$out/without.json" \
        '.legs == [] and all(.arenas[]; .reason | test("modprobe xen-gntalloc"))'
    check_json "both paths are had" "$out/foreign.json" \
        '[.arenas[] | select(.bytes == 262144) | .path] == ["direct", "bounce"]'
    check_json "each writes, and each and an ordinary buffer read it back" "$out/foreign.json" \
        '[.legs[] | .does + " " + .path] == ["write direct", "read direct", "read bounce", "read ordinary",
            "write bounce", "read direct", "read bounce", "read ordinary"]'
    check_json "no block is bad, no I/O failed, no page moved, no event was lost" "$out/foreign.json" \
        'all(.legs[]; .bad == 0 and .error == 0 and .moved == 0 and .lost == 0 and .bytes == 516096)'
    check_json "foreign-direct: no byte of the buffer bounced" "$out/foreign.json" \
        'all(.legs[] | select(.path == "direct"); .bounces.arena_bytes == 0 and .bounces.no_address_bytes == 0)'
    check_json "though the mapping's own PFNs, taken for frames, would have" "$out/foreign.json" \
        '.arenas[0] | .mapped_otherwise == 64'
    check_json "foreign-bounce: every byte bounced, at the granted page's frame" "$out/foreign.json" \
        'all(.legs[] | select(.path == "bounce"); .bounces.arena_bytes == .bytes and .translated_bytes == .bytes
            and .mistaken_bytes == 0 and .unshown_bytes == 0 and .mapped != .bus)'
    check "no trace instance is left behind" is_empty "$out/instances"
    check "no page is left granted" grep -qx 0 "$out/rmmod.status"
done
tap_end
