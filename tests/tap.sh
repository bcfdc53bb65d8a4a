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

# check_json NAME FILE JQ_EXPRESSION [JQ_OPTION...]: passes when it is true of the file. Of an empty
# file jq -e 1.6 makes nothing, and ends with 0.
check_json() {
    # shellcheck disable=SC2016 # the inner shell's
    check "$1" sh -c 'file=$1; shift; [ -s "$file" ] && jq -e "$@" "$file"' sh "$2" "$3" "${@:4}"
}

# is_empty FILE: it is there, and has nothing in it
is_empty() {
    [ -e "$1" ] && { [ ! -s "$1" ] || ! cat "$1"; }
}

# lacks GREP_ARGUMENT...: grep has read the file, and found no line; a file that is not there lacks
# nothing
lacks() {
    grep "$@"
    [ $? -eq 1 ]
}

# The last line of a test.
tap_end() {
    echo "1..$tap_count"
    exit "$tap_failed"
}
