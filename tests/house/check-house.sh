#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules of the house, as TAP: who may include whom, what the pure rooms may import, which
# headers have a single home, how long a file and a function may be.
# usage: check-house.sh BUILD_DIR (with the archives built)
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:-build}
nm=${NM:-nm}
n=0

# report NAME VIOLATIONS: one TAP line; the violations, if any, as its comment
report() {
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

# room_includes ROOM ALLOWED...: includes of other rooms that are not allowed
room_includes() {
    local room=$1
    shift
    local allowed
    allowed=$(IFS='|'; echo "$*")
    grep -nE '^#include "(common|placement|bench|daemon|client)/' "$room"/*.[ch] 2>/dev/null |
        grep -vE "#include \"($allowed)/"
}

report "common includes only common" "$(room_includes common common)"
report "placement includes only placement and common" "$(room_includes placement placement common)"
report "bench includes only bench, placement and common" "$(room_includes bench bench placement common)"
report "daemon includes every room but client" "$(room_includes daemon daemon bench placement common)"
report "client includes only client and common" "$(room_includes client client common)"

# Headers that belong to a world outside: pure rooms have none of them.
report "pure rooms include no header of the system's side effects" "$(
    grep -nE '#include <(fcntl|unistd|time|signal|poll|sched|pthread|dirent|syslog|sys/(?!types)[a-z]+|systemd/.*|xen.*|sqlite3|blkid.*|libmount.*|libdevmapper|tracefs|linux/.*)\.h>' \
        -P placement/*.[ch] bench/*.[ch] 2>/dev/null)"

# What the objects of a pure room import must be on the list, or be defined by a room they may use.
for room in placement bench; do
    report "$room imports only what tests/house/pure-symbols lists" "$(
        archives=("$build/libcommon.a" "$build/libplacement.a")
        [ "$room" = bench ] && archives+=("$build/libbench.a")
        own=$("$nm" -g --defined-only "${archives[@]}" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u)
        "$nm" -u "$build/lib$room.a" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u |
            grep -vxFf <(echo "$own") | grep -vxEf <(grep -v '^#' tests/house/pure-symbols))"
    report "$room uses nothing of common that has side effects" "$(
        "$nm" -u "$build/lib$room.a" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u |
            grep -E '^(clock_boottime_usec|clock_realtime_usec|varlink_.*)$')"
done

# single_home HEADER_REGEX FILE: only FILE includes it
single_home() {
    grep -lE "#include <$1>" common/*.[ch] placement/*.[ch] bench/*.[ch] daemon/*.[ch] client/*.[ch] 2>/dev/null |
        grep -vxF "$2"
}
report "only daemon/xen-control.c includes Xen's unstable headers" "$(single_home 'xenctrl\.h' daemon/xen-control.c)"
report "only the store's files include SQLite: its header by daemon/store-sqlite.h alone" "$(
    single_home 'sqlite3\.h' daemon/store-sqlite.h
    grep -lE '#include "daemon/store-sqlite\.h"' daemon/*.[ch] | grep -vxE 'daemon/store(-[a-z]+)?\.c')"
report "only daemon/trace-instance.c speaks to tracefs, and what it reads its buffers by" "$(
    single_home 'tracefs/tracefs\.h' daemon/trace-instance.c | grep -vxF daemon/trace-pages.c
    grep -lE '#include "daemon/trace-pages\.h"' daemon/*.[ch] | grep -vxE 'daemon/trace-(instance|pages)\.c')"

report "only daemon/kernel-program.c speaks to libbpf" "$(single_home 'bpf/(libbpf|bpf|btf)\.h' daemon/kernel-program.c)"
report "only daemon/bpf is the kernel's: it includes no room, and who reads what it writes alone knows it" "$(
    grep -nE '^#include "' daemon/bpf/*.[ch] | grep -v '"daemon/bpf/'
    grep -nE '^#include "daemon/bpf/' ./*/*.[ch] |
        grep -vE '^./daemon/(trace-program|mapping-program|mapped-event)[.][ch]:')"

report "no file over 600 lines" "$(
    wc -l common/*.[ch] placement/*.[ch] bench/*.[ch] daemon/*.[ch] daemon/bpf/*.[ch] client/*.[ch] tests/*/*.[ch] 2>/dev/null |
        awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }')"
report "no function over 100 lines" "$(
    awk 'FNR == 1 { start = 0 } /^\{/ { start = FNR } /^\}/ { if (start && FNR - start > 100) print FILENAME ":" start ": " FNR - start " lines"; start = 0 }' \
        common/*.c placement/*.c bench/*.c daemon/*.c client/*.c 2>/dev/null)"
report "every source file names its licence" "$(
    grep -LE 'SPDX-License-Identifier: GPL-2.0-or-later' common/*.[ch] placement/*.[ch] bench/*.[ch] daemon/*.[ch] daemon/bpf/*.[ch] client/*.[ch] tests/*/*.[ch] tests/*/*.sh 2>/dev/null)"
report "every file that README and docs/ name exists" "$(
    awk -F '\140' '{ for (i = 2; i <= NF; i += 2) print FILENAME ":" FNR, $i }' README.md docs/*.md lab/README.md |
        grep -E ' (common|placement|bench|daemon|client|conf|lab|tests|docs|man)/[A-Za-z0-9_./*-]+$' |
        while read -r where name; do
            compgen -G "$name" >/dev/null || echo "$where: $name"
        done)"
echo "1..$n"
