#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fault around a bench ends in a clear sentence and the right exit status, with nothing lost.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"

# ends NAME STATUS SENTENCE: what was tried ended so and said so, in one line or over several
ends() {
    check "$1: ends with $2" grep -qx "$2" "$out/$1.status"
    check "$1: says why" sh -c "tr -s ' \n' ' ' <'$out/$1.txt' | grep -qE '$3' || { cat '$out/$1.txt'; false; }"
}

in_dom0 faults.sh --board wide
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
ends no-fio 4 'fio'
ends no-root 4 'root|CAP_SYS_ADMIN|ermission'
check "no-root-status: status works for anybody" grep -qx 0 "$out/no-root-status.status"
ends symlink 5 'symbolic link'
ends hardlink 5 'other names'
ends regular-file 5 'no file but its own'
ends elsewhere 4 'no MMC or SD card'
ends missing 4 'No such file'
ends raw-mounted 5 'mounted at /media/card'
ends full-disk 5 'MiB free'
ends budget 5 'in 24 hours'
check "bad-config: names file, key and what is allowed" \
    sh -c "grep -q '/etc/xdmad/xdmad.conf' '$out/bad-config.txt' && grep -q 'as 8G' '$out/bad-config.txt'"
check "bad-config: the daemon is not reached" grep -qx 6 "$out/bad-config.status"
ends no-memory 4 'memory limit'
check "what is not ours is as it was" grep -qx precious "$out/precious"
ends pulled 4 'card|vanished'
check "pulled: no fio is left" is_empty "$out/pulled.fio"
tap_end
