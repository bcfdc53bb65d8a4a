#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install puts down: complete, and as systemd, man and the shell read it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

root=$scratch/root
make -C "$top" -s install O="$build" DESTDIR="$root" PREFIX=/usr SAN="${SAN-address,undefined}" >"$scratch/install" 2>&1
check "make install ends with 0" [ $? -eq 0 ]
for file in usr/sbin/xdmad usr/bin/xdmactl usr/lib/systemd/system/xdmad.service \
    usr/lib/systemd/system/xdmad.socket usr/lib/systemd/system/xdmad-public.socket \
    usr/lib/systemd/system/xdmad-bench.service usr/lib/systemd/system/xdmad-bench.timer \
    usr/lib/sysusers.d/xdmad.conf usr/lib/tmpfiles.d/xdmad.conf usr/lib/systemd/catalog/xdmad.catalog etc/xdmad/xdmad.conf \
    usr/share/xdmad/io.xdmad.varlink usr/share/xdmad/prometheus/xdmad.rules.yml usr/share/xdmad/grafana/xdmad.json \
    usr/share/doc/xdmad/FLEET.md usr/share/bash-completion/completions/xdmactl \
    usr/share/man/man1/xdmactl.1 usr/share/man/man8/xdmad.8 usr/share/man/man5/xdmad.conf.5; do
    check "/$file" [ -s "$root/$file" ]
done
check "journalctl takes the catalogue, and has each of its messages" sh -c \
    "journalctl --root='$root' --update-catalog && journalctl --root='$root' --list-catalog >'$scratch/catalog' && [ \$(grep -c ' xdmad: ' '$scratch/catalog') -eq \$(grep -c '^-- ' conf/xdmad.catalog) ]"
check "the unit runs the program that was installed" grep -qx 'ExecStart=/usr/sbin/xdmad' "$root/usr/lib/systemd/system/xdmad.service"
check "man pages are well-formed" sh -c "! mandoc -T lint -W warning '$root'/usr/share/man/man*/* | grep -E 'ERROR|WARNING'"
check "every verb is in the man page" sh -c \
    "for verb in \$('$build/xdmactl' help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u); do grep -q \"\$verb\" '$root/usr/share/man/man1/xdmactl.1' || { echo \"\$verb\"; exit 1; }; done"
check "every verb is in the completion" sh -c \
    "for verb in \$('$build/xdmactl' help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u); do grep -qw \"\$verb\" '$root/usr/share/bash-completion/completions/xdmactl' || { echo \"\$verb\"; exit 1; }; done"
check "the completion is a shell script" bash -n "$root/usr/share/bash-completion/completions/xdmactl"
tap_end
