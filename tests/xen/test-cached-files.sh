#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory out of the window is had where the kernel's cache of files lies in it, as on a host that was
# booted lately; and where the kernel cannot be asked to free some, the reason says what helps.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

for suite in bookworm trixie; do
    xen_programs $suite
    in_dom0 cached-files.sh --suite $suite --board wide --no-project --put "$programs/bounce-memory"
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    echo "# pages free before each: $(tr '\n' ' ' <"$out/free_pages")"
    check_json "it was had, and files gave way to it" "$out/base.json" '.had and .reclaimed_bytes > 0'
    check_json "huge pages as well" "$out/huge.json" '.had and .reclaimed_bytes > 0'
    check "the pool of huge pages is as it was" lacks '[^0]' "$out/pool"
    check_json "where the kernel cannot be asked, the reason says what helps" "$out/not-asked.json" \
        '(.had | not) and (.reason | test("host.s reserve") and test("drop_caches"))'
done
tap_end
