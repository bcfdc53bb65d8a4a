# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by tests that are scripts: says what was checked as TAP.

tap_count=0
tap_failed=0

# check NAME COMMAND [ARG]...: passes when the command ends with 0; its output is shown when not
check() {
    local name=$1 output
    shift
    tap_count=$((tap_count + 1))
    if output=$("$@" 2>&1); then
        echo "ok $tap_count - $name"
    else
        echo "not ok $tap_count - $name"
        printf '%s\n' "$output" | head -n 20 | sed 's/^/#   /'
        echo "#   command: $*"
        tap_failed=1
    fi
}

# check_json NAME FILE JQ_EXPRESSION: passes when it is true of the file
check_json() {
    check "$1" jq -e "$3" "$2"
}

# The last line of a test.
tap_end() {
    echo "1..$tap_count"
    exit "$tap_failed"
}
