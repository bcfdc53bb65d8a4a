#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Findings and ends of runs as catalogued messages of the journal, and new findings as events.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# one NAME JQ_CONDITION: a record of the journal fulfils it
one() {
    check "$1" sh -c "jq -es 'any(.[]; $2)' '$out/journal.json'"
}

for suite in bookworm trixie; do
    in_dom0 journal.sh --suite "$suite" --board wide --boot systemd
    check "$suite: the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "all that was waited for came" [ ! -e "$out/missed" ]
    one "what is found at the start is a message with its fields" \
        '.FINDING_ID == "MEM-01" and (.MESSAGE_ID | length) == 32 and .SEVERITY == "warn" and .PRIORITY == "4" and .DEVICE == "0000:00:01.0" and (.REMEDY | length) > 0'
    check "once, however often one looks" [ "$(wc -l <"$out/mem-01")" -eq 1 ]
    one "a new finding is one" \
        '.FINDING_ID == "REG-02" and .SEVERITY == "error" and .PRIORITY == "3" and (.EVIDENCE | test("ADMA error"))'
    check "and once" sh -c "[ \$(jq -c 'select(.FINDING_ID == \"REG-02\")' '$out/journal.json' | wc -l) -le 2 ]"
    check "its watchers hear of it, as of no run" \
        sh -c "jq -es 'any(.[]; .event == \"finding\" and .run == \"\" and .finding.id == \"REG-02\")' '$out/watch'"
    check "a watching person as well" grep -q 'finding: REG-02, error, on 0000:00:01.0: ' "$out/watch.txt"
    check "nothing that was there before is told to them" lacks -q MEM-01 "$out/watch"
    one "a refused run" '.VERDICT == "refused" and .TARGET == "/dev/mmcblk0" and (.REASON | length) > 0 and (.RUN_ID | length) == 32'
    one "a cancelled run" '.STATE == "cancelled" and .VERDICT == "none"'
    one "interrupted runs" '.N_RUNS == "1" and .STATE == "interrupted" and .PRIORITY == "4"'
    check "every one of them has a MESSAGE_ID" \
        sh -c "jq -es '[.[] | select(.FINDING_ID or .VERDICT)] | length >= 4 and all(.[]; .MESSAGE_ID)' '$out/journal.json'"
    check "journalctl -x explains a finding, with what helps" \
        sh -c "grep -q 'Subject: Finding REG-02 (error) on 0000:00:01.0' '$out/explained' && grep -q 'What helps:' '$out/explained' && ! grep -q '@[A-Z_]*@' '$out/explained'"
    check "and a run" \
        sh -c "grep -q 'Subject: Run [0-9a-f]* was refused for safety' '$out/explained-run' && ! grep -q '@[A-Z_]*@' '$out/explained-run'"
done
tap_end
