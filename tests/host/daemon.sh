# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by the tests of this folder: a daemon of the test's own, ended with it. $top is set;
# programs come from $BUILD (build/san when not given).

# shellcheck source=../tap.sh
. "$top/tests/tap.sh"
build=${BUILD:-$top/build/san}
scratch=$(mktemp -d)
daemon=
export XDMAD_BINARY=$build/xdmad XDMAD_STATE_DIRECTORY=$scratch/state
export XDMAD_RUNTIME_DIRECTORY=$scratch/run
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1

end_daemon() {
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null
    [ -z "$daemon" ] || wait "$daemon"
    daemon_status=$?
    daemon=
}
trap 'end_daemon; rm -rf "$scratch"' EXIT

# start_daemon: with sockets of its own and with $daemon_options; waits until they are there
daemon_options=()
start_daemon() {
    "$build/xdmad" "${daemon_options[@]}" 2>"$scratch/daemon.err" &
    daemon=$!
    for _ in $(seq 200); do
        [ -S "$scratch/run/io.xdmad.public" ] && return
        kill -0 "$daemon" 2>/dev/null || return
        sleep 0.05
    done
}

# ctl NAME ARG...: xdmactl on the daemon's socket; leaves NAME.out, NAME.err, NAME.status
ctl() {
    local name=$1
    shift
    "$build/xdmactl" --socket "$scratch/run/io.xdmad" "$@" >"$scratch/$name.out" 2>"$scratch/$name.err"
    echo $? >"$scratch/$name.status"
}

# own NAME ARG...: the same by --exec, without any daemon
own() {
    local name=$1
    shift
    "$build/xdmactl" --exec "$@" >"$scratch/$name.out" 2>"$scratch/$name.err"
    echo $? >"$scratch/$name.status"
}

# ends NAME STATUS
ends() {
    check "$1: ends with $2" sh -c "grep -qx '$2' '$scratch/$1.status' || { cat '$scratch/$1.status' '$scratch/$1.err'; false; }"
}
